import sharp from 'sharp';
import { isReasonCode, REMEDIES } from '../../../contract/reasons';
import { dropKeyOf, ImageView } from '../../ledger-view';
import { RunResult } from '../driver';
import { Sabotage } from '../options';
import { SABOTAGED } from '../sabotage';
import { LABEL_ATTRIBUTE, LABELS } from '../scenario';
import { findings, lastLine, numbers } from '../summary';
import { KnownContent, VerifiedLine } from '../verify';
import { ReportBox, ReportData, ReportImage } from './data';

/** Pixels of a thumbnail's longer side: sharp on twice the size that it is shown in. */
const THUMBNAIL = 560;
const COLORS = ['#2acf59', '#3b82f6', '#ff9f1c'];

/** Puts together what the report shows. */
export async function gatherReport(
  result: RunResult, options: { readonly startedAt: number; readonly sabotage?: Sabotage; readonly dataSet: string },
): Promise<ReportData> {
  const { ledger, dropped, known, lines } = result;
  const images = await Promise.all(known.filter(({ good, keys }) => good && keys.some(key => dropped.some(file => file.key === key)))
    .map(content => gatherImage(content, result)));
  return {
    startedAt: options.startedAt,
    endedAt: Date.now(),
    verdict: lastLine(result),
    counts: numbers(result),
    findings: findings(result),
    sabotage: options.sabotage && SABOTAGED[options.sabotage].effect,
    labels: LABELS.map((name, index) => ({ name, color: COLORS[index % COLORS.length] })),
    jobs: ledger.jobs.map(job => ({
      number: job.number, name: job.name, status: job.endStatus ?? job.status ?? job.phase, reason: job.failureReason,
      createdAt: job.createdAt ?? job.plannedAt, endedAt: job.endedAt, carried: job.carried, offered: job.offered, labeled: job.labeled,
    })),
    drops: dropped.map(({ key, at }) => ({ key, at })),
    images,
    quarantine: ledger.drops.filter(({ state }) => state === 'QUARANTINED').map(({ key, reason = '', detail = '' }) => {
      const file = dropped.find(one => one.key === key);
      return { key, note: file?.note, size: file?.bytes.length ?? 0, reason, detail, remedy: isReasonCode(reason) ? REMEDIES[reason] : '' };
    }),
    duplicates: ledger.drops.filter(({ state }) => state === 'DUPLICATE')
      .map(({ key, reason = '' }) => ({ key, of: reason.replace(/^s3:\/\/[^/]+\//, '') })),
    dataSet: { folder: options.dataSet, lines: lines.length },
  };
}

async function gatherImage(content: KnownContent, { ledger, lines, tally }: RunResult): Promise<ReportImage> {
  const image = ledger.images.find(one => one.sha256 === content.sha256);
  const drop = ledger.drops.find(({ key, state }) => content.keys.includes(key) && state === 'DONE');
  const line = lines.find(({ sha256 }) => sha256 === content.sha256);
  const shown = line?.image ?? content.file.bytes;
  const { width, height } = content.expected.kind === 'image' ? content.expected.view : { width: 0, height: 0 };
  const thumbnail = await sharp(shown).rotate().resize({ width: THUMBNAIL, height: THUMBNAIL, fit: 'inside', withoutEnlargement: true })
    .flatten({ background: '#ffffff' }).jpeg({ quality: 82 }).toBuffer();
  const first = image === undefined ? content.keys[0] : dropKeyOf(image);
  return {
    keys: [first, ...content.keys.filter(key => key !== first)],
    note: content.file.note,
    thumbnail: `data:image/jpeg;base64,${thumbnail.toString('base64')}`,
    width, height,
    boxes: line && boxesOf(line),
    labeledAt: image?.labeledAt,
    labeledBy: image?.labelJob,
    offeredTo: image === undefined ? [] : offers(image),
    history: [...drop?.history ?? [], ...image?.history ?? []].sort((a, b) => a.at - b.at)
      .map(({ at, event, detail }) => ({ at, event, detail })),
    problem: tally.lost.find(({ what }) => what === content.keys.join(' = '))?.why,
  };
}

function offers({ history }: ImageView): number[] {
  return history.filter(({ event }) => event === 'sending').map(({ detail = '' }) => Number(detail.replace(/\D/g, '')));
}

type Annotation = Omit<ReportBox, 'label'> & { readonly class_id: number };

function boxesOf({ line }: VerifiedLine): ReportBox[] {
  const { annotations = [] } = line[LABEL_ATTRIBUTE] as { annotations?: readonly Annotation[] };
  return annotations.map(({ class_id, left, top, width, height }) => ({
    label: LABELS[class_id] ?? String(class_id), left, top, width, height,
  }));
}
