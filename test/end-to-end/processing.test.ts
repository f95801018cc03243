import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProcessing } from '../../src/local/demo/processing/driver';
import { PROCESSING_TIMES } from '../../src/local/demo/processing/timings';
import { Stage } from '../../src/local/demo/stage';
import { findings } from '../../src/local/demo/summary';
import { synthesizeDemo } from '../../src/local/demo/synthesis';
import { Processes } from '../../src/local/runner';
import { readResult } from '../../src/runtime/intake/processing-result';
import { isPythonMissing } from '../support/emulator';

const EXAMPLES = join(__dirname, '../../examples');

test('both examples have the same helper', () => {
  const [one, other] = ['typescript/processing-job/crop', 'demo/processing/scripts'].map((folder) => readFileSync(join(EXAMPLES, folder, 'labeling.py'), 'utf8'));
  expect(other).toBe(one);
});

(isPythonMissing() ? test.skip : test)('the helper reports for a drop alone what it raises or answers that is no JSON', () => {
  const folder = mkdtempSync(join(tmpdir(), 'helper-'));
  try {
    const answers = {
      good: '[{"file": "a.png", "attributes": {"score": 0.5}}]', decimal: '[{"attributes": {"score": decimal.Decimal("0.5")}}]', nan: '[{"attributes": {"score": float("nan")}}]',
      infinity: '[{"attributes": {"score": -float("inf")}}]', generator: '(n for n in [1])', raised: '1 / 0', none: 'reject(decimal.Decimal(1))', dark: 'reject("too-dark")', last: '[]',
    };
    const names = Object.keys(answers);
    mkdirSync(join(folder, 'drops'));
    names.forEach((name) => writeFileSync(join(folder, 'drops', name), ''));
    const drops = names.map((file) => ({ file, drop: { bucket: 'drop', key: file, versionId: '1', sha256: '0a', size: 0 } }));
    writeFileSync(join(folder, 'batch.json'), JSON.stringify({ contractVersion: 1, project: 'froth', batch: '1', drops }));
    writeFileSync(join(folder, 'main.py'), [
      'import decimal, labeling', 'def reject(reason):', '    raise labeling.Reject(reason)',
      `labeling.run(lambda drop: eval(${JSON.stringify(answers)}[drop.file]))`,
    ].join('\n'));
    const run = spawnSync('python3', ['-B', join(folder, 'main.py')], {
      encoding: 'utf8',
      env: {
        ...process.env, PYTHONPATH: join(EXAMPLES, 'typescript/processing-job/crop'),
        LABELING_BATCH: join(folder, 'batch.json'), LABELING_DROPS: join(folder, 'drops'), LABELING_OUTPUT: join(folder, 'output'),
      },
    });
    expect([run.status, run.status === 0 ? '' : run.stderr]).toEqual([0, '']);
    const results = join(folder, 'output/results');
    expect(readdirSync(results).sort()).toEqual(names.map((name) => `${name}.json`).sort());
    expect(Object.fromEntries(names.map((name) => [name, readResult(readFileSync(join(results, `${name}.json`)))]))).toEqual({
      good: { kind: 'images', images: [{ file: 'a.png', attributes: { score: 0.5 } }] },
      decimal: { kind: 'error', message: 'TypeError: Object of type Decimal is not JSON serializable' },
      nan: { kind: 'error', message: expect.stringMatching(/^ValueError: Out of range float values/) },
      infinity: { kind: 'error', message: expect.stringMatching(/^ValueError: Out of range float values/) },
      generator: { kind: 'error', message: 'TypeError: Object of type generator is not JSON serializable' },
      raised: { kind: 'error', message: 'ZeroDivisionError: division by zero' },
      none: { kind: 'error', message: 'TypeError: Object of type Decimal is not JSON serializable' },
      dark: { kind: 'reject', reject: { reason: 'too-dark' } },
      last: { kind: 'images', images: [] },
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
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
