import { Table, TRANSACTION_MAX, Write } from '../ports';
import { Ledger } from './context';
import { addCounts, countWrites } from './counts';
import { ImageRecord, STATES_WITH_JOB, changeImage, imageOf } from './images';
import { SHARDS, imageKey, jobKey, jobPrefix, shardOf, sourceRefOf, stateKey, statusPartition } from './keys';

/** Images of one claim transaction: two writes each, and three for counters, job and spend. */
const CLAIM_BATCH = Math.floor((TRANSACTION_MAX - 3) / 2);

/** The oldest and most urgent images of a status, by the index: the caller reads them before it believes it. */
async function candidates(table: Table, status: string, count: number): Promise<string[]> {
  if (count <= 0) {
    return [];
  }
  const pages = await Promise.all(SHARDS.map((shard) => table.queryIndex({ pk: statusPartition(status, shard), limit: count })));
  return pages.flatMap((page) => page.items)
    .sort((a, b) => (a.gsi1sk < b.gsi1sk ? -1 : 1))
    .slice(0, count)
    .map((key) => sourceRefOf(key));
}

/** Those of the images that the ledger has. */
export async function readImages(table: Table, sourceRefs: readonly string[]): Promise<ImageRecord[]> {
  const items = await table.getMany(sourceRefs.map((ref) => imageKey(ref)));
  return items.map(imageOf);
}

export interface FeedLimits {
  readonly count: number;
  /** How many of these may be images that no job was offered yet. */
  readonly fresh: number;
  readonly day: string;
  /** Whether `day` is the one that the state counts already. */
  readonly sameDay: boolean;
}

/** The images to offer next: by priority, then by age, fresh or not. */
export async function choosePending(table: Table, limits: FeedLimits, pendingAgain: number): Promise<ImageRecord[]> {
  const [again, fresh] = await Promise.all([
    candidates(table, 'AGAIN', Math.min(limits.count, pendingAgain)),
    candidates(table, 'FRESH', Math.min(limits.count, limits.fresh)),
  ]);
  // The index may still show an image where it was, besides where it is.
  const images = await readImages(table, [...new Set([...again, ...fresh])]);
  return images
    .filter((image) => image.state === 'PENDING')
    .sort((a, b) => b.priority - a.priority || a.receivedAt - b.receivedAt || (a.sourceRef < b.sourceRef ? -1 : 1))
    .slice(0, limits.count);
}

/**
 * PENDING -> SENDING for one job, in transactions that also count what was offered and spent. A job that has left its phase
 * gets nothing: its settling relies on that. Answers the images that are now ours to publish.
 */
export async function claim(ledger: Ledger, images: readonly ImageRecord[], job: number, limits: FeedLimits): Promise<ImageRecord[]> {
  const claimed: ImageRecord[] = [];
  let sameDay = limits.sameDay;
  for (let from = 0; from < images.length; from += CLAIM_BATCH) {
    const batch = images.slice(from, from + CLAIM_BATCH);
    const done = await claimBatch(ledger, batch, job, { ...limits, sameDay });
    claimed.push(...done);
    sameDay = sameDay || done.length > 0;
  }
  return claimed;
}

async function claimBatch(ledger: Ledger, images: readonly ImageRecord[], job: number, limits: FeedLimits): Promise<ImageRecord[]> {
  const now = ledger.clock.now();
  const changes = images.map((image) => changeImage(
    image, { state: 'SENDING', job, claimedAt: now, offers: image.offers + 1, failure: undefined }, { event: 'sending', detail: `job ${job}` }, now, ledger.newId(),
  ));
  const fresh = images.filter((image) => image.offers === 0).length;
  const outcome = await ledger.table.write([
    ...changes.flatMap((change) => change.writes),
    ...countWrites(shardOf(images[0].sha256), addCounts(...changes.map((change) => change.counts))),
    { update: jobKey(job), add: { offered: images.length, open: images.length }, set: { lastFedAt: now }, when: [{ attribute: 'phase', is: '=', value: 'CREATED' }] },
    spend(fresh, limits),
  ]);
  if (outcome.done) {
    return changes.map((change) => change.after);
  }
  // One image that changed under our hands must not keep its batch back.
  return images.length === 1 ? [] : claimOneByOne(ledger, images, job, limits);
}

async function claimOneByOne(ledger: Ledger, images: readonly ImageRecord[], job: number, limits: FeedLimits): Promise<ImageRecord[]> {
  const claimed: ImageRecord[] = [];
  for (const image of images) {
    const sameDay = limits.sameDay || claimed.length > 0;
    claimed.push(...await claimBatch(ledger, [image], job, { ...limits, sameDay }));
  }
  return claimed;
}

function spend(fresh: number, limits: FeedLimits): Write {
  return limits.sameDay
    ? { update: stateKey, add: { spentToday: fresh, spentTotal: fresh } }
    : { update: stateKey, set: { spentDay: limits.day, spentToday: fresh }, add: { spentTotal: fresh } };
}

/** SENDING -> SENT, once the topic has taken it. */
export async function markSent(ledger: Ledger, images: readonly ImageRecord[]): Promise<void> {
  for (let from = 0; from < images.length; from += CLAIM_BATCH) {
    const batch = images.slice(from, from + CLAIM_BATCH);
    if (!await markBatchSent(ledger, batch) && batch.length > 1) {
      for (const image of batch) {
        await markBatchSent(ledger, [image]);
      }
    }
  }
}

async function markBatchSent(ledger: Ledger, images: readonly ImageRecord[]): Promise<boolean> {
  const now = ledger.clock.now();
  const changes = images.map((image) => changeImage(image, { state: 'SENT' }, { event: 'sent', detail: `job ${image.job}` }, now, ledger.newId()));
  const outcome = await ledger.table.write([
    ...changes.flatMap((change) => change.writes),
    ...countWrites(shardOf(images[0].sha256), addCounts(...changes.map((change) => change.counts))),
  ]);
  return outcome.done;
}

/** Images in one of a job's states, by the index and then read: as far as the index has caught up. */
export async function imagesOfJob(table: Table, state: 'SENDING' | 'SENT' | 'HELD', job: number): Promise<ImageRecord[]> {
  const found: string[] = [];
  for (const shard of SHARDS) {
    let after: string | undefined;
    do {
      const page = await table.queryIndex({ pk: statusPartition(state, shard), prefix: jobPrefix(job), after });
      found.push(...page.items.map((key) => sourceRefOf(key)));
      after = page.next;
    } while (after !== undefined);
  }
  const images = await readImages(table, found);
  return images.filter((image) => image.state === state && image.job === job);
}

/** Everything that is with a job, whatever it waits for. */
export async function imagesWithJob(table: Table, job: number): Promise<ImageRecord[]> {
  return (await Promise.all(STATES_WITH_JOB.map((state) => imagesOfJob(table, state, job)))).flat();
}
