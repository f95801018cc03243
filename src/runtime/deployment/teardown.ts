import { endExecutions } from './end-executions';
import { isEnded } from '../../contract/job-status';
import { groundTruthQueueName } from '../core/job-names';
import { isRefusal, messageOf } from '../errors';
import { refuseCommands } from '../ledger/commands';
import { JobRecord, isLive, readJob, setJob } from '../ledger/jobs';
import { Lease, giveBack, readNotes, takeLease } from '../ledger/lease';
import { readProject, stateWrite } from '../ledger/project';
import { World } from '../world';

/** What is left when a project is taken down. */
export interface Teardown {
  readonly jobsLeft: readonly string[];
}

/** What who gave an order learns that still waited. */
const RETIRED = 'the project was retired before the order was carried out: its stack was deleted. Deploy it again, and order it again then';

/** Longer than the deployment function may run. Milliseconds. */
const LEASE = 20 * 60_000;

/** Between two looks. Milliseconds. */
const PAUSE = 5_000;

/**
 * Ends a project: retired until it is deployed again, its live job stopped, its queue gone; labels and ledger stay. Never hangs: at
 * `deadline` it says what is left and lets the stack go.
 */
export async function tearDown(world: World, deadline: number, pause: (ms: number) => Promise<void>): Promise<Teardown> {
  const lease = await insist(world, deadline, pause, () => retire(world, deadline, pause));
  const teardown = await insist(world, deadline, pause, () => endJobs(world, deadline, pause));
  if (lease) {
    // A lease that stays behind keeps a retained ledger's next project waiting until it is over, no more.
    await readNotes(world.ledger, lease).then((held) => giveBack(world.ledger, held))
      .catch((error: unknown) => warn(world, 'the lease could not be given back', error));
  }
  return teardown;
}

/**
 * Tries again until the deadline what a storm of faults may have kept from being done: there is no other time to do it. What
 * the service refuses, such as a right or a table that is gone already, it refuses for good.
 */
export async function insist<T>(world: World, deadline: number, pause: (ms: number) => Promise<void>, act: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await act();
    } catch (error) {
      if (isRefusal(error) || world.ledger.clock.now() >= deadline) {
        throw error;
      }
      warn(world, 'the teardown failed and is tried again', error);
      await pause(PAUSE);
    }
  }
}

function warn(world: World, what: string, error: unknown): void {
  world.telemetry.warn(`${what}: ${messageOf(error)}`, { notice: 'teardown' });
}

async function endJobs(world: World, deadline: number, pause: (ms: number) => Promise<void>): Promise<Teardown> {
  for (;;) {
    const { state } = await readProject(world.ledger);
    const open = await Promise.all(state.openJobs.map((number) => readJob(world.ledger.table, number)));
    const left: string[] = [];
    for (const job of open) {
      if (job && !await endJob(world, job)) {
        left.push(job.name);
      }
    }
    left.push(...await endExecutions(world));
    if (left.length === 0 || world.ledger.clock.now() >= deadline) {
      return { jobsLeft: left };
    }
    await pause(PAUSE);
  }
}

/**
 * Under the lease, so that no controller run that began before goes on afterwards. Without it once such a run is over in any
 * case: a lease that lasts longer is that of a teardown that died, or of one beside us, which do no harm.
 */
async function retire(world: World, deadline: number, pause: (ms: number) => Promise<void>): Promise<Lease | undefined> {
  const { mode, retiredFrom } = (await readProject(world.ledger)).state;
  const retired = stateWrite({
    mode: 'RETIRED', retiredFrom: mode === 'RETIRED' ? retiredFrom : mode,
  });
  await world.ledger.table.write([retired]);
  const patience = Math.min(deadline, world.ledger.clock.now() + world.timings.lease);
  for (;;) {
    const lease = await takeLease(world.ledger, LEASE);
    if (lease || world.ledger.clock.now() >= patience) {
      // Again: a run that read its orders before may have set another mode.
      await world.ledger.table.write([retired]);
      await refuseOrders(world);
      return lease;
    }
    await pause(PAUSE);
  }
}

/** Orders are of their time: who brings the project back, perhaps after months, must not find the old ones obeyed. */
export async function refuseOrders(world: World): Promise<void> {
  const { commands } = await readProject(world.ledger);
  await refuseCommands(world.ledger, commands, RETIRED);
}

/** Whether it may still come into being, or into sight. */
function isInDoubt(world: World, job: JobRecord): boolean {
  const asked = job.phase === 'PLANNED' ? job.askedAt : job.createdAt;
  return isLive(job) && asked !== undefined && world.ledger.clock.now() - asked < world.timings.createDoubt;
}

/** Answers whether the job is over. What fails is tried again until the deadline. */
async function endJob(world: World, job: JobRecord): Promise<boolean> {
  try {
    return await isOver(world, job);
  } catch (error) {
    warn(world, `${job.name} could not be ended yet`, error);
    return false;
  }
}

async function isOver(world: World, job: JobRecord): Promise<boolean> {
  const description = await world.jobs.describe(job.name);
  if (description?.status === 'InProgress') {
    await world.ledger.table.write([setJob(job.number, { stopOrderedAt: world.ledger.clock.now() }, job.phase)]);
    await world.jobs.stop(job.name);
  }
  if (description ? !isEnded(description.status) : isInDoubt(world, job)) {
    return false;
  }
  if (!isLive(job) || description) {
    const url = await world.queues.urlOf(groundTruthQueueName(job.name));
    if (url !== undefined) {
      await world.queues.delete(url);
    }
  }
  return true;
}
