import { ContractWorld } from './contract-world';
import { openEmulator } from './emulator-world';
import { jobsContract } from './jobs.contract';
import { busContract, queuesContract, topicContract } from './messages.contract';
import { objectsContract } from './objects.contract';
import { tableContract } from './table.contract';
import { StartedEmulator, isPythonMissing, startEmulator } from '../../support/emulator';

/** The first run installs the emulator. */
const START_MS = 300_000;

jest.setTimeout(60_000);

if (isPythonMissing()) {
  const message = 'SKIPPED: the AWS implementation of the ports was NOT tested, because no Python 3.10 or later runs here for the emulator.';
  console.warn(message);
  it.skip(message, () => undefined);
} else {
  describe('the ports of AWS', () => {
    let emulator: StartedEmulator;
    let world: ContractWorld;
    const open = () => world;

    beforeAll(async () => {
      emulator = await startEmulator();
      world = await openEmulator(emulator.connection);
    }, START_MS);

    afterAll(async () => {
      await world?.close();
      await emulator?.stop();
    });

    tableContract(open);
    objectsContract(open);
    topicContract(open);
    queuesContract(open);
    busContract(open);
    jobsContract(open);
  });
}
