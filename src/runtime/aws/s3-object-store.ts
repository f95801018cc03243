import { PassThrough, Readable, pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import {
  CopyObjectCommand, DeleteObjectCommand, GetObjectCommand, GetObjectCommandOutput, HeadObjectCommand, HeadObjectCommandOutput,
  ListObjectVersionsCommand, ListObjectVersionsCommandOutput, PutObjectCommand, S3Client,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { messageOf, nameOfError, statusOf } from '../errors';
import { VersionMarker, assertMetadata, copySource, decodeListedKey, readVersionToken, writeVersionToken } from './object-requests';
import { Pause, jitteredPause, retried } from './retry';
import { textLines } from './text-lines';
import { ObjectHead, ObjectStore, ObjectVersion, Page, PutOptions, StoredObject } from '../ports';

const PART_BYTES = 8 * 1024 * 1024;
/** Parts under way at once: memory is a multiple of it. */
const PARTS_AT_ONCE = 2;
const PIECE_CHARACTERS = 64 * 1024;
const CONFLICT_TRIES = 4;

/** Objects in S3. Give it a client that retries by itself: every request may be repeated. */
export class S3ObjectStore implements ObjectStore {
  public constructor(private readonly client: S3Client, private readonly pause: Pause = jitteredPause) {}

  public async head(bucket: string, key: string, versionId?: string): Promise<ObjectHead | undefined> {
    const answer = await unlessGone(() => this.client.send(new HeadObjectCommand({ Bucket: bucket, Key: key, VersionId: versionId })));
    return answer && headOf(answer);
  }

  public async get(bucket: string, key: string, versionId?: string): Promise<StoredObject | undefined> {
    const answer = await unlessGone(() => this.client.send(new GetObjectCommand({ Bucket: bucket, Key: key, VersionId: versionId })));
    return answer && { ...headOf(answer), body: await answer.Body!.transformToByteArray() };
  }

  /** The answer holds a connection until the lines are read or given up: iterate over it. */
  public async lines(bucket: string, key: string, compression?: 'gzip'): Promise<AsyncIterable<string> | undefined> {
    const answer = await unlessGone(() => this.client.send(new GetObjectCommand({ Bucket: bucket, Key: key })));
    return answer && textLines(compression === 'gzip' ? unpacked(answer.Body as Readable) : answer.Body as Readable);
  }

  public async putIfAbsent(bucket: string, key: string, body: Uint8Array, options: PutOptions): Promise<'written' | 'exists'> {
    assertMetadata(options);
    const command = new PutObjectCommand({ ...putInput(bucket, key, options), Body: body, IfNoneMatch: '*' });
    try {
      // 409: another conditional write or a delete was under way, and which came first is not decided
      await retried(CONFLICT_TRIES, this.pause, (error) => statusOf(error) === 409, () => this.client.send(command));
      return 'written';
    } catch (error) {
      if (statusOf(error) === 412 || (statusOf(error) === 409 && await this.head(bucket, key) !== undefined)) {
        return 'exists';
      }
      throw error;
    }
  }

  public async put(bucket: string, key: string, body: Uint8Array, options: PutOptions): Promise<void> {
    assertMetadata(options);
    await this.client.send(new PutObjectCommand({ ...putInput(bucket, key, options), Body: body }));
  }

  public async putLines(bucket: string, key: string, lines: AsyncIterable<string>, options: PutOptions): Promise<void> {
    assertMetadata(options);
    const upload = new Upload({
      client: this.client,
      params: { ...putInput(bucket, key, options), Body: Readable.from(piecesOf(lines), { objectMode: false }) },
      partSize: PART_BYTES,
      queueSize: PARTS_AT_ONCE,
      leavePartsOnError: false,
    });
    await upload.done();
  }

  public async copy(
    from: { bucket: string; key: string; versionId: string }, to: { bucket: string; key: string }, options: PutOptions,
  ): Promise<boolean> {
    assertMetadata(options);
    const command = new CopyObjectCommand({ ...putInput(to.bucket, to.key, options), CopySource: copySource(from), MetadataDirective: 'REPLACE' });
    return await unlessGone(() => this.client.send(command)) !== undefined;
  }

  public async deleteVersion(bucket: string, key: string, versionId: string): Promise<void> {
    await this.client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key, VersionId: versionId }));
  }

  public async listVersions(bucket: string, prefix: string, after?: string): Promise<Page<ObjectVersion>> {
    const marker = after === undefined ? undefined : readVersionToken(after);
    const answer = await this.client.send(new ListObjectVersionsCommand({
      Bucket: bucket, Prefix: prefix, EncodingType: 'url', KeyMarker: marker?.key, VersionIdMarker: marker?.versionId,
    }));
    const items = versionsOf(answer);
    return answer.IsTruncated && answer.NextKeyMarker !== undefined
      ? { items, next: writeVersionToken(nextMarker(answer, answer.NextKeyMarker)) }
      : { items };
  }
}

