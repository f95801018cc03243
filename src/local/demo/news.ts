import type { JobRecord } from '../../runtime/ledger/jobs';
import { DropView, LedgerView } from '../ledger-view';

/** One line of the demo's story. */
export interface News {
  /** One word. */
  readonly topic: string;
  readonly text: string;
}

/** What changed between two looks at the ledger and is worth telling, in one line each. */
export function news(before: LedgerView, after: LedgerView): News[] {
  return [
    ...after.drops.flatMap(drop => dropNews(before.drops.find(one => sameDrop(one, drop)), drop)),
    ...after.jobs.flatMap(job => jobNews(before.jobs.find(({ number }) => number === job.number), job)),
    ...after.alerts.filter(({ code }) => !before.alerts.some(one => one.code === code))
      .map(({ code, message }) => ({ topic: 'alert', text: `${code}: ${message}` })),
  ];
}

function sameDrop(a: DropView, b: DropView): boolean {
  return a.key === b.key && a.versionId === b.versionId;
}

function dropNews(before: DropView | undefined, { key, state, reason = '' }: DropView): News[] {
  if (before?.state === state) {
    return [];
  }
  switch (state) {
    case 'QUARANTINED':
      return [{ topic: 'quarantine', text: `${key}: ${reason}` }];
    case 'DUPLICATE':
      return [{ topic: 'duplicate', text: `${key} has the bytes of ${reason.replace(/^s3:\/\/[^/]+\//, '')}` }];
    case 'WITHDRAWN':
      return [{ topic: 'withdrawn', text: `${key}: ${reason}` }];
    default:
      return [];
  }
}

function jobNews(before: JobRecord | undefined, job: JobRecord): News[] {
  if (before?.phase === job.phase && before.status === job.status) {
    return [];
  }
  const topic = `job ${job.number}`;
  if (job.phase === 'ENDED' && before?.phase !== 'ENDED') {
    return [{ topic, text: `ended as ${job.endStatus}; ${job.open} of its ${job.offered} images have no label` }];
  }
  if (job.phase === 'SETTLED') {
    return [{ topic, text: 'is settled: it has said all that it will ever say' }];
  }
  if (job.phase === 'REFUSED') {
    return [{ topic, text: `was refused: ${job.failureReason}` }];
  }
  if (job.phase === 'CREATED' && job.status === 'InProgress' && before?.status !== 'InProgress') {
    return [{ topic, text: 'is in progress' }];
  }
  if (job.phase === 'CREATED' && before?.phase !== 'CREATED') {
    const carried = job.carried > 0 ? `, with the ${job.carried} labels so far` : '';
    return [{ topic, text: `${job.name} is created${carried}` }];
  }
  return [];
}
