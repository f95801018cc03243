import { LABELING_TASKS } from '../../../../src/contract/labeling-tasks';
import { expectConservation } from '../../../support/conservation';
import { HandledProject, expectAllLabeledOnce, picture } from '../../../support/handled-project';
import { DAY, HOUR, MINUTE, MemoryProjectOptions, testConfiguration, withLedgerOfItsOwn } from '../../../support/memory-project';
import { eventTypes, job, jobStatuses, pass } from '../../../support/running-project';

/**
 * How the seed lost, doubled or blocked work by the way it chained jobs. Each test enters where AWS does: with objects in the drop
 * bucket, whose events call the intake function, and with calls of the controller function. It ends with the bill and the ledger.
 */
const ALIVE = ['Initializing', 'InProgress', 'Stopping'];

/** A project whose first job runs and has what was dropped: `0.png`, `1.png` and so on. */
async function running(count: number, options: MemoryProjectOptions = {}): Promise<HandledProject> {
  const project = await HandledProject.create(options);
  await dropAll(project, 0, count);
  await project.rounds(8);
  expect(jobStatuses(project)).toEqual(['1 InProgress']);
  return project;
}

async function dropAll(project: HandledProject, from: number, to: number): Promise<void> {
  for (let number = from; number < to; number += 1) {
    await project.drop(`${number}.png`, picture(number));
  }
}

const names = (count: number): string[] => Array.from({ length: count }, (_, number) => `${number}.png`).sort();

const living = (project: HandledProject): string[] => project.simulator.jobs()
  .filter(({ LabelingJobStatus }) => ALIVE.includes(LabelingJobStatus)).map(({ LabelingJobName }) => LabelingJobName);

const listeners = (project: HandledProject): number =>
  project.outside.cloud.topics.peekSubscriptions(project.world.resources.inputTopicArn).length;

/** Somebody else makes a job by a copy of one of ours. */
async function copyJob(project: HandledProject, name: string, inputTopicArn: string): Promise<void> {
  const { request } = await job(project, 1);
  expect(await project.outside.jobs.create({ ...request, name, inputTopicArn })).toEqual({ kind: 'created' });
}

// The seed chained from the old output manifest alone: what had been dropped meanwhile was in no manifest and never labeled.
test('D1: images dropped while no job runs are labeled by the next job', async () => {
  const project = await running(3);
  await project.label(2);
  await project.rounds(3);
  await project.simulator.expire(project.liveJobName()!);
  await dropAll(project, 3, 6);
  await project.finish();
  expect(jobStatuses(project)).toEqual(['1 Failed', '2 InProgress']);
  expectAllLabeledOnce(project, names(6));
});

// The seed took a job that was Initializing for none, chose an older one and started a second job on the same topic.
test('D4: while a job initializes, nothing that wakes the controller starts another', async () => {
  const project = await running(1, { simulator: { initializingTime: 5 * MINUTE } });
  await project.label();
  await project.rounds(3);
  (project.simulator.options as { initializingTime: number }).initializingTime = 40 * MINUTE;
  await project.simulator.expire(project.liveJobName()!, 'Completed');
  await dropAll(project, 1, 2);
  await project.round();
  for (let minute = 0; minute < 30; minute += 1) {
    await project.drop(`during/${minute}.png`, picture(100 + minute));
    await project.wake({ source: 'aws.sagemaker' });
    await Promise.all([project.wake({ cause: 'intake' }), project.wake({ cause: 'schedule' })]);
    await project.round();
    expect(jobStatuses(project)).toEqual(['1 Completed', '2 Initializing']);
    expect(listeners(project)).toBe(0);
  }
  await project.finish();
  expect(living(project)).toHaveLength(1);
  expectAllLabeledOnce(project, ['0.png', '1.png', ...Array.from({ length: 30 }, (_, minute) => `during/${minute}.png`)]);
});

