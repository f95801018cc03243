import { ProjectConfiguration, TaskConfiguration, WorkConfiguration } from '../../../src/contract/project-configuration';
import { workerTemplate } from '../../../src/contract/worker-template';
import { Answer } from '../../../src/local/simulator';
import { HandledProject, expectAllLabeledOnce, picture } from '../../support/handled-project';
import { HOUR, MINUTE, testConfiguration } from '../../support/memory-project';
import { images, job, jobStatuses, pass, statesOf } from '../../support/running-project';

/** What a deploy does while a job runs: each test changes one thing in mid-flight, as the table of docs/deploys.md says. */
type Change = Partial<ProjectConfiguration>;

const withTask = (change: Partial<TaskConfiguration>): Change => ({ task: { ...testConfiguration().task, ...change } });

const withWork = (change: Partial<WorkConfiguration>): Change => ({ work: { ...testConfiguration().work, ...change } });

const names = (count: number): string[] => Array.from({ length: count }, (_, number) => `${number}.png`);

/** A project whose job runs, with as many images as its window of 4 holds, and some that wait. */
async function running(count = 6): Promise<HandledProject> {
  const project = await HandledProject.create();
  for (const [number, name] of names(count).entries()) {
    await project.drop(name, picture(number));
  }
  await project.rounds(8);
  expect([jobStatuses(project), withJob(project)]).toEqual([['1 InProgress'], Math.min(4, count)]);
  return project;
}

const withJob = (project: HandledProject): number => Object.values(statesOf(project)).filter((state) => state === 'SENT').length;

/** The job that workers see now, as the service describes it. */
const seen = (project: HandledProject) => project.simulator.jobs().at(-1)!;

function template(project: HandledProject): string {
  const uri = seen(project).HumanTaskConfig.UiConfig.UiTemplateS3Uri!;
  return Buffer.from(project.outside.cloud.buckets.read('output', uri.slice('s3://output/'.length)).body).toString();
}

/** An operator does not wait for the job to end by itself. */
async function roll(project: HandledProject): Promise<void> {
  await project.wake({ command: 'roll' });
  await project.label();
  await project.rounds(8);
  expect(jobStatuses(project)).toEqual(['1 Stopped', '2 InProgress']);
}

async function answer(project: HandledProject, label: string): Promise<void> {
  for (const { taskId, sourceRef } of project.openTasks()) {
    await project.simulator.submit(taskId, 'ada', { kind: 'classification', label } satisfies Answer, { pixelHash: project.pixelHash(sourceRef) });
  }
}

const classes = (project: HandledProject): (readonly [unknown, unknown, unknown])[] => project.dataSet()
  .map((line) => [line['drop-key'], line.label, (line['label-metadata'] as { 'class-name': unknown })['class-name']] as const)
  .sort(([a], [b]) => String(a) < String(b) ? -1 : 1);

