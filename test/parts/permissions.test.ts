import { Bucket } from 'aws-cdk-lib/aws-s3';
import { allows } from '../policy-evaluator';
import { FlatTemplate, Statement, TEAM_ARN, newProject, newStack } from '../project-fixture';

const template = (() => {
  const stack = newStack();
  newProject(stack, { dropPrefix: 'camera-1/' });
  return FlatTemplate.of(stack);
})();

const ROLES = ['IntakeHandler', 'RecorderHandler', 'ControllerHandler', 'DeploymentHandler'];

/** The ARN of the one resource of a type whose id contains a word, as the flat template writes it. */
function arn(type: string, word: string): string {
  const { id } = template.find(type, word);
  return type === 'AWS::SNS::Topic' ? `<${id}>` : `<${id}.Arn>`;
}

const drops = arn('AWS::S3::Bucket', 'DropBucket');
const input = arn('AWS::S3::Bucket', 'InputBucket');
const output = arn('AWS::S3::Bucket', 'OutputBucket');
const ledger = arn('AWS::DynamoDB::Table', 'Ledger');
const controller = arn('AWS::Lambda::Function', 'Controller');
const job = 'arn:<AWS::Partition>:sagemaker:eu-west-1:111122223333:labeling-job/parts-<0 of <2 of <AWS::StackId> by /> by ->-7';
const jobQueue = 'arn:<AWS::Partition>:sqs:eu-west-1:111122223333:GroundTruth-parts-<0 of <2 of <AWS::StackId> by /> by ->-7';
const bus = 'arn:<AWS::Partition>:events:eu-west-1:111122223333:event-bus/default';

const queue = (word: string) => `<${template.ofType('AWS::SQS::Queue').filter(({ id }) => id.includes(word) && !id.includes('DeadLetters'))[0].id}.Arn>`;
const deadLetters = (word: string) => arn('AWS::SQS::Queue', `${word}DeadLetters`);

describe('least privilege', () => {
  test('no statement has a wildcard for an action', () => {
    const wildcards = template.allStatements().flatMap(({ Action }) => Action).filter((action) => action.includes('*'));
    expect(wildcards).toEqual([]);
  });

  test('the resource * stands only where the service knows no other', () => {
    const found = template.allStatements().filter(({ Resource }) => Resource.includes('*')).map(({ Action }) => Action);
    expect(found).toEqual([['cloudwatch:PutMetricData']]);
  });

  test('no role has a managed policy', () => {
    expect(template.ofType('AWS::IAM::Role').filter(({ resource }) => resource.Properties.ManagedPolicyArns)).toEqual([]);
  });
});

const SOURCE = { 'events:source': 'streaming-labeling' };

