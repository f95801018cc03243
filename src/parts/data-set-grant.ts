import { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';
import { IBucket } from 'aws-cdk-lib/aws-s3';
import { PREFIX } from '../contract/environment';

/** Reading the data set, the masks that its lines point to, and the images. Neither originals nor quarantine. */
export function grantReadDataSet(grantee: IGrantable, inputBucket: IBucket, outputBucket: IBucket): Grant {
  return grantReadBelow(grantee, outputBucket, [PREFIX.DATA_SETS, PREFIX.JOBS])
    .combine(grantReadBelow(grantee, inputBucket, [PREFIX.IMAGES]));
}

function grantReadBelow(grantee: IGrantable, bucket: IBucket, prefixes: string[]): Grant {
  const patterns = prefixes.map((prefix) => `${prefix}*`);
  const objects = Grant.addToPrincipalOrResource({
    grantee,
    actions: ['s3:GetObject'],
    resourceArns: patterns.map((pattern) => bucket.arnForObjects(pattern)),
    resource: bucket,
  });
  const listing = Grant.addToPrincipalOrResource({
    grantee,
    actions: ['s3:ListBucket'],
    resourceArns: [bucket.bucketArn],
    resource: bucket,
    conditions: { StringLike: { 's3:prefix': patterns } },
  });
  const both = objects.combine(listing);
  return bucket.encryptionKey === undefined ? both : both.combine(bucket.encryptionKey.grantDecrypt(grantee));
}
