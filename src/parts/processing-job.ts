import * as fs from 'fs';
import * as path from 'path';
import { Duration, Size, SizeRoundingBehavior, Token } from 'aws-cdk-lib';
import { ISecurityGroup, InstanceType, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import { IGrantable } from 'aws-cdk-lib/aws-iam';
import { IKey } from 'aws-cdk-lib/aws-kms';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { Construct } from 'constructs';
import { Problems } from './problems';
import { BATCH_SIZE, PROCESSING_ENVIRONMENT, PROCESSING_FOLDER } from '../contract/processing';
import type { ProcessingJobOptions } from '../processing-job-options';

/** What runs in a processing job, for the pipeline's definition. */
export interface BoundImage {
  readonly imageUri: string;
  /** Ready-made images have no program of their own: they run a script. */
  readonly needsScript: boolean;
  readonly grantPull: (grantee: IGrantable) => void;
  /** Another one for another image. */
  readonly version: string;
}

/** Where the user's scripts lie, and how they are begun. */
export interface BoundScripts {
  readonly uri: string;
  readonly entrypoint: string[];
  readonly version: string;
  readonly grantRead: (grantee: IGrantable) => void;
}

/** A processing job with every setting made. */
export interface BoundProcessingJob {
  readonly image: BoundImage;
  readonly scripts?: BoundScripts;
  readonly arguments: string[];
  readonly environment: { readonly [name: string]: string };
  readonly instanceType: string;
  readonly instanceCount: number;
  readonly volumeSizeGiB: number;
  readonly timeLimitSeconds: number;
  readonly batchSize: number;
  readonly batchWaitSeconds: number;
  readonly volumeKey?: IKey;
  readonly vpc?: IVpc;
  readonly vpcSubnets?: SubnetSelection;
  readonly securityGroups?: ISecurityGroup[];
}

const DEFAULTS = {
  script: 'main.py', instanceType: new InstanceType('m5.xlarge'), instanceCount: 1, volumeSize: Size.gibibytes(30),
  timeLimit: Duration.hours(1), batchWait: Duration.minutes(5),
};

/** Limits of `CreateProcessingJob` (API model). */
const INSTANCES = { min: 1, max: 100 };
const VOLUME_GIB = { min: 1, max: 16_384 };
const TIME_LIMIT_SECONDS = { min: 60, max: 86_400 };
const BATCH_WAIT_SECONDS = { min: 0, max: 86_400 };
const ENVIRONMENT_MAX = 90;
const ARGUMENTS_MAX = 90;
const TEXT_MAX = 256;
const ENVIRONMENT_NAME = /^[a-zA-Z_][a-zA-Z0-9_]{0,255}$/;

/** Everything that is wrong with the options. */
export function checkProcessingJob(options: ProcessingJobOptions, problems: Problems): void {
  const { scriptDirectory, script = DEFAULTS.script, environment = {}, instanceType = DEFAULTS.instanceType } = options;
  problems.whole('instanceCount', options.instanceCount ?? DEFAULTS.instanceCount, INSTANCES);
  problems.whole('volumeSize (in GiB)', (options.volumeSize ?? DEFAULTS.volumeSize).toGibibytes({ rounding: SizeRoundingBehavior.NONE }), VOLUME_GIB);
  problems.duration('timeLimit', options.timeLimit ?? DEFAULTS.timeLimit, TIME_LIMIT_SECONDS);
  problems.duration('batchWait', options.batchWait ?? DEFAULTS.batchWait, BATCH_WAIT_SECONDS);
  problems.whole('batchSize', options.batchSize ?? BATCH_SIZE.default, BATCH_SIZE);
  problems.pattern('instanceType', instanceType.toString(), /^[a-z][a-z0-9-]*\.[a-z0-9]+$/, "be an EC2 instance type such as 'm5.xlarge'; SageMaker's 'ml.' comes before it by itself");
  if (scriptDirectory !== undefined && !fs.existsSync(path.join(scriptDirectory, script))) {
    problems.add(`script is '${script}', which does not exist in scriptDirectory '${scriptDirectory}'; it must be the file that is run`);
  }
  if (scriptDirectory === undefined && options.script !== undefined) {
    problems.add(`script is '${script}' without a scriptDirectory; give the directory that it lies in`);
  }
  if (options.vpc === undefined && (options.vpcSubnets !== undefined || options.securityGroups !== undefined)) {
    problems.add('vpcSubnets and securityGroups need a vpc; give it, or leave them out');
  }
  const names = Object.keys(environment);
  if (names.length > ENVIRONMENT_MAX) {
    problems.add(`environment has ${names.length} variables; at most ${ENVIRONMENT_MAX} are allowed`);
  }
  names.forEach((name) => problems.pattern(`the environment variable '${name}'`, name, ENVIRONMENT_NAME, 'begin with a letter and have letters, digits and underscores'));
  Object.values(PROCESSING_ENVIRONMENT).filter((name) => Object.hasOwn(environment, name))
    .forEach((name) => problems.add(`environment has ${name}, which the project sets itself; take another name`));
  const texts = [...Object.values(environment), ...options.arguments ?? []];
  texts.filter((text) => !Token.isUnresolved(text) && text.length > TEXT_MAX)
    .forEach((text) => problems.add(`a text of environment or arguments has ${text.length} characters; at most ${TEXT_MAX} are allowed`));
  if ((options.arguments ?? []).length > ARGUMENTS_MAX) {
    problems.add(`arguments has ${options.arguments!.length} entries; at most ${ARGUMENTS_MAX} are allowed`);
  }
}

/** The job in a project. */
export function bindProcessingJob(scope: Construct, options: ProcessingJobOptions): BoundProcessingJob {
  const image = options.image._bind(scope);
  if (image.needsScript && options.scriptDirectory === undefined) {
    throw new Error('FeatureEngineering.processingJob: image is a ready-made container, which runs a script: give scriptDirectory');
  }
  const { scriptDirectory, script = DEFAULTS.script } = options;
  return {
    image,
    scripts: scriptDirectory === undefined ? undefined : bindScripts(scope, scriptDirectory, script),
    arguments: options.arguments ?? [],
    environment: options.environment ?? {},
    instanceType: `ml.${(options.instanceType ?? DEFAULTS.instanceType).toString()}`,
    instanceCount: options.instanceCount ?? DEFAULTS.instanceCount,
    volumeSizeGiB: (options.volumeSize ?? DEFAULTS.volumeSize).toGibibytes(),
    timeLimitSeconds: (options.timeLimit ?? DEFAULTS.timeLimit).toSeconds(),
    batchSize: options.batchSize ?? BATCH_SIZE.default,
    batchWaitSeconds: (options.batchWait ?? DEFAULTS.batchWait).toSeconds(),
    volumeKey: options.volumeKey,
    vpc: options.vpc,
    vpcSubnets: options.vpcSubnets,
    securityGroups: options.securityGroups,
  };
}

/** The scripts come as one zip file, which any Python unpacks. `$0` is its folder, `$1` the script, the rest are its arguments. */
const UNPACK = 'set -e; code=$(mktemp -d); python3 -m zipfile -e "$0"/*.zip "$code"; script="$1"; shift; cd "$code"; exec python3 "$script" "$@"';

function bindScripts(scope: Construct, directory: string, script: string): BoundScripts {
  const asset = new Asset(scope, 'Scripts', { path: directory });
  return {
    uri: asset.s3ObjectUrl,
    entrypoint: ['/bin/sh', '-c', UNPACK, PROCESSING_FOLDER.CODE, script],
    version: asset.assetHash,
    grantRead: (grantee) => asset.grantRead(grantee),
  };
}
