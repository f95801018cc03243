import {
  AddTagsCommand, CreateLabelingJobCommand, DescribeLabelingJobCommand, DescribeWorkteamCommand, ListLabelingJobsCommand, ListTagsCommand,
  ListModelsCommand, SageMakerClient, StopLabelingJobCommand,
} from '@aws-sdk/client-sagemaker';
import { Harness, MINUTE, OUTPUT, PNG } from './harness';
import { SimulatorServer } from '../../../src/local/simulator';
import { ask } from '../../support/loopback';

let h: Harness;
let server: SimulatorServer;
let client: SageMakerClient;
let errors: unknown[];

beforeEach(async () => {
  h = new Harness();
  errors = [];
  server = await SimulatorServer.start({ simulator: h.simulator, stepEvery: 0, onError: error => errors.push(error) });
  client = new SageMakerClient({
    endpoint: server.endpoint, region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' }, maxAttempts: 1,
  });
});

afterEach(async () => {
  client.destroy();
  await server.close();
});

const control = async (method: string, path: string, body?: object | string) => {
  const response = await fetch(`${server.endpoint}/_simulator/${path}`, {
    method, body: body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body),
  });
  return { status: response.status, body: await response.json() as any };
};

test('the SDK talks to it as to SageMaker', async () => {
  const request: any = h.request({ name: 'job' });
  const { LabelingJobArn } = await client.send(new CreateLabelingJobCommand(request));
  expect(LabelingJobArn).toBe('arn:aws:sagemaker:us-east-1:111122223333:labeling-job/job');
  await expect(client.send(new CreateLabelingJobCommand(request))).rejects.toMatchObject({ name: 'ResourceInUse' });
  await h.pass(2 * MINUTE);
  const job = await client.send(new DescribeLabelingJobCommand({ LabelingJobName: 'job' }));
  expect(job.LabelingJobStatus).toBe('InProgress');
  expect(job.CreationTime).toEqual(new Date(h.clock.now() - 2 * MINUTE));
  expect(job.HumanTaskConfig).toEqual(request.HumanTaskConfig);
  expect(job.LabelCounters?.Unlabeled).toBe(0);
  const list = await client.send(new ListLabelingJobsCommand({
    NameContains: 'job', StatusEquals: 'InProgress', CreationTimeAfter: new Date(h.clock.now() - 3 * MINUTE), SortOrder: 'Descending',
  }));
  expect(list.LabelingJobSummaryList?.map(one => one.LabelingJobName)).toEqual(['job']);
  const none = await client.send(new ListLabelingJobsCommand({ CreationTimeAfter: new Date(h.clock.now()) }));
  expect(none.LabelingJobSummaryList).toEqual([]);
  await client.send(new AddTagsCommand({ ResourceArn: LabelingJobArn, Tags: [{ Key: 'a', Value: 'b' }] }));
  expect((await client.send(new ListTagsCommand({ ResourceArn: LabelingJobArn }))).Tags).toContainEqual({ Key: 'a', Value: 'b' });
  expect((await client.send(new DescribeWorkteamCommand({ WorkteamName: 'team' }))).Workteam?.WorkteamName).toBe('team');
  await client.send(new StopLabelingJobCommand({ LabelingJobName: 'job' }));
  expect((await client.send(new DescribeLabelingJobCommand({ LabelingJobName: 'job' }))).LabelingJobStatus).toBe('Stopping');
});

test('errors have the API\'s names and status', async () => {
  await expect(client.send(new DescribeLabelingJobCommand({ LabelingJobName: 'none' }))).rejects.toMatchObject({
    name: 'ResourceNotFound', $metadata: { httpStatusCode: 400 },
  });
  await expect(client.send(new CreateLabelingJobCommand({ ...h.request(), LabelingJobName: 'a_b' } as any))).rejects.toMatchObject({
    name: 'ValidationException', message: expect.stringContaining('LabelingJobName'),
  });
  await expect(client.send(new ListModelsCommand({}))).rejects.toMatchObject({ name: 'UnknownOperationException' });
  const response = await fetch(server.endpoint, { method: 'POST', headers: { 'x-amz-target': 'SageMaker.ListTags' }, body: '{' });
  expect([response.status, await response.json()]).toEqual([400, expect.objectContaining({ __type: 'SerializationException' })]);
});

