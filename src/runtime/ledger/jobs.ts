import { LabelConfiguration } from '../../contract/project-configuration';
import { Judgement } from '../core/judgement';
import { JobCounters, ManifestSeen } from '../core/settle';
import { Item, JobRequest, JobStatus, Table, Write } from '../ports';
import { JOB, jobKey } from './keys';
import { setOrRemove } from './writes';

/**
 * PLANNED: its request is written down, its outcome unknown. CREATED: the service has it. ENDED: it will label nothing more and
 * may still say something. SETTLED: all that it will ever say has been harvested. REFUSED: it was definitely never made.
 */
export type JobPhase = 'PLANNED' | 'CREATED' | 'ENDED' | 'SETTLED' | 'REFUSED';

/** One labeling job of the chain. */
export interface JobRecord {
  readonly number: number;
  readonly name: string;
  readonly phase: JobPhase;
  readonly request: JobRequest;
  /** By these its lines are judged, whatever the project wants today. */
  readonly labels: readonly LabelConfiguration[];
  /** Version of the instructions that its workers see. */
  readonly instructions: string;
  readonly plannedAt: number;
  /** When the service was asked to make it, where nobody knows what came of that. */
  readonly askedAt?: number;
  readonly createdAt?: number;
  readonly status?: JobStatus | 'unknown';
  readonly statusSince?: number;
  readonly counters?: JobCounters;
  /** The counters before anything was published: carried lines may or may not be among them. */
  readonly baseline?: JobCounters;
  /** The counters once held more than was offered and strangers send: they include the carried lines, which they did not show at first. */
  readonly carriedCounted?: boolean;
  /** Lines of its manifest. */
  readonly carried: number;
  /** Images claimed for it, ever. */
  readonly offered: number;
  /** Images that it labeled, as far as recorded. */
  readonly labeled: number;
  /** Images that are SENDING, SENT or HELD for it now. */
  readonly open: number;
  readonly lastFedAt?: number;
  readonly arrivedAt?: number;
  /** Since when the service knows of fewer images than were published. */
  readonly missingSince?: number;
  /** Since when it never knew of all that was published. What is published steadily hides in this what never arrives. */
  readonly behindSince?: number;
  /** So many it has to know of for those that were missing then to have come. */
  readonly missingUntil?: number;
  /** The longest that images were missing which came after all. Unit: milliseconds. */
  readonly arrivalTook?: number;
  readonly failedSince?: number;
  /** Labels of its own that the service counted when it was looked at the last time before. */
  readonly labeledBeforeFailure?: number;
  readonly rollAt?: number;
  readonly rollReason?: string;
  readonly stopOrderedAt?: number;
  readonly harvestedAt?: number;
  readonly endedAt?: number;
  readonly endStatus?: JobStatus;
  readonly failureReason?: string;
  readonly manifest?: ManifestSeen;
  /** Made once, before the first of its images is given back. */
  readonly judged?: Judgement;
  /** Since when listings find none of its images. */
  readonly emptySince?: number;
  readonly heldAt?: number;
  readonly settledAt?: number;
  readonly schema: 1;
}

export function jobItem(job: JobRecord): Item {
  return { ...jobKey(job.number), ...job } as unknown as Item;
}

export function jobOf(item: Item): JobRecord {
  const { pk: _pk, sk: _sk, ...job } = item;
  return job as unknown as JobRecord;
}

export async function readJob(table: Table, number: number): Promise<JobRecord | undefined> {
  const item = await table.get(jobKey(number));
  return item && jobOf(item);
}

/** The chain, the newest job first. */
export async function readChain(table: Table, limit?: number): Promise<readonly JobRecord[]> {
  const jobs: JobRecord[] = [];
  let after: string | undefined;
  do {
    const page = await table.query({ pk: JOB, reverse: true, after, limit });
    jobs.push(...page.items.map(jobOf));
    after = page.next;
  } while (after !== undefined && (limit === undefined || jobs.length < limit));
  return limit === undefined ? jobs : jobs.slice(0, limit);
}

/** Fields of a job that only the lease holder writes. Counters (`offered`, `labeled`, `open`) change in transactions only. */
export type JobFields = Partial<Omit<JobRecord, 'number' | 'offered' | 'labeled' | 'open' | 'schema'>>;

/** Undefined takes a field away. */
export function setJob(number: number, fields: JobFields, inPhase: JobPhase): Write {
  return { update: jobKey(number), ...setOrRemove(fields), when: [{ attribute: 'phase', is: '=', value: inPhase }] };
}

/** A planned or living job; there is at most one. */
export function isLive(job: JobRecord): boolean {
  return job.phase === 'PLANNED' || job.phase === 'CREATED';
}
