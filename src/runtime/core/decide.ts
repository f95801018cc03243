import { breakerState } from './breaker';
import { LiveJob, Observation } from './observation';
import { ProcessingDecision, decideProcessing } from './processing';
import { isEnded } from '../../contract/job-status';
import { Timings } from '../../contract/timings';

export type RollReason = 'not-arriving' | 'foreign-topic' | 'age' | 'quota' | 'failed-images' | 'unaccounted' | 'instructions' | 'ordered';

/** What to do next. `alert` is raised while the decision stands. */
export type Decision =
  | { readonly kind: 'CREATE'; readonly job: number }
  | { readonly kind: 'HARVEST'; readonly job: number }
  | { readonly kind: 'CLOSE'; readonly job: number }
  | { readonly kind: 'PUBLISH_DATA_SET' }
  | { readonly kind: 'SWEEP' }
  | { readonly kind: 'BACKFILL' }
  | ProcessingDecision
  | { readonly kind: 'ORDER_START' }
  | { readonly kind: 'ROLL'; readonly job: number; readonly reason: RollReason; readonly alert?: string }
  | { readonly kind: 'STOP'; readonly job: number; readonly reason: string }
  | { readonly kind: 'FEED'; readonly job: number; readonly count: number; readonly fresh: number }
  | { readonly kind: 'START'; readonly carry: boolean; readonly probe: boolean }
  | { readonly kind: 'REST'; readonly why: Rest; readonly alert?: string };

/** Why nothing is to be done now. */
export type Rest =
  | 'retired' | 'backing-off' | 'initializing' | 'stopping' | 'vanished' | 'draining' | 'waiting-for-arrival' | 'distrusted'
  | 'paused' | 'orchestrating' | 'budget-spent' | 'breaker-open' | 'window-full' | 'nothing-to-do';

/** A roll for the data-set quota comes at this share of it, so that what is on its way still fits. */
const QUOTA_SHARE = 0.9;

/** First match wins: the rows of the table, from what must never wait to what may. */
export function decide(seen: Observation, timings: Timings): Decision {
  return retired(seen)
    ?? unknownCreate(seen, timings)
    ?? closed(seen)
    ?? upkeep(seen)
    ?? processing(seen, timings)
    ?? transition(seen, timings)
    ?? stopAgain(seen)
    ?? roll(seen, timings)
    ?? heldBack(seen, timings)
    ?? distrusted(seen, timings)
    ?? feed(seen, timings)
    ?? start(seen, timings)
    ?? rest(seen);
}

function retired({ mode, live }: Observation): Decision | undefined {
  if (mode !== 'RETIRED') {
    return undefined;
  }
  return live?.status === 'InProgress'
    ? { kind: 'STOP', job: live.number, reason: 'retired' }
    : { kind: 'REST', why: 'retired' };
}

/** The only way to learn what became of a create is to send it again under the same name. */
function unknownCreate({ now, live, backOffUntil }: Observation, timings: Timings): Decision | undefined {
  const unknown = live && (live.phase === 'PLANNED' || (live.status === undefined && live.statusAge > timings.transitionPatience));
  return unknown && now >= backOffUntil ? { kind: 'CREATE', job: live.number } : undefined;
}

function closed({ live }: Observation): Decision | undefined {
  return live && isEnded(live.status) ? { kind: 'CLOSE', job: live.number } : undefined;
}

/** Work that is due by time. Each puts its own next time off, and a run sweeps or fills for seconds at most: no row below is starved. */
function upkeep({ live, ended, dataSetDue, sweepDue, backfillDue }: Observation): Decision | undefined {
  const due = ended.find((job) => job.harvestDue) ?? (live?.harvestDue ? live : undefined);
  if (due) {
    return { kind: 'HARVEST', job: due.number };
  }
  if (dataSetDue) {
    return { kind: 'PUBLISH_DATA_SET' };
  }
  if (sweepDue) {
    return { kind: 'SWEEP' };
  }
  return backfillDue ? { kind: 'BACKFILL' } : undefined;
}

