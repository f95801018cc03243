import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { workThrough } from '../aws/queue-batch';
import { awsWorld } from '../aws/world';
import { requireConfiguration } from '../configuration';
import { EngineWatch } from './engine-health';
import { engineOf } from './engines';
import { createdObjects } from './events';
import { Intake } from './intake';
import { RetryLaterError, orWait } from './retry-later';

const world = awsWorld();
const watch = new EngineWatch(world);

/** Takes drops in: S3 events from the intake queue. New images wake the controller once for each batch. */
export async function handler(event: SQSEvent, context: Context): Promise<SQSBatchResponse> {
  try {
    const configuration = await requireConfiguration(world);
    let done = false;
    const { intakeQueueUrl } = world.resources;
    const response = await workThrough(event, context, world.telemetry, (body) => orWait(world.queues, intakeQueueUrl, body, async () => {
      const intake = new Intake(world, configuration, engineOf(world, configuration, watch), watch);
      for (const object of createdObjects(body)) {
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
