import * as fc from 'fast-check';
import { JobStatus } from '../../../src/contract/job-status';
import { DEFAULT_TIMINGS } from '../../../src/contract/timings';
import { Breaker, CLOSED_BREAKER, breakerState } from '../../../src/runtime/core/breaker';
import { Decision, decide } from '../../../src/runtime/core/decide';
import { LiveJob, Mode, Observation } from '../../../src/runtime/core/observation';

const T = DEFAULT_TIMINGS;
const NOW = 1_800_000_000_000;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const QUIET: Observation = {
  now: NOW, mode: 'ACTIVE', ended: [], pendingFresh: 0, pendingAgain: 0, budget: Infinity, window: 10, dataSetQuota: 1_000, breaker: CLOSED_BREAKER,
  budgetIsFinal: false, backOffUntil: 0, lastRollAt: 0, dataSetDue: false, sweepDue: false, backfillDue: false, carryFailed: false,
};
const LIVE: LiveJob = {
  number: 3, phase: 'CREATED', status: 'InProgress', age: DAY, statusAge: DAY, offered: 4, outstanding: 4, failed: 0, unlabeled: 0,
  failedFor: 0, unaccountedFor: 0, sending: 0,
  arrived: true, missingFor: 0, behindFor: 0, vainRolls: 0,
  topicIsOurs: true, carried: 0, rollForInstructions: false, stopOrdered: false, harvestDue: false,
};
const BATCH_DUE: Observation['processing'] = {
  wanted: true, suspects: 1, fresh: 0, freshFor: 0, batchSize: 10, batchWait: 0, backOffUntil: 0, breaker: CLOSED_BREAKER, release: false,
  searching: false, sinceFresh: 0,
};
const seen = (change: Partial<Observation>, live?: Partial<LiveJob>): Observation =>
  ({ ...QUIET, ...(live ? { live: { ...LIVE, ...live } } : {}), ...change });
const decided = (change: Partial<Observation>, live?: Partial<LiveJob>): Decision => decide(seen(change, live), T);

