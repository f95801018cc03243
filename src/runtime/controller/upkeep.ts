import { Decision } from '../core/decide';
import { Observation } from '../core/observation';

/** Work that is due and that failed in this run; without an error: of which this run can do no more. */
export interface FailedUpkeep {
  readonly decision: Decision;
  readonly error?: unknown;
}

/** Whether a failure of this may wait for the next run, so that it keeps nothing else from being done. */
export function isUpkeep({ kind }: Decision): boolean {
  return kind === 'HARVEST' || kind === 'PUBLISH_DATA_SET' || kind === 'SWEEP' || kind === 'BACKFILL' || kind === 'ORDER_START' || isProcessing(kind);
}

const PROCESSING: readonly Decision['kind'][] = ['PLAN_BATCH', 'START_EXECUTION', 'END_EXECUTION', 'STOP_EXECUTION', 'SETTLE_EXECUTION', 'RELEASE_DROPS'];
const isProcessing = (kind: Decision['kind']): boolean => PROCESSING.includes(kind);

/** What is seen, as if that which failed were not due: one unreadable manifest must not keep images from workers. */
export function withoutFailed(seen: Observation, failures: readonly FailedUpkeep[]): Observation {
  const failed = (kind: Decision['kind'], job?: number): boolean =>
    failures.some(({ decision }) => decision.kind === kind && (!('job' in decision) || decision.job === job));
  return {
    ...seen,
    live: seen.live && { ...seen.live, harvestDue: seen.live.harvestDue && !failed('HARVEST', seen.live.number) },
    ended: seen.ended.map((job) => ({ ...job, harvestDue: job.harvestDue && !failed('HARVEST', job.number) })),
    dataSetDue: seen.dataSetDue && !failed('PUBLISH_DATA_SET'),
    sweepDue: seen.sweepDue && !failed('SWEEP'),
    backfillDue: seen.backfillDue && !failed('BACKFILL'),
    ...(failed('ORDER_START') ? { orchestration: seen.orchestration && { ...seen.orchestration, underWay: true } } : {}),
    processing: failures.some(({ decision }) => isProcessing(decision.kind)) ? undefined : seen.processing,
  };
}
