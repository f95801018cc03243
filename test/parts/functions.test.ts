import { RemovalPolicy } from 'aws-cdk-lib';
import { Architecture } from 'aws-cdk-lib/aws-lambda';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { StreamingLabelingProjectProps } from '../../src';
import { assetPath } from '../../src/parts/project-function';
import { FlatTemplate, newProject, newStack } from '../project-fixture';

function synth(props: Partial<StreamingLabelingProjectProps> = {}): FlatTemplate {
  const stack = newStack();
  newProject(stack, props);
  return FlatTemplate.of(stack);
}

const template = synth();
const FUNCTIONS = ['Intake', 'Controller', 'Recorder', 'Deployment'];
const handler = (name: string, of = template) => of.find('AWS::Lambda::Function', `${name}Handler`);
const resources = (name: string) => JSON.parse(handler(name).Properties.Environment.Variables.PROJECT_RESOURCES);

const queue = (word: string) => template.ofType('AWS::SQS::Queue').filter(({ id }) => id.includes(word) && !id.includes('DeadLetters'))[0];
const deadLetters = (word: string) => template.find('AWS::SQS::Queue', `${word}DeadLetters`);

describe('every function', () => {
  test.each(FUNCTIONS)('%s has a bundle, a description, a bounded time, and a JSON log of its own that ends', (name) => {
    const { Properties } = handler(name);
    expect(Properties).toMatchObject({
      Handler: 'index.handler', Runtime: 'nodejs24.x', Architectures: ['arm64'], Description: expect.stringMatching(/.{20}/), Timeout: expect.any(Number),
      LoggingConfig: { LogFormat: 'JSON', LogGroup: expect.stringContaining(`${name}HandlerLog`) },
    });
    const log = template.find('AWS::Logs::LogGroup', `${name}Handler`);
    expect(log.Properties.RetentionInDays).toBe(90);
    expect(log.DeletionPolicy).toBe('Retain');
    expect(Properties.ReservedConcurrentExecutions).toBeUndefined();
  });

  test.each(FUNCTIONS)('%s knows where its project lives', (name) => {
    const ids = (type: string, word: string) => `<${template.find(type, word).id}>`;
    expect(resources(name)).toEqual({
      projectId: expect.stringMatching(/^parts-</),
      ledgerTable: ids('AWS::DynamoDB::Table', 'Ledger'),
      dropBucket: ids('AWS::S3::Bucket', 'DropBucket'),
      dropPrefix: '',
      dropBucketIsOwn: true,
      inputBucket: ids('AWS::S3::Bucket', 'InputBucket'),
      outputBucket: ids('AWS::S3::Bucket', 'OutputBucket'),
      inputTopicArn: ids('AWS::SNS::Topic', 'InputTopic'),
      outputTopicArn: ids('AWS::SNS::Topic', 'OutputTopic'),
      intakeQueueUrl: `<${queue('IntakeQueue').id}>`,
      intakeDeadLetterQueueUrl: `<${deadLetters('IntakeQueue').id}>`,
      recorderQueueUrl: `<${queue('RecorderQueue').id}>`,
      recorderDeadLetterQueueUrl: `<${deadLetters('RecorderQueue').id}>`,
      executionRoleArn: `<${template.find('AWS::IAM::Role', 'ExecutionRole').id}.Arn>`,
      ...name === 'Controller' ? {} : { controllerFunction: ids('AWS::Lambda::Function', 'ControllerHandler') },
    });
  });

  test('takes the architecture, the retention and the removal policy that are asked for', () => {
    const other = synth({ architecture: Architecture.X86_64, logRetention: RetentionDays.ONE_WEEK, removalPolicy: RemovalPolicy.DESTROY });
    FUNCTIONS.forEach((name) => {
      expect(handler(name, other).Properties.Architectures).toEqual(['x86_64']);
      const log = other.find('AWS::Logs::LogGroup', `${name}Handler`);
      expect([log.Properties.RetentionInDays, log.DeletionPolicy]).toEqual([7, 'Delete']);
    });
    expect(other.ofType('AWS::Lambda::LayerVersion')[0].resource.Properties.CompatibleArchitectures).toEqual(['x86_64']);
  });
});