// The seed looked at the newest job alone: was that Stopped while an older one ran, it chained, and two jobs labeled everything.
test('D5: a newer job that was stopped does not hide the one that runs, and no job is started beside another on the topic', async () => {
  const project = await running(1);
  const elsewhere = await project.outside.cloud.topics.create('elsewhere');
  await copyJob(project, 'froth-0a1b2c3d-by-hand', elsewhere);
  await project.simulator.stopByHand('froth-0a1b2c3d-by-hand');
  await dropAll(project, 1, 3);
  await project.rounds(10);
  expect(living(project)).toEqual(['froth-0a1b2c3d-1']);

  // beside the one that runs, on the same topic: it hears of nothing
  await copyJob(project, 'another-0', project.world.resources.inputTopicArn);
  await project.rounds(3);
  await dropAll(project, 3, 4);
  await project.rounds(3);
  await project.label();
  await project.rounds(3);
  expect((await project.read()).alerts).toContain('foreign-subscription');
  await project.simulator.expire('froth-0a1b2c3d-1');
  await dropAll(project, 4, 5);
  await project.rounds(10);
  expect([living(project), listeners(project)]).toEqual([['another-0'], 1]);
  await project.simulator.stopByHand('another-0');
  await project.rounds(10);
  await project.wake({ command: 'resume' });
  await project.finish();
  expect(project.simulator.objects('another-0')).toEqual([]);
  expect((await project.read()).alerts).toEqual([]);
  expectAllLabeledOnce(project, names(5));
});

// The seed raised AssertionError on a job that was Stopping, after it had moved the images: they were lost as in D1.
test('D6: while a job stops, drops are taken in and wait, and the next job gets them', async () => {
  const project = await running(2, { simulator: { stoppingTime: 20 * MINUTE } });
  await project.wake({ command: 'roll' });
  await project.label();
  await project.rounds(5);
  for (let number = 2; number < 12; number += 1) {
    await dropAll(project, number, number + 1);
    await project.round();
    expect(jobStatuses(project)).toEqual(['1 Stopping']);
  }
  expect(project.ending().images.filter((line) => /PENDING/.test(line))).toHaveLength(10);
  await project.finish();
  expectAllLabeledOnce(project, names(12));
});

// The seed took 500 unlabeled images of a Failed job for "not started", told nobody, and later built a job from the whole bucket.
test('D7: a job that failed is told of and followed by one that gets what is left, with the finished labels', async () => {
  const project = await running(20, { configuration: { work: { ...testConfiguration().work, window: 50 } } });
  await project.label(7);
  await project.rounds(3);
  await project.simulator.fail(project.liveJobName()!, 'ClientError: the key was disabled.');
  await project.rounds(40);
  expect(jobStatuses(project)).toEqual(['1 Failed', '2 InProgress']);
  expect(await job(project, 2)).toMatchObject({ carried: 7, offered: 13 });
  expect(project.outside.cloud.bus.events.find((event) => event['detail-type'] === 'Job Ended')?.detail)
    .toMatchObject({ job: 'froth-0a1b2c3d-1', status: 'Failed', reason: 'ClientError: the key was disabled.' });
  await project.finish();
  expectAllLabeledOnce(project, names(20));
});

// In the seed one image that never could be labeled made every finished job start another one, for ever.
test('D8: an image that fails in three jobs is quarantined, and then no further job is made for it', async () => {
  const project = await running(1);
  await project.simulator.failObject(String([...project.outside.table.items()].find((item) => item.sk === 'IMAGE')!.sourceRef));
  await dropAll(project, 1, 6);
  for (let hour = 0; hour < 72; hour += 1) {
    await pass(project, HOUR, 10 * MINUTE);
    await project.label();
  }
  const jobs = jobStatuses(project).length;
  expect(jobs).toBeLessThanOrEqual(4);
  expect(project.ending()).toEqual({
    paid: names(6).slice(1), images: ['0.png QUARANTINED', ...names(6).slice(1).map((name) => `${name} LABELED`)], drops: names(6).map((name) => `${name} DONE`),
  });
  expect(eventTypes(project).filter((type) => type === 'Image Quarantined')).toHaveLength(1);
  await pass(project, 60 * DAY, 6 * HOUR);
  expect(jobStatuses(project)).toHaveLength(jobs);
  expect(project.double()).toBe(0);
  expectConservation(project.outside.table);
});

