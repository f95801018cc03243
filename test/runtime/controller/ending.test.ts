import { run } from '../../../src/runtime/controller/controller';
import { DAY, HOUR, MINUTE, MemoryProject, testConfiguration } from '../../support/memory-project';
import { eventTypes, images, job, jobStatuses, pass, runningProject, statesOf } from '../../support/running-project';
import { Troubles } from '../../support/trouble';

describe('a job that was stopped by hand', () => {
  test.each([...Array(14).keys()])('the project pauses and says so, even if the process dies at call %i of closing it', async (at) => {
    const troubles = new Troubles();
    const project = await runningProject({ simulator: { apiVerdict: troubles.apiVerdict } });
    troubles.attach(project);
    await project.simulator.stopByHand(project.liveJobName()!);
    project.clock.advance(5 * MINUTE);
    await project.simulator.step();
    await troubles.during({ at, kind: 'die-after' }, () => run(project.world, 'test'));
    project.clock.advance(5 * MINUTE);
    await project.rounds(2);
    expect((await project.read()).state).toMatchObject({ mode: 'PAUSED', modeReason: 'job froth-0a1b2c3d-1 was stopped by hand' });
    expect((await project.read()).alerts).toContain('stopped-by-hand');
    expect(eventTypes(project)).toContain('Job Ended');
  });

  test('while it initializes', async () => {
    const project = await MemoryProject.create();
    await project.drop('a.jpg');
    await project.round();
    await project.simulator.stopByHand(project.liveJobName() ?? 'froth-0a1b2c3d-1');
    await project.rounds(10);
    expect((await project.read()).state.mode).toBe('PAUSED');
  });

  test('harvests what it had, and its images go on after resume', async () => {
    const project = await runningProject();
    await project.label(1);
    await project.simulator.stopByHand(project.liveJobName()!);
    await pass(project, HOUR, MINUTE);
    expect(Object.values(statesOf(project)).sort()).toEqual(['LABELED', 'PENDING', 'PENDING']);
    await project.command('resume');
    await project.finish();
    expect([project.lost(), project.double(), (await project.read()).alerts]).toEqual([[], 0, []]);
  });
});

describe('no hand stopped it', () => {
  test('after 10 days without work Ground Truth does; the next drop starts a job', async () => {
    const project = await runningProject();
    await project.label();
    await pass(project, 11 * DAY, 6 * HOUR);
    expect(jobStatuses(project)).toEqual(['1 Stopped']);
    expect((await project.read()).state).toMatchObject({ mode: 'ACTIVE', openJobs: [] });
    expect(project.outside.cloud.queues.peekNames().filter((name) => name.startsWith('GroundTruth'))).toEqual([]);
    await project.drop('later.jpg');
    await project.finish();
    expect([project.lost(), project.dataSet().length]).toEqual([[], 4]);
  });

  test.each(['Completed', 'Failed', 'Stopped'] as const)('it expired as %s', async (status) => {
    const project = await runningProject();
    await project.label(1);
    await project.simulator.expire(project.liveJobName()!, status);
    await project.rounds(40);
    expect((await project.read()).state).toMatchObject({ mode: 'ACTIVE', lastJob: 2 });
    expect(eventTypes(project).filter((type) => type.startsWith('Job'))).toEqual(['Job Started', 'Job Ended', 'Job Started']);
  });
});

test('with several workers for each image, answers that a job\'s end throws away are asked for again, and no others', async () => {
  const project = await runningProject({ configuration: { work: { ...testConfiguration().work, workersPerImage: 2 } } });
  const answerAll = async (worker: string, count = Infinity): Promise<void> => {
    for (const task of project.openTasks().slice(0, count)) {
      await project.simulator.submit(task.taskId, worker, { kind: 'classification', label: 'froth' }, { pixelHash: project.pixelHash(task.sourceRef) });
    }
  };
  await answerAll('ada');
  await answerAll('bob', 1);
  await project.simulator.expire(project.liveJobName()!);
  await project.rounds(30);
  expect(Object.values(statesOf(project)).sort()).toEqual(['LABELED', 'SENT', 'SENT']);
  await answerAll('ada');
  await answerAll('bob');
  await project.rounds(10);
  expect([project.lost(), project.dataSet().length, (await project.read()).counts.double ?? 0]).toEqual([[], 3, 0]);
  // two images were begun twice: one answer each was thrown away
  expect([project.simulator.bill().length, project.double()]).toEqual([8, 2]);
});

