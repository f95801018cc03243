import * as fc from 'fast-check';
import { chunk, exif, exifSegment, gradient, iccSegment, ihdr, jpegOf, open, pngOf, profile, rawPng, segment, SRGB, SRGB_CURVE, texture, withChunk, withSegment } from './samples';
import { REASON, REMEDIES } from '../../../src/contract/reasons';
import { DEFAULT_INPUT_LIMITS, inspect } from '../../../src/runtime/images/gate';

const SIGNATURE_BYTES = 8;
const reasonOf = (bytes: Uint8Array) => {
  const inspection = inspect(bytes);
  return inspection.ok ? 'ok' : inspection.reason;
};

const jpegs: { readonly [name: string]: () => Promise<Buffer> } = {
  'baseline': () => jpegOf(texture(96, 64)),
  'full colour': () => jpegOf(texture(96, 64), { chromaSubsampling: '4:4:4' }),
  'progressive': () => jpegOf(texture(96, 64), { progressive: true }),
  'grey': () => open(texture(96, 64)).toColourspace('b-w').jpeg().toBuffer(),
  'cmyk': () => open(texture(96, 64)).toColourspace('cmyk').jpeg().toBuffer(),
  'with a thumbnail in Exif': async () => {
    const thumbnail = await jpegOf(texture(24, 16));
    return withSegment(await jpegOf(texture(96, 64)), 0xe1, Buffer.concat([exifSegment(6), thumbnail]));
  },
  'with restart markers': async () => withRestarts(await jpegOf(gradient(160, 16))),
};

const pngs: { readonly [name: string]: () => Promise<Buffer> } = {
  'rgb': () => pngOf(texture(60, 40)),
  'palette': () => pngOf(texture(60, 40), { palette: true }),
  'interlaced': () => pngOf(texture(60, 40), { progressive: true }),
  'alpha': () => open(texture(60, 40)).ensureAlpha(0.5).png().toBuffer(),
  '16 bit': () => open(texture(60, 40)).toColourspace('rgb16').png().toBuffer(),
};

const files = Object.entries({ ...jpegs, ...pngs });

/**
 * A JPEG whose scan is cut into restart intervals of one row of units: not decodable (prediction is not reset in its bits),
 * but its container is what the walk reads.
 */
function withRestarts(jpeg: Buffer): Buffer {
  const sos = jpeg.indexOf(Buffer.from([0xff, 0xda]));
  const dri = segment(0xdd, Buffer.from([0, 2]));
  const start = sos + 2 + jpeg.readUInt16BE(sos + 2);
  // 160x16 at 4:2:0 is 10 units: 5 intervals of 2, so 4 markers
  const data = jpeg.subarray(start, -2);
  const cut = [0, 1, 2, 3, 4].map((part) => {
    let [from, to] = [part, part + 1].map((edge) => Math.floor(data.length * edge / 5));
    from = data[from - 1] === 0xff ? from + 1 : from;
    to = data[to - 1] === 0xff ? to + 1 : to;
    return data.subarray(from, to);
  });
  const parts = cut.flatMap((part, index) => (index === 4 ? [part] : [part, Buffer.from([0xff, 0xd0 + index])]));
  return Buffer.concat([jpeg.subarray(0, sos), dri, jpeg.subarray(sos, start), ...parts, jpeg.subarray(-2)]);
}

describe.each(files)('%s', (_, make) => {
  test('is accepted whole, also with anything behind its end', async () => {
    const bytes = await make();
    expect(reasonOf(bytes)).toBe('ok');
    const trailing = Buffer.concat([bytes, Buffer.alloc(999, 0xff), await jpegOf(gradient(9, 9))]);
    expect(inspect(trailing)).toMatchObject({ ok: true, end: bytes.length });
  });

  test('is refused at every strict prefix', async () => {
    const bytes = await make();
    for (let length = 0; length < bytes.length; length++) {
      const reason = reasonOf(bytes.subarray(0, length));
      if (reason !== 'truncated' && !(length < 2 && (reason === 'empty' || reason === 'not-an-image'))) {
        throw new Error(`the first ${length} of ${bytes.length} bytes: ${reason}`);
      }
    }
  });

  test('lists its parts without gaps', async () => {
    const bytes = await make();
    const inspection = inspect(bytes);
    expect(inspection).toMatchObject({ ok: true });
    const ends = inspection.ok ? inspection.parts.map(({ end }) => end) : [];
    expect(inspection.ok && inspection.parts.map(({ start }) => start)).toEqual([0, ...ends.slice(0, -1)]);
    expect(ends.at(-1)).toBe(bytes.length);
  });
});