describe('at once', () => {
  test('window: the job that runs gets more, or nothing until it has less', async () => {
    const project = await running(12);
    await project.deploy(withWork({ window: 7 }));
    await project.rounds(4);
    expect(withJob(project)).toBe(7);
    await project.deploy(withWork({ window: 2 }));
    await project.rounds(4);
    expect(withJob(project)).toBe(7);
    await project.label(4);
    await project.rounds(4);
    expect([withJob(project), jobStatuses(project)]).toEqual([3, ['1 InProgress']]);
    await project.finish();
    expectAllLabeledOnce(project, names(12));
  });

  test('maxImages and maxImagesPerDay: what is with workers stays there, nothing new follows until the guard is raised', async () => {
    const project = await running(12);
    await project.deploy(withWork({ maxImages: 5, maxImagesPerDay: 4 }));
    await project.label();
    await project.rounds(5);
    expect([(await project.read()).state.spentTotal, withJob(project)]).toEqual([4, 0]);
    await project.deploy(withWork({ maxImages: 5 }));
    await project.rounds(5);
    expect([(await project.read()).state.spentTotal, withJob(project)]).toEqual([5, 1]);
    expect(await project.wake({ command: 'status' })).toMatchObject({ limits: { maxImages: 5 } });
    await project.deploy(withWork({}));
    await project.finish();
    expectAllLabeledOnce(project, names(12));
  });

  test('transforms: the next drop is made by the new ones; images that are made stay as they are, and old content is not made again', async () => {
    const project = await HandledProject.create({ configuration: { featureEngineering: { kind: 'images', transforms: [], output: {} } } });
    await project.drop('before.png', picture(1));
    await project.rounds(8);
    await project.deploy({ featureEngineering: { kind: 'images', transforms: [{ kind: 'crop', width: 4, height: 4 }], output: {} } });
    await project.drop('after.png', picture(2));
    await project.drop('again.png', picture(1));
    await project.finish();
    const size = (name: string): unknown => (images(project)[name].provenance as { 'image-width': unknown })['image-width'];
    expect([size('before.png'), size('after.png'), jobStatuses(project)]).toEqual([8, 4, ['1 InProgress']]);
    expect(project.ending()).toEqual({
      paid: ['after.png', 'before.png'], images: ['after.png LABELED', 'before.png LABELED'],
      drops: ['after.png DONE', 'again.png DUPLICATE', 'before.png DONE'],
    });
  });

  test('drops that were refused before are judged by the new transforms when they are ordered again', async () => {
    const tooLarge = { kind: 'images', transforms: [{ kind: 'crop', width: 400, height: 400 }], output: {} } as const;
    const project = await HandledProject.create({ configuration: { featureEngineering: tooLarge } });
    await project.drop('small.png', picture(1));
    await project.rounds(3);
    expect(project.ending().drops).toEqual(['small.png QUARANTINED too-small']);
    await project.deploy({ featureEngineering: { kind: 'none' } });
    await project.wake({ command: 'requeue', targets: { all: 'quarantined' } });
    await project.finish();
    expectAllLabeledOnce(project, ['small.png']);
  });
});

