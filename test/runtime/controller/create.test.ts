import { ApiVerdict } from '../../../src/local/simulator';
import { run } from '../../../src/runtime/controller/controller';
import { finishedLines } from '../../../src/runtime/controller/plan';
import { LabelingJobs } from '../../../src/runtime/ports';
import { HOUR, MINUTE, MemoryProject, DAY } from '../../support/memory-project';
import { eventTypes, images, job, jobStatuses, pass, runningProject, statesOf } from '../../support/running-project';
import { Troubles } from '../../support/trouble';

/** What becomes of the next calls of one operation, the first first. */
class Verdicts {
  public next: ApiVerdict[] = [];

  constructor(private readonly operation: string) {}

  public readonly apiVerdict = (operation: string): ApiVerdict => operation === this.operation ? this.next.shift() ?? 'ok' : 'ok';
}

async function projectWithDrop(simulator: object = {}): Promise<MemoryProject> {
  const project = await MemoryProject.create({ simulator });
  await project.drop('cam/0.jpg');
  return project;
}

/** Somebody makes a job that has the name of the project's first. */
const createIn = (project: MemoryProject, change: { topic?: string; role?: string; path?: string } = {}): Promise<unknown> => {
  const { resources } = project.world;
  return project.outside.jobs.create({
    name: 'froth-0a1b2c3d-1', labelAttributeName: 'label', taskTitle: 't', taskDescription: 'd', taskKeywords: [],
    inputTopicArn: change.topic ?? resources.inputTopicArn, outputTopicArn: resources.outputTopicArn,
    outputPath: change.path ?? `s3://${resources.outputBucket}/jobs/`, roleArn: change.role ?? resources.executionRoleArn,
    labelCategoryUri: 's3://output/none.json', templateUri: 's3://output/none.html', workTeamArn: project.configuration.workTeamArn,
    preHumanTaskLambdaArn: project.configuration.task.preHumanTaskLambdaArn,
    consolidationLambdaArn: project.configuration.task.consolidationLambdaArn,
    workersPerImage: 1, taskTimeLimitSeconds: 600, taskAvailabilitySeconds: 864_000, maxConcurrentTasks: 10, tags: {},
  });
};

describe('what a job is started with', () => {
  test('the first: its files lie under their content\'s hash, no manifest', async () => {
    const project = await projectWithDrop();
    await project.rounds(2);
    const { request } = await job(project, 1);
    expect(request).not.toHaveProperty('manifestUri');
    expect(request).toMatchObject({ name: 'froth-0a1b2c3d-1', outputPath: 's3://output/jobs/', tags: { 'streaming-labeling:project': 'froth' } });
    expect(request.tags).not.toHaveProperty('streaming-labeling:chained-from');
    const read = (uri: string): string => Buffer.from(project.outside.cloud.buckets.read('output', uri.replace('s3://output/', '')).body).toString();
    expect(JSON.parse(read(request.labelCategoryUri!))).toEqual({ 'document-version': '2018-11-28', 'labels': [{ label: 'froth' }, { label: 'launder' }] });
    expect(read(request.templateUri)).toBe(project.configuration.task.template);
  });

  test('a chained one: the finished labels of the chain, as clean lines, and nothing unlabeled', async () => {
    const project = await runningProject({ configuration: { tags: { team: 'a' } } });
    await project.label(2);
    await project.rounds(2);
    await project.simulator.expire(project.liveJobName()!);
    await project.drop('cam/9.jpg');
    await project.rounds(3);
    const { request, carried } = await job(project, 2);
    expect(request.tags).toEqual({ 'team': 'a', 'streaming-labeling:project': 'froth', 'streaming-labeling:chained-from': 'froth-0a1b2c3d-1' });
    expect(request.manifestUri).toBe('s3://output/manifests/froth-0a1b2c3d-2.manifest');
    const lines = Buffer.from(project.outside.cloud.buckets.read('output', 'manifests/froth-0a1b2c3d-2.manifest').body).toString().trim().split('\n')
      .map((line) => JSON.parse(line) as { [name: string]: unknown });
    expect([lines.length, carried]).toEqual([2, 2]);
    for (const line of lines) {
      expect(line).toHaveProperty('label');
      expect(Object.keys(line).filter((name) => name.startsWith('$') || name === 'offer-id' || name === 'dataset-objectid-attribute-name')).toEqual([]);
    }
  });

  test('with changed labels: a file of its own, and the running job\'s stays', async () => {
    const project = await runningProject();
    const before = (await job(project, 1)).request.labelCategoryUri;
    expect(await project.deploy({ task: { ...project.configuration.task, labels: [{ name: 'froth', retired: true }, { name: 'launder' }, { name: 'new' }] } })).toBeUndefined();
    await project.simulator.expire(project.liveJobName()!);
    await project.rounds(25);
    const after = (await job(project, 2)).request.labelCategoryUri;
    expect(after).not.toBe(before);
    expect(project.openTasks()[0]?.labels).toEqual(['froth', 'launder', 'new']);
  });

  test('not beyond half of the service\'s quota: then the data set alone has the history', async () => {
    const project = await runningProject();
    await project.label();
    await project.rounds(8);
    const { dataSet } = await project.read();
    await project.outside.table.write([{ update: { pk: 'PROJECT', sk: 'DATA-SET' }, set: { lines: 50_001 } }]);
    expect(dataSet.lines).toBe(3);
    await project.simulator.expire(project.liveJobName()!);
    await project.drop('cam/9.jpg');
    await project.rounds(3);
    expect(await job(project, 2)).toMatchObject({ carried: 0 });
    expect((await job(project, 2)).request).not.toHaveProperty('manifestUri');
  });

  test('if a job with a manifest dies before it works, the next comes without one', async () => {
    const project = await runningProject({ simulator: { emptyManifest: 'fails', manifestLineQuota: 1 } });
    await project.label();
    await project.rounds(8);
    await project.simulator.expire(project.liveJobName()!);
    await project.drop('cam/9.jpg');
    await project.rounds(20);
    expect(jobStatuses(project)).toEqual(['1 Failed', '2 Failed', '3 InProgress']);
    expect([(await job(project, 2)).carried, (await job(project, 3)).carried]).toEqual([3, 0]);
    await project.finish();
    expect([project.lost(), project.double()]).toEqual([[], 0]);
  });
});

