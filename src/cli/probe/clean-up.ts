import { ProbeAccount } from './account';
import { MINUTE } from './lab';
import { Brought, JOBS, groundTruthQueue, jobNameOf, untilStack } from './stage';

/** A stopping job ends within minutes; its buckets must outlive it. */
const STOP_PATIENCE = 20 * MINUTE;
const LOOK_EVERY = 15_000;

/** What could not be removed. */
export interface LeftOver {
  readonly what: string;
  readonly because: string;
}

/**
 * Removes all that a probe may have made, by its names: it need not be known how far the probe came. What was brought stays.
 * Goes on where something cannot be removed.
 */
export async function cleanUp(
  account: ProbeAccount, id: string, brought: Partial<Brought>, tell: (message: string) => void, sleep: (ms: number) => Promise<void>,
): Promise<LeftOver[]> {
  const { workshop } = account;
  const left: LeftOver[] = [];
  const attempt = async (what: string, work: () => Promise<unknown>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      left.push({ what, because: (error as Error).message });
    }
  };
  tell('Removing what was made ...');
  const names = [...JOBS.map((job) => jobNameOf(id, job)), jobNameOf(id, 'Main').toLowerCase()];
  for (const name of names) {
    await attempt(`labeling job ${name}`, () => endJob(account, name, sleep));
  }
  for (const name of new Set(names.map(groundTruthQueue))) {
    await attempt(`queue ${name}`, () => workshop.removeQueue(name));
  }
  for (const bucket of [brought.bucket, brought.bucketWithoutCors].filter((one) => one !== undefined)) {
    await attempt(`objects in ${bucket}/${id}/`, () => workshop.empty(bucket, `${id}/`));
  }
  await attempt(`stack ${id}`, () => removeStack(account, id, sleep));
  return left;
}

/** Stops a job, if there is one that runs, and waits for its end. */
async function endJob(account: ProbeAccount, name: string, sleep: (ms: number) => Promise<void>): Promise<void> {
  const started = account.now();
  for (let view = await account.jobs.describe(name); view !== undefined && !['Completed', 'Failed', 'Stopped'].includes(view.status);
    view = await account.jobs.describe(name)) {
    if (account.now() - started > STOP_PATIENCE) {
      throw new Error(`it is ${view.status} and does not end`);
    }
    if (view.status !== 'Stopping') {
      // a job that is Initializing may refuse; it is asked again
      await account.jobs.stop(name).catch(() => undefined);
    }
    await sleep(LOOK_EVERY);
  }
}

async function removeStack(account: ProbeAccount, id: string, sleep: (ms: number) => Promise<void>): Promise<void> {
  const view = await account.workshop.stack(id);
  if (view === undefined) {
    return;
  }
  for (const bucket of view.buckets) {
    await account.workshop.empty(bucket, '');
  }
  await account.workshop.deleteStack(id);
  await untilStack(account, id, sleep, (after) => after === undefined || after.status === 'DELETE_COMPLETE');
}
