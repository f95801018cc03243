import { Annotations, Aws, CfnResource, Stack } from 'aws-cdk-lib';
import { IRole, PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct, IDependable } from 'constructs';
import { ChainNames } from './names';
import { GROUND_TRUTH_QUEUE_ACTIONS, KEY_ACTIONS, WRITE_OBJECT_ACTIONS } from './permissions';
import { Storage } from './storage';
import { Stream } from './stream';
import { BoundTask } from './worker-page';
import { PREFIX } from '../contract/environment';

export interface ExecutionRoleProps {
  readonly brought?: IRole;
  readonly names: ChainNames;
  readonly storage: Storage;
  readonly stream: Stream;
  /** Those of a custom task. */
  readonly taskFunctions?: BoundTask['functions'];
  /** ARNs of the customer's keys that data is under. */
  readonly keyArns: readonly string[];
}

/** Ground Truth's logs; the second is written for each task that a worker ends. */
const LOG_GROUPS = ['/aws/sagemaker/LabelingJobs', '/aws/sagemaker/groundtruth/WorkerActivity'];

/**
 * The role that Ground Truth works with: it reads the images and what the jobs are configured with, writes labels, and streams through
 * its own queues. It reaches neither originals nor quarantine.
 */
export class ExecutionRole extends Construct {
  readonly role: IRole;
  /** What must be there before a job starts. */
  readonly ready: IDependable[] = [];

  constructor(scope: Construct, id: string, private readonly props: ExecutionRoleProps) {
    super(scope, id);
    this.role = props.brought ?? new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('sagemaker.amazonaws.com'),
      description: 'Ground Truth reads images and writes labels with it',
    });
    const added = this.statements().map((statement) => this.role.addToPrincipalPolicy(statement));
    this.ready.push(...added.flatMap((each) => each.policyDependable ?? []));
    // a role that was imported as immutable says that it took the statements, too
    if (!added.every((each) => each.statementAdded) || !hasPolicy(this.role)) {
      const policy = new PolicyDocument({ statements: this.statements() });
      Annotations.of(this).addWarningV2('cdk-streaming-labeling:executionRole',
        `executionRole cannot be changed here; it must trust sagemaker.amazonaws.com and have this policy: ${JSON.stringify(Stack.of(this).resolve(policy))}`);
    }
  }

  private statements(): PolicyStatement[] {
    const { names, storage, stream, keyArns, taskFunctions } = this.props;
    const { inputBucket, outputBucket } = storage;
    const topics = [stream.inputTopic.topicArn, stream.outputTopic.topicArn];
    const written = [PREFIX.JOBS, PREFIX.MANIFESTS, PREFIX.CONFIG];
    return [
      new PolicyStatement({
        sid: 'ReadImagesAndConfiguration',
        actions: ['s3:GetObject'],
        resources: [inputBucket.arnForObjects(`${PREFIX.IMAGES}*`), ...written.map((prefix) => outputBucket.arnForObjects(`${prefix}*`))],
      }),
      new PolicyStatement({
        sid: 'WriteLabels',
        actions: WRITE_OBJECT_ACTIONS,
        resources: [outputBucket.arnForObjects(`${PREFIX.JOBS}*`)],
      }),
      new PolicyStatement({
        sid: 'FindBuckets',
        actions: ['s3:GetBucketLocation'],
        resources: [inputBucket.bucketArn, outputBucket.bucketArn],
      }),
      new PolicyStatement({
        sid: 'ListImages',
        actions: ['s3:ListBucket'],
        resources: [inputBucket.bucketArn],
        conditions: { StringLike: { 's3:prefix': [`${PREFIX.IMAGES}*`] } },
      }),
      new PolicyStatement({
        sid: 'ListOutput',
        actions: ['s3:ListBucket'],
        resources: [outputBucket.bucketArn],
        conditions: { StringLike: { 's3:prefix': written.map((prefix) => `${prefix}*`) } },
      }),
      new PolicyStatement({
        sid: 'StreamingQueue',
        actions: GROUND_TRUTH_QUEUE_ACTIONS,
        resources: [names.jobQueueArns],
      }),
      new PolicyStatement({
        sid: 'StreamingSubscribe',
        actions: ['sns:Subscribe'],
        resources: topics,
        conditions: {
          StringEquals: { 'sns:Protocol': 'sqs' },
          // the endpoint of such a subscription is the queue's ARN; the Developer Guide's sample has one of SNS, which never matches
          StringLike: { 'sns:Endpoint': names.jobQueueArns },
        },
      }),
      new PolicyStatement({ sid: 'StreamingPublish', actions: ['sns:Publish'], resources: topics }),
      new PolicyStatement({
        sid: 'StreamingUnsubscribe',
        actions: ['sns:Unsubscribe'],
        // it has been checked against the topic and against the subscription, whose ARN continues the topic's
        resources: topics.flatMap((topic) => [topic, `${topic}:*`]),
      }),
      new PolicyStatement({
        sid: 'Metrics',
        actions: ['cloudwatch:PutMetricData'],
        // the service knows no resource for it
        resources: ['*'],
      }),
      new PolicyStatement({
        sid: 'Logs',
        actions: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'],
        resources: LOG_GROUPS.flatMap((name) => [this.logGroupArn(name), `${this.logGroupArn(name)}:*`]),
      }),
      ...taskFunctions === undefined ? [] : [new PolicyStatement({
        sid: 'CustomTask',
        actions: ['lambda:InvokeFunction'],
        resources: [...new Set(Object.values(taskFunctions).map(({ functionArn }) => functionArn))],
      })],
      ...keyArns.length === 0 ? [] : [new PolicyStatement({ sid: 'Keys', actions: KEY_ACTIONS, resources: [...keyArns] })],
    ];
  }

  private logGroupArn(name: string): string {
    const { region, account } = Stack.of(this);
    return `arn:${Aws.PARTITION}:logs:${region}:${account}:log-group:${name}`;
  }
}

function hasPolicy(role: IRole): boolean {
  return role.node.findAll().some((child) => CfnResource.isCfnResource(child) && child.cfnResourceType === 'AWS::IAM::Policy');
}
