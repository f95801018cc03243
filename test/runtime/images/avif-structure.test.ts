import * as fc from 'fast-check';
import sharp from 'sharp';
import { MadeFile, MadeItem, ascii, avifOf, box, codedOf, gridOf, ispe, madeAvif, u16, u32, u8 } from './avif-files';
import { Pixels, exif, gradient, meanDifference, open, paint, pixelAt, pixelsOf, texture } from './samples';
import { DEFAULT_INPUT_LIMITS, inspect } from '../../../src/runtime/images/gate';
import { SharpEngine } from '../../../src/runtime/images/sharp-engine';

const PICTURE = gradient(90, 60);
let still: Buffer;
let coded: { readonly data: Buffer; readonly av1C: Buffer };
beforeAll(async () => {
  still = await avifOf(PICTURE);
  coded = codedOf(still);
});

/** An item of the picture's coded data, with other properties. */
const item = (properties: readonly Buffer[] = [], size = ispe(90, 60)): MadeItem =>
  ({ type: 'av01', data: coded.data, properties: [size, box('av1C', coded.av1C), ...properties] });
const made = (file: Partial<MadeFile> = {}): Buffer => madeAvif({ items: [item()], ...file });

async function shown(bytes: Buffer): Promise<Pixels> {
  const header = inspect(bytes);
  if (!header.ok) {
    throw new Error(`${header.reason}: ${header.detail}`);
  }
  const result = await new SharpEngine().process(bytes, header, { transforms: [], output: { format: 'png' } });
  if (result.kind === 'rejected') {
    throw new Error(`${result.reason}: ${result.detail}`);
  }
  const [image] = result.images;
  const pixels = await pixelsOf(image.bytes);
  expect([pixels.width, pixels.height]).toEqual([image.width, image.height]);
  return pixels;
}

describe('is shown as what it is', () => {
  test.each([8, 10, 12] as const)('of %i bits', async (bitdepth) => {
    const bytes = await avifOf(PICTURE, { bitdepth });
    expect(inspect(bytes)).toMatchObject({
      ok: true, type: 'avif', width: 90, height: 60, orientation: 1, bitsPerSample: bitdepth, hasAlpha: false, animated: false,
      end: bytes.length,
    });
    expect(meanDifference(await shown(bytes), PICTURE)).toBeLessThan(4);
  });

  test.each([2, 3, 4, 5, 6, 7, 8])('turned by the container as orientation %i is', async (orientation) => {
    const turned = await open(PICTURE).withMetadata({ orientation }).avif({ effort: 0, quality: 90 }).toBuffer();
    const lying = await open(PICTURE).withMetadata({ orientation }).png().toBuffer();
    const upright = await pixelsOf(await sharp(lying).autoOrient().png().toBuffer());
    expect(inspect(turned)).toMatchObject({ width: upright.width, height: upright.height, orientation: 1 });
    expect(meanDifference(await shown(turned), upright)).toBeLessThan(4);
  });

  test('transparent', async () => {
    const bytes = await open(PICTURE).ensureAlpha(0.5).avif({ effort: 0 }).toBuffer();
    expect(inspect(bytes)).toMatchObject({ hasAlpha: true });
    const result = await new SharpEngine().process(bytes, inspect(bytes) as never, { transforms: [], output: { format: 'jpeg' } });
    expect(result).toMatchObject({ kind: 'images', images: [{ format: 'jpeg', warnings: [expect.stringMatching(/transparent parts/)] }] });
  });

  test('grey, and without loss', async () => {
    const grey = await open(texture(40, 30)).greyscale().avif({ effort: 0 }).toBuffer();
    expect((await shown(grey)).width).toBe(40);
    expect(meanDifference(await shown(await avifOf(PICTURE, { lossless: true })), PICTURE)).toBeLessThan(1.5);
  });

  test('written by another hand: data in the box of the description, named as HEIF, as a sequence, with something behind its end', async () => {
    const followed = ['\0\0\0\0\0\0\0\0 more', '\n'].map((more) => Buffer.concat([made(), ascii(more)]));
    for (const bytes of [made(), made({ inside: true }), made({ brand: 'mif1' }), ...followed]) {
      expect(meanDifference(await shown(bytes), PICTURE)).toBeLessThan(4);
    }
    const sequence = made({ brand: 'avis', more: [box('moov', Buffer.alloc(20))] });
    expect(inspect(sequence)).toMatchObject({ ok: true, animated: true });
    expect(meanDifference(await shown(sequence), PICTURE)).toBeLessThan(4);
  });

  test('put together of tiles, the last ones of which have too much', async () => {
    const tile = { width: 64, height: 64 };
    const colors: [number, number, number][] = [[255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 255]];
    const tiles = await Promise.all(colors.map((color) => avifOf(paint(64, 64, () => color))));
    const pixels = await shown(madeAvif(gridOf(tiles, tile, 2, { width: 100, height: 90 })));
    expect([pixels.width, pixels.height]).toEqual([100, 90]);
    const at = (x: number, y: number): number[] => pixelAt(pixels, x, y).map((value) => Math.round(value / 255));
    expect([at(10, 10), at(90, 10), at(10, 80), at(90, 80)]).toEqual([[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 1]]);
  });

  test('with the place where it was taken', async () => {
    const metadata = (type: string, data: Buffer): Buffer => madeAvif({
      items: [item(), { type, data, properties: [] }], references: [{ kind: 'cdsc', from: 2, to: [1] }],
    });
    expect(inspect(metadata('Exif', Buffer.concat([u32(0), exif(1, { gps: true })])))).toMatchObject({ hasGps: true });
    expect(inspect(metadata('Exif', Buffer.concat([u32(0), exif(6)])))).toMatchObject({ ok: true, hasGps: false, orientation: 1 });
    expect(inspect(metadata('Exif', u32(0xffffffff, 1)))).toMatchObject({ ok: true, hasGps: false });
    expect(inspect(metadata('mime', ascii('<x exif:GPSLatitude="1"/>')))).toMatchObject({ hasGps: true });
  });

  test('with a profile, of sRGB or of another colour space', async () => {
    const displayP3 = await open(PICTURE).withIccProfile('p3').avif({ effort: 0 }).toBuffer();
    expect(inspect(displayP3)).toMatchObject({ profile: 'other' });
    expect(inspect(await open(PICTURE).withIccProfile('srgb').avif({ effort: 0 }).toBuffer())).toMatchObject({ profile: 'srgb' });
    expect((await shown(displayP3)).width).toBe(90);
  });
});

