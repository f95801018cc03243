import sharp from 'sharp';
import { jpegOf, paint, pixelAt, Pixels, pixelsOf, pngOf, texture, worstDifference } from './samples';
import { OutputSpec, TransformSpec } from '../../../src/contract/transforms';
import { inspect } from '../../../src/runtime/images/gate';
import { SharpEngine } from '../../../src/runtime/images/sharp-engine';

async function make(bytes: Uint8Array, transforms: readonly TransformSpec[], output: OutputSpec = {}): Promise<Buffer> {
  const header = inspect(bytes);
  if (!header.ok) {
    throw new Error(header.detail);
  }
  const result = await new SharpEngine().process(bytes, header, { transforms, output });
  if (result.kind === 'rejected') {
    throw new Error(`${result.reason}: ${result.detail}`);
  }
  return Buffer.from(result.images[0].bytes);
}

const made = async (picture: Pixels, ...transforms: TransformSpec[]): Promise<Pixels> =>
  pixelsOf(await make(await pngOf(picture), transforms));
const channelsOf = async (bytes: Buffer): Promise<number> => (await sharp(bytes).metadata()).channels!;
const grey = (value: number): [number, number, number] => [value, value, value];
const PICTURE = texture(64, 48);
const BOX = { left: 10, top: 5, width: 20, height: 16 };
const inBox = (x: number, y: number): boolean => x >= 10 && x < 30 && y >= 5 && y < 21;

/** Straight from the definition: a weighted mean in both directions, edges repeated, the tail cut off at a fifth. */
function gaussian(picture: Pixels, sigma: number): number[][][] {
  const reach = Math.floor(sigma * Math.sqrt(2 * Math.log(5)));
  const weights = Array.from({ length: 2 * reach + 1 }, (_, i) => Math.exp(-((i - reach) ** 2) / (2 * sigma * sigma)));
  const sum = weights.reduce((a, b) => a + b);
  const clamp = (value: number, max: number) => Math.min(Math.max(value, 0), max - 1);
  const columns = Array.from({ length: picture.width }, (_, x) => x);
  const across = Array.from({ length: picture.height }, (_, y) => columns.map((x) => [0, 1, 2].map((channel) =>
    weights.reduce((total, weight, i) => total + weight * pixelAt(picture, clamp(x + i - reach, picture.width), y)[channel], 0) / sum)));
  return across.map((row, y) => row.map((_, x) => [0, 1, 2].map((channel) =>
    weights.reduce((total, weight, i) => total + weight * across[clamp(y + i - reach, picture.height)][x][channel], 0) / sum)));
}

function worstFrom(pixels: Pixels, expected: (x: number, y: number) => readonly number[]): number {
  let worst = 0;
  for (let y = 0; y < pixels.height; y += 1) {
    for (let x = 0; x < pixels.width; x += 1) {
      pixelAt(pixels, x, y).forEach((value, channel) => {
        worst = Math.max(worst, Math.abs(value - expected(x, y)[channel]));
      });
    }
  }
  return worst;
}

test('grayscale is Rec. 601 luma, in one channel', async () => {
  const bytes = await make(await pngOf(PICTURE), [{ kind: 'grayscale' }]);
  expect(await channelsOf(bytes)).toBe(1);
  expect(worstFrom(await pixelsOf(bytes), (x, y) => {
    const [red, green, blue] = pixelAt(PICTURE, x, y);
    return grey(0.299 * red + 0.587 * green + 0.114 * blue);
  })).toBeLessThanOrEqual(0.51);
  expect(await channelsOf(await make(await jpegOf(PICTURE), [{ kind: 'grayscale' }]))).toBe(1);
});

