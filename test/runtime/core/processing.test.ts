import { DEFAULT_TIMINGS } from '../../../src/contract/timings';
import { Mode } from '../../../src/runtime/core/observation';
import { OpenExecution, ProcessingDecision, ProcessingObservation, decideProcessing } from '../../../src/runtime/core/processing';

const NOW = Date.parse('2026-03-01T12:00:00Z');
const HOUR = 3_600_000;

const seen = (change: Partial<ProcessingObservation> = {}): ProcessingObservation => ({
  wanted: true, suspects: 0, fresh: 0, freshFor: 0, batchSize: 100, batchWait: 300_000, backOffUntil: 0, breaker: { failures: 0 },
  release: false, searching: false, sinceFresh: 0, ...change,
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
    ['suspects and fresh ones take turns', { suspects: 1, fresh: 100, sinceFresh: 1 }, { of: 'fresh' } as never],
    ['... the other way round', { suspects: 1, fresh: 100 }, { of: 'suspects' } as never],
    ['a search for a bad drop has two turns', { suspects: 1, fresh: 100, searching: true, sinceFresh: 1 }, { of: 'suspects' } as never],
    ['... of three', { suspects: 1, fresh: 100, searching: true, sinceFresh: 2 }, { of: 'fresh' } as never],
    ['... or those that nobody waits for', { suspects: 1, fresh: 99, freshFor: 1, searching: true, sinceFresh: 9 }, { of: 'suspects' } as never],
    ['backing off', { fresh: 100, backOffUntil: NOW + 1 }, undefined],
    ['paused', { fresh: 100 }, undefined, 'PAUSED'],
    ['draining', { fresh: 100 }, undefined, 'DRAINING'],
    ['retired', { batch: execution({ status: 'Failed' }) }, undefined, 'RETIRED'],
    ['the breaker is open', { suspects: 9, breaker: { failures: 6, openedAt: NOW - HOUR } }, undefined],
    ['... for six hours: try once more', { suspects: 9, breaker: { failures: 6, openedAt: NOW - 6 * HOUR } }, { kind: 'PLAN_BATCH', of: 'suspects', probe: true }],
    ['... or for one, with drops that it never saw, by turns', { suspects: 9, fresh: 1, freshFor: HOUR, searching: true, sinceFresh: 1, breaker: { failures: 6, openedAt: NOW - HOUR } }, { of: 'fresh', probe: true } as never],
    ['... with the suspects', { suspects: 9, fresh: 1, freshFor: HOUR, searching: true, breaker: { failures: 6, openedAt: NOW - HOUR } }, { of: 'suspects', probe: true } as never],
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
