import { App, CfnOutput, NestedStack, Stack, Stage } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { ManagedPolicy, PermissionsBoundary, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import * as recommendedFlags from 'aws-cdk-lib/recommended-feature-flags.json';
import { ACCOUNT, FlatTemplate, REGION, TEAM_ARN, agnosticStack, newApp, newProject, newStack } from './project-fixture';
import { RetainedLedger, StreamingLabelingProject, WorkTeam } from '../src';
import { METRIC, METRIC_DIMENSION, METRIC_NAMESPACE } from '../src/contract/events';

const CHAIN_ID = '<0 of <2 of <AWS::StackId> by /> by ->';

describe('a default project', () => {
  test.each([
    ['in a Region', () => newStack()],
    ['in a Region that is known at deploy time', () => agnosticStack()],
    ['with all recommended feature flags', () => newStack(undefined, newApp({ context: recommendedFlags }))],
  ])('%s has at most 60 resources', (_, makeStack) => {
    const stack = makeStack();
    newProject(stack);
    expect(Object.keys(FlatTemplate.of(stack).resources).length).toBeLessThanOrEqual(60);
  });

  test('is the same in two synths', () => {
    const synth = () => {
      const stack = newStack();
      newProject(stack);
      return Template.fromStack(stack).toJSON();
    };
    expect(synth()).toEqual(synth());
  });

  test('has names in none of its resources, so that it can live beside any other', () => {
    const stack = newStack();
    newProject(stack);
    const { resources } = FlatTemplate.of(stack);
    const names = Object.values(resources).filter(({ Type }) => !/Permission|EventSourceMapping/.test(Type)).flatMap(({ Properties }) => Object.keys(Properties ?? {}))
      .filter((name) => /^(Bucket|Queue|Topic|Function|Role|Table|Alarm|Rule|LogGroup|Layer)Name$|^Name$/.test(name));
    expect(names).toEqual([]);
  });

  test('tells what comes next', () => {
    const stack = newStack();
    newProject(stack, { dropPrefix: 'camera-1/' });
    const template = Template.fromStack(stack).toJSON();
    const outputs = Object.keys(template.Outputs).map((id) => id.replace(/^Project/, '').replace(/[0-9A-F]{8}$/, ''));
    expect(outputs.sort()).toEqual([
      'ChainId', 'Checks', 'ControllerFunction', 'DataSetUri', 'DropBucketName', 'DropUri', 'ExecutionRoleArn', 'InputBucketName', 'InputTopicArn', 'LedgerTable',
      'NextCommand', 'OutputBucketName', 'OutputTopicArn',
    ]);
    const next = Object.entries<any>(template.Outputs).find(([id]) => id.includes('NextCommand'))![1].Value;
    expect(next['Fn::Join'][1]).toEqual(['aws s3 cp IMAGE.jpg s3://', { Ref: expect.stringContaining('DropBucket') }, '/camera-1/']);
  });
});

describe('several projects', () => {
  test('live in one stack, with one mapping', () => {
    const stack = agnosticStack();
    const one = newProject(stack, { projectName: 'one' }, 'One');
    newProject(stack, { projectName: 'two' }, 'Two');
    const template = FlatTemplate.of(stack);
    expect(template.ofType('Custom::StreamingLabelingDeployment')).toHaveLength(2);
    expect(Object.keys(template.template.toJSON().Mappings)).toEqual(['StreamingLabelingGroundTruth']);
    expect(template.configuration('One').projectName).toBe('one');
    expect(template.configuration('Two').projectName).toBe('two');
    expect(one.node.path).toBe('Stack/One');
  });

  test('of one name live in two stacks of one account: their jobs are called differently', () => {
    const app = newApp();
    const stacks = ['First', 'Second'].map((id) => new Stack(app, id, { env: { account: ACCOUNT, region: REGION } }));
    stacks.forEach((stack) => newProject(stack));
    stacks.forEach((stack) => expect(FlatTemplate.of(stack).configuration().chainId).toBe(CHAIN_ID));
  });

  test('of one name in one stack are refused, because their jobs would be called the same', () => {
    const stack = newStack();
    newProject(stack, {}, 'One');
    expect(() => newProject(stack, {}, 'Two')).toThrow(/projectName is 'parts', as is that of another project.*'Stack\/One'/);
  });

  test('in two apps of one process do not know each other', () => {
    newProject(newStack(), {}, 'One');
    expect(() => newProject(newStack(), {}, 'One')).not.toThrow();
  });

  test('share no input topic, whichever way it came into the app', () => {
    const arn = `arn:aws:sns:${REGION}:${ACCOUNT}:images`;
    const app = newApp();
    const [first, second] = ['First', 'Second'].map((id) => new Stack(app, id, { env: { account: ACCOUNT, region: REGION } }));
    newProject(first, { inputTopic: Topic.fromTopicArn(first, 'Topic', arn) });
    expect(() => newProject(second, { inputTopic: Topic.fromTopicArn(second, 'Topic', arn) }))
      .toThrow(/inputTopic is 'arn:aws:sns:.*:images'.*'First\/Project'/);
  });

  test('share no input topic of the app either, nor that of the other project', () => {
    const stack = newStack();
    const inputTopic = new Topic(stack, 'Topic');
    newProject(stack, { projectName: 'one', inputTopic }, 'One');
    expect(() => newProject(stack, { projectName: 'two', inputTopic }, 'Two')).toThrow(/inputTopic is '\(known at deploy time\)'/);
    const three = newProject(stack, { projectName: 'three' }, 'Three');
    expect(() => newProject(stack, { projectName: 'four', inputTopic: three.inputTopic }, 'Four')).toThrow(/inputTopic .*'Stack\/Three'/);
  });

  test('share no input or output bucket, and no drops', () => {
    const stack = newStack();
    const bucket = Bucket.fromBucketName(stack, 'Bucket', 'images');
    newProject(stack, { projectName: 'one', inputBucket: bucket, dropBucket: Bucket.fromBucketName(stack, 'Drops', 'drops'), dropPrefix: 'a/' }, 'One');
    expect(() => newProject(stack, { projectName: 'two', outputBucket: bucket }, 'Two')).toThrow(/outputBucket is 'images', which another project uses/);
    const dropBucket = Bucket.fromBucketName(stack, 'DropsAgain', 'drops');
    expect(() => newProject(stack, { projectName: 'three', dropBucket, dropPrefix: 'a/b/' }, 'Three')).toThrow(/dropBucket is 'drops' with dropPrefix 'a\/b\/'/);
    expect(() => newProject(stack, { projectName: 'four', dropBucket }, 'Four')).toThrow(/dropPrefix '', which overlaps/);
    expect(() => newProject(stack, { projectName: 'five', dropBucket, dropPrefix: 'b/' }, 'Five')).not.toThrow();
  });

  test('share no ledger', () => {
    const app = newApp();
    const retainedLedger = RetainedLedger.fromAttributes({ tableName: 'Ledger', chainId: '1a2b3c4d' });
    newProject(new Stack(app, 'First'), { retainedLedger });
    expect(() => newProject(new Stack(app, 'Second'), { retainedLedger })).toThrow(/retainedLedger is the table 'Ledger' of another project/);
  });
});

describe('the chain id', () => {
  test('comes from the stack that the project is in, also where another stack uses it', () => {
    const app = newApp();
    const project = newProject(newStack(undefined, app));
    const other = new Stack(app, 'Other', { env: { account: ACCOUNT, region: REGION } });
    new CfnOutput(other, 'ChainId', { value: project.chainId });
    expect(JSON.stringify(Template.fromStack(other).toJSON().Outputs.ChainId)).toContain('Fn::ImportValue');
  });

  test('comes from the nested stack that the project is in', () => {
    const nested = new NestedStack(newStack(), 'Nested');
    newProject(nested as Stack);
    expect(FlatTemplate.of(nested).configuration().chainId).toBe(CHAIN_ID);
  });

  test('is that of a retained ledger', () => {
    const stack = newStack();
    newProject(stack, { retainedLedger: RetainedLedger.fromAttributes({ tableName: 'Ledger', chainId: '1a2b3c4d' }) });
    const template = FlatTemplate.of(stack);
    expect(template.configuration().chainId).toBe('1a2b3c4d');
    expect(template.ofType('AWS::DynamoDB::Table')).toEqual([]);
    expect(JSON.stringify(template.statementsOf('ControllerHandler'))).toContain('labeling-job/parts-1a2b3c4d-*');
    expect(JSON.stringify(template.statementsOf('ControllerHandler'))).toContain(':table/Ledger/index/status');
  });
});

describe('the default name', () => {
  test.each([
    ['Froth', /^froth-[0-9a-f]{8}$/],
    ['My Project_1', /^my-project-1-[0-9a-f]{8}$/],
    ['ÄÖ', /^project-[0-9a-f]{8}$/],
    ['x'.repeat(80), /^x{38}-[0-9a-f]{8}$/],
  ])('of %s', (id, name) => {
    const stack = newStack();
    expect(newProject(stack, { projectName: undefined }, id).projectName).toMatch(name);
  });

  test('differs for the same id in two places', () => {
    const app = newApp();
    const names = ['Dev', 'Prod'].map((stage) => newProject(new Stack(new Stage(app, stage), 'Stack'), { projectName: undefined }).projectName);
    expect(new Set(names).size).toBe(2);
  });
});

describe('grants', () => {
  const setUp = (dropPrefix?: string) => {
    const stack = newStack();
    const project = newProject(stack, { dropPrefix });
    const role = new Role(stack, 'Grantee', { assumedBy: new ServicePrincipal('ec2.amazonaws.com') });
    return { stack, project, role };
  };

  test('to drop, below the prefix only', () => {
    const { stack, project, role } = setUp('camera-1/');
    project.grantDrop(role).assertSuccess();
    const statements = FlatTemplate.of(stack).statementsOf('Grantee');
    expect(statements.flatMap(({ Resource }) => Resource)).toEqual([expect.stringMatching(/DropBucket.*\/camera-1\/\*$/)]);
    expect(statements.flatMap(({ Action }) => Action)).toContain('s3:PutObject');
    expect(statements.flatMap(({ Action }) => Action)).not.toContain('s3:GetObject');
  });

  test('to read the data set, and neither originals nor quarantine', () => {
    const { stack, project, role } = setUp();
    project.grantReadDataSet(role).assertSuccess();
    const read = FlatTemplate.of(stack).statementsOf('Grantee').filter(({ Action }) => Action.includes('s3:GetObject'));
    expect(read.flatMap(({ Resource }) => Resource).map((resource) => resource.replace(/^<.*>/, ''))).toEqual(['/datasets/*', '/jobs/*', '/images/*']);
  });
});

describe('metrics', () => {
  const project = newProject(newStack(), {
    retainedLedger: RetainedLedger.fromAttributes({ tableName: 'Ledger', chainId: '1a2b3c4d' }),
  }) as any;
  const statistics = (name: string) => (name === METRIC.IMAGES_PENDING || name === METRIC.ALERTS ? 'Maximum' : 'Sum');

  test.each(Object.values(METRIC))('metric%s returns what the functions emit', (name) => {
    const metric = project[`metric${name}`]();
    expect(metric).toMatchObject({
      namespace: METRIC_NAMESPACE, metricName: name, dimensions: { [METRIC_DIMENSION]: 'parts-1a2b3c4d' }, statistic: statistics(name),
    });
    expect(project[`metric${name}`]({ statistic: 'Average', label: 'x' })).toMatchObject({ statistic: 'Average', label: 'x' });
  });

  test('have a dimension that is the id in the functions\' environment', () => {
    const stack = newStack();
    newProject(stack);
    const template = FlatTemplate.of(stack);
    const id = JSON.parse(template.find('AWS::Lambda::Function', 'IntakeHandler').Properties.Environment.Variables.PROJECT_RESOURCES).projectId;
    expect(template.find('AWS::CloudWatch::Alarm', 'Alerts').Properties.Dimensions).toEqual([{ Name: METRIC_DIMENSION, Value: id }]);
    expect(id).toBe(`parts-${CHAIN_ID}`);
  });
});

describe('events', () => {
  test.each([
    ['onImageLabeled', 'Image Labeled'],
    ['onImageQuarantined', 'Image Quarantined'],
    ['onDropQuarantined', 'Drop Quarantined'],
    ['onNearDuplicateHeld', 'Near Duplicate Held'],
    ['onJobStarted', 'Job Started'],
    ['onJobEnded', 'Job Ended'],
    ['onAlert', 'Alert'],
  ] as const)('%s hears of this project alone', (method, detailType) => {
    const stack = newStack();
    const project = newProject(stack);
    project[method]('Heard', { target: new SqsQueue(new Queue(stack, 'Queue')), eventPattern: { detail: { key: [{ prefix: 'a' }] } } });
    const rule = FlatTemplate.of(stack).find('AWS::Events::Rule', 'Heard').Properties;
    expect(rule.EventPattern).toEqual({
      'source': ['streaming-labeling'],
      'detail-type': [detailType],
      'detail': { project: ['parts'], chainId: [CHAIN_ID], key: [{ prefix: 'a' }] },
    });
    expect(rule.Targets).toHaveLength(1);
  });
});

describe('people who bring their own', () => {
  test('permissions boundary reach every role', () => {
    const stack = newStack();
    newProject(stack);
    PermissionsBoundary.of(stack).apply(ManagedPolicy.fromAwsManagedPolicyName('PowerUserAccess'));
    const roles = FlatTemplate.of(stack).ofType('AWS::IAM::Role');
    expect(roles.filter(({ resource }) => resource.Properties.PermissionsBoundary === undefined)).toEqual([]);
  });

  test('resources find them again as properties', () => {
    const stack = newStack();
    const dropBucket = Bucket.fromBucketName(stack, 'Drops', 'drops');
    const inputTopic = new Topic(stack, 'Topic');
    const executionRole = new Role(stack, 'Own', { assumedBy: new ServicePrincipal('sagemaker.amazonaws.com') });
    const project = newProject(stack, { dropBucket, inputTopic, executionRole });
    expect(project.dropBucket).toBe(dropBucket);
    expect(project.inputTopic).toBe(inputTopic);
    expect(project.executionRole).toBe(executionRole);
    expect(project.dropUri).toBe('s3://drops/');
  });
});

test('a project is recognised, and nothing else is', () => {
  const stack = newStack();
  expect(StreamingLabelingProject.isStreamingLabelingProject(newProject(stack))).toBe(true);
  [stack, {}, null, undefined, 'parts'].forEach((each) => expect(StreamingLabelingProject.isStreamingLabelingProject(each)).toBe(false));
});

test('a vendor\'s team may belong to another account', () => {
  const stack = newStack();
  const workTeam = WorkTeam.fromWorkTeamArn(stack, 'Vendor', `arn:aws:sagemaker:${REGION}:394669845002:workteam/vendor-crowd/1a2b3c`);
  newProject(stack, { workTeam });
  expect(FlatTemplate.of(stack).configuration().workTeamArn).toBe(workTeam.workTeamArn);
  expect(TEAM_ARN).not.toBe(workTeam.workTeamArn);
});

test('the app that made it stays usable', () => {
  const app = new App({ context: { 'aws:cdk:disable-asset-staging': true } });
  newProject(newStack(undefined, app));
  expect(() => app.synth()).not.toThrow();
});
