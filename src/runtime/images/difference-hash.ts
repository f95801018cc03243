import type { Sharp } from 'sharp';
import { loadSharp, runPipeline } from './decoder';
import { PerceptualHash } from '../core/perceptual-hash';

/** The picture is looked at in so many cells. */
const COLUMNS = 9;
const ROWS = 8;

/** Pixels along the side of a cell. The library's own way down to 9 by 8 depends on the picture's size and lets fine texture through. */
const CELL = 16;

/** A file of ours, as a viewer shows it. */
export function openShown(bytes: Uint8Array): Sharp {
  return loadSharp()(bytes, { sequentialRead: true }).autoOrient();
}

/**
 * For each of 8 rows, whether it becomes brighter from one of its 9 cells to the next: 64 bits. Other sizes, formats, qualities and
 * brightnesses of a picture change few of them.
 */
export async function differenceHash(image: Sharp): Promise<PerceptualHash> {
  const width = COLUMNS * CELL;
  const small = image.flatten({ background: '#ffffff' }).greyscale().resize(width, ROWS * CELL, { fit: 'fill', kernel: 'linear' }).raw();
  const pixels = await runPipeline(small);
  const channels = pixels.length / (width * ROWS * CELL);
  const sums = new Float64Array(COLUMNS * ROWS);
  for (let y = 0, at = 0; y < ROWS * CELL; y += 1) {
    for (let x = 0; x < width; x += 1, at += channels) {
      sums[Math.floor(y / CELL) * COLUMNS + Math.floor(x / CELL)] += pixels[at];
    }
  }
  let bits = '';
  for (let row = 0; row < ROWS; row += 1) {
    for (let column = 1; column < COLUMNS; column += 1) {
      const cell = row * COLUMNS + column;
      bits += sums[cell - 1] < sums[cell] ? '1' : '0';
    }
  }
  return BigInt(`0b${bits}`).toString(16).padStart(bits.length / 4, '0');
}
