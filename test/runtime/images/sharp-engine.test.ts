import * as fc from 'fast-check';
import sharp from 'sharp';
import {
  ADOBE_RGB, exif, exifSegment, gradient, iccSegment, ihdr, jpegOf, meanDifference, open, paint, pixelAt, Pixels, pixelsOf, pngOf, profile,
  rawPng, SRGB, SRGB_CURVE, storedAs, texture, withChunk, withSegment, worstDifference,
} from './samples';
import { applyAffine } from '../../../src/contract/geometry';
import { OutputSpec, TransformSpec } from '../../../src/contract/transforms';
import { EngineResult, MadeImage } from '../../../src/runtime/images/engine';
import { inspect } from '../../../src/runtime/images/gate';
import { SharpEngine } from '../../../src/runtime/images/sharp-engine';

const ORIENTATIONS = [1, 2, 3, 4, 5, 6, 7, 8] as const;
const SEED_CROP: TransformSpec = { kind: 'crop', width: 512, height: 512, top: 10 };
const engine = new SharpEngine();

async function run(bytes: Uint8Array, transforms: readonly TransformSpec[] = [], output: OutputSpec = {}): Promise<EngineResult> {
  const inspection = inspect(bytes);
  return inspection.ok
    ? engine.process(bytes, inspection, { transforms, output })
    : { kind: 'rejected', reason: inspection.reason, detail: inspection.detail };
}

async function make(bytes: Uint8Array, transforms: readonly TransformSpec[] = [], output: OutputSpec = {}): Promise<MadeImage> {
  const result = await run(bytes, transforms, output);
  if (result.kind === 'rejected') {
    throw new Error(`${result.reason}: ${result.detail}`);
  }
  expect(result.images).toHaveLength(1);
  return result.images[0];
}

async function reasonOf(bytes: Uint8Array, transforms: readonly TransformSpec[] = [], output: OutputSpec = {}): Promise<string> {
  const result = await run(bytes, transforms, output);
  return result.kind === 'rejected' ? result.reason : 'made';
}

/** An image in the orientation's storage, JPEG or PNG, that a viewer shows as `upright`. */
async function photograph(upright: Pixels, orientation: number, type: 'jpeg' | 'png'): Promise<Buffer> {
  const stored = storedAs(upright, orientation);
  return type === 'jpeg'
    ? withSegment(await jpegOf(stored, { quality: 100, chromaSubsampling: '4:4:4' }), 0xe1, exifSegment(orientation, { gps: true }))
    : withChunk(await pngOf(stored), 'eXIf', exif(orientation, { gps: true }));
}

describe("the seed's crop", () => {
  test('is what lies in the middle from row 10 on', async () => {
    const original = texture(600, 560);
    const bytes = await jpegOf(original);
    const image = await make(bytes, [SEED_CROP]);
    expect(image).toMatchObject({ format: 'jpeg', contentType: 'image/jpeg', width: 512, height: 512, warnings: [] });
    expect(image.inverseTransform).toEqual({ upright: [1, 0, 0, 1, 44, 10], stored: [1, 0, 0, 1, 44, 10] });
    const data = await sharp(bytes).extract({ left: 44, top: 10, width: 512, height: 512 }).raw().toBuffer();
    expect(meanDifference(await pixelsOf(image.bytes), { width: 512, height: 512, data })).toBeLessThan(4);
  });

  test('is exact where nothing is lost', async () => {
    const original = texture(600, 560);
    const image = await make(await pngOf(original), [SEED_CROP]);
    expect(image.format).toBe('png');
    expect(worstDifference(await pixelsOf(image.bytes), paint(512, 512, (x, y) => pixelAt(original, x + 44, y + 10)))).toBe(0);
  });

  test('refuses what is too small, pads or shrinks it if told so', async () => {
    const bytes = await jpegOf(gradient(300, 200));
    expect(await run(bytes, [SEED_CROP])).toEqual({
      kind: 'rejected', reason: 'too-small', detail: 'the image is 300x200 where transforms[0] wants 512x512 from row 10',
    });
    expect(await make(bytes, [{ ...SEED_CROP, tooSmall: 'shrink' } as TransformSpec])).toMatchObject({ width: 300, height: 190 });
    const padded = await make(bytes, [{ ...SEED_CROP, tooSmall: 'pad' } as TransformSpec], { format: 'png' });
    expect(padded).toMatchObject({ width: 512, height: 512 });
    const pixels = await pixelsOf(padded.bytes);
    expect([pixelAt(pixels, 0, 0), pixelAt(pixels, 256, 300)]).toEqual([[0, 0, 0], [0, 0, 0]]);
    expect(pixelAt(pixels, 256, 90)[0]).toBeGreaterThan(100);
  });
});

