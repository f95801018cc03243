import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SchedulerClient } from '@aws-sdk/client-scheduler';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';

/** How the emulated AWS is reached. */
export interface Connection {
  /** `http://127.0.0.1:<port>`. */
  readonly endpoint: string;
  readonly region: string;
  /** 12 digits. */
  readonly account: string;
}

/** Signatures of presigned URLs are checked against it. */
export const LOCAL_SECRET = 'local';

/** The settings of an SDK client that acts as the administrator of the emulated account. */
export function clientSettings({ endpoint, region, account }: Connection) {
  return {
    endpoint, region, credentials: { accessKeyId: account, secretAccessKey: LOCAL_SECRET }, // the emulator takes the key as the account
  };
}

/** Clients of the emulated AWS, with all rights. */
export class Aws {
  public readonly cloudFormation: CloudFormationClient;
  public readonly dynamodb: DynamoDBClient;
  public readonly eventBridge: EventBridgeClient;
  public readonly lambda: LambdaClient;
  public readonly s3: S3Client;
  public readonly scheduler: SchedulerClient;
  public readonly sns: SNSClient;
  public readonly sqs: SQSClient;

  public constructor(public readonly connection: Connection) {
    const settings = clientSettings(connection);
    this.cloudFormation = new CloudFormationClient(settings);
    this.dynamodb = new DynamoDBClient(settings);
    this.eventBridge = new EventBridgeClient(settings);
    this.lambda = new LambdaClient(settings);
    this.s3 = new S3Client({ ...settings, forcePathStyle: true });
    this.scheduler = new SchedulerClient(settings);
    this.sns = new SNSClient(settings);
    this.sqs = new SQSClient(settings);
  }

  /** Closes the connections. */
  public close(): void {
    const { cloudFormation, dynamodb, eventBridge, lambda, s3, scheduler, sns, sqs } = this;
    [cloudFormation, dynamodb, eventBridge, lambda, s3, scheduler, sns, sqs].forEach(client => client.destroy());
  }
}
