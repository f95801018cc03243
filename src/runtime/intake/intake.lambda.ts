import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { workThrough } from '../aws/queue-batch';
import { awsWorld } from '../aws/world';
import { requireConfiguration } from '../configuration';
import { BuiltInEngine } from './built-in-engine';
import { createdObjects } from './events';
import { Intake } from './intake';

const world = awsWorld();

/** Takes drops in: S3 events from the intake queue. New images wake the controller once for each batch. */
export async function handler(event: SQSEvent, context: Context): Promise<SQSBatchResponse> {
  try {
    const configuration = await requireConfiguration(world);
    const intake = new Intake(world, configuration, new BuiltInEngine(configuration.featureEngineering));
    let done = false;
    const response = await workThrough(event, context, world.telemetry, async (body) => {
      for (const object of createdObjects(body)) {
        done = await intake.take(object) === 'done' || done;
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
