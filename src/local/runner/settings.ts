import {
  DescribeContinuousBackupsCommand, UpdateContinuousBackupsCommand, UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import {
  DeleteFunctionConcurrencyCommand, GetFunctionConcurrencyCommand, PutFunctionConcurrencyCommand, UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import {
  ObjectOwnership, PutBucketEncryptionCommand, PutBucketOwnershipControlsCommand, PutBucketTaggingCommand, ServerSideEncryption, Tag,
} from '@aws-sdk/client-s3';
import { Aws } from './aws';
import { resolveValue, Resolution } from './resolve';
import { Owed } from './treatments';

type Setter = (aws: Aws, physicalId: string, value: never) => Promise<void>;

interface PointInTimeRecovery { readonly PointInTimeRecoveryEnabled?: boolean }
interface TimeToLive { readonly AttributeName: string; readonly Enabled: boolean }
interface Replica { readonly Region: string; readonly PointInTimeRecoverySpecification?: PointInTimeRecovery }
interface EncryptionRule {
  readonly BucketKeyEnabled?: boolean;
  readonly ServerSideEncryptionByDefault: { readonly SSEAlgorithm: ServerSideEncryption; readonly KMSMasterKeyID?: string };
}

/** Schedules are the runner's own business altogether, see `schedules.ts`. */
const ELSEWHERE = new Set(['AWS::Scheduler::Schedule']);

const SETTERS: Readonly<Record<string, Readonly<Record<string, Setter>>>> = {
  'AWS::DynamoDB::GlobalTable': {
    Replicas: async (aws, table, replicas: Replica[]) => {
      const here = replicas.find(({ Region }) => Region === aws.connection.region);
      if (here?.PointInTimeRecoverySpecification) {
        await setPointInTimeRecovery(aws, table, here.PointInTimeRecoverySpecification);
      }
    },
    TimeToLiveSpecification: setTimeToLive,
  },
  'AWS::DynamoDB::Table': {
    PointInTimeRecoverySpecification: setPointInTimeRecovery,
    TimeToLiveSpecification: setTimeToLive,
  },
  'AWS::Lambda::Function': {
    ReservedConcurrentExecutions: setReservedConcurrency,
    DeadLetterConfig: async (aws, name, config: { readonly TargetArn: string }) => {
      await aws.lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName: name, DeadLetterConfig: config }));
    },
  },
  'AWS::S3::Bucket': {
    BucketEncryption: async (aws, bucket, encryption: { readonly ServerSideEncryptionConfiguration: EncryptionRule[] }) => {
      const rules = encryption.ServerSideEncryptionConfiguration.map(({ BucketKeyEnabled, ServerSideEncryptionByDefault }) => ({
        BucketKeyEnabled, ApplyServerSideEncryptionByDefault: ServerSideEncryptionByDefault,
      }));
      await aws.s3.send(new PutBucketEncryptionCommand({ Bucket: bucket, ServerSideEncryptionConfiguration: { Rules: rules } }));
    },
    OwnershipControls: async (aws, bucket, controls: { readonly Rules: { readonly ObjectOwnership: ObjectOwnership }[] }) => {
      await aws.s3.send(new PutBucketOwnershipControlsCommand({ Bucket: bucket, OwnershipControls: controls }));
    },
    Tags: async (aws, bucket, tags: Tag[]) => {
      await aws.s3.send(new PutBucketTaggingCommand({ Bucket: bucket, Tagging: { TagSet: tags } }));
    },
  },
};

/**
 * Sets by API what the template says and the emulator drops.
 *
 * @throws Error that names what could not be set.
 */
export async function applySettings(aws: Aws, owed: readonly Owed[], resolution: Resolution): Promise<void> {
  const failures: string[] = [];
  for (const { logicalId, type, property } of owed.filter(one => !ELSEWHERE.has(one.type))) {
    const resource = resolution.resources.get(logicalId);
    const set = SETTERS[type]?.[property];
    try {
      if (resource === undefined) {
        throw new Error('it was not made');
      }
      if (set === undefined) {
        throw new Error('nobody sets it: add it to SETTERS of src/local/runner/settings.ts');
      }
      await set(aws, resource.physicalId, resolveValue(resource.properties[property], resolution) as never);
    } catch (error) {
      failures.push(`${type} ${property} of ${logicalId}: ${(error as Error).message}`);
    }
  }
  if (failures.length > 0) {
    throw new Error(`settings of the template that have no effect in the emulator:\n  ${failures.join('\n  ')}`);
  }
}

async function setPointInTimeRecovery(aws: Aws, table: string, specification: PointInTimeRecovery): Promise<void> {
  const wanted = specification.PointInTimeRecoveryEnabled ?? false;
  await aws.dynamodb.send(new UpdateContinuousBackupsCommand({
    TableName: table, PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: wanted },
  }));
  const { ContinuousBackupsDescription } = await aws.dynamodb.send(new DescribeContinuousBackupsCommand({ TableName: table }));
  const status = ContinuousBackupsDescription?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus;
  if (status !== (wanted ? 'ENABLED' : 'DISABLED')) {
    throw new Error(`it stays ${status}`);
  }
}

async function setTimeToLive(aws: Aws, table: string, { AttributeName, Enabled }: TimeToLive): Promise<void> {
  await aws.dynamodb.send(new UpdateTimeToLiveCommand({ TableName: table, TimeToLiveSpecification: { AttributeName, Enabled } }));
}

async function setReservedConcurrency(aws: Aws, name: string, wanted: number): Promise<void> {
  await aws.lambda.send(new PutFunctionConcurrencyCommand({ FunctionName: name, ReservedConcurrentExecutions: wanted }));
  const { ReservedConcurrentExecutions: set } = await aws.lambda.send(new GetFunctionConcurrencyCommand({ FunctionName: name }));
  if (set !== wanted) {
    throw new Error(`it is ${set}`);
  }
}

/** Undoes what an earlier deploy of the stack set and this template does not say any more. */
export async function withdrawSettings(aws: Aws, before: readonly Owed[], now: readonly Owed[], resolution: Resolution): Promise<void> {
  const kept = new Set(now.map(({ logicalId, property }) => `${logicalId} ${property}`));
  for (const { logicalId, property } of before.filter(one => !kept.has(`${one.logicalId} ${one.property}`))) {
    const resource = resolution.resources.get(logicalId);
    if (resource && property === 'ReservedConcurrentExecutions') {
      await aws.lambda.send(new DeleteFunctionConcurrencyCommand({ FunctionName: resource.physicalId }));
    }
  }
}
