import { join } from 'path';
import { setTimeout as sleep } from 'timers/promises';
import { DescribeContinuousBackupsCommand } from '@aws-sdk/client-dynamodb';
import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { GetFunctionConcurrencyCommand, InvokeCommand } from '@aws-sdk/client-lambda';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { GetScheduleCommand } from '@aws-sdk/client-scheduler';
import { PublishCommand } from '@aws-sdk/client-sns';
import { ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { Deployment, Emulator, postS3Event, Processes, pythonEnvironment, StackArtifact, synthesizeStacks } from '../../../src/local/runner';

jest.setTimeout(300_000);

const APP = join(__dirname, 'app', 'app.js');

describe('a stack in the emulator', () => {
  const processes = new Processes();
  let emulator: Emulator;
  let stack: StackArtifact;
  let deployment: Deployment;

  const synthesize = async (context: object = {}) => {
    const command = [process.execPath, APP];
    const [made] = await synthesizeStacks(processes, { command, context: { ...context } }, emulator);
    return made;
  };

  beforeAll(async () => {
    const python = await pythonEnvironment({ processes, progress: line => console.log(line) });
    emulator = await Emulator.start({ processes, python });
    stack = await synthesize({ reserved: 1 });
    deployment = await Deployment.create(emulator, stack);
  });
  afterAll(() => processes.stopAll());

  /** The bodies of all objects that the function wrote; waits until there is one that is wanted. */
  const seen = async (isWanted: (text: string) => boolean): Promise<string[]> => {
    for (let tries = 0; tries < 200; tries++) {
      const { Contents = [] } = await emulator.aws.s3.send(new ListObjectsV2Command({ Bucket: deployment.outputs.Bucket, Prefix: 'seen/' }));
      const texts = await Promise.all(Contents.map(async ({ Key }) => {
        const { Body } = await emulator.aws.s3.send(new GetObjectCommand({ Bucket: deployment.outputs.Bucket, Key }));
        return Body!.transformToString();
      }));
      const wanted = texts.filter(isWanted);
      if (wanted.length > 0) {
        return wanted;
      }
      await sleep(50);
    }
    throw new Error(`the function never saw it; ${emulator.log()}`);
  };

  const invoke = async (payload: object) => {
    const result = await emulator.aws.lambda.send(new InvokeCommand({
      FunctionName: deployment.outputs.Handler, Payload: Buffer.from(JSON.stringify(payload)),
    }));
    return { error: result.FunctionError, value: JSON.parse(Buffer.from(result.Payload!).toString()) as { errorMessage?: string } };
  };

  test('tells what it made', () => {
    expect(deployment.outputs.Queue).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/123456789012\//);
    expect(deployment.find({ type: 'AWS::SQS::Queue' }).map(({ logicalId }) => logicalId.slice(0, -8)).sort()).toEqual(['DeadLetters', 'Queue']);
    expect(deployment.ignored).toContainEqual(expect.objectContaining({ type: 'AWS::Lambda::Function', property: 'Runtime' }));
  });

  test('has the settings of the template that the emulator drops', async () => {
    const { aws } = emulator;
    const concurrency = await aws.lambda.send(new GetFunctionConcurrencyCommand({ FunctionName: deployment.outputs.Handler }));
    expect(concurrency.ReservedConcurrentExecutions).toBe(1);
    const backups = await aws.dynamodb.send(new DescribeContinuousBackupsCommand({ TableName: deployment.outputs.Table }));
    expect(backups.ContinuousBackupsDescription?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus).toBe('ENABLED');
  });

  test('hands objects with any key to the function, encoded as AWS does', async () => {
    await emulator.aws.s3.send(new PutObjectCommand({ Bucket: deployment.outputs.Bucket, Key: 'in/ä b+c.jpg', Body: 'x' }));
    const [event] = await seen(text => text.includes('in/%C3%A4+b%2Bc.jpg'));
    expect(event).toMatch(/"versionId": ?"[^"]+"/);
  });

  test('takes events that the driver posts', async () => {
    const { bucket, key } = { bucket: deployment.outputs.Bucket, key: 'in/posted 1.jpg' };
    await postS3Event(emulator.aws.sqs, deployment.outputs.Queue, 'eu-west-1', { bucket, key, eTag: 'e', size: 1, versionId: 'v' });
    await seen(text => text.includes('in/posted+1.jpg'));
  });

  test('puts what fails again and again into the dead-letter queue', async () => {
    await emulator.aws.sqs.send(new SendMessageCommand({ QueueUrl: deployment.outputs.Queue, MessageBody: 'fail' }));
    let messages: unknown[] = [];
    for (let tries = 0; tries < 20 && messages.length === 0; tries++) {
      const query = new ReceiveMessageCommand({ QueueUrl: deployment.outputs.DeadLetters, WaitTimeSeconds: 1 });
      messages = (await emulator.aws.sqs.send(query)).Messages ?? [];
    }
    expect(messages).toMatchObject([{ Body: 'fail' }]);
  });

  test('fires its schedules with an id of their own each time', async () => {
    const [clock] = deployment.find({ type: 'AWS::Scheduler::Schedule' });
    expect((await emulator.aws.scheduler.send(new GetScheduleCommand({ Name: clock.physicalId }))).State).toBe('DISABLED');
    await deployment.schedules.fire();
    expect(await seen(text => text.includes('tick'))).toHaveLength(1);
    deployment.schedules.start({ speed: 600 });
    let ticks: string[] = [];
    for (let tries = 0; tries < 200 && ticks.length < 4; tries++) {
      ticks = await seen(text => text.includes('tick'));
    }
    deployment.schedules.stop();
    expect(ticks.length).toBeGreaterThanOrEqual(4);
    expect(new Set(ticks).size).toBe(ticks.length);
    expect(ticks[0]).toMatch(/^\{"tick":"[0-9a-f-]{36}"\}$/);
  });

  test('gets the job events of its own jobs from the simulator, and of no other service', async () => {
    const send = async (Source: string, job: string) => {
      const { Entries } = await emulator.aws.eventBridge.send(new PutEventsCommand({
        Entries: [{ Source, DetailType: 'x', Detail: '{}', Resources: [`arn:aws:sagemaker:eu-west-1:123456789012:labeling-job/${job}`] }],
      }));
      return Entries![0].ErrorCode;
    };
    expect(await send('aws.sagemaker', 'other-1')).toBeUndefined();
    expect(await send('aws.ec2', 'mine-1')).toBe('NotAuthorizedForSourceException');
    expect(await send('aws.sagemaker', 'mine-1')).toBeUndefined();
    const events = await seen(text => text.includes('labeling-job'));
    expect(events).toHaveLength(1);
    expect(events[0]).toContain('mine-1');
  });

  test('has functions with the rights of their roles only', async () => {
    expect(await invoke({ fine: true })).toMatchObject({ error: undefined });
    const { error, value } = await invoke({ prefix: 'elsewhere/' });
    expect(error).toBe('Unhandled');
    expect(value.errorMessage).toMatch(/not authorized to perform: s3:PutObject/);
  });

  test('has functions that may publish in batches where they may publish', async () => {
    expect(await invoke({ publish: 'text' })).toMatchObject({ error: undefined, value: 1 });
  });

  test('has functions that may announce only what they are allowed to', async () => {
    expect(await invoke({ announce: 'mine' })).toMatchObject({ error: undefined, value: 0 });
    const { error, value } = await invoke({ announce: 'other' });
    expect(error).toBe('Unhandled');
    expect(value.errorMessage).toMatch(/not authorized to perform: events:PutEvents/);
  });

  test('has functions that find the sharp of this machine', async () => {
    expect((await invoke({ sharp: true })).value).toContain('vips');
  });

  test('takes what is sent over loopback for sent over TLS', async () => {
    await emulator.aws.sns.send(new PublishCommand({ TopicArn: deployment.outputs.Topic, Message: 'x' }));
  });

  test('loses no event while its function is busy', async () => {
    for (let index = 0; index < 5; index++) {
      const Payload = Buffer.from(JSON.stringify({ sleep: 1500, patient: index }));
      await emulator.aws.lambda.send(new InvokeCommand({ FunctionName: deployment.outputs.Handler, InvocationType: 'Event', Payload }));
    }
    let handled: string[] = [];
    for (let tries = 0; tries < 200 && handled.length < 5; tries++) {
      handled = await seen(text => text.includes('patient'));
      await sleep(100);
    }
    expect(handled).toHaveLength(5);
  });

  test('is updated, and keeps nothing that the template does not say any more', async () => {
    expect(await deployment.update(stack.template)).toBe(false);
    expect(await deployment.update((await synthesize()).template)).toBe(true);
    const concurrency = await emulator.aws.lambda.send(new GetFunctionConcurrencyCommand({ FunctionName: deployment.outputs.Handler }));
    expect(concurrency.ReservedConcurrentExecutions).toBeUndefined();
  });

  test('that fails says which resource failed, and why', async () => {
    const { template } = await synthesize({ broken: true });
    await expect(Deployment.create(emulator, { stackName: 'Broken', template }))
      .rejects.toThrow(/stack Broken: ROLLBACK_COMPLETE\n {2}Broken\w+ \(AWS::S3::Bucket\): CREATE_FAILED: .*Unable to validate the following destination/);
  });

  test('is deleted', async () => {
    await deployment.destroy();
    await expect(deployment.update(stack.template)).rejects.toThrow();
  });
});

describe('an emulator that cannot start', () => {
  test('says what it printed, and leaves nothing running', async () => {
    const processes = new Processes();
    await expect(Emulator.start({ processes, python: '/bin/false' })).rejects.toThrow(/the AWS emulator ended \(1\)/);
    await processes.stopAll();
  });
});
