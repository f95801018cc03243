import { RequeueTargets } from '../../../src/contract/operator';
import { run } from '../../../src/runtime/controller/controller';
import { requeueTargets } from '../../../src/runtime/controller/requeue-targets';
import { readOrder } from '../../../src/runtime/ledger/commands';
import { beginAttempt, receiveDrop } from '../../../src/runtime/ledger/drops';
import { recordFailure } from '../../../src/runtime/ledger/labels';
import { Item } from '../../../src/runtime/ports';
import { expectConservation } from '../../support/conservation';
import { BAD, DAY, HOUR, MINUTE, MemoryProject, MemoryProjectOptions, PlainEngine } from '../../support/memory-project';
import { images, job, pass, runningProject, statesOf } from '../../support/running-project';
import { TroubleKind, Troubles } from '../../support/trouble';

/** Refuses what the tests call spoiled, until it is mended. */
class MendedEngine extends PlainEngine {
  public mended = false;

  public override gate(bytes: Uint8Array): ReturnType<PlainEngine['gate']> {
    return this.mended ? { ok: true } : super.gate(bytes);
  }
}

function drops(project: MemoryProject): Item[] {
  return [...project.outside.table.items()].filter((item) => item.pk.startsWith('DROP#') && item.sk.startsWith('VERSION#'));
}
const ends = (project: MemoryProject): string[] => drops(project).map((drop) => `${String(drop.key)} ${String(drop.state)}`).sort();
const keys = (project: MemoryProject, prefix: string): string[] => project.outside.cloud.buckets.peekKeys('input', prefix);
const historyOf = (project: MemoryProject, pk: string): string[] =>
  [...project.outside.table.items()].filter((item) => item.pk === pk && item.sk.startsWith('HISTORY#')).map((item) => String(item.event));
const dropTarget = ({ bucket, key, versionId }: Item): RequeueTargets =>
  ({ drops: [{ bucket: String(bucket), key: String(key), versionId: String(versionId) }] });

async function withBadDrop(options: MemoryProjectOptions = {}): Promise<{ project: MemoryProject; engine: MendedEngine }> {
  const engine = new MendedEngine();
  const project = await MemoryProject.create({ ...options, engine });
  await project.drop('cam/bad.jpg', `${BAD} bytes`);
  await project.drop('cam/good.jpg');
  await project.rounds(2);
  expect(ends(project)).toEqual(['cam/bad.jpg QUARANTINED', 'cam/good.jpg DONE']);
  return { project, engine };
}

/** A project whose image `cam/0.jpg` failed in three jobs and is in quarantine. */
async function withBadImage(options: MemoryProjectOptions = {}): Promise<{ project: MemoryProject; ref: string }> {
  const project = await runningProject(options, 1);
  const ref = String(images(project)['cam/0.jpg'].sourceRef);
  for (let number = 1; number <= 3; number += 1) {
    await recordFailure(project.world.ledger, ref, number, 'blurred');
    await project.simulator.expire(project.liveJobName()!, 'Completed');
    await project.rounds(40);
  }
  expect(statesOf(project)).toEqual({ 'cam/0.jpg': 'QUARANTINED' });
  return { project, ref };
}

