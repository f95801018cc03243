import type { Sharp, SharpOptions } from 'sharp';
import { Fault, FaultError } from './fault';
import { DEFAULT_INPUT_LIMITS } from './gate';
import { ImageHeader } from './header';
import { walkCodes } from './jpeg-codes';
import { plainScan } from './jpeg-plain';

type SharpModule = typeof import('sharp');

let loaded: SharpModule | undefined;

/** sharp comes from a Lambda layer and is loaded when the first image comes, so that functions without images need none. */
export function loadSharp(): SharpModule {
  if (loaded === undefined) {
    // CommonJS alone looks into layers (NODE_PATH)
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    const sharp = require('sharp') as SharpModule;
    // each image is seen once, and drops are decoded one after the other
    sharp.cache(false);
    sharp.concurrency(1);
    loaded = sharp;
  }
  return loaded;
}

/** Where the ISO base media file format tells what a file is. */
const MAJOR_BRAND_AT = 8;

/** A pipeline over the image's own bytes: what follows the image's end (previews, gain maps) is not even opened. */
export function openImage(bytes: Uint8Array, header: ImageHeader): Sharp {
  const options: SharpOptions = {
    // the decoder's warnings are damage: bad codes, data that ends early. At 'error' it would fill up with grey
    failOn: 'warning',
    limitInputPixels: DEFAULT_INPUT_LIMITS.maxPixels,
    sequentialRead: true,
    ignoreIcc: header.profile !== 'other',
  };
  return loadSharp()(asStrictlyWritten(bytes.subarray(0, header.end), header), options);
}

/**
 * Some phones write scan parameters that decoders ignore but warn about; set right, the warnings that remain are damage. And the library
 * does not know an AVIF by the name of a sequence, though it reads the still picture in one.
 */
function asStrictlyWritten(bytes: Uint8Array, header: ImageHeader): Uint8Array {
  if (header.type === 'avif') {
    const copy = Buffer.from(bytes);
    copy.write('avif', MAJOR_BRAND_AT, 'latin1');
    return copy;
  }
  if (header.laxScans.length === 0) {
    return bytes;
  }
  const copy = Buffer.from(bytes);
  for (const at of header.laxScans) {
    copy.set([0, 63, 0], at);
  }
  return copy;
}

/** The fraction at which a JPEG that is not walked over is decoded for the verdict. Of each block of 8 by 8 it computes one pixel. */
const PROBE_SHRINK = 8;

/** What people read of a decoder's error. Unit: characters. */
const DETAIL_MAX = 300;

/** Any smaller and the library would decode at a larger fraction. */
const MIN_PROBE_SIDE = 16 * PROBE_SHRINK;

/**
 * Goes through everything that a decoder would, for the verdict alone. The data of a plain JPEG is walked over code by code, without
 * a decoder. Another JPEG is decoded at an eighth: that reads the same data, but does without most of the arithmetic. The rest is
 * decoded up to its last row, which comes after all others.
 *
 * @throws what is wrong with the image
 */
export async function decodeWhole(bytes: Uint8Array, header: ImageHeader): Promise<void> {
  const plain = plainScan(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), header);
  if (plain !== undefined && walkCodes(plain)) {
    return;
  }
  const { width, height, frameHeightAt } = header;
  if (frameHeightAt === undefined || Math.min(width, height) < MIN_PROBE_SIDE) {
    await runPipeline(openImage(bytes, header).extract({ left: 0, top: height - 1, width, height: 1 }).raw());
    return;
  }
  const whole = withWholeBlocks(bytes, header, frameHeightAt);
  // the library decodes at the next smaller power of two, and not at the very factor
  const side = (pixels: number) => Math.round(pixels / PROBE_SHRINK / 1.5);
  await runPipeline(openImage(whole, header).resize({ width: side(width), height: side(height), fit: 'fill', kernel: 'linear' }).raw());
}

/**
 * Decoding at a fraction leaves out what is no whole row of the result, and that might be all of the last unit. So the height is
 * rounded up to whole blocks. The data has these blocks anyway: it stays the same, and what is wrong with it too.
 */
function withWholeBlocks(bytes: Uint8Array, { height, end }: ImageHeader, frameHeightAt: number): Uint8Array {
  const wholeBlocks = Math.ceil(height / PROBE_SHRINK) * PROBE_SHRINK;
  if (wholeBlocks === height) {
    return bytes;
  }
  const copy = Buffer.from(bytes.subarray(0, end));
  copy.writeUInt16BE(wholeBlocks, frameHeightAt);
  return copy;
}

let running: Promise<unknown> = Promise.resolve();

/**
 * Runs a pipeline to its end, one at a time in a process. That bounds memory, costs nothing on one processor, and makes sure whose
 * warnings the library reports.
 *
 * @throws what the decoder found, its warnings about damage included
 */
export async function runPipeline(image: Sharp): Promise<Buffer> {
  const run = running.then(() => runStrictly(image));
  running = run.catch(() => undefined);
  return run;
}

/** The library fails on a warning when it reads on; one that comes with the last rows it only reports. */
async function runStrictly(image: Sharp): Promise<Buffer> {
  const damage: string[] = [];
  image.on('warning', (message: string) => {
    if (message.startsWith('VipsJpeg:')) {
      damage.push(message.trim());
    }
  });
  const made = await image.toBuffer();
  if (damage.length > 0) {
    throw new Error(damage.join('; '));
  }
  return made;
}

/**
 * What a decoder's error says about the image.
 *
 * @throws the error itself where it says nothing about the image but something about the machine
 */
export function decodeFault(error: unknown): Fault {
  if (error instanceof FaultError) {
    return { reason: error.reason, detail: error.message };
  }
  const message = error instanceof Error ? error.message : String(error);
  // the TIFF reader is "out of memory reading of" a tag that claims more than the file can hold
  if (!(error instanceof Error) || /out of memory(?! reading of ")|unable to (malloc|allocate|create thread)|cannot allocate|ENOMEM|Cannot find module|Could not load/i.test(message)) {
    throw error;
  }
  if (/exceeds pixel limit/i.test(message)) {
    return { reason: 'too-many-pixels', detail: message };
  }
  return {
    reason: /premature end|truncated|end of (file|input|stream)|not enough (image )?data/i.test(message) ? 'truncated' : 'corrupt',
    // the library's line, which it repeats for each header and pixel that it tried to read
    detail: `the image does not decode: ${[...new Set(message.trim().split(/\s*\n\s*/))].join('; ')}`.slice(0, DETAIL_MAX),
  };
}
