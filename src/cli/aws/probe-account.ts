import {
  CloudFormationClient, CreateStackCommand, DeleteStackCommand, DescribeStackResourcesCommand, DescribeStacksCommand, StackResource,
} from '@aws-sdk/client-cloudformation';
import { DeleteObjectsCommand, GetObjectCommand, ListObjectVersionsCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  CreateLabelingJobCommand, CreateLabelingJobCommandInput, DescribeLabelingJobCommand, DescribeWorkteamCommand, ListLabelingJobsCommand,
  SageMakerClient, StopLabelingJobCommand,
} from '@aws-sdk/client-sagemaker';
import { GetSubscriptionAttributesCommand, ListSubscriptionsByTopicCommand, PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { DeleteMessageBatchCommand, DeleteQueueCommand, GetQueueUrlCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { OutputMessage, ProbeAccount, ProbeCloud, ProbeJobs, ProbeWorkshop, StackView, Subscription } from '../probe/account';

interface Settings {
  readonly region?: string;
  readonly profile?: string;
}

const isMissing = (error: unknown): boolean =>
  /ResourceNotFound|NoSuch(Key|Bucket)|NotFound|NonExistentQueue|QueueDoesNotExist|RecordNotFound/.test((error as Error).name)
  || /does not exist|RecordNotFound|Requested resource not found/i.test((error as Error).message);

async function unlessMissing<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (isMissing(error)) {
      return undefined;
    }
    throw error;
  }
}

/** The labeling jobs of an account, through the service's own client. */
export class SageMakerProbeJobs implements ProbeJobs {
  constructor(private readonly client: SageMakerClient) {}

  async create(request: Parameters<ProbeJobs['create']>[0]): Promise<string> {
    return (await this.client.send(new CreateLabelingJobCommand(request as CreateLabelingJobCommandInput))).LabelingJobArn!;
  }

  async describe(name: string): Promise<Awaited<ReturnType<ProbeJobs['describe']>>> {
    const job = await unlessMissing(() => this.client.send(new DescribeLabelingJobCommand({ LabelingJobName: name })));
    return job && {
      status: job.LabelingJobStatus!,
      arn: job.LabelingJobArn!,
      labeled: job.LabelCounters?.TotalLabeled ?? 0,
      failed: job.LabelCounters?.FailedNonRetryableError ?? 0,
      unlabeled: job.LabelCounters?.Unlabeled ?? 0,
      modifiedAt: job.LastModifiedTime!.getTime(),
      ...(job.FailureReason === undefined ? {} : { failureReason: job.FailureReason }),
      ...(job.LabelingJobOutput?.OutputDatasetS3Uri === undefined ? {} : { outputUri: job.LabelingJobOutput.OutputDatasetS3Uri }),
    };
  }

  async isListed(name: string): Promise<boolean> {
    const { LabelingJobSummaryList = [] } = await this.client.send(new ListLabelingJobsCommand({
      NameContains: name, SortBy: 'CreationTime', SortOrder: 'Descending', MaxResults: 100,
    }));
    return LabelingJobSummaryList.some(({ LabelingJobName }) => LabelingJobName === name);
  }

  async stop(name: string): Promise<void> {
    await this.client.send(new StopLabelingJobCommand({ LabelingJobName: name }));
  }
}

class AwsProbeCloud implements ProbeCloud {
  constructor(private readonly s3: S3Client, private readonly sns: SNSClient, private readonly sqs: SQSClient) {}

  async put(Bucket: string, Key: string, Body: Uint8Array | string, ContentType: string): Promise<void> {
    await this.s3.send(new PutObjectCommand({ Bucket, Key, Body, ContentType }));
  }

  async read(Bucket: string, Key: string): Promise<{ text: string; writtenAt: number } | undefined> {
    return unlessMissing(async () => {
      const { Body, LastModified } = await this.s3.send(new GetObjectCommand({ Bucket, Key }));
      return { text: await Body!.transformToString(), writtenAt: LastModified!.getTime() };
    });
  }

  /** The first thousand, which is more than a probe has. */
  async keys(Bucket: string, Prefix: string): Promise<string[]> {
    const { Contents = [] } = await this.s3.send(new ListObjectsV2Command({ Bucket, Prefix }));
    return Contents.map(({ Key }) => Key!);
  }

  async publish(TopicArn: string, Message: string): Promise<void> {
    await this.sns.send(new PublishCommand({ TopicArn, Message }));
  }

  async subscriptions(TopicArn: string): Promise<Subscription[]> {
    const { Subscriptions = [] } = await this.sns.send(new ListSubscriptionsByTopicCommand({ TopicArn }));
    const found = await Promise.all(Subscriptions.map(({ SubscriptionArn, Protocol, Endpoint }) => unlessMissing(async () => {
      const { Attributes } = await this.sns.send(new GetSubscriptionAttributesCommand({ SubscriptionArn }));
      return { protocol: Protocol!, endpoint: Endpoint!, raw: Attributes?.RawMessageDelivery === 'true' };
    })));
    return found.filter((one) => one !== undefined);
  }

