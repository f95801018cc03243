import { createHash } from 'crypto';
import { Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { BuildSpec, LinuxBuildImage, PipelineProject } from 'aws-cdk-lib/aws-codebuild';
import { CfnPipeline, Pipeline } from 'aws-cdk-lib/aws-codepipeline';
import { CodePipeline } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { IKey } from 'aws-cdk-lib/aws-kms';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { BlockPublicAccess, Bucket, BucketEncryption, IBucket, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { Construct } from 'constructs';
import { PushParameters } from './contract/environment';
import { InstructionsSource } from './instructions-source';
import { ARTIFACT, BoundSource, lintSpecification } from './parts/lint-pipeline';
import { KEY_ACTIONS, READ_OBJECT_ACTIONS, READ_OBJECT_TAGS_ACTIONS, SOURCE_BUCKET_ACTIONS, WRITE_ARTIFACT_ACTIONS } from './parts/permissions';
import { Problems } from './parts/problems';
import { assetPath } from './parts/project-function';
import { PushedInstructions } from './parts/pushed-instructions';
import { StreamingLabelingProject } from './streaming-labeling-project';

/** Properties of a pipeline for instructions. */
export interface InstructionsPipelineProps {
  /** The project whose instructions it publishes. It must be in the same stack, and have `Instructions.fromPipeline()`. */
  readonly project: StreamingLabelingProject;

  /** Where people push to. */
  readonly source: InstructionsSource;

  /**
   * Whether warnings of the lint stop a push too.
   *
   * @default false
   */
  readonly strict?: boolean;

  /**
   * Key for what the stages of the pipeline hand on.
   *
   * @default - Amazon S3's own encryption
   */
  readonly encryptionKey?: IKey;

  /**
   * How long the log of the lint is kept.
   *
   * @default RetentionDays.THREE_MONTHS
   */
  readonly logRetention?: RetentionDays;
}

/** Long enough to roll a stage back to. */
const ARTIFACTS_KEPT = Duration.days(90);

/**
 * Brings instructions from source control to workers.
 *
 * Each push runs a pipeline (CodePipeline V2): it takes the folder, lints it in CodeBuild with this library's own check, publishes it under
 * the hash of its content, and wakes the controller, which rolls it out as `instructionRollOut` of the project says. A folder with a
 * mistake stops the pipeline, with file, line and column in the log, and workers keep what they have.
 *
 * A deploy that changes the task runs the pipeline again, so that pushed instructions show the labels as they are. Of two executions
 * the one that began later holds; rolling back the stage `Publish` in CodePipeline brings back what it had published.
 */
export class InstructionsPipeline extends Construct {
  /** Name of the pipeline. */
  readonly pipelineName: string;
  /** ARN of the pipeline. */
  readonly pipelineArn: string;
  /** What its stages hand on; kept for 90 days. */
  readonly artifactBucket: IBucket;

  private readonly key?: IKey;

  constructor(scope: Construct, id: string, props: InstructionsPipelineProps) {
    super(scope, id);
    const { project, encryptionKey } = props;
    const stack = Stack.of(this);
    const problems = new Problems(`InstructionsPipeline '${this.node.path}'`);
    const pushed = this.claim(project, problems);

    this.key = encryptionKey;
    this.pipelineName = `${project.projectName}-${project.chainId}-instructions`;
    // composed, because what starts it, and what it starts, has to know it before it is there
    this.pipelineArn = stack.formatArn({ service: 'codepipeline', resource: this.pipelineName });
    const start = new CodePipeline(Pipeline.fromPipelineArn(this, 'Started', this.pipelineArn));
    const source = props.source._bind(this, start, problems);
    problems.throwIfAny();
    const { handler, task, site } = pushed!;
    const taskJson = stack.toJsonString(task);

    const artifacts = this.artifacts();
    this.artifactBucket = artifacts;
    const tool = new Asset(this, 'Tool', { path: assetPath('cli') });
    const lint = this.lint(artifacts, lintSpecification(source.folder, taskJson, props.strict ?? false), props.logRetention);
    handler.allow(READ_OBJECT_ACTIONS, [artifacts.arnForObjects('*')]);
    handler.allow(['codepipeline:ListPipelineExecutions'], [this.pipelineArn]);
    encryptionKey?.grant(handler, ...KEY_ACTIONS);

    const role = this.role(artifacts, tool, source, [
      new PolicyStatement({ actions: ['codebuild:BatchGetBuilds', 'codebuild:StartBuild', 'codebuild:StopBuild'], resources: [lint.projectArn] }),
      new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [handler.function.functionArn] }),
      // CodePipeline looks the function up by its name, and Lambda knows no resource for a list
      new PolicyStatement({ actions: ['lambda:ListFunctions'], resources: ['*'] }),
    ]);
    const parameters: PushParameters = {
      pipeline: this.pipelineName,
      execution: '#{codepipeline.PipelineExecutionId}',
      revision: `#{${ARTIFACT.SOURCE}.${source.revision}}`,
      task: createHash('sha256').update(JSON.stringify(stack.resolve(taskJson))).digest('hex').slice(0, 32),
      ...site === undefined ? {} : { site },
    };
    const pipeline = new CfnPipeline(this, 'Pipeline', {
      name: this.pipelineName,
      pipelineType: 'V2',
      // what waits before a stage gives way to what was pushed later
      executionMode: 'SUPERSEDED',
      restartExecutionOnUpdate: true,
      roleArn: role.roleArn,
      artifactStore: {
        type: 'S3', location: artifacts.bucketName, ...encryptionKey ? { encryptionKey: { id: encryptionKey.keyArn, type: 'KMS' } } : {},
      },
      stages: [
        {
          name: 'Source',
          actions: [
            action('Source', 'Source', source.provider, source.configuration, { outputs: [ARTIFACT.SOURCE], namespace: ARTIFACT.SOURCE }),
            action('Tool', 'Source', 'S3', { S3Bucket: tool.s3BucketName, S3ObjectKey: tool.s3ObjectKey, PollForSourceChanges: false }, { outputs: [ARTIFACT.TOOL] }),
          ],
        },
        {
          name: 'Lint',
          actions: [action('Lint', 'Test', 'CodeBuild', { ProjectName: lint.projectName, PrimarySource: ARTIFACT.SOURCE },
            { inputs: [ARTIFACT.SOURCE, ARTIFACT.TOOL], outputs: [ARTIFACT.FOLDER] })],
        },
        {
          name: 'Publish',
          actions: [action('Publish', 'Invoke', 'Lambda', { FunctionName: handler.function.functionName, UserParameters: stack.toJsonString(parameters) },
            { inputs: [ARTIFACT.FOLDER], namespace: 'Publish' })],
        },
      ],
    });
    // it runs as soon as it is there, and after each change of it: then the configuration must be in force
    pipeline.node.addDependency(project, role);
  }

  private claim(project: StreamingLabelingProject, problems: Problems): PushedInstructions | undefined {
    if (Stack.of(project) !== Stack.of(this)) {
      problems.add(`project is in stack '${Stack.of(project).stackName}'; put the pipeline into the same stack`);
    }
    if (project._pushed === undefined) {
      problems.add(`project '${project.node.path}' takes its instructions from its deploys, and they have one owner; give it instructions: Instructions.fromPipeline()`);
    }
    const former = project._pushed?.claim(this);
    if (former !== undefined) {
      problems.add(`project '${project.node.path}' has the pipeline '${former.node.path}' already, and instructions have one owner; remove one of them`);
    }
    return project._pushed;
  }

  private artifacts(): Bucket {
    const bucket = new Bucket(this, 'Artifacts', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      ...this.key
        ? { encryption: BucketEncryption.KMS, encryptionKey: this.key, bucketKeyEnabled: true }
        : { encryption: BucketEncryption.S3_MANAGED },
      // nothing in it is an original, and what is left empties itself
      removalPolicy: RemovalPolicy.RETAIN,
      lifecycleRules: [{ id: 'Expire', expiration: ARTIFACTS_KEPT, abortIncompleteMultipartUploadAfter: Duration.days(7) }],
    });
    Validations.of(bucket).acknowledge({ id: 'AwsSolutions-S1', reason: 'Only the stages of one pipeline reach it, and CodePipeline keeps their history.' });
    return bucket;
  }

  private lint(artifacts: Bucket, specification: object, retention = RetentionDays.THREE_MONTHS): PipelineProject {
    const role = new Role(this, 'LintRole', { assumedBy: new ServicePrincipal('codebuild.amazonaws.com') });
    const logGroup = new LogGroup(this, 'LintLog', { retention, removalPolicy: RemovalPolicy.DESTROY });
    logGroup.grantWrite(role);
    const objects = [artifacts.arnForObjects('*')];
    role.addToPolicy(new PolicyStatement({ actions: [...READ_OBJECT_ACTIONS, 's3:PutObject'], resources: objects }));
    role.addToPolicy(new PolicyStatement({ actions: SOURCE_BUCKET_ACTIONS, resources: [artifacts.bucketArn] }));
    this.key?.grant(role, ...KEY_ACTIONS);
    const project = new PipelineProject(this, 'Lint', {
      description: 'Checks a folder of instructions as a synthesis does',
      // the statements above are all that it needs: no test reports, no logs but its own
      role: role.withoutPolicyUpdates(),
      buildSpec: BuildSpec.fromObject(specification as { [key: string]: any }),
      environment: { buildImage: LinuxBuildImage.AMAZON_LINUX_2023_5, privileged: false },
      encryptionKey: this.key,
      grantReportGroupPermissions: false,
      logging: { cloudWatch: { logGroup } },
      timeout: Duration.minutes(10),
      queuedTimeout: Duration.hours(1),
    });
    project.node.addDependency(role);
    if (this.key === undefined) {
      Validations.of(project).acknowledge({ id: 'AwsSolutions-CB4', reason: "Without a key of the user's, artifacts are under the key that S3 has for the account." });
    }
    return project;
  }

  private role(artifacts: Bucket, tool: Asset, source: BoundSource, actions: readonly PolicyStatement[]): Role {
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('codepipeline.amazonaws.com') });
    const allow = (actionNames: string[], resources: string[]): void => {
      role.addToPolicy(new PolicyStatement({ actions: actionNames, resources }));
    };
    allow([...READ_OBJECT_ACTIONS, ...WRITE_ARTIFACT_ACTIONS], [artifacts.arnForObjects('*')]);
    allow([...READ_OBJECT_ACTIONS, ...READ_OBJECT_TAGS_ACTIONS], [tool.bucket.arnForObjects(tool.s3ObjectKey)]);
    allow(SOURCE_BUCKET_ACTIONS, [artifacts.bucketArn, tool.bucket.bucketArn]);
    [...source.statements, ...actions].forEach((statement) => role.addToPolicy(statement));
    this.key?.grant(role, ...KEY_ACTIONS);
    return role;
  }
}

function action(
  name: string, category: string, provider: string, configuration: object,
  handed: { readonly inputs?: readonly string[]; readonly outputs?: readonly string[]; readonly namespace?: string },
): CfnPipeline.ActionDeclarationProperty {
  const { inputs = [], outputs = [], namespace } = handed;
  return {
    name, namespace, configuration,
    actionTypeId: { category, owner: 'AWS', provider, version: '1' },
    inputArtifacts: inputs.map((each) => ({ name: each })),
    outputArtifacts: outputs.map((each) => ({ name: each })),
  };
}
