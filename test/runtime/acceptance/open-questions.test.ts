import { OPEN_QUESTIONS, SimulatorOptions } from '../../../src/local/simulator';
import { expectConservation } from '../../support/conservation';
import { HOUR, MINUTE, MemoryProject, testConfiguration } from '../../support/memory-project';
import { eventTypes, images } from '../../support/running-project';

/**
 * One story under each answer of each open question: labels, a poisoned image, a deleted one, an end by age, an end by an operator, drops
 * while no job runs. Nothing may be lost, paid for twice, or stuck without somebody being told.
 */
const POISONED = 'cam/1.jpg';
const DELETED = 'cam/2.jpg';

/** What somebody has to mend, and does, when the alert has stood for a day. */
const MENDED: Partial<SimulatorOptions> = { newAccountRefused: undefined, concurrentJobs: 20 };

async function live(project: MemoryProject, hours: number, step = 10 * MINUTE): Promise<void> {
  for (let gone = 0; gone < hours * HOUR; gone += step) {
    await project.round(step);
    for (const task of project.openTasks().filter(({ unloadable }) => unloadable === undefined).slice(0, 2)) {
      const pixelHash = project.pixelHash(task.sourceRef);
      await project.simulator.submit(task.taskId, 'ada', { kind: 'classification', label: 'launder' }, { pixelHash });
    }
  }
}

async function endLive(project: MemoryProject, how: (name: string) => Promise<void>): Promise<void> {
  const job = project.simulator.jobs().find(({ LabelingJobStatus }) => LabelingJobStatus === 'InProgress');
  await (job && how(job.LabelingJobName));
}

async function tell(simulator: Partial<SimulatorOptions>): Promise<MemoryProject> {
  const work = { ...testConfiguration().work, taskAvailabilitySeconds: 8 * 3_600 };
  const project = await MemoryProject.create({ simulator, configuration: { work } });
  for (let number = 0; number < 6; number += 1) {
    await project.drop(`cam/${number}.jpg`);
  }
  await project.intake();
  const refOf = (name: string): string => String(images(project)[name].sourceRef);
  await project.simulator.failObject(refOf(POISONED));
  await project.outside.cloud.buckets.delete('input', refOf(DELETED).slice('s3://input/'.length));
  // a stranger's message, as S3 sends one when a notification is set up
  const { inputTopicArn } = project.world.resources;
  await live(project, 2);
  await project.outside.cloud.topics.publish(inputTopicArn, JSON.stringify({ Service: 'Amazon S3', Event: 's3:TestEvent', Bucket: 'x' }));
  await live(project, 1);
  await endLive(project, (name) => project.simulator.expire(name));
  for (let number = 0; number < 3; number += 1) {
    await project.drop(`late/${number}.jpg`);
  }
  await live(project, 5);
  await endLive(project, (name) => project.simulator.stopByHand(name));
  await project.drop('last.jpg');
  await live(project, 26, 30 * MINUTE);
  if ((await project.read()).state.lastJob === 0 || project.simulator.jobs().length === 0) {
    expect((await project.read()).alerts).not.toEqual([]);
  }
  Object.assign(project.simulator.options, MENDED);
  await project.command('resume');
  await live(project, 100, 30 * MINUTE);
  return project;
}

async function expectSafe(project: MemoryProject): Promise<void> {
  const ends = Object.fromEntries(Object.entries(images(project)).map(([name, { state }]) => [name, state]));
  const names = ['cam/0.jpg', 'cam/3.jpg', 'cam/4.jpg', 'cam/5.jpg', 'last.jpg', 'late/0.jpg', 'late/1.jpg', 'late/2.jpg'];
  expect(ends).toEqual({ ...Object.fromEntries(names.map((name) => [name, 'LABELED'])), [POISONED]: 'QUARANTINED', [DELETED]: 'QUARANTINED' });
  expect(eventTypes(project).filter((type) => type === 'Image Quarantined')).toHaveLength(2);
  expect([project.double(), (await project.read()).counts.double ?? 0]).toEqual([0, 0]);
  expect(project.dataSet().map((line) => String(line['drop-key'])).sort()).toEqual(names);
  expect((await project.read()).alerts).toEqual([]);
  expectConservation(project.outside.table);
}

test('as the simulator answers by itself', async () => {
  await expectSafe(await tell({}));
});

describe('each answer by itself', () => {
  describe.each(OPEN_QUESTIONS)('$question ($id)', ({ answers }) => {
    test.each(answers.slice(1).map(({ means, options }) => [means, options] as const))('%s', async (_means, options) => {
      await expectSafe(await tell(options));
    });
  });
});

describe('answers together', () => {
  test.each<[string, Partial<SimulatorOptions>]>([
    ['no messages, and counters without carried lines', { outputMessageShape: 'none', countersIncludeCarried: false }],
    ['no messages, and lines that name no failure', { outputMessageShape: 'none', failureLine: 'bare' }],
    ['everything is taken from the queue at once', { waiting: 'taken-at-once' }],
  ])('%s', async (_name, options) => {
    await expectSafe(await tell(options));
  });
});

test.each(['fails', 'stalls'] as const)('two days without CORS, where an image that nobody can see %s: no image is blamed', async (missingCors) => {
  const work = { ...testConfiguration().work, taskAvailabilitySeconds: 8 * 3_600 };
  const project = await MemoryProject.create({ simulator: { missingCors }, configuration: { work } });
  for (let number = 0; number < 4; number += 1) {
    await project.drop(`cam/${number}.jpg`);
  }
  project.outside.cloud.buckets.setCors('input', false);
  await live(project, 48, 30 * MINUTE);
  expect(eventTypes(project)).toContain('Alert');
  expect(Object.values(images(project)).map(({ failures }) => failures)).toEqual([0, 0, 0, 0]);
  project.outside.cloud.buckets.setCors('input', true);
  await project.command('resume');
  await live(project, 48, 30 * MINUTE);
  expect([project.lost(), project.double(), (await project.read()).alerts]).toEqual([[], 0, []]);
});
