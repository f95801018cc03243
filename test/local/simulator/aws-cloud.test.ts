import { EventBridgeClient, ListRulesCommand, ListTargetsByRuleCommand } from '@aws-sdk/client-eventbridge';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetBucketCorsCommand, GetObjectCommand, HeadObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { PublishCommand, SNSClient, SubscribeCommand, UnsubscribeCommand } from '@aws-sdk/client-sns';
import {
  CreateQueueCommand, DeleteMessageCommand, GetQueueAttributesCommand, GetQueueUrlCommand, ReceiveMessageCommand, SendMessageCommand,
  SetQueueAttributesCommand, SQSClient,
} from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { CloudEvent, isPermanent, JsonValue } from '../../../src/local/simulator';
import { AwsCloud } from '../../../src/local/simulator/aws-cloud';
import { matchesPattern } from '../../../src/local/simulator/event-delivery';

const s3 = mockClient(S3Client);
const sqs = mockClient(SQSClient);
const sns = mockClient(SNSClient);
const events = mockClient(EventBridgeClient);
const lambda = mockClient(LambdaClient);
const QUEUE = 'arn:aws:sqs:us-east-1:111122223333:GroundTruth-job';
const URL = 'http://127.0.0.1:4566/111122223333/GroundTruth-job';

const cloud = new AwsCloud({ endpoint: 'http://127.0.0.1:4566', region: 'us-east-1' });

beforeEach(() => [s3, sqs, sns, events, lambda].forEach(mock => mock.reset()));

const failure = (name: string, httpStatusCode: number) => Object.assign(new Error(name), { name, $metadata: { httpStatusCode } });

test('objects', async () => {
  s3.on(GetObjectCommand, { Bucket: 'b', Key: 'k' }).resolves({ Body: { transformToByteArray: async () => Buffer.from('x') } as any });
  expect(await cloud.readObject('b', 'k')).toEqual(Buffer.from('x'));
  s3.on(PutObjectCommand).resolves({});
  await cloud.writeObject('b', 'k', 'x', 'text/plain');
  expect(s3.commandCalls(PutObjectCommand)[0].args[0].input).toEqual({ Bucket: 'b', Key: 'k', Body: 'x', ContentType: 'text/plain' });
  s3.on(HeadObjectCommand).resolves({ ContentLength: 3, ContentType: 'image/png' });
  expect(await cloud.headObject('b', 'k')).toEqual({ size: 3, contentType: 'image/png' });
  s3.on(HeadObjectCommand).rejects(failure('NotFound', 404));
  expect(await cloud.headObject('b', 'k')).toBeUndefined();
  s3.on(HeadObjectCommand).rejects(failure('Busy', 503));
  await expect(cloud.headObject('b', 'k')).rejects.toThrow('Busy');
});

test('CORS is asked for only on request', async () => {
  expect(cloud.allowsCrossOriginReads).toBeUndefined();
  const asking = new AwsCloud({ endpoint: 'http://127.0.0.1:4566', region: 'us-east-1', checkCors: true });
  s3.on(GetBucketCorsCommand).resolves({ CORSRules: [{ AllowedMethods: ['GET'], AllowedOrigins: ['*'] }] });
  expect(await asking.allowsCrossOriginReads!('b')).toBe(true);
  s3.on(GetBucketCorsCommand).resolves({ CORSRules: [{ AllowedMethods: ['PUT'], AllowedOrigins: ['*'] }] });
  expect(await asking.allowsCrossOriginReads!('b')).toBe(false);
  s3.on(GetBucketCorsCommand).rejects(failure('NoSuchCORSConfiguration', 404));
  expect(await asking.allowsCrossOriginReads!('b')).toBe(false);
  s3.on(GetBucketCorsCommand).rejects(failure('Busy', 503));
  await expect(asking.allowsCrossOriginReads!('b')).rejects.toThrow('Busy');
  asking.destroy();
});

test('queues', async () => {
  sqs.on(CreateQueueCommand).resolves({ QueueUrl: URL });
  sqs.on(GetQueueAttributesCommand).resolves({ Attributes: { QueueArn: QUEUE } });
  expect(await cloud.createQueue('GroundTruth-job')).toEqual({ url: URL, arn: QUEUE });
  expect(sqs.commandCalls(CreateQueueCommand)[0].args[0].input.Attributes).toEqual({ MessageRetentionPeriod: '1209600' });
  sqs.on(GetQueueUrlCommand).resolves({ QueueUrl: URL });
  expect(await cloud.queueExists('GroundTruth-job')).toBe(true);
  sqs.on(GetQueueUrlCommand).rejects(failure('QueueDoesNotExist', 400));
  expect(await cloud.queueExists('GroundTruth-job')).toBe(false);
  sqs.on(GetQueueUrlCommand).rejects(failure('Busy', 503));
  await expect(cloud.queueExists('GroundTruth-job')).rejects.toThrow('Busy');
  sqs.on(ReceiveMessageCommand).resolvesOnce({
    Messages: [{ MessageId: 'm', Body: 'b', ReceiptHandle: 'r', Attributes: { SentTimestamp: '5' } }, { MessageId: 'n', Body: 'b', ReceiptHandle: 's' }],
  }).resolves({});
  expect(await cloud.receive(URL, 10)).toEqual([
    { messageId: 'm', body: 'b', receiptHandle: 'r', sentAt: 5 }, { messageId: 'n', body: 'b', receiptHandle: 's', sentAt: undefined },
  ]);
  expect(await cloud.receive(URL, 10)).toEqual([]);
  await cloud.deleteMessage(URL, 'r');
  expect(sqs.commandCalls(DeleteMessageCommand)[0].args[0].input).toEqual({ QueueUrl: URL, ReceiptHandle: 'r' });
});

