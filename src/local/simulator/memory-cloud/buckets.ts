import { createHash } from 'crypto';
import { CloudError, FaultGate, IdSequence } from './faults';
import { BucketNotifications } from './notifications';
import { Clock } from '../clock';

export interface BucketOptions {
  /** Default: true. */
  readonly versioned?: boolean;
  /** Whether browsers of other origins may GET objects. Default: true. */
  readonly cors?: boolean;
}

export interface PutOptions {
  readonly contentType?: string;
  readonly metadata?: Readonly<Record<string, string>>;
  /** `*`: only when there is no such object, else 412. */
  readonly ifNoneMatch?: '*';
  /** Only when the current object has this ETag, else 412. */
  readonly ifMatch?: string;
}

/** One version of an object. Its body is the stored one: not to be changed. */
export interface MemoryObject {
  readonly key: string;
  /** `null` in a bucket without versioning. */
  readonly versionId: string;
  readonly body: Uint8Array;
  readonly size: number;
  readonly contentType?: string;
  readonly metadata: Readonly<Record<string, string>>;
  /** With quotes, as S3 sends it. */
  readonly etag: string;
  /** Milliseconds. */
  readonly lastModified: number;
  readonly isDeleteMarker: boolean;
}

/** A version in a listing. */
export interface ListedVersion extends MemoryObject {
  readonly isLatest: boolean;
}

export interface ListOptions {
  readonly prefix?: string;
  /** 1 to 1000. Default: 1000. */
  readonly maxKeys?: number;
  readonly startAfter?: string;
  readonly continuationToken?: string;
}

export interface ListVersionsOptions {
  readonly prefix?: string;
  /** 1 to 1000. Default: 1000. */
  readonly maxKeys?: number;
  readonly keyMarker?: string;
  readonly versionIdMarker?: string;
}

interface Bucket {
  readonly versioned: boolean;
  cors: boolean;
  /** Newest version first. */
  readonly objects: Map<string, MemoryObject[]>;
  /** Keys in S3's order; undefined after a key came or went. */
  sortedKeys?: string[];
}

const NO_BYTES = new Uint8Array(0);

/** S3 buckets: versions, delete markers, conditional writes, paged listings, event messages. */
export class MemoryBuckets {
  private readonly buckets = new Map<string, Bucket>();

  public constructor(
    private readonly clock: Clock,
    private readonly gate: FaultGate,
    private readonly ids: IdSequence,
    public readonly notifications: BucketNotifications,
  ) {}

  public create(name: string, options: BucketOptions = {}): void {
    if (!this.buckets.has(name)) {
      this.buckets.set(name, { versioned: options.versioned ?? true, cors: options.cors ?? true, objects: new Map() });
    }
  }

  public setCors(name: string, cors: boolean): void {
    this.bucket(name).cors = cors;
  }

  public async put(
    bucket: string, key: string, body: Uint8Array | string, options: PutOptions = {},
  ): Promise<{ etag: string; versionId: string }> {
    return this.gate.run('s3.PutObject', [bucket, key, options], () => this.store(bucket, key, body, options));
  }

  /** Copies one version (default: the current one) with its metadata, unless other options are given. */
  public async copy(
    source: { readonly bucket: string; readonly key: string; readonly versionId?: string },
    target: { readonly bucket: string; readonly key: string },
    options: PutOptions = {},
  ): Promise<{ etag: string; versionId: string }> {
    return this.gate.run('s3.CopyObject', [source, target], () => {
      const original = this.read(source.bucket, source.key, source.versionId);
      return this.store(target.bucket, target.key, original.body, { contentType: original.contentType, metadata: original.metadata, ...options }, 'ObjectCreated:Copy');
    });
  }

  /** Throws `NoSuchKey`, or `NoSuchVersion` when a version is named. */
  public async get(bucket: string, key: string, versionId?: string): Promise<MemoryObject> {
    return this.gate.run('s3.GetObject', [bucket, key, versionId], () => this.read(bucket, key, versionId));
  }

