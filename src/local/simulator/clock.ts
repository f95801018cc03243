/** Where the simulator reads the time. */
export interface Clock {
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  now(): number;
}

/** The time of the machine. */
export class SystemClock implements Clock {
  public now(): number {
    return Date.now();
  }
}

/** A clock that only moves when told to, so that thirty days take no time at all. */
export class VirtualClock implements Clock {
  private time: number;

  /**
   * @param start Milliseconds since 1970, or an ISO time.
   */
  public constructor(start: number | string = '2026-01-01T00:00:00.000Z') {
    this.time = typeof start === 'number' ? start : Date.parse(start);
    if (!Number.isFinite(this.time)) {
      throw new Error(`VirtualClock needs milliseconds or an ISO time, got ${JSON.stringify(start)}.`);
    }
  }

  public now(): number {
    return this.time;
  }

  /**
   * Moves the clock forward.
   *
   * @param ms Milliseconds, zero or more. Time never runs backwards.
   */
  public advance(ms: number): void {
    if (!(ms >= 0) || !Number.isFinite(ms)) {
      throw new Error(`VirtualClock.advance needs a number of milliseconds >= 0, got ${ms}.`);
    }
    this.time += ms;
  }
}

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
