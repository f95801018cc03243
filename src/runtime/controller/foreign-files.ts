import { createHash } from 'node:crypto';
import { FOREIGN_FILES_PREFIX } from '../../contract/environment';
import { s3Uri } from '../core/object-keys';
import { messageOf } from '../errors';
import { ObjectHead } from '../ports';
import { World } from '../world';
import { noteDrift } from './drift';

/**
 * Whether somebody else's file lies where the data set is about to be written for the first time. It is none of ours, and nobody
 * is to lose it: a copy of it goes to `datasets/foreign/`, and people are told.
 */
export async function keepForeign(world: World, key: string): Promise<boolean> {
  const { outputBucket: bucket, projectId } = world.resources;
  const head = await world.objects.head(bucket, key);
  if (!head || head.metadata.project === projectId) {
    return false;
  }
  const copy = copyKey(key, head);
  if (!await world.objects.head(bucket, copy)) {
    // Told first: whoever dies over it does both again.
    await noteDrift(world, `${s3Uri(bucket, key)} is not of this project${head.metadata.project ? ` but of ${head.metadata.project}` : ''}: `
      + `the data set takes its place, what it was is kept as ${s3Uri(bucket, copy)}`);
    await copyAside(world, key, copy, head);
  }
  return true;
}

/** By its content: whoever does it again does the same, and another file gets another name. */
function copyKey(key: string, { etag }: ObjectHead): string {
  const hash = createHash('sha256').update(`${key} ${etag}`).digest('hex').slice(0, 16);
  return `${FOREIGN_FILES_PREFIX}${hash}-${key.split('/').at(-1)}`;
}

/** A file that cannot be kept is not written over: the data set waits, and its error says for what. */
async function copyAside(world: World, key: string, copy: string, { versionId, metadata }: ObjectHead): Promise<void> {
  const bucket = world.resources.outputBucket;
  try {
    await world.objects.copy({ bucket, key, versionId }, { bucket, key: copy }, { contentType: 'application/octet-stream', metadata });
  } catch (error) {
    throw new Error(`${s3Uri(bucket, key)} is not of this project and cannot be copied to ${s3Uri(bucket, copy)}: move it away, `
      + `the data set is published then (${messageOf(error)})`, { cause: error });
  }
}
