import { WorkConfiguration } from '../../../src/contract/project-configuration';
import { run } from '../../../src/runtime/controller/controller';
import { expectConservation } from '../../support/conservation';
import { DAY, HOUR, MINUTE, MemoryProject, testConfiguration } from '../../support/memory-project';
import { eventTypes, images, job, jobStatuses, pass, runningProject, statesOf } from '../../support/running-project';

const work = (change: Partial<WorkConfiguration>): { work: WorkConfiguration } =>
  ({ work: { ...testConfiguration().work, ...change } });

async function projectWith(count: number, change: Partial<WorkConfiguration> = {}, simulator: object = {}): Promise<MemoryProject> {
  const project = await MemoryProject.create({ configuration: work(change), simulator });
  for (let i = 0; i < count; i += 1) {
    await project.drop(`cam/${i}.jpg`);
    await project.intake();
    project.clock.advance(1_000);
  }
  return project;
}

const withWorkers = (project: MemoryProject): number => Object.values(statesOf(project)).filter((state) => state === 'SENT').length;

/** Messages to the input topic get lost from now on. */
const loseOffers = (project: MemoryProject): void => {
  project.outside.cloud.copies = (operation, args) => operation === 'sns.deliver' && args[0] === project.world.resources.inputTopicArn ? 0 : 1;
};

/** Somebody else sends an image of his own to the job. */
const publishAsStranger = async ({ outside: { cloud: { buckets, topics } }, world }: MemoryProject): Promise<void> => {
  buckets.create('stranger');
  await buckets.put('stranger', 'flower.jpg', 'a flower');
  await topics.publish(world.resources.inputTopicArn, JSON.stringify({ 'source-ref': 's3://stranger/flower.jpg' }));
};

describe('the window', () => {
  test('the first image goes alone, the rest when it is known to have arrived, and never more than the window', async () => {
    const project = await projectWith(12);
    const most: number[] = [];
    for (let i = 0; i < 30; i += 1) {
      await project.round();
      most.push(withWorkers(project));
      expect(most.at(-1)).toBeLessThanOrEqual(4);
    }
    expect(most.filter((count, i) => count !== most[i - 1])).toEqual([0, 1, 4]);
    expect(images(project)['cam/0.jpg'].state).toBe('SENT');
    await project.label(2);
    await project.rounds(3);
    expect(withWorkers(project)).toBe(4);
    expect((await job(project, 1)).offered).toBe(6);
  });

  test('carried lines that the counters show late make no room', async () => {
    const project = await projectWith(12, { window: 2 }, { counterDelay: 12 * MINUTE });
    await project.rounds(30);
    await project.label(2);
    await project.rounds(20);
    await project.command('roll');
    await project.label(2);
    await project.rounds(5);
    await project.label();
    let most = 0;
    for (let i = 0; i < 90; i += 1) {
      await project.round();
      const held = project.openTasks().filter((task) => task.jobName === project.liveJobName()).length;
      most = Math.max(most, held);
    }
    expect([(await job(project, 2)).carried > 0, most]).toEqual([true, 2]);
  });

  test('never exceeds what Ground Truth gives out at once', async () => {
    const project = await projectWith(12, { window: 50, maxConcurrentTasks: 5, workersPerImage: 2 });
    await project.rounds(15);
    expect(withWorkers(project)).toBe(3);
  });

  test('failed images take no room', async () => {
    const project = await projectWith(12);
    await project.rounds(10);
    for (const task of project.openTasks().slice(0, 2)) {
      await project.simulator.failObject(task.sourceRef);
    }
    await project.rounds(5);
    expect(withWorkers(project)).toBe(6);
    expect(project.openTasks()).toHaveLength(4);
  });

  test('older images first', async () => {
    const project = await projectWith(8);
    await project.rounds(10);
    expect(Object.entries(statesOf(project)).filter(([, state]) => state === 'SENT').map(([name]) => name))
      .toEqual(['cam/0.jpg', 'cam/1.jpg', 'cam/2.jpg', 'cam/3.jpg']);
  });
});

