import { PIPELINE_STEP } from '../../../contract/processing';
import { clear, raise } from '../../alerts';
import { Slot } from '../../core/processing';
import { isFailureOfCode } from '../../core/processing-blame';
import { Execution, ExecutionEnd, ProcessingState, processingWrite, stopToken } from '../../ledger/processing';
import { ExecutionDescription } from '../../ports';
import { World } from '../../world';
import { Seen } from '../observe';

/** Asks the service to start what is planned, under the token of its number. Answers whether there is news. */
export async function startExecution(world: World, seen: Seen, slot: Slot): Promise<boolean> {
  const { project: { processing } } = seen;
  const planned = mustHave(processing, slot);
  const askedAt = planned.askedAt ?? world.ledger.clock.now();
  await write(world, slot, { ...planned, askedAt });
  const outcome = await world.pipelines.start(planned.request);
  const now = world.ledger.clock.now();
  const isLong = now - askedAt >= world.timings.transitionPatience;
  if (outcome.kind === 'started') {
    if (isLong) {
      await clearPipeline(world, seen);
    }
    await world.ledger.table.write([processingWrite({
      [slot]: { ...planned, askedAt, arn: outcome.execution, startedAt: now }, backOffUntil: 0,
    })]);
    world.telemetry.info(`${planned.request.displayName} is under way`, { notice: 'execution', execution: outcome.execution });
    return true;
  }
  if (outcome.kind === 'refused' && !isWanted(seen, slot)) {
    // The pipeline went with a deploy: nothing of it can run any more.
    await write(world, slot, { ...planned, end: { at: now, status: 'Vanished', ranToEnd: false, byCode: false, reason: outcome.message } });
    return true;
  }
  await world.ledger.table.write([processingWrite(backOff(world, processing))]);
  if (outcome.kind === 'refused') {
    await raise(world, seen.project, 'pipeline', `the pipeline ${planned.request.pipelineName} cannot be started: ${outcome.message}`);
  } else if (isLong) {
    await raise(world, seen.project, 'pipeline', `the pipeline ${planned.request.pipelineName} takes no execution now and is asked again later: ${outcome.message}`);
  }
  return false;
}

function isWanted({ configuration }: Seen, slot: Slot): boolean {
  return slot === 'batch' ? configuration.featureEngineering.kind === 'processing' : configuration.orchestration === 'pipeline';
}

/** The next wait is twice as long, within limits. */
export function backOff({ ledger, timings }: World, { backOffSteps }: ProcessingState): Pick<ProcessingState, 'backOffUntil' | 'backOffSteps'> {
  const wait = Math.min(timings.backOffFirst * 2 ** backOffSteps, timings.backOffLongest);
  return { backOffUntil: ledger.clock.now() + wait, backOffSteps: backOffSteps + 1 };
}

/** Writes down how an execution ended. What became of its drops is another matter: they are looked at one by one. */
export async function endExecution(world: World, seen: Seen, slot: Slot): Promise<void> {
  const execution = mustHave(seen.project.processing, slot);
  const description = seen.processing.described[slot];
  const end = await endOf(world, execution, description);
  if (isStoppingLong(world, execution)) {
    await clearPipeline(world, seen);
  }
  await write(world, slot, { ...execution, end });
}

async function endOf(world: World, execution: Execution, description: ExecutionDescription | undefined): Promise<ExecutionEnd> {
  const at = world.ledger.clock.now();
  if (!description) {
    return { at, status: 'Vanished', ranToEnd: false, byCode: false, reason: 'SageMaker does not know the execution any more' };
  }
  const status = description.status as ExecutionEnd['status'];
  const steps = await world.pipelines.steps(execution.arn!);
  const failed = steps.find((step) => step.status === 'Failed');
  const processing = steps.find(({ name }) => name === PIPELINE_STEP.PROCESS);
  const reason = [description.failureReason, failed && `step ${failed.name}: ${failed.failureReason ?? 'no reason given'}`]
    .filter((part) => part !== undefined).join('; ');
  return {
    at, status,
    ranToEnd: processing?.status === 'Succeeded',
    byCode: isFailureOfCode(processing) || (status === 'Stopped' && isOutOfTime(world, execution, at)),
    ...(reason === '' ? {} : { reason: reason.slice(0, 1_000) }),
  };
}

/** Nobody says who stopped it. Not we; after its time limit, SageMaker. */
function isOutOfTime({ timings }: World, { startedAt, plannedAt, ageMax, stopOrderedAt }: Execution, now: number): boolean {
  return stopOrderedAt === undefined && now - (startedAt ?? plannedAt) >= ageMax - timings.executionPatience;
}

/** The order is written down before the service is asked: a lost answer leads to another asking, and a stop to no charge. */
export async function stopExecution(world: World, seen: Seen, slot: Slot): Promise<void> {
  const execution = mustHave(seen.project.processing, slot);
  const now = world.ledger.clock.now();
  await write(world, slot, { ...execution, stopOrderedAt: now });
  if (execution.stopOrderedAt !== undefined) {
    await raise(world, seen.project, 'pipeline', `${execution.request.displayName} of pipeline ${execution.request.pipelineName} takes too long and does not stop`);
  }
  await world.pipelines.stop(execution.arn!, stopToken(execution));
}

/** Nobody can end an execution that SageMaker is stopping, and what comes after it waits: it is told of when that takes long. */
export async function tellStopping(world: World, seen: Seen): Promise<void> {
  for (const slot of ['batch', 'start'] as const) {
    const execution = seen.project.processing[slot];
    if (execution && seen.processing.described[slot]?.status === 'Stopping') {
      if (execution.stoppingAt === undefined) {
        await write(world, slot, { ...execution, stoppingAt: world.ledger.clock.now() });
      } else if (isStoppingLong(world, execution)) {
        const { displayName, pipelineName } = execution.request;
        await raise(world, seen.project, 'pipeline', `${displayName} of pipeline ${pipelineName} is being stopped by SageMaker and does not come to its end`);
      }
    }
  }
}

/** An open breaker has the same alert. */
async function clearPipeline(world: World, { project }: Seen): Promise<void> {
  if (project.processing.breaker.openedAt === undefined) {
    await clear(world, project, 'pipeline');
  }
}

function isStoppingLong({ ledger, timings }: World, { stoppingAt }: Execution): boolean {
  return stoppingAt !== undefined && ledger.clock.now() - stoppingAt >= timings.transitionPatience;
}

export function mustHave(processing: ProcessingState, slot: Slot): Execution {
  const execution = processing[slot];
  if (!execution) {
    throw new Error(`an execution of kind ${slot} was decided on and is not in the ledger`);
  }
  return execution;
}

async function write(world: World, slot: Slot, execution: Execution): Promise<void> {
  await world.ledger.table.write([processingWrite({ [slot]: execution })]);
}
