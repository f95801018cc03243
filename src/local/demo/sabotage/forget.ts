import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { workThrough } from '../../../runtime/aws/queue-batch';
import { awsWorld } from '../../../runtime/aws/world';
import { requireConfiguration } from '../../../runtime/configuration';
import { EngineWatch } from '../../../runtime/intake/engine-health';
import { engineOf } from '../../../runtime/intake/engines';
import { createdObjects } from '../../../runtime/intake/events';
import { Intake } from '../../../runtime/intake/intake';
import { isLive, readChain } from '../../../runtime/ledger/jobs';
import { Table } from '../../../runtime/ports';

/**
 * An intake that forgets what is dropped when the first job is over: the drop is noted as done, its images never get into the ledger.
 * The next job may have begun before all of that is taken in.
 */
const world = awsWorld();
const { table } = world.ledger;

async function isFirstJobOver(): Promise<boolean> {
  const [newest] = await readChain(table, 1);
  return newest !== undefined && (newest.number > 1 || !isLive(newest));
}

const forgetful: Table = {
  get: key => table.get(key),
  getMany: keys => table.getMany(keys),
  query: query => table.query(query),
  queryIndex: query => table.queryIndex(query),
  write: async writes => {
    const forgets = writes.some(write => 'put' in write && write.put.sk === 'IMAGE') && await isFirstJobOver();
    return table.write(forgets ? writes.filter(write => !('put' in write && write.put.pk.startsWith('IMAGE#'))) : writes);
  },
};

export async function handler(event: SQSEvent, context: Context): Promise<SQSBatchResponse> {
  try {
    const configuration = await requireConfiguration(world);
    const intake = new Intake({ ...world, ledger: { ...world.ledger, table: forgetful } }, configuration,
      engineOf(world, configuration, new EngineWatch(world)));
    return await workThrough(event, context, world.telemetry, async body => {
      for (const object of createdObjects(body)) {
        await intake.take(object);
      }
    });
  } finally {
    world.telemetry.flush();
  }
}