describe('auto-level', () => {
  const dull = paint(100, 10, (x) => [50 + x, 50 + x, 60 + x]);

  test('stretches all channels alike, from the darkest to the lightest', async () => {
    const gray = paint(100, 10, (x) => grey(50 + x));
    expect(worstFrom(await made(gray, { kind: 'auto-level', cutoff: 0 }), (x) => grey((x * 255) / 99))).toBeLessThanOrEqual(0.51);
    const [red, green, blue] = pixelAt(await made(dull, { kind: 'auto-level', cutoff: 0 }), 50, 5);
    expect(red).toBe(green);
    expect(blue - red).toBeGreaterThanOrEqual(25);
    expect(blue - red).toBeLessThanOrEqual(26);
  });

  test('lets so many percent saturate at each end', async () => {
    const gray = paint(100, 10, (x) => grey(50 + x));
    const pixels = await made(gray, { kind: 'auto-level', cutoff: 10 });
    expect([0, 10, 11, 88, 89, 99].map((x) => pixelAt(pixels, x, 3)[0])).toEqual([0, 0, 3, 252, 255, 255]);
  });

  test('leaves an image of one brightness, and what is stretched already', async () => {
    const flat = paint(20, 20, () => grey(77));
    expect(worstDifference(await made(flat, { kind: 'auto-level' }), flat)).toBe(0);
    const full = paint(256, 4, (x) => grey(x));
    expect(worstDifference(await made(full, { kind: 'auto-level', cutoff: 0 }), full)).toBe(0);
  });
});

describe('blur', () => {
  test.each([0.4, 0.8, 2, 4])('is the Gaussian of sigma %d', async (sigma) => {
    const expected = gaussian(PICTURE, sigma);
    expect(worstFrom(await made(PICTURE, { kind: 'blur', sigma }), (x, y) => expected[y][x])).toBeLessThan(4);
  });

  test('leaves even areas as they are, transparent or not, and takes no colour from what is transparent', async () => {
    const flat = paint(30, 30, () => [10, 90, 200]);
    expect(worstDifference(await made(flat, { kind: 'blur', sigma: 7 }), flat)).toBe(0);
    const data = Buffer.from(Array.from({ length: 20 * 20 }, (_, i) => i % 20 < 10 ? [200, 100, 50, 255] : [0, 255, 0, 0]).flat());
    const half = await sharp(data, { raw: { width: 20, height: 20, channels: 4 } }).png().toBuffer();
    const found = await sharp(await make(half, [{ kind: 'blur', sigma: 2 }])).raw().toBuffer();
    for (let at = 0; at < found.length; at += 4) {
      if (found[at + 3] > 60) {
        [200, 100, 50].forEach((value, channel) => expect(Math.abs(found[at + channel] - value)).toBeLessThanOrEqual(3));
      }
    }
  });

  test('of a region touches nothing else, and takes nothing from beside it', async () => {
    const cut = paint(20, 16, (x, y) => pixelAt(PICTURE, x + 10, y + 5));
    const expected = gaussian(cut, 3);
    const pixels = await made(PICTURE, { kind: 'blur', sigma: 3, region: BOX });
    expect(worstFrom(pixels, (x, y) => inBox(x, y) ? expected[y - 5][x - 10] : pixelAt(PICTURE, x, y))).toBeLessThan(4);
    expect(worstFrom(pixels, (x, y) => inBox(x, y) ? pixelAt(pixels, x, y) : pixelAt(PICTURE, x, y))).toBe(0);
  });
});

test('sharpen adds the difference to the surroundings', async () => {
  const blurred = gaussian(PICTURE, 1.5);
  const expected = (x: number, y: number): number[] =>
    pixelAt(PICTURE, x, y).map((value, channel) => Math.min(255, Math.max(0, value + 0.7 * (value - blurred[y][x][channel]))));
  expect(worstFrom(await made(PICTURE, { kind: 'sharpen', sigma: 1.5, amount: 0.7 }), expected)).toBeLessThan(4);
  const flat = paint(30, 30, () => [10, 90, 200]);
  expect(worstDifference(await made(flat, { kind: 'sharpen' }), flat)).toBe(0);
});

