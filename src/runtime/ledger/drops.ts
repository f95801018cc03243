import { ReasonCode } from '../../contract/reasons';
import { Timings } from '../../contract/timings';
import { DropFailures } from '../core/engine-health';
import { NEVER_FAILED, Waiting, waitingOrder } from '../core/waiting';
import { Item, Write } from '../ports';
import { CHANGE_TRIES, ContentionError, Ledger } from './context';
import { Counts, DropState, addCounts, countWrites } from './counts';
import { historyWrite } from './images';
import { contentKey, dropKey, shardOf, statusPartition, timeOrder } from './keys';
import type { NearDuplicate } from './near-duplicates';

/** One version of one object in the drop bucket. */
export interface DropId {
  readonly bucket: string;
  readonly key: string;
  readonly versionId: string;
}

export interface DropRecord extends DropId {
  readonly state: DropState;
  /** Tries that began decoding and did not report back. */
  readonly attempts: number;
  /** When the last try began decoding. */
  readonly attemptAt?: number;
  /** How often the user's feature engineering failed for it, and since when. */
  readonly engineFailures?: DropFailures;
  /** Until when an engine that works on by itself is left alone with it. */
  readonly engineeringUntil?: number;
  readonly receivedAt: number;
  readonly finishedAt?: number;
  readonly sha256?: string;
  readonly size?: number;
  /** Of a drop in a bucket without versions: the ETag of what was read, and before that of what was received. */
  readonly etag?: string;
  /** The ETag of another file that took its name since, of which people were told. */
  readonly replacedBy?: string;
  /** 0-9, from the object's metadata. */
  readonly priority?: number;
  /** The object's metadata of that name as it came: JSON, in pixels of the drop as a viewer shows it. */
  readonly preLabel?: string;
  /** Why it is quarantined, withdrawn or a duplicate (then: of which drop). */
  readonly reason?: string;
  readonly detail?: string;
  /** The `source-ref` of each image that it gave, where one transaction holds them all. */
  readonly images?: readonly string[];
  /** Where it gave more: their list, of which so many pages are recorded. Once it is set, nothing else can become of the drop. */
  readonly list?: ImageList & { readonly recorded: number };
  /** Its images look like another drop's, and are held for that. */
  readonly near?: NearDuplicate;
  /** Its bytes lie where finished drops lie, and everybody who should know was told. */
  readonly putAway?: boolean;
  /** It was in quarantine and is ordered again: its key in the input bucket, where its bytes are even if they left the inbox. */
  readonly keptKey?: string;
  /** It waits for a pipeline, or is with one: an engine that works on by itself has it. */
  readonly waiting?: Waiting;
  /** What the gate learned of its bytes. */
  readonly header?: DropHeader;
  /** The last order to take it in again. */
  readonly requeue?: { readonly order: string; readonly at: number };
  readonly revision: number;
  readonly schema: 1;
}

/** What the gate says of a drop. Columns and rows as a viewer shows it. */
export type DropHeader = { readonly type: string; readonly width: number; readonly height: number; readonly orientation: number };

/** A list of images in the ledger, written page by page before anything rests on it. */
export type ImageList = {
  readonly id: string;
  readonly images: number;
  readonly pages: number;
};

const FINISHED: readonly DropState[] = ['DONE', 'DUPLICATE', 'QUARANTINED', 'WITHDRAWN'];

export function isFinished(drop: DropRecord): boolean {
  return FINISHED.includes(drop.state);
}

/** Whether what becomes of the drop is written down, be it carried out or not. */
export function isDecided(drop: DropRecord): boolean {
  return isFinished(drop) || drop.list !== undefined;
}

/** Whether somebody works on it now: a try that may still be decoding, or an engine that works on by itself and is not overdue. */
export function isUnderWay(drop: DropRecord, now: number, timings: Pick<Timings, 'attemptPatience'>): boolean {
  return !isDecided(drop) && (
    (drop.attempts > 0 && now - (drop.attemptAt ?? 0) < timings.attemptPatience) || now < (drop.engineeringUntil ?? 0));
}

function dropItem(drop: DropRecord, now: number): Item {
  const shard = drop.sha256 ? shardOf(drop.sha256) : '0';
  const { waiting } = drop;
  return {
    ...dropKey(drop),
    ...(waiting && drop.sha256 && !isDecided(drop)
      ? { gsi1pk: statusPartition('DROP-WAITING', shard), gsi1sk: waitingOrder(waiting, drop.receivedAt, drop.sha256) }
      : { gsi1pk: statusPartition(`DROP-${drop.state}`, shard), gsi1sk: timeOrder(now, drop.sha256 ?? drop.versionId) }),
    ...drop,
  } as unknown as Item;
}

export function dropOf(item: Item): DropRecord {
  const { pk: _pk, sk: _sk, gsi1pk: _gsi1pk, gsi1sk: _gsi1sk, ...drop } = item;
  return drop as unknown as DropRecord;
}

export async function readDrop(ledger: Ledger, id: DropId): Promise<DropRecord | undefined> {
  const item = await ledger.table.get(dropKey(id));
  return item && dropOf(item);
}

/** Counters of drops are sharded by version, which is known before the content is. */
function shardOfDrop(id: DropId): string {
  let hash = 0;
  for (const character of `${id.key}${id.versionId}`) {
    hash = (hash * 31 + character.charCodeAt(0)) >>> 0;
  }
  return (hash % 16).toString(16);
}

