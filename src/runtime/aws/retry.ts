import { setTimeout as sleep } from 'node:timers/promises';

/** Waits before try number `tried + 1`. */
export type Pause = (tried: number) => Promise<unknown>;

const FIRST_MS = 50;
const LONGEST_MS = 2_000;

/** Exponential back-off with full jitter: 50 ms doubling to 2 s. */
export const jitteredPause: Pause = (tried) => sleep(Math.random() * Math.min(LONGEST_MS, FIRST_MS * 2 ** tried));

/** Tries until it succeeds, `mayRetry` says no or the tries are used up; then the last error is thrown. */
export async function retried<T>(tries: number, pause: Pause, mayRetry: (error: unknown) => boolean, act: () => Promise<T>): Promise<T> {
  for (let tried = 1; ; tried++) {
    try {
      return await act();
    } catch (error) {
      if (tried >= tries || !mayRetry(error)) {
        throw error;
      }
      await pause(tried);
    }
  }
}
