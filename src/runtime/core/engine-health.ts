import { Timings } from '../../contract/timings';

/**
 * Whose fault it is when a user's feature engineering fails: the drop's or the code's. A drop that fails while others succeed is to
 * blame and goes to quarantine; code that fails for everybody must not send everybody there.
 */

/** How feature engineering does, over all drops. */
export interface EngineHealth {
  /** Drops that failed for the first time since one succeeded. */
  readonly failing: number;
  readonly lastGoodAt: number;
  /** When it was last tried although it looked broken. */
  readonly probedAt: number;
  readonly lastError?: string;
}

/** How often one drop failed, and since when. */
export interface DropFailures {
  readonly count: number;
  readonly since: number;
}

export const NEVER_TRIED: EngineHealth = { failing: 0, lastGoodAt: 0, probedAt: 0 };

/** So many drops failed, one after the other, and none succeeded: it is not the drops. */
export const BROKEN_AT = 10;

/** Failures after which a drop is blamed, if others succeeded since its first one. */
export const FAILURES_WITH_WITNESS = 3;

/** Failures after which a drop is blamed although nobody succeeded, as long as few fail. */
export const FAILURES_ALONE = 6;

export function isBroken({ failing }: EngineHealth): boolean {
  return failing >= BROKEN_AT;
}

/** Whether a drop may be tried now. What looks broken is tried once in a while, with one drop. */
export function admission(health: EngineHealth, now: number, { engineProbe }: Pick<Timings, 'engineProbe'>): 'go' | 'probe' | 'wait' {
  return !isBroken(health) ? 'go' : now - health.probedAt >= engineProbe ? 'probe' : 'wait';
}

/** @param health with this failure counted in */
export function isToBlame(failures: DropFailures, health: EngineHealth): boolean {
  const witness = health.lastGoodAt > failures.since;
  return witness ? failures.count >= FAILURES_WITH_WITNESS : failures.count >= FAILURES_ALONE && !isBroken(health);
}

/** How long a drop waits after so many failures. Unit: milliseconds. */
export function retryAfter(count: number, { engineRetryFirst, engineRetryLongest }: Pick<Timings, 'engineRetryFirst' | 'engineRetryLongest'>): number {
  return Math.min(engineRetryLongest, engineRetryFirst * 2 ** (count - 1));
}
