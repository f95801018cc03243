import { run } from '../../../src/runtime/controller/controller';
import { expectConservation } from '../../support/conservation';
import { HOUR, MINUTE, MemoryProject, PlainEngine } from '../../support/memory-project';
import { COPY, SIMPLE, batchesOf, pngOf, processingProject, useCode } from '../../support/processing-project';
import { Trouble, Troubles } from '../../support/trouble';

type State = { readonly state: string; readonly reason?: string };

function dropsOf(project: MemoryProject): { readonly [key: string]: State } {
  return Object.fromEntries([...project.outside.table.items()].filter((item) => item.sk.startsWith('VERSION#'))
    .map((item) => [String(item.key), {
      state: String(item.state), ...(item.reason === undefined ? {} : { reason: String(item.reason) }),
    }]));
}

async function drop(project: MemoryProject, ...texts: string[]): Promise<void> {
  for (const text of texts) {
    await project.drop(text, pngOf(text));
  }
}

const names = (prefix: string, count: number): string[] => Array.from({ length: count }, (_, index) => `${prefix}-${String(index).padStart(2, '0')}`);

async function until(project: MemoryProject, isSo: () => boolean | Promise<boolean>, rounds = 200, ms = MINUTE): Promise<void> {
  for (let i = 0; i < rounds && !await isSo(); i += 1) {
    await project.round(ms);
    expectConservation(project.outside.table);
    const running = project.outside.pipelineSimulator.executions().filter(({ isOver, displayName }) => !isOver && displayName?.startsWith('batch-'));
    expect(running.length).toBeLessThanOrEqual(1);
  }
  expect(await isSo()).toBe(true);
}

const isSettled = (project: MemoryProject) => (): boolean => project.outside.cloud.buckets.peekKeys('drop').length === 0
  && Object.values(dropsOf(project)).every(({ state }) => state !== 'RECEIVED' && state !== 'ENGINEERING');

/** Answers of AWS to whoever has no right any more. */
const refusal = (name: string, httpStatusCode: number): Error => Object.assign(new Error('not yours any more'), { name, $metadata: { httpStatusCode } });

/** A deploy takes the processing job out: the project's rights to the pipeline, and to all that lies below `processing/`, go with it. */
async function leave(project: MemoryProject): Promise<void> {
  const { pipelines, objects } = project.world;
  pipelines.start = async () => ({ kind: 'refused', message: 'not yours any more' });
  pipelines.describe = async () => {
    throw refusal('AccessDeniedException', 400);
  };
  const guarded = <A extends unknown[], R>(work: (...args: A) => Promise<R>) => async (...args: A): Promise<R> => {
    if (String(args[1]).startsWith('processing/')) {
      throw refusal('AccessDenied', 403);
    }
    return work.apply(objects, args);
  };
  Object.assign(objects, {
    get: guarded(objects.get), head: guarded(objects.head), put: guarded(objects.put), deleteVersion: guarded(objects.deleteVersion),
  });
  await project.deploy({ featureEngineering: { kind: 'none' } });
  project.engine = new PlainEngine();
}

/** Left while a batch of two drops was planned, or with the pipeline. */
async function leftProject(when: 'is planned' | 'is under way', troubles?: Troubles): Promise<MemoryProject> {
  const apiVerdict = () => troubles?.apiVerdict() ?? 'ok' as const;
  const project = await processingProject({
    pipelines: { apiVerdict, stepTime: ({ Type }) => Type === 'Processing' ? 30 * MINUTE : 0 }, simulator: { apiVerdict },
  });
  if (when === 'is planned') {
    project.world.pipelines.start = async () => ({ kind: 'later', message: 'throttled' });
  }
  await drop(project, 'one', 'two');
  await project.rounds(3);
  expect((await project.read()).processing.batch?.arn === undefined).toBe(when === 'is planned');
  await leave(project);
  return project;
}

const IMAGE_COUNTS = ['image:PENDING', 'image:SENDING', 'image:SENT', 'image:LABELED', 'image:HELD', 'image:QUARANTINED'] as const;

