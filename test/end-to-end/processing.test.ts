import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runProcessing } from '../../src/local/demo/processing/driver';
import { PROCESSING_TIMES } from '../../src/local/demo/processing/timings';
import { Stage } from '../../src/local/demo/stage';
import { findings } from '../../src/local/demo/summary';
import { synthesizeDemo } from '../../src/local/demo/synthesis';
import { Processes } from '../../src/local/runner';
import { isPythonMissing } from '../support/emulator';

const EXAMPLES = join(__dirname, '../../examples');

test('both examples have the same helper', () => {
  const [one, other] = ['typescript/processing-job/crop', 'demo/processing/scripts'].map((folder) => readFileSync(join(EXAMPLES, folder, 'labeling.py'), 'utf8'));
  expect(other).toBe(one);
});

(isPythonMissing() ? describe.skip : describe)('the pipeline of the deployed template', () => {
  const processes = new Processes();
  let stage: Stage | undefined;

  afterAll(async () => {
    await stage?.stop();
    await processes.stopAll();
  });

  test('runs on two instances; a drop that kills the script is found, one that comes meanwhile is not forgotten', async () => {
    stage = await Stage.start({ processes, timings: PROCESSING_TIMES, pipelines: { stepTime: ({ Type }) => (Type === 'Processing' ? 1_500 : 0) } });
    const stack = await synthesizeDemo(processes, stage.emulator, { processing: true });
    const result = await runProcessing({ stage, stack, audience: { say: () => undefined, show: () => undefined }, photographs: 3 });
    expect([...findings(result), ...result.missed]).toEqual([]);
    expect(result.tally).toMatchObject({ dropped: 5, labeled: 4 });
    expect(result.ledger.drops.filter(({ state }) => state === 'QUARANTINED').map(({ key, reason }) => [key, reason])).toEqual([['odd/kill.png', 'processor-crash']]);
  }, 300_000);
});
