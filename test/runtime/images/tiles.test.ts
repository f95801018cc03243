import * as fc from 'fast-check';
import sharp from 'sharp';
import { exif, jpegOf, paint, pixelAt, Pixels, pixelsOf, pngOf, storedAs, texture, withChunk, worstDifference } from './samples';
import { applyAffine, invert, Orientation, planGeometry, planTiling } from '../../../src/contract/geometry';
import { Size, sizeAfter, Step } from '../../../src/contract/steps';
import { transformProblems } from '../../../src/contract/transform-problems';
import { OutputSpec, TransformSpec } from '../../../src/contract/transforms';
import { MadeImage, MadeTile } from '../../../src/runtime/images/engine';
import { inspect } from '../../../src/runtime/images/gate';
import { ImageHeader } from '../../../src/runtime/images/header';
import { SharpEngine } from '../../../src/runtime/images/sharp-engine';

const engine = new SharpEngine();

function headerOf(bytes: Uint8Array): ImageHeader {
  const header = inspect(bytes);
  if (!header.ok) {
    throw new Error(header.detail);
  }
  return header;
}

async function tilesOf(bytes: Uint8Array, transforms: readonly TransformSpec[], output: OutputSpec = { format: 'png' }): Promise<MadeTile[]> {
  const result = await engine.processTiles(bytes, headerOf(bytes), { transforms, output });
  if (result.kind === 'rejected') {
    throw new Error(`${result.reason}: ${result.detail}`);
  }
  const tiles: MadeTile[] = [];
  for await (const tile of result.tiles) {
    tiles.push(tile);
  }
  return tiles;
}

test('each tile shows its part of the image, and says where it lies', async () => {
  const picture = texture(150, 90);
  const tiles = await tilesOf(await pngOf(picture), [{ kind: 'tile', width: 64, height: 50, overlap: 8, edge: 'pad', color: '#ff0000' }]);
  expect(tiles.map(({ tile }) => [tile.row, tile.column, tile.rows, tile.columns].join())).toEqual(['0,0,2,3', '0,1,2,3', '0,2,2,3', '1,0,2,3', '1,1,2,3', '1,2,2,3']);
  for (const { bytes, tile, inverseTransform } of tiles) {
    const [left, top] = [tile.column * 56, tile.row * 42];
    expect(inverseTransform.upright).toEqual([1, 0, 0, 1, left, top]);
    const expected = paint(64, 50, (x, y) => left + x < 150 && top + y < 90 ? pixelAt(picture, left + x, top + y) : [255, 0, 0]);
    expect(worstDifference(await pixelsOf(bytes), expected)).toBe(0);
  }
});

test('what comes before is done to the whole image, what follows to each tile', async () => {
  const picture = paint(80, 40, (x) => [x, x, x]);
  const level: TransformSpec = { kind: 'auto-level', cutoff: 0 };
  const tile: TransformSpec = { kind: 'tile', width: 40, height: 40 };
  const range = async (transforms: TransformSpec[]): Promise<number[][]> => {
    const tiles = await tilesOf(await pngOf(picture), transforms);
    const pictures = await Promise.all(tiles.map(({ bytes }) => pixelsOf(bytes)));
    return pictures.map((pixels) => [pixelAt(pixels, 0, 0)[0], pixelAt(pixels, 39, 0)[0]]);
  };
  expect(await range([level, tile])).toEqual([[0, 126], [129, 255]]);
  expect(await range([tile, level])).toEqual([[0, 255], [0, 255]]);
});

test('a JPEG gives JPEG tiles; grey stays one channel, and a colour only at the edge colours all', async () => {
  const bytes = await sharp(await jpegOf(texture(100, 60))).toColourspace('b-w').jpeg().toBuffer();
  for (const [color, channels] of [['#808080', 1], ['#00ff00', 3]] as const) {
    const tiles = await tilesOf(bytes, [{ kind: 'tile', width: 64, height: 64, edge: 'pad', color }], {});
    expect(tiles.map(({ format }) => format)).toEqual(['jpeg', 'jpeg']);
    expect(await Promise.all(tiles.map(async (tile) => (await sharp(tile.bytes).metadata()).channels))).toEqual([channels, channels]);
  }
});

