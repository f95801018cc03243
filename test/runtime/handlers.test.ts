import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CloudFormationCustomResourceEvent, SQSBatchResponse } from 'aws-lambda';
import { handler as controller } from '../../src/runtime/controller/controller.lambda';
import { handler as deployment } from '../../src/runtime/deployment/deployment.lambda';
import { handler as intake } from '../../src/runtime/intake/intake.lambda';
import { handler as recorder } from '../../src/runtime/recorder/recorder.lambda';
import { CONTEXT, batch, flushes, useProject } from '../support/handler-world';
import { BAD, MemoryProject } from '../support/memory-project';
import { images, jobStatuses, runningProject, statesOf } from '../support/running-project';

jest.mock('../../src/runtime/aws/world', () => ({
  awsWorld: () => jest.requireActual<typeof import('../support/handler-world')>('../support/handler-world').mockedWorld(),
}));

const mockSettings = {
  corsAllowsGet: jest.fn(async (_bucket: string) => true),
  isVersioned: jest.fn(async (_bucket: string) => true),
  silence: jest.fn(async (_bucket: string): Promise<void> => undefined),
};
// asked late: the handlers are loaded, and make theirs, before the line above is run
jest.mock('../../src/runtime/aws/bucket-settings', () => ({
  S3BucketSettings: class {
    public readonly corsAllowsGet = (bucket: string) => mockSettings.corsAllowsGet(bucket);
    public readonly isVersioned = (bucket: string) => mockSettings.isVersioned(bucket);
    public readonly silence = (bucket: string) => mockSettings.silence(bucket);
  },
}));

/** A whole PNG of one pixel. */
const PNG = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==', 'base64');

const failedOf = (response: SQSBatchResponse): string[] => response.batchItemFailures.map((failure) => failure.itemIdentifier);

async function withoutConfiguration(): Promise<MemoryProject> {
  const project = await MemoryProject.create();
  await project.outside.table.write([{ remove: { pk: 'PROJECT', sk: 'CONFIGURATION' } }]);
  return project;
}

describe('the intake', () => {
  const created = (key: string): string => JSON.stringify({ Records: [{ eventName: 'ObjectCreated:Put', s3: { bucket: { name: 'drop' }, object: { key } } }] });

  test('takes drops in; what fails goes back alone, and what came before comes last', async () => {
    const project = await MemoryProject.create();
    useProject(project);
    await project.outside.cloud.buckets.put('drop', 'a.png', PNG);
    await project.outside.cloud.buckets.put('drop', 'bad.png', `${BAD}`);
    await project.outside.cloud.buckets.put('drop', 'broken.png', Buffer.concat([PNG, Buffer.from('x')]));
    const order: string[] = [];
    project.outside.cloud.faults = (operation, args) => {
      if (operation === 's3.GetObject') {
        order.push(String(args[1]));
      }
      return operation === 's3.GetObject' && args[1] === 'broken.png' ? 'throw-before' : 'ok';
    };
    const response = await intake(batch([created('a.png'), 3], created('broken.png'), 'no event', created('bad.png'), JSON.stringify({ Event: 's3:TestEvent' })), CONTEXT);
    expect(failedOf(response).sort()).toEqual(['m1', 'm2']);
    expect(order).toEqual(['broken.png', 'bad.png', 'a.png']);
    expect(statesOf(project)).toEqual({ 'a.png': 'PENDING' });
    expect(flushes).toBe(1);
  });

  test('lets a drop wait for a deploy that is under way, and not for as long as the queue says', async () => {
    const project = await MemoryProject.create({ configuration: { featureEngineering: { kind: 'function', anyFile: false } } });
    useProject(project);
    await project.outside.cloud.buckets.put('drop', 'a.png', PNG);
    const { intakeQueueUrl } = project.world.resources;
    const [message] = await project.outside.cloud.queues.receive(intakeQueueUrl, 1);
    const given = batch(message.body);
    const response = await intake({ Records: [{ ...given.Records[0], receiptHandle: message.receiptHandle }] }, CONTEXT);
    expect(failedOf(response)).toEqual(['m0']);
    expect(await project.outside.cloud.queues.receive(intakeQueueUrl, 1)).toEqual([]);
    project.clock.advance(60_000);
    expect(await project.outside.cloud.queues.receive(intakeQueueUrl, 1)).toHaveLength(1);
  });

  test('before the first deploy has ended lets drops wait for minutes, and has done with what asks for nothing', async () => {
    const project = await withoutConfiguration();
    useProject(project);
    await project.outside.cloud.buckets.put('drop', 'a.png', PNG);
    const { intakeQueueUrl } = project.world.resources;
    const [message] = await project.outside.cloud.queues.receive(intakeQueueUrl, 1);
    const given = batch(JSON.stringify({ Event: 's3:TestEvent' }), message.body);
    const response = await intake({ Records: [given.Records[0], { ...given.Records[1], receiptHandle: message.receiptHandle }] }, CONTEXT);
    // a message that stays with the intake would let the sweep take it for busy
    expect(failedOf(response)).toEqual(['m1']);
    project.clock.advance(4 * 60_000);
    expect(await project.outside.cloud.queues.receive(intakeQueueUrl, 1)).toEqual([]);
    project.clock.advance(60_000);
    expect(await project.outside.cloud.queues.receive(intakeQueueUrl, 1)).toHaveLength(1);
  });
});

