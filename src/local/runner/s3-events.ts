import { randomBytes } from 'crypto';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';

/** An object that was put, as S3 tells of it. */
export interface ObjectPut {
  readonly bucket: string;
  /** The plain key. */
  readonly key: string;
  /** Absent in a bucket without versions. */
  readonly versionId?: string;
  /** Without quotes. */
  readonly eTag: string;
  /** Bytes. */
  readonly size: number;
  /** 16 hexadecimal digits or more; of two events of one key, the later has the larger. Default: by the clock. */
  readonly sequencer?: string;
  /** Default: `ObjectCreated:Put`. */
  readonly eventName?: string;
  /** Default: now. */
  readonly time?: Date;
}

/**
 * A key as it is written into S3's events: UTF-8, with `+` for a space, `/` as it is, and everything but letters, digits
 * and `.-*_` as `%XX`.
 */
export function encodeKey(key: string): string {
  return encodeURIComponent(key)
    .replace(/[!'()~]/g, character => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+')
    .replaceAll('%2F', '/');
}

/** The message that S3 sends to a queue for objects that were put. S3 itself puts one record into each message. */
export function s3EventMessage(puts: readonly ObjectPut[], region: string): string {
  return JSON.stringify({ Records: puts.map(put => record(put, region)) });
}

/** The message that S3 sends once, when a bucket's notifications are configured. */
export function s3TestMessage(bucket: string): string {
  return JSON.stringify({
    Service: 'Amazon S3', Event: 's3:TestEvent', Time: new Date().toISOString(), Bucket: bucket, RequestId: requestId(), HostId: hostId(),
  });
}

/** Sends what S3 would send for these objects, in one message. At-least-once delivery is as easy as calling it twice. */
export async function postS3Event(sqs: SQSClient, queueUrl: string, region: string, ...puts: readonly ObjectPut[]): Promise<void> {
  await sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: s3EventMessage(puts, region) }));
}

function record({ bucket, key, versionId, eTag, size, sequencer, eventName, time = new Date() }: ObjectPut, region: string) {
  return {
    eventVersion: '2.1',
    eventSource: 'aws:s3',
    awsRegion: region,
    eventTime: time.toISOString(),
    eventName: eventName ?? 'ObjectCreated:Put',
    userIdentity: { principalId: 'AWS:AIDAJDPLRKLG7UEXAMPLE' },
    requestParameters: { sourceIPAddress: '127.0.0.1' },
    responseElements: { 'x-amz-request-id': requestId(), 'x-amz-id-2': hostId() },
    s3: {
      s3SchemaVersion: '1.0',
      configurationId: 'local-run',
      bucket: { name: bucket, ownerIdentity: { principalId: 'A3NL1KOZZKExample' }, arn: `arn:aws:s3:::${bucket}` },
      object: {
        key: encodeKey(key), size, eTag, ...(versionId === undefined ? {} : { versionId }), sequencer: sequencer ?? clockSequencer(time),
      },
    },
  };
}

let sequence = 0;

function clockSequencer(time: Date): string {
  return `00${time.getTime().toString(16).padStart(12, '0')}${(++sequence % 0x1_0000).toString(16).padStart(4, '0')}`.toUpperCase();
}

function requestId(): string {
  return randomBytes(8).toString('hex').toUpperCase();
}

function hostId(): string {
  return randomBytes(48).toString('base64');
}