test.each<[string, TransformSpec[], string]>([
  ['too-many-images', [{ kind: 'tile', width: 3, height: 3 }], 'an image of 150x90 gives 1500 tiles'],
  ['too-small', [{ kind: 'tile', width: 30, height: 30 }, { kind: 'crop', width: 31, height: 1 }], 'the image is 30x30 where transforms[1] wants 31x1'],
  ['output-too-many-pixels', [{ kind: 'tile', width: 30, height: 30 }, { kind: 'pad', width: 10_001, height: 10_000 }], 'would be 10001x10000'],
  ['too-many-pixels', [{ kind: 'pad', width: 65_500, height: 65_500 }, { kind: 'tile', width: 9_000, height: 9_000 }], 'would be 65500x65500 on its way'],
])('%s is found before a tile is made', async (reason, transforms, detail) => {
  const bytes = await pngOf(texture(150, 90));
  expect(await engine.processTiles(bytes, headerOf(bytes), { transforms, output: {} }))
    .toEqual({ kind: 'rejected', reason, detail: expect.stringContaining(detail) });
});

test('a broken file is rejected before a tile is made', async () => {
  const bytes = await jpegOf(texture(400, 300));
  const mended = Buffer.concat([bytes.subarray(0, bytes.length * 0.8), Buffer.from([0xff, 0xd9])]);
  const result = await engine.processTiles(mended, headerOf(mended), { transforms: [{ kind: 'tile', width: 64, height: 64 }], output: {} });
  expect(result).toMatchObject({ kind: 'rejected', reason: expect.stringMatching(/truncated|corrupt/) });
});

// ---- the inverse transform, against pixels

const SCALES = [[100, 100], [130, 130], [101, 40], [40, 101], [60, 60], [100, 250]];

test.each(SCALES)('100x100 scaled to %ix%i shows every place where it should be', async (width, height) => {
  // the colour tells the place, 2 levels for each pixel: rounding it may take a quarter of a pixel
  const bytes = await pngOf(paint(100, 100, (x, y) => [2 * x + 1, 2 * y + 1, 0]));
  const [image] = await whole(bytes, headerOf(bytes), [{ kind: 'resize', width, height, fit: 'fill', enlarge: true }]);
  const pixels = await pixelsOf(image.bytes);
  let [across, down, count] = [0, 0, 0];
  for (let y = 5; y < height - 5; y += 1) {
    for (let x = 5; x < width - 5; x += 1, count += 1) {
      const place = applyAffine(image.inverseTransform.upright, x + 0.5, y + 0.5);
      across += pixelAt(pixels, x, y)[0] / 2 - place.x;
      down += pixelAt(pixels, x, y)[1] / 2 - place.y;
    }
  }
  expect(Math.abs(across / count)).toBeLessThan(0.3);
  expect(Math.abs(down / count)).toBeLessThan(0.3);
});

interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

function boxOfWhite(pixels: Pixels): Box | undefined {
  let box: Box | undefined;
  for (let y = 0; y < pixels.height; y += 1) {
    for (let x = 0; x < pixels.width; x += 1) {
      if (pixelAt(pixels, x, y)[1] > 127) {
        const { left, top, right, bottom } = box ?? { left: x, top: y, right: x, bottom: y };
        box = { left: Math.min(left, x), top: Math.min(top, y), right: Math.max(right, x + 1), bottom: Math.max(bottom, y + 1) };
      }
    }
  }
  return box;
}

function mapBox(matrix: Parameters<typeof applyAffine>[0], { left, top, right, bottom }: Box): Box {
  const [a, b] = [applyAffine(matrix, left, top), applyAffine(matrix, right, bottom)];
  return { left: Math.min(a.x, b.x), top: Math.min(a.y, b.y), right: Math.max(a.x, b.x), bottom: Math.max(a.y, b.y) };
}

function clip({ left, top, right, bottom }: Box, { width, height }: Size): Box {
  return { left: Math.max(0, left), top: Math.max(0, top), right: Math.min(width, right), bottom: Math.min(height, bottom) };
}

/** How many of the drop's pixels make one pixel where the image is coarsest on its way. */
function coarsest(upright: Size, steps: readonly Step[]): number {
  let [size, across, down, worst] = [upright, 1, 1, 1];
  for (const step of steps) {
    if (step.kind === 'scale') {
      across *= size.width / step.width;
      down *= size.height / step.height;
      worst = Math.max(worst, across, down);
    }
    size = sizeAfter(step, size);
  }
  return worst;
}

const side = fc.integer({ min: 40, max: 200 });
const plain: fc.Arbitrary<TransformSpec> = fc.oneof(
  fc.record({ kind: fc.constant('crop' as const), width: side, height: side, tooSmall: fc.constantFrom('pad' as const, 'shrink' as const) }),
  fc.record({
    kind: fc.constant('crop' as const), width: side, height: side, left: fc.nat(20), top: fc.nat(20), tooSmall: fc.constantFrom('pad' as const, 'shrink' as const),
  }),
  fc.record({
    kind: fc.constant('resize' as const), width: side, height: side, enlarge: fc.boolean(),
    fit: fc.constantFrom('inside' as const, 'cover' as const, 'fill' as const, 'contain' as const),
  }),
  fc.record({ kind: fc.constant('pad' as const), width: side, height: side }),
  fc.constant({ kind: 'grayscale' as const }),
);
const tile: fc.Arbitrary<TransformSpec> = fc.record({
  kind: fc.constant('tile' as const), width: side, height: side, overlap: fc.nat(20), edge: fc.constantFrom('shift' as const, 'pad' as const, 'shrink' as const),
});
const chain = fc.tuple(fc.array(plain, { maxLength: 3 }), fc.option(tile), fc.array(plain, { maxLength: 2 }))
  .map(([before, cut, after]) => [...before, ...(cut ? [cut] : []), ...after]);

