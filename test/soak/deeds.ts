import type { History } from './history';
import { isLiving, jobsOf } from './laws';
import { isHeldAsNear } from './ledger-watch';
import { advance, advanceTo, interleave } from './process';
import { SoakProject, heldWithin, tilesOf } from './project';
import { dropFresh, hasRunningJob, hasTask, openTasks, until } from './ready';
import { Change, Function, Step, bytesOf, keyOf, nearBytesOf } from './script';
import { ProjectConfiguration } from '../../src/contract/project-configuration';
import { DAY, MINUTE, seededRandom } from '../../src/local/simulator';
import { BAD, CRASH } from '../support/memory-project';

/** Does what a step says; counts what it really did. */
export async function take(history: History, step: Step): Promise<void> {
  const project = history.projects[step.project % history.projects.length];
  if (project !== history.projects[0]) {
    history.tally.fault(history.setup.other === 'twin' ? 'step-of-a-stack-with-the-same-name' : 'step-of-a-project-with-a-containing-name');
  }
  switch (step.do) {
    case 'drop': return drop(history, project, step.key, step.content);
    case 'drop-again': return dropAgain(history, project, step.which);
    case 'drop-near': return dropNear(history, project, step);
    case 'release': return release(history, project, step);
    case 'drop-bad': history.tally.fault('drop-that-is-no-image'); return project.drop(keyOf(step.key), `${BAD}${step.key}`);
    case 'drop-crash': history.tally.fault('drop-that-kills-its-decoder'); return project.drop(keyOf(step.key), `${CRASH}${step.key}`);
    case 'withdraw': return withdraw(history, project, keyOf(step.key));
    case 'overwrite': return overwrite(history, project, step.key, step.content, step.calls);
    case 'work': return runWith(history, project, step);
    case 'round': return history.round(project);
    case 'together': return together(history, project, step);
    case 'begin': return begin(history, project, step);
    case 'go-on': return history.goOn();
    case 'label':
      await until(history, project, () => hasTask(history, project));
      return label(history, project, step.count, step.answers);
    case 'late-label': return lateLabel(history, project, step.delay);
    case 'decline': return decline(history, project, step.count);
    case 'pass': return history.pass(step.ms);
    case 'idle': return idle(history, project);
    case 'slow-feed': return feedSlowly(history, project);
    case 'lost-offers': return loseOffers(history, project);
    case 'expire': return expire(history, project, step.trouble);
    case 'fail': return fail(history, project);
    case 'stop-by-hand': return stopByHand(history, project, step.running);
    case 'command': history.tally.fault(`order-${step.name}`); return project.command(step.name);
    case 'requeue': history.tally.fault('order-requeue'); return project.command('requeue', { all: step.all });
    case 'create-trouble': return history.account.door.armCreate(step.trouble);
    case 'throttle': return history.account.door.throttle(step.calls);
    case 'delete-image': return deleteImage(history, project, step.image);
    case 'poison': return poison(history, project, step.image, step.heals);
    case 'cors': return cors(history, project);
    case 'deploy': return deploy(history, project, step.change, step.value);
    case 'teardown': return teardown(history, project);
    case 'mail': return history.account.postman.plan(step.stream, step.deliveries);
    case 'stranger': return stranger(history, project, step.what);
    case 'neighbour': return history.neighbour.act(step.what);
  }
}

/** What kind of drop it is, by what was dropped before. */
async function drop(history: History, project: SoakProject, key: number, content: number): Promise<void> {
  const [name, bytes] = [keyOf(key), bytesOf(content)];
  const before = project.versions;
  if (before.some((version) => version.bytes === bytes && version.key === name)) {
    history.tally.fault('drop-of-the-same-content-again');
  } else if (before.some((version) => version.bytes === bytes)) {
    history.tally.fault('drop-of-the-same-content-under-another-name');
  } else if (before.some((version) => version.key === name)) {
    history.tally.fault('drop-of-new-content-under-the-same-name');
  }
  if (tilesOf(bytes).length > 1) {
    history.tally.fault('drop-that-gives-several-images');
  }
  await project.drop(name, bytes);
}

/** Something that was dropped before comes once more, under its own name. */
async function dropAgain(history: History, project: SoakProject, which: number): Promise<void> {
  const good = project.versions.filter(({ bytes }) => bytes.startsWith('content'));
  if (good.length > 0) {
    history.tally.fault('drop-of-the-same-content-again');
    const { key, bytes } = good[which % good.length];
    await project.drop(key, bytes);
  }
}

