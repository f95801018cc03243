import { DAY, MINUTE, SECOND } from './clock';
import { JsonObject, JsonValue } from './json';
import { seededRandom } from './seeded-random';

/** What becomes of a call of the SageMaker API. `throw-after`: done, but the answer is lost. */
export type ApiVerdict = 'ok' | 'throttle' | 'throw-before' | 'throw-after';

/**
 * Everything about Ground Truth that is not documented, or that a test wants otherwise.
 *
 * Each option says how its default is founded: **documented** (by AWS), **inferred** (from documentation or published samples),
 * **unknown** (nothing is known; both answers are possible and a client must bear either) or **chosen** (of the simulator itself).
 * `FIDELITY.md` beside this file has the whole table.
 */
export interface SimulatorOptions {
  /** Region of the account. Default: `us-east-1`. Chosen. */
  readonly region: string;
  /** The account. Default: `111122223333`. Chosen. */
  readonly account: string;

  // --- Life of a job -------------------------------------------------------------------------------------------------

  /** Time from creation to InProgress, in ms. Default: 2 minutes. Unknown (minutes in samples). */
  readonly initializingTime: number;
  /** Time from Stopping to Stopped, in ms. Default: 2 minutes. Unknown (minutes in samples). */
  readonly stoppingTime: number;
  /** Life after which a job ends, in ms. Default: 30 days. Documented. */
  readonly maximumAge: number;
  /** How a job ends that reached `maximumAge`. Default: `Failed`. Unknown (AWS says both "expires" and "fails"). */
  readonly expiryStatus: 'Completed' | 'Failed' | 'Stopped';
  /** `FailureReason` of a job that expired as Failed. Unknown text. */
  readonly expiryReason: string;
  /** Idle time after which a job is stopped, in ms. Default: 10 days. Documented. */
  readonly idleTime: number;
  /** What StopLabelingJob does to an Initializing job. Default: `refused` (ValidationException). Unknown ("do not try"). */
  readonly stopWhileInitializing: 'refused' | 'accepted';
  /** What StopLabelingJob does to a job that ended. Default: `refused` (ValidationException). Unknown. */
  readonly stopOfEndedJob: 'refused' | 'ignored';
  /** Whether workers can still answer while the job is Stopping. Default: false. Unknown. */
  readonly tasksOpenWhileStopping: boolean;
  /** Answers to objects that still waited for other workers when the job ended. Default: `discarded`. Inferred. */
  readonly partialAnswersAtEnd: 'discarded' | 'consolidated';
  /** Spelling of job names in ARNs. Default: `as-given`. Unknown. */
  readonly arnCasing: 'as-given' | 'lower';

  // --- Input ---------------------------------------------------------------------------------------------------------

  /** A manifest without lines. Default: `fails` (the job). Unknown. */
  readonly emptyManifest: 'fails' | 'ignored';
  /** Whether a manifest may have attribute names with a leading `$`. Default: false. Documented, but contradicted by a pattern. */
  readonly acceptsDollarKeys: boolean;
  /** Most lines of a manifest. Default: 100,000. Documented (can be raised). */
  readonly manifestLineQuota: number;
  /** Most lines of a manifest for semantic segmentation. Default: 20,000. Documented (cannot be raised). */
  readonly segmentationLineQuota: number;
  /** Whether the URL-encoded keys of S3 event messages are decoded. Default: false. Unknown. */
  readonly decodesS3Keys: boolean;
  /** What S3's test event and other messages that name no object become. Default: `failing-object`. Unknown ("may register"). */
  readonly unknownMessages: 'failing-object' | 'ignored';
  /** Whether an object of the manifest that comes again through the topic is dropped. Default: false. Unknown. */
  readonly dedupAcrossManifestAndSns: boolean;
  /** Whether an id that an earlier job of the account received is dropped. Default: false. Unknown. */
  readonly dedupAcrossJobs: boolean;
  /** Whether ids of objects must be `s3://` or `https://` URIs. Default: false. Unknown (documented pattern and example disagree). */
  readonly objectIdsMustBeUris: boolean;
  /** Whether the queue is subscribed with raw delivery. Default: false. Unknown. */
  readonly rawDelivery: boolean;
  /** Whether messages wait in the queue until there is room for them, or are taken and counted at once. Default: `in-queue`. Documented. */
  readonly waiting: 'in-queue' | 'taken-at-once';
  /** Time after which an object that no worker was offered expires, in ms. Default: 14 days. Documented. */
  readonly waitingExpiry: number;
  /** Whether such objects are counted as failed. Default: `not-counted`. Unknown. */
  readonly expiredWaiting: 'not-counted' | 'failed';
  /** An object that is not in its bucket. Default: `fails`. Unknown (fails or, at worst, stalls). */
  readonly missingObject: 'fails' | 'stalls';
  /** Images in a bucket without CORS: the task fails, or stays open, unseen, until it expires. Default: `fails`. Inferred. */
  readonly missingCors: 'fails' | 'stalls';
  /** Whether failing messages without a usable object give lines in the output manifest. Default: false. Unknown. */
  readonly linesForUnknownMessages: boolean;

