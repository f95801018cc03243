import { CreateLabelingJobCommandInput } from '@aws-sdk/client-sagemaker';
import { JobRequest } from '../ports';

/**
 * A streaming labeling job as the service wants it. Stopping conditions and automated labeling must not be sent for one,
 * and data attributes only concern public workers.
 */
export function labelingJobInput(request: JobRequest): CreateLabelingJobCommandInput {
  return {
    LabelingJobName: request.name,
    LabelAttributeName: request.labelAttributeName,
    InputConfig: {
      DataSource: {
        ...(request.manifestUri === undefined ? {} : { S3DataSource: { ManifestS3Uri: request.manifestUri } }),
        SnsDataSource: { SnsTopicArn: request.inputTopicArn },
      },
    },
    OutputConfig: {
      S3OutputPath: request.outputPath,
      ...(request.outputKmsKeyArn === undefined ? {} : { KmsKeyId: request.outputKmsKeyArn }),
      SnsTopicArn: request.outputTopicArn,
    },
    RoleArn: request.roleArn,
    ...(request.labelCategoryUri === undefined ? {} : { LabelCategoryConfigS3Uri: request.labelCategoryUri }),
    HumanTaskConfig: {
      WorkteamArn: request.workTeamArn,
      UiConfig: { UiTemplateS3Uri: request.templateUri },
      PreHumanTaskLambdaArn: request.preHumanTaskLambdaArn,
      AnnotationConsolidationConfig: { AnnotationConsolidationLambdaArn: request.consolidationLambdaArn },
      TaskTitle: request.taskTitle,
      TaskDescription: request.taskDescription,
      ...(request.taskKeywords.length === 0 ? {} : { TaskKeywords: [...request.taskKeywords] }),
      NumberOfHumanWorkersPerDataObject: request.workersPerImage,
      TaskTimeLimitInSeconds: request.taskTimeLimitSeconds,
      TaskAvailabilityLifetimeInSeconds: request.taskAvailabilitySeconds,
      MaxConcurrentTaskCount: request.maxConcurrentTasks,
    },
    Tags: Object.entries(request.tags).map(([Key, Value]) => ({ Key, Value })),
  };
}