describe('orientation', () => {
  const CORNERS: readonly (readonly [number, number, number])[] = [[250, 10, 10], [10, 250, 10], [10, 10, 250], [240, 240, 20]];
  const corners = paint(64, 48, (x, y) => CORNERS[(x < 32 ? 0 : 1) + (y < 24 ? 0 : 2)]);

  describe.each(['jpeg', 'png'] as const)('%s', (type) => {
    test.each(ORIENTATIONS)('%i puts every corner where a viewer shows it, and the tag is gone', async (orientation) => {
      const image = await make(await photograph(corners, orientation, type));
      expect(image).toMatchObject({ format: type, width: 64, height: 48 });
      expect(inspect(image.bytes)).toMatchObject({ ok: true, orientation: 1, hasGps: false });
      const pixels = await pixelsOf(image.bytes);
      const found = [[2, 2], [61, 2], [2, 45], [61, 45]].map(([x, y]) => pixelAt(pixels, x, y));
      found.forEach((color, corner) => near(color, CORNERS[corner], 12));
    });

    test.each(ORIENTATIONS)('%i and any transforms: each pixel shows what the inverse transform says', async (orientation) => {
      const upright = gradient(120, 80);
      const stored = storedAs(upright, orientation);
      const bytes = await photograph(upright, orientation, type);
      const plans: TransformSpec[][] = [
        [{ kind: 'crop', width: 70, height: 30, left: 5, top: 40 }],
        [{ kind: 'resize', width: 60 }],
        [{ kind: 'resize', width: 50, height: 50, fit: 'cover' }],
        [{ kind: 'resize', width: 200, height: 90, fit: 'fill', enlarge: true }],
        [{ kind: 'crop', width: 100, height: 60, top: 3 }, { kind: 'resize', width: 80 }, { kind: 'pad', width: 90, height: 90 }],
        [{ kind: 'crop', width: 100, height: 60, left: 7 }, { kind: 'crop', width: 50, height: 40, left: 20, top: 9 }],
        [{ kind: 'pad', width: 140, height: 90 }, { kind: 'crop', width: 90, height: 70, left: 3 }, { kind: 'resize', height: 50 }],
        [{ kind: 'resize', width: 90 }, { kind: 'resize', height: 40 }, { kind: 'crop', width: 30, height: 30, left: 6, top: 1 }],
      ];
      for (const plan of plans) {
        const image = await make(bytes, plan, { format: 'png' });
        const pixels = await pixelsOf(image.bytes);
        expect([pixels.width, pixels.height]).toEqual([image.width, image.height]);
        expect(worstMismatch(pixels, image.inverseTransform.upright, upright)).toBeLessThan(type === 'png' ? 3 : 8);
        expect(worstMismatch(pixels, image.inverseTransform.stored, stored)).toBeLessThan(type === 'png' ? 3 : 8);
      }
    });
  });

  /** By how much any pixel differs from the original's colour at the place that the matrix names. Gradients can be read between pixels. */
  function worstMismatch(made: Pixels, matrix: MadeImage['inverseTransform']['upright'], original: Pixels): number {
    let worst = 0;
    let compared = 0;
    for (let y = 0; y < made.height; y++) {
      for (let x = 0; x < made.width; x++) {
        const at = applyAffine(matrix, x + 0.5, y + 0.5);
        const padded = pixelAt(made, x, y)[2] < 20;
        // scaling mixes the last pixels before an edge
        if (!padded && at.x > 4 && at.y > 4 && at.x < original.width - 4 && at.y < original.height - 4) {
          const color = pixelAt(made, x, y);
          const expected = between(original, at.x - 0.5, at.y - 0.5);
          worst = Math.max(worst, ...color.map((value, channel) => Math.abs(value - expected[channel])));
          compared++;
        }
      }
    }
    expect(compared).toBeGreaterThan(100);
    return worst;
  }

  function between(pixels: Pixels, x: number, y: number): number[] {
    const [left, top] = [Math.floor(x), Math.floor(y)];
    const [u, v] = [x - left, y - top];
    return [0, 1, 2].map((channel) => {
      const at = (dx: number, dy: number) => pixelAt(pixels, left + dx, top + dy)[channel];
      return (at(0, 0) * (1 - u) + at(1, 0) * u) * (1 - v) + (at(0, 1) * (1 - u) + at(1, 1) * u) * v;
    });
  }
});

