import { CloudError, MemoryTopics } from '../../../src/local/simulator';
import { batchesOf } from '../../../src/runtime/aws/batches';
import { InputTopic } from '../../../src/runtime/ports';

/** The input topic in the memory cloud. */
export class MemoryInputTopic implements InputTopic {
  public constructor(private readonly topics: MemoryTopics) {}

  public async publish(topicArn: string, bodies: readonly string[]): Promise<readonly boolean[]> {
    const taken = bodies.map(() => false);
    for (const batch of batchesOf(bodies)) {
      try {
        await this.topics.publishBatch(topicArn, batch.map(({ body }) => body));
        batch.forEach(({ position }) => { taken[position] = true; });
      } catch (error) {
        if (error instanceof CloudError && error.$fault === 'client') {
          throw error;
        }
      }
    }
    return taken;
  }

  public async subscribedQueues(topicArn: string): Promise<readonly string[]> {
    return (await this.topics.listSubscriptions(topicArn)).map(({ endpoint }) => endpoint);
  }
}