describe('batches', () => {
  test('drops go through the pipeline in batches, their images to workers, and the job starts through it', async () => {
    const project = await processingProject();
    await drop(project, ...names('good', 20), 'reject-me');
    await until(project, isSettled(project));
    expect(Object.values(dropsOf(project)).filter(({ state }) => state === 'DONE')).toHaveLength(20);
    expect(dropsOf(project)['reject-me']).toEqual({ state: 'QUARANTINED', reason: 'engineering-rejected' });
    expect(batchesOf(project).map(({ texts }) => texts.length)).toEqual([16, 5]);
    await project.finish();
    expect(project.lost()).toEqual(['reject-me']);
    expect(project.double()).toBe(0);
    const [first] = project.outside.pipelineSimulator.executions();
    expect(first.steps.map(({ definition, status }) => `${definition.Name} ${status}`)).toEqual([
      'HasBatch Succeeded', 'FeatureEngineering Succeeded', 'RegisterOutputs Succeeded', 'StartLabeling Succeeded',
    ]);
    expect(first.steps.at(-1)!.outcome!.outputs!.did).toContain('START, CREATE');
    // the copies that waited are gone
    expect(project.outside.cloud.buckets.peekKeys('input', 'processing/froth-0a1b2c3d/drops/')).toEqual([]);
  });

  test('a drop that comes while a batch runs goes into the next, without another one having to come', async () => {
    const project = await processingProject({ pipelines: { stepTime: ({ Type }) => Type === 'Processing' ? 30 * MINUTE : 0 } });
    await drop(project, 'good-1');
    await project.rounds(3);
    await drop(project, 'good-2', 'good-3');
    await until(project, isSettled(project));
    expect(batchesOf(project).map(({ texts }) => texts)).toEqual([['good-1'], ['good-2', 'good-3']]);
  });

  test('a batch that is not full waits for more', async () => {
    const project = await processingProject({ processing: { batchWaitSeconds: 600, batchSize: 4 } });
    await drop(project, 'good-1');
    await project.rounds(5);
    expect(batchesOf(project)).toEqual([]);
    await drop(project, 'good-2');
    await until(project, isSettled(project));
    expect(batchesOf(project).map(({ texts }) => texts)).toEqual([['good-1', 'good-2']]);
    await drop(project, ...names('more', 4));
    await project.rounds(2);
    expect(batchesOf(project)).toHaveLength(2);
  });

  test('no more instances than drops', async () => {
    const project = await processingProject();
    const seen: number[] = [];
    const { onInstance } = project.outside.pipelineHost;
    project.outside.pipelineHost.onInstance = async (instance) => {
      seen.push(instance.count);
      return onInstance(instance);
    };
    await drop(project, 'good-1');
    await until(project, isSettled(project));
    await drop(project, 'good-2', 'good-3', 'good-4');
    await until(project, isSettled(project));
    expect(seen).toEqual([1, 2, 2]);
  });

  test('the same content twice is processed once', async () => {
    const project = await processingProject();
    await project.drop('one', pngOf('same'));
    await project.drop('two', pngOf('same'));
    await until(project, isSettled(project));
    expect(Object.values(dropsOf(project)).map(({ state }) => state).sort()).toEqual(['DONE', 'DUPLICATE']);
    expect(batchesOf(project)).toHaveLength(1);
  });
});