describe('money guards', () => {
  test('so many fresh images a day, and on with the next day', async () => {
    const project = await projectWith(6, { maxImagesPerDay: 2 });
    await project.rounds(20);
    await project.label();
    await project.rounds(5);
    expect([(await project.read()).state.spentToday, project.simulator.bill().length]).toEqual([2, 2]);
    await pass(project, DAY, HOUR);
    expect((await project.read()).state).toMatchObject({ spentTotal: 4 });
    expectConservation(project.outside.table);
  });

  test('so many fresh images ever; what was paid for once goes again', async () => {
    const project = await projectWith(6, { maxImages: 3 });
    await project.rounds(20);
    await project.label(1);
    await project.simulator.expire(project.liveJobName()!);
    await pass(project, 2 * HOUR, MINUTE);
    expect(withWorkers(project)).toBe(2);
    await project.label();
    await pass(project, 3 * DAY, HOUR);
    expect(Object.values(statesOf(project)).sort()).toEqual(['LABELED', 'LABELED', 'LABELED', 'PENDING', 'PENDING', 'PENDING']);
    const { state, alerts } = await project.read();
    expect([state.spentTotal, alerts]).toEqual([3, ['control']]);
    await project.deploy(work({ maxImages: 100 }));
    await project.finish();
    expect((await project.read()).alerts).toEqual([]);
    expect([project.lost(), project.double()]).toEqual([[], 0]);
  });

  test('nothing to spend: no job is started for it', async () => {
    const project = await projectWith(2, { maxImagesPerDay: 0 });
    await project.rounds(5);
    expect(jobStatuses(project)).toEqual([]);
  });
});

