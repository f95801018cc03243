import { GetObjectCommand } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { Aws } from './aws';
import { parseUri } from './s3-uri';

/** How long a worker's browser may load an image. Unit: seconds. */
const LIFETIME = 300;

/** The address from which a browser may read an object for a while. */
export async function signedUrl({ s3 }: Aws, uri: string): Promise<string> {
  const { bucket, key } = parseUri(uri);
  return getSignedUrl(s3, new GetObjectCommand({ Bucket: bucket, Key: key }), { expiresIn: LIFETIME });
}