describe('failures', () => {
  test('one culprit of 16 is found by halving and alone quarantined', async () => {
    const project = await processingProject();
    await drop(project, ...names('good', 9), 'crash-it', ...names('more', 6));
    await until(project, isSettled(project), 400);
    expect(dropsOf(project)['crash-it']).toEqual({ state: 'QUARANTINED', reason: 'processor-crash' });
    expect(Object.values(dropsOf(project)).filter(({ state }) => state === 'DONE')).toHaveLength(15);
    const sizes = batchesOf(project).map(({ texts, status }) => `${texts.length} ${status}`);
    // the batch, and again; one alone to see whether the code works; two halves four times, and its second try alone
    expect(sizes.length).toBeLessThanOrEqual(2 + 1 + 2 * 4 + 1);
    expect((await project.read()).alerts).toEqual([]);
  });

  test('two culprits, and good drops that come meanwhile, do not block each other', async () => {
    const project = await processingProject();
    await drop(project, 'crash-a', ...names('good', 14), 'crash-b');
    await project.rounds(5);
    await drop(project, ...names('late', 5));
    await until(project, isSettled(project), 600);
    const drops = dropsOf(project);
    expect(Object.keys(drops).filter((key) => drops[key].state === 'QUARANTINED')).toEqual(['crash-a', 'crash-b']);
    expect((await project.read()).alerts).toEqual([]);
  });

  test('a steady flow in which each batch has a bad drop: good drops get through, bad ones are found, and none is blamed for another', async () => {
    const project = await processingProject({ processing: { batchSize: 8, instanceCount: 1 }, pipelines: { uploadsAfterFailure: false } });
    for (let batch = 0; batch < 8; batch += 1) {
      await drop(project, ...names(`good-${batch}`, 5), `crash-${batch}`, ...names(`more-${batch}`, 2));
      for (let i = 0; i < 35; i += 1) {
        await project.round(MINUTE);
        expect((await project.read()).processing.breaker.openedAt).toBeUndefined();
      }
      const waiting = Object.values(dropsOf(project)).filter(({ state }) => state === 'ENGINEERING');
      expect(waiting.length).toBeLessThanOrEqual(16);
    }
    await until(project, isSettled(project));
    const drops = Object.entries(dropsOf(project));
    expect(drops.filter(([, { reason }]) => reason === 'processor-crash').map(([key]) => key).sort()).toEqual(names('crash', 8).map((name) => name.replace('-0', '-')));
    expect(drops.filter(([, { state }]) => state === 'DONE')).toHaveLength(56);
    expect((await project.read()).alerts).toEqual([]);
  }, 60_000);

  test('bad drops that come faster than they can be found are told of, until nobody waits for them', async () => {
    const project = await processingProject({ processing: { batchSize: 8, instanceCount: 1 }, pipelines: { uploadsAfterFailure: false } });
    for (let batch = 0; batch < 16; batch += 1) {
      await drop(project, ...names(`good-${batch}`, 3), `crash-${batch}`, ...names(`more-${batch}`, 4));
    }
    await until(project, async () => (await project.read()).alerts.includes('pipeline'), 400);
    expect((await project.read()).processing.breaker.openedAt).toBeUndefined();
    // the very last batch is of a search that is behind, too
    useCode(project, COPY);
    await until(project, isSettled(project), 900);
    await project.rounds(3);
    expect(Object.values(dropsOf(project)).filter(({ state }) => state === 'DONE').length).toBeGreaterThanOrEqual(112);
    expect((await project.read()).alerts).toEqual([]);
  }, 60_000);

  test('code that breaks while a bad drop is searched for: it is told of, and no good drop is blamed', async () => {
    const project = await processingProject({ processing: { instanceCount: 1 }, pipelines: { uploadsAfterFailure: false } });
    await drop(project, ...names('good', 9), 'crash-it', ...names('more', 6));
    await until(project, () => batchesOf(project).filter(({ status }) => status === 'Succeeded').length === 2, 100);
    useCode(project, () => 'crash');
    await until(project, async () => (await project.read()).alerts.includes('pipeline'), 600);
    expect(batchesOf(project).length).toBeLessThanOrEqual(24);
    await until(project, () => batchesOf(project).length >= 30, 400, HOUR);
    expect(Object.entries(dropsOf(project)).filter(([key, { state }]) => state === 'QUARANTINED' && key !== 'crash-it')).toEqual([]);
    useCode(project, SIMPLE);
    await until(project, isSettled(project), 200, HOUR);
    expect(Object.entries(dropsOf(project)).filter(([, { state }]) => state !== 'DONE')).toEqual([
      ['crash-it', { state: 'QUARANTINED', reason: 'processor-crash' }],
    ]);
    expect((await project.read()).alerts).toEqual([]);
  }, 60_000);

  test('a failure that hits everybody quarantines nothing, and somebody is told; once mended, all get through', async () => {
    const project = await processingProject({ code: () => 'crash' });
    await drop(project, ...names('good', 16));
    await until(project, async () => (await project.read()).alerts.includes('pipeline'), 400);
    const before = batchesOf(project).length;
    // all, and again, and then six of them alone
    expect(batchesOf(project).map(({ texts }) => texts.length)).toEqual([16, 16, 1, 1, 1, 1, 1, 1]);
    await project.rounds(60);
    expect(batchesOf(project)).toHaveLength(before);
    expect(new Set(Object.values(dropsOf(project)).map(({ state }) => state))).toEqual(new Set(['ENGINEERING']));
    useCode(project, () => ({ images: [{ file: 'SELF' }] }));
    await project.deploy({ featureEngineering: { ...project.configuration.featureEngineering, definition: 'mended' } as never });
    await until(project, isSettled(project), 100);
    expect(new Set(Object.values(dropsOf(project)).map(({ state }) => state))).toEqual(new Set(['DONE']));
    expect((await project.read()).alerts).toEqual([]);
  }, 60_000);

  test('... and without a deploy it is tried again after hours', async () => {
    const project = await processingProject({ code: () => 'crash' });
    await drop(project, ...names('good', 16));
    await until(project, async () => (await project.read()).alerts.includes('pipeline'), 400);
    useCode(project, () => ({ images: [{ file: 'SELF' }] }));
    await until(project, isSettled(project), 60, HOUR);
    expect((await project.read()).alerts).toEqual([]);
  });

  test('a lone drop that fails is not blamed before another one came through', async () => {
    const project = await processingProject();
    await drop(project, 'crash-alone');
    await until(project, async () => (await project.read()).alerts.includes('pipeline'), 400);
    expect(dropsOf(project)['crash-alone'].state).toBe('ENGINEERING');
    await drop(project, 'good');
    await until(project, isSettled(project), 600);
    expect(dropsOf(project)).toMatchObject({ 'crash-alone': { state: 'QUARANTINED', reason: 'processor-crash' }, 'good': { state: 'DONE' } });
    expect((await project.read()).alerts).toEqual([]);
  });

  test('what the code reports for a drop is its own fault after three times, and costs the others nothing', async () => {
    const project = await processingProject();
    await drop(project, 'error-a', 'good-1', 'nothing-b', 'good-2');
    await until(project, isSettled(project), 400);
    expect(dropsOf(project)).toMatchObject({
      'error-a': { state: 'QUARANTINED', reason: 'engineering-failed' }, 'nothing-b': { state: 'QUARANTINED', reason: 'engineering-failed' },
      'good-1': { state: 'DONE' }, 'good-2': { state: 'DONE' },
    });
    expect(batchesOf(project).map(({ texts }) => texts)).toEqual([
      ['error-a', 'good-1', 'good-2', 'nothing-b'], ['error-a', 'nothing-b'], ['error-a', 'nothing-b'],
    ]);
  });

  test('an error that the code reported and a crash do not add up', async () => {
    let times = 0;
    const project = await processingProject({
      code: (text) => !text.startsWith('both') ? { images: [{ file: 'SELF' }] } : (times += 1) % 2 === 1 ? { error: 'no' } : 'crash',
    });
    await drop(project, 'both', 'good');
    await until(project, isSettled(project), 400);
    // error with `good`, crash alone, error, crash again
    expect(times).toBe(4);
    expect(dropsOf(project).both).toEqual({ state: 'QUARANTINED', reason: 'processor-crash' });
  });

  test.each([
    ['SageMaker itself', 'Processing', 'InternalServerError: We encountered an internal error. Please try again.'],
    ['a lack of instances', 'Processing', 'CapacityError: Unable to provision requested ML compute capacity'],
    ['a later step', 'Lambda', 'ClientError: Lambda function failed'],
  ])('a good drop that is alone is not blamed for %s, while others come through', async (_name, type, fault) => {
    let faults = 0;
    const isFaulty = ({ Type }: { readonly Type: string }): boolean => Type === type && faults < 4 && batchesOf(project).at(-1)!.texts[0] === 'lone';
    const project = await processingProject({
      processing: { batchSize: 1 }, pipelines: { stepFault: (step) => isFaulty(step) ? (faults += 1, fault) : undefined },
    });
    await drop(project, ...names('good', 2), 'lone', ...names('more', 4));
    await until(project, isSettled(project));
    expect(faults).toBeGreaterThan(0);
    expect(Object.values(dropsOf(project)).filter(({ state }) => state !== 'DONE')).toEqual([]);
  });

  test.each([[false], [true]])('outputs of a failed execution that are there (%p) are used', async (uploadsAfterFailure) => {
    const project = await processingProject({ pipelines: { uploadsAfterFailure }, processing: { instanceCount: 1 } });
    await drop(project, 'good-1', 'good-2');
    await project.intake();
    project.clock.advance(1);
    await drop(project, 'crash');
    await until(project, isSettled(project), 400);
    expect(dropsOf(project)).toMatchObject({ 'good-1': { state: 'DONE' }, 'good-2': { state: 'DONE' }, 'crash': { state: 'QUARANTINED' } });
    expect(batchesOf(project)[1].texts).toEqual(uploadsAfterFailure ? ['crash'] : ['crash', 'good-1', 'good-2']);
  });

  test('an image that is cut off, too large, missing or named twice, and a result that is none, are errors of the code', async () => {
    const project = await processingProject({
      code: (text, { file }) => text === 'twice' ? { images: [{ file: `images/${file}` }, { file: 'SELF' }] } : text === 'good' ? { images: [{ file: 'SELF' }] } : text === 'missing' ? { images: [{ file: 'images/none.png' }] }
        : text === 'outside' ? { images: [{ file: '../batch.json' }] } : text === 'both' ? { images: [], reject: { reason: 'x' } } : { images: [] },
    });
    await drop(project, 'good', 'missing', 'outside', 'both', 'empty', 'twice');
    await until(project, isSettled(project), 400);
    const drops = dropsOf(project);
    expect(Object.fromEntries(Object.entries(drops).map(([key, { reason }]) => [key, reason]))).toEqual({
      good: undefined, missing: 'engineering-failed', outside: 'engineering-failed', both: 'engineering-failed', empty: 'no-output', twice: 'engineering-failed',
    });
  });

  test.each([
    ['an attribute of 64 bits', { attributes: { id: Number('1732654321123456789') } }], ['a tiny attribute', { attributes: { p: 1e-200 } }], ['a map to far away', { inverseTransform: [1, 0, 0, 1, 1e17, 0] }],
  ])('%s, which the ledger cannot hold, is an error of the code, and stops no other drop', async (_, more) => {
    const project = await processingProject({ code: (text) => ({ images: [{ file: 'SELF', ...(text === 'odd' ? more : {}) }] }) });
    await drop(project, 'odd', 'good');
    await until(project, isSettled(project), 400);
    await drop(project, 'later');
    await until(project, isSettled(project));
    expect(dropsOf(project)).toEqual({ odd: { state: 'QUARANTINED', reason: 'engineering-failed' }, good: { state: 'DONE' }, later: { state: 'DONE' } });
    const detail = [...project.outside.table.items()].find((item) => item.key === 'odd' && item.sk.startsWith('VERSION#'))?.detail;
    expect(detail).toMatch(/its result is wrong at images\[0\]\.\S+: it is \S+; a number must be 0 or, whatever its sign, between 1e-130 and 9007199254740991/);
  });

  test('an execution that takes too long is stopped, and its drops are suspects', async () => {
    const project = await processingProject({ pipelines: { stepTime: ({ Type }) => Type === 'Lambda' ? 20 * HOUR : 0, lambdaTime: 30 * HOUR } });
    await drop(project, 'good');
    await project.rounds(2);
    await project.rounds(4, HOUR);
    expect(batchesOf(project)[0].status).toBe('Stopping');
    await until(project, isSettled(project), 40, HOUR);
    expect(dropsOf(project).good.state).toBe('DONE');
  });

  test.each(['Failed', 'Stopped'] as const)('a drop with which the code never comes to an end is found, where the time limit ends it as %s', async (timeLimitEnds) => {
    const stepTime = ({ Type }: { readonly Type: string }): number =>
      Type === 'Processing' && batchesOf(project).at(-1)!.texts.includes('endless') ? 5 * HOUR : 0;
    const project = await processingProject({ pipelines: { timeLimitEnds, stepTime } });
    await drop(project, ...names('good', 3), 'endless');
    await until(project, isSettled(project), 60, 20 * MINUTE);
    expect(Object.entries(dropsOf(project)).filter(([, { state }]) => state !== 'DONE')).toEqual([
      ['endless', { state: 'QUARANTINED', reason: 'processor-crash' }],
    ]);
  });

  test('an execution that somebody stops, or that vanishes, charges nobody and is made up for', async () => {
    const project = await processingProject({ pipelines: { stepTime: ({ Type }) => Type === 'Processing' ? 30 * MINUTE : 0 } });
    await drop(project, 'good');
    await project.rounds(3);
    project.outside.pipelineSimulator.stopByHand(project.outside.pipelineSimulator.executions()[0].arn);
    await until(project, () => batchesOf(project).length === 2);
    project.outside.pipelineSimulator.forget(project.outside.pipelineSimulator.executions()[1].arn);
    await until(project, isSettled(project));
    expect(batchesOf(project).map(({ texts }) => texts)).toEqual([['good'], ['good']]);
  });

  test('a pipeline that does not exist is told of, and its drops wait', async () => {
    const project = await processingProject();
    project.outside.pipelineSimulator.removePipeline('froth-pipeline');
    await drop(project, 'good');
    await until(project, async () => (await project.read()).alerts.includes('pipeline'));
    expect(dropsOf(project).good.state).toBe('ENGINEERING');
  });

  test('a quota that lasts an hour is told of, with what SageMaker says, and is over once an execution starts', async () => {
    const project = await processingProject({ pipelines: { stepTime: ({ Type }) => Type === 'Processing' ? 30 * MINUTE : 0 } });
    const { pipelines } = project.world;
    const { start } = pipelines;
    pipelines.start = async () => ({ kind: 'later', message: 'ResourceLimitExceeded: too many executions' });
    await drop(project, 'good');
    await project.rounds(50);
    expect((await project.read()).alerts).toEqual([]);
    await project.rounds(30);
    expect((await project.read()).standing).toEqual([expect.objectContaining({ code: 'pipeline', message: expect.stringContaining('ResourceLimitExceeded') })]);
    expect(project.outside.cloud.bus.events.filter((event) => event['detail-type'] === 'Alert')).toHaveLength(1);
    pipelines.start = start;
    await until(project, () => batchesOf(project).length > 0, 61);
    expect((await project.read()).alerts).toEqual([]);
    await until(project, isSettled(project));
  });

  test('that executions start again says nothing about code that gets no drop through', async () => {
    const project = await processingProject({ code: () => 'crash' });
    await drop(project, ...names('good', 16));
    await until(project, async () => (await project.read()).alerts.includes('pipeline'), 400);
    const { pipelines } = project.world;
    const { start } = pipelines;
    const before = batchesOf(project).length;
    pipelines.start = async () => ({ kind: 'later', message: 'ResourceLimitExceeded: too many executions' });
    await project.rounds(10, HOUR);
    pipelines.start = start;
    await until(project, () => batchesOf(project).length > before, 3, HOUR);
    expect(project.outside.cloud.bus.events.filter((event) => event['detail-type'] === 'Alert')).toHaveLength(1);
    expect((await project.read()).alerts).toEqual(['pipeline']);
  });

  test('an execution that is stopping for an hour is told of, until it has ended', async () => {
    let time = 10 * HOUR;
    const project = await processingProject({ pipelines: { stepTime: ({ Type }) => Type === 'Processing' ? time : 0 } });
    const { pipelines, ledger } = project.world;
    const { describe: look } = pipelines;
    await drop(project, 'good');
    await project.rounds(3);
    pipelines.describe = async (arn) => ({ ...await look.call(pipelines, arn), status: 'Stopping' });
    const stoppingFrom = ledger.clock.now();
    await project.rounds(59);
    expect((await project.read()).alerts).toEqual([]);
    await until(project, async () => (await project.read()).alerts.includes('pipeline'), 5);
    expect((await project.read()).processing.batch!.stoppingAt).toBe(stoppingFrom);
    await project.rounds(60);
    expect(project.outside.cloud.bus.events.filter((event) => event['detail-type'] === 'Alert')).toHaveLength(1);
    pipelines.describe = look;
    time = 30 * MINUTE;
    project.outside.pipelineSimulator.stopByHand((await project.read()).processing.batch!.arn!);
    await until(project, () => batchesOf(project).length === 2, 5);
    // nothing came through yet that would end an alert
    expect(batchesOf(project).map(({ status }) => status)).toEqual(['Stopped', 'Executing']);
    expect((await project.read()).alerts).toEqual([]);
    await until(project, isSettled(project));
  });

  test('paused, nothing is started, and what runs is followed to its end', async () => {
    const project = await processingProject({ pipelines: { stepTime: ({ Type }) => Type === 'Processing' ? 10 * MINUTE : 0 } });
    await drop(project, 'good-1');
    await project.rounds(3);
    await project.command('pause');
    await drop(project, 'good-2');
    await project.rounds(30);
    expect(dropsOf(project)).toMatchObject({ 'good-1': { state: 'DONE' }, 'good-2': { state: 'ENGINEERING' } });
    await project.command('resume');
    await until(project, isSettled(project));
  });

  test('drops that wait go back to the intake when the project has another kind of feature engineering', async () => {
    const project = await processingProject({ code: () => 'crash' });
    await drop(project, 'one', 'two');
    await until(project, async () => (await project.read()).alerts.includes('pipeline'), 400);
    await leave(project);
    const seen: string[] = [];
    const { send } = project.world.queues;
    project.world.queues.send = async (url, bodies) => {
      seen.push(...bodies);
      return send.call(project.world.queues, url, bodies);
    };
    await project.round(MINUTE);
    await project.round(MINUTE);
    expect(new Set(seen).size).toBe(2);
    expect(Object.values(dropsOf(project))).toEqual([{ state: 'DONE' }, { state: 'DONE' }]);
    // there is no pipeline left that somebody could mend
    expect((await project.read()).alerts).toEqual([]);
  });
});

