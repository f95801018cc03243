import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { IRole } from 'aws-cdk-lib/aws-iam';
import { IKey } from 'aws-cdk-lib/aws-kms';
import { Architecture } from 'aws-cdk-lib/aws-lambda';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { IBucket } from 'aws-cdk-lib/aws-s3';
import { ITopic } from 'aws-cdk-lib/aws-sns';
import { FeatureEngineering } from './feature-engineering';
import { InstructionHosting } from './instruction-hosting';
import { InstructionRollOut, Instructions } from './instructions';
import { LabelingTask } from './labeling-task';
import { Orchestration } from './orchestration';
import { RetainedLedger } from './retained-ledger';
import { IWorkTeam } from './work-team';

/** Properties of a streaming labeling project. */
export interface StreamingLabelingProjectProps {
  /** What workers are asked about each image. */
  readonly task: LabelingTask;

  /** The people who label. */
  readonly workTeam: IWorkTeam;

  /**
   * Name of the project, with which the names of its labeling jobs begin: 1 to 47 lower-case letters, digits and inner hyphens.
   *
   * Give one if you may ever move the construct in your app: a ledger belongs to one project name.
   *
   * @default - the construct's id in lower case and eight hexadecimal digits made of its path
   */
  readonly projectName?: string;

  /**
   * What is made of a drop before workers see it.
   *
   * @default FeatureEngineering.images() - whole images, upright, in sRGB, without private metadata; this is what makes them look
   * the same to every worker and to the training
   */
  readonly featureEngineering?: FeatureEngineering;

  /**
   * What workers read beside the image.
   *
   * @default Instructions.builtIn()
   */
  readonly instructions?: Instructions;

  /**
   * When changed instructions, or changed labels, reach workers.
   *
   * @default InstructionRollOut.NEXT_JOB
   */
  readonly instructionRollOut?: InstructionRollOut;

  /**
   * Who reads the instructions: workers alone, or people on a site too.
   *
   * @default InstructionHosting.privateBucket()
   */
  readonly instructionHosting?: InstructionHosting;

  /**
   * Who starts labeling jobs.
   *
   * @default Orchestration.controller()
   */
  readonly orchestration?: Orchestration;

  /**
   * The bucket that images are dropped into.
   *
   * A bucket that you give must be versioned. It is left as it is: drops stay in it when they are done, and only what is dropped
   * after the project's start is labeled. In the project's own bucket, only what still waits is kept.
   *
   * @default - a new bucket
   */
  readonly dropBucket?: IBucket;

  /**
   * Only objects whose keys begin so are drops. It must end in '/' and must not begin with one.
   *
   * @default - all objects of the drop bucket
   */
  readonly dropPrefix?: string;

  /**
   * The bucket for images that workers see (`images/`), finished drops (`originals/`) and refused ones (`quarantine/`).
   *
   * A bucket that you give belongs to this project alone and must have a CORS rule that lets any origin GET.
   *
   * @default - a new bucket, retained when the stack is deleted
   */
  readonly inputBucket?: IBucket;

  /**
   * The bucket for what Ground Truth writes (`jobs/`) and for the data set (`datasets/`).
   *
   * A bucket that you give belongs to this project alone, must have a CORS rule that lets any origin GET, and must never expire
   * objects: later data sets point to earlier masks.
   *
   * @default - a new bucket, retained when the stack is deleted
   */
  readonly outputBucket?: IBucket;

  /**
   * The topic through which images reach the running job. One project only may use it: every job that is subscribed labels, and
   * bills, all of it.
   *
   * @default - a new topic
   */
  readonly inputTopic?: ITopic;

  /**
   * The topic on which Ground Truth announces each label.
   *
   * @default - a new topic
   */
  readonly outputTopic?: ITopic;

  /**
   * A key for everything that the project makes itself: buckets, topics, queues and ledger.
   *
   * The policy of a key from outside the app must let `s3.amazonaws.com` and `sns.amazonaws.com` use it; synthesis warns with the
   * exact statements.
   *
   * @default - S3 and SQS encrypt with keys of their own, DynamoDB with one of AWS; the topics, which keep nothing, are not encrypted
   */
  readonly encryptionKey?: IKey;

  /**
   * The role that Ground Truth works with. It must trust `sagemaker.amazonaws.com`.
   *
   * A role that you give gets the permissions it needs; where it cannot be changed here, synthesis warns with the exact policy.
   *
   * @default - a new role, which reaches neither originals nor quarantine
   */
  readonly executionRole?: IRole;

  /**
   * The ledger of an earlier stack of the same project, so that its chain of jobs goes on.
   *
   * @default - a new ledger, retained when the stack is deleted
   */
  readonly retainedLedger?: RetainedLedger;

  /**
   * How many workers label each image: 1 to 9. Each is paid. What Ground Truth has of an image when a job ends before all of them
   * have answered is thrown away and counted.
   *
   * @default 1
   */
  readonly workersPerImage?: number;

  /**
   * How long one worker may take for one image: 30 seconds to 8 hours.
   *
   * @default Duration.hours(1)
   */
  readonly taskTimeLimit?: Duration;

  /**
   * How long an image is offered to workers before Ground Truth counts it as failed: 1 minute to 30 days.
   *
   * @default Duration.days(30)
   */
  readonly taskAvailability?: Duration;

  /**
   * How many images Ground Truth shows to workers at the same time: 1 to 5,000, above 1,000 only after a request to AWS Support.
   * It must be greater than `workersPerImage`.
   *
   * @default 1000
   */
  readonly maxConcurrentTasks?: number;

  /**
   * How many images may be with the running job unlabeled at once: at least 1, at most `maxConcurrentTasks` minus `workersPerImage`.
   *
   * A small window keeps images where priorities and changed instructions still reach them; a large one keeps many workers busy.
   *
   * @default - 500, or less where `maxConcurrentTasks` allows no more
   */
  readonly window?: number;

  /**
   * How many images may be sent to workers for the first time in one UTC day, at least 1: a guard for your budget.
   *
   * @default - no limit
   */
  readonly maxImagesPerDay?: number;

  /**
   * How many images may ever be sent to workers, at least 1: a guard for your budget.
   *
   * @default - no limit
   */
  readonly maxImages?: number;

  /**
   * Processor architecture of the functions.
   *
   * @default Architecture.ARM_64
   */
  readonly architecture?: Architecture;

  /**
   * What happens to the drop bucket and the functions' logs when the stack is deleted.
   *
   * With DESTROY, the deletion fails while drops still wait in the bucket. Originals, images, labels and the ledger are always
   * retained.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;

  /**
   * How long the functions' logs are kept.
   *
   * @default RetentionDays.THREE_MONTHS
   */
  readonly logRetention?: RetentionDays;
}
