import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { EngineWatch } from './engine-health';
import { engineOf } from './engines';
import { createdObjects } from './events';
import { Intake } from './intake';
import { workThrough } from '../aws/queue-batch';
import { awsWorld } from '../aws/world';
import { NotDeployedError, requireConfiguration } from '../configuration';
import { RetryLaterError, orWait } from '../retry-later';

const world = awsWorld();
const watch = new EngineWatch(world);

/** How long drops wait that come before the first deploy has ended. Unit: seconds. */
const FIRST_DEPLOY_PAUSE = 5 * 60;

async function intakeInForce(): Promise<Intake> {
  const configuration = await requireConfiguration(world);
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
      const seconds = error instanceof RetryLaterError ? error.seconds : error instanceof NotDeployedError ? FIRST_DEPLOY_PAUSE : undefined;
      if (seconds !== undefined) {
        await world.queues.postpone(intakeQueueUrl, receiptHandle, seconds);
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
