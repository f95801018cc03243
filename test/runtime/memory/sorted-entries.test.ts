import * as fc from 'fast-check';
import { SortedEntries, compareKeys } from '../../../src/runtime/memory/sorted-entries';

const text = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.constantFrom('a', 'ab', 'b', '\uffee', '🙂', '\ue000'));

test('keys are ordered by their UTF-8 bytes', () => {
  fc.assert(fc.property(text, text, (a, b) => {
    expect(Math.sign(compareKeys(a, b))).toBe(Math.sign(Buffer.compare(Buffer.from(a), Buffer.from(b))));
  }));
});

test('entries are those of a sorted list, whatever is set and deleted', () => {
  const step = fc.record({ kind: fc.constantFrom('set', 'set', 'set', 'delete'), key: fc.nat(2_000), value: fc.nat() });
  fc.assert(fc.property(fc.array(step, { size: '+2' }), fc.nat(2_000), (steps, probe) => {
    const entries = new SortedEntries<{ key: number; value: number }>((a, b) => a.key - b.key);
    const model = new Map<number, number>();
    for (const { kind, key, value } of steps) {
      if (kind === 'set') {
        entries.set({ key, value });
        model.set(key, value);
      } else {
        entries.delete({ key, value });
        model.delete(key);
      }
    }
    const expected = [...model].map(([key, value]) => ({ key, value })).sort((a, b) => a.key - b.key);
    const at = { key: probe, value: 0 };
    expect([...entries.ascending()]).toEqual(expected);
    expect([...entries.descending()]).toEqual([...expected].reverse());
    expect([...entries.ascending(at)]).toEqual(expected.filter(({ key }) => key >= probe));
    expect([...entries.descending(at)]).toEqual(expected.filter(({ key }) => key < probe).reverse());
    expect(entries.find(at)).toEqual(expected.find(({ key }) => key === probe));
    expect(entries.isEmpty).toBe(expected.length === 0);
    // shrinking so long a list takes minutes
  }), { endOnFailure: true });
});
