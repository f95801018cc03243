import { Clock } from '../clock';
import { ReceivedMessage } from '../cloud';
import { CloudError, FaultGate, IdSequence } from './faults';

/** Attributes of a queue; times in seconds. */
export interface QueueAttributes {
  /** Default: 30. */
  readonly visibilityTimeout?: number;
  /** Default: 4 days; at most 14 days, as in the service. */
  readonly messageRetentionPeriod?: number;
  /** Default: 0. */
  readonly delaySeconds?: number;
  /** Where a message goes that was received `maxReceiveCount` times. Default: nowhere. */
  readonly redrive?: { readonly deadLetterQueueArn: string; readonly maxReceiveCount: number };
}

/** A received message with what a consumer may want to know of it. */
export interface QueueMessage extends ReceivedMessage {
  readonly sentAt: number;
  readonly receiveCount: number;
}

/** Approximate numbers of messages, exact here. */
export interface QueueCounts {
  readonly visible: number;
  readonly inFlight: number;
  readonly delayed: number;
  /** Age in ms of the oldest message that is not deleted; 0 for an empty queue. */
  readonly oldestAge: number;
}

interface Message {
  readonly id: string;
  readonly body: string;
  readonly sentAt: number;
  receiveCount: number;
  visibleAt: number;
  delayed: boolean;
}

interface Queue {
  readonly name: string;
  readonly url: string;
  readonly arn: string;
  readonly attributes: QueueAttributes;
  ready: Message[];
  readonly hidden: Map<string, Message>;
  readonly expired: Message[];
  /** No message of the queue is older than this. */
  oldestSentAt: number;
}

const DEFAULT_VISIBILITY = 30;
const DEFAULT_RETENTION = 4 * 24 * 3600;
const MAX_RETENTION = 14 * 24 * 3600;
export const MAX_MESSAGE_BYTES = 262_144;

/** Standard SQS queues: at least once, visibility time-out, redrive, retention. */
export class MemoryQueues {
  /** Decides how often and when a message of another service arrives: calls `put` once for each copy. Absent: once, at once. */
  public postman?: (arn: string, body: string, put: () => void) => void;
  private readonly byName = new Map<string, Queue>();

  public constructor(
    private readonly clock: Clock,
    private readonly gate: FaultGate,
    private readonly ids: IdSequence,
    private readonly place: { readonly region: string; readonly account: string },
    /** Picks which of the visible messages is received next; absent: the oldest. */
    private readonly random?: () => number,
  ) {}

  /** Creates the queue, or returns the one of that name. */
  public async create(name: string, attributes: QueueAttributes = {}): Promise<{ url: string; arn: string }> {
    return this.gate.run('sqs.CreateQueue', [name, attributes], () => this.ensure(name, attributes));
  }

  public async send(url: string, body: string, options: { readonly delaySeconds?: number } = {}): Promise<string> {
    return this.gate.run('sqs.SendMessage', [url, body, options], () => {
      const queue = this.byUrl(url);
      const size = Buffer.byteLength(body);
      if (size > MAX_MESSAGE_BYTES || size === 0) {
        throw new CloudError('InvalidParameterValue', `A message has 1 to ${MAX_MESSAGE_BYTES} bytes, not ${size}.`, 400);
      }
      return this.enqueue(queue, body, options.delaySeconds ?? queue.attributes.delaySeconds ?? 0);
    });
  }

  /** @param max 1 to 10. @param visibilityTimeout Seconds. Default: the queue's. */
  public async receive(url: string, max = 1, visibilityTimeout?: number): Promise<QueueMessage[]> {
    return this.gate.run('sqs.ReceiveMessage', [url, max], () => this.take(url, max, visibilityTimeout));
  }

  /** Deletes the message if the handle is the one of its latest receipt; does nothing otherwise, like SQS. */
  public async delete(url: string, receiptHandle: string): Promise<void> {
    return this.gate.run('sqs.DeleteMessage', [url, receiptHandle], () => this.remove(url, receiptHandle));
  }

