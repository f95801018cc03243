import { awsWorld } from '../../../runtime/aws/world';
import { run } from '../../../runtime/controller/controller';
import { DEDUPLICATION_ATTRIBUTE } from '../../../runtime/core/label-lines';
import { InputTopic } from '../../../runtime/ports';

/** A controller that offers each image twice, the second time under another de-duplication id: workers label it twice. */
const world = awsWorld();

const topic: InputTopic = {
  subscribedQueues: topicArn => world.topic.subscribedQueues(topicArn),
  publish: async (topicArn, bodies) => {
    const taken = await world.topic.publish(topicArn, bodies);
    await world.topic.publish(topicArn, bodies.map(body => {
      const message = JSON.parse(body) as Record<string, unknown>;
      return JSON.stringify({ ...message, [DEDUPLICATION_ATTRIBUTE]: `${String(message[DEDUPLICATION_ATTRIBUTE])}-again` });
    }));
    return taken;
  },
};

export async function handler(): Promise<readonly string[]> {
  try {
    return await run({ ...world, topic }, 'sabotaged');
  } finally {
    world.telemetry.flush();
  }
}
