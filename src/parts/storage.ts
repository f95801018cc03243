import { Annotations, Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import { IKey } from 'aws-cdk-lib/aws-kms';
import { BlockPublicAccess, Bucket, BucketEncryption, BucketProps, CfnBucket, CorsRule, EventType, HttpMethods, IBucket, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { SqsDestination } from 'aws-cdk-lib/aws-s3-notifications';
import { Construct } from 'constructs';
import { WorkQueue } from './work-queue';
import { CURRENT_DATA_SET_KEY, PREFIX } from '../contract/environment';

export interface StorageProps {
  readonly dropBucket?: IBucket;
  readonly dropPrefix: string;
  readonly inputBucket?: IBucket;
  readonly outputBucket?: IBucket;
  readonly encryptionKey?: IKey;
  /** Of the inbox. What was paid for is always retained. */
  readonly removalPolicy: RemovalPolicy;
}

/** Workers' browsers load images, and earlier masks, from these buckets through short-lived signed addresses. */
const WORKERS_CORS: CorsRule = {
  allowedMethods: [HttpMethods.GET],
  allowedOrigins: ['*'],
  allowedHeaders: [],
  exposedHeaders: ['Access-Control-Allow-Origin'],
};

/** Longer than any try. */
const STAGED_FOR = Duration.days(1);

/** The three buckets: the inbox, the images that workers see, and what Ground Truth and the data set are written to. */
export class Storage extends Construct {
  readonly dropBucket: IBucket;
  readonly inputBucket: IBucket;
  readonly outputBucket: IBucket;
  /** Whether the inbox is ours. A brought one is left as it is. */
  readonly dropBucketIsOwn: boolean;
  readonly dropUri: string;
  readonly dataSetUri: string;

  constructor(scope: Construct, id: string, private readonly props: StorageProps) {
    super(scope, id);
    this.dropBucketIsOwn = props.dropBucket === undefined;
    this.dropBucket = props.dropBucket ?? this.bucket('DropBucket', {
      removalPolicy: props.removalPolicy,
      // a drop is always worked on in the version that arrived
      versioned: true,
    });
    this.inputBucket = props.inputBucket ?? this.bucket('InputBucket', { cors: [WORKERS_CORS] });
    this.outputBucket = props.outputBucket ?? this.bucket('OutputBucket', { cors: [WORKERS_CORS] });
    this.warnOfCors('inputBucket', props.inputBucket);
    this.warnOfCors('outputBucket', props.outputBucket);
    this.dropUri = `s3://${this.dropBucket.bucketName}/${props.dropPrefix}`;
    this.dataSetUri = `s3://${this.outputBucket.bucketName}/${CURRENT_DATA_SET_KEY}`;
  }

  /** Sends an event for each drop to the queue. */
  notify(workQueue: WorkQueue): void {
    const { dropPrefix } = this.props;
    const { queue } = workQueue;
    if (!this.dropBucketIsOwn) {
      const filters = dropPrefix ? [{ prefix: dropPrefix }] : [];
      this.dropBucket.addEventNotification(EventType.OBJECT_CREATED, new SqsDestination(queue), ...filters);
      return;
    }
    // on the bucket itself: aws-cdk-lib's own way would add a function and a role to every stack
    const bucket = this.dropBucket.node.defaultChild as CfnBucket;
    bucket.notificationConfiguration = {
      queueConfigurations: [{
        event: EventType.OBJECT_CREATED,
        queue: queue.queueArn,
        ...dropPrefix ? { filter: { s3Key: { rules: [{ name: 'prefix', value: dropPrefix }] } } } : {},
      }],
    };
    bucket.node.addDependency(workQueue.allowBuckets());
    this.node.addValidation({ validate: () => this.foreignNotifications() });
  }

  /** What feature engineering functions leave behind goes by itself: of a brought bucket its owner has to see to that. */
  expireStaged(): void {
    if (this.props.inputBucket === undefined) {
      (this.inputBucket as Bucket).addLifecycleRule({ id: 'ExpireStaged', prefix: PREFIX.STAGING, expiration: STAGED_FOR });
    }
  }

  /** A second notification on our own inbox would replace the first. */
  private foreignNotifications(): string[] {
    const taken = this.dropBucket.node.findAll().some((child) => (child as CfnBucket).cfnResourceType === 'Custom::S3BucketNotifications');
    return taken
      ? ["dropBucket has notifications of its own, which would replace the project's: make the bucket yourself and give it as dropBucket"]
      : [];
  }

  private bucket(id: string, props: BucketProps): Bucket {
    const { encryptionKey } = this.props;
    const bucket = new Bucket(this, id, {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      ...encryptionKey
        ? { encryption: BucketEncryption.KMS, encryptionKey, bucketKeyEnabled: true }
        : { encryption: BucketEncryption.S3_MANAGED },
      removalPolicy: RemovalPolicy.RETAIN,
      // nothing that is whole ever expires: images, labels and masks stay, and a drop waits until it was worked on
      lifecycleRules: [{ id: 'AbortBrokenUploads', abortIncompleteMultipartUploadAfter: Duration.days(7) }],
      ...props,
    });
    Validations.of(bucket).acknowledge({
      id: 'AwsSolutions-S1',
      reason: 'Access logs would need a bucket of their own; where they are wanted, buckets with logs can be given to the project.',
    });
    return bucket;
  }

  private warnOfCors(prop: string, brought: IBucket | undefined): void {
    if (brought !== undefined) {
      Annotations.of(this).addWarningV2(`cdk-streaming-labeling:cors:${prop}`,
        `${prop} is a bucket of yours, which is left as it is; without this CORS rule workers see no image: ${JSON.stringify([{
          AllowedHeaders: [], AllowedMethods: ['GET'], AllowedOrigins: ['*'], ExposeHeaders: ['Access-Control-Allow-Origin'],
        }])}. The end of each deploy checks it.`);
    }
  }
}
