import { isBackfillDue } from './backfill';
import { isCompactionDue } from './data-set';
import { LABELING_TASKS } from '../../contract/labeling-tasks';
import { ProjectConfiguration } from '../../contract/project-configuration';
import { groundTruthQueueName } from '../core/job-names';
import { LiveJob, Observation } from '../core/observation';
import { JobCounters, STRANGERS } from '../core/settle';
import { wantedPage } from '../instructions/version';
import { countOf } from '../ledger/counts';
import { imagesOfJob } from '../ledger/feeding';
import { JobFields, JobRecord, isLive, readJob, setJob } from '../ledger/jobs';
import { Project } from '../ledger/project';
import { JobDescription } from '../ports';
import { World } from '../world';
import { ConfigurationFiles, configurationFiles } from './configuration-files';
import { messagesIn } from './messages-in';
import { SeenProcessing, observeOrchestration, observeProcessing } from './processing/observe';

/** The whole state as it was read, and what it amounts to. */
export interface Seen {
  readonly project: Project;
  readonly configuration: ProjectConfiguration;
  readonly live?: JobRecord;
  readonly description?: JobDescription;
  readonly ended: readonly JobRecord[];
  readonly processing: SeenProcessing;
  readonly observation: Observation;
}

export async function observe(world: World, project: Project, configuration: ProjectConfiguration): Promise<Seen> {
  const now = world.ledger.clock.now();
  const open = (await Promise.all(project.state.openJobs.map((number) => readJob(world.ledger.table, number))))
    .filter((job): job is JobRecord => job !== undefined);
  const planned = open.find(isLive);
  const description = planned?.phase === 'CREATED' ? await world.jobs.describe(planned.name) : undefined;
  const sending = planned?.phase === 'CREATED' && countOf(project.counts, 'image:SENDING') > 0
    ? (await imagesOfJob(world.ledger.table, 'SENDING', planned.number)).length : 0;
  const live = planned?.phase === 'CREATED' ? await noteStatus(world, planned, description, sending) : planned;
  const ended = open.filter((job) => job.phase === 'ENDED');
  const { state, dataSet, counts } = project;
  const processing = await observeProcessing(world, project, configuration);
  const again = countOf(counts, 'again');
  const files = configurationFiles(world, configuration, wantedPage(configuration, project.pushed?.version));
  return {
    project, configuration, live, description, ended, processing,
    observation: {
      now,
      mode: state.mode,
      live: live && liveJob(world, configuration, files, live, description, sending, state.vainRolls),
      ended: ended.map((job) => ({ number: job.number, harvestDue: now - (job.harvestedAt ?? 0) >= world.timings.settleInterval })),
      pendingFresh: Math.max(0, countOf(counts, 'image:PENDING') - again),
      pendingAgain: Math.max(0, again),
      budget: budget(project, configuration, now),
      budgetIsFinal: configuration.work.maxImages !== undefined && project.state.spentTotal >= configuration.work.maxImages,
      window: effectiveWindow(configuration, live),
      dataSetQuota: LABELING_TASKS[configuration.task.type].dataSetQuota,
      breaker: state.breaker,
      backOffUntil: state.backOffUntil,
      lastRollAt: state.lastRollAt,
      dataSetDue: (countOf(counts, 'outbox') > 0 && now - dataSet.publishedAt >= world.timings.dataSetInterval)
        || isCompactionDue(world, dataSet),
      sweepDue: isSweepDue(world, project, now),
      backfillDue: isBackfillDue(project, now),
      carryFailed: state.carryFailed,
      processing: processing.observation,
      orchestration: observeOrchestration(world, project, configuration),
    },
  };
}

/** A large inbox is swept less often, so that its listing costs no more than a small one's. */
export function isSweepDue({ timings }: World, { state }: Pick<Project, 'state'>, now: number): boolean {
  return state.sweep !== undefined || now - state.sweptAt >= Math.max(timings.sweepInterval, timings.sweepPause * state.sweptPages);
}

/**
 * Ground Truth gives out the next object only below `MaxConcurrentTaskCount - workers`: a larger window would never fill. A deploy does
 * not change these of the job that runs.
 */
function effectiveWindow({ work }: ProjectConfiguration, live: JobRecord | undefined): number {
  const room = live ? live.request.maxConcurrentTasks - live.request.workersPerImage : Infinity;
  return Math.max(1, Math.min(work.window, work.maxConcurrentTasks - work.workersPerImage, room));
}