// The seed restarted a job that an operator had stopped, at once, as long as one image was unlabeled; there was no pause.
test('D9: a job that is stopped by hand stays stopped, and the project says so until it is resumed', async () => {
  const project = await running(2);
  await project.label(1);
  await project.simulator.stopByHand(project.liveJobName()!);
  await dropAll(project, 2, 3);
  await pass(project, 30 * DAY, 6 * HOUR);
  expect(jobStatuses(project)).toEqual(['1 Stopped']);
  expect(await project.wake({ command: 'status' })).toMatchObject({
    mode: 'PAUSED', modeReason: 'job froth-0a1b2c3d-1 was stopped by hand', alerts: [{ code: 'stopped-by-hand' }],
  });
  await project.wake({ command: 'resume', by: 'ada' });
  await project.finish();
  expectAllLabeledOnce(project, names(3));
});

// The seed searched jobs by a part of their names: `froth` waited for `x-froth-line2`, and chained from its labels.
test('D10: projects whose names contain each other have nothing in common', async () => {
  const one = await running(2);
  const other = await HandledProject.create({
    account: withLedgerOfItsOwn(one.outside), suffix: '-2', configuration: { projectName: 'x-froth-0a1b2c3d', chainId: '1a1b2c3d' },
  });
  await dropAll(other, 10, 12);
  await other.rounds(8);
  await one.label();
  await one.rounds(8);
  await other.rounds(8);
  // Both end; only one of them has something to do next.
  await one.simulator.expire('froth-0a1b2c3d-1');
  await one.simulator.expire('x-froth-0a1b2c3d-1a1b2c3d-1');
  await dropAll(one, 2, 3);
  for (let minute = 0; minute < 40; minute += 1) {
    await other.round();
    await one.round();
    await one.label();
  }
  const carried = one.outside.cloud.buckets.read('output', 'manifests/froth-0a1b2c3d-2.manifest').body;
  expect(Buffer.from(carried).toString().trim().split('\n').map((line) => (JSON.parse(line) as { 'source-ref': string })['source-ref'].split('/')[2]))
    .toEqual(['input', 'input']);
  expect(living(one)).toEqual(['froth-0a1b2c3d-2']);
  expectAllLabeledOnce(one, names(3));
  expect(other.ending()).toMatchObject({ paid: ['10.png', '11.png'], images: ['10.png LABELED', '11.png LABELED'] });
});

// The seed read the ten newest jobs whose names matched: behind ten others, its own job was invisible.
test('D11: any number of other jobs with such names hides nothing', async () => {
  const project = await running(2);
  const elsewhere = await project.outside.cloud.topics.create('elsewhere');
  for (let number = 0; number < 15; number += 1) {
    await copyJob(project, `copy-of-froth-0a1b2c3d-${number}`, elsewhere);
    project.clock.advance(1_000);
  }
  await project.label(1);
  await project.rounds(3);
  await project.simulator.expire('froth-0a1b2c3d-1', 'Stopped');
  await dropAll(project, 2, 3);
  await project.finish();
  expect((await project.read()).state).toMatchObject({ lastJob: 2, mode: 'ACTIVE' });
  expectAllLabeledOnce(project, names(3));
});

describe('with a quota of 20 lines for each job', () => {
  let quota: jest.ReplaceProperty<number> | undefined;
  beforeEach(() => { quota = jest.replaceProperty(LABELING_TASKS.ImageMultiClass, 'dataSetQuota', 20); });
  afterEach(() => { quota?.restore(); });

  // In the seed each job carried all lines ever labeled: at 20,000 images no further job could be made.
  test('D22: the chain goes on beyond the lines that a job may have', async () => {
    const project = await HandledProject.create({
      simulator: { manifestLineQuota: 20 }, configuration: { work: { ...testConfiguration().work, window: 20 } },
    });
    await dropAll(project, 0, 60);
    for (let minute = 0; minute < 400; minute += 1) {
      await project.round(2 * MINUTE);
      await project.label();
    }
    const jobs = await Promise.all(project.simulator.jobs().map((_, index) => job(project, index + 1)));
    expect(jobs.length).toBeGreaterThanOrEqual(3);
    expect(jobs.map(({ carried, offered }) => carried + offered).filter((lines) => lines > 20)).toEqual([]);
    expect(jobStatuses(project).filter((status) => /Failed/.test(status))).toEqual([]);
    expectAllLabeledOnce(project, names(60));
  });
});

