import { messageOf } from '../errors';
import { Execution, stopToken } from '../ledger/processing';
import { readProject } from '../ledger/project';
import { World } from '../world';

/**
 * Stops the executions of the project's pipeline, which cannot be deleted while one runs. Answers those that are not over. What they
 * were at work on is taken in again when the project is deployed again.
 */
export async function endExecutions(world: World): Promise<string[]> {
  const { processing } = await readProject(world.ledger);
  const left: string[] = [];
  for (const execution of [processing.batch, processing.start]) {
    if (execution && !execution.end && !await endExecution(world, execution)) {
      left.push(execution.request.displayName);
    }
  }
  return left;
}

/** Answers whether it is over. */
async function endExecution(world: World, execution: Execution): Promise<boolean> {
  try {
    if (execution.arn !== undefined) {
      return await isOver(world, execution, execution.arn);
    }
    // Nobody knows whether it was started: the same token again tells, and starts it at worst, to be stopped.
    const outcome = execution.askedAt === undefined ? undefined : await world.pipelines.start(execution.request);
    return outcome === undefined || outcome.kind === 'refused'
      || (outcome.kind === 'started' && await isOver(world, execution, outcome.execution));
  } catch (error) {
    world.telemetry.warn(`${execution.request.displayName} could not be ended yet: ${messageOf(error)}`, { notice: 'teardown' });
    return false;
  }
}

async function isOver(world: World, execution: Execution, arn: string): Promise<boolean> {
  const description = await world.pipelines.describe(arn);
  if (description?.status === 'Executing') {
    await world.pipelines.stop(arn, stopToken(execution));
  }
  return description === undefined || (description.status !== 'Executing' && description.status !== 'Stopping');
}