describe('publishing', () => {
  test('what the topic did not take is published again under the same id, and labeled once', async () => {
    const project = await projectWith(4);
    await project.rounds(3);
    let failures = 0;
    project.outside.cloud.faults = (operation) => operation === 'sns.PublishBatch' && failures++ < 3 ? (failures % 2 === 0 ? 'throw-before' : 'throw-after') : 'ok';
    for (let i = 0; i < 12; i += 1) {
      await project.round().catch((error: Error) => {
        expect(error.message).toMatch(/not taken by the input topic/);
        project.clock.advance(MINUTE);
      });
    }
    expect(failures).toBeGreaterThan(3);
    expect(withWorkers(project)).toBe(4);
    const offers = project.outside.cloud.topics.peekPublished(project.world.resources.inputTopicArn).map((body) => (JSON.parse(body) as { 'offer-id': string })['offer-id']);
    expect([offers.length > 4, new Set(offers).size]).toEqual([true, 4]);
    await project.finish();
    expect([project.lost(), project.double()]).toEqual([[], 0]);
  });

  test('one image that the topic never takes keeps no other from its workers', async () => {
    const project = await projectWith(4);
    const { topic } = project.outside;
    const publish = topic.publish.bind(topic);
    topic.publish = async (arn, bodies) => {
      const taken = await publish(arn, bodies.filter((body) => !body.includes('cam/1.jpg')));
      return bodies.map((body) => !body.includes('cam/1.jpg') && taken.length > 0);
    };
    for (let i = 0; i < 15; i += 1) {
      await project.round().catch(() => project.clock.advance(MINUTE));
    }
    expect(statesOf(project)).toEqual({ 'cam/0.jpg': 'SENT', 'cam/1.jpg': 'SENDING', 'cam/2.jpg': 'SENT', 'cam/3.jpg': 'SENT' });
  });

  test('the topic takes nothing for an hour: the job is not blamed for it', async () => {
    const project = await projectWith(3);
    await project.rounds(3);
    project.outside.cloud.faults = (operation) => operation === 'sns.PublishBatch' ? 'throw-before' : 'ok';
    for (let i = 0; i < 60; i += 1) {
      await project.round().catch(() => project.clock.advance(MINUTE));
    }
    project.outside.cloud.faults = undefined;
    await project.rounds(20);
    expect(await job(project, 1)).not.toHaveProperty('rollAt');
    await project.finish();
    expect([project.lost(), jobStatuses(project)]).toEqual([[], ['1 InProgress']]);
  });

  test('what strangers publish to the topic hides no failed image of ours: it goes to the next job', async () => {
    const project = await projectWith(3);
    await project.rounds(8);
    const [unlucky] = project.openTasks();
    await publishAsStranger(project);
    await project.rounds(3);
    await project.simulator.failObject(unlucky.sourceRef);
    await project.label();
    await project.rounds(5);
    await project.simulator.healObject(unlucky.sourceRef);
    await project.finish();
    expect([project.lost(), (await job(project, 1)).rollReason]).toEqual([[], 'failed-images']);
  });

  test.each(['let be', 'rolled', 'drained'] as const)('a message of a stranger that fails takes no image from workers who are half through; the job is %s', async (order) => {
    const project = await projectWith(1, { workersPerImage: 2 });
    await project.rounds(6);
    const [task] = project.openTasks();
    const answer = (worker: string): Promise<unknown> =>
      project.simulator.submit(task.taskId, worker, { kind: 'classification', label: 'froth' }, { pixelHash: project.pixelHash(task.sourceRef) });
    await answer('ada');
    if (order !== 'let be') {
      await project.command(order === 'rolled' ? 'roll' : 'drain');
    }
    const { outside: { cloud: { topics } }, world: { resources } } = project;
    await topics.publish(resources.inputTopicArn, JSON.stringify({ Service: 'Amazon S3', Event: 's3:TestEvent', Bucket: 'stranger' }));
    await pass(project, 3 * HOUR, 5 * MINUTE);
    expect((await project.world.jobs.describe(project.liveJobName()!))).toMatchObject({ failed: 1, unlabeled: 1, status: 'InProgress' });
    await answer('bob');
    await pass(project, 3 * HOUR, 5 * MINUTE);
    expect([statesOf(project), project.simulator.bill().length]).toEqual([{ 'cam/0.jpg': 'LABELED' }, 2]);
  });

  test('nor an image that never arrived: after a day the next job gets it', async () => {
    const project = await projectWith(1);
    await project.rounds(6);
    loseOffers(project);
    await project.drop('lost.jpg');
    await project.rounds(2);
    project.outside.cloud.copies = () => 1;
    const { buckets, topics } = project.outside.cloud;
    buckets.create('stranger');
    await buckets.put('stranger', 'flower.jpg', 'a flower');
    await topics.publish(project.world.resources.inputTopicArn, JSON.stringify({ 'source-ref': 's3://stranger/flower.jpg' }));
    await project.rounds(5);
    await project.label();
    await pass(project, 2 * DAY, HOUR);
    await project.finish();
    expect([project.lost(), (await job(project, 1)).rollReason]).toEqual([[], 'unaccounted']);
  });

  test('that nothing arrives at any job is told, though carried lines that are counted late hide it', async () => {
    const project = await projectWith(6, { window: 50 }, { countersIncludeCarried: true });
    await project.finish();
    await project.command('roll');
    await project.rounds(40);
    loseOffers(project);
    for (let i = 0; i < 4; i += 1) {
      await project.drop(`lost/${i}.jpg`);
    }
    await pass(project, 5 * DAY, 20 * MINUTE);
    expect(JSON.stringify(project.outside.cloud.bus.events)).toMatch(/images published to job \d+ and to one before it are not known there/);
    project.outside.cloud.copies = () => 1;
    await pass(project, 2 * DAY, 20 * MINUTE);
    await project.finish();
    expect([project.lost(), project.double(), (await project.read()).alerts]).toEqual([[], 0, []]);
  });

  test('the index lags: what it does not show yet is found by a later run, without spinning', async () => {
    const project = await projectWith(3);
    await project.rounds(4);
    project.outside.table.options = { ...project.outside.table.options, indexLag: 1_000 };
    await project.drop('late.jpg');
    const done = await project.round();
    expect(done.filter((step) => step === 'FEED').length).toBeLessThanOrEqual(2);
    project.outside.table.settleIndex();
    project.outside.table.options = {};
    await project.finish();
    expect(project.lost()).toEqual([]);
  });
});

