import * as fc from 'fast-check';
import { JobOutcome, isOfferCounted, judgeOutcome } from '../../../src/runtime/core/judgement';

const DAY = 24 * 60 * 60_000;

const outcome = (change: Partial<JobOutcome>): JobOutcome =>
  ({ offered: 40, returned: 5, named: 0, counted: 0, workedAfter: false, suspect: false, ...change });

test('at least ten failed images and a fifth of them are a mass, whatever else is known', () => {
  fc.assert(fc.property(fc.nat(100), fc.nat(100), fc.boolean(), fc.boolean(), (named, more, workedAfter, suspect) => {
    const offered = named + more;
    const { blame } = judgeOutcome(outcome({ offered, returned: offered, named, counted: named, workedAfter, suspect }));
    expect(blame === 'mass').toBe(named >= 10 && named * 5 >= offered);
  }));
});

test.each<[string, Partial<JobOutcome>, string]>([
  ['nothing failed', {}, 'images'],
  ['one alone', { named: 1, counted: 1 }, 'images'],
  ['two, and nothing was labeled after', { named: 2, counted: 2 }, 'common'],
  ['two, and others were labeled after', { named: 2, counted: 2, workedAfter: true }, 'images'],
  ['two that are under suspicion', { named: 2, counted: 2, suspect: true }, 'images'],
  ['two that the service counts and no line names', { counted: 2 }, 'common'],
  ['two strangers\' objects, one image comes back', { counted: 2, returned: 1 }, 'images'],
  ['twelve that no line names', { counted: 12, returned: 12 }, 'mass'],
])('%s: blame for %p is %s', (_name, change, blame) => {
  expect(judgeOutcome(outcome(change)).blame).toBe(blame);
});

test('failures that no line names make a suspect of each image that comes back', () => {
  expect(judgeOutcome(outcome({ named: 1, counted: 1 })).unnamed).toBe(false);
  expect(judgeOutcome(outcome({ named: 1, counted: 2 })).unnamed).toBe(true);
});

test('an offer counts against an image that failed, that may have failed, or that was with the job for a week', () => {
  const judged = { blame: 'images', failed: 1, unnamed: false } as const;
  expect(isOfferCounted(judged, true, 0)).toBe(true);
  expect(isOfferCounted({ ...judged, unnamed: true }, false, 0)).toBe(true);
  expect(isOfferCounted(judged, false, 7 * DAY - 1)).toBe(false);
  expect(isOfferCounted(judged, false, 7 * DAY)).toBe(true);
  for (const blame of ['mass', 'common'] as const) {
    expect(isOfferCounted({ blame, failed: 3, unnamed: true }, true, 30 * DAY)).toBe(false);
  }
});
