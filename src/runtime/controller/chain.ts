import { CURRENT_DATA_SET_KEY, PREFIX } from '../../contract/environment';
import { EVENT_TYPE, METRIC } from '../../contract/events';
import { GROUND_TRUTH_QUEUE_PREFIX } from '../../contract/environment';
import { LABELING_TASKS } from '../../contract/labeling-tasks';
import { MANIFEST_LINE_MAX_CHARACTERS } from '../../contract/limits';
import { ProjectConfiguration } from '../../contract/project-configuration';
import { afterFailure, opened } from '../core/breaker';
import { groundTruthQueueName, jobName, queueNameOfArn } from '../core/job-names';
import { cleanLine, parseLine, verdict } from '../core/label-lines';
import { s3Uri } from '../core/object-keys';
import { JobRecord, jobItem, setJob } from '../ledger/jobs';
import { ProjectState, stateWrite } from '../ledger/project';
import { JobDescription, JobRequest } from '../ports';
import { World } from '../world';
import { clear, eventHead, raise } from './alerts';
import { ConfigurationFiles, writeConfigurationFiles } from './configuration-files';
import { publishDataSet } from './data-set';
import { Seen } from './observe';
import { breakerAfter } from './settling';

/** A manifest of finished labels may take so much of the service's quota: the rest is for what is still to come. */
const CARRY_SHARE = 0.5;

/**
 * Plans the next job: everything that it will read is written first, then one transaction writes its whole request down. Whether
 * the service takes it is the next step's business, under the same name however often it must be asked.
 */
export async function start(world: World, seen: Seen, carry: boolean, probe: boolean): Promise<void> {
  const { configuration, project } = seen;
  const foreign = await foreignSubscription(world, configuration);
  if (foreign) {
    const message = `the input topic is also subscribed by ${foreign}: another labeling job would label and bill every image a second time. `
      + 'Stop that job or give this project a topic of its own.';
    await world.ledger.table.write([stateWrite({ breaker: opened(project.state.breaker, message, world.ledger.clock.now()) })]);
    await raise(world, project, 'foreign-subscription', message);
    return;
  }
  await clear(world, project, 'foreign-subscription');
  const number = project.state.lastJob + 1;
  const name = jobName(configuration, number);
  const files = await writeConfigurationFiles(world, configuration);
  const carried = carry ? await writeManifest(world, seen, name) : 0;
  const now = world.ledger.clock.now();
  const job: JobRecord = {
    number, name, phase: 'PLANNED', plannedAt: now, carried, offered: 0, labeled: 0, open: 0, labels: configuration.task.labels, schema: 1,
    request: request(world, configuration, name, files, carried > 0, previousName(configuration, number)),
  };
  await world.ledger.table.write([
    { put: jobItem(job), when: [{ attribute: 'phase', is: 'absent' }] },
    stateWrite({
      lastJob: number,
      openJobs: [...project.state.openJobs, number],
      ...(probe ? { breaker: { ...project.state.breaker, lastProbeAt: now } } : {}),
    }),
  ]);
}

function previousName(configuration: ProjectConfiguration, number: number): string | undefined {
  return number > 1 ? jobName(configuration, number - 1) : undefined;
}

/** A Ground Truth queue on our topic that is none of this chain's. */
async function foreignSubscription(world: World, configuration: ProjectConfiguration): Promise<string | undefined> {
  const ours = groundTruthQueueName(jobName(configuration, 0)).slice(0, -1);
  const queues = await world.topic.subscribedQueues(world.resources.inputTopicArn);
  return queues.map(queueNameOfArn).find((name) => name.startsWith(GROUND_TRUTH_QUEUE_PREFIX) && !name.startsWith(ours));
}

/** The chain's finished labels as the next job's manifest. Answers its lines; 0: the job gets none. */
async function writeManifest(world: World, seen: Seen, name: string): Promise<number> {
  const dataSet = await publishDataSet(world, seen.project.dataSet, true);
  const { task } = seen.configuration;
  if (dataSet.lines === 0 || dataSet.lines > LABELING_TASKS[task.type].dataSetQuota * CARRY_SHARE) {
    return 0;
  }
  const bucket = world.resources.outputBucket;
  const lines = await world.objects.lines(bucket, CURRENT_DATA_SET_KEY);
  if (!lines) {
    return 0;
  }
  const count = { lines: 0 };
  await world.objects.putLines(bucket, manifestKey(name), finishedLines(lines, task.labelAttributeName, count), { contentType: 'application/x-ndjson' });
  return count.lines;
}

