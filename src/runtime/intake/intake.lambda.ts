import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { workThrough } from '../aws/queue-batch';
import { awsWorld } from '../aws/world';
import { requireConfiguration } from '../configuration';
import { BuiltInEngine } from './built-in-engine';
import { createdObjects } from './events';
import { Intake } from './intake';

const world = awsWorld();

/** Takes drops in: S3 events from the intake queue. */
export async function handler(event: SQSEvent, context: Context): Promise<SQSBatchResponse> {
  try {
    const configuration = await requireConfiguration(world);
    const intake = new Intake(world, configuration, new BuiltInEngine(configuration.featureEngineering));
    return await workThrough(event, context, world.telemetry, async (body) => {
      for (const object of createdObjects(body)) {
        await intake.take(object);
      }
    });
  } finally {
    world.telemetry.flush();
  }
}
