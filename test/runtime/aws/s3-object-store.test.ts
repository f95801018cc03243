import { Readable } from 'node:stream';
import {
  AbortMultipartUploadCommand, CompleteMultipartUploadCommand, CopyObjectCommand, CreateMultipartUploadCommand, GetObjectCommand,
  HeadObjectCommand, ListObjectVersionsCommand, PutObjectCommand, S3Client, UploadPartCommand,
} from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { noPause, serviceError } from './sdk-errors';
import { S3ObjectStore } from '../../../src/runtime/aws/s3-object-store';

const client = new S3Client({ region: 'us-east-1' });
const s3 = mockClient(client);
const objects = new S3ObjectStore(client, noPause);
const text = { contentType: 'text/plain' };
const body = new Uint8Array([1]);

beforeEach(() => s3.reset());

describe('putIfAbsent', () => {
  it('asks S3 to write only where nothing is', async () => {
    s3.on(PutObjectCommand).resolves({});
    expect(await objects.putIfAbsent('b', 'k', body, { ...text, cacheControl: 'no-store', metadata: { a: '1' } })).toBe('written');
    expect(s3.commandCalls(PutObjectCommand)[0].args[0].input)
      .toEqual({ Bucket: 'b', Key: 'k', Body: body, ContentType: 'text/plain', CacheControl: 'no-store', Metadata: { a: '1' }, IfNoneMatch: '*' });
  });

  it('takes 412 for an object that is there, whatever the error is called', async () => {
    s3.on(PutObjectCommand).rejects(serviceError('Error', 412));
    expect(await objects.putIfAbsent('b', 'k', body, text)).toBe('exists');
  });

  it('tries again after a conflict', async () => {
    s3.on(PutObjectCommand).rejectsOnce(serviceError('ConditionalRequestConflict', 409)).resolves({});
    expect(await objects.putIfAbsent('b', 'k', body, text)).toBe('written');
  });

  it('after many conflicts believes what it sees', async () => {
    s3.on(PutObjectCommand).rejects(serviceError('ConditionalRequestConflict', 409)).on(HeadObjectCommand).resolves({});
    expect(await objects.putIfAbsent('b', 'k', body, text)).toBe('exists');
    expect(s3.commandCalls(PutObjectCommand)).toHaveLength(4);
  });

  it('after many conflicts around no object fails', async () => {
    s3.on(PutObjectCommand).rejects(serviceError('ConditionalRequestConflict', 409)).on(HeadObjectCommand).rejects(serviceError('NotFound', 404));
    await expect(objects.putIfAbsent('b', 'k', body, text)).rejects.toThrow('ConditionalRequestConflict');
  });

  it('fails where access is denied', async () => {
    s3.on(PutObjectCommand).rejects(serviceError('AccessDenied', 403));
    await expect(objects.putIfAbsent('b', 'k', body, text)).rejects.toThrow('AccessDenied');
  });
});

describe('what is gone', () => {
  it.each([['NotFound', 404], ['NoSuchKey', 404], ['NoSuchVersion', 404], ['MethodNotAllowed', 405]])('%s (%i) is no error', async (name, status) => {
    s3.onAnyCommand().rejects(serviceError(name, status));
    expect(await objects.head('b', 'k', 'v')).toBeUndefined();
    expect(await objects.get('b', 'k', 'v')).toBeUndefined();
    expect(await objects.lines('b', 'k')).toBeUndefined();
    expect(await objects.copy({ bucket: 'b', key: 'k', versionId: 'v' }, { bucket: 'b', key: 'l' }, text)).toBe(false);
  });

  it('cannot be copied where it is a delete marker', async () => {
    s3.on(CopyObjectCommand).rejects(serviceError('InvalidRequest', 400, 'The source of a copy request may not specifically refer to a delete marker by version id.'));
    expect(await objects.copy({ bucket: 'b', key: 'k', versionId: 'v' }, { bucket: 'b', key: 'l' }, text)).toBe(false);
  });

  it.each([['NoSuchBucket', 404], ['AccessDenied', 403], ['InvalidRequest', 400], ['InternalError', 500]])('%s (%i) is an error', async (name, status) => {
    s3.onAnyCommand().rejects(serviceError(name, status));
    await expect(objects.head('b', 'k')).rejects.toThrow(name);
    await expect(objects.copy({ bucket: 'b', key: 'k', versionId: 'v' }, { bucket: 'b', key: 'l' }, text)).rejects.toThrow(name);
  });
});

it('names the source of a copy as S3 decodes it, and replaces its metadata', async () => {
  s3.on(CopyObjectCommand).resolves({});
  await objects.copy({ bucket: 'from', key: 'a b/ü+%?#.jpg', versionId: 'v+/=' }, { bucket: 'to', key: 'k' }, { ...text, metadata: { a: '1' } });
  expect(s3.commandCalls(CopyObjectCommand)[0].args[0].input).toEqual({
    Bucket: 'to', Key: 'k', ContentType: 'text/plain', Metadata: { a: '1' }, MetadataDirective: 'REPLACE',
    CopySource: 'from/a%20b/%C3%BC%2B%25%3F%23.jpg?versionId=v%2B%2F%3D',
  });
});