describe('one example for each row', () => {
  const PENDING = { pendingFresh: 7 };
  test.each<[string, Observation, Partial<Decision>]>([
    ['retired, a job runs: stop it', seen({ mode: 'RETIRED', ...PENDING }, {}), { kind: 'STOP', reason: 'retired' }],
    ['retired, the job has not begun: nothing', seen({ mode: 'RETIRED' }, { status: 'Initializing' }), { kind: 'REST', why: 'retired' }],
    ['retired, nothing runs: nothing, whatever is due', seen({ mode: 'RETIRED', ...PENDING, sweepDue: true, dataSetDue: true }), { kind: 'REST', why: 'retired' }],
    ['planned: create under the same name', seen(PENDING, { phase: 'PLANNED', status: undefined }), { kind: 'CREATE', job: 3 }],
    ['... however young the plan is', seen(PENDING, { phase: 'PLANNED', status: undefined, statusAge: 0 }), { kind: 'CREATE', job: 3 }],
    ['planned, backing off: wait', seen({ ...PENDING, backOffUntil: NOW + 1 }, { phase: 'PLANNED', status: undefined }), { kind: 'REST', why: 'backing-off' }],
    ['created, the service does not know it yet: wait', seen(PENDING, { status: undefined, statusAge: HOUR }), { kind: 'REST', why: 'vanished' }],
    ['created, the service does not know it for long: create again', seen(PENDING, { status: undefined, statusAge: HOUR + 1 }), { kind: 'CREATE', job: 3 }],
    ['ended: close it', seen(PENDING, { status: 'Failed' }), { kind: 'CLOSE', job: 3 }],
    ['an ended job is to be looked at', seen({ ended: [{ number: 1, harvestDue: false }, { number: 2, harvestDue: true }] }, {}), { kind: 'HARVEST', job: 2 }],
    ['new images do not wait for a job that does not settle', seen({ ...PENDING, ended: [{ number: 2, harvestDue: false }] }), { kind: 'START' }],
    ['the live job has labels that the ledger does not have', seen({}, { harvestDue: true }), { kind: 'HARVEST', job: 3 }],
    ['labels are to go into the data set', seen({ dataSetDue: true, ...PENDING }), { kind: 'PUBLISH_DATA_SET' }],
    ['the inbox is to be swept', seen({ sweepDue: true, ...PENDING }), { kind: 'SWEEP' }],
    ['a back-fill is under way', seen({ backfillDue: true, ...PENDING }), { kind: 'BACKFILL' }],
    ['... after a sweep that is due', seen({ backfillDue: true, sweepDue: true }), { kind: 'SWEEP' }],
    ['initializing: publish nothing', seen(PENDING, { status: 'Initializing', statusAge: 0 }), { kind: 'REST', why: 'initializing', alert: undefined }],
    ['initializing for over an hour: say so', seen(PENDING, { status: 'Initializing', statusAge: HOUR + 1 }), { why: 'initializing', alert: expect.any(String) as never }],
    ['stopping: publish nothing', seen(PENDING, { status: 'Stopping', statusAge: 0 }), { kind: 'REST', why: 'stopping', alert: undefined }],
    ['a stop was ordered and the job still runs: ask again', seen(PENDING, { stopOrdered: true }), { kind: 'STOP', job: 3 }],
    ['what is published does not arrive: roll', seen(PENDING, { missingFor: 30 * 60_000 }), { kind: 'ROLL', reason: 'not-arriving' }],
    ['... just rolled: give it nothing and say so', seen({ ...PENDING, lastRollAt: NOW - 1 }, { missingFor: 30 * 60_000 }), { why: 'distrusted', alert: expect.any(String) as never }],
    ['... rolling: say so', seen(PENDING, { missingFor: 30 * 60_000, roll: { for: 1, deadline: DAY } }), { why: 'draining', alert: expect.any(String) as never }],
    ['... after two rolls in vain: say so, and give it four times as long', seen(PENDING, { missingFor: 2 * HOUR - 1, vainRolls: 2 }), { why: 'distrusted', alert: expect.any(String) as never }],
    ['... then roll', seen(PENDING, { missingFor: 2 * HOUR, vainRolls: 2 }), { kind: 'ROLL', reason: 'not-arriving' }],
    ['... also where its first image is meant', seen(PENDING, { arrived: false, missingFor: 2 * HOUR - 1, vainRolls: 2 }), { why: 'distrusted', alert: expect.any(String) as never }],
    ['... but never longer than a day', seen(PENDING, { missingFor: DAY, vainRolls: 9 }), { kind: 'ROLL', reason: 'not-arriving' }],
    ['its topic is not ours: roll', seen(PENDING, { topicIsOurs: false }), { kind: 'ROLL', reason: 'foreign-topic' }],
    ['28 days old: roll', seen({}, { age: 28 * DAY }), { kind: 'ROLL', reason: 'age' }],
    ['near the data-set quota: roll', seen({}, { carried: 500, offered: 400 }), { kind: 'ROLL', reason: 'quota' }],
    ['only failed images left: roll', seen({}, { failed: 4 }), { kind: 'ROLL', reason: 'failed-images' }],
    ['... but not while others wait to be sent', seen(PENDING, { failed: 4 }), { kind: 'FEED' }],
    ['... be they new, or sent before', seen({ pendingFresh: 1, pendingAgain: 1 }, { failed: 4 }), { kind: 'FEED' }],
    ['... nor while workers have others', seen({}, { failed: 1 }), { kind: 'REST', why: 'nothing-to-do' }],
    ['... nor while the service has one to label: what failed is of others', seen({}, { failed: 4, unlabeled: 1 }), { kind: 'REST', why: 'nothing-to-do' }],
    ['the oldest failure is a day old: roll', seen(PENDING, { failed: 1, failedFor: DAY }), { kind: 'ROLL', reason: 'failed-images' }],
    ['images without a label that the service knows nothing of, for a day: roll', seen({}, { outstanding: 0, unaccountedFor: DAY }), { kind: 'ROLL', reason: 'unaccounted', alert: undefined }],
    ['... not before', seen({}, { outstanding: 0, unaccountedFor: DAY - 1 }), { kind: 'REST', why: 'nothing-to-do' }],
    ['... and say so where it was the same with the job before', seen({}, { unaccountedFor: DAY, vainRolls: 1 }), { kind: 'ROLL', alert: expect.any(String) as never }],
    ['instructions changed with ROLL_NOW: roll', seen({}, { rollForInstructions: true }), { kind: 'ROLL', reason: 'instructions' }],
    ['at most one roll an hour', seen({ lastRollAt: NOW - HOUR + 1 }, { age: 28 * DAY }), { kind: 'REST' }],
    ['rolling: wait for what is outstanding', seen(PENDING, { roll: { for: 1, deadline: DAY } }), { kind: 'REST', why: 'draining', alert: undefined }],
    ['rolling: what was claimed is published', seen(PENDING, { sending: 1, roll: { for: 1, deadline: DAY } }), { kind: 'FEED', count: 0, fresh: 0 }],
    ['rolling: nothing is outstanding', seen(PENDING, { outstanding: 0, roll: { for: 1, deadline: DAY } }), { kind: 'STOP', reason: 'roll' }],
    ['rolling: only failed images are outstanding', seen(PENDING, { failed: 4, roll: { for: 1, deadline: DAY } }), { kind: 'STOP', reason: 'roll' }],
    ['... but the service has one to label: wait', seen(PENDING, { failed: 4, unlabeled: 1, roll: { for: 1, deadline: DAY } }), { why: 'draining' }],
    ['draining: what is left failed a day ago, and the service has only what is of others: stop',
      seen({ mode: 'DRAINING' }, { failed: 4, unlabeled: 1, failedFor: DAY }), { kind: 'STOP', reason: 'drained' }],
    ['rolling: the deadline is over', seen(PENDING, { roll: { for: DAY, deadline: DAY } }), { kind: 'STOP', reason: 'roll' }],
    ['paused: nothing', seen({ mode: 'PAUSED', ...PENDING }, { age: 29 * DAY }), { kind: 'REST', why: 'paused' }],
    ['paused without a job: no start', seen({ mode: 'PAUSED', ...PENDING }), { kind: 'REST', why: 'paused' }],
    ['draining: wait', seen({ mode: 'DRAINING', ...PENDING }, {}), { kind: 'REST', why: 'draining' }],
    ['draining: what was claimed is published', seen({ mode: 'DRAINING', ...PENDING }, { sending: 2 }), { kind: 'FEED', count: 0, fresh: 0 }],
    ['drained: stop', seen({ mode: 'DRAINING', ...PENDING }, { outstanding: 1, failed: 1 }), { kind: 'STOP', reason: 'drained' }],
    ['... and the service has one to label: wait', seen({ mode: 'DRAINING' }, { outstanding: 1, failed: 1, unlabeled: 1 }), { why: 'draining' }],
    ['drained, and no job: nothing', seen({ mode: 'DRAINING', ...PENDING }), { kind: 'REST', why: 'draining' }],
    ['room: feed', seen(PENDING, {}), { kind: 'FEED', count: 6, fresh: 6 }],
    ['failed images take no room', seen(PENDING, { failed: 1 }), { kind: 'FEED', count: 7, fresh: 7 }],
    ['no room', seen(PENDING, { outstanding: 10, offered: 10 }), { kind: 'REST', why: 'window-full' }],
    ['no room, but something was claimed and not published', seen(PENDING, { outstanding: 10, offered: 10, sending: 1 }), { kind: 'FEED', count: 0 }],
    ['the first image goes alone', seen(PENDING, { arrived: false, offered: 0, outstanding: 0 }), { kind: 'FEED', count: 1 }],
    ['... and the rest waits for it', seen(PENDING, { arrived: false, offered: 1, outstanding: 1 }), { kind: 'REST', why: 'waiting-for-arrival' }],
    ['nothing may be spent on fresh images', seen({ ...PENDING, budget: 0 }, {}), { kind: 'REST', why: 'budget-spent' }],
    ['... but those that were paid for go again', seen({ ...PENDING, pendingAgain: 2, budget: 0 }, {}), { kind: 'FEED', count: 2, fresh: 0 }],
    ['no job, something waits: start', seen(PENDING), { kind: 'START', carry: true, probe: false }],
    ['the last job died of its manifest: start without', seen({ ...PENDING, carryFailed: true }), { kind: 'START', carry: false }],
    ['the breaker is open', seen({ ...PENDING, breaker: { failures: 3, openedAt: NOW - 1, message: 'bad role' } }), { why: 'breaker-open', alert: 'bad role' }],
    ['the breaker is open for a day: one probe', seen({ ...PENDING, breaker: { failures: 3, openedAt: NOW - DAY } }), { kind: 'START', probe: true }],
    ['a batch is due: before anything is done about images', seen({ ...PENDING, processing: BATCH_DUE }, {}), { kind: 'PLAN_BATCH' }],
    ['jobs start through a pipeline: order it', seen({ ...PENDING, orchestration: { ordered: false, underWay: false, backOffUntil: 0 } }), { kind: 'ORDER_START' }],
    ['... it is under way', seen({ ...PENDING, orchestration: { ordered: false, underWay: true, backOffUntil: 0 } }), { why: 'orchestrating' }],
    ['... it failed a moment ago', seen({ ...PENDING, orchestration: { ordered: false, underWay: false, backOffUntil: NOW + 1 } }), { why: 'backing-off' }],
    ['... it said so: start', seen({ ...PENDING, orchestration: { ordered: true, underWay: true, backOffUntil: 0 } }), { kind: 'START' }],
    ['backing off', seen({ ...PENDING, backOffUntil: NOW + 1 }), { kind: 'REST', why: 'backing-off' }],
    ['nothing waits', seen({}), { kind: 'REST', why: 'nothing-to-do' }],
    ['nothing waits, a job runs', seen({}, {}), { kind: 'REST', why: 'nothing-to-do' }],
    ['fresh images wait and may not be paid for', seen({ ...PENDING, budget: -3 }), { kind: 'REST', why: 'budget-spent', alert: undefined }],
    ['... for good: say so', seen({ ...PENDING, budget: 0, budgetIsFinal: true }), { why: 'budget-spent', alert: expect.stringContaining('7 images wait') as never }],
    ['all is spent for good, and nothing waits', seen({ budget: 0, budgetIsFinal: true }), { kind: 'REST', why: 'nothing-to-do', alert: undefined }],
    ['nothing may be spent, and what was paid for waits for room', seen({ pendingFresh: 2, pendingAgain: 2, budget: 0 }, { outstanding: 10 }), { why: 'window-full' }],
    ['new images and some that were sent before wait: start', seen({ pendingFresh: 2, pendingAgain: 2 }), { kind: 'START' }],
    ['no more than the data-set quota', seen({ ...PENDING, lastRollAt: NOW - 1 }, { carried: 500, offered: 497, outstanding: 0 }), { kind: 'FEED', count: 3 }],
  ])('%s', (_name, given, expected) => {
    expect({ alert: undefined, ...decide(given, T) }).toMatchObject(expected);
  });
});