test('a package without its bundles says so', () => {
  expect(() => assetPath('nothing')).toThrow(/the package is incomplete: .*assets\/nothing is missing.*npx projen bundle/);
});

describe('the intake', () => {
  test('has the layer with sharp, and memory for large images', () => {
    expect(handler('Intake').Properties).toMatchObject({
      Layers: [expect.stringContaining('Sharp')], MemorySize: 3008, Timeout: 300, Environment: { Variables: { MALLOC_ARENA_MAX: '2' } },
    });
    FUNCTIONS.filter((name) => name !== 'Intake').forEach((name) => expect(handler(name).Properties.Layers).toBeUndefined());
  });

  test('may crash four times over a drop before its message becomes a dead letter', () => {
    expect(queue('IntakeQueue').resource.Properties.RedrivePolicy).toEqual({
      deadLetterTargetArn: `<${deadLetters('IntakeQueue').id}.Arn>`, maxReceiveCount: 8,
    });
  });
});

describe('queues', () => {
  test.each([['IntakeQueue', 'Intake'], ['RecorderQueue', 'Recorder']])('%s hides a message six times as long as a run of its function', (word, name) => {
    const { Properties } = queue(word).resource;
    expect(Properties.VisibilityTimeout).toBe(6 * handler(name).Properties.Timeout);
    expect(Properties.MessageRetentionPeriod).toBe(14 * 24 * 3600);
    expect(Properties.SqsManagedSseEnabled).toBe(true);
    expect(deadLetters(word).Properties).toMatchObject({ MessageRetentionPeriod: 14 * 24 * 3600, SqsManagedSseEnabled: true });
  });

  test.each(['IntakeQueue', 'RecorderQueue'])('%s gives batches of ten to a bounded number of runs, and takes back what failed', (word) => {
    const mapping = template.ofType('AWS::Lambda::EventSourceMapping').filter(({ resource }) => resource.Properties.EventSourceArn === `<${queue(word).id}.Arn>`);
    expect(mapping[0].resource.Properties).toMatchObject({
      BatchSize: 10, FunctionResponseTypes: ['ReportBatchItemFailures'], ScalingConfig: { MaximumConcurrency: expect.any(Number) },
    });
  });

  test('all refuse what does not come over TLS', () => {
    const denied = template.ofType('AWS::SQS::QueuePolicy').filter(({ resource }) => resource.Properties.PolicyDocument.Statement.some(
      (statement: { Effect: string; Condition?: object }) => statement.Effect === 'Deny' && JSON.stringify(statement.Condition).includes('aws:SecureTransport')));
    expect(denied).toHaveLength(template.ofType('AWS::SQS::Queue').length);
  });

  test('labels come as Ground Truth wrote them, from the output topic alone', () => {
    const topic = `<${template.find('AWS::SNS::Topic', 'OutputTopic').id}>`;
    const recorderQueue = `<${queue('RecorderQueue').id}.Arn>`;
    expect(template.ofType('AWS::SNS::Subscription').map(({ resource }) => resource.Properties)).toEqual([
      { Protocol: 'sqs', TopicArn: topic, Endpoint: recorderQueue, RawMessageDelivery: true },
    ]);
    const [policy] = template.ofType('AWS::SQS::QueuePolicy').filter(({ resource }) => resource.Properties.Queues[0] === `<${queue('RecorderQueue').id}>`);
    expect(policy.resource.Properties.PolicyDocument.Statement).toContainEqual({
      Effect: 'Allow', Principal: { Service: 'sns.amazonaws.com' }, Action: 'sqs:SendMessage', Resource: recorderQueue,
      Condition: { ArnEquals: { 'aws:SourceArn': topic } },
    });
  });
});

