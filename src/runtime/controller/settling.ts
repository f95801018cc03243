import { EVENT_TYPE, METRIC, eventHead } from '../../contract/events';
import { clear, raise } from '../alerts';
import { Breaker, afterFailure, opened } from '../core/breaker';
import { groundTruthQueueName } from '../core/job-names';
import { Judgement, judgeOutcome } from '../core/judgement';
import { Queued, Unsettled, unsettled } from '../core/settle';
import { imagesWithJob } from '../ledger/feeding';
import { ImageRecord } from '../ledger/images';
import { JobRecord, readJob, setJob } from '../ledger/jobs';
import { stateWrite } from '../ledger/project';
import { Verdict, afterReturn, holdImages, returnImages } from '../ledger/returning';
import { World } from '../world';
import { harvest } from './harvest';
import { messagesIn } from './messages-in';
import { Seen, countersOf, firstLook } from './observe';

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
    await world.ledger.table.write([setJob(ended.number, { counters: countersOf(description, ended) }, 'ENDED')]);
  }
  const unread = await harvest(world, seen, ended, description).then(() => undefined, (error: unknown) => ({ error }));
  const job = await readJob(world.ledger.table, ended.number);
  if (!job || job.phase !== 'ENDED') {
    return;
  }
  const now = world.ledger.clock.now();
  const why = unread ? 'manifest-unread' : unsettled(job, await queued(world), now, world.timings);
  const isLate = isPastDeadline(world, job);
  if (!why || isLate && await hasNoImages(world, job)) {
    await giveBack(world, seen, job);
  } else if (isLate && job.heldAt === undefined) {
    await hold(world, seen, job, why);
  }
  if (unread) {
    throw unread.error;
  }
}

const isPastDeadline = ({ ledger, timings }: World, { endedAt = Infinity }: JobRecord): boolean => (
  ledger.clock.now() - endedAt >= timings.settleDeadline
);

/** Nothing waits for such a job, be it that its images were ordered again: it is settled whatever it may still have to say. */
async function hasNoImages(world: World, job: JobRecord): Promise<boolean> {
  return job.open <= 0 && (await imagesWithJob(world.ledger.table, job.number)).length === 0;
}

const GO_ON: { readonly [why in Unsettled]: string } = {
  'labels-missing': 'They go on by themselves when the output manifest shows all labels that the job counts. If it never will, `requeue --held` gives '
    + 'them to the next job, and near duplicates that are held too; a label that this one has not told of is paid for twice then.',
  'messages-queued': 'They go on by themselves when the recorder has read the messages that wait in its queue: look at its errors.',
  'messages-dead': 'Look at the recorder\'s dead-letter queue and redrive it.',
  'manifest-unread': 'Let the controller read the output manifest: its log says what keeps it from that. They go on by themselves then.',
  'manifest-moving': 'They go on by themselves when the output manifest does not change any more.',
};

async function hold(world: World, seen: Seen, job: JobRecord, why: Unsettled): Promise<void> {
  const images = (await imagesWithJob(world.ledger.table, job.number)).filter((image) => image.state !== 'HELD');
  const held = await holdImages(world.ledger, job.number, images);
  world.telemetry.count(METRIC.IMAGES_HELD, held.length);
  await raise(world, seen.project, `unsettled-${job.number}`,
    `job ${job.name} ended more than six hours ago and does not settle (${why}): ${held.length} of its images are held. ${GO_ON[why]}`);
  await world.ledger.table.write([setJob(job.number, { heldAt: world.ledger.clock.now() }, 'ENDED')]);
}

async function giveBack(world: World, seen: Seen, job: JobRecord): Promise<void> {
  const images = await imagesWithJob(world.ledger.table, job.number);
  const now = world.ledger.clock.now();
  if (!job.judged && images.length < job.open && !isPastDeadline(world, job)) {
    // The index lags, and a verdict on a part of the images would stand. For so long it does not: then the counter is wrong.
    return;
  }
  const judged = job.judged ?? await judge(world, seen, job, images);
  if (images.length > 0) {
    // Told before: whoever dies in between tells twice, which is better than never.
    const verdict: Verdict = { ...judged, endedAt: job.endedAt ?? now };
    await announceQuarantine(world, seen, images.map((image) => ({ ...image, ...afterReturn(image, verdict) })));
    await returnImages(world.ledger, job.number, images, verdict);
    await world.ledger.table.write([setJob(job.number, { emptySince: undefined }, 'ENDED')]);
    return;
  }
  // One empty listing proves nothing, two of them a while apart and an exact counter do.
  if (job.emptySince === undefined) {
    await world.ledger.table.write([setJob(job.number, { emptySince: now }, 'ENDED')]);
  } else if (job.open <= 0 && now - job.emptySince >= world.timings.listingGap) {
    await markSettled(world, seen, job);
  }
}

/** Judged once, and written down, before the first image is given back: a crash in between must not change the verdict. */
async function judge(world: World, seen: Seen, job: JobRecord, images: readonly ImageRecord[]): Promise<Judgement> {
  const named = images.filter((image) => image.failure?.job === job.number);
  const before = firstLook(job);
  const own = (counter: 'labeled' | 'failed'): number => (job.counters?.[counter] ?? 0) - (before?.[counter] ?? 0);
  const judged = judgeOutcome({
    offered: job.offered,
    returned: images.length,
    named: named.length,
    counted: own('failed'),
    workedAfter: job.labeledBeforeFailure !== undefined && own('labeled') > job.labeledBeforeFailure,
    suspect: seen.project.state.vouchedFor === job.number || (named.length > 0 ? named : images).every(isSuspect),
  });
  const breaker = breakerAfter(world, seen, job, judged, named[0]?.failure?.reason ?? 'no reason is given');
  if (breaker?.openedAt !== undefined) {
    await raise(world, seen.project, 'breaker', breaker.message ?? '');
  }
  await world.ledger.table.write([setJob(job.number, { judged }, 'ENDED'), ...(breaker ? [stateWrite({ breaker })] : [])]);
  return judged;
}

/** A job that worked has held something against it before. */
function isSuspect({ failures, offers, offersForgiven = 0 }: ImageRecord): boolean {
  return failures > 0 || offers - offersForgiven > 1;
}

/** Undefined: as it was. A job that failed was counted at its end already. */
function breakerAfter(world: World, seen: Seen, job: JobRecord, { blame, failed }: Judgement, reason: string): Breaker | undefined {
  const now = world.ledger.clock.now();
  const message = `${failed} of ${job.offered} images of job ${job.name} failed (${reason})${blame === 'common' ? ' and none was labeled after that' : ''}: `
    + 'nothing is charged to the images';
  const { breaker } = seen.project.state;
  switch (blame) {
    case 'mass': return opened(breaker, message, now);
    case 'common': return job.endStatus === 'Failed' ? undefined : afterFailure(breaker, message, now);
    case 'images': return undefined;
  }
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
    stateWrite({
      openJobs: seen.project.state.openJobs.filter((number) => number !== job.number),
      // its labels came with its end: what was published had arrived after all
      ...(job.rollReason === 'unaccounted' && job.labeled > 0 ? { vainRolls: 0 } : {}),
    }),
  ]);
  world.telemetry.info(`job ${job.name} is settled`, { notice: 'job-settled', labeled: job.labeled, offered: job.offered });
}
