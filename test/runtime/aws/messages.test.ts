import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { ListSubscriptionsByTopicCommand, PublishBatchCommand, SNSClient } from '@aws-sdk/client-sns';
import {
  ChangeMessageVisibilityCommand, DeleteQueueCommand, GetQueueAttributesCommand, GetQueueUrlCommand, SQSClient, SendMessageBatchCommand,
} from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import * as fc from 'fast-check';
import { lostAnswer, noPause, serviceError } from './sdk-errors';
import { batchesOf } from '../../../src/runtime/aws/batches';
import { DefaultEventBus } from '../../../src/runtime/aws/event-bus';
import { LambdaWaker } from '../../../src/runtime/aws/lambda-waker';
import { SnsInputTopic } from '../../../src/runtime/aws/sns-input-topic';
import { SqsQueues } from '../../../src/runtime/aws/sqs-queues';
import { MemoryTelemetry } from '../../support/memory-world';

const config = { region: 'us-east-1' };

describe('batches', () => {
  it('hold every body once, in order, and keep both limits', () => {
    const size = fc.oneof({ weight: 9, arbitrary: fc.nat(100) }, { weight: 1, arbitrary: fc.nat(262_144) });
    fc.assert(fc.property(fc.array(size, { maxLength: 60, size: 'max' }), (sizes) => {
      const batches = batchesOf(sizes.map((length) => 'x'.repeat(length)));
      expect(batches.flat().map(({ position, body }) => [position, body.length]))
        .toEqual(sizes.map((length, position) => [position, length]));
      for (const batch of batches) {
        expect(batch.length).toBeGreaterThan(0);
        expect(batch.length).toBeLessThanOrEqual(10);
        expect(batch.reduce((sum, { body }) => sum + body.length, 0)).toBeLessThanOrEqual(262_144);
      }
    }), { numRuns: 30 });
  });
});

describe('the input topic', () => {
  const sns = mockClient(SNSClient);
  const topic = new SnsInputTopic(new SNSClient(config), noPause);
  const bodies = Array.from({ length: 12 }, (_, at) => `message ${at}`);

  beforeEach(() => sns.reset());

  it('tells for each message whether it was taken', async () => {
    sns.on(PublishBatchCommand)
      .resolvesOnce({ Successful: [{ Id: '0', MessageId: 'm', SequenceNumber: undefined }, { Id: '9', MessageId: 'm' }], Failed: [{ Id: '1', Code: 'InternalError', SenderFault: false }] })
      .resolves({ Successful: [{ Id: '11', MessageId: 'm' }] });
    const taken = await topic.publish('t', bodies);
    expect(taken.flatMap((yes, position) => yes ? [position] : [])).toEqual([0, 9, 11]);
    expect(taken).toHaveLength(12);
  });

  it('does not know of a batch whose answer was lost, and publishes the others', async () => {
    sns.on(PublishBatchCommand).rejectsOnce(lostAnswer()).resolves({ Successful: [{ Id: '10', MessageId: 'm' }, { Id: '11', MessageId: 'm' }] });
    expect(await topic.publish('t', bodies)).toEqual([...Array(10).fill(false), true, true]);
  });

  it('waits out throttling, but not for ever', async () => {
    sns.on(PublishBatchCommand).rejectsOnce(serviceError('ThrottlingException', 400)).resolvesOnce({ Successful: [{ Id: '0', MessageId: 'm' }] })
      .rejects(serviceError('Throttled', 429));
    expect(await topic.publish('t', ['a'])).toEqual([true]);
    expect(await topic.publish('t', ['a'])).toEqual([false]);
    expect(sns.commandCalls(PublishBatchCommand)).toHaveLength(2 + 5);
  });

  it.each([['AuthorizationError', 403], ['NotFound', 404], ['InvalidParameter', 400]])('throws %s, which no repetition would cure', async (name, status) => {
    sns.on(PublishBatchCommand).rejects(serviceError(name, status));
    await expect(topic.publish('t', bodies)).rejects.toThrow(name);
    expect(sns.commandCalls(PublishBatchCommand)).toHaveLength(1);
  });

  it('knows the queues that are subscribed, over all pages', async () => {
    const subscription = (Protocol: string, Endpoint: string, SubscriptionArn: string) => ({ Protocol, Endpoint, SubscriptionArn });
    sns.on(ListSubscriptionsByTopicCommand)
      .resolvesOnce({
        NextToken: 'n',
        Subscriptions: [subscription('sqs', 'arn:1', 'arn:aws:sns:x'), subscription('email', 'a@b', 'arn:aws:sns:y')],
      })
      .resolves({ Subscriptions: [subscription('sqs', 'arn:2', 'PendingConfirmation'), subscription('sqs', 'arn:3', 'arn:aws:sns:z')] });
    expect(await topic.subscribedQueues('t')).toEqual(['arn:1', 'arn:3']);
    expect(sns.commandCalls(ListSubscriptionsByTopicCommand)[1].args[0].input).toEqual({ TopicArn: 't', NextToken: 'n' });
  });
});

