import { Duration, Size } from 'aws-cdk-lib';
import { ISecurityGroup, InstanceType, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import { IKey } from 'aws-cdk-lib/aws-kms';
import { ProcessingImage } from './processing-image';

/** Options of feature engineering by your own code in a SageMaker pipeline. */
export interface ProcessingJobOptions {
  /** The container that your code runs in. */
  readonly image: ProcessingImage;

  /**
   * A directory with your scripts. It is uploaded when the app is deployed, and unpacked before `script` is run with the
   * container's `python3`.
   *
   * @default - the image runs its own program; a ready-made image needs scripts
   */
  readonly scriptDirectory?: string;

  /**
   * The file in `scriptDirectory` that is run.
   *
   * @default 'main.py'
   */
  readonly script?: string;

  /**
   * Arguments of the script, or of the image's program. At most 90, of 256 characters each.
   *
   * @default - none
   */
  readonly arguments?: string[];

  /**
   * Environment variables of your code. At most 90, of 256 characters each.
   *
   * @default - only those that tell it where its folders are
   */
  readonly environment?: { [name: string]: string };

  /**
   * The instances that a batch is processed on: an EC2 instance type, which SageMaker knows under `ml.` and the same name.
   *
   * @default m5.xlarge
   */
  readonly instanceType?: InstanceType;

  /**
   * How many instances share the drops of a batch, 1 to 100. Never more are started than a batch has drops.
   *
   * @default 1
   */
  readonly instanceCount?: number;

  /**
   * Disk of each instance, 1 GiB to 16 TiB: a share of a batch, and all that is made of it, must fit.
   *
   * @default Size.gibibytes(30)
   */
  readonly volumeSize?: Size;

  /**
   * How long the processing of a batch may take, one minute to one day.
   *
   * @default Duration.hours(1)
   */
  readonly timeLimit?: Duration;

  /**
   * Drops of one batch at most, 1 to 10,000.
   *
   * @default 1000
   */
  readonly batchSize?: number;

  /**
   * How long a batch that is not full waits for more drops, up to one day. An instance takes minutes to start, and is paid for from
   * then on: a longer wait makes fewer, fuller batches.
   *
   * @default Duration.minutes(5)
   */
  readonly batchWait?: Duration;

  /**
   * Key for the instances' disks.
   *
   * @default - a key of AWS
   */
  readonly volumeKey?: IKey;

  /**
   * The network that your code runs in. It must reach S3, ECR and CloudWatch Logs.
   *
   * @default - a network of SageMaker
   */
  readonly vpc?: IVpc;

  /**
   * Subnets of the network.
   *
   * @default - those with a route out that nobody comes in by
   */
  readonly vpcSubnets?: SubnetSelection;

  /**
   * Security groups of the instances.
   *
   * @default - a new one that lets everything out and nothing in
   */
  readonly securityGroups?: ISecurityGroup[];
}
