import { Case, FIRST_ROWS, quarantine } from './case';
import { chunk, ihdr, jpegOf, pngOf, rawPng, segment, texture } from '../../images/samples';

const PICTURE = texture(400, 300);

const FILES: { readonly [name: string]: () => Promise<Buffer> } = {
  'baseline JPEG': () => jpegOf(PICTURE),
  'progressive JPEG': () => jpegOf(PICTURE, { progressive: true }),
  'PNG': () => pngOf(PICTURE),
  'interlaced PNG': () => pngOf(PICTURE, { progressive: true }),
};

/** Where each file is cut, from the first bytes to the last. The crop takes the first tenth of the rows. */
const CUTS: { readonly [name: string]: (length: number) => number } = {
  'after 2 bytes': () => 2,
  'in its header': () => 30,
  'a third into it': (length) => Math.floor(length / 3),
  'behind all rows that are used': (length) => Math.floor(length * 0.8),
  'before its last byte': (length) => length - 1,
};

export const TRUNCATION: readonly Case[] = [
  ...Object.entries(FILES).flatMap(([file, make]) => Object.entries(CUTS).map(([place, cut]): Case => ({
    name: `a ${file} cut ${place}`,
    key: 'cut.jpg',
    by: FIRST_ROWS,
    bytes: async () => {
      const whole = await make();
      return whole.subarray(0, cut(whole.length));
    },
    becomes: quarantine('truncated', /byte \d+|past the end|cut/),
  }))),
  {
    name: 'a JPEG whose lower half is missing, with an end put behind it',
    key: 'mended.jpg',
    bytes: async () => {
      const whole = await jpegOf(PICTURE);
      return Buffer.concat([whole.subarray(0, whole.length / 2), Buffer.from([0xff, 0xd9])]);
    },
    becomes: quarantine('truncated', /does not decode|cannot hold/),
  },
  {
    name: 'a JPEG that runs into another one',
    key: 'two.jpg',
    bytes: async () => Buffer.concat([(await jpegOf(PICTURE)).subarray(0, 9_000), await jpegOf(texture(60, 60))]),
    becomes: quarantine('corrupt', /marker d8/),
  },
  {
    name: 'a PNG whose chunks are whole and whose rows are not',
    key: 'rows.png',
    bytes: () => rawPng(ihdr(50, 60, 8, 2), Buffer.alloc(50 * 151, 7)),
    becomes: quarantine('corrupt', /does not decode/),
  },
  {
    name: 'a PNG with one chunk of data out of its middle',
    key: 'hole.png',
    bytes: async () => {
      const whole = await pngOf(PICTURE);
      const at = whole.indexOf('IDAT') - 4;
      const data = whole.subarray(at + 8, at + 8 + whole.readUInt32BE(at));
      const third = Math.floor(data.length / 3);
      return Buffer.concat([whole.subarray(0, at), chunk('IDAT', data.subarray(0, third)), chunk('IDAT', data.subarray(2 * third)), chunk('IEND', Buffer.alloc(0))]);
    },
    becomes: quarantine('corrupt', /does not decode/),
  },
  {
    name: 'a JPEG with a table behind its last scan, which some decoders stumble over', key: 'table.jpg',
    bytes: async () => {
      const whole = await jpegOf(texture(90, 60));
      return Buffer.concat([whole.subarray(0, -2), segment(0xc4, Buffer.alloc(20, 0x55)), whole.subarray(-2)]);
    },
    becomes: quarantine('corrupt', /tables at byte \d+ behind its last scan/),
  },
  {
    name: 'a JPEG with its scan twice', key: 'twice.jpg',
    bytes: async () => {
      const whole = await jpegOf(texture(90, 60));
      return Buffer.concat([whole.subarray(0, -2), whole.subarray(whole.indexOf(Buffer.from([0xff, 0xda])))]);
    },
    becomes: quarantine('corrupt', /a second scan of the same pixels/),
  },
  { name: 'a file of one byte', key: 'one.jpg', bytes: () => Buffer.from([0xff]), becomes: quarantine('not-an-image', /GIF and TIFF are accepted/) },
  { name: 'a file of no bytes', key: 'none.jpg', bytes: () => Buffer.alloc(0), becomes: quarantine('empty', /0 bytes/) },
];
