import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { FlatTemplate, newProject, newStack } from './project-fixture';
import { Backfill, BackfillProps } from '../src';
import { backfillsOf } from '../src/cli/aws/stack-outputs';

const archive = (stack: Stack) => Bucket.fromBucketName(stack, 'Archive', 'archive');

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
