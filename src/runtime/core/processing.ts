import { Breaker, breakerState } from './breaker';
import { Mode } from './observation';
import { Timings } from '../../contract/timings';

/** Feature engineering by a pipeline, as pure functions: when a batch is made and of what, when an execution begins, stops and ends. */

/** What a decision about batches rests on. */
export interface ProcessingObservation {
  /** Whether drops of this project go through a pipeline. */
  readonly wanted: boolean;
  readonly batch?: OpenExecution;
  /** The execution that was begun to start a labeling job. */
  readonly start?: OpenExecution;
  /** Drops that failed, and those that never did, as far as a batch has room. */
  readonly suspects: number;
  readonly fresh: number;
  /** How long the oldest of the fresh ones has waited. */
  readonly freshFor: number;
  readonly batchSize: number;
  readonly batchWait: number;
  readonly backOffUntil: number;
  readonly breaker: Breaker;
  /** The first of the suspects is searched for among those that it failed with. */
  readonly searching: boolean;
  /** Batches of suspects since the last one of fresh drops. */
  readonly sinceFresh: number;
  /** Waiting drops go back to the intake: they are no longer wanted here. */
  readonly release: boolean;
}

/** An execution that is planned or not settled. */
export interface OpenExecution {
  readonly number: number;
  /** The service was asked and did not answer, or was not asked yet. */
  readonly started: boolean;
  readonly asked: boolean;
  /** Undefined: the service does not know it (any more). */
  readonly status?: 'Executing' | 'Stopping' | 'Stopped' | 'Failed' | 'Succeeded';
  readonly age: number;
  /** When it is too old to be still working. */
  readonly ageMax: number;
  /** Since it was last asked to stop. Undefined: it was not. */
  readonly stopOrderedFor?: number;
  /** It is known to be over. */
  readonly ended: boolean;
}

/** The two kinds of executions: one that processes a batch, and one that only starts labeling. Never two of a kind at a time. */
export type Slot = 'batch' | 'start';

export type BatchOf = 'fresh' | 'suspects';

export type ProcessingDecision =
  | { readonly kind: 'PLAN_BATCH'; readonly of: BatchOf; readonly probe: boolean }
  | { readonly kind: 'START_EXECUTION' | 'END_EXECUTION' | 'STOP_EXECUTION' | 'SETTLE_EXECUTION'; readonly slot: Slot; readonly execution: number }
  | { readonly kind: 'RELEASE_DROPS' };

type ProcessingTimings = Pick<Timings, 'executionDoubt' | 'processingProbe' | 'backOffLongest'>;

/** An ordered stop is ordered again after so long: a pipeline cannot be stopped while a function of it runs. */
const STOP_AGAIN = 10 * 60_000;

/** A labeling job starts through the pipeline. */
export interface Orchestration {
  /** The pipeline said that now is the time. */
  readonly ordered: boolean;
  /** An execution that will say so is planned or under way. */
  readonly underWay: boolean;
  readonly backOffUntil: number;
}

/** What is to be done about executions, if anything. First match wins. */
export function decideProcessing(
  seen: ProcessingObservation, mode: Mode, now: number, timings: ProcessingTimings,
): ProcessingDecision | undefined {
  if (mode === 'RETIRED') {
    return undefined;
  }
  const start = decideExecution('start', seen, mode, now, timings);
  if (start) {
    return start;
  }
  if (seen.batch) {
    return decideExecution('batch', seen, mode, now, timings);
  }
  if (!seen.wanted) {
    return seen.release ? { kind: 'RELEASE_DROPS' } : undefined;
  }
  return mode === 'ACTIVE' && now >= seen.backOffUntil ? nextBatch(seen, now, timings) : undefined;
}

/** Nothing begins while the project is paused; what may have begun is followed to its end. */
function decideExecution(
  slot: Slot, seen: ProcessingObservation, mode: Mode, now: number, timings: ProcessingTimings,
): ProcessingDecision | undefined {
  const execution = seen[slot];
  if (!execution) {
    return undefined;
  }
  const { number, started, asked, status, age, ageMax, stopOrderedFor, ended } = execution;
  if (ended) {
    return { kind: 'SETTLE_EXECUTION', slot, execution: number };
  }
  if (!started) {
    return (mode === 'ACTIVE' || asked) && now >= seen.backOffUntil ? { kind: 'START_EXECUTION', slot, execution: number } : undefined;
  }
  if (status === 'Failed' || status === 'Stopped' || status === 'Succeeded' || (status === undefined && age >= timings.executionDoubt)) {
    return { kind: 'END_EXECUTION', slot, execution: number };
  }
  const stops = status === 'Executing' && age >= ageMax && (stopOrderedFor ?? STOP_AGAIN) >= STOP_AGAIN;
  return stops ? { kind: 'STOP_EXECUTION', slot, execution: number } : undefined;
}

/** Batches of suspects to one of fresh drops: a search for one bad drop goes before the next batch that may fail for another. */
const TURNS = { search: 2, other: 1 };

function nextBatch(seen: ProcessingObservation, now: number, timings: ProcessingTimings): ProcessingDecision | undefined {
  const { suspects, fresh, freshFor, batchSize, batchWait, breaker, searching, sinceFresh } = seen;
  const breakerIs = breakerState(breaker, now, fresh > 0 ? timings.backOffLongest : timings.processingProbe);
  if (breakerIs === 'open' || fresh + suspects === 0) {
    return undefined;
  }
  const probe = breakerIs === 'probe';
  const freshDue = fresh > 0 && (fresh >= batchSize || freshFor >= batchWait);
  // By turns, so that neither keeps the other waiting, probes too: either may be what shows that the code works.
  if (freshDue && (suspects === 0 || sinceFresh >= (searching && !probe ? TURNS.search : TURNS.other))) {
    return { kind: 'PLAN_BATCH', of: 'fresh', probe };
  }
  return suspects > 0 ? { kind: 'PLAN_BATCH', of: 'suspects', probe } : undefined;
}
