import { BY_HAND } from '../../../contract/processing';
import { ProjectConfiguration } from '../../../contract/project-configuration';
import { CLOSED_BREAKER } from '../../core/breaker';
import { OpenExecution, Orchestration, ProcessingObservation } from '../../core/processing';
import { Place } from '../../core/waiting';
import { isRefusal } from '../../errors';
import { countOf } from '../../ledger/counts';
import { Execution, ProcessingState, batchName, isChanged, waitingDrops } from '../../ledger/processing';
import { Project } from '../../ledger/project';
import { ExecutionDescription } from '../../ports';
import { World } from '../../world';

/** What the service says of the executions that are under way. */
export interface DescribedExecutions {
  readonly batch?: ExecutionDescription;
  readonly start?: ExecutionDescription;
}

export interface SeenProcessing {
  readonly observation: ProcessingObservation;
  readonly described: DescribedExecutions;
  /** The first suspect's place in the waiting line, where a batch may be due. */
  readonly firstSuspect?: Place;
}

/** Whether there is anything to do or to look at. One read of the project tells, and it has been made. */
export function isProcessingIdle({ processing, counts, configuration }: Pick<Project, 'processing' | 'counts' | 'configuration'>): boolean {
  const concerned = processing.lastExecution > 0 || configuration?.featureEngineering.kind === 'processing';
  return processing.batch === undefined && processing.start === undefined && !(concerned && countOf(counts, 'drop:ENGINEERING') > 0);
}

export async function observeProcessing(world: World, project: Project, configuration: ProjectConfiguration): Promise<SeenProcessing> {
  const { processing } = project;
  const { featureEngineering } = configuration;
  const now = world.ledger.clock.now();
  const wanted = featureEngineering.kind === 'processing' ? featureEngineering : undefined;
  const described = {
    batch: await describe(world, processing.batch, wanted !== undefined),
    start: await describe(world, processing.start, configuration.orchestration === 'pipeline'),
  };
  const waits = countOf(project.counts, 'drop:ENGINEERING') > 0 && processing.batch === undefined;
  const isChange = wanted !== undefined && isChanged(processing, wanted);
  const backOffUntil = isChange ? 0 : processing.backOffUntil;
  const looks = waits && wanted !== undefined && now >= backOffUntil;
  const [suspects, fresh] = looks
    ? await Promise.all([waitingDrops(world.ledger.table, 'suspects', 1), waitingDrops(world.ledger.table, 'fresh', wanted.batchSize)])
    : [[], []];
  return {
    described,
    firstSuspect: suspects[0]?.suspect,
    observation: {
      wanted: wanted !== undefined,
      batch: openExecution(world, processing.batch, described.batch),
      start: openExecution(world, processing.start, described.start),
      suspects: suspects.length,
      fresh: fresh.length,
      freshFor: fresh.length === 0 ? 0 : now - fresh[0].since,
      batchSize: wanted?.batchSize ?? 0,
      batchWait: (wanted?.batchWaitSeconds ?? 0) * 1_000,
      backOffUntil,
      breaker: isChange ? CLOSED_BREAKER : processing.breaker,
      searching: suspects[0]?.suspect?.aside === false,
      sinceFresh: processing.sinceFresh,
      release: waits && wanted === undefined && await hasWaiting(world, processing),
    },
  };
}

/** An order by hand counts for so long. Milliseconds. */
const BY_HAND_FOR = 10 * 60_000;

/** A pipeline's order counts while its execution is open: another start goes through another one. */
export function observeOrchestration(
  world: World, { processing, state }: Pick<Project, 'processing' | 'state'>, configuration: ProjectConfiguration,
): Orchestration | undefined {
  if (configuration.orchestration !== 'pipeline') {
    return undefined;
  }
  const { startOrder } = state;
  const open = [processing.batch, processing.start].filter((execution) => execution !== undefined).map(({ number }) => batchName(number));
  const byHand = startOrder?.execution === BY_HAND && world.ledger.clock.now() - startOrder.at < BY_HAND_FOR;
  return {
    ordered: startOrder !== undefined && (byHand || open.includes(startOrder.execution)),
    underWay: processing.start !== undefined,
    backOffUntil: processing.backOffUntil,
  };
}

/** The right to look goes with the pipeline: a deploy without one leaves what was under way to be settled as it is. */
async function describe(world: World, execution: Execution | undefined, isWanted: boolean): Promise<ExecutionDescription | undefined> {
  if (execution?.arn === undefined || execution.end) {
    return undefined;
  }
  try {
    return await world.pipelines.describe(execution.arn);
  } catch (error) {
    if (isWanted || !isRefusal(error)) {
      throw error;
    }
    return undefined;
  }
}

/** A project that never had a pipeline has nobody waiting for one. */
async function hasWaiting(world: World, { lastExecution }: ProcessingState): Promise<boolean> {
  return lastExecution > 0
    && (await Promise.all([waitingDrops(world.ledger.table, 'suspects', 1), waitingDrops(world.ledger.table, 'fresh', 1)])).some(({ length }) => length > 0);
}

function openExecution(
  world: World, execution: Execution | undefined, description: ExecutionDescription | undefined,
): OpenExecution | undefined {
  const now = world.ledger.clock.now();
  return execution && {
    number: execution.number,
    started: execution.arn !== undefined,
    asked: execution.askedAt !== undefined,
    status: description?.status,
    age: now - (execution.startedAt ?? execution.plannedAt),
    ageMax: execution.ageMax,
    stopOrderedFor: execution.stopOrderedAt === undefined ? undefined : now - execution.stopOrderedAt,
    ended: execution.end !== undefined,
  };
}
