import type { Sharp } from 'sharp';
import { loadSharp, runPipeline } from './decoder';
import { FaultError } from './fault';
import { Size } from '../../contract/steps';

/** Pixels in memory, row by row, 8 bit: grey, RGB, or RGB with transparency. */
export interface Picture extends Size {
  readonly data: Buffer;
  readonly channels: 1 | 3 | 4;
}

/** Two of these, the drop and the decoder fit into a function of 3,008 MB. Bytes. */
const PICTURE_MAX_BYTES = 1_100_000_000;

/** @throws FaultError where it would not fit into memory */
export function requireMemory(size: Size): Size {
  if (size.width * size.height * 4 > PICTURE_MAX_BYTES) {
    const detail = `the image would be ${size.width}x${size.height} on its way; ${PICTURE_MAX_BYTES / 4} pixels are allowed`;
    throw new FaultError('too-many-pixels', detail);
  }
  return size;
}

/** @throws FaultError where it would not fit into memory */
export async function toPicture(image: Sharp, size: Size): Promise<Picture> {
  const { width, height } = requireMemory(size);
  const data = await runPipeline(image.raw());
  const channels = data.length / (width * height);
  if (channels !== 1 && channels !== 3 && channels !== 4) {
    throw new FaultError('corrupt', `the decoder makes ${data.length} bytes of it, which are not ${width}x${height} pixels`);
  }
  return { data, width, height, channels };
}

export function openPicture({ data, width, height, channels }: Picture): Sharp {
  const image = loadSharp()(data, { raw: { width, height, channels } });
  return channels === 1 ? image.toColourspace('b-w') : image;
}
