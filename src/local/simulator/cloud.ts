/** A message as it was received from a queue. */
export interface ReceivedMessage {
  readonly messageId: string;
  readonly body: string;
  readonly receiptHandle: string;
  /** When it entered the queue, in milliseconds. Absent where the cloud does not say. */
  readonly sentAt?: number;
}

/** What a HEAD request tells of an object. */
export interface ObjectHead {
  /** Bytes. */
  readonly size: number;
  readonly contentType?: string;
}

/** An event in the shape that EventBridge delivers. */
export interface CloudEvent {
  readonly 'version': '0';
  readonly 'id': string;
  readonly 'detail-type': string;
  readonly 'source': string;
  readonly 'account': string;
  /** ISO time in whole seconds. */
  readonly 'time': string;
  readonly 'region': string;
  readonly 'resources': readonly string[];
  readonly 'detail': Readonly<Record<string, unknown>>;
}

/** How a topic hands its messages to a queue. */
export interface SubscribeOptions {
  /** The bare message instead of the notification envelope. Default: false. */
  readonly raw?: boolean;
}

/**
 * All that Ground Truth needs of the rest of AWS, with the rights of the labeling job's execution role.
 *
 * Every operation may throw. An error whose name says that trying again is useless (a missing key, denied access)
 * makes a labeling job fail, as it does in the service; any other error is taken as passing and tried again.
 */
export interface SimulatorCloud {
  /** @returns the object's bytes; throws `NoSuchKey` or `NoSuchBucket`. */
  readObject(bucket: string, key: string): Promise<Uint8Array>;

  writeObject(bucket: string, key: string, body: Uint8Array | string, contentType: string): Promise<void>;

  /** @returns undefined when there is no such object. */
  headObject(bucket: string, key: string): Promise<ObjectHead | undefined>;

  /** Creates the queue or, when it is there, does nothing. */
  createQueue(name: string): Promise<{ readonly url: string; readonly arn: string }>;

  queueExists(name: string): Promise<boolean>;

  /** @param max 1 to 10. */
  receive(queueUrl: string, max: number): Promise<ReceivedMessage[]>;

  deleteMessage(queueUrl: string, receiptHandle: string): Promise<void>;

  /** Subscribes the queue or, when it is subscribed, does nothing. */
  subscribe(topicArn: string, queueArn: string, options?: SubscribeOptions): Promise<string>;

  unsubscribe(subscriptionArn: string): Promise<void>;

  publish(topicArn: string, body: string): Promise<void>;

  putEvent(event: CloudEvent): Promise<void>;

  /**
   * Messages that left the queue unread because its retention time was over, since the last call.
   * A cloud that cannot tell leaves the method out.
   */
  takeExpired?(queueUrl: string): Promise<ReceivedMessage[]>;

  /**
   * Whether a browser of another origin may GET the bucket's objects.
   * A cloud that cannot tell leaves the method out, and workers see every image.
   */
  allowsCrossOriginReads?(bucket: string): Promise<boolean>;
}

const PERMANENT = new Set([
  'NoSuchKey', 'NoSuchBucket', 'NotFound', 'NotFoundException', 'AccessDenied', 'AccessDeniedException', 'AuthorizationError',
  'AuthorizationErrorException', 'InvalidParameter', 'InvalidParameterException', 'QueueDoesNotExist',
  'AWS.SimpleQueueService.NonExistentQueue', 'Forbidden', '403', '404',
]);

/** Whether trying the failed operation again is useless. */
export function isPermanent(error: unknown): boolean {
  return error instanceof Error && PERMANENT.has(error.name);
}