test('a large JPEG is refused at any prefix too', async () => {
  const bytes = await jpegOf(texture(500, 400));
  fc.assert(fc.property(fc.integer({ min: 2, max: bytes.length - 1 }), (length) => {
    expect(reasonOf(bytes.subarray(0, length))).toBe('truncated');
  }));
});

test('no bytes make it throw', async () => {
  const seeds = await Promise.all(files.map(([, make]) => make()));
  const mutation = fc.record({
    file: fc.nat(seeds.length - 1),
    at: fc.double({ min: 0, max: 0.999, noNaN: true }),
    bytes: fc.uint8Array({ minLength: 1, maxLength: 12 }),
  });
  fc.assert(fc.property(mutation, ({ file, at, bytes }) => {
    const mutated = Buffer.from(seeds[file]);
    Buffer.from(bytes).copy(mutated, Math.floor(mutated.length * at));
    expect(typeof inspect(mutated).ok).toBe('boolean');
  }), { numRuns: 2000 });
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
    expect(inspect(bytes).ok).toBe(false);
    expect(inspect(Buffer.concat([Buffer.from([0xff, 0xd8, 0xff]), bytes])).ok).toBe(false);
  }));
});

describe('JPEG', () => {
  test('tells what its header says', async () => {
    expect(inspect(await jpegs.baseline())).toMatchObject({
      type: 'jpeg', width: 96, height: 64, orientation: 1, colorModel: 'rgb', bitsPerSample: 8, hasAlpha: false,
      progressive: false, subsampled: true, profile: 'none', hasGps: false, animated: false,
    });
    expect(inspect(await jpegs['full colour']())).toMatchObject({ subsampled: false });
    expect(inspect(await jpegs.progressive())).toMatchObject({ progressive: true });
    expect(inspect(await jpegs.grey())).toMatchObject({ colorModel: 'grey', subsampled: false });
    expect(inspect(await jpegs.cmyk())).toMatchObject({ colorModel: 'cmyk' });
  });

  test.each([1, 2, 3, 4, 5, 6, 7, 8] as const)('reads EXIF orientation %i in both byte orders', async (orientation) => {
    const jpeg = await jpegOf(gradient(16, 16));
    for (const bigEndian of [false, true]) {
      expect(inspect(withSegment(jpeg, 0xe1, exifSegment(orientation, { bigEndian })))).toMatchObject({ ok: true, orientation });
    }
  });

  test.each([0, 9, 300])('takes the impossible orientation %i for upright', async (orientation) => {
    const jpeg = withSegment(await jpegOf(gradient(16, 16)), 0xe1, exifSegment(orientation));
    expect(inspect(jpeg)).toMatchObject({ ok: true, orientation: 1 });
  });

  test('ignores Exif that does not parse', async () => {
    const jpeg = await jpegOf(gradient(16, 16));
    for (const broken of ['Exif\0\0', 'Exif\0\0II*\0\xff\xff\xff\x7f', 'Exif\0\0hello, world', 'Exif\0\0MM\0*\0\0\0\x08\xff\xff']) {
      expect(inspect(withSegment(jpeg, 0xe1, Buffer.from(broken, 'latin1')))).toMatchObject({ ok: true, orientation: 1, hasGps: false });
    }
  });

  test('tells that it says where it was taken, in Exif or in XMP', async () => {
    const jpeg = await jpegOf(gradient(16, 16));
    expect(inspect(withSegment(jpeg, 0xe1, exifSegment(1, { gps: true })))).toMatchObject({ hasGps: true });
    expect(inspect(withSegment(jpeg, 0xe1, exifSegment(1)))).toMatchObject({ hasGps: false });
    const xmp = 'http://ns.adobe.com/xap/1.0/\0<x:xmpmeta exif:GPSLatitude="48,12N"/>';
    expect(inspect(withSegment(jpeg, 0xe1, Buffer.from(xmp)))).toMatchObject({ hasGps: true });
  });

  test('puts a colour profile together from its segments', async () => {
    const jpeg = await jpegOf(gradient(16, 16));
    const icc = profile(SRGB, SRGB_CURVE);
    const split = withSegment(withSegment(jpeg, 0xe2, iccSegment(icc.subarray(100), 2, 2)), 0xe2, iccSegment(icc.subarray(0, 100), 1, 2));
    expect(inspect(withSegment(jpeg, 0xe2, iccSegment(icc)))).toMatchObject({ profile: 'srgb' });
    expect(inspect(split)).toMatchObject({ profile: 'srgb' });
  });

  test('allows fill bytes before a marker, also before the last', async () => {
    const jpeg = await jpegOf(gradient(64, 64));
    const sos = jpeg.indexOf(Buffer.from([0xff, 0xda]));
    const fill = Buffer.from([0xff, 0xff]);
    expect(reasonOf(Buffer.concat([jpeg.subarray(0, sos), fill, jpeg.subarray(sos, -2), fill, jpeg.subarray(-2)]))).toBe('ok');
  });

  test('is truncated where an end was put behind half of its data', async () => {
    const jpeg = await jpegOf(gradient(320, 240));
    const sos = jpeg.indexOf(Buffer.from([0xff, 0xda]));
    expect(inspect(Buffer.concat([jpeg.subarray(0, sos + 40), jpeg.subarray(-2)]))).toMatchObject({
      ok: false, reason: 'truncated', detail: expect.stringMatching(/^\d+ bytes of image data cannot hold 320x240 pixels/),
    });
  });

  test('is truncated where restart markers are missing', async () => {
    const jpeg = withRestarts(await jpegOf(gradient(160, 16)));
    const at = jpeg.indexOf(Buffer.from([0xff, 0xd1]));
    const next = jpeg.indexOf(Buffer.from([0xff, 0xd2]));
    expect(inspect(Buffer.concat([jpeg.subarray(0, at), jpeg.subarray(next)]))).toMatchObject({
      ok: false, reason: 'truncated', detail: '1 of 4 restart markers are missing from the image data',
    });
  });

  test.each<[string, (jpeg: Buffer) => Buffer, string, RegExp]>([
    ['has no image data', (jpeg) => Buffer.concat([jpeg.subarray(0, 2), jpeg.subarray(-2)]), 'truncated', /colour components/],
    ['runs into another file', (jpeg) => Buffer.concat([jpeg.subarray(0, -50), jpeg]), 'corrupt', /marker d8/],
    ['has rubbish between segments', (jpeg) => Buffer.concat([jpeg.subarray(0, 2), Buffer.from('rubbish'), jpeg.subarray(2)]), 'corrupt', /byte 2 /],
    ['has a segment shorter than its length', (jpeg) => withPatch(jpeg, 4, [0, 1]), 'corrupt', /impossible length 1/],
    ['says 0 pixels', (jpeg) => withPatch(jpeg, frameAt(jpeg) + 5, [0, 0]), 'corrupt', /says 32x0 pixels/],
    ['is lossless', (jpeg) => withPatch(jpeg, frameAt(jpeg) + 1, [0xc3]), 'unsupported-type', /lossless/],
    ['is arithmetic-coded', (jpeg) => withPatch(jpeg, frameAt(jpeg) + 1, [0xc9]), 'unsupported-type', /arithmetic/],
    ['has 12 bits', (jpeg) => withPatch(jpeg, frameAt(jpeg) + 4, [12]), 'unsupported-type', /12 bits/],
  ])('that %s is refused', async (_, change, reason, detail) => {
    expect(inspect(change(await jpegOf(texture(32, 32))))).toEqual({ ok: false, reason, detail: expect.stringMatching(detail) });
  });
});

