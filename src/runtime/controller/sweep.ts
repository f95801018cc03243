import { countOf } from '../ledger/counts';
import { imagesOfJob } from '../ledger/feeding';
import { STATES_WITH_JOB } from '../ledger/images';
import { readJob } from '../ledger/jobs';
import { SHARDS, jobOfOrder, statusPartition } from '../ledger/keys';
import { returnImages } from '../ledger/returning';
import { World } from '../world';
import { sweepInbox } from './inbox';
import { Seen } from './observe';

/** One step through the inbox; after its last one the images whose job is long over. The next step goes on where this one ended. */
export async function sweep(world: World, seen: Seen): Promise<void> {
  if (await sweepInbox(world, seen.project)) {
    await strayImages(world, seen);
  }
}

/** Images that are with a job which is settled or was never made: nothing will ever be heard of them there. */
async function strayImages(world: World, seen: Seen): Promise<void> {
  const { counts, state } = seen.project;
  for (const status of STATES_WITH_JOB) {
    if (countOf(counts, `image:${status}`) <= 0) {
      continue;
    }
    const jobs = new Set<number>();
    for (const shard of SHARDS) {
      // Ordered by job: what is with an old job comes first.
      const { items } = await world.ledger.table.queryIndex({ pk: statusPartition(status, shard), limit: 1 });
      items.forEach((item) => jobs.add(jobOfOrder(item.gsi1sk)));
    }
    for (const number of jobs) {
      const job = state.openJobs.includes(number) ? undefined : await readJob(world.ledger.table, number);
      if (job && (job.phase === 'SETTLED' || job.phase === 'REFUSED')) {
        const images = await imagesOfJob(world.ledger.table, status, number);
        await returnImages(world.ledger, number, images, false);
        world.telemetry.error(`the sweep gave ${images.length} images back that were still with ${job.name}`, { notice: 'sweep-stray' });
      }
    }
  }
}