  /** Throws `NotFound`. */
  public async head(bucket: string, key: string, versionId?: string): Promise<MemoryObject> {
    return this.gate.run('s3.HeadObject', [bucket, key, versionId], () => {
      const found = this.find(bucket, key, versionId);
      if (!found) {
        throw new CloudError('NotFound', 'NotFound', 404);
      }
      return found;
    });
  }

  /**
   * Removes one version for good or, without a version, puts a delete marker (in a bucket without versioning: removes the object).
   * Deleting what is not there succeeds.
   */
  public async delete(bucket: string, key: string, versionId?: string): Promise<void> {
    return this.gate.run('s3.DeleteObject', [bucket, key, versionId], () => this.erase(bucket, key, versionId));
  }

  /** Current objects in the order of their keys. */
  public async list(bucket: string, options: ListOptions = {}): Promise<{ objects: MemoryObject[]; nextContinuationToken?: string }> {
    return this.gate.run('s3.ListObjectsV2', [bucket, options], () => {
      const after = options.continuationToken === undefined ? options.startAfter : Buffer.from(options.continuationToken, 'base64').toString();
      const objects: MemoryObject[] = [];
      for (const key of this.keysFrom(this.bucket(bucket), options.prefix, after)) {
        const current = this.find(bucket, key);
        if (current && objects.length === pageSize(options.maxKeys)) {
          return { objects, nextContinuationToken: Buffer.from(objects[objects.length - 1].key).toString('base64') };
        }
        if (current) {
          objects.push(current);
        }
      }
      return { objects };
    });
  }

  /** All versions and delete markers, by key and then newest first. */
  public async listVersions(bucket: string, options: ListVersionsOptions = {}): Promise<{
    versions: ListedVersion[];
    nextKeyMarker?: string;
    nextVersionIdMarker?: string;
  }> {
    return this.gate.run('s3.ListObjectVersions', [bucket, options], () => {
      const versions: ListedVersion[] = [];
      const within = options.versionIdMarker === undefined ? undefined : options.keyMarker;
      const rest = this.keysFrom(this.bucket(bucket), options.prefix, options.keyMarker);
      for (const key of within === undefined ? rest : [within, ...rest]) {
        const all = this.bucket(bucket).objects.get(key) ?? [];
        const first = key === within ? all.findIndex(version => version.versionId === options.versionIdMarker) + 1 : 0;
        for (let index = first; index < all.length; index++) {
          if (versions.length === pageSize(options.maxKeys)) {
            const last = versions[versions.length - 1];
            return { versions, nextKeyMarker: last.key, nextVersionIdMarker: last.versionId };
          }
          versions.push({ ...all[index], isLatest: index === 0 });
        }
      }
      return { versions };
    });
  }

  // Without the fault hook: for tests and for the other services.

  public exists(name: string): boolean {
    return this.buckets.has(name);
  }

  public hasCors(name: string): boolean {
    return this.bucket(name).cors;
  }

  /** The current object, or the named version; undefined when there is none. */
  public find(bucketName: string, key: string, versionId?: string): MemoryObject | undefined {
    const versions = this.bucket(bucketName).objects.get(key);
    const found = versionId === undefined ? versions?.[0] : versions?.find(version => version.versionId === versionId);
    return found?.isDeleteMarker ? undefined : found;
  }

  /** Keys of all current objects, in order. */
  public peekKeys(bucketName: string, prefix = ''): string[] {
    return this.keysFrom(this.bucket(bucketName), prefix).filter(key => this.find(bucketName, key) !== undefined);
  }

  public read(bucket: string, key: string, versionId?: string): MemoryObject {
    const found = this.find(bucket, key, versionId);
    if (!found) {
      throw versionId === undefined
        ? new CloudError('NoSuchKey', `The key s3://${bucket}/${key} does not exist.`, 404)
        : new CloudError('NoSuchVersion', `The version ${versionId} of s3://${bucket}/${key} does not exist.`, 404);
    }
    return found;
  }

