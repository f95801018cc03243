import * as fc from 'fast-check';
import { DEFAULT_TIMINGS } from '../../../src/contract/timings';
import {
  BROKEN_AT, DropFailures, EngineHealth, FAILURES_ALONE, FAILURES_WITH_WITNESS, NEVER_TRIED, admission, isBroken, isToBlame, retryAfter,
} from '../../../src/runtime/core/engine-health';

const MINUTE = 60_000;

/** Drops that a function works on, minute by minute, until nothing changes any more. */
function live(drops: readonly ('good' | 'bad')[], isBrokenAt: (minute: number) => boolean): string[] {
  let health: EngineHealth = NEVER_TRIED;
  const failures = new Map<number, DropFailures>();
  const due = new Map(drops.map((_, index) => [index, 0]));
  const ends = drops.map(() => 'waiting');
  for (let minute = 1; minute < 3_000 && due.size > 0; minute += 1) {
    const now = minute * MINUTE;
    for (const [index, at] of [...due]) {
      const may = admission(health, now, DEFAULT_TIMINGS);
      if (at > now || may === 'wait') {
        continue;
      }
      health = may === 'probe' ? { ...health, probedAt: now } : health;
      if (drops[index] === 'good' && !isBrokenAt(minute)) {
        health = { ...health, failing: 0, lastGoodAt: now };
        ends[index] = 'done';
        due.delete(index);
        continue;
      }
      const failed = { count: (failures.get(index)?.count ?? 0) + 1, since: failures.get(index)?.since ?? now };
      failures.set(index, failed);
      health = { ...health, failing: health.failing + (failed.count === 1 ? 1 : 0) };
      if (isToBlame(failed, health)) {
        ends[index] = 'quarantined';
        due.delete(index);
      } else {
        // What failed comes again behind what waits.
        due.delete(index);
        due.set(index, now + retryAfter(failed.count, DEFAULT_TIMINGS));
      }
    }
  }
  return ends;
}

const DROPS = fc.array(fc.constantFrom('good' as const, 'bad' as const), { minLength: 1, maxLength: 60 });

test('code that works for others: each bad drop is blamed, and no good one', () => {
  fc.assert(fc.property(DROPS, (drops) => {
    const ends = live([...drops, 'good'], () => false);
    ends.slice(0, -1).forEach((end, index) => expect(end).toBe(drops[index] === 'good' ? 'done' : 'quarantined'));
  }));
});

test('code that fails for everybody, for hours: fewer than ten drops are blamed; mended, all the others go through', () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 600 }), (count, minutes) => {
    const ends = live(Array.from({ length: count }, () => 'good'), (minute) => minute < minutes);
    const blamed = ends.filter((end) => end === 'quarantined').length;
    expect(blamed).toBeLessThan(BROKEN_AT);
    expect(ends.filter((end) => end === 'done')).toHaveLength(count - blamed);
    if (count >= BROKEN_AT) {
      expect(blamed).toBe(0);
    }
  }));
});

test('one bad drop alone is blamed in the end', () => {
  expect(live(['bad'], () => false)).toEqual(['quarantined']);
});

test('what is broken is tried once in a while', () => {
  const broken = { ...NEVER_TRIED, failing: BROKEN_AT, probedAt: 10 * MINUTE };
  expect(isBroken(broken)).toBe(true);
  expect(isBroken({ ...broken, failing: BROKEN_AT - 1 })).toBe(false);
  expect([11, 15].map((minute) => admission(broken, minute * MINUTE, DEFAULT_TIMINGS))).toEqual(['wait', 'probe']);
  expect(admission({ ...broken, failing: 0 }, 0, DEFAULT_TIMINGS)).toBe('go');
});

test('a drop waits longer after each failure', () => {
  expect([1, 2, 3, 4, 5, 6, 20].map((count) => retryAfter(count, DEFAULT_TIMINGS) / MINUTE)).toEqual([1, 2, 4, 8, 15, 15, 15]);
});

test('witnesses count only if they came later than the first failure', () => {
  const good = { ...NEVER_TRIED, lastGoodAt: 100 };
  expect(isToBlame({ count: FAILURES_WITH_WITNESS, since: 99 }, good)).toBe(true);
  expect(isToBlame({ count: FAILURES_WITH_WITNESS - 1, since: 99 }, good)).toBe(false);
  expect(isToBlame({ count: FAILURES_ALONE - 1, since: 100 }, good)).toBe(false);
  expect(isToBlame({ count: FAILURES_ALONE, since: 100 }, good)).toBe(true);
});