/** What is due about batches. Their drops become images, so it comes before all that is decided about images. */
function processing(seen: Observation, timings: Timings): Decision | undefined {
  return seen.processing && decideProcessing(seen.processing, seen.mode, seen.now, timings);
}

function transition({ live }: Observation, timings: Timings): Decision | undefined {
  if (!live || live.status === 'InProgress') {
    return undefined;
  }
  if (live.phase === 'PLANNED') {
    return { kind: 'REST', why: 'backing-off' };
  }
  const why = live.status === 'Initializing' ? 'initializing' : live.status === 'Stopping' ? 'stopping' : 'vanished';
  return {
    kind: 'REST',
    why,
    ...(live.statusAge > timings.transitionPatience ? { alert: `job ${live.number} has been ${why} for more than an hour` } : {}),
  };
}

/** The order is written down before the service is asked: whoever died in between left the asking to us. */
function stopAgain({ live }: Observation): Decision | undefined {
  return live?.stopOrdered ? { kind: 'STOP', job: live.number, reason: 'ordered' } : undefined;
}

/** Why nothing more is given to a job that does not get what we publish. */
function distrust(live: LiveJob, timings: Timings): string | undefined {
  if (!live.topicIsOurs) {
    return `job ${live.number} listens to another topic than this project's`;
  }
  return live.missingFor >= timings.arrivalPatience ? `images published to job ${live.number} do not arrive there` : undefined;
}

/**
 * Where jobs were rolled in vain, the service may only count later than we wait: each further job gets twice the time, up to a day.
 * Else the same image would go from job to job for ever, and keep the others from theirs.
 */
function rollPatience({ vainRolls }: LiveJob, { arrivalPatience, rollDeadline }: Timings): number {
  return Math.min(rollDeadline, arrivalPatience * 2 ** vainRolls);
}

function resting(why: Rest, live: LiveJob | undefined, timings: Timings): Decision {
  const alert = live && distrust(live, timings);
  return { kind: 'REST', why, ...(alert === undefined ? {} : { alert }) };
}

/**
 * As many failed as are left; and the service has none to label, for what others send and what fails of it is in its counts too. What
 * others sent may lie there for weeks: that long nobody waits for it.
 */
function isOnlyFailedLeft({ failed, failedFor, outstanding, unlabeled }: LiveJob, { rollDeadline }: Timings): boolean {
  return failed >= outstanding && (unlabeled === 0 || failedFor >= rollDeadline);
}

/** Nobody has anything of it in hand; what failed waits for the next job. */
function isDrained(live: LiveJob, timings: Timings): boolean {
  return live.outstanding <= 0 || isOnlyFailedLeft(live, timings);
}

function rollReason(seen: Observation, live: LiveJob, timings: Timings): RollReason | undefined {
  if (!live.topicIsOurs) {
    return 'foreign-topic';
  }
  if (live.missingFor >= rollPatience(live, timings)) {
    return 'not-arriving';
  }
  if (live.age >= timings.rollAge) {
    return 'age';
  }
  if (live.carried + live.offered >= seen.dataSetQuota * QUOTA_SHARE) {
    return 'quota';
  }
  const nothingToFeed = seen.pendingFresh + seen.pendingAgain === 0;
  if (live.failed > 0 && ((nothingToFeed && isOnlyFailedLeft(live, timings)) || live.failedFor >= timings.failurePatience)) {
    return 'failed-images';
  }
  if (live.unaccountedFor >= timings.failurePatience) {
    return 'unaccounted';
  }
  return live.rollForInstructions ? 'instructions' : undefined;
}

/** Paused, capped or draining projects do not roll: a roll would start a job. */
function roll(seen: Observation, timings: Timings): Decision | undefined {
  const { live } = seen;
  if (!live || seen.mode !== 'ACTIVE') {
    return undefined;
  }
  if (live.roll) {
    const over = isDrained(live, timings) || live.roll.for >= live.roll.deadline;
    return over ? { kind: 'STOP', job: live.number, reason: 'roll' } : publishClaimed(live) ?? resting('draining', live, timings);
  }
  const reason = rollReason(seen, live, timings);
  if (!reason || seen.now - seen.lastRollAt < timings.rollPause) {
    return undefined;
  }
  // Once may be labels that only the end of a job tells of; those of the next one would have shown.
  const alert = reason === 'unaccounted' && live.vainRolls > 0 ? `images published to job ${live.number} and to one before it are not known there` : undefined;
  return { kind: 'ROLL', job: live.number, reason, ...(alert === undefined ? {} : { alert }) };
}

