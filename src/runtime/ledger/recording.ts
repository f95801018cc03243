import { createHash } from 'node:crypto';
import { NEAR_DUPLICATE_DISTANCE } from '../../contract/limits';
import { PreLabel } from '../../contract/pre-label';
import { REASON, ReasonCode } from '../../contract/reasons';
import { Item, Key, TRANSACTION_MAX, Value, Write } from '../ports';
import { sizeOf } from '../table-rules';
import { CHANGE_TRIES, ContentionError, Ledger } from './context';
import { addCounts } from './counts';
import { DropId, DropRecord, ImageList, changeDrop, finishDrop, isDecided, isFinished, originOf, readDrop, sameDrop } from './drops';
import { ImageRecord, countsOf, historyWrite, imageItem } from './images';
import { contentKey, imageKey, imageListKey } from './keys';
import { Look, NearDuplicate, lookAround, nearDetail } from './near-duplicates';

/** An image as feature engineering gave it. */
export interface NewImage {
  readonly sourceRef: string;
  readonly index: number;
  readonly priority: number;
  readonly provenance: ImageRecord['provenance'];
  readonly preLabel?: PreLabel;
  /** Why no job may have it yet. */
  readonly hold?: { readonly reason: ReasonCode; readonly detail: string; readonly near?: NearDuplicate };
}

/** A page of a list is one item, which may have 400 KB. Bytes, as the table counts them. */
const PAGE_MAX_BYTES = 200_000;

/** Images of one transaction: two writes each, three for the drop and one for its content. */
export const RECORD_PAGE = Math.floor((TRANSACTION_MAX - 4) / 2);

/** As many fit beside the bands of its look. */
const RECORD_PAGE_WITH_LOOK = Math.floor((TRANSACTION_MAX - 4 - NEAR_DUPLICATE_DISTANCE.max - 1) / 2);

/** So many tries see to it that what looks the same is not recorded at the same moment. Where that fails, the drop must not wait for it. */
const CAREFUL_TRIES = 5;

/**
 * The drop's images are known, its content has its origin. Whoever comes second with the same content is a DUPLICATE; whoever
 * comes again with the same drop has already succeeded.
 *
 * As many images as one transaction holds are recorded with the drop, in one step. More are first listed, in pages on which
 * nothing rests; one transaction then binds the drop and its content to that list, and from there on the only way is forward:
 * page after page becomes PENDING, with the last one the drop becomes DONE, and whoever takes the drop again goes on where the
 * last one stopped. Images may be fed before the last page is there: they are stored, listed, and nothing can take them back.
 *
 * With a look, images are HELD that look like those of a drop that is not held itself. Others are remembered in the transaction that
 * records them, and only if nothing was remembered since they were compared: of two drops at the same moment one sees the other.
 */
export async function recordDrop(
  ledger: Ledger, id: DropId, sha256: string, images: readonly NewImage[], look?: Look,
): Promise<DropRecord> {
  const lists: ImageList[] = [];
  for (let tries = 0; tries < CHANGE_TRIES; tries += 1) {
    const before = await mustRead(ledger, id);
    const origin = isDecided(before) ? undefined : await originOf(ledger, sha256);
    const lost = origin !== undefined && !sameDrop(origin, id);
    if (isDecided(before) || lost) {
      await removeLists(ledger, sha256, lists.filter((list) => list.id !== before.list?.id));
    }
    if (isDecided(before)) {
      return isFinished(before) ? before : resumeRecording(ledger, id);
    }
    if (lost) {
      return finishDrop(ledger, id, { state: 'DUPLICATE', reason: `s3://${origin.bucket}/${origin.key}`, sha256 });
    }
    if (origin?.images) {
      // The ledger lost the drop and not its images: then only the drop is written again.
      const after = doneDrop(before, sha256, origin.images, ledger.clock.now());
      await ledger.table.write(changeDrop(ledger, before, after, 'done-again'));
      continue;
    }
    const sight = look && await lookAround(ledger, sha256, look);
    const near = sight?.near;
    const made = near ? images.map((image) => heldAs(image, near)) : images;
    const list = images.length > (look ? RECORD_PAGE_WITH_LOOK : RECORD_PAGE) ? await listOnce(ledger, id, sha256, made, lists) : undefined;
    const drop = near ? { ...before, near } : before;
    const writes = [
      ...(list ? bindList(ledger, drop, sha256, list) : recordAtOnce(ledger, drop, sha256, made)),
      ...(sight && !near ? sight.remember(tries < CAREFUL_TRIES) : []),
    ];
    if ((await ledger.table.write(writes)).done) {
      await removeLists(ledger, sha256, lists.filter((other) => other.id !== list?.id));
      return list ? resumeRecording(ledger, id) : mustRead(ledger, id);
    }
  }
  throw new ContentionError(`drop ${id.key}`);
}