describe('rolling', () => {
  test('images that do not arrive: an alert, nothing more is published, and the next job gets them', async () => {
    const project = await projectWith(6);
    await project.rounds(4);
    loseOffers(project);
    await pass(project, 50 * MINUTE, MINUTE);
    const { offered, rollReason } = await job(project, 1);
    expect(rollReason).toBe('not-arriving');
    expect((await project.read()).alerts).toContain('control');
    await project.drop('late.jpg');
    await project.rounds(5);
    expect((await job(project, 1)).offered).toBe(offered);
    project.outside.cloud.copies = () => 1;
    await pass(project, 26 * HOUR, 10 * MINUTE);
    expect(jobStatuses(project)).toEqual(['1 Stopped', '2 InProgress']);
    await project.finish();
    expect([project.lost(), project.double(), (await project.read()).alerts]).toEqual([[], 0, []]);
  });

  test('counters that are later than we wait: jobs are not rolled for it again and again', async () => {
    const project = await projectWith(6, { window: 3 }, { counterDelay: 50 * MINUTE });
    // Workers answer the first image of each job, and no other for days.
    for (let hour = 0; hour < 8 * 24; hour += 1) {
      await pass(project, HOUR);
      if (hour % 24 === 23) {
        await project.label(1);
      }
    }
    expect((await project.read()).state.lastJob).toBeLessThanOrEqual(4);
    await project.finish();
    expect([project.lost(), project.double(), (await project.read()).alerts]).toEqual([[], 0, []]);
  });

  test('... nor is that forgotten when a job ends for another reason', async () => {
    const project = await projectWith(1, {}, { counterDelay: 50 * MINUTE });
    await pass(project, 27 * HOUR, 10 * MINUTE);
    expect([(await job(project, 1)).rollReason, (await job(project, 2)).rollReason]).toEqual(['not-arriving', undefined]);
    await project.command('roll');
    await pass(project, 27 * HOUR, 10 * MINUTE);
    expect([(await job(project, 2)).rollReason, (await job(project, 3)).rollReason]).toEqual(['ordered', undefined]);
  });

  test.each([
    [1, 0], [7, 0], [7, 17],
  ])('nothing is missing because %p of strangers\' images are counted, while carried lines are not and %p of ours are labeled', async (strangers, labeled) => {
    const project = await projectWith(16, { window: 30 }, { countersIncludeCarried: false });
    await project.rounds(10);
    await project.label();
    await project.rounds(10);
    await project.command('roll');
    await project.label();
    await project.rounds(40);
    for (let i = 0; i <= labeled; i += 1) {
      await project.drop(`cam/new-${i}.jpg`);
    }
    await project.rounds(20);
    expect(await job(project, 2)).toMatchObject({ carried: 16, offered: labeled + 1 });
    await project.label(labeled);
    for (let i = 0; i < strangers; i += 1) {
      await publishAsStranger(project);
    }
    await pass(project, 4 * HOUR, 5 * MINUTE);
    expect(project.simulator.jobs().at(-1)?.LabelCounters).toMatchObject({ TotalLabeled: labeled, Unlabeled: strangers + 1 });
    expect(jobStatuses(project)).toEqual(['1 Stopped', '2 InProgress']);
    expect((await project.read()).alerts).toEqual([]);
  });

  test('an image that never arrived, while carried lines are counted late: after a day the next job gets it', async () => {
    const project = await runningProject({ simulator: { countersIncludeCarried: true, counterDelay: 12 * MINUTE } }, 1);
    await project.finish();
    await project.command('roll');
    await pass(project, 30 * MINUTE, MINUTE);
    loseOffers(project);
    await project.drop('never.jpg');
    await pass(project, 20 * MINUTE, MINUTE);
    project.outside.cloud.copies = () => 1;
    await project.drop('other.jpg');
    await pass(project, HOUR, MINUTE);
    await project.label();
    await pass(project, 26 * HOUR, 10 * MINUTE);
    await project.finish();
    expect(Object.values(statesOf(project))).toEqual(['LABELED', 'LABELED', 'LABELED']);
    expect([project.lost(), project.double(), (await project.read()).alerts]).toEqual([[], 0, []]);
    expect(jobStatuses(project)).toEqual(['1 Stopped', '2 Stopped', '3 InProgress']);
  });

  test('a label proves that its image arrived, however late the counters are', async () => {
    const project = await projectWith(8, { window: 1 }, { counterDelay: 3 * HOUR });
    for (let minute = 0; minute < 60; minute += 1) {
      await pass(project, MINUTE, MINUTE);
      await project.label();
    }
    expect(jobStatuses(project)).toEqual(['1 InProgress']);
    expect(Object.values(statesOf(project))).toEqual(Array.from({ length: 8 }, () => 'LABELED'));
  });

  test('an image that never arrived, while others come all the time: after a day the flow pauses, which shows it', async () => {
    const project = await projectWith(1);
    await project.rounds(6);
    await project.label();
    loseOffers(project);
    await project.drop('lost.jpg');
    await project.rounds(2);
    project.outside.cloud.copies = () => 1;
    const alerts = new Set<string>();
    for (let n = 0; n < 3 * 72; n += 1) {
      await project.drop(`steady/${n}.jpg`);
      await pass(project, 20 * MINUTE, 10 * MINUTE);
      await project.label();
      (await project.read()).alerts.forEach((alert) => alerts.add(alert));
    }
    expect(images(project)['lost.jpg']).toMatchObject({ state: 'LABELED', job: 2 });
    expect([[...alerts], (await job(project, 1)).rollReason, project.double()]).toEqual([['control'], 'not-arriving', 0]);
  });

  test('a steady flow whose counters are minutes late pauses once a day, and is not rolled for it', async () => {
    const project = await projectWith(1, { window: 20 }, { counterDelay: 12 * MINUTE });
    const alerts = new Set<string>();
    for (let n = 0; n < 2 * 24 * 12; n += 1) {
      await project.drop(`steady/${n}.jpg`);
      await project.round(5 * MINUTE);
      if (n % 3 === 0) {
        await project.label();
      }
      (await project.read()).alerts.forEach((alert) => alerts.add(alert));
    }
    await project.finish();
    expect([[...alerts], project.lost(), project.double(), jobStatuses(project)]).toEqual([[], [], 0, ['1 InProgress']]);
  });

  test('28 days: drained, stopped and chained, before Ground Truth ends it', async () => {
    const project = await projectWith(1);
    for (let day = 0; day < 30; day += 1) {
      await project.drop(`day/${day}.jpg`);
      await pass(project, DAY, 6 * HOUR);
      await project.label();
    }
    await project.finish();
    expect(jobStatuses(project)).toEqual(['1 Stopped', '2 InProgress']);
    expect((await job(project, 1)).rollReason).toBe('age');
    expect((await project.read()).state.mode).toBe('ACTIVE');
    expect([project.lost(), project.double()]).toEqual([[], 0]);
  });

  test('work that nobody does is taken away after the deadline and given to the next job', async () => {
    const project = await runningProject();
    await project.command('roll');
    await project.drop('late.jpg');
    await pass(project, 23 * HOUR, HOUR);
    expect(jobStatuses(project)).toEqual(['1 InProgress']);
    expect(statesOf(project)['late.jpg']).toBe('PENDING');
    await pass(project, 4 * HOUR, HOUR);
    await project.rounds(5);
    expect(jobStatuses(project)).toEqual(['1 Stopped', '2 InProgress']);
    expect(withWorkers(project)).toBe(4);
    await project.finish();
    expect([project.lost(), project.double()]).toEqual([[], 0]);
  });

  test('changed instructions with ROLL_NOW: the next job has them within the hour; with NEXT_JOB nothing is rolled', async () => {
    const project = await runningProject();
    const task = { ...project.configuration.task, template: `${project.configuration.task.template} ` };
    await project.deploy({ task });
    await project.rounds(5);
    expect(await job(project, 1)).not.toHaveProperty('rollAt');
    await project.deploy({ instructionRollOut: 'ROLL_NOW' });
    await pass(project, 100 * MINUTE, MINUTE);
    expect(jobStatuses(project)).toEqual(['1 Stopped', '2 InProgress']);
    expect((await job(project, 1)).rollReason).toBe('instructions');
    expect((await job(project, 2)).request.templateUri).not.toBe((await job(project, 1)).request.templateUri);
    await pass(project, 3 * HOUR, 10 * MINUTE);
    expect(jobStatuses(project)).toHaveLength(2);
  });

  test('at most once an hour, however often a job must go', async () => {
    const project = await runningProject({ simulator: { failureLine: 'bare' } }, 1);
    await project.simulator.failObject(String(images(project)['cam/0.jpg'].sourceRef));
    const rolls: number[] = [];
    for (let minute = 0; minute < 300; minute += 1) {
      if ((await project.round()).some((step) => step.startsWith('ROLL'))) {
        rolls.push(minute);
      }
    }
    expect(rolls.length).toBeGreaterThanOrEqual(4);
    expect(Math.min(...rolls.slice(1).map((at, i) => at - rolls[i]))).toBeGreaterThanOrEqual(60);
  });

  test('near the quota of a data set', async () => {
    const project = await runningProject();
    await project.outside.table.write([{ update: { pk: 'JOB', sk: '000000001' }, set: { carried: 89_998 } }]);
    await project.rounds(2);
    expect((await job(project, 1)).rollReason).toBe('quota');
  });

  test('a job that listens to another topic is not fed', async () => {
    const project = await runningProject();
    const { jobs } = project.world;
    (project.world as { jobs: unknown }).jobs = Object.assign(Object.create(jobs) as object, {
      describe: async (name: string) => ({ ...await jobs.describe(name), inputTopicArn: 'arn:aws:sns:us-east-1:111122223333:other' }),
    });
    await project.drop('late.jpg');
    await project.rounds(3);
    expect((await job(project, 1)).rollReason).toBe('foreign-topic');
    expect(statesOf(project)['late.jpg']).toBe('PENDING');
    expect((await project.read()).alerts).toContain('control');
  });
});

