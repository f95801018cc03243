/**
 * The breaker stops the creation of jobs that cannot work: each costs time, and a person must look.
 * Throttling and quotas are not failures: they only back off.
 */
export interface Breaker {
  /** Consecutive failures. */
  readonly failures: number;
  readonly openedAt?: number;
  readonly lastProbeAt?: number;
  /** The service's own words. */
  readonly message?: string;
}

export const CLOSED_BREAKER: Breaker = { failures: 0 };

const FAILURES_TO_OPEN = 3;

/** A definite refusal, or a failed job that gave no label. */
export function afterFailure(breaker: Breaker, message: string, now: number, failuresToOpen = FAILURES_TO_OPEN): Breaker {
  const failures = breaker.failures + 1;
  return { ...breaker, failures, message, ...(failures >= failuresToOpen ? { openedAt: breaker.openedAt ?? now } : {}) };
}

/** Opens at once: what happened would hurt every further job. */
export function opened(breaker: Breaker, message: string, now: number): Breaker {
  return { ...breaker, failures: Math.max(breaker.failures, FAILURES_TO_OPEN), message, openedAt: breaker.openedAt ?? now };
}

export type BreakerState = 'closed' | 'open' | 'probe';

/** 'probe': open, but one job may try. */
export function breakerState(breaker: Breaker, now: number, probeInterval: number): BreakerState {
  if (breaker.openedAt === undefined) {
    return 'closed';
  }
  return now - (breaker.lastProbeAt ?? breaker.openedAt) >= probeInterval ? 'probe' : 'open';
}