test.each([['is planned'], ['is under way']])(
  'a pipeline that goes with a deploy while a batch %s leaves nobody behind', async (when) => {
    const project = await leftProject(when === 'is planned' ? 'is planned' : 'is under way');
    await until(project, isSettled(project), 20);
    expect(Object.values(dropsOf(project))).toEqual([{ state: 'DONE' }, { state: 'DONE' }]);
    const { processing, alerts } = await project.read();
    expect([processing.batch, alerts]).toEqual([undefined, []]);
    await project.finish();
    expect([project.lost(), project.double()]).toEqual([[], 0]);
  },
);

test('what a batch gave that was registered before its pipeline went is not made again', async () => {
  const project = await processingProject({ pipelines: { stepTime: ({ Name }) => Name === 'StartLabeling' ? 10 * MINUTE : 0 } });
  await drop(project, 'one');
  await until(project, () => Object.values(dropsOf(project)).some(({ state }) => state === 'DONE'), 10);
  expect((await project.read()).processing.batch).toBeDefined();
  await leave(project);
  await until(project, async () => (await project.read()).processing.batch === undefined, 20);
  await project.finish();
  expect([project.lost(), project.double()]).toEqual([[], 0]);
});

/** The run that gives a batch up, with a trouble in it. Answers its calls. */
async function giveUpInTrouble(trouble?: Trouble): Promise<{ readonly project: MemoryProject; readonly calls: number }> {
  const troubles = new Troubles();
  const project = await leftProject('is under way', troubles);
  project.clock.advance(6 * MINUTE);
  troubles.attach(project);
  await troubles.during(trouble, () => run(project.world, 'test'));
  return { project, calls: troubles.calls };
}

