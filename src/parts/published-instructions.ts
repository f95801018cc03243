import { CustomResource, Duration, Stack } from 'aws-cdk-lib';
import { ILayerVersion } from 'aws-cdk-lib/aws-lambda';
import { Construct, IDependable } from 'constructs';
import { InstructionsSite } from './instructions-site';
import { READ_OBJECT_ACTIONS, WRITE_OBJECT_ACTIONS } from './permissions';
import { DECODING, FunctionDefaults, ProjectFunction } from './project-function';
import { ProjectParts } from './resources';
import { BoundInstructions, DeployedInstructions } from './worker-page';
import {
  INSTRUCTIONS_ATTRIBUTE, INSTRUCTIONS_RESOURCE_TYPE, InstructionsRequest, InstructionsResourceProperties, PREFIX,
} from '../contract/environment';
import { PageTask } from '../contract/worker-template';

const TIMEOUT = Duration.minutes(10);

export interface PublishedInstructionsProps {
  readonly instructions: BoundInstructions;
  readonly task: PageTask;
  /** Where people read them too. */
  readonly site?: InstructionsSite;
  /** What decodes and encodes images. */
  readonly sharp: ILayerVersion;
  readonly after: readonly IDependable[];
}

/**
 * Makes a worker page of a folder of instructions at a deploy: images web-sized, everything under the hash of its content. And the page
 * that people read, where there is a site.
 */
export class PublishedInstructions extends Construct {
  /** Hash of the page. */
  readonly version: string;
  /** `OK`, or the warnings about a folder that is read only at the deploy. Absent: the synthesis has told them. */
  readonly checks?: string;

  constructor(scope: Construct, id: string, defaults: FunctionDefaults, parts: ProjectParts, props: PublishedInstructionsProps) {
    super(scope, id);
    const { instructions: { owner, deployed }, task, site } = props;
    const handler = new ProjectFunction(this, 'Handler', defaults, {
      asset: 'instructions',
      description: 'Makes a worker page of a folder of instructions, and its example images web-sized',
      timeout: TIMEOUT,
      ...DECODING,
      layers: [props.sharp],
    });
    if (deployed.kind === 'folder') {
      grantFolder(handler, deployed);
      handler.allow(WRITE_OBJECT_ACTIONS, [parts.storage.outputBucket.arnForObjects(`${PREFIX.CONFIG}*`)]);
    }
    site?.grantPublish(handler);
    if (site && owner === 'PIPELINE') {
      // what was pushed stays the latest
      handler.allow(['dynamodb:GetItem'], [parts.ledger.table.tableArn]);
    }
    const request: InstructionsRequest = {
      source: deployed.kind === 'folder' ? deployed.source : deployed,
      task,
      ...site ? { site: { bucket: site.bucket.bucketName, owner } } : {},
    };
    const properties: InstructionsResourceProperties = {
      Request: Stack.of(this).toJsonString(request), Attributes: Object.values(INSTRUCTIONS_ATTRIBUTE).join(),
    };
    const resource = new CustomResource(this, 'Resource', {
      serviceToken: handler.function.functionArn,
      resourceType: INSTRUCTIONS_RESOURCE_TYPE,
      properties: { ...properties },
      serviceTimeout: TIMEOUT,
    });
    resource.node.addDependency(handler, ...props.after);
    this.version = resource.getAttString(INSTRUCTIONS_ATTRIBUTE.VERSION);
    if (deployed.kind === 'folder' && deployed.list) {
      this.checks = resource.getAttString(INSTRUCTIONS_ATTRIBUTE.CHECKS);
    }
  }
}

type Folder = Extract<DeployedInstructions, { kind: 'folder' }>;

function grantFolder(handler: ProjectFunction, { bucket, objects, list }: Folder): void {
  handler.allow(READ_OBJECT_ACTIONS, [bucket.arnForObjects(objects)]);
  if (list) {
    handler.allow(['s3:ListBucketVersions'], [bucket.bucketArn], { StringLike: { 's3:prefix': [objects] } });
    bucket.encryptionKey?.grantDecrypt(handler);
  }
}
