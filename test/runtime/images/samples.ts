import { deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { chunk } from '../../../src/cli/probe/pictures';

export { chunk };

/** Pixels as rows of RGB, 8 bit. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly data: Buffer;
}

export function paint(width: number, height: number, color: (x: number, y: number) => readonly [number, number, number]): Pixels {
  const data = new Uint8ClampedArray(width * height * 3);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [red, green, blue] = color(x, y);
      data[at++] = red;
      data[at++] = green;
      data[at++] = blue;
    }
  }
  return { width, height, data: Buffer.from(data.buffer) };
}

/** Smooth, and every place has a colour of its own: red grows to the right, green downwards. */
export function gradient(width: number, height: number): Pixels {
  return paint(width, height, (x, y) => [((x + 0.5) / width) * 255, ((y + 0.5) / height) * 255, 40]);
}

/** Like a photograph: no part of it compresses to nothing. */
export function texture(width: number, height: number): Pixels {
  let seed = 12345;
  const noise = () => ((seed = (seed * 1103515245 + 12345) & 0x7fffffff) >> 16) % 60;
  return paint(width, height, (x, y) => [
    120 + 80 * Math.sin(x / 9) + noise(), 120 + 80 * Math.cos(y / 13) + noise(), 90 + 60 * Math.sin((x + y) / 17) + noise(),
  ]);
}

export function open({ width, height, data }: Pixels): sharp.Sharp {
  return sharp(data, { raw: { width, height, channels: 3 } });
}

export function jpegOf(pixels: Pixels, options: sharp.JpegOptions = {}): Promise<Buffer> {
  return open(pixels).jpeg({ quality: 92, ...options }).toBuffer();
}

export function pngOf(pixels: Pixels, options: sharp.PngOptions = {}): Promise<Buffer> {
  return open(pixels).png(options).toBuffer();
}

/** Decodes as a browser would that knows no metadata. */
export async function pixelsOf(bytes: Uint8Array): Promise<Pixels> {
  const { data, info } = await sharp(bytes, { ignoreIcc: true }).removeAlpha().toColourspace('srgb').raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data };
}

export function pixelAt({ width, data }: Pixels, x: number, y: number): [number, number, number] {
  const at = (y * width + x) * 3;
  return [data[at], data[at + 1], data[at + 2]];
}

export function worstDifference(one: Pixels, other: Pixels): number {
  expect([one.width, one.height]).toEqual([other.width, other.height]);
  return differences(one, other).worst;
}

export function meanDifference(one: Pixels, other: Pixels): number {
  expect([one.width, one.height]).toEqual([other.width, other.height]);
  return differences(one, other).sum / one.data.length;
}

function differences(one: Pixels, other: Pixels): { worst: number; sum: number } {
  let worst = 0;
  let sum = 0;
  for (let at = 0; at < one.data.length; at++) {
    const difference = Math.abs(one.data[at] - other.data[at]);
    worst = Math.max(worst, difference);
    sum += difference;
  }
  return { worst, sum };
}

// ---- containers

export function segment(marker: number, body: Buffer): Buffer {
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(body.length + 2, 2);
  return Buffer.concat([head, body]);
}

/** Puts a segment right behind the start of a JPEG. */
export function withSegment(jpeg: Buffer, marker: number, body: Buffer): Buffer {
  return Buffer.concat([jpeg.subarray(0, 2), segment(marker, body), jpeg.subarray(2)]);
}

const PNG_SIGNATURE = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
const IHDR_END = 8 + 25;

/** Puts a chunk right behind the header of a PNG. */
export function withChunk(png: Buffer, name: string, body: Buffer): Buffer {
  return Buffer.concat([png.subarray(0, IHDR_END), chunk(name, body), png.subarray(IHDR_END)]);
}

export function ihdr(width: number, height: number, depth: number, colorType: number, interlace = 0): Buffer {
  const body = Buffer.alloc(13);
  body.writeUInt32BE(width, 0);
  body.writeUInt32BE(height, 4);
  body.set([depth, colorType, 0, 0, interlace], 8);
  return body;
}

/** A PNG made by hand: its header, and rows of bytes each with its filter byte. */
export function rawPng(header: Buffer, rows: Buffer, before: readonly Buffer[] = []): Buffer {
  const chunks = [chunk('IHDR', header), ...before, chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))];
  return Buffer.concat([PNG_SIGNATURE, ...chunks]);
}

/** A TIFF block with an orientation and, if wanted, a place on earth. */
export function exif(orientation: number, options: { gps?: boolean; bigEndian?: boolean } = {}): Buffer {
  const big = options.bigEndian === true;
  const made = Buffer.alloc(options.gps ? 64 : 26);
  const u16 = (value: number, at: number) => (big ? made.writeUInt16BE(value, at) : made.writeUInt16LE(value, at));
  const u32 = (value: number, at: number) => (big ? made.writeUInt32BE(value, at) : made.writeUInt32LE(value, at));
  made.write(big ? 'MM\0*' : 'II*\0', 0, 'latin1');
  u32(8, 4);
  u16(options.gps ? 2 : 1, 8);
  u16(0x0112, 10);
  u16(3, 12);
  u32(1, 14);
  u16(orientation, 18);
  if (options.gps) {
    u16(0x8825, 22);
    u16(4, 24);
    u32(1, 26);
    u32(38, 30);
    u16(1, 38);
    u16(1, 40);
    u16(2, 42);
    u32(2, 44);
    made.write('N\0', 48, 'latin1');
  }
  return made;
}

