import { gzipSync } from 'node:zlib';
import { BackfillSource } from '../../../src/contract/backfill';
import { OrderReport } from '../../../src/contract/operator';
import { run } from '../../../src/runtime/controller/controller';
import { readStatus } from '../../../src/runtime/controller/status';
import { tearDown } from '../../../src/runtime/deployment/teardown';
import { readOrder } from '../../../src/runtime/ledger/commands';
import { BAD, DAY, HOUR, MINUTE, MemoryProject, MemoryProjectOptions } from '../../support/memory-project';
import { eventTypes, pass, statesOf } from '../../support/running-project';
import { TroubleKind, Troubles } from '../../support/trouble';

const ARCHIVE: BackfillSource = { bucket: 'archive', prefix: 'photos/' };

/** A project, and an archive with objects that it does not know. */
async function archived(objects: { readonly [key: string]: string }, options: MemoryProjectOptions = {}): Promise<MemoryProject> {
  const project = await MemoryProject.create(options);
  project.outside.cloud.buckets.create('archive');
  for (const [key, body] of Object.entries(objects)) {
    await project.outside.cloud.buckets.put('archive', key, body);
  }
  return project;
}

async function order(project: MemoryProject, name: 'backfill-plan' | 'backfill-start' | 'backfill-stop', subject = {}): Promise<OrderReport> {
  const id = await project.command(name, undefined, subject);
  await project.round();
  return (await readOrder(project.world.ledger, id))!;
}

async function plan(project: MemoryProject, source: BackfillSource = ARCHIVE, objectsPerMinute = 600): Promise<string> {
  const { plan: id } = await order(project, 'backfill-plan', { source, objectsPerMinute });
  return id!;
}

/** Plans, and queues all that was planned, which nobody has read yet. */
async function queuedUnread(project: MemoryProject) {
  const id = await plan(project);
  await project.command('backfill-start', undefined, { plan: id });
  await run(project.world, 'test');
  return { queues: project.outside.cloud.queues, url: project.world.resources.intakeQueueUrl };
}

const report = async (project: MemoryProject) => (await readStatus(project.world)).backfill!;

const numbered = (count: number, from = 0): { [key: string]: string } =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`photos/${String(index + from).padStart(5, '0')}.jpg`, `photo ${index + from}`]));

