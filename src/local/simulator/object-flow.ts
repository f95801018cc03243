import { ReceivedMessage } from './cloud';
import { consolidateCustom, prepare } from './custom-tasks';
import { InputObject, readMessage } from './input-messages';
import { DataObject, Job, sourceRefOf } from './job';
import { consolidate, earlierProblem, failedLine, fileName, labeledLine, lineWith } from './label-lines';
import { joinS3Uri, parseS3Uri } from './s3-uri';
import { World } from './world';

const MAX_BYTES = 40 * 1024 * 1024;
const DEFAULT_AVAILABILITY = 2_592_000;
const DEFAULT_CONCURRENT_TASKS = 1000;
/** Messages that one receive can bring. */
const RECEIVE = 10;

/** Takes in what waits in the queue as far as there is room, and offers it to the workers. */
export async function feed(world: World, job: Job): Promise<void> {
  await expireMessages(world, job);
  expireWaiting(world, job);
  await release(world, job);
  for (let more = wanted(world, job); more > 0; more = wanted(world, job)) {
    const messages = await world.cloud.receive(job.queueUrl!, Math.min(RECEIVE, more));
    if (messages.length === 0) {
      break;
    }
    for (const message of messages) {
      accept(world, job, message);
      await world.cloud.deleteMessage(job.queueUrl!, message.receiptHandle);
    }
    await release(world, job);
  }
}

/** Takes an object in, unless it is a duplicate. */
export function enter(world: World, job: Job, input: InputObject, fromManifest: boolean, arrivedAt: number): DataObject | undefined {
  const { dedupAcrossJobs, dedupAcrossManifestAndSns } = world.options;
  const sourceRef = sourceRefOf(input.line);
  if (job.ids.has(input.id) || (dedupAcrossJobs && !fromManifest && world.ids.has(input.id))) {
    return undefined;
  }
  if (fromManifest) {
    job.manifestSourceRefs.add(sourceRef);
  } else if (dedupAcrossManifestAndSns && job.manifestSourceRefs.has(sourceRef)) {
    return undefined;
  }
  if (!fromManifest) {
    world.ids.add(input.id);
  }
  job.idleSince = undefined;
  return job.enter(input, sourceRef, fromManifest, arrivedAt, world.now);
}

/** Lets the offers end whose time is over: with the answers there are, or as failures. */
export function expireOffers(world: World, job: Job): void {
  for (const object of job.available.values()) {
    if (object.availableUntil > world.now) {
      return;
    }
    close(world, job, object, 'The data object expired before it was labeled.');
  }
}

/** Ends the offer of an object: its answers make its label or, without any, it failed. */
export function close(world: World, job: Job, object: DataObject, reason: string): void {
  if (object.answers.length > 0) {
    markAnswered(world, job, object);
  } else {
    fail(world, job, object, object.unloadable ?? reason);
  }
}

export function markAnswered(world: World, job: Job, object: DataObject): void {
  withdraw(world, job, object);
  object.state = 'answered';
  object.labelDueAt = world.now + world.options.consolidationTime;
  job.answered.push(object);
}

/** Takes the object from the workers. */
export function withdraw(world: World, job: Job, object: DataObject): void {
  job.available.delete(object.taskId);
  world.tasks.delete(object.taskId);
}

export function fail(world: World, job: Job, object: DataObject, reason: string): void {
  withdraw(world, job, object);
  const line = failedLine(job, object, reason, world.options, world.now);
  job.finish(object, 'failed', line, world.now);
  if (!object.fromManifest && line !== undefined) {
    ensureSlot(job, object);
  }
  if (world.options.outputMessageOnFailure && line !== undefined) {
    world.announceLine(job, line);
  }
}

/** Makes the labels that are due. @param all Also those that are not due yet. */
export async function makeLabels(world: World, job: Job, all = false): Promise<void> {
  while (job.answered.length > 0 && (all || job.answered[0].labelDueAt <= world.now)) {
    const object = job.answered[0];
    const line = await lineFromAnswers(world, job, object);
    job.answered.shift();
    if (line === undefined) {
      fail(world, job, object, 'The post-annotation function made no label of the answers.');
      continue;
    }
    job.finish(object, 'labeled', line, world.now);
    if (!object.fromManifest) {
      ensureSlot(job, object);
    }
    if (world.options.outputMessageAt === 'label') {
      world.announceLine(job, line);
    }
  }
}

/** The line that the answers given so far come to; stores the mask where there is one. Undefined: the user's function made no label. */
export async function lineFromAnswers(world: World, job: Job, object: DataObject): Promise<string | undefined> {
  const custom = await consolidateCustom(world, job, object);
  if (custom) {
    return Object.hasOwn(custom, job.labelAttribute) ? lineWith(job, object, custom) : undefined;
  }
  const label = consolidate(job, object, world.options, world.now);
  if (!label.mask) {
    return labeledLine(job, object, label.value, label.metadata);
  }
  const uri = joinS3Uri(job.request.OutputConfig.S3OutputPath, job.name, 'annotations', 'consolidated-annotation', 'output', `${fileName(object)}.png`);
  const { bucket, key } = parseS3Uri(uri)!;
  await world.cloud.writeObject(bucket, key, label.mask, 'image/png');
  return labeledLine(job, object, uri, label.metadata);
}

