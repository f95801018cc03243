import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { EngineWatch } from './engine-health';
import { engineOf } from './engines';
import { createdObjects } from './events';
import { Intake } from './intake';
import { RetryLaterError, orWait } from './retry-later';
import { workThrough } from '../aws/queue-batch';
import { awsWorld } from '../aws/world';
import { readProject } from '../ledger/project';

const world = awsWorld();
const watch = new EngineWatch(world);

/** How long drops wait that come before the first deploy has ended. Unit: milliseconds. */
const DEPLOY_PAUSE = 5 * 60_000;

async function intakeInForce(): Promise<Intake> {
  const { configuration } = await readProject(world.ledger);
  if (!configuration) {
    throw new RetryLaterError(DEPLOY_PAUSE, 'the ledger has no configuration yet: the deployment has not finished; this is tried again by itself');
  }
  return new Intake(world, configuration, engineOf(world, configuration, watch), watch);
}

/** Takes drops in: S3 events from the intake queue. New images wake the controller once for each batch. */
export async function handler(event: SQSEvent, context: Context): Promise<SQSBatchResponse> {
  try {
    // Asked for by the first drop of a batch: S3's test event comes before there is a configuration, and needs none.
    let inForce: Promise<Intake> | undefined;
    let done = false;
    const { intakeQueueUrl } = world.resources;
    const response = await workThrough(event, context, world.telemetry, (body) => orWait(world.queues, intakeQueueUrl, body, async () => {
      for (const object of createdObjects(body)) {
        const intake = await (inForce ??= intakeInForce());
        done = await intake.take(object) === 'done' || done;
      }
    }), async ({ receiptHandle }, error) => {
      if (error instanceof RetryLaterError) {
        await world.queues.postpone(intakeQueueUrl, receiptHandle, error.seconds);
      }
    });
    if (done) {
      await world.waker.wake('intake');
    }
    return response;
  } finally {
    world.telemetry.flush();
  }
}
