import { DeleteMessageCommand, GetQueueAttributesCommand, ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { Aws } from '../../src/local/runner';

/** Messages that wait in a queue; if so wanted, with those that a function has. */
export async function messagesIn({ sqs }: Aws, queueUrl: string, andInFlight = false): Promise<number> {
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({
    QueueUrl: queueUrl, AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
  }));
  return Number(Attributes?.ApproximateNumberOfMessages) + (andInFlight ? Number(Attributes?.ApproximateNumberOfMessagesNotVisible) : 0);
}

/**
 * Moves all messages from a dead-letter queue to the queue that they came from, as SQS' own redrive does: each is sent again as a
 * new message, then deleted. (The emulator has no `StartMessageMoveTask`.) Answers how many.
 */
export async function redrive({ sqs }: Aws, deadLetterQueueUrl: string, queueUrl: string): Promise<number> {
  for (let moved = 0; ;) {
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl: deadLetterQueueUrl, MaxNumberOfMessages: 10 }));
    if (Messages.length === 0) {
      return moved;
    }
    for (const { Body, ReceiptHandle } of Messages) {
      await sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: Body }));
      await sqs.send(new DeleteMessageCommand({ QueueUrl: deadLetterQueueUrl, ReceiptHandle }));
      moved += 1;
    }
  }
}
