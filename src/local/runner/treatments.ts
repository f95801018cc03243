import { isRecord, Template } from './template';

/** Who sees to it that a property of the template has its effect in the local run. */
export type Treatment =
  /** The emulator does, by itself. */
  | { readonly by: 'emulator' }
  /** The emulator drops it; the runner sets it by API after the deploy. */
  | { readonly by: 'runner' }
  /** It has no effect in the local run. */
  | { readonly by: 'nobody'; readonly why: string };

const EMULATOR: Treatment = { by: 'emulator' };
const RUNNER: Treatment = { by: 'runner' };
const nobody = (why: string): Treatment => ({ by: 'nobody', why });

const emulated = (...names: string[]): Record<string, Treatment> => Object.fromEntries(names.map(name => [name, EMULATOR]));
const applied = (...names: string[]): Record<string, Treatment> => Object.fromEntries(names.map(name => [name, RUNNER]));

const NO_ENCRYPTION = nobody('nothing is encrypted in the memory of this machine');
const NO_TIME = nobody('a local run does not last long enough for anything to expire');
const NO_NETWORK = nobody('functions are processes of this machine, without a network of their own');

/** All properties, by type of resource, that the local run knows about. Found by trying each on ministack 1.5.33. */
const TREATMENTS: Readonly<Record<string, Readonly<Record<string, Treatment>>>> = {
  'AWS::CloudWatch::Alarm': emulated(
    'ActionsEnabled', 'AlarmActions', 'AlarmDescription', 'AlarmName', 'ComparisonOperator', 'DatapointsToAlarm', 'Dimensions', 'EvaluationPeriods',
    'ExtendedStatistic', 'InsufficientDataActions', 'MetricName', 'Namespace', 'OKActions', 'Period', 'Statistic', 'Tags', 'Threshold',
    'TreatMissingData', 'Unit'),
  'AWS::CloudWatch::Dashboard': emulated('DashboardBody', 'DashboardName'),
  'AWS::DynamoDB::GlobalTable': {
    ...emulated('AttributeDefinitions', 'BillingMode', 'GlobalSecondaryIndexes', 'KeySchema', 'StreamSpecification', 'TableName'),
    ...applied('Replicas', 'TimeToLiveSpecification'),
    SSESpecification: NO_ENCRYPTION,
  },
  'AWS::DynamoDB::Table': {
    ...emulated('AttributeDefinitions', 'BillingMode', 'DeletionProtectionEnabled', 'GlobalSecondaryIndexes', 'KeySchema', 'StreamSpecification',
      'TableName', 'Tags'),
    ...applied('PointInTimeRecoverySpecification', 'TimeToLiveSpecification'),
    SSESpecification: NO_ENCRYPTION,
  },
  'AWS::Events::Rule': emulated('Description', 'EventBusName', 'EventPattern', 'Name', 'ScheduleExpression', 'State', 'Tags', 'Targets'),
  'AWS::IAM::ManagedPolicy': emulated('Description', 'ManagedPolicyName', 'Path', 'PolicyDocument', 'Roles'),
  'AWS::IAM::Policy': emulated('PolicyDocument', 'PolicyName', 'Roles', 'Users', 'Groups'),
  'AWS::IAM::Role': emulated(
    'AssumeRolePolicyDocument', 'Description', 'ManagedPolicyArns', 'MaxSessionDuration', 'Path', 'PermissionsBoundary', 'Policies', 'RoleName', 'Tags'),
  'AWS::KMS::Alias': emulated('AliasName', 'TargetKeyId'),
  'AWS::KMS::Key': emulated(
    'Description', 'Enabled', 'EnableKeyRotation', 'KeyPolicy', 'KeySpec', 'KeyUsage', 'PendingWindowInDays', 'RotationPeriodInDays', 'Tags'),
  'AWS::Lambda::EventInvokeConfig': emulated(
    'DestinationConfig', 'FunctionName', 'MaximumEventAgeInSeconds', 'MaximumRetryAttempts', 'Qualifier'),
  'AWS::Lambda::EventSourceMapping': {
    ...emulated('BatchSize', 'Enabled', 'EventSourceArn', 'FilterCriteria', 'FunctionName', 'FunctionResponseTypes', 'ScalingConfig'),
    MaximumBatchingWindowInSeconds: nobody('the emulator hands over what there is at once'),
    Tags: nobody('the emulator keeps no tags of event source mappings'),
  },
  'AWS::Lambda::Function': {
    ...emulated('Code', 'Description', 'Environment', 'FunctionName', 'Handler', 'Layers', 'LoggingConfig', 'PackageType', 'Role', 'Tags', 'Timeout'),
    ...applied('DeadLetterConfig', 'ReservedConcurrentExecutions'),
    Architectures: nobody('functions run on the processor of this machine'),
    EphemeralStorage: nobody('functions share the disk of this machine'),
    KmsKeyArn: NO_ENCRYPTION,
    MemorySize: nobody('functions share the memory of this machine'),
    Runtime: nobody('functions run on the Node that runs the local run'),
    TracingConfig: nobody('the emulator has no X-Ray'),
    VpcConfig: NO_NETWORK,
  },
  'AWS::Lambda::LayerVersion': emulated(
    'CompatibleArchitectures', 'CompatibleRuntimes', 'Content', 'Description', 'LayerName', 'LicenseInfo'),
  'AWS::Lambda::Permission': emulated('Action', 'FunctionName', 'Principal', 'SourceAccount', 'SourceArn'),
  'AWS::Logs::LogGroup': {
    ...emulated('LogGroupName', 'RetentionInDays', 'Tags'),
    KmsKeyId: NO_ENCRYPTION,
  },
  'AWS::S3::Bucket': {
    ...emulated('BucketName', 'CorsConfiguration', 'NotificationConfiguration', 'PublicAccessBlockConfiguration', 'VersioningConfiguration'),
    ...applied('BucketEncryption', 'OwnershipControls', 'Tags'),
    LifecycleConfiguration: NO_TIME,
    LoggingConfiguration: nobody('the emulator writes no access logs'),
  },
  'AWS::S3::BucketPolicy': emulated('Bucket', 'PolicyDocument'),
  'AWS::SNS::Subscription': emulated(
    'Endpoint', 'FilterPolicy', 'FilterPolicyScope', 'Protocol', 'RawMessageDelivery', 'RedrivePolicy', 'TopicArn'),
  'AWS::SNS::Topic': {
    ...emulated('DisplayName', 'Subscription', 'Tags', 'TopicName'),
    KmsMasterKeyId: NO_ENCRYPTION,
  },
  'AWS::SNS::TopicPolicy': emulated('PolicyDocument', 'Topics'),
  'AWS::SQS::Queue': emulated(
    'DelaySeconds', 'KmsDataKeyReusePeriodSeconds', 'KmsMasterKeyId', 'MaximumMessageSize', 'MessageRetentionPeriod', 'QueueName',
    'ReceiveMessageWaitTimeSeconds', 'RedriveAllowPolicy', 'RedrivePolicy', 'SqsManagedSseEnabled', 'Tags', 'VisibilityTimeout'),
  'AWS::SQS::QueuePolicy': emulated('PolicyDocument', 'Queues'),
  'AWS::SSM::Parameter': emulated('AllowedPattern', 'DataType', 'Description', 'Name', 'Tags', 'Tier', 'Type', 'Value'),
  'AWS::Scheduler::Schedule': {
    ...applied('ScheduleExpression', 'State', 'Target'),
    ...emulated('Description', 'GroupName', 'Name'),
    FlexibleTimeWindow: nobody('ticks come when they are due'),
  },
  'AWS::Scheduler::ScheduleGroup': emulated('Name', 'Tags'),
};