describe('an image that no transform changes', () => {
  test('keeps its pixels bit for bit and loses its private metadata and what follows its end', async () => {
    const clean = await jpegOf(texture(200, 150), { quality: 71 });
    const secret = Buffer.from('http://ns.adobe.com/xap/1.0/\0GPSLatitude="48,12N"');
    const tagged = withSegment(withSegment(withSegment(clean, 0xe1, secret), 0xe1, exifSegment(1, { gps: true })), 0xfe, Buffer.from('made by me'));
    const image = await make(Buffer.concat([tagged, Buffer.from('trailing secret')]));
    expect(Buffer.compare(Buffer.from(image.bytes), clean)).toBe(0);
  });

  test('is not encoded again as PNG either', async () => {
    const clean = await pngOf(texture(60, 50));
    const image = await make(withChunk(withChunk(clean, 'tEXt', Buffer.from('Author\0me')), 'eXIf', exif(1, { gps: true })));
    expect(Buffer.compare(Buffer.from(image.bytes), clean)).toBe(0);
  });

  test('is encoded again at a quality that the user gives', async () => {
    const bytes = await jpegOf(texture(200, 150), { quality: 95 });
    expect((await make(bytes, [], { quality: 40 })).bytes.length).toBeLessThan(bytes.length / 2);
  });

  test('keeps its sRGB profile', async () => {
    const image = await make(withSegment(await jpegOf(texture(60, 50)), 0xe2, iccSegment(profile(SRGB, SRGB_CURVE))));
    expect(inspect(image.bytes)).toMatchObject({ profile: 'srgb' });
  });
});

describe('colour', () => {
  const flat = (color: readonly [number, number, number]) => paint(64, 64, () => color);
  const middle = async (bytes: Uint8Array) => pixelAt(await pixelsOf(bytes), 32, 32);

  test('of Display P3 becomes sRGB', async () => {
    const p3 = await open(flat([200, 80, 40])).withIccProfile('p3').jpeg({ quality: 100, chromaSubsampling: '4:4:4' }).toBuffer();
    expect(inspect(p3)).toMatchObject({ profile: 'other' });
    expect(await middle(p3)).not.toEqual(await middle((await make(p3)).bytes));
    near(await middle((await make(p3)).bytes), [200, 80, 40], 3);
    expect(inspect((await make(p3)).bytes)).toMatchObject({ profile: 'none' });
  });

  test('of Adobe RGB becomes sRGB, in JPEG and in PNG', async () => {
    const adobe = profile(ADOBE_RGB, 2.19921875, 'Adobe RGB (1998)');
    const jpeg = withSegment(await jpegOf(flat([150, 150, 60]), { quality: 100, chromaSubsampling: '4:4:4' }), 0xe2, iccSegment(adobe));
    // computed from the two matrices and curves
    near(await middle((await make(jpeg)).bytes), [150, 151, 46], 4);
    const png = await sharp(await pngOf(flat([150, 150, 60]))).withIccProfile('p3').png().toBuffer();
    near(await middle((await make(png)).bytes), [150, 150, 60], 3);
  });

  test('of CMYK becomes RGB', async () => {
    const cmyk = await open(flat([200, 60, 60])).toColourspace('cmyk').jpeg({ quality: 100 }).toBuffer();
    const image = await make(cmyk);
    expect(inspect(image.bytes)).toMatchObject({ colorModel: 'rgb' });
    near(await middle(image.bytes), [200, 60, 60], 25);
  });

  test('of 16 bit becomes 8 bit', async () => {
    const deep = await open(flat([200, 60, 20])).toColourspace('rgb16').png().toBuffer();
    const image = await make(deep);
    expect(inspect(image.bytes)).toMatchObject({ type: 'png', bitsPerSample: 8 });
    near(await middle(image.bytes), [200, 60, 20], 1);
    const grey = await open(flat([90, 90, 90])).toColourspace('grey16').png().toBuffer();
    near(await middle((await make(grey)).bytes), [90, 90, 90], 1);
  });

  test('that is not there stays away, unless a coloured pad brings it', async () => {
    const grey = await open(flat([90, 90, 90])).toColourspace('b-w').jpeg().toBuffer();
    expect(inspect((await make(grey, [{ kind: 'crop', width: 40, height: 40 }])).bytes)).toMatchObject({ colorModel: 'grey' });
    const padded = await make(grey, [{ kind: 'pad', width: 90, height: 90, color: '#2acf59' }], { format: 'png' });
    expect(pixelAt(await pixelsOf(padded.bytes), 2, 2)).toEqual([0x2a, 0xcf, 0x59]);
  });

  test('resolution follows the original, or the user', async () => {
    const crop: TransformSpec[] = [{ kind: 'crop', width: 64, height: 64 }];
    const half = await jpegOf(texture(80, 80));
    const full = await jpegOf(texture(80, 80), { chromaSubsampling: '4:4:4' });
    const png = await pngOf(texture(80, 80));
    expect(inspect((await make(half, crop)).bytes)).toMatchObject({ subsampled: true });
    expect(inspect((await make(full, crop)).bytes)).toMatchObject({ subsampled: false });
    expect(inspect((await make(png, crop, { format: 'jpeg' })).bytes)).toMatchObject({ subsampled: false });
    expect(inspect((await make(full, [], { chromaSubsampling: '4:2:0' })).bytes)).toMatchObject({ subsampled: true });
  });
});