describe('the recorder', () => {
  test('records labels, sends unreadable messages back alone, and wakes the controller once', async () => {
    const project = await runningProject();
    useProject(project);
    project.outside.waker.causes.length = 0;
    const line = (name: string): string => JSON.stringify({ 'source-ref': images(project)[name].sourceRef, 'label': 0, 'label-metadata': { 'job-name': 'froth-0a1b2c3d-1' } });
    const response = await recorder(batch(line('cam/0.jpg'), 'unreadable', line('cam/1.jpg')), CONTEXT);
    expect(failedOf(response)).toEqual(['m1']);
    expect(statesOf(project)).toEqual({ 'cam/0.jpg': 'LABELED', 'cam/1.jpg': 'LABELED', 'cam/2.jpg': 'SENT' });
    expect(project.outside.waker.causes).toEqual(['label']);
    expect(flushes).toBe(1);
  });

  test('before the first deploy gives everything back', async () => {
    useProject(await withoutConfiguration());
    await expect(recorder(batch('x'), CONTEXT)).rejects.toThrow(/deployment has not finished/);
  });
});

describe('the controller', () => {
  test.each([[{ cause: 'intake' }, 'intake'], [{ source: 'aws.sagemaker' }, 'job-state'], [{}, 'unknown'], [undefined, 'unknown']])('woken by %p', async (event, cause) => {
    const project = await MemoryProject.create();
    useProject(project);
    await project.drop('a.jpg');
    await project.intake();
    expect(await controller(event)).toContain('START');
    expect(project.outside.telemetry.said.find((line) => /^controller:/.test(line.message))?.detail).toMatchObject({ cause });
    expect(jobStatuses(project)).toEqual(['1 Initializing']);
    expect(flushes).toBe(1);
  });

  test('carries out an operator\'s command and answers how things are', async () => {
    const project = await runningProject();
    useProject(project);
    expect(await controller({ command: 'pause', by: 'ada' })).toMatchObject({ mode: 'PAUSED', modeReason: 'pause by ada' });
    expect(await controller({ command: 'status' })).toMatchObject({
      mode: 'PAUSED', counts: { 'image:SENT': 3 }, spent: { total: 3 }, dataSet: { lines: 0 }, alerts: [],
      jobs: [{ name: 'froth-0a1b2c3d-1', phase: 'CREATED', status: 'InProgress', offered: 3, labeled: 0, open: 3 }],
    });
    await expect(controller({ command: 'explode' })).rejects.toThrow(/unknown command 'explode'; allowed are status, pause, resume, drain, roll/);
  });

  test('fails where a run fails, so that somebody is told', async () => {
    const project = await MemoryProject.create();
    useProject(project);
    await project.drop('a.jpg');
    await project.intake();
    project.outside.cloud.faults = (operation) => operation === 'sns.ListSubscriptionsByTopic' ? 'throw-before' : 'ok';
    await expect(controller({})).rejects.toThrow(/injected/);
    expect(flushes).toBe(1);
  });
});

