/**
 * The outside world as the runtime sees it. `aws/` implements these with the SDK, `memory/` and the tests in memory.
 * Every call may fail, be answered late, or have happened although its answer was lost: callers rely on nothing else.
 */
import { WakeUp } from '../contract/events';
import { JobStatus } from '../contract/job-status';

export type { JobStatus };

/** A key of the ledger table. */
export interface Key {
  readonly pk: string;
  readonly sk: string;
}

/** Attribute values that the ledger stores. `undefined` members are not written. */
export type Value = string | number | boolean | null | readonly Value[] | { readonly [name: string]: Value | undefined };

/** A ledger item. `gsi1pk` and `gsi1sk`, where present, put it into the status index. */
export interface Item extends Key {
  readonly [attribute: string]: Value | undefined;
}

/** A test of one attribute of the current item. All conditions of a write must hold. */
export type Condition =
  | { readonly attribute: string; readonly is: 'present' | 'absent' }
  | { readonly attribute: string; readonly is: '=' | '<' | '<=' | '>' | '>='; readonly value: string | number | boolean };

export type Write =
  /** Replace the whole item. */
  | { readonly put: Item; readonly when?: readonly Condition[] }
  /** Change attributes of an item, which is made if it does not exist. `add` starts at 0. */
  | {
    readonly update: Key;
    readonly set?: { readonly [attribute: string]: Value | undefined };
    readonly add?: { readonly [attribute: string]: number };
    readonly remove?: readonly string[];
    readonly when?: readonly Condition[];
  }
  | { readonly remove: Key; readonly when?: readonly Condition[] }
  | { readonly check: Key; readonly when: readonly Condition[] };

/** `failed` lists the writes whose conditions did not hold, with the item as it was then. */
export type Outcome =
  | { readonly done: true }
  | { readonly done: false; readonly failed: readonly { readonly index: number; readonly current?: Item }[] };

export interface Page<T> {
  readonly items: readonly T[];
  /** Pass as `after` to go on. Absent on the last page. */
  readonly next?: string;
}

export interface Query {
  readonly pk: string;
  /** Only sort keys that begin so. */
  readonly prefix?: string;
  /** Only sort keys from this one on. Not beside a prefix. */
  readonly from?: string;
  readonly after?: string;
  readonly limit?: number;
  /** Descending sort keys. */
  readonly reverse?: boolean;
}

/** The ledger table: strongly consistent but for the index. */
export interface Table {
  get(key: Key): Promise<Item | undefined>;
  getMany(keys: readonly Key[]): Promise<readonly Item[]>;
  query(query: Query): Promise<Page<Item>>;
  /** The status index: keys only, eventually consistent: a hint, never a verdict. */
  queryIndex(query: Query): Promise<Page<Key & { readonly gsi1sk: string }>>;
  /** All writes or none. At most `TRANSACTION_MAX` writes, each of another item. */
  write(writes: readonly Write[]): Promise<Outcome>;
}

export const TRANSACTION_MAX = 100;

export interface ObjectVersion {
  readonly key: string;
  readonly versionId: string;
  readonly isLatest: boolean;
  readonly deleteMarker: boolean;
  readonly lastModified: number;
  readonly size: number;
}

export interface ObjectHead {
  readonly versionId: string;
  readonly size: number;
  readonly etag: string;
  readonly lastModified: number;
  readonly metadata: { readonly [name: string]: string };
}

export interface StoredObject extends ObjectHead {
  readonly body: Uint8Array;
}

export interface PutOptions {
  readonly contentType: string;
  /** How long browsers may keep it, as `Cache-Control` says. Absent: nothing is said. */
  readonly cacheControl?: string;
  /** ASCII values only: encode before. */
  readonly metadata?: { readonly [name: string]: string };
}