describe('jobs that fail', () => {
  /** Lets each job die as soon as it was given its first image. */
  const failAll = async (project: MemoryProject, total: number): Promise<void> => {
    for (let gone = 0; gone < total; gone += 1) {
      await project.round();
      const living = project.simulator.jobs().find((known) => known.LabelingJobStatus === 'InProgress');
      if (living && project.openTasks().length > 0) {
        await project.simulator.fail(living.LabelingJobName);
      }
    }
  };

  test('three in a row without a label open the breaker', async () => {
    const project = await MemoryProject.create();
    await project.drop('a.jpg');
    await failAll(project, 120);
    expect(jobStatuses(project)).toEqual(['1 Failed', '2 Failed', '3 Failed']);
    expect((await project.read()).alerts).toContain('breaker');
    await pass(project, 21 * HOUR, 10 * MINUTE);
    expect(jobStatuses(project)).toHaveLength(3);
    await pass(project, 5 * HOUR, 10 * MINUTE);
    expect(jobStatuses(project).at(-1)).toBe('4 InProgress');
    expect((await project.read()).state.breaker.failures).toBe(3);
    await project.label();
    await project.rounds(3);
    expect((await project.read()).state.breaker).toEqual({ failures: 0 });
    expect((await project.read()).alerts).toEqual([]);
  });

  test.each([
    [true, 0], [true, 30_000], [false, 0], [false, 30_000],
  ])('carried lines are no labels of theirs (counted: %p, shown after %i ms)', async (countersIncludeCarried, counterDelay) => {
    const project = await runningProject({ simulator: { countersIncludeCarried, counterDelay } });
    await project.label();
    await project.rounds(8);
    await project.simulator.expire(project.liveJobName()!);
    await project.drop('new.jpg');
    // so few carried lines are not told from what strangers send: each of these jobs settles by time
    await failAll(project, 800);
    expect(jobStatuses(project)).toEqual(['1 Failed', '2 Failed', '3 Failed', '4 Failed']);
    expect((await job(project, 4)).carried).toBe(3);
    expect((await project.read()).state.breaker).toMatchObject({ failures: 3 });
  });

  test('a label between them starts the count anew', async () => {
    const project = await runningProject({}, 8);
    for (let i = 0; i < 5; i += 1) {
      await project.label(1);
      await project.rounds(1);
      await project.simulator.fail(project.liveJobName()!);
      await pass(project, 4 * HOUR, 2 * MINUTE);
    }
    expect(jobStatuses(project)).toHaveLength(6);
    expect((await project.read()).state.breaker.failures).toBe(0);
  });
});

describe('a stop that we order', () => {
  test.each(['throw-before', 'throw-after', 'die-before', 'die-after'] as const)('is asked for until the job stops, whatever happens to a call (%s)', async (kind) => {
    for (let at = 0; at < 30; at += 1) {
      const troubles = new Troubles();
      const project = await runningProject({ simulator: { apiVerdict: troubles.apiVerdict } });
      troubles.attach(project);
      await project.label();
      await project.rounds(4);
      await project.command('drain');
      await troubles.during({ at, kind }, () => run(project.world, 'test'));
      project.clock.advance(5 * MINUTE);
      await project.rounds(10);
      expect(jobStatuses(project)).toEqual(['1 Stopped']);
      expect((await project.read()).state.mode).toBe('DRAINING');
      expect((await project.read()).alerts).toEqual([]);
    }
  });

  test('of a draining project waits a day for what others sent, where all that is left of ours failed', async () => {
    const project = await runningProject({}, 1);
    await project.simulator.failObject(project.openTasks()[0].sourceRef);
    const { buckets, topics } = project.outside.cloud;
    buckets.create('stranger');
    await buckets.put('stranger', 'flower.jpg', 'a flower');
    await topics.publish(project.world.resources.inputTopicArn, JSON.stringify({ 'source-ref': 's3://stranger/flower.jpg' }));
    await project.rounds(5);
    await project.command('drain');
    await pass(project, 22 * HOUR, 20 * MINUTE);
    expect(jobStatuses(project)).toEqual(['1 InProgress']);
    await pass(project, 4 * HOUR, 20 * MINUTE);
    expect([jobStatuses(project), statesOf(project)]).toEqual([['1 Stopped'], { 'cam/0.jpg': 'PENDING' }]);
  });

  test('of a draining project publishes what was claimed before, and waits for it', async () => {
    const project = await MemoryProject.create();
    await project.drop('cam/0.jpg');
    await project.rounds(4);
    project.outside.cloud.faults = (operation) => operation === 'sns.PublishBatch' ? 'throw-before' : 'ok';
    await project.drop('cam/1.jpg');
    await project.round().catch(() => project.clock.advance(MINUTE));
    await project.rounds(5).catch(() => undefined);
    expect(statesOf(project)['cam/1.jpg']).toBe('SENDING');
    project.outside.cloud.faults = undefined;
    await project.command('drain');
    await project.drop('cam/2.jpg');
    await project.rounds(3);
    expect(statesOf(project)).toMatchObject({ 'cam/1.jpg': 'SENT', 'cam/2.jpg': 'PENDING' });
    await project.label();
    await pass(project, 20 * MINUTE, MINUTE);
    expect(jobStatuses(project)).toEqual(['1 Stopped']);
    expect(images(project)['cam/1.jpg']).toMatchObject({ state: 'LABELED', labelJob: 1 });
  });
});
