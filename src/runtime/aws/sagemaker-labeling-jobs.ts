import {
  CreateLabelingJobCommand, DescribeLabelingJobCommand, DescribeLabelingJobCommandOutput, DescribeSubscribedWorkteamCommand,
  DescribeWorkteamCommand, SageMakerClient, StopLabelingJobCommand,
} from '@aws-sdk/client-sagemaker';
import { isCredentialsError, isRefusal, isThrottling, messageOf, nameOfError } from '../errors';
import { labelingJobInput } from './labeling-job-input';
import { CreateOutcome, JobDescription, JobRequest, JobStatus, LabelingJobs } from '../ports';

const OVER: readonly JobStatus[] = ['Completed', 'Failed', 'Stopped', 'Stopping'];

/** What labeling jobs need of a client, so that it can be played. */
export type SageMakerSender = Pick<SageMakerClient, 'send'>;

/**
 * Labeling jobs in SageMaker.
 *
 * `once` creates jobs and must not retry: a create whose answer is lost has to surface as an unknown outcome, since a second
 * try would only say that the name is taken. `client` does everything else and retries by itself.
 */
export class SageMakerLabelingJobs implements LabelingJobs {
  public constructor(private readonly client: SageMakerSender, private readonly once: SageMakerSender) {}

  public async create(request: JobRequest): Promise<CreateOutcome> {
    try {
      await this.once.send(new CreateLabelingJobCommand(labelingJobInput(request)));
      return { kind: 'created' };
    } catch (error) {
      const name = nameOfError(error);
      const message = `${name}: ${messageOf(error)}`;
      if (name === 'ResourceInUse') {
        return { kind: 'name-taken' };
      }
      if (name === 'ResourceLimitExceeded' || isThrottling(error) || isCredentialsError(error)) {
        return { kind: 'later', message };
      }
      if (isRefusal(error)) {
        return { kind: 'refused', message };
      }
      throw error;
    }
  }

  public async describe(name: string): Promise<JobDescription | undefined> {
    const answer = await unlessUnknown(() => this.client.send(new DescribeLabelingJobCommand({ LabelingJobName: name })));
    return answer && descriptionOf(answer);
  }

  public async stop(name: string): Promise<void> {
    try {
      await unlessUnknown(() => this.client.send(new StopLabelingJobCommand({ LabelingJobName: name })));
    } catch (error) {
      // how the service refuses to stop a job that is over is not documented: look instead of reading its message
      const job = isRefusal(error) ? await this.describe(name) : undefined;
      if (job === undefined || !OVER.includes(job.status)) {
        throw error;
      }
    }
  }

  /** Public teams cannot be looked at and count as existing. */
  public async workTeamExists(arn: string): Promise<boolean> {
    const [, kind, name] = /:workteam\/([^/]+)\/(.+)$/.exec(arn) ?? [];
    switch (kind) {
      case 'private-crowd': return await unlessUnknown(() => this.client.send(new DescribeWorkteamCommand({ WorkteamName: name }))) !== undefined;
      case 'vendor-crowd': return await unlessUnknown(() => this.client.send(new DescribeSubscribedWorkteamCommand({ WorkteamArn: arn }))) !== undefined;
      default: return kind === 'public-crowd';
    }
  }
}

function descriptionOf(answer: DescribeLabelingJobCommandOutput): JobDescription {
  const inputTopicArn = answer.InputConfig?.DataSource?.SnsDataSource?.SnsTopicArn;
  const outputManifestUri = answer.LabelingJobOutput?.OutputDatasetS3Uri;
  return {
    name: answer.LabelingJobName!,
    status: answer.LabelingJobStatus as JobStatus,
    createdAt: answer.CreationTime!.getTime(),
    modifiedAt: answer.LastModifiedTime!.getTime(),
    ...(answer.FailureReason === undefined ? {} : { failureReason: answer.FailureReason }),
    labeled: answer.LabelCounters?.TotalLabeled ?? 0,
    failed: answer.LabelCounters?.FailedNonRetryableError ?? 0,
    unlabeled: answer.LabelCounters?.Unlabeled ?? 0,
    ...(outputManifestUri ? { outputManifestUri } : {}),
    ...(inputTopicArn ? { inputTopicArn } : {}),
    roleArn: answer.RoleArn!,
    outputPath: answer.OutputConfig!.S3OutputPath!,
  };
}

/** Undefined where the service knows nothing of what is asked about. */
export async function unlessUnknown<T>(send: () => Promise<T>): Promise<T | undefined> {
  try {
    return await send();
  } catch (error) {
    const name = nameOfError(error);
    const isUnknown = name === 'ResourceNotFound' || name === 'ResourceNotFoundException'
      || (name === 'ValidationException' && /could not find|does not exist|not found/i.test(messageOf(error)));
    if (isUnknown) {
      return undefined;
    }
    throw error;
  }
}