test('a box drawn on any image maps back to the drop within one pixel, upright and stored', async () => {
  let compared = 0;
  const turn = fc.integer({ min: 1, max: 8 }) as fc.Arbitrary<Orientation>;
  const place = fc.tuple(fc.nat(40), fc.nat(40));
  await fc.assert(fc.asyncProperty(side, side, turn, chain, place, async (width, height, orientation, transforms, [left, top]) => {
    fc.pre(transformProblems(transforms).length === 0);
    const drawn: Box = { left: Math.min(left, width - 30), top: Math.min(top, height - 30), right: 0, bottom: 0 };
    const box: Box = { ...drawn, right: drawn.left + 24 + (left % 6), bottom: drawn.top + 24 + (top % 6) };
    const inBox = (x: number, y: number): boolean => x >= box.left && x < box.right && y >= box.top && y < box.bottom;
    const upright = paint(width, height, (x, y) => inBox(x, y) ? [255, 255, 255] : [0, 0, 0]);
    const stored = storedAs(upright, orientation);
    const bytes = withChunk(await pngOf(stored), 'eXIf', exif(orientation));
    const header = headerOf(bytes);
    const tiled = transforms.some(({ kind }) => kind === 'tile');
    const planned = tiled ? planTiling(header, orientation, transforms) : planGeometry(header, orientation, transforms);
    fc.pre(planned.kind === 'tiling' || planned.kind === 'geometry');
    const made: readonly MadeImage[] = tiled ? await tilesOf(bytes, transforms) : await whole(bytes, header, transforms);
    for (const [index, image] of made.entries()) {
      const steps = planned.kind === 'tiling' ? [...planned.tiling.shared.steps, ...planned.tiling.tiles[index].steps]
        : planned.kind === 'geometry' ? planned.geometry.steps : [];
      const pixel = coarsest({ width, height }, steps);
      for (const [matrix, drop, original] of [
        [image.inverseTransform.upright, upright, box], [image.inverseTransform.stored, stored, boxOfWhite(stored)!],
      ] as const) {
        const there = clip(mapBox(invert(matrix), clip(original, drop)), image);
        const visible = mapBox(matrix, there);
        const found = boxOfWhite(await pixelsOf(image.bytes));
        // what is cut to a sliver may fall below the threshold
        const nowhere = there.left >= there.right || there.top >= there.bottom;
        if (nowhere || visible.right - visible.left < 3 * pixel || visible.bottom - visible.top < 3 * pixel) {
          continue;
        }
        if (cutsAfterwards(steps) && found === undefined) {
          continue;
        }
        expect(found).toBeDefined();
        const back = mapBox(matrix, found!);
        // Where pixels in between were cut off the box may be smaller than it could be, never in another place.
        if (!cutsAfterwards(steps)) {
          (['left', 'top', 'right', 'bottom'] as const).forEach((edge) => expect(Math.abs(back[edge] - visible[edge])).toBeLessThanOrEqual(pixel + 1e-6));
          compared += 1;
        }
        (['left', 'top'] as const).forEach((edge) => expect(back[edge]).toBeGreaterThanOrEqual(original[edge] - pixel - 1e-6));
        (['right', 'bottom'] as const).forEach((edge) => expect(back[edge]).toBeLessThanOrEqual(original[edge] + pixel + 1e-6));
      }
    }
  }), { numRuns: 150 });
  expect(compared).toBeGreaterThan(100);
}, 120_000);

/** Whether something is cut off before room is made again beside it: then part of the image may be missing within it. */
function cutsAfterwards(steps: readonly Step[]): boolean {
  const cut = steps.findIndex(({ kind }) => kind === 'extract');
  return cut >= 0 && steps.slice(cut).some(({ kind }) => kind === 'extend');
}

async function whole(bytes: Uint8Array, header: ImageHeader, transforms: readonly TransformSpec[]): Promise<readonly MadeImage[]> {
  const result = await engine.process(bytes, header, { transforms, output: { format: 'png' } });
  if (result.kind === 'rejected') {
    throw new Error(result.detail);
  }
  return result.images;
}
