import { InstructionsError } from './instructions-error';
import { PublishedPage, publishInstructions } from './publish';
import { filesOfArchive } from './read-folder';
import { showLatest } from './site';
import { PushParameters } from '../../contract/environment';
import { tooManyBytes } from '../../contract/folder-parts';
import { requireConfiguration } from '../configuration';
import { readPush, recordPush } from '../ledger/instructions';
import { PipelineJobs } from '../ports';
import { World } from '../world';

/** A folder of instructions that a pipeline hands over. */
export interface Push extends PushParameters {
  /** Where the archive lies. */
  readonly bucket: string;
  readonly key: string;
}

/**
 * Publishes what was pushed, and wakes the controller, which rolls it out as the project is set.
 *
 * The page is written before anything names it, and its name is its content's hash: it may be done again at any time. Of two pushes
 * the one whose execution began later holds, so that an older one that is late, or tried again, changes nothing.
 */
export async function publishPush(world: World, pipelines: Pick<PipelineJobs, 'startedAt'>, push: Push): Promise<PublishedPage> {
  const { objects, resources: { outputBucket }, ledger: { table } } = world;
  const { task, instructions } = await requireConfiguration(world);
  if (instructions?.owner !== 'PIPELINE') {
    throw new InstructionsError([
      'the configuration in force has the deploy for their owner; deploy the project with Instructions.fromPipeline(), see its output Checks',
    ]);
  }
  const at = await pipelines.startedAt(push.pipeline, push.execution);
  if (at === undefined) {
    throw new InstructionsError([`the pipeline '${push.pipeline}' does not know its execution ${push.execution}; release the change again`]);
  }
  const published = await publishInstructions(objects, outputBucket, filesOfArchive(await archiveOf(world, push)), task, push.site);
  const { version } = published;
  const later = await recordPush(table, { version, at, by: push.revision });
  if (later !== undefined) {
    throw new InstructionsError([`${later.by ?? later.version} was pushed later and is published; to have ${push.revision} again, release it as a change or roll the stage back`]);
  }
  await world.waker.wake('push');
  if (push.site !== undefined) {
    await showLatest(objects, push.site, async () => (await readPush(table))?.version ?? version);
  }
  return published;
}

async function archiveOf({ objects }: World, { bucket, key }: Push): Promise<Uint8Array> {
  const size = (await objects.head(bucket, key))?.size ?? 0;
  const tooMany = tooManyBytes('the archive', size);
  if (tooMany !== undefined) {
    throw new InstructionsError([`${tooMany}, or name the folder of the instructions`]);
  }
  const archive = await objects.get(bucket, key);
  if (!archive) {
    throw new InstructionsError([`s3://${bucket}/${key} is not there any more; release the change again`]);
  }
  return archive.body;
}
