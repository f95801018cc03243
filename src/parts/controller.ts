import { Aws, Duration, Stack } from 'aws-cdk-lib';
import { Match, Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { IGrantable, Role, ServicePrincipal, PolicyDocument, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import { allowEvents } from './events';
import {
  JOB_QUEUE_ACTIONS, LIST_BUCKET_ACTIONS, READ_OBJECT_TAGS_ACTIONS, RUN_JOB_ACTIONS, WRITE_OBJECT_ACTIONS, WRITE_OBJECT_TAGS_ACTIONS,
} from './permissions';
import { FunctionDefaults, ProjectFunction } from './project-function';
import { ProjectParts } from './resources';
import { CURRENT_DATA_SET_KEY, DATA_SET_INDEX_KEY, FOREIGN_FILES_PREFIX, PREFIX } from '../contract/environment';
import { JOB_STATE_CHANGE, WakeUp } from '../contract/events';

/** Less than its lease on the ledger lasts. */
const TIMEOUT = Duration.minutes(2);

/** A lost wake-up costs a minute, so an old one is worth nothing. */
const WAKE_UP_AGE = Duration.minutes(5);

/** The one function that runs the jobs, and what wakes it: Ground Truth's job events, and the clock. */
export class Controller extends Construct {
  readonly handler: ProjectFunction;
  readonly chainingRule: Rule;

  constructor(scope: Construct, id: string, defaults: FunctionDefaults, private readonly parts: ProjectParts) {
    super(scope, id);
    this.handler = new ProjectFunction(this, 'Handler', defaults, {
      asset: 'controller',
      description: 'Runs the labeling jobs: looks at the whole project, decides, and does one step',
      timeout: TIMEOUT,
      memorySize: 1024,
    });
    this.grantJobs();
    this.grantData();
    this.grantQueues();
    parts.ledger.grant(this.handler);
    parts.ledger.grantIndex(this.handler);
    allowEvents(this.handler);
    this.chainingRule = this.jobEvents();
    this.clock();
  }

  /** Lets a function wake the controller. */
  grantWake(grantee: IGrantable): void {
    // no version is ever published, so there is no alias to allow
    grantee.grantPrincipal.addToPrincipalPolicy(new PolicyStatement({
      actions: ['lambda:InvokeFunction'],
      resources: [this.handler.function.functionArn],
    }));
  }

  private grantJobs(): void {
    const { names, executionRole, stream } = this.parts;
    this.handler.allow(RUN_JOB_ACTIONS, [names.jobArns]);
    this.handler.allow(['iam:PassRole'], [executionRole.roleArn], { StringEquals: { 'iam:PassedToService': 'sagemaker.amazonaws.com' } });
    this.handler.allow(['sns:ListSubscriptionsByTopic', 'sns:Publish'], [stream.inputTopic.topicArn]);
  }

  private grantData(): void {
    const { dropBucket, outputBucket } = this.parts.storage;
    const read = [PREFIX.JOBS, PREFIX.MANIFESTS, PREFIX.CONFIG, PREFIX.DATA_SETS];
    const written = [PREFIX.MANIFESTS, PREFIX.CONFIG, PREFIX.DATA_SETS];
    this.handler.allow(LIST_BUCKET_ACTIONS, [dropBucket.bucketArn, outputBucket.bucketArn]);
    this.handler.allow(['s3:GetObject'], read.map((prefix) => outputBucket.arnForObjects(`${prefix}*`)));
    this.handler.allow(WRITE_OBJECT_ACTIONS, written.map((prefix) => outputBucket.arnForObjects(`${prefix}*`)));
    // somebody else's file in the place of the data set is copied aside, with its tags
    this.handler.allow(['s3:GetObjectVersion', ...READ_OBJECT_TAGS_ACTIONS], [
      outputBucket.arnForObjects(CURRENT_DATA_SET_KEY), outputBucket.arnForObjects(DATA_SET_INDEX_KEY),
    ]);
    this.handler.allow(WRITE_OBJECT_TAGS_ACTIONS, [outputBucket.arnForObjects(`${FOREIGN_FILES_PREFIX}*`)]);
  }

  private grantQueues(): void {
    const { names, intakeQueue, recorderQueue } = this.parts;
    this.handler.allow(JOB_QUEUE_ACTIONS, [names.jobQueueArns]);
    this.handler.allow(['sqs:GetQueueAttributes'], [intakeQueue, recorderQueue]
      .flatMap(({ queue, deadLetterQueue }) => [queue.queueArn, deadLetterQueue.queueArn]));
    this.handler.allow(['sqs:SendMessage'], [intakeQueue.queue.queueArn]);
  }

  /** The job events of this project alone. Delivered as they are: the controller asks the service what is true. */
  private jobEvents(): Rule {
    return new Rule(this, 'ChainingRule', {
      description: `A labeling job of ${this.parts.names.projectName} ended`,
      eventPattern: {
        source: [JOB_STATE_CHANGE.source],
        detailType: [JOB_STATE_CHANGE.detailType],
        resources: Match.prefix(this.parts.names.jobArnPrefix),
      },
      targets: [new LambdaFunction(this.handler.function, { maxEventAge: WAKE_UP_AGE, retryAttempts: 2 })],
    });
  }

  private clock(): void {
    const { region, account } = Stack.of(this);
    const role = new Role(this, 'ClockRole', {
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: {
          StringEquals: {
            'aws:SourceAccount': account,
            'aws:SourceArn': `arn:${Aws.PARTITION}:scheduler:${region}:${account}:schedule-group/default`,
          },
        },
      }),
      inlinePolicies: {
        Wake: new PolicyDocument({
          statements: [new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [this.handler.function.functionArn] })],
        }),
      },
    });
    const wakeUp: WakeUp = { cause: 'schedule', id: '<aws.scheduler.execution-id>' };
    new CfnSchedule(this, 'Clock', {
      description: `Wakes ${this.parts.names.projectName} each minute`,
      scheduleExpression: 'rate(1 minute)',
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn: this.handler.function.functionArn,
        roleArn: role.roleArn,
        input: JSON.stringify(wakeUp),
        // the next minute tries again
        retryPolicy: { maximumEventAgeInSeconds: 60, maximumRetryAttempts: 0 },
      },
    });
  }
}
