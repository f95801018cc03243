import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { RetainedLedger, StreamingLabelingProjectProps } from '../../src';
import { allows } from '../policy-evaluator';
import { ACCOUNT, FlatTemplate, REGION, Statement, newProject, newStack } from '../project-fixture';

const TOPIC = `arn:aws:sns:${REGION}:${ACCOUNT}:images`;
const OUTPUT_TOPIC = `arn:aws:sns:${REGION}:${ACCOUNT}:labels`;
const QUEUE = `arn:aws:sqs:${REGION}:${ACCOUNT}:GroundTruth-parts-1a2b3c4d-7`;

/** A project with names that one can ask about. The partition is written as CloudFormation would. */
function setUp(props: (stack: ReturnType<typeof newStack>) => Partial<StreamingLabelingProjectProps> = () => ({})) {
  const stack = newStack();
  newProject(stack, {
    inputBucket: Bucket.fromBucketName(stack, 'Input', 'images'),
    outputBucket: Bucket.fromBucketName(stack, 'Output', 'labels'),
    inputTopic: Topic.fromTopicArn(stack, 'InputTopic', TOPIC),
    outputTopic: Topic.fromTopicArn(stack, 'OutputTopic', OUTPUT_TOPIC),
    retainedLedger: RetainedLedger.fromAttributes({ tableName: 'Ledger', chainId: '1a2b3c4d' }),
    ...props(stack),
  });
  return stack;
}

const TEMPLATE = FlatTemplate.of(setUp());

function statements(): Statement[] {
  return JSON.parse(JSON.stringify(TEMPLATE.statementsOf('ExecutionRole')).replaceAll('<AWS::Partition>', 'aws'));
}

describe('the role of Ground Truth', () => {
  test('trusts SageMaker alone', () => {
    const { Properties } = TEMPLATE.find('AWS::IAM::Role', 'ExecutionRole');
    expect(Properties.AssumeRolePolicyDocument.Statement).toEqual([
      { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'sagemaker.amazonaws.com' } },
    ]);
  });

  test.each([
    ['s3:GetObject', 'arn:aws:s3:::images/images/a/b-0.jpg'],
    ['s3:GetObject', 'arn:aws:s3:::labels/config/0a1b/template.liquid.html'],
    ['s3:GetObject', 'arn:aws:s3:::labels/manifests/parts-1a2b3c4d-7.manifest'],
    ['s3:GetObject', 'arn:aws:s3:::labels/jobs/parts-1a2b3c4d-6/annotations/mask.png'],
    ['s3:PutObject', 'arn:aws:s3:::labels/jobs/parts-1a2b3c4d-7/manifests/output/output.manifest'],
    ['s3:GetBucketLocation', 'arn:aws:s3:::images'],
    ['sqs:CreateQueue', QUEUE],
    ['sqs:ReceiveMessage', QUEUE],
    ['sns:Publish', OUTPUT_TOPIC],
    ['sns:Unsubscribe', TOPIC],
    ['sns:Unsubscribe', `${TOPIC}:5be8358d-8674-4b34-92e9-1cfc7fbf1e6c`],
    ['cloudwatch:PutMetricData', '*'],
    ['logs:PutLogEvents', `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:/aws/sagemaker/LabelingJobs:log-stream:parts-1a2b3c4d-7`],
  ])('may %s on %s', (action, resource) => {
    expect(allows(statements(), { action, resource })).toBe(true);
  });

  test.each([
    // what workers must not see
    ['s3:GetObject', 'arn:aws:s3:::images/originals/0a1b/photo.jpg'],
    ['s3:GetObject', 'arn:aws:s3:::images/quarantine/0a1b/broken.jpg'],
    ['s3:GetObject', 'arn:aws:s3:::labels/datasets/current/output.manifest'],
    // what it must not change
    ['s3:PutObject', 'arn:aws:s3:::images/images/a.jpg'],
    ['s3:PutObject', 'arn:aws:s3:::labels/config/0a1b/template.liquid.html'],
    ['s3:PutObject', 'arn:aws:s3:::labels/datasets/current/output.manifest'],
    ['s3:DeleteObject', 'arn:aws:s3:::labels/jobs/x'],
    // what is not ours
    ['s3:GetObject', 'arn:aws:s3:::other/images/a.jpg'],
    ['sqs:ReceiveMessage', `arn:aws:sqs:${REGION}:${ACCOUNT}:GroundTruth-other-1a2b3c4d-1`],
    ['sqs:ReceiveMessage', `arn:aws:sqs:${REGION}:${ACCOUNT}:parts`],
    ['sqs:DeleteQueue', QUEUE],
    ['sns:Publish', `arn:aws:sns:${REGION}:${ACCOUNT}:images-of-others`],
    ['sns:Subscribe', TOPIC],
    ['logs:PutLogEvents', `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:/aws/lambda/x:log-stream:y`],
  ])('may not %s on %s', (action, resource) => {
    expect(allows(statements(), { action, resource })).toBe(false);
  });

  test('lists only what it reads', () => {
    const list = (bucket: string, prefix?: string) => allows(statements(), {
      action: 's3:ListBucket', resource: `arn:aws:s3:::${bucket}`, context: prefix === undefined ? {} : { 's3:prefix': prefix },
    });
    expect([list('images', 'images/'), list('labels', 'jobs/'), list('labels', 'config/0a1b/')]).toEqual([true, true, true]);
    expect([list('images'), list('images', 'originals/'), list('labels', 'datasets/'), list('images', '')]).toEqual([false, false, false, false]);
  });

  test('subscribes its own queues to the topics, and nothing else', () => {
    const subscribe = (protocol: string, endpoint: string) => allows(statements(), {
      action: 'sns:Subscribe', resource: TOPIC, context: { 'sns:Protocol': protocol, 'sns:Endpoint': endpoint },
    });
    expect(subscribe('sqs', QUEUE)).toBe(true);
    expect(subscribe('sqs', QUEUE.replace('parts', 'other'))).toBe(false);
    // the sample of the Developer Guide has an endpoint of SNS
    expect(subscribe('sqs', QUEUE.replace(':sqs:', ':sns:'))).toBe(false);
    expect(subscribe('email', 'a@example.com')).toBe(false);
  });

  test('uses each key that data is under, and no other', () => {
    const key = (id: string) => `arn:aws:kms:${REGION}:${ACCOUNT}:key/${id}`;
    const stack = setUp((scope) => ({
      encryptionKey: Key.fromKeyArn(scope, 'Own', key('own')),
      inputBucket: Bucket.fromBucketAttributes(scope, 'Encrypted', { bucketName: 'images', encryptionKey: Key.fromKeyArn(scope, 'Images', key('images')) }),
    }));
    const found = FlatTemplate.of(stack).statementsOf('ExecutionRole');
    const may = (id: string) => allows(found, { action: 'kms:Decrypt', resource: key(id) });
    expect([may('own'), may('images'), may('other')]).toEqual([true, true, false]);
  });
});

