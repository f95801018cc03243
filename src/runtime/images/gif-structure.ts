import { FaultError } from './fault';
import { ImageHeader } from './header';
import { Size } from '../../contract/steps';

const EXTENSION = 0x21;
const GRAPHIC_CONTROL = 0xf9;
const IMAGE = 0x2c;
const TRAILER = 0x3b;

/** Where the walk is, and what it has seen. */
interface Walk {
  at: number;
  frames: number;
  /** The first frame has pixels of no colour, or leaves some of the canvas free. */
  hasAlpha: boolean;
  /** What all frames together reach to. */
  right: number;
  bottom: number;
}

/** Canvases that the decoder takes for the screen on which a GIF was made, and not for its size. */
const SCREENS = ['640x480', '640x512', '800x600', '1024x768', '1280x1024', '1600x1200'];
const TRUSTED_SIDE = 2_048;

/**
 * Walks a GIF block by block to its trailer. Only its first frame will be shown.
 *
 * @throws FaultError truncated or corrupt
 */
export function readGif(bytes: Buffer): ImageHeader {
  if (bytes.length < 13) {
    throw new FaultError('truncated', `the file ends inside the GIF header at byte ${bytes.length}`);
  }
  const [width, height] = [bytes.readUInt16LE(6), bytes.readUInt16LE(8)];
  if (width < 1 || height < 1) {
    throw new FaultError('corrupt', `the GIF header says ${width}x${height} pixels`);
  }
  const walk: Walk = { at: 13 + colorTableBytes(bytes[10]), frames: 0, hasAlpha: false, right: 1, bottom: 1 };
  while (blockOf(bytes, walk, { width, height }));
  if (walk.frames === 0) {
    throw new FaultError('corrupt', 'the GIF holds no image');
  }
  requireShownSize({ width, height }, walk);
  return {
    type: 'gif', width, height, orientation: 1, colorModel: 'rgb', bitsPerSample: 8, hasAlpha: walk.hasAlpha, progressive: true, subsampled: false,
    profile: 'none', hasGps: false, animated: walk.frames > 1, end: walk.at, parts: [], laxScans: [],
  };
}

/**
 * The decoder lets frames that reach beyond the canvas enlarge it, and goes by the frames alone where it takes the canvas for a screen.
 * Browsers do not. What would be shown in another size than is recorded would get labels in wrong places.
 */
function requireShownSize({ width, height }: Size, { right, bottom }: Walk): void {
  const isScreen = SCREENS.includes(`${width}x${height}`) || width > TRUSTED_SIDE || height > TRUSTED_SIDE;
  const shown = isScreen ? { width: right, height: bottom } : { width: Math.max(width, right), height: Math.max(height, bottom) };
  if (shown.width !== width || shown.height !== height) {
    throw new FaultError('corrupt', `the GIF header says ${width}x${height} pixels, and its frames take ${right}x${bottom}`);
  }
}

/** @returns whether another block follows */
function blockOf(bytes: Buffer, walk: Walk, canvas: Size): boolean {
  const kind = byteAt(bytes, walk.at);
  if (kind === TRAILER) {
    walk.at += 1;
    return false;
  }
  if (kind === EXTENSION) {
    if (byteAt(bytes, walk.at + 1) === GRAPHIC_CONTROL && walk.frames === 0 && (byteAt(bytes, walk.at + 3) & 1) === 1) {
      walk.hasAlpha = true;
    }
    skipSubBlocks(bytes, walk, walk.at + 2);
    return true;
  }
  if (kind !== IMAGE) {
    throw new FaultError('corrupt', `byte ${walk.at} should begin a GIF block and does not`);
  }
  const flags = byteAt(bytes, walk.at + 9);
  const [left, top, width, height] = [1, 3, 5, 7].map((offset) => bytes.readUInt16LE(walk.at + offset));
  if (walk.frames === 0 && (left > 0 || top > 0 || width < canvas.width || height < canvas.height)) {
    walk.hasAlpha = true;
  }
  [walk.right, walk.bottom] = [Math.max(walk.right, left + width), Math.max(walk.bottom, top + height)];
  // behind the colour table stands the size of the first code
  skipSubBlocks(bytes, walk, walk.at + 10 + colorTableBytes(flags) + 1);
  walk.frames += 1;
  return true;
}

function skipSubBlocks(bytes: Buffer, walk: Walk, start: number): void {
  let at = start;
  for (let length = byteAt(bytes, at); length > 0; length = byteAt(bytes, at)) {
    at += 1 + length;
  }
  walk.at = at + 1;
}

const colorTableBytes = (flags: number): number => (flags & 0x80) === 0 ? 0 : 3 * 2 ** ((flags & 7) + 1);

function byteAt(bytes: Buffer, at: number): number {
  if (at >= bytes.length) {
    throw new FaultError('truncated', `the file ends at byte ${bytes.length}, before the end of the GIF`);
  }
  return bytes[at];
}
