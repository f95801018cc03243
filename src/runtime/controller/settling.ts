import { EVENT_TYPE, METRIC } from '../../contract/events';
import { opened } from '../core/breaker';
import { groundTruthQueueName } from '../core/job-names';
import { Queued, isMassFailure, unsettled } from '../core/settle';
import { imagesWithJob } from '../ledger/feeding';
import { ImageRecord } from '../ledger/images';
import { JobRecord, readJob, setJob } from '../ledger/jobs';
import { stateWrite } from '../ledger/project';
import { afterReturn, holdImages, returnImages } from '../ledger/returning';
import { World } from '../world';
import { clear, eventHead, raise } from './alerts';
import { harvest } from './harvest';
import { messagesIn } from './messages-in';
import { Seen } from './observe';

async function queued(world: World): Promise<Queued> {
  const [recorder, deadLetters] = await Promise.all([
    messagesIn(world, world.resources.recorderQueueUrl),
    messagesIn(world, world.resources.recorderDeadLetterQueueUrl),
  ]);
  return { recorder, deadLetters };
}

/** One look at an ended job: reads what it says, and gives its images back when it will say no more. */
export async function settle(world: World, seen: Seen, ended: JobRecord): Promise<void> {
  const description = await world.jobs.describe(ended.name);
  if (description) {
    const counters = { labeled: description.labeled, failed: description.failed, unlabeled: description.unlabeled };
    await world.ledger.table.write([setJob(ended.number, { counters }, 'ENDED')]);
  }
  const unread = await harvest(world, seen, ended, description).then(() => undefined, (error: unknown) => ({ error }));
  const job = await readJob(world.ledger.table, ended.number);
  if (!job || job.phase !== 'ENDED') {
    return;
  }
  const now = world.ledger.clock.now();
  const why = unread ? 'manifest-unread' : unsettled(job, await queued(world), now, world.timings);
  if (!why) {
    await giveBack(world, seen, job);
  } else if (job.heldAt === undefined && now - (job.endedAt ?? now) >= world.timings.settleDeadline) {
    await hold(world, seen, job, why);
  }
  if (unread) {
    throw unread.error;
  }
}

async function hold(world: World, seen: Seen, job: JobRecord, why: string): Promise<void> {
  const images = (await imagesWithJob(world.ledger.table, job.number)).filter((image) => image.state !== 'HELD');
  const held = await holdImages(world.ledger, job.number, images);
  world.telemetry.count(METRIC.IMAGES_HELD, held.length);
  await raise(world, seen.project, `unsettled-${job.number}`,
    `job ${job.name} ended more than six hours ago and does not settle (${why}): ${held.length} of its images are held. `
    + (why === 'messages-dead'
      ? 'Look at the recorder\'s dead-letter queue and redrive it.'
      : 'They go on by themselves when the output manifest shows all labels that the job counts.'));
  await world.ledger.table.write([setJob(job.number, { heldAt: world.ledger.clock.now() }, 'ENDED')]);
}

async function giveBack(world: World, seen: Seen, job: JobRecord): Promise<void> {
  const images = await imagesWithJob(world.ledger.table, job.number);
  const judged = job.judged ?? await judge(world, seen, job, images);
  const now = world.ledger.clock.now();
  if (images.length > 0 || job.open > 0) {
    // Told before: whoever dies in between tells twice, which is better than never.
    await announceQuarantine(world, seen, images.map((image) => ({ ...image, ...afterReturn(image, !judged.mass) })));
    await returnImages(world.ledger, job.number, images, !judged.mass);
    await world.ledger.table.write([setJob(job.number, { emptySince: undefined }, 'ENDED')]);
    return;
  }
  // The index may lag: one empty listing proves nothing, two of them a while apart and an exact counter do.
  if (job.emptySince === undefined) {
    await world.ledger.table.write([setJob(job.number, { emptySince: now }, 'ENDED')]);
  } else if (now - job.emptySince >= world.timings.listingGap) {
    await markSettled(world, seen, job);
  }
}

/** Judged once, and written down, before the first image is given back: a crash in between must not change the verdict. */
async function judge(world: World, seen: Seen, job: JobRecord, images: readonly ImageRecord[]): Promise<{ failed: number; mass: boolean }> {
  const failed = images.filter((image) => image.failure?.job === job.number).length;
  const judged = { failed, mass: isMassFailure(failed, job.offered) };
  const reason = images.find((image) => image.failure?.job === job.number)?.failure?.reason ?? '';
  const message = `${failed} of ${job.offered} images of job ${job.name} failed (${reason}): nothing is charged to the images`;
  if (judged.mass) {
    await raise(world, seen.project, 'breaker', message);
  }
  await world.ledger.table.write([
    setJob(job.number, { judged }, 'ENDED'),
    ...(judged.mass ? [stateWrite({ breaker: opened(seen.project.state.breaker, message, world.ledger.clock.now()) })] : []),
  ]);
  return judged;
}

async function announceQuarantine(world: World, seen: Seen, images: readonly ImageRecord[]): Promise<void> {
  const quarantined = images.filter((image) => image.state === 'QUARANTINED');
  world.telemetry.count(METRIC.IMAGES_QUARANTINED, quarantined.length);
  await world.bus.publish(quarantined.map((image) => ({
    type: EVENT_TYPE.IMAGE_QUARANTINED,
    detail: { ...eventHead(seen.configuration), sourceRef: image.sourceRef, reason: image.reason, detail: image.failure?.reason },
  })));
}

async function markSettled(world: World, seen: Seen, job: JobRecord): Promise<void> {
  const url = await world.queues.urlOf(groundTruthQueueName(job.name));
  if (url !== undefined) {
    await world.queues.delete(url);
  }
  await clear(world, seen.project, `unsettled-${job.number}`);
  await world.ledger.table.write([
    setJob(job.number, { phase: 'SETTLED', settledAt: world.ledger.clock.now() }, 'ENDED'),
    stateWrite({ openJobs: seen.project.state.openJobs.filter((number) => number !== job.number) }),
  ]);
  world.telemetry.info(`job ${job.name} is settled`, { notice: 'job-settled', labeled: job.labeled, offered: job.offered });
}
