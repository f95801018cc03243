import { exifSegment, gradient, jpegOf, open, pngOf, texture, withSegment } from './samples';
import { EngineResult } from '../../../src/runtime/images/engine';
import { inspect } from '../../../src/runtime/images/gate';
import { NoneEngine } from '../../../src/runtime/images/none-engine';

async function run(bytes: Uint8Array): Promise<EngineResult> {
  const inspection = inspect(bytes);
  if (!inspection.ok) {
    throw new Error(inspection.detail);
  }
  return new NoneEngine().process(bytes, inspection);
}

test('keeps the bytes, metadata and all', async () => {
  for (const bytes of [await jpegOf(texture(100, 80)), await pngOf(texture(100, 80)), await pngOf(gradient(5, 5), { progressive: true })]) {
    const result = await run(bytes);
    expect(result).toMatchObject({ kind: 'images', images: [{ warnings: [], inverseTransform: { upright: [1, 0, 0, 1, 0, 0], stored: [1, 0, 0, 1, 0, 0] } }] });
    expect(result.kind === 'images' && result.images[0].bytes).toBe(bytes);
  }
});

test('warns of orientation, of a place on earth and of CMYK, and maps back what a viewer shows', async () => {
  const result = await run(withSegment(await jpegOf(texture(100, 80)), 0xe1, exifSegment(6, { gps: true })));
  expect(result).toMatchObject({
    images: [{
      width: 80, height: 100, inverseTransform: { upright: [1, 0, 0, 1, 0, 0], stored: [0, -1, 1, 0, 0, 80] },
      warnings: [expect.stringContaining('orientation 6'), expect.stringContaining('GPS')],
    }],
  });
  const cmyk = await run(await open(texture(30, 30)).toColourspace('cmyk').jpeg().toBuffer());
  expect(cmyk).toMatchObject({ images: [{ warnings: [expect.stringContaining('CMYK')] }] });
});

test.each([100, 129, 136, 161, 190, 193, 295, 296, 304])('decodes everything of %i rows: an end put behind cut data is noticed', async (rows) => {
  for (const chromaSubsampling of ['4:2:0', '4:4:4']) {
    for (const progressive of [false, true]) {
      const bytes = await jpegOf(texture(200, rows), { chromaSubsampling, progressive });
      expect(await run(bytes)).toMatchObject({ kind: 'images' });
      for (const missing of [bytes.length >> 1, 1000, 50, 8]) {
        const mended = Buffer.concat([bytes.subarray(0, bytes.length - 2 - missing), Buffer.from([0xff, 0xd9])]);
        expect(await run(mended)).toMatchObject({ kind: 'rejected', reason: 'truncated' });
      }
    }
  }
});

test('holds the stored bytes to the limit of the service', async () => {
  const bytes = Buffer.concat([await jpegOf(gradient(20, 20)), Buffer.alloc(42 * 1024 * 1024)]);
  expect(await run(bytes)).toMatchObject({ kind: 'rejected', reason: 'output-too-large' });
});

test('holds the stored pixels to the limit of the service', async () => {
  const header = inspect(await jpegOf(gradient(20, 20)));
  if (!header.ok) {
    throw new Error(header.detail);
  }
  const result = await new NoneEngine().process(Buffer.alloc(0), { ...header, width: 10_001, height: 10_000 });
  expect(result).toMatchObject({ kind: 'rejected', reason: 'output-too-many-pixels' });
});
