import { countOf } from '../ledger/counts';
import { DropRecord, isUnderWay } from '../ledger/drops';
import { imagesOfJob } from '../ledger/feeding';
import { STATES_WITH_JOB } from '../ledger/images';
import { readJob } from '../ledger/jobs';
import { SHARDS, jobOfOrder, jobPrefix, statusPartition } from '../ledger/keys';
import { Project } from '../ledger/project';
import { NOBODY_IS_BLAMED, returnImages } from '../ledger/returning';
import { World } from '../world';
import { beginRebuild, dataSetDrift } from './data-set-rebuild';
import { noteDrift } from './drift';
import { BUSY_PATIENCE, sweepInbox } from './inbox';
import { harvestLate } from './late-labels';
import { messagesIn } from './messages-in';
import { Seen } from './observe';
import { recount } from './recount';
import { tellIntakeAgain } from './requeue';

/** More than are ever open at once: what is behind so many has its turn when some of them are gone. */
const JOBS_LOOKED_AT = 50;

/** One step through the inbox; after its last one all else that may differ. The next step goes on where this one ended. */
export async function sweep(world: World, seen: Seen): Promise<void> {
  const isBusy = await intakeIsBusy(world, seen);
  if (await sweepInbox(world, seen.project)) {
    const late = await harvestLate(world, seen).then(() => undefined, (error: unknown) => ({ error }));
    await strayImages(world, seen);
    await strayDrops(world, seen, isBusy);
    await damagedDataSet(world, seen.project);
    await recount(world, seen.project);
    if (late) {
      throw late.error;
    }
  }
}

const waitingDrops = ({ project: { counts } }: Seen): number => countOf(counts, 'drop:RECEIVED') + countOf(counts, 'drop:ENGINEERING');

/** Whether the intake had work when the sweep began: what the sweep queues itself must not count. */
async function intakeIsBusy(world: World, seen: Seen): Promise<boolean> {
  return waitingDrops(seen) > 0 && (seen.project.state.sweep?.busy ?? await messagesIn(world, world.resources.intakeQueueUrl) > 0);
}

/**
 * Drops that only a message tells the intake of, because they are not in the inbox: those that were ordered again, and those
 * that somebody deleted while their event was lost, which are withdrawn.
 */
async function strayDrops(world: World, seen: Seen, isBusy: boolean): Promise<void> {
  if (waitingDrops(seen) <= 0 || await messagesIn(world, world.resources.intakeDeadLetterQueueUrl) > 0) {
    return;
  }
  const now = world.ledger.clock.now();
  const before = now - (isBusy ? BUSY_PATIENCE : world.timings.sweepMinimumAge);
  const isOld = ({ requeue, receivedAt }: DropRecord): boolean => requeue ? requeue.at <= before : receivedAt <= now - BUSY_PATIENCE;
  const told = await tellIntakeAgain(world, (drop) => isOld(drop) && !isUnderWay(drop, now, world.timings));
  if (told > 0) {
    world.telemetry.warn(`the sweep queued ${told} drops again that wait for the intake`, { notice: 'sweep', drops: told });
  }
}

/** What was published last may have been changed or deleted since. The data set is written anew in the steps that publish it. */
async function damagedDataSet(world: World, project: Project): Promise<void> {
  const why = await dataSetDrift(world, project);
  if (why !== undefined) {
    await beginRebuild(world, project.dataSet, why);
  }
}

/** Images that are with a job which is settled or was never made: nothing will ever be heard of them there. */
async function strayImages(world: World, seen: Seen): Promise<void> {
  const { counts, state } = seen.project;
  for (const status of STATES_WITH_JOB) {
    if (countOf(counts, `image:${status}`) <= 0) {
      continue;
    }
    const jobs = await Promise.all(SHARDS.map((shard) => jobsIn(world, statusPartition(status, shard))));
    for (const number of new Set(jobs.flat())) {
      const job = state.openJobs.includes(number) ? undefined : await readJob(world.ledger.table, number);
      if (job && (job.phase === 'SETTLED' || job.phase === 'REFUSED')) {
        const images = await imagesOfJob(world.ledger.table, status, number);
        await returnImages(world.ledger, number, images, NOBODY_IS_BLAMED);
        await noteDrift(world, `the sweep gave ${images.length} images back that were still with ${job.name}, which is over`);
      }
    }
  }
}

/** The jobs that have images in a part of the index, the oldest first: from one to the next, however many images each has. */
async function jobsIn({ ledger: { table } }: World, pk: string): Promise<number[]> {
  const jobs: number[] = [];
  let from: string | undefined;
  while (jobs.length < JOBS_LOOKED_AT) {
    const { items: [first] } = await table.queryIndex({ pk, from, limit: 1 });
    if (!first) {
      break;
    }
    const job = jobOfOrder(first.gsi1sk);
    jobs.push(job);
    from = jobPrefix(job + 1);
  }
  return jobs;
}
