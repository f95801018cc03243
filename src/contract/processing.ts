import { PREFIX } from './environment';
import { HookDrop, HookDropImage } from './hook';

/**
 * What a project and the user's processing code say to each other: a batch goes in as a folder of files and one JSON file that
 * tells what they are, results come out as one JSON file for each drop beside the images that it names.
 */

/** Version of the contract. It only grows: a member that is not known is to be left alone. */
export const PROCESSING_CONTRACT_VERSION = 1;

/** Where everything lies within the container. SageMaker wants it below `/opt/ml/processing`. */
export const PROCESSING_FOLDER = {
  CODE: '/opt/ml/processing/input/code',
  DROPS: '/opt/ml/processing/input/drops',
  BATCH: '/opt/ml/processing/input/batch',
  OUTPUT: '/opt/ml/processing/output',
} as const;

/** Environment variables that tell the code where its folders are. */
export const PROCESSING_ENVIRONMENT = {
  /** The batch file. */
  BATCH: 'LABELING_BATCH',
  /** The folder with this instance's share of the drops. */
  DROPS: 'LABELING_DROPS',
  /** The folder that results and images are written to. */
  OUTPUT: 'LABELING_OUTPUT',
  /** `PROCESSING_CONTRACT_VERSION`. */
  CONTRACT: 'LABELING_CONTRACT',
} as const;

/** The batch file's name within its folder. */
export const BATCH_FILE = 'batch.json';

/** Below the output folder: `results/<file name of the drop>.json`. */
export const RESULTS_FOLDER = 'results/';

/** A drop of a batch, as the code reads it: the words are those of `HookRequest`. */
export interface BatchDrop {
  /** Name of its file in the drops folder: the hash of its bytes and an extension by its type, whatever it was called in the bucket. */
  readonly file: string;
  readonly drop: HookDrop;
  readonly image?: HookDropImage;
}

/** The batch file. Each instance gets all of it, and the files of its share of the drops alone. */
export interface BatchFile {
  readonly contractVersion: typeof PROCESSING_CONTRACT_VERSION;
  readonly project: string;
  readonly batch: string;
  readonly drops: readonly BatchDrop[];
}

/** Parameters of the pipeline. */
export const PIPELINE_PARAMETER = {
  /** Number of the batch, with leading zeros: the name of its folder in the input bucket. */
  BATCH: 'Batch',
  /** Instances that process it. */
  INSTANCES: 'Instances',
  /** Number of the execution, with leading zeros. */
  EXECUTION: 'Execution',
} as const;

/** The execution was started by hand. */
export const BY_HAND = 'by-hand';

/** No batch: the execution only starts what is due. */
export const NO_BATCH = 'none';

/** Steps of the pipeline. */
export const PIPELINE_STEP = {
  CONDITION: 'HasBatch',
  PROCESS: 'FeatureEngineering',
  REGISTER: 'RegisterOutputs',
  START: 'StartLabeling',
  START_ALONE: 'StartLabelingAlone',
} as const;

/** What the step that registers outputs is told, and what it answers. */
export interface RegisterRequest {
  readonly batch: string;
}

export interface RegisterAnswer {
  /** Drops of the batch whose images are in the ledger, or that are out for good. */
  readonly registered: number;
  /** Drops that are still to be done. */
  readonly open: number;
}

/** What the step that starts labeling is told. */
export interface StartRequest {
  readonly cause: 'pipeline';
  readonly execution: string;
}

export interface StartAnswer {
  /** What the controller did, for who reads it in Studio. */
  readonly did: string;
}

/** A Lambda step may take so long (Developer Guide, pipeline steps). Seconds. */
export const LAMBDA_STEP_MAX_SECONDS = 600;

/** Drops of one batch. Our own limit. */
export const BATCH_SIZE = { min: 1, max: 10_000, default: 1_000 } as const;

/** Where all that a project processes lies in the input bucket. */
export const processingPrefix = (projectId: string): string => `${PREFIX.PROCESSING}${projectId}/`;

/** Copies of the drops that wait, under names that every tool can take. */
export const waitingPrefix = (projectId: string): string => `${processingPrefix(projectId)}drops/`;

/** What belongs to batches: `<batch>/input/batch.json`, `<batch>/drops.manifest` and `<batch>/output/`. */
export const batchesPrefix = (projectId: string): string => `${processingPrefix(projectId)}batches/`;

export const BATCH_FOLDER = { INPUT: 'input/', MANIFEST: 'drops.manifest', OUTPUT: 'output/' } as const;