// ---- for every combination

/** A healthy project of which some things are not as they should be, so that no row hides those below it. */
const mostly = <V>(healthy: V, ...others: readonly V[]): fc.Arbitrary<V> =>
  fc.oneof({ weight: 5, arbitrary: fc.constant(healthy) }, { weight: others.length, arbitrary: fc.constantFrom(...others) });
const times = [1, 30 * 60_000 - 1, 30 * 60_000, HOUR, HOUR + 1, DAY - 1, DAY, 28 * DAY];
const few = fc.constantFrom(0, 1, 2, 5);
const live: fc.Arbitrary<LiveJob> = fc.record({
  number: fc.constant(3),
  phase: mostly<LiveJob['phase']>('CREATED', 'PLANNED'),
  status: mostly<JobStatus | undefined>('InProgress', 'Initializing', 'Stopping', 'Completed', 'Failed', 'Stopped', undefined),
  age: mostly(0, ...times), statusAge: mostly(0, ...times), offered: fc.constantFrom(0, 1, 5, 9), outstanding: few,
  failed: mostly(0, 1, 2, 5), unlabeled: mostly(0, 1),
  failedFor: mostly(0, ...times), unaccountedFor: mostly(0, ...times), sending: mostly(0, 1, 5),
  arrived: mostly(true, false), missingFor: mostly(0, ...times), behindFor: mostly(0, ...times), vainRolls: mostly(0, 1, 9),
  topicIsOurs: mostly(true, false), carried: mostly(0, 5, 900),
  rollForInstructions: mostly(false, true),
  roll: mostly<LiveJob['roll']>(undefined, { for: 1, deadline: DAY }, { for: DAY, deadline: DAY }),
  stopOrdered: mostly(false, true),
  harvestDue: mostly(false, true),
}).map((job) => job.phase === 'PLANNED' ? { ...job, status: undefined } : job);
const observation: fc.Arbitrary<Observation> = fc.record({
  now: fc.constant(NOW),
  mode: mostly<Mode>('ACTIVE', 'PAUSED', 'DRAINING', 'RETIRED'),
  live: fc.option(live, { nil: undefined }),
  ended: fc.array(fc.record({ number: fc.constantFrom(1, 2), harvestDue: mostly(false, true) }), { maxLength: 2 }),
  pendingFresh: few, pendingAgain: few,
  budget: mostly(Infinity, 0, 1, 3, -2),
  window: fc.constantFrom(1, 4, 100), dataSetQuota: mostly(100_000, 1_000),
  breaker: mostly<Breaker>(
    CLOSED_BREAKER, { failures: 3, openedAt: NOW - 1 }, { failures: 3, openedAt: NOW - DAY },
    { failures: 4, openedAt: 0, lastProbeAt: NOW - HOUR },
  ),
  backOffUntil: mostly(0, NOW, NOW + 1),
  lastRollAt: mostly(0, NOW - HOUR, NOW - HOUR + 1),
  dataSetDue: mostly(false, true), sweepDue: mostly(false, true), backfillDue: mostly(false, true),
  carryFailed: fc.boolean(), budgetIsFinal: fc.boolean(),
  processing: mostly<Observation['processing']>(undefined, BATCH_DUE),
  orchestration: mostly<Observation['orchestration']>(
    undefined, { ordered: false, underWay: false, backOffUntil: 0 }, { ordered: false, underWay: true, backOffUntil: 0 },
    { ordered: true, underWay: true, backOffUntil: 0 }, { ordered: false, underWay: false, backOffUntil: NOW + 1 },
  ),
});