describe('a brought role', () => {
  const sids = (template: FlatTemplate) => template.ofType('AWS::IAM::Policy')
    .filter(({ resource }) => JSON.stringify(resource.Properties.Roles).includes('ground-truth'))
    .flatMap(({ resource }) => resource.Properties.PolicyDocument.Statement.map(({ Sid }: { Sid: string }) => Sid));

  test('gets the statements where it can be changed', () => {
    const stack = setUp((scope) => ({ executionRole: Role.fromRoleArn(scope, 'Role', `arn:aws:iam::${ACCOUNT}:role/ground-truth`) }));
    expect(sids(FlatTemplate.of(stack))).toEqual(expect.arrayContaining(['ReadImagesAndConfiguration', 'StreamingSubscribe']));
    Annotations.fromStack(stack).hasNoWarning('/Stack/Project/Execution', Match.anyValue());
  });

  test.each<[string, (stack: ReturnType<typeof newStack>) => Partial<StreamingLabelingProjectProps>]>([
    ['was imported as immutable', (scope) => ({
      executionRole: Role.fromRoleArn(scope, 'Role', `arn:aws:iam::${ACCOUNT}:role/ground-truth`, { mutable: false }),
    })],
    ['must not get policies', (scope) => ({
      executionRole: new Role(scope, 'Role', { assumedBy: new ServicePrincipal('sagemaker.amazonaws.com') }).withoutPolicyUpdates(),
    })],
  ])('that %s: synthesis warns with the exact policy', (_, props) => {
    const stack = setUp(props);
    expect(sids(FlatTemplate.of(stack))).toEqual([]);
    const [warning] = Annotations.fromStack(stack).findWarning('/Stack/Project/Execution', Match.stringLikeRegexp('^executionRole cannot be changed here'));
    const text = warning.entry.data as string;
    const policy = JSON.parse(text.slice(text.indexOf('{'), text.lastIndexOf('}') + 1));
    expect(policy.Statement.map(({ Sid }: { Sid: string }) => Sid)).toEqual(expect.arrayContaining(['ReadImagesAndConfiguration', 'StreamingSubscribe']));
  });
});
