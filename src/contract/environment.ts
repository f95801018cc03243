import { InstructionsConfiguration } from './project-configuration';
import { PageTask } from './worker-template';

/** Environment variables of the functions: set by the constructs, read by the runtime. */
export const ENVIRONMENT = {
  /** `ProjectResources` as JSON. */
  RESOURCES: 'PROJECT_RESOURCES',
  /** In the intake function, where the user's feature engineering function makes the images: its ARN. */
  HOOK_FUNCTION: 'PROJECT_HOOK_FUNCTION',
  /** Optional: `Timings` to change, as JSON in milliseconds. Local runs set it, so that hours pass in seconds. */
  TIMINGS: 'PROJECT_TIMINGS',
} as const;

/** Prefixes in the input and output bucket. */
export const PREFIX = {
  IMAGES: 'images/',
  ORIGINALS: 'originals/',
  QUARANTINE: 'quarantine/',
  /** Where feature engineering functions leave images until the project has taken them. */
  STAGING: 'staging/',
  PROCESSING: 'processing/',
  JOBS: 'jobs/',
  MANIFESTS: 'manifests/',
  CONFIG: 'config/',
  DATA_SETS: 'datasets/',
} as const;

/** The compacted data set: one line for each labeled image. */
export const CURRENT_DATA_SET_KEY = `${PREFIX.DATA_SETS}current/output.manifest`;

/** What the data set consists of at present. */
export const DATA_SET_INDEX_KEY = `${PREFIX.DATA_SETS}index.json`;

/** Where files of somebody else are kept that lay where the data set is written. */
export const FOREIGN_FILES_PREFIX = `${PREFIX.DATA_SETS}foreign/`;

/** The queue that Ground Truth makes for each streaming job is named so, with the job name in lower case behind it. */
export const GROUND_TRUTH_QUEUE_PREFIX = 'GroundTruth-';

/** The custom resource that hands the wanted configuration to the ledger and ends the project on deletion. */
export const DEPLOYMENT_RESOURCE_TYPE = 'Custom::StreamingLabelingDeployment';

/** Properties of that custom resource. */
export interface DeploymentResourceProperties {
  /** `ProjectConfiguration` as JSON. */
  readonly Configuration: string;
  /** What `INSTRUCTIONS_ATTRIBUTE.CHECKS` says, where nobody has heard of it at the synthesis. */
  readonly InstructionChecks?: string;
}

/** Attributes (`Fn::GetAtt`) of that custom resource. */
export const DEPLOYMENT_ATTRIBUTE = {
  /** `OK`, or what the checks at the end of the deploy found, in one line. */
  CHECKS: 'Checks',
} as const;

/** The custom resource that makes a worker page of a folder of instructions, with its example images. */
export const INSTRUCTIONS_RESOURCE_TYPE = 'Custom::StreamingLabelingInstructions';

/** Properties of that custom resource. */
export interface InstructionsResourceProperties {
  /** `InstructionsRequest` as JSON. */
  readonly Request: string;
  /** Names of the attributes that are read: CloudFormation knows no attribute that was not there when the resource was last asked. */
  readonly Attributes: string;
}

/** Attributes (`Fn::GetAtt`) of that custom resource. */
export const INSTRUCTIONS_ATTRIBUTE = {
  /** Of the page: it lies at `instructionsKey(version)` in the output bucket. */
  VERSION: 'Version',
  /** `OK`, or the warnings about the folder, in one line. */
  CHECKS: 'Checks',
} as const;

/** Where a folder of instructions lies. */
export type InstructionsSource =
  | { readonly kind: 'archive'; readonly bucket: string; readonly key: string }
  /** `revision` has no meaning of its own: another one says that the content changed. */
  | { readonly kind: 'folder'; readonly bucket: string; readonly prefix: string; readonly revision?: string };

/** The site that people read instructions on, without a task before them. */
export interface InstructionsSite {
  readonly bucket: string;
  /** PIPELINE: what was pushed last is the latest, whatever is deployed. */
  readonly owner: InstructionsConfiguration['owner'];
}

/** A folder of instructions, and the task that its page is for; or the page itself, which is then published for people alone. */
export interface InstructionsRequest {
  readonly source: InstructionsSource | { readonly kind: 'page'; readonly template: string };
  readonly task: PageTask;
  /** Absent: workers alone see the instructions. */
  readonly site?: InstructionsSite;
}

/** What a pipeline tells the function that publishes pushes (`UserParameters` of its action), as JSON. */
export interface PushParameters {
  readonly pipeline: string;
  readonly execution: string;
  /** Of the source: a commit, or a version of an object. */
  readonly revision: string;
  /** Hash of the task: another one makes the pipeline run again, since the page is made for the task. The function does not read it. */
  readonly task: string;
  /** Bucket of the site that people read instructions on. Another one makes the pipeline run again too. */
  readonly site?: string;
}

/** The worker page of a version of the instructions, in the output bucket. */
export function instructionsKey(version: string): string {
  return `${PREFIX.CONFIG}${version}/template.liquid.html`;
}
