import type { DropRecord } from '../runtime/ledger/drops';
import type { HistoryEntry, ImageRecord } from '../runtime/ledger/images';
import type { JobRecord } from '../runtime/ledger/jobs';
import type { DataSetState } from '../runtime/ledger/project';

/** An item of the ledger table. */
export interface LedgerItem {
  readonly pk: string;
  readonly sk: string;
  readonly [attribute: string]: unknown;
}

/** A line of a drop's or an image's history. `at` in milliseconds. */
export type Moment = HistoryEntry & { readonly at: number };

export type DropView = DropRecord & { readonly history: readonly Moment[] };
export type ImageView = ImageRecord & {
  readonly history: readonly Moment[];
  /** The line that labels it. */
  readonly line?: LabelLine;
};

/** A line of the data set. */
export interface LabelLine {
  readonly [name: string]: unknown;
}

/** What the ledger says, for showing it. Nothing that is counted against the product rests on it. */
export interface LedgerView {
  readonly drops: readonly DropView[];
  readonly images: readonly ImageView[];
  /** The oldest first. */
  readonly jobs: readonly JobRecord[];
  /** Drops and images by state, as the ledger counts them. */
  readonly counts: { readonly [name: string]: number };
  /** How the project works, and why where it was paused. */
  readonly mode: string;
  readonly modeReason?: string;
  /** Lines of the data set. */
  readonly dataSetLines: number;
  /** Alerts that stand. */
  readonly alerts: readonly { readonly code: string; readonly message: string }[];
}

export const EMPTY_LEDGER: LedgerView = { drops: [], images: [], jobs: [], counts: {}, mode: 'ACTIVE', dataSetLines: 0, alerts: [] };

const ALERT = 'ALERT#';

/** Puts the items of a ledger table in order. */
export function viewLedger(items: readonly LedgerItem[]): LedgerView {
  const histories = new Map<string, Moment[]>();
  for (const item of items.filter(({ sk }) => sk.startsWith('HISTORY#')).sort(bySortKey)) {
    histories.set(item.pk, [...histories.get(item.pk) ?? [], item as unknown as Moment]);
  }
  const withHistory = <T>(item: LedgerItem) => ({ ...item, history: histories.get(item.pk) ?? [] }) as unknown as T & { history: Moment[] };
  const lines = new Map(items.filter(({ pk, sk }) => pk.startsWith('IMAGE#') && sk.startsWith('LABEL#'))
    .map(({ pk, sk, line }) => [`${pk} ${Number(sk.slice('LABEL#'.length))}`, JSON.parse(String(line)) as LabelLine]));
  const project = (name: string) => items.find(({ pk, sk }) => pk === 'PROJECT' && sk === name);
  const dataSet = project('DATA-SET') as unknown as DataSetState | undefined;
  const counts: Record<string, number> = {};
  for (const { pk: _pk, sk: _sk, ...numbers } of items.filter(({ pk, sk }) => pk === 'PROJECT' && sk.startsWith('COUNT#'))) {
    Object.entries(numbers).forEach(([name, value]) => {
      counts[name] = (counts[name] ?? 0) + Number(value);
    });
  }
  return {
    drops: items.filter(({ pk, sk }) => pk.startsWith('DROP#') && sk.startsWith('VERSION#'))
      .map(item => withHistory<DropRecord>(item)).sort((a, b) => a.receivedAt - b.receivedAt),
    images: items.filter(({ pk, sk }) => pk.startsWith('IMAGE#') && sk === 'IMAGE')
      .map(item => ({ ...withHistory<ImageRecord>(item), line: lines.get(`${item.pk} ${Number(item.labelJob)}`) })).sort((a, b) => a.receivedAt - b.receivedAt),
    jobs: items.filter(({ pk }) => pk === 'JOB').sort(bySortKey) as unknown as JobRecord[],
    counts,
    mode: String(project('STATE')?.mode ?? 'ACTIVE'),
    modeReason: project('STATE')?.modeReason as string | undefined,
    dataSetLines: dataSet === undefined ? 0 : dataSet.lines + dataSet.parts.reduce((sum, { lines: more }) => sum + more, 0),
    alerts: items.filter(({ pk, sk }) => pk === 'PROJECT' && sk.startsWith(ALERT))
      .map(item => ({ code: item.sk.slice(ALERT.length), message: String(item.message) })),
  };
}

function bySortKey(a: LedgerItem, b: LedgerItem): number {
  return a.sk < b.sk ? -1 : 1;
}

/** The key under which an image was dropped first. */
export function dropKeyOf(image: ImageView): string {
  return String(image.provenance['drop-key']);
}
