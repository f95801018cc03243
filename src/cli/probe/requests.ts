import { ProbeAccount } from './account';
import { Stage } from './stage';
import { CROWD_SCRIPT } from '../../contract/crowd-script';
import { GROUND_TRUTH_ACCOUNTS } from '../../contract/labeling-tasks';
import type { CreateLabelingJobRequest } from '../../local/simulator/requests';
import { usageError } from '../errors';

export const ATTRIBUTE = 'probe-label';
export const LABELS = ['one', 'two', 'three'] as const;

export const TEMPLATE = `<script src="${CROWD_SCRIPT}"></script>
<crowd-form>
  <crowd-image-classifier name="crowd-image-classifier" src="{{ task.input.taskObject | grant_read_access }}"
    header="Which number is this?" categories="{{ task.input.labels | to_json | escape }}">
    <full-instructions header="Which number is this?">Choose the number that the picture shows.</full-instructions>
    <short-instructions>Choose the number that the picture shows.</short-instructions>
  </crowd-image-classifier>
</crowd-form>
`;

export const LABEL_FILE = JSON.stringify({ 'document-version': '2018-11-28', 'labels': LABELS.map((label) => ({ label })) });

export interface JobOptions {
  /** Key of its manifest. */
  readonly manifest?: string;
  readonly workers?: number;
  /** What the workers' page says of it. */
  readonly note: string;
}

interface ProbeJob extends JobOptions {
  readonly name: string;
  readonly topic: string;
}

export function assertRegion(region: string): void {
  if (GROUND_TRUTH_ACCOUNTS[region] === undefined) {
    throw usageError(`there is no Ground Truth in ${region}`, `Choose with --region: ${Object.keys(GROUND_TRUTH_ACCOUNTS).join(', ')}.`);
  }
}

/** A labeling job of the probe: pictures of digits, to be classified. */
export function probeJobRequest(account: ProbeAccount, stage: Stage, job: ProbeJob): CreateLabelingJobRequest {
  const { region } = account;
  const builtIn = (prefix: string) => `arn:${stage.partition}:lambda:${region}:${GROUND_TRUTH_ACCOUNTS[region]}:function:${prefix}-ImageMultiClass`;
  const at = (key: string) => `s3://${stage.bucket}/${stage.prefix}${key}`;
  return {
    LabelingJobName: job.name,
    LabelAttributeName: ATTRIBUTE,
    InputConfig: {
      DataSource: {
        ...(job.manifest === undefined ? {} : { S3DataSource: { ManifestS3Uri: at(job.manifest) } }),
        SnsDataSource: { SnsTopicArn: job.topic },
      },
    },
    OutputConfig: { S3OutputPath: at('jobs/'), SnsTopicArn: stage.topics.output },
    RoleArn: stage.roleArn,
    LabelCategoryConfigS3Uri: at('labels.json'),
    HumanTaskConfig: {
      WorkteamArn: stage.workTeam,
      UiConfig: { UiTemplateS3Uri: at('template.html') },
      PreHumanTaskLambdaArn: builtIn('PRE'),
      AnnotationConsolidationConfig: { AnnotationConsolidationLambdaArn: builtIn('ACS') },
      TaskTitle: `${job.name}: ${job.note}`.slice(0, 128),
      TaskDescription: 'A short test of the labeling service',
      NumberOfHumanWorkersPerDataObject: job.workers ?? 1,
      TaskTimeLimitInSeconds: 3_600,
      TaskAvailabilityLifetimeInSeconds: 86_400,
      MaxConcurrentTaskCount: 100,
    },
    Tags: [{ Key: 'cdk-streaming-labeling', Value: stage.id }],
  };
}
