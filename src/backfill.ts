import { CfnOutput, Stack, Token } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { IFunction } from 'aws-cdk-lib/aws-lambda';
import { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { BACKFILL_OBJECTS_PER_MINUTE, BACKFILL_OBJECTS_PER_MINUTE_MAX, BackfillOutput } from './contract/backfill';
import { grantHookSource } from './parts/hook-function';
import { LIST_BUCKET_ACTIONS, READ_OBJECT_ACTIONS, READ_OBJECT_TAGS_ACTIONS } from './parts/permissions';
import { Problems } from './parts/problems';
import { StreamingLabelingProject } from './streaming-labeling-project';

/** Properties of a back-fill. */
export interface BackfillProps {
  /** The project that is to take the images in. It must be in the same stack. */
  readonly project: StreamingLabelingProject;

  /**
   * The bucket with the images. It is only ever read: originals stay as they are.
   *
   * Of each key the newest version is taken. Without versions, an object that is replaced after it was taken in is not seen again.
   */
  readonly bucket: IBucket;

  /**
   * Only keys that begin so are taken.
   *
   * @default - all
   */
  readonly prefix?: string;

  /**
   * The bucket that S3 delivers inventories of `bucket` to, in CSV. A plan may then read one instead of listing the bucket.
   *
   * @default - none: the bucket is listed
   */
  readonly inventoryBucket?: IBucket;

  /**
   * What the keys of inventories begin with.
   *
   * @default - all of the inventory bucket may be read
   */
  readonly inventoryPrefix?: string;

  /**
   * At most so many objects are queued in a minute, from 1 to 6,000. Whoever makes a plan may choose another number.
   *
   * Labeling does not hasten with it: how much is with workers is the project's window.
   *
   * @default 600
   */
  readonly objectsPerMinute?: number;
}

/**
 * Lets a project take in the images of a bucket that exists.
 *
 * Deploying it starts nothing and makes no resource: it is a permission to read. `cdk-streaming-labeling backfill plan` counts
 * the objects and what labeling them will cost; `backfill start` with the plan's id queues them, as fast as you allow, resumable,
 * each one once, and looks after each until it has come to its end.
 */
export class Backfill extends Construct {
  constructor(scope: Construct, id: string, props: BackfillProps) {
    super(scope, id);
    const { project, bucket, prefix = '', inventoryBucket, inventoryPrefix = '', objectsPerMinute = BACKFILL_OBJECTS_PER_MINUTE } = props;
    const problems = new Problems(`Backfill '${this.node.path}'`);
    problems.whole('objectsPerMinute', objectsPerMinute, { min: 1, max: BACKFILL_OBJECTS_PER_MINUTE_MAX });
    if (prefix.startsWith('/') && !Token.isUnresolved(prefix)) {
      problems.add(`prefix is '${prefix}'; keys of a bucket do not begin with '/': leave it out`);
    }
    if (props.inventoryPrefix !== undefined && inventoryBucket === undefined) {
      problems.add(`inventoryPrefix is '${props.inventoryPrefix}' and no inventoryBucket is given; give the bucket that holds the inventories`);
    }
    if (Stack.of(project) !== Stack.of(this)) {
      problems.add(`project is in stack '${Stack.of(project).stackName}'; put the back-fill into the same stack, where the command line tool looks for it`);
    }
    if (bucket === project.inputBucket || bucket === project.outputBucket) {
      problems.add(`bucket is the project's own ${bucket === project.inputBucket ? 'input' : 'output'} bucket; give the bucket that your images lie in`);
    }
    problems.throwIfAny();

    const { controllerFunction, featureEngineeringFunction, _hook } = project;
    allow(controllerFunction, LIST_BUCKET_ACTIONS, bucket.bucketArn);
    allow(featureEngineeringFunction, LIST_BUCKET_ACTIONS, bucket.bucketArn);
    allow(featureEngineeringFunction, [...READ_OBJECT_ACTIONS, ...READ_OBJECT_TAGS_ACTIONS], bucket.arnForObjects(`${prefix}*`));
    bucket.encryptionKey?.grantDecrypt(featureEngineeringFunction);
    if (_hook) {
      grantHookSource(_hook, bucket, prefix);
    }
    if (inventoryBucket) {
      allow(controllerFunction, ['s3:GetObject'], inventoryBucket.arnForObjects(`${inventoryPrefix}*`));
      inventoryBucket.encryptionKey?.grantDecrypt(controllerFunction);
    }

    const output: BackfillOutput = {
      controllerFunction: controllerFunction.functionName,
      bucket: bucket.bucketName,
      prefix,
      ...inventoryBucket ? { inventoryBucket: inventoryBucket.bucketName, inventoryPrefix } : {},
      objectsPerMinute,
    };
    new CfnOutput(this, 'BackfillSource', {
      description: 'What `cdk-streaming-labeling backfill` may take in',
      value: Stack.of(this).toJsonString(output),
    });
  }
}

function allow(grantee: IFunction, actions: string[], resource: string): void {
  grantee.addToRolePolicy(new PolicyStatement({ actions, resources: [resource] }));
}
