import { deflateSync } from 'node:zlib';
import { Case, SMALL, UNTOUCHED, jpeg, png, quarantine } from './case';
import { manyScans, separateScans } from './jpeg-scans';
import { chunk, ihdr, jpegOf, open, paint, pngOf, rawPng, segment, texture, withChunk, withSegment } from '../../images/samples';

/** A chequered PNG of 1 bit a pixel, made without its pixels ever lying in memory. */
function huge(width: number, height: number): Buffer {
  const row = Buffer.alloc(1 + Math.ceil(width / 8), 0x55);
  row[0] = 0;
  return rawPng(ihdr(width, height, 1, 0), Buffer.alloc(row.length * height, row));
}

/** More than 40 MB that no encoder makes smaller. */
async function heavy(): Promise<Buffer> {
  const side = 3_750;
  const data = Buffer.alloc(side * side * 3);
  for (let at = 0, seed = 1; at < data.length; at++) {
    seed = (seed * 1664525 + 1013904223) >>> 0;
    data[at] = seed >>> 24;
  }
  return open({ width: side, height: side, data }).png({ compressionLevel: 0 }).toBuffer();
}

const withSize = (made: Buffer, width: number, height: number) => {
  const at = Math.max(made.indexOf(Buffer.from([0xff, 0xc0])), made.indexOf(Buffer.from([0xff, 0xc2])));
  made.writeUInt16BE(height, at + 5);
  made.writeUInt16BE(width, at + 7);
  return made;
};

const many = (count: number, part: Buffer) => Buffer.alloc(part.length * count, part);