describe('mask', () => {
  test('paints a region of the image as it is at that step', async () => {
    const mask: TransformSpec = { kind: 'mask', region: BOX, color: '#2acf59' };
    expect(worstFrom(await made(PICTURE, mask), (x, y) => inBox(x, y) ? [0x2a, 0xcf, 0x59] : pixelAt(PICTURE, x, y))).toBe(0);
    const cropped = await made(PICTURE, { kind: 'crop', width: 40, height: 30, left: 8, top: 4 }, mask);
    expect(worstFrom(cropped, (x, y) => inBox(x, y) ? [0x2a, 0xcf, 0x59] : pixelAt(PICTURE, x + 8, y + 4))).toBe(0);
  });

  test('stands where a viewer sees it, whatever the orientation in the file', async () => {
    const bytes = await sharp(await pngOf(PICTURE)).withMetadata({ orientation: 6 }).jpeg({ quality: 100 }).toBuffer();
    const pixels = await pixelsOf(await make(bytes, [{ kind: 'mask', region: { left: 0, top: 0, width: 5, height: 7 }, color: '#ff0000' }], { format: 'png' }));
    expect([pixels.width, pixels.height]).toEqual([48, 64]);
    expect([pixelAt(pixels, 0, 0), pixelAt(pixels, 4, 6)]).toEqual([[255, 0, 0], [255, 0, 0]]);
    expect(pixelAt(pixels, 5, 0)).not.toEqual([255, 0, 0]);
  });
});

describe('channels', () => {
  const grayPng = async (): Promise<Buffer> => sharp(await pngOf(paint(64, 48, (x) => grey(x * 3)))).toColourspace('b-w').png().toBuffer();
  const alphaPng = async (): Promise<Buffer> => sharp(await pngOf(PICTURE)).ensureAlpha(0.5).png().toBuffer();
  const MASK: TransformSpec = { kind: 'mask', region: BOX, color: '#ff0000' };

  test.each<[string, TransformSpec[], number]>([
    ['grey stays grey', [{ kind: 'blur', sigma: 1 }, { kind: 'auto-level' }, { kind: 'sharpen' }, { kind: 'grayscale' }], 1],
    ['grey with a grey mask', [{ ...MASK, color: '#808080' } as TransformSpec], 1],
    ['grey with a coloured mask', [{ kind: 'grayscale' }, MASK], 3],
    ['grey with coloured padding behind', [{ kind: 'grayscale' }, { kind: 'pad', width: 80, height: 80, color: '#ff0000' }], 3],
    ['grey in several passes', [{ kind: 'pad', width: 80, height: 80 }, { kind: 'resize', width: 40 }, { kind: 'pad', width: 80, height: 80 }], 1],
  ])('%s', async (_, transforms, channels) => {
    for (const bytes of [await grayPng(), ...(transforms[0].kind === 'grayscale' ? [await pngOf(PICTURE)] : [])]) {
      for (const format of ['png', 'jpeg'] as const) {
        const image = await make(bytes, transforms, { format });
        expect(await channelsOf(image)).toBe(channels);
      }
    }
    const last = await pixelsOf(await make(await grayPng(), transforms, { format: 'png' }));
    if (channels === 3) {
      expect(transforms.at(-1)!.kind === 'mask' ? pixelAt(last, 12, 8) : pixelAt(last, 0, 0)).toEqual([255, 0, 0]);
    }
  });

  test.each<[string, TransformSpec[]]>([
    ['blurred', [{ kind: 'blur', sigma: 1 }]], ['grey', [{ kind: 'grayscale' }]], ['levelled and sharpened', [{ kind: 'auto-level' }, { kind: 'sharpen' }]],
  ])('transparency is kept: %s', async (_, transforms) => {
    const { data, info } = await sharp(await make(await alphaPng(), transforms)).raw().toBuffer({ resolveWithObject: true });
    expect(info.channels).toBe(4);
    expect([data[3], data[4 * 500 + 3]].every((alpha) => alpha === 127 || alpha === 128)).toBe(true);
    const greyAlpha = await sharp(await grayPng()).ensureAlpha(0.5).toColourspace('b-w').png().toBuffer();
    expect((await sharp(await make(greyAlpha, transforms)).metadata()).hasAlpha).toBe(true);
  });

  test('a mask hides what was transparent too', async () => {
    const { data } = await sharp(await make(await alphaPng(), [MASK])).raw().toBuffer({ resolveWithObject: true });
    expect([...data.subarray((6 * 64 + 12) * 4, (6 * 64 + 12) * 4 + 4)]).toEqual([255, 0, 0, 255]);
  });
});
