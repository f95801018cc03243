import { App, RemovalPolicy } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket, EventType } from 'aws-cdk-lib/aws-s3';
import { SqsDestination } from 'aws-cdk-lib/aws-s3-notifications';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { FlatTemplate, newProject, newStack } from '../project-fixture';

const bucket = (template: FlatTemplate, word: string) => template.find('AWS::S3::Bucket', word);

const CORS = [{ AllowedHeaders: [], AllowedMethods: ['GET'], AllowedOrigins: ['*'], ExposedHeaders: ['Access-Control-Allow-Origin'] }];

describe('the project\'s own buckets', () => {
  const template = (() => {
    const stack = newStack();
    newProject(stack);
    return FlatTemplate.of(stack);
  })();

  test.each(['DropBucket', 'InputBucket', 'OutputBucket'])('%s is private, encrypted, reached over TLS alone, and stays', (name) => {
    const { id, Properties, DeletionPolicy, UpdateReplacePolicy } = bucket(template, name);
    expect(Properties.PublicAccessBlockConfiguration).toEqual({
      BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true,
    });
    expect(Properties.BucketEncryption.ServerSideEncryptionConfiguration[0].ServerSideEncryptionByDefault).toEqual({ SSEAlgorithm: 'AES256' });
    expect(Properties.OwnershipControls.Rules).toEqual([{ ObjectOwnership: 'BucketOwnerEnforced' }]);
    expect([DeletionPolicy, UpdateReplacePolicy]).toEqual(['Retain', 'Retain']);
    const policies = template.ofType('AWS::S3::BucketPolicy').filter(({ resource }) => resource.Properties.Bucket === `<${id}>`);
    expect(policies[0].resource.Properties.PolicyDocument.Statement).toContainEqual(expect.objectContaining({
      Effect: 'Deny', Action: 's3:*', Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    }));
  });

  test.each(['DropBucket', 'InputBucket', 'OutputBucket'])('%s expires nothing that is whole', (name) => {
    expect(bucket(template, name).Properties.LifecycleConfiguration.Rules).toEqual([
      { Id: 'AbortBrokenUploads', Status: 'Enabled', AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 } },
    ]);
  });

  test('workers can load images and masks', () => {
    expect(bucket(template, 'InputBucket').Properties.CorsConfiguration.CorsRules).toEqual(CORS);
    expect(bucket(template, 'OutputBucket').Properties.CorsConfiguration.CorsRules).toEqual(CORS);
    expect(bucket(template, 'DropBucket').Properties.CorsConfiguration).toBeUndefined();
  });

  test('only the drop bucket is versioned, and only it notifies anybody', () => {
    const versioned = template.ofType('AWS::S3::Bucket').filter(({ resource }) => resource.Properties.VersioningConfiguration);
    expect(versioned.map(({ id }) => id)).toEqual([bucket(template, 'DropBucket').id]);
    const notifying = template.ofType('AWS::S3::Bucket').filter(({ resource }) => resource.Properties.NotificationConfiguration);
    expect(notifying.map(({ id }) => id)).toEqual([bucket(template, 'DropBucket').id]);
  });
});

