import { run } from '../../../src/runtime/controller/controller';
import { Item } from '../../../src/runtime/ports';
import { expectConservation } from '../../support/conservation';
import { DAY, HOUR, MINUTE, MemoryProject } from '../../support/memory-project';
import { eventTypes, images, job, pass, runningProject, statesOf } from '../../support/running-project';
import { TroubleKind, Troubles } from '../../support/trouble';

const CURRENT = 'datasets/current/output.manifest';

const readManifest = (project: MemoryProject): string => Buffer.from(project.outside.cloud.buckets.read('output', CURRENT).body).toString();
const overwrite = (project: MemoryProject, text: string) => project.outside.cloud.buckets.put('output', CURRENT, text);
const index = (project: MemoryProject) => JSON.parse(Buffer.from(project.outside.cloud.buckets.read('output', 'datasets/index.json').body).toString()) as {
  readonly 'current': { readonly lines: number }; readonly 'parts-since': readonly unknown[];
};

/** A project with a few labels that are published, and nothing to do. */
async function labeledProject(drops = 5): Promise<MemoryProject> {
  const project = await runningProject({ configuration: {} }, drops);
  await project.finish();
  expect(project.dataSet()).toHaveLength(drops);
  return project;
}

const driftsTold = (project: MemoryProject): string[] => project.outside.telemetry.said
  .filter(({ level, detail }) => level === 'error' && /drift/.test(String((detail as { notice?: string }).notice))).map(({ message }) => message);

async function expectToldOnce(project: MemoryProject, what: RegExp): Promise<void> {
  expect(driftsTold(project)).toEqual([expect.stringMatching(what)]);
  const { standing } = await project.read();
  expect(standing).toMatchObject([{ code: 'drift', message: expect.stringMatching(what) as string }]);
  expect(eventTypes(project)).toContain('Alert');
  // it stands long enough for alarms to see it, and goes
  await pass(project, 3 * HOUR, 10 * MINUTE);
  expect((await project.read()).alerts).toEqual([]);
  expect(driftsTold(project)).toHaveLength(1);
}

