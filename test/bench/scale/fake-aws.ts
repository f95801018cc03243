import { Readable } from 'node:stream';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { answerDynamo } from './fake-dynamo';
import { GroundTruthSimulator, MemoryCloud } from '../../../src/local/simulator';
import { DynamoTable } from '../../../src/runtime/aws/dynamo-table';
import { DefaultEventBus } from '../../../src/runtime/aws/event-bus';
import { LambdaWaker } from '../../../src/runtime/aws/lambda-waker';
import { S3ObjectStore } from '../../../src/runtime/aws/s3-object-store';
import { SageMakerLabelingJobs } from '../../../src/runtime/aws/sagemaker-labeling-jobs';
import { SnsInputTopic } from '../../../src/runtime/aws/sns-input-topic';
import { SqsQueues } from '../../../src/runtime/aws/sqs-queues';
import { MemoryTable } from '../../../src/runtime/memory/memory-table';
import { World } from '../../../src/runtime/world';

export interface Services {
  readonly table: MemoryTable;
  readonly cloud: MemoryCloud;
  readonly simulator: GroundTruthSimulator;
}

type Answer = (command: string, input: never) => Promise<object>;

type Sent = (args: { readonly input: never }) => Promise<unknown>;

interface AnyClient {
  readonly middlewareStack: {
    add(
      middleware: (next: Sent, context: { readonly commandName?: string }) => Sent,
      options: { readonly step: 'initialize'; readonly priority: 'high' },
    ): void;
  };
}

/** How often each service was called, by `service.Operation`. */
export class Calls {
  private counts = new Map<string, number>();

  public count(operation: string): void {
    this.counts.set(operation, (this.counts.get(operation) ?? 0) + 1);
  }

  /** What was counted since the last time. */
  public take(): ReadonlyMap<string, number> {
    const taken = this.counts;
    this.counts = new Map();
    return taken;
  }
}

type Service = 'dynamodb' | 'sagemaker' | 's3' | 'sns' | 'sqs' | 'events' | 'lambda';

/** How a service is reached: the settings of its client, and who answers in its place. Undefined: it does so itself. */
export interface Reached {
  readonly settings: object;
  readonly answer?: Answer;
}

/** The world of the functions as they ship: their adapters over the clients of the SDK, in which a middleware counts what is sent. */
export function countedWorld(
  world: Omit<World, ServicePort>, ledgerTable: string, reach: (service: Service) => Reached, calls: Calls,
): World {
  const made = <C extends AnyClient>(service: Service, Client: new (config: object) => C): C => {
    const { settings, answer } = reach(service);
    const client = new Client(settings);
    client.middlewareStack.add((next, { commandName = '' }) => async (args) => {
      calls.count(`${service}.${commandName.replace(/Command$/, '')}`);
      return answer === undefined ? next(args) : { output: { $metadata: {}, ...await answer(commandName, args.input) }, response: {} };
    }, { step: 'initialize', priority: 'high' });
    return client;
  };
  const sageMaker = made('sagemaker', SageMakerClient);
  return {
    ...world,
    ledger: { ...world.ledger, table: new DynamoTable(made('dynamodb', DynamoDBClient), ledgerTable) },
    objects: new S3ObjectStore(made('s3', S3Client)),
    topic: new SnsInputTopic(made('sns', SNSClient)),
    queues: new SqsQueues(made('sqs', SQSClient)),
    jobs: new SageMakerLabelingJobs(sageMaker, sageMaker),
    bus: new DefaultEventBus(made('events', EventBridgeClient)),
    waker: new LambdaWaker(made('lambda', LambdaClient), 'controller', world.ledger.newId, world.telemetry),
  };
}

type ServicePort = 'objects' | 'topic' | 'queues' | 'jobs' | 'bus' | 'waker';

const NOWHERE = { endpoint: 'http://127.0.0.1:9', region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } };

/** Services in memory. */
export function inMemory({ table, cloud, simulator }: Services): (service: Service) => Reached {
  const answers: { readonly [service in Service]: Answer } = {
    dynamodb: (command, input) => answerDynamo(table, command, input),
    sagemaker: from(jobs(simulator)), s3: from(buckets(cloud)), sns: from(topics(cloud)), sqs: from(queues(cloud)),
    events: async () => ({}), lambda: async () => ({}),
  };
  return (service) => ({ settings: NOWHERE, answer: answers[service] });
}

type Operations = { readonly [command: string]: (input: never) => Promise<object> };

function from(operations: Operations): Answer {
  return (command, input) => {
    const operation = operations[command];
    if (operation === undefined) {
      throw new Error(`nobody answers ${command} here`);
    }
    return operation(input);
  };
}

interface At {
  readonly Bucket: string;
  readonly Key: string;
  readonly VersionId?: string;
}