/** Something that looks like what was dropped before, or two at the same moment that look alike. */
async function dropNear(history: History, project: SoakProject, step: Pick<Step & { do: 'drop-near' }, 'key' | 'which' | 'bits' | 'together'>): Promise<void> {
  if (project.holdsWithin !== undefined) {
    history.tally.fault('drop-of-a-near-duplicate');
  }
  const good = project.versions.filter(({ bytes }) => bytes.startsWith('content'));
  const name = keyOf(step.key);
  if (!step.together && good.length > 0) {
    return project.drop(name, nearBytesOf(good[step.which % good.length].bytes, step.bits));
  }
  await dropFresh(project, name);
  const { bytes } = project.versions.at(-1)!;
  const first = history.begin(project, 'intake', true);
  await advanceTo(first, 'table.getMany');
  await project.drop(name, nearBytesOf(bytes, step.bits));
  await history.invoke(project, 'intake');
  await history.finish(first);
}

/** An operator lets workers have what is held for how it looks. */
async function release(history: History, project: SoakProject, { which, all }: Pick<Step & { do: 'release' }, 'which' | 'all'>): Promise<void> {
  const held = (): string[] => [...project.watch.images.values()].filter(isHeldAsNear).map(({ sourceRef }) => String(sourceRef));
  if (held().length === 0) {
    await dropNear(history, project, { key: which % 5, which, bits: 1, together: true });
    await history.invoke(project, 'intake');
  }
  if (held().length > 0) {
    history.tally.fault('order-release');
    await project.command('requeue', all ? { all: 'held', reason: 'near-duplicate' } : { images: [held()[which % held().length]] });
  }
}

async function withdraw(history: History, project: SoakProject, key: string): Promise<void> {
  const waiting = (): SoakProject['versions'][number] | undefined =>
    [...project.versions].reverse().find((candidate) => candidate.key === key && project.waits(candidate));
  if (!waiting()) {
    await dropFresh(project, key);
  }
  const version = waiting();
  if (version) {
    history.tally.fault('drop-deleted-before-it-is-read');
    project.withdrawn.add(version.versionId);
    await history.account.cloud.buckets.delete(project.world.resources.dropBucket, version.key, version.versionId);
  }
}

async function overwrite(history: History, project: SoakProject, key: number, content: number, calls: number): Promise<void> {
  await drop(history, project, key, content);
  const intake = history.begin(project, 'intake', true);
  await advance(intake, calls);
  history.tally.fault('drop-overwritten-while-it-is-processed');
  await project.drop(keyOf(key), bytesOf(content + 1));
  intake.run();
  await history.finish(intake);
}

async function together(history: History, project: SoakProject, step: Step & { do: 'together' }): Promise<void> {
  const processes = (['controller', 'controller', 'intake', 'recorder'] as const)
    .map((who, index) => history.begin(project, who, true, {
      skew: index === 1 ? step.skew : 0, fault: index === 0 ? step.fault : undefined,
    }));
  history.tally.fault('two-controllers-at-once');
  await interleave([...processes, ...history.hanging()], seededRandom(step.seed));
  await Promise.all(processes.map((process) => history.finish(process)));
}

/** What a function that is to meet a fault works on. */
async function giveWork(history: History, project: SoakProject, who: Function): Promise<void> {
  if (who === 'intake') {
    await dropFresh(project);
  } else if (who === 'recorder' && project.queueBodies(`recorder${project.suffix}`).length === 0) {
    await until(history, project, () => hasTask(history, project));
    await label(history, project, 1, history.setup.workers);
    await history.pass(4 * MINUTE);
  } else if (who === 'controller' && !hasRunningJob(history, project)) {
    await dropFresh(project);
    await history.invoke(project, 'intake');
  }
}

async function runWith(history: History, project: SoakProject, { who, fault, skew }: Step & { do: 'work' }): Promise<void> {
  if (fault) {
    await giveWork(history, project, who);
  }
  await history.invoke(project, who, { fault, skew });
}

async function begin(history: History, project: SoakProject, { who, calls, late }: Step & { do: 'begin' }): Promise<void> {
  await giveWork(history, project, who);
  const process = history.begin(project, who, true);
  await advance(process, calls);
  if (!process.done) {
    history.tally.fault('process-hangs-in-the-middle');
  }
  if (late) {
    await history.pass(6 * MINUTE);
  }
}