/** What must hold of any decision, whatever was seen. */
function assertSafe(given: Observation, decision: Decision): void {
  const { mode, live: job } = given;
  if (mode === 'RETIRED') {
    expect(decision.kind === 'REST' || (decision.kind === 'STOP' && job?.status === 'InProgress')).toBe(true);
  }
  switch (decision.kind) {
    case 'FEED':
      expect(job?.status).toBe('InProgress');
      expect(job!.stopOrdered).toBe(false);
      expect(decision.count > 0 || job!.sending > 0).toBe(true);
      expect(decision.fresh).toBeLessThanOrEqual(Math.min(decision.count, given.pendingFresh, Math.max(0, given.budget)));
      expect(decision.count).toBeLessThanOrEqual(given.pendingAgain + decision.fresh);
      if (decision.count > 0) {
        expect(mode).toBe('ACTIVE');
        expect(job!.roll).toBeUndefined();
        expect(job!.topicIsOurs && job!.missingFor < T.arrivalPatience).toBe(true);
        // within the window, and the first of a job alone
        if (job!.arrived) {
          expect(job!.outstanding - job!.failed + decision.count).toBeLessThanOrEqual(given.window);
        } else {
          expect([job!.offered, decision.count]).toEqual([0, 1]);
        }
      }
      break;
    case 'START':
      expect(mode).toBe('ACTIVE');
      expect(job).toBeUndefined();
      expect(given.pendingAgain + (given.budget > 0 ? given.pendingFresh : 0)).toBeGreaterThan(0);
      expect(breakerState(given.breaker, NOW, T.breakerProbe)).toBe(decision.probe ? 'probe' : 'closed');
      expect(given.backOffUntil).toBeLessThanOrEqual(NOW);
      expect(decision.carry).toBe(!given.carryFailed);
      expect(given.orchestration?.ordered ?? true).toBe(true);
      break;
    case 'ORDER_START':
      expect(mode).toBe('ACTIVE');
      expect(job).toBeUndefined();
      expect(given.orchestration).toMatchObject({ ordered: false, underWay: false });
      break;
    case 'PLAN_BATCH':
      expect(mode).toBe('ACTIVE');
      break;
    case 'CREATE':
      expect(job!.phase === 'PLANNED' || job!.status === undefined).toBe(true);
      expect(given.backOffUntil).toBeLessThanOrEqual(NOW);
      break;
    case 'CLOSE':
      expect(['Completed', 'Failed', 'Stopped']).toContain(job!.status);
      break;
    case 'ROLL':
      expect(mode).toBe('ACTIVE');
      expect(job).toMatchObject({ status: 'InProgress', roll: undefined, stopOrdered: false });
      expect(NOW - given.lastRollAt).toBeGreaterThanOrEqual(T.rollPause);
      break;
    case 'STOP':
      expect(job!.status).toBe('InProgress');
      expect(mode !== 'PAUSED' || job!.stopOrdered).toBe(true);
      break;
    case 'HARVEST':
      expect([...given.ended, job].some((candidate) => candidate?.number === decision.job && candidate.harvestDue)).toBe(true);
      break;
    case 'REST':
      // a job that does not get what is published is never kept quiet about
      if (job?.status === 'InProgress' && mode !== 'RETIRED' && (!job.topicIsOurs || job.missingFor >= T.arrivalPatience)) {
        expect(decision.alert).toBeDefined();
      }
      break;
    case 'PUBLISH_DATA_SET':
      expect(given.dataSetDue).toBe(true);
      break;
    case 'SWEEP':
      expect(given.sweepDue).toBe(true);
      break;
    case 'BACKFILL':
      expect(given.backfillDue).toBe(true);
      break;
  }
}

