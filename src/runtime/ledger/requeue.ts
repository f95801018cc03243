import { CHANGE_TRIES, ContentionError, Ledger } from './context';
import { addCounts, countWrites } from './counts';
import { DropId, DropRecord, changeDrop, isFinished, readDrop } from './drops';
import { changeImage, isHeldAsNear, readImage } from './images';
import { jobKey, shardOf } from './keys';
import { lookAround } from './near-duplicates';
import { originalKey, quarantineKey } from '../core/object-keys';

/** Who orders something again, and when. One order changes a thing once, however often it is carried out. */
export interface RequeueOrder {
  readonly id: string;
  readonly at: number;
  readonly by?: string;
}

/** `ready`: it goes on again, by this order. `refused`: it does not, and why. */
export type Requeued<T> = { readonly kind: 'ready'; readonly record: T; readonly isNew: boolean } | { readonly kind: 'refused'; readonly why: string };

const refused = (why: string) => ({ kind: 'refused', why }) as const;
const detailOf = (order: RequeueOrder, was: string | undefined): string => `${order.by ? `by ${order.by}` : 'ordered'}${was ? `; it was: ${was}` : ''}`;

const WHY_NOT_IMAGE: { readonly [state: string]: string } = {
  PENDING: 'it is PENDING: it is offered to workers as soon as there is room',
  SENDING: 'it is SENDING: it is on its way to workers',
  SENT: 'it is SENT: workers have it now',
  LABELED: 'it is LABELED: an image is not labeled a second time',
};

/**
 * A quarantined or held image is PENDING again; what was charged to it is forgiven. What was offered before counts so, and no money
 * guard counts it twice.
 */
export async function requeueImage(ledger: Ledger, sourceRef: string, order: RequeueOrder): Promise<Requeued<string>> {
  for (let tries = 0; tries < CHANGE_TRIES; tries += 1) {
    const image = await readImage(ledger.table, sourceRef);
    if (!image) {
      return refused('the ledger has no such image');
    }
    if (image.requeue && (image.requeue.order === order.id || image.requeue.at > order.at)) {
      return { kind: 'ready', record: sourceRef, isNew: false };
    }
    if (image.state !== 'QUARANTINED' && image.state !== 'HELD') {
      return refused(WHY_NOT_IMAGE[image.state]);
    }
    const change = changeImage(image, {
      state: 'PENDING', failures: 0, offersForgiven: image.offers, failure: undefined, reason: undefined, requeue: { order: order.id, at: order.at },
    }, { event: 'requeued', detail: detailOf(order, image.reason ?? `held with job ${image.job}`) }, ledger.clock.now(), ledger.newId());
    const outcome = await ledger.table.write([
      ...change.writes,
      ...countWrites(shardOf(image.sha256), addCounts(change.counts)),
      // From now on workers get it: what looks like it is held for it.
      ...(isHeldAsNear(image) && image.near ? (await lookAround(ledger, image.sha256, image.near)).remember(false) : []),
      ...(image.state === 'HELD' && image.job !== undefined ? [{ update: jobKey(image.job), add: { open: -1 } }] : []),
    ]);
    if (outcome.done) {
      return { kind: 'ready', record: sourceRef, isNew: true };
    }
  }
  throw new ContentionError(`image ${sourceRef}`);
}

const WHY_NOT_DROP: { readonly [state: string]: string } = {
  RECEIVED: 'it is RECEIVED: it is taken in as soon as its turn comes',
  ENGINEERING: 'it is ENGINEERING: it is being worked on',
  DONE: 'it is DONE: its images are what can be ordered again',
  WITHDRAWN: 'it is WITHDRAWN: its bytes were deleted before they were read; drop the file again',
};

/** Drops that were never read have no hash: their version stands in for it. */
export const identityOf = (drop: Pick<DropRecord, 'sha256' | 'versionId'>): string => drop.sha256 ?? `version-${drop.versionId}`;

/** Where a drop's bytes lie in the input bucket after its end. */
export function keptKeyOf(drop: DropRecord): string {
  const path = { key: drop.key, sha256: identityOf(drop) };
  return drop.state === 'QUARANTINED' ? quarantineKey(path) : originalKey(path);
}

/**
 * A quarantined drop is RECEIVED again, as the drop that it was: same key, same version, one history. Its bytes are read from
 * quarantine/, where the copy stays. The caller then tells the intake queue, as often as it takes.
 */
export async function requeueDrop(ledger: Ledger, id: DropId, order: RequeueOrder): Promise<Requeued<DropRecord>> {
  for (let tries = 0; tries < CHANGE_TRIES; tries += 1) {
    const drop = await readDrop(ledger, id);
    if (!drop) {
      return refused('the ledger has no such drop');
    }
    if (drop.requeue && (drop.requeue.order === order.id || drop.requeue.at > order.at)) {
      return { kind: 'ready', record: drop, isNew: false };
    }
    if (drop.state === 'DUPLICATE') {
      return refused(`it is a DUPLICATE of ${drop.reason}: order that one again`);
    }
    if (drop.state !== 'QUARANTINED') {
      return refused(WHY_NOT_DROP[drop.state]);
    }
    if (!drop.putAway) {
      return refused('it is still being put away: order it again in a minute');
    }
    const {
      reason, detail: _detail, finishedAt: _finishedAt, putAway: _putAway, attemptAt: _attemptAt, engineeringUntil: _until,
      engineFailures: _failures, waiting: _waiting, ...kept
    } = drop;
    const after: DropRecord = {
      ...kept, state: 'RECEIVED', attempts: 0, keptKey: keptKeyOf(drop), requeue: { order: order.id, at: order.at }, revision: drop.revision + 1,
    };
    if ((await ledger.table.write(changeDrop(ledger, drop, after, 'requeued', {}, detailOf(order, reason)))).done) {
      return { kind: 'ready', record: after, isNew: true };
    }
  }
  throw new ContentionError(`drop ${id.key}`);
}

/** Whether a drop was ordered again and still waits for the intake, which only a message tells of it. */
export function waitsForIntake(drop: DropRecord): boolean {
  return drop.keptKey !== undefined && !isFinished(drop);
}
