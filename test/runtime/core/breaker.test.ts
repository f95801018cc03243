import * as fc from 'fast-check';
import { Breaker, CLOSED_BREAKER, afterFailure, breakerState, opened } from '../../../src/runtime/core/breaker';

const DAY = 86_400_000;

test('the third failure in a row opens it, and keeps the service\'s own words', () => {
  const second = afterFailure(afterFailure(CLOSED_BREAKER, 'one', 1), 'two', 2);
  expect(breakerState(second, 2, DAY)).toBe('closed');
  const third = afterFailure(second, 'three', 3);
  expect(third).toEqual({ failures: 3, openedAt: 3, message: 'three' });
  expect(breakerState(third, 3, DAY)).toBe('open');
});

test('what would hurt every job opens it at once', () => {
  expect(opened(CLOSED_BREAKER, 'a foreign job', 5)).toEqual({ failures: 3, openedAt: 5, message: 'a foreign job' });
});

test('open, it lets one probe through each day', () => {
  const open = opened(CLOSED_BREAKER, 'x', 0);
  expect([1, DAY - 1, DAY, 2 * DAY].map((now) => breakerState(open, now, DAY))).toEqual(['open', 'open', 'probe', 'probe']);
  const probed: Breaker = { ...open, lastProbeAt: DAY };
  expect([DAY, 2 * DAY - 1, 2 * DAY].map((now) => breakerState(probed, now, DAY))).toEqual(['open', 'open', 'probe']);
});

test('a failed probe leaves it open since it opened first', () => {
  const probed: Breaker = { ...opened(CLOSED_BREAKER, 'x', 0), lastProbeAt: DAY };
  expect(afterFailure(probed, 'y', DAY + 5)).toEqual({ failures: 4, openedAt: 0, lastProbeAt: DAY, message: 'y' });
});

test('however failures come, it is open from the third on', () => {
  fc.assert(fc.property(fc.array(fc.nat(1_000), { maxLength: 8 }), (times) => {
    const breaker = times.reduce((state, at) => afterFailure(state, 'x', at), CLOSED_BREAKER);
    expect(breaker.openedAt !== undefined).toBe(times.length >= 3);
    expect(breaker.openedAt).toBe(times[2]);
  }));
});