/** Records what is left of a drop's list. */
export async function resumeRecording(ledger: Ledger, id: DropId): Promise<DropRecord> {
  let fruitless = 0;
  for (let last = -1; fruitless < CHANGE_TRIES;) {
    const drop = await mustRead(ledger, id);
    if (isFinished(drop)) {
      return drop;
    }
    const { sha256, list } = drop;
    if (!list || !sha256) {
      throw new Error(`drop ${id.key} version ${id.versionId} has no list of images that could be recorded`);
    }
    fruitless = list.recorded > last ? 0 : fruitless + 1;
    last = list.recorded;
    await ledger.table.write(recordPage(ledger, drop, sha256, list, await readPage(ledger, sha256, list, list.recorded)));
  }
  throw new ContentionError(`drop ${id.key}`);
}

/** The `source-ref` of each image that a drop gave, however many they are. */
export async function imagesOfDrop(ledger: Pick<Ledger, 'table'>, drop: DropRecord): Promise<readonly string[]> {
  if (!drop.list || !drop.sha256) {
    return drop.images ?? [];
  }
  const found: string[] = [];
  for (let page = 0; page < drop.list.pages; page += 1) {
    found.push(...(await readPage(ledger, drop.sha256, drop.list, page)).map((image) => image.sourceRef));
  }
  return found;
}

function heldAs(image: NewImage, near: NearDuplicate): NewImage {
  return { ...image, hold: { reason: REASON.NEAR_DUPLICATE, detail: nearDetail(near), near } };
}

async function mustRead(ledger: Ledger, id: DropId): Promise<DropRecord> {
  const drop = await readDrop(ledger, id);
  if (!drop) {
    throw new Error(`drop ${id.key} version ${id.versionId} is not in the ledger; receive it first`);
  }
  return drop;
}

function doneDrop(before: DropRecord, sha256: string, images: readonly string[], now: number): DropRecord {
  return { ...before, state: 'DONE', attempts: 0, sha256, images, finishedAt: now, revision: before.revision + 1 };
}

function recordAtOnce(ledger: Ledger, before: DropRecord, sha256: string, images: readonly NewImage[]): Write[] {
  const records = images.map((image) => newRecord(before, sha256, image));
  const sourceRefs = images.map((image) => image.sourceRef);
  const now = ledger.clock.now();
  return [
    ...changeDrop(ledger, before, doneDrop(before, sha256, sourceRefs, now), 'done', addCounts(...records.map(countsOf))),
    originWrite(before, sha256, now, { images: sourceRefs }),
    ...records.flatMap((record, index) => imageWrites(ledger, record, before, images[index])),
  ];
}

/** The point of no return of a drop with many images. */
function bindList(ledger: Ledger, before: DropRecord, sha256: string, list: ImageList): Write[] {
  const after: DropRecord = {
    ...before, state: 'ENGINEERING', attempts: 0, sha256, list: { ...list, recorded: 0 }, revision: before.revision + 1,
  };
  return [...changeDrop(ledger, before, after, 'listed'), originWrite(before, sha256, ledger.clock.now(), { list: list.id })];
}