describe('a quarantined image that is ordered again', () => {
  test('is offered to the next job with a clean record, counts once as spent, and gets its label', async () => {
    const { project, ref } = await withBadImage();
    const { state } = await project.read();
    const id = await project.command('requeue', { images: [ref] });
    await project.round();
    expect(await readOrder(project.world.ledger, id)).toEqual({ id, done: true, images: 1, drops: 0 });
    expect(images(project)['cam/0.jpg']).toMatchObject({ failures: 0, offersForgiven: 3 });
    expect(historyOf(project, `IMAGE#${ref}`)).toEqual(expect.arrayContaining(['quarantined', 'requeued']));
    await project.finish();
    expect([project.lost(), project.double(), statesOf(project)]).toEqual([[], 0, { 'cam/0.jpg': 'LABELED' }]);
    expect((await project.read()).state.spentTotal).toBe(state.spentTotal);
    expectConservation(project.outside.table);
  });

  test('may fail three times more before it is in quarantine again, and an old order does not bring it back', async () => {
    const { project, ref } = await withBadImage();
    await project.command('requeue', { all: 'quarantined' });
    await project.rounds(10);
    for (let number = 4; number <= 6; number += 1) {
      expect(statesOf(project)).toEqual({ 'cam/0.jpg': 'SENT' });
      await recordFailure(project.world.ledger, ref, number, 'blurred');
      await project.simulator.expire(project.liveJobName()!, 'Completed');
      await project.rounds(40);
    }
    expect(statesOf(project)).toEqual({ 'cam/0.jpg': 'QUARANTINED' });
  });

  test('by its reason', async () => {
    const { project } = await withBadImage();
    await project.command('requeue', { all: 'quarantined', reason: 'never-labeled' });
    await project.round();
    expect(statesOf(project)).toEqual({ 'cam/0.jpg': 'QUARANTINED' });
    await project.command('requeue', { all: 'quarantined', reason: 'labeling-failed' });
    await project.round();
    expect(statesOf(project)).not.toEqual({ 'cam/0.jpg': 'QUARANTINED' });
  });
});

test('held images that are ordered again leave the job that did not settle; when it has none any more it is settled', async () => {
  const project = await runningProject();
  await project.outside.cloud.queues.send(project.world.resources.recorderDeadLetterQueueUrl, 'unreadable');
  await project.simulator.expire(project.liveJobName()!);
  await pass(project, 7 * HOUR);
  expect(Object.values(statesOf(project))).toEqual(['HELD', 'HELD', 'HELD']);
  await project.command('requeue', { all: 'held' });
  await project.rounds(8);
  expect(Object.values(statesOf(project))).toEqual(['SENT', 'SENT', 'SENT']);
  expect(await job(project, 1)).toMatchObject({ open: 0, phase: 'SETTLED' });
  expectConservation(project.outside.table);
  await project.finish();
  expect([project.lost(), project.double()]).toEqual([[], 0]);
});