describe('with the next job', () => {
  test.each<[string, Change, (project: HandledProject) => unknown, unknown, unknown]>([
    ['title', withTask({ title: 'Bubbles' }), (project) => seen(project).HumanTaskConfig.TaskTitle, 'Froth', 'Bubbles'],
    ['description', withTask({ description: 'Look' }), (project) => seen(project).HumanTaskConfig.TaskDescription, 'Choose', 'Look'],
    ['keywords', withTask({ keywords: ['foam'] }), (project) => seen(project).HumanTaskConfig.TaskKeywords, undefined, ['foam']],
    ['workTeam', { workTeamArn: 'arn:aws:sagemaker:us-east-1:111122223333:workteam/private-crowd/night' },
      (project) => seen(project).HumanTaskConfig.WorkteamArn.split('/').pop(), 'team', 'night'],
    ['taskTimeLimit', withWork({ taskTimeLimitSeconds: 60 }), (project) => seen(project).HumanTaskConfig.TaskTimeLimitInSeconds, 600, 60],
    ['taskAvailability', withWork({ taskAvailabilitySeconds: 3_600 }),
      (project) => seen(project).HumanTaskConfig.TaskAvailabilityLifetimeInSeconds, 864_000, 3_600],
    ['workersPerImage', withWork({ workersPerImage: 2 }), (project) => seen(project).HumanTaskConfig.NumberOfHumanWorkersPerDataObject, 1, 2],
    ['tags', { tags: { team: 'a' } },
      (project) => seen(project).Tags?.filter(({ Key }) => Key === 'team').map(({ Value }) => Value), [], ['a']],
  ])('%s: the job that runs keeps its own', async (_name, change, read, before, after) => {
    const project = await running();
    expect(await project.deploy(change)).toBeUndefined();
    await project.rounds(20);
    expect([read(project), jobStatuses(project), withJob(project)]).toEqual([before, ['1 InProgress'], 4]);
    await roll(project);
    expect(read(project)).toEqual(after);
    expect([project.lost().filter((name) => statesOf(project)[name] === 'LABELED'), project.double()]).toEqual([[], 0]);
  });

  test('instructions: a worker page that is open is never changed; with ROLL_NOW the next job comes within the hour', async () => {
    const project = await running();
    const before = template(project);
    await project.deploy(withTask({ template: before.replace('short-instructions>x', 'short-instructions>new') }));
    await project.rounds(20);
    expect([template(project), jobStatuses(project)]).toEqual([before, ['1 InProgress']]);
    await project.deploy({ instructionRollOut: 'ROLL_NOW' });
    await pass(project, 90 * MINUTE, MINUTE);
    expect(jobStatuses(project)).toEqual(['1 Stopped', '2 InProgress']);
    expect(template(project)).toContain('<short-instructions>new');
    await project.finish();
    expectAllLabeledOnce(project, names(6));
  });

  test('maxConcurrentTasks: no more is given to the job that runs than it can show', async () => {
    const project = await HandledProject.create({ configuration: withWork({ maxConcurrentTasks: 5, window: 4 }) });
    for (const [number, name] of names(20).entries()) {
      await project.drop(name, picture(number));
    }
    await project.rounds(8);
    await project.deploy(withWork({ maxConcurrentTasks: 100, window: 15 }));
    await project.rounds(20);
    expect([withJob(project), project.openTasks().length]).toEqual([4, 4]);
    await project.wake({ command: 'roll' });
    await project.label();
    await project.rounds(12);
    expect([withJob(project), seen(project).HumanTaskConfig.MaxConcurrentTaskCount]).toEqual([15, 100]);
    await project.finish();
    expectAllLabeledOnce(project, names(20));
  });

  test('a label that is appended: the job that runs does not know it; class ids go on', async () => {
    const project = await running();
    await project.deploy(withTask({ labels: [{ name: 'froth' }, { name: 'launder' }, { name: 'foam' }] }));
    expect(project.openTasks()[0].labels).toEqual(['froth', 'launder']);
    await answer(project, 'launder');
    await project.rounds(8);
    await project.wake({ command: 'roll' });
    await answer(project, 'froth');
    await project.rounds(8);
    await project.drop('new.png', picture(100));
    await project.rounds(10);
    expect(project.openTasks().map(({ labels }) => labels)).toEqual([['froth', 'launder', 'foam']]);
    await answer(project, 'foam');
    await project.finish();
    expect(classes(project).map(([, id, name]) => [id, name]).sort()).toEqual([
      ...Array(2).fill([0, 'froth']), ...Array(4).fill([1, 'launder']), [2, 'foam'],
    ]);
  });

  test('a label that is retired: it keeps its place, the next page does not offer it, and labels that were given stay', async () => {
    const project = await running();
    await answer(project, 'froth');
    await project.rounds(8);
    const labels = [{ name: 'froth', retired: true }, { name: 'launder' }, { name: 'foam' }];
    const task = { ...testConfiguration().task, labels };
    await project.deploy({ task: { ...task, template: workerTemplate(task) } });
    // of the page that is open already
    await answer(project, 'froth');
    await project.rounds(8);
    await project.wake({ command: 'roll' });
    await project.drop('new.png', picture(100));
    await project.rounds(12);
    expect(project.openTasks().map((open) => open.labels)).toEqual([['froth', 'launder', 'foam']]);
    expect(template(project)).toContain('categories="[&quot;launder&quot;,&quot;foam&quot;]"');
    await answer(project, 'launder');
    await project.finish();
    expect(classes(project)).toEqual([...names(6).map((name) => [name, 0, 'froth']), ['new.png', 1, 'launder']]);
  });

  test('a job whose create is under way keeps the request that was written down for it', async () => {
    let verdict: 'ok' | 'throw-after' = 'throw-after';
    const project = await HandledProject.create({
      simulator: { apiVerdict: (operation) => operation === 'CreateLabelingJob' ? verdict : 'ok' },
    });
    await project.drop('0.png', picture(0));
    await project.takeIn();
    await expect(project.wake()).rejects.toThrow('answer was lost');
    verdict = 'ok';
    await project.deploy(withTask({ title: 'Bubbles' }));
    await project.finish();
    expect([seen(project).HumanTaskConfig.TaskTitle, jobStatuses(project)]).toEqual(['Froth', ['1 InProgress']]);
    expectAllLabeledOnce(project, ['0.png']);
  });
});

