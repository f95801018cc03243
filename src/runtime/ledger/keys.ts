import { Key } from '../ports';

/**
 * Where things lie in the ledger table. Access patterns, and what serves each:
 *
 * | question | answer |
 * |---|---|
 * | is anything to do? (each tick) | one query of partition PROJECT: configuration, instructions, state, lease, counters, alerts ... |
 * | what to feed, by priority and age | status index FRESH / AGAIN, 16 shards |
 * | images that are held back and no job has | status index HELD-BACK |
 * | images that look like others and are held for it, the oldest first | status index NEAR-DUPLICATE |
 * | images that a job still has | status index SENDING / SENT / HELD, sort key begins with the job number |
 * | what became of a drop | DROP item by bucket, key and version |
 * | was this content seen before | CONTENT item by sha256 |
 * | was something that looks the same recorded before | partition LOOK#<bits>#<band>#<its value>: one item of bounded size |
 * | images of a drop | in the DROP item; where they are many, pages in the content's partition |
 * | everything about one image | partition IMAGE#<source-ref>: the image, its labels, its history |
 * | labels that are not in the data set yet | partition OUTBOX |
 * | the chain | partition JOB, by number |
 * | is a stretch of the inbox as it was when all in it was finished | partition SWEPT, by its first version |
 * | quarantined drops and images, the oldest first | status index DROP-QUARANTINED / QUARANTINED |
 * | drops that were requeued and wait | status index DROP-RECEIVED / DROP-ENGINEERING |
 * | the back-fill that is under way, or was the last | in partition PROJECT, which each tick reads |
 * | drops that wait for a pipeline, suspects first | status index DROP-WAITING |
 * | drops of a batch | partition BATCH#<number>, 100 on a page; what became of it: partition BATCH |
 * | what was ordered, by whom, and what became of it | partition ORDER, the oldest first |
 */
export const PROJECT = 'PROJECT';

const pad = (number: number): string => String(number).padStart(9, '0');
const padTime = (at: number): string => String(at).padStart(15, '0');

export const configurationKey: Key = { pk: PROJECT, sk: 'CONFIGURATION' };
export const stateKey: Key = { pk: PROJECT, sk: 'STATE' };
/** How the user's feature engineering function does. */
export const engineKey: Key = { pk: PROJECT, sk: 'ENGINE' };
export const leaseKey: Key = { pk: PROJECT, sk: 'LEASE' };
export const instructionsKey: Key = { pk: PROJECT, sk: 'INSTRUCTIONS' };
export const dataSetKey: Key = { pk: PROJECT, sk: 'DATA-SET' };
export const processingKey: Key = { pk: PROJECT, sk: 'PROCESSING' };
export const COUNT_PREFIX = 'COUNT#';
export const COMMAND_PREFIX = 'COMMAND#';
export const ALERT_PREFIX = 'ALERT#';

export const backfillKey: Key = { pk: PROJECT, sk: 'BACKFILL' };
/** Earlier ones, by the time of their plan. */
export const pastBackfillKey = (at: number, id: string): Key => ({ pk: 'BACKFILL', sk: `${padTime(at)}#${id}` });

export const countKey = (shard: string): Key => ({ pk: PROJECT, sk: `${COUNT_PREFIX}${shard}` });
export const commandKey = (at: number, id: string): Key => ({ pk: PROJECT, sk: `${COMMAND_PREFIX}${padTime(at)}#${id}` });
export const ORDER = 'ORDER';
export const orderKey = (commandSortKey: string): Key => ({ pk: ORDER, sk: commandSortKey });
export const alertKey = (code: string): Key => ({ pk: PROJECT, sk: `${ALERT_PREFIX}${code}` });

export const JOB = 'JOB';
export const jobKey = (number: number): Key => ({ pk: JOB, sk: pad(number) });

export const imageKey = (sourceRef: string): Key => ({ pk: `IMAGE#${sourceRef}`, sk: 'IMAGE' });
export const labelKey = (sourceRef: string, job: number): Key => ({ pk: `IMAGE#${sourceRef}`, sk: `LABEL#${pad(job)}` });
export const historyKey = (pk: string, at: number, id: string): Key => ({ pk, sk: `HISTORY#${padTime(at)}#${id}` });
export const sourceRefOf = (key: Key): string => key.pk.slice('IMAGE#'.length);

export const OUTBOX = 'OUTBOX';
export const outboxKey = (sourceRef: string, job: number): Key => ({ pk: OUTBOX, sk: `${pad(job)}#${sourceRef}` });

export const dropKey = (drop: { bucket: string; key: string; versionId: string }): Key =>
  ({ pk: `DROP#${drop.bucket}/${drop.key}`, sk: `VERSION#${drop.versionId}` });

/** What became of a batch that a pipeline processed. */
export const batchKey = (number: number): Key => ({ pk: 'BATCH', sk: pad(number) });
/** A page of its drops. */
export const batchPageKey = (number: number, page: number): Key => ({ pk: `BATCH#${pad(number)}`, sk: `PAGE#${pad(page)}` });

/** What is known of a stretch of the inbox, by its first version. */
export const sweptKey = (start: string): Key => ({ pk: 'SWEPT', sk: start });

export const contentKey = (sha256: string): Key => ({ pk: `CONTENT#${sha256}`, sk: 'CONTENT' });

/** What looks the same in one of its bands. Bands are cut for a distance: another distance has bands of its own. */
export const bandKey = (maxDistance: number, band: number, value: string): Key => ({ pk: `LOOK#${maxDistance}#${band}#${value}`, sk: 'LOOK' });

/** A page of the images that a drop with this content gave. */
export const imageListKey = (sha256: string, list: string, page: number): Key => ({ pk: `CONTENT#${sha256}`, sk: `IMAGES#${list}#${pad(page)}` });

/** The status index is split by the first digit of the content hash, so that no partition takes all writes. */
export const SHARDS = [...'0123456789abcdef'] as const;
export const shardOf = (sha256: string): string => sha256[0];

export const statusPartition = (status: string, shard: string): string => `${status}#${shard}`;

/** Priority 9 first, then the oldest. */
export const feedOrder = (priority: number, receivedAt: number, sha256: string, index: number): string =>
  `${9 - priority}#${padTime(receivedAt)}#${sha256.slice(0, 16)}-${index}`;

/** By job, so that one job's images are one range. */
export const jobOrder = (job: number, sha256: string, index: number): string => `${jobPrefix(job)}${sha256.slice(0, 16)}-${index}`;
/** The job number within `jobOrder`. */
export const jobOfOrder = (order: string): number => Number(order.split('#')[0]);

export const jobPrefix = (job: number): string => `${pad(job)}#`;

export const timeOrder = (at: number, sha256: string): string => `${padTime(at)}#${sha256.slice(0, 16)}`;
/** The time within `timeOrder`. */
export const timeOfOrder = (order: string): number => Number(order.split('#')[0]);
