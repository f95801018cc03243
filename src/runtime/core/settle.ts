import { Timings } from '../../contract/timings';

/**
 * Messages of others on the input topic that a job is taken to have counted at most: S3 sends a test event for each deploy that
 * names the topic. Each counts as an object that was never offered.
 */
export const STRANGERS = 5;

/** A job's counters, as the service gives them. */
export interface JobCounters {
  readonly labeled: number;
  readonly failed: number;
  readonly unlabeled: number;
}

/** What is known of an output manifest, by its ETag ('' where there is none). */
export interface ManifestSeen {
  readonly etag: string;
  /** Since when it is unchanged. */
  readonly since: number;
  /** The ETag that was last read to the end, and what was found. */
  readonly readEtag?: string;
  readonly labeledLines?: number;
  /** Further labeled lines, of objects that others published to the job. */
  readonly foreignLines?: number;
}

/** What is known of an ended job. */
export interface Evidence {
  /** Labels recorded. */
  readonly labeled: number;
  /** Images claimed for it, ever. */
  readonly offered: number;
  /** Lines of its manifest. */
  readonly carried: number;
  readonly request: { readonly workersPerImage: number };
  readonly counters?: JobCounters;
  /** The counters before anything was published: carried lines may or may not be among them. */
  readonly baseline?: JobCounters;
  readonly manifest?: ManifestSeen;
}

/** Whether a queue and its dead-letter queue hold nothing. */
export interface Queued {
  readonly recorder: number;
  readonly deadLetters: number;
}

/** Why a job is not settled yet; undefined where all that it will ever say has been harvested. */
export type Unsettled = 'labels-missing' | 'messages-queued' | 'messages-dead' | 'manifest-unread' | 'manifest-moving';

/**
 * Evidence, not time alone: every label that the counters show is recorded, no message waits, and the output manifest has been
 * read and does not change any more. Counters may or may not include the lines that the job carried from its predecessors:
 * then the manifest, which has them too, tells.
 */
export function unsettled(job: Evidence, queued: Queued, now: number, timings: Timings): Unsettled | undefined {
  if (queued.recorder > 0) {
    return 'messages-queued';
  }
  if (queued.deadLetters > 0) {
    return 'messages-dead';
  }
  const { manifest } = job;
  if (!manifest || (manifest.etag !== '' && manifest.readEtag !== manifest.etag)) {
    return 'manifest-unread';
  }
  if (now - manifest.since < timings.settleQuiet) {
    return 'manifest-moving';
  }
  return areLabelsRecorded(job, manifest, now, timings) ? undefined : 'labels-missing';
}

function areLabelsRecorded(job: Evidence, manifest: ManifestSeen, now: number, timings: Timings): boolean {
  const { labeled: counted, failed, unlabeled } = job.counters ?? { labeled: 0, failed: 0, unlabeled: 0 };
  const { labeledLines = 0, foreignLines = 0 } = manifest;
  // Where several workers answer, what is recorded may be one answer of theirs, which the end of the job threw away: no label
  // that the counters hold. Then the manifest must show as many.
  const recorded = job.request.workersPerImage === 1 ? job.labeled : Math.max(0, Math.min(job.labeled, labeledLines - job.carried));
  if (recorded >= counted - Math.max(job.baseline?.labeled ?? 0, foreignLines)) {
    return true;
  }
  if (labeledLines < counted - foreignLines) {
    return false;
  }
  // If the counters hold the carried lines, then beside what is recorded: else labels are still to come.
  if (counted - foreignLines < job.carried + recorded) {
    return false;
  }
  // Carried lines must not stand in for labels that are still to come: they do count if the counters hold all of them beyond what
  // was offered, and more than strangers may have sent. Where few were carried or images never arrived only time decides.
  const surplus = counted + failed + unlabeled - job.offered;
  const showCarried = counted >= job.carried && surplus >= Math.max(job.carried, STRANGERS + 1);
  return showCarried || now - manifest.since >= timings.settleDeadline / 2;
}