  async receive(QueueUrl: string): Promise<OutputMessage[]> {
    const all: OutputMessage[] = [];
    for (;;) {
      const { Messages = [] } = await this.sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 0 }));
      if (Messages.length === 0) {
        return all;
      }
      all.push(...Messages.map(({ Body }) => notificationOf(Body!)));
      const Entries = Messages.map(({ ReceiptHandle }, at) => ({ Id: String(at), ReceiptHandle }));
      await this.sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
    }
  }

  async queueExists(QueueName: string): Promise<boolean> {
    return await unlessMissing(() => this.sqs.send(new GetQueueUrlCommand({ QueueName }))) !== undefined;
  }
}

/** The topic's message out of its envelope. */
export function notificationOf(body: string): OutputMessage {
  const { Message, Timestamp } = JSON.parse(body) as { Message: string; Timestamp: string };
  return { body: Message, sentAt: Date.parse(Timestamp) };
}

const isLivingBucket = ({ ResourceType, PhysicalResourceId, ResourceStatus }: StackResource): boolean =>
  ResourceType === 'AWS::S3::Bucket' && PhysicalResourceId !== undefined && ResourceStatus !== 'DELETE_COMPLETE';

class AwsProbeWorkshop implements ProbeWorkshop {
  constructor(private readonly cloudFormation: CloudFormationClient, private readonly s3: S3Client, private readonly sqs: SQSClient) {}

  async createStack(StackName: string, TemplateBody: string): Promise<void> {
    await this.cloudFormation.send(new CreateStackCommand({ StackName, TemplateBody, Capabilities: ['CAPABILITY_IAM'], OnFailure: 'DO_NOTHING' }));
  }

  async stack(StackName: string): Promise<StackView | undefined> {
    const [found] = (await unlessMissing(() => this.cloudFormation.send(new DescribeStacksCommand({ StackName }))))?.Stacks ?? [];
    if (found === undefined || found.StackStatus === 'DELETE_COMPLETE') {
      return undefined;
    }
    const { StackResources = [] } = await this.cloudFormation.send(new DescribeStackResourcesCommand({ StackName }));
    return {
      status: found.StackStatus!,
      reason: found.StackStatusReason ?? StackResources.find(({ ResourceStatus }) => ResourceStatus?.endsWith('FAILED'))?.ResourceStatusReason,
      outputs: Object.fromEntries((found.Outputs ?? []).map(({ OutputKey, OutputValue }) => [OutputKey!, OutputValue!])),
      buckets: StackResources.filter(isLivingBucket).map(({ PhysicalResourceId }) => PhysicalResourceId!),
    };
  }

  async deleteStack(StackName: string): Promise<void> {
    await this.cloudFormation.send(new DeleteStackCommand({ StackName }));
  }

  async empty(Bucket: string, Prefix: string): Promise<void> {
    for (;;) {
      const page = await unlessMissing(() => this.s3.send(new ListObjectVersionsCommand({ Bucket, Prefix })));
      const found = [...page?.Versions ?? [], ...page?.DeleteMarkers ?? []].map(({ Key, VersionId }) => ({ Key: Key!, VersionId }));
      if (found.length === 0) {
        return;
      }
      const { Errors = [] } = await this.s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects: found, Quiet: true } }));
      if (Errors.length > 0) {
        throw new Error(`${Errors[0].Key}: ${Errors[0].Message}`);
      }
    }
  }

  async removeQueue(QueueName: string): Promise<void> {
    await unlessMissing(async () => {
      const { QueueUrl } = await this.sqs.send(new GetQueueUrlCommand({ QueueName }));
      await this.sqs.send(new DeleteQueueCommand({ QueueUrl }));
    });
  }
}

/** The account of the credentials that the AWS SDK finds. */
export async function openAccount(settings: Settings): Promise<ProbeAccount> {
  const given = { region: settings.region, profile: settings.profile };
  // emulators know buckets by path only
  const s3 = new S3Client({ ...given, forcePathStyle: process.env.AWS_ENDPOINT_URL !== undefined });
  const [sns, sqs, sageMaker] = [new SNSClient(given), new SQSClient(given), new SageMakerClient(given)];
  return {
    region: await sageMaker.config.region(),
    jobs: new SageMakerProbeJobs(sageMaker),
    cloud: new AwsProbeCloud(s3, sns, sqs),
    workshop: new AwsProbeWorkshop(new CloudFormationClient(given), s3, sqs),
    portal: async (workTeamArn) => {
      const { Workteam } = await sageMaker.send(new DescribeWorkteamCommand({ WorkteamName: workTeamArn.slice(workTeamArn.lastIndexOf('/') + 1) }));
      return Workteam?.SubDomain === undefined ? undefined : `https://${Workteam.SubDomain}`;
    },
    now: () => Date.now(),
  };
}