/** How many more objects there is room for, taken in or not. */
function wanted(world: World, job: Job): number {
  return world.options.waiting === 'taken-at-once' ? RECEIVE : room(job) - job.waiting.length;
}

/**
 * Room among the tasks that workers see: up to the number of concurrent tasks at first; once that was reached, a new object
 * is released only when fewer than that number minus the workers for each object are available.
 */
function room(job: Job): number {
  const most = job.request.HumanTaskConfig.MaxConcurrentTaskCount ?? DEFAULT_CONCURRENT_TASKS;
  return (job.filled ? most - job.workersPerObject : most) - job.available.size;
}

async function release(world: World, job: Job): Promise<void> {
  while (job.waiting.length > 0 && room(job) > 0) {
    const object = job.waiting[0];
    const problem = await problemOf(world, job, object);
    job.waiting.shift();
    if (problem?.fails) {
      fail(world, job, object, problem.reason);
      continue;
    }
    const { input, problem: unprepared } = await prepare(world, job, object);
    if (unprepared !== undefined) {
      fail(world, job, object, unprepared);
      continue;
    }
    object.taskInput = input;
    object.unloadable = problem?.reason;
    object.state = 'available';
    object.availableUntil = world.now + (job.request.HumanTaskConfig.TaskAvailabilityLifetimeInSeconds ?? DEFAULT_AVAILABILITY) * 1000;
    job.available.set(object.taskId, object);
    world.tasks.set(object.taskId, { job, object });
    if (job.available.size >= (job.request.HumanTaskConfig.MaxConcurrentTaskCount ?? DEFAULT_CONCURRENT_TASKS)) {
      job.filled = true;
    }
  }
}

interface Problem {
  readonly reason: string;
  /** False: the task stays open, but no worker can see its image. */
  readonly fails: boolean;
}

async function problemOf(world: World, job: Job, object: DataObject): Promise<Problem | undefined> {
  const { options, cloud } = world;
  const failing = (reason: string): Problem => ({ reason, fails: true });
  if (object.input.problem !== undefined) {
    return failing(object.input.problem);
  }
  const poison = world.poison.get(object.sourceRef);
  if (poison !== undefined) {
    return failing(poison);
  }
  const location = parseS3Uri(object.sourceRef);
  if (!location || !/\.(jpe?g|png)$/i.test(location.key)) {
    return failing(`${object.sourceRef} is no .jpg, .jpeg or .png image in S3.`);
  }
  if (options.unreadableBuckets.includes(location.bucket)) {
    return failing(`Access to ${object.sourceRef} is denied to the execution role.`);
  }
  const unfit = earlierProblem(job, object.input.line);
  if (unfit !== undefined) {
    return failing(unfit);
  }
  const head = await cloud.headObject(location.bucket, location.key);
  if (!head) {
    return { reason: `${object.sourceRef} does not exist.`, fails: options.missingObject === 'fails' };
  }
  if (head.size === 0 || head.size > MAX_BYTES) {
    return failing(`${object.sourceRef} has ${head.size} bytes; 1 to ${MAX_BYTES} are allowed.`);
  }
  const hasCors = !options.bucketsWithoutCors.includes(location.bucket) && (await cloud.allowsCrossOriginReads?.(location.bucket) ?? true);
  return hasCors ? undefined : { reason: `The bucket ${location.bucket} has no CORS configuration.`, fails: options.missingCors === 'fails' };
}

/** @returns the objects of the message that are new. */
function accept(world: World, job: Job, message: ReceivedMessage): DataObject[] {
  const arrivedAt = message.sentAt ?? world.now;
  const objects = readMessage(message, world.options)
    .map(input => enter(world, job, input, false, arrivedAt))
    .filter(object => object !== undefined);
  for (const object of objects) {
    if (world.options.manifestListsUnlabeledSnsObjects && object.sourceRef !== '') {
      ensureSlot(job, object);
    }
  }
  return objects;
}

/** Gives an object that came through the topic its place in the output manifest. */
function ensureSlot(job: Job, object: DataObject): void {
  if (!object.hasSlot) {
    object.hasSlot = true;
    job.slots.push({ text: JSON.stringify(object.input.line), object });
    job.manifestChanged = true;
  }
}

/** Objects that no worker was offered for too long leave. */
function expireWaiting(world: World, job: Job): void {
  while (job.waiting.length > 0 && world.now - job.waiting[0].arrivedAt >= world.options.waitingExpiry) {
    drop(world, job, job.waiting.shift()!);
  }
}

/** Messages that left the queue by their age. */
async function expireMessages(world: World, job: Job): Promise<void> {
  const expired = await world.cloud.takeExpired?.(job.queueUrl!) ?? [];
  if (world.options.expiredWaiting === 'failed') {
    for (const object of expired.flatMap(message => accept(world, job, message))) {
      job.waiting.splice(job.waiting.indexOf(object), 1);
      drop(world, job, object);
    }
  }
}

function drop(world: World, job: Job, object: DataObject): void {
  if (world.options.expiredWaiting === 'failed') {
    fail(world, job, object, 'The data object expired before it was sent to a worker.');
  } else {
    object.state = 'dropped';
  }
}
