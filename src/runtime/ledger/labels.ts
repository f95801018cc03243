import { Line } from '../core/label-lines';
import { Item, Write } from '../ports';
import { CHANGE_TRIES, ContentionError, Ledger } from './context';
import { Counts, addCounts, countWrites } from './counts';
import { ImageRecord, changeImage, historyWrite, isWithJob, readImage } from './images';
import { alertKey, jobKey, labelKey, outboxKey, shardOf } from './keys';

/** A label as a job gave it to an image. */
export interface NewLabel {
  readonly sourceRef: string;
  readonly job: number;
  /** Version of the instructions that its worker saw. */
  readonly instructions: string;
  /** The clean line that carries it. */
  readonly line: Line;
  /** When the service made it, as the line says: of two that a job gives an image, the later one stands. */
  readonly createdAt?: string;
}

/**
 * - `recorded`: the image is LABELED by it.
 * - `known`: recorded before.
 * - `replaced`: recorded before, when fewer workers had answered; this line of the same job stands now.
 * - `double`: the image had a label of another job already; both are kept, the newer one stands.
 * - `unknown-image`: the ledger has no such image.
 */
export type LabelOutcome = 'recorded' | 'known' | 'replaced' | 'double' | 'unknown-image';

/** What people are told of a label beyond an image's first. */
export function doubleMessage({ sourceRef, job }: Pick<NewLabel, 'sourceRef' | 'job'>): string {
  return `${sourceRef} was labeled a second time, by job ${job}: Ground Truth reported a label after its job was settled`;
}

/**
 * Records a label whatever state the image is in. Idempotent for each image and job.
 *
 * @param tell is called before what it tells of is written: more than once if writing fails, never too seldom
 */
export async function recordLabel(
  ledger: Ledger, label: NewLabel, tell?: (coming: 'recorded' | 'double') => Promise<void>,
): Promise<LabelOutcome> {
  let told: LabelOutcome | undefined;
  for (let tries = 0; tries < CHANGE_TRIES; tries += 1) {
    const image = await readImage(ledger.table, label.sourceRef);
    if (!image) {
      return 'unknown-image';
    }
    const known = await ledger.table.get(labelKey(label.sourceRef, label.job));
    if (known && !isLater(label, known)) {
      return 'known';
    }
    const coming = known ? 'replaced' : image.labelJob === undefined ? 'recorded' : 'double';
    if (coming !== 'replaced' && coming !== told) {
      await tell?.(coming);
      told = coming;
    }
    const writes = known ? await replacement(ledger, image, label, known) : labelWrites(ledger, image, label);
    if ((await ledger.table.write(writes)).done) {
      return coming;
    }
  }
  throw new ContentionError(`image ${label.sourceRef}`);
}

/** Whether a line was made after the one that its job gave the image before. */
export function isLater({ createdAt }: Pick<NewLabel, 'createdAt'>, known: Item): boolean {
  return createdAt !== undefined && createdAt > String(known.createdAt ?? '');
}

/** What is kept of a label as a line of the data set. */
function keptLine(image: ImageRecord, label: NewLabel): string {
  return JSON.stringify({ 'source-ref': image.sourceRef, ...image.provenance, ...label.line, 'instructions-version': label.instructions });
}

/** With several workers the service may report an image at each answer: the line changes, nothing is counted or told again. */
async function replacement(ledger: Ledger, image: ImageRecord, label: NewLabel, known: Item): Promise<Write[]> {
  const key = labelKey(label.sourceRef, label.job);
  const now = ledger.clock.now();
  const same = { attribute: 'line', is: '=', value: String(known.line) } as const;
  const writes: Write[] = [
    { update: key, set: { line: keptLine(image, label), createdAt: label.createdAt }, when: [same] },
    historyWrite(key.pk, now, ledger.newId(), { event: 'label-replaced', detail: `job ${label.job}` }),
  ];
  if (image.labelJob !== label.job) {
    return writes;
  }
  const waiting = await ledger.table.get(outboxKey(label.sourceRef, label.job));
  return [...writes, ...(waiting
    // Who publishes the former line now must not clear this one with it.
    ? [{ update: outboxKey(label.sourceRef, label.job), set: { at: Math.max(now, Number(waiting.at) + 1) }, when: [{ attribute: 'at', is: '=', value: Number(waiting.at) } as const] }]
    : [outboxWrite(label, now), ...countWrites(shardOf(image.sha256), { outbox: 1 })])];
}

