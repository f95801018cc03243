import { EVENT_TYPE, eventHead } from '../../contract/events';
import { JobStatus } from '../../contract/job-status';
import { clear, raise } from '../alerts';
import { Breaker, CLOSED_BREAKER, afterFailure } from '../core/breaker';
import { RollReason } from '../core/decide';
import { JobRecord, setJob } from '../ledger/jobs';
import { Project, ProjectState, stateWrite } from '../ledger/project';
import { JobDescription } from '../ports';
import { World } from '../world';
import { Seen } from './observe';

/** The live job is over. Its labels are harvested and its images given back later, when it is settled. */
export async function close(world: World, seen: Seen, job: JobRecord, description: JobDescription): Promise<void> {
  const now = world.ledger.clock.now();
  const reason = description.failureReason ?? `job ${job.name} ended as ${description.status} without a label`;
  const byHand = isStoppedByHand(world, job, description);
  // who resumed vouched for a job that gets images
  const isPassedOn = seen.project.state.vouchedFor === job.number && job.offered === 0 && job.stopOrderedAt !== undefined;
  const state: Partial<ProjectState> = {
    breaker: breakerAfter(seen, job, description.status, reason, now),
    carryFailed: description.status === 'Failed' && job.offered === 0 && job.carried > 0,
    ...(job.arrivedAt === undefined || isVain(job, job.rollReason) ? {} : { vainRolls: vainAfter(world, job) }),
    ...(isPassedOn ? { vouchedFor: job.number + 1 } : {}),
    ...(byHand ? { mode: 'PAUSED', modeReason: `job ${job.name} was stopped by hand` } : {}),
  };
  // Told before it is written down: whoever dies in between closes the job again and tells twice, which is better than never.
  if (byHand) {
    await raise(world, seen.project, 'stopped-by-hand', `job ${job.name} was stopped by hand: the project is paused until it is resumed`);
  }
  if (state.breaker?.openedAt !== undefined) {
    await raise(world, seen.project, 'breaker', `three jobs in a row gave no label, no further one is started: ${reason}`);
  } else {
    await clear(world, seen.project, 'breaker');
  }
  await world.bus.publish([{
    type: EVENT_TYPE.JOB_ENDED,
    detail: {
      ...eventHead(seen.configuration), job: job.name, status: description.status, reason: description.failureReason, offered: job.offered,
    },
  }]);
  await world.ledger.table.write([
    // What was read of its manifest while it lived is not its last word: it is read again from the end on.
    setJob(job.number, {
      phase: 'ENDED', endedAt: now, endStatus: description.status, failureReason: description.failureReason,
      harvestedAt: undefined, manifest: undefined,
    }, 'CREATED'),
    stateWrite(state),
  ]);
}

/** Not ordered by us, not of age, and not idle: somebody wants it to stop, and stop means stop. */
function isStoppedByHand(world: World, job: JobRecord, description: JobDescription): boolean {
  if (description.status !== 'Stopped' || job.stopOrderedAt !== undefined) {
    return false;
  }
  const { timings } = world;
  const end = description.modifiedAt;
  const idle = job.open === 0 && end - Math.max(job.lastFedAt ?? 0, description.createdAt) >= timings.idleStop;
  return end - description.createdAt < timings.rollAge && !idle;
}

/** Orders the stop, then asks for it: whoever dies in between asks again. */
export async function stop(world: World, job: JobRecord): Promise<void> {
  if (job.stopOrderedAt === undefined) {
    await world.ledger.table.write([setJob(job.number, { stopOrderedAt: world.ledger.clock.now() }, 'CREATED')]);
  }
  await world.jobs.stop(job.name);
}

/** What is known after a job that got its images: so many rolls would be in vain where the next takes as long to show them. */
function vainAfter({ timings }: World, { arrivalTook = 0 }: JobRecord): number {
  return arrivalTook < timings.arrivalPatience ? 0 : Math.floor(Math.log2(arrivalTook / timings.arrivalPatience)) + 1;
}

/** Rolled because what was published did not come there, as far as is known: a label is the proof that it did. */
function isVain({ labeled }: JobRecord, reason: string | undefined): boolean {
  return reason === 'not-arriving' || (reason === 'unaccounted' && labeled === 0);
}

/** Begins a roll: from now on the job gets nothing new. */
export async function beginRoll(world: World, { state }: Project, job: JobRecord, reason: RollReason): Promise<void> {
  const now = world.ledger.clock.now();
  await world.ledger.table.write([
    setJob(job.number, { rollAt: now, rollReason: reason }, 'CREATED'),
    stateWrite({ lastRollAt: now, vainRolls: isVain(job, reason) ? state.vainRolls + 1 : vainAfter(world, job) }),
  ]);
  world.telemetry.info(`rolling ${job.name}: ${reason}`, { notice: 'roll', reason });
}

/** The job that the open breaker let through gives labels: it works again. */
export async function closeBreaker(world: World, seen: Seen): Promise<void> {
  const { openedAt } = seen.project.state.breaker;
  if (openedAt !== undefined && seen.live && seen.live.plannedAt >= openedAt && seen.live.labeled > 0) {
    await clear(world, seen.project, 'breaker');
    await world.ledger.table.write([stateWrite({ breaker: CLOSED_BREAKER })]);
  }
}

/**
 * The breaker after a job: a failed one that gave no label counts, one that gave a label closes it. Carried lines, which the
 * counters may include, are no labels of the job.
 */
function breakerAfter(seen: Seen, job: JobRecord, status: JobStatus, message: string, now: number): Breaker {
  const labeled = job.labeled > 0 || (job.counters?.labeled ?? 0) > Math.max(job.baseline?.labeled ?? 0, job.carried);
  if (labeled) {
    return CLOSED_BREAKER;
  }
  return status === 'Failed' ? afterFailure(seen.project.state.breaker, message, now) : seen.project.state.breaker;
}
