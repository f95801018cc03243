import { grantWishes, preLabelOf } from './wishes';
import { lacksEarlierLabel } from '../../contract/earlier-label';
import { TaskConfiguration } from '../../contract/project-configuration';
import { DropId, DropRecord, readDrop } from '../ledger/drops';
import { isHeldAsNear, isHeldBack, labeledOf, readImage } from '../ledger/images';
import { imagesOfDrop } from '../ledger/recording';
import { release } from '../ledger/returning';
import { World } from '../world';

/**
 * The same content is dropped again, with the label that its images lacked: those that were held back for it go on. Images that have
 * one, and all others, stay as they are; one that is held for how it looks gets the label and stays held. Done again, it changes nothing.
 */
export async function labelHeld(world: World, task: TaskConfiguration, origin: DropId, drop: DropRecord): Promise<void> {
  const { value } = preLabelOf(drop, task);
  const first = value && await readDrop(world.ledger, origin);
  for (const sourceRef of first ? await imagesOfDrop(world.ledger, first) : []) {
    const image = await readImage(world.ledger.table, sourceRef);
    if (!image || !isHeldBack(image) || (isHeldAsNear(image) && lacksEarlierLabel(task, labeledOf(image)) === undefined)) {
      continue;
    }
    const { preLabel } = grantWishes({ preLabel: image.preLabel }, { preLabel: value }, labeledOf(image).size, image.provenance['inverse-transform'] as number[]);
    if (preLabel && lacksEarlierLabel(task, labeledOf({ ...image, preLabel })) === undefined) {
      await release(world.ledger, image, preLabel, drop.key);
    }
  }
}
