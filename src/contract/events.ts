/** Events that a project puts on the default event bus, for rules of the user. */
export const EVENT_SOURCE = 'streaming-labeling';

export const EVENT_TYPE = {
  IMAGE_LABELED: 'Image Labeled',
  DROP_QUARANTINED: 'Drop Quarantined',
  IMAGE_QUARANTINED: 'Image Quarantined',
  NEAR_DUPLICATE_HELD: 'Near Duplicate Held',
  JOB_STARTED: 'Job Started',
  JOB_ENDED: 'Job Ended',
  ALERT: 'Alert',
} as const;

export type EventType = typeof EVENT_TYPE[keyof typeof EVENT_TYPE];

/** Every event's detail begins so. */
export interface EventDetail {
  readonly project: string;
  readonly chainId: string;
  readonly [key: string]: unknown;
}

/** How every event of a project begins. */
export function eventHead({ projectName: project, chainId }: { readonly projectName: string; readonly chainId: string }): EventDetail {
  return { project, chainId };
}

/** CloudWatch metrics of a project: namespace, dimension and names. Units are counts. */
export const METRIC_NAMESPACE = 'StreamingLabeling';
export const METRIC_DIMENSION = 'Project';

export const METRIC = {
  DROPS_RECEIVED: 'DropsReceived',
  /** Drops that the sweep queued, because no event had brought them in. */
  DROPS_SWEPT: 'DropsSwept',
  DROPS_DUPLICATE: 'DropsDuplicate',
  /** Drops whose images are held because they look like another drop's. */
  DROPS_NEAR_DUPLICATE: 'DropsNearDuplicate',
  DROPS_QUARANTINED: 'DropsQuarantined',
  IMAGES_PENDING: 'ImagesPending',
  IMAGES_SENT: 'ImagesSent',
  IMAGES_LABELED: 'ImagesLabeled',
  IMAGES_QUARANTINED: 'ImagesQuarantined',
  IMAGES_HELD: 'ImagesHeld',
  LABELS_DOUBLE: 'LabelsDouble',
  JOBS_STARTED: 'JobsStarted',
  ALERTS: 'Alerts',
} as const;

/** What sends an SageMaker labeling-job state change (Developer Guide, monitoring with EventBridge). */
export const JOB_STATE_CHANGE = {
  source: 'aws.sagemaker',
  detailType: 'SageMaker Ground Truth Labeling Job State Change',
} as const;

/** What wakes the controller. The cause is for the log alone: no decision rests on it. */
export interface WakeUp {
  readonly cause: 'schedule' | 'job-state' | 'intake' | 'label' | 'command' | 'deploy' | 'push' | 'pipeline';
  readonly id: string;
}
