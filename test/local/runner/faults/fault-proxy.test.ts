import { spawn } from 'node:child_process';
import { createServer, Server } from 'node:http';
import { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import {
  CopyObjectCommand, DeleteObjectCommand, GetBucketCorsCommand, GetObjectCommand, HeadObjectCommand, ListObjectsV2Command,
  ListObjectVersionsCommand, PutObjectCommand, S3Client,
} from '@aws-sdk/client-s3';
import { DescribeLabelingJobCommand, SageMakerClient } from '@aws-sdk/client-sagemaker';
import { PublishBatchCommand, SNSClient } from '@aws-sdk/client-sns';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { FaultKind, FaultProxy } from '../../../../src/local/runner/faults';
import { isRefusal, isThrottling, isUnknownOutcome } from '../../../../src/runtime/errors';

const ROOT = join(__dirname, '../../../..');

/** Takes every request and remembers it. */
class Upstream {
  public readonly seen: { readonly url: string; readonly host: string; readonly body: string }[] = [];
  public readonly http: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      this.seen.push({ url: request.url!, host: request.headers.host!, body: Buffer.concat(chunks).toString() });
      response.setHeader('content-type', 'application/json');
      response.end(this.body);
    });
  });
  public body = '{}';

  public get endpoint(): string {
    return `http://127.0.0.1:${(this.http.address() as AddressInfo).port}`;
  }
}

