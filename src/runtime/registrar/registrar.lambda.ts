import type { Context } from 'aws-lambda';
import { RegisterAnswer, RegisterRequest } from '../../contract/processing';
import { awsWorld } from '../aws/world';
import { requireConfiguration } from '../configuration';
import { messageOf } from '../errors';
import { registerBatch } from './registrar';

const world = awsWorld();

/** A step of the pipeline: its answer goes to SageMaker. A step that fails would hide that the code worked, so none does. */
export async function handler({ batch }: RegisterRequest, context: Context): Promise<RegisterAnswer> {
  try {
    const deadline = world.ledger.clock.now() + context.getRemainingTimeInMillis();
    return await registerBatch(world, await requireConfiguration(world), batch, deadline);
  } catch (error) {
    world.telemetry.error(`the outputs of batch ${batch} were not all registered; the controller goes on with them: ${messageOf(error)}`, { notice: 'register-failed' });
    return { registered: 0, open: 0 };
  } finally {
    world.telemetry.flush();
  }
}
