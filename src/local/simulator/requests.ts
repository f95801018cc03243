/** Requests and responses of the SageMaker API, as far as labeling jobs go. Spelled like the API. */

export type LabelingJobStatus = 'Initializing' | 'InProgress' | 'Completed' | 'Failed' | 'Stopping' | 'Stopped';

export interface Tag {
  readonly Key: string;
  readonly Value: string;
}

export interface AddTagsRequest {
  readonly ResourceArn: string;
  readonly Tags: readonly Tag[];
}

export interface DescribeWorkteamResponse {
  readonly Workteam: {
    readonly WorkteamName: string;
    readonly WorkteamArn: string;
    readonly Description: string;
    readonly MemberDefinitions: readonly unknown[];
  };
}

export interface HumanTaskConfig {
  readonly WorkteamArn: string;
  readonly UiConfig: { readonly UiTemplateS3Uri?: string; readonly HumanTaskUiArn?: string };
  readonly PreHumanTaskLambdaArn?: string;
  readonly TaskKeywords?: readonly string[];
  readonly TaskTitle: string;
  readonly TaskDescription: string;
  readonly NumberOfHumanWorkersPerDataObject: number;
  readonly TaskTimeLimitInSeconds: number;
  readonly TaskAvailabilityLifetimeInSeconds?: number;
  readonly MaxConcurrentTaskCount?: number;
  readonly AnnotationConsolidationConfig?: { readonly AnnotationConsolidationLambdaArn: string };
  readonly PublicWorkforceTaskPrice?: unknown;
}

export interface InputConfig {
  readonly DataSource: {
    readonly S3DataSource?: { readonly ManifestS3Uri: string };
    readonly SnsDataSource?: { readonly SnsTopicArn: string };
  };
  readonly DataAttributes?: { readonly ContentClassifiers?: readonly string[] };
}

export interface OutputConfig {
  readonly S3OutputPath: string;
  readonly KmsKeyId?: string;
  readonly SnsTopicArn?: string;
}

export interface CreateLabelingJobRequest {
  readonly LabelingJobName: string;
  readonly LabelAttributeName: string;
  readonly InputConfig: InputConfig;
  readonly OutputConfig: OutputConfig;
  readonly RoleArn: string;
  readonly LabelCategoryConfigS3Uri?: string;
  readonly StoppingConditions?: unknown;
  readonly LabelingJobAlgorithmsConfig?: unknown;
  readonly HumanTaskConfig: HumanTaskConfig;
  readonly Tags?: readonly Tag[];
}

export interface LabelCounters {
  readonly TotalLabeled: number;
  readonly HumanLabeled: number;
  readonly MachineLabeled: number;
  readonly FailedNonRetryableError: number;
  readonly Unlabeled: number;
}

export interface LabelingJobOutput {
  readonly OutputDatasetS3Uri: string;
}

export interface DescribeLabelingJobResponse {
  readonly LabelingJobStatus: LabelingJobStatus;
  readonly LabelCounters: LabelCounters;
  readonly FailureReason?: string;
  readonly CreationTime: Date;
  readonly LastModifiedTime: Date;
  readonly JobReferenceCode: string;
  readonly LabelingJobName: string;
  readonly LabelingJobArn: string;
  readonly LabelAttributeName: string;
  readonly InputConfig: InputConfig;
  readonly OutputConfig: OutputConfig;
  readonly RoleArn: string;
  readonly LabelCategoryConfigS3Uri?: string;
  readonly StoppingConditions?: unknown;
  readonly HumanTaskConfig: HumanTaskConfig;
  readonly Tags: readonly Tag[];
  readonly LabelingJobOutput?: LabelingJobOutput;
}

export interface LabelingJobSummary {
  readonly LabelingJobName: string;
  readonly LabelingJobArn: string;
  readonly CreationTime: Date;
  readonly LastModifiedTime: Date;
  readonly LabelingJobStatus: LabelingJobStatus;
  readonly LabelCounters: LabelCounters;
  readonly WorkteamArn: string;
  readonly PreHumanTaskLambdaArn?: string;
  readonly AnnotationConsolidationLambdaArn?: string;
  readonly FailureReason?: string;
  readonly LabelingJobOutput?: LabelingJobOutput;
  readonly InputConfig: InputConfig;
}

export interface ListLabelingJobsRequest {
  readonly CreationTimeAfter?: Date;
  readonly CreationTimeBefore?: Date;
  readonly LastModifiedTimeAfter?: Date;
  readonly LastModifiedTimeBefore?: Date;
  readonly MaxResults?: number;
  readonly NextToken?: string;
  readonly NameContains?: string;
  readonly SortBy?: 'Name' | 'CreationTime' | 'Status';
  readonly SortOrder?: 'Ascending' | 'Descending';
  readonly StatusEquals?: LabelingJobStatus;
}

export interface ListLabelingJobsResponse {
  readonly LabelingJobSummaryList: readonly LabelingJobSummary[];
  readonly NextToken?: string;
}
