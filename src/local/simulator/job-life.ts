import { isPermanent } from './cloud';
import { JobFailure } from './errors';
import { readInputFiles } from './input-files';
import { Job, OutputSlot, Subscription } from './job';
import { close, enter, expireOffers, feed, makeLabels, withdraw } from './object-flow';
import { writeManifest } from './output-manifest';
import { World } from './world';

/** How a job ends. */
export type EndStatus = 'Completed' | 'Failed' | 'Stopped';

/** Does all that is due for the job by now. Throws passing errors of the cloud; the rest is then done at the next step. */
export async function advance(world: World, job: Job): Promise<void> {
  const { options } = world;
  if (job.status === 'Initializing' && world.now - job.createdAt >= options.initializingTime) {
    await activate(world, job);
  }
  if (job.status === 'InProgress' && world.now - job.createdAt >= options.maximumAge) {
    await end(world, job, options.expiryStatus, options.expiryStatus === 'Failed' ? options.expiryReason : undefined);
  }
  if (job.status === 'InProgress') {
    await work(world, job);
  }
  if (job.status === 'Stopping') {
    await wind(world, job);
  }
  if (job.hasEnded) {
    await cleanUp(world, job);
  }
  job.forgetSamples(world.now - options.counterDelay);
}

/** Begins to stop the job. */
export function beginStop(world: World, job: Job): void {
  job.stoppingUntil = world.now + world.options.stoppingTime;
  job.become('Stopping', world.now);
  if (!world.options.tasksOpenWhileStopping) {
    closeTasks(world, job);
  }
}

/** Ends the job, whatever it is doing. Labels of finished answers are still made. */
export async function end(world: World, job: Job, status: EndStatus, reason?: string): Promise<void> {
  await makeLabels(world, job, true);
  closeTasks(world, job);
  await makeLabels(world, job, true);
  job.become(status, world.now, reason);
  job.finalManifestAt = job.wasActive ? world.now + world.options.manifestFinalityDelay : undefined;
  world.announceEnd(job);
}

/** Initializing to InProgress: reads all files, creates the queue, subscribes it. */
async function activate(world: World, job: Job): Promise<void> {
  try {
    const files = await readInputFiles(world.cloud, job.request, job.taskType, world.options);
    const queue = await world.cloud.createQueue(`GroundTruth-${job.name.toLowerCase()}`);
    job.subscription = { topicArn: job.request.InputConfig.DataSource.SnsDataSource!.SnsTopicArn, queueArn: queue.arn };
    job.subscription.arn = await subscribe(world, job.subscription);
    job.queueUrl = queue.url;
    job.labels = files.labels.map(label => label.name);
    for (const line of files.manifest) {
      const object = line.input && enter(world, job, line.input, true, world.now);
      const slot: OutputSlot = { text: line.text, object };
      job.slots.push(slot);
    }
    job.carry(files.manifest.filter(line => !line.input).length, world.now);
    job.wasActive = true;
    job.manifestWrittenAt = world.now;
    job.manifestChanged = job.slots.length > 0;
    job.become('InProgress', world.now);
  } catch (error) {
    if (error instanceof JobFailure) {
      await end(world, job, 'Failed', error.message);
    } else if (isPermanent(error)) {
      await end(world, job, 'Failed', `ClientError: ${(error as Error).message}`);
    } else {
      throw error;
    }
  }
}

/** A step of an active job. */
async function work(world: World, job: Job): Promise<void> {
  expireOffers(world, job);
  await makeLabels(world, job);
  if (!await world.cloud.queueExists(queueName(job))) {
    await end(world, job, 'Failed', `ClientError: The queue ${queueName(job)} was deleted.`);
    return;
  }
  await feed(world, job);
  await refreshManifest(world, job);
  stopIfIdle(world, job);
}

/** A step of a stopping job. */
async function wind(world: World, job: Job): Promise<void> {
  await unsubscribe(world, job);
  expireOffers(world, job);
  await makeLabels(world, job);
  if (world.now >= job.stoppingUntil!) {
    await end(world, job, 'Stopped');
  } else {
    await refreshManifest(world, job);
  }
}

/** After the end: the topic is let go, the last manifest is written, and then time has no power over the job. */
async function cleanUp(world: World, job: Job): Promise<void> {
  await unsubscribe(world, job);
  if (job.finalManifestAt !== undefined && world.now >= job.finalManifestAt) {
    await writeManifest(world, job);
    job.finalManifestAt = undefined;
  }
  if (job.finalManifestAt === undefined) {
    world.living.delete(job);
  }
}

function closeTasks(world: World, job: Job): void {
  for (const object of job.available.values()) {
    if (world.options.partialAnswersAtEnd === 'consolidated' && object.answers.length > 0) {
      close(world, job, object, '');
    } else {
      withdraw(world, job, object);
      object.state = 'dropped';
    }
  }
}

function stopIfIdle(world: World, job: Job): void {
  const busy = job.available.size > 0 || job.waiting.length > 0 || job.answered.length > 0;
  job.idleSince = busy ? undefined : job.idleSince ?? world.now;
  if (job.idleSince !== undefined && world.now - job.idleSince >= world.options.idleTime) {
    beginStop(world, job);
  }
}

async function refreshManifest(world: World, job: Job): Promise<void> {
  if (world.now - job.manifestWrittenAt >= world.options.manifestRefreshPeriod && job.manifestChanged) {
    await writeManifest(world, job);
  }
}

function subscribe(world: World, subscription: Subscription): Promise<string> {
  return world.cloud.subscribe(subscription.topicArn, subscription.queueArn, { raw: world.options.rawDelivery });
}

/** Where the answer to the subscription was lost, subscribing again tells its ARN. */
async function unsubscribe(world: World, job: Job): Promise<void> {
  const subscription = job.subscription;
  if (subscription) {
    await world.attemptCleanUp(async () => world.cloud.unsubscribe(subscription.arn ?? await subscribe(world, subscription)));
    job.subscription = undefined;
  }
}

function queueName(job: Job): string {
  return `GroundTruth-${job.name.toLowerCase()}`;
}