describe('queues', () => {
  const sqs = mockClient(SQSClient);
  const queues = new SqsQueues(new SQSClient(config), noPause);
  const failure = (Id: string, SenderFault = false) => ({ Id, SenderFault, Code: 'InternalError', Message: 'for the test' });

  beforeEach(() => sqs.reset());

  it.each(['QueueDoesNotExist', 'AWS.SimpleQueueService.NonExistentQueue'])('that are gone (%s) are no error', async (name) => {
    sqs.onAnyCommand().rejects(serviceError(name, 400));
    expect(await queues.depth('q')).toBeUndefined();
    expect(await queues.urlOf('q')).toBeUndefined();
    await expect(queues.delete('q')).resolves.toBeUndefined();
    await expect(queues.send('q', ['a'])).rejects.toThrow(name);
  });

  it('that may not be seen are an error', async () => {
    sqs.on(GetQueueAttributesCommand).rejects(serviceError('AccessDenied', 403)).on(GetQueueUrlCommand).rejects(serviceError('AccessDenied', 403))
      .on(DeleteQueueCommand).rejects(serviceError('AccessDenied', 403));
    await expect(queues.depth('q')).rejects.toThrow('AccessDenied');
    await expect(queues.urlOf('q')).rejects.toThrow('AccessDenied');
    await expect(queues.delete('q')).rejects.toThrow('AccessDenied');
  });

  it('give a message out again after as long as they are told', async () => {
    sqs.on(ChangeMessageVisibilityCommand).resolves({});
    await queues.postpone('q', 'handle', 90);
    expect(sqs.commandCalls(ChangeMessageVisibilityCommand).map((call) => call.args[0].input)).toEqual([
      { QueueUrl: 'q', ReceiptHandle: 'handle', VisibilityTimeout: 90 },
    ]);
  });

  it('get only those messages again that they did not take', async () => {
    sqs.on(SendMessageBatchCommand).resolvesOnce({ Successful: [], Failed: [failure('1')] }).resolves({ Successful: [], Failed: [] });
    await queues.send('q', ['a', 'b', 'c']);
    expect(sqs.commandCalls(SendMessageBatchCommand)[1].args[0].input.Entries).toEqual([{ Id: '1', MessageBody: 'b' }]);
  });

  it('say that messages were not taken', async () => {
    sqs.on(SendMessageBatchCommand).resolves({ Successful: [], Failed: [failure('0')] });
    await expect(queues.send('q', ['a'])).rejects.toThrow('SQS did not take 1 of 1 messages: InternalError for the test');
    expect(sqs.commandCalls(SendMessageBatchCommand)).toHaveLength(5);
    sqs.reset();
    sqs.on(SendMessageBatchCommand).resolves({ Successful: [], Failed: [failure('0', true)] });
    await expect(queues.send('q', ['a'])).rejects.toThrow('SQS did not take');
    expect(sqs.commandCalls(SendMessageBatchCommand)).toHaveLength(1);
  });
});

describe('the event bus', () => {
  const events = mockClient(EventBridgeClient);
  const bus = new DefaultEventBus(new EventBridgeClient(config), noPause);
  const published = [1, 2, 3].map((n) => ({ type: 'Alert', detail: { project: 'p', n } }));

  beforeEach(() => events.reset());

  it('gets events in the name of the construct', async () => {
    events.on(PutEventsCommand).resolves({ Entries: [{ EventId: '1' }] });
    await bus.publish(published.slice(0, 1));
    expect(events.commandCalls(PutEventsCommand)[0].args[0].input)
      .toEqual({ Entries: [{ Source: 'streaming-labeling', DetailType: 'Alert', Detail: '{"project":"p","n":1}' }] });
  });

  it('gets only those again that it did not take', async () => {
    events.on(PutEventsCommand).resolvesOnce({ Entries: [{ EventId: '1' }, { ErrorCode: 'ThrottlingException' }, { EventId: '3' }] }).resolves({ Entries: [{ EventId: '2' }] });
    await bus.publish(published);
    expect(events.commandCalls(PutEventsCommand)[1].args[0].input.Entries!.map(({ Detail }) => Detail)).toEqual(['{"project":"p","n":2}']);
  });

  it('is given up after five tries', async () => {
    events.on(PutEventsCommand).resolves({ Entries: [{ ErrorCode: 'InternalFailure', ErrorMessage: 'for the test' }] });
    await expect(bus.publish(published.slice(0, 1))).rejects.toThrow('EventBridge did not take 1 of 1 events: InternalFailure for the test');
    expect(events.commandCalls(PutEventsCommand)).toHaveLength(5);
  });
});

describe('the waker', () => {
  const lambda = mockClient(LambdaClient);
  const telemetry = new MemoryTelemetry();
  const waker = new LambdaWaker(new LambdaClient(config), 'controller', () => 'id-1', telemetry);

  beforeEach(() => lambda.reset());

  it('calls the controller without waiting for it, with an id of its own', async () => {
    lambda.on(InvokeCommand).resolves({ StatusCode: 202 });
    await waker.wake('label');
    const { Payload, ...input } = lambda.commandCalls(InvokeCommand)[0].args[0].input;
    expect(input).toEqual({ FunctionName: 'controller', InvocationType: 'Event' });
    expect(JSON.parse(Buffer.from(Payload as Uint8Array).toString())).toEqual({ cause: 'label', id: 'id-1' });
  });

  it('does not fail its caller', async () => {
    lambda.on(InvokeCommand).rejects(serviceError('TooManyRequestsException', 429));
    await expect(waker.wake('label')).resolves.toBeUndefined();
    expect(telemetry.said).toMatchObject([{ level: 'warn', detail: { cause: 'label', error: 'TooManyRequestsException happened' } }]);
  });
});
