import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { workThrough } from '../aws/queue-batch';
import { awsWorld } from '../aws/world';
import { requireConfiguration } from '../configuration';
import { Recorder } from './recorder';

const world = awsWorld();

/** Records labels: messages of the output topic. A label makes room, so the controller is woken once for each batch. */
export async function handler(event: SQSEvent, context: Context): Promise<SQSBatchResponse> {
  try {
    const recorder = new Recorder(world, await requireConfiguration(world));
    const response = await workThrough(event, context, world.telemetry, async (body) => {
      await recorder.record(body);
    });
    await world.waker.wake('label');
    return response;
  } finally {
    world.telemetry.flush();
  }
}
