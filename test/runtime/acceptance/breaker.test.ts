import { ApiVerdict, SimulatorOptions } from '../../../src/local/simulator';
import { expectConservation } from '../../support/conservation';
import { DAY, HOUR, MINUTE, MemoryProject, MemoryProjectOptions, testConfiguration } from '../../support/memory-project';
import { eventTypes, images, jobStatuses, pass, runningProject, statesOf } from '../../support/running-project';

/**
 * Faults that hit everything: they cost time and a message to people, and nothing else. No healthy image is ever quarantined for
 * them, and no answer is paid for twice.
 */
type Changeable = { -readonly [name in keyof SimulatorOptions]: SimulatorOptions[name] };

/** What is broken, how it is mended, and what people are told. */
type Break = readonly [name: string, broken: Partial<SimulatorOptions>, mended: Partial<SimulatorOptions>, words: RegExp];

const service = (project: MemoryProject): Changeable => project.simulator.options as Changeable;

const jobs = (project: MemoryProject): number => project.simulator.jobs().length;

const roomy: MemoryProjectOptions = { configuration: { work: { ...testConfiguration().work, window: 50 } } };

const waiting = (project: MemoryProject): string[] => [...new Set(Object.values(statesOf(project)))].sort();

async function projectWith(count: number, options: MemoryProjectOptions = {}): Promise<MemoryProject> {
  const project = await MemoryProject.create({ ...roomy, ...options });
  for (let number = 0; number < count; number += 1) {
    await project.drop(`cam/${number}.jpg`);
  }
  return project;
}

/** What people were told, by alert. */
const told = (project: MemoryProject): { readonly [code: string]: string } => Object.fromEntries(project.outside.cloud.bus.events
  .filter((event) => event['detail-type'] === 'Alert').map(({ detail }) => [detail.code, String(detail.message)]));

async function expectAllLabeledOnce(project: MemoryProject, count: number): Promise<void> {
  expect(Object.values(statesOf(project))).toEqual(Array(count).fill('LABELED'));
  expect([project.lost(), project.double(), (await project.read()).alerts]).toEqual([[], 0, []]);
  expect(eventTypes(project)).not.toContain('Image Quarantined');
  expectConservation(project.outside.table);
}

/** Three jobs, then one each day, and each image still waits; once mended, a label of the next probe closes the breaker. */
async function expectProbes(project: MemoryProject, count: number, mend: () => void): Promise<void> {
  const { breaker } = (await project.read()).state;
  expect(breaker.openedAt).toBeDefined();
  expect((await project.read()).alerts).toContain('control');
  const before = jobs(project);
  await pass(project, 7 * DAY, 30 * MINUTE);
  expect([jobs(project) - before >= 6, jobs(project) - before <= 7]).toEqual([true, true]);
  expect(waiting(project)).toEqual(['PENDING']);
  mend();
  for (let hour = 0; hour < 30; hour += 1) {
    await pass(project, HOUR, 10 * MINUTE);
    await project.label();
  }
  await project.finish();
  expect((await project.read()).state.breaker).toEqual({ failures: 0 });
  await expectAllLabeledOnce(project, count);
}

describe('jobs that cannot begin: three tries, then the breaker opens with the service\'s own words, and one probe a day', () => {
  test.each<Break>([
    ['the role cannot read the template', { unreadableBuckets: ['output'] }, { unreadableBuckets: [] }, /output.*denied|denied.*output/i],
    ['the account is not enabled', { newAccountRefused: 'AccessDeniedException' }, { newAccountRefused: undefined }, /not enabled for Ground Truth/],
    ['the work team is gone', { workTeamExists: () => false }, { workTeamExists: () => true }, /work team .* does not exist/],
  ])('%s', async (_name, broken, mended, words) => {
    const project = await projectWith(5, { simulator: broken });
    await pass(project, 2 * HOUR, MINUTE);
    expect(jobs(project)).toBe(broken.unreadableBuckets ? 3 : 0);
    expect((await project.read()).state).toMatchObject({ lastJob: 3, breaker: { failures: 3, message: expect.stringMatching(words) } });
    expect(Object.values(told(project)).some((message) => words.test(message))).toBe(true);
    const { lastJob } = (await project.read()).state;
    await pass(project, 3 * DAY, 30 * MINUTE);
    expect((await project.read()).state.lastJob - lastJob).toBe(3);
    expect(waiting(project)).toEqual(['PENDING']);
    Object.assign(service(project), mended);
    await pass(project, DAY + HOUR, 10 * MINUTE);
    await project.finish();
    await expectAllLabeledOnce(project, 5);
  });

  test('a bad template: the next deploy mends it, and resume does not wait for the probe', async () => {
    const good = testConfiguration().task;
    const project = await projectWith(3, { configuration: { task: { ...good, template: '<p>no crowd form</p>' } } });
    await pass(project, 2 * HOUR, MINUTE);
    expect(jobStatuses(project)).toEqual(['1 Failed', '2 Failed', '3 Failed']);
    expect((await project.read()).state.breaker.message).toMatch(/template/i);
    expect(told(project).breaker).toMatch(/template/i);
    await project.deploy({ task: good });
    await project.command('resume');
    await project.finish();
    await expectAllLabeledOnce(project, 3);
  });
});