describe('a quarantined drop that is ordered again', () => {
  test('is taken in as the drop that it was, from the copy in quarantine/', async () => {
    const { project, engine } = await withBadDrop();
    const bad = drops(project).find((drop) => drop.key === 'cam/bad.jpg')!;
    engine.mended = true;
    await project.command('requeue', dropTarget(bad));
    await project.finish();
    expect(ends(project)).toEqual(['cam/bad.jpg DONE', 'cam/good.jpg DONE']);
    expect(keys(project, 'originals/')).toHaveLength(2);
    expect(keys(project, 'quarantine/')).toHaveLength(1);
    expect([project.lost(), project.double()]).toEqual([[], 0]);
    expect(historyOf(project, bad.pk)).toEqual(['received', 'quarantined', 'put-away', 'requeued', 'attempt', 'decoded', 'done', 'put-away']);
    expectConservation(project.outside.table);
  });

  test('that is still bad goes back to quarantine, and is not ordered twice', async () => {
    const { project } = await withBadDrop();
    const id = await project.command('requeue', { all: 'quarantined', reason: 'not-an-image' });
    await project.rounds(3);
    expect(ends(project)).toEqual(['cam/bad.jpg QUARANTINED', 'cam/good.jpg DONE']);
    expect(await readOrder(project.world.ledger, id)).toMatchObject({ done: true, drops: 1, images: 0 });
    expect(historyOf(project, drops(project)[0].pk).filter((event) => event === 'requeued')).toHaveLength(1);
    expectConservation(project.outside.table);
  });

  test('after a crash of the decoder has all its tries again', async () => {
    const project = await MemoryProject.create();
    await project.drop('bomb.jpg');
    const [{ versionId }] = (await project.world.objects.listVersions('drop', '')).items;
    const id = { bucket: 'drop', key: 'bomb.jpg', versionId };
    await receiveDrop(project.world.ledger, id);
    for (let i = 0; i < 3; i += 1) {
      await beginAttempt(project.world.ledger, id);
    }
    project.clock.advance(HOUR);
    await project.intake();
    expect(drops(project)).toMatchObject([{ state: 'QUARANTINED', reason: 'processor-crash' }]);
    project.clock.advance(MINUTE);
    await project.command('requeue', { all: 'quarantined' });
    await run(project.world, 'test');
    expect(drops(project)).toMatchObject([{ state: 'RECEIVED', attempts: 0 }]);
    await project.finish();
    expect([ends(project), project.lost()]).toEqual([['bomb.jpg DONE'], []]);
    expectConservation(project.outside.table);
  });

  test('whose message was lost is queued again by the sweep', async () => {
    const { project, engine } = await withBadDrop();
    engine.mended = true;
    await project.command('requeue', { all: 'quarantined' });
    await run(project.world, 'test');
    const { queues } = project.outside.cloud;
    for (const message of await queues.receive(project.world.resources.intakeQueueUrl, 10)) {
      await queues.delete(project.world.resources.intakeQueueUrl, message.receiptHandle);
    }
    expect(ends(project)).toEqual(['cam/bad.jpg RECEIVED', 'cam/good.jpg DONE']);
    await pass(project, 2 * HOUR, 5 * MINUTE);
    expect(ends(project)).toEqual(['cam/bad.jpg DONE', 'cam/good.jpg DONE']);
  });

  test('whose bytes somebody deleted says so', async () => {
    const { project } = await withBadDrop();
    const [key] = keys(project, 'quarantine/');
    await project.outside.cloud.buckets.delete('input', key);
    await project.command('requeue', { all: 'quarantined' });
    await project.rounds(3);
    expect(ends(project)).toEqual(['cam/bad.jpg WITHDRAWN', 'cam/good.jpg DONE']);
    expectConservation(project.outside.table);
  });

  test('in a brought bucket stays there', async () => {
    const engine = new MendedEngine();
    const project = await MemoryProject.create({ engine });
    Object.assign(project.world.resources, { dropBucketIsOwn: false });
    await project.drop('bad.jpg', `${BAD} bytes`);
    await project.rounds(2);
    engine.mended = true;
    await project.command('requeue', { all: 'quarantined' });
    await project.finish();
    expect(ends(project)).toEqual(['bad.jpg DONE']);
    expect(project.outside.cloud.buckets.peekKeys('drop', '')).toEqual(['bad.jpg']);
    expect(keys(project, 'originals/')).toEqual([]);
    expect(project.lost()).toEqual([]);
  });
});

