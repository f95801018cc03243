import { paginateScan } from '@aws-sdk/client-dynamodb';
import { GetFunctionConfigurationCommand, InvokeCommand, UpdateFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import { GetObjectCommand, paginateListObjectsV2, PutObjectCommand } from '@aws-sdk/client-s3';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { CURRENT_DATA_SET_KEY, ENVIRONMENT } from '../../contract/environment';
import { CommandName, OperatorRequest } from '../../contract/operator';
import { ProjectResources } from '../../contract/project-configuration';
import { LedgerItem, LedgerView, viewLedger } from '../ledger-view';
import { Aws, Deployment, parseUri, StackArtifact } from '../runner';
import { DropFile } from './scenario';
import { Stage } from './stage';

/** Between two ticks of the scheduler, which in AWS come each minute; later where the controller is still at work. Unit: milliseconds. */
const TICK = 2_000;

const MINUTE = 60_000;

const CONTROLLER = /ControllerHandlerFunction/;

export interface ProjectOptions {
  /** Default: the name in the assembly. */
  readonly stackName?: string;
}

/** A line of the data set. */
export interface DataSetLine {
  readonly 'source-ref': string;
  readonly [name: string]: unknown;
}

/** A deployed project, whose scheduler ticks fast. */
export class DeployedProject {
  /** Deploys a stack with one project. The scheduler's clock stands still until `start`. */
  public static async deploy(stage: Stage, stack: StackArtifact, options: ProjectOptions = {}): Promise<DeployedProject> {
    const deployment = await Deployment.create(stage.emulator, { ...stack, stackName: options.stackName ?? stack.stackName });
    const [controller] = deployment.find({ type: 'AWS::Lambda::Function' }).filter(({ logicalId }) => CONTROLLER.test(logicalId));
    const query = new GetFunctionConfigurationCommand({ FunctionName: controller.physicalId });
    const { Environment } = await stage.emulator.aws.lambda.send(query);
    const resources = JSON.parse(Environment!.Variables![ENVIRONMENT.RESOURCES]) as ProjectResources;
    deployment.pipelines.forEach(({ name, definition }) => stage.pipelines.putPipeline(name, definition));
    return new DeployedProject(stage.emulator.aws, deployment, controller.physicalId, resources);
  }

  private constructor(
    private readonly aws: Aws,
    public readonly deployment: Deployment,
    /** Name of the function that runs the jobs. */
    public readonly controller: string,
    public readonly resources: ProjectResources,
  ) {}

  /** Whether a labeling job is of this project's chain. */
  public owns(jobName: string): boolean {
    return jobName.startsWith(`${this.resources.projectId}-`);
  }

  /** Lets the scheduler tick. */
  public start(): void {
    this.deployment.schedules.start({ speed: MINUTE / TICK });
  }

  /** The scheduler stands still. Throws if a tick could not be delivered. */
  public stop(): void {
    this.deployment.schedules.stop();
  }

  /** Gives functions another hard time-out. The controller's lease must outlast its own, also where that is made short. */
  public async limitTime(logicalIds: RegExp, seconds: number): Promise<void> {
    const functions = this.deployment.find({ type: 'AWS::Lambda::Function' }).filter(({ logicalId }) => logicalIds.test(logicalId));
    await Promise.all(functions.map(({ physicalId }) =>
      this.aws.lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName: physicalId, Timeout: seconds }))));
  }

  /** Drops a file, as a user does. */
  public async drop({ key, bytes }: Pick<DropFile, 'key' | 'bytes'>): Promise<void> {
    const { dropBucket, dropPrefix } = this.resources;
    await this.aws.s3.send(new PutObjectCommand({ Bucket: dropBucket, Key: `${dropPrefix}${key}`, Body: bytes }));
  }

  /** Keys of what waits in the drop bucket. */
  public async inbox(): Promise<string[]> {
    const { dropBucket, dropPrefix } = this.resources;
    return (await this.keys(dropBucket, dropPrefix)).map(key => key.slice(dropPrefix.length));
  }

  /** Gives the controller an order, as the command line does. */
  public async order(command: CommandName, by: string): Promise<void> {
    const request: OperatorRequest = { command, by };
    const call = new InvokeCommand({ FunctionName: this.controller, Payload: Buffer.from(JSON.stringify(request)) });
    const { FunctionError, Payload } = await this.aws.lambda.send(call);
    if (FunctionError !== undefined) {
      throw new Error(`the controller did not take the order: ${Buffer.from(Payload ?? []).toString()}`);
    }
  }

  /** All items of the ledger table. */
  public async ledgerItems(): Promise<LedgerItem[]> {
    const items: LedgerItem[] = [];
    for await (const page of paginateScan({ client: this.aws.dynamodb }, { TableName: this.resources.ledgerTable, ConsistentRead: true })) {
      items.push(...(page.Items ?? []).map(item => unmarshall(item) as LedgerItem));
    }
    return items;
  }

  public async ledger(): Promise<LedgerView> {
    return viewLedger(await this.ledgerItems());
  }

  /** The data set as a training job would read it; empty before the first label. */
  public async dataSet(): Promise<DataSetLine[]> {
    const text = await this.read(this.resources.outputBucket, CURRENT_DATA_SET_KEY).catch((error: Error) => {
      if (error.name === 'NoSuchKey') {
        return Buffer.alloc(0);
      }
      throw error;
    });
    return text.toString().split('\n').filter(line => line !== '').map(line => JSON.parse(line) as DataSetLine);
  }

  public async read(bucket: string, key: string): Promise<Buffer> {
    const { Body } = await this.aws.s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    return Buffer.from(await Body!.transformToByteArray());
  }

  public async readUri(uri: string): Promise<Buffer> {
    const { bucket, key } = parseUri(uri);
    return this.read(bucket, key);
  }

  /** Keys below a prefix. */
  public async keys(bucket: string, prefix = ''): Promise<string[]> {
    const keys: string[] = [];
    for await (const page of paginateListObjectsV2({ client: this.aws.s3 }, { Bucket: bucket, Prefix: prefix })) {
      keys.push(...(page.Contents ?? []).map(({ Key }) => Key!));
    }
    return keys;
  }
}