// What the seed sent while a job was Initializing was not supported by the service; nothing waited for InProgress.
test('D23: nothing is published before the job is in progress', async () => {
  const project = await HandledProject.create({ simulator: { initializingTime: 20 * MINUTE } });
  await dropAll(project, 0, 3);
  for (let minute = 0; minute < 19; minute += 1) {
    await project.round();
    expect(jobStatuses(project)).toEqual(['1 Initializing']);
    expect(project.outside.cloud.topics.peekPublished(project.world.resources.inputTopicArn)).toEqual([]);
  }
  await project.finish();
  expect(jobStatuses(project)).toEqual(['1 InProgress']);
  expectAllLabeledOnce(project, names(3));
});

// The seed never looked at what was left in a stopped job's queue, and left the queue behind: one for each job.
test('D24: what is left in the queue of a job that ended goes to the next one, and the queue is deleted', async () => {
  const project = await running(1);
  await dropAll(project, 1, 4);
  await project.takeIn();
  await project.wake();
  const [queue] = project.outside.cloud.queues.peekNames().filter((name) => name.startsWith('GroundTruth-'));
  expect(project.outside.cloud.queues.peekCounts(await project.outside.cloud.queues.urlOf(queue)).visible).toBe(3);
  await project.simulator.expire('froth-0a1b2c3d-1');
  await project.finish();
  expect(project.outside.cloud.queues.peekNames().filter((name) => name.startsWith('GroundTruth-'))).toEqual(['GroundTruth-froth-0a1b2c3d-2']);
  expect((await job(project, 1)).phase).toBe('SETTLED');
  expectAllLabeledOnce(project, names(4));
});

// In the seed tasks expired after 10 days while the job lived on: nobody saw these images again until it ended.
test('D26: images whose tasks expired are offered again, long before their job would end', async () => {
  const project = await running(3, { configuration: { work: { ...testConfiguration().work, taskAvailabilitySeconds: 10 * 86_400 } } });
  await pass(project, 9 * DAY, 6 * HOUR);
  expect(jobStatuses(project)).toEqual(['1 InProgress']);
  await pass(project, 3 * DAY, HOUR);
  expect(jobStatuses(project)).toEqual(['1 Stopped', '2 InProgress']);
  await project.finish();
  expect((await job(project, 1)).rollReason).toBe('failed-images');
  expectAllLabeledOnce(project, names(3));
});

// The seed's names grew with the first chain: a prefix of 25 characters worked for weeks, then no job could be made.
test('D27: the longest project name serves for 99,999 jobs', async () => {
  const project = await HandledProject.create({ configuration: { projectName: 'x'.repeat(47) } });
  await dropAll(project, 0, 1);
  await project.rounds(8);
  await project.label();
  await project.rounds(3);
  await project.simulator.expire(project.liveJobName()!);
  await project.rounds(30);
  // some hundred years later
  await project.outside.table.write([{ update: { pk: 'PROJECT', sk: 'STATE' }, set: { lastJob: 99_998 } }]);
  await dropAll(project, 1, 2);
  await project.finish();
  expect(jobStatuses(project)).toEqual(['1 Failed', '99999 InProgress']);
  expectAllLabeledOnce(project, names(2));
});

// The seed named jobs by the minute: two runs within one minute made the same name.
test('D28: two controllers, and two jobs, within one minute: each job has a name of its own', async () => {
  const project = await HandledProject.create({ simulator: { initializingTime: 0 } });
  project.outside.table.options = {
    faults: async () => {
      await new Promise((resolve) => { setImmediate(resolve); });
      return 'ok' as const;
    },
  };
  const began = project.clock.now();
  for (let number = 0; number < 3; number += 1) {
    await dropAll(project, number, number + 1);
    await project.takeIn();
    await Promise.all([project.wake(), project.wake({ cause: 'intake' }), project.wake({ source: 'aws.sagemaker' })]);
    await project.simulator.step();
    expect(living(project)).toHaveLength(1);
    if (number < 2) {
      await project.simulator.fail(living(project)[0]);
    }
  }
  expect(project.clock.now() - began).toBe(0);
  expect(jobStatuses(project)).toEqual(['1 Failed', '2 Failed', '3 InProgress']);
  project.outside.table.options = {};
  await project.finish();
  expectAllLabeledOnce(project, names(3));
});
