import { Aws, Duration, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { allows } from './policy-evaluator';
import { FlatTemplate, newProject, newStack } from './project-fixture';
import { Backfill, BackfillProps, FeatureEngineering } from '../src';
import { backfillsOf } from '../src/cli/aws/stack-outputs';

const archive = (stack: Stack) => Bucket.fromBucketName(stack, 'Archive', 'archive');

const cropFunction = (stack: Stack) => new LambdaFunction(stack, 'Crop', {
  code: Code.fromInline('def handler(request, _context): ...'), handler: 'index.handler', runtime: Runtime.PYTHON_3_13, timeout: Duration.minutes(1),
});

describe('a back-fill', () => {
  test('makes no resource, and lets the project read the bucket below the prefix: list, objects and tags', () => {
    const stack = newStack();
    const project = newProject(stack);
    const before = Object.keys(Template.fromStack(stack).toJSON().Resources).length;
    const other = newStack();
    const theirs = newProject(other);
    new Backfill(other, 'Old', { project: theirs, bucket: archive(other), prefix: 'photos/' });
    const template = FlatTemplate.of(other);
    expect(Object.keys(Template.fromStack(other).toJSON().Resources)).toHaveLength(before);
    const of = (name: string) => template.statementsOf(name).filter(({ Resource }) => JSON.stringify(Resource).includes(':archive'));
    expect(of('IntakeHandler')).toEqual([
      expect.objectContaining({ Action: ['s3:ListBucket', 's3:ListBucketVersions'] }),
      expect.objectContaining({ Action: expect.arrayContaining(['s3:GetObject', 's3:GetObjectVersion']), Resource: [expect.stringMatching(/:archive\/photos\/\*$/)] }),
    ]);
    expect(of('ControllerHandler').flatMap(({ Action }) => Action)).toEqual(['s3:ListBucket', 's3:ListBucketVersions']);
    expect(of('RecorderHandler')).toEqual([]);
    expect(project.node.path).toBe(theirs.node.path);
  });

  test('lets the controller read inventories, and both use the keys', () => {
    const stack = newStack();
    const project = newProject(stack);
    const key = new Key(stack, 'Key');
    new Backfill(stack, 'Old', {
      project, bucket: new Bucket(stack, 'B', { encryptionKey: key }), inventoryBucket: new Bucket(stack, 'I', { encryptionKey: key }), inventoryPrefix: 'inv/',
    });
    const statements = FlatTemplate.of(stack).statementsOf('ControllerHandler');
    expect(statements.filter(({ Resource }) => /\/inv\/\*$/.test(String(Resource)))).toEqual([expect.objectContaining({ Action: ['s3:GetObject'] })]);
    for (const name of ['ControllerHandler', 'IntakeHandler']) {
      expect(FlatTemplate.of(stack).statementsOf(name).filter(({ Action }) => Action.includes('kms:Decrypt'))).not.toEqual([]);
    }
  });

  test('lets the user\'s function read its bucket below the prefix, with its key, and do no more there', () => {
    const stack = newStack();
    const project = newProject(stack, { featureEngineering: FeatureEngineering.fromFunction(cropFunction(stack)) });
    new Backfill(stack, 'Old', { project, bucket: new Bucket(stack, 'Archive', { encryptionKey: new Key(stack, 'Key') }), prefix: 'photos/' });
    const template = FlatTemplate.of(stack);
    const bucket = `<${template.find('AWS::S3::Bucket', 'Archive').id}.Arn>`;
    const may = (action: string, resource: string) => allows(template.statementsOf('Crop'), { action, resource, context: {} });
    expect(['s3:GetObject', 's3:GetObjectVersion'].map((action) => may(action, `${bucket}/photos/2024/a.jpg`))).toEqual([true, true]);
    expect(may('kms:Decrypt', `<${template.find('AWS::KMS::Key', 'Key').id}.Arn>`)).toBe(true);
    expect(may('s3:GetObject', `${bucket}/letters/a.jpg`)).toBe(false);
    expect(['s3:PutObject', 's3:DeleteObjectVersion', 's3:GetObjectTagging'].map((action) => may(action, `${bucket}/photos/2024/a.jpg`))).toEqual([false, false, false]);
  });

  test('tells the exact policy for a function whose role is not in the app', () => {
    const stack = newStack();
    const crop = LambdaFunction.fromFunctionArn(stack, 'Crop', `arn:${Aws.PARTITION}:lambda:eu-west-1:111122223333:function:crop`);
    const project = newProject(stack, { featureEngineering: FeatureEngineering.fromFunction(crop) });
    const key = Key.fromKeyArn(stack, 'Key', 'arn:aws:kms:eu-west-1:111122223333:key/0a1b');
    new Backfill(stack, 'Old', { project, bucket: Bucket.fromBucketAttributes(stack, 'B', { bucketName: 'archive', encryptionKey: key }) });
    const warnings = Annotations.fromStack(stack).findWarning('*', Match.stringLikeRegexp('archive|0a1b')).map(({ entry }) => String(entry.data));
    expect(warnings).toEqual([expect.stringContaining('s3:GetObjectVersion'), expect.stringContaining('kms:Decrypt')]);
  });

  test('is found by the command line tool among the outputs of its stack', () => {
    const stack = newStack();
    const project = newProject(stack);
    new Backfill(stack, 'Old', { project, bucket: archive(stack), objectsPerMinute: 12 });
    const outputs = Object.entries(Template.fromStack(stack).findOutputs('*')).map(([OutputKey, { Value }]) => ({
      OutputKey,
      OutputValue: typeof Value === 'string' ? Value : (Value['Fn::Join'] ?? ['', [JSON.stringify(Value)]])[1].map((part: unknown) => typeof part === 'string' ? part : 'ref').join(''),
    }));
    expect([...backfillsOf(outputs, 'ref')]).toEqual([['Old', { controllerFunction: 'ref', bucket: 'archive', prefix: '', objectsPerMinute: 12 }]]);
    expect([...backfillsOf(outputs, 'another')]).toEqual([]);
  });

  test.each<[string, (stack: Stack) => Partial<BackfillProps>, RegExp]>([
    ['rate', () => ({ objectsPerMinute: 6_001 }), /objectsPerMinute is 6001; it must be a whole number from 1 to 6000/],
    ['rate of none', () => ({ objectsPerMinute: 0 }), /objectsPerMinute is 0/],
    ['prefix', () => ({ prefix: '/photos' }), /prefix is '\/photos'; keys of a bucket do not begin with '\/'/],
    ['inventory', () => ({ inventoryPrefix: 'inv/' }), /inventoryPrefix is 'inv\/' and no inventoryBucket is given/],
    ['another stack', () => ({ project: newProject(newStack()) }), /put the back-fill into the same stack/],
  ])('with a wrong %s is refused at synth', (_, wrong, message) => {
    const stack = newStack();
    const project = newProject(stack);
    expect(() => new Backfill(stack, 'Old', { project, bucket: archive(stack), ...wrong(stack) })).toThrow(message);
  });

  test('of the project\'s own input bucket is refused', () => {
    const stack = newStack();
    const project = newProject(stack);
    expect(() => new Backfill(stack, 'Old', { project, bucket: project.inputBucket })).toThrow(/the project's own input bucket/);
  });
});
