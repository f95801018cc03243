import { BATCH_FOLDER, RESULTS_FOLDER, batchesPrefix } from '../../contract/processing';
import { DropRecord, isFinished, readDrop } from '../ledger/drops';
import { BatchItem, batchName } from '../ledger/processing';
import { World } from '../world';
import { EngineeredImage } from './engine';
import { Intake } from './intake';
import { GivenImage, acceptImage, readResult } from './processing-result';

/** Drops that are registered at the same time. */
const PARALLEL = 8;

/**
 * What a batch says of a drop.
 * - `done`: the drop is at its end, by this batch or already. A fruit shows that the code works.
 * - `error`: the code reports that it failed for it, or what it gave cannot be used.
 * - `missing`: there is no result.
 */
export type Registered =
  | { readonly kind: 'done'; readonly fruit: boolean }
  | { readonly kind: 'error'; readonly drop: DropRecord; readonly message: string }
  | { readonly kind: 'missing'; readonly drop: DropRecord };

/** Thrown while images are read one after the other: what the code gave for this drop cannot be used. */
class BadOutputError extends Error {}

/** Takes what a batch gave for some of its drops through gate, store and record. May be repeated, and done twice at once. */
export async function registerDrops(world: World, intake: Intake, batch: number, items: readonly BatchItem[]): Promise<Registered[]> {
  const found: Registered[] = [];
  for (let from = 0; from < items.length; from += PARALLEL) {
    const outcomes = await Promise.allSettled(items.slice(from, from + PARALLEL).map((item) => registerDrop(world, intake, batch, item)));
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') {
        throw outcome.reason;
      }
      found.push(outcome.value);
    }
  }
  return found;
}

async function registerDrop(world: World, intake: Intake, batch: number, item: BatchItem): Promise<Registered> {
  const drop = await readDrop(world.ledger, item);
  if (!drop || (isFinished(drop) && drop.putAway)) {
    return { kind: 'done', fruit: drop !== undefined && isFruit(drop) };
  }
  const folder = `${batchesPrefix(world.resources.projectId)}${batchName(batch)}/${BATCH_FOLDER.OUTPUT}`;
  const object = await world.objects.get(world.resources.inputBucket, `${folder}${RESULTS_FOLDER}${item.file}.json`);
  if (!object) {
    return isFinished(drop) ? { kind: 'done', fruit: isFruit(drop) } : { kind: 'missing', drop };
  }
  const result = readResult(object.body);
  switch (result.kind) {
    case 'error':
      return { kind: 'error', drop, message: result.message };
    case 'reject':
      await intake.refuse(item, 'engineering-rejected', result.reason);
      return { kind: 'done', fruit: true };
    case 'images':
      return complete(world, intake, folder, item, drop, result.images);
  }
}

/** What only a result of the code makes of a drop. */
function isFruit({ state, reason }: DropRecord): boolean {
  return state === 'DONE' || reason === 'engineering-rejected';
}

async function complete(
  world: World, intake: Intake, folder: string, item: BatchItem, drop: DropRecord, images: readonly GivenImage[],
): Promise<Registered> {
  try {
    await intake.complete(item, item.sha256, readImages(world, folder, images));
    return { kind: 'done', fruit: true };
  } catch (error) {
    if (error instanceof BadOutputError) {
      return { kind: 'error', drop, message: error.message };
    }
    throw error;
  }
}

async function* readImages(world: World, folder: string, images: readonly GivenImage[]): AsyncGenerator<EngineeredImage> {
  for (const given of images) {
    const object = await world.objects.get(world.resources.inputBucket, `${folder}${given.file}`);
    if (!object) {
      throw new BadOutputError(`its result names ${given.file}, which is not there`);
    }
    const accepted = acceptImage(object.body, given);
    if (!accepted.ok) {
      throw new BadOutputError(accepted.problem);
    }
    yield accepted.image;
  }
}