/** The writes of a drop's change, which fail as a whole if somebody else changed it meanwhile. At most three. */
export function changeDrop(
  ledger: Ledger, before: DropRecord | undefined, after: DropRecord, event: string,
  more: Counts = {}, detail: string | undefined = after.reason,
): Write[] {
  const now = ledger.clock.now();
  const counts = addCounts(before ? { [`drop:${before.state}`]: -1 } : {}, { [`drop:${after.state}`]: 1 }, more);
  return [
    {
      put: dropItem(after, now),
      when: [before
        ? { attribute: 'revision', is: '=', value: before.revision }
        : { attribute: 'revision', is: 'absent' }],
    },
    historyWrite(dropKey(after).pk, now, ledger.newId(), { event, detail, versionId: after.versionId }),
    ...countWrites(shardOfDrop(after), counts),
  ];
}

/** The drop is known. Idempotent. */
export async function receiveDrop(
  ledger: Ledger, id: DropId, size?: number, about: Pick<DropRecord, 'priority' | 'preLabel' | 'etag'> = {},
): Promise<DropRecord> {
  for (let tries = 0; tries < CHANGE_TRIES; tries += 1) {
    const known = await readDrop(ledger, id);
    if (known) {
      return known;
    }
    const drop: DropRecord = {
      bucket: id.bucket, key: id.key, versionId: id.versionId, size, ...about,
      state: 'RECEIVED', attempts: 0, receivedAt: ledger.clock.now(), revision: 1, schema: 1,
    };
    if ((await ledger.table.write(changeDrop(ledger, undefined, drop, 'received'))).done) {
      return drop;
    }
  }
  throw new ContentionError(`drop ${id.key}`);
}

/** @param alongside what is written in the same transaction, if there is a change */
export async function updateDrop(
  ledger: Ledger, id: DropId, event: string, change: (before: DropRecord) => Partial<DropRecord> | undefined, more: Counts = {},
  detail?: string, alongside: readonly Write[] = [],
): Promise<DropRecord> {
  for (let tries = 0; tries < CHANGE_TRIES; tries += 1) {
    const before = await readDrop(ledger, id);
    if (!before) {
      throw new Error(`drop ${id.key} version ${id.versionId} is not in the ledger; receive it first`);
    }
    const changed = change(before);
    if (!changed) {
      return before;
    }
    const after = { ...before, ...changed, revision: before.revision + 1 };
    if ((await ledger.table.write([...changeDrop(ledger, before, after, event, more, detail), ...alongside])).done) {
      return after;
    }
  }
  throw new ContentionError(`drop ${id.key}`);
}

/** Writes down that decoding begins. Whoever dies after this leaves the count behind. */
export async function beginAttempt(ledger: Ledger, id: DropId): Promise<DropRecord> {
  return updateDrop(ledger, id, 'attempt', (drop) => isDecided(drop) ? undefined
    : { state: 'ENGINEERING', attempts: drop.attempts + 1, attemptAt: ledger.clock.now(), engineeringUntil: undefined });
}

/** The decoder came back: what fails from here on is not the drop's fault. */
export async function endAttempt(ledger: Ledger, id: DropId): Promise<DropRecord> {
  return updateDrop(ledger, id, 'decoded', (drop) => isDecided(drop) || drop.attempts === 0 ? undefined : { attempts: 0 });
}

/** The user's feature engineering failed for it. Answers how often it did, and since when. */
export async function noteEngineFailure(ledger: Ledger, id: DropId, detail: string): Promise<DropFailures> {
  const failed = await updateDrop(ledger, id, 'engineering-failed', (drop) => isDecided(drop) ? undefined : {
    engineFailures: { count: (drop.engineFailures?.count ?? 0) + 1, since: drop.engineFailures?.since ?? ledger.clock.now() },
  }, {}, detail);
  return failed.engineFailures ?? { count: 0, since: ledger.clock.now() };
}

/** An engine works on by itself and is left alone with the drop until then. What it failed before stands. */
export async function handOver(
  ledger: Ledger, id: DropId, engineeringUntil: number, known: { readonly sha256?: string; readonly header?: DropHeader } = {},
): Promise<DropRecord> {
  return updateDrop(ledger, id, 'handed-over', (drop) => isDecided(drop) ? undefined
    : { ...known, attempts: 0, engineeringUntil, waiting: drop.waiting ?? NEVER_FAILED });
}

/** An end without images. Idempotent: the first end stands. */
export async function finishDrop(
  ledger: Ledger, id: DropId,
  end: { state: 'QUARANTINED' | 'WITHDRAWN' | 'DUPLICATE'; reason: ReasonCode | string; detail?: string; sha256?: string },
): Promise<DropRecord> {
  return updateDrop(ledger, id, end.state.toLowerCase(), (drop) => isDecided(drop) ? undefined
    : { ...end, attempts: 0, finishedAt: ledger.clock.now() });
}

/** Everything that follows this end of the drop has been done. Since then it may have been ordered again: that is another end. */
export async function markPutAway(ledger: Ledger, ended: DropRecord): Promise<DropRecord> {
  return updateDrop(ledger, ended, 'put-away', (drop) => drop.putAway || !isFinished(drop) || drop.finishedAt !== ended.finishedAt ? undefined : { putAway: true });
}

/** The drop that first brought this content. */
export async function originOf(ledger: Pick<Ledger, 'table'>, sha256: string): Promise<Origin | undefined> {
  const item = await ledger.table.get(contentKey(sha256));
  return item && {
    bucket: String(item.bucket), key: String(item.key), versionId: String(item.versionId),
    ...(item.images === undefined ? {} : { images: item.images as string[] }),
  };
}

export interface Origin extends DropId {
  /** The `source-ref` of each image that the content gave, where one transaction holds them all. */
  readonly images?: readonly string[];
}

export function sameDrop(a: DropId, b: DropId): boolean {
  return a.bucket === b.bucket && a.key === b.key && a.versionId === b.versionId;
}
