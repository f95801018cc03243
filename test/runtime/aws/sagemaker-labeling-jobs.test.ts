import {
  CreateLabelingJobCommand, DescribeLabelingJobCommand, DescribeSubscribedWorkteamCommand, DescribeWorkteamCommand, SageMakerClient,
  StopLabelingJobCommand,
} from '@aws-sdk/client-sagemaker';
import { mockClient } from 'aws-sdk-client-mock';
import { lostAnswer, serviceError } from './sdk-errors';
import { SageMakerLabelingJobs } from '../../../src/runtime/aws/sagemaker-labeling-jobs';
import { jobRequest } from '../ports/jobs.contract';

const client = new SageMakerClient({ region: 'us-east-1' });
const once = new SageMakerClient({ region: 'us-east-1' });
const service = mockClient(client);
const creator = mockClient(once);
const jobs = new SageMakerLabelingJobs(client, once);

beforeEach(() => {
  service.reset();
  creator.reset();
});

describe('create', () => {
  it.each<[string, number, string]>([
    ['ResourceInUse', 400, 'name-taken'],
    ['ResourceLimitExceeded', 400, 'later'],
    ['ThrottlingException', 400, 'later'],
    ['Throttling', 400, 'later'],
    ['TooManyRequestsException', 429, 'later'],
    ['ExpiredTokenException', 403, 'later'],
    ['UnrecognizedClientException', 403, 'later'],
    ['ValidationException', 400, 'refused'],
    ['AccessDeniedException', 400, 'refused'],
    ['AccessDenied', 403, 'refused'],
    ['OptInRequired', 403, 'refused'],
    ['SomethingNew', 400, 'refused'],
  ])('%s (%i): %s', async (name, status, kind) => {
    creator.on(CreateLabelingJobCommand).rejects(serviceError(name, status, 'what the service said'));
    expect(await jobs.create(jobRequest())).toEqual(kind === 'name-taken' ? { kind } : { kind, message: `${name}: what the service said` });
  });

  it.each<[string, Error]>([
    ['a lost answer', lostAnswer()],
    ['a 500', serviceError('InternalFailure', 500)],
    ['a 503', serviceError('ServiceUnavailable', 503)],
    ['a time-out of the request', serviceError('RequestTimeout', 408)],
  ])('does not know what became of a job after %s', async (_, error) => {
    creator.on(CreateLabelingJobCommand).rejects(error);
    await expect(jobs.create(jobRequest())).rejects.toBe(error);
  });

  it('never uses the client that retries', async () => {
    creator.on(CreateLabelingJobCommand).resolves({});
    expect(await jobs.create(jobRequest())).toEqual({ kind: 'created' });
    expect(service.calls()).toHaveLength(0);
  });

  it('sends nothing that a streaming job must not have', async () => {
    creator.on(CreateLabelingJobCommand).resolves({});
    await jobs.create(jobRequest());
    const { input } = creator.commandCalls(CreateLabelingJobCommand)[0].args[0];
    expect(Object.keys(input).sort()).toEqual([
      'HumanTaskConfig', 'InputConfig', 'LabelAttributeName', 'LabelCategoryConfigS3Uri', 'LabelingJobName', 'OutputConfig', 'RoleArn', 'Tags',
    ]);
    expect(input.InputConfig).toEqual({ DataSource: { SnsDataSource: { SnsTopicArn: jobRequest().inputTopicArn } } });
    expect(input.OutputConfig).not.toHaveProperty('KmsKeyId');
    expect(input.HumanTaskConfig).not.toHaveProperty('PublicWorkforceTaskPrice');
  });
});

const described = {
  LabelingJobName: 'j', LabelingJobStatus: 'InProgress', CreationTime: new Date(1_000), LastModifiedTime: new Date(2_000), RoleArn: 'r',
  OutputConfig: { S3OutputPath: 's3://o/' },
} as const;

