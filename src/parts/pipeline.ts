import { createHash } from 'crypto';
import { Aws, Duration, Stack } from 'aws-cdk-lib';
import { SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { ILayerVersion } from 'aws-cdk-lib/aws-lambda';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { CfnPipeline } from 'aws-cdk-lib/aws-sagemaker';
import { Construct } from 'constructs';
import { Controller } from './controller';
import { allowEvents } from './events';
import { grantIntakeData } from './intake-data';
import { EXECUTION_ACTIONS, KEY_ACTIONS, NETWORK_ACTIONS, NETWORK_LOOK_ACTIONS, PROCESSING_JOB_ACTIONS } from './permissions';
import { pipelineDefinition } from './pipeline-definition';
import { BoundProcessingJob } from './processing-job';
import { DECODING, FunctionDefaults, ProjectFunction } from './project-function';
import { ProjectParts } from './resources';
import { LAMBDA_STEP_MAX_SECONDS, batchesPrefix, processingPrefix, waitingPrefix } from '../contract/processing';
import { ProcessingConfiguration } from '../contract/project-configuration';

/** Outputs that were taken in are kept for who looks for a mistake of the code. */
const BATCHES_KEPT = Duration.days(30);

/** SageMaker's own names for the processing jobs of pipelines begin so. */
const PIPELINE_JOBS = 'processing-job/pipelines-*';

export interface ProjectPipelineProps {
  readonly controller: Controller;
  readonly job?: BoundProcessingJob;
  readonly sharp: ILayerVersion;
}

/** Name of a project's pipeline. */
export const pipelineName = (projectName: string): string => `${projectName}-pipeline`;

/**
 * The project's SageMaker pipeline: processes batches of drops with the user's code, registers what it gave, and starts labeling
 * jobs that are due. Only for projects that ask for it.
 */
export class ProjectPipeline extends Construct {
  readonly configuration?: ProcessingConfiguration;
  /** The role that the user's code works with. */
  readonly processingRole?: Role;

  constructor(
    scope: Construct, id: string, private readonly defaults: FunctionDefaults, private readonly parts: ProjectParts,
    props: ProjectPipelineProps,
  ) {
    super(scope, id);
    const { controller, job, sharp } = props;
    const { names } = parts;
    const role = new Role(this, 'Role', { assumedBy: this.sagemaker(), description: 'The project\'s pipeline runs its steps with it' });
    role.addToPolicy(new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [controller.handler.function.functionArn] }));
    const step = job && this.processing(job, role, controller, sharp);
    this.processingRole = step?.role;
    const definition = pipelineDefinition({ startFunctionArn: controller.handler.function.functionArn, processing: step?.spec });
    const pipeline = new CfnPipeline(this, 'Resource', {
      pipelineName: pipelineName(names.projectName),
      pipelineDescription: `Feature engineering and labeling job starts of ${names.projectName}`,
      roleArn: role.roleArn,
      pipelineDefinition: { PipelineDefinitionBody: Stack.of(this).toJsonString(definition) },
    });
    pipeline.node.addDependency(role);
    this.configuration = job && {
      kind: 'processing', batchSize: job.batchSize, batchWaitSeconds: job.batchWaitSeconds, instanceCount: job.instanceCount,
      timeLimitSeconds: job.timeLimitSeconds, definition: versionOf(this, job),
    };
    controller.handler.allow(EXECUTION_ACTIONS, this.arns);
  }

  /** The pipeline and its executions. */
  get arns(): string[] {
    const { region, account } = Stack.of(this);
    const arn = `arn:${Aws.PARTITION}:sagemaker:${region}:${account}:pipeline/${pipelineName(this.parts.names.projectName)}`;
    return [arn, `${arn}/execution/*`];
  }

  /** Lets the intake lay drops where the pipeline finds them. */
  grantWaiting(handler: ProjectFunction): void {
    handler.allow(['s3:PutObject'], [this.objects(waitingPrefix)]);
  }

  private objects(prefix: (projectId: string) => string): string {
    return this.parts.storage.inputBucket.arnForObjects(`${prefix(this.parts.names.chain)}*`);
  }

  private processing(job: BoundProcessingJob, pipelineRole: Role, controller: Controller, sharp: ILayerVersion) {
    const { parts, defaults } = this;
    const { inputBucket } = parts.storage;
    const registrar = new ProjectFunction(this, 'Registrar', defaults, {
      asset: 'registrar',
      description: 'Takes in what a batch of the pipeline gave',
      timeout: Duration.seconds(LAMBDA_STEP_MAX_SECONDS),
      ...DECODING,
      layers: [sharp],
    });
    // what a failed execution gave, the controller takes in: that takes as much as in the intake
    controller.handler.decode(sharp);
    parts.ledger.grant(registrar);
    allowEvents(registrar);
    for (const handler of [registrar, controller.handler]) {
      grantIntakeData(handler, parts);
      handler.allow(['s3:GetObject'], [this.objects(processingPrefix)]);
    }
    controller.handler.allow(['s3:PutObject'], [this.objects(batchesPrefix)]);
    controller.handler.allow(['s3:DeleteObjectVersion'], [this.objects(waitingPrefix)]);
    const role = this.processingJobRole(job);
    this.allowSteps(pipelineRole, role, registrar);
    if (inputBucket instanceof Bucket) {
      inputBucket.addLifecycleRule({ id: 'ExpireBatches', prefix: batchesPrefix(parts.names.chain), expiration: BATCHES_KEPT });
    }
    return {
      role,
      spec: {
        roleArn: role.roleArn,
        imageUri: job.image.imageUri,
        entrypoint: job.scripts?.entrypoint,
        arguments: job.arguments,
        codeUri: job.scripts?.uri,
        environment: job.environment,
        instanceType: job.instanceType,
        instanceCount: job.instanceCount,
        volumeSizeGiB: job.volumeSizeGiB,
        timeLimitSeconds: job.timeLimitSeconds,
        volumeKeyArn: job.volumeKey?.keyArn,
        network: this.network(job),
        batchesUri: `s3://${inputBucket.bucketName}/${batchesPrefix(parts.names.chain)}`,
        registerFunctionArn: registrar.function.functionArn,
      },
    };
  }

  private allowSteps(pipelineRole: Role, processingRole: Role, registrar: ProjectFunction): void {
    const { region, account } = Stack.of(this);
    pipelineRole.addToPolicy(new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [registrar.function.functionArn] }));
    pipelineRole.addToPolicy(new PolicyStatement({
      actions: PROCESSING_JOB_ACTIONS, resources: [`arn:${Aws.PARTITION}:sagemaker:${region}:${account}:${PIPELINE_JOBS}`],
    }));
    pipelineRole.addToPolicy(new PolicyStatement({
      actions: ['iam:PassRole'], resources: [processingRole.roleArn],
      conditions: { StringEquals: { 'iam:PassedToService': 'sagemaker.amazonaws.com' } },
    }));
  }

  /** What the user's code may do: read its batch, write its results and its log. Grant it more through `processingRole`. */
  private processingJobRole(job: BoundProcessingJob): Role {
    const { storage: { inputBucket }, names } = this.parts;
    const { region, account } = Stack.of(this);
    const role = new Role(this, 'ProcessingRole', { assumedBy: this.sagemaker(), description: 'Feature engineering code works with it' });
    const allow = (actions: string[], resources: string[], conditions?: { [operator: string]: unknown }): void => {
      role.addToPolicy(new PolicyStatement({ actions, resources, conditions }));
    };
    allow(['s3:GetObject'], [this.objects(processingPrefix)]);
    allow(['s3:PutObject', 's3:AbortMultipartUpload'], [this.objects(batchesPrefix)]);
    allow(['s3:ListBucket'], [inputBucket.bucketArn], { StringLike: { 's3:prefix': [`${processingPrefix(names.chain)}*`] } });
    const logs = `arn:${Aws.PARTITION}:logs:${region}:${account}:log-group:/aws/sagemaker/ProcessingJobs`;
    allow(['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'], [logs, `${logs}:*`]);
    // the services know no resource for these
    allow(['cloudwatch:PutMetricData', 'ecr:GetAuthorizationToken'], ['*']);
    if (job.vpc) {
      allow(NETWORK_ACTIONS, ['network-interface', 'security-group', 'subnet']
        .map((resource) => `arn:${Aws.PARTITION}:ec2:${region}:${account}:${resource}/*`));
      allow(NETWORK_LOOK_ACTIONS, ['*']);
    }
    this.defaults.keys.grant(role);
    job.volumeKey?.grant(role, ...KEY_ACTIONS, 'kms:CreateGrant');
    job.image.grantPull(role);
    job.scripts?.grantRead(role);
    return role;
  }

  private network({ vpc, vpcSubnets, securityGroups }: BoundProcessingJob) {
    if (!vpc) {
      return undefined;
    }
    const groups = securityGroups ?? [new SecurityGroup(this, 'SecurityGroup', { vpc, description: 'Feature engineering code' })];
    return { subnetIds: vpc.selectSubnets(vpcSubnets).subnetIds, securityGroupIds: groups.map(({ securityGroupId }) => securityGroupId) };
  }

  private sagemaker(): ServicePrincipal {
    return new ServicePrincipal('sagemaker.amazonaws.com', { conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } } });
  }
}

/** Another one for other code or settings: whatever failed before may work with it. */
function versionOf(scope: Construct, job: BoundProcessingJob): string {
  const { image, scripts, environment, instanceType, volumeSizeGiB, timeLimitSeconds } = job;
  const code = [image.version, scripts?.version, scripts?.entrypoint, job.arguments, environment];
  const what = [...code, instanceType, volumeSizeGiB, timeLimitSeconds];
  return createHash('sha256').update(JSON.stringify(Stack.of(scope).resolve(what))).digest('hex').slice(0, 16);
}