async function label(history: History, project: SoakProject, count: number, answers: number): Promise<void> {
  for (const task of openTasks(history, project).slice(0, count)) {
    for (let given = 0; given < answers && given < task.workersNeeded; given += 1) {
      await history.answer(project, task);
    }
  }
}

/** A label whose message is late, and its job is over before it comes. */
async function lateLabel(history: History, project: SoakProject, delay: number): Promise<void> {
  if (await until(history, project, () => hasTask(history, project))) {
    history.account.postman.plan('labels', [[delay]]);
    await label(history, project, 1, history.setup.workers);
    await history.pass(4 * MINUTE);
    await fail(history, project);
  }
}

async function decline(history: History, project: SoakProject, count: number): Promise<void> {
  await until(history, project, () => hasTask(history, project));
  for (const task of history.tasksOf(project).slice(0, count)) {
    for (let worker = 0; worker < history.setup.workers; worker += 1) {
      if (history.simulator.tasks().some(({ taskId }) => taskId === task.taskId)) {
        await history.simulator.decline(task.taskId, `unwilling-${worker}`).catch(() => undefined);
      }
    }
    history.tally.fault('task-declined');
  }
}

/** Everything is labeled, and then nothing comes for so long that Ground Truth stops the job by itself. */
/** A job without work ends after 10 days, and what no worker was offered in 14 days is given up. */
const IDLE = 15 * DAY;

async function idle(history: History, project: SoakProject): Promise<void> {
  await until(history, project, () => hasRunningJob(history, project));
  for (let rounds = 0; rounds < 4; rounds += 1) {
    await history.round(project);
    await label(history, project, Infinity, history.setup.workers);
    await history.pass(3 * MINUTE);
  }
  for (let gone = 0; gone < IDLE; gone += 2 * DAY) {
    await history.pass(2 * DAY);
  }
}

/** The controller hangs when it has published: workers are faster than it is. */
async function feedSlowly(history: History, project: SoakProject): Promise<void> {
  await until(history, project, () => hasRunningJob(history, project));
  await dropFresh(project);
  await history.invoke(project, 'intake');
  const process = history.begin(project, 'controller', true);
  await advanceTo(process, 'topic.publish');
  if (!process.done) {
    history.tally.fault('process-hangs-in-the-middle');
    await history.pass(MINUTE);
    await label(history, project, Infinity, history.setup.workers);
    await history.invoke(project, 'recorder');
  }
  await history.finish(process);
}

/** What is published does not reach the job, until that must have been noticed. */
async function loseOffers(history: History, project: SoakProject): Promise<void> {
  await until(history, project, () => hasRunningJob(history, project));
  history.account.postman.plan('offers', Array.from({ length: 4 }, () => []));
  await dropFresh(project);
  for (let round = 0; round < 6; round += 1) {
    await history.round(project);
    await history.pass(9 * MINUTE);
  }
  history.account.postman.plan('offers', []);
}

async function withLiving(
  history: History, project: SoakProject, act: (name: string, status: string) => Promise<void>, statuses?: readonly string[],
): Promise<void> {
  const job = jobsOf(project, history.simulator.jobs())
    .find((candidate) => statuses ? statuses.includes(candidate.LabelingJobStatus) : isLiving(candidate));
  if (job) {
    await act(job.LabelingJobName, job.LabelingJobStatus);
  }
}

async function fail(history: History, project: SoakProject): Promise<void> {
  await until(history, project, () => hasRunningJob(history, project));
  await withLiving(history, project, async (name) => {
    await history.simulator.fail(name);
    history.tally.fault('job-fails');
  });
}

async function expire(history: History, project: SoakProject, trouble: (Step & { do: 'expire' })['trouble']): Promise<void> {
  await until(history, project, () => hasRunningJob(history, project));
  await withLiving(history, project, async (name) => {
    await history.simulator.expire(name);
    history.tally.fault(`job-expires-as-${history.simulator.options.expiryStatus}`);
    if (trouble) {
      history.account.door.armCreate(trouble);
    }
  });
}

/** Through the API, as the console does; while it is Initializing the service may or may not obey. */
async function stopByHand(history: History, project: SoakProject, running: boolean): Promise<void> {
  if (running) {
    await until(history, project, () => hasRunningJob(history, project));
  }
  const newest = jobsOf(project, history.simulator.jobs()).at(-1);
  if (newest) {
    const name = newest.LabelingJobName;
    await history.simulator.stopLabelingJob({ LabelingJobName: name }).then(
      () => history.trace.note('stopped'), (error: Error) => history.trace.note('stop', () => error.name),
    );
    if (newest.LabelingJobStatus === 'InProgress') {
      history.tally.fault('job-stopped-by-hand');
    }
  }
}