describe('transparency', () => {
  const glass = () => open(paint(40, 40, () => [200, 0, 0])).ensureAlpha(0).png().toBuffer();

  test('stays in PNG', async () => {
    expect(inspect((await make(await glass(), [{ kind: 'crop', width: 20, height: 20 }])).bytes)).toMatchObject({ type: 'png', hasAlpha: true });
  });

  test('becomes white, or what the user wants, in JPEG, and that is said', async () => {
    const white = await make(await glass(), [], { format: 'jpeg' });
    expect(white.warnings).toEqual(['The image had transparent parts: they were filled with the background colour.']);
    expect(pixelAt(await pixelsOf(white.bytes), 20, 20)).toEqual([255, 255, 255]);
    const blue = await make(await glass(), [], { format: 'jpeg', background: '#0000ff' });
    near(pixelAt(await pixelsOf(blue.bytes), 20, 20), [0, 0, 255], 3);
  });
});

test('the first frame stands for an animated PNG', async () => {
  const animated = withChunk(await pngOf(texture(30, 30)), 'acTL', Buffer.from([0, 0, 0, 1, 0, 0, 0, 0]));
  const image = await make(animated);
  expect(image.warnings).toEqual(['The image is animated: workers see its first frame.']);
  expect(inspect(image.bytes)).toMatchObject({ animated: false });
});

test('the name of a type that a file does not have plays no part', async () => {
  expect(await make(await pngOf(texture(30, 30)))).toMatchObject({ format: 'png', contentType: 'image/png' });
});