  // --- Output --------------------------------------------------------------------------------------------------------

  /** Time between the answer of the last worker and the label, in ms. Default: 0. Unknown. */
  readonly consolidationTime: number;
  /** Time between two writings of the output manifest, in ms. Default: 10 minutes. Unknown ("periodically"). */
  readonly manifestRefreshPeriod: number;
  /** Time between the end of a job and the final output manifest, in ms. Default: 3 minutes. Unknown ("some minutes late"). */
  readonly manifestFinalityDelay: number;
  /** Whether the output manifest has lines for unlabeled objects that came through the topic. Default: false. Unknown. */
  readonly manifestListsUnlabeledSnsObjects: boolean;
  /** Whether an output manifest without lines is written. Default: false. Unknown. */
  readonly writesEmptyManifest: boolean;
  /** When an object gives a message to the output topic: once it is labeled, or at each worker's answer. Default: `label`. Unknown. */
  readonly outputMessageAt: 'label' | 'answer';
  /** Shape of the message: the manifest line, the line in an envelope, or no message ever. Default: `line`. Inferred. */
  readonly outputMessageShape: 'line' | 'wrapped' | 'none';
  /** Whether failed objects give messages too. Default: false. Unknown. */
  readonly outputMessageOnFailure: boolean;
  /** Time between a label and its message, in ms. Default: 0. Unknown. */
  readonly outputMessageDelay: number;
  /** Metadata of a failed object: with a `failure-reason`, or no keys at all. Default: `with-metadata`. Inferred. */
  readonly failureLine: 'with-metadata' | 'bare';
  /** Text of every `failure-reason`. Default: a sentence that says what was wrong. Unknown. */
  readonly failureReason?: string;
  /** `job-name` in metadata as `labeling-job/<name>`. Default: false. Documented in both forms. */
  readonly jobNamesPrefixedInMetadata: boolean;
  /** Type of the class index of single-class image classification. Default: `number`. Documented in both forms. */
  readonly classificationValue: 'number' | 'string';
  /** Whether each answer is written below `annotations/worker-response/` too. Default: false, for speed. Documented to exist. */
  readonly writesWorkerResponses: boolean;

  // --- Counters, lists, events ---------------------------------------------------------------------------------------

  /** Whether objects that came labeled in a chained manifest count as labeled. Default: true. Unknown. */
  readonly countersIncludeCarried: boolean;
  /** Age of the shown counters, in ms. Default: 90 seconds. Inferred (1 to 2 minutes in a sample). */
  readonly counterDelay: number;
  /** Time until a new job appears in lists, in ms. Default: 5 seconds. Unknown. */
  readonly listConsistencyDelay: number;
  /** Time until a new job can be described, in ms; before, the service says that it does not exist. Default: 0. Unknown. */
  readonly describeConsistencyDelay: number;
  /** Probability that an EventBridge event is lost. Default: 0. Documented to be possible (best effort). */
  readonly eventLossProbability: number;
  /** Probability that an EventBridge event comes twice. Default: 0. Documented to be possible. */
  readonly eventDuplicateProbability: number;
  /** Delay of EventBridge events, in ms. Default: 0. Documented to be possible. */
  readonly eventDelay: number;
  /** Random numbers in [0, 1). Default: a seeded generator, the same in every run. Chosen. */
  readonly random: () => number;

