import { Waiting } from './waiting';

/**
 * What follows from how the execution of a batch went, as pure functions.
 *
 * A failed execution says that something is wrong, never with which drop. Its drops become suspects: they are tried again together,
 * then, once anything has come through since, in halves, until one fails alone. Only then, and only if other drops got through since
 * it failed together with any, is it the drop's fault. Where nothing gets through, not even single drops, the code or its
 * surroundings are broken: nobody is charged, and somebody is told.
 */

/** A drop that makes an execution fail alone is given so many tries, and one that the code itself reports so many. */
const CRASHES_MAX = 2;
const ERRORS_MAX = 3;

/**
 * So many for what SageMaker lays to itself. It is no drop's fault; but it also says so where an instance runs out of memory or disk.
 */
const UNCLEAR_MAX = 6;

/** So many executions that say something against the code, and none of which a drop came through: nothing works. */
export const FRUITLESS_MAX = 6;

/**
 * Whether an execution of which nothing came through says something against the code or its surroundings. One that the code made
 * fail with many drops does not: one bad drop is enough for that, and each batch may have one.
 */
export function speaksAgainstCode({ size, ranToEnd, byCode }: Pick<Failure, 'size' | 'ranToEnd' | 'byCode'>): boolean {
  return size === 1 || ranToEnd || !byCode;
}

/** Whether another drop came through since then: the code works, and so do its surroundings. */
const isProven = (since: number | undefined, lastFruitful: number): boolean => since !== undefined && lastFruitful >= since;

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
  const single = !own && failure.size === 1;
  const isAlone = counts && single;
  const firstFailed = before.firstFailed ?? failure.batch;
  const lastTogether = own || single ? before.lastTogether : failure.batch;
  const isCleared = isProven(lastTogether ?? firstFailed, failure.lastFruitful);
  const waiting: Waiting = {
    failures: before.failures + 1,
    errors: before.errors + (counts && own ? 1 : 0),
    crashes: before.crashes + (isAlone && failure.byCode ? 1 : 0),
    unclear: before.unclear + (isAlone && !failure.byCode ? 1 : 0),
    limit: own ? failure.size : nextLimit(before, failure),
    firstFailed,
    lastFailed: failure.batch,
    ...(lastTogether === undefined ? {} : { lastTogether }),
    ...(own || (single && !(counts && isCleared)) ? { aside: true } : {}),
  };
  if (counts && own && waiting.errors >= ERRORS_MAX && isProven(firstFailed, failure.lastFruitful)) {
    return { kind: 'quarantine', reason: 'engineering-failed' };
  }
  const crashed = waiting.crashes >= CRASHES_MAX || waiting.crashes + waiting.unclear >= UNCLEAR_MAX;
  return isAlone && crashed && isCleared
    ? { kind: 'quarantine', reason: 'processor-crash' }
    : { kind: 'again', waiting };
}

/** Once all together again, for the failures that pass; then halves. */
function nextLimit({ failures }: Waiting, { undone }: Failure): number {
  return failures === 0 ? undone : Math.max(1, Math.ceil(undone / 2));
}
