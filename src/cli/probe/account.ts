import type { CreateLabelingJobRequest } from '../../local/simulator/requests';

/** A labeling job as the service describes it. */
export interface JobView {
  readonly status: string;
  readonly failureReason?: string;
  readonly arn: string;
  readonly labeled: number;
  readonly failed: number;
  readonly unlabeled: number;
  readonly outputUri?: string;
  /** When the job last changed. Milliseconds. */
  readonly modifiedAt: number;
}

/** The service that is looked at. What it refuses is thrown as the service's own error. */
export interface ProbeJobs {
  /** Answers the ARN. */
  create(request: CreateLabelingJobRequest): Promise<string>;
  /** Undefined: the service says that there is no such job. */
  describe(name: string): Promise<JobView | undefined>;
  isListed(name: string): Promise<boolean>;
  stop(name: string): Promise<void>;
}

export interface Subscription {
  readonly protocol: string;
  readonly endpoint: string;
  readonly raw: boolean;
}

export interface OutputMessage {
  readonly body: string;
  /** When the topic got it. Milliseconds. */
  readonly sentAt: number;
}

/** What the rest of the account is used for. */
export interface ProbeCloud {
  put(bucket: string, key: string, body: Uint8Array | string, contentType: string): Promise<void>;
  /** Undefined where there is none. `writtenAt`: milliseconds. */
  read(bucket: string, key: string): Promise<{ readonly text: string; readonly writtenAt: number } | undefined>;
  keys(bucket: string, prefix: string): Promise<string[]>;
  publish(topicArn: string, message: string): Promise<void>;
  subscriptions(topicArn: string): Promise<Subscription[]>;
  /** Takes what waits in the queue out of it. */
  receive(queueUrl: string): Promise<OutputMessage[]>;
  queueExists(name: string): Promise<boolean>;
}

/** A stack as it is. */
export interface StackView {
  /** As CloudFormation names it. */
  readonly status: string;
  readonly reason?: string;
  readonly outputs: { readonly [name: string]: string };
  /** The buckets that it made. */
  readonly buckets: readonly string[];
}

/** Makes what a probe works with and removes it. What is not there is as good as removed. */
export interface ProbeWorkshop {
  /** Begins. */
  createStack(name: string, template: string): Promise<void>;
  /** Undefined: there is none. */
  stack(name: string): Promise<StackView | undefined>;
  /** Begins. */
  deleteStack(name: string): Promise<void>;
  /** All objects and versions below a prefix. */
  empty(bucket: string, prefix: string): Promise<void>;
  removeQueue(name: string): Promise<void>;
}

/** An account that is looked at. */
export interface ProbeAccount {
  readonly region: string;
  readonly jobs: ProbeJobs;
  readonly cloud: ProbeCloud;
  readonly workshop: ProbeWorkshop;
  /** Where workers of the team log in. Undefined: the service does not say. Fails for a team that does not exist. */
  portal(workTeamArn: string): Promise<string | undefined>;
  /** Milliseconds since 1970. */
  now(): number;
}
