import { METRIC } from '../../contract/events';
import { intakeMessage } from '../core/intake-message';
import { isFolderMarker } from '../core/object-keys';
import { DropRecord, isFinished, isUnderWay } from '../ledger/drops';
import { dropKey, sweptKey } from '../ledger/keys';
import { Project, SweepProgress, stateWrite } from '../ledger/project';
import { Item, ObjectVersion } from '../ports';
import { World } from '../world';
import { Stretch, Stretches } from './inbox-stretches';
import { messagesIn } from './messages-in';

/** While the intake queue has work, a drop's own message is most likely among it: only drops of this age are queued again. */
export const BUSY_PATIENCE = 24 * 60 * 60_000;

/** One step of a sweep ends after so many pages or milliseconds: the next run goes on where it ended. */
const STEP_PAGES = 250;
const STEP_TIME = 8_000;

/** What a sweep knows about the time when it began. */
interface Look {
  readonly patience: number;
  readonly deadLetters: boolean;
  readonly startedAt: number;
}

/**
 * One step through the inbox, from where the last one ended: drops that nobody works on are queued as S3 itself would have told
 * of them. A stretch that is what it was when all in it was finished is not read in the ledger again.
 *
 * Answers whether the sweep is complete.
 */
export async function sweepInbox(world: World, { state }: Project): Promise<boolean> {
  const { resources, timings, ledger } = world;
  const began = ledger.clock.now();
  const busy = state.sweep?.busy ?? await messagesIn(world, resources.intakeQueueUrl) > 0;
  const look: Look = {
    patience: busy ? BUSY_PATIENCE : timings.sweepMinimumAge,
    // What failed so often that it lies among the dead letters fails again: an alarm stands, and it waits for its redrive.
    deadLetters: await messagesIn(world, resources.intakeDeadLetterQueueUrl) > 0,
    startedAt: state.startedAt,
  };
  const stretches = new Stretches(state.sweep?.open);
  let cursor = state.sweep?.cursor;
  let pages = 0;
  do {
    const page = await world.objects.listVersions(resources.dropBucket, resources.dropPrefix, cursor);
    const complete = stretches.add(page.items);
    await work(world, look, page.next === undefined ? [...complete, ...stretches.end()] : complete);
    cursor = page.next;
    pages += 1;
  } while (cursor !== undefined && pages < STEP_PAGES && ledger.clock.now() - began < STEP_TIME);
  const done = pages + (state.sweep?.pages ?? 0);
  await ledger.table.write([stateWrite(cursor === undefined
    ? { sweptAt: ledger.clock.now(), sweptPages: done, sweep: undefined }
    : { sweep: { cursor, pages: done, busy, open: await openStretch(world, look, stretches) } satisfies SweepProgress })]);
  return cursor === undefined;
}

/** What the next step must know of the stretch that this one ended in: its versions so far are looked at now. */
async function openStretch(world: World, look: Look, stretches: Stretches): Promise<SweepProgress['open']> {
  const [open] = stretches.end();
  if (!open) {
    return undefined;
  }
  const { versions, ...begun } = open;
  const { missed, unsettled } = await judge(world, look, versions.filter((version) => isDrop(world, look, version)));
  await queue(world, missed);
  return { ...begun, settled: begun.settled && !unsettled };
}

async function work(world: World, look: Look, stretches: readonly Stretch[]): Promise<void> {
  const { ledger } = world;
  const drops = new Map(stretches.map((stretch) => [stretch, stretch.versions.filter((version) => isDrop(world, look, version))]));
  const asked = stretches.filter((stretch) => !stretch.settled || drops.get(stretch)!.length > 0);
  const known = new Map((await ledger.table.getMany(asked.map(({ start }) => sweptKey(start)))).map((item) => [item.sk, item]));
  const unknown = asked.filter((stretch) => !isTrusted(world, stretch, known.get(stretch.start)));
  const judged = await judge(world, look, unknown.flatMap((stretch) => drops.get(stretch)!));
  await queue(world, judged.missed);
  const settled = unknown.filter((stretch) => stretch.settled && drops.get(stretch)!.every((version) => !judged.open.has(version)));
  await Promise.all(settled.map(({ start, chain, length }) => ledger.table.write([
    { put: { ...sweptKey(start), chain, length, at: ledger.clock.now(), schema: 1 } },
  ])));
}

/** Whether the ledger's word on a stretch still counts. Not all are read again on the same day. */
function isTrusted({ ledger, timings }: World, { start, chain }: Stretch, item: Item | undefined): boolean {
  const trust = timings.sweepTrust * (1 + parseInt(start.slice(0, 4), 16) / 0x10000);
  return item?.chain === chain && ledger.clock.now() - Number(item.at) < trust;
}

/** In a brought bucket, what was there before the project began is left to back-fill. */
function isDrop({ resources }: World, { startedAt }: Look, { key, size, deleteMarker, lastModified }: ObjectVersion): boolean {
  return !deleteMarker && !isFolderMarker(key, size) && (resources.dropBucketIsOwn || lastModified >= startedAt);
}

/** Which drops are to be queued, and which are not finished. The young ones are left to their event. */
async function judge(
  world: World, look: Look, drops: readonly ObjectVersion[],
): Promise<{ missed: ObjectVersion[]; open: ReadonlySet<ObjectVersion>; unsettled: boolean }> {
  const now = world.ledger.clock.now();
  const bucket = world.resources.dropBucket;
  const isOld = ({ lastModified }: ObjectVersion): boolean => now - lastModified >= look.patience;
  const items = await world.ledger.table.getMany(drops.filter(isOld).map((version) => dropKey({ bucket, ...version })));
  const known = new Map(items.map((item) => [`${item.key} ${item.versionId}`, item as unknown as DropRecord]));
  const dropOf = ({ key, versionId }: ObjectVersion): DropRecord | undefined => known.get(`${key} ${versionId}`);
  const open = drops.filter((version) => {
    const drop = dropOf(version);
    return !drop || !isFinished(drop) || !drop.putAway;
  });
  const missed = open.filter((version) => {
    const drop = dropOf(version);
    return isOld(version) && (!drop || (!look.deadLetters && !isUnderWay(drop, now, world.timings)));
  });
  return { missed, open: new Set(open), unsettled: open.length > 0 };
}

async function queue(world: World, missed: readonly ObjectVersion[]): Promise<void> {
  const { dropBucket, intakeQueueUrl } = world.resources;
  if (missed.length === 0) {
    return;
  }
  await world.queues.send(intakeQueueUrl, missed.map((version) => intakeMessage('sweep', dropBucket, version)));
  world.telemetry.count(METRIC.DROPS_SWEPT, missed.length);
  world.telemetry.warn(`the sweep queued ${missed.length} drops that no event brought in`, { notice: 'sweep', drops: missed.length });
}