  /** @param seconds From now on; 0 makes the message visible at once. */
  public async changeVisibility(url: string, receiptHandle: string, seconds: number): Promise<void> {
    return this.gate.run('sqs.ChangeMessageVisibility', [url, receiptHandle, seconds], () => {
      const queue = this.byUrl(url);
      const message = this.heldBy(queue, receiptHandle);
      if (message) {
        message.visibleAt = this.clock.now() + seconds * 1000;
      }
    });
  }

  public async counts(url: string): Promise<QueueCounts> {
    return this.gate.run('sqs.GetQueueAttributes', [url], () => this.peekCounts(url));
  }

  public async urlOf(name: string): Promise<string> {
    return this.gate.run('sqs.GetQueueUrl', [name], () => this.byUrl(this.urlFor(name)).url);
  }

  public async deleteQueue(url: string): Promise<void> {
    return this.gate.run('sqs.DeleteQueue', [url], () => {
      this.byName.delete(this.byUrl(url).name);
    });
  }

  public async list(prefix = ''): Promise<string[]> {
    return this.gate.run('sqs.ListQueues', [prefix], () => this.peekNames().filter(name => name.startsWith(prefix)).map(name => this.urlFor(name)));
  }

  // The methods below look at or move the state without passing the fault hook: for tests and for the other services.

  public ensure(name: string, attributes: QueueAttributes = {}): { url: string; arn: string } {
    if (!/^[A-Za-z0-9_-]{1,80}$/.test(name)) {
      throw new CloudError('InvalidParameterValue', `A queue name has 1 to 80 letters, digits, hyphens and underscores, not "${name}".`, 400);
    }
    if ((attributes.messageRetentionPeriod ?? 0) > MAX_RETENTION) {
      throw new CloudError('InvalidAttributeValue', 'MessageRetentionPeriod is at most 14 days.', 400);
    }
    let queue = this.byName.get(name);
    if (!queue) {
      queue = {
        name,
        url: this.urlFor(name),
        arn: `arn:aws:sqs:${this.place.region}:${this.place.account}:${name}`,
        attributes,
        ready: [],
        hidden: new Map(),
        expired: [],
        oldestSentAt: Infinity,
      };
      this.byName.set(name, queue);
    }
    return { url: queue.url, arn: queue.arn };
  }

  public exists(name: string): boolean {
    return this.byName.has(name);
  }

  public peekNames(): string[] {
    return [...this.byName.keys()];
  }

  public peekCounts(url: string): QueueCounts {
    const queue = this.byUrl(url);
    this.settle(queue);
    const delayed = [...queue.hidden.values()].filter(message => message.delayed).length;
    const all = [...queue.ready, ...queue.hidden.values()];
    const oldest = all.reduce((least, message) => Math.min(least, message.sentAt), Infinity);
    return {
      visible: queue.ready.length,
      inFlight: queue.hidden.size - delayed,
      delayed,
      oldestAge: all.length === 0 ? 0 : this.clock.now() - oldest,
    };
  }

  /** Bodies of all messages that are not deleted, visible ones first. */
  public peekBodies(url: string): string[] {
    const queue = this.byUrl(url);
    this.settle(queue);
    return [...queue.ready, ...queue.hidden.values()].map(message => message.body);
  }

  /** Delivers a message from another service, by way of the postman if there is one. */
  public deliver(arn: string, body: string): void {
    if (this.postman) {
      this.postman(arn, body, () => this.put(arn, body));
    } else {
      this.put(arn, body);
    }
  }

  /** A queue that is gone swallows the message. */
  private put(arn: string, body: string): void {
    const queue = this.byName.get(arn.slice(arn.lastIndexOf(':') + 1));
    if (queue) {
      this.enqueue(queue, body, queue.attributes.delaySeconds ?? 0);
    }
  }

