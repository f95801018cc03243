import { Aws, Duration, Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { IKey } from 'aws-cdk-lib/aws-kms';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct, IDependable } from 'constructs';

export interface WorkQueueProps {
  /** Of the function that reads the queue. */
  readonly functionTimeout: Duration;
  /** How often a message is tried before it goes to the dead-letter queue. */
  readonly maxReceiveCount: number;
  readonly encryptionKey?: IKey;
}

/** Lambda advises six times the function's time-out, so that a message is not given out twice while it is worked on. */
const VISIBILITY_FACTOR = 6;

/** The longest that SQS keeps messages. */
const RETENTION = Duration.days(14);

/** A queue with its dead-letter queue. Nothing is lost in them for 14 days. */
export class WorkQueue extends Construct {
  readonly queue: Queue;
  readonly deadLetterQueue: Queue;

  constructor(scope: Construct, id: string, props: WorkQueueProps) {
    super(scope, id);
    const { encryptionKey } = props;
    const common = {
      enforceSSL: true,
      retentionPeriod: RETENTION,
      ...encryptionKey
        ? { encryption: QueueEncryption.KMS, encryptionMasterKey: encryptionKey, dataKeyReuse: Duration.hours(1) }
        : { encryption: QueueEncryption.SQS_MANAGED },
    };
    this.deadLetterQueue = new Queue(this, 'DeadLetters', common);
    this.queue = new Queue(this, 'Queue', {
      ...common,
      visibilityTimeout: Duration.seconds(props.functionTimeout.toSeconds() * VISIBILITY_FACTOR),
      deadLetterQueue: { queue: this.deadLetterQueue, maxReceiveCount: props.maxReceiveCount },
    });
  }

  /**
   * Lets buckets of this account send events. The statement cannot name a bucket that is made after the queue and has no name yet;
   * the reader of the queue ignores events of others.
   */
  allowBuckets(): IDependable {
    const added = this.queue.addToResourcePolicy(new PolicyStatement({
      principals: [new ServicePrincipal('s3.amazonaws.com')],
      actions: ['sqs:SendMessage'],
      resources: [this.queue.queueArn],
      conditions: {
        StringEquals: { 'aws:SourceAccount': Stack.of(this).account },
        ArnLike: { 'aws:SourceArn': `arn:${Aws.PARTITION}:s3:::*` },
      },
    }));
    return added.policyDependable!;
  }
}
