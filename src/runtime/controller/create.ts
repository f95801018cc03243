import { EVENT_TYPE, METRIC, eventHead } from '../../contract/events';
import { clear, raise } from '../alerts';
import { afterFailure } from '../core/breaker';
import { JobRecord, setJob } from '../ledger/jobs';
import { stateWrite } from '../ledger/project';
import { JobDescription } from '../ports';
import { World } from '../world';
import { Seen } from './observe';

/** Asks the service for the planned job. Nothing else is ever asked under this name. */
export async function create(world: World, seen: Seen, job: JobRecord): Promise<'continue' | 'rest'> {
  await world.ledger.table.write([setJob(job.number, { askedAt: world.ledger.clock.now() }, job.phase)]);
  const outcome = await world.jobs.create(job.request);
  switch (outcome.kind) {
    case 'created':
      await markCreated(world, seen, job);
      return 'continue';
    case 'name-taken':
      return adopt(world, seen, job);
    case 'later':
      await backOff(world, seen, job, outcome.message);
      return 'rest';
    case 'refused':
      return refused(world, seen, job, outcome.message);
  }
}

async function markCreated(world: World, seen: Seen, job: JobRecord): Promise<void> {
  const now = world.ledger.clock.now();
  // Told before it is written down: better twice than never.
  await world.bus.publish([{
    type: EVENT_TYPE.JOB_STARTED, detail: { ...eventHead(seen.configuration), job: job.name, carried: job.carried },
  }]);
  await world.ledger.table.write([
    setJob(job.number, { phase: 'CREATED', createdAt: job.createdAt ?? now, status: 'Initializing', statusSince: now, askedAt: undefined }, job.phase),
    stateWrite({ backOffUntil: 0, backOffSteps: 0 }),
  ]);
  await clear(world, seen.project, 'create');
  world.telemetry.count(METRIC.JOBS_STARTED, 1);
}

/** A refusal is definite only where no earlier try may still be carried out: until then this name is asked for again, and no other. */
async function refused(world: World, seen: Seen, job: JobRecord, message: string): Promise<'continue' | 'rest'> {
  if (job.askedAt === undefined) {
    await refuse(world, seen, job, message, true);
    return 'continue';
  }
  const found = await world.jobs.describe(job.name);
  if (found) {
    return adopt(world, seen, job);
  }
  if (world.ledger.clock.now() - job.askedAt < world.timings.createDoubt) {
    await backOff(world, seen, job, message);
    return 'rest';
  }
  await refuse(world, seen, job, message, true);
  return 'continue';
}

/** The name is taken: by an earlier try of ours, whose answer was lost, or by somebody else. */
async function adopt(world: World, seen: Seen, job: JobRecord): Promise<'continue' | 'rest'> {
  const found = await world.jobs.describe(job.name);
  if (!found) {
    if (world.ledger.clock.now() - job.plannedAt > world.timings.transitionPatience) {
      await raise(world, seen.project, 'create', `Ground Truth says that ${job.name} exists and does not describe it`);
    }
    return 'rest';
  }
  if (isOurs(found, job)) {
    await markCreated(world, seen, job);
  } else {
    await refuse(world, seen, job, `a foreign job has the name ${job.name}`, false);
  }
  return 'continue';
}

/** How far the service's clock and ours may be apart. Milliseconds. */
const CLOCK_SKEW = 60_000;

/** A job that was there before we planned ours is none of this ledger's, however alike they look. */
function isOurs(found: JobDescription, { request: wanted, plannedAt }: JobRecord): boolean {
  const path = (uri: string): string => uri.replace(/\/+$/, '');
  return found.createdAt >= plannedAt - CLOCK_SKEW && found.inputTopicArn === wanted.inputTopicArn && found.roleArn === wanted.roleArn
    && path(found.outputPath) === path(wanted.outputPath);
}

/** Nothing was made by this try; what is not known of an earlier one is still not known. */
async function backOff(world: World, seen: Seen, job: JobRecord, message: string): Promise<void> {
  const { state } = seen.project;
  const wait = Math.min(world.timings.backOffLongest, world.timings.backOffFirst * 2 ** state.backOffSteps);
  await world.ledger.table.write([
    setJob(job.number, { askedAt: job.askedAt }, job.phase),
    stateWrite({ backOffUntil: world.ledger.clock.now() + wait, backOffSteps: Math.min(20, state.backOffSteps + 1) }),
  ]);
  await raise(world, seen.project, 'create', `Ground Truth takes no job now and is asked again later: ${message}`);
}

/** Definitely not made: the next try is a new job with what is wanted then. */
async function refuse(world: World, seen: Seen, job: JobRecord, message: string, counts: boolean): Promise<void> {
  const now = world.ledger.clock.now();
  const { state } = seen.project;
  const breaker = counts ? afterFailure(state.breaker, message, now) : state.breaker;
  await world.ledger.table.write([
    setJob(job.number, { phase: 'REFUSED', failureReason: message, endedAt: now }, job.phase),
    stateWrite({ breaker, openJobs: state.openJobs.filter((number) => number !== job.number), backOffUntil: 0, backOffSteps: 0 }),
  ]);
  if (counts) {
    await raise(world, seen.project, 'create', `Ground Truth refused job ${job.name}: ${message}`);
  }
}
