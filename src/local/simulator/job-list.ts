import { validationError } from './errors';
import { Job } from './job';
import { DescribeLabelingJobResponse, LabelingJobStatus, LabelingJobSummary, ListLabelingJobsRequest, ListLabelingJobsResponse } from './requests';
import { World } from './world';

const STATUSES: readonly LabelingJobStatus[] = ['Initializing', 'InProgress', 'Completed', 'Failed', 'Stopping', 'Stopped'];
const DEFAULT_PAGE = 10;
const REFERENCE_CODE_LENGTH = 32;

/** What DescribeLabelingJob answers. */
export function describe(world: World, job: Job): DescribeLabelingJobResponse {
  const { request } = job;
  return {
    LabelingJobStatus: job.status,
    LabelCounters: job.countersAt(world.now - world.options.counterDelay),
    FailureReason: job.failureReason,
    CreationTime: new Date(job.createdAt),
    LastModifiedTime: new Date(job.modifiedAt),
    JobReferenceCode: job.sequence.toString(16).padStart(REFERENCE_CODE_LENGTH, '0'),
    LabelingJobName: job.name,
    LabelingJobArn: job.arn,
    LabelAttributeName: job.labelAttribute,
    InputConfig: request.InputConfig,
    OutputConfig: request.OutputConfig,
    RoleArn: request.RoleArn,
    LabelCategoryConfigS3Uri: request.LabelCategoryConfigS3Uri,
    StoppingConditions: request.StoppingConditions,
    HumanTaskConfig: request.HumanTaskConfig,
    Tags: job.tags,
    LabelingJobOutput: job.outputUri === undefined ? undefined : { OutputDatasetS3Uri: job.outputUri },
  };
}

/** What ListLabelingJobs answers: oldest first unless asked otherwise, names by substring, jobs just created left out. */
export function list(world: World, request: ListLabelingJobsRequest): ListLabelingJobsResponse {
  checkList(request);
  const settled = [...world.jobs.values()].filter(job => world.now - job.createdAt >= world.options.listConsistencyDelay);
  const visible = settled.filter(job => matches(job, request));
  const direction = request.SortOrder === 'Descending' ? -1 : 1;
  const order = (left: Job, right: Job) =>
    direction * (compare(left, right, request.SortBy ?? 'CreationTime') || left.sequence - right.sequence);
  const last = request.NextToken === undefined ? undefined : jobOfToken(world, request.NextToken);
  const rest = visible.filter(job => last === undefined || order(job, last) > 0).sort(order);
  const page = rest.slice(0, request.MaxResults ?? DEFAULT_PAGE);
  return {
    LabelingJobSummaryList: page.map(job => summary(world, job)),
    NextToken: page.length < rest.length ? Buffer.from(`job:${page[page.length - 1].sequence}`).toString('base64') : undefined,
  };
}

function checkList(request: ListLabelingJobsRequest): void {
  const { MaxResults, NameContains, SortBy, SortOrder, StatusEquals } = request;
  if (MaxResults !== undefined && !(Number.isInteger(MaxResults) && MaxResults >= 1 && MaxResults <= 100)) {
    throw validationError(`Value '${MaxResults}' at 'maxResults' failed to satisfy constraint: Member must be an integer from 1 to 100`);
  }
  if (NameContains !== undefined && !/^[a-zA-Z0-9-]{1,63}$/.test(NameContains)) {
    throw validationError(`Value '${NameContains}' at 'nameContains' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9\\-]+`);
  }
  const enums: ReadonlyArray<readonly [string, string | undefined, readonly string[]]> = [
    ['sortBy', SortBy, ['Name', 'CreationTime', 'Status']],
    ['sortOrder', SortOrder, ['Ascending', 'Descending']],
    ['statusEquals', StatusEquals, STATUSES],
  ];
  for (const [name, value, allowed] of enums) {
    if (value !== undefined && !allowed.includes(value)) {
      throw validationError(`Value '${value}' at '${name}' failed to satisfy constraint: Member must satisfy enum value set: [${allowed.join(', ')}]`);
    }
  }
}

function matches(job: Job, request: ListLabelingJobsRequest): boolean {
  const within = (time: number, after?: Date, before?: Date) =>
    (after === undefined || time > after.getTime()) && (before === undefined || time < before.getTime());
  return (request.NameContains === undefined || job.name.includes(request.NameContains))
    && (request.StatusEquals === undefined || job.status === request.StatusEquals)
    && within(job.createdAt, request.CreationTimeAfter, request.CreationTimeBefore)
    && within(job.modifiedAt, request.LastModifiedTimeAfter, request.LastModifiedTimeBefore);
}

function compare(left: Job, right: Job, by: 'Name' | 'CreationTime' | 'Status'): number {
  switch (by) {
    case 'Name':
      return left.name < right.name ? -1 : Number(left.name > right.name);
    case 'Status':
      return STATUSES.indexOf(left.status) - STATUSES.indexOf(right.status);
    case 'CreationTime':
      return left.createdAt - right.createdAt;
  }
}

/** The last job of the page before. */
function jobOfToken(world: World, token: string): Job {
  const match = /^job:(\d+)$/.exec(Buffer.from(token, 'base64').toString());
  const job = match && [...world.jobs.values()][Number(match[1]) - 1];
  if (!job) {
    throw validationError('The NextToken is not valid');
  }
  return job;
}

function summary(world: World, job: Job): LabelingJobSummary {
  const described = describe(world, job);
  const config = job.request.HumanTaskConfig;
  return {
    LabelingJobName: described.LabelingJobName,
    LabelingJobArn: described.LabelingJobArn,
    CreationTime: described.CreationTime,
    LastModifiedTime: described.LastModifiedTime,
    LabelingJobStatus: described.LabelingJobStatus,
    LabelCounters: described.LabelCounters,
    WorkteamArn: config.WorkteamArn,
    PreHumanTaskLambdaArn: config.PreHumanTaskLambdaArn,
    AnnotationConsolidationLambdaArn: config.AnnotationConsolidationConfig?.AnnotationConsolidationLambdaArn,
    FailureReason: described.FailureReason,
    LabelingJobOutput: described.LabelingJobOutput,
    InputConfig: described.InputConfig,
  };
}
