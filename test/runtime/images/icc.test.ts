import * as fc from 'fast-check';
import { ADOBE_RGB, profile, SRGB, SRGB_CURVE } from './samples';
import { isSrgbProfile } from '../../../src/runtime/images/icc';

const table = (entries: number, curve: (x: number) => number) => (
  Uint16Array.from({ length: entries }, (_, index) => 65535 * curve(index / (entries - 1)))
);
const srgb = (x: number) => (x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4);
const P3 = [[0.5151, 0.2412, -0.0011], [0.292, 0.6922, 0.0419], [0.1571, 0.0666, 0.7841]];

test('knows sRGB by its numbers, as a function or as a table, under any name', () => {
  expect(isSrgbProfile(profile(SRGB, SRGB_CURVE, 'c2'))).toBe(true);
  expect(isSrgbProfile(profile(SRGB, table(1024, srgb), 'Adobe RGB (1998)'))).toBe(true);
  expect(isSrgbProfile(profile(SRGB.map((row) => row.map((value) => value + 0.001)), table(4096, srgb)))).toBe(true);
});

test.each<[string, Buffer]>([
  ['Display P3', profile(P3, SRGB_CURVE, 'sRGB')],
  ['Adobe RGB', profile(ADOBE_RGB, 2.19921875, 'sRGB')],
  ['gamma 2.2', profile(SRGB, 2.2, 'sRGB')],
  ['a table of gamma 2.2', profile(SRGB, table(1024, (x) => x ** 2.2))],
  ['linear light', profile(SRGB, table(2, (x) => x))],
  ['nothing', Buffer.alloc(0)],
  ['a grey profile', withPatch(profile(SRGB, SRGB_CURVE), 16, 'GRAY')],
  ['a table profile', withPatch(profile(SRGB, SRGB_CURVE), 132, 'A2B0')],
])('%s is not sRGB, whatever it calls itself', (_, icc) => {
  expect(isSrgbProfile(icc)).toBe(false);
});

test('a profile cut or changed anywhere does not throw', () => {
  const icc = profile(SRGB, SRGB_CURVE);
  fc.assert(fc.property(fc.nat(icc.length), fc.nat(icc.length - 1), fc.nat(255), (length, at, value) => {
    const changed = Buffer.from(icc);
    changed[at] = value;
    expect(typeof isSrgbProfile(changed.subarray(0, length))).toBe('boolean');
  }), { numRuns: 1000 });
});

function withPatch(icc: Buffer, at: number, text: string): Buffer {
  const patched = Buffer.from(icc);
  patched.write(text, at, 'latin1');
  return patched;
}
