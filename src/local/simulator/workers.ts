import { Answer, billedValue, checkAnswer } from './answers';
import { SimulatorError } from './errors';
import { DataObject, Job } from './job';
import { JsonObject, JsonValue } from './json';
import { earlierLabel, fileName } from './label-lines';
import { close, lineFromAnswers, makeLabels, markAnswered } from './object-flow';
import { joinS3Uri, parseS3Uri } from './s3-uri';
import { TASK_TYPES, TaskType } from './task-types';
import { Readable, renderWorkerPage, WorkerPage } from './worker-page';
import { World } from './world';

/** An object that workers can label now. */
export interface OpenTask {
  readonly taskId: string;
  readonly jobName: string;
  readonly sourceRef: string;
  /** The input line. */
  readonly dataObject: JsonObject;
  readonly taskType: TaskType;
  readonly labels: readonly string[];
  readonly labelAttribute: string;
  readonly templateUri: string;
  readonly title: string;
  readonly workTeamArn: string;
  /** Ids of the workers who answered already. */
  readonly workersAnswered: readonly string[];
  /** Ids of the workers who declined. */
  readonly workersDeclined: readonly string[];
  readonly workersNeeded: number;
  /** Milliseconds. */
  readonly availableUntil: number;
  /** Why the worker page cannot show the image; absent when it can. */
  readonly unloadable?: string;
  /** Of verification and adjustment tasks. */
  readonly earlierLabel?: { readonly attribute: string; readonly value: JsonValue; readonly metadata: JsonObject };
}

export interface SubmitOptions {
  /** Hash of the pixels that the worker saw; goes into the bill. */
  readonly pixelHash?: string;
}

/** What became of an answer. */
export interface Submitted {
  readonly jobName: string;
  readonly sourceRef: string;
  /** Whether this was the last answer that the object needed. */
  readonly complete: boolean;
}

/** All open tasks, oldest job first. */
export function openTasks(world: World): OpenTask[] {
  return [...world.tasks.entries()].map(([taskId, { job, object }]) => {
    const config = job.request.HumanTaskConfig;
    return {
      taskId,
      jobName: job.name,
      sourceRef: object.sourceRef,
      dataObject: object.input.line,
      taskType: job.taskType,
      labels: job.labels,
      labelAttribute: job.labelAttribute,
      templateUri: config.UiConfig.UiTemplateS3Uri!,
      title: config.TaskTitle,
      workTeamArn: config.WorkteamArn,
      workersAnswered: object.answers.map(given => given.workerId),
      workersDeclined: [...object.declinedBy],
      workersNeeded: job.workersPerObject - object.answers.length,
      availableUntil: object.availableUntil,
      unloadable: object.unloadable,
      earlierLabel: TASK_TYPES[job.taskType].earlierType === undefined ? undefined : earlierLabel(job, object.input.line),
    };
  });
}

/**
 * The page of a task as its worker sees it.
 *
 * @param readable Default: an address as the service signs it, where nothing is.
 * @throws SimulatorError where nobody could do the task with it.
 */
export async function page(world: World, taskId: string, readable: Readable = signed): Promise<WorkerPage> {
  const { job, object } = known(world, taskId);
  const { bucket, key } = parseS3Uri(job.request.HumanTaskConfig.UiConfig.UiTemplateS3Uri!)!;
  const template = Buffer.from(await world.cloud.readObject(bucket, key)).toString();
  const builtIn = { taskObject: object.sourceRef, labels: job.labels, manifestLine: object.input.line };
  return renderWorkerPage(template, job.taskType, object.taskInput ?? builtIn, readable);
}