test('whatever is seen, there is one decision, and it is safe; and every decision can be reached', () => {
  const reached = new Set<string>();
  fc.assert(fc.property(observation, (given) => {
    const decision = decide(given, T);
    expect(decide(structuredClone(given), T)).toEqual(decision);
    assertSafe(given, decision);
    reached.add('why' in decision ? decision.why : decision.kind === 'ROLL' ? `ROLL ${decision.reason}` : decision.kind);
  }), { numRuns: 8_000, seed: 1 });
  expect([...reached].sort()).toEqual([
    'BACKFILL', 'CLOSE', 'CREATE', 'FEED', 'HARVEST', 'ORDER_START', 'PLAN_BATCH', 'PUBLISH_DATA_SET', 'ROLL age',
    'ROLL failed-images', 'ROLL foreign-topic', 'ROLL instructions',
    'ROLL not-arriving', 'ROLL quota', 'ROLL unaccounted', 'START', 'STOP', 'SWEEP',
    'backing-off', 'breaker-open', 'budget-spent', 'distrusted', 'draining', 'initializing', 'nothing-to-do', 'orchestrating', 'paused', 'retired', 'stopping',
    'vanished', 'waiting-for-arrival', 'window-full',
  ]);
});

test('a healthy project with work never rests for good: it feeds, or its window is full', () => {
  fc.assert(fc.property(fc.nat(50), fc.nat(50), fc.integer({ min: 1, max: 60 }), (pending, outstanding, window) => {
    fc.pre(pending > 0);
    const decision = decided({ pendingFresh: pending, window }, { outstanding, offered: Math.max(1, outstanding) });
    expect(decision).toMatchObject(outstanding < window ? { kind: 'FEED', count: Math.min(pending, window - outstanding) } : { why: 'window-full' });
  }));
});
