import { PreLabel } from '../../contract/pre-label';
import { ReasonCode } from '../../contract/reasons';
import { Judgement, isOfferCounted } from '../core/judgement';
import { TRANSACTION_MAX } from '../ports';
import { Ledger } from './context';
import { addCounts, countWrites } from './counts';
import { ImageChange, ImageRecord, changeImage, isHeldAsNear } from './images';
import { jobKey, shardOf } from './keys';

/** An image whose failures were charged so often is quarantined. */
export const FAILURES_MAX = 3;

/** An image that so many jobs gave back without a label, and not by chance, is quarantined. */
export const OFFERS_MAX = 10;

const BATCH = Math.floor((TRANSACTION_MAX - 2) / 2);

/** What is held against images that a job gives back, and when it ended. */
export type Verdict = Judgement & { readonly endedAt: number };

/** A job that was never made, or whose images were forgotten, says nothing about them. */
export const NOBODY_IS_BLAMED: Verdict = { blame: 'common', failed: 0, unnamed: false, endedAt: 0 };

/** What an image becomes when its job has said all that it will say. */
export function afterReturn(image: ImageRecord, verdict: Verdict): Partial<ImageRecord> {
  const named = image.failure?.job === image.job;
  const failures = image.failures + (named && verdict.blame === 'images' ? 1 : 0);
  const counted = isOfferCounted(verdict, named, verdict.endedAt - (image.claimedAt ?? verdict.endedAt));
  const forgiven = (image.offersForgiven ?? 0) + (counted ? 0 : 1);
  const quarantine = (reason: ReasonCode): Partial<ImageRecord> => ({ state: 'QUARANTINED', failures, reason, failure: image.failure });
  if (failures >= FAILURES_MAX) {
    return quarantine('labeling-failed');
  }
  if (image.offers - forgiven >= OFFERS_MAX) {
    return quarantine('never-labeled');
  }
  return { state: 'PENDING', failures, offersForgiven: forgiven, failure: undefined };
}

/** Gives a settled job's images back: to PENDING, or to quarantine. Answers the records as they are now. */
export async function returnImages(ledger: Ledger, job: number, images: readonly ImageRecord[], verdict: Verdict): Promise<ImageRecord[]> {
  return changeAll(ledger, job, images, (image) => {
    const change = afterReturn(image, verdict);
    return { change, event: change.state === 'PENDING' ? 'returned' : 'quarantined', detail: change.reason ?? image.failure?.reason };
  }, true);
}

/** What became of them is not known and will not be soon: a person must look. They stay with their job. */
export async function holdImages(ledger: Ledger, job: number, images: readonly ImageRecord[]): Promise<ImageRecord[]> {
  return changeAll(ledger, job, images, () => ({ change: { state: 'HELD' }, event: 'held', detail: `job ${job} does not settle` }), false);
}

/** They lack the label that workers are to be shown: no job gets them until somebody sees to it. */
export async function holdBack(ledger: Ledger, images: readonly ImageRecord[]): Promise<ImageRecord[]> {
  return changeAll(ledger, undefined, images, () => ({
    change: { state: 'HELD', job: undefined, reason: 'no-pre-label' }, event: 'held', detail: 'it came without a label that workers could adjust or verify',
  }), false);
}

/**
 * What a held image lacked has come. Whoever changed it meanwhile has had a better reason; if it is held for how it looks too, it stays
 * held.
 */
export async function release(ledger: Ledger, image: ImageRecord, preLabel: PreLabel, from: string): Promise<void> {
  const goesOn: Partial<ImageRecord> = isHeldAsNear(image) ? {} : { state: 'PENDING', reason: undefined };
  await changeAll(ledger, undefined, [image], () => ({
    change: { ...goesOn, preLabel }, event: isHeldAsNear(image) ? 'labeled-before' : 'pending', detail: `its label came with ${from}`,
  }), false);
}

type Plan = (image: ImageRecord) => { change: Partial<ImageRecord>; event: string; detail?: string };

/** @param job the one that has the images. Undefined: none has. */
async function changeAll(
  ledger: Ledger, job: number | undefined, images: readonly ImageRecord[], plan: Plan, leaves: boolean,
): Promise<ImageRecord[]> {
  const changed: ImageRecord[] = [];
  for (let from = 0; from < images.length; from += BATCH) {
    const batch = images.slice(from, from + BATCH);
    const done = await changeBatch(ledger, job, batch, plan, leaves);
    changed.push(...done);
    if (done.length === 0 && batch.length > 1) {
      // A label may have arrived for one of them: the others must not wait for it.
      for (const image of batch) {
        changed.push(...await changeBatch(ledger, job, [image], plan, leaves));
      }
    }
  }
  return changed;
}

async function changeBatch(
  ledger: Ledger, job: number | undefined, images: readonly ImageRecord[], plan: Plan, leaves: boolean,
): Promise<ImageRecord[]> {
  const now = ledger.clock.now();
  const changes = images.map((image): ImageChange => {
    const { change, event, detail } = plan(image);
    return changeImage(image, change, { event, detail: detail ?? `job ${job}` }, now, ledger.newId());
  });
  const outcome = await ledger.table.write([
    ...changes.flatMap((change) => change.writes),
    ...countWrites(shardOf(images[0].sha256), addCounts(...changes.map((change) => change.counts))),
    ...(leaves && job !== undefined ? [{ update: jobKey(job), add: { open: -images.length } }] : []),
  ]);
  return outcome.done ? changes.map((change) => change.after) : [];
}
