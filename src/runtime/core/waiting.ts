/** A drop that waits for a pipeline, or is with one. */
export type Waiting = {
  /** Executions that failed with it. */
  readonly failures: number;
  /** Times that the code failed for it and went on: it said so, or ran to its end and gave nothing. */
  readonly errors: number;
  /** Executions that the code made fail while it worked on nothing else. */
  readonly crashes: number;
  /** Executions that failed with it alone, and not by the code as far as SageMaker says. */
  readonly unclear: number;
  /** The next batch that it is in has so many drops at most. Absent: it was in none that failed. */
  readonly limit?: number;
  /** Numbers of the batches that it first, and last, failed in. */
  readonly firstFailed?: number;
  readonly lastFailed?: number;
};

export const NEVER_FAILED: Waiting = { failures: 0, errors: 0, crashes: 0, unclear: 0 };

const LIMIT_MAX = 999_999;

/** The limit within `waitingOrder`. */
export const limitOf = (inverse: string): number => LIMIT_MAX - Number(inverse);

/** Suspects before fresh ones, those of large batches before those of small ones, then the longest waiting. */
export function waitingOrder({ limit }: Waiting, receivedAt: number, sha256: string): string {
  const place = limit === undefined ? '1#000000' : `0#${String(LIMIT_MAX - limit).padStart(6, '0')}`;
  return `${place}#${String(receivedAt).padStart(15, '0')}#${sha256.slice(0, 16)}`;
}
