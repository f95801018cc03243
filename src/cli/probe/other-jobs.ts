import { Lab, MINUTE, PATIENCE, lineIn, refusalOf } from './lab';
import { answerOnFile } from './main-job';
import { Line } from './observations';
import { ATTRIBUTE } from './requests';
import { JobName, jobNameOf } from './stage';

export const ONE_KEY = 'images/1.png';
export const TWO_KEY = 'images/2.png';
const MISSING_KEY = 'images/nothing-here.png';
export const PLAIN_KEY = 'images/1.png';

export const TRIALS_MANIFEST = 'manifests/trials.manifest';
export const EMPTY_MANIFEST = 'manifests/empty.manifest';
export const DOLLAR_MANIFEST = 'manifests/dollar.manifest';

/** A job of its own, created when its turn comes. Does nothing, and answers false, while the account has no room for it. */
export type Experiment = (lab: Lab) => Promise<boolean>;

const KEEP_OUT = 'do NOT work here';

/** Objects of all kinds, one after the other: what becomes of each is seen in the counters. No person is needed. */
export const trials: Experiment = async (lab) => {
  if (!await lab.create('trials', 'trials', { manifest: TRIALS_MANIFEST, note: KEEP_OUT })) {
    return false;
  }
  const { seen, stage, account } = lab;
  lab.person.tell('Trying what becomes of odd messages and missing images, one after the other ...');
  await lab.untilRunning('trials');
  await lab.until(PATIENCE.counters, async () => ((await lab.describe('trials'))?.unlabeled ?? 0) > 0 || undefined);
  seen.effects['unknown-message'] = await lab.effectOf('trials', () => account.cloud.publish(stage.topics.trials, JSON.stringify({
    Service: 'Amazon S3', Event: 's3:TestEvent', Time: new Date(lab.now()).toISOString(), Bucket: stage.bucket, RequestId: 'probe', HostId: 'probe',
  })));
  seen.effects['missing-image'] = await lab.effectOf('trials', () => lab.publish('trials', lab.uri(MISSING_KEY), missingId(lab)));
  const plain = lab.uri(PLAIN_KEY, stage.bucketWithoutCors);
  seen.effects['missing-cors'] = await lab.effectOf('trials', () => lab.publish('trials', plain, `${plain}#trials`));
  seen.effects['plain-id'] = await lab.effectOf('trials', () => lab.publish('trials', lab.uri(TWO_KEY), 'probe plain text'));
  seen.effects['manifest-again'] = await lab.effectOf('trials', () => lab.publish('trials', lab.uri(ONE_KEY), `${lab.uri(ONE_KEY)}#trials`));
  const failing = [
    ...seen.effects['missing-image'] === 'failed' ? [lab.uri(MISSING_KEY)] : [], ...seen.effects['missing-cors'] === 'failed' ? [plain] : [],
  ];
  if (failing.length > 0) {
    seen.messageOnFailure = await lab.until(PATIENCE.message, () => lab.messageAbout(failing)) !== undefined;
  }
  await lab.stopAndWait('trials');
  return true;
};

const missingId = (lab: Lab): string => `${lab.uri(MISSING_KEY)}#trials`;

/** Two workers are wanted for each image, and only one is there. */
export const pair: Experiment = async (lab) => {
  if (!await lab.create('pair', 'pair', { workers: 2, note: 'work here when you are told to' })) {
    return false;
  }
  const { seen, stage } = lab;
  await lab.untilRunning('pair');
  await lab.arrives('pair', () => lab.publish('pair', lab.uri(TWO_KEY), `${lab.uri(TWO_KEY)}#pair`));
  const said = await lab.says(`Now open the job '${jobNameOf(stage.id, 'pair')}', choose the number that its picture shows, and submit. Done?`);
  seen.pairAnswered = said === 'unknown' && await answerOnFile(lab, 'pair') !== undefined ? 'yes' : said;
  if (seen.pairAnswered === 'yes') {
    seen.pairMessageBeforeEnd = await lab.until(PATIENCE.message, () => lab.messageAbout([lab.uri(TWO_KEY)])) !== undefined;
  }
  if (seen.effects['missing-image'] !== undefined) {
    seen.effects['earlier-id'] = await lab.effectOf('pair', () => lab.publish('pair', lab.uri(ONE_KEY), missingId(lab)));
  }
  await lab.arrives('pair', () => lab.publish('pair', lab.uri(ONE_KEY), `${lab.uri(ONE_KEY)}#pair`));
  await lab.stopAndWait('pair');
  return true;
};

/** A job that is stopped at once. */
export const brief: Experiment = async (lab) => {
  if (!await lab.create('brief', 'idle', { note: KEEP_OUT })) {
    return false;
  }
  const name = jobNameOf(lab.stage.id, 'brief');
  const before = await lab.describe('brief');
  const outcome = await lab.account.jobs.stop(name).then(() => 'accepted' as const, refusalOf);
  if (before === undefined || before.status === 'Initializing') {
    lab.seen.stopWhileInitializing = outcome;
  }
  return true;
};