/** An error of the source ends the lines with it; giving the lines up ends the source. */
function unpacked(source: Readable): Readable {
  return pipeline(source, createGunzip(), new PassThrough(), () => undefined);
}

function putInput(bucket: string, key: string, { contentType, cacheControl, metadata }: PutOptions) {
  return { Bucket: bucket, Key: key, ContentType: contentType, CacheControl: cacheControl, Metadata: { ...metadata } };
}

function headOf(answer: HeadObjectCommandOutput | GetObjectCommandOutput): ObjectHead {
  return {
    versionId: answer.VersionId ?? 'null',
    size: answer.ContentLength ?? 0,
    etag: answer.ETag ?? '',
    lastModified: answer.LastModified?.getTime() ?? 0,
    metadata: answer.Metadata ?? {},
  };
}

/** A missing object or version, or a delete marker: 405 where it is read, 400 where it is copied. A missing bucket is an error. */
function isGone(error: unknown): boolean {
  const status = statusOf(error);
  return (status === 404 && nameOfError(error) !== 'NoSuchBucket') || status === 405
    || (nameOfError(error) === 'InvalidRequest' && messageOf(error).includes('delete marker'));
}

async function unlessGone<T>(send: () => Promise<T>): Promise<T | undefined> {
  try {
    return await send();
  } catch (error) {
    if (isGone(error)) {
      return undefined;
    }
    throw error;
  }
}

/** In the order of S3: by key, then the newest first. The SDK has versions and delete markers apart. */
function versionsOf(answer: ListObjectVersionsCommandOutput): ObjectVersion[] {
  const keyOf = keyDecoder(answer);
  const versions = [
    ...(answer.Versions ?? []).map((version) => ({ version, deleteMarker: false, size: version.Size ?? 0 })),
    ...(answer.DeleteMarkers ?? []).map((version) => ({ version, deleteMarker: true, size: 0 })),
  ].map(({ version, deleteMarker, size }): ObjectVersion => ({
    key: keyOf(version.Key!),
    versionId: version.VersionId ?? 'null',
    isLatest: version.IsLatest ?? false,
    lastModified: version.LastModified?.getTime() ?? 0,
    deleteMarker,
    size,
  }));
  return versions.sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key))
    || Number(b.isLatest) - Number(a.isLatest) || b.lastModified - a.lastModified);
}

function nextMarker(answer: ListObjectVersionsCommandOutput, key: string): VersionMarker {
  return { key: keyDecoder(answer)(key), versionId: answer.NextVersionIdMarker };
}

function keyDecoder(answer: ListObjectVersionsCommandOutput): (key: string) => string {
  return answer.EncodingType === 'url' ? decodeListedKey : (key) => key;
}

async function* piecesOf(lines: AsyncIterable<string>): AsyncGenerator<Buffer> {
  let piece: string[] = [];
  let characters = 0;
  for await (const line of lines) {
    piece.push(line, '\n');
    characters += line.length + 1;
    if (characters >= PIECE_CHARACTERS) {
      yield Buffer.from(piece.join(''));
      piece = [];
      characters = 0;
    }
  }
  if (piece.length > 0) {
    yield Buffer.from(piece.join(''));
  }
}
