import { GroundTruthSimulator } from '../../../src/local/simulator';
import { EventBus, InputTopic, LabelingJobs, ObjectStore, Queues, Table } from '../../../src/runtime/ports';

/** One implementation of the ports, with what a test needs around them. Names are new for each call. */
export interface ContractWorld {
  readonly objects: ObjectStore;
  readonly topic: InputTopic;
  readonly queues: Queues;
  readonly jobs: LabelingJobs;
  readonly bus: EventBus;
  /** What the jobs run in; its time is moved by `pass`. */
  readonly simulator: GroundTruthSimulator;
  table(): Promise<Table>;
  bucket(): Promise<string>;
  /** Deletes without naming a version, as a person would. */
  deleteObject(bucket: string, key: string): Promise<void>;
  /** @returns the ARN of a new topic. */
  newTopic(): Promise<string>;
  newQueue(): Promise<{ readonly name: string; readonly url: string; readonly arn: string }>;
  /** With raw delivery. */
  subscribe(topicArn: string, queueArn: string): Promise<void>;
  /** Takes up to so many messages off a queue, without deleting them. */
  receive(queueUrl: string, max: number): Promise<string[]>;
  /** Lets so many milliseconds pass for the jobs. */
  pass(ms: number): Promise<void>;
  /** What the bus handed on since the last call, oldest first. */
  publishedEvents(): Promise<{ readonly type: string; readonly detail: unknown }[]>;
  close(): Promise<void>;
}

export type Open = () => ContractWorld;
