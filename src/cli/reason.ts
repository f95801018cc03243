import { usageError } from './errors';
import { REASON, isReasonCode } from '../contract/reasons';

/** @throws UsageError for a `--reason` that is no reason code */
export function assertReason(reason: string | undefined): void {
  if (reason !== undefined && !isReasonCode(reason)) {
    throw usageError(`there is no reason code '${reason}'`, `There are: ${Object.values(REASON).join(', ')}.`);
  }
}