describe('a job that takes long to begin or to stop', () => {
  test('is waited for, and told about after an hour', async () => {
    const project = await MemoryProject.create({ simulator: { initializingTime: 3 * HOUR } });
    await project.drop('a.jpg');
    await project.rounds(55);
    expect((await project.read()).alerts).toEqual([]);
    await project.rounds(10);
    expect((await project.read()).alerts).toEqual(['control']);
    expect(statesOf(project)).toEqual({ 'a.jpg': 'PENDING' });
    await pass(project, 3 * HOUR, 10 * MINUTE);
    expect((await project.read()).alerts).toEqual([]);
    expect(statesOf(project)).toEqual({ 'a.jpg': 'SENT' });
    expect(eventTypes(project)).toEqual(['Job Started', 'Alert']);
  });
});

test('two runs at once claim nothing twice', async () => {
  const project = await projectWith(8);
  await project.rounds(4);
  project.outside.table.options = {
    faults: async () => {
      await new Promise((resolve) => setImmediate(resolve));
      return 'ok' as const;
    },
  };
  const results = await Promise.all([run(project.world, 'a'), run(project.world, 'b'), run(project.world, 'c')]);
  expect(results.filter((done) => done[0] === 'busy').length).toBeGreaterThanOrEqual(1);
  expect(Object.values(images(project)).every((image) => Number(image.offers) <= 1)).toBe(true);
  project.outside.table.options = {};
  expectConservation(project.outside.table);
});
