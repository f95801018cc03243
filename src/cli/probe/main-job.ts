import { Lab, MINUTE, PATIENCE, lineIn, manifestKey, refusalOf } from './lab';
import { Elapsed, Line } from './observations';
import { ATTRIBUTE, LABELS } from './requests';
import { jobNameOf } from './stage';

/** Stored under both names: which one workers are shown tells whether the service decodes keys. */
export const KEY_AS_WRITTEN = 'images/3+3.png';
export const KEY_DECODED = 'images/3 3.png';
export const STOPPING_KEY = 'images/1.png';
const CARRIED_KEY = 'images/2.png';

export const MAIN_MANIFEST = 'manifests/main.manifest';

/** A line as a predecessor's output manifest has it. */
export function carriedLine(lab: Lab): string {
  return JSON.stringify({
    'source-ref': lab.uri(CARRIED_KEY),
    [ATTRIBUTE]: 1,
    [`${ATTRIBUTE}-metadata`]: {
      'class-name': LABELS[1], 'confidence': 0, 'type': 'groundtruth/image-classification', 'job-name': 'probe-before',
      'human-annotated': 'yes', 'creation-date': '2026-01-01T00:00:00.000000',
    },
  });
}

/** Creates the first job, and looks at what the service says of a job that is new. Answers false where it is refused. */
export async function createMain(lab: Lab): Promise<boolean> {
  const name = jobNameOf(lab.stage.id, 'Main');
  lab.seen.jobName = name;
  lab.seen.unknownJob = await lab.describe('Main') === undefined ? 'not-found' : 'found';
  lab.person.tell('Creating the first labeling job ...');
  const created = lab.now();
  try {
    await lab.create('Main', 'main', { manifest: MAIN_MANIFEST, note: 'work here' });
  } catch (error) {
    lab.seen.refusedFirst = refusalOf(error);
    return false;
  }
  await watchAppearance(lab, name, created);
  return true;
}

/** A job may be described before it is listed, or the other way round. */
async function watchAppearance(lab: Lab, name: string, created: number): Promise<void> {
  const { seen } = lab;
  const elapsed = (): Elapsed => ({ took: lab.now() - created });
  await lab.until(PATIENCE.visible, async () => {
    const view = seen.describedAfter === undefined ? await lab.describe('Main') : undefined;
    if (view !== undefined) {
      seen.describedAfter = elapsed();
      seen.arn = view.arn;
    }
    if (seen.listedAfter === undefined && await lab.account.jobs.isListed(name)) {
      seen.listedAfter = elapsed();
    }
    return seen.describedAfter !== undefined && seen.listedAfter !== undefined || undefined;
  });
  const never: Elapsed = { notWithin: lab.now() - created };
  seen.describedAfter ??= never;
  seen.listedAfter ??= never;
}

/** The same name in other letters. A job that comes to be by it is stopped with the rest. */
export async function tryNameAgain(lab: Lab): Promise<void> {
  try {
    await lab.account.jobs.create(lab.requestFor('Main', 'idle', jobNameOf(lab.stage.id, 'Main').toLowerCase()));
    lab.seen.sameName = 'taken';
  } catch (error) {
    lab.seen.sameName = refusalOf(error);
  }
}

/** One image, announced as S3 announces it, and labeled by a person. */
export async function labelOne(lab: Lab): Promise<void> {
  const { seen, account, stage } = lab;
  lab.person.tell('Waiting until the first job takes images; this takes some minutes ...');
  await lab.untilRunning('Main');
  seen.queueName = { wanted: lab.groundTruthQueue('Main'), exists: await account.cloud.queueExists(lab.groundTruthQueue('Main')) };
  const [subscription] = await account.cloud.subscriptions(stage.topics.main);
  seen.subscription = subscription;

  const before = await lab.describe('Main');
  await account.cloud.publish(stage.topics.main, s3Event(lab));
  const published = lab.now();
  const isCounted = async (): Promise<boolean> => ((await lab.describe('Main'))?.unlabeled ?? 0) > (before?.unlabeled ?? 0);
  seen.counterDelay = await lab.timed(PATIENCE.counters, isCounted, published);
  seen.labeledFromManifest = (await lab.describe('Main'))?.labeled;

  const said = await lab.says(`Log in as a worker, open the job '${jobNameOf(stage.id, 'Main')}', choose the number that its picture shows, and submit. Done?`);
  seen.answeredAt = said === 'yes' ? lab.now() : await answerOnFile(lab);
  await findLabel(lab);
}

/** The service keeps each answer as a file; this tells of it where nobody is there to say so. */
export async function answerOnFile(lab: Lab, job: 'Main' | 'pair' = 'Main'): Promise<number | undefined> {
  const prefix = `${lab.stage.prefix}jobs/${jobNameOf(lab.stage.id, job)}/annotations/worker-response/`;
  const { account: { cloud }, stage: { bucket } } = lab;
  const found = await lab.until(PATIENCE.person, async () => (await cloud.keys(bucket, prefix)).length > 0 || undefined);
  return found ? lab.now() : undefined;
}

/** Waits for the label: by its message, or by the counters and then the message for a while longer. */
async function findLabel(lab: Lab): Promise<void> {
  const { seen } = lab;
  seen.keyAsWritten = lab.uri(KEY_AS_WRITTEN);
  seen.keyDecoded = lab.uri(KEY_DECODED);
  const refs = [seen.keyAsWritten, seen.keyDecoded];
  const started = lab.now();
  const sign = await lab.until(PATIENCE.person, async () => (
    await lab.messageAbout(refs) ? 'message' : ((await lab.describe('Main'))?.unlabeled ?? 1) === 0 ? 'counters' : undefined));
  if (sign === undefined) {
    return;
  }
  const message = await lab.until(PATIENCE.message, () => lab.messageAbout(refs));
  seen.messagesWaited = lab.now() - started;
  seen.message = message;
  const line = message && lineIn(message.body);
  seen.label = line && `${ATTRIBUTE}-metadata` in line ? line : undefined;
}