describe('describe', () => {
  it('bears an answer without counters, input and output', async () => {
    service.on(DescribeLabelingJobCommand).resolves(described as never);
    expect(await jobs.describe('j')).toEqual({
      name: 'j', status: 'InProgress', createdAt: 1_000, modifiedAt: 2_000, labeled: 0, failed: 0, unlabeled: 0, roleArn: 'r', outputPath: 's3://o/',
    });
  });

  it('tells counters and the output manifest', async () => {
    service.on(DescribeLabelingJobCommand).resolves({
      ...described,
      LabelCounters: { TotalLabeled: 3, HumanLabeled: 3, MachineLabeled: 0, FailedNonRetryableError: 2, Unlabeled: 1 },
      LabelingJobOutput: { OutputDatasetS3Uri: 's3://o/j/manifests/output/output.manifest' },
    } as never);
    expect(await jobs.describe('j')).toMatchObject({ labeled: 3, failed: 2, unlabeled: 1, outputManifestUri: 's3://o/j/manifests/output/output.manifest' });
  });

  it.each([['ResourceNotFound', 'x'], ['ValidationException', 'Could not find requested job with name: j']])('%s: no such job', async (name, message) => {
    service.on(DescribeLabelingJobCommand).rejects(serviceError(name, 400, message));
    expect(await jobs.describe('j')).toBeUndefined();
  });

  it.each([['AccessDeniedException', 'not found in policy'], ['ValidationException', '1 validation error detected']])('%s is an error', async (name, message) => {
    service.on(DescribeLabelingJobCommand).rejects(serviceError(name, 400, message));
    await expect(jobs.describe('j')).rejects.toThrow(message);
  });
});

describe('stop', () => {
  it.each(['Completed', 'Failed', 'Stopped', 'Stopping'])('of a job that is %s is no error, however it is refused', async (status) => {
    service.on(StopLabelingJobCommand).rejects(serviceError('ValidationException', 400)).on(DescribeLabelingJobCommand).resolves({ ...described, LabelingJobStatus: status } as never);
    await expect(jobs.stop('j')).resolves.toBeUndefined();
  });

  it.each(['Initializing', 'InProgress'])('of a job that is %s and was refused is an error', async (status) => {
    service.on(StopLabelingJobCommand).rejects(serviceError('ValidationException', 400, 'for the test')).on(DescribeLabelingJobCommand).resolves({ ...described, LabelingJobStatus: status } as never);
    await expect(jobs.stop('j')).rejects.toThrow('for the test');
  });

  it('without an answer is an error, whatever the job is', async () => {
    service.on(StopLabelingJobCommand).rejects(lostAnswer());
    await expect(jobs.stop('j')).rejects.toThrow('socket hang up');
  });
});

describe('work teams', () => {
  const team = (kind: string) => jobs.workTeamExists(`arn:aws:sagemaker:us-east-1:111122223333:workteam/${kind}/team`);

  it('are looked for by name, those of vendors by ARN', async () => {
    service.on(DescribeWorkteamCommand).resolves({}).on(DescribeSubscribedWorkteamCommand).resolves({});
    expect([await team('private-crowd'), await team('vendor-crowd'), await team('public-crowd')]).toEqual([true, true, true]);
    expect(service.commandCalls(DescribeWorkteamCommand)[0].args[0].input).toEqual({ WorkteamName: 'team' });
    expect(service.commandCalls(DescribeSubscribedWorkteamCommand)[0].args[0].input)
      .toEqual({ WorkteamArn: 'arn:aws:sagemaker:us-east-1:111122223333:workteam/vendor-crowd/team' });
  });

  it('are missing where the service says so, and nothing is known where it denies access', async () => {
    service.on(DescribeWorkteamCommand).rejectsOnce(serviceError('ValidationException', 400, 'The work team does not exist')).rejects(serviceError('AccessDeniedException', 400));
    expect(await team('private-crowd')).toBe(false);
    await expect(team('private-crowd')).rejects.toThrow('AccessDeniedException');
  });
});