function manifestKey(name: string): string {
  return `${PREFIX.MANIFESTS}${name}.manifest`;
}

/** Only lines that are labeled under this attribute: any other would be given to workers, past the ledger. */
export async function* finishedLines(lines: AsyncIterable<string>, attribute: string, count: { lines: number }): AsyncIterable<string> {
  for await (const text of lines) {
    const line = parseLine(text);
    if (!line || verdict(line, attribute).kind !== 'labeled') {
      continue;
    }
    const clean = JSON.stringify(cleanLine(line));
    if (clean.length <= MANIFEST_LINE_MAX_CHARACTERS) {
      count.lines += 1;
      yield clean;
    }
  }
}

function request(
  world: World, configuration: ProjectConfiguration, name: string, files: ConfigurationFiles, withManifest: boolean, previous: string | undefined,
): JobRequest {
  const { task, work } = configuration;
  const { resources } = world;
  return {
    name,
    labelAttributeName: task.labelAttributeName,
    taskTitle: task.title,
    taskDescription: task.description,
    taskKeywords: task.keywords,
    inputTopicArn: resources.inputTopicArn,
    outputTopicArn: resources.outputTopicArn,
    outputPath: s3Uri(resources.outputBucket, PREFIX.JOBS),
    outputKmsKeyArn: resources.outputKmsKeyArn,
    manifestUri: withManifest ? s3Uri(resources.outputBucket, manifestKey(name)) : undefined,
    roleArn: resources.executionRoleArn,
    ...files,
    workTeamArn: configuration.workTeamArn,
    preHumanTaskLambdaArn: task.preHumanTaskLambdaArn,
    consolidationLambdaArn: task.consolidationLambdaArn,
    workersPerImage: work.workersPerImage,
    taskTimeLimitSeconds: work.taskTimeLimitSeconds,
    taskAvailabilitySeconds: work.taskAvailabilitySeconds,
    maxConcurrentTasks: work.maxConcurrentTasks,
    tags: {
      ...configuration.tags,
      'streaming-labeling:project': configuration.projectName,
      ...(previous ? { 'streaming-labeling:chained-from': previous } : {}),
    },
  };
}

/** Asks the service for the planned job. Nothing else is ever asked under this name. */
export async function create(world: World, seen: Seen, job: JobRecord): Promise<'continue' | 'rest'> {
  const outcome = await world.jobs.create(job.request);
  switch (outcome.kind) {
    case 'created':
      await markCreated(world, seen, job);
      return 'continue';
    case 'name-taken':
      return adopt(world, seen, job);
    case 'later':
      await backOff(world, seen, outcome.message);
      return 'rest';
    case 'refused':
      await refuse(world, seen, job, outcome.message, true);
      return 'continue';
  }
}

async function markCreated(world: World, seen: Seen, job: JobRecord): Promise<void> {
  const now = world.ledger.clock.now();
  await world.ledger.table.write([
    setJob(job.number, { phase: 'CREATED', createdAt: job.createdAt ?? now, status: 'Initializing', statusSince: now }, job.phase),
    stateWrite({ backOffUntil: 0, backOffSteps: 0 }),
  ]);
  await clear(world, seen.project, 'create');
  world.telemetry.count(METRIC.JOBS_STARTED, 1);
  await world.bus.publish([{
    type: EVENT_TYPE.JOB_STARTED, detail: { ...eventHead(seen.configuration), job: job.name, carried: job.carried },
  }]);
}

/** The name is taken: by an earlier try of ours, whose answer was lost, or by somebody else. */
async function adopt(world: World, seen: Seen, job: JobRecord): Promise<'continue' | 'rest'> {
  const found = await world.jobs.describe(job.name);
  if (!found) {
    return 'rest';
  }
  if (isOurs(found, job.request)) {
    await markCreated(world, seen, job);
  } else {
    await refuse(world, seen, job, `a foreign job has the name ${job.name}`, false);
  }
  return 'continue';
}

function isOurs(found: JobDescription, wanted: JobRequest): boolean {
  const path = (uri: string): string => uri.replace(/\/+$/, '');
  return found.inputTopicArn === wanted.inputTopicArn && found.roleArn === wanted.roleArn && path(found.outputPath) === path(wanted.outputPath);
}

