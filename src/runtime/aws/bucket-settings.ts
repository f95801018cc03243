import { GetBucketCorsCommand, GetBucketVersioningCommand, PutBucketNotificationConfigurationCommand, S3Client } from '@aws-sdk/client-s3';
import { BucketSettings } from '../ports';

/** Settings of buckets as S3 tells them. */
export class S3BucketSettings implements BucketSettings {
  public constructor(private readonly client: S3Client) {}

  public async corsAllowsGet(bucket: string): Promise<boolean> {
    try {
      const { CORSRules = [] } = await this.client.send(new GetBucketCorsCommand({ Bucket: bucket }));
      return CORSRules.some((rule) => rule.AllowedMethods?.includes('GET') && rule.AllowedOrigins?.includes('*'));
    } catch (error) {
      if ((error as Error).name === 'NoSuchCORSConfiguration') {
        return false;
      }
      throw error;
    }
  }

  public async isVersioned(bucket: string): Promise<boolean> {
    return (await this.client.send(new GetBucketVersioningCommand({ Bucket: bucket }))).Status === 'Enabled';
  }

  public async silence(bucket: string): Promise<void> {
    try {
      await this.client.send(new PutBucketNotificationConfigurationCommand({ Bucket: bucket, NotificationConfiguration: {} }));
    } catch (error) {
      if ((error as Error).name !== 'NoSuchBucket') {
        throw error;
      }
    }
  }
}
