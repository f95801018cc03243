import { CloudError, IdSequence } from './faults';
import { Copies } from './topics';
import { Clock } from '../clock';

/** Where a bucket announces what happened to its objects. One of the two targets is given. */
export interface BucketNotification {
  readonly queueArn?: string;
  readonly topicArn?: string;
  readonly prefix?: string;
  readonly suffix?: string;
  /** Default: `s3:ObjectCreated:*`. */
  readonly events?: readonly string[];
}

/** What happened to an object. */
export interface ObjectChange {
  /** Without the `s3:` prefix, e.g. `ObjectCreated:Put`. */
  readonly eventName: string;
  readonly bucket: string;
  readonly key: string;
  readonly size: number;
  readonly eTag: string;
  /** Only of a versioned bucket. */
  readonly versionId?: string;
}

/** Encodes a key the way S3 does it in its event messages: `red flower.jpg` becomes `red+flower.jpg`. */
export function encodeEventKey(key: string): string {
  return encodeURIComponent(key)
    .replace(/[!'()*]/g, character => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replace(/%2F/g, '/')
    .replace(/%20/g, '+');
}

/** Sends S3's event messages to queues and topics. */
export class BucketNotifications {
  private readonly byBucket = new Map<string, BucketNotification[]>();

  public constructor(
    private readonly clock: Clock,
    private readonly ids: IdSequence,
    private readonly region: string,
    private readonly deliver: { readonly queue: (arn: string, body: string) => void; readonly topic: (arn: string, body: string) => void },
    private readonly copies: Copies,
  ) {}

  /** Replaces the bucket's configuration and sends the test event that S3 sends to each target. */
  public configure(bucket: string, notifications: readonly BucketNotification[]): void {
    for (const notification of notifications) {
      if (notification.topicArn?.endsWith('.fifo')) {
        throw new CloudError('InvalidArgument', 'S3 does not notify FIFO topics.', 400);
      }
    }
    this.byBucket.set(bucket, [...notifications]);
    const test = JSON.stringify({
      Service: 'Amazon S3',
      Event: 's3:TestEvent',
      Time: new Date(this.clock.now()).toISOString(),
      Bucket: bucket,
      RequestId: this.ids.hex(16),
      HostId: this.ids.hex(16),
    });
    for (const notification of notifications) {
      this.send(notification, test, 1);
    }
  }

  public announce(change: ObjectChange): void {
    for (const notification of this.byBucket.get(change.bucket) ?? []) {
      if (matches(notification, change)) {
        this.send(notification, this.message(change), this.copies('s3.notify', [change.bucket, change.key, change.eventName]));
      }
    }
  }

  private message(change: ObjectChange): string {
    return JSON.stringify({
      Records: [{
        eventVersion: '2.1',
        eventSource: 'aws:s3',
        awsRegion: this.region,
        eventTime: new Date(this.clock.now()).toISOString(),
        eventName: change.eventName,
        s3: {
          s3SchemaVersion: '1.0',
          configurationId: 'simulated',
          bucket: { name: change.bucket, arn: `arn:aws:s3:::${change.bucket}` },
          object: {
            key: encodeEventKey(change.key),
            ...(change.eventName.startsWith('ObjectCreated') ? { size: change.size, eTag: change.eTag } : {}),
            ...(change.versionId === undefined ? {} : { versionId: change.versionId }),
            sequencer: this.ids.hex(18).toUpperCase(),
          },
        },
      }],
    });
  }

  private send(notification: BucketNotification, body: string, copies: number): void {
    for (let copy = 0; copy < copies; copy++) {
      if (notification.queueArn !== undefined) {
        this.deliver.queue(notification.queueArn, body);
      } else if (notification.topicArn !== undefined) {
        this.deliver.topic(notification.topicArn, body);
      }
    }
  }
}

function matches(notification: BucketNotification, change: ObjectChange): boolean {
  return change.key.startsWith(notification.prefix ?? '')
    && change.key.endsWith(notification.suffix ?? '')
    && (notification.events ?? ['s3:ObjectCreated:*']).some(event => event.endsWith('*')
      ? `s3:${change.eventName}`.startsWith(event.slice(0, -1))
      : `s3:${change.eventName}` === event);
}