describe('images that all fail, because of what they depend on', () => {
  const breakCors = (project: MemoryProject, cors = false): void => project.outside.cloud.buckets.setCors('input', cors);

  test.each<[string, number, Partial<SimulatorOptions>]>([
    ['a batch of 30', 30, {}],
    ['a batch of 30, and lines name no failure', 30, { failureLine: 'bare' }],
    ['three images', 3, {}],
    ['three images, and lines name no failure', 3, { failureLine: 'bare' }],
  ])('no CORS from the beginning, %s', async (_name, count, simulator) => {
    const project = await projectWith(count, { simulator });
    breakCors(project);
    await pass(project, 12 * HOUR, 5 * MINUTE);
    expect(jobs(project)).toBe(count >= 10 ? 1 : 3);
    expect(told(project).breaker).toMatch(new RegExp(`${count} of ${count} images of job froth-0a1b2c3d-\\d failed.*nothing is charged`));
    expect(Object.values(images(project)).map(({ failures }) => failures)).toEqual(Array(count).fill(0));
    await expectProbes(project, count, () => breakCors(project, true));
  });

  test.each([4, 25])('no CORS from one moment on, while %i images are with a job that had labeled others', async (count) => {
    const project = await runningProject(roomy, 6);
    await project.label();
    await project.rounds(8);
    breakCors(project);
    for (let number = 0; number < count; number += 1) {
      await project.drop(`later/${number}.jpg`);
    }
    await pass(project, 12 * HOUR, 5 * MINUTE);
    expect((await project.read()).alerts).toContain('breaker');
    expect(Object.entries(statesOf(project)).filter(([name]) => name.startsWith('later')).map(([, state]) => state)).toEqual(Array(count).fill('PENDING'));
    breakCors(project, true);
    await project.command('resume');
    await project.finish();
    await expectAllLabeledOnce(project, count + 6);
  });

  test('the role cannot read images any more', async () => {
    const project = await projectWith(12, { simulator: { unreadableBuckets: ['input'] } });
    await pass(project, 5 * HOUR, 5 * MINUTE);
    expect(told(project).breaker).toMatch(/12 of 12 images .*denied to the execution role/);
    await expectProbes(project, 12, () => Object.assign(service(project), { unreadableBuckets: [] }));
  });
});

const throttleCreates = (operation: string): ApiVerdict => operation === 'CreateLabelingJob' ? 'throttle' : 'ok';

describe('throttling and quotas', () => {
  test.each<Break>([
    ['no more jobs in the account', { concurrentJobs: 0 }, { concurrentJobs: 20 }, /ResourceLimitExceeded.*limit/],
    ['throttled', { apiVerdict: throttleCreates }, { apiVerdict: () => 'ok' }, /Throttling/],
  ])('%s for two days: waits of an hour at most, an alert, the same name', async (_name, broken, mended, words) => {
    let asked = 0;
    const counted = broken.apiVerdict;
    const project = await projectWith(3, { simulator: broken });
    service(project).apiVerdict = (operation) => {
      asked += operation === 'CreateLabelingJob' ? 1 : 0;
      return counted?.(operation) ?? 'ok';
    };
    await pass(project, 2 * DAY, 5 * MINUTE);
    expect([asked > 45, asked < 60]).toEqual([true, true]);
    expect((await project.read()).state).toMatchObject({ lastJob: 1, openJobs: [1], breaker: { failures: 0 } });
    expect(told(project).create).toMatch(words);
    Object.assign(service(project), { apiVerdict: () => 'ok' }, mended);
    await pass(project, 65 * MINUTE, 5 * MINUTE);
    expect(jobStatuses(project)).toEqual(['1 InProgress']);
    await project.finish();
    await expectAllLabeledOnce(project, 3);
  });
});