describe('a data set that somebody damaged is written anew from the ledger, and people are told', () => {
  const damages: { readonly [what: string]: (project: MemoryProject) => Promise<unknown> } = {
    'the manifest is deleted': (project) => project.outside.cloud.buckets.delete('output', CURRENT),
    'a line is missing': (project) => overwrite(project, readManifest(project).split('\n').slice(1).join('\n')),
    'it has a foreign line': (project) => overwrite(project, `${readManifest(project)}{"source-ref":"s3://elsewhere/x.png","label":1}\n`),
    'a label is changed': (project) => overwrite(project, readManifest(project).replace('"label":0', '"label":1')),
    'it is empty': (project) => overwrite(project, ''),
  };

  test.each(Object.entries(damages))('%s', async (_, damageIt) => {
    const project = await labeledProject();
    const before = project.dataSet();
    await damageIt(project);
    await pass(project, 20 * MINUTE, MINUTE);
    expect(project.dataSet()).toHaveLength(5);
    expect(project.dataSet()).toEqual(expect.arrayContaining(before));
    expect(index(project)).toMatchObject({ 'current': { lines: 5 }, 'parts-since': [] });
    expectConservation(project.outside.table);
    await expectToldOnce(project, /output\.manifest(, with 5 lines, is not there| was changed by somebody else)/);
  });

  test.each(Object.entries(damages))('%s, and the next label comes before the sweep does', async (_, damageIt) => {
    const project = await labeledProject();
    await project.drop('cam/new.jpg');
    await project.rounds(4);
    await damageIt(project);
    await project.label();
    await project.record();
    await project.outside.table.write([{ update: { pk: 'PROJECT', sk: 'STATE' }, set: { sweptAt: project.clock.now() + DAY } }]);
    await project.rounds(8);
    expect(project.dataSet().map((line) => line['drop-key']).sort()).toEqual([0, 1, 2, 3, 4].map((n) => `cam/${n}.jpg`).concat('cam/new.jpg'));
    expect(project.dataSet().every((line) => line.label === 0)).toBe(true);
  });

  test('a part is gone that was not compacted yet', async () => {
    const project = await labeledProject();
    const state = (await project.read()).dataSet;
    await project.outside.table.write([{ update: { pk: 'PROJECT', sk: 'DATA-SET' }, set: { parts: [{ key: 'datasets/parts/gone', lines: 2 }], compactedAt: state.compactedAt - 2 * DAY } }]);
    await project.rounds(3);
    expect(project.dataSet()).toHaveLength(5);
    expect((await project.read()).dataSet).toMatchObject({ parts: [], lines: 5 });
    await expectToldOnce(project, /parts\/gone, with 2 lines of the data set, is not there/);
  });

  test('the ledger has a label that was never published', async () => {
    const project = await labeledProject();
    // as a mistake of ours would leave it: the line is neither in the outbox nor in the data set, and the object is as it was written
    const { current } = (await project.read()).dataSet;
    await overwrite(project, readManifest(project).split('\n').slice(1).join('\n'));
    const { etag } = (await project.outside.objects.head('output', CURRENT))!;
    await project.outside.table.write([{ update: { pk: 'PROJECT', sk: 'DATA-SET' }, set: { lines: 4, current: { ...current!, etag } } }]);
    await pass(project, 20 * MINUTE, MINUTE);
    expect(project.dataSet()).toHaveLength(5);
    await expectToldOnce(project, /4 lines for 5 labeled images/);
  });

  test.each<TroubleKind>(['throw-before', 'throw-after', 'die-before', 'die-after'])('whichever call fails meanwhile (%s)', async (kind) => {
    for (let at = 0; at < 120; at += 1) {
      const troubles = new Troubles();
      const project = await runningProject({ simulator: { apiVerdict: troubles.apiVerdict } }, 2);
      await project.finish();
      troubles.attach(project);
      await damages['a line is missing'](project);
      project.clock.advance(20 * MINUTE);
      await troubles.during({ at, kind }, () => run(project.world, 'test'));
      const isOver = troubles.calls <= at;
      await pass(project, 40 * MINUTE, MINUTE);
      expect([at, project.dataSet().length, (await project.read()).dataSet.rebuild]).toEqual([at, 2, undefined]);
      if (isOver) {
        return;
      }
      at += at > 20 ? 4 : 0; // the index is read shard by shard: most calls are alike
    }
  });

  test('a run that dies between the object and the ledger is no damage', async () => {
    const project = await labeledProject();
    await project.drop('cam/new.jpg');
    await project.rounds(4);
    await project.label();
    await project.record();
    project.clock.advance(6 * MINUTE);
    // one look at what is there, one at what was written
    let looks = 0;
    project.outside.cloud.faults = (operation) => {
      looks += operation === 's3.HeadObject' ? 1 : 0;
      return looks === 2 ? 'throw-before' : 'ok';
    };
    await run(project.world, 'test').catch(() => undefined);
    project.outside.cloud.faults = undefined;
    expect([looks, project.dataSet().length, (await project.read()).dataSet.lines]).toEqual([2, 6, 5]);
    await pass(project, HOUR, MINUTE);
    expect([project.dataSet().length, driftsTold(project)]).toEqual([6, []]);
  });

  test('one of many labels, step by step, while labels go on coming', async () => {
    const project = await labeledProject(40);
    await project.outside.cloud.buckets.delete('output', CURRENT);
    project.outside.table.options = { pageItems: 1 };
    const { queryIndex } = project.outside.table;
    Object.assign(project.outside.table, {
      queryIndex: (query: Parameters<typeof queryIndex>[0]) => {
        project.clock.advance(query.pk.startsWith('LABELED') ? 900 : 0);
        return queryIndex.call(project.outside.table, query);
      },
    });
    await project.drop('cam/new.jpg');
    for (let minute = 0; minute < 40; minute += 1) {
      await project.round();
      await project.label();
    }
    expect(new Set(project.dataSet().map((line) => line['source-ref'])).size).toBe(41);
    expect(project.dataSet()).toHaveLength(41);
  });
});

