import { readExif, xmpHasGps } from './exif';
import { FaultError } from './fault';
import { ImageHeader } from './header';
import { isSrgbProfile } from './icc';

/** Flags of the extended header. */
const FLAG = { ANIMATION: 0x02, ALPHA: 0x10 } as const;

/** Chunks of a WebP: frames of an animation count each. */
const MAX_CHUNKS = 20_000;

interface Chunk {
  readonly name: string;
  readonly body: Buffer;
}

/**
 * Walks a WebP chunk by chunk to its end, as its own header says where that is.
 *
 * @throws FaultError truncated or corrupt
 */
export function readWebp(bytes: Buffer): ImageHeader {
  if (bytes.length < 12) {
    throw new FaultError('truncated', `the file ends inside the WebP header at byte ${bytes.length}`);
  }
  const end = 8 + bytes.readUInt32LE(4);
  if (end > bytes.length) {
    throw new FaultError('truncated', `the WebP says that it has ${end} bytes; the file has ${bytes.length}`);
  }
  const chunks = chunksOf(bytes, end);
  const find = (name: string): Buffer | undefined => chunks.find((chunk) => chunk.name === name)?.body;
  const [first] = chunks;
  const { width, height, hasAlpha, animated } = sizeOf(first);
  if (animated && find('ANMF') === undefined) {
    throw new FaultError('corrupt', 'the WebP is an animation without a frame');
  }
  if (!animated && find('VP8 ') === undefined && find('VP8L') === undefined) {
    throw new FaultError('corrupt', 'the WebP holds no image');
  }
  const exif = find('EXIF');
  const facts = exif && readExif(exif.toString('latin1', 0, 6) === 'Exif\0\0' ? exif.subarray(6) : exif);
  const profile = find('ICCP');
  const xmp = find('XMP ');
  return {
    type: 'webp', width, height, orientation: facts?.orientation ?? 1, colorModel: 'rgb', bitsPerSample: 8, hasAlpha,
    progressive: true, subsampled: find('VP8 ') !== undefined,
    profile: profile === undefined ? 'none' : isSrgbProfile(profile) ? 'srgb' : 'other',
    hasGps: (facts?.hasGps ?? false) || (xmp !== undefined && xmpHasGps(xmp)),
    animated, end, parts: [], laxScans: [],
  };
}

function chunksOf(bytes: Buffer, end: number): Chunk[] {
  const chunks: Chunk[] = [];
  for (let at = 12; at + 8 <= end;) {
    const name = bytes.toString('latin1', at, at + 4);
    const length = bytes.readUInt32LE(at + 4);
    if (at + 8 + length > end) {
      throw new FaultError('truncated', `the WebP chunk ${JSON.stringify(name)} at byte ${at} reaches ${at + 8 + length - end} bytes past the end of the image`);
    }
    if (chunks.length >= MAX_CHUNKS) {
      throw new FaultError('corrupt', `the WebP has more than ${MAX_CHUNKS} chunks, which no program writes`);
    }
    chunks.push({ name, body: bytes.subarray(at + 8, at + 8 + length) });
    at += 8 + length + (length % 2);
  }
  return chunks;
}

function sizeOf(chunk: Chunk | undefined): Pick<ImageHeader, 'width' | 'height' | 'hasAlpha' | 'animated'> {
  const { name, body } = chunk ?? { name: '', body: Buffer.alloc(0) };
  if (name === 'VP8X' && body.length >= 10) {
    const hasAlpha = (body[0] & FLAG.ALPHA) !== 0;
    return { width: body.readUIntLE(4, 3) + 1, height: body.readUIntLE(7, 3) + 1, hasAlpha, animated: (body[0] & FLAG.ANIMATION) !== 0 };
  }
  if (name === 'VP8 ' && body.length >= 10 && body.readUIntBE(3, 3) === 0x9d012a) {
    return sized(body.readUInt16LE(6) & 0x3fff, body.readUInt16LE(8) & 0x3fff, false);
  }
  if (name === 'VP8L' && body.length >= 5 && body[0] === 0x2f) {
    const bits = body.readUInt32LE(1);
    return sized((bits & 0x3fff) + 1, ((bits >>> 14) & 0x3fff) + 1, ((bits >>> 28) & 1) === 1);
  }
  throw new FaultError('corrupt', 'the WebP does not begin with the header of an image');
}

function sized(width: number, height: number, hasAlpha: boolean): Pick<ImageHeader, 'width' | 'height' | 'hasAlpha' | 'animated'> {
  if (width < 1 || height < 1) {
    throw new FaultError('corrupt', `the WebP header says ${width}x${height} pixels`);
  }
  return { width, height, hasAlpha, animated: false };
}
