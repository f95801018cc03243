import { MemoryBuckets } from './buckets';
import { MemoryEventBus } from './event-bus';
import { FaultGate, Faults, IdSequence } from './faults';
import { BucketNotifications } from './notifications';
import { MemoryQueues } from './queues';
import { Copies, MemoryTopics } from './topics';
import { Clock } from '../clock';
import { CloudEvent, ObjectHead, ReceivedMessage, SimulatorCloud, SubscribeOptions } from '../cloud';

export interface MemoryCloudOptions {
  readonly clock: Clock;
  /** Default: `us-east-1`. */
  readonly region?: string;
  /** Default: `111122223333`. */
  readonly account?: string;
  /** Consulted on every call. Default: nothing fails. Can be changed later through `faults`. */
  readonly faults?: Faults;
  /**
   * How many copies of a message arrive at a queue. Operations: `sns.deliver` [topic ARN, queue ARN, message] and
   * `s3.notify` [bucket, key, event name]. Default: one.
   */
  readonly copies?: Copies;
  /** Makes queues hand out messages in this random order; absent: oldest first. */
  readonly random?: () => number;
}

const GROUND_TRUTH_RETENTION = 14 * 24 * 3600;

/**
 * A small AWS in memory: buckets, topics, queues and an event bus on one clock, with ids that are the same in every run.
 *
 * Its parts (`buckets`, `topics`, `queues`, `bus`) are for the code under test and pass the fault hook under their AWS names;
 * the cloud itself is what the Ground Truth simulator needs, and passes the hook as `groundTruth.<operation>`.
 */
export class MemoryCloud implements SimulatorCloud {
  public readonly region: string;
  public readonly account: string;
  public readonly clock: Clock;
  public readonly buckets: MemoryBuckets;
  public readonly topics: MemoryTopics;
  public readonly queues: MemoryQueues;
  public readonly bus: MemoryEventBus;
  /** How many copies of a message arrive. */
  public copies: Copies;
  private readonly gate = new FaultGate();

  public constructor(options: MemoryCloudOptions) {
    const ids = new IdSequence();
    this.clock = options.clock;
    this.region = options.region ?? 'us-east-1';
    this.account = options.account ?? '111122223333';
    this.copies = options.copies ?? (() => 1);
    this.gate.hook = options.faults;
    const copies: Copies = (operation, args) => this.copies(operation, args);
    this.queues = new MemoryQueues(this.clock, this.gate, ids, this, options.random);
    this.topics = new MemoryTopics(this.clock, this.gate, ids, this, this.queues, copies);
    this.bus = new MemoryEventBus(this.gate);
    this.buckets = new MemoryBuckets(this.clock, this.gate, ids, new BucketNotifications(this.clock, ids, this.region, {
      queue: (arn, body) => this.queues.deliver(arn, body),
      topic: (arn, body) => this.topics.send(arn, body),
    }, copies));
  }

  public get faults(): Faults | undefined {
    return this.gate.hook;
  }

  public set faults(hook: Faults | undefined) {
    this.gate.hook = hook;
  }

  public async readObject(bucket: string, key: string): Promise<Uint8Array> {
    return this.gate.run('groundTruth.readObject', [bucket, key], () => this.buckets.read(bucket, key).body);
  }

  public async writeObject(bucket: string, key: string, body: Uint8Array | string, contentType: string): Promise<void> {
    return this.gate.run('groundTruth.writeObject', [bucket, key], () => {
      this.buckets.store(bucket, key, body, { contentType });
    });
  }

  public async headObject(bucket: string, key: string): Promise<ObjectHead | undefined> {
    return this.gate.run('groundTruth.headObject', [bucket, key], () => this.buckets.exists(bucket) ? this.buckets.find(bucket, key) : undefined);
  }

  public async createQueue(name: string): Promise<{ url: string; arn: string }> {
    return this.gate.run('groundTruth.createQueue', [name], () => this.queues.ensure(name, { messageRetentionPeriod: GROUND_TRUTH_RETENTION }));
  }

  public async queueExists(name: string): Promise<boolean> {
    return this.gate.run('groundTruth.queueExists', [name], () => this.queues.exists(name));
  }

  public async receive(queueUrl: string, max: number): Promise<ReceivedMessage[]> {
    return this.gate.run('groundTruth.receive', [queueUrl, max], () => this.queues.take(queueUrl, max));
  }

  public async deleteMessage(queueUrl: string, receiptHandle: string): Promise<void> {
    return this.gate.run('groundTruth.deleteMessage', [queueUrl, receiptHandle], () => this.queues.remove(queueUrl, receiptHandle));
  }

  public async subscribe(topicArn: string, queueArn: string, options?: SubscribeOptions): Promise<string> {
    return this.gate.run('groundTruth.subscribe', [topicArn, queueArn], () => this.topics.join(topicArn, queueArn, options));
  }

  public async unsubscribe(subscriptionArn: string): Promise<void> {
    return this.gate.run('groundTruth.unsubscribe', [subscriptionArn], () => this.topics.leave(subscriptionArn));
  }

  public async publish(topicArn: string, body: string): Promise<void> {
    return this.gate.run('groundTruth.publish', [topicArn, body], () => {
      this.topics.send(topicArn, body);
    });
  }

  public async putEvent(event: CloudEvent): Promise<void> {
    return this.gate.run('groundTruth.putEvent', [event], () => this.bus.send(event));
  }

  public async takeExpired(queueUrl: string): Promise<ReceivedMessage[]> {
    return this.gate.run('groundTruth.takeExpired', [queueUrl], () => this.queues.takeExpired(queueUrl));
  }

  public async allowsCrossOriginReads(bucket: string): Promise<boolean> {
    return this.gate.run('groundTruth.allowsCrossOriginReads', [bucket], () => this.buckets.exists(bucket) && this.buckets.hasCors(bucket));
  }
}