function imageRef(project: SoakProject, image: number): string | undefined {
  const refs = [...project.watch.images.keys()];
  return refs[image % Math.max(1, refs.length)];
}

async function deleteImage(history: History, project: SoakProject, image: number): Promise<void> {
  const ref = imageRef(project, image);
  if (ref !== undefined && await project.deleteImage(ref)) {
    history.tally.fault('image-deleted-from-the-input-bucket');
  }
}

async function poison(history: History, project: SoakProject, image: number, heals: boolean): Promise<void> {
  const ref = imageRef(project, image);
  if (ref !== undefined) {
    history.tally.fault('image-that-cannot-be-labeled');
    await history.simulator.failObject(ref);
    if (heals) {
      history.healing.push(ref);
    }
  }
}

async function cors(history: History, project: SoakProject): Promise<void> {
  const { buckets } = history.account.cloud;
  const bucket = project.world.resources.inputBucket;
  if (buckets.hasCors(bucket)) {
    history.tally.fault('input-bucket-without-CORS');
  }
  buckets.setCors(bucket, !buckets.hasCors(bucket));
}

/** The configuration as a changed stack would have it. */
function changed(configuration: ProjectConfiguration, change: Change, value: number): Partial<ProjectConfiguration> {
  const { task, work } = configuration;
  switch (change) {
    case 'window': return { work: { ...work, window: 1 + value } };
    case 'workers': return { work: { ...work, workersPerImage: value % 2 === 0 ? 1 : 3 } };
    case 'title': return { task: { ...task, title: `Froth ${value}` } };
    case 'instructions': return { task: { ...task, template: task.template!.replace(/header="[^"]*"/, `header="h${value}"`) } };
    case 'new-label': return { task: { ...task, labels: [...task.labels, { name: `label-${task.labels.length}` }] } };
    case 'day-limit': return { work: { ...work, maxImagesPerDay: 1 + value * 2 } };
    case 'total-limit': return { work: { ...work, maxImages: 2 + value * 6 } };
    case 'concurrency': return { work: { ...work, maxConcurrentTasks: 4 + value } };
    case 'label-removed': return { task: { ...task, labels: task.labels.slice(1) } };
    case 'label-attribute': return { task: { ...task, labelAttributeName: `label${value}` } };
    case 'hold': return { featureEngineering: heldWithin([undefined, 4, 0, 4, 2, 4, 8, undefined][value]) };
    case 'name': return { projectName: `other${value}` };
  }
}

async function deploy(history: History, project: SoakProject, change: Change, value: number): Promise<void> {
  if (project.retired) {
    history.tally.fault('deploy-after-teardown');
  }
  const problem = await project.deploy(changed(project.configuration, change, value));
  project.holdChanged ||= change === 'hold';
  history.tally.fault(problem === undefined ? 'deploy-in-mid-flight' : 'deploy-that-is-refused');
  project.noteLimits(history.hanging().length > 0);
}

async function teardown(history: History, project: SoakProject): Promise<void> {
  if (project.retired) {
    return deploy(history, project, 'title', 1);
  }
  history.tally.fault('teardown');
  const process = history.begin(project, 'teardown', false, {}, (ms) => history.pass(ms));
  await history.finish(process);
  project.retired = true;
}

async function stranger(history: History, project: SoakProject, what: number): Promise<void> {
  const { cloud } = history.account;
  const { inputTopicArn } = project.world.resources;
  await until(history, project, () => hasRunningJob(history, project));
  await withLiving(history, project, async () => {
    history.tally.fault('stranger-publishes-to-the-input-topic');
    const bodies = [
      JSON.stringify({ Service: 'Amazon S3', Event: 's3:TestEvent', Bucket: 'stranger' }),
      JSON.stringify({ Records: [{ eventName: 'ObjectCreated:Put', s3: { bucket: { name: 'stranger' }, object: { key: 'red+flower.jpg', sequencer: `${history.account.newId()}` } } }] }),
      'this is no JSON',
    ];
    await cloud.topics.publish(inputTopicArn, bodies[what % bodies.length]);
  }, ['InProgress']);
}
