import { isFolderMarker } from '../core/object-keys';
import { countOf } from '../ledger/counts';
import { DropRecord, isFinished } from '../ledger/drops';
import { imagesOfJob } from '../ledger/feeding';
import { STATES_WITH_JOB } from '../ledger/images';
import { readJob } from '../ledger/jobs';
import { SHARDS, dropKey, jobOfOrder, statusPartition } from '../ledger/keys';
import { stateWrite } from '../ledger/project';
import { returnImages } from '../ledger/returning';
import { ObjectVersion } from '../ports';
import { World } from '../world';
import { messagesIn } from './messages-in';
import { Seen } from './observe';

/** While the intake queue has work, a drop's own message is most likely among it: only drops of this age are queued again. */
const BUSY_PATIENCE = 24 * 60 * 60_000;

/** One page of the inbox, and the images whose job is long over. The next call goes on where this one ended. */
export async function sweep(world: World, seen: Seen): Promise<void> {
  const { state } = seen.project;
  const { resources } = world;
  const page = await world.objects.listVersions(resources.dropBucket, resources.dropPrefix, state.sweepCursor);
  // Asked once for each sweep: what this sweep queues itself must not count.
  const busy = state.sweepCursor === undefined ? await hasWork(world, resources.intakeQueueUrl) : state.sweepBusy === true;
  const missed = await missedDrops(world, seen, page.items, busy);
  if (missed.length > 0) {
    await world.queues.send(resources.intakeQueueUrl, missed.map((version) => sweepMessage(resources.dropBucket, version)));
    world.telemetry.warn(`the sweep queued ${missed.length} drops that no event brought in`, { notice: 'sweep', drops: missed.length });
  }
  if (page.next === undefined) {
    await strayImages(world, seen);
  }
  await world.ledger.table.write([stateWrite(page.next === undefined
    ? { sweptAt: world.ledger.clock.now(), sweepCursor: undefined, sweepBusy: undefined }
    : { sweepCursor: page.next, sweepBusy: busy })]);
}

async function hasWork(world: World, queueUrl: string): Promise<boolean> {
  return await messagesIn(world, queueUrl) > 0;
}

async function missedDrops(world: World, seen: Seen, versions: readonly ObjectVersion[], busy: boolean): Promise<ObjectVersion[]> {
  const { resources, timings } = world;
  const now = world.ledger.clock.now();
  const age = busy ? BUSY_PATIENCE : timings.sweepMinimumAge;
  // What failed so often that it lies among the dead letters fails again: an alarm stands, and it waits for its redrive.
  const deadLetters = await hasWork(world, resources.intakeDeadLetterQueueUrl);
  const old = versions.filter((version) => !version.deleteMarker && !isFolderMarker(version.key, version.size)
    && now - version.lastModified >= age
    && (resources.dropBucketIsOwn || version.lastModified >= seen.project.state.startedAt));
  const known = await knownDrops(world, old);
  return old.filter((version) => {
    const drop = known.get(`${version.key} ${version.versionId}`);
    return !drop || ((!isFinished(drop) || !drop.putAway) && !deadLetters);
  });
}

async function knownDrops(world: World, versions: readonly ObjectVersion[]): Promise<Map<string, DropRecord>> {
  const bucket = world.resources.dropBucket;
  const items = await world.ledger.table.getMany(versions.map((version) => dropKey({ bucket, ...version })));
  return new Map(items.map((item) => [`${item.key} ${item.versionId}`, item as unknown as DropRecord]));
}

/** As S3 itself would have told us, with the key as S3 encodes it. */
function sweepMessage(bucket: string, version: ObjectVersion): string {
  const key = encodeURIComponent(version.key).replace(/%20/g, '+').replace(/%2F/g, '/');
  return JSON.stringify({
    Records: [{
      eventSource: 'streaming-labeling:sweep', eventName: 'ObjectCreated:Sweep',
      s3: { bucket: { name: bucket }, object: { key, versionId: version.versionId, size: version.size } },
    }],
  });
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
