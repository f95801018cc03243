import { AlertCode, clear, isTold, raise, retract, tellAlerts } from '../alerts';
import { World } from '../world';
import { isBackfillDue, stepBackfill } from './backfill';
import { create } from './create';
import { publishDataSet } from './data-set';
import { tellDrift } from './drift';
import { beginRoll, close, closeBreaker, stop } from './end';
import { feed } from './feed';
import { harvest } from './harvest';
import { FailedOrders, obey } from './obey';
import { Seen, isSweepDue, observe } from './observe';
import { start } from './plan';
import { endExecution, startExecution, stopExecution, tellStopping } from './processing/executions';
import { isProcessingIdle } from './processing/observe';
import { orderStart, settleStart } from './processing/order-start';
import { planBatch } from './processing/plan-batch';
import { releaseWaiting } from './processing/release';
import { settleBatch } from './processing/settle-batch';
import { settle } from './settling';
import { sweep } from './sweep';
import { FailedUpkeep, isUpkeep, withoutFailed } from './upkeep';
import { METRIC } from '../../contract/events';
import { REMEDIES } from '../../contract/reasons';
import { Decision, decide } from '../core/decide';
import { ProcessingDecision } from '../core/processing';
import { countOf } from '../ledger/counts';
import { Lease, giveBack, readNotes, takeLease } from '../ledger/lease';
import { Project, StandingAlert, readProject } from '../ledger/project';

/** Steps of a sweep, of a back-fill and of publishing that one run takes, so that what is large keeps nothing else from being done. */
const LONG_STEPS = 2;

/** Steps of one run: far more than a healthy project needs, so that a mistake of ours ends in a rest and not in a spin. */
const STEPS_MAX = 50;

/** The alert about files that took the name of others stands so long that somebody sees it. Milliseconds. */
const REPLACED_SHOWN = 24 * 60 * 60_000;

/** A run stops taking steps at this age, well before the function's hard time-out of two minutes. Milliseconds. */
const RUN_MAX = 75_000;

/**
 * One wake-up, whatever its cause: reads, decides, acts, until nothing is left to do. Answers what it did, for the log.
 * An idle project costs one read.
 */
export async function run(world: World, cause: string): Promise<readonly string[]> {
  const project = await readProject(world.ledger);
  world.telemetry.count(METRIC.ALERTS, project.alerts.length);
  world.telemetry.count(METRIC.IMAGES_PENDING, countOf(project.counts, 'image:PENDING'));
  if (isIdle(world, project)) {
    return ['idle'];
  }
  const lease = await takeLease(world.ledger, world.timings.lease);
  if (!lease) {
    return ['busy'];
  }
  const deadline = world.ledger.clock.now() + RUN_MAX;
  const done: string[] = [];
  let held: Lease = lease;
  let free = false;
  try {
    await tellAlerts(world, project);
    do {
      held = await readNotes(world.ledger, held);
      await steps(world, deadline, done);
      free = await giveBack(world.ledger, held);
    } while (!free && world.ledger.clock.now() < deadline && done.length < STEPS_MAX);
  } finally {
    // Also of a run that failed: what it did before is what one wants to know then.
    world.telemetry.info(`controller: ${done.join(', ')}`, { notice: 'run', cause, steps: done });
    if (!free) {
      await letGo(world, held);
    }
  }
  return done;
}

/** The lease goes back whatever was left to do, so that the next wake-up need not wait for its end. */
async function letGo(world: World, lease: Lease): Promise<void> {
  await readNotes(world.ledger, lease).then((held) => giveBack(world.ledger, held)).catch(() => false);
}

function isIdle(world: World, project: Project): boolean {
  const { configuration, state, counts, dataSet, commands, alerts, standing } = project;
  if (!configuration) {
    return true;
  }
  const now = world.ledger.clock.now();
  return commands.length === 0 && isProcessingIdle(project) && state.openJobs.length === 0 && countOf(counts, 'image:PENDING') === 0
    && countOf(counts, 'outbox') === 0 && dataSet.parts.length === 0 && !dataSet.rebuild && !isSweepDue(world, project, now)
    && !isBackfillDue(project, now) && !standing.some(({ untold }) => untold)
    && isTold(project, 'configuration', refusalOf(project))
    && (countOf(counts, 'held-back') > 0) === alerts.includes('held-back') && staleAlerts(world, project).length === 0;
}

/**
 * Alerts that nothing else ends: those about the user's feature engineering function, or about the pipeline, where there is none any
 * more, and the one about files that took the name of others, when no further one came for a while.
 */
function staleAlerts({ ledger }: World, { configuration, processing, standing }: Project): StandingAlert[] {
  const kind = configuration?.featureEngineering.kind;
  const pipeline = kind === 'processing' || configuration?.orchestration === 'pipeline'
    || processing.batch !== undefined || processing.start !== undefined;
  const isOld = ({ since = 0, untold }: StandingAlert): boolean => !untold && ledger.clock.now() - since >= REPLACED_SHOWN;
  return standing.filter((alert) => (alert.code === 'feature-engineering' && kind !== 'function')
    || (alert.code === 'pipeline' && !pipeline) || (alert.code === 'replaced-drop' && isOld(alert)));
}

