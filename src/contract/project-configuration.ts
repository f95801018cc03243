import { LabelingTaskType } from './labeling-tasks';
import { OutputSpec, RenditionSpec, TransformSpec } from './transforms';

/** One class that workers can choose. The position in the list is the class id in the data set, so the list only ever grows. */
export interface LabelConfiguration {
  readonly name: string;
  readonly color?: string;
  readonly description?: string;
  /** A retired class keeps its place and is no longer offered to workers. */
  readonly retired?: boolean;
}

/** What workers are asked. */
export interface TaskConfiguration {
  readonly type: LabelingTaskType;
  readonly labelAttributeName: string;
  readonly labels: readonly LabelConfiguration[];
  /** Under this name an image's earlier label goes to workers, as Ground Truth writes it. Absent: none does. */
  readonly earlierLabelAttribute?: string;
  /** Of a verification: the classes of the labels that are judged. */
  readonly earlierLabels?: readonly string[];
  readonly title: string;
  readonly description: string;
  readonly keywords: readonly string[];
  /** The built-in functions of this Region, or the user's own. */
  readonly preHumanTaskLambdaArn: string;
  readonly consolidationLambdaArn: string;
  /** The worker page: Liquid HTML. Absent: it was published under `InstructionsConfiguration.version`. */
  readonly template?: string;
}

/** Which page workers see. */
export interface InstructionsConfiguration {
  /** DEPLOY: what is deployed. PIPELINE: what was pushed last, which a deploy leaves alone; before the first push, what is deployed. */
  readonly owner: 'DEPLOY' | 'PIPELINE';
  /** Hash of a page that lies in the output bucket. Absent: the task's template. */
  readonly version?: string;
}

/** How much work is given out, and how. Times in seconds. */
export interface WorkConfiguration {
  readonly workersPerImage: number;
  readonly taskTimeLimitSeconds: number;
  readonly taskAvailabilitySeconds: number;
  readonly maxConcurrentTasks: number;
  /** How many images may be with the job unlabeled at once. */
  readonly window: number;
  /** How many images may be sent to workers for the first time in one UTC day. */
  readonly maxImagesPerDay?: number;
  /** How many images may ever be sent to workers. */
  readonly maxImages?: number;
}

/** Images that look like those of another drop are held. */
export interface NearDuplicatesConfiguration {
  /** How many of 64 bits of their perceptual hashes may differ. */
  readonly maxDistance: number;
}

export type FeatureEngineeringConfiguration =
  | {
    readonly kind: 'images';
    readonly transforms: readonly TransformSpec[];
    readonly output: OutputSpec;
    /** Several images of each drop, in the order of their index; `transforms` is empty then. */
    readonly renditions?: readonly RenditionSpec[];
    /** Absent: nothing is held for how it looks. */
    readonly nearDuplicates?: NearDuplicatesConfiguration;
  }
  | { readonly kind: 'none'; readonly nearDuplicates?: NearDuplicatesConfiguration }
  | {
    /** A function of the user's: see `HookRequest`. */
    readonly kind: 'function';
    /** Also what is no image, or none of a type that the gate knows. */
    readonly anyFile: boolean;
  }
  | ProcessingConfiguration;

/** Feature engineering by the user's code in a SageMaker pipeline. Times in seconds. */
export interface ProcessingConfiguration {
  readonly kind: 'processing';
  /** Drops of one batch at most. */
  readonly batchSize: number;
  /** A batch that is not full waits so long for more drops. */
  readonly batchWaitSeconds: number;
  readonly instanceCount: number;
  /** After so long the service ends the processing of a batch. */
  readonly timeLimitSeconds: number;
  /** What a batch is processed by: changes with code, image and settings. */
  readonly definition: string;
}

/**
 * What the user wants, as one value: written to the ledger once for each deploy, read by every function.
 * Resources (buckets, topics, queues) are not in it: see `ProjectResources`.
 */
export interface ProjectConfiguration {
  readonly schemaVersion: 1;
  readonly projectName: string;
  /** Eight hexadecimal digits, fixed for the life of a ledger: job names are `<projectName>-<chainId>-<number>`. */
  readonly chainId: string;
  readonly task: TaskConfiguration;
  readonly workTeamArn: string;
  readonly work: WorkConfiguration;
  readonly featureEngineering: FeatureEngineeringConfiguration;
  /** Absent: owned by the deploy, and the task's template. */
  readonly instructions?: InstructionsConfiguration;
  /** When changed instructions reach workers: with the next job, or by rolling the running one. */
  readonly instructionRollOut: 'NEXT_JOB' | 'ROLL_NOW';
  /** Who starts labeling jobs. Absent: the controller by itself. */
  readonly orchestration?: 'pipeline';
  /** Tags that every labeling job gets. */
  readonly tags: { readonly [key: string]: string };
}

/** Where the project lives. Passed to each function in the environment. */
export interface ProjectResources {
  /** `<projectName>-<chainId>`: the value of the metrics' dimension. Job names begin with it. */
  readonly projectId: string;
  readonly ledgerTable: string;
  readonly dropBucket: string;
  /** Only keys below this prefix are drops. Empty: all. */
  readonly dropPrefix: string;
  /** A brought drop bucket is left as it is; drops in our own move to `originals/` when they are done. */
  readonly dropBucketIsOwn: boolean;
  readonly inputBucket: string;
  readonly outputBucket: string;
  readonly inputTopicArn: string;
  readonly outputTopicArn: string;
  readonly intakeQueueUrl: string;
  readonly intakeDeadLetterQueueUrl: string;
  readonly recorderQueueUrl: string;
  readonly recorderDeadLetterQueueUrl: string;
  readonly executionRoleArn: string;
  /** The SageMaker pipeline, where the project has one. */
  readonly pipelineName?: string;
  /** Absent in the controller itself. */
  readonly controllerFunction?: string;
  /** Key for what Ground Truth writes. Absent: the bucket's default encryption. */
  readonly outputKmsKeyArn?: string;
}