const frameAt = (jpeg: Buffer) => jpeg.indexOf(Buffer.from([0xff, 0xc0]));

function withPatch(bytes: Buffer, at: number, patch: readonly number[]): Buffer {
  const patched = Buffer.from(bytes);
  patched.set(patch, at);
  return patched;
}

describe('PNG', () => {
  test('tells what its header says', async () => {
    expect(inspect(await pngs.rgb())).toMatchObject({
      type: 'png', width: 60, height: 40, orientation: 1, colorModel: 'rgb', bitsPerSample: 8, hasAlpha: false, progressive: false,
    });
    expect(inspect(await pngs.interlaced())).toMatchObject({ progressive: true });
    expect(inspect(await pngs.alpha())).toMatchObject({ hasAlpha: true });
    expect(inspect(await pngs['16 bit']())).toMatchObject({ bitsPerSample: 16 });
    expect(inspect(withChunk(await pngs.rgb(), 'eXIf', exif(7, { gps: true })))).toMatchObject({ orientation: 7, hasGps: true });
    expect(inspect(withChunk(await pngs.rgb(), 'acTL', Buffer.alloc(8)))).toMatchObject({ animated: true });
    expect(inspect(withChunk(await pngs.rgb(), 'sRGB', Buffer.from([0])))).toMatchObject({ profile: 'srgb' });
  });

  test('shows any flipped bit', async () => {
    const png = await pngs.rgb();
    fc.assert(fc.property(fc.integer({ min: SIGNATURE_BYTES, max: png.length - 1 }), fc.nat(7), (at, bit) => {
      expect(inspect(withPatch(png, at, [png[at] ^ (1 << bit)])).ok).toBe(false);
    }), { numRuns: 300 });
  });

  test.each<[string, () => Buffer, string, RegExp]>([
    ['does not begin with its header', () => Buffer.concat([rawPng(ihdr(1, 1, 8, 0), Buffer.from([0, 0])).subarray(0, 8), chunk('tEXt', Buffer.from('a'))]), 'corrupt', /tEXt instead of IHDR/],
    ['is in Apple\'s variant', () => Buffer.concat([rawPng(ihdr(1, 1, 8, 0), Buffer.from([0, 0])).subarray(0, 8), chunk('CgBI', Buffer.alloc(4))]), 'unsupported-type', /CgBI/],
    ['has a chunk longer than any file', () => withPatch(rawPng(ihdr(1, 1, 8, 0), Buffer.from([0, 0])), 33, [0xff, 0xff, 0xff, 0xff]), 'corrupt', /byte 33/],
    ['has a chunk longer than the file', () => withPatch(rawPng(ihdr(1, 1, 8, 0), Buffer.from([0, 0])), 33, [0x7f, 0xff, 0xff, 0xff]), 'truncated', /past the end/],
    ['has an impossible depth', () => rawPng(ihdr(1, 1, 3, 0), Buffer.from([0, 0])), 'corrupt', /impossible/],
    ['has no palette', () => rawPng(ihdr(1, 1, 8, 3), Buffer.from([0, 0])), 'corrupt', /no palette/],
    ['says 0 pixels', () => rawPng(ihdr(0, 1, 8, 0), Buffer.from([0, 0])), 'corrupt', /0x1 pixels/],
    ['has an unknown critical chunk', () => rawPng(ihdr(1, 1, 8, 0), Buffer.from([0, 0]), [chunk('ABCD', Buffer.alloc(0))]), 'corrupt', /ABCD/],
    ['lacks most of its data', () => rawPng(ihdr(3000, 3000, 8, 2), Buffer.alloc(100)), 'truncated', /cannot hold 3000x3000/],
  ])('that %s is refused', (_, make, reason, detail) => {
    expect(inspect(make())).toEqual({ ok: false, reason, detail: expect.stringMatching(detail) });
  });
});

