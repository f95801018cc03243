import { BackfillPhase, BackfillPlan, BackfillSource } from '../../contract/backfill';
import { Item, Write } from '../ports';
import { backfillKey, pastBackfillKey } from './keys';

/** The back-fill that is under way, or was the last. Only the lease holder changes it. */
export interface BackfillRecord {
  /** Names the plan: without it nothing starts. */
  readonly plan: string;
  readonly phase: BackfillPhase;
  readonly source: BackfillSource;
  readonly objectsPerMinute: number;
  readonly by?: string;
  /** Objects that came later are not part of the plan. */
  readonly plannedAt: number;
  readonly found: BackfillPlan;
  /** Where the present walk through the source goes on. Absent: at its beginning. */
  readonly cursor?: string;
  /** What a stopped back-fill goes on with. */
  readonly stoppedIn?: BackfillPhase;
  readonly queued: number;
  /** When the last step was taken, which the next one's share is counted from, and before which nothing is to be done. */
  readonly steppedAt: number;
  readonly nextAt: number;
  /** What the present look has found, and what the last complete one did. */
  readonly looking?: Ends;
  readonly ends?: Ends;
  readonly schema: 1;
}

const MOVING: readonly BackfillPhase[] = ['PLANNING', 'RUNNING', 'CHECKING'];

/** Whether it goes on by itself. */
export function isMoving({ phase }: BackfillRecord): boolean {
  return MOVING.includes(phase);
}

/** Objects by the state of their drop; `UNKNOWN` where the ledger has none. */
export type Ends = { readonly [state: string]: number };

/** Objects that were not there when they were to be read, as the last complete look found. */
export function withdrawnOf(ends: Ends | undefined): number {
  return ends?.WITHDRAWN ?? 0;
}

export function backfillOf(item: Item | undefined): BackfillRecord | undefined {
  if (!item) {
    return undefined;
  }
  const { pk: _pk, sk: _sk, ...record } = item;
  return record as unknown as BackfillRecord;
}

export function backfillWrite(record: BackfillRecord): Write {
  return { put: { ...backfillKey, ...record } as unknown as Item };
}

/** A new plan takes the place of the former one, which stays on record. */
export function replaceBackfill(former: BackfillRecord | undefined, record: BackfillRecord): Write[] {
  return [
    backfillWrite(record),
    ...(former ? [{ put: { ...pastBackfillKey(former.plannedAt, former.plan), ...former } as unknown as Item }] : []),
  ];
}
