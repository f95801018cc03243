import { count, field, hanging } from './text';
import { BackfillReport } from '../contract/backfill';
import { Status } from '../contract/operator';

/** What labeling costs, as far as a plan can tell. Unit: US dollars. */
export interface Prices {
  /** What Ground Truth takes for each labeled image. */
  readonly fee: number;
  /** What each worker is paid for each image. */
  readonly worker: number;
}

const dollars = (amount: number): string => `$${amount.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;

const UNITS = ['bytes', 'KB', 'MB', 'GB', 'TB', 'PB'];

function size(bytes: number): string {
  const unit = Math.min(UNITS.length - 1, bytes < 1_000 ? 0 : Math.floor(Math.log10(bytes) / 3));
  return `${(bytes / 1_000 ** unit).toLocaleString('en-US', { maximumFractionDigits: unit === 0 ? 0 : 1 })} ${UNITS[unit]}`;
}

function duration(minutes: number): string {
  return minutes < 120 ? count(Math.ceil(minutes), 'minute') : minutes < 2_880 ? count(Math.ceil(minutes / 60), 'hour') : count(Math.ceil(minutes / 1_440), 'day');
}

export function sourceText({ source }: BackfillReport): string {
  return `s3://${source.bucket}/${source.prefix}${source.inventory ? `, by the inventory s3://${source.inventory.bucket}/${source.inventory.manifestKey}` : ''}`;
}

/** How far it is, in one line. */
export function backfillLine({ plan, phase, found, queued, ends }: BackfillReport): string {
  const done = ends && Object.entries(ends).map(([state, number]) => `${number.toLocaleString('en-US')} ${state}`).join(', ');
  return `${plan} ${phase}: ${queued.toLocaleString('en-US')} of ${(found.objects - found.known).toLocaleString('en-US')} queued${done ? `; ${done}` : ''}`;
}

function costText(report: BackfillReport, drops: number, { fee, worker }: Prices): string {
  const images = drops * report.imagesPerDrop;
  const each = fee + worker * report.workersPerImage;
  return `${dollars(images * each)}: ${count(images, 'image')} at ${dollars(fee)} for Ground Truth`
    + `${worker > 0 ? ` and ${report.workersPerImage} x ${dollars(worker)} for workers` : ', workers not counted'}`;
}

/** A complete plan, with what it will cost and what comes next. */
export function planLines(report: BackfillReport, { limits, spent }: Status, prices: Prices, start: string, columns: number): string[] {
  const { found, objectsPerMinute } = report;
  const drops = found.objects - found.known;
  const { maxImages } = limits;
  const extensions = Object.entries(found.extensions).sort(([, a], [, b]) => b - a).map(([name, number]) => `${number.toLocaleString('en-US')} .${name}`);
  return [
    `plan ${report.plan}`,
    ...field('source', sourceText(report), columns),
    ...field('objects', `${found.objects.toLocaleString('en-US')}, ${size(found.bytes)}${extensions.length > 0 ? ` (${extensions.join(', ')})` : ''}`, columns),
    ...field('known', `${found.known.toLocaleString('en-US')} were taken in before and are left alone`, columns),
    ...(found.replaced > 0 ? field('', `${found.replaced.toLocaleString('en-US')} of these were replaced since, in a bucket without versions: turn versioning on, then drop them again`, columns) : []),
    ...field('to take in', `${count(drops, 'object')}, ${duration(drops / objectsPerMinute)} at ${objectsPerMinute.toLocaleString('en-US')} in a minute`, columns),
    ...field('labeling', costText(report, drops, prices), columns),
    ...field('', 'At most: junk and duplicates cost nothing. More where a drop gives tiles.', columns),
    ...(maxImages !== undefined && drops * report.imagesPerDrop > maxImages - spent.total
      ? hanging(`maxImages is ${maxImages.toLocaleString('en-US')} and ${spent.total.toLocaleString('en-US')} are spent: not all of these will be sent to workers.`, columns, '  ! ') : []),
    '',
    ...(drops === 0 ? hanging('Nothing is to be taken in.', columns, '  → ') : hanging(`Nothing has been started. To start: ${start}`, columns, '  → ')),
  ];
}

/** How a back-fill is. */
export function backfillLines(report: BackfillReport, columns: number): string[] {
  const { found, queued, ends, phase } = report;
  return [
    `back-fill ${report.plan}  ${phase}`,
    ...field('source', sourceText(report), columns),
    ...field('planned', `${count(found.objects, 'object')}, ${size(found.bytes)}; ${found.known.toLocaleString('en-US')} known before`, columns),
    ...field('queued', `${queued.toLocaleString('en-US')}, at most ${report.objectsPerMinute.toLocaleString('en-US')} in a minute`, columns),
    ...(ends ? field('ended', Object.entries(ends).map(([state, number]) => `${number.toLocaleString('en-US')} ${state}`).join(', '), columns) : []),
    '',
    ...hanging(MEANING[phase], columns, '  → '),
  ];
}

const MEANING: { readonly [phase in BackfillReport['phase']]: string } = {
  PLANNING: 'Objects are being counted.',
  PLANNED: 'Waits for `backfill start` with the plan\'s id.',
  RUNNING: 'Objects are being queued for the intake.',
  CHECKING: 'All are queued; each is looked after until it has come to its end.',
  DONE: 'Every object has come to its end. `explain KEY` tells which.',
  STOPPED: '`backfill start` with the plan\'s id goes on where it stopped.',
};
