import { run } from './controller';
import { Status, readStatus } from './status';
import { awsWorld } from '../aws/world';
import { COMMANDS, CommandName, sendCommand } from '../ledger/project';

const world = awsWorld();

/** A wake-up (schedule, job-state event, nudge), whose content is for the log alone, or an operator's command. */
export interface ControllerEvent {
  readonly cause?: string;
  readonly source?: string;
  /** `status`, `pause`, `resume`, `drain` or `roll`. */
  readonly command?: string;
  /** Who orders it, for the ledger. */
  readonly by?: string;
}

/** Answers what the run did, or the project's status to a command. */
export async function handler(event: ControllerEvent | undefined): Promise<readonly string[] | Status> {
  try {
    return event?.command === undefined
      ? await run(world, event?.cause ?? (event?.source === 'aws.sagemaker' ? 'job-state' : 'unknown'))
      : await obey(event.command, event.by);
  } finally {
    world.telemetry.flush();
  }
}

async function obey(command: string, by: string | undefined): Promise<Status> {
  if (command !== 'status') {
    if (!COMMANDS.includes(command as CommandName)) {
      throw new Error(`unknown command '${command}'; allowed are status, ${COMMANDS.join(', ')}`);
    }
    await sendCommand(world.ledger, command as CommandName, by);
    await run(world, 'command');
  }
  return readStatus(world);
}
