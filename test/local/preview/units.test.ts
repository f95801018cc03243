import fc from 'fast-check';
import sharp from 'sharp';
import { channels, labelColors } from '../../../src/local/crowd/colors';
import { looseJson } from '../../../src/local/crowd/loose-json';
import { Mask } from '../../../src/local/crowd/mask';
import { sampleMask } from '../../../src/local/preview/sample';
import { shortened } from '../../../src/local/preview/shortened';

test('attributes are read as JSON, and as the guide writes them', () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => expect(looseJson(JSON.stringify(value))).toEqual(JSON.parse(JSON.stringify(value)))));
  expect(looseJson("['Cat', 'Dog',]")).toEqual(['Cat', 'Dog']);
  expect(looseJson('{ "boundingBox": { labels: ["a: b", \'it\\\'s, ]\'], value: [{ left: 1, }, ], }, }')).toEqual({ boundingBox: { labels: ['a: b', "it's, ]"], value: [{ left: 1 }] } });
  expect(() => looseJson('[alert(1)]')).toThrow();
});

test('each label has a colour of its own, and keeps the one that it had', () => {
  const names = Array.from({ length: 200 }, (_name, index) => `label ${index}`);
  const colors = labelColors(names, { 'label 7': '#1f77b4' });
  expect(new Set(Object.values(colors)).size).toBe(200);
  expect(Object.values(colors).every((color) => /^#[0-9a-f]{6}$/.test(color) && color !== '#ffffff')).toBe(true);
  expect(colors['label 7']).toBe('#1f77b4');
  expect(channels('#1f77b4')).toEqual([31, 119, 180]);
});

test('a mask is painted within its image, whole pixels at a time', () => {
  const point = fc.record({ x: fc.integer({ min: -30, max: 60 }), y: fc.integer({ min: -30, max: 60 }) });
  fc.assert(fc.property(point, point, fc.integer({ min: 1, max: 40 }), (from, to, diameter) => {
    const mask = new Mask(30, 20);
    const { left, top, right, bottom } = mask.stroke(from, to, diameter, 2);
    const wrong = [...mask.classes].filter((value, at) => {
      const [x, y] = [(at % 30) + 0.5, Math.floor(at / 30) + 0.5];
      const [dx, dy] = [to.x - from.x, to.y - from.y];
      const part = dx === 0 && dy === 0 ? 0 : Math.min(1, Math.max(0, ((x - from.x) * dx + (y - from.y) * dy) / (dx * dx + dy * dy)));
      const near = Math.hypot(x - from.x - part * dx, y - from.y - part * dy) - diameter / 2;
      const outside = value !== 0 && !(x > left && x < right && y > top && y < bottom);
      return outside || (Math.abs(near) > 1e-9 && value !== (near < 0 ? 2 : 0));
    });
    expect(wrong).toEqual([]);
  }));
  const mask = new Mask(10, 10);
  mask.fill([{ x: 2, y: 2 }, { x: 8, y: 2 }, { x: 8, y: 6 }, { x: 2, y: 6 }], 1);
  expect(mask.classes.reduce((sum, value) => sum + value, 0)).toBe(24);
});

test('the sample mask is a PNG of the image\'s size', async () => {
  const { data, info } = await sharp(sampleMask({ width: 40, height: 20 })).raw().toBuffer({ resolveWithObject: true });
  const at = (x: number, y: number): string => data.subarray(3 * (y * 40 + x), 3 * (y * 40 + x) + 3).toString('hex');
  expect([info.width, info.height, info.channels, at(0, 0), at(20, 10), at(39, 10)]).toEqual([40, 20, 3, 'ffffff', '1f77b4', 'ffffff']);
});

test('the sample mask of a large image is no work', () => {
  const begin = Date.now();
  sampleMask({ width: 12_000, height: 12_000 });
  expect(Date.now() - begin).toBeLessThan(5_000);
});

test('long texts are cut for people', () => {
  expect(shortened({ a: ['x'.repeat(200), 'short', 1, null] })).toEqual({ a: [`${'x'.repeat(40)}… (200 characters)`, 'short', 1, null] });
});