test('only lines that are labeled under the project\'s attribute go into a manifest, each clean and short enough', async () => {
  const lines = [
    { 'source-ref': 'a', 'label': 0, '$label-object-id': 'x' }, { 'source-ref': 'b' }, { 'source-ref': 'c', 'other': 1 },
    { 'source-ref': 'd', 'label': 1, 'label-metadata': { 'failure-reason': 'x' } }, { 'source-ref': 'e', 'label': 'x'.repeat(100_000) }, { label: 0 },
  ];
  const count = { lines: 0 };
  const kept: string[] = [];
  const all = (async function* () {
    yield* ['no line', ...lines.map((line) => JSON.stringify(line))];
  })();
  for await (const line of finishedLines(all, 'label', count)) {
    kept.push(line);
  }
  expect([kept, count.lines]).toEqual([['{"source-ref":"a","label":0}'], 1]);
});

describe('the outcome of a create', () => {
  test('carried out, its answer lost: the same job is found under its name', async () => {
    const verdicts = new Verdicts('CreateLabelingJob');
    const project = await projectWithDrop(verdicts);
    verdicts.next = ['throw-after'];
    await project.intake();
    await expect(project.round()).rejects.toThrow(/answer was lost/);
    expect(await job(project, 1)).toMatchObject({ phase: 'PLANNED' });
    await project.rounds(10);
    expect(jobStatuses(project)).toEqual(['1 InProgress']);
    await project.finish();
    expect([project.lost(), project.double()]).toEqual([[], 0]);
  });

  test('not carried out: the same name is asked for again', async () => {
    const verdicts = new Verdicts('CreateLabelingJob');
    const project = await projectWithDrop(verdicts);
    verdicts.next = ['throw-before', 'throw-before'];
    await project.intake();
    await expect(project.round()).rejects.toThrow();
    await expect(project.round()).rejects.toThrow();
    await project.rounds(2);
    expect(jobStatuses(project)).toEqual(['1 Initializing']);
    expect((await project.read()).state).toMatchObject({ lastJob: 1, openJobs: [1] });
  });

  test('is told, even if the process dies over it', async () => {
    for (let at = 0; at < 40; at += 1) {
      const troubles = new Troubles();
      const project = await projectWithDrop({ apiVerdict: troubles.apiVerdict });
      await project.intake();
      troubles.attach(project);
      await troubles.during({ at, kind: 'die-after' }, () => run(project.world, 'test'));
      project.clock.advance(5 * MINUTE);
      await project.rounds(3);
      expect(jobStatuses(project)).toEqual(['1 InProgress']);
      expect(eventTypes(project)).toContain('Job Started');
    }
  });

  test('a pause does not leave the outcome open', async () => {
    const verdicts = new Verdicts('CreateLabelingJob');
    const project = await projectWithDrop(verdicts);
    verdicts.next = ['throw-after'];
    await project.round().catch(() => undefined);
    await project.command('pause');
    await project.rounds(2);
    expect(await job(project, 1)).toMatchObject({ phase: 'CREATED' });
  });

  test.each([
    ['of another topic', { topic: 'arn:aws:sns:us-east-1:111122223333:other' }],
    ['of another role', { role: 'arn:aws:iam::111122223333:role/other' }],
    ['of another output path', { path: 's3://output/elsewhere' }],
  ])('the name belongs to a job %s: the next number, and nobody is blamed', async (_name, change) => {
    const project = await projectWithDrop();
    await createIn(project, change);
    await project.rounds(6);
    expect(jobStatuses(project).at(-1)).toBe('2 InProgress');
    expect(await job(project, 1)).toMatchObject({ phase: 'REFUSED', failureReason: expect.stringContaining('foreign job') });
    expect((await project.read()).state).toMatchObject({ lastJob: 2, openJobs: [2], breaker: { failures: 0 } });
  });

  test('the name belongs to a dead job of a former life of this project: the next number, and no pause', async () => {
    const project = await MemoryProject.create();
    await createIn(project);
    await project.simulator.stopByHand('froth-0a1b2c3d-1');
    await project.rounds(5, HOUR);
    await project.drop('cam/0.jpg');
    await project.rounds(10);
    expect((await project.read()).state).toMatchObject({ mode: 'ACTIVE', lastJob: 2 });
    expect(jobStatuses(project)).toEqual(['1 Stopped', '2 InProgress']);
  });

  test('throttled or at a quota: ever longer waits, an alert, then the same name', async () => {
    const verdicts = new Verdicts('CreateLabelingJob');
    const project = await projectWithDrop(verdicts);
    verdicts.next = Array<ApiVerdict>(5).fill('throttle');
    const tries: number[] = [];
    for (let minute = 0; minute < 40; minute += 1) {
      const left = verdicts.next.length;
      await project.round();
      if (verdicts.next.length < left) {
        tries.push(minute);
      }
    }
    expect(tries.map((at, i) => at - (tries[i - 1] ?? at))).toEqual([0, 1, 2, 4, 8]);
    expect(jobStatuses(project)).toEqual(['1 InProgress']);
    expect((await project.read()).alerts).toEqual([]);
    expect((await project.read()).state).toMatchObject({ lastJob: 1, backOffUntil: 0, backOffSteps: 0, breaker: { failures: 0 } });
    expect(project.outside.telemetry.said.filter((line) => line.level === 'error').map((line) => line.message)).toEqual([expect.stringMatching(/asked again later.*Throttling/)]);
  });

  test('carried out, its answer lost, and the next try refused: no second job beside it', async () => {
    let refused = 0;
    const verdicts = new Verdicts('CreateLabelingJob');
    const project = await projectWithDrop({ apiVerdict: verdicts.apiVerdict });
    const { create } = project.world.jobs;
    verdicts.next = ['throw-after'];
    project.outside.jobs.create = async (request) => {
      if (verdicts.next.length === 0 && refused < 2) {
        refused += 1;
        return { kind: 'refused', message: 'AccessDeniedException: injected' };
      }
      return create.call(project.outside.jobs, request);
    };
    await expect(project.round()).rejects.toThrow('answer was lost');
    await project.rounds(6);
    expect(refused).toBeGreaterThan(0);
    expect(jobStatuses(project)).toEqual(['1 InProgress']);
    expect((await project.read()).state.lastJob).toBe(1);
  });

  test('its outcome unknown, and the next try refused: the name is given up only when no job can come of it any more', async () => {
    const verdicts = new Verdicts('CreateLabelingJob');
    const project = await projectWithDrop({ apiVerdict: verdicts.apiVerdict });
    verdicts.next = ['throw-before'];
    project.outside.jobs.create = async (request) => verdicts.next.length > 0
      ? Object.getPrototypeOf(project.outside.jobs).create.call(project.outside.jobs, request)
      : { kind: 'refused', message: 'AccessDeniedException: injected' };
    await expect(project.round()).rejects.toThrow('before it did anything');
    await project.rounds(3);
    expect((await job(project, 1)).phase).toBe('PLANNED');
    await project.rounds(8);
    expect((await job(project, 1)).phase).toBe('REFUSED');
  });

  test('refused three times: the breaker opens with the service\'s words; a day later one probe, then back to work', async () => {
    const options = { newAccountRefused: 'AccessDeniedException' as string | undefined };
    const project = await projectWithDrop(options);
    await project.rounds(3);
    expect((await project.read()).state).toMatchObject({ lastJob: 3, openJobs: [], breaker: { failures: 3, message: expect.stringContaining('not enabled') } });
    expect((await project.read()).alerts).toEqual(expect.arrayContaining(['create', 'control']));
    await pass(project, 23 * HOUR);
    expect((await project.read()).state.lastJob).toBe(3);
    await pass(project, 2 * HOUR);
    expect((await project.read()).state.lastJob).toBe(4);
    (project.simulator.options as { newAccountRefused?: string }).newAccountRefused = undefined;
    await pass(project, DAY);
    expect(jobStatuses(project)).toEqual(['5 InProgress']);
    await project.finish();
    expect([project.lost(), (await project.read()).alerts]).toEqual([[], []]);
    expect((await project.read()).state.breaker).toEqual({ failures: 0 });
  });

  test('refused, mended and resumed: no day of waiting', async () => {
    const project = await projectWithDrop({ newAccountRefused: 'AccessDeniedException' });
    await project.rounds(3);
    (project.simulator.options as { newAccountRefused?: string }).newAccountRefused = undefined;
    await project.command('resume');
    await project.rounds(3);
    expect(jobStatuses(project)).toEqual(['4 InProgress']);
    expect((await project.read()).alerts).toEqual([]);
  });

  test('the service forgets the job: after an hour it is asked again, under the same name', async () => {
    const project = await runningProject();
    const { describe: ask } = project.outside.jobs;
    const jobs = Object.assign(Object.create(project.outside.jobs), { describe: async () => undefined }) as LabelingJobs;
    const forgetful = { ...project.world, jobs };
    (project as { world: unknown }).world = forgetful;
    const created: string[] = [];
    forgetful.jobs.create = async (request) => {
      created.push(request.name);
      forgetful.jobs.describe = (name) => ask.call(project.outside.jobs, name);
      return { kind: 'created' };
    };
    await pass(project, HOUR, 10 * MINUTE);
    expect(created).toEqual([]);
    await pass(project, 20 * MINUTE, 10 * MINUTE);
    expect(created).toEqual(['froth-0a1b2c3d-1']);
    expect((await project.read()).alerts).toEqual([]);
  });
});