/** A job that gets nothing, and is stopped twice. Where the brief one could not be stopped it becomes this one. */
export const idle: Experiment = async (lab) => {
  const taken: JobName = lab.seen.stopWhileInitializing === 'accepted' || !lab.living.has('brief') ? 'idle' : 'brief';
  if (lab.living.has('brief') && taken === 'idle') {
    await lab.untilEnded('brief');
  }
  if (taken === 'idle' && !await lab.create('idle', 'idle', { note: KEEP_OUT })) {
    return false;
  }
  await lab.untilRunning(taken);
  await lab.stopAndWait(taken);
  lab.idle = taken;
  lab.seen.stopOfEnded = await lab.account.jobs.stop(jobNameOf(lab.stage.id, taken)).then(() => 'accepted' as const, refusalOf);
  return true;
};

const manifestJob = (job: 'empty' | 'dollar', manifest: string, seen: 'emptyManifest' | 'dollarManifest'): Experiment => async (lab) => {
  if (!await lab.create(job, 'idle', { manifest, note: KEEP_OUT })) {
    return false;
  }
  const view = await lab.untilActive(job);
  lab.seen[seen] = { status: view.status, reason: view.failureReason };
  await (view.status === 'InProgress' ? lab.stopAndWait(job) : lab.untilEnded(job));
  return true;
};

/** A manifest without lines. */
export const empty = manifestJob('empty', EMPTY_MANIFEST, 'emptyManifest');

/** A manifest whose line has an attribute that begins with a dollar, as output lines have. */
export const dollar = manifestJob('dollar', DOLLAR_MANIFEST, 'dollarManifest');

/** What the manifests of the ended jobs say. One that may still be written tells nothing. */
export async function readOthers(lab: Lab): Promise<void> {
  const { seen } = lab;
  lab.person.tell('Waiting for the last manifests ...');
  const trialsManifest = await lastManifest(lab, 'trials');
  const failing = [lab.uri(MISSING_KEY), lab.uri(PLAIN_KEY, lab.stage.bucketWithoutCors)];
  if (trialsManifest !== undefined && [seen.effects['missing-image'], seen.effects['missing-cors']].includes('failed')) {
    seen.failedLine = trialsManifest.find((line) => failing.includes(String(line['source-ref']))) ?? 'none';
  }
  if (lab.endedAt.has('pair')) {
    await readPair(lab, await lastManifest(lab, 'pair'));
  }
  const idleManifest = lab.idle && await lastManifest(lab, lab.idle);
  seen.manifestWithoutLines = idleManifest && idleManifest !== NO_MANIFEST;
}

/** Stands for a manifest that is not written, and for its lines, of which there are none. */
const NO_MANIFEST: readonly Line[] = [];

/**
 * Lines of a job's output manifest once it is final. Without one that was written after the job's end, it is taken for final after
 * as long as the first job's took. Undefined: it may yet come.
 */
async function lastManifest(lab: Lab, job: JobName): Promise<readonly Line[] | undefined> {
  const endedAt = lab.endedAt.get(job);
  if (endedAt === undefined) {
    return undefined;
  }
  const final = await lab.until(Math.max(0, endedAt + PATIENCE.manifest - lab.now()), async () => {
    const found = await lab.manifest(job);
    return found && found.writtenAt >= Math.floor(endedAt / 1000) * 1000 ? found : undefined;
  });
  if (final !== undefined) {
    return final.lines;
  }
  const usual = lab.seen.manifestAfterEnd;
  const isOver = usual !== undefined && 'took' in usual && lab.now() - endedAt > usual.took + MINUTE;
  return isOver ? (await lab.manifest(job))?.lines ?? NO_MANIFEST : undefined;
}

async function readPair(lab: Lab, lines: readonly Line[] | undefined): Promise<void> {
  const { seen } = lab;
  const isTwo = (line: Line | undefined): boolean => line?.['source-ref'] === lab.uri(TWO_KEY) && ATTRIBUTE in (line ?? {});
  const messages = (await lab.received()).filter(({ body, sentAt }) => isTwo(lineIn(body)) && sentAt >= (lab.endedAt.get('pair') ?? 0) - 5 * MINUTE);
  const counted = await lab.until(lab.counterPatience(), async () => ((await lab.describe('pair'))?.labeled ?? 0) > 0 || undefined);
  seen.pairLabeled = counted ?? (lines?.some(isTwo) || (messages.length > 0 && seen.pairMessageBeforeEnd === false));
  seen.unlabeledListed = lines?.some((line) => line['source-ref'] === lab.uri(ONE_KEY) && !(ATTRIBUTE in line));
}
