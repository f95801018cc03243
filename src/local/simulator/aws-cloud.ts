import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { GetBucketCorsCommand, GetObjectCommand, HeadObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { SNSClient, PublishCommand, SubscribeCommand, UnsubscribeCommand } from '@aws-sdk/client-sns';
import {
  CreateQueueCommand, DeleteMessageCommand, GetQueueAttributesCommand, GetQueueUrlCommand, ReceiveMessageCommand, SetQueueAttributesCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { CloudEvent, ObjectHead, ReceivedMessage, SimulatorCloud, SubscribeOptions } from './cloud';
import { EventDelivery } from './event-delivery';

export interface AwsCloudOptions {
  /** Of the emulator, e.g. `http://127.0.0.1:4566`. */
  readonly endpoint: string;
  readonly region: string;
  /** Default: the dummy credentials that emulators take. */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /**
   * Whether to ask the cloud for the buckets' CORS configuration. Default: false, since emulators drop it.
   */
  readonly checkCors?: boolean;
}

const RETENTION_SECONDS = String(14 * 24 * 3600);

/**
 * Whatever AWS emulator runs beside the simulator. Not exported by `index.ts`, so that tests in memory do not load the AWS SDK.
 */
export class AwsCloud implements SimulatorCloud {
  /** Present only if the option `checkCors` is set. */
  public readonly allowsCrossOriginReads?: (bucket: string) => Promise<boolean>;
  private readonly s3: S3Client;
  private readonly sqs: SQSClient;
  private readonly sns: SNSClient;
  private readonly events: EventBridgeClient;
  private readonly lambda: LambdaClient;
  private readonly delivery: EventDelivery;

  public constructor(options: AwsCloudOptions) {
    const { endpoint, region, credentials = { accessKeyId: 'test', secretAccessKey: 'test' } } = options;
    this.s3 = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
    this.sqs = new SQSClient({ endpoint, region, credentials, useQueueUrlAsEndpoint: false });
    this.sns = new SNSClient({ endpoint, region, credentials });
    this.events = new EventBridgeClient({ endpoint, region, credentials });
    this.lambda = new LambdaClient({ endpoint, region, credentials });
    this.delivery = new EventDelivery(this.events, this.lambda, this.sqs);
    if (options.checkCors) {
      this.allowsCrossOriginReads = bucket => this.hasCors(bucket);
    }
  }

  public async readObject(bucket: string, key: string): Promise<Uint8Array> {
    const { Body } = await this.s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    return Body!.transformToByteArray();
  }

  public async writeObject(bucket: string, key: string, body: Uint8Array | string, contentType: string): Promise<void> {
    await this.s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, ContentType: contentType }));
  }

  public async headObject(bucket: string, key: string): Promise<ObjectHead | undefined> {
    try {
      const head = await this.s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
      return { size: head.ContentLength ?? 0, contentType: head.ContentType };
    } catch (error) {
      if (httpStatus(error) === 404) {
        return undefined;
      }
      throw error;
    }
  }

  public async createQueue(name: string): Promise<{ url: string; arn: string }> {
    const attributes = { MessageRetentionPeriod: RETENTION_SECONDS };
    const created = await this.sqs.send(new CreateQueueCommand({ QueueName: name, Attributes: attributes }));
    const url = created.QueueUrl!;
    const read = await this.sqs.send(new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['QueueArn'] }));
    return { url, arn: read.Attributes!.QueueArn! };
  }

  public async queueExists(name: string): Promise<boolean> {
    try {
      await this.sqs.send(new GetQueueUrlCommand({ QueueName: name }));
      return true;
    } catch (error) {
      if (/NonExistentQueue|QueueDoesNotExist/.test((error as Error).name)) {
        return false;
      }
      throw error;
    }
  }

  public async receive(queueUrl: string, max: number): Promise<ReceivedMessage[]> {
    const received = await this.sqs.send(new ReceiveMessageCommand({
      QueueUrl: queueUrl, MaxNumberOfMessages: max, WaitTimeSeconds: 0, MessageSystemAttributeNames: ['SentTimestamp'],
    }));
    return (received.Messages ?? []).map(message => ({
      messageId: message.MessageId!,
      body: message.Body!,
      receiptHandle: message.ReceiptHandle!,
      sentAt: message.Attributes?.SentTimestamp === undefined ? undefined : Number(message.Attributes.SentTimestamp),
    }));
  }

  public async deleteMessage(queueUrl: string, receiptHandle: string): Promise<void> {
    await this.sqs.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle: receiptHandle }));
  }

  /** Also lets the topic send to the queue, which the service does with the role's `sqs:SetQueueAttributes`. */
  public async subscribe(topicArn: string, queueArn: string, options: SubscribeOptions = {}): Promise<string> {
    const queue = await this.sqs.send(new GetQueueUrlCommand({ QueueName: queueArn.slice(queueArn.lastIndexOf(':') + 1) }));
    const policy = {
      Version: '2012-10-17',
      Statement: [{
        Effect: 'Allow',
        Principal: { Service: 'sns.amazonaws.com' },
        Action: 'sqs:SendMessage',
        Resource: queueArn,
        Condition: { ArnEquals: { 'aws:SourceArn': topicArn } },
      }],
    };
    await this.sqs.send(new SetQueueAttributesCommand({ QueueUrl: queue.QueueUrl, Attributes: { Policy: JSON.stringify(policy) } }));
    const subscribed = await this.sns.send(new SubscribeCommand({
      TopicArn: topicArn,
      Protocol: 'sqs',
      Endpoint: queueArn,
      ReturnSubscriptionArn: true,
      Attributes: options.raw ? { RawMessageDelivery: 'true' } : undefined,
    }));
    return subscribed.SubscriptionArn!;
  }

  public async unsubscribe(subscriptionArn: string): Promise<void> {
    await this.sns.send(new UnsubscribeCommand({ SubscriptionArn: subscriptionArn }));
  }

  public async publish(topicArn: string, body: string): Promise<void> {
    await this.sns.send(new PublishCommand({ TopicArn: topicArn, Message: body }));
  }

  public async putEvent(event: CloudEvent): Promise<void> {
    await this.delivery.deliver(event);
  }

  /** Closes the clients' connections. */
  public destroy(): void {
    this.s3.destroy();
    this.sqs.destroy();
    this.sns.destroy();
    this.events.destroy();
    this.lambda.destroy();
  }

  private async hasCors(bucket: string): Promise<boolean> {
    try {
      const { CORSRules } = await this.s3.send(new GetBucketCorsCommand({ Bucket: bucket }));
      return (CORSRules ?? []).some(rule => rule.AllowedMethods?.includes('GET') && rule.AllowedOrigins?.includes('*'));
    } catch (error) {
      if (httpStatus(error) === 404) {
        return false;
      }
      throw error;
    }
  }
}

function httpStatus(error: unknown): number | undefined {
  return (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
}
