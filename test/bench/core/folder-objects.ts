import { createReadStream, createWriteStream, existsSync, mkdirSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { textLines } from '../../../src/runtime/aws/text-lines';
import { ObjectHead, ObjectStore } from '../../../src/runtime/ports';

/** As much as the shipping store gives to S3 at once. Unit: characters. */
const PIECE = 64 * 1024;

/** Buckets as folders: what harvest and chain need of an object store, streaming as the shipping one does. */
export class FolderObjects implements Pick<ObjectStore, 'head' | 'lines' | 'putLines' | 'put' | 'putIfAbsent'> {
  public constructor(private readonly folder: string) {}

  public async head(bucket: string, key: string): Promise<ObjectHead | undefined> {
    const facts = statSync(this.file(bucket, key), { throwIfNoEntry: false });
    if (facts === undefined) {
      return undefined;
    }
    const { size, mtimeMs } = facts;
    const written = `${size}-${mtimeMs}`; // other with each writing, which is what it is compared for
    return { versionId: written, size, etag: written, lastModified: mtimeMs, metadata: {} };
  }

  public async lines(bucket: string, key: string): Promise<AsyncIterable<string> | undefined> {
    const file = this.file(bucket, key);
    return existsSync(file) ? textLines(createReadStream(file)) : undefined;
  }

  public async putLines(bucket: string, key: string, lines: AsyncIterable<string>): Promise<void> {
    const file = this.file(bucket, key);
    const unfinished = `${file}.unfinished`; // the lines may come from the object that they replace
    await pipeline(Readable.from(pieces(lines), { objectMode: false }), createWriteStream(unfinished));
    renameSync(unfinished, file);
  }

  public async put(bucket: string, key: string, body: Uint8Array): Promise<void> {
    writeFileSync(this.file(bucket, key), body);
  }

  public async putIfAbsent(bucket: string, key: string, body: Uint8Array): Promise<'written' | 'exists'> {
    const isThere = existsSync(this.file(bucket, key));
    if (!isThere) {
      await this.put(bucket, key, body);
    }
    return isThere ? 'exists' : 'written';
  }

  /** The file of an object, in a folder that exists. */
  public file(bucket: string, key: string): string {
    const file = join(this.folder, bucket, key);
    mkdirSync(dirname(file), { recursive: true });
    return file;
  }
}

async function* pieces(lines: AsyncIterable<string>): AsyncIterable<Buffer> {
  let piece: string[] = [];
  let length = 0;
  for await (const line of lines) {
    piece.push(line, '\n');
    length += line.length + 1;
    if (length >= PIECE) {
      yield Buffer.from(piece.join(''));
      piece = [];
      length = 0;
    }
  }
  yield Buffer.from(piece.join(''));
}