it('lists versions and delete markers in one order, with keys decoded', async () => {
  const LastModified = new Date('2026-01-02T03:04:05Z');
  s3.on(ListObjectVersionsCommand).resolves({
    EncodingType: 'url',
    IsTruncated: true,
    NextKeyMarker: 'b+%2B%0D',
    NextVersionIdMarker: '3',
    Versions: [
      { Key: 'a%0D', VersionId: '1', IsLatest: false, LastModified, Size: 5 },
      { Key: 'b+%2B%0D', VersionId: '3', IsLatest: true, LastModified, Size: 7 },
    ],
    DeleteMarkers: [{ Key: 'a%0D', VersionId: '2', IsLatest: true, LastModified }],
  });
  const { items, next } = await objects.listVersions('b', 'p');
  const lastModified = LastModified.getTime();
  expect(items).toEqual([
    { key: 'a\r', versionId: '2', isLatest: true, deleteMarker: true, lastModified, size: 0 },
    { key: 'a\r', versionId: '1', isLatest: false, deleteMarker: false, lastModified, size: 5 },
    { key: 'b +\r', versionId: '3', isLatest: true, deleteMarker: false, lastModified, size: 7 },
  ]);
  await objects.listVersions('b', 'p', next);
  expect(s3.commandCalls(ListObjectVersionsCommand)[1].args[0].input).toMatchObject({ EncodingType: 'url', KeyMarker: 'b +\r', VersionIdMarker: '3' });
});

describe('lines', () => {
  it('before a broken connection are given out, then the break is thrown', async () => {
    const broken = async function* () {
      yield Buffer.from('one\ntwo\nthr');
      throw new Error('aborted');
    };
    s3.on(GetObjectCommand).resolves({ Body: Readable.from(broken()) as never });
    const seen: string[] = [];
    await expect((async () => {
      for await (const line of (await objects.lines('b', 'k'))!) {
        seen.push(line);
      }
    })()).rejects.toThrow('aborted');
    expect(seen).toEqual(['one', 'two']);
  });

  it('given up half way close the connection', async () => {
    const stream = Readable.from([Buffer.from('one\ntwo\n'), Buffer.from('three\n')]);
    s3.on(GetObjectCommand).resolves({ Body: stream as never });
    for await (const line of (await objects.lines('b', 'k'))!) {
      expect(line).toBe('one');
      break;
    }
    expect(stream.destroyed).toBe(true);
  });

  const lines = async function* (count: number, failure?: Error) {
    for (let at = 0; at < count; at++) {
      yield 'x'.repeat(1_023);
    }
    if (failure) {
      throw failure;
    }
  };

  it('are uploaded in parts of 8 MB', async () => {
    s3.on(CreateMultipartUploadCommand).resolves({ UploadId: 'u' }).on(UploadPartCommand).resolves({ ETag: 'e' }).on(CompleteMultipartUploadCommand).resolves({});
    await objects.putLines('b', 'k', lines(20 * 1_024), text);
    expect(s3.commandCalls(UploadPartCommand).map(({ args }) => (args[0].input.Body as Uint8Array).length).sort((a, b) => b - a))
      .toEqual([8 * 2 ** 20, 8 * 2 ** 20, 4 * 2 ** 20]);
    expect(s3.commandCalls(CompleteMultipartUploadCommand)).toHaveLength(1);
  });

  it('whose source fails leave no parts behind', async () => {
    s3.on(CreateMultipartUploadCommand).resolves({ UploadId: 'u' }).on(UploadPartCommand).resolves({ ETag: 'e' }).on(AbortMultipartUploadCommand).resolves({});
    await expect(objects.putLines('b', 'k', lines(20 * 1_024, new Error('the source failed')), text)).rejects.toThrow('the source failed');
    expect(s3.commandCalls(CompleteMultipartUploadCommand)).toHaveLength(0);
    expect(s3.commandCalls(AbortMultipartUploadCommand).map(({ args }) => args[0].input.UploadId)).toEqual(['u']);
  });

  it('whose part is refused leave no parts behind', async () => {
    s3.on(CreateMultipartUploadCommand).resolves({ UploadId: 'u' }).on(UploadPartCommand).rejects(serviceError('SlowDown', 503)).on(AbortMultipartUploadCommand).resolves({});
    await expect(objects.putLines('b', 'k', lines(20 * 1_024), text)).rejects.toThrow('SlowDown');
    expect(s3.commandCalls(AbortMultipartUploadCommand)).toHaveLength(1);
  });
});
