import { randomUUID } from 'node:crypto';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { CreateBucketCommand, DeleteObjectCommand, PutBucketVersioningCommand, S3Client } from '@aws-sdk/client-s3';
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand, GetQueueAttributesCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { contractSimulator } from './contract-simulator';
import { ContractWorld } from './contract-world';
import { EVENT_SOURCE } from '../../../src/contract/events';
import { STATUS_INDEX } from '../../../src/contract/ledger-table';
import { Connection } from '../../../src/local/runner/aws';
import { SimulatorServer } from '../../../src/local/simulator/http-server';
import { DynamoTable } from '../../../src/runtime/aws/dynamo-table';
import { DefaultEventBus } from '../../../src/runtime/aws/event-bus';
import { S3ObjectStore } from '../../../src/runtime/aws/s3-object-store';
import { SageMakerLabelingJobs } from '../../../src/runtime/aws/sagemaker-labeling-jobs';
import { SnsInputTopic } from '../../../src/runtime/aws/sns-input-topic';
import { SqsQueues } from '../../../src/runtime/aws/sqs-queues';

const newName = (): string => `contract-${randomUUID()}`;

/** The ports of AWS over an emulator and, for labeling jobs, the simulator behind HTTP. */
export async function openEmulator({ endpoint, region, account }: Connection): Promise<ContractWorld> {
  const config = { endpoint, region, credentials: { accessKeyId: account, secretAccessKey: 'local' } };
  const dynamo = new DynamoDBClient({ ...config, maxAttempts: 1 });
  const s3 = new S3Client(config);
  const sns = new SNSClient(config);
  const sqs = new SQSClient(config);
  const events = new EventBridgeClient(config);
  const { simulator, pass } = contractSimulator();
  const server = await SimulatorServer.start({ simulator, stepEvery: 0 });
  const sageMaker = new SageMakerClient({ ...config, endpoint: server.endpoint });

  const newQueue = async () => {
    const name = newName();
    const { QueueUrl: url } = await sqs.send(new CreateQueueCommand({ QueueName: name }));
    const { Attributes: attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['QueueArn'] }));
    return { name, url: url!, arn: attributes!.QueueArn! };
  };
  const receive = async (queueUrl: string, max: number) => {
    const answer = await sqs.send(new ReceiveMessageCommand({ QueueUrl: queueUrl, MaxNumberOfMessages: max, WaitTimeSeconds: 1 }));
    return (answer.Messages ?? []).map(({ Body }) => Body!);
  };

  const eventQueue = await newQueue();
  const rule = newName();
  await events.send(new PutRuleCommand({ Name: rule, EventPattern: JSON.stringify({ source: [EVENT_SOURCE] }) }));
  await events.send(new PutTargetsCommand({ Rule: rule, Targets: [{ Id: 'queue', Arn: eventQueue.arn }] }));

  return {
    table: async () => {
      const name = newName();
      await dynamo.send(new CreateTableCommand({
        TableName: name,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: ['pk', 'sk', STATUS_INDEX.partitionKey, STATUS_INDEX.sortKey].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
        KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }, { AttributeName: 'sk', KeyType: 'RANGE' }],
        GlobalSecondaryIndexes: [{
          IndexName: STATUS_INDEX.name,
          KeySchema: [{ AttributeName: STATUS_INDEX.partitionKey, KeyType: 'HASH' }, { AttributeName: STATUS_INDEX.sortKey, KeyType: 'RANGE' }],
          Projection: { ProjectionType: 'KEYS_ONLY' },
        }],
      }));
      return new DynamoTable(dynamo, name);
    },
    objects: new S3ObjectStore(s3),
    bucket: async () => {
      const name = newName();
      await s3.send(new CreateBucketCommand({ Bucket: name }));
      await s3.send(new PutBucketVersioningCommand({ Bucket: name, VersioningConfiguration: { Status: 'Enabled' } }));
      return name;
    },
    deleteObject: async (bucket, key) => { await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: key })); },
    topic: new SnsInputTopic(sns),
    newTopic: async () => (await sns.send(new CreateTopicCommand({ Name: newName() }))).TopicArn!,
    queues: new SqsQueues(sqs),
    newQueue,
    subscribe: async (topicArn, queueArn) => {
      await sns.send(new SubscribeCommand({ TopicArn: topicArn, Protocol: 'sqs', Endpoint: queueArn, Attributes: { RawMessageDelivery: 'true' } }));
    },
    receive,
    jobs: new SageMakerLabelingJobs(sageMaker, new SageMakerClient({ ...config, endpoint: server.endpoint, maxAttempts: 1 })),
    simulator,
    pass,
    bus: new DefaultEventBus(events),
    publishedEvents: async () => (await receive(eventQueue.url, 10)).map((body) => JSON.parse(body))
      .map((event) => ({ type: event['detail-type'], detail: event.detail })),
    close: async () => {
      [dynamo, s3, sns, sqs, events, sageMaker].forEach((client) => client.destroy());
      await server.close();
    },
  };
}
