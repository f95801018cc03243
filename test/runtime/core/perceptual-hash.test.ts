import * as fc from 'fast-check';
import { bandsOf, bitsApart } from '../../../src/runtime/core/perceptual-hash';

const hash = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map((bits) => bits.toString(16).padStart(16, '0'));
const flipped = (one: string, bits: readonly number[]): string =>
  [...new Set(bits)].reduce((now, bit) => now ^ (1n << BigInt(bit)), BigInt(`0x${one}`)).toString(16).padStart(16, '0');
const bitsOf = (one: string): string => BigInt(`0x${one}`).toString(2).padStart(64, '0');

test('hashes are as far apart as they have different bits', () => {
  fc.assert(fc.property(hash, hash, (one, other) => {
    expect(bitsApart(one, other)).toBe([...bitsOf(one)].filter((bit, at) => bit !== bitsOf(other)[at]).length);
  }));
  expect([bitsApart('0000000000000000', 'ffffffffffffffff'), bitsApart('8000000000000001', '8000000000000001')]).toEqual([64, 0]);
});

test('bands are the whole hash, in parts that differ by a bit in length', () => {
  fc.assert(fc.property(hash, fc.nat(8), (one, maxDistance) => {
    const bands = bandsOf(one, maxDistance);
    expect(bands).toHaveLength(maxDistance + 1);
    expect(bands.join('')).toBe(bitsOf(one));
    const lengths = bands.map(({ length }) => length);
    expect(Math.max(...lengths) - Math.min(...lengths)).toBeLessThanOrEqual(1);
  }));
});

test('hashes that are near enough share a band', () => {
  fc.assert(fc.property(
    fc.nat(8).chain((maxDistance) => fc.tuple(fc.constant(maxDistance), hash, fc.array(fc.nat(63), { maxLength: maxDistance }))),
    ([maxDistance, one, bits]) => {
      const other = bandsOf(flipped(one, bits), maxDistance);
      expect(bandsOf(one, maxDistance).some((band, at) => band === other[at])).toBe(true);
    },
  ), { numRuns: 1_000 });
});
