import { Clock } from '../clock';
import { SubscribeOptions } from '../cloud';
import { CloudError, FaultGate, IdSequence } from './faults';
import { MAX_MESSAGE_BYTES, MemoryQueues } from './queues';

/** A queue's subscription to a topic. */
export interface Subscription {
  readonly arn: string;
  readonly topicArn: string;
  /** ARN of the queue. */
  readonly endpoint: string;
  readonly raw: boolean;
}

/** How many copies of a message arrive: 1 is normal, 0 a loss, more are duplicates. */
export type Copies = (operation: string, args: readonly unknown[]) => number;

/** Standard SNS topics. A topic stores nothing: what is published while nobody is subscribed is gone. */
export class MemoryTopics {
  private readonly topics = new Map<string, Map<string, Subscription>>();
  private readonly published = new Map<string, string[]>();

  public constructor(
    private readonly clock: Clock,
    private readonly gate: FaultGate,
    private readonly ids: IdSequence,
    private readonly place: { readonly region: string; readonly account: string },
    private readonly queues: MemoryQueues,
    private readonly copies: Copies,
  ) {}

  /** @returns the topic's ARN. */
  public async create(name: string): Promise<string> {
    return this.gate.run('sns.CreateTopic', [name], () => this.ensure(name));
  }

  /** @returns the subscription's ARN, the same one for the same queue. */
  public async subscribe(topicArn: string, queueArn: string, options: SubscribeOptions = {}): Promise<string> {
    return this.gate.run('sns.Subscribe', [topicArn, queueArn], () => this.join(topicArn, queueArn, options));
  }

  public async unsubscribe(subscriptionArn: string): Promise<void> {
    return this.gate.run('sns.Unsubscribe', [subscriptionArn], () => this.leave(subscriptionArn));
  }

  /** @returns the message id. */
  public async publish(topicArn: string, message: string): Promise<string> {
    return this.gate.run('sns.Publish', [topicArn, message], () => this.send(topicArn, message));
  }

  /**
   * Publishes up to ten messages of together at most 256 KB.
   *
   * @returns the message ids, in order.
   */
  public async publishBatch(topicArn: string, messages: readonly string[]): Promise<string[]> {
    return this.gate.run('sns.PublishBatch', [topicArn, messages], () => {
      const size = messages.reduce((sum, message) => sum + Buffer.byteLength(message), 0);
      if (messages.length < 1 || messages.length > 10 || size > MAX_MESSAGE_BYTES) {
        throw new CloudError('BatchRequestTooLong', `A batch has 1 to 10 messages and ${MAX_MESSAGE_BYTES} bytes, not ${messages.length} and ${size}.`, 400);
      }
      return messages.map(message => this.send(topicArn, message));
    });
  }

  public async listSubscriptions(topicArn: string): Promise<Subscription[]> {
    return this.gate.run('sns.ListSubscriptionsByTopic', [topicArn], () => this.peekSubscriptions(topicArn));
  }

  // Without the fault hook: for tests and for the other services.

  public ensure(name: string): string {
    if (!/^[A-Za-z0-9_-]{1,256}$/.test(name)) {
      throw new CloudError('InvalidParameter', `A standard topic's name has 1 to 256 letters, digits, hyphens and underscores, not "${name}".`, 400);
    }
    const arn = `arn:aws:sns:${this.place.region}:${this.place.account}:${name}`;
    if (!this.topics.has(arn)) {
      this.topics.set(arn, new Map());
    }
    return arn;
  }

  public join(topicArn: string, queueArn: string, options: SubscribeOptions = {}): string {
    const subscriptions = this.subscriptionsOf(topicArn);
    const known = [...subscriptions.values()].find(subscription => subscription.endpoint === queueArn);
    if (known) {
      return known.arn;
    }
    const arn = `${topicArn}:${this.ids.uuid()}`;
    subscriptions.set(arn, { arn, topicArn, endpoint: queueArn, raw: options.raw ?? false });
    return arn;
  }

  public leave(subscriptionArn: string): void {
    this.topics.get(subscriptionArn.slice(0, subscriptionArn.lastIndexOf(':')))?.delete(subscriptionArn);
  }

  public send(topicArn: string, message: string): string {
    const size = Buffer.byteLength(message);
    if (size > MAX_MESSAGE_BYTES || size === 0) {
      throw new CloudError('InvalidParameter', `A message has 1 to ${MAX_MESSAGE_BYTES} bytes, not ${size}.`, 400);
    }
    const subscriptions = this.subscriptionsOf(topicArn);
    const messageId = this.ids.uuid();
    this.remember(topicArn, message);
    for (const subscription of subscriptions.values()) {
      const body = subscription.raw ? message : this.envelope(topicArn, messageId, message);
      for (let copy = this.copies('sns.deliver', [topicArn, subscription.endpoint, message]); copy > 0; copy--) {
        this.queues.deliver(subscription.endpoint, body);
      }
    }
    return messageId;
  }

  public peekSubscriptions(topicArn: string): Subscription[] {
    return [...this.subscriptionsOf(topicArn).values()];
  }

  /** Every message that was ever published to the topic. */
  public peekPublished(topicArn: string): readonly string[] {
    return this.published.get(topicArn) ?? [];
  }

  private remember(topicArn: string, message: string): void {
    const known = this.published.get(topicArn);
    if (known) {
      known.push(message);
    } else {
      this.published.set(topicArn, [message]);
    }
  }

  private envelope(topicArn: string, messageId: string, message: string): string {
    return JSON.stringify({
      Type: 'Notification',
      MessageId: messageId,
      TopicArn: topicArn,
      Message: message,
      Timestamp: new Date(this.clock.now()).toISOString(),
      SignatureVersion: '1',
      Signature: 'simulated',
      SigningCertURL: `https://sns.${this.place.region}.amazonaws.com/simulated.pem`,
      UnsubscribeURL: `https://sns.${this.place.region}.amazonaws.com/?Action=Unsubscribe`,
    });
  }

  private subscriptionsOf(topicArn: string): Map<string, Subscription> {
    const subscriptions = this.topics.get(topicArn);
    if (!subscriptions) {
      throw new CloudError('NotFound', `The topic ${topicArn} does not exist.`, 404);
    }
    return subscriptions;
  }
}