  public take(url: string, max: number, visibilityTimeout?: number): QueueMessage[] {
    if (!(max >= 1 && max <= 10)) {
      throw new CloudError('InvalidParameterValue', `MaxNumberOfMessages is 1 to 10, not ${max}.`, 400);
    }
    const queue = this.byUrl(url);
    this.settle(queue);
    const now = this.clock.now();
    const timeout = (visibilityTimeout ?? queue.attributes.visibilityTimeout ?? DEFAULT_VISIBILITY) * 1000;
    const taken: QueueMessage[] = [];
    while (taken.length < max && queue.ready.length > 0) {
      const index = this.random ? Math.floor(this.random() * queue.ready.length) : 0;
      const message = index === 0 ? queue.ready.shift()! : queue.ready.splice(index, 1)[0];
      if (this.redriven(queue, message)) {
        continue;
      }
      message.receiveCount += 1;
      message.visibleAt = now + timeout;
      queue.hidden.set(message.id, message);
      taken.push(received(message));
    }
    return taken;
  }

  public remove(url: string, receiptHandle: string): void {
    const queue = this.byUrl(url);
    const message = this.heldBy(queue, receiptHandle);
    if (message) {
      queue.hidden.delete(message.id);
    }
  }

  /** Messages whose retention time ended since the last call. */
  public takeExpired(url: string): QueueMessage[] {
    const queue = this.byName.get(url.slice(url.lastIndexOf('/') + 1));
    if (!queue) {
      return [];
    }
    this.settle(queue);
    return queue.expired.splice(0).map(received);
  }

  private enqueue(queue: Queue, body: string, delaySeconds: number): string {
    const now = this.clock.now();
    const message: Message = {
      id: this.ids.uuid(), body, sentAt: now, receiveCount: 0, visibleAt: now + delaySeconds * 1000, delayed: delaySeconds > 0,
    };
    if (message.delayed) {
      queue.hidden.set(message.id, message);
    } else {
      queue.ready.push(message);
    }
    queue.oldestSentAt = Math.min(queue.oldestSentAt, now);
    return message.id;
  }

  /** Lets time do its work: hidden messages come back, old ones go. */
  private settle(queue: Queue): void {
    const now = this.clock.now();
    for (const message of queue.hidden.values()) {
      if (message.visibleAt <= now) {
        queue.hidden.delete(message.id);
        message.delayed = false;
        queue.ready.push(message);
      }
    }
    const retention = (queue.attributes.messageRetentionPeriod ?? DEFAULT_RETENTION) * 1000;
    if (now - queue.oldestSentAt >= retention) {
      const isOver = (message: Message) => now - message.sentAt >= retention;
      queue.expired.push(...queue.ready.filter(isOver));
      queue.ready = queue.ready.filter(message => !isOver(message));
      for (const message of queue.hidden.values()) {
        if (isOver(message)) {
          queue.hidden.delete(message.id);
          queue.expired.push(message);
        }
      }
      queue.oldestSentAt = [...queue.ready, ...queue.hidden.values()].reduce((least, message) => Math.min(least, message.sentAt), Infinity);
    }
  }

  private redriven(queue: Queue, message: Message): boolean {
    const redrive = queue.attributes.redrive;
    if (!redrive || message.receiveCount < redrive.maxReceiveCount) {
      return false;
    }
    const target = this.byName.get(redrive.deadLetterQueueArn.slice(redrive.deadLetterQueueArn.lastIndexOf(':') + 1));
    if (!target) {
      return false;
    }
    target.ready.push({ ...message, receiveCount: 0, visibleAt: this.clock.now() });
    target.oldestSentAt = Math.min(target.oldestSentAt, message.sentAt);
    return true;
  }

  private heldBy(queue: Queue, receiptHandle: string): Message | undefined {
    const [id, receipt] = receiptHandle.split('#');
    const message = queue.hidden.get(id);
    return message && String(message.receiveCount) === receipt ? message : undefined;
  }

  private byUrl(url: string): Queue {
    const queue = this.byName.get(url.slice(url.lastIndexOf('/') + 1));
    if (!queue) {
      throw new CloudError('QueueDoesNotExist', `The queue ${url} does not exist.`, 400);
    }
    return queue;
  }

  private urlFor(name: string): string {
    return `https://sqs.${this.place.region}.amazonaws.com/${this.place.account}/${name}`;
  }
}

function received(message: Message): QueueMessage {
  return {
    messageId: message.id,
    body: message.body,
    receiptHandle: `${message.id}#${message.receiveCount}`,
    sentAt: message.sentAt,
    receiveCount: message.receiveCount,
  };
}