describe('an event for each drop', () => {
  const intakeQueue = (template: FlatTemplate) => template.ofType('AWS::SQS::Queue')
    .filter(({ id }) => id.includes('IntakeQueue') && !id.includes('DeadLetters'))[0].id;

  test('comes without a function of aws-cdk-lib, once the queue may be written to', () => {
    const stack = newStack();
    newProject(stack, { dropPrefix: 'camera-1/' });
    const template = FlatTemplate.of(stack);
    const queue = intakeQueue(template);
    const { Properties, DependsOn } = bucket(template, 'DropBucket');
    expect(Properties.NotificationConfiguration.QueueConfigurations).toEqual([{
      Event: 's3:ObjectCreated:*', Queue: `<${queue}.Arn>`, Filter: { S3Key: { Rules: [{ Name: 'prefix', Value: 'camera-1/' }] } },
    }]);
    const [policy] = template.ofType('AWS::SQS::QueuePolicy').filter(({ resource }) => resource.Properties.Queues[0] === `<${queue}>`);
    expect(DependsOn).toContain(policy.id);
    expect(policy.resource.Properties.PolicyDocument.Statement).toContainEqual({
      Effect: 'Allow',
      Principal: { Service: 's3.amazonaws.com' },
      Action: 'sqs:SendMessage',
      Resource: `<${queue}.Arn>`,
      Condition: { StringEquals: { 'aws:SourceAccount': '111122223333' }, ArnLike: { 'aws:SourceArn': 'arn:<AWS::Partition>:s3:::*' } },
    });
    expect(template.ofType('Custom::S3BucketNotifications')).toEqual([]);
  });

  test('comes for all keys where there is no prefix', () => {
    const stack = newStack();
    newProject(stack);
    expect(bucket(FlatTemplate.of(stack), 'DropBucket').Properties.NotificationConfiguration.QueueConfigurations[0].Filter).toBeUndefined();
  });

  test('of a brought bucket is added to those that the bucket has', () => {
    const stack = newStack();
    newProject(stack, { dropBucket: Bucket.fromBucketName(stack, 'Drops', 'drops'), dropPrefix: 'camera-1/' });
    const template = FlatTemplate.of(stack);
    const { Properties } = template.ofType('Custom::S3BucketNotifications')[0].resource;
    expect(Properties).toMatchObject({ BucketName: 'drops', Managed: false });
    expect(Properties.NotificationConfiguration.QueueConfigurations[0]).toMatchObject({
      QueueArn: `<${intakeQueue(template)}.Arn>`, Filter: { Key: { FilterRules: [{ Name: 'prefix', Value: 'camera-1/' }] } },
    });
  });

  test('cannot be replaced unseen by a notification that the user adds', () => {
    const stack = newStack();
    const project = newProject(stack);
    project.dropBucket.addEventNotification(EventType.OBJECT_REMOVED, new SqsDestination(new Queue(stack, 'Other')));
    expect(() => (stack.node.root as App).synth()).toThrow(/dropBucket has notifications of its own.*give it as dropBucket/);
  });
});

describe('what is asked for', () => {
  test('the inbox goes with the stack, and nothing that was paid for', () => {
    const stack = newStack();
    newProject(stack, { removalPolicy: RemovalPolicy.DESTROY });
    const template = FlatTemplate.of(stack);
    expect(bucket(template, 'DropBucket').DeletionPolicy).toBe('Delete');
    expect(['InputBucket', 'OutputBucket'].map((name) => bucket(template, name).DeletionPolicy)).toEqual(['Retain', 'Retain']);
    expect(template.ofType('AWS::DynamoDB::Table')[0].resource.DeletionPolicy).toBe('Retain');
  });

  test('a key encrypts all buckets', () => {
    const stack = newStack();
    newProject(stack, { encryptionKey: new Key(stack, 'Key') });
    const template = FlatTemplate.of(stack);
    template.ofType('AWS::S3::Bucket').forEach(({ resource }) => {
      expect(resource.Properties.BucketEncryption.ServerSideEncryptionConfiguration).toEqual([{
        BucketKeyEnabled: true,
        ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: expect.stringMatching(/^<Key.*\.Arn>$/) },
      }]);
    });
  });

  test('brought buckets are left alone, with a warning that says what workers need', () => {
    const stack = newStack();
    newProject(stack, {
      inputBucket: Bucket.fromBucketName(stack, 'Input', 'images'),
      outputBucket: Bucket.fromBucketName(stack, 'Output', 'labels'),
    });
    expect(FlatTemplate.of(stack).ofType('AWS::S3::Bucket')).toHaveLength(1);
    ['inputBucket', 'outputBucket'].forEach((prop) => {
      Annotations.fromStack(stack).hasWarning('/Stack/Project/Storage',
        Match.stringLikeRegexp(`^${prop} is a bucket of yours.*"AllowedMethods":\\["GET"\\].*cors:${prop}`));
    });
  });
});