interface Put extends At {
  readonly Body: Uint8Array;
  readonly ContentType: string;
  readonly Metadata: Record<string, string>;
  readonly IfNoneMatch?: '*';
}

interface Publish {
  readonly TopicArn: string;
  readonly PublishBatchRequestEntries: readonly { readonly Id: string; readonly Message: string }[];
}

function buckets({ buckets: all }: MemoryCloud): Operations {
  const headOf = ({ versionId, size, etag, lastModified, metadata }: Awaited<ReturnType<typeof all.get>>) =>
    ({ VersionId: versionId, ContentLength: size, ETag: etag, LastModified: new Date(lastModified), Metadata: metadata });
  return {
    HeadObjectCommand: async ({ Bucket, Key, VersionId }: At) => headOf(await all.head(Bucket, Key, VersionId)),
    GetObjectCommand: async ({ Bucket, Key, VersionId }: At) => {
      const found = await all.get(Bucket, Key, VersionId);
      const Body = Object.assign(Readable.from([Buffer.from(found.body)]), { transformToByteArray: async () => found.body });
      return { ...headOf(found), Body };
    },
    PutObjectCommand: async ({ Bucket, Key, Body, ContentType, Metadata, IfNoneMatch }: Put) => {
      await all.put(Bucket, Key, Body, { contentType: ContentType, metadata: Metadata, ifNoneMatch: IfNoneMatch });
      return {};
    },
    CopyObjectCommand: async ({ Bucket, Key, CopySource, ContentType, Metadata }: Put & { readonly CopySource: string }) => {
      const [, bucket, key, versionId] = /^([^/]+)\/(.*)\?versionId=(.*)$/.exec(CopySource)!;
      const source = { bucket, key: decodeURIComponent(key), versionId };
      await all.copy(source, { bucket: Bucket, key: Key }, { contentType: ContentType, metadata: Metadata });
      return {};
    },
    DeleteObjectCommand: async ({ Bucket, Key, VersionId }: At) => {
      await all.delete(Bucket, Key, VersionId);
      return {};
    },
    ListObjectVersionsCommand: async ({ Bucket, Prefix }: { Bucket: string; Prefix: string }) => {
      const { versions } = await all.listVersions(Bucket, { prefix: Prefix });
      return {
        EncodingType: 'url', Versions: versions.map(({ key, versionId, isLatest, lastModified, size }) => (
          { Key: encodeURIComponent(key), VersionId: versionId, IsLatest: isLatest, LastModified: new Date(lastModified), Size: size })),
      };
    },
  };
}

function topics({ topics: all }: MemoryCloud): Operations {
  return {
    PublishBatchCommand: async ({ TopicArn, PublishBatchRequestEntries: entries }: Publish) => {
      await all.publishBatch(TopicArn, entries.map(({ Message }) => Message));
      return { Successful: entries.map(({ Id }) => ({ Id })) };
    },
    ListSubscriptionsByTopicCommand: async ({ TopicArn }: { TopicArn: string }) => ({
      Subscriptions: (await all.listSubscriptions(TopicArn)).map(({ arn, endpoint }) => ({ SubscriptionArn: arn, Protocol: 'sqs', Endpoint: endpoint })),
    }),
  };
}

function queues({ queues: all }: MemoryCloud): Operations {
  return {
    GetQueueAttributesCommand: async ({ QueueUrl }: { QueueUrl: string }) => {
      const { visible, inFlight, delayed } = await all.counts(QueueUrl);
      return {
        Attributes: {
          ApproximateNumberOfMessages: String(visible),
          ApproximateNumberOfMessagesNotVisible: String(inFlight),
          ApproximateNumberOfMessagesDelayed: String(delayed),
        },
      };
    },
    GetQueueUrlCommand: async ({ QueueName }: { QueueName: string }) => ({ QueueUrl: await all.urlOf(QueueName) }),
    SendMessageBatchCommand: async ({ QueueUrl, Entries }: { QueueUrl: string; Entries: { MessageBody: string }[] }) => {
      for (const { MessageBody } of Entries) {
        await all.send(QueueUrl, MessageBody);
      }
      return {};
    },
    DeleteQueueCommand: async ({ QueueUrl }: { QueueUrl: string }) => {
      await all.deleteQueue(QueueUrl);
      return {};
    },
  };
}

function jobs(simulator: GroundTruthSimulator): Operations {
  return {
    CreateLabelingJobCommand: (input) => simulator.createLabelingJob(input),
    DescribeLabelingJobCommand: (input) => simulator.describeLabelingJob(input),
    StopLabelingJobCommand: async (input) => {
      await simulator.stopLabelingJob(input);
      return {};
    },
    DescribeWorkteamCommand: (input) => simulator.describeWorkteam(input),
  };
}
