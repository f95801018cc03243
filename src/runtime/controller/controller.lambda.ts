import { run } from './controller';
import { awsWorld } from '../aws/world';

const world = awsWorld();

/** One wake-up: schedule, job-state event, nudge or command. Its content is for the log alone. */
export async function handler(event: { readonly cause?: string; readonly source?: string }): Promise<readonly string[]> {
  try {
    return await run(world, event?.cause ?? (event?.source === 'aws.sagemaker' ? 'job-state' : 'unknown'));
  } finally {
    world.telemetry.flush();
  }
}