describe('the custom resource', () => {
  interface Answer {
    readonly Status: string;
    readonly Reason: string;
    readonly PhysicalResourceId: string;
    readonly Data: { readonly Checks: string };
    readonly [name: string]: unknown;
  }
  const answers: { readonly body: Answer; readonly contentType?: string }[] = [];
  let status = 200;
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      answers.push({ body: JSON.parse(Buffer.concat(pieces).toString()) as Answer, contentType: request.headers['content-type'] });
      response.writeHead(status).end();
    });
  });
  let url = '';

  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/answer`;
    process.env.AWS_REGION = 'us-east-1';
  });
  afterAll(async () => {
    await new Promise((resolve) => server.close(resolve));
  });
  beforeEach(() => {
    answers.length = 0;
    status = 200;
    mockSettings.corsAllowsGet.mockImplementation(async () => true);
    mockSettings.isVersioned.mockImplementation(async () => true);
    mockSettings.silence.mockImplementation(async () => undefined);
  });

  const event = (project: MemoryProject, type: 'Create' | 'Update' | 'Delete', configuration: unknown = project.configuration): CloudFormationCustomResourceEvent => ({
    RequestType: type, ResponseURL: url, StackId: 'stack', RequestId: 'request', LogicalResourceId: 'Deployment', ResourceType: 'Custom::StreamingLabelingDeployment',
    ServiceToken: 'x', ...(type === 'Create' ? {} : { PhysicalResourceId: 'streaming-labeling-deployment' }),
    ResourceProperties: { ServiceToken: 'x', Configuration: JSON.stringify(configuration) },
  } as CloudFormationCustomResourceEvent);

  test.each(['Create', 'Update'] as const)('%s hands the configuration over and wakes the controller', async (type) => {
    const project = await withoutConfiguration();
    useProject(project);
    await deployment(event(project, type), CONTEXT);
    expect(answers).toEqual([{
      body: {
        Status: 'SUCCESS', Reason: 'OK', PhysicalResourceId: 'streaming-labeling-deployment', StackId: 'stack', RequestId: 'request', LogicalResourceId: 'Deployment',
        Data: { Checks: 'OK' },
      },
      contentType: '',
    }]);
    expect((await project.read()).configuration).toEqual(project.configuration);
    expect(project.outside.waker.causes).toEqual(['deploy']);
    expect(flushes).toBe(1);
  });

  test('what the checks find and a refused change roll nothing back: they are in the output', async () => {
    const project = await MemoryProject.create();
    useProject(project);
    mockSettings.isVersioned.mockImplementation(async () => false);
    await deployment(event(project, 'Update', { ...project.configuration, projectName: 'other' }), CONTEXT);
    expect(answers[0].body.Status).toBe('SUCCESS');
    expect(answers[0].body.Data.Checks).toMatch(/projectName changed.* \| drop bucket drop is not versioned/);
    expect(project.outside.telemetry.said.filter((line) => line.level === 'warn')).toHaveLength(2);
  });

  test('warnings about the instructions of a bucket are in the output too', async () => {
    const project = await MemoryProject.create();
    useProject(project);
    for (const [checks, expected] of [['OK', 'OK'], ['shrot.md:1:1: warning: x', 'instructions: shrot.md:1:1: warning: x']]) {
      const asked = event(project, 'Update');
      await deployment({ ...asked, ResourceProperties: { ...asked.ResourceProperties, InstructionChecks: checks } }, CONTEXT);
      expect(answers.pop()!.body.Data.Checks).toBe(expected);
    }
  });

  test('however much is found, the answer is small enough for CloudFormation', async () => {
    const project = await MemoryProject.create();
    useProject(project);
    mockSettings.corsAllowsGet.mockImplementation(async () => { throw new Error('x'.repeat(9_000)); });
    await deployment({ ...event(project, 'Update'), StackId: `arn:aws:cloudformation:us-east-1:111122223333:stack/${'s'.repeat(128)}/${'0'.repeat(36)}` }, CONTEXT);
    expect(JSON.stringify(answers[0].body).length).toBeLessThan(4_096);
  });

  test('a deploy that cannot be carried out fails, and says why', async () => {
    const project = await MemoryProject.create();
    useProject(project);
    await deployment({ ...event(project, 'Update'), ResourceProperties: { ServiceToken: 'x', Configuration: 'no json' } }, CONTEXT);
    expect(answers[0].body).toMatchObject({ Status: 'FAILED', Reason: expect.stringContaining('JSON') });
  });

  test('an answer that is not taken is not turned into its opposite: Lambda calls again', async () => {
    const project = await MemoryProject.create();
    useProject(project);
    status = 500;
    await expect(deployment(event(project, 'Update'), CONTEXT)).rejects.toThrow(/did not take the answer: 500/);
    expect(answers.map((answer) => answer.body.Status)).toEqual(['SUCCESS']);
  });

  test('Delete ends the project and silences its bucket', async () => {
    const project = await MemoryProject.create();
    useProject(project);
    await deployment(event(project, 'Delete'), CONTEXT);
    expect(answers[0].body).toMatchObject({ Status: 'SUCCESS', Data: { Checks: 'OK' } });
    expect((await project.read()).state.mode).toBe('RETIRED');
    expect(mockSettings.silence).toHaveBeenCalledWith('drop');
  });

  test('Delete leaves a brought bucket as it is', async () => {
    const project = await MemoryProject.create();
    Object.assign(project.world.resources, { dropBucketIsOwn: false });
    useProject(project);
    mockSettings.silence.mockClear();
    await deployment(event(project, 'Delete'), CONTEXT);
    expect(mockSettings.silence).not.toHaveBeenCalled();
  });

  test.each<[string, (project: MemoryProject) => void]>([
    ['the ledger is gone', (project) => { project.outside.table.options = { faults: () => 'throw-before' }; }],
    ['the bucket is gone', () => { mockSettings.silence.mockImplementation(async () => { throw new Error('gone'); }); }],
    ['nothing was ever deployed', (project) => { Object.assign(project.outside, {}); }],
  ])('Delete never fails: %s', async (_name, destroy) => {
    const project = await withoutConfiguration();
    useProject(project);
    destroy(project);
    await deployment(event(project, 'Delete'), { ...CONTEXT, getRemainingTimeInMillis: () => 60_000 });
    expect(answers.map((answer) => answer.body.Status)).toEqual(['SUCCESS']);
  });

  test('Delete does not wait for what the service refuses', async () => {
    const project = await MemoryProject.create();
    useProject(project);
    const refused = Object.assign(new Error('no such bucket'), { name: 'NoSuchBucket', $metadata: { httpStatusCode: 404 } });
    mockSettings.silence.mockRejectedValue(refused);
    await deployment(event(project, 'Delete'), CONTEXT);
    expect(answers.map((answer) => answer.body.Status)).toEqual(['SUCCESS']);
  });

  test('Delete without time to wait says which job it leaves', async () => {
    const project = await MemoryProject.create();
    await project.drop('a.jpg');
    await project.rounds(2);
    useProject(project);
    await deployment(event(project, 'Delete'), { ...CONTEXT, getRemainingTimeInMillis: () => 60_000 });
    expect(answers[0].body.Status).toBe('SUCCESS');
    expect(project.outside.telemetry.said.some((line) => line.level === 'error' && /froth-0a1b2c3d-1/.test(line.message))).toBe(true);
  });

  test('Delete waits for a running job to stop', async () => {
    const project = await runningProject();
    useProject(project);
    const real = setTimeout;
    const timer = jest.spyOn(global, 'setTimeout').mockImplementation(((work: () => void, ms?: number) => ms === 5_000
      ? real(() => {
        project.clock.advance(ms);
        void project.simulator.step().then(work);
      }, 0)
      : real(work, ms)) as typeof setTimeout);
    await deployment(event(project, 'Delete'), CONTEXT);
    timer.mockRestore();
    expect(jobStatuses(project)).toEqual(['1 Stopped']);
    expect(answers[0].body.Status).toBe('SUCCESS');
  });
});
