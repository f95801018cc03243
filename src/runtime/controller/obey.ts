import { AlertCode } from '../alerts';
import { orderBackfill } from './backfill-orders';
import { publishDataSet } from './data-set';
import { requeue } from './requeue';
import { CURRENT_DATA_SET_KEY } from '../../contract/environment';
import { OrderReport } from '../../contract/operator';
import { CLOSED_BREAKER } from '../core/breaker';
import { s3Uri } from '../core/object-keys';
import { Mode } from '../core/observation';
import { messageOf } from '../errors';
import { Command, commandDone, noteDeath } from '../ledger/commands';
import { isLive, readJob, setJob } from '../ledger/jobs';
import { processingWrite } from '../ledger/processing';
import { Project, ProjectState, alertGone, readProject, stateWrite } from '../ledger/project';
import { Write } from '../ports';
import { World } from '../world';

const MODE_OF: { readonly [name in Command['name']]?: Mode } = { pause: 'PAUSED', resume: 'ACTIVE', drain: 'DRAINING' };

/** Alerts whose cause an operator has looked at who resumes. */
const RESUMED: readonly AlertCode[] = ['stopped-by-hand', 'breaker', 'create', 'double-label', 'pipeline'];

/** An order that fails for so long is given up, so that it does not fail for ever. Milliseconds. */
const PATIENCE = 24 * 60 * 60_000;

/** So many runs may be killed over an order. Until then nothing else is done. */
const DEATHS_MAX = 5;

/** What a run gives to an order that takes long, before it goes on with everything else. Milliseconds. */
const ORDER_TIME = 25_000;

/** Orders of this run that failed, and why: they are tried again by the next one, and keep nothing else from being done. */
export type FailedOrders = Map<string, unknown>;

type Report = Omit<OrderReport, 'id' | 'done'>;

/** What is written in the same transaction as the order's end. Undefined: not finished, the next run goes on. */
interface Carried {
  readonly report: Report;
  readonly writes?: readonly Write[];
}

/** Carries out what was ordered, in order: whoever dies over a command carries it out again. A retired project obeys nothing more. */
export async function obey(world: World, project: Project, deadline: number, failed: FailedOrders): Promise<Project> {
  const orders = project.commands.filter((command) => !failed.has(command.sk));
  if (orders.length === 0) {
    return project;
  }
  for (const command of orders) {
    const carried = await carryOut(world, command, deadline, failed);
    if (carried) {
      await world.ledger.table.write([...commandDone(world.ledger, command, carried.report), ...carried.writes ?? []]);
      world.telemetry.info(`obeyed: ${command.name}`, { notice: 'command', by: command.by, ...carried.report });
    }
  }
  return readProject(world.ledger);
}

async function carryOut(world: World, command: Command, deadline: number, failed: FailedOrders): Promise<Carried | undefined> {
  const project = await readProject(world.ledger);
  if (project.state.mode === 'RETIRED') {
    return { report: { failed: 'the project is retired: its stack was deleted. Deploy it again first' } };
  }
  switch (command.name) {
    case 'export':
      return withPatience(world, command, failed, () => exportDataSet(world, project));
    case 'requeue':
      return withPatience(world, command, failed, () => requeueAll(world, command, deadline, failed));
    case 'backfill-plan':
    case 'backfill-start':
    case 'backfill-stop':
      return withPatience(world, command, failed, async () => orderBackfill(world, command, project.backfill));
    case 'roll':
      return orderRoll(world, project);
    case 'start':
      return { report: {}, writes: [stateWrite({ startOrder: { execution: command.execution ?? '', at: world.ledger.clock.now() } })] };
    default:
      return changeMode(command, project.state);
  }
}

function changeMode(command: Command, { breaker, lastJob }: ProjectState): Carried {
  const mode = MODE_OF[command.name];
  const resumes = command.name === 'resume';
  return {
    report: mode ? {} : { failed: `unknown command '${command.name}'` },
    writes: mode && [
      ...(resumes ? RESUMED.map(alertGone) : []),
      stateWrite({
        mode, modeReason: command.by ? `${command.name} by ${command.by}` : command.name,
        ...(resumes ? { breaker: CLOSED_BREAKER, backOffUntil: 0, backOffSteps: 0 } : {}),
        ...(resumes && breaker.openedAt !== undefined ? { vouchedFor: lastJob + 1 } : {}),
      }),
      ...(resumes ? [processingWrite({ breaker: CLOSED_BREAKER, backOffUntil: 0, backOffSteps: 0 })] : []),
    ],
  };
}

/** For work that may fail, or kill its run, and must keep nothing else from being done. */
async function withPatience(
  world: World, command: Command, failed: FailedOrders, work: () => Promise<Carried | undefined>,
): Promise<Carried | undefined> {
  const { images, drops, died } = command;
  if (died >= DEATHS_MAX) {
    return { report: { failed: `given up: ${died} runs of the controller were killed over it, for want of time or memory. Their logs say more`, images, drops } };
  }
  await noteDeath(world.ledger, command, 1);
  try {
    return await work();
  } catch (error) {
    const message = messageOf(error);
    if (world.ledger.clock.now() - command.at >= PATIENCE) {
      return { report: { failed: `given up after a day: ${message}`, images, drops } };
    }
    world.telemetry.error(`the order '${command.name}' failed and will be tried again: ${message}`, { notice: 'command-failed', order: command.sk });
    failed.set(command.sk, error);
    return undefined;
  } finally {
    await noteDeath(world.ledger, command, -1);
  }
}

/** Everything that is recorded, in one compacted manifest, now. */
async function exportDataSet(world: World, project: Project): Promise<Carried> {
  const { lines, rebuild } = await publishDataSet(world, project.dataSet, true);
  if (rebuild) {
    throw new Error(`the data set is being written anew (${rebuild.why})`);
  }
  return { report: { uri: s3Uri(world.resources.outputBucket, CURRENT_DATA_SET_KEY), lines } };
}

async function requeueAll(world: World, command: Command, deadline: number, failed: FailedOrders): Promise<Carried | undefined> {
  const until = Math.min(deadline, world.ledger.clock.now() + ORDER_TIME);
  const { complete, images, drops, refused } = await requeue(world, command, until);
  if (!complete) {
    // Nothing failed, but this run has no more time for it.
    failed.set(command.sk, undefined);
    return undefined;
  }
  return { report: { images: command.images + images, drops: command.drops + drops, ...(refused.length > 0 ? { refused } : {}) } };
}

/** A job that is only planned was asked for with what was configured then: it is rolled when it is there. */
async function orderRoll(world: World, project: Project): Promise<Carried> {
  const jobs = await Promise.all(project.state.openJobs.map((number) => readJob(world.ledger.table, number)));
  const job = jobs.find((one) => one !== undefined && isLive(one));
  if (job === undefined) {
    return { report: {} };
  }
  const now = world.ledger.clock.now();
  const begun = [setJob(job.number, { rollAt: now, rollReason: 'ordered' }, job.phase), stateWrite({ lastRollAt: now })];
  // a roll that has begun keeps its deadline
  return { report: { job: job.name }, writes: job.rollAt === undefined ? begun : [] };
}