// died after a call is died before the next
test('wherever the giving up of a batch dies, no drop is left behind', async () => {
  const { calls, project: untroubled } = await giveUpInTrouble();
  expect((await untroubled.read()).processing.batch).toBeUndefined();
  for (let at = 0; at < calls; at += 1) {
    const { project } = await giveUpInTrouble({ kind: 'die-before', at });
    await until(project, isSettled(project), 20, 10 * MINUTE);
    const { processing, alerts, counts } = await project.read();
    expect([at, processing.batch, alerts, Object.values(dropsOf(project)).map(({ state }) => state)]).toEqual([at, undefined, [], ['DONE', 'DONE']]);
    expect(IMAGE_COUNTS.reduce((sum, name) => sum + (counts[name] ?? 0), 0)).toBe(2);
  }
}, 60_000);

describe('labeling jobs that start through the pipeline', () => {
  test('each start is an execution, with and without a processing step', async () => {
    const project = await processingProject({ configuration: { orchestration: 'pipeline' } });
    await drop(project, ...names('good', 3));
    await until(project, () => project.jobNames().length === 1);
    await project.label();
    await project.rounds(5);
    await project.simulator.expire('froth-0a1b2c3d-1');
    await drop(project, ...names('more', 3));
    await project.finish();
    expect(project.lost()).toEqual([]);
    const executions = project.outside.pipelineSimulator.executions();
    const starts = executions.filter(({ steps }) => steps.some(({ outcome }) => String(outcome?.outputs?.did).includes('START')));
    expect(starts.length).toBe(2);
  });

  test('an execution that fails is tried again, and then told of; no job starts without it', async () => {
    const project = await processingProject({ configuration: { orchestration: 'pipeline', featureEngineering: { kind: 'none' } }, plain: true });
    const { pipelineHost, pipelineSimulator } = project.outside;
    const { onInvoke } = pipelineHost;
    pipelineHost.onInvoke = async () => {
      throw new Error('out of order');
    };
    await project.drop('one');
    await until(project, async () => (await project.read()).alerts.includes('pipeline'));
    expect(project.jobNames()).toEqual([]);
    expect(pipelineSimulator.executions().length).toBe(3);
    pipelineHost.onInvoke = onInvoke;
    await project.finish();
    expect(project.lost()).toEqual([]);
    expect(project.jobNames()).toHaveLength(1);
    expect(pipelineSimulator.executions().at(-1)!.steps.map(({ definition }) => definition.Name)).toEqual(['StartLabeling']);
    expect((await project.read()).alerts).toEqual([]);
  });

  test('a quota that keeps them from starting for an hour is told of until one starts', async () => {
    const project = await processingProject({ configuration: { orchestration: 'pipeline', featureEngineering: { kind: 'none' } }, plain: true });
    const { pipelines } = project.world;
    const { start } = pipelines;
    pipelines.start = async () => ({ kind: 'later', message: 'ResourceLimitExceeded: too many executions' });
    await project.drop('one');
    await project.rounds(80);
    expect((await project.read()).alerts).toEqual(['pipeline']);
    pipelines.start = start;
    await until(project, () => project.jobNames().length === 1, 61);
    expect((await project.read()).alerts).toEqual([]);
  });

  test('somebody starts the pipeline by hand in Studio: it counts as the order', async () => {
    const project = await processingProject({ configuration: { orchestration: 'pipeline', featureEngineering: { kind: 'none' } }, plain: true });
    await project.drop('one');
    await project.intake();
    await project.outside.pipelineSimulator.startPipelineExecution({ PipelineName: 'froth-pipeline', ClientRequestToken: 'x'.repeat(32) });
    await project.outside.pipelineSimulator.step();
    const [{ steps }] = project.outside.pipelineSimulator.executions();
    expect(steps.map(({ outcome }) => outcome?.outputs)).toEqual([{ did: expect.stringContaining('START, CREATE') }]);
  });
});