export interface ObjectStore {
  /** Undefined where the object, or that version of it, does not exist or is a delete marker. */
  head(bucket: string, key: string, versionId?: string): Promise<ObjectHead | undefined>;
  get(bucket: string, key: string, versionId?: string): Promise<StoredObject | undefined>;
  /** The lines of a text object, without their ends; never the whole text in memory. Undefined where it does not exist. */
  lines(bucket: string, key: string, compression?: 'gzip'): Promise<AsyncIterable<string> | undefined>;
  /** Writes only where no object is. 'exists' is no verdict on what lies there. */
  putIfAbsent(bucket: string, key: string, body: Uint8Array, options: PutOptions): Promise<'written' | 'exists'>;
  put(bucket: string, key: string, body: Uint8Array, options: PutOptions): Promise<void>;
  /** Streams lines (an end is added to each) into an object, replacing it when all have been read. */
  putLines(bucket: string, key: string, lines: AsyncIterable<string>, options: PutOptions): Promise<void>;
  /** False where the source version is gone. */
  copy(
    from: { bucket: string; key: string; versionId: string }, to: { bucket: string; key: string }, options: PutOptions,
  ): Promise<boolean>;
  deleteVersion(bucket: string, key: string, versionId: string): Promise<void>;
  listVersions(bucket: string, prefix: string, after?: string): Promise<Page<ObjectVersion>>;
}

export interface InputTopic {
  /** Publishes each body as one message. Answers, by position, whether SNS took it. */
  publish(topicArn: string, bodies: readonly string[]): Promise<readonly boolean[]>;
  /** ARNs of the queues that are subscribed. */
  subscribedQueues(topicArn: string): Promise<readonly string[]>;
}

/** A `CreateLabelingJob` request, as far as this project uses it. Kept in the ledger, so that a retry sends the same. */
export interface JobRequest {
  readonly name: string;
  readonly labelAttributeName: string;
  readonly taskTitle: string;
  readonly taskDescription: string;
  readonly taskKeywords: readonly string[];
  readonly inputTopicArn: string;
  readonly outputTopicArn: string;
  readonly outputPath: string;
  readonly outputKmsKeyArn?: string;
  readonly manifestUri?: string;
  readonly roleArn: string;
  /** Absent: a custom task without labels. */
  readonly labelCategoryUri?: string;
  readonly templateUri: string;
  readonly workTeamArn: string;
  readonly preHumanTaskLambdaArn: string;
  readonly consolidationLambdaArn: string;
  readonly workersPerImage: number;
  readonly taskTimeLimitSeconds: number;
  readonly taskAvailabilitySeconds: number;
  readonly maxConcurrentTasks: number;
  readonly tags: { readonly [key: string]: string };
}

export interface JobDescription {
  readonly name: string;
  readonly status: JobStatus;
  readonly createdAt: number;
  readonly modifiedAt: number;
  readonly failureReason?: string;
  readonly labeled: number;
  readonly failed: number;
  readonly unlabeled: number;
  /** Where the service says that its output manifest is. */
  readonly outputManifestUri?: string;
  readonly inputTopicArn?: string;
  readonly roleArn: string;
  readonly outputPath: string;
}

/**
 * - `created`: the service took it.
 * - `name-taken`: a job of this name exists; Describe tells whose.
 * - `later`: throttling or a quota; nothing was made.
 * - `refused`: definitely not made, and the same request would be refused again.
 * Anything else (time-out, 5xx) is thrown: the outcome is unknown.
 */
export type CreateOutcome =
  | { readonly kind: 'created' }
  | { readonly kind: 'name-taken' }
  | { readonly kind: 'later'; readonly message: string }
  | { readonly kind: 'refused'; readonly message: string };

export interface LabelingJobs {
  create(request: JobRequest): Promise<CreateOutcome>;
  describe(name: string): Promise<JobDescription | undefined>;
  /** Asks the service to stop; a job that is gone or already over is no error. */
  stop(name: string): Promise<void>;
  /** Whether it exists, as far as we may see it. */
  workTeamExists(arn: string): Promise<boolean>;
}

/** A `StartPipelineExecution` request. Kept in the ledger, so that a retry sends the same under the same token. */
export interface ExecutionRequest {
  readonly pipelineName: string;
  /** 32 to 128 characters. The same token again starts nothing and answers with what it started. */
  readonly token: string;
  readonly displayName: string;
  readonly parameters: { readonly [name: string]: string };
}

