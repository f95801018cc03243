import * as fc from 'fast-check';
import { NEVER_FAILED, limitOf, waitingOrder } from '../../../src/runtime/core/waiting';

test('suspects of the largest batches come first, then fresh drops, then the longest waiting', () => {
  fc.assert(fc.property(
    fc.array(fc.record({
      limit: fc.option(fc.integer({ min: 1, max: 10_000 }), { nil: undefined }), at: fc.integer({ min: 0, max: 2e12 }),
    }), { minLength: 2, maxLength: 8 }),
    (drops) => {
      const sorted = drops.map(({ limit, at }) => ({ limit, at, order: waitingOrder({ ...NEVER_FAILED, limit }, at, 'ab') }))
        .sort((a, b) => (a.order < b.order ? -1 : a.order > b.order ? 1 : 0));
      const expected = [...drops].sort((a, b) => (b.limit ?? 0) - (a.limit ?? 0) || a.at - b.at);
      expect(sorted.map(({ limit, at }) => [limit, at])).toEqual(expected.map(({ limit, at }) => [limit, at]));
      sorted.filter(({ limit }) => limit !== undefined).forEach(({ limit, order }) => expect(limitOf(order.split('#')[1])).toBe(limit));
    },
  ));
});