/** Types whose properties are their own business: custom resources, and what the CDK adds about itself. */
const ANY_PROPERTIES = /^(Custom::|AWS::CloudFormation::CustomResource$|AWS::CDK::Metadata$)/;

/** The emulator refuses a template with these. They are left out, and what refers to them sees a stand-in. */
const LEFT_OUT: Readonly<Record<string, { readonly why: string; readonly attributes: Readonly<Record<string, string>> }>> = {
  'AWS::CloudWatch::CompositeAlarm': { why: 'the emulator has no composite alarms', attributes: { Arn: 'arn:aws:cloudwatch:<region>:<account>:alarm:<name>' } },
  'AWS::Budgets::Budget': { why: 'the emulator has no budgets', attributes: {} },
  'AWS::SageMaker::Pipeline': { why: 'the simulator runs it, as the template defines it', attributes: {} },
  'AWS::SageMaker::Workteam': {
    why: 'the simulator takes any work team',
    attributes: { Ref: 'arn:aws:sagemaker:<region>:<account>:workteam/private-crowd/<name>', WorkteamName: '<name>' },
  },
};

/** What `Ref` (attribute `Ref`) or `Fn::GetAtt` gives for a resource that is left out; undefined if the type is not left out. */
export function standIn(type: string, attribute: string, names: { region: string; account: string; name: string }): string | undefined {
  const pattern = LEFT_OUT[type] && (LEFT_OUT[type].attributes[attribute] ?? '<name>');
  return pattern?.replace(/<(region|account|name)>/g, (_, part: keyof typeof names) => names[part]);
}

export function isLeftOut(type: string): boolean {
  return type in LEFT_OUT;
}

/** A property, or a whole resource, that has no effect in the local run. */
export interface Ignored {
  readonly logicalId: string;
  readonly type: string;
  /** Absent: the whole resource. */
  readonly property?: string;
  readonly why: string;
}

/** A property that the emulator drops and the runner has to set. */
export interface Owed {
  readonly logicalId: string;
  readonly type: string;
  readonly property: string;
}

/**
 * Sorts all properties of a template by who sees to them.
 *
 * @throws Error that names every resource type and property of which nobody knows whether it has an effect.
 */
export function examine(template: Template): { readonly owed: Owed[]; readonly ignored: Ignored[] } {
  const owed: Owed[] = [];
  const ignored: Ignored[] = [];
  const unknown: string[] = [];
  for (const [logicalId, { Type: type, Properties: properties }] of Object.entries(template.Resources)) {
    if (isLeftOut(type)) {
      ignored.push({ logicalId, type, why: LEFT_OUT[type].why });
      continue;
    }
    if (ANY_PROPERTIES.test(type)) {
      continue;
    }
    const treatments = TREATMENTS[type];
    if (treatments === undefined) {
      unknown.push(`${type} (${logicalId})`);
      continue;
    }
    for (const property of isRecord(properties) ? Object.keys(properties) : []) {
      const treatment = treatments[property];
      if (treatment === undefined) {
        unknown.push(`${type} ${property} (of ${logicalId})`);
      } else if (treatment.by === 'runner') {
        owed.push({ logicalId, type, property });
      } else if (treatment.by === 'nobody') {
        ignored.push({ logicalId, type, property, why: treatment.why });
      }
    }
  }
  if (unknown.length > 0) {
    throw new Error(
      `nobody knows whether the emulator honours:\n  ${[...new Set(unknown)].join('\n  ')}\n`
      + 'Try it, then write into TREATMENTS of src/local/runner/treatments.ts who sees to it.');
  }
  return { owed, ignored };
}
