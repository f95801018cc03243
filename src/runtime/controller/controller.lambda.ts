import { run } from './controller';
import { checkedOrder } from './order-request';
import { readStatus } from './status';
import { OperatorRequest, Status } from '../../contract/operator';
import { StartAnswer } from '../../contract/processing';
import { awsWorld } from '../aws/world';
import { readOrder, sendCommand } from '../ledger/commands';

const world = awsWorld();

/** A wake-up (schedule, job-state event, nudge), whose content is for the log alone, or an operator's request. */
export interface ControllerEvent extends Partial<OperatorRequest> {
  readonly cause?: string;
  readonly source?: string;
  /** Of a pipeline's step: its execution. */
  readonly execution?: string;
}

/** Answers what the run did, or the project's status to a request. */
export async function handler(event: ControllerEvent | undefined): Promise<readonly string[] | Status | StartAnswer> {
  try {
    if (event?.cause === 'pipeline') {
      return await startFromPipeline(event.execution ?? '');
    }
    return event?.command === undefined
      ? await run(world, event?.cause ?? (event?.source === 'aws.sagemaker' ? 'job-state' : 'unknown'))
      : await answer({ ...event, command: event.command });
  } finally {
    world.telemetry.flush();
  }
}

/** A step of the pipeline orders the start of what is due. */
async function startFromPipeline(execution: string): Promise<StartAnswer> {
  await sendCommand(world.ledger, 'start', 'pipeline', { execution });
  try {
    return { did: (await run(world, 'pipeline')).join(', ') };
  } catch (error) {
    // The order stands whatever becomes of this run: the next one carries it out.
    return { did: `ordered, and tried again: ${String(error)}` };
  }
}

async function answer(request: OperatorRequest): Promise<Status> {
  const id = request.command === 'status' ? request.order : await obey(request);
  return { ...await readStatus(world), ...(id === undefined ? {} : { order: await readOrder(world.ledger, id) }) };
}

async function obey(request: OperatorRequest): Promise<string> {
  const { command, by, subject } = checkedOrder(request);
  const id = await sendCommand(world.ledger, command, by, subject);
  // The order stands whatever becomes of this run: the next one carries it out.
  await run(world, 'command').catch((error: unknown) => world.telemetry.error(`the run after '${command}' failed: ${String(error)}`, { notice: 'run-failed' }));
  return id;
}