describe('what each function may do', () => {
  test.each<[string, string, string, { readonly [key: string]: string }?]>([
    ['IntakeHandler', 's3:GetObjectVersion', `${drops}/camera-1/photo.jpg`],
    ['IntakeHandler', 's3:GetObjectVersionTagging', `${drops}/camera-1/photo.jpg`],
    ['IntakeHandler', 's3:DeleteObjectVersion', `${drops}/camera-1/photo.jpg`],
    ['IntakeHandler', 's3:ListBucket', drops],
    ['IntakeHandler', 's3:PutObject', `${input}/images/a.jpg`],
    ['IntakeHandler', 's3:GetObject', `${input}/images/a.jpg`],
    ['IntakeHandler', 's3:PutObject', `${input}/originals/0a/a.jpg`],
    ['IntakeHandler', 's3:PutObjectTagging', `${input}/originals/0a/a.jpg`],
    ['IntakeHandler', 's3:PutObject', `${input}/quarantine/0a/a.jpg`],
    ['IntakeHandler', 'dynamodb:ConditionCheckItem', ledger],
    ['IntakeHandler', 'sqs:DeleteMessage', queue('IntakeQueue')],
    ['IntakeHandler', 'lambda:InvokeFunction', controller],
    ['IntakeHandler', 'events:PutEvents', bus, SOURCE],

    ['RecorderHandler', 'dynamodb:UpdateItem', ledger],
    ['RecorderHandler', 'sqs:ReceiveMessage', queue('RecorderQueue')],
    ['RecorderHandler', 'lambda:InvokeFunction', controller],
    ['RecorderHandler', 'events:PutEvents', bus, SOURCE],

    ['ControllerHandler', 'sagemaker:CreateLabelingJob', job],
    ['ControllerHandler', 'sagemaker:AddTags', job],
    ['ControllerHandler', 'sagemaker:StopLabelingJob', job],
    ['ControllerHandler', 'iam:PassRole', arn('AWS::IAM::Role', 'ExecutionRole'), { 'iam:PassedToService': 'sagemaker.amazonaws.com' }],
    ['ControllerHandler', 'sns:Publish', arn('AWS::SNS::Topic', 'InputTopic')],
    ['ControllerHandler', 'sns:ListSubscriptionsByTopic', arn('AWS::SNS::Topic', 'InputTopic')],
    ['ControllerHandler', 'sqs:DeleteQueue', jobQueue],
    ['ControllerHandler', 'sqs:GetQueueAttributes', deadLetters('IntakeQueue')],
    ['ControllerHandler', 'sqs:GetQueueAttributes', deadLetters('RecorderQueue')],
    ['ControllerHandler', 'sqs:SendMessage', queue('IntakeQueue')],
    ['ControllerHandler', 'dynamodb:Query', `${ledger}/index/status`],
    ['ControllerHandler', 's3:ListBucketVersions', drops],
    ['ControllerHandler', 's3:GetObject', `${output}/jobs/parts/manifests/output/output.manifest`],
    ['ControllerHandler', 's3:PutObject', `${output}/datasets/current/output.manifest`],
    ['ControllerHandler', 's3:GetObjectVersion', `${output}/datasets/current/output.manifest`],
    ['ControllerHandler', 's3:GetObjectVersionTagging', `${output}/datasets/index.json`],
    ['ControllerHandler', 's3:PutObjectTagging', `${output}/datasets/foreign/0a-output.manifest`],
    ['ControllerHandler', 's3:AbortMultipartUpload', `${output}/manifests/parts.manifest`],
    ['ControllerHandler', 's3:PutObject', `${output}/config/0a/labels.json`],
    ['ControllerHandler', 'events:PutEvents', bus, SOURCE],

    ['DeploymentHandler', 'dynamodb:PutItem', ledger],
    ['DeploymentHandler', 'sagemaker:DescribeWorkteam', TEAM_ARN],
    ['DeploymentHandler', 'sagemaker:StopLabelingJob', job],
    ['DeploymentHandler', 'sqs:DeleteQueue', jobQueue],
    ['DeploymentHandler', 's3:GetBucketCORS', input],
    ['DeploymentHandler', 's3:GetBucketVersioning', drops],
    ['DeploymentHandler', 'lambda:InvokeFunction', controller],
  ])('%s: %s on %s', (role, action, resource, context = {}) => {
    expect(allows(template.statementsOf(role), { action, resource, context })).toBe(true);
  });

  test.each<[string, string, string, { readonly [key: string]: string }?]>([
    ['IntakeHandler', 's3:GetObject', `${drops}/camera-2/photo.jpg`],
    ['IntakeHandler', 's3:DeleteObject', `${drops}/camera-1/photo.jpg`],
    ['IntakeHandler', 's3:PutObject', `${output}/datasets/current/output.manifest`],
    ['IntakeHandler', 'sagemaker:CreateLabelingJob', job],
    ['IntakeHandler', 'events:PutEvents', bus.replace('default', 'another')],
    ['RecorderHandler', 's3:GetObject', `${output}/datasets/current/output.manifest`],
    ['RecorderHandler', 'dynamodb:DeleteTable', ledger],
    ['ControllerHandler', 'iam:PassRole', arn('AWS::IAM::Role', 'ExecutionRole'), { 'iam:PassedToService': 'lambda.amazonaws.com' }],
    ['ControllerHandler', 'sagemaker:StopLabelingJob', job.replace('/parts-', '/parts-2-')],
    ['ControllerHandler', 'sqs:DeleteQueue', queue('IntakeQueue')],
    ['ControllerHandler', 's3:PutObject', `${output}/jobs/parts/manifests/output/output.manifest`],
    ['ControllerHandler', 's3:DeleteObject', `${output}/datasets/current/output.manifest`],
    ['ControllerHandler', 'sns:Subscribe', arn('AWS::SNS::Topic', 'InputTopic')],
    ['DeploymentHandler', 'sagemaker:CreateLabelingJob', job],
    ['DeploymentHandler', 's3:DeleteBucket', drops],
  ])('%s: not %s on %s', (role, action, resource, context = {}) => {
    expect(allows(template.statementsOf(role), { action, resource, context })).toBe(false);
  });

  test.each(ROLES)('%s writes its own log alone', (role) => {
    const writes = template.statementsOf(role).filter(({ Action }) => Action.some((action) => action.startsWith('logs:')));
    expect(writes).toEqual([{
      Effect: 'Allow', Action: ['logs:CreateLogStream', 'logs:PutLogEvents'], Resource: [arn('AWS::Logs::LogGroup', role)],
    }]);
  });

  test('nothing is ever deleted from a brought drop bucket', () => {
    const stack = newStack();
    newProject(stack, { dropBucket: Bucket.fromBucketName(stack, 'Drops', 'drops') });
    const statements: Statement[] = FlatTemplate.of(stack).allStatements();
    expect(statements.flatMap(({ Action }) => Action).filter((action) => /^s3:Delete/.test(action))).toEqual([]);
  });
});