function recordPage(
  ledger: Ledger, before: DropRecord, sha256: string, list: ImageList & { readonly recorded: number }, images: readonly NewImage[],
): Write[] {
  const records = images.map((image) => newRecord(before, sha256, image));
  const recorded = list.recorded + 1;
  const after: DropRecord = {
    ...before, list: { ...list, recorded }, revision: before.revision + 1,
    ...(recorded === list.pages ? { state: 'DONE', finishedAt: ledger.clock.now() } : {}),
  };
  return [
    ...changeDrop(ledger, before, after, recorded === list.pages ? 'done' : 'recording', addCounts(...records.map(countsOf))),
    ...records.flatMap((record, index) => imageWrites(ledger, record, before, images[index])),
  ];
}

function newRecord(drop: DropRecord, sha256: string, image: NewImage): ImageRecord {
  const { hold, ...made } = image;
  return {
    ...made, sha256, state: hold ? 'HELD' : 'PENDING', ...(hold ? { reason: hold.reason, near: hold.near } : {}),
    receivedAt: drop.receivedAt, offers: 0, failures: 0, revision: 1, schema: 1,
  };
}

function imageWrites(ledger: Ledger, record: ImageRecord, drop: DropRecord, { hold }: NewImage): Write[] {
  const now = ledger.clock.now();
  return [
    { put: imageItem(record, now), when: [{ attribute: 'revision', is: 'absent' }] },
    historyWrite(imageKey(record.sourceRef).pk, now, ledger.newId(), {
      event: hold ? 'held' : 'pending', detail: hold ? hold.detail : `from ${drop.key}`,
    }),
  ];
}

function originWrite({ bucket, key, versionId }: DropId, sha256: string, at: number, made: { images: string[] } | { list: string }): Write {
  return { put: { ...contentKey(sha256), bucket, key, versionId, ...made, at, schema: 1 }, when: [{ attribute: 'at', is: 'absent' }] };
}

/** Named after what is in it, so that the same list written again is the same list, and another one never mixes with it. */
async function listOnce(
  ledger: Ledger, { bucket, key, versionId }: DropId, sha256: string, images: readonly NewImage[], written: ImageList[],
): Promise<ImageList> {
  const pages = pagesOf(images, contentKey(sha256));
  const id = createHash('sha256').update(JSON.stringify([bucket, key, versionId, pages])).digest('hex').slice(0, 32);
  const known = written.find((list) => list.id === id);
  if (known) {
    return known;
  }
  const list: ImageList = { id, images: images.length, pages: pages.length };
  for (const [page, content] of pages.entries()) {
    await ledger.table.write([{ put: { ...imageListKey(sha256, id, page), images: content, schema: 1 } as unknown as Item }]);
  }
  written.push(list);
  return list;
}

/**
 * Most often by number; by size where the images have pre-labels and attributes.
 *
 * @param key what messages call the images by
 */
function pagesOf(images: readonly NewImage[], key: Key): NewImage[][] {
  const pages: NewImage[][] = [];
  let bytes = Infinity;
  for (const image of images) {
    const size = sizeOf(image as unknown as Value, key);
    if (bytes + size > PAGE_MAX_BYTES || pages[pages.length - 1].length === RECORD_PAGE) {
      pages.push([]);
      bytes = 0;
    }
    pages[pages.length - 1].push(image);
    bytes += size;
  }
  return pages;
}

async function readPage(ledger: Pick<Ledger, 'table'>, sha256: string, list: ImageList, page: number): Promise<readonly NewImage[]> {
  const item = await ledger.table.get(imageListKey(sha256, list.id, page));
  if (!item) {
    throw new Error(`the ledger has no page ${page} of the images of ${sha256}, although a drop names it`);
  }
  return item.images as unknown as readonly NewImage[];
}

/** What no drop can be bound to any more. */
async function removeLists(ledger: Ledger, sha256: string, lists: readonly ImageList[]): Promise<void> {
  for (const list of lists) {
    for (let page = 0; page < list.pages; page += 1) {
      await ledger.table.write([{ remove: imageListKey(sha256, list.id, page) }]);
    }
  }
}
