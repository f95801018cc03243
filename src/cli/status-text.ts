import { backfillLine } from './backfill-text';
import { count, field, hanging, table, time } from './text';
import { Status } from '../contract/operator';

const IMAGE_STATES = ['PENDING', 'SENDING', 'SENT', 'HELD', 'LABELED', 'QUARANTINED'];
const DROP_STATES = ['RECEIVED', 'ENGINEERING', 'DONE', 'DUPLICATE', 'QUARANTINED', 'WITHDRAWN'];

const MEANING: { readonly [mode in Status['mode']]: string } = {
  ACTIVE: 'works',
  PAUSED: 'feeds and starts nothing; labels are still taken in',
  DRAINING: 'lets workers finish what they have, then stops the job',
  RETIRED: 'its stack was deleted',
};

/** What to do next, by what is so. The first that holds. */
export function nextStep(status: Status): string | undefined {
  const counts = (name: string): number => status.counts[name] ?? 0;
  if (status.mode === 'PAUSED' || status.mode === 'DRAINING') {
    return '`resume` lets it go on.';
  }
  if (counts('image:HELD') > counts('near-duplicate') + counts('held-back')) {
    return 'Held images wait for their job to settle; see the alert. `requeue` orders them again, at the risk of a second label.';
  }
  if (counts('held-back') > 0) {
    return '`list --held --reason no-pre-label` tells which images came without what workers need to see; see the alert.';
  }
  if (counts('drop:QUARANTINED') + counts('image:QUARANTINED') > 0) {
    return '`explain KEY` tells why something is in quarantine, `requeue` orders it again once the cause is mended.';
  }
  if (counts('near-duplicate') > 0) {
    return '`list --held` tells what looks like what, `requeue` lets it go to workers all the same.';
  }
  return undefined;
}

function stateLines(title: string, prefix: string, states: readonly string[], counts: Status['counts'], columns: number): string[] {
  const parts = states.map((state) => [state, counts[`${prefix}:${state}`] ?? 0] as const).filter(([, number]) => number > 0);
  const total = parts.reduce((sum, [, number]) => sum + number, 0);
  const text = total === 0 ? 'none' : `${total.toLocaleString('en-US')}: ${parts.map(([state, number]) => `${number.toLocaleString('en-US')} ${state}`).join(', ')}`;
  return field(title, text, columns);
}

function spentText({ spent, limits }: Status): string {
  const of = (limit: number | undefined): string => limit === undefined ? '' : ` of ${limit.toLocaleString('en-US')}`;
  return `${spent.today.toLocaleString('en-US')}${of(limits.maxImagesPerDay)} on ${spent.day || 'no day yet'} (UTC), `
    + `${spent.total.toLocaleString('en-US')}${of(limits.maxImages)} ever`;
}

export function statusLines(status: Status, columns: number): string[] {
  const { jobs, alerts, waiting, dataSet } = status;
  const next = nextStep(status);
  return [
    `${status.project}  ${status.mode}`,
    ...field('mode', `${MEANING[status.mode]}${status.modeReason ? ` (${status.modeReason})` : ''}`, columns),
    ...stateLines('drops', 'drop', DROP_STATES, status.counts, columns),
    ...stateLines('images', 'image', IMAGE_STATES, status.counts, columns),
    ...(status.counts['near-duplicate'] ? field('held', `${count(status.counts['near-duplicate'], 'image')} that look like others`, columns) : []),
    ...(status.counts.double ? field('double', `${count(status.counts.double, 'label')} beyond an image's first`, columns) : []),
    ...field('offered', spentText(status), columns),
    ...field('data set', `${count(dataSet.lines, 'line')}${dataSet.publishedAt ? `, published ${time(dataSet.publishedAt)}` : ''}`, columns),
    ...field('', dataSet.uri, columns),
    ...(status.backfill ? field('back-fill', backfillLine(status.backfill), columns) : []),
    ...(jobs.length === 0 ? field('jobs', 'none yet', columns) : [
      '',
      ...table(
        [{ title: 'job' }, { title: 'state' }, { title: 'offered', right: true }, { title: 'labeled', right: true }, { title: 'open', right: true }],
        jobs.map((job) => [job.name, [job.phase, job.status].filter(Boolean).join(' '), String(job.offered), String(job.labeled), String(job.open)]),
        columns,
      ),
    ]),
    ...(alerts.length === 0 ? ['', '  no alerts'] : [
      '', `  ${count(alerts.length, 'alert')}`,
      ...alerts.flatMap(({ code, message, since }) => hanging(`${code}${since ? ` (since ${time(since)})` : ''}: ${message}`, columns, '  ! ')),
    ]),
    ...(waiting.length === 0 ? [] : [
      '', `  ${count(waiting.length, 'order')} not carried out yet: ${waiting.map(({ name }) => name).join(', ')}`.slice(0, columns),
    ]),
    ...(next ? ['', ...hanging(next, columns, '  → ')] : []),
  ];
}