test('workers and operators use the control API', async () => {
  const [a, b] = [h.image('a.png'), h.image('b.png')];
  await h.create({ name: 'job' });
  h.clock.advance(2 * MINUTE);
  expect(await control('POST', 'step')).toEqual({ status: 200, body: {} });
  h.publishImages(a, b);
  await control('POST', 'step', {});
  const { tasks } = (await control('GET', 'tasks')).body;
  expect(tasks.map((task: any) => task.sourceRef)).toEqual([a, b]);
  await control('POST', 'open', { taskId: tasks[0].taskId, workerId: 'w' });
  expect(await control('POST', 'submit', {
    taskId: tasks[0].taskId, workerId: 'w', answer: { kind: 'classification', label: 'dog' }, pixelHash: 'p',
  })).toEqual({ status: 200, body: { jobName: 'job', sourceRef: a, complete: true } });
  expect((await control('GET', 'bill')).body.bill).toMatchObject([{ sourceRef: a, workerId: 'w', pixelHash: 'p', value: 'dog' }]);
  expect((await control('POST', 'decline', { taskId: tasks[1].taskId, workerId: 'w' })).status).toBe(200);
  expect((await control('GET', 'tasks')).body.tasks).toEqual([]);
  expect((await control('POST', 'fail-object', { sourceRef: b, reason: 'no' })).status).toBe(200);
  expect((await control('POST', 'heal-object', { sourceRef: b })).status).toBe(200);
  expect((await control('POST', 'expire', { jobName: 'job', status: 'Completed' })).status).toBe(200);
  expect((await control('GET', 'jobs')).body.jobs).toMatchObject([{ LabelingJobName: 'job', LabelingJobStatus: 'Completed' }]);
  await h.create({ name: 'second' });
  expect((await control('POST', 'stop', { jobName: 'second' })).status).toBe(200);
  await h.create({ name: 'third' });
  expect((await control('POST', 'fail', { jobName: 'third', reason: 'why' })).status).toBe(200);
  expect((await h.describe('third')).FailureReason).toBe('why');
});

test('masks come in base64', async () => {
  const masks = new Harness({ element: 'crowd-semantic-segmentation' });
  const other = await SimulatorServer.start({ simulator: masks.simulator, stepEvery: 0 });
  try {
    const image = masks.image('a.png');
    await masks.start({ task: 'SemanticSegmentation' });
    masks.publishImages(image);
    await masks.simulator.step();
    const response = await fetch(`${other.endpoint}/_simulator/submit`, {
      method: 'POST',
      body: JSON.stringify({
        taskId: masks.task().taskId, workerId: 'w', answer: { kind: 'semantic-segmentation', mask: PNG.toString('base64') },
      }),
    });
    expect(response.status).toBe(200);
    const key = masks.recorded()[0]['labels-ref'].slice(`s3://${OUTPUT}/`.length);
    expect(Buffer.from(masks.cloud.buckets.find(OUTPUT, key)!.body).equals(PNG)).toBe(true);
  } finally {
    await other.close();
  }
});

test.each<[string, string, object | string | undefined, number, RegExp]>([
  ['GET', 'nothing', undefined, 404, /POST step/],
  ['POST', 'tasks', {}, 404, /GET tasks/],
  ['POST', 'submit', '[', 409, /JSON object/],
  ['POST', 'submit', { taskId: 't', workerId: 'w' }, 409, /answer/],
  ['POST', 'submit', { taskId: 't', workerId: 'w', answer: {} }, 409, /no open task/],
  ['POST', 'decline', { taskId: 7, workerId: 'w' }, 409, /"taskId" must be a text, got 7/],
  ['POST', 'expire', { jobName: 'none' }, 409, /does not exist/],
  ['POST', 'expire', { jobName: 'none', status: 'Gone' }, 409, /Completed, Failed or Stopped/],
])('%s %s %j is answered with %d', async (method, path, body, status, error) => {
  expect(await control(method, path, body)).toEqual({ status, body: { error: expect.stringMatching(error) } });
});

test('it steps by itself, one step after the other, and tells of failures', async () => {
  await server.close();
  jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
  try {
    let finish: () => void = () => undefined;
    const step = jest.spyOn(h.simulator, 'step').mockImplementation(() => new Promise((_, reject) => {
      finish = () => reject(new Error('broken'));
    }));
    server = await SimulatorServer.start({ simulator: h.simulator, stepEvery: 1000, onError: error => errors.push(error) });
    await jest.advanceTimersByTimeAsync(999);
    expect(step).toHaveBeenCalledTimes(0);
    await jest.advanceTimersByTimeAsync(10_000);
    expect(step).toHaveBeenCalledTimes(1);
    finish();
    await jest.advanceTimersByTimeAsync(1000);
    expect(errors).toEqual([new Error('broken')]);
    expect(step).toHaveBeenCalledTimes(2);
    let closed = false;
    const closing = server.close().then(() => {
      closed = true;
    });
    await jest.advanceTimersByTimeAsync(10_000);
    expect(closed).toBe(false);
    finish();
    await closing;
    await jest.advanceTimersByTimeAsync(10_000);
    expect(step).toHaveBeenCalledTimes(2);
  } finally {
    jest.useRealTimers();
  }
  server = await SimulatorServer.start({ simulator: h.simulator, stepEvery: 0 });
});

test('it listens on 127.0.0.1 only', () => {
  expect(server.endpoint).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
});

test('pages that a browser shows, a hostile worker page among them, can order nothing', async () => {
  const name = await h.start();
  for (const [header, value] of [['origin', 'null'], ['origin', server.endpoint], ['host', 'attacker.example']]) {
    expect(await ask(server.endpoint, '/_simulator/fail', { [header]: value }, 'POST', JSON.stringify({ jobName: name }))).toMatchObject({ status: 403 });
  }
  expect(await h.status(name)).toBe('InProgress');
});