describe('a counter that differs from what it counts is put right, and people are told', () => {
  const changeCounter = (project: MemoryProject, name: string, by: number) =>
    project.outside.table.write([{ update: { pk: 'PROJECT', sk: 'COUNT#7' }, add: { [name]: by } }]);

  test('images that wait and are not counted are offered', async () => {
    const project = await labeledProject();
    await project.command('pause');
    await project.drop('cam/new.jpg');
    await project.rounds(2);
    await changeCounter(project, 'image:PENDING', -1);
    await project.command('resume');
    await pass(project, HOUR, MINUTE);
    expect(statesOf(project)['cam/new.jpg']).toBe('PENDING');
    await pass(project, 2 * HOUR, 10 * MINUTE);
    await project.finish();
    expect(project.lost()).toEqual([]);
    expectConservation(project.outside.table);
    expect(driftsTold(project)).toEqual([expect.stringMatching(/counter of image:PENDING/)]);
  });

  test('images that are counted and do not exist start no job', async () => {
    const project = await labeledProject();
    await changeCounter(project, 'drop:RECEIVED', 3);
    await pass(project, 2 * HOUR + 30 * MINUTE, 10 * MINUTE);
    expectConservation(project.outside.table);
    expect(driftsTold(project)).toEqual([expect.stringMatching(/counter of drop:RECEIVED was 3 more/)]);
  });

  test('an ended job that counts images which nobody has is settled all the same', async () => {
    const project = await labeledProject();
    await project.outside.table.write([{ update: { pk: 'JOB', sk: '000000001' }, add: { open: 2 } }]);
    await project.simulator.expire(project.liveJobName()!);
    await pass(project, 4 * HOUR, 10 * MINUTE);
    expect(await job(project, 1)).toMatchObject({ phase: 'SETTLED', open: 0 });
    expect(driftsTold(project)).toEqual([expect.stringMatching(/job 1 counted 2 images/)]);
  });

  test('an index that lags by the same for hours makes no counter wrong', async () => {
    const project = await runningProject({}, 3);
    await pass(project, 10 * MINUTE, MINUTE);
    const { table } = project.outside;
    expect(Object.values(statesOf(project))).toEqual(['SENT', 'SENT', 'SENT']);
    table.options = { ...table.options, indexLag: Infinity };
    await project.label(3);
    await pass(project, 4 * HOUR, 10 * MINUTE);
    expect(Object.values(statesOf(project))).toEqual(['LABELED', 'LABELED', 'LABELED']);
    expect(driftsTold(project)).toEqual([]);
    expectConservation(table);
  });

  test('nor an index that does not list yet what came last, each time that it is asked', async () => {
    const project = await labeledProject();
    await project.command('pause');
    const { table } = project.outside;
    for (let hour = 0; hour < 5; hour += 1) {
      await project.drop(`cam/hour-${hour}.jpg`);
      await project.intake();
      // From here on the index stands still until the next drop.
      table.settleIndex();
      table.options = { ...table.options, indexLag: Infinity };
      await project.drop(`cam/late-${hour}.jpg`);
      await pass(project, HOUR, 10 * MINUTE);
    }
    expect(driftsTold(project)).toEqual([]);
    expectConservation(table);
  });

  test('nor an image that comes while a sweep is at work, of which the index does not know yet', async () => {
    const project = await labeledProject();
    await project.command('pause');
    const { table } = project.outside;
    const { objects } = project.world;
    const listVersions = objects.listVersions.bind(objects);
    table.options = { ...table.options, indexLag: Infinity };
    await project.drop('cam/late.jpg');
    await project.intake();
    while ((await project.read()).state.recount?.['image:PENDING'] !== -1) {
      await pass(project, 10 * MINUTE);
    }
    // now it knows of that one, and of none that comes from here on
    table.settleIndex();
    project.clock.advance(2 * HOUR);
    const sweep = jest.spyOn(objects, 'listVersions').mockImplementationOnce(async (...args) => {
      await project.drop('cam/later.jpg');
      await project.intake();
      return listVersions(...args);
    });
    await project.rounds(1);
    expect(sweep).toHaveBeenCalled();
    table.settleIndex();
    table.options = {};
    await pass(project, 2 * HOUR, 10 * MINUTE);
    expect(driftsTold(project)).toEqual([]);
    expectConservation(table);
  });

  test('a healthy project that is at work never looks as if it differed', async () => {
    const project = await runningProject({}, 3);
    for (let hour = 0; hour < 12; hour += 1) {
      await project.drop(`cam/hour-${hour}.jpg`);
      await pass(project, HOUR, 7 * MINUTE);
      await project.label(1);
    }
    expect(driftsTold(project)).toEqual([]);
    expect((await project.read()).alerts).toEqual([]);
    expect(Object.values(images(project)).filter(({ state }: Item) => state === 'LABELED').length).toBeGreaterThan(5);
  });
});

describe('an image whose object somebody deleted', () => {
  test('keeps no other from being labeled, and is quarantined with what the service says of it', async () => {
    const project = await runningProject({}, 3);
    const gone = String(images(project)['cam/1.jpg'].sourceRef);
    await project.outside.cloud.buckets.delete('input', gone.replace('s3://input/', ''));
    for (let day = 0; day < 60; day += 1) {
      for (const task of project.openTasks().filter(({ sourceRef, unloadable }) => sourceRef !== gone && unloadable === undefined)) {
        await project.simulator.submit(task.taskId, 'worker', { kind: 'classification', label: 'froth' }, { pixelHash: project.pixelHash(task.sourceRef) });
      }
      await pass(project, DAY, 2 * HOUR);
    }
    expect(statesOf(project)).toEqual({ 'cam/0.jpg': 'LABELED', 'cam/1.jpg': 'QUARANTINED', 'cam/2.jpg': 'LABELED' });
    expect(images(project)['cam/1.jpg']).toMatchObject({ reason: 'labeling-failed', failure: { reason: expect.stringContaining('does not exist') as string } });
    expect(eventTypes(project).filter((type) => type === 'Image Quarantined')).toHaveLength(1);
    expect(project.double()).toBe(0);
  });
});