describe('the fault proxy', () => {
  let aws: Upstream;
  let sagemaker: Upstream;
  let proxy: FaultProxy;
  let calls: { readonly [operation: string]: () => Promise<unknown> };

  beforeEach(async () => {
    [aws, sagemaker] = [new Upstream(), new Upstream()];
    for (const { http } of [aws, sagemaker]) {
      await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    }
    proxy = await FaultProxy.start({ longestDelay: 50 });
    proxy.forwardTo({ aws: aws.endpoint, sagemaker: sagemaker.endpoint });
    const settings = {
      endpoint: proxy.endpoint, region: 'eu-west-1', credentials: { accessKeyId: '123456789012', secretAccessKey: 'local' }, maxAttempts: 1,
    };
    const s3 = new S3Client({ ...settings, forcePathStyle: true });
    const dynamodb = new DynamoDBClient(settings);
    const object = { Bucket: 'drops', Key: 'a b/ü.jpg' };
    const key = { pk: { S: 'a' } };
    calls = {
      'dynamodb.GetItem': () => dynamodb.send(new GetItemCommand({ TableName: 'ledger', Key: key })),
      'dynamodb.PutItem': () => dynamodb.send(new PutItemCommand({ TableName: 'ledger', Item: key })),
      'sqs.SendMessage': () => new SQSClient(settings).send(new SendMessageCommand({ QueueUrl: `${proxy.endpoint}/1/q`, MessageBody: 'm' })),
      'sns.PublishBatch': () => new SNSClient(settings).send(new PublishBatchCommand({ TopicArn: 'arn:aws:sns:eu-west-1:1:t', PublishBatchRequestEntries: [] })),
      'events.PutEvents': () => new EventBridgeClient(settings).send(new PutEventsCommand({ Entries: [] })),
      'lambda.Invoke': () => new LambdaClient(settings).send(new InvokeCommand({ FunctionName: 'controller' })),
      'sagemaker.DescribeLabelingJob': () => new SageMakerClient(settings).send(new DescribeLabelingJobCommand({ LabelingJobName: 'demo-1' })),
      's3.GetObject': () => s3.send(new GetObjectCommand(object)),
      's3.HeadObject': () => s3.send(new HeadObjectCommand(object)),
      's3.PutObject': () => s3.send(new PutObjectCommand({ ...object, Body: 'bytes' })),
      's3.DeleteObject': () => s3.send(new DeleteObjectCommand(object)),
      's3.CopyObject': () => s3.send(new CopyObjectCommand({ ...object, CopySource: 'drops/x' })),
      's3.ListObjectsV2': () => s3.send(new ListObjectsV2Command({ Bucket: 'drops' })),
      's3.ListObjectVersions': () => s3.send(new ListObjectVersionsCommand({ Bucket: 'drops' })),
      's3.GetBucketCors': () => s3.send(new GetBucketCorsCommand({ Bucket: 'drops' })),
    };
  });

  afterEach(async () => {
    await proxy.stop();
    for (const { http } of [aws, sagemaker]) {
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    }
  });

  const failure = (operation: string): Promise<Error | undefined> => calls[operation]().then(() => undefined, (error: Error) => error);
  const carriedOut = () => aws.seen.length + sagemaker.seen.length;

  test('names every operation, sends it where it belongs, and keeps the host that its signature names', async () => {
    for (const operation of Object.keys(calls)) {
      await failure(operation); // the upstream's answers are not of the right form for all
    }
    expect([...proxy.requests.keys()].sort()).toEqual(Object.keys(calls).sort());
    expect([...proxy.requests.values()]).toEqual(Object.keys(calls).map(() => 1));
    expect(sagemaker.seen.map(({ body }) => body)).toEqual(['{"LabelingJobName":"demo-1"}']);
    expect(carriedOut()).toBe(Object.keys(calls).length);
    expect(new Set([...aws.seen, ...sagemaker.seen].map(({ host }) => `http://${host}`))).toEqual(new Set([proxy.endpoint]));
    expect(proxy.injected).toEqual([]);
  });

  test('throttles so that the SDK knows it, in every protocol, and nothing is carried out', async () => {
    proxy.weather.add({ kind: 'throttle' });
    for (const operation of Object.keys(calls)) {
      const error = await failure(operation);
      expect([operation, isThrottling(error) || operation === 's3.HeadObject']).toEqual([operation, true]);
    }
    expect(carriedOut()).toBe(0);
    expect(proxy.counts().throttle).toBe(Object.keys(calls).length);
  });

  test.each<[FaultKind, number]>([['unavailable', 0], ['internal-error', 1], ['reset', 0], ['lost-answer', 1]])(
    '%s: the caller cannot know the outcome; carried out: %s', async (kind, expected) => {
      proxy.weather.add({ kind });
      for (const operation of Object.keys(calls)) {
        const before = carriedOut();
        const error = await failure(operation);
        expect([operation, isUnknownOutcome(error), isRefusal(error)]).toEqual([operation, true, false]);
        expect([operation, carriedOut() - before]).toEqual([operation, expected]);
      }
      expect(proxy.counts()[kind]).toBe(Object.keys(calls).length);
    });

  test('a rule spares the first, comes as often as it says, and can be lifted', async () => {
    proxy.weather.add({ kind: 'reset', operation: 'GetItem', after: 1, times: 2 });
    const lift = proxy.weather.add({ kind: 'reset', url: /x-id=PutObject/ });
    const outcomes: boolean[] = [];
    for (let call = 0; call < 5; call++) {
      outcomes.push(await failure('dynamodb.GetItem') === undefined);
    }
    expect(outcomes).toEqual([true, false, false, true, true]);
    expect(await failure('s3.PutObject')).toBeDefined();
    lift();
    expect(await failure('s3.PutObject')).toBeUndefined();
  });

  test('a delayed request is carried out', async () => {
    proxy.weather.add({ kind: 'delay' });
    expect(await failure('dynamodb.GetItem')).toBeUndefined();
    expect(proxy.injected).toEqual([{ kind: 'delay', operation: 'dynamodb.GetItem', asker: undefined }]);
  });

  const ask = (env: NodeJS.ProcessEnv) => new Promise<number | NodeJS.Signals | null>((resolve) => {
    const program = `const { DynamoDBClient, GetItemCommand } = require('@aws-sdk/client-dynamodb');
      new DynamoDBClient({ maxAttempts: 1 }).send(new GetItemCommand({ TableName: 't', Key: { pk: { S: 'a' } } })).then(() => 0, () => process.exit(3));`;
    spawn(process.execPath, ['-e', program], {
      cwd: ROOT, stdio: 'ignore',
      env: { PATH: process.env.PATH, AWS_REGION: 'eu-west-1', AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b', AWS_LAMBDA_FUNCTION_NAME: 'Stack-Intake-1', ...env },
    }).once('exit', (code, signal) => resolve(signal ?? code));
  });

  test.each<[FaultKind, number]>([['kill-before', 0], ['kill-after', 1]])('%s: kills the function that asks, by name; carried out: %s', async (kind, expected) => {
    proxy.weather.add({ kind, asker: /Intake/, times: 1 });
    expect(await ask(proxy.environment)).toBe('SIGKILL');
    expect(carriedOut()).toBe(expected);
    expect(proxy.injected).toEqual([{ kind, operation: 'dynamodb.GetItem', asker: 'Stack-Intake-1' }]);
    expect(await ask(proxy.environment)).toBe(0);
  });

  test('only a function is killed: of anybody else the connection breaks', async () => {
    proxy.weather.add({ kind: 'kill-after' });
    const { AWS_ENDPOINT_URL } = proxy.environment;
    expect(await ask({ AWS_ENDPOINT_URL })).toBe(3);
    expect(await ask({ AWS_ENDPOINT_URL, AWS_SDK_UA_APP_ID: `fn-${process.pid}-guess-Stack` })).toBe(3);
    expect(proxy.injected.map(({ kind }) => kind)).toEqual(['lost-answer', 'lost-answer']);
  });
});