describe('is refused', () => {
  test('wherever it is cut, before anything is decoded', async () => {
    for (const bytes of [still, made(), made({ inside: true }), await open(PICTURE).ensureAlpha(0.5).avif({ effort: 0 }).toBuffer()]) {
      for (let length = 16; length < bytes.length; length += 1) {
        expect([length, inspect(bytes.subarray(0, length))]).toEqual([length, { ok: false, reason: 'truncated', detail: expect.any(String) }]);
      }
    }
  });

  const ALPHA = 'urn:mpeg:mpegB:cicp:systems:auxiliary:alpha';
  const alpha = (size: Buffer, data?: Buffer): MadeFile => ({
    items: [item(), { type: 'av01', data: data ?? coded.data, properties: [size, box('auxC', u32(0), ascii(`${ALPHA}\0`))] }],
    references: [{ kind: 'auxl', from: 2, to: [1] }],
  });
  const grid = (rows: number, columns: number, width: number, height: number, count = rows * columns): MadeFile => ({
    items: [
      { type: 'grid', data: Buffer.concat([u8(0, 0, rows - 1, columns - 1), u16(width, height)]), properties: [ispe(width, height)] },
      ...Array.from({ length: count }, () => item()),
    ],
    references: [{ kind: 'dimg', from: 1, to: Array.from({ length: count }, (_, index) => index + 2) }],
  });

  const withAlphaOf = ({ items, references = [] }: MadeFile, of: number): MadeFile => ({
    items: [...items, alpha(ispe(90, 60)).items[1]],
    references: [...references, { kind: 'auxl', from: items.length + 1, to: [of] }],
  });

  test.each<[string, () => Buffer, string, RegExp]>([
    ['data of another size than the container says', () => made({ items: [item([], ispe(9, 6))] }), 'corrupt', /says that a part of it is 9x6, and its data are 90x60/],
    ['transparency of another size', () => madeAvif(alpha(ispe(9_000, 6_000))), 'corrupt', /item 2 of the AVIF is 9000x6000/],
    ['transparency that holds nothing', () => madeAvif(alpha(ispe(90, 60), Buffer.alloc(0))), 'corrupt', /do not begin as AV1 does/],
    ['no size', () => made({ items: [{ ...item(), properties: [box('av1C', coded.av1C)] }] }), 'corrupt', /does not say how large/],
    ['no pixels', () => made({ items: [item([], ispe(0, 60))] }), 'corrupt', /0x60 pixels/],
    ['no word on how it is coded', () => made({ items: [{ ...item(), properties: [ispe(90, 60)] }] }), 'corrupt', /av1C/],
    ['a part of its picture', () => made({ items: [item([box('clap', Buffer.alloc(32))])] }), 'unsupported-type', /clap/],
    ['two turns', () => made({ items: [item([box('irot', u8(1)), box('irot', u8(1))])] }), 'corrupt', /turned more than once/],
    ['a high dynamic range', () => made({ items: [item([box('colr', ascii('nclx'), u16(9, 16, 9), u8(128))])] }), 'unsupported-type', /high dynamic range/],
    ['a picture of another codec', () => made({ items: [{ ...item(), type: 'hvc1' }] }), 'unsupported-type', /of the kind "hvc1"/],
    ['a sequence alone', () => Buffer.concat([box('ftyp', ascii('avis'), u32(0)), box('moov', Buffer.alloc(9))]), 'unsupported-type', /sequence without a still picture/],
    ['fewer tiles than it says', () => madeAvif(grid(2, 2, 180, 120, 3)), 'corrupt', /3 tiles where there should be 2x2/],
    ['tiles that do not reach to its end', () => madeAvif(grid(1, 2, 181, 60)), 'corrupt', /do not give 181x60/],
    ['tiles that nobody would see', () => madeAvif(grid(2, 2, 90, 60)), 'corrupt', /do not give 90x60/],
    ['a grid of another size', () => madeAvif({ ...grid(1, 1, 90, 60), items: [{ ...grid(1, 1, 90, 60).items[0], properties: [ispe(91, 60)] }, item()] }), 'corrupt', /is 90x60 where it should be 91x60/],
    ['more pixels than are decoded', () => made({ items: [item([], ispe(60_000, 60_000))] }), 'corrupt', /its data are/],
    ['a tile with a transparency of its own', () => madeAvif(withAlphaOf(grid(1, 2, 180, 60), 2)), 'unsupported-type', /part 2 of the AVIF has a transparency/],
    ['a transparency that has one itself', () => madeAvif(withAlphaOf(alpha(ispe(90, 60)), 2)), 'unsupported-type', /part 2 of the AVIF has a transparency/],
    ['data from elsewhere', () => {
      const bytes = made();
      const at = bytes.indexOf('iloc') + 4 + 4 + 2 + 2 + 2;
      bytes.writeUInt16BE(2, at);
      return bytes;
    }, 'unsupported-type', /somewhere else/],
  ])('with %s', (_name, bytes, reason, detail) => {
    expect(inspect(bytes())).toEqual({ ok: false, reason, detail: expect.stringMatching(detail) });
  });

  test('where its pixels need more memory than there is', () => {
    const limits = { ...DEFAULT_INPUT_LIMITS, maxDecodeBytes: 90 * 60 * 3 * 4 - 1 };
    expect(inspect(still, limits)).toMatchObject({ ok: false, reason: 'too-many-pixels' });
    expect(inspect(still, { ...limits, maxDecodeBytes: limits.maxDecodeBytes + 1 })).toMatchObject({ ok: true });
  });

  test('where it names the same data again and again, to fill the memory or to take time', () => {
    const iloc = (extents: number, sizes: number, extent: Buffer): Buffer => {
      const head = Buffer.concat([u32(1 << 24), u16(sizes), u16(1), u16(1, 0, 0, extents)]);
      return Buffer.concat([
        box('ftyp', ascii('avif'), u32(0)),
        box('meta', u32(0), box('pitm', u32(0), u16(1)), box('iinf', u32(0), u16(0)), box('iprp', box('ipco')),
          box('iloc', head, Buffer.concat(Array.from({ length: extents }, () => extent)))),
      ]);
    };
    const nothing = Buffer.alloc(0);
    const files = [iloc(20_000, 0, nothing), iloc(60_000, 0, nothing), iloc(9_000, 0x4400, u32(0, 0)), iloc(9_000, 0x4400, u32(0, 4_000))];
    for (const bytes of files) {
      expect(inspect(bytes)).toEqual({ ok: false, reason: 'corrupt', detail: expect.stringMatching(/over and over|says that it has \d+ parts/) });
    }
  });

  /** Nobody counts the tries of a file whose gate kills its process: of one that a drop may be as large as, the time would be minutes. */
  test('or read in no time, where it says very many things of few', () => {
    const ids = Array.from({ length: 19_000 }, () => 1);
    const named = (count: number): MadeFile['references'] => Array.from({ length: count }, () => ({ kind: 'dimg', from: 1, to: ids }));
    const full = u32(0);
    const empty = box('iref', full, ...Array.from({ length: 9_000 }, () => box('dimg', u16(1, 0))));
    const said = box('ipma', full, u32(5_000), ...Array.from({ length: 5_000 }, () => Buffer.concat([u16(1), u8(255), Buffer.alloc(255, 1)])));
    const meta = (bytes: Buffer, more: readonly Buffer[], within = 'meta'): Buffer => {
      // the box grows by what is put behind its last one
      const all = Buffer.concat(more);
      const at = bytes.indexOf(within) - 4;
      const end = at + bytes.readUInt32BE(at);
      const grown = Buffer.concat([bytes.subarray(0, end), all, bytes.subarray(end)]);
      ['meta', ...(within === 'meta' ? [] : [within])].forEach((type) => {
        const start = grown.indexOf(type) - 4;
        grown.writeUInt32BE(grown.readUInt32BE(start) + all.length, start);
      });
      return grown;
    };
    const timing = Buffer.alloc(1_000_000);
    timing.set([0b0000_0100]); // a sequence with timing, whose times are 0 ...
    timing[8] = 0b0000_0010; // ... and at equal distances: as many zeros as one likes
    const zeros = Buffer.concat([u8(0x08), timing]);
    const alphas = { ...alpha(ispe(90, 60)), references: Array.from({ length: 9_000 }, () => ({ kind: 'auxl', from: 2, to: [1] })) };
    const files: [Buffer, object][] = [
      [madeAvif({ items: [item()], references: named(100) }), { reason: 'corrupt' }],
      [meta(made({ inside: true }), Array.from({ length: 60 }, () => empty)), { reason: 'corrupt' }],
      [meta(made({ inside: true }), Array.from({ length: 6 }, () => said), 'iprp'), { reason: 'corrupt' }],
      [madeAvif({ items: [{ ...item(), data: zeros }] }), { reason: 'corrupt' }],
      [madeAvif(alphas), { ok: true, hasAlpha: true }],
    ];
    for (const [bytes, wanted] of files) {
      const started = process.cpuUsage().user;
      expect(inspect(bytes)).toMatchObject(wanted);
      expect(process.cpuUsage().user - started).toBeLessThan(1_000_000);
    }
  });

  test('whatever bytes are changed: with a reason, or not at all, and the decoder shows the size that was said', async () => {
    const lying = await open(PICTURE).ensureAlpha(0.5).withMetadata({ orientation: 6 }).avif({ effort: 0 }).toBuffer();
    const files = [still, made({ inside: true }), lying];
    const change = fc.array(fc.tuple(fc.nat(999), fc.nat(255)), { minLength: 1, maxLength: 4 });
    fc.assert(fc.property(fc.constantFrom(...files), change, (file, changes) => {
      const bytes = Buffer.from(file);
      changes.forEach(([at, value]) => { bytes[at % Math.min(bytes.length, 600)] = value; });
      const seen = inspect(bytes);
      expect(seen.ok ? seen.width > 0 && seen.height > 0 : seen.detail.length > 10).toBe(true);
    }), { numRuns: 3_000 });
    await fc.assert(fc.asyncProperty(fc.constantFrom(...files), change, async (file, changes) => {
      const bytes = Buffer.from(file);
      changes.forEach(([at, value]) => { bytes[16 + at % Math.min(bytes.length - 16, 600)] = value; });
      const seen = inspect(bytes);
      const result = seen.ok && seen.type === 'avif' ? await new SharpEngine().process(bytes, seen, { transforms: [], output: {} }) : undefined;
      if (result?.kind === 'images') {
        const { width, height } = await sharp(result.images[0].bytes).metadata();
        expect([width, height]).toEqual([result.images[0].width, result.images[0].height]);
      }
    }), { numRuns: 300 });
  });
});
