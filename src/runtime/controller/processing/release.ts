import { intakeMessage } from '../../core/intake-message';
import { DropRecord, dropOf } from '../../ledger/drops';
import { isWaiting, releaseDrop, waitingDrops } from '../../ledger/processing';
import { World } from '../../world';

/** Drops that one step sends back. */
const RELEASED_MAX = 500;

/** Sends drops back to the intake, which takes them in anew. Whoever dies in between leaves them to the sweep. */
export async function releaseAll(world: World, drops: readonly DropRecord[]): Promise<void> {
  for (const drop of drops) {
    await releaseDrop(world.ledger, drop);
  }
  await world.queues.send(world.resources.intakeQueueUrl, drops.map((drop) => intakeMessage('requeue', drop.bucket, drop)));
}

/** The project has another kind of feature engineering now: what waits for a pipeline goes through that. Answers how many went. */
export async function releaseWaiting(world: World): Promise<number> {
  const { table } = world.ledger;
  const hints = [...await waitingDrops(table, 'suspects', RELEASED_MAX), ...await waitingDrops(table, 'fresh', RELEASED_MAX)];
  const drops = (await table.getMany(hints.map(({ pk, sk }) => ({ pk, sk })))).map(dropOf).filter(isWaiting);
  await releaseAll(world, drops);
  return drops.length;
}
