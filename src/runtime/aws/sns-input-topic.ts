import { ListSubscriptionsByTopicCommand, PublishBatchCommand, SNSClient } from '@aws-sdk/client-sns';
import { Placed, batchesOf } from './batches';
import { isRefusal, isThrottling } from '../errors';
import { Pause, jitteredPause, retried } from './retry';
import { InputTopic } from '../ports';

const TRIES = 5;

/**
 * Publishes to SNS in batches. `false` means "not known to be taken": refused as an entry, throttled to the end, or the answer was lost.
 * Publishing it again is safe, because the same body carries the same de-duplication id. A request that SNS refuses as a whole
 * (access, no such topic) is thrown, since no repetition would help.
 */
export class SnsInputTopic implements InputTopic {
  public constructor(private readonly client: SNSClient, private readonly pause: Pause = jitteredPause) {}

  public async publish(topicArn: string, bodies: readonly string[]): Promise<readonly boolean[]> {
    const taken = bodies.map(() => false);
    for (const batch of batchesOf(bodies)) {
      for (const position of await this.publishBatch(topicArn, batch)) {
        taken[position] = true;
      }
    }
    return taken;
  }

  public async subscribedQueues(topicArn: string): Promise<readonly string[]> {
    const queues: string[] = [];
    let next: string | undefined;
    do {
      const answer = await this.client.send(new ListSubscriptionsByTopicCommand({ TopicArn: topicArn, NextToken: next }));
      for (const { Protocol, Endpoint, SubscriptionArn } of answer.Subscriptions ?? []) {
        // instead of an ARN it says PendingConfirmation or Deleted where nothing is delivered
        if (Protocol === 'sqs' && Endpoint !== undefined && SubscriptionArn?.startsWith('arn:')) {
          queues.push(Endpoint);
        }
      }
      next = answer.NextToken;
    } while (next !== undefined && next !== '');
    return queues;
  }

  /** @returns the positions that SNS took. */
  private async publishBatch(topicArn: string, batch: readonly Placed[]): Promise<number[]> {
    const command = new PublishBatchCommand({
      TopicArn: topicArn,
      PublishBatchRequestEntries: batch.map(({ position, body }) => ({ Id: String(position), Message: body })),
    });
    try {
      const answer = await retried(TRIES, this.pause, isThrottling, () => this.client.send(command));
      return (answer.Successful ?? []).map((entry) => Number(entry.Id));
    } catch (error) {
      if (isRefusal(error)) {
        throw error;
      }
      return [];
    }
  }
}
