import * as fc from 'fast-check';
import { DEFAULT_TIMINGS } from '../../../src/contract/timings';
import { Mode } from '../../../src/runtime/core/observation';
import {
  Failure, OpenExecution, ProcessingDecision, ProcessingObservation, ProcessingStep, afterFailure, decideProcessing, isFailureOfCode,
} from '../../../src/runtime/core/processing';
import { NEVER_FAILED, Waiting, limitOf, waitingOrder } from '../../../src/runtime/core/waiting';

const NOW = Date.parse('2026-03-01T12:00:00Z');
const HOUR = 3_600_000;

const seen = (change: Partial<ProcessingObservation> = {}): ProcessingObservation => ({
  wanted: true, suspects: 0, fresh: 0, freshFor: 0, batchSize: 100, batchWait: 300_000, backOffUntil: 0, breaker: { failures: 0 },
  release: false, ...change,
});
const execution = (change: Partial<OpenExecution> = {}): OpenExecution => ({
  number: 7, started: true, asked: true, status: 'Executing', age: 60_000, ageMax: 2 * HOUR, ended: false, ...change,
});
const decided = (change: Partial<ProcessingObservation>, mode: Mode = 'ACTIVE'): ProcessingDecision | undefined =>
  decideProcessing(seen(change), mode, NOW, DEFAULT_TIMINGS);

describe('what is done about batches', () => {
  test.each<[string, Partial<ProcessingObservation>, Partial<ProcessingDecision> | undefined, Mode?]>([
    ['nobody waits', {}, undefined],
    ['some wait, not long enough', { fresh: 3, freshFor: 299_999 }, undefined],
    ['they waited long enough', { fresh: 3, freshFor: 300_000 }, { kind: 'PLAN_BATCH', of: 'fresh', probe: false }],
    ['a full batch waits for nobody', { fresh: 100 }, { kind: 'PLAN_BATCH', of: 'fresh' }],
    ['suspects wait for nobody', { suspects: 1 }, { kind: 'PLAN_BATCH', of: 'suspects' }],
    ['suspects and fresh ones take turns', { suspects: 1, fresh: 100, lastOf: 'suspects' }, { of: 'fresh' } as never],
    ['... the other way round', { suspects: 1, fresh: 100, lastOf: 'fresh' }, { of: 'suspects' } as never],
    ['backing off', { fresh: 100, backOffUntil: NOW + 1 }, undefined],
    ['paused', { fresh: 100 }, undefined, 'PAUSED'],
    ['draining', { fresh: 100 }, undefined, 'DRAINING'],
    ['retired', { batch: execution({ status: 'Failed' }) }, undefined, 'RETIRED'],
    ['the breaker is open', { suspects: 9, breaker: { failures: 6, openedAt: NOW - HOUR } }, undefined],
    ['... for six hours: try once more', { suspects: 9, breaker: { failures: 6, openedAt: NOW - 6 * HOUR } }, { kind: 'PLAN_BATCH', of: 'suspects', probe: true }],
    ['... or for one, with drops that it never saw', { suspects: 9, fresh: 1, freshFor: HOUR, breaker: { failures: 6, openedAt: NOW - HOUR } }, { of: 'fresh', probe: true } as never],
    ['planned: start it', { batch: execution({ started: false, asked: false }) }, { kind: 'START_EXECUTION', slot: 'batch', execution: 7 }],
    ['... but not while paused', { batch: execution({ started: false, asked: false }) }, undefined, 'PAUSED'],
    ['... unless it may have been started', { batch: execution({ started: false }) }, { kind: 'START_EXECUTION' }, 'PAUSED'],
    ['... nor while backing off', { batch: execution({ started: false }), backOffUntil: NOW + 1 }, undefined],
    ['under way: nothing, whoever waits', { batch: execution(), fresh: 100, suspects: 4 }, undefined],
    ['over', { batch: execution({ status: 'Failed' }) }, { kind: 'END_EXECUTION' }, 'PAUSED'],
    ['unknown to the service, yet', { batch: execution({ status: undefined }) }, undefined],
    ['unknown to the service for good', { batch: execution({ status: undefined, age: 6 * 60_000 }) }, { kind: 'END_EXECUTION' }],
    ['its end is written down', { batch: execution({ ended: true }) }, { kind: 'SETTLE_EXECUTION', slot: 'batch' }, 'PAUSED'],
    ['far too old', { batch: execution({ age: 2 * HOUR }) }, { kind: 'STOP_EXECUTION' }],
    ['... and asked to stop just now', { batch: execution({ age: 2 * HOUR, stopOrderedFor: 1 }) }, undefined],
    ['... and does not', { batch: execution({ age: 3 * HOUR, stopOrderedFor: 10 * 60_000 }) }, { kind: 'STOP_EXECUTION' }],
    ['one that starts a job goes before a batch', { batch: execution({ ended: true }), start: execution({ number: 8, started: false }) }, { slot: 'start', execution: 8 } as never],
    ['another kind of feature engineering: nobody waits here', { wanted: false, release: true, fresh: 100 }, { kind: 'RELEASE_DROPS' }],
    ['... after the batch that runs', { wanted: false, release: true, batch: execution() }, undefined],
    ['... and then nothing', { wanted: false, fresh: 100 }, undefined],
  ])('%s', (_name, change, expected, mode = 'ACTIVE') => {
    if (expected === undefined) {
      expect(decided(change, mode)).toBeUndefined();
    } else {
      expect(decided(change, mode)).toMatchObject(expected);
    }
  });
});