  public store(
    bucketName: string, key: string, body: Uint8Array | string, options: PutOptions = {}, eventName = 'ObjectCreated:Put',
  ): { etag: string; versionId: string } {
    const bucket = this.bucket(bucketName);
    if (key === '' || Buffer.byteLength(key) > 1024) {
      throw new CloudError('KeyTooLongError', `A key has 1 to 1024 bytes, not ${Buffer.byteLength(key)}.`, 400);
    }
    const current = this.find(bucketName, key);
    if ((options.ifNoneMatch === '*' && current) || (options.ifMatch !== undefined && current?.etag !== options.ifMatch)) {
      throw new CloudError('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', 412);
    }
    const bytes = typeof body === 'string' ? Buffer.from(body) : Buffer.from(body.slice());
    const object: MemoryObject = {
      key,
      versionId: bucket.versioned ? this.ids.hex(32) : 'null',
      body: bytes,
      size: bytes.length,
      contentType: options.contentType,
      metadata: Object.fromEntries(Object.entries(options.metadata ?? {}).map(([name, value]) => [name.toLowerCase(), value])),
      etag: `"${createHash('md5').update(bytes).digest('hex')}"`,
      lastModified: this.clock.now(),
      isDeleteMarker: false,
    };
    this.add(bucket, object);
    this.announce(bucketName, bucket, object, eventName);
    return { etag: object.etag, versionId: object.versionId };
  }

  private erase(bucketName: string, key: string, versionId?: string): void {
    const bucket = this.bucket(bucketName);
    const versions = bucket.objects.get(key);
    if (versionId !== undefined) {
      this.keep(bucket, key, (versions ?? []).filter(version => version.versionId !== versionId));
    } else if (bucket.versioned) {
      const marker: MemoryObject = {
        key, versionId: this.ids.hex(32), body: NO_BYTES, size: 0, metadata: {}, etag: '', lastModified: this.clock.now(), isDeleteMarker: true,
      };
      this.add(bucket, marker);
      this.announce(bucketName, bucket, marker, 'ObjectRemoved:DeleteMarkerCreated');
    } else if (versions) {
      this.keep(bucket, key, []);
      this.announce(bucketName, bucket, versions[0], 'ObjectRemoved:Delete');
    }
  }

  private add(bucket: Bucket, object: MemoryObject): void {
    const versions = bucket.objects.get(object.key);
    if (!versions) {
      bucket.objects.set(object.key, [object]);
      bucket.sortedKeys = undefined;
    } else if (bucket.versioned) {
      versions.unshift(object);
    } else {
      versions[0] = object;
    }
  }

  private keep(bucket: Bucket, key: string, versions: MemoryObject[]): void {
    if (versions.length > 0) {
      bucket.objects.set(key, versions);
    } else {
      bucket.objects.delete(key);
      bucket.sortedKeys = undefined;
    }
  }

  private announce(bucketName: string, bucket: Bucket, object: MemoryObject, eventName: string): void {
    this.notifications.announce({
      eventName,
      bucket: bucketName,
      key: object.key,
      size: object.size,
      eTag: object.etag.replace(/"/g, ''),
      versionId: bucket.versioned ? object.versionId : undefined,
    });
  }

  private keysFrom(bucket: Bucket, prefix = '', after?: string): string[] {
    bucket.sortedKeys ??= [...bucket.objects.keys()].sort(byUtf8);
    return bucket.sortedKeys.filter(key => key.startsWith(prefix) && (after === undefined || byUtf8(key, after) > 0));
  }

  private bucket(name: string): Bucket {
    const bucket = this.buckets.get(name);
    if (!bucket) {
      throw new CloudError('NoSuchBucket', `The bucket ${name} does not exist.`, 404);
    }
    return bucket;
  }
}

function pageSize(maxKeys = 1000): number {
  return Math.max(1, Math.min(1000, maxKeys));
}

/** S3 orders keys by their UTF-8 bytes, which differs from the order of UTF-16 units only for characters beyond U+FFFF. */
function byUtf8(left: string, right: string): number {
  const length = Math.min(left.length, right.length);
  for (let index = 0; index < length; index++) {
    const [a, b] = [left.charCodeAt(index), right.charCodeAt(index)];
    if (a !== b) {
      const [aHigh, bHigh] = [a >= 0xd800 && a <= 0xdfff, b >= 0xd800 && b <= 0xdfff];
      return aHigh === bHigh ? a - b : (aHigh ? 1 : -1);
    }
  }
  return left.length - right.length;
}
