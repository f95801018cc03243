import { harvest } from './harvest';
import { Seen } from './observe';
import { clear, raise } from '../alerts';
import { messageOf } from '../errors';
import { JobRecord, readChain } from '../ledger/jobs';
import { World } from '../world';

/** Among so many of the newest jobs are those whose manifests are looked at once more. */
const JOBS_LOOKED_AT = 20;

/** So long one look at them takes at most: which it does not come to is first at the next. Milliseconds. */
const LOOK_MAX = 30_000;

/** A manifest that could not be read for so long is told of. */
const PATIENCE = 60 * 60_000;

/**
 * Labels that come when their job is settled already and that no message tells of: they are paid for, and kept like any other. A
 * manifest that cannot be read keeps none of the others from it.
 *
 * @throws the first error, when all are looked at
 */
export async function harvestLate(world: World, seen: Seen): Promise<void> {
  const { clock, table } = world.ledger;
  const begun = clock.now();
  const isWatched = ({ phase, settledAt = 0 }: JobRecord): boolean => phase === 'SETTLED' && settledAt > begun - world.timings.lateLabels;
  const watched = (await readChain(table, JOBS_LOOKED_AT)).filter(isWatched).sort((one, other) => lookedAt(one) - lookedAt(other));
  const failed: { readonly job: JobRecord; readonly error: unknown }[] = [];
  for (const job of watched) {
    if (clock.now() - begun >= LOOK_MAX) {
      break;
    }
    await harvest(world, seen, job, undefined).catch((error: unknown) => failed.push({ job, error }));
  }
  const unread = failed.filter(({ job }) => begun - lookedAt(job) >= PATIENCE);
  if (unread.length > 0) {
    await raise(world, seen.project, 'late-labels', `the output manifest of ${unread[0].job.name}, which is settled, cannot be read for an hour `
      + `(${messageOf(unread[0].error)}): a label that comes late there is paid for and not kept. Let the controller read it within three days.`);
  } else if (failed.length === 0) {
    await clear(world, seen.project, 'late-labels');
  }
  if (failed.length > 0) {
    throw failed[0].error;
  }
}

const lookedAt = ({ harvestedAt = 0 }: JobRecord): number => harvestedAt;
