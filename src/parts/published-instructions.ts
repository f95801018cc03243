import { CustomResource, Duration, Stack } from 'aws-cdk-lib';
import { ILayerVersion } from 'aws-cdk-lib/aws-lambda';
import { Construct, IDependable } from 'constructs';
import { READ_OBJECT_ACTIONS, WRITE_OBJECT_ACTIONS } from './permissions';
import { FunctionDefaults, ProjectFunction } from './project-function';
import { ProjectParts } from './resources';
import { DeployedInstructions } from './worker-page';
import {
  INSTRUCTIONS_ATTRIBUTE, INSTRUCTIONS_RESOURCE_TYPE, InstructionsRequest, InstructionsResourceProperties, PREFIX,
} from '../contract/environment';
import { PageTask } from '../contract/worker-template';

const TIMEOUT = Duration.minutes(10);

export interface PublishedInstructionsProps {
  readonly instructions: Extract<DeployedInstructions, { kind: 'folder' }>;
  readonly task: PageTask;
  /** What decodes and encodes images. */
  readonly sharp: ILayerVersion;
  readonly after: readonly IDependable[];
}

/** Makes a worker page of a folder of instructions at a deploy: images web-sized, everything under the hash of its content. */
export class PublishedInstructions extends Construct {
  /** Hash of the page. */
  readonly version: string;

  constructor(scope: Construct, id: string, defaults: FunctionDefaults, parts: ProjectParts, props: PublishedInstructionsProps) {
    super(scope, id);
    const { source, bucket, objects, list } = props.instructions;
    const handler = new ProjectFunction(this, 'Handler', defaults, {
      asset: 'instructions',
      description: 'Makes a worker page of a folder of instructions, and its example images web-sized',
      timeout: TIMEOUT,
      memorySize: 3008,
      environment: { MALLOC_ARENA_MAX: '2' },
      layers: [props.sharp],
    });
    handler.allow(READ_OBJECT_ACTIONS, [bucket.arnForObjects(objects)]);
    if (list) {
      handler.allow(['s3:ListBucketVersions'], [bucket.bucketArn], { StringLike: { 's3:prefix': [objects] } });
      bucket.encryptionKey?.grantDecrypt(handler);
    }
    handler.allow(WRITE_OBJECT_ACTIONS, [parts.storage.outputBucket.arnForObjects(`${PREFIX.CONFIG}*`)]);
    const request: InstructionsRequest = { source, task: props.task };
    const properties: InstructionsResourceProperties = { Request: Stack.of(this).toJsonString(request) };
    const resource = new CustomResource(this, 'Resource', {
      serviceToken: handler.function.functionArn,
      resourceType: INSTRUCTIONS_RESOURCE_TYPE,
      properties: { ...properties },
      serviceTimeout: TIMEOUT,
    });
    resource.node.addDependency(handler, ...props.after);
    this.version = resource.getAttString(INSTRUCTIONS_ATTRIBUTE.VERSION);
  }
}
