import * as fc from 'fast-check';
import { NEVER_FAILED, Waiting, batchLimit, goWith, isBehind, readOrder, waitingOrder } from '../../../src/runtime/core/waiting';

const suspect = (change: Partial<Waiting> = {}): Waiting => ({
  ...NEVER_FAILED, failures: 2, limit: 8, firstFailed: 3, lastFailed: 4, ...change,
});

test('suspects come first, as their batches failed, of one the small halves; then fresh drops, longest waiting first', () => {
  const number = fc.integer({ min: 1, max: 999_999 });
  const waiting = fc.oneof(
    fc.constant(NEVER_FAILED),
    fc.record({ limit: number, firstFailed: number, more: number, aside: fc.boolean() })
      .map(({ more, ...one }) => suspect({ ...one, lastFailed: one.firstFailed + more })),
  );
  fc.assert(fc.property(
    fc.array(fc.record({ waiting, at: fc.integer({ min: 0, max: 2e12 }) }), { minLength: 2, maxLength: 8 }),
    (drops) => {
      const places = ({ waiting: { limit, firstFailed = 0, lastFailed = 0, aside }, at }: typeof drops[number]): number[] =>
        limit === undefined ? [1, 0, 0, 0, 0, at] : [0, aside ? lastFailed : firstFailed, aside ? 1 : 0, limit, lastFailed, at];
      const byPlaces = (a: typeof drops[number], b: typeof drops[number]): number => {
        const other = places(b);
        return places(a).map((place, index) => place - other[index]).find((difference) => difference !== 0) ?? 0;
      };
      const orderOf = (drop: typeof drops[number]): string => waitingOrder(drop.waiting, drop.at, 'ab');
      expect([...drops].sort((a, b) => orderOf(a) < orderOf(b) ? -1 : 1).map(places)).toEqual([...drops].sort(byPlaces).map(places));
      for (const drop of drops) {
        const { limit, firstFailed, lastFailed, aside = false } = drop.waiting;
        expect(readOrder(orderOf(drop))).toEqual({
          receivedAt: drop.at, ...(limit === undefined ? {} : { suspect: { line: aside ? lastFailed : firstFailed, limit, aside } }),
        });
      }
    },
  ));
});

describe('who goes together', () => {
  const together = (a: Waiting, b: Waiting): boolean => {
    const [one, other] = [a, b].map((waiting) => readOrder(waitingOrder(waiting, 1, 'ab')).suspect);
    expect(goWith(other, one)).toBe(goWith(one, other));
    return goWith(one, other);
  };

  test.each<[string, Waiting, Waiting, boolean]>([
    ['fresh drops', NEVER_FAILED, NEVER_FAILED, true],
    ['a fresh one and a suspect', NEVER_FAILED, suspect(), false],
    ['halves of one batch', suspect(), suspect({ lastFailed: 5 }), true],
    ['a half and a quarter of one batch', suspect(), suspect({ limit: 4 }), false],
    ['halves of two batches', suspect(), suspect({ firstFailed: 2 }), false],
    ['those that the code reports, whatever batches they were in', suspect({ aside: true }), suspect({ aside: true, firstFailed: 2, lastFailed: 9 }), true],
    ['one that the code reports and one that may have made it fail', suspect({ aside: true, lastFailed: 3 }), suspect(), false],
  ])('%s', (_name, one, other, expected) => {
    expect(together(one, other)).toBe(expected);
  });
});

test.each<[string, Waiting, number, number]>([
  ['fresh: a whole batch', NEVER_FAILED, 0, 16],
  ['failed once: all together again', suspect({ failures: 1, limit: 16 }), 0, 16],
  ['failed twice, and others came through: a half', suspect(), 3, 8],
  ['failed twice, and nothing came through: alone', suspect(), 2, 1],
  ['reported by the code: never for that', suspect({ aside: true }), 2, 8],
  ['a batch size that was made smaller holds', suspect({ limit: 100 }), 3, 16],
])('drops of a batch; %s', (_name, leader, lastFruitful, expected) => {
  expect(batchLimit(leader, 16, lastFruitful)).toBe(expected);
});

test.each<[string, number | undefined, boolean, boolean]>([
  ['no suspects', undefined, true, false],
  ['a search that takes its time', 40, false, false],
  ['... since sixty executions', 39, false, true],
  ['... which was told of, and is not made up for', 69, true, true],
  ['... and is', 70, true, false],
])('whether bad drops come faster than they are found: %s', (_name, line, wasBehind, expected) => {
  expect(isBehind(line, 100, wasBehind)).toBe(expected);
});
