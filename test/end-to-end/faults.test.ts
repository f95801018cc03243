import { setTimeout as sleep } from 'node:timers/promises';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { PutBucketNotificationConfigurationCommand } from '@aws-sdk/client-s3';
import { PurgeQueueCommand, SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { countRun, Outcome } from '../../src/local/demo/count';
import { DeployedProject } from '../../src/local/demo/project';
import { demoScenario, DropFile } from '../../src/local/demo/scenario';
import { Stage } from '../../src/local/demo/stage';
import { synthesizeDemo } from '../../src/local/demo/synthesis';
import { Team } from '../../src/local/demo/team';
import { knowContents, KnownContent } from '../../src/local/demo/verify';
import { FaultKind, FaultProxy, Processes } from '../../src/local/runner';
import { Item } from '../../src/runtime/ports';
import { expectConservation } from '../support/conservation';
import { messagesIn, redrive } from '../support/dead-letters';
import { isPythonMissing } from '../support/emulator';

jest.setTimeout(420_000);

/** Faults by chance are the same in each run: the n-th request for an operation of a function meets its fate. */
const SEED = 20260105;
const PATIENCE = 150_000;

const FIRST = [
  'garden/flower.jpg', 'people/astronaut.jpg', 'places/Pagode im Frühling.jpg', 'table/coffee.jpg', 'backup/Kopie von coffee.jpg',
  'textures/brick.png', 'textures/outdoor/gravel.jpg', 'odd/broken-off.jpg',
];
const LATE = ['sky/rocket.jpg', 'textures/outdoor/grass.jpg'];

/** The intake cannot read this one: it ends among the dead letters until somebody puts that right. */
const UNREADABLE = 'garden/flower.jpg';

/** So many images are labeled by the first job; as many as fit the window are with workers when it ends. */
const FIRST_LABELS = 3;

const CONTROLLER = /ControllerHandler/;
const INTAKE = /IntakeHandler/;
const RECORDER = /RecorderHandler/;

const SERVICES = ['dynamodb', 's3', 'sns', 'sqs', 'sagemaker', 'events'];
const EVERYWHERE: readonly FaultKind[] = ['lost-answer', 'throttle', 'reset', 'delay'];

/**
 * Waits that must outlast a function's hard time-out or a queue's visibility are shortened together with these. Milliseconds.
 */
const TIMINGS = {
  lease: 8_000, attemptPatience: 3_000, backOffFirst: 1_000, backOffLongest: 4_000,
  sweepInterval: 4_000, sweepMinimumAge: 3_000, sweepPause: 1_000,
};
const CONTROLLER_TIMEOUT_SECONDS = 7;
/** A call that hangs would hold its queue up for as long as AWS lets the function run, five minutes. */
const QUEUE_TIMEOUT_SECONDS = 30;
const VISIBILITY_SECONDS = { intake: 5, recorder: 2 };
const RECEIVES = 3;

/** The deployed template, while everything outside the functions fails, and they are killed. */
(isPythonMissing() ? describe.skip : describe)('the deployed template under faults', () => {
  const processes = new Processes();
  const dropped: DropFile[] = [];
  const parallel = { invocations: 0 };
  const redriven = { intake: 0, recorder: 0 };
  let proxy: FaultProxy;
  let stage: Stage;
  let project: DeployedProject;
  let team: Team;
  let known: KnownContent[];
  let outcome: Outcome;

  const byKind = (service: string, kind: FaultKind) =>
    proxy.injected.filter((fault) => fault.kind === kind && fault.operation.startsWith(`${service}.`)).length;

  async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
    const deadline = Date.now() + PATIENCE;
    while (!await isSo()) {
      if (Date.now() > deadline) {
        const { counts, jobs, alerts } = await project.ledger();
        const chain = jobs.map(({ name, phase, status, offered, labeled, open }) => ({ name, phase, status, offered, labeled, open }));
        const { intakeQueueUrl, intakeDeadLetterQueueUrl, recorderQueueUrl } = project.resources;
        const queued = await Promise.all([intakeQueueUrl, intakeDeadLetterQueueUrl, recorderQueueUrl]
          .map((url) => messagesIn(stage.emulator.aws, url, true)));
        throw new Error(`not so after ${PATIENCE / 1000} s: ${what}\n${JSON.stringify({ counts, chain, alerts, queued })}\n${stage.log(40)}`);
      }
      await sleep(300);
    }
  }

  async function drop(files: readonly DropFile[]): Promise<void> {
    for (const file of files) {
      await project.drop(file);
      dropped.push(file);
    }
  }

  /** What takes half an hour in AWS, the time until an unfinished message comes again, must pass in seconds. */
  async function hasten(): Promise<void> {
    const { resources } = project;
    for (const [url, deadLetters, seconds] of [
      [resources.intakeQueueUrl, resources.intakeDeadLetterQueueUrl, VISIBILITY_SECONDS.intake],
      [resources.recorderQueueUrl, resources.recorderDeadLetterQueueUrl, VISIBILITY_SECONDS.recorder],
    ] as const) {
      await stage.emulator.aws.sqs.send(new SetQueueAttributesCommand({
        QueueUrl: url,
        Attributes: {
          VisibilityTimeout: String(seconds),
          RedrivePolicy: JSON.stringify({ deadLetterTargetArn: arnOf(deadLetters), maxReceiveCount: RECEIVES }),
        },
      }));
    }
    // S3's test event comes amid the deploy. Received in vain it would stay in flight for the half hour that it was received with,
    // and the sweep would leave young drops to an intake that seems to be busy.
    await stage.emulator.aws.sqs.send(new PurgeQueueCommand({ QueueUrl: resources.intakeQueueUrl }));
    await project.limitTime(CONTROLLER, CONTROLLER_TIMEOUT_SECONDS);
    await project.limitTime(INTAKE, QUEUE_TIMEOUT_SECONDS);
    await project.limitTime(RECORDER, QUEUE_TIMEOUT_SECONDS);
  }

  /** Each service fails in each way, the functions die at the worst moments, and chance adds storms that outlast the SDK's retries. */
  function beginWeather(): { readonly readable: () => void; readonly writable: () => void } {
    const { weather } = proxy;
    weather.add({ kind: 'kill-after', asker: CONTROLLER, service: 'sagemaker', operation: 'CreateLabelingJob', times: 1 });
    weather.add({ kind: 'lost-answer', asker: CONTROLLER, service: 'sagemaker', operation: 'CreateLabelingJob', times: 1 });
    weather.add({ kind: 'lost-answer', asker: CONTROLLER, service: 'sns', operation: 'PublishBatch', times: 1 });
    weather.add({ kind: 'kill-after', asker: CONTROLLER, service: 'sns', operation: 'PublishBatch', after: 1, times: 1 });
    weather.add({ kind: 'kill-after', asker: INTAKE, service: 's3', operation: 'PutObject', after: 2, times: 1 });
    weather.add({ kind: 'kill-before', asker: INTAKE, service: 'dynamodb', operation: 'TransactWriteItems', after: 7, times: 1 });
    const readable = weather.add({ kind: 'unavailable', asker: INTAKE, service: 's3', url: new RegExp(encodeURI(UNREADABLE)) });
    const writable = weather.add({ kind: 'unavailable', asker: RECORDER, service: 'dynamodb' });
    weather.add({ kind: 'kill-before', asker: RECORDER, service: 'dynamodb', operation: 'TransactWriteItems', times: 1 });
    for (const service of SERVICES) {
      // A create has faults of its own.
      const operation = service === 'sagemaker' ? 'DescribeLabelingJob' : undefined;
      EVERYWHERE.forEach((kind, number) => weather.add({ kind, service, operation, after: number, times: 1 }));
    }
    weather.begin({
      seed: SEED, most: 60, weights: { 'throttle': 3, 'unavailable': 2, 'internal-error': 3, 'delay': 4, 'reset': 3, 'lost-answer': 4 },
      spells: [{ length: 90, rate: 0.03 }, { length: 10, rate: 0.7 }],
    });
    return { readable, writable };
  }

  async function redriveBoth(): Promise<void> {
    const { intakeDeadLetterQueueUrl, intakeQueueUrl, recorderDeadLetterQueueUrl, recorderQueueUrl } = project.resources;
    redriven.intake += await redrive(stage.emulator.aws, intakeDeadLetterQueueUrl, intakeQueueUrl);
    redriven.recorder += await redrive(stage.emulator.aws, recorderDeadLetterQueueUrl, recorderQueueUrl);
  }

  /** Wakes the controller several times at once, as events, nudges and the clock do when they meet. */
  async function wakeAtOnce(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await Promise.all([1, 2, 3].map(async () => {
        parallel.invocations += 1;
        await stage.emulator.aws.lambda.send(new InvokeCommand({ FunctionName: project.controller, Payload: Buffer.from('{"cause":"test"}') }));
      })).catch(() => undefined);
      await sleep(4_000, undefined, { signal }).catch(() => undefined);
    }
  }

  beforeAll(async () => {
    proxy = await FaultProxy.start();
    stage = await Stage.start({ processes, faults: proxy, timings: TIMINGS });
    const scenario = await demoScenario();
    const files = scenario.first.filter(({ key }) => FIRST.includes(key));
    const late = scenario.late.filter(({ key }) => LATE.includes(key));
    [project, known] = await Promise.all([
      synthesizeDemo(processes, stage.emulator).then((stack) => DeployedProject.deploy(stage, stack)),
      knowContents(stage.workers, [...files, ...late]),
    ]);
    await hasten();
    const { readable, writable } = beginWeather();
    const { resources } = project;
    const jobs = () => stage.simulator.jobs().map(({ LabelingJobName }) => LabelingJobName);
    team = new Team({
      stage, pace: 50,
      mayTake: ({ jobName }) => jobName !== jobs()[0] || team.labelings.length + team.atWork < FIRST_LABELS,
    });

    project.start();
    const waking = new AbortController();
    const woken = wakeAtOnce(waking.signal);
    try {
      await drop(files);
      team.start();
      // ---- labels that the recorder cannot write, a drop that the intake cannot read: dead letters
      await until('the first job has given its labels', () => team.labelings.length === FIRST_LABELS);
      await until('the recorder has a dead letter', async () => await messagesIn(stage.emulator.aws, resources.recorderDeadLetterQueueUrl) > 0);
      writable();
      // ---- the job ends with images unlabeled; meanwhile more is dropped, and nobody is told
      const silence = new PutBucketNotificationConfigurationCommand({ Bucket: resources.dropBucket, NotificationConfiguration: {} });
      await stage.emulator.aws.s3.send(silence);
      await stage.simulator.expire(jobs()[0], 'Failed');
      await drop(late);
      // ---- somebody puts it right, and redrives both dead-letter queues
      await until('the intake has a dead letter', async () => await messagesIn(stage.emulator.aws, resources.intakeDeadLetterQueueUrl) > 0);
      readable();
      const total = known.filter(({ good }) => good).length;
      await until('everything is labeled, and the first job is settled', async () => {
        await redriveBoth(); // again and again: chance may fill them too
        const { counts, jobs: [firstJob] } = await project.ledger();
        return counts['image:LABELED'] === total && firstJob.phase === 'SETTLED' && (counts['drop:RECEIVED'] ?? 0) === 0
          && (await project.dataSet()).length === total;
      });
    } finally {
      waking.abort();
      await woken;
      project.stop();
    }
    proxy.weather.calm();
    outcome = await countRun({ stage, project, team, dropped, known });
  });

  afterAll(async () => {
    await team?.stop();
    await stage?.stop();
    await proxy?.stop();
    await processes.stopAll();
  });

  test('nothing is lost, labeled twice, or left', () => {
    expect({ ...outcome.tally, left: outcome.left }).toEqual({ dropped: 10, labeled: 8, lost: [], double: [], strange: [], left: [] });
  });

  test('every service failed in every way, and functions were killed in mid-flight', () => {
    const table = SERVICES.map((service) => `${service}: ${EVERYWHERE.map((kind) => `${kind} ${byKind(service, kind)}`).join(', ')}`);
    const requests = [...proxy.requests.values()].reduce((sum, count) => sum + count, 0);
    // eslint-disable-next-line no-console
    console.info(`faults among ${requests} requests: ${JSON.stringify(proxy.counts())}\n${table.join('\n')}`);
    for (const service of SERVICES) {
      for (const kind of EVERYWHERE) {
        expect([service, kind, byKind(service, kind) > 0]).toEqual([service, kind, true]);
      }
    }
    Object.entries(proxy.counts()).forEach(([kind, count]) => expect([kind, count > 0]).toEqual([kind, true]));
    const killed = proxy.injected.filter(({ kind }) => kind.startsWith('kill')).map(({ asker, operation }) => `${asker} ${operation}`);
    for (const victim of [
      /ControllerHandler.* sagemaker.CreateLabelingJob/, /ControllerHandler.* sns.PublishBatch/, /IntakeHandler.* s3.PutObject/,
      /IntakeHandler.* dynamodb.TransactWriteItems/, /RecorderHandler.* dynamodb.TransactWriteItems/,
    ]) {
      expect(killed).toContainEqual(expect.stringMatching(victim));
    }
  });

  test('dead letters of the intake and the recorder were redriven, and none is left', async () => {
    expect(redriven.intake).toBeGreaterThan(0);
    expect(redriven.recorder).toBeGreaterThan(0);
    const { intakeDeadLetterQueueUrl, recorderDeadLetterQueueUrl } = project.resources;
    for (const url of [intakeDeadLetterQueueUrl, recorderDeadLetterQueueUrl]) {
      expect(await messagesIn(stage.emulator.aws, url)).toBe(0);
    }
    expect(outcome.ledger.drops.find(({ key }) => key === UNREADABLE)).toMatchObject({ state: 'DONE' });
  });

  test('the sweep found what was dropped while all notifications were lost', () => {
    for (const key of LATE) {
      expect(outcome.ledger.drops.find((one) => one.key === key)).toMatchObject({ state: 'DONE' });
    }
  });

  test('the controller was woken several times at once, and one job at most was alive', () => {
    expect(parallel.invocations).toBeGreaterThan(10);
    const created = stage.simulator.jobs();
    expect(created.map(({ LabelingJobName }) => LabelingJobName.split('-').at(-1))).toEqual(['1', '2']);
    expect(outcome.ledger.jobs.map(({ phase }) => phase)).toEqual(['SETTLED', 'CREATED']);
  });

  test('the ledger\'s books balance', async () => {
    const items = await project.ledgerItems();
    expectConservation({ items: () => items as Item[] });
  });
});

/** The ARN of a queue by its address: `http://host/<account>/<name>`. */
function arnOf(queueUrl: string): string {
  const [, account, name] = new URL(queueUrl).pathname.split('/');
  return `arn:aws:sqs:eu-west-1:${account}:${name}`;
}