describe('another job on our topic', () => {
  const subscribe = async (project: MemoryProject, name: string): Promise<string> => {
    const queue = await project.outside.cloud.queues.create(name);
    return project.outside.cloud.topics.subscribe(project.world.resources.inputTopicArn, queue.arn);
  };

  test.each([
    'GroundTruth-other-1', 'GroundTruth-froth-0a1b2c3d-eeeeeeee-1', 'GroundTruth-froth-ffffffff-1',
  ])('%s: no job is started, and everybody is told', async (name) => {
    const project = await projectWithDrop();
    const subscription = await subscribe(project, name);
    await project.rounds(3);
    expect(jobStatuses(project)).toEqual([]);
    const { alerts, state } = await project.read();
    expect(alerts).toContain('foreign-subscription');
    expect(state.breaker.message).toContain(name);
    await project.outside.cloud.topics.unsubscribe(subscription);
    await project.command('resume');
    await project.rounds(3);
    expect(jobStatuses(project)).toEqual(['1 InProgress']);
    expect((await project.read()).alerts).toEqual([]);
  });

  test('a day later it is looked at once, not over and over', async () => {
    const project = await projectWithDrop();
    await subscribe(project, 'GroundTruth-other-1');
    await project.rounds(3);
    project.clock.advance(DAY);
    let looks = 0;
    project.outside.cloud.faults = (operation) => {
      looks += operation === 'sns.ListSubscriptionsByTopic' ? 1 : 0;
      return 'ok';
    };
    await project.rounds(5);
    expect(looks).toBe(1);
  });

  test('queues of our own chain and of nobody do not matter', async () => {
    const project = await projectWithDrop();
    await subscribe(project, 'GroundTruth-froth-0a1b2c3d-77');
    await subscribe(project, 'somebody-elses-queue');
    await project.rounds(3);
    expect(jobStatuses(project)).toEqual(['1 InProgress']);
    expect(statesOf(project)).toEqual({ 'cam/0.jpg': 'SENT' });
    expect(images(project)['cam/0.jpg'].offers).toBe(1);
  });
});