describe('limits', () => {
  test('a decompression bomb is refused by its header, before anything is decoded', () => {
    const bomb = rawPng(ihdr(20_000, 20_000, 1, 0), Buffer.alloc(20_000 * 2501));
    expect(bomb.length).toBeLessThan(60_000);
    expect(inspect(bomb)).toMatchObject({ ok: false, reason: 'too-many-pixels', detail: expect.stringContaining('20000x20000') });
  });

  test('what must be whole in memory is measured by that', async () => {
    const limits = { ...DEFAULT_INPUT_LIMITS, maxDecodeBytes: 96 * 64 * 3 * 3 - 1 };
    expect(inspect(await jpegs.baseline(), limits).ok).toBe(true);
    expect(inspect(await jpegs.progressive(), limits)).toMatchObject({ ok: false, reason: 'too-many-pixels', detail: expect.stringContaining('progressive') });
    expect(inspect(await jpegs.progressive(), { ...limits, maxDecodeBytes: limits.maxDecodeBytes + 1 }).ok).toBe(true);
  });

  test('a file may be too large to read', async () => {
    const bytes = await jpegs.baseline();
    expect(inspect(bytes, { ...DEFAULT_INPUT_LIMITS, maxFileBytes: bytes.length - 1 })).toMatchObject({ ok: false, reason: 'too-large-file' });
  });
});

test('every reason has a remedy of one sentence', () => {
  expect(Object.keys(REMEDIES).sort()).toEqual(Object.values(REASON).sort());
  for (const remedy of Object.values(REMEDIES)) {
    expect(remedy).toMatch(/^[A-Z][^.]*\.$|`|40 MB/);
  }
});
