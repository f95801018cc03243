import { Breaker, breakerState } from './breaker';
import { Mode } from './observation';
import { Waiting } from './waiting';
import { Timings } from '../../contract/timings';

/**
 * Feature engineering by a pipeline, as pure functions: when a batch is made and of what, what follows from how its execution went.
 *
 * A failed execution says that something is wrong, never with which drop. Its drops become suspects: they are tried again together,
 * then in halves, until one fails alone. Only then, and only if other drops got through since it first failed, is it the drop's
 * fault. Where nothing gets through, the code or its surroundings are broken: nobody is charged, and somebody is told.
 */

/** A drop that makes an execution fail alone is given so many tries, and one that the code itself reports so many. */
const CRASHES_MAX = 2;
const ERRORS_MAX = 3;

/**
 * So many for what SageMaker lays to itself. It is no drop's fault; but it also says so where an instance runs out of memory or disk.
 */
const UNCLEAR_MAX = 6;

/** So many executions in a row of which no drop came through: nothing works, whichever half is tried. */
export const FRUITLESS_MAX = 6;

/** Whether another drop came through since this one first failed: the code works, and so do its surroundings. */
const isProven = ({ firstFailed }: Waiting, lastFruitful: number): boolean => firstFailed !== undefined && lastFruitful >= firstFailed;

export type Verdict =
  | { readonly kind: 'again'; readonly waiting: Waiting }
  | { readonly kind: 'quarantine'; readonly reason: 'engineering-failed' | 'processor-crash' };

/** How the execution went for the drops that it gave no result for. */
export interface Failure {
  /** Number of the batch. */
  readonly batch: number;
  /** Drops of the batch that are not done. */
  readonly undone: number;
  readonly size: number;
  /** Number of the last batch of which a drop came through, this one included. */
  readonly lastFruitful: number;
  /** The code ran to its end: what is missing was left out on purpose or by a mistake of that drop alone. */
  readonly ranToEnd: boolean;
  /** It failed by what ran in the processing step. */
  readonly byCode: boolean;
  /** Nothing has come through for so long that nothing is learned about a single drop. */
  readonly nothingWorks: boolean;
}

/** The processing step of an execution that is over. */
export interface ProcessingStep {
  readonly status: string;
  readonly failureReason?: string;
}

const CODE = /AlgorithmError|exit code/i;
const SURROUNDINGS = /InternalServerError|CapacityError|ResourceLimitExceeded|Throttling|AccessDenied|not authorized|Failed to invoke|Data download failed/i;

/**
 * Whether an execution failed by what ran in its processing step, or by the time that this took, and not by a later step, a
 * quota, a right, a lack of instances or SageMaker itself. A reason that says nothing of these is laid to the code.
 */
export function isFailureOfCode(step: ProcessingStep | undefined): boolean {
  const { status, failureReason = '' } = step ?? { status: 'none' };
  return status === 'Failed' && (CODE.test(failureReason) || !SURROUNDINGS.test(failureReason));
}

/**
 * What becomes of a drop that its batch did not finish.
 *
 * @param reported the code itself says that it failed for this drop
 */
export function afterFailure(before: Waiting, failure: Failure, reported: boolean): Verdict {
  if (before.lastFailed === failure.batch) {
    return { kind: 'again', waiting: before };
  }
  const own = reported || failure.ranToEnd;
  const counts = !failure.nothingWorks;
  const isAlone = counts && !own && failure.size === 1;
  const waiting: Waiting = {
    failures: before.failures + 1,
    errors: before.errors + (counts && own ? 1 : 0),
    crashes: before.crashes + (isAlone && failure.byCode ? 1 : 0),
    unclear: before.unclear + (isAlone && !failure.byCode ? 1 : 0),
    limit: own ? failure.size : nextLimit(before, failure),
    firstFailed: before.firstFailed ?? failure.batch,
    lastFailed: failure.batch,
  };
  if (counts && own && waiting.errors >= ERRORS_MAX && isProven(waiting, failure.lastFruitful)) {
    return { kind: 'quarantine', reason: 'engineering-failed' };
  }
  const crashed = waiting.crashes >= CRASHES_MAX || waiting.crashes + waiting.unclear >= UNCLEAR_MAX;
  return isAlone && crashed && isProven(waiting, failure.lastFruitful)
    ? { kind: 'quarantine', reason: 'processor-crash' }
    : { kind: 'again', waiting };
}

/** Once all together again, for the failures that pass; then halves. */
function nextLimit({ failures }: Waiting, { undone }: Failure): number {
  return failures === 0 ? undone : Math.max(1, Math.ceil(undone / 2));
}

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
  /** What the last batch was made of. */
  readonly lastOf?: BatchOf;
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

function nextBatch(seen: ProcessingObservation, now: number, timings: ProcessingTimings): ProcessingDecision | undefined {
  const { suspects, fresh, freshFor, batchSize, batchWait, breaker, lastOf } = seen;
  const breakerIs = breakerState(breaker, now, fresh > 0 ? timings.backOffLongest : timings.processingProbe);
  if (breakerIs === 'open' || fresh + suspects === 0) {
    return undefined;
  }
  const probe = breakerIs === 'probe';
  const freshDue = fresh > 0 && (fresh >= batchSize || freshFor >= batchWait);
  // By turns, so that neither keeps the other waiting; a probe rather tries those of which nothing is known.
  if (freshDue && (probe || suspects === 0 || lastOf === 'suspects')) {
    return { kind: 'PLAN_BATCH', of: 'fresh', probe };
  }
  return suspects > 0 ? { kind: 'PLAN_BATCH', of: 'suspects', probe } : undefined;
}
