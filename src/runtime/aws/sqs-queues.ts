import {
  ChangeMessageVisibilityCommand, DeleteQueueCommand, GetQueueAttributesCommand, GetQueueUrlCommand, SQSClient, SendMessageBatchCommand,
} from '@aws-sdk/client-sqs';
import { Placed, batchesOf } from './batches';
import { nameOfError } from '../errors';
import { Pause, jitteredPause } from './retry';
import { QueueDepth, Queues } from '../ports';

const TRIES = 5;

/** Both protocols of SQS, and both of its generations of names. */
const GONE = new Set(['QueueDoesNotExist', 'AWS.SimpleQueueService.NonExistentQueue', 'QueueDeletedRecently', 'AWS.SimpleQueueService.QueueDeletedRecently']);

/** Queues in SQS. Give it a client that retries by itself. */
export class SqsQueues implements Queues {
  public constructor(private readonly client: SQSClient, private readonly pause: Pause = jitteredPause) {}

  public async depth(queueUrl: string): Promise<QueueDepth | undefined> {
    const answer = await unlessGone(() => this.client.send(new GetQueueAttributesCommand({
      QueueUrl: queueUrl,
      AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible', 'ApproximateNumberOfMessagesDelayed'],
    })));
    return answer && {
      visible: Number(answer.Attributes?.ApproximateNumberOfMessages ?? 0),
      inFlight: Number(answer.Attributes?.ApproximateNumberOfMessagesNotVisible ?? 0),
      delayed: Number(answer.Attributes?.ApproximateNumberOfMessagesDelayed ?? 0),
    };
  }

  public async urlOf(name: string): Promise<string | undefined> {
    return (await unlessGone(() => this.client.send(new GetQueueUrlCommand({ QueueName: name }))))?.QueueUrl;
  }

  /** Throws where SQS did not take all of them; then some may have been sent. */
  public async send(queueUrl: string, bodies: readonly string[], delay?: number): Promise<void> {
    for (const batch of batchesOf(bodies)) {
      await this.sendBatch(queueUrl, batch, delay);
    }
  }

  public async delete(queueUrl: string): Promise<void> {
    await unlessGone(() => this.client.send(new DeleteQueueCommand({ QueueUrl: queueUrl })));
  }

  public async postpone(queueUrl: string, receiptHandle: string, seconds: number): Promise<void> {
    const change = { QueueUrl: queueUrl, ReceiptHandle: receiptHandle, VisibilityTimeout: seconds };
    await this.client.send(new ChangeMessageVisibilityCommand(change));
  }

  private async sendBatch(queueUrl: string, batch: readonly Placed[], delay?: number): Promise<void> {
    let open = batch;
    for (let tried = 1; ; tried++) {
      const answer = await this.client.send(new SendMessageBatchCommand({
        QueueUrl: queueUrl,
        Entries: open.map(({ position, body }) => ({ Id: String(position), MessageBody: body, DelaySeconds: delay })),
      }));
      const failed = answer.Failed ?? [];
      if (failed.length === 0) {
        return;
      }
      if (tried >= TRIES || failed.some((entry) => entry.SenderFault)) {
        throw new Error(`SQS did not take ${failed.length} of ${open.length} messages: ${failed[0].Code} ${failed[0].Message ?? ''}`.trim());
      }
      open = open.filter(({ position }) => failed.some((entry) => entry.Id === String(position)));
      await this.pause(tried);
    }
  }
}

async function unlessGone<T>(send: () => Promise<T>): Promise<T | undefined> {
  try {
    return await send();
  } catch (error) {
    if (GONE.has(nameOfError(error))) {
      return undefined;
    }
    throw error;
  }
}
