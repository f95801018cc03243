import { Picture } from './picture';
import { Size } from '../../contract/steps';

/** Where an output pixel lies between input pixels: four of them, clamped to the edge, and their weights. */
interface Tap {
  readonly from: readonly [number, number, number, number];
  readonly weights: readonly [number, number, number, number];
}

/**
 * Scales up by cubic interpolation (Catmull-Rom), pixel centres aligned: what is at a share of the way across stays there.
 * The pipeline library's own enlargement is displaced by half a pixel (and takes a direction that shrinks with it), which would put
 * labels in the wrong place.
 *
 * @param size in no direction smaller than the picture
 */
export function enlarged(picture: Picture, size: Size): Picture {
  const { channels } = picture;
  const across = taps(picture.width, size.width);
  const down = taps(picture.height, size.height);
  const data = Buffer.allocUnsafe(size.width * size.height * channels);
  const rows = new Map<number, Float32Array>();
  down.forEach(({ from, weights }, y) => {
    for (const row of rows.keys()) {
      if (row < from[0]) {
        rows.delete(row);
      }
    }
    const [a, b, c, d] = from.map((row) => {
      const made = rows.get(row) ?? enlargedRow(picture, row, across);
      rows.set(row, made);
      return made;
    });
    const start = y * size.width * channels;
    for (let at = 0; at < a.length; at += 1) {
      data[start + at] = clamp(a[at] * weights[0] + b[at] * weights[1] + c[at] * weights[2] + d[at] * weights[3]);
    }
  });
  return { ...size, channels, data: channels === 4 ? withoutAlphaApplied(data) : data };
}

function taps(input: number, output: number): Tap[] {
  const at = (index: number): number => Math.min(Math.max(index, 0), input - 1);
  return Array.from({ length: output }, (_, index) => {
    const place = (index + 0.5) * input / output - 0.5;
    const base = Math.floor(place);
    const t = place - base;
    return {
      from: [at(base - 1), at(base), at(base + 1), at(base + 2)],
      weights: [
        (2 * t ** 2 - t ** 3 - t) / 2, (3 * t ** 3 - 5 * t ** 2 + 2) / 2, (4 * t ** 2 - 3 * t ** 3 + t) / 2, (t ** 3 - t ** 2) / 2,
      ],
    };
  });
}

function enlargedRow({ data, width, channels }: Picture, row: number, across: readonly Tap[]): Float32Array {
  const source = new Float32Array(width * channels);
  const start = row * width * channels;
  for (let at = 0; at < source.length; at += 1) {
    // what is transparent must not lend its colour to what is beside it
    const alpha = channels === 4 && at % 4 < 3 ? data[start + at - at % 4 + 3] / 255 : 1;
    source[at] = data[start + at] * alpha;
  }
  const made = new Float32Array(across.length * channels);
  for (let x = 0; x < across.length; x += 1) {
    const { from, weights } = across[x];
    for (let channel = 0; channel < channels; channel += 1) {
      made[x * channels + channel] = source[from[0] * channels + channel] * weights[0] + source[from[1] * channels + channel] * weights[1]
        + source[from[2] * channels + channel] * weights[2] + source[from[3] * channels + channel] * weights[3];
    }
  }
  return made;
}

function withoutAlphaApplied(data: Buffer): Buffer {
  for (let at = 0; at < data.length; at += 4) {
    const alpha = data[at + 3];
    for (let channel = at; channel < at + 3; channel += 1) {
      data[channel] = alpha === 0 ? 0 : clamp((data[channel] * 255) / alpha);
    }
  }
  return data;
}

function clamp(value: number): number {
  return value < 0 ? 0 : value > 255 ? 255 : Math.round(value);
}
