import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { dropsTable } from './drops/drops';
import { EmulatorCalls } from './drops/emulator-calls';
import { ManyDrops, takeManyDrops } from './drops/many-drops';
import { imagesOf, kindOf } from './drops/mix';
import { renderReport } from './report';
import { projectRoot } from '../../src/local/runner';

const HUNDRED = Array.from({ length: 100 }, (_, number) => number);

test('of a hundred drops two are no images, five were there before, and ten give four tiles', () => {
  const kinds = HUNDRED.map(kindOf);
  expect(['junk', 'duplicate', 'tiled', 'plain'].map((kind) => kinds.filter((one) => one === kind).length)).toEqual([2, 5, 10, 83]);
  expect(HUNDRED.flatMap(imagesOf)).toHaveLength(83 + 40);
  expect(new Set([...HUNDRED, ...HUNDRED.map((number) => number + 100)].flatMap(imagesOf)).size).toBe(246);
});

describe('very many drops', () => {
  const folder = mkdtempSync(join(tmpdir(), 'drops-bench-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('go through the functions in a thread of their own, none is lost, none paid for twice', async () => {
    const program = join(folder, 'functions-thread.js');
    await build({
      absWorkingDir: projectRoot(), entryPoints: ['test/bench/drops/functions-thread.ts'], outfile: program, bundle: true, platform: 'node', target: 'node20',
      external: ['sharp'], loader: { '.html': 'text' }, logLevel: 'error',
    });
    const done = await takeManyDrops({ drops: 1_000, program, heapMegabytes: 64 });
    expect(done).toMatchObject({ drops: 1_000, images: 1_230, labeled: 1_230, lost: 0, double: 0, strange: 0, wrong: 0, jobs: 1 });
    expect(done.looks.at(-1)!.heap).toBeLessThan(done.peak);
  }, 120_000);
});

describe('the table', () => {
  const many = (change: Partial<ManyDrops> = {}): ManyDrops => ({
    drops: 100_000, kinds: { junk: 2_000, duplicate: 5_000, tiled: 10_000, plain: 83_000 }, images: 123_000, jobs: 2, labeled: 123_000,
    lost: 0, double: 0, strange: 0, wrong: 0, peak: 60_000_000, seconds: 300,
    looks: HUNDRED.slice(1, 11).map((tenth) => ({ drops: tenth * 10_000, seconds: 30, calls: 400_000, heap: 8_000_000 + tenth })),
    ...change,
  });
  const calls = (items: number, gets = 90, sdkGets = 90): EmulatorCalls => ({
    items, added: 10, range: [195, 200], requests: { Intake: { 'dynamodb.GetItem': gets }, Controller: { 'dynamodb.Query': 100 }, Recorder: { 'events.PutEvents': 10 } },
    sdk: { Intake: { 'dynamodb.GetItem': sdkGets }, Controller: { 'dynamodb.Query': 100 }, Recorder: { 'events.PutEvents': 10 } },
  });
  const met = (...given: Parameters<typeof dropsTable>) => dropsTable(...given).targets.map((target) => target.met);

  test('judges a full run', () => {
    const whole = [calls(1_000), calls(20_000)];
    expect(met(many(), whole)).toEqual([true, true, true, true, true]);
    expect(met(many({ lost: 1, double: 2, wrong: 3 }), whole)).toEqual([false, false, false, true, true]);
    const looks = [{ drops: 1, seconds: 1, calls: 1, heap: 8_000_000 }, { drops: 2, seconds: 1, calls: 1, heap: 10_000_000 }];
    expect(met(many({ looks }), [calls(1_000), calls(20_000, 92)])).toEqual([true, true, true, false, false]);
    expect(met(many(), [calls(1_000), calls(20_000, 90, 92)])).toEqual([true, true, true, true, false]);
  });

  test('judges of a quick run only what is wrong', () => {
    expect(met(many({ drops: 5_000, double: 1 }), [calls(100), calls(1_000)])).toEqual([undefined, false, undefined, undefined, undefined]);
  });

  test('is not cut', () => {
    const machine = { processor: 'A processor', processors: 2, memory: 4096, system: 'linux 6', node: '20.20.2' };
    const tables = [dropsTable(many(), [calls(1_000), calls(20_000)])];
    expect(renderReport({ at: '2026-01-05T08:00:00.000Z', machine, quick: false, tables })).not.toContain('…');
  });
});