  // --- Account and environment ---------------------------------------------------------------------------------------

  /** Error name for creating a job in an account that is not enabled for Ground Truth. Default: enabled. Unknown. */
  readonly newAccountRefused?: string;
  /** Most jobs that have not ended. Default: 20. Unknown. */
  readonly concurrentJobs: number;
  /** Largest `MaxConcurrentTaskCount` of the account. Default: 1000. Documented (up to 5000 by request). */
  readonly concurrentTaskLimit: number;
  /** Whether a work team exists. Default: every private and vendor team does. Chosen. */
  readonly workTeamExists: (workTeamArn: string) => boolean;
  /** Buckets that the execution role cannot read. Default: none. Chosen. */
  readonly unreadableBuckets: readonly string[];
  /** Buckets without CORS, besides those of which the cloud itself says so. Default: none. Chosen. */
  readonly bucketsWithoutCors: readonly string[];
  /**
   * Invokes a user's own function of a custom task. Default: none is invoked, and an answer to a custom task is its label at once.
   * Documented (requests and answers of the functions).
   */
  readonly invokeFunction?: (functionArn: string, request: JsonObject) => Promise<JsonValue>;
  /** Throttles or breaks calls of the API. Default: none. Chosen. */
  readonly apiVerdict: (operation: string) => ApiVerdict;
  /**
   * Told of every passing error of the cloud; what failed is tried again at the next step. Default: `step()` throws it,
   * after it has done all else. Chosen.
   */
  readonly onCloudError?: (error: unknown) => void;
  /** Path of botocore's `service-2.json` or `service-2.json.gz` of SageMaker, to check requests against as well. Default: none. Chosen. */
  readonly serviceModelPath?: string;
}

/** The defaults. */
export function defaultOptions(): SimulatorOptions {
  return {
    region: 'us-east-1',
    account: '111122223333',
    initializingTime: 2 * MINUTE,
    stoppingTime: 2 * MINUTE,
    maximumAge: 30 * DAY,
    expiryStatus: 'Failed',
    expiryReason: 'ClientError: The labeling job reached the maximum time of 30 days.',
    idleTime: 10 * DAY,
    stopWhileInitializing: 'refused',
    stopOfEndedJob: 'refused',
    tasksOpenWhileStopping: false,
    partialAnswersAtEnd: 'discarded',
    arnCasing: 'as-given',
    emptyManifest: 'fails',
    acceptsDollarKeys: false,
    manifestLineQuota: 100_000,
    segmentationLineQuota: 20_000,
    decodesS3Keys: false,
    unknownMessages: 'failing-object',
    dedupAcrossManifestAndSns: false,
    dedupAcrossJobs: false,
    objectIdsMustBeUris: false,
    rawDelivery: false,
    waiting: 'in-queue',
    waitingExpiry: 14 * DAY,
    expiredWaiting: 'not-counted',
    missingObject: 'fails',
    missingCors: 'fails',
    linesForUnknownMessages: false,
    consolidationTime: 0,
    manifestRefreshPeriod: 10 * MINUTE,
    manifestFinalityDelay: 3 * MINUTE,
    manifestListsUnlabeledSnsObjects: false,
    writesEmptyManifest: false,
    outputMessageAt: 'label',
    outputMessageShape: 'line',
    outputMessageOnFailure: false,
    outputMessageDelay: 0,
    failureLine: 'with-metadata',
    jobNamesPrefixedInMetadata: false,
    classificationValue: 'number',
    writesWorkerResponses: false,
    countersIncludeCarried: true,
    counterDelay: 90 * SECOND,
    listConsistencyDelay: 5 * SECOND,
    describeConsistencyDelay: 0,
    eventLossProbability: 0,
    eventDuplicateProbability: 0,
    eventDelay: 0,
    random: seededRandom(1),
    concurrentJobs: 20,
    concurrentTaskLimit: 1000,
    workTeamExists: () => true,
    unreadableBuckets: [],
    bucketsWithoutCors: [],
    apiVerdict: () => 'ok',
  };
}

/** Fills in the defaults. */
export function completeOptions(options: Partial<SimulatorOptions> = {}): SimulatorOptions {
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  return { ...defaultOptions(), ...given };
}
