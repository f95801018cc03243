import { GROUND_TRUTH_QUEUE_PREFIX } from '../../contract/environment';
import { clear, raise } from '../alerts';
import { jobNumber, queueNameOfArn } from '../core/job-names';
import { World } from '../world';
import { Seen } from './observe';

/**
 * Whether another labeling job, none of this chain's, listens to the input topic, in words for people. Nothing may be started or
 * published then: it would be labeled, and paid, a second time. The alert stands as long as that is so.
 */
export async function foreignListener(world: World, { project, configuration }: Seen): Promise<string | undefined> {
  const queues = await world.topic.subscribedQueues(world.resources.inputTopicArn);
  const foreign = queues.map(queueNameOfArn).find((name) => name.startsWith(GROUND_TRUTH_QUEUE_PREFIX)
    && jobNumber(configuration, name.slice(GROUND_TRUTH_QUEUE_PREFIX.length)) === undefined);
  if (foreign === undefined) {
    await clear(world, project, 'foreign-subscription');
    return undefined;
  }
  const message = `the input topic is also subscribed by ${foreign}: another labeling job would label and bill every image a second time. `
    + 'Stop that job or give this project a topic of its own.';
  await raise(world, project, 'foreign-subscription', message);
  return message;
}
