import { backOff, mustHave } from './executions';
import { executionRequest } from './plan-batch';
import { LAMBDA_STEP_MAX_SECONDS, PIPELINE_PARAMETER } from '../../../contract/processing';
import { clear, raise } from '../../alerts';
import { batchName, processingWrite } from '../../ledger/processing';
import { World } from '../../world';
import { Seen } from '../observe';

/** Failures in a row after which somebody is told. */
const FAILURES_TO_TELL = 3;

/** Plans an execution of the pipeline that does nothing but to order the start of the labeling job that is due. */
export async function orderStart(world: World, seen: Seen): Promise<void> {
  const { lastExecution } = seen.project.processing;
  const number = lastExecution + 1;
  await world.ledger.table.write([processingWrite({
    lastExecution: number,
    start: {
      number, plannedAt: world.ledger.clock.now(), ageMax: LAMBDA_STEP_MAX_SECONDS * 1_000 + world.timings.executionPatience,
      request: executionRequest(world, number, `start-${number}`, { [PIPELINE_PARAMETER.EXECUTION]: batchName(number) }),
    },
  })]);
}

/** The execution is over. Whether a job was started is in the ledger: where one is still due, another execution follows. */
export async function settleStart(world: World, seen: Seen): Promise<void> {
  const { processing } = seen.project;
  const { end, request } = mustHave(processing, 'start');
  const worked = end?.status === 'Succeeded';
  const wait = worked ? undefined : backOff(world, processing);
  await world.ledger.table.write([processingWrite({ start: undefined, ...wait ?? { backOffUntil: 0, backOffSteps: 0 } })]);
  if (worked) {
    await clear(world, seen.project, 'pipeline');
  } else if (wait!.backOffSteps >= FAILURES_TO_TELL) {
    await raise(world, seen.project, 'pipeline', `labeling jobs start through the pipeline ${request.pipelineName}, which fails: ${end?.reason ?? end?.status}`);
  }
}