describe('the controller', () => {
  test('ends before its lease does', () => {
    expect(handler('Controller').Properties).toMatchObject({ Timeout: 120, MemorySize: 1024 });
  });

  test('is woken by the end of this project\'s jobs alone', () => {
    const { EventPattern, Targets } = template.ofType('AWS::Events::Rule')[0].resource.Properties;
    expect(EventPattern).toEqual({
      'source': ['aws.sagemaker'],
      'detail-type': ['SageMaker Ground Truth Labeling Job State Change'],
      'resources': [{ prefix: expect.stringMatching(/^arn:<AWS::Partition>:sagemaker:eu-west-1:111122223333:labeling-job\/parts-<.*>-$/) }],
    });
    expect(Targets[0].Arn).toBe(`<${handler('Controller').id}.Arn>`);
  });

  test('is woken each minute, each time with an id of its own', () => {
    const { Properties } = template.ofType('AWS::Scheduler::Schedule')[0].resource;
    expect(Properties).toMatchObject({ ScheduleExpression: 'rate(1 minute)', FlexibleTimeWindow: { Mode: 'OFF' } });
    expect(JSON.parse(Properties.Target.Input)).toEqual({ cause: 'schedule', id: '<aws.scheduler.execution-id>' });
    expect(template.statementsOf('ClockRole')).toEqual([
      { Effect: 'Allow', Action: ['lambda:InvokeFunction'], Resource: [`<${handler('Controller').id}.Arn>`] },
    ]);
    expect(template.find('AWS::IAM::Role', 'ClockRole').Properties.AssumeRolePolicyDocument.Statement[0].Condition.StringEquals).toMatchObject({
      'aws:SourceAccount': '111122223333',
    });
  });
});

describe('the ledger', () => {
  test('can be restored to any second, cannot be deleted by mistake, and stays', () => {
    const { Properties, DeletionPolicy, UpdateReplacePolicy } = template.ofType('AWS::DynamoDB::Table')[0].resource;
    expect(Properties).toMatchObject({
      BillingMode: 'PAY_PER_REQUEST',
      DeletionProtectionEnabled: true,
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }, { AttributeName: 'sk', KeyType: 'RANGE' }],
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      GlobalSecondaryIndexes: [{
        IndexName: 'status',
        KeySchema: [{ AttributeName: 'gsi1pk', KeyType: 'HASH' }, { AttributeName: 'gsi1sk', KeyType: 'RANGE' }],
        Projection: { ProjectionType: 'KEYS_ONLY' },
      }],
    });
    expect([DeletionPolicy, UpdateReplacePolicy]).toEqual(['Retain', 'Retain']);
  });
});

describe('alarms', () => {
  test('are at most five, and call nobody until the user says whom', () => {
    const alarms = template.ofType('AWS::CloudWatch::Alarm').map(({ resource }) => resource.Properties);
    expect(alarms.length).toBeLessThanOrEqual(5);
    expect(alarms.every(({ AlarmActions, AlarmDescription }) => AlarmActions === undefined && /^Streaming labeling project parts /.test(AlarmDescription))).toBe(true);
  });

  test('ring where nothing wakes the controller, although then no metric comes', () => {
    expect(template.find('AWS::CloudWatch::Alarm', 'Silent').Properties).toMatchObject({
      MetricName: 'Invocations', Threshold: 1, ComparisonOperator: 'LessThanThreshold', TreatMissingData: 'breaching',
    });
  });

  test.each([['DropsNotTaken', 'IntakeQueueDeadLetters'], ['LabelsNotRecorded', 'RecorderQueueDeadLetters']])('%s rings for one dead letter', (alarm, word) => {
    expect(template.find('AWS::CloudWatch::Alarm', alarm).Properties).toMatchObject({
      MetricName: 'ApproximateNumberOfMessagesVisible', Threshold: 0, ComparisonOperator: 'GreaterThanThreshold', TreatMissingData: 'notBreaching',
      Dimensions: [{ Name: 'QueueName', Value: expect.stringContaining(word) }],
    });
  });
});