/** What was claimed for a job and may not have been published is published; nothing new is claimed. */
function publishClaimed(live: LiveJob): Decision | undefined {
  return live.sending > 0 ? { kind: 'FEED', job: live.number, count: 0, fresh: 0 } : undefined;
}

function heldBack(seen: Observation, timings: Timings): Decision | undefined {
  const { mode, live } = seen;
  if (mode === 'ACTIVE') {
    return undefined;
  }
  if (mode === 'DRAINING' && live) {
    return isDrained(live, timings)
      ? { kind: 'STOP', job: live.number, reason: 'drained' }
      : publishClaimed(live) ?? resting('draining', live, timings);
  }
  return resting(mode === 'DRAINING' ? 'draining' : 'paused', live, timings);
}

function distrusted({ live }: Observation, timings: Timings): Decision | undefined {
  return live && distrust(live, timings) !== undefined ? resting('distrusted', live, timings) : undefined;
}

/**
 * Room is the window less what is outstanding; failed images are in nobody's hands and take no room. The first image goes
 * alone: the rest follows when it is known to have arrived.
 */
function feed(seen: Observation, timings: Timings): Decision | undefined {
  const { live } = seen;
  if (!live) {
    return undefined;
  }
  // A steady flow hides an image that never arrives: now and then it pauses, until all is known of or something is seen to be missing.
  const room = live.behindFor >= timings.failurePatience ? 0 : Math.min(
    live.arrived ? seen.window - (live.outstanding - live.failed) : (live.offered === 0 ? 1 : 0),
    seen.dataSetQuota - live.carried - live.offered,
  );
  const fresh = Math.min(seen.pendingFresh, Math.max(0, seen.budget));
  const count = Math.min(Math.max(0, room), seen.pendingAgain + fresh);
  if (count === 0 && live.sending === 0) {
    return undefined;
  }
  return { kind: 'FEED', job: live.number, count, fresh: Math.min(fresh, count) };
}

function start(seen: Observation, timings: Timings): Decision | undefined {
  const toSend = seen.pendingAgain + Math.min(seen.pendingFresh, Math.max(0, seen.budget));
  if (seen.live || toSend === 0) {
    return undefined;
  }
  const breaker = breakerState(seen.breaker, seen.now, timings.breakerProbe);
  if (breaker === 'open') {
    return { kind: 'REST', why: 'breaker-open', alert: seen.breaker.message ?? 'the breaker is open' };
  }
  if (seen.now < seen.backOffUntil) {
    return { kind: 'REST', why: 'backing-off' };
  }
  return orchestrated(seen) ?? { kind: 'START', carry: !seen.carryFailed, probe: breaker === 'probe' };
}

/** Where jobs start through a pipeline: what comes before its order. */
function orchestrated({ orchestration, now }: Observation): Decision | undefined {
  if (!orchestration || orchestration.ordered) {
    return undefined;
  }
  if (orchestration.underWay) {
    return { kind: 'REST', why: 'orchestrating' };
  }
  return now >= orchestration.backOffUntil ? { kind: 'ORDER_START' } : { kind: 'REST', why: 'backing-off' };
}

function rest(seen: Observation): Decision {
  const why = restWhy(seen);
  const stuck = why === 'budget-spent' && seen.budgetIsFinal;
  return { kind: 'REST', why, ...(stuck ? { alert: `maxImages is reached and ${seen.pendingFresh} images wait: raise it, or drop no more` } : {}) };
}

function restWhy({ live, budget, pendingFresh, pendingAgain }: Observation): Rest {
  if (pendingFresh + pendingAgain === 0) {
    return 'nothing-to-do';
  }
  if (pendingAgain === 0 && budget <= 0) {
    return 'budget-spent';
  }
  return live && !live.arrived ? 'waiting-for-arrival' : 'window-full';
}
