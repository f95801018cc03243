import { Breaker } from './breaker';
import { Orchestration, ProcessingObservation } from './processing';
import { JobStatus } from '../../contract/job-status';

/**
 * ACTIVE works; PAUSED neither feeds nor starts; DRAINING lets the job finish what it has, then stops it; RETIRED lasts until the
 * project is deployed again.
 */
export type Mode = 'ACTIVE' | 'PAUSED' | 'DRAINING' | 'RETIRED';

/** The job that is planned or alive. Times are durations in milliseconds up to now. */
export interface LiveJob {
  readonly number: number;
  /** PLANNED: its request is written down, and whether the service took it is not known. */
  readonly phase: 'PLANNED' | 'CREATED';
  /** Undefined while it is planned, and where the service does not know it (yet). */
  readonly status?: JobStatus;
  readonly age: number;
  /** Since its status was first seen as it is. */
  readonly statusAge: number;
  /** Images claimed for it, whatever became of them. */
  readonly offered: number;
  /** Of these, not known to be labeled by it. */
  readonly outstanding: number;
  /** Of the outstanding, those that the service counts as failed. */
  readonly failed: number;
  /** Objects that the service has still to label, those of others among them. */
  readonly unlabeled: number;
  /** How long it has had a failed image. */
  readonly failedFor: number;
  /** Images without a label of which the service has none left: how long nothing was offered meanwhile. 0: there are none. */
  readonly unaccountedFor: number;
  /** Claimed and not known to be published. */
  readonly sending: number;
  /** A counter or a label has shown that what we publish reaches this job. */
  readonly arrived: boolean;
  /** How long the service has known of fewer images than were published. 0: it knows all. */
  readonly missingFor: number;
  /** How long the service has not once known of all that was published, whatever came meanwhile. */
  readonly behindFor: number;
  /** How often in a row jobs were rolled just before it because nothing arrived there. */
  readonly vainRolls: number;
  /** Whether its topic is ours. */
  readonly topicIsOurs: boolean;
  /** Lines of its manifest. */
  readonly carried: number;
  /** Its instructions differ from the wanted ones, which are to reach workers at once. */
  readonly rollForInstructions: boolean;
  /** A roll that has begun. */
  readonly roll?: { readonly for: number; readonly deadline: number };
  readonly stopOrdered: boolean;
  /** Its labels known to the ledger are fewer than its counters say, and its manifest has not been read for a while. */
  readonly harvestDue: boolean;
}

/** A job that ended and may still say something. */
export interface EndedJob {
  readonly number: number;
  readonly harvestDue: boolean;
}

/** Everything that a decision rests on. Read, never guessed. */
export interface Observation {
  readonly now: number;
  readonly mode: Mode;
  readonly live?: LiveJob;
  readonly ended: readonly EndedJob[];
  /** Images PENDING that no job was offered yet, and those that go to a job again. */
  readonly pendingFresh: number;
  readonly pendingAgain: number;
  /** Images that may still be offered for the first time before a money guard is reached. */
  readonly budget: number;
  /** The guard that is reached is the one for ever: no new day opens it again. */
  readonly budgetIsFinal: boolean;
  readonly window: number;
  readonly dataSetQuota: number;
  readonly breaker: Breaker;
  /** Throttled or at a quota: no create before this time. */
  readonly backOffUntil: number;
  readonly lastRollAt: number;
  readonly dataSetDue: boolean;
  readonly sweepDue: boolean;
  readonly backfillDue: boolean;
  /** The last job had a manifest and died before it worked. */
  readonly carryFailed: boolean;
  /** Feature engineering by a pipeline. Absent: nothing of it is to be looked at. */
  readonly processing?: ProcessingObservation;
  /** Labeling jobs start through a pipeline. Absent: the controller starts them by itself. */
  readonly orchestration?: Orchestration;
}
