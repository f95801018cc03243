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
  /** Number of the last batch that failed with it and others, without a word on it. */
  readonly lastTogether?: number;
  /** Another try of it soon would say nothing: it stands at the end of the suspects, not with those that it failed with. */
  readonly aside?: boolean;
};

export const NEVER_FAILED: Waiting = { failures: 0, errors: 0, crashes: 0, unclear: 0 };

/** A place in the waiting line. */
export interface Place {
  /** Suspects: by number of a batch. */
  readonly line: number;
  readonly limit: number;
  readonly aside: boolean;
}

const digits = (value: number, count: number): string => String(value).padStart(count, '0');

/**
 * Suspects before fresh ones. Suspects of one failed batch stand together, in the order in which the batches failed; of them the
 * smallest halves come first, so that a search that began comes to its end before the next, however many batches fail meanwhile.
 * Then those that failed longest ago, then the longest waiting.
 */
export function waitingOrder({ limit, firstFailed = 0, lastFailed = 0, aside }: Waiting, receivedAt: number, sha256: string): string {
  const place = limit === undefined ? '1#000000'
    : `0#${digits(aside ? lastFailed : firstFailed, 9)}#${aside ? 1 : 0}#${digits(limit, 6)}#${digits(lastFailed, 9)}`;
  return `${place}#${digits(receivedAt, 15)}#${sha256.slice(0, 16)}`;
}

/** What an entry of the waiting line says of itself. */
export function readOrder(order: string): { readonly receivedAt: number; readonly suspect?: Place } {
  const [kind, line, aside, limit, , receivedAt] = order.split('#');
  return kind === '0'
    ? { receivedAt: Number(receivedAt), suspect: { line: Number(line), aside: aside === '1', limit: Number(limit) } }
    : { receivedAt: Number(aside) };
}

/** Whether a suspect may be in one batch with another: of one failed batch, or neither of them suspected of the other's failure. */
export function goWith(one: Place | undefined, other: Place | undefined): boolean {
  return one?.limit === other?.limit && one?.aside === other?.aside && (one === undefined || one.aside || one.line === other?.line);
}

/**
 * The most drops of the batch that this one leads. Where all failed twice and nothing at all has come through since, halves would
 * tell nothing: it goes alone, to see whether the code works.
 */
export function batchLimit({ limit, failures, firstFailed = 0, aside }: Waiting, batchSize: number, lastFruitful: number): number {
  const alone = limit !== undefined && !aside && failures > 1 && lastFruitful < firstFailed;
  return alone ? 1 : Math.min(batchSize, limit ?? batchSize);
}

/** One search takes fewer, also in the largest batch: the first suspects waited for others. */
const BEHIND_MAX = 60;

/**
 * Whether bad drops come faster than they can be found: the first suspects in the line failed so many executions ago. Once it is
 * so, it stays so until they failed half as many ago.
 *
 * @param line of the first suspect, if there is one
 */
export function isBehind(line: number | undefined, execution: number, wasBehind: boolean): boolean {
  return line !== undefined && execution - line > (wasBehind ? BEHIND_MAX / 2 : BEHIND_MAX);
}