describe('what becomes of a drop that its batch did not finish', () => {
  const failure = (change: Partial<Failure> = {}): Failure =>
    ({ batch: 5, undone: 16, size: 16, lastFruitful: 0, ranToEnd: false, byCode: true, nothingWorks: false, ...change });
  const again = (before: Waiting, change: Partial<Failure>, reported = false): Waiting => {
    const verdict = afterFailure(before, failure(change), reported);
    if (verdict.kind !== 'again') {
      throw new Error(verdict.reason);
    }
    return verdict.waiting;
  };

  test('all of them once more, then halves, down to one', () => {
    let waiting: Waiting = NEVER_FAILED;
    const limits: (number | undefined)[] = [];
    for (let batch = 1, size = 16; size >= 1 && batch < 8; batch += 1) {
      waiting = again(waiting, { batch, size, undone: size });
      limits.push(waiting.limit);
      size = waiting.limit!;
    }
    expect(limits).toEqual([16, 8, 4, 2, 1, 1, 1]);
  });

  test('is charged once for a batch, however often it is settled', () => {
    const once = again(NEVER_FAILED, {});
    expect(again(once, {})).toEqual(once);
  });

  test('a crash counts against a drop only where it was alone', () => {
    const suspect: Waiting = { ...NEVER_FAILED, failures: 5, crashes: 1, limit: 4, firstFailed: 1, lastFailed: 4 };
    expect(again(suspect, { size: 4, undone: 4, lastFruitful: 4 }).crashes).toBe(1);
    expect(afterFailure(suspect, failure({ size: 1, undone: 1, lastFruitful: 4 }), false)).toEqual({ kind: 'quarantine', reason: 'processor-crash' });
  });

  test('nothing is blamed on anybody before something else came through', () => {
    const lone: Waiting = { ...NEVER_FAILED, failures: 9, crashes: 9, limit: 1, firstFailed: 3, lastFailed: 4 };
    expect(again(lone, { size: 1, undone: 1, lastFruitful: 2 }).crashes).toBe(10);
    expect(afterFailure(lone, failure({ size: 1, undone: 1, lastFruitful: 3 }), false).kind).toBe('quarantine');
  });

  test('errors that failed batches hide are not taken for crashes', () => {
    const reported: Waiting = { ...NEVER_FAILED, failures: 2, errors: 2, limit: 16, firstFailed: 1, lastFailed: 2 };
    expect(again(reported, { lastFruitful: 4 })).toMatchObject({ errors: 2, crashes: 0 });
    expect(again(reported, { lastFruitful: 4, size: 1, undone: 1 })).toMatchObject({ errors: 2, crashes: 1 });
    expect(afterFailure(reported, failure({ lastFruitful: 4 }), true)).toEqual({ kind: 'quarantine', reason: 'engineering-failed' });
  });

  test('... nor a crash for an error', () => {
    const crashed: Waiting = { ...NEVER_FAILED, failures: 4, crashes: 1, errors: 1, limit: 1, firstFailed: 1, lastFailed: 4 };
    expect(again(crashed, { size: 1, undone: 1, lastFruitful: 4 }, true)).toMatchObject({ crashes: 1, errors: 2 });
  });

  test('what SageMaker lays to itself counts against a drop alone only when it goes on and on while others come through', () => {
    let waiting: Waiting = { ...NEVER_FAILED, failures: 3, limit: 1, firstFailed: 1, lastFailed: 3 };
    for (let batch = 4; batch < 9; batch += 1) {
      waiting = again(waiting, { batch, size: 1, undone: 1, lastFruitful: batch - 1, byCode: false });
    }
    expect(waiting).toMatchObject({ crashes: 0, unclear: 5 });
    const last = failure({ batch: 9, size: 1, undone: 1, lastFruitful: 8, byCode: false });
    expect(afterFailure(waiting, last, false)).toEqual({ kind: 'quarantine', reason: 'processor-crash' });
  });

  test.each([[true], [false]])('while nothing works nobody is charged (reported: %p)', (reported) => {
    const suspect: Waiting = { failures: 5, crashes: 1, errors: 2, unclear: 5, limit: 1, firstFailed: 1, lastFailed: 4 };
    const change = { size: 1, undone: 1, lastFruitful: 4, nothingWorks: true };
    expect(again(suspect, change, reported)).toMatchObject({ failures: 6, crashes: 1, errors: 2, unclear: 5 });
    expect(again(suspect, { ...change, byCode: false }, reported)).toMatchObject({ failures: 6, crashes: 1, errors: 2, unclear: 5 });
  });
});

test.each<[string, ProcessingStep | undefined, boolean]>([
  ['the container ended with an error', { status: 'Failed', failureReason: 'ClientError: AlgorithmError: , exit code: 137' }, true],
  ['... whatever it says', { status: 'Failed', failureReason: 'AlgorithmError: , exit code: 1; botocore: ThrottlingException, AccessDenied' }, true],
  ['its time was over', { status: 'Failed', failureReason: 'Processing step timed out after 3600 s' }, true],
  ['no reason', { status: 'Failed' }, true],
  ['SageMaker itself', { status: 'Failed', failureReason: 'InternalServerError: We encountered an internal error. Please try again.' }, false],
  ['no instances', { status: 'Failed', failureReason: 'CapacityError: Unable to provision requested ML compute capacity' }, false],
  ['a quota', { status: 'Failed', failureReason: 'ClientError: Failed to invoke sagemaker:CreateProcessingJob. Error Details: ResourceLimitExceeded' }, false],
  ['a right', { status: 'Failed', failureReason: 'ClientError: User is not authorized to perform: ecr:BatchGetImage' }, false],
  ['it was stopped', { status: 'Stopped' }, false],
  ['it succeeded, and a later step failed', { status: 'Succeeded' }, false],
  ['it never began', undefined, false],
])('whether the code made an execution fail: %s', (_name, step, expected) => {
  expect(isFailureOfCode(step)).toBe(expected);
});

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
