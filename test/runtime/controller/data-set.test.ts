import { run } from '../../../src/runtime/controller/controller';
import { publishDataSet } from '../../../src/runtime/controller/data-set';
import { mergeLines } from '../../../src/runtime/controller/data-set-files';
import { recordLabel } from '../../../src/runtime/ledger/labels';
import { Recorder } from '../../../src/runtime/recorder/recorder';
import { expectConservation } from '../../support/conservation';
import { DAY, HOUR, MINUTE, MemoryProject } from '../../support/memory-project';
import { images, job, pass, runningProject } from '../../support/running-project';
import { Troubles } from '../../support/trouble';

interface Index {
  readonly 'generation': number;
  readonly 'current': { readonly manifest: string; readonly lines: number };
  readonly 'parts-since': readonly { readonly manifest: string; readonly lines: number }[];
}

const read = (project: MemoryProject, key: string): string => {
  const found = project.outside.cloud.buckets.find('output', key);
  return found ? Buffer.from(found.body).toString() : '';
};
const index = (project: MemoryProject): Index => JSON.parse(read(project, 'datasets/index.json')) as Index;

/** What a reader gets who goes by the index: the compacted lines and the parts since, the newest line of each image. */
function byIndex(project: MemoryProject): Map<string, { [name: string]: unknown }> {
  const { current, 'parts-since': parts } = index(project);
  const lines = [current.manifest, ...parts.map((part) => part.manifest)]
    .flatMap((uri) => read(project, uri.replace('s3://output/', '')).split('\n').filter((line) => line !== ''))
    .map((line) => JSON.parse(line) as { [name: string]: unknown });
  return new Map(lines.map((line) => [String(line['source-ref']), line]));
}

