import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { HookStore } from './index';

/** Objects in S3, with the function's own permissions. */
export class S3HookStore implements HookStore {
  private client?: S3Client;

  public async read(bucket: string, key: string, versionId?: string): Promise<Uint8Array> {
    const answer = await this.s3().send(new GetObjectCommand({ Bucket: bucket, Key: key, VersionId: versionId }));
    return answer.Body!.transformToByteArray();
  }

  public async write(bucket: string, key: string, body: Uint8Array, contentType: string): Promise<void> {
    await this.s3().send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, ContentType: contentType }));
  }

  /** Made when it is needed, and once for each Lambda environment. */
  private s3(): S3Client {
    return this.client ??= new S3Client({});
  }
}