/** The UTC day that money guards count. */
export function utcDay(now: number): string {
  return new Date(now).toISOString().slice(0, 10);
}

function budget({ state }: Project, { work }: ProjectConfiguration, now: number): number {
  const today = state.spentDay === utcDay(now) ? state.spentToday : 0;
  return Math.min(
    work.maxImagesPerDay === undefined ? Infinity : work.maxImagesPerDay - today,
    work.maxImages === undefined ? Infinity : work.maxImages - state.spentTotal,
  );
}

const sum = (counters: JobCounters | undefined): number =>
  counters ? counters.labeled + counters.failed + counters.unlabeled : 0;

/** Writes down what the service says of the live job, where it differs from what is known. */
async function noteStatus(world: World, job: JobRecord, description: JobDescription | undefined, sending: number): Promise<JobRecord> {
  const now = world.ledger.clock.now();
  const status = description?.status ?? 'unknown';
  const counters = description && countersOf(description, job);
  const fields: { -readonly [name in keyof JobFields]: JobFields[name] } = {};
  if (status !== job.status) {
    Object.assign(fields, { status, statusSince: now });
  }
  if (counters && JSON.stringify(counters) !== JSON.stringify(job.counters)) {
    fields.counters = counters;
  }
  const known = { ...job, ...fields };
  Object.assign(fields, arrivalFields(known, job.counters, await queuedObjects(world, known), sending, now));
  if (Object.keys(fields).length > 0) {
    await world.ledger.table.write([setJob(job.number, fields, 'CREATED')]);
  }
  return { ...job, ...fields };
}

/** The counters before anything was published. Settling believes none but those that were seen. */
export function firstLook({ baseline, carriedCounted, carried }: Pick<JobRecord, 'baseline' | 'carriedCounted' | 'carried'>): JobCounters | undefined {
  return baseline && carriedCounted ? { ...baseline, labeled: Math.max(baseline.labeled, carried) } : baseline;
}

/** What lies in Ground Truth's own queue; asked only where the counters alone do not account for everything. */
async function queuedObjects(world: World, job: JobRecord): Promise<number> {
  if (job.status !== 'InProgress' || sum(job.counters) - sum(firstLook(job)) >= job.offered) {
    return 0;
  }
  const url = await world.queues.urlOf(groundTruthQueueName(job.name));
  return url === undefined ? 0 : messagesIn(world, url);
}

/** What is not published yet is not missing. `before`: the counters at the last look. */
function arrivalFields(job: JobRecord, before: JobCounters | undefined, queued: number, sending: number, now: number): JobFields {
  const fields: { -readonly [name in keyof JobFields]: JobFields[name] } = {};
  if (job.status !== 'InProgress' || !job.counters) {
    return fields;
  }
  const baseline = job.baseline && job.offered > 0 ? job.baseline : job.counters;
  if (JSON.stringify(baseline) !== JSON.stringify(job.baseline)) {
    fields.baseline = baseline;
  }
  const seen = { ...job, baseline };
  const surplus = sum(job.counters) - sum(baseline) - job.offered;
  const { carried } = job;
  if (!job.carriedCounted && carried > 0 && baseline.labeled < carried && job.counters.labeled >= carried
    && surplus >= Math.min(carried, Math.max(STRANGERS + 1, carried / 2))) {
    // More than was offered, and than strangers send: the counters include the carried lines after all, and began to after the first look.
    fields.carriedCounted = true;
  }
  const arrived = sum(job.counters) - sum(firstLook({ ...seen, ...fields }));
  if (job.arrivedAt === undefined && (arrived > 0 || job.labeled > 0)) {
    fields.arrivedAt = now;
  }
  // A label proves an arrival before the counters do.
  const known = Math.max(arrived, job.labeled) + queued;
  const published = job.offered - sending;
  if ((known < published) !== (job.behindSince !== undefined)) {
    fields.behindSince = known < published ? now : undefined;
  }
  if (known >= published) {
    if (job.missingSince !== undefined) {
      const arrivalTook = Math.max(job.arrivalTook ?? 0, now - job.missingSince);
      Object.assign(fields, { missingSince: undefined, missingUntil: undefined, arrivalTook });
    }
  } else if (job.missingSince === undefined || known >= (job.missingUntil ?? 0)) {
    // What was missing then has come; what was published since is as late as counters always are.
    Object.assign(fields, { missingSince: now, missingUntil: published });
  }
  const failed = job.counters.failed > baseline.failed;
  if (failed !== (job.failedSince !== undefined)) {
    fields.failedSince = failed ? now : undefined;
    const atFirst = firstLook({ ...seen, ...fields })?.labeled ?? 0;
    fields.labeledBeforeFailure = failed ? Math.max(0, (before ?? baseline).labeled - atFirst) : undefined;
  }
  return fields;
}

