import { crc32, deflateRawSync } from 'node:zlib';
import * as fc from 'fast-check';
import { zipSync } from 'fflate';
import { unzipped, zipEntries } from '../../../src/runtime/instructions/zip';

const read = (archive: Uint8Array): [string, string][] =>
  zipEntries(archive).map((entry) => [entry.name, Buffer.from(unzipped(archive, entry)).toString('latin1')]);

test('what was packed is read, however it was packed', () => {
  const files = fc.dictionary(fc.string({ minLength: 1 }).filter((name) => !/^__proto__$|^\d+$/.test(name)), fc.uint8Array({ maxLength: 300 }));
  fc.assert(fc.property(files, fc.constantFrom(0 as const, 9 as const), (packed, level) => {
    expect(read(zipSync(packed, { level }))).toEqual(Object.entries(packed).map(([name, bytes]) => [name, Buffer.from(bytes).toString('latin1')]));
  }));
});

test.each([0, 9] as const)('whichever byte of an archive is another, no file has other bytes than it had: level %d', (level) => {
  const contents = ['Boxes, boxes, boxes, boxes', 'Tight'];
  const archive = zipSync({ 'full.md': Buffer.from(contents[0]), 'short.md': Buffer.from(contents[1]) }, { level });
  let refused = 0;
  for (let at = 0; at < archive.length; at++) {
    for (const flip of [1, 8, 0x80, 0xff]) {
      const other = Uint8Array.from(archive);
      other[at] ^= flip;
      let files: [string, string][] = [];
      try {
        files = read(other);
      } catch {
        refused += 1;
      }
      expect(files.filter(([, content]) => !contents.includes(content))).toEqual([]);
    }
  }
  expect(refused).toBeGreaterThan(archive.length);
});

test.each<[string, BufferEncoding, boolean, string]>([
  ['UTF-8 that says so', 'utf8', true, 'k\u00e4\u65e5.md'],
  ['UTF-8 that does not say so', 'utf8', false, 'k\u00e4\u65e5.md'],
  ['what is no UTF-8, read as Latin-1,', 'latin1', false, 'k\u00e4sten.md'],
  ['what is no UTF-8 and says it were', 'latin1', true, 'k\ufffdsten.md'],
])('a name may be %s', (_what, encoding, flag, expected) => {
  const written = Buffer.from(expected.replace('\ufffd', '\u00e4'), encoding);
  const placeholder = 'x'.repeat(written.length);
  const zip = Buffer.from(zipSync({ [placeholder]: Buffer.from('Boxes') }));
  const entry = zip.lastIndexOf(Buffer.from([0x50, 0x4b, 1, 2]));
  zip.writeUInt16LE(flag ? 0x800 : 0, entry + 8);
  [zip.indexOf(placeholder), zip.lastIndexOf(placeholder)].forEach((at) => written.copy(zip, at));
  expect(read(zip)).toEqual([[expected, 'Boxes']]);
});

/** As programs write it that pack a stream, and know no size before its end: 64 bits for everything. */
function wideZip(name: string, content: Buffer): Buffer {
  const packed = deflateRawSync(content);
  const fields = (sizes: [number, 2 | 4 | 8][]): Buffer => Buffer.concat(sizes.map(([value, width]) => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64LE(BigInt(value));
    return bytes.subarray(0, width);
  }));
  const file = Buffer.concat([
    fields([[0x04034b50, 4], [45, 2], [8, 2], [8, 2], [0, 4], [0, 4], [0, 4], [0, 4], [name.length, 2], [0, 2]]), Buffer.from(name), packed,
  ]);
  const before = Buffer.from('begins later');
  // after a field that is another's
  const extra = fields([[7, 2], [4, 2], [0xff, 4], [1, 2], [24, 2], [content.length, 8], [packed.length, 8], [before.length, 8]]);
  const entry = Buffer.concat([
    fields([
      [0x02014b50, 4], [45, 2], [45, 2], [8, 2], [8, 2], [0, 4], [crc32(content), 4], [0xffffffff, 4], [0xffffffff, 4],
      [name.length, 2], [extra.length, 2], [0, 2], [0, 2], [0, 2], [0, 4], [0xffffffff, 4],
    ]), Buffer.from(name), extra,
  ]);
  const list = before.length + file.length;
  return Buffer.concat([
    before, file, entry,
    fields([[0x06064b50, 4], [44, 8], [45, 2], [45, 2], [0, 4], [0, 4], [1, 8], [1, 8], [entry.length, 8], [list, 8]]),
    fields([[0x07064b50, 4], [0, 4], [list + entry.length, 8], [1, 4]]),
    fields([[0x06054b50, 4], [0, 2], [0, 2], [0xffff, 2], [0xffff, 2], [0xffffffff, 4], [0xffffffff, 4], [6, 2]]), Buffer.from('remark'),
  ]);
}

test('sizes and places of 64 bits are understood, and a remark at the end', () => {
  expect(read(wideZip('full.md', Buffer.from('Boxes '.repeat(50))))).toEqual([['full.md', 'Boxes '.repeat(50)]]);
});

test.each<[string, (zip: Buffer, entry: number) => void, RegExp]>([
  ['is encrypted', (zip, entry) => { zip[entry + 8] |= 1; }, /it is encrypted/],
  ['is packed in another way', (zip, entry) => zip.writeUInt16LE(12, entry + 10), /packed by method 12/],
  ['begins elsewhere', (zip, entry) => zip.writeUInt32LE(3, entry + 42), /byte 3 should begin it/],
  ['ends after the archive', (zip, entry) => zip.writeUInt32LE(9_999, entry + 20), /the archive ends inside of it/],
])('a file that %s is refused', (_what, change, expected) => {
  const zip = Buffer.from(zipSync({ 'full.md': Buffer.from('Boxes') }));
  change(zip, zip.lastIndexOf(Buffer.from([0x50, 0x4b, 1, 2])));
  expect(() => read(zip)).toThrow(expected);
});
