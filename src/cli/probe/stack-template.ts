import { Brought, TOPICS } from './stage';

/** Queues of the probe's jobs and of no others. */
const jobQueues = (id: string): object => ({ 'Fn::Sub': `arn:\${AWS::Partition}:sqs:\${AWS::Region}:\${AWS::AccountId}:GroundTruth-${id}-*` });

const LOG_GROUPS = ['/aws/sagemaker/LabelingJobs', '/aws/sagemaker/groundtruth/WorkerActivity'];

export const topicId = (topic: string): string => `Topic${topic}`;

/** Everything that is made for a probe beside its jobs, as one stack: it goes as it came. */
export function stackTemplate(id: string, { bucket, bucketWithoutCors, role }: Brought): object {
  const own = (given: string | undefined, name: string): object | string => given ?? { Ref: name };
  const buckets = [own(bucket, 'Bucket'), own(bucketWithoutCors, 'BucketWithoutCors')];
  const topics = TOPICS.map((topic): object => ({ Ref: topicId(topic) }));
  return {
    Description: 'What a probe of cdk-streaming-labeling works with; it may be deleted at any time',
    Resources: {
      ...(bucket === undefined ? { Bucket: bucketResource(true) } : {}),
      ...(bucketWithoutCors === undefined ? { BucketWithoutCors: bucketResource(false) } : {}),
      ...Object.fromEntries(TOPICS.map((topic) => [topicId(topic), { Type: 'AWS::SNS::Topic', Properties: { TopicName: `${id}-${topic}` } }])),
      Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: `${id}-output`, MessageRetentionPeriod: 86_400, SqsManagedSseEnabled: true } },
      QueuePolicy: {
        Type: 'AWS::SQS::QueuePolicy',
        Properties: {
          Queues: [{ Ref: 'Queue' }],
          PolicyDocument: {
            Version: '2012-10-17',
            Statement: [{
              Effect: 'Allow', Principal: { Service: 'sns.amazonaws.com' }, Action: 'sqs:SendMessage', Resource: { 'Fn::GetAtt': ['Queue', 'Arn'] },
              Condition: { ArnEquals: { 'aws:SourceArn': { Ref: topicId('output') } } },
            }],
          },
        },
      },
      Subscription: {
        Type: 'AWS::SNS::Subscription',
        DependsOn: 'QueuePolicy',
        Properties: { TopicArn: { Ref: topicId('output') }, Protocol: 'sqs', Endpoint: { 'Fn::GetAtt': ['Queue', 'Arn'] } },
      },
      ...(role === undefined ? { Role: roleResource(id, buckets, topics) } : {}),
    },
    Outputs: {
      Bucket: { Value: own(bucket, 'Bucket') },
      BucketWithoutCors: { Value: own(bucketWithoutCors, 'BucketWithoutCors') },
      ...Object.fromEntries(TOPICS.map((topic) => [topicId(topic), { Value: { Ref: topicId(topic) } }])),
      QueueUrl: { Value: { Ref: 'Queue' } },
      RoleArn: { Value: role ?? { 'Fn::GetAtt': ['Role', 'Arn'] } },
    },
  };
}

function bucketResource(cors: boolean): object {
  return {
    Type: 'AWS::S3::Bucket',
    Properties: {
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true,
      },
      ...(cors ? { CorsConfiguration: { CorsRules: [{ AllowedMethods: ['GET'], AllowedOrigins: ['*'], AllowedHeaders: [], ExposedHeaders: ['Access-Control-Allow-Origin'] }] } } : {}),
    },
  };
}

/** What Ground Truth may do for the probe's jobs: their keys, their topics and their queues. */
function roleResource(id: string, buckets: readonly (object | string)[], topics: readonly object[]): object {
  const arn = (bucket: object | string, rest: string): object => ({ 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':s3:::', bucket, rest]] });
  const allow = (Action: string | readonly string[], Resource: unknown, Condition?: object): object => ({ Effect: 'Allow', Action, Resource, ...(Condition ? { Condition } : {}) });
  const logs = LOG_GROUPS.flatMap((group) => ['', ':*'].map((rest) => ({ 'Fn::Sub': `arn:\${AWS::Partition}:logs:\${AWS::Region}:\${AWS::AccountId}:log-group:${group}${rest}` })));
  return {
    Type: 'AWS::IAM::Role',
    Properties: {
      AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service: 'sagemaker.amazonaws.com' }, Action: 'sts:AssumeRole' }] },
      Policies: [{
        PolicyName: 'probe',
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            allow(['s3:GetObject', 's3:PutObject', 's3:AbortMultipartUpload'], buckets.map((bucket) => arn(bucket, `/${id}/*`))),
            allow(['s3:GetBucketLocation', 's3:ListBucket'], buckets.map((bucket) => arn(bucket, ''))),
            allow(['sqs:CreateQueue', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:GetQueueUrl', 'sqs:ReceiveMessage', 'sqs:SendMessage',
              'sqs:SetQueueAttributes'], jobQueues(id)),
            allow('sns:Subscribe', topics, { StringEquals: { 'sns:Protocol': 'sqs' }, StringLike: { 'sns:Endpoint': jobQueues(id) } }),
            allow('sns:Publish', topics),
            allow('sns:Unsubscribe', topics.flatMap((topic) => [topic, { 'Fn::Join': ['', [topic, ':*']] }])),
            // the service knows no resource for it
            allow('cloudwatch:PutMetricData', '*'),
            allow(['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'], logs),
          ],
        },
      }],
    },
  };
}
