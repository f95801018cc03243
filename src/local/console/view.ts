import { drawnLabel, Masks } from './labels';
import { ConsoleImage, ConsoleJob, ConsoleState, Place } from './state';
import { isReasonCode, REMEDIES } from '../../contract/reasons';
import { DropView, dropKeyOf, ImageView, LedgerView } from '../ledger-view';
import { DescribeLabelingJobResponse } from '../simulator';

/** All that the console's state is made of. */
export interface Seen {
  readonly project: string;
  readonly ledger: LedgerView;
  /** Keys in the drop bucket. */
  readonly inbox: readonly string[];
  /** What the service says of its jobs. */
  readonly jobs: readonly DescribeLabelingJobResponse[];
  readonly workerPage: string;
  /** The address at which an image can be shown. */
  readonly pictureOf: (uri: string) => string;
  readonly masks: Masks;
}

const PLACE: { readonly [state in ImageView['state']]: Place } = {
  PENDING: 'pending', SENDING: 'with the job', SENT: 'with the job', HELD: 'held', LABELED: 'labeled', QUARANTINED: 'quarantined',
};

export async function consoleState(seen: Seen): Promise<ConsoleState> {
  const { project, ledger, inbox, workerPage } = seen;
  const { mode, modeReason, alerts, drops, images, dataSetLines } = ledger;
  const waiting = drops.filter(({ state }) => state === 'RECEIVED' || state === 'ENGINEERING').map(({ key }) => key);
  return {
    project, mode, modeReason, alerts, dataSetLines, workerPage,
    inbox: [...new Set([...inbox, ...waiting])],
    quarantine: [...drops.filter(({ state }) => state === 'QUARANTINED'), ...images.filter(({ state }) => state === 'QUARANTINED')].map(quarantined),
    duplicates: drops.filter(({ state }) => state === 'DUPLICATE')
      .map(({ key, reason = '' }) => ({ key, of: reason.replace(/^s3:\/\/[^/]+\//, '') })),
    images: await Promise.all([...images].reverse().map(image => consoleImage(image, seen))),
    jobs: ledger.jobs.map(job => consoleJob(job, seen.jobs)),
  };
}

function quarantined(item: DropView | ImageView): ConsoleState['quarantine'][number] {
  const { reason = '' } = item;
  const isDrop = 'key' in item;
  return {
    key: isDrop ? item.key : dropKeyOf(item), reason, detail: isDrop ? item.detail ?? '' : '', remedy: isReasonCode(reason) ? REMEDIES[reason] : '',
  };
}

async function consoleImage(image: ImageView, { ledger, pictureOf, masks }: Seen): Promise<ConsoleImage> {
  const { sourceRef, sha256, index, state, provenance, line, labelJob } = image;
  const number = state === 'LABELED' ? labelJob : image.job;
  const job = ledger.jobs.find(each => each.number === labelJob);
  return {
    id: `${sha256.slice(0, 16)}-${index}`, name: dropKeyOf(image), place: PLACE[state], job: number,
    width: Number(provenance['image-width']), height: Number(provenance['image-height']),
    picture: pictureOf(sourceRef),
    label: line && job && await drawnLabel(line, job.request.labelAttributeName, job.labels.map(({ name }) => name), masks),
  };
}

function consoleJob(job: LedgerView['jobs'][number], service: Seen['jobs']): ConsoleJob {
  const { number, name, phase, offered, labeled, open, carried } = job;
  const known = service.find(({ LabelingJobName }) => LabelingJobName === name);
  return {
    number, name, offered, labeled, open, carried, settled: phase === 'SETTLED',
    status: known?.LabelingJobStatus ?? (phase === 'REFUSED' ? 'refused' : 'planned'), reason: known?.FailureReason ?? job.failureReason,
  };
}