/**
 * - `started`: by this call, or by an earlier one with the same token.
 * - `later`: throttling, a quota or a conflict; nothing was started.
 * - `refused`: definitely not started, and the same request would be refused again.
 * Anything else is thrown: the outcome is unknown.
 */
export type StartOutcome =
  | { readonly kind: 'started'; readonly execution: string }
  | { readonly kind: 'later'; readonly message: string }
  | { readonly kind: 'refused'; readonly message: string };

export type ExecutionStatus = 'Executing' | 'Stopping' | 'Stopped' | 'Failed' | 'Succeeded';

export interface ExecutionDescription {
  readonly status: ExecutionStatus;
  readonly failureReason?: string;
}

export interface ExecutionStep {
  readonly name: string;
  readonly status: 'Starting' | ExecutionStatus;
  readonly failureReason?: string;
}

export interface PipelineExecutions {
  start(request: ExecutionRequest): Promise<StartOutcome>;
  /** Undefined where the service knows no such execution. */
  describe(execution: string): Promise<ExecutionDescription | undefined>;
  /** The steps that have begun. */
  steps(execution: string): Promise<readonly ExecutionStep[]>;
  /** Asks the service to stop it; an execution that is gone or over is no error. */
  stop(execution: string, token: string): Promise<void>;
}

export interface QueueDepth {
  readonly visible: number;
  readonly inFlight: number;
  readonly delayed: number;
}

export interface Queues {
  /** Undefined where the queue does not exist. */
  depth(queueUrl: string): Promise<QueueDepth | undefined>;
  /** Undefined where no queue of that name exists. */
  urlOf(name: string): Promise<string | undefined>;
  /** @param delay seconds before anybody receives them, at most 900 */
  send(queueUrl: string, bodies: readonly string[], delay?: number): Promise<void>;
  /** A queue that is gone is no error. */
  delete(queueUrl: string): Promise<void>;
  /** A message that was received comes again after so long, instead of when the queue says. Unit: seconds. */
  postpone(queueUrl: string, receiptHandle: string, seconds: number): Promise<void>;
}

export interface PublishedEvent {
  readonly type: string;
  readonly detail: { readonly [key: string]: unknown };
}

export interface EventBus {
  publish(events: readonly PublishedEvent[]): Promise<void>;
}

export interface Waker {
  /** Wakes the controller. Lost wake-ups only cost time: the schedule wakes it too. */
  wake(cause: WakeUp['cause']): Promise<void>;
}

export interface Clock {
  now(): number;
}

export interface Telemetry {
  count(metric: string, value: number): void;
  info(message: string, detail?: object): void;
  warn(message: string, detail?: object): void;
  error(message: string, detail?: object): void;
}

/** Unique, unguessable ids: lease owners, wake-ups. */
export type NewId = () => string;

/** Settings of brought buckets that only the account can tell. */
export interface BucketSettings {
  /** Whether pages of any origin may GET from it, which the worker page needs. */
  corsAllowsGet(bucket: string): Promise<boolean>;
  isVersioned(bucket: string): Promise<boolean>;
  /** Takes a bucket's notifications away: their destinations are about to go. A bucket that is gone is no error. */
  silence(bucket: string): Promise<void>;
}

/** What a pipeline says and is told. */
export interface PipelineJobs {
  /** When an execution began, in milliseconds. Undefined where the pipeline does not know it. */
  startedAt(pipeline: string, execution: string): Promise<number | undefined>;
  /** A job that has been answered already stays as it was. */
  succeed(job: string, version: string, summary: string): Promise<void>;
  fail(job: string, message: string): Promise<void>;
}

/** What came of calling a feature engineering function. */
export type HookOutcome =
  | { readonly kind: 'answered'; readonly payload: string }
  /** It ran, and failed or took too long. */
  | { readonly kind: 'failed' | 'timed-out'; readonly message: string };

/** A feature engineering function. */
export interface Hook {
  /** @throws what is nobody's fault here: throttling, access, a broken connection */
  call(request: string): Promise<HookOutcome>;
}