export const LIMITS: readonly Case[] = [
  {
    name: 'a decompression bomb', key: 'bomb.png', bytes: () => huge(20_000, 20_000),
    becomes: quarantine('too-many-pixels', /20000x20000; 268402689 pixels are allowed/),
  },
  {
    name: 'a bomb of a single row', key: 'bomb.png', bytes: () => rawPng(ihdr(0x7fffffff, 1, 1, 0), Buffer.alloc(0x10000001)),
    becomes: quarantine('too-many-pixels', /2147483647x1/),
  },
  { name: '101 megapixels', key: 'large.png', bytes: () => huge(10_100, 10_000), becomes: quarantine('output-too-many-pixels', /10100x10000; 100000000 pixels are allowed/) },
  {
    name: '101 megapixels that are kept as they are', key: 'large.png', by: UNTOUCHED, bytes: () => huge(10_100, 10_000),
    becomes: quarantine('output-too-many-pixels', /10100x10000; 100000000 pixels are allowed/),
  },
  { name: '101 megapixels made smaller', key: 'large.png', by: SMALL, bytes: () => huge(10_100, 10_000), becomes: png(200, 198, { looksLike: () => pngOf(paint(200, 198, () => [127, 127, 127])) }) },
  { name: '41 MB', key: 'heavy.png', bytes: heavy, becomes: quarantine('output-too-large', /4\d{7} bytes; 40000000 are allowed/) },
  { name: '41 MB that are kept as they are', key: 'heavy.png', by: UNTOUCHED, bytes: heavy, becomes: quarantine('output-too-large', /4\d{7} bytes; 40000000 are allowed/) },
  { name: '41 MB made smaller', key: 'heavy.png', by: SMALL, bytes: heavy, becomes: png(200, 200) },
  {
    name: 'a small JPEG that says it is 65,000 by 65,000', key: 'lie.jpg', bytes: async () => withSize(await jpegOf(texture(64, 64)), 65_000, 65_000),
    becomes: quarantine('truncated', /cannot hold 65000x65000/),
  },
  {
    name: 'a small JPEG that says it is twice as high', key: 'lie.jpg', bytes: async () => withSize(await jpegOf(texture(64, 64)), 64, 128),
    becomes: quarantine('truncated', /does not decode/),
  },
  {
    name: 'a small progressive JPEG that says it is 8,000 by 8,000', key: 'lie.jpg', bytes: async () => withSize(await jpegOf(texture(64, 64), { progressive: true }), 8_000, 8_000),
    becomes: quarantine('truncated', /cannot hold 8000x8000/),
  },
  {
    name: 'a JPEG of no columns', key: 'lie.jpg', bytes: async () => withSize(await jpegOf(texture(64, 64)), 0, 64),
    becomes: quarantine('corrupt', /0x64 pixels/),
  },
  {
    name: 'a progressive JPEG of 5,000 scans', key: 'scans.jpg', bytes: async () => manyScans(await jpegOf(texture(64, 64), { progressive: true }), 5_000),
    becomes: quarantine('corrupt', /\d+ scans; \d+ are allowed/),
  },
  {
    name: 'a JPEG whose colours come one after the other', key: 'planes.jpg', bytes: () => separateScans(64, 64), becomes: jpeg(64, 64),
  },
  {
    name: 'a JPEG of 256 megapixels whose colours come one after the other', key: 'planes.jpg', by: SMALL, bytes: () => separateScans(16_000, 16_000),
    becomes: quarantine('too-many-pixels', /16000x16000 needs \d+ bytes to decode; \d+ are allowed/),
  },
  {
    name: 'a JPEG of a million segments', key: 'parts.jpg',
    bytes: async () => {
      const made = await jpegOf(texture(64, 64));
      return Buffer.concat([made.subarray(0, 2), many(1_000_000, segment(0xfe, Buffer.alloc(0))), made.subarray(2)]);
    },
    becomes: quarantine('corrupt', /more than \d+ segments/),
  },
  {
    name: 'a PNG of a million chunks', key: 'parts.png',
    bytes: async () => {
      const made = await pngOf(texture(64, 64));
      return Buffer.concat([made.subarray(0, 33), many(1_000_000, chunk('teSt', Buffer.alloc(0))), made.subarray(33)]);
    },
    becomes: quarantine('corrupt', /more than \d+ chunks/),
  },
  {
    name: 'a PNG whose data comes in 50,000 chunks', key: 'bits.png',
    bytes: () => {
      const rows = Buffer.alloc(200 * 601);
      for (let at = 0, seed = 7; at < rows.length; at++) {
        seed = (seed * 1664525 + 1013904223) >>> 0;
        rows[at] = at % 601 === 0 ? 0 : seed >>> 24;
      }
      const data = deflateSync(rows);
      const size = Math.ceil(data.length / 50_000);
      const pieces = Array.from({ length: Math.ceil(data.length / size) }, (_, index) => chunk('IDAT', data.subarray(index * size, (index + 1) * size)));
      return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), chunk('IHDR', ihdr(200, 200, 8, 2)), ...pieces, chunk('IEND', Buffer.alloc(0))]);
    },
    becomes: png(200, 200),
  },
  {
    name: 'a JPEG with 10 MB of metadata before its picture', key: 'wordy.jpg',
    bytes: async () => {
      const made = await jpegOf(texture(64, 64));
      return Buffer.concat([made.subarray(0, 2), many(160, segment(0xe5, Buffer.alloc(65_000, 1))), made.subarray(2)]);
    },
    becomes: jpeg(64, 64),
  },
  {
    name: 'a JPEG with a profile in 255 segments', key: 'profile.jpg',
    bytes: async () => {
      let made = await jpegOf(texture(64, 64));
      for (let number = 255; number > 0; number--) {
        made = withSegment(made, 0xe2, Buffer.concat([Buffer.from('ICC_PROFILE\0', 'latin1'), Buffer.from([number, 255]), Buffer.alloc(9_000, number)]));
      }
      return made;
    },
    becomes: jpeg(64, 64, { looksLike: async () => jpegOf(texture(64, 64)) }),
  },
  {
    name: 'a JPEG full of ends', key: 'ends.jpg',
    bytes: async () => Buffer.concat([await jpegOf(texture(64, 64)), many(100_000, Buffer.from([0xff, 0xd9]))]), becomes: jpeg(64, 64),
  },
  {
    name: 'a JPEG with a megabyte of fill bytes', key: 'fill.jpg',
    bytes: async () => {
      const made = await jpegOf(texture(64, 64));
      return Buffer.concat([made.subarray(0, 2), Buffer.alloc(1_000_000, 0xff), made.subarray(2)]);
    },
    becomes: jpeg(64, 64),
  },
  {
    name: 'a PNG with a header chunk twice', key: 'twice.png', bytes: async () => withChunk(await pngOf(texture(64, 64)), 'IHDR', ihdr(9, 9, 8, 2)),
    becomes: quarantine('corrupt', /IHDR/),
  },
  {
    name: 'an image that is smaller than the crop', key: 'small.jpg', bytes: () => jpegOf(texture(64, 64)),
    by: { kind: 'images', transforms: [{ kind: 'crop', width: 512, height: 512, top: 10 }], output: {} },
    becomes: quarantine('too-small', /64x64/),
  },
];
