import { SERVICE_MODEL } from './harness';
import { definitionProblems, Instance, InstanceEnd, PipelineHost, PipelineOptions, PipelineSimulator, VirtualClock } from '../../../src/local/simulator';

const FUNCTION = 'arn:aws:lambda:us-east-1:111122223333:function:f';
const lambda = (name: string, more: object = {}): object => ({ Name: name, Type: 'Lambda', FunctionArn: FUNCTION, Arguments: {}, ...more });
const processing = (more: object = {}): object => ({
  Name: 'Work', Type: 'Processing',
  Arguments: { RoleArn: 'role', AppSpecification: { ImageUri: 'image' }, ProcessingResources: { ClusterConfig: { InstanceCount: 2 } }, ...more },
});
const definition = (steps: object[], more: object = {}): string => JSON.stringify({ Version: '2020-12-01', Metadata: {}, Parameters: [], Steps: steps, ...more });
const condition = (ifSteps: object[]): object => ({
  Name: 'If', Type: 'Condition', Arguments: { Conditions: [{ Type: 'Equals', LeftValue: 1, RightValue: 1 }], IfSteps: ifSteps, ElseSteps: [] },
});

describe('a definition', () => {
  test.each<[string, string, RegExp]>([
    ['no JSON', '{', /is no JSON/],
    ['no steps', definition([]), /at least one step/],
    ['another version', definition([lambda('A')], { Version: '1' }), /2020-12-01 is expected/],
    ['a member that the schema does not have', definition([lambda('A')], { Stuff: 1 }), /unknown member Stuff/],
    ['a long name', definition([lambda('A'.repeat(65))]), /does not match/],
    ['a name twice', definition([lambda('A'), lambda('A')]), /two steps are named A/],
    ['a name twice, once in a branch', definition([lambda('A'), condition([lambda('A')])]), /two steps are named A/],
    ['a parameter that does not exist', definition([lambda('A', { Arguments: { x: { Get: 'Parameters.P' } } })]), /no such parameter/],
    ['a default of another type', definition([lambda('A')], { Parameters: [{ Name: 'P', Type: 'Integer', DefaultValue: 'x' }] }), /is no Integer/],
    ['a step that does not exist', definition([lambda('A', { DependsOn: ['B'] })]), /which does not exist/],
    ['an output that does not exist', definition([lambda('A'), lambda('B', { Arguments: { x: { Get: "Steps.A.OutputParameters['y']" } } })]), /no such output/],
    ['a circle', definition([lambda('A', { DependsOn: ['B'] }), lambda('B', { DependsOn: ['A'] })]), /step A waits for itself/],
    ['a condition in a condition', definition([condition([{ ...condition([lambda('A')]), Name: 'Inner' }])]), /inside another condition/],
    ['a nested argument of a Lambda step', definition([lambda('A', { Arguments: { x: { y: 1 } } })]), /is nested/],
    ['retries of a Lambda step', definition([lambda('A', { RetryPolicies: [{ ExceptionType: ['Step.THROTTLING'], MaxAttempts: 2 }] })]), /has no retry policy/],
    ['no function', definition([lambda('A', { FunctionArn: 'f' })]), /no function's ARN/],
    ['a name for the processing job', definition([processing({ ProcessingJobName: 'x' })]), /SageMaker names the processing job/],
  ])('with %s is refused', (_name, body, problem) => {
    expect(definitionProblems(body).join('; ')).toMatch(problem);
  });

  test('may have branches, joined texts, and references to the execution', () => {
    expect(definitionProblems(definition([
      lambda('A', { Arguments: { x: { 'Std:Join': { On: '/', Values: ['a', { Get: 'Parameters.P' }] } }, id: { Get: 'Execution.PipelineExecutionId' } } }),
      condition([processing()]),
    ], { Parameters: [{ Name: 'P', Type: 'String', DefaultValue: 'b' }] }))).toEqual([]);
  });
});

class Host implements PipelineHost {
  public readonly objects = new Map<string, Uint8Array>();
  public readonly instances: Instance[] = [];
  public invoke: PipelineHost['invoke'] = async () => ({});
  public run: (instance: Instance) => Promise<InstanceEnd> = async () => ({ exitCode: 0, files: new Map() });

  public runInstance(instance: Instance): Promise<InstanceEnd> {
    this.instances.push(instance);
    return this.run(instance);
  }

  public async readObject(_bucket: string, key: string): Promise<Uint8Array> {
    return this.objects.get(key)!;
  }

  public async writeObject(_bucket: string, key: string, body: Uint8Array): Promise<void> {
    this.objects.set(key, body);
  }

  public async listObjects(_bucket: string, prefix: string): Promise<string[]> {
    return [...this.objects.keys()].filter((key) => key.startsWith(prefix));
  }
}

function simulator(
  steps: object[], options: Partial<PipelineOptions> = {},
): { host: Host; clock: VirtualClock; pipelines: PipelineSimulator } {
  const host = new Host();
  const clock = new VirtualClock();
  const pipelines = new PipelineSimulator(host, clock, { awaitsWork: true, serviceModelPath: SERVICE_MODEL, ...options });
  pipelines.putPipeline('p', definition(steps));
  return { host, clock, pipelines };
}

const token = (digit: string): string => digit.repeat(32);
const start = (pipelines: PipelineSimulator, digit = 'a', more: object = {}) =>
  pipelines.startPipelineExecution({ PipelineName: 'p', ClientRequestToken: token(digit), ...more });
const statusOf = async (pipelines: PipelineSimulator, arn: string): Promise<string> =>
  (await pipelines.describePipelineExecution({ PipelineExecutionArn: arn })).PipelineExecutionStatus;

describe('executions', () => {
  test('one token is one execution; with other parameters it is a conflict, and after its time another execution', async () => {
    const { pipelines, clock } = simulator([lambda('A')], { tokenMemory: 1_000 });
    const { PipelineExecutionArn: first } = await start(pipelines);
    expect((await start(pipelines)).PipelineExecutionArn).toBe(first);
    await expect(start(pipelines, 'a', { PipelineExecutionDisplayName: 'x' })).rejects.toMatchObject({ name: 'ConflictException' });
    clock.advance(2_000);
    expect((await start(pipelines)).PipelineExecutionArn).not.toBe(first);
  });

  test.each<[string, object, string]>([
    ['a short token', { ClientRequestToken: 'x' }, 'ValidationException'],
    ['a wrong display name', { PipelineExecutionDisplayName: 'a b' }, 'ValidationException'],
    ['an unknown member', { Stuff: 1 }, 'ValidationException'],
    ['an unknown parameter', { PipelineParameters: [{ Name: 'X', Value: '1' }] }, 'ValidationException'],
    ['an unknown pipeline', { PipelineName: 'q' }, 'ResourceNotFound'],
  ])('%s is refused', async (_name, more, name) => {
    await expect(start(simulator([lambda('A')]).pipelines, 'b', more)).rejects.toMatchObject({ name });
  });

  test('keep the definition that they began with', async () => {
    const { pipelines } = simulator([lambda('A')]);
    const { PipelineExecutionArn: arn } = await start(pipelines);
    pipelines.putPipeline('p', definition([lambda('B')]));
    await pipelines.step();
    expect((await pipelines.listPipelineExecutionSteps({ PipelineExecutionArn: arn })).PipelineExecutionSteps.map(({ StepName }) => StepName)).toEqual(['A']);
  });

  test('fail with their function, and where its answer lacks an output', async () => {
    for (const invoke of [async () => ({ other: 1 }), async () => { throw new Error('out of order'); }]) {
      const { pipelines, host } = simulator([lambda('A', { OutputParameters: [{ OutputName: 'did', OutputType: 'String' }] }), lambda('B', { DependsOn: ['A'] })]);
      host.invoke = invoke;
      const { PipelineExecutionArn: arn } = await start(pipelines);
      await pipelines.step();
      expect(await statusOf(pipelines, arn)).toBe('Failed');
    }
  });

  test('are Stopping while a function runs; their pipeline cannot be deleted before', async () => {
    const { pipelines, host } = simulator([lambda('A')], { awaitsWork: false });
    let finish: (answer: object) => void = () => undefined;
    host.invoke = () => new Promise((resolve) => { finish = resolve; });
    const { PipelineExecutionArn: arn } = await start(pipelines);
    await pipelines.step();
    await pipelines.stopPipelineExecution({ PipelineExecutionArn: arn, ClientRequestToken: token('c') });
    await pipelines.step();
    expect(await statusOf(pipelines, arn)).toBe('Stopping');
    expect(() => pipelines.removePipeline('p')).toThrow(/running executions/);
    finish({});
    await pipelines.step();
    await pipelines.step();
    expect(await statusOf(pipelines, arn)).toBe('Stopped');
    await expect(pipelines.stopPipelineExecution({ PipelineExecutionArn: arn, ClientRequestToken: token('d') })).rejects.toMatchObject({ name: 'ConflictException' });
  });
});

describe('a processing step', () => {
  const INPUTS = [
    { InputName: 'all', S3Input: { S3Uri: 's3://b/all/', LocalPath: '/in/all', S3DataType: 'S3Prefix', S3DataDistributionType: 'FullyReplicated' } },
    { InputName: 'shared', S3Input: { S3Uri: 's3://b/manifest', LocalPath: '/in/shared', S3DataType: 'ManifestFile', S3DataDistributionType: 'ShardedByS3Key' } },
  ];
  const OUTPUTS = { Outputs: [{ OutputName: 'out', S3Output: { S3Uri: 's3://b/out', LocalPath: '/out' } }] };

  function withInputs(options: Partial<PipelineOptions> = {}) {
    const job = { ProcessingInputs: INPUTS, ProcessingOutputConfig: OUTPUTS, StoppingCondition: { MaxRuntimeInSeconds: 60 } };
    const made = simulator([processing(job)], options);
    made.host.objects.set('all/x', Buffer.from('x'));
    ['1', '2', '3'].forEach((name) => made.host.objects.set(`drops/${name}`, Buffer.from(name)));
    made.host.objects.set('manifest', Buffer.from(JSON.stringify([{ prefix: 's3://b/drops/' }, '1', '2', '3'])));
    return made;
  }

  test('deals its inputs out and gathers its outputs', async () => {
    const { pipelines, host } = withInputs();
    host.run = async ({ number, files }) => ({ exitCode: 0, files: new Map([[`/out/${number}.txt`, Buffer.from([...files.keys()].join())]]) });
    const { PipelineExecutionArn: arn } = await start(pipelines);
    await pipelines.step();
    expect(await statusOf(pipelines, arn)).toBe('Succeeded');
    expect([0, 1].map((number) => Buffer.from(host.objects.get(`out/${number}.txt`)!).toString())).toEqual([
      '/in/all/x,/in/shared/1,/in/shared/3', '/in/all/x,/in/shared/2',
    ]);
  });

  test.each([[true], [false]])('of which an instance fails uploads what there is: %p', async (uploadsAfterFailure) => {
    const { pipelines, host } = withInputs({ uploadsAfterFailure });
    host.run = async ({ number }) => ({ exitCode: number, files: new Map([[`/out/${number}.txt`, Buffer.from('x')]]) });
    const { PipelineExecutionArn: arn } = await start(pipelines);
    await pipelines.step();
    expect(await statusOf(pipelines, arn)).toBe('Failed');
    expect(host.objects.has('out/0.txt')).toBe(uploadsAfterFailure);
  });

  test('is ended at its time limit, and where an input is missing', async () => {
    const late = withInputs({ awaitsWork: false });
    late.host.run = ({ signal }) => new Promise((resolve) => signal.addEventListener('abort', () => resolve({ exitCode: 137, files: new Map() })));
    const { PipelineExecutionArn: arn } = await start(late.pipelines);
    await late.pipelines.step();
    late.clock.advance(60_000);
    await late.pipelines.step();
    expect(await statusOf(late.pipelines, arn)).toBe('Failed');
    const empty = withInputs();
    empty.host.objects.delete('all/x');
    const { PipelineExecutionArn: other } = await start(empty.pipelines);
    await empty.pipelines.step();
    expect((await empty.pipelines.listPipelineExecutionSteps({ PipelineExecutionArn: other })).PipelineExecutionSteps[0]).toMatchObject({
      StepStatus: 'Failed', FailureReason: expect.stringContaining('Data download failed'),
    });
    expect(empty.host.instances).toEqual([]);
  });
});