describe('never: refused with the remedy, all of the deploy\'s configuration waits, and the job goes on by the former one', () => {
  test.each<[string, Change, RegExp]>([
    ['a label that is removed', withTask({ labels: [{ name: 'froth' }], title: 'Bubbles' }), /'launder' was removed.*retired: true/],
    ['a label that is renamed', withTask({ labels: [{ name: 'froth' }, { name: 'Launder' }] }), /'launder' was removed or renamed/],
    ['labels in another order', withTask({ labels: [{ name: 'launder' }, { name: 'froth' }] }), /'froth' moved from place 0.*append/],
    ['another label attribute', withTask({ labelAttributeName: 'other' }), /labelAttributeName changed.*Set the old name again/],
    ['another task', withTask({ type: 'BoundingBox' }), /task type changed.*new project/],
    ['another project name', { projectName: 'other' }, /projectName changed.*Set the old name again/],
    ['the ledger of another chain', { chainId: 'ffffffff' }, /chainId changed.*output ChainId/],
  ])('%s', async (_name, change, remedy) => {
    const project = await running();
    const before = testConfiguration();
    expect(await project.deploy({ ...change, tags: { new: 'tag' } })).toMatch(remedy);
    project.configuration = before;
    await roll(project);
    await pass(project, 2 * HOUR, 10 * MINUTE);
    const { alerts, standing, configuration } = await project.read();
    expect([alerts, configuration]).toEqual([['configuration'], before]);
    expect(standing[0].message).toMatch(remedy);
    expect((await job(project, 2)).request).toMatchObject({ labelAttributeName: 'label', taskTitle: 'Froth' });
    await project.finish();
    expectAllLabeledOnce(project, names(6));
    expect(await project.deploy()).toBeUndefined();
    await project.rounds(2);
    expect((await project.read()).alerts).toEqual([]);
  });
});

describe('what a project lies on', () => {
  test('another input topic: the job that runs gets nothing more, is told of, and is followed by one on the new topic', async () => {
    const project = await running();
    const { resources } = project.world;
    const moved = await project.outside.cloud.topics.create('moved');
    (project.world as { resources: unknown }).resources = { ...resources, inputTopicArn: moved };
    await project.rounds(3);
    expect((await project.read()).alerts).toContain('control');
    await project.label();
    await project.rounds(12);
    expect(seen(project).InputConfig.DataSource.SnsDataSource?.SnsTopicArn).toBe(moved);
    await project.finish();
    expect((await project.read()).alerts).toEqual([]);
    expectAllLabeledOnce(project, names(6));
  });

  test('another output topic: labels of the job that runs come by its manifest, within a quarter of an hour of it', async () => {
    const project = await running();
    const { cloud } = project.outside;
    const { resources } = project.world;
    const moved = await cloud.topics.create('moved');
    for (const { arn } of cloud.topics.peekSubscriptions(resources.outputTopicArn)) {
      cloud.topics.leave(arn);
    }
    (project.world as { resources: unknown }).resources = { ...resources, outputTopicArn: moved };
    await project.label();
    await project.rounds(30);
    expect(Object.values(statesOf(project)).filter((state) => state === 'LABELED')).toHaveLength(4);
    await project.finish();
    expectAllLabeledOnce(project, names(6));
  });
});
