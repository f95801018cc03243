import { readFileSync } from 'node:fs';
import sharp from 'sharp';
import { paint, pngOf } from './samples';
import { bitsApart } from '../../../src/runtime/core/perceptual-hash';
import { differenceHash, openShown } from '../../../src/runtime/images/difference-hash';
import { photoFolder, photographsIn } from '../../bench/photographs';

const hashOf = (bytes: Uint8Array): Promise<string> => differenceHash(openShown(bytes));

/** The default of `maxDistance`. */
const NEAR = 4;

const photographs = photographsIn(photoFolder());
const known = new Map<string, Promise<string>>();

function hashOfFile(file: string): Promise<string> {
  const hash = known.get(file) ?? hashOf(readFileSync(file));
  known.set(file, hash);
  return hash;
}

const upright = (bytes: Buffer): sharp.Sharp => sharp(bytes).autoOrient();

const AGAIN: { readonly [how: string]: (image: sharp.Sharp, size: { width: number; height: number }) => sharp.Sharp } = {
  'in poor quality': (image) => image.jpeg({ quality: 50 }),
  'at half its size': (image, { width }) => image.resize({ width: Math.round(width / 2) }).jpeg({ quality: 80 }),
  'a little brighter': (image) => image.linear(1.05, 6).jpeg(),
  'a little sharper': (image) => image.sharpen({ sigma: 1 }).jpeg(),
};

describe.each(Object.entries(AGAIN))('a photograph once more, %s', (_, again) => {
  test.each(photographs.map((file) => [file.slice(photoFolder().length + 1), file]))('%s', async (_name, file) => {
    const bytes = readFileSync(file);
    const { autoOrient: size } = await sharp(bytes).metadata();
    const other = await again(upright(bytes), size).toBuffer();
    expect(bitsApart(await hashOfFile(file), await hashOf(other))).toBeLessThanOrEqual(NEAR);
  });
});

test('different photographs are far apart', async () => {
  const hashes = await Promise.all(photographs.map(hashOfFile));
  const apart = hashes.flatMap((one, index) => hashes.slice(index + 1).map((other) => bitsApart(one, other)));
  expect(Math.min(...apart)).toBeGreaterThan(2 * NEAR);
});

test('each bit is whether a cell is darker than the one to its right', async () => {
  const cells = (value: (column: number, row: number) => number) => pngOf(paint(144, 128, (x, y) => {
    const grey = value(Math.floor(x / 16), Math.floor(y / 16));
    return [grey, grey, grey];
  }));
  expect(await hashOf(await cells((column) => column * 20))).toBe('ffffffffffffffff');
  expect(await hashOf(await cells((column) => 200 - column * 20))).toBe('0000000000000000');
  expect(await hashOf(await cells(() => 128))).toBe('0000000000000000');
  expect(await hashOf(await cells((column, row) => row === 0 ? column * 20 : row === 7 ? (column % 2) * 100 : 0))).toBe('ff000000000000aa');
});

test('grey, transparent and 16-bit images have one too', async () => {
  const image = sharp(readFileSync(photographs[1])).resize(200, 160, { fit: 'fill' });
  const wanted = await hashOf(await image.clone().png().toBuffer());
  for (const form of [image.clone().greyscale().png(), image.clone().ensureAlpha().png(), image.clone().toColourspace('rgb16').png()]) {
    expect(bitsApart(await hashOf(await form.toBuffer()), wanted)).toBeLessThanOrEqual(1);
  }
});
