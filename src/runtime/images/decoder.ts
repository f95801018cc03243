import type { Sharp, SharpOptions } from 'sharp';
import { Fault } from './fault';
import { DEFAULT_INPUT_LIMITS } from './gate';
import { ImageHeader } from './header';

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

/** A pipeline over the image's own bytes: what follows the image's end (previews, gain maps) is not even opened. */
export function openImage(bytes: Uint8Array, header: ImageHeader): Sharp {
  const options: SharpOptions = {
    // the decoder's warnings are damage: bad codes, data that ends early. At 'error' it would fill up with grey
    failOn: 'warning',
    limitInputPixels: DEFAULT_INPUT_LIMITS.maxPixels,
    sequentialRead: true,
    ignoreIcc: header.profile !== 'other',
  };
  return loadSharp()(withStrictScans(bytes.subarray(0, header.end), header), options);
}

/** Some phones write scan parameters that decoders ignore but warn about; set right, the warnings that remain are damage. */
function withStrictScans(bytes: Uint8Array, header: ImageHeader): Uint8Array {
  if (header.laxScans.length === 0) {
    return bytes;
  }
  const copy = Buffer.from(bytes);
  for (const at of header.laxScans) {
    copy.set([0, 63, 0], at);
  }
  return copy;
}

/**
 * Decodes everything, for the verdict alone. A JPEG is decoded at an eighth or a quarter: that reads the same data, but does without
 * most of the arithmetic. The rest is decoded up to its last row, which comes after all others.
 */
export async function decodeWhole(bytes: Uint8Array, header: ImageHeader): Promise<void> {
  const image = openImage(bytes, header);
  const shrink = [8, 4].find((factor) => coversLastUnit(header, factor));
  const { width, height } = header;
  const probe = shrink === undefined
    ? image.extract({ left: 0, top: height - 1, width, height: 1 })
    // the library decodes at the next smaller power of two, and not at the very factor
    : image.resize({ width: Math.round(width / shrink / 1.5), height: Math.round(height / shrink / 1.5), fit: 'fill', kernel: 'nearest' });
  await runPipeline(probe.raw());
}

/** Decoding at a fraction leaves out what is no whole row of the result: that must not be the whole last unit. */
function coversLastUnit({ type, width, height, unitRows }: ImageHeader, factor: number): boolean {
  const lastUnit = Math.floor((height - 1) / unitRows) * unitRows;
  return type === 'jpeg' && Math.min(width, height) >= 16 * factor && Math.floor(height / factor) * factor > lastUnit;
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
  const message = error instanceof Error ? error.message : String(error);
  if (!(error instanceof Error) || /out of memory|unable to (malloc|allocate|create thread)|cannot allocate|ENOMEM|Cannot find module|Could not load/i.test(message)) {
    throw error;
  }
  if (/exceeds pixel limit/i.test(message)) {
    return { reason: 'too-many-pixels', detail: message };
  }
  return {
    reason: /premature end|truncated|end of (file|input|stream)|not enough (image )?data/i.test(message) ? 'truncated' : 'corrupt',
    detail: `the image does not decode: ${message.trim()}`,
  };
}
