import { earlierPair, lacksEarlierLabel } from '../../contract/earlier-label';
import { METRIC } from '../../contract/events';
import { PRE_LABEL_ATTRIBUTE } from '../../contract/pre-label';
import { TaskConfiguration } from '../../contract/project-configuration';
import { Offer, offerMessage } from '../core/label-lines';
import { FeedLimits, choosePending, claim, imagesOfJob, markSent } from '../ledger/feeding';
import { ImageRecord, labeledOf } from '../ledger/images';
import { holdBack } from '../ledger/returning';
import { World } from '../world';
import { foreignListener } from './foreign-listener';
import { Seen, utcDay } from './observe';

/** Thrown where the topic did not take everything: what it did not take stays SENDING and goes again, with the same id. */
export class PublishError extends Error {
  constructor(failed: number) {
    super(`${failed} images were not taken by the input topic; they are published again at the next run`);
    this.name = 'PublishError';
  }
}

/**
 * Publishes what an earlier run claimed and may not have published, then claims and publishes the next. Answers how many: none
 * where somebody else's job listens too.
 */
export async function feed(world: World, seen: Seen, job: number, count: number, fresh: number): Promise<number> {
  if (await foreignListener(world, seen) !== undefined) {
    return 0;
  }
  const now = world.ledger.clock.now();
  const day = utcDay(now);
  const earlier = await imagesOfJob(world.ledger.table, 'SENDING', job);
  const { task } = seen.configuration;
  let refused = await publish(world, task, earlier, job);
  let claimed: ImageRecord[] = [];
  let held: ImageRecord[] = [];
  // One image that the topic refuses keeps no other from its workers; a topic that refuses all gets no more.
  if (count > 0 && (refused === 0 || refused < earlier.length || earlier.length === 1)) {
    const limits: FeedLimits = { count, fresh, day, sameDay: seen.project.state.spentDay === day };
    const pending = await choosePending(world.ledger.table, limits, seen.observation.pendingAgain);
    // It may have been ordered again without what it lacks.
    const lacks = (image: ImageRecord): boolean => lacksEarlierLabel(task, labeledOf(image)) !== undefined;
    held = await holdBack(world.ledger, pending.filter(lacks));
    claimed = await claim(world.ledger, pending.filter((image) => !lacks(image)), job, limits);
    refused += await publish(world, task, claimed, job);
  }
  world.telemetry.count(METRIC.IMAGES_HELD, held.length);
  if (refused > 0) {
    throw new PublishError(refused);
  }
  return earlier.length + held.length + claimed.length;
}

/** What an image brings along: where the task shows it to workers, as an earlier job would have written it. */
function beforeLabels(task: TaskConfiguration, image: ImageRecord): Offer['before'] {
  return earlierPair(task, labeledOf(image)) ?? (image.preLabel === undefined ? undefined : { [PRE_LABEL_ATTRIBUTE]: image.preLabel });
}

/** Answers how many images the topic did not take. */
async function publish(world: World, task: TaskConfiguration, images: readonly ImageRecord[], job: number): Promise<number> {
  if (images.length === 0) {
    return 0;
  }
  const bodies = images.map((image) => offerMessage({
    sourceRef: image.sourceRef, jobNumber: job, provenance: image.provenance, before: beforeLabels(task, image),
  }));
  const taken = await world.topic.publish(world.resources.inputTopicArn, bodies);
  const sent = images.filter((_, index) => taken[index]);
  await markSent(world.ledger, sent);
  world.telemetry.count(METRIC.IMAGES_SENT, sent.length);
  return images.length - sent.length;
}