describe('images that nobody can label', () => {
  test.each([1, 2, 5])('%i of 20: quarantined at the third failure, the others labeled, the breaker closed', async (bad) => {
    const project = await projectWith(20);
    await project.rounds(6);
    const refs = Array.from({ length: bad }, (_, number) => String(images(project)[`cam/${number}.jpg`].sourceRef));
    for (const ref of refs) {
      await project.simulator.failObject(ref);
    }
    for (let hour = 0; hour < 24; hour += 1) {
      await pass(project, HOUR, 5 * MINUTE);
      await project.label();
    }
    const ends = Object.values(images(project))
      .map(({ state, reason, failures, sourceRef }) => [refs.includes(String(sourceRef)), state, reason, failures]);
    expect(ends.filter(([isBad]) => isBad)).toEqual(Array(bad).fill([true, 'QUARANTINED', 'labeling-failed', 3]));
    expect(ends.filter(([isBad]) => !isBad)).toEqual(Array(20 - bad).fill([false, 'LABELED', undefined, 0]));
    expect(eventTypes(project).filter((type) => type === 'Image Quarantined')).toHaveLength(bad);
    expect((await project.read()).alerts).toEqual([]);
    expect(project.double()).toBe(0);
  });

  test('an image that fails alone, after all others were labeled, is quarantined at the third failure too', async () => {
    const project = await runningProject({}, 4);
    await project.label();
    await project.rounds(8);
    await project.drop('bad.jpg');
    await project.intake();
    await project.simulator.failObject(String(images(project)['bad.jpg'].sourceRef));
    await pass(project, 12 * HOUR, 5 * MINUTE);
    expect(images(project)['bad.jpg']).toMatchObject({ state: 'QUARANTINED', failures: 3 });
  });

  test('two that fail alone may be the surroundings: the breaker opens; when somebody looked and resumes, it is the images', async () => {
    const project = await projectWith(2);
    await project.intake();
    for (const { sourceRef } of Object.values(images(project))) {
      await project.simulator.failObject(String(sourceRef));
    }
    await pass(project, 12 * HOUR, 5 * MINUTE);
    expect([(await project.read()).alerts, waiting(project)]).toEqual([['breaker', 'control'], ['PENDING']]);
    await project.command('resume');
    await pass(project, 12 * HOUR, 5 * MINUTE);
    expect(Object.values(images(project)).map(({ state, reason }) => [state, reason])).toEqual(Array(2).fill(['QUARANTINED', 'labeling-failed']));
    expect((await project.read()).alerts).toEqual([]);
  });
});

test('healthy images that nobody labels are never quarantined, however often their job is rolled, fails, or is stopped', async () => {
  const project = await runningProject(roomy, 8);
  for (let time = 0; time < 30; time += 1) {
    await project.label(time % 5 === 0 && time < 20 ? 1 : 0);
    if (time % 3 === 0) {
      await project.command('roll');
      await pass(project, 30 * HOUR, 30 * MINUTE);
    } else if (time % 3 === 1) {
      await project.simulator.fail(project.liveJobName()!);
      await project.command('resume');
      await pass(project, 4 * HOUR, 5 * MINUTE);
    } else {
      await project.simulator.stopByHand(project.liveJobName()!);
      await project.rounds(5);
      expect((await project.read()).state.mode).toBe('PAUSED');
      await project.command('resume');
      await pass(project, 4 * HOUR, 5 * MINUTE);
    }
  }
  expect(jobs(project)).toBe(31);
  const rest = Object.values(images(project)).filter(({ state }) => state !== 'LABELED');
  expect(rest.map(({ state, offers }) => [state, Number(offers) > 20])).toEqual(Array(4).fill(['SENT', true]));
  await project.finish();
  await expectAllLabeledOnce(project, 8);
});
