/** States of a labeling job (`LabelingJobStatus` of the API model). */
export type JobStatus = 'Initializing' | 'InProgress' | 'Completed' | 'Failed' | 'Stopping' | 'Stopped';

/** Whether a job in this state will never work again. */
export function isEnded(status: JobStatus | undefined): boolean {
  return status === 'Completed' || status === 'Failed' || status === 'Stopped';
}