/** The counters as the service gives them. It does not take back a label: an answer that says so is an old one. */
export function countersOf({ labeled, failed, unlabeled }: JobDescription, { counters }: Pick<JobRecord, 'counters'>): JobCounters {
  return { labeled: Math.max(labeled, counters?.labeled ?? 0), failed, unlabeled };
}

/** Whether the job's workers see another page, or other labels on it, than is wanted now. */
function showsOther({ request }: JobRecord, wanted: ConfigurationFiles): boolean {
  return request.templateUri !== wanted.templateUri || request.labelCategoryUri !== wanted.labelCategoryUri;
}

/**
 * Labels that the counters prove for what we offered. They may hold carried lines too, and show them after the first look; and what
 * others publish to the topic is in them as well. Where that cannot be told apart, the ledger's own count decides.
 */
function labeledAtLeast(job: JobRecord): number {
  const { counters, baseline, carried, offered } = job;
  const ofOthers = Math.max(0, sum(counters) - sum(firstLook(job)) - offered);
  return Math.max(0, (counters?.labeled ?? 0) - Math.max(baseline?.labeled ?? 0, carried) - ofOthers);
}

function liveJob(
  world: World, configuration: ProjectConfiguration, files: ConfigurationFiles,
  job: JobRecord, description: JobDescription | undefined, sending: number, vainRolls: number,
): LiveJob {
  const now = world.ledger.clock.now();
  const { timings } = world;
  const labeledByService = (job.counters?.labeled ?? 0) - (firstLook(job)?.labeled ?? 0);
  const failedByService = Math.max(0, (job.counters?.failed ?? 0) - (job.baseline?.failed ?? 0));
  const claimed = Math.max(0, Math.min(job.open, job.offered - labeledAtLeast(job)));
  // Carried lines that are counted late hide an image that never arrived: what the service has left does not.
  const left = sending + failedByService + (job.counters?.unlabeled ?? 0);
  const unaccountedFor = job.open > Math.min(claimed, left) ? now - (job.lastFedAt ?? now) : 0;
  const outstanding = unaccountedFor >= timings.failurePatience ? Math.min(claimed, left) : claimed;
  return {
    number: job.number,
    phase: job.phase === 'PLANNED' ? 'PLANNED' : 'CREATED',
    status: description?.status,
    age: now - (description?.createdAt ?? job.createdAt ?? now),
    statusAge: now - (job.statusSince ?? job.plannedAt),
    offered: job.offered,
    outstanding,
    failed: Math.min(outstanding, failedByService),
    unlabeled: job.counters?.unlabeled ?? 0,
    failedFor: job.failedSince === undefined ? 0 : now - job.failedSince,
    unaccountedFor,
    sending,
    arrived: job.arrivedAt !== undefined,
    missingFor: job.missingSince === undefined ? 0 : now - job.missingSince,
    behindFor: job.behindSince === undefined ? 0 : now - job.behindSince,
    vainRolls,
    topicIsOurs: description === undefined || description.inputTopicArn === world.resources.inputTopicArn,
    carried: job.carried,
    rollForInstructions: configuration.instructionRollOut === 'ROLL_NOW' && showsOther(job, files),
    roll: job.rollAt === undefined ? undefined : {
      for: now - job.rollAt,
      deadline: job.rollReason === 'instructions' ? timings.rollNowDeadline : timings.rollDeadline,
    },
    stopOrdered: job.stopOrderedAt !== undefined,
    harvestDue: job.status === 'InProgress' && labeledByService > job.labeled
      && now - Math.max(job.harvestedAt ?? 0, job.arrivedAt ?? 0) >= timings.harvestInterval,
  };
}