function outboxWrite({ sourceRef, job }: NewLabel, at: number): Write {
  return { put: { ...outboxKey(sourceRef, job), sourceRef, job, at }, when: [{ attribute: 'at', is: 'absent' }] };
}

function labelWrites(ledger: Ledger, image: ImageRecord, label: NewLabel): Write[] {
  const now = ledger.clock.now();
  const key = labelKey(label.sourceRef, label.job);
  const first = image.labelJob === undefined;
  const newer = first || label.job > (image.labelJob ?? 0);
  const kept: Write[] = [
    { put: { ...key, job: label.job, line: keptLine(image, label), createdAt: label.createdAt, at: now, schema: 1 }, when: [{ attribute: 'at', is: 'absent' }] },
    ...jobWrites(image, label.job, newer),
  ];
  const double: Counts = first ? {} : { double: 1 };
  // In the transaction: whoever dies right after it cannot leave a double label that nobody is told of.
  const alert: Write[] = first ? [] : [{ put: { ...alertKey('double-label'), message: doubleMessage(label), since: now } }];
  if (!newer) {
    return [
      ...kept,
      historyWrite(key.pk, now, ledger.newId(), { event: 'older-label-kept', detail: `job ${label.job}` }),
      ...alert,
      ...countWrites(shardOf(image.sha256), double),
    ];
  }
  const change = changeImage(
    image, { state: 'LABELED', labelJob: label.job, labeledAt: now, failure: undefined, reason: undefined },
    { event: first ? 'labeled' : 'labeled-again', detail: `job ${label.job}` }, now, ledger.newId(),
  );
  return [
    ...change.writes,
    ...kept,
    outboxWrite(label, now),
    ...alert,
    ...countWrites(shardOf(image.sha256), addCounts(change.counts, double, { outbox: 1 })),
  ];
}

/** The label counts for its job; the image, where it changes hands, leaves the job that has it. */
function jobWrites(image: ImageRecord, job: number, leaves: boolean): Write[] {
  if (!leaves || !isWithJob(image) || image.job === undefined) {
    return [{ update: jobKey(job), add: { labeled: 1 } }];
  }
  return image.job === job
    ? [{ update: jobKey(job), add: { labeled: 1, open: -1 } }]
    : [{ update: jobKey(job), add: { labeled: 1 } }, { update: jobKey(image.job), add: { open: -1 } }];
}

/** What is kept of a failure's reason: the service gives at most 1,024 characters; a message could hold anything. */
const FAILURE_REASON_MAX = 1_024;

/** Failure evidence: judged when the job is settled. Answers whether it is new. */
export async function recordFailure(ledger: Ledger, sourceRef: string, job: number, reason: string): Promise<boolean> {
  for (let tries = 0; tries < CHANGE_TRIES; tries += 1) {
    const image = await readImage(ledger.table, sourceRef);
    if (!image || image.job !== job || !isWithJob(image) || image.failure?.job === job) {
      return false;
    }
    const now = ledger.clock.now();
    const change = changeImage(image, { failure: { job, reason: reason.slice(0, FAILURE_REASON_MAX) } }, { event: 'failed', detail: `job ${job}: ${reason}` }, now, ledger.newId());
    if ((await ledger.table.write(change.writes)).done) {
      return true;
    }
  }
  throw new ContentionError(`image ${sourceRef}`);
}
