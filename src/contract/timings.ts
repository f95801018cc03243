import { JOB_IDLE_DAYS, JOB_LIFETIME_DAYS } from './limits';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** The waiting times of the control loop that local runs may shorten, in milliseconds. */
export interface Timings {
  /** How long a lease lasts. Must exceed the controller's hard time-out (2 minutes). */
  readonly lease: number;
  /** An ended job is settled when its output manifest has not changed for so long. */
  readonly settleQuiet: number;
  /** Between the two listings that must find no image of a settled job. */
  readonly listingGap: number;
  /** After so long an ended job's unlabeled images are HELD, and an alert says so. */
  readonly settleDeadline: number;
  /** For so long the output manifest of a job that is settled is looked at for labels that come late. */
  readonly lateLabels: number;
  /** How often a live job's output manifest is read while its counters show labels that the ledger does not have. */
  readonly harvestInterval: number;
  /** How often an ended job is looked at until it is settled. */
  readonly settleInterval: number;
  /** How often new labels are written to the data set. */
  readonly dataSetInterval: number;
  /** How often a data set that is too large to rewrite each time is compacted. */
  readonly compactionInterval: number;
  /** Published images that the job's counters do not show after so long have not arrived. */
  readonly arrivalPatience: number;
  /** A create whose answer nobody got may be carried out, or come into sight, so much later. */
  readonly createDoubt: number;
  /** Initializing or Stopping for longer raises an alert; so does an execution of the pipeline that is not taken for so long. */
  readonly transitionPatience: number;
  /** A job is rolled at this age, before Ground Truth ends it at 30 days. */
  readonly rollAge: number;
  /** How long a roll waits for outstanding images. */
  readonly rollDeadline: number;
  /** The same where changed instructions order the roll. */
  readonly rollNowDeadline: number;
  /** Between two rolls. */
  readonly rollPause: number;
  /** An image that failed in the live job waits at most so long for the next. */
  readonly failurePatience: number;
  /** Ground Truth stops a job that had nothing to do for so long; such a stop is not an operator's. */
  readonly idleStop: number;
  /** How often the inbox is compared with the ledger. */
  readonly sweepInterval: number;
  /** A drop younger than this is left to its event. */
  readonly sweepMinimumAge: number;
  /** For each page that a sweep took, the next one waits at least so long: listing calls are bounded, however large the bucket. */
  readonly sweepPause: number;
  /** A stretch of the inbox that was found finished and did not change is read in the ledger again after so long, or up to twice that. */
  readonly sweepTrust: number;
  /** How often counters are compared with what they count. */
  readonly recountInterval: number;
  /** A try at a drop that is younger may still be under way. Must exceed the intake's hard time-out (5 minutes). */
  readonly attemptPatience: number;
  /** An engine that works on by itself and does not report back for so long is given the drop again. */
  readonly engineeringPatience: number;
  /** A drop that the user's feature engineering function fails for waits so long, then twice as long, and so on up to the longest. */
  readonly engineRetryFirst: number;
  readonly engineRetryLongest: number;
  /** A feature engineering function that fails for every drop is tried so often. */
  readonly engineProbe: number;
  /** A pipeline execution whose start nobody answered, or that is out of sight, may still come into sight so much later. */
  readonly executionDoubt: number;
  /** What an execution may take beyond the time limit of its processing: instances to come, images to load, outputs to register. */
  readonly executionPatience: number;
  /** A processing job that fails for everybody is tried again so often; with drops that it never saw, each `backOffLongest`. */
  readonly processingProbe: number;
  /** An open breaker lets one job through so often. */
  readonly breakerProbe: number;
  /** First and longest wait after throttling or a reached quota. */
  readonly backOffFirst: number;
  readonly backOffLongest: number;
}

export const DEFAULT_TIMINGS: Timings = {
  lease: 3 * MINUTE,
  settleQuiet: 15 * MINUTE,
  listingGap: 1 * MINUTE,
  settleDeadline: 6 * HOUR,
  lateLabels: 3 * DAY,
  harvestInterval: 10 * MINUTE,
  settleInterval: 1 * MINUTE,
  dataSetInterval: 5 * MINUTE,
  compactionInterval: 1 * DAY,
  arrivalPatience: 30 * MINUTE,
  createDoubt: 6 * MINUTE,
  transitionPatience: 1 * HOUR,
  rollAge: (JOB_LIFETIME_DAYS - 2) * DAY,
  rollDeadline: 1 * DAY,
  rollNowDeadline: 1 * HOUR,
  rollPause: 1 * HOUR,
  failurePatience: 1 * DAY,
  idleStop: JOB_IDLE_DAYS * DAY,
  sweepInterval: 15 * MINUTE,
  sweepMinimumAge: 15 * MINUTE,
  sweepPause: 15 * SECOND,
  sweepTrust: 14 * DAY,
  recountInterval: 1 * HOUR,
  attemptPatience: 10 * MINUTE,
  engineeringPatience: 6 * HOUR,
  engineRetryFirst: 1 * MINUTE,
  engineRetryLongest: 15 * MINUTE,
  engineProbe: 5 * MINUTE,
  executionDoubt: 6 * MINUTE,
  executionPatience: 1 * HOUR,
  processingProbe: 6 * HOUR,
  breakerProbe: 1 * DAY,
  backOffFirst: 1 * MINUTE,
  backOffLongest: 1 * HOUR,
};
