import { crc32, deflateSync } from 'node:zlib';

/** Digits of 5 by 7 points. */
const FONT: { readonly [digit: string]: readonly string[] } = {
  1: ['..#..', '.##..', '..#..', '..#..', '..#..', '..#..', '.###.'],
  2: ['.###.', '#...#', '....#', '...#.', '..#..', '.#...', '#####'],
  3: ['.###.', '#...#', '....#', '..##.', '....#', '#...#', '.###.'],
};
const POINT = 40;
const MARGIN = 2;

/** A PNG that shows a digit: small, and a person knows at once what it is. */
export function digitPicture(digit: '1' | '2' | '3'): Buffer {
  const rows = FONT[digit];
  const across = rows[0].length + 2 * MARGIN;
  const down = rows.length + 2 * MARGIN;
  const line = (y: number): Buffer => Buffer.from([0, ...Array.from({ length: across * POINT }, (_, x) => (
    rows[y - MARGIN]?.[Math.floor(x / POINT) - MARGIN] === '#' ? 0x20 : 0xf0))]);
  const pixels = Buffer.concat(Array.from({ length: down * POINT }, (_, y) => line(Math.floor(y / POINT))));
  const header = Buffer.alloc(13);
  header.writeUInt32BE(across * POINT, 0);
  header.writeUInt32BE(down * POINT, 4);
  header.set([8, 0, 0, 0, 0], 8);
  const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', deflateSync(pixels)), chunk('IEND', Buffer.alloc(0))]);
}

/** A chunk of a PNG. */
export function chunk(name: string, body: Buffer): Buffer {
  const made = Buffer.alloc(body.length + 12);
  made.writeUInt32BE(body.length, 0);
  made.write(name, 4, 'latin1');
  body.copy(made, 8);
  made.writeUInt32BE(crc32(made.subarray(4, body.length + 8)), body.length + 8);
  return made;
}