describe('an order', () => {
  test.each([
    ['cam/good.jpg', /DONE: its images/],
    ['twin.jpg', /DUPLICATE of s3:\/\/drop\/cam\/good.jpg/],
  ])('for the drop %s is refused with the reason', async (key, why) => {
    const { project } = await withBadDrop();
    await project.drop('twin.jpg', 'content of cam/good.jpg');
    await project.rounds(2);
    const id = await project.command('requeue', dropTarget(drops(project).find((drop) => drop.key === key)!));
    await project.round();
    const report = await readOrder(project.world.ledger, id);
    expect(report).toMatchObject({ done: true, images: 0, drops: 0, refused: [{ target: `s3://drop/${key}`, why: expect.stringMatching(why) }] });
  });

  test('for images that workers have or have labeled, or that nobody knows, is refused', async () => {
    const project = await runningProject();
    await project.label(1);
    await project.rounds(2);
    const refs = Object.values(images(project)).map((item) => String(item.sourceRef));
    const id = await project.command('requeue', { images: [...refs, 's3://input/images/nothing.png'], drops: [{ bucket: 'drop', key: 'x', versionId: 'y' }] });
    await project.round();
    const { refused } = (await readOrder(project.world.ledger, id))!;
    expect(refused!.map(({ why }) => why.slice(0, 14)).sort()).toEqual([
      'it is LABELED:', 'it is SENT: wo', 'it is SENT: wo', 'the ledger has', 'the ledger has',
    ]);
    expect(project.double()).toBe(0);
  });

  test('to a retired project is refused and leaves nothing behind', async () => {
    const { project } = await withBadDrop();
    await project.outside.table.write([{ update: { pk: 'PROJECT', sk: 'STATE' }, set: { mode: 'RETIRED' } }]);
    const id = await project.command('requeue', { all: 'quarantined' });
    await project.round();
    expect(await readOrder(project.world.ledger, id)).toMatchObject({ done: true, failed: expect.stringMatching(/retired/) });
    expect(ends(project)).toEqual(['cam/bad.jpg QUARANTINED', 'cam/good.jpg DONE']);
  });

  test('that fails keeps nothing else from being done, is tried again, and is given up after a day', async () => {
    const { project } = await withBadDrop();
    project.outside.cloud.faults = (operation) => operation === 'sqs.SendMessage' ? 'throw-before' : 'ok';
    const id = await project.command('requeue', { all: 'quarantined' });
    await expect(run(project.world, 'test')).rejects.toThrow(/injected/);
    expect((await readOrder(project.world.ledger, id))?.done).toBe(false);
    expect(await project.simulator.jobs()).toHaveLength(1);
    project.clock.advance(DAY);
    await project.drop('later.jpg').catch(() => undefined);
    project.outside.cloud.faults = (operation) => operation === 'sqs.SendMessage' ? 'throw-before' : 'ok';
    await run(project.world, 'test').catch(() => undefined);
    expect(await readOrder(project.world.ledger, id)).toMatchObject({ done: true, failed: expect.stringMatching(/given up after a day: .*injected/) });
  });

  test.each<TroubleKind>(['die-before', 'die-after', 'throw-after'])('is carried out once whichever call goes wrong (%s)', async (kind) => {
    for (let at = 0; at < 30; at += 1) {
      const troubles = new Troubles();
      const { project, engine } = await withBadDrop({ simulator: { apiVerdict: troubles.apiVerdict } });
      engine.mended = true;
      troubles.attach(project);
      await project.command('requeue', { all: 'quarantined' });
      await troubles.during({ at, kind }, () => run(project.world, 'test'));
      expectConservation(project.outside.table);
      project.clock.advance(5 * MINUTE);
      await project.finish(60);
      expect([at, ends(project)]).toEqual([at, ['cam/bad.jpg DONE', 'cam/good.jpg DONE']]);
      expect([project.lost(), project.double(), (await project.read()).commands]).toEqual([[], 0, []]);
      expect(historyOf(project, drops(project)[0].pk).filter((event) => event === 'requeued')).toHaveLength(1);
    }
  });

  test('that takes longer than a run goes on in the next', async () => {
    const { project } = await withBadDrop();
    for (let i = 0; i < 5; i += 1) {
      await project.drop(`bad-${i}.jpg`, `${BAD} ${i}`);
    }
    await project.rounds(2);
    const id = await project.command('requeue', { all: 'quarantined' });
    project.outside.table.options = {
      faults: () => {
        project.clock.advance(1_000);
        return 'ok';
      },
    };
    await run(project.world, 'test');
    const first = await readOrder(project.world.ledger, id);
    project.outside.table.options = {};
    for (let i = 0; i < 5; i += 1) {
      await run(project.world, 'test');
    }
    expect([first?.done, await readOrder(project.world.ledger, id)]).toMatchObject([false, { done: true, drops: 6 }]);
  });
});

test('an export publishes what is recorded at once', async () => {
  const project = await runningProject();
  await project.rounds(2);
  await project.label(2);
  await project.simulator.step();
  await project.record();
  const id = await project.command('export');
  await run(project.world, 'test');
  expect(await readOrder(project.world.ledger, id)).toEqual({ id, done: true, uri: 's3://output/datasets/current/output.manifest', lines: 2 });
  expect(project.dataSet()).toHaveLength(2);
});

test.each<[unknown, RegExp]>([
  [undefined, /needs targets/],
  [{ images: [] }, /needs targets/],
  [{ all: 'everything' }, /wrong at all/],
  [{ images: ['a'], mood: 'good' }, /wrong/],
  [{ images: Array.from({ length: 101 }, (_, i) => `s3://b/${i}`) }, /at most 100 images and drops, got 101/],
  [{ images: ['s3://a'], reason: 'empty' }, /all: quarantined or held/],
])('targets are checked: %j', (given, message) => {
  expect(() => requeueTargets(given)).toThrow(message);
});
