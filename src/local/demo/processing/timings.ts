import { Timings } from '../../../contract/timings';
import { StepDefinition } from '../../simulator';

/** Waits for executions that are minutes in AWS. Unit: milliseconds. */
export const PROCESSING_TIMES: Partial<Timings> = { backOffFirst: 500, backOffLongest: 4_000 };

/** Instances take a while to start: long enough for a drop to come in between. Unit: milliseconds. */
export const stepTime = ({ Type }: StepDefinition): number => (Type === 'Processing' ? 3_000 : 0);
