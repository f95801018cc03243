import { HookRejection } from '../../contract/hook';
import { IMAGE_MAX_BYTES } from '../../contract/limits';
import { BATCH_FOLDER, RESULTS_FOLDER, batchesPrefix } from '../../contract/processing';
import { ProjectConfiguration, TaskConfiguration } from '../../contract/project-configuration';
import { DropRecord, isFinished, readDrop } from '../ledger/drops';
import { BatchItem, batchName } from '../ledger/processing';
import { World } from '../world';
import { EngineFault, EngineeredImage } from './engine';
import { givenImage } from './given-image';
import { Intake } from './intake';
import { ProcessingEngine } from './processing-engine';
import { FiledImage, readResult } from './processing-result';

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

/** What drops are registered with. */
export interface Registering {
  readonly intake: Intake;
  readonly task: TaskConfiguration;
}

export function registering(world: World, configuration: ProjectConfiguration): Registering {
  return { intake: new Intake(world, configuration, new ProcessingEngine(world)), task: configuration.task };
}

/** Takes what a batch gave for some of its drops through gate, store and record. May be repeated, and done twice at once. */
export async function registerDrops(
  world: World, { intake, task }: Registering, batch: number, items: readonly BatchItem[],
): Promise<Registered[]> {
  const found: Registered[] = [];
  for (let from = 0; from < items.length; from += PARALLEL) {
    const some = items.slice(from, from + PARALLEL);
    const outcomes = await Promise.allSettled(some.map((item) => registerDrop(world, intake, task, batch, item)));
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') {
        throw outcome.reason;
      }
      found.push(outcome.value);
    }
  }
  return found;
}

async function registerDrop(
  world: World, intake: Intake, task: TaskConfiguration, batch: number, item: BatchItem,
): Promise<Registered> {
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
      await intake.refuse(item, 'engineering-rejected', describeRejection(result.reject));
      return { kind: 'done', fruit: true };
    case 'images':
      return complete(world, intake, folder, item, drop, result.images, task);
  }
}

/** What only a result of the code makes of a drop. */
function isFruit({ state, reason }: DropRecord): boolean {
  return state === 'DONE' || reason === 'engineering-rejected';
}

async function complete(
  world: World, intake: Intake, folder: string, item: BatchItem, drop: DropRecord, images: readonly FiledImage[],
  task: TaskConfiguration,
): Promise<Registered> {
  try {
    await intake.complete(item, item.sha256, readImages(world, folder, images, task));
    return { kind: 'done', fruit: true };
  } catch (error) {
    if (error instanceof EngineFault) {
      return { kind: 'error', drop, message: error.detail };
    }
    throw error;
  }
}

const describeRejection = ({ reason, detail }: HookRejection): string => (detail ? `${reason}: ${detail}` : reason);

async function* readImages(
  world: World, folder: string, images: readonly FiledImage[], task: TaskConfiguration,
): AsyncGenerator<EngineeredImage> {
  for (const given of images) {
    const { inputBucket } = world.resources;
    const head = await world.objects.head(inputBucket, `${folder}${given.file}`);
    if (head && head.size > IMAGE_MAX_BYTES) {
      throw new EngineFault('hook-bad-image', `${given.file} has ${head.size} bytes; ${IMAGE_MAX_BYTES} are allowed`);
    }
    const object = head && await world.objects.get(inputBucket, `${folder}${given.file}`);
    if (!object) {
      throw new EngineFault('hook-bad-answer', `its result names ${given.file}, which is not there`);
    }
    yield await givenImage(object.body, given, given.file, task);
  }
}
