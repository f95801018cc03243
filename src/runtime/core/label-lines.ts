/** A line of a manifest, or the body of an output message. */
export type Line = { readonly [name: string]: unknown };

/** One that names its image. */
export type LineWithRef = Line & { readonly 'source-ref': string };

/** What a line says about one image under one label attribute. */
export type Verdict =
  | { readonly kind: 'labeled'; readonly jobName?: string; readonly createdAt?: string }
  | { readonly kind: 'failed'; readonly reason: string; readonly jobName?: string }
  | { readonly kind: 'unlabeled' };

const DEDUPLICATION_POINTER = 'dataset-objectid-attribute-name';

/** The attribute of our messages that carries the de-duplication id. It never reaches the data set. */
export const DEDUPLICATION_ATTRIBUTE = 'offer-id';

/** The longest line that is read: the ledger keeps it in an item, which takes 400 KB with all else that is in it. */
const LINE_MAX_BYTES = 380_000;

/** Undefined where the text is not a JSON object with a `source-ref`, or is longer than any line of the service. */
export function parseLine(text: string): LineWithRef | undefined {
  return text.length === 0 || Buffer.byteLength(text) > LINE_MAX_BYTES ? undefined : parseKeptLine(text);
}

/** A line that we wrote: with what we added it may be longer than any line that is read. */
export function parseKeptLine(text: string): LineWithRef | undefined {
  try {
    const line: unknown = JSON.parse(text);
    return isLine(line) ? line : undefined;
  } catch {
    return undefined;
  }
}

function isLine(value: unknown): value is LineWithRef {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    && typeof (value as Line)['source-ref'] === 'string';
}

/**
 * A line is labeled if it has the label attribute as its own key (its value may be 0, "0" or empty) and its metadata has no
 * `failure-reason`. Metadata alone is no label.
 */
export function verdict(line: Line, labelAttributeName: string): Verdict {
  const metadata = line[`${labelAttributeName}-metadata`];
  const fields = typeof metadata === 'object' && metadata !== null ? metadata as Line : {};
  const jobName = typeof fields['job-name'] === 'string' ? fields['job-name'] : undefined;
  if (Object.hasOwn(fields, 'failure-reason')) {
    const reason = fields['failure-reason'];
    return { kind: 'failed', reason: typeof reason === 'string' ? reason : JSON.stringify(reason), jobName };
  }
  if (!Object.hasOwn(line, labelAttributeName)) {
    return { kind: 'unlabeled' };
  }
  const createdAt = fields['creation-date'];
  return { kind: 'labeled', jobName, ...(typeof createdAt === 'string' ? { createdAt } : {}) };
}

/**
 * The line as the data set keeps it and as a chained job may take it in: Ground Truth's own format without what belongs to one
 * job only (`$` keys, which a manifest must not have, and the de-duplication id).
 */
export function cleanLine(line: Line): Line {
  const clean: { [name: string]: unknown } = {};
  for (const [name, value] of Object.entries(line)) {
    if (!name.startsWith('$') && name !== DEDUPLICATION_POINTER && name !== DEDUPLICATION_ATTRIBUTE) {
      clean[name] = value;
    }
  }
  return clean;
}

/** An image as workers get it: one message to the input topic. */
export interface Offer {
  readonly sourceRef: string;
  readonly jobNumber: number;
  readonly provenance: { readonly [name: string]: unknown };
  /** What was thought of it before: as it came, or as the attributes that an earlier job would have written. */
  readonly before?: { readonly [name: string]: unknown };
}

/** The de-duplication id: within one job an image is one object, however often it is published. */
export function offerId(sourceRef: string, number: number): string {
  return `${offerPrefix(sourceRef)}${number}`;
}

const offerPrefix = (sourceRef: string): string => `${sourceRef}#`;

/** The job that an image was offered to, by the id that its line brings back. */
export function offeredTo(line: LineWithRef): number | undefined {
  const id = line[DEDUPLICATION_ATTRIBUTE];
  const prefix = offerPrefix(line['source-ref']);
  const digits = typeof id === 'string' && id.startsWith(prefix) ? id.slice(prefix.length) : '';
  return /^[1-9][0-9]{0,8}$/.test(digits) ? Number(digits) : undefined;
}

/** The message that offers an image to a job: strict JSON, in ASCII, because SNS takes no character that XML does not know. */
export function offerMessage(offer: Offer): string {
  return ascii(JSON.stringify({
    'source-ref': offer.sourceRef,
    ...offer.provenance,
    ...offer.before,
    [DEDUPLICATION_POINTER]: DEDUPLICATION_ATTRIBUTE,
    [DEDUPLICATION_ATTRIBUTE]: offerId(offer.sourceRef, offer.jobNumber),
  }));
}

function ascii(json: string): string {
  return json.replace(/[^\x20-\x7e]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
