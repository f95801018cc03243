import { gunzipSync } from 'node:zlib';
import { CloudError, MemoryBuckets, MemoryObject } from '../../../src/local/simulator';
import { assertMetadata, readVersionToken, writeVersionToken } from '../../../src/runtime/aws/object-requests';
import { textLines } from '../../../src/runtime/aws/text-lines';
import { ObjectHead, ObjectStore, ObjectVersion, Page, PutOptions, StoredObject } from '../../../src/runtime/ports';

/** Small and odd, so that lines and characters are split between pieces. */
const PIECE_BYTES = 61;

/** Objects in the buckets of the memory cloud. */
export class MemoryObjectStore implements ObjectStore {
  public constructor(private readonly buckets: MemoryBuckets, private readonly pageVersions = 1_000) {}

  public async head(bucket: string, key: string, versionId?: string): Promise<ObjectHead | undefined> {
    const found = await unlessGone(() => this.buckets.head(bucket, key, versionId));
    return found && headOf(found);
  }

  public async get(bucket: string, key: string, versionId?: string): Promise<StoredObject | undefined> {
    const found = await unlessGone(() => this.buckets.get(bucket, key, versionId));
    return found && { ...headOf(found), body: Uint8Array.from(found.body) };
  }

  public async lines(bucket: string, key: string, compression?: 'gzip'): Promise<AsyncIterable<string> | undefined> {
    const found = await unlessGone(() => this.buckets.get(bucket, key));
    return found && textLines(piecesOf(compression === 'gzip' ? gunzipSync(found.body) : found.body));
  }

  public async putIfAbsent(bucket: string, key: string, body: Uint8Array, options: PutOptions): Promise<'written' | 'exists'> {
    assertMetadata(options);
    try {
      await this.buckets.put(bucket, key, body, { ...options, ifNoneMatch: '*' });
      return 'written';
    } catch (error) {
      if (error instanceof CloudError && error.statusCode === 412) {
        return 'exists';
      }
      throw error;
    }
  }

  public async put(bucket: string, key: string, body: Uint8Array, options: PutOptions): Promise<void> {
    assertMetadata(options);
    await this.buckets.put(bucket, key, body, options);
  }

  public async putLines(bucket: string, key: string, lines: AsyncIterable<string>, options: PutOptions): Promise<void> {
    const all: string[] = [];
    for await (const line of lines) {
      all.push(`${line}\n`);
    }
    await this.put(bucket, key, Buffer.from(all.join('')), options);
  }

  public async copy(
    from: { bucket: string; key: string; versionId: string }, to: { bucket: string; key: string }, options: PutOptions,
  ): Promise<boolean> {
    assertMetadata(options);
    const attributes = { contentType: options.contentType, metadata: { ...options.metadata } };
    return await unlessGone(() => this.buckets.copy(from, to, attributes)) !== undefined;
  }

  public async deleteVersion(bucket: string, key: string, versionId: string): Promise<void> {
    await this.buckets.delete(bucket, key, versionId);
  }

  public async listVersions(bucket: string, prefix: string, after?: string): Promise<Page<ObjectVersion>> {
    const marker = after === undefined ? undefined : readVersionToken(after);
    const page = await this.buckets.listVersions(bucket, {
      prefix, maxKeys: this.pageVersions, keyMarker: marker?.key, versionIdMarker: marker?.versionId,
    });
    const items = page.versions.map(({ key, versionId, isLatest, isDeleteMarker, lastModified, size }) =>
      ({ key, versionId, isLatest, deleteMarker: isDeleteMarker, lastModified, size }));
    return page.nextKeyMarker === undefined
      ? { items }
      : { items, next: writeVersionToken({ key: page.nextKeyMarker, versionId: page.nextVersionIdMarker }) };
  }
}

function headOf({ versionId, size, etag, lastModified, metadata }: MemoryObject): ObjectHead {
  return { versionId, size, etag, lastModified, metadata };
}

async function unlessGone<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof CloudError && ['NotFound', 'NoSuchKey', 'NoSuchVersion'].includes(error.name)) {
      return undefined;
    }
    throw error;
  }
}

async function* piecesOf(body: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let from = 0; from < body.length; from += PIECE_BYTES) {
    yield body.subarray(from, from + PIECE_BYTES);
  }
}
