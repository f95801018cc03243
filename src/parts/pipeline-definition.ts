import {
  BATCH_FILE, BATCH_FOLDER, BY_HAND, NO_BATCH, PIPELINE_PARAMETER, PIPELINE_STEP, PROCESSING_CONTRACT_VERSION,
  PROCESSING_ENVIRONMENT, PROCESSING_FOLDER, StartRequest,
} from '../contract/processing';

/** How a batch is processed. Every string may be a token. */
export interface ProcessingStepSpec {
  readonly roleArn: string;
  readonly imageUri: string;
  readonly entrypoint?: readonly string[];
  readonly arguments: readonly string[];
  /** Where the user's scripts lie. Absent: they are in the image. */
  readonly codeUri?: string;
  readonly environment: { readonly [name: string]: string };
  readonly instanceType: string;
  readonly instanceCount: number;
  readonly volumeSizeGiB: number;
  readonly timeLimitSeconds: number;
  /** For the disks alone: what the code gives lies in the bucket as the bucket encrypts it, where the registrar may read it. */
  readonly volumeKeyArn?: string;
  readonly network?: { readonly subnetIds: readonly string[]; readonly securityGroupIds: readonly string[] };
  /** `s3://bucket/prefix/` with the waiting drops' batches. */
  readonly batchesUri: string;
  readonly registerFunctionArn: string;
}

export interface PipelineSpec {
  /** Absent: the pipeline only starts labeling. */
  readonly processing?: ProcessingStepSpec;
  readonly startFunctionArn: string;
}

type Json = { readonly [name: string]: unknown };

const parameter = (name: string): Json => ({ Get: `Parameters.${name}` });
const join = (...values: readonly unknown[]): Json => ({ 'Std:Join': { On: '', Values: values } });

/**
 * The pipeline as SageMaker reads it: the user's code works on a batch, what it gave is registered, and labeling jobs that are
 * due are started. Nothing is cached: each step is there for what it does, not for what it answers.
 */
export function pipelineDefinition({ processing, startFunctionArn }: PipelineSpec): Json {
  const request: { readonly [member in keyof StartRequest]: unknown } = { cause: 'pipeline', execution: parameter(PIPELINE_PARAMETER.EXECUTION) };
  const start = (name: string, after?: string): Json => lambdaStep(name, startFunctionArn, request, [{ OutputName: 'did', OutputType: 'String' }], after);
  const steps = processing
    ? [processingStep(processing), registerStep(processing), start(PIPELINE_STEP.START, PIPELINE_STEP.REGISTER)]
    : [];
  return {
    Version: '2020-12-01',
    Metadata: {},
    Parameters: [
      { Name: PIPELINE_PARAMETER.EXECUTION, Type: 'String', DefaultValue: BY_HAND },
      ...processing ? [
        { Name: PIPELINE_PARAMETER.BATCH, Type: 'String', DefaultValue: NO_BATCH },
        { Name: PIPELINE_PARAMETER.INSTANCES, Type: 'Integer', DefaultValue: 1 },
      ] : [],
    ],
    Steps: !processing ? [start(PIPELINE_STEP.START)] : [{
      // Without a batch, as where somebody starts the pipeline by hand, an execution only starts what is due.
      Name: PIPELINE_STEP.CONDITION,
      Type: 'Condition',
      Arguments: {
        Conditions: [{ Type: 'Equals', LeftValue: parameter(PIPELINE_PARAMETER.BATCH), RightValue: NO_BATCH }],
        IfSteps: [start(PIPELINE_STEP.START_ALONE)],
        ElseSteps: steps,
      },
    }],
  };
}

function lambdaStep(name: string, functionArn: string, args: Json, outputs: readonly Json[], after?: string): Json {
  return {
    Name: name, Type: 'Lambda', FunctionArn: functionArn, Arguments: args, OutputParameters: outputs, CacheConfig: { Enabled: false },
    ...(after === undefined ? {} : { DependsOn: [after] }),
  };
}

