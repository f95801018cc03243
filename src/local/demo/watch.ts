import { setTimeout as sleep } from 'timers/promises';

export interface Watched {
  /** Between two looks. Unit: milliseconds. */
  readonly every: number;
  /** For how long nothing may change. Unit: milliseconds. */
  readonly standstill: number;
  readonly look: () => Promise<void>;
  readonly isSo: () => boolean | Promise<boolean>;
  /** What was seen at the last look: another one each time that something changed. */
  readonly state: () => unknown;
}

/** Looks until something is so. Answers false where nothing has changed for too long. */
export async function watch({ every, standstill, look, isSo, state }: Watched): Promise<boolean> {
  let last = { at: Date.now(), state: '' };
  for (;;) {
    await look();
    if (await isSo()) {
      return true;
    }
    const now = JSON.stringify(state());
    if (now !== last.state) {
      last = { at: Date.now(), state: now };
    } else if (Date.now() - last.at > standstill) {
      return false;
    }
    await sleep(every);
  }
}
