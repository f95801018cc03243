import { Duration } from 'aws-cdk-lib';
import { ILayerVersion } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { Controller } from './controller';
import { InstructionsSite } from './instructions-site';
import { WRITE_OBJECT_ACTIONS } from './permissions';
import { DECODING, FunctionDefaults, ProjectFunction } from './project-function';
import { ProjectParts } from './resources';
import { PREFIX } from '../contract/environment';
import { PageTask } from '../contract/worker-template';

export interface PushedInstructionsProps {
  /** The task that pages are made for. */
  readonly task: PageTask;
  /** Where people read them too. */
  readonly site?: InstructionsSite;
  readonly controller: Controller;
  /** What decodes and encodes images. */
  readonly sharp: ILayerVersion;
}

/** Publishes the instructions that a pipeline hands over. Which pipeline that is, the pipeline's own construct says. */
export class PushedInstructions extends Construct {
  readonly handler: ProjectFunction;
  readonly task: PageTask;
  /** Bucket of the site. */
  readonly site?: string;
  private pipeline?: Construct;

  constructor(scope: Construct, id: string, defaults: FunctionDefaults, parts: ProjectParts, props: PushedInstructionsProps) {
    super(scope, id);
    this.task = props.task;
    this.site = props.site?.bucket.bucketName;
    this.handler = new ProjectFunction(this, 'Handler', defaults, {
      asset: 'push-instructions',
      description: 'Publishes the instructions that a pipeline hands over, and wakes the controller',
      timeout: Duration.minutes(10),
      ...DECODING,
      layers: [props.sharp],
    });
    this.handler.allow(WRITE_OBJECT_ACTIONS, [parts.storage.outputBucket.arnForObjects(`${PREFIX.CONFIG}*`)]);
    props.site?.grantPublish(this.handler);
    parts.ledger.grant(this.handler);
    props.controller.grantWake(this.handler);
    // the service knows no other resource for the answer to a job
    this.handler.allow(['codepipeline:PutJobFailureResult', 'codepipeline:PutJobSuccessResult'], ['*']);
    this.node.addValidation({
      validate: () => this.pipeline ? [] : ['instructions is Instructions.fromPipeline(), and nothing pushes to this project: add a new InstructionsPipeline(...) for it, or choose other instructions'],
    });
  }

  /** Whoever pushes. Answers who does already. */
  claim(pipeline: Construct): Construct | undefined {
    const former = this.pipeline;
    this.pipeline ??= pipeline;
    return former;
  }
}
