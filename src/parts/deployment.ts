import { CustomResource, Duration, ITaggableV2, Lazy, Stack, TagManager, TagType, Token } from 'aws-cdk-lib';
import { Construct, IDependable } from 'constructs';
import { Controller } from './controller';
import { END_EXECUTION_ACTIONS, END_JOB_ACTIONS, JOB_QUEUE_ACTIONS } from './permissions';
import { ProjectPipeline } from './pipeline';
import { FunctionDefaults, ProjectFunction } from './project-function';
import { ProjectParts } from './resources';
import { DEPLOYMENT_ATTRIBUTE, DEPLOYMENT_RESOURCE_TYPE, DeploymentResourceProperties } from '../contract/environment';
import { JOB_TAGS_MAX } from '../contract/limits';
import { ProjectConfiguration } from '../contract/project-configuration';

/** The longest that a function runs: ending a job on deletion waits for Ground Truth. */
const TIMEOUT = Duration.minutes(15);

/** Tags that the runtime sets itself. */
const OWN_TAGS = 2;
const TAG_KEY_MAX_LENGTH = 128;
const TAG_VALUE_MAX_LENGTH = 256;

export interface DeploymentProps {
  readonly configuration: Omit<ProjectConfiguration, 'tags'>;
  /** What the deploy has found in the instructions, if it is for it to tell. */
  readonly instructionChecks?: string;
  readonly controller: Controller;
  readonly pipeline?: ProjectPipeline;
  /** Everything that has to be there before a job can run, and until the last one has ended. */
  readonly after: readonly IDependable[];
}

/**
 * Hands what the user wants to the ledger at the end of each deploy, and ends the project before anything of it is deleted.
 *
 * It takes part in tagging, so that tags of the project reach every labeling job.
 */
export class Deployment extends Construct implements ITaggableV2 {
  readonly cdkTagManager = new TagManager(TagType.KEY_VALUE, DEPLOYMENT_RESOURCE_TYPE);
  /** `OK`, or what the checks at the end of the deploy found. */
  readonly checks: string;

  constructor(scope: Construct, id: string, defaults: FunctionDefaults, private readonly parts: ProjectParts, props: DeploymentProps) {
    super(scope, id);
    const handler = new ProjectFunction(this, 'Handler', defaults, {
      asset: 'deployment',
      description: 'Hands the configuration over at the end of a deploy, and ends the project before its stack is deleted',
      timeout: TIMEOUT,
      memorySize: 512,
    });
    this.grant(handler, props);

    const tags = Lazy.any({ produce: () => this.cdkTagManager.tagValues() }) as unknown as { [key: string]: string };
    const configuration: ProjectConfiguration = { ...props.configuration, tags };
    const properties: DeploymentResourceProperties = {
      Configuration: Stack.of(this).toJsonString(configuration),
      ...props.instructionChecks === undefined ? {} : { InstructionChecks: props.instructionChecks },
    };
    const resource = new CustomResource(this, 'Resource', {
      serviceToken: handler.function.functionArn,
      resourceType: DEPLOYMENT_RESOURCE_TYPE,
      properties: { ...properties },
      serviceTimeout: TIMEOUT,
    });
    resource.node.addDependency(...props.after);
    this.checks = resource.getAttString(DEPLOYMENT_ATTRIBUTE.CHECKS);
    this.node.addValidation({ validate: () => this.tagProblems() });
  }

  private grant(handler: ProjectFunction, { configuration, controller, pipeline }: DeploymentProps): void {
    const { names, storage, ledger } = this.parts;
    ledger.grant(handler);
    controller.grantWake(handler);
    handler.allow(['s3:GetBucketVersioning', ...storage.dropBucketIsOwn ? ['s3:PutBucketNotification'] : []], [storage.dropBucket.bucketArn]);
    handler.allow(['s3:GetBucketCORS'], [storage.inputBucket.bucketArn, storage.outputBucket.bucketArn]);
    handler.allow(END_JOB_ACTIONS, [names.jobArns]);
    if (pipeline) {
      // a pipeline cannot be deleted while an execution runs
      handler.allow(END_EXECUTION_ACTIONS, pipeline.arns);
    }
    handler.allow(['sagemaker:DescribeSubscribedWorkteam', 'sagemaker:DescribeWorkteam'], [configuration.workTeamArn]);
    handler.allow(JOB_QUEUE_ACTIONS, [names.jobQueueArns]);
  }

  private tagProblems(): string[] {
    const tags = Object.entries(this.cdkTagManager.tagValues());
    const max = JOB_TAGS_MAX - OWN_TAGS;
    return [
      ...tags.length > max ? [`the project has ${tags.length} tags, which every labeling job gets; at most ${max} are allowed`] : [],
      ...tags.flatMap(([key, value]) => [
        ...tooLong('key', key, TAG_KEY_MAX_LENGTH),
        ...tooLong(`value of '${key}'`, value, TAG_VALUE_MAX_LENGTH),
      ]),
    ];
  }
}

function tooLong(what: string, text: string, max: number): string[] {
  return Token.isUnresolved(text) || text.length <= max ? [] : [`the tag ${what} has ${text.length} characters; at most ${max} are allowed for labeling jobs`];
}