describe('a plan', () => {
  test('counts what is there and what is known, and starts nothing', async () => {
    const project = await archived({
      ...numbered(3), 'photos/b.PNG': 'x', 'photos/none': 'y', 'photos/folder/': '', 'other/a.jpg': 'z',
    });
    const id = await plan(project);
    expect(await report(project)).toMatchObject({
      plan: id, phase: 'PLANNED', source: ARCHIVE, queued: 0, by: 'test',
      found: { objects: 5, bytes: 23, known: 0, replaced: 0, extensions: { jpg: 3, png: 1, none: 1 } },
    });
    await project.rounds(60);
    expect((await project.read()).counts).toEqual({});
  });

  test('is replaced by the next one, and stays on record', async () => {
    const project = await archived(numbered(1));
    const first = await plan(project);
    const second = await plan(project, { bucket: 'archive', prefix: 'other/' });
    expect(second).not.toBe(first);
    expect((await report(project)).plan).toBe(second);
    expect([...project.outside.table.items()].filter(({ pk }) => pk === 'BACKFILL')).toEqual([expect.objectContaining({ plan: first, phase: 'PLANNED' })]);
  });

  test.each([
    [{}, /a plan needs its source/],
    [{ source: { bucket: '', prefix: '' } }, /a plan needs its source/],
    [{ source: { bucket: 'input', prefix: 'images/' } }, /bucket 'input' is the project's own input bucket; give the bucket that your images lie in/],
    [{ source: { bucket: 'output', prefix: '' } }, /bucket 'output' is the project's own output bucket/],
    [{ source: ARCHIVE, objectsPerMinute: 0 }, /objectsPerMinute is 0; it must be a whole number from 1 to 6000/],
  ])('%j is refused', async (subject, message) => {
    const project = await archived({});
    expect((await order(project, 'backfill-plan', subject)).failed).toMatch(message);
    expect((await project.read()).backfill).toBeUndefined();
  });

  test('of a bucket that cannot be read says so, and gets on once it can', async () => {
    const project = await MemoryProject.create();
    await project.command('backfill-plan', undefined, { source: ARCHIVE });
    await project.round().catch(() => undefined);
    expect((await readStatus(project.world)).alerts).toEqual([expect.objectContaining({ code: 'backfill', message: expect.stringMatching(/does not get on: .*archive/) })]);
    expect(eventTypes(project)).toEqual(['Alert']);
    project.outside.cloud.buckets.create('archive');
    await project.round();
    expect(await report(project)).toMatchObject({ phase: 'PLANNED', found: { objects: 0 } });
    expect((await readStatus(project.world)).alerts).toEqual([]);
  });
});

describe('a start', () => {
  test('needs the id of the plan', async () => {
    const project = await archived(numbered(2));
    expect((await order(project, 'backfill-start', { plan: 'abcd' })).failed).toMatch(/there is no plan 'abcd': make one first/);
    const id = await plan(project);
    expect((await order(project, 'backfill-start', { plan: 'abcd' })).failed).toBe(`there is no plan 'abcd'; the last one is ${id}`);
    expect((await order(project, 'backfill-start')).failed).toMatch(/there is no plan ''/);
    expect((await order(project, 'backfill-start', { plan: id })).plan).toBe(id);
    expect((await order(project, 'backfill-plan', { source: ARCHIVE })).failed).toMatch(/is RUNNING|is CHECKING/);
  });

  test('takes every planned object in, labels it once, leaves the originals, and says when all have come to an end', async () => {
    const objects = { ...numbered(6), 'photos/twin.jpg': 'photo 1', 'photos/bad.jpg': `${BAD} this`, 'photos/ä b+c.jpg': 'odd name' };
    const project = await archived(objects);
    await project.drop('same.jpg', 'photo 2');
    await project.finish();
    const id = await plan(project);
    await project.outside.cloud.buckets.put('archive', 'photos/later.jpg', 'came after the plan');
    await order(project, 'backfill-start', { plan: id });
    await project.finish();
    await project.rounds(60);
    expect(await report(project)).toMatchObject({ phase: 'DONE', queued: 9, ends: { DONE: 6, DUPLICATE: 2, QUARANTINED: 1 } });
    expect(statesOf(project)).toMatchObject({ 'photos/00005.jpg': 'LABELED', 'photos/ä b+c.jpg': 'LABELED', 'same.jpg': 'LABELED' });
    expect(Object.keys(statesOf(project))).toHaveLength(7);
    expect(project.double()).toBe(0);
    const { buckets } = project.outside.cloud;
    expect(Object.keys(objects).filter((key) => !buckets.find('archive', key))).toEqual([]);
    const kept = buckets.peekKeys(project.world.resources.inputBucket);
    expect(kept.filter((key) => key.startsWith('quarantine/'))).toEqual([expect.stringContaining('bad.jpg')]);
    expect(kept.filter((key) => key.startsWith('originals/'))).toEqual([expect.stringContaining('same.jpg')]);

    const again = await plan(project);
    expect(await report(project)).toMatchObject({ plan: again, found: { objects: 10, known: 9 } });
  });

  test('goes no faster than ordered, and leaves room in the queue for what is dropped', async () => {
    const project = await archived(numbered(3_000), { pageVersions: 100 });
    const id = await plan(project, ARCHIVE, 200);
    await order(project, 'backfill-start', { plan: id });
    const queued: number[] = [];
    for (let minute = 0; minute < 10; minute += 1) {
      queued.push((await report(project)).queued);
      await project.round();
    }
    const steps = queued.slice(1).map((total, index) => total - queued[index]);
    expect(Math.max(...steps)).toBeLessThanOrEqual(200);
    expect(queued.at(-1)).toBeGreaterThanOrEqual(1_600);
  }, 30_000);

  test('waits while the intake has enough to do', async () => {
    const project = await archived(numbered(10));
    const id = await plan(project);
    const { intakeQueueUrl } = project.world.resources;
    await project.world.queues.send(intakeQueueUrl, Array.from({ length: 2_000 }, () => '{"Event":"s3:TestEvent"}'));
    await project.command('backfill-start', undefined, { plan: id });
    await run(project.world, 'test');
    expect(await report(project)).toMatchObject({ phase: 'RUNNING', queued: 0 });
    await project.rounds(3);
    expect((await report(project)).queued).toBe(10);
  });

  test('stopped, it goes on where it stopped', async () => {
    const project = await archived(numbered(250), { pageVersions: 50 });
    const id = await plan(project, ARCHIVE, 50);
    await order(project, 'backfill-start', { plan: id });
    await project.round();
    expect((await order(project, 'backfill-stop')).plan).toBe(id);
    const { queued } = await report(project);
    expect(queued).toBeGreaterThan(0);
    await project.rounds(10);
    expect(await report(project)).toMatchObject({ phase: 'STOPPED', queued });
    await order(project, 'backfill-start', { plan: id });
    await project.rounds(10);
    expect(await report(project)).toMatchObject({ phase: 'CHECKING', queued: 250 });
    expect((await project.read()).counts['drop:DONE']).toBe(250);
  });

  test('queues again what was lost on the way', async () => {
    const project = await archived(numbered(20));
    const { queues, url } = await queuedUnread(project);
    for (let taken = await queues.receive(url, 10); taken.length > 0; taken = await queues.receive(url, 10)) {
      await Promise.all(taken.map(({ receiptHandle }) => queues.delete(url, receiptHandle)));
    }
    await project.rounds(20);
    await project.rounds(20);
    expect(await report(project)).toMatchObject({ phase: 'DONE', ends: { DONE: 20 } });
    expect((await project.read()).counts['drop:DONE']).toBe(20);
  });

  test('queues again what was lost, or is read very late, also where the intake queue is never empty: each is taken in once', async () => {
    const project = await archived(numbered(2));
    const { queues, url } = await queuedUnread(project);
    const [lost] = await queues.receive(url, 1);
    await queues.delete(url, lost.receiptHandle);
    const [late] = await queues.receive(url, 1, 40 * HOUR / 1_000);
    expect(late.body).toContain('photos/');
    const drops = async (time: number) => {
      for (let gone = 0; gone < time; gone += 15 * MINUTE) {
        await project.world.queues.send(url, ['{"Event":"s3:TestEvent"}'], 900);
        await project.round(15 * MINUTE);
      }
    };
    await drops(23 * HOUR);
    expect(await report(project)).toMatchObject({ phase: 'CHECKING', queued: 2 });
    await drops(2 * HOUR);
    expect(await report(project)).toMatchObject({ phase: 'CHECKING', queued: 4, ends: { UNKNOWN: 2 } });
    await drops(DAY);
    expect(await report(project)).toMatchObject({ phase: 'DONE', queued: 4, ends: { DONE: 2 } });
    expect(await project.world.queues.depth(url)).toMatchObject({ inFlight: 0 });
    expect((await project.read()).counts).toMatchObject({ 'drop:DONE': 2 });
    expect(project.double()).toBe(0);
  });

  test('tells of objects that were replaced in a bucket without versions', async () => {
    const project = await MemoryProject.create();
    const { buckets } = project.outside.cloud;
    buckets.create('archive', { versioned: false });
    await buckets.put('archive', 'photos/a.jpg', 'first');
    await order(project, 'backfill-start', { plan: await plan(project) });
    await project.rounds(30);
    expect(await report(project)).toMatchObject({ phase: 'DONE', ends: { DONE: 1 } });
    await buckets.put('archive', 'photos/a.jpg', 'second');
    await plan(project);
    expect((await report(project)).found).toMatchObject({ objects: 1, known: 1, replaced: 1 });
  });
});

describe('an inventory', () => {
  const MANIFEST = 'inv/archive/2026-01-04/manifest.json';
  const SOURCE: BackfillSource = { ...ARCHIVE, inventory: { bucket: 'inventories', manifestKey: MANIFEST } };
  const FIELDS = 'Bucket, Key, VersionId, IsLatest, IsDeleteMarker, Size, LastModifiedDate';

  async function inventoried(change: object, files: { readonly [key: string]: string } = {}): Promise<MemoryProject> {
    const project = await archived(numbered(5));
    const { buckets } = project.outside.cloud;
    buckets.create('inventories');
    await buckets.put('inventories', MANIFEST, JSON.stringify({
      sourceBucket: 'archive', destinationBucket: 'arn:aws:s3:::inventories', fileFormat: 'CSV', fileSchema: FIELDS,
      files: Object.keys(files).map((key) => ({ key })), ...change,
    }));
    for (const [key, text] of Object.entries(files)) {
      await buckets.put('inventories', key, gzipSync(text));
    }
    return project;
  }

  test('is read instead of the bucket, as S3 writes it', async () => {
    const project = await archived({ 'photos/ä b+c.jpg': 'odd name', 'photos/x.jpg': 'unlisted', ...numbered(2_500) });
    const { buckets } = project.outside.cloud;
    const row = (key: string, change: Partial<{ version: string; latest: boolean; deleted: boolean; size: number }> = {}): string => {
      const { version = buckets.find('archive', key)!.versionId, latest = true, deleted = false, size = 7 } = change;
      const encoded = encodeURIComponent(key).replace(/%20/g, '+').replace(/%2F/g, '/');
      return `"archive","${encoded}","${version}","${latest}","${deleted}","${size}","2026-01-04T10:00:00.000Z"`;
    };
    buckets.create('inventories');
    const one = Object.keys(numbered(2_000)).map((key) => row(key));
    const two = [
      ...Object.keys(numbered(500, 2_000)).map((key) => row(key)), row('photos/ä b+c.jpg'),
      row('photos/00001.jpg', { version: 'older', latest: false }), row('photos/00002.jpg', { version: 'gone', deleted: true }),
      row('photos/00003.jpg').replace('photos/', 'elsewhere/'), row('photos/00004.jpg').replace('photos/00004.jpg', 'photos/folder/').replace('"7"', '"0"'),
    ];
    await buckets.put('inventories', MANIFEST, JSON.stringify({
      sourceBucket: 'archive', fileFormat: 'CSV', fileSchema: FIELDS, files: [{ key: 'inv/data/1.csv.gz' }, { key: 'inv/data/2.csv.gz' }],
    }));
    await buckets.put('inventories', 'inv/data/1.csv.gz', gzipSync(one.join('\n')));
    await buckets.put('inventories', 'inv/data/2.csv.gz', gzipSync(`${two.join('\n')}\n`));
    const id = await plan(project, SOURCE, 6_000);
    expect((await report(project)).found).toMatchObject({ objects: 2_501, known: 0 });
    await order(project, 'backfill-start', { plan: id });
    await project.rounds(10);
    expect(await report(project)).toMatchObject({ phase: 'CHECKING', queued: 2_501 });
    expect((await project.read()).counts['drop:DONE']).toBe(2_501);
  }, 60_000);

  test('whose lines are not as S3 writes them does not stop: a key is taken as it stands, what has none is passed over', async () => {
    const odd = ['100%.jpg', '%zz.jpg', '%E4.jpg', 'a+b%.jpg'].map((name) => `photos/${name}`);
    const project = await inventoried({}, { 'inv/1.csv.gz': '' });
    const { buckets } = project.outside.cloud;
    for (const key of odd) {
      await buckets.put('archive', key, key);
    }
    const known = [...odd, 'photos/00001.jpg'];
    await buckets.put('inventories', 'inv/1.csv.gz', gzipSync([
      ...known.map((key) => `"archive","${key}","${buckets.find('archive', key)!.versionId}","true","false","7","2026-01-04T10:00:00.000Z"`),
      '"archive"', '"archive","photos/gone%.jpg","","true","false","seven","2026-01-04T10:00:00.000Z"', 'no "quotes', '"archive","open',
    ].join('\n')));
    const id = await plan(project, SOURCE);
    expect((await report(project)).found).toMatchObject({ objects: 6, bytes: 35 });
    await order(project, 'backfill-start', { plan: id });
    await pass(project, HOUR, MINUTE);
    expect(await report(project)).toMatchObject({ phase: 'DONE', ends: { DONE: 5, WITHDRAWN: 1 } });
    expect((await readStatus(project.world)).alerts).toEqual([
      expect.objectContaining({ code: 'backfill', message: expect.stringMatching(/is done, but 1 of its 6 objects are WITHDRAWN/) }),
    ]);
    expect(eventTypes(project).filter((type) => type === 'Alert')).toHaveLength(1);
    expect(Object.keys(statesOf(project)).sort()).toEqual([...known].sort());
    const said = project.outside.telemetry.said.filter(({ detail }) => (detail as { notice?: string } | undefined)?.notice === 'backfill-line');
    expect(new Set(said.map(({ message }) => message)).size).toBe(8);
    expect(await order(project, 'backfill-stop')).toMatchObject({ plan: id });
    expect((await readStatus(project.world)).alerts).toEqual([]);
    expect(await report(project)).toMatchObject({ phase: 'DONE' });
  });

  describe('of current versions only, which names no versions,', () => {
    const NO_VERSIONS = { fileSchema: 'Bucket, Key, Size, LastModifiedDate', files: [{ key: 'inv/1.csv.gz' }] };
    const row = (key: string, at = '2026-01-04T10:00:00.000Z'): string => `"archive","${key}","7","${at}"`;

    test('is refused of a bucket with versions, also where only its newest objects have one', async () => {
      const project = await inventoried(NO_VERSIONS, {
        'inv/1.csv.gz': [
          row('photos/00000.jpg'), row('photos/00001.jpg', '2026-01-05T10:00:00.000Z'), row('photos/gone.jpg', '2026-01-06T10:00:00.000Z'),
        ].join('\n'),
      });
      const { objects } = project.world;
      const list = objects.listVersions.bind(objects);
      jest.spyOn(objects, 'listVersions').mockImplementation(async (...asked) => {
        const page = await list(...asked);
        return { ...page, items: page.items.map((item) => item.key === 'photos/00000.jpg' ? { ...item, versionId: 'null' } : item) };
      });
      await project.command('backfill-plan', undefined, { source: SOURCE });
      await project.round().catch(() => undefined);
      expect((await readStatus(project.world)).alerts).toEqual([expect.objectContaining({
        code: 'backfill', message: expect.stringMatching(/has no field VersionId, and bucket 'archive' has versions \(photos\/00001.jpg is .*configure the inventory with all versions/),
      })]);
      expect(await report(project)).toMatchObject({ phase: 'PLANNING', found: { objects: 0 } });
    });

    test('serves for a bucket without versions', async () => {
      const project = await archived({});
      const { buckets } = project.outside.cloud;
      buckets.create('plain', { versioned: false });
      buckets.create('inventories');
      await Promise.all(['photos/0.jpg', 'photos/1.jpg'].map((key) => buckets.put('plain', key, key)));
      await buckets.put('inventories', MANIFEST, JSON.stringify({ sourceBucket: 'plain', fileFormat: 'CSV', ...NO_VERSIONS }));
      await buckets.put('inventories', 'inv/1.csv.gz', gzipSync(['photos/0.jpg', 'photos/1.jpg'].map((key) => row(key)).join('\n')));
      await order(project, 'backfill-start', { plan: await plan(project, { ...SOURCE, bucket: 'plain' }) });
      await pass(project, HOUR, MINUTE);
      expect(await report(project)).toMatchObject({ phase: 'DONE', ends: { DONE: 2 } });
      expect((await readStatus(project.world)).alerts).toEqual([]);
    });
  });

  test.each([
    [{ sourceBucket: 'another' }, {}, /an inventory of bucket 'another', not of 'archive'/],
    [{ fileFormat: 'Parquet' }, {}, /in the format Parquet; configure one in CSV/],
    [{ fileSchema: 'Bucket, Key' }, {}, /lacks the fields Size and LastModifiedDate/],
    [{ files: undefined }, {}, /lists no files/],
    [{ files: [{ key: 'gone.csv.gz' }] }, {}, /gone.csv.gz, which is not there/],
  ])('with %j is refused', async (change, files, message) => {
    const project = await inventoried(change, files);
    await project.command('backfill-plan', undefined, { source: SOURCE });
    await project.round().catch(() => undefined);
    expect((await readStatus(project.world)).alerts).toEqual([expect.objectContaining({ code: 'backfill', message: expect.stringMatching(message) })]);
    await project.command('backfill-stop');
    await project.round();
    expect((await readStatus(project.world)).alerts).toEqual([]);
  });
});

test.each<TroubleKind>(['throw-before', 'throw-after', 'die-before', 'die-after'])('whichever call goes wrong (%s), each object is taken in once', async (kind) => {
  let reached = true;
  for (let at = 0; reached; at += 1) {
    const troubles = new Troubles();
    const project = await archived(numbered(4), { pageVersions: 3 });
    troubles.attach(project);
    const id = await plan(project);
    await project.command('backfill-start', undefined, { plan: id });
    await troubles.during({ at, kind }, () => run(project.world, 'trouble'));
    reached = troubles.calls > at;
    project.clock.advance(4 * MINUTE);
    await project.rounds(25);
    await project.rounds(20);
    expect([at, await report(project)]).toMatchObject([at, { phase: 'DONE', ends: { DONE: 4 } }]);
    expect((await project.read()).counts['drop:DONE']).toBe(4);
  }
}, 60_000);

test('a retired project fills nothing', async () => {
  const project = await archived(numbered(5));
  const id = await plan(project);
  await tearDown(project.world, project.clock.now() + HOUR, async (ms) => { project.clock.advance(ms); });
  expect((await order(project, 'backfill-start', { plan: id })).failed).toMatch(/retired/);
  project.clock.advance(DAY);
  await project.rounds(3);
  expect((await project.read()).counts).toEqual({});
});