function registerStep({ registerFunctionArn }: ProcessingStepSpec): Json {
  return lambdaStep(PIPELINE_STEP.REGISTER, registerFunctionArn, { batch: parameter(PIPELINE_PARAMETER.BATCH) }, [
    { OutputName: 'registered', OutputType: 'Integer' }, { OutputName: 'open', OutputType: 'Integer' },
  ], PIPELINE_STEP.PROCESS);
}

/** What passes by itself is tried again by the pipeline (Developer Guide, retry policy for pipeline steps). Not the code's own failures. */
const RETRIES: readonly Json[] = [
  { ExceptionType: ['Step.SERVICE_FAULT', 'Step.THROTTLING'], IntervalSeconds: 30, BackoffRate: 2, MaxAttempts: 5 },
  { ExceptionType: ['SageMaker.RESOURCE_LIMIT', 'SageMaker.CAPACITY_ERROR'], IntervalSeconds: 120, BackoffRate: 2, MaxAttempts: 5 },
  { ExceptionType: ['SageMaker.JOB_INTERNAL_ERROR'], IntervalSeconds: 30, BackoffRate: 2, MaxAttempts: 3 },
];

function processingStep(spec: ProcessingStepSpec): Json {
  const folder = (...path: readonly unknown[]): Json => join(spec.batchesUri, parameter(PIPELINE_PARAMETER.BATCH), '/', ...path);
  const { entrypoint, network, volumeKeyArn } = spec;
  return {
    Name: PIPELINE_STEP.PROCESS,
    Type: 'Processing',
    CacheConfig: { Enabled: false },
    RetryPolicies: RETRIES,
    Arguments: {
      RoleArn: spec.roleArn,
      AppSpecification: {
        ImageUri: spec.imageUri,
        ...(entrypoint ? { ContainerEntrypoint: entrypoint } : {}),
        ...(spec.arguments.length > 0 ? { ContainerArguments: spec.arguments } : {}),
      },
      Environment: {
        ...spec.environment,
        [PROCESSING_ENVIRONMENT.BATCH]: `${PROCESSING_FOLDER.BATCH}/${BATCH_FILE}`,
        [PROCESSING_ENVIRONMENT.DROPS]: PROCESSING_FOLDER.DROPS,
        [PROCESSING_ENVIRONMENT.OUTPUT]: PROCESSING_FOLDER.OUTPUT,
        [PROCESSING_ENVIRONMENT.CONTRACT]: String(PROCESSING_CONTRACT_VERSION),
      },
      ProcessingResources: {
        ClusterConfig: {
          InstanceType: spec.instanceType,
          InstanceCount: parameter(PIPELINE_PARAMETER.INSTANCES),
          VolumeSizeInGB: spec.volumeSizeGiB,
          ...(volumeKeyArn === undefined ? {} : { VolumeKmsKeyId: volumeKeyArn }),
        },
      },
      StoppingCondition: { MaxRuntimeInSeconds: spec.timeLimitSeconds },
      ...(network ? { NetworkConfig: { VpcConfig: { Subnets: network.subnetIds, SecurityGroupIds: network.securityGroupIds } } } : {}),
      ProcessingInputs: [
        ...(spec.codeUri === undefined ? [] : [input('code', spec.codeUri, PROCESSING_FOLDER.CODE, 'S3Prefix', 'FullyReplicated')]),
        input('batch', folder(BATCH_FOLDER.INPUT), PROCESSING_FOLDER.BATCH, 'S3Prefix', 'FullyReplicated'),
        input('drops', folder(BATCH_FOLDER.MANIFEST), PROCESSING_FOLDER.DROPS, 'ManifestFile', 'ShardedByS3Key'),
      ],
      ProcessingOutputConfig: {
        Outputs: [{
          OutputName: 'output',
          S3Output: { S3Uri: folder(BATCH_FOLDER.OUTPUT.replace(/\/$/, '')), LocalPath: PROCESSING_FOLDER.OUTPUT, S3UploadMode: 'EndOfJob' },
        }],
      },
    },
  };
}

function input(name: string, uri: unknown, localPath: string, type: string, distribution: string): Json {
  return {
    InputName: name,
    S3Input: {
      S3Uri: uri, LocalPath: localPath, S3DataType: type, S3InputMode: 'File', S3DataDistributionType: distribution, S3CompressionType: 'None',
    },
  };
}