async function steps(world: World, deadline: number, done: string[]): Promise<void> {
  const failures: FailedUpkeep[] = [];
  const orders: FailedOrders = new Map();
  while (done.length < STEPS_MAX && world.ledger.clock.now() < deadline) {
    const project = await obey(world, await readProject(world.ledger), deadline, orders);
    if (!project.configuration) {
      break;
    }
    await tellConfiguration(world, project);
    await tellHeldBack(world, project);
    const seen = await observe(world, project, project.configuration);
    await closeBreaker(world, seen);
    await tellDrift(world, project);
    await tellStopping(world, seen);
    const mayGoOn = (kind: Decision['kind']): boolean => done.filter((step) => step === kind).length < LONG_STEPS;
    const observation = withoutFailed(seen.observation, failures);
    const decision = decide({
      ...observation,
      sweepDue: observation.sweepDue && mayGoOn('SWEEP'),
      backfillDue: observation.backfillDue && mayGoOn('BACKFILL'),
      dataSetDue: observation.dataSetDue && mayGoOn('PUBLISH_DATA_SET'),
    }, world.timings);
    await tellControl(world, seen, decision);
    done.push(nameOf(decision));
    try {
      const next = await act(world, seen, decision);
      if (next === 'rest') {
        break;
      }
      if (next === 'no-more') {
        failures.push({ decision });
      }
    } catch (error) {
      if (!isUpkeep(decision)) {
        throw error;
      }
      failures.push({ decision, error });
    }
  }
  const errors = [...failures.map(({ error }) => error), ...orders.values()].filter((error) => error !== undefined);
  if (errors.length > 0) {
    throw errors[0];
  }
}

/** A decision in one word, for the log. */
function nameOf(decision: Decision): string {
  const more = decision.kind === 'REST' ? decision.why : 'reason' in decision ? decision.reason : undefined;
  return more === undefined ? decision.kind : `${decision.kind}(${more})`;
}

async function act(world: World, seen: Seen, decision: Decision): Promise<'continue' | 'rest' | 'no-more'> {
  const job = 'job' in decision ? [seen.live, ...seen.ended].find((candidate) => candidate?.number === decision.job) : undefined;
  if ('job' in decision && !job) {
    throw new Error(`job ${decision.job} was decided on and is not in the ledger`);
  }
  switch (decision.kind) {
    case 'REST':
      return 'rest';
    case 'CREATE':
      return create(world, seen, job!);
    case 'CLOSE':
      await close(world, seen, job!, seen.description!);
      return 'continue';
    case 'HARVEST':
      await (job!.phase === 'ENDED' ? settle(world, seen, job!) : harvest(world, seen, job!, seen.description));
      return 'continue';
    case 'PUBLISH_DATA_SET':
      await publishDataSet(world, seen.project.dataSet, false);
      return 'continue';
    case 'SWEEP':
      await sweep(world, seen);
      return 'continue';
    case 'BACKFILL':
      await stepBackfill(world, seen);
      return 'continue';
    case 'ROLL':
      await beginRoll(world, seen.project, job!, decision.reason);
      return 'continue';
    case 'STOP':
      await stop(world, job!);
      return 'rest';
    case 'FEED':
      // The index may not show yet what the counters count: then the next run finds it.
      return await feed(world, seen, decision.job, decision.count, decision.fresh) > 0 ? 'continue' : 'rest';
    case 'START':
      await start(world, seen, decision.carry, decision.probe);
      return 'continue';
    case 'ORDER_START':
      await orderStart(world, seen);
      return 'continue';
    default:
      return await process(world, seen, decision) ? 'continue' : 'no-more';
  }
}

/** Answers whether there may be more to do about batches now. */
async function process(world: World, seen: Seen, decision: ProcessingDecision): Promise<boolean> {
  switch (decision.kind) {
    case 'PLAN_BATCH':
      return planBatch(world, seen, decision.of, decision.probe);
    case 'START_EXECUTION':
      return startExecution(world, seen, decision.slot);
    case 'END_EXECUTION':
      await endExecution(world, seen, decision.slot);
      return true;
    case 'STOP_EXECUTION':
      await stopExecution(world, seen, decision.slot);
      return false;
    case 'SETTLE_EXECUTION':
      await (decision.slot === 'batch' ? settleBatch(world, seen) : settleStart(world, seen));
      return true;
    case 'RELEASE_DROPS':
      return await releaseWaiting(world) > 0;
  }
}

const refusalOf = ({ configurationProblem }: Project): string | undefined =>
  configurationProblem && `the deployed configuration is refused, the former stays in force: ${configurationProblem}`;

async function tellConfiguration(world: World, project: Project): Promise<void> {
  const refusal = refusalOf(project);
  await (refusal === undefined ? clear(world, project, 'configuration') : raise(world, project, 'configuration', refusal));
  for (const { code, since } of staleAlerts(world, project)) {
    await retract(world, code as AlertCode, since);
  }
}

async function tellHeldBack(world: World, project: Project): Promise<void> {
  await (countOf(project.counts, 'held-back') === 0
    ? clear(world, project, 'held-back')
    : raise(world, project, 'held-back', `images are held back, because they came without what workers need to see: ${REMEDIES['no-pre-label']} `
      + '`status` counts them, `explain` tells what each of them lacks'));
}

/** Only a rest says how things stand: work that is due by time comes before what may be wrong, and proves nothing. */
async function tellControl(world: World, seen: Seen, decision: Decision): Promise<void> {
  const alert = decision.kind === 'REST' || decision.kind === 'ROLL' ? decision.alert : undefined;
  if (alert !== undefined) {
    await raise(world, seen.project, 'control', alert);
  } else if (decision.kind === 'REST') {
    await clear(world, seen.project, 'control');
  }
}
