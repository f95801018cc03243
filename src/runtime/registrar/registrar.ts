import { RegisterAnswer } from '../../contract/processing';
import { ProjectConfiguration } from '../../contract/project-configuration';
import { registerDrops, registering } from '../intake/register';
import { readBatchPage } from '../ledger/processing';
import { World } from '../world';

/** Work on the last page that is begun may take so long. Milliseconds. */
const RESERVE = 60_000;

/**
 * Takes in what a batch gave, as far as it gets until the deadline. What is left, and what fails, is left to the controller, which
 * looks at the batch once more when its execution is over.
 */
export async function registerBatch(
  world: World, configuration: ProjectConfiguration, batch: string, deadline: number,
): Promise<RegisterAnswer> {
  const number = Number(batch);
  if (!Number.isInteger(number) || number <= 0) {
    throw new Error(`'${batch}' is no number of a batch`);
  }
  const work = registering(world, configuration);
  let registered = 0;
  let open = 0;
  for (let page = 0; world.ledger.clock.now() < deadline - RESERVE; page += 1) {
    const items = await readBatchPage(world.ledger.table, number, page);
    if (items.length === 0) {
      break;
    }
    const found = await registerDrops(world, work, number, items);
    registered += found.filter(({ kind }) => kind === 'done').length;
    open += found.filter(({ kind }) => kind !== 'done').length;
  }
  return { registered, open };
}
