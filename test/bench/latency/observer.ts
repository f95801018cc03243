import { SubscribeCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand, DeleteMessageBatchCommand, GetQueueAttributesCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { Aws } from '../../../src/local/runner';

const QUEUE = 'bench-observer';

/** Listens to the input topic beside Ground Truth, and notes when each image was published. */
export class Observer {
  public static async subscribe(aws: Aws, topicArn: string): Promise<Observer> {
    const { QueueUrl } = await aws.sqs.send(new CreateQueueCommand({
      QueueName: QUEUE,
      Attributes: {
        Policy: JSON.stringify({
          Version: '2012-10-17',
          Statement: [{
            Effect: 'Allow', Principal: { Service: 'sns.amazonaws.com' }, Action: 'sqs:SendMessage', Resource: '*',
            Condition: { ArnEquals: { 'aws:SourceArn': topicArn } },
          }],
        }),
      },
    }));
    const { Attributes } = await aws.sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }));
    await aws.sns.send(new SubscribeCommand({
      TopicArn: topicArn, Protocol: 'sqs', Endpoint: Attributes!.QueueArn, Attributes: { RawMessageDelivery: 'true' },
    }));
    return new Observer(aws, QueueUrl!);
  }

  private readonly seen = new Map<string, number>();

  private constructor(private readonly aws: Aws, private readonly queueUrl: string) {}

  /**
   * Waits until the image of a drop was published, and answers when. Unit: milliseconds since 1970.
   *
   * @param patience milliseconds
   * @throws if it was not published by then
   */
  public async published(dropKey: string, patience: number): Promise<number> {
    const deadline = Date.now() + patience;
    for (;;) {
      const at = this.seen.get(dropKey);
      if (at !== undefined) {
        return at;
      }
      if (Date.now() > deadline) {
        throw new Error(`${dropKey} was dropped, and no image of it was published within ${patience / 1000} s`);
      }
      await this.receive();
    }
  }

  private async receive(): Promise<void> {
    const request = { QueueUrl: this.queueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 5 };
    const { Messages = [] } = await this.aws.sqs.send(new ReceiveMessageCommand(request));
    const now = Date.now();
    for (const { Body } of Messages) {
      const dropKey = String((JSON.parse(Body!) as { [name: string]: unknown })['drop-key']);
      this.seen.set(dropKey, this.seen.get(dropKey) ?? now);
    }
    if (Messages.length > 0) {
      await this.aws.sqs.send(new DeleteMessageBatchCommand({
        QueueUrl: this.queueUrl, Entries: Messages.map(({ ReceiptHandle }, at) => ({ Id: String(at), ReceiptHandle })),
      }));
    }
  }
}
