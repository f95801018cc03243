import * as fc from 'fast-check';
import { Stretch, Stretches } from '../../../src/runtime/controller/inbox-stretches';
import { ObjectVersion } from '../../../src/runtime/ports';

const version = (number: number, versionId = '1'): ObjectVersion =>
  ({ key: `cam/${String(number).padStart(6, '0')}.jpg`, versionId, isLatest: true, deleteMarker: false, lastModified: 0, size: 1 });

const listing = (count: number): ObjectVersion[] => Array.from({ length: count }, (_, number) => version(number));

const whole = (versions: readonly ObjectVersion[]): Stretch[] => {
  const stretches = new Stretches(undefined);
  return [...stretches.add(versions), ...stretches.end()];
};

const chains = (stretches: readonly Stretch[]): string[] => stretches.map(({ start, chain, length }) => `${start} ${chain} ${length}`);

test('stretches do not depend on pages or on where a step ended', () => {
  const all = listing(6_000);
  const expected = chains(whole(all));
  expect(expected.length).toBeGreaterThan(4);
  const cutting = fc.array(fc.record({ page: fc.integer({ min: 1, max: 900 }), stop: fc.boolean() }), { minLength: 1, maxLength: 30 });
  fc.assert(fc.property(cutting, (cuts) => {
    let stretches = new Stretches(undefined);
    const found: Stretch[] = [];
    for (let from = 0, cut = 0; from < all.length; cut += 1) {
      const { page, stop } = cuts[cut % cuts.length];
      found.push(...stretches.add(all.slice(from, from + page)));
      from += page;
      if (stop) {
        const [open] = stretches.end();
        stretches = new Stretches(open && { start: open.start, chain: open.chain, length: open.length, settled: open.settled });
      }
    }
    expect(chains([...found, ...stretches.end()])).toEqual(expected);
  }), { numRuns: 15 });
});

test('a change changes the stretch that it lies in, at most two where it joins or parts them, and no other', () => {
  const all = listing(6_000);
  const before = new Set(chains(whole(all)));
  fc.assert(fc.property(fc.nat(5_999), fc.constantFrom('insert', 'remove', 'overwrite'), (at, change) => {
    const changed = change === 'insert' ? [...all.slice(0, at), version(at, '0'), ...all.slice(at)]
      : change === 'remove' ? [...all.slice(0, at), ...all.slice(at + 1)]
        : [...all.slice(0, at), version(at, '2'), ...all.slice(at + 1)];
    const fresh = chains(whole(changed)).filter((chain) => !before.has(chain));
    expect(fresh.length).toBeGreaterThanOrEqual(change === 'remove' ? 0 : 1);
    expect(fresh.length).toBeLessThanOrEqual(3);
  }), { numRuns: 30 });
});

test('no stretch is longer than bounded, and each of its versions is in it once', () => {
  const same = Array.from({ length: 10_000 }, (_, number) => version(number % 3, `x${number}`));
  const stretches = whole(same);
  expect(Math.max(...stretches.map(({ length }) => length))).toBeLessThanOrEqual(4_096);
  expect(stretches.flatMap(({ versions }) => versions)).toEqual(same);
});

test('a delete marker is not the object that it hides', () => {
  const marker = { ...version(1), deleteMarker: true };
  expect(chains(whole([version(1)]))).not.toEqual(chains(whole([marker])));
});