test.each([true, false])('topics, raw delivery: %s', async raw => {
  const topic = 'arn:aws:sns:us-east-1:111122223333:t';
  sqs.on(GetQueueUrlCommand, { QueueName: 'GroundTruth-job' }).resolves({ QueueUrl: URL });
  sqs.on(SetQueueAttributesCommand).resolves({});
  sns.on(SubscribeCommand).resolves({ SubscriptionArn: `${topic}:1` });
  expect(await cloud.subscribe(topic, QUEUE, { raw })).toBe(`${topic}:1`);
  const policy = JSON.parse(sqs.commandCalls(SetQueueAttributesCommand)[0].args[0].input.Attributes!.Policy!);
  expect(policy.Statement[0]).toMatchObject({ Resource: QUEUE, Condition: { ArnEquals: { 'aws:SourceArn': topic } } });
  expect(sns.commandCalls(SubscribeCommand)[0].args[0].input).toMatchObject({
    Protocol: 'sqs', Endpoint: QUEUE, Attributes: raw ? { RawMessageDelivery: 'true' } : undefined,
  });
  await cloud.unsubscribe(`${topic}:1`);
  expect(sns.commandCalls(UnsubscribeCommand)[0].args[0].input).toEqual({ SubscriptionArn: `${topic}:1` });
  await cloud.publish(topic, 'm');
  expect(sns.commandCalls(PublishCommand)[0].args[0].input).toEqual({ TopicArn: topic, Message: 'm' });
});

describe('events', () => {
  const event: CloudEvent = {
    'version': '0', 'id': '1', 'detail-type': 'T', 'source': 'aws.sagemaker', 'account': '1', 'time': '2018-10-06T12:26:13Z', 'region': 'r',
    'resources': ['arn:job/project-1'], 'detail': { LabelingJobStatus: 'Stopped' },
  };

  test('reach the functions and queues of the rules that match', async () => {
    const matching = { source: ['aws.sagemaker'], resources: [{ prefix: 'arn:job/project-' }] };
    events.on(ListRulesCommand).resolvesOnce({
      Rules: [{ Name: 'a', EventPattern: JSON.stringify(matching) }, { Name: 'b', EventPattern: '{"source":["aws.s3"]}' }], NextToken: 'more',
    }).resolves({ Rules: [{ Name: 'c', EventPattern: JSON.stringify(matching), State: 'DISABLED' }, { Name: 'd', ScheduleExpression: 'rate(1 minute)' }] });
    events.on(ListTargetsByRuleCommand, { Rule: 'a' }).resolves({
      Targets: [
        { Id: '1', Arn: 'arn:aws:lambda:us-east-1:1:function:f' },
        { Id: '2', Arn: 'arn:aws:sqs:us-east-1:1:q', Input: '{"wake":true}' },
        { Id: '3', Arn: 'arn:aws:lambda:us-east-1:1:function:g', InputPath: '$.detail' },
        { Id: '4', Arn: 'arn:aws:states:us-east-1:1:stateMachine:s' },
      ],
    });
    sqs.on(GetQueueUrlCommand, { QueueName: 'q' }).resolves({ QueueUrl: URL });
    await cloud.putEvent(event);
    expect(events.commandCalls(ListTargetsByRuleCommand)).toHaveLength(1);
    const calls = lambda.commandCalls(InvokeCommand);
    expect(calls).toHaveLength(1);
    expect(calls[0].args[0].input).toMatchObject({ FunctionName: 'arn:aws:lambda:us-east-1:1:function:f', InvocationType: 'Event' });
    expect(JSON.parse(Buffer.from(calls[0].args[0].input.Payload as Uint8Array).toString())).toEqual(event);
    expect(sqs.commandCalls(SendMessageCommand)[0].args[0].input).toMatchObject({ QueueUrl: URL, MessageBody: '{"wake":true}' });
  });

  test.each<[JsonValue, boolean]>([
    [{ source: ['aws.sagemaker'] }, true],
    [{ source: ['aws.s3', 'aws.sagemaker'] }, true],
    [{ source: ['aws.s3'] }, false],
    [{ source: ['aws.sagemaker'], account: ['2'] }, false],
    [{ detail: { LabelingJobStatus: ['Stopped'] } }, true],
    [{ detail: { LabelingJobStatus: ['Failed'] } }, false],
    [{ detail: { other: ['x'] } }, false],
    [{ detail: { deeper: { other: ['x'] } } }, false],
    [{ detail: { other: [{ exists: false }] } }, true],
    [{ detail: { LabelingJobStatus: [{ exists: true }] } }, true],
    [{ detail: { LabelingJobStatus: [{ 'anything-but': 'Stopped' }] } }, false],
    [{ detail: { LabelingJobStatus: [{ 'anything-but': ['Failed', 'Completed'] }] } }, true],
    [{ resources: [{ prefix: 'arn:job/other' }] }, false],
    [{ resources: [{ suffix: '-1' }] }, true],
  ])('pattern %j: %s', (pattern, matches) => {
    expect(matchesPattern(pattern, event as unknown as JsonValue)).toBe(matches);
  });

  test('an unknown kind of pattern is told', () => {
    expect(() => matchesPattern({ source: [{ wildcard: '*' }] }, event as unknown as JsonValue)).toThrow('wildcard');
  });
});

test('which errors are worth another try', () => {
  expect(isPermanent(failure('NoSuchKey', 404))).toBe(true);
  expect(isPermanent(failure('AccessDenied', 403))).toBe(true);
  expect(isPermanent(failure('InternalError', 500))).toBe(false);
  expect(isPermanent('text')).toBe(false);
});
