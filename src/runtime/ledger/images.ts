import { Labeled } from '../../contract/earlier-label';
import { PreLabel } from '../../contract/pre-label';
import { REASON } from '../../contract/reasons';
import { Item, Key, Table, Value, Write } from '../ports';
import { Counts, ImageState, addCounts } from './counts';
import { feedOrder, historyKey, imageKey, jobOrder, shardOf, statusPartition, timeOrder } from './keys';
import type { NearDuplicate } from './near-duplicates';

/** An image as the ledger knows it. */
export interface ImageRecord {
  readonly sourceRef: string;
  readonly sha256: string;
  readonly index: number;
  readonly state: ImageState;
  /** 0-9, 9 first. */
  readonly priority: number;
  readonly receivedAt: number;
  /** The job that it was last claimed for. */
  readonly job?: number;
  /** When it was claimed for that job. */
  readonly claimedAt?: number;
  /** Jobs that it was offered to. */
  readonly offers: number;
  /** How many of these do not count against it: its job said nothing about it, or it was ordered again since. */
  readonly offersForgiven?: number;
  /** The last order to offer it again. */
  readonly requeue?: { readonly order: string; readonly at: number };
  /** Failures charged to it. */
  readonly failures: number;
  /** What its present job said against it; judged when that job is settled. */
  readonly failure?: { readonly job: number; readonly reason: string };
  readonly labelJob?: number;
  readonly labeledAt?: number;
  readonly reason?: string;
  /** Another drop looks like its own: whether it is held for that, or was and is released, its state tells. */
  readonly near?: NearDuplicate;
  /** What travels with it to the data set. */
  readonly provenance: { readonly [name: string]: Value };
  /** What was thought of it before any worker saw it, in pixels of the image. Free of `preLabelProblems`. */
  readonly preLabel?: PreLabel;
  /** Raised by every change; each change is conditional on it. */
  readonly revision: number;
  readonly schema: 1;
}

/** Claimed, published, or held because nobody knows what became of it. */
export const STATES_WITH_JOB = ['SENDING', 'SENT', 'HELD'] as const;

/** An image may be held with no job: it lacks something that workers need. */
export function isWithJob({ state, job }: Pick<ImageRecord, 'state' | 'job'>): boolean {
  return job !== undefined && (STATES_WITH_JOB as readonly ImageState[]).includes(state);
}

/** Held before any job got it, until somebody sees to it: it lacks something, or looks like another drop's. */
export function isHeldBack({ state, job }: Pick<ImageRecord, 'state' | 'job'>): boolean {
  return state === 'HELD' && job === undefined;
}

type Standing = Pick<ImageRecord, 'state' | 'offers' | 'job' | 'reason'>;

/** Held because it looks like another drop's. */
export function isHeldAsNear(image: Pick<ImageRecord, 'state' | 'job' | 'reason'>): boolean {
  return isHeldBack(image) && image.reason === REASON.NEAR_DUPLICATE;
}

/**
 * The part of the status index that a record belongs to. PENDING is split, so that a money guard can hold back the fresh ones, and HELD,
 * by whether a job has it and why not.
 */
export function statusOf(image: Standing): string {
  if (image.state === 'PENDING') {
    return image.offers === 0 ? 'FRESH' : 'AGAIN';
  }
  if (isHeldAsNear(image)) {
    return 'NEAR-DUPLICATE';
  }
  return isHeldBack(image) ? 'HELD-BACK' : image.state;
}

function indexKeys(image: ImageRecord, now: number): { gsi1pk: string; gsi1sk: string } {
  const order = image.state === 'PENDING' ? feedOrder(image.priority, image.receivedAt, image.sha256, image.index)
    : isWithJob(image) ? jobOrder(image.job ?? 0, image.sha256, image.index)
      : timeOrder(now, image.sha256);
  return { gsi1pk: statusPartition(statusOf(image), shardOf(image.sha256)), gsi1sk: order };
}

/** What an image brings along for workers to adjust or verify. */
export function labeledOf({ preLabel, provenance, receivedAt }: Pick<ImageRecord, 'preLabel' | 'provenance' | 'receivedAt'>): Labeled {
  return { preLabel, size: { width: Number(provenance['image-width']), height: Number(provenance['image-height']) }, receivedAt };
}

export function imageItem(image: ImageRecord, now: number): Item {
  return { ...imageKey(image.sourceRef), ...indexKeys(image, now), ...image } as unknown as Item;
}

export function imageOf(item: Item): ImageRecord {
  const { pk: _pk, sk: _sk, gsi1pk: _gsi1pk, gsi1sk: _gsi1sk, ...image } = item;
  return image as unknown as ImageRecord;
}

export async function readImage(table: Table, sourceRef: string): Promise<ImageRecord | undefined> {
  const item = await table.get(imageKey(sourceRef));
  return item && imageOf(item);
}

/** What counting a record under its state amounts to. */
export function countsOf(image: Standing): Counts {
  return {
    [`image:${image.state}`]: 1,
    ...(image.state === 'PENDING' && image.offers > 0 ? { again: 1 } : {}),
    ...(isHeldAsNear(image) ? { 'near-duplicate': 1 } : isHeldBack(image) ? { 'held-back': 1 } : {}),
  };
}

const negative = (counts: Counts): Counts => Object.fromEntries(Object.entries(counts).map(([name, value]) => [name, -(value ?? 0)]));

/** A line of an image's or a drop's history. */
export interface HistoryEntry {
  readonly event: string;
  readonly detail?: string;
  /** Of a drop: which version of the object. */
  readonly versionId?: string;
}

export function historyWrite(pk: string, at: number, id: string, { event, detail, versionId }: HistoryEntry): Write {
  return {
    put: {
      ...historyKey(pk, at, id), at, event,
      ...(detail ? { detail: detail.slice(0, 1_000) } : {}),
      ...(versionId === undefined ? {} : { versionId }),
    },
  };
}

/** A change of one image: writes (the image, its history) and what it does to the counters. */
export interface ImageChange {
  readonly writes: readonly Write[];
  readonly counts: Counts;
  readonly after: ImageRecord;
}

/** Replaces a record as it was read by its successor; fails as a whole if somebody else changed it meanwhile. */
export function changeImage(before: ImageRecord, change: Partial<ImageRecord>, entry: HistoryEntry, now: number, id: string): ImageChange {
  const after: ImageRecord = { ...before, ...change, revision: before.revision + 1 };
  const key: Key = imageKey(before.sourceRef);
  return {
    writes: [
      { put: imageItem(after, now), when: [{ attribute: 'revision', is: '=', value: before.revision }] },
      historyWrite(key.pk, now, id, entry),
    ],
    counts: addCounts(negative(countsOf(before)), countsOf(after)),
    after,
  };
}