describe('the data set', () => {
  test('has each label within a quarter of an hour: one line for each image, with its provenance and nothing of the job\'s own', async () => {
    const project = await runningProject();
    await project.label(2);
    await project.rounds(8);
    expect(project.dataSet()).toHaveLength(2);
    for (const line of project.dataSet()) {
      expect(line).toMatchObject({
        'label': 0, 'label-metadata': { 'class-name': 'froth' }, 'drop-key': expect.stringMatching(/^cam\//), 'drop-sha256': expect.stringMatching(/^[0-9a-f]{64}$/),
        'image-width': 1, 'inverse-transform': [1, 0, 0, 1, 0, 0],
      });
      expect(Object.keys(line).filter((name) => name.startsWith('$') || name === 'offer-id')).toEqual([]);
    }
    expect(index(project)).toMatchObject({ 'current': { manifest: 's3://output/datasets/current/output.manifest', lines: 2 }, 'parts-since': [] });
  });

  test('has the longest line that is read, with all that is added to it, also when it is compacted again and written anew', async () => {
    const attributes = { 'image-attributes': { note: 'ü'.repeat(3_900) } };
    const project = await runningProject({
      engine: {
        gate: () => ({ ok: true }),
        engineer: async ({ bytes }) => ({
          kind: 'images', images: [{ bytes, extension: 'png', contentType: 'image/png', width: 1, height: 1, warnings: [], attributes: attributes['image-attributes'] }],
        }),
      },
    }, 0);
    await project.drop(`cam/${'\u0001'.repeat(1_000)}.jpg`);
    await project.drop('cam/other.jpg');
    await project.finish();
    const [ref] = Object.values(images(project)).map((item) => String(item.sourceRef)).filter((sourceRef) => !sourceRef.includes('other'));
    const line = { 'source-ref': ref, 'label': 0, 'label-metadata': { 'job-name': project.liveJobName(), 'creation-date': '2027-01-01T00:00:00' } };
    const boxes = 'x'.repeat(380_000 - JSON.stringify({ ...line, boxes: '' }).length);
    expect(await new Recorder(project.world, project.configuration).record(JSON.stringify({ ...line, boxes }))).toBe('replaced');
    const isThere = (): boolean => project.dataSet().some((entry) => entry['source-ref'] === ref && entry.boxes === boxes);
    await project.rounds(8);
    expect(isThere()).toBe(true);
    await project.drop('cam/third.jpg');
    await project.finish();
    expect([isThere(), project.dataSet().length]).toEqual([true, 3]);
    await project.outside.cloud.buckets.put('output', 'datasets/current/output.manifest', 'somebody wrote this');
    await pass(project, 2 * HOUR, MINUTE);
    expect([isThere(), project.dataSet().length]).toEqual([true, 3]);
    expect((await project.read()).dataSet.rebuilt).toBeDefined();
  });

  test('has what all workers agreed on, also where the service reports an image at its first answer', async () => {
    const work = { workersPerImage: 3, taskTimeLimitSeconds: 600, taskAvailabilitySeconds: 864_000, maxConcurrentTasks: 100, window: 4 };
    const project = await runningProject({ configuration: { work }, simulator: { outputMessageAt: 'answer' } }, 1);
    for (const label of ['launder', 'froth', 'froth']) {
      const [task] = project.openTasks();
      await project.simulator.submit(task.taskId, `worker-${task.workersAnswered.length}`, { kind: 'classification', label });
      await project.rounds(8);
    }
    await project.simulator.expire(project.liveJobName()!);
    await project.rounds(40);
    expect(project.dataSet()).toMatchObject([{ 'label': 0, 'label-metadata': { 'class-name': 'froth' } }]);
    expect((await project.read()).counts).toMatchObject({ 'image:LABELED': 1 });
    expectConservation(project.outside.table);
  });

  test('is not written while nothing changes', async () => {
    const project = await runningProject();
    await project.label();
    await project.rounds(8);
    const { generation } = index(project);
    await pass(project, 2 * DAY, 60 * MINUTE);
    expect(index(project).generation).toBe(generation);
  });

  test('keeps immutable parts', async () => {
    const project = await runningProject();
    await project.label(1);
    await project.rounds(8);
    await project.label();
    await project.rounds(8);
    const parts = project.outside.cloud.buckets.peekKeys('output', 'datasets/parts/');
    expect(parts).toHaveLength(2);
    const versions = await project.outside.cloud.buckets.listVersions('output', { prefix: 'datasets/parts/' });
    expect(versions.versions).toHaveLength(2);
  });

  test('has the newest label of an image, in whatever order labels come', async () => {
    const project = await runningProject();
    const sourceRef = String(images(project)['cam/0.jpg'].sourceRef);
    const label = (number: number): Promise<unknown> => recordLabel(project.world.ledger, { sourceRef, job: number, instructions: 'v1', line: { 'source-ref': sourceRef, 'label': number } });
    await project.outside.table.write([{ put: { pk: 'JOB', sk: '000000002', phase: 'SETTLED', number: 2, offered: 0, labeled: 0, open: 0 } }]);
    await project.outside.table.write([{ put: { pk: 'JOB', sk: '000000003', phase: 'SETTLED', number: 3, offered: 0, labeled: 0, open: 0 } }]);
    await label(2);
    await project.rounds(8);
    expect(project.dataSet()).toEqual([expect.objectContaining({ label: 2 })]);
    await label(1);
    await label(3);
    await project.rounds(8);
    expect(project.dataSet()).toEqual([expect.objectContaining({ label: 3 })]);
    expectConservation(project.outside.table);
  });

  test('takes more labels than one part holds', async () => {
    const project = await MemoryProject.create();
    for (let i = 0; i < 1_203; i += 1) {
      const sourceRef = `s3://input/images/${i}.png`;
      const sha256 = (i % 16).toString(16).repeat(64);
      await project.outside.table.write([{ put: { pk: `IMAGE#${sourceRef}`, sk: 'IMAGE', sourceRef, sha256, index: 0, state: 'SENT', job: 1, offers: 1, failures: 0, priority: 0, receivedAt: 0, provenance: {}, revision: 1, schema: 1 } }]);
      await recordLabel(project.world.ledger, { sourceRef, job: 1, instructions: 'v1', line: { 'source-ref': sourceRef, 'label': 0 } });
    }
    const state = await publishDataSet(project.world, (await project.read()).dataSet, false);
    expect([state.lines, state.parts.length, project.dataSet().length]).toEqual([1_203, 0, 1_203]);
    expect(project.outside.cloud.buckets.peekKeys('output', 'datasets/parts/')).toHaveLength(3);
    expect((await project.read()).counts.outbox ?? 0).toBe(0);
  });

  test('large, is compacted once a day and for each chained job only', async () => {
    const project = await runningProject();
    await project.label(1);
    await project.rounds(8);
    await project.outside.table.write([{ update: { pk: 'PROJECT', sk: 'DATA-SET' }, set: { lines: 50_001 } }]);
    await project.label(1);
    await project.rounds(8);
    expect(project.dataSet()).toHaveLength(1);
    expect(index(project)['parts-since']).toHaveLength(1);
    expect(byIndex(project).size).toBe(2);
    await pass(project, DAY + 120 * MINUTE, 60 * MINUTE);
    expect(project.dataSet()).toHaveLength(2);
    expect(index(project)['parts-since']).toEqual([]);
  });

  test('refuses to follow a ledger that somebody else changed meanwhile', async () => {
    const project = await runningProject();
    await project.label();
    await project.record();
    const { dataSet } = await project.read();
    await publishDataSet(project.world, dataSet, false);
    await recordLabel(project.world.ledger, { sourceRef: String(images(project)['cam/0.jpg'].sourceRef), job: 1, instructions: 'v1', line: {} });
    await project.outside.table.write([{ update: { pk: 'PROJECT', sk: 'DATA-SET' }, set: { generation: 77 } }]);
    await expect(publishDataSet(project.world, { ...dataSet, parts: [{ key: 'datasets/current/output.manifest', lines: 1 }] }, true))
      .rejects.toThrow(/changed by somebody else/);
  });
});

test('lines that stand are passed on before the new ones', async () => {
  const old = (async function* () {
    yield* ['{"source-ref":"a","v":1}', 'no line', '{"source-ref":"b","v":1}'];
  })();
  const merged: string[] = [];
  for await (const line of mergeLines(old, new Map([['b', '{"source-ref":"b","v":2}']]))) {
    merged.push(line);
  }
  expect(merged).toEqual(['{"source-ref":"a","v":1}', '{"source-ref":"b","v":2}']);
});

test('a part that a dead run left behind does not stand in for a larger one', async () => {
  const project = await runningProject();
  await project.label(1);
  await project.record();
  const { dataSet } = await project.read();
  project.outside.table.options = { faults: ({ method }) => method === 'write' ? 'throw-before' : 'ok' };
  await expect(publishDataSet(project.world, dataSet, false)).rejects.toThrow(/Injected/);
  project.outside.table.options = {};
  // ids are of no help: a new run may be given any
  (project.world.ledger as { newId: () => string }).newId = () => 'id-000001';
  await project.label();
  await project.record();
  await publishDataSet(project.world, dataSet, false);
  expect(project.dataSet()).toHaveLength(3);
});

describe('whenever the process dies over it', () => {
  test.each(['throw-before', 'throw-after', 'die-before', 'die-after'] as const)('%s: a quarter of an hour later all is there, once', async (kind) => {
    for (let at = 0; at < 45; at += 1) {
      const troubles = new Troubles();
      const project = await runningProject({ simulator: { apiVerdict: troubles.apiVerdict } });
      troubles.attach(project);
      await project.label(1);
      await project.rounds(8);
      await project.label();
      await project.record();
      project.clock.advance(6 * MINUTE);
      await troubles.during({ at, kind }, () => run(project.world, 'test'));
      const left = troubles.calls <= at;
      // whatever was there before a death is there after it
      expect(byIndex(project).size).toBeGreaterThanOrEqual(1);
      await project.rounds(15).catch(() => project.rounds(15));
      expect(project.dataSet()).toHaveLength(3);
      expect(byIndex(project).size).toBe(3);
      expect(index(project)['parts-since']).toEqual([]);
      expectConservation(project.outside.table);
      if (left) {
        break;
      }
    }
  });
});

describe('a file of somebody else that lies in its place before the first compaction', () => {
  const CURRENT = 'datasets/current/output.manifest';
  const FOREIGN = '{"source-ref":"s3://elsewhere/x.jpg","label":1,"label-metadata":{"class-name":"rock","job-name":"labeling-job/other","human-annotated":"yes"}}\r\n';
  const foreignFiles = (project: MemoryProject): string[] => project.outside.cloud.buckets.peekKeys('output', 'datasets/foreign/');
  const expectKept = (project: MemoryProject): void => expect(foreignFiles(project).map((key) => read(project, key))).toEqual([FOREIGN]);

  test.each([undefined, { project: 'other-11112222', generation: '7' }])('is kept, told of, and in no data set and no job (metadata %p)', async (metadata) => {
    const project = await MemoryProject.create();
    await project.outside.cloud.buckets.put('output', CURRENT, FOREIGN, { metadata });
    await project.drop('a.jpg');
    await project.finish();
    expect(project.dataSet().map((line) => line['drop-key'])).toEqual(['a.jpg']);
    expectKept(project);
    expect((await project.read()).standing).toEqual([expect.objectContaining({
      code: 'drift', message: expect.stringContaining(`${CURRENT} is not of this project${metadata ? ' but of other-11112222' : ''}: `) as string,
    })]);
    await project.command('roll');
    await project.rounds(40);
    await project.drop('b.jpg');
    await project.rounds(10);
    expect((await job(project, 2)).carried).toBe(1);
    await project.finish();
    expect([project.lost(), project.double(), project.dataSet().length, foreignFiles(project).length]).toEqual([[], 0, 2, 1]);
    await pass(project, 3 * HOUR, 10 * MINUTE);
    expect((await project.read()).alerts).toEqual([]);
  });

  test('nor is an index lost', async () => {
    const project = await MemoryProject.create();
    await project.outside.cloud.buckets.put('output', 'datasets/index.json', FOREIGN);
    await project.drop('a.jpg');
    await project.finish();
    expectKept(project);
    expect(foreignFiles(project)).toEqual([expect.stringMatching(/-index\.json$/)]);
    expect(index(project).current.lines).toBe(1);
  });

  test('is not written over while it cannot be kept', async () => {
    const project = await MemoryProject.create();
    await project.outside.cloud.buckets.put('output', CURRENT, FOREIGN);
    project.outside.cloud.faults = (operation) => operation === 's3.CopyObject' ? 'throw-before' : 'ok';
    await project.drop('a.jpg');
    await project.finish().catch(() => undefined);
    for (let i = 0; i < 20; i += 1) {
      await project.label();
      await project.round().catch((error: unknown) => expect(String(error)).toMatch(/not of this project and cannot be copied.*move it away/));
    }
    expect([read(project, CURRENT), foreignFiles(project)]).toEqual([FOREIGN, []]);
    project.outside.cloud.faults = undefined;
    await project.finish();
    expectKept(project);
    expect(project.dataSet()).toHaveLength(1);
  });

  test('nor when the data set is written anew from the ledger', async () => {
    const project = await MemoryProject.create();
    await project.drop('a.jpg');
    await project.outside.cloud.buckets.put('output', CURRENT, FOREIGN);
    let deleted = false;
    project.outside.cloud.faults = (operation, args) => {
      // the part goes as soon as it is there: what was just written is then to be had from the ledger alone
      const part = project.outside.cloud.buckets.peekKeys('output', 'datasets/parts/')[0];
      if (!deleted && part !== undefined && operation === 's3.HeadObject' && args[1] === CURRENT) {
        deleted = true;
        void project.outside.cloud.buckets.delete('output', part);
      }
      return 'ok';
    };
    await project.finish();
    expect([deleted, (await project.read()).dataSet.rebuilt?.why]).toEqual([true, expect.stringContaining('is not there')]);
    expectKept(project);
    expect(project.dataSet().map((line) => line['drop-key'])).toEqual(['a.jpg']);
  });

  test.each(['throw-before', 'throw-after', 'die-before', 'die-after'] as const)('whichever call fails meanwhile (%s)', async (kind) => {
    for (let at = 0; at < 60; at += 1) {
      const troubles = new Troubles();
      const project = await runningProject({ simulator: { apiVerdict: troubles.apiVerdict } }, 1);
      await project.outside.cloud.buckets.put('output', CURRENT, FOREIGN);
      troubles.attach(project);
      await project.label();
      await project.record();
      project.clock.advance(6 * MINUTE);
      await troubles.during({ at, kind }, () => run(project.world, 'test'));
      const isOver = troubles.calls <= at;
      await project.rounds(15).catch(() => project.rounds(15));
      expectKept(project);
      expect([at, project.dataSet().length, index(project)]).toMatchObject([at, 1, { 'current': { lines: 1 }, 'parts-since': [] }]);
      expect([at, (await project.read()).alerts]).toEqual([at, ['drift']]);
      if (isOver) {
        return;
      }
    }
  });
});

test('a first compaction whose run died before the ledger knew is ours: what it has stays, and nobody is told of a foreign file', async () => {
  const project = await runningProject();
  await project.label(1);
  await project.record();
  project.clock.advance(6 * MINUTE);
  project.outside.table.options = {
    faults: (operation) => operation.method === 'write' && JSON.stringify(operation.writes).includes('"current"') ? 'throw-before' : 'ok',
  };
  await run(project.world, 'test').catch(() => undefined);
  project.outside.table.options = {};
  expect([project.dataSet().length, (await project.read()).dataSet.current]).toEqual([1, undefined]);
  await project.rounds(15);
  expect([project.dataSet().length, project.outside.cloud.buckets.peekKeys('output', 'datasets/foreign/'), (await project.read()).alerts]).toEqual([1, [], []]);
});
