import {
  LIST_BUCKET_ACTIONS, READ_OBJECT_ACTIONS, READ_OBJECT_TAGS_ACTIONS, WRITE_OBJECT_ACTIONS, WRITE_OBJECT_TAGS_ACTIONS,
} from './permissions';
import { ProjectFunction } from './project-function';
import { ProjectParts } from './resources';
import { PREFIX } from '../contract/environment';

/** Lets a function take drops in to their end: read them, store their images, and put them away. */
export function grantIntakeData(handler: ProjectFunction, { storage, dropPrefix }: ProjectParts): void {
  const { dropBucket, dropBucketIsOwn, inputBucket } = storage;
  const drops = [dropBucket.arnForObjects(`${dropPrefix}*`)];
  const kept = [PREFIX.ORIGINALS, PREFIX.QUARANTINE].map((prefix) => inputBucket.arnForObjects(`${prefix}*`));
  const images = inputBucket.arnForObjects(`${PREFIX.IMAGES}*`);
  handler.allow(LIST_BUCKET_ACTIONS, [dropBucket.bucketArn, inputBucket.bucketArn]);
  handler.allow([...READ_OBJECT_ACTIONS, ...READ_OBJECT_TAGS_ACTIONS], drops);
  if (dropBucketIsOwn) {
    handler.allow(['s3:DeleteObjectVersion'], drops);
  }
  handler.allow(['s3:GetObject', ...WRITE_OBJECT_ACTIONS], [images, ...kept]);
  handler.allow(WRITE_OBJECT_TAGS_ACTIONS, kept);
  // a drop that is ordered again is read and copied from there
  handler.allow(['s3:GetObjectVersion', ...READ_OBJECT_TAGS_ACTIONS], [inputBucket.arnForObjects(`${PREFIX.QUARANTINE}*`)]);
}