/** Stands for the address that the service signs. */
const signed: Readable = async uri =>
  uri.replace(/^s3:\/\/([^/]+)\//, 'https://$1.s3.amazonaws.com/').concat('?X-Amz-Signature=simulated&X-Amz-Expires=600');

/**
 * A worker opens a task; from now on the task's time limit runs for that worker. Submitting without opening has no limit.
 *
 * @throws SimulatorError when all places are taken.
 */
export function open(world: World, taskId: string, workerId: string): void {
  const { job, object } = taskFor(world, taskId, workerId);
  const opened = [...object.openedAt].filter(([worker, at]) => worker !== workerId && world.now - at < timeLimit(job)).length;
  if (object.answers.length + opened >= job.workersPerObject) {
    throw new SimulatorError(`All ${job.workersPerObject} places of task ${taskId} are taken.`);
  }
  object.openedAt.set(workerId, world.now);
}

/** A worker leaves a task undone: its place is free, and the worker may come back. A task that is gone needs no leaving. */
export function release(world: World, taskId: string, workerId: string): void {
  world.tasks.get(taskId)?.object.openedAt.delete(workerId);
}

/** A worker submits an answer. It is billed whatever becomes of it. */
export async function submit(world: World, taskId: string, workerId: string, answer: Answer, options: SubmitOptions): Promise<Submitted> {
  const { job, object } = taskFor(world, taskId, workerId);
  if (object.unloadable !== undefined) {
    throw new SimulatorError(`The image of task ${taskId} cannot be shown: ${object.unloadable}`);
  }
  const openedAt = object.openedAt.get(workerId);
  object.openedAt.delete(workerId);
  if (openedAt !== undefined && world.now - openedAt > timeLimit(job)) {
    throw new SimulatorError(`The time limit of task ${taskId} is over for worker ${workerId}.`);
  }
  checkAnswer(answer, job.taskType, job.labels);
  object.answers.push({ workerId, at: world.now, answer });
  world.bill.push({
    jobName: job.name,
    labelAttribute: job.labelAttribute,
    sourceRef: object.sourceRef,
    taskId,
    workerId,
    at: world.now,
    pixelHash: options.pixelHash,
    value: billedValue(answer),
  });
  const complete = object.answers.length >= job.workersPerObject;
  if (complete) {
    markAnswered(world, job, object);
  }
  await world.begin(async () => {
    await keepResponse(world, job, object, workerId, openedAt, answer);
    const line = world.options.outputMessageAt === 'answer' ? await lineFromAnswers(world, job, object) : undefined;
    if (line !== undefined) {
      world.announceLine(job, line);
    }
    await makeLabels(world, job);
  });
  return { jobName: job.name, sourceRef: object.sourceRef, complete };
}

/** A worker declines a task. When as many declined as are needed, the object expires. */
export async function decline(world: World, taskId: string, workerId: string): Promise<void> {
  const { job, object } = taskFor(world, taskId, workerId);
  object.openedAt.delete(workerId);
  object.declinedBy.add(workerId);
  if (object.declinedBy.size >= job.workersPerObject) {
    close(world, job, object, 'The data object was declined by all workers.');
    await world.begin(() => makeLabels(world, job));
  }
}

function known(world: World, taskId: string): { job: Job; object: DataObject } {
  const task = world.tasks.get(taskId);
  if (!task) {
    throw new SimulatorError(`There is no open task ${taskId}; it was completed, expired, or its job ended.`);
  }
  return task;
}

/** @throws SimulatorError where there is no such task. */
export function typeOfTask(world: World, taskId: string): TaskType {
  return known(world, taskId).job.taskType;
}

function taskFor(world: World, taskId: string, workerId: string): { job: Job; object: DataObject } {
  const task = known(world, taskId);
  if (task.object.answers.some(given => given.workerId === workerId)) {
    throw new SimulatorError(`Worker ${workerId} answered task ${taskId} already.`);
  }
  if (task.object.declinedBy.has(workerId)) {
    throw new SimulatorError(`Worker ${workerId} declined task ${taskId}.`);
  }
  return task;
}

function timeLimit(job: Job): number {
  return job.request.HumanTaskConfig.TaskTimeLimitInSeconds * 1000;
}

async function keepResponse(
  world: World, job: Job, object: DataObject, workerId: string, openedAt: number | undefined, answer: Answer,
): Promise<void> {
  if (!world.options.writesWorkerResponses) {
    return;
  }
  const submitted = new Date(world.now).toISOString();
  const accepted = openedAt ?? world.now;
  const content = {
    answers: [{
      acceptanceTime: new Date(accepted).toISOString(),
      submissionTime: submitted,
      timeSpentInSeconds: (world.now - accepted) / 1000,
      answerContent: answer.kind === 'semantic-segmentation' ? { kind: answer.kind } : answer,
      workerId,
      workerMetadata: { identityData: { identityProviderType: 'Cognito', issuer: 'https://simulated', sub: workerId } },
    }],
  };
  const uri = joinS3Uri(
    job.request.OutputConfig.S3OutputPath, job.name, 'annotations', 'worker-response', 'iteration-1', fileName(object), `${submitted}-${workerId}.json`);
  const { bucket, key } = parseS3Uri(uri)!;
  await world.cloud.writeObject(bucket, key, JSON.stringify(content), 'application/json');
}
