import { setTimeout as sleep } from 'node:timers/promises';
import { statusOf } from '../errors';
import { retried } from './retry';

/** A policy that was written a moment ago takes a while to hold everywhere. */
const TRIES = 8;
const PAUSE = 5_000;

/** Tries again what is forbidden, for as long as a policy may take to hold. */
export function whilePoliciesSettle<T>(act: () => Promise<T>): Promise<T> {
  return retried(TRIES, () => sleep(PAUSE), (error) => statusOf(error) === 403, act);
}
