import { OWN_SOURCE } from '../core/intake-message';
import { decodeEventKey } from '../core/object-keys';

/** An object that an event says was created. */
export interface CreatedObject {
  readonly bucket: string;
  readonly key: string;
  readonly versionId?: string;
  /** The project itself asks for it, wherever it lies: only its own functions may write such messages. */
  readonly isOrdered?: boolean;
}

interface S3Record {
  readonly eventName?: unknown;
  readonly eventSource?: unknown;
  readonly s3?: {
    readonly bucket?: { readonly name?: unknown };
    readonly object?: { readonly key?: unknown; readonly versionId?: unknown };
  };
}

/** Thrown for a queue message that is no S3 event. It is not a drop, so nothing is lost; the dead-letter queue keeps it. */
export class UnreadableEventError extends Error {
  constructor(body: string) {
    super(`the intake queue holds a message that is no S3 event: ${body.slice(0, 200)}`);
    this.name = 'UnreadableEventError';
  }
}

/** The objects in an S3 event notification. `s3:TestEvent` and anything but creations give none. */
export function createdObjects(body: string): CreatedObject[] {
  const parsed = parse(body);
  if (parsed.Event === 's3:TestEvent') {
    return [];
  }
  if (!Array.isArray(parsed.Records)) {
    throw new UnreadableEventError(body);
  }
  return (parsed.Records as S3Record[]).flatMap((record) => {
    if (!String(record.eventName ?? '').replace(/^s3:/, '').startsWith('ObjectCreated:')) {
      return [];
    }
    const bucket = record.s3?.bucket?.name;
    const key = record.s3?.object?.key;
    if (typeof bucket !== 'string' || typeof key !== 'string') {
      throw new UnreadableEventError(body);
    }
    const versionId = record.s3?.object?.versionId;
    return [{
      bucket, key: decodeEventKey(key),
      ...(typeof versionId === 'string' && versionId !== '' ? { versionId } : {}),
      ...(String(record.eventSource ?? '').startsWith(OWN_SOURCE) ? { isOrdered: true } : {}),
    }];
  });
}

function parse(body: string): { Event?: unknown; Records?: unknown } {
  try {
    const parsed: unknown = JSON.parse(body);
    return typeof parsed === 'object' && parsed !== null ? parsed : {};
  } catch {
    throw new UnreadableEventError(body);
  }
}
