/** States of a labeling job (`LabelingJobStatus` of the API model). */
export type JobStatus = 'Initializing' | 'InProgress' | 'Completed' | 'Failed' | 'Stopping' | 'Stopped';
