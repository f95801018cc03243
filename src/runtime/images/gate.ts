import { readAvif } from './avif-structure';
import { catchFault, Fault, FaultError } from './fault';
import { readGif } from './gif-structure';
import { ImageHeader } from './header';
import { readJpeg } from './jpeg-structure';
import { readPng } from './png-structure';
import { sniff } from './sniff';
import { readTiff } from './tiff-structure';
import { readWebp } from './webp-structure';

/** What the pipeline reads at all. */
export interface InputLimits {
  /** Size of a file. Unit: bytes. */
  readonly maxFileBytes: number;
  /** Columns times rows as the header tells them, checked before anything is decoded. */
  readonly maxPixels: number;
  /** Memory that decoding needs at once. Unit: bytes. */
  readonly maxDecodeBytes: number;
}

/**
 * Leaves ample room in a function of 3,008 MB. The pixel limit is the decoder's own.
 * Baseline JPEG and plain PNG are decoded in strips and hardly count; progressive and interlaced ones have to be whole in memory.
 */
export const DEFAULT_INPUT_LIMITS: InputLimits = {
  maxFileBytes: 256 * 1024 * 1024,
  maxPixels: 0x3fff * 0x3fff,
  maxDecodeBytes: 768 * 1024 * 1024,
};

export type Inspection = ({ readonly ok: true } & ImageHeader) | ({ readonly ok: false } & Fault);

/**
 * Judges a drop by its bytes alone: whether it is an image of a type that we work on, whole to the end of its container, and small
 * enough to decode. Decodes nothing; what workers will see is decoded by the engine, which refuses what is broken inside.
 */
export function inspect(bytes: Uint8Array, limits: InputLimits = DEFAULT_INPUT_LIMITS): Inspection {
  const result = catchFault(() => read(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), limits));
  return result.ok ? { ok: true, ...result.value } : result;
}

function read(bytes: Buffer, limits: InputLimits): ImageHeader {
  if (bytes.length === 0) {
    throw new FaultError('empty', 'the file has 0 bytes; an image is expected');
  }
  if (bytes.length > limits.maxFileBytes) {
    throw new FaultError('too-large-file', `the file has ${bytes.length} bytes; ${limits.maxFileBytes} are allowed`);
  }
  const header = readContainer(bytes);
  const pixels = header.width * header.height;
  if (pixels > limits.maxPixels) {
    throw new FaultError('too-many-pixels', `the image is ${header.width}x${header.height}; ${limits.maxPixels} pixels are allowed`);
  }
  const needed = decodeBytes(header);
  if (needed > limits.maxDecodeBytes) {
    throw new FaultError(
      'too-many-pixels',
      `the ${header.progressive && (header.type === 'jpeg' || header.type === 'png') ? 'progressive ' : ''}image of ${header.width}x${header.height} needs ${needed} bytes to decode; `
      + `${limits.maxDecodeBytes} are allowed`,
    );
  }
  return header;
}

const ACCEPTED = 'JPEG, PNG, WebP, AVIF, GIF and TIFF';

function readContainer(bytes: Buffer): ImageHeader {
  const sniffed = sniff(bytes);
  switch (sniffed.kind) {
    case 'jpeg':
      return readJpeg(bytes);
    case 'png':
      return readPng(bytes);
    case 'webp':
      return readWebp(bytes);
    case 'avif':
      return readAvif(bytes);
    case 'gif':
      return readGif(bytes);
    case 'tiff':
      return readTiff(bytes);
    case 'other-image':
      throw new FaultError('unsupported-type', `the file is ${sniffed.name}; ${ACCEPTED} are accepted`);
    case 'not-an-image':
      throw new FaultError('not-an-image', `the file is ${sniffed.name}; ${ACCEPTED} are accepted`);
  }
}

/** Rows that the decoder holds at once of an image that comes from top to bottom. */
const STRIP_ROWS = 512;

/** An AVIF is in memory as planes, as pixels, and in the decoder's frames: 18 bytes for each pixel were measured, not all at once. */
const AVIF_COPIES = 4;

/** Memory that decoding takes, before any transform. Progressive JPEG holds its coefficients, interlaced PNG its pixels. */
export function decodeBytes(header: ImageHeader): number {
  const channels = (header.colorModel === 'grey' ? 1 : header.colorModel === 'rgb' ? 3 : 4) + (header.hasAlpha ? 1 : 0);
  const rows = header.progressive ? header.height : Math.min(header.height, STRIP_ROWS);
  const coefficientBytes = header.progressive && header.type === 'jpeg' ? 2 : 0;
  return header.width * rows * channels * (Math.ceil(header.bitsPerSample / 8) * (header.type === 'avif' ? AVIF_COPIES : 1) + coefficientBytes);
}