/** How long the output manifest of the running job takes to show the label. Counted from the label, or else from the answer. */
export async function watchManifest(lab: Lab): Promise<void> {
  const { seen } = lab;
  const refs = [seen.keyAsWritten, seen.keyDecoded];
  if (seen.answeredAt === undefined) {
    return;
  }
  lab.person.tell('Waiting until the output manifest shows the label, for half an hour at most ...');
  const labeledAt = creationOf(seen.label) ?? seen.answeredAt;
  const look = async (): Promise<Line | undefined> => (await lab.manifest('Main'))?.lines
    .find((line) => refs.includes(String(line['source-ref'])) && ATTRIBUTE in line);
  const line = await lab.until(Math.max(0, labeledAt + PATIENCE.manifest - lab.now()), look);
  const writtenAt = (await lab.manifest('Main'))?.writtenAt ?? lab.now();
  seen.manifestAfterLabel = line ? { took: Math.max(0, writtenAt - labeledAt) } : { notWithin: lab.now() - labeledAt };
  seen.label ??= line;
}

/** The end: a person submits an answer while the job is stopping. */
export async function stopWhileWorking(lab: Lab): Promise<void> {
  const { seen } = lab;
  await lab.arrives('Main', () => lab.publish('main', lab.uri(STOPPING_KEY), `${lab.uri(STOPPING_KEY)}#main`));
  seen.opened = await lab.says(`Open the next picture of '${jobNameOf(lab.stage.id, 'Main')}' and choose its number, but do NOT submit yet. Is it open?`);
  await lab.account.jobs.stop(jobNameOf(lab.stage.id, 'Main'));
  await lab.untilStatus('Main', ({ status }) => status !== 'InProgress');
  if (seen.opened === 'yes') {
    seen.submittedWhileStopping = await lab.says('The job is stopping. Submit NOW. Did the page take your answer?');
  }
  await lab.untilEnded('Main');
  seen.queueAfterEnd = await lab.account.cloud.queueExists(lab.groundTruthQueue('Main'));
  const { account: { cloud }, stage: { topics } } = lab;
  const isLetGo = async (): Promise<true | undefined> => (await cloud.subscriptions(topics.main)).length === 0 || undefined;
  seen.subscribedAfterEnd = await lab.until(5 * MINUTE, isLetGo) === undefined;
}

/** After the end: when the last manifest came, and what is in it. */
export async function readMain(lab: Lab): Promise<void> {
  const { seen } = lab;
  const endedAt = lab.endedAt.get('Main') ?? lab.now();
  const isLast = async (): Promise<boolean> => ((await lab.manifest('Main'))?.writtenAt ?? 0) >= Math.floor(endedAt / 1000) * 1000;
  const waited = await lab.timed(Math.max(0, endedAt + PATIENCE.manifest - lab.now()), isLast, endedAt);
  const manifest = await lab.manifest('Main');
  seen.manifestAfterEnd = 'took' in waited && manifest ? { took: Math.max(0, manifest.writtenAt - endedAt) } : waited;
  seen.manifestUri = { wanted: `s3://${lab.stage.bucket}/${manifestKey(lab.stage, 'Main')}`, told: (await lab.describe('Main'))?.outputUri };
  const labeled = (ref: string): boolean => manifest?.lines.some((line) => line['source-ref'] === ref && ATTRIBUTE in line) ?? false;
  const isLabeled = labeled(lab.uri(STOPPING_KEY)) || await lab.messageAbout([lab.uri(STOPPING_KEY)]) !== undefined;
  seen.labeledWhileStopping = isLabeled || 'took' in seen.manifestAfterEnd ? isLabeled : undefined;
  const given = carriedLine(lab);
  seen.carriedLine = { given, found: manifest?.texts.find((text) => text.includes(lab.uri(CARRIED_KEY))) };
  seen.lastLabel = manifest?.lines.find((line) => [seen.keyAsWritten, seen.keyDecoded].includes(String(line['source-ref'])) && ATTRIBUTE in line);
  seen.label ??= seen.lastLabel;
}

/** When the label was made, as its metadata says: UTC without a zone. Milliseconds. */
export function creationOf(label: Line | undefined): number | undefined {
  const date = (label?.[`${ATTRIBUTE}-metadata`] as { 'creation-date'?: unknown } | undefined)?.['creation-date'];
  const at = typeof date === 'string' ? Date.parse(/[zZ]|[+-]\d\d:\d\d$/.test(date) ? date : `${date.slice(0, 23)}Z`) : NaN;
  return Number.isNaN(at) ? undefined : at;
}

/** The message that S3 sends of a new object; S3 encodes keys, with + for a space. */
function s3Event(lab: Lab): string {
  const key = `${lab.stage.prefix}${KEY_DECODED}`.split('/').map((part) => encodeURIComponent(part).replaceAll('%20', '+')).join('/');
  return JSON.stringify({
    Records: [{
      eventVersion: '2.1', eventSource: 'aws:s3', awsRegion: lab.account.region, eventTime: new Date(lab.now()).toISOString(), eventName: 'ObjectCreated:Put',
      s3: { s3SchemaVersion: '1.0', bucket: { name: lab.stage.bucket, arn: `arn:${lab.stage.partition}:s3:::${lab.stage.bucket}` }, object: { key, size: 1, eTag: '0', sequencer: '0A1B2C3D4E5F678901' } },
    }],
  });
}