describe('damage', () => {
  const cuts = [0.999, 0.9, 0.5, 0.2];
  const plans: { readonly [name: string]: TransformSpec[] } = {
    'the whole image': [],
    'a crop of its first rows': [{ kind: 'crop', width: 64, height: 32, left: 0, top: 0 }],
    'a resize': [{ kind: 'resize', width: 100 }],
  };

  describe.each(Object.entries(plans))('with a plan of %s', (_, plan) => {
    test.each(cuts)('a file cut at %f is rejected, also where the cut is outside what is used', async (cut) => {
      const picture = texture(400, 300);
      for (const bytes of [await jpegOf(picture), await jpegOf(picture, { progressive: true }), await pngOf(picture)]) {
        expect(await reasonOf(bytes.subarray(0, Math.floor(bytes.length * cut)), plan)).toBe('truncated');
      }
    });

    test('a whole file is made', async () => {
      expect(await reasonOf(await jpegOf(texture(400, 300)), plan)).toBe('made');
    });
  });

  test('an end put behind cut data does not deceive where the rows are used', async () => {
    const bytes = await jpegOf(texture(400, 300));
    const mended = Buffer.concat([bytes.subarray(0, bytes.length * 0.8), Buffer.from([0xff, 0xd9])]);
    for (const plan of [[], plans['a resize'], [{ kind: 'crop', width: 64, height: 64, left: 0, top: 236 }] as TransformSpec[]]) {
      expect(['truncated', 'corrupt']).toContain(await reasonOf(mended, plan));
    }
  });

  test('a hole in the data is noticed where what follows it is used', async () => {
    const bytes = await jpegOf(texture(400, 300));
    for (const [from, length] of [[0.2, 900], [0.5, 5000], [0.8, 400]]) {
      const at = Math.floor(bytes.length * from);
      const holed = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)]);
      expect(await reasonOf(holed)).toBe('truncated');
      expect(await reasonOf(holed, plans['a resize'])).toBe('truncated');
      expect(await reasonOf(holed, plans['a crop of its first rows'])).toBe('made');
    }
  });

  test('a PNG whose chunks are whole but whose data is not is rejected', async () => {
    const rows = Buffer.alloc(50 * 151, 7);
    expect(await reasonOf(rawPng(ihdr(50, 60, 8, 2), rows))).not.toBe('made');
    expect(await reasonOf(rawPng(ihdr(50, 50, 8, 2), Buffer.alloc(50 * 151)))).toBe('made');
  });

  test('lax scan parameters, which some phones write, are no damage', async () => {
    const bytes = await jpegOf(texture(100, 100));
    const sos = bytes.indexOf(Buffer.from([0xff, 0xda]));
    const lax = Buffer.from(bytes);
    lax[sos + 2 + bytes.readUInt16BE(sos + 2) - 2] = 0;
    expect(await reasonOf(lax)).toBe('made');
    expect(await reasonOf(lax.subarray(0, lax.length - 300))).toBe('truncated');
  });

  test('random bytes in a file never throw', async () => {
    const seeds = [await jpegOf(texture(60, 60)), await jpegOf(texture(60, 60), { progressive: true }), await pngOf(texture(60, 60))];
    const place = fc.double({ min: 0, max: 0.99, noNaN: true });
    await fc.assert(fc.asyncProperty(fc.nat(2), place, fc.uint8Array({ minLength: 1, maxLength: 9 }), async (seed, at, noise) => {
      const mutated = Buffer.from(seeds[seed]);
      Buffer.from(noise).copy(mutated, Math.floor(mutated.length * at));
      expect(['images', 'rejected']).toContain((await run(mutated, [{ kind: 'resize', width: 20 }])).kind);
    }), { numRuns: 150 });
  });
});

describe('the limits of the service', () => {
  test('100 megapixels are checked before anything is decoded', async () => {
    const large = await pngOf(paint(10, 10, () => [0, 0, 0]));
    expect(await run(large, [{ kind: 'pad', width: 10_001, height: 10_000 }])).toEqual({
      kind: 'rejected', reason: 'output-too-many-pixels', detail: 'the image for the workers would be 10001x10000; 100000000 pixels are allowed',
    });
  });

  test('40 MB are checked on what would be stored', async () => {
    const size = 3800;
    const noise = Buffer.alloc(size * size * 3);
    for (let at = 0, seed = 1; at < noise.length; at++) {
      seed = (seed * 1664525 + 1013904223) >>> 0;
      noise[at] = seed >>> 24;
    }
    const png = await sharp(noise, { raw: { width: size, height: size, channels: 3 } }).png({ compressionLevel: 0 }).toBuffer();
    expect(await reasonOf(png)).toBe('output-too-large');
    expect(await reasonOf(png, [{ kind: 'resize', width: 1000 }])).toBe('made');
  });
});

test('the same bytes and plan give the same image', async () => {
  const bytes = await jpegOf(texture(300, 200));
  const plan: TransformSpec[] = [{ kind: 'resize', width: 150 }];
  const [one, other] = await Promise.all([make(bytes, plan), make(bytes, plan)]);
  expect(Buffer.compare(Buffer.from(one.bytes), Buffer.from(other.bytes))).toBe(0);
});

function near(color: readonly number[], expected: readonly number[], tolerance: number): void {
  color.forEach((value, channel) => expect(Math.abs(value - expected[channel])).toBeLessThanOrEqual(tolerance));
}