async function backOff(world: World, seen: Seen, message: string): Promise<void> {
  const { state } = seen.project;
  const wait = Math.min(world.timings.backOffLongest, world.timings.backOffFirst * 2 ** state.backOffSteps);
  await world.ledger.table.write([stateWrite({
    backOffUntil: world.ledger.clock.now() + wait, backOffSteps: Math.min(20, state.backOffSteps + 1),
  })]);
  await raise(world, seen.project, 'create', `Ground Truth takes no job now and is asked again later: ${message}`);
}

/** Definitely not made: the next try is a new job with what is wanted then. */
async function refuse(world: World, seen: Seen, job: JobRecord, message: string, counts: boolean): Promise<void> {
  const now = world.ledger.clock.now();
  const { state } = seen.project;
  const breaker = counts ? afterFailure(state.breaker, message, now) : state.breaker;
  await world.ledger.table.write([
    setJob(job.number, { phase: 'REFUSED', failureReason: message, endedAt: now }, job.phase),
    stateWrite({ breaker, openJobs: state.openJobs.filter((number) => number !== job.number), backOffUntil: 0, backOffSteps: 0 }),
  ]);
  if (counts) {
    await raise(world, seen.project, 'create', `Ground Truth refused job ${job.name}: ${message}`);
  }
}

/** The live job is over. Its labels are harvested and its images given back later, when it is settled. */
export async function close(world: World, seen: Seen, job: JobRecord, description: JobDescription): Promise<void> {
  const now = world.ledger.clock.now();
  const reason = description.failureReason ?? `job ${job.name} ended as ${description.status} without a label`;
  const byHand = isStoppedByHand(world, job, description);
  const state: Partial<ProjectState> = {
    breaker: breakerAfter(seen, job, description.status, reason, now),
    carryFailed: description.status === 'Failed' && job.offered === 0 && job.carried > 0,
    ...(byHand ? { mode: 'PAUSED', modeReason: `job ${job.name} was stopped by hand` } : {}),
  };
  await world.ledger.table.write([
    setJob(job.number, {
      phase: 'ENDED', endedAt: now, endStatus: description.status, failureReason: description.failureReason, harvestedAt: undefined,
    }, 'CREATED'),
    stateWrite(state),
  ]);
  if (byHand) {
    await raise(world, seen.project, 'stopped-by-hand', `job ${job.name} was stopped by hand: the project is paused until it is resumed`);
  }
  if (state.breaker?.openedAt !== undefined) {
    await raise(world, seen.project, 'breaker', `three jobs in a row gave no label, no further one is started: ${reason}`);
  } else {
    await clear(world, seen.project, 'breaker');
  }
  await world.bus.publish([{
    type: EVENT_TYPE.JOB_ENDED,
    detail: { ...eventHead(seen.configuration), job: job.name, status: description.status, reason: description.failureReason, offered: job.offered },
  }]);
}

/** Not ordered by us, not of age, and not idle: somebody wants it to stop, and stop means stop. */
function isStoppedByHand(world: World, job: JobRecord, description: JobDescription): boolean {
  if (description.status !== 'Stopped' || job.stopOrderedAt !== undefined) {
    return false;
  }
  const { timings } = world;
  const end = description.modifiedAt;
  const idle = job.open === 0 && end - Math.max(job.lastFedAt ?? 0, description.createdAt) >= timings.idleStop;
  return end - description.createdAt < timings.rollAge && !idle;
}

/** Orders the stop, then asks for it: whoever dies in between asks again. */
export async function stop(world: World, job: JobRecord): Promise<void> {
  if (job.stopOrderedAt === undefined) {
    await world.ledger.table.write([setJob(job.number, { stopOrderedAt: world.ledger.clock.now() }, 'CREATED')]);
  }
  await world.jobs.stop(job.name);
}

/** Begins a roll: from now on the job gets nothing new. */
export async function beginRoll(world: World, job: JobRecord, reason: string): Promise<void> {
  const now = world.ledger.clock.now();
  await world.ledger.table.write([
    setJob(job.number, { rollAt: now, rollReason: reason }, 'CREATED'),
    stateWrite({ lastRollAt: now }),
  ]);
  world.telemetry.info(`rolling ${job.name}: ${reason}`, { notice: 'roll', reason });
}