export function exifSegment(orientation: number, options: { gps?: boolean; bigEndian?: boolean } = {}): Buffer {
  return Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), exif(orientation, options)]);
}

/** How a camera with this orientation stores an upright picture. */
export function storedAs(upright: Pixels, orientation: number): Pixels {
  const { width, height } = upright;
  const at = (x: number, y: number) => pixelAt(upright, x, y);
  switch (orientation) {
    case 2: return paint(width, height, (x, y) => at(width - 1 - x, y));
    case 3: return paint(width, height, (x, y) => at(width - 1 - x, height - 1 - y));
    case 4: return paint(width, height, (x, y) => at(x, height - 1 - y));
    case 5: return paint(height, width, (x, y) => at(y, x));
    case 6: return paint(height, width, (x, y) => at(width - 1 - y, x));
    case 7: return paint(height, width, (x, y) => at(width - 1 - y, height - 1 - x));
    case 8: return paint(height, width, (x, y) => at(y, height - 1 - x));
    default: return upright;
  }
}

// ---- colour profiles

export const SRGB = [[0.4361, 0.2225, 0.0139], [0.3851, 0.7169, 0.0971], [0.1431, 0.0606, 0.7141]];
export const ADOBE_RGB = [[0.6097, 0.3111, 0.0195], [0.2053, 0.6257, 0.0609], [0.1492, 0.0632, 0.7446]];

/** A matrix profile. The curve is a `para` function of type 3, a `curv` table, or a plain gamma. */
export function profile(primaries: readonly (readonly number[])[], curve: readonly number[] | Uint16Array | number, name = 'made by a test'): Buffer {
  const fixed = (value: number) => Math.round(value * 65536);
  const xyz = (values: readonly number[]) => {
    const body = Buffer.alloc(20);
    body.write('XYZ ', 0, 'latin1');
    values.forEach((value, index) => body.writeInt32BE(fixed(value), 8 + index * 4));
    return body;
  };
  const desc = Buffer.alloc(Math.ceil((12 + name.length + 1 + 78) / 4) * 4);
  desc.write('desc', 0, 'latin1');
  desc.writeUInt32BE(name.length + 1, 8);
  desc.write(name, 12, 'latin1');
  const trc = curveTag(curve, fixed);
  const tags: [string, Buffer][] = [
    ['desc', desc], ['cprt', Buffer.from('text\0\0\0\0none\0\0\0\0', 'latin1')], ['wtpt', xyz([0.9642, 1, 0.8249])],
    ['rXYZ', xyz(primaries[0])], ['gXYZ', xyz(primaries[1])], ['bXYZ', xyz(primaries[2])], ['rTRC', trc], ['gTRC', trc], ['bTRC', trc],
  ];
  const head = Buffer.alloc(132 + tags.length * 12);
  head.writeUInt32BE(0x02400000, 8);
  head.write('mntrRGB XYZ ', 12, 'latin1');
  head.write('acsp', 36, 'latin1');
  [0.9642, 1, 0.8249].forEach((value, index) => head.writeInt32BE(fixed(value), 68 + index * 4));
  head.writeUInt32BE(tags.length, 128);
  let at = head.length;
  tags.forEach(([tag, body], index) => {
    head.write(tag, 132 + index * 12, 'latin1');
    head.writeUInt32BE(at, 136 + index * 12);
    head.writeUInt32BE(body.length, 140 + index * 12);
    at += body.length;
  });
  head.writeUInt32BE(at, 0);
  return Buffer.concat([head, ...tags.map(([, body]) => body)]);
}

function curveTag(curve: readonly number[] | Uint16Array | number, fixed: (value: number) => number): Buffer {
  if (typeof curve === 'number') {
    const body = Buffer.alloc(16);
    body.write('curv', 0, 'latin1');
    body.writeUInt32BE(1, 8);
    body.writeUInt16BE(Math.round(curve * 256), 12);
    return body;
  }
  if (curve instanceof Uint16Array) {
    const body = Buffer.alloc(Math.ceil((12 + curve.length * 2) / 4) * 4);
    body.write('curv', 0, 'latin1');
    body.writeUInt32BE(curve.length, 8);
    curve.forEach((value, index) => body.writeUInt16BE(value, 12 + index * 2));
    return body;
  }
  const body = Buffer.alloc(32);
  body.write('para', 0, 'latin1');
  body.writeUInt16BE(3, 8);
  curve.forEach((value, index) => body.writeInt32BE(fixed(value), 12 + index * 4));
  return body;
}

export const SRGB_CURVE = [2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045];

/** An APP2 segment's body. */
export function iccSegment(icc: Buffer, number = 1, count = 1): Buffer {
  return Buffer.concat([Buffer.from(`ICC_PROFILE\0${String.fromCharCode(number, count)}`, 'latin1'), icc]);
}
