import { mkdtempSync, readFileSync, rmSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { setTimeout as sleep } from 'timers/promises';
import {
  CreateStackCommand, DeleteStackCommand, DescribeStackEventsCommand, DescribeStacksCommand, ListStackResourcesCommand, Parameter, Stack,
  StackEvent, UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import { BucketLocationConstraint, CreateBucketCommand, HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { AppCommand, Asset, readAssembly, StackArtifact, synthesize } from './assembly';
import { Emulator } from './emulator';
import { DeployedPipeline, deployedPipelines } from './pipelines';
import { Processes } from './processes';
import { Schedules } from './schedules';
import { applySettings, withdrawSettings } from './settings';
import { DeployedResource, Template } from './template';
import { translate } from './translate';
import { examine, Ignored, Owed } from './treatments';
import { zipFolder } from './zip';

const TEMPLATES = 'local-run-templates';
const POLL = 100;
const DEFAULT_TIMEOUT = 5 * 60_000;
const NO_CHANGE = 'No updates are to be performed';

export interface DeployOptions {
  /** Values of template parameters. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** Milliseconds until a stack operation that does not end is given up. Default: 5 minutes. */
  readonly timeout?: number;
}

/** Makes the cloud assembly of an app and reads it. */
export async function synthesizeStacks(processes: Processes, app: AppCommand, emulator: Emulator): Promise<StackArtifact[]> {
  const outdir = mkdtempSync(join(tmpdir(), 'streaming-labeling-'));
  try {
    await synthesize(processes, app, outdir, emulator.connection);
    const stacks = readAssembly(outdir, emulator.connection);
    await uploadAssets(emulator, stacks.flatMap(({ assets }) => assets));
    return stacks;
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

/**
 * Puts the files that templates refer to where they expect them. Only what is not there yet: names tell contents.
 */
export async function uploadAssets({ aws, connection }: Emulator, assets: readonly Asset[]): Promise<void> {
  for (const { bucket, key, path, packaging } of assets) {
    await ensureBucket(aws, connection.region, bucket);
    const present = await aws.s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key })).then(() => true, () => false);
    if (!present) {
      await aws.s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: packaging === 'zip' ? zipFolder(path) : readFileSync(path) }));
    }
  }
}

/** A stack in the emulator. */
export class Deployment {
  /**
   * Creates a stack from a synthesized template and makes up for what the emulator does not do.
   *
   * @throws Error with the resources that failed, and why.
   */
  public static async create(emulator: Emulator, stack: Pick<StackArtifact, 'stackName' | 'template'>, options: DeployOptions = {}): Promise<Deployment> {
    const deployment = new Deployment(emulator, stack.stackName, options.timeout ?? DEFAULT_TIMEOUT);
    await deployment.deploy(stack.template, options.parameters ?? {}, ['CREATE_COMPLETE'], async request => {
      await emulator.aws.cloudFormation.send(new CreateStackCommand(request));
      return true;
    });
    return deployment;
  }

  /** By name. */
  public outputs: Readonly<Record<string, string>> = {};
  /** What has no effect in the local run, and why. */
  public ignored: readonly Ignored[] = [];
  /** Pipelines of the template, which the simulator runs. */
  public pipelines: readonly DeployedPipeline[] = [];
  public schedules!: Schedules;
  private stackId = '';
  private owed: readonly Owed[] = [];
  private resources: ReadonlyMap<string, DeployedResource> = new Map();

  private constructor(private readonly emulator: Emulator, public readonly stackName: string, private readonly timeout: number) {}

  /** Updates the stack. Returns whether there was anything to update. */
  public async update(template: Template, options: Pick<DeployOptions, 'parameters'> = {}): Promise<boolean> {
    this.schedules.stop();
    return this.deploy(template, options.parameters ?? {}, ['UPDATE_COMPLETE'], async request => {
      try {
        await this.emulator.aws.cloudFormation.send(new UpdateStackCommand(request));
        return true;
      } catch (error) {
        if ((error as Error).message.includes(NO_CHANGE)) {
          return false;
        }
        throw error;
      }
    });
  }

  /** Deletes the stack. What the template retains stays; a stack of the same name would take retained tables over. */
  public async destroy(): Promise<void> {
    this.schedules.stop();
    await this.emulator.aws.cloudFormation.send(new DeleteStackCommand({ StackName: this.stackId }));
    await this.settle(['DELETE_COMPLETE']);
  }

  /** All resources, those of one type, or those whose logical id starts with a text. */
  public find(query: { readonly type?: string; readonly logicalId?: string } = {}): DeployedResource[] {
    return [...this.resources.values()].filter(({ type, logicalId }) =>
      type === (query.type ?? type) && logicalId.startsWith(query.logicalId ?? ''));
  }

  private async deploy(
    template: Template, parameters: Readonly<Record<string, string>>, done: readonly string[],
    send: (request: StackRequest) => Promise<boolean>,
  ): Promise<boolean> {
    const { aws, connection } = this.emulator;
    const { owed, ignored } = examine(template);
    const since = new Date();
    const changed = await send({
      StackName: this.stackName,
      TemplateURL: await this.upload(translate(template, connection, this.stackName)),
      Parameters: Object.entries(parameters).map(([ParameterKey, ParameterValue]): Parameter => ({ ParameterKey, ParameterValue })),
      Capabilities: ['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM', 'CAPABILITY_AUTO_EXPAND'],
    });
    const stack = await this.settle(changed ? done : [...done, 'CREATE_COMPLETE', 'UPDATE_COMPLETE', 'UPDATE_ROLLBACK_COMPLETE'], since);
    this.outputs = Object.fromEntries((stack.Outputs ?? []).map(({ OutputKey, OutputValue }) => [OutputKey!, OutputValue!]));
    this.resources = await this.readResources(template);
    const resolution = { connection, resources: this.resources, stackId: this.stackId };
    const made = owed.filter(({ logicalId }) => this.resources.has(logicalId) || template.Resources[logicalId].Condition === undefined);
    await withdrawSettings(aws, this.owed, made, resolution);
    await applySettings(aws, made, resolution);
    this.schedules = await Schedules.takeOver(aws, [...this.resources.values()]);
    this.pipelines = deployedPipelines(template, resolution);
    this.owed = made;
    this.ignored = ignored;
    return changed;
  }

  private async upload(template: Template): Promise<string> {
    const { aws, connection } = this.emulator;
    await ensureBucket(aws, connection.region, TEMPLATES);
    const key = `${this.stackName}.template.json`;
    await aws.s3.send(new PutObjectCommand({ Bucket: TEMPLATES, Key: key, Body: JSON.stringify(template) }));
    return `${connection.endpoint}/${TEMPLATES}/${key}`;
  }

  /** Waits until the operation has ended; anything but the wanted end is an error. */
  private async settle(wanted: readonly string[], since?: Date): Promise<Stack> {
    const deadline = Date.now() + this.timeout;
    for (;;) {
      const query = new DescribeStacksCommand({ StackName: this.stackId || this.stackName });
      const { Stacks = [] } = await this.emulator.aws.cloudFormation.send(query);
      const [stack] = Stacks;
      this.stackId = stack.StackId!;
      const status = stack.StackStatus!;
      if (wanted.includes(status)) {
        return stack;
      }
      if (!status.endsWith('_IN_PROGRESS')) {
        throw new Error(`stack ${this.stackName}: ${status}\n${await this.failures(since)}`);
      }
      if (Date.now() > deadline) {
        throw new Error(`stack ${this.stackName} is still ${status} after ${this.timeout / 1000} s${this.logEnd()}`);
      }
      await sleep(POLL);
    }
  }

  /** The resources that failed, first one first. */
  private async failures(since?: Date): Promise<string> {
    const { StackEvents = [] } = await this.emulator.aws.cloudFormation.send(new DescribeStackEventsCommand({ StackName: this.stackId }));
    const from = (since?.getTime() ?? 0) - 1000; // events have whole seconds
    const isNew = ({ Timestamp }: StackEvent) => Timestamp === undefined || Timestamp.getTime() >= from;
    return StackEvents.filter(event => event.ResourceStatus?.endsWith('_FAILED') && isNew(event)).reverse()
      .map(event => `  ${event.LogicalResourceId} (${event.ResourceType}): ${event.ResourceStatus}: ${event.ResourceStatusReason}`)
      .join('\n') || `  no resource failed${this.logEnd()}`;
  }

  private logEnd(): string {
    return `; the end of the emulator's log:\n${this.emulator.log()}`;
  }

  private async readResources(template: Template): Promise<ReadonlyMap<string, DeployedResource>> {
    const found = new Map<string, DeployedResource>();
    let next: string | undefined;
    do {
      const page = await this.emulator.aws.cloudFormation.send(new ListStackResourcesCommand({ StackName: this.stackId, NextToken: next }));
      for (const { LogicalResourceId, PhysicalResourceId, ResourceType } of page.StackResourceSummaries ?? []) {
        found.set(LogicalResourceId!, {
          logicalId: LogicalResourceId!,
          physicalId: PhysicalResourceId!,
          type: ResourceType!,
          properties: template.Resources[LogicalResourceId!]?.Properties ?? {},
        });
      }
      next = page.NextToken;
    } while (next !== undefined);
    return found;
  }
}

interface StackRequest {
  readonly StackName: string;
  readonly TemplateURL: string;
  readonly Parameters: Parameter[];
  readonly Capabilities: ('CAPABILITY_IAM' | 'CAPABILITY_NAMED_IAM' | 'CAPABILITY_AUTO_EXPAND')[];
}

async function ensureBucket(aws: Emulator['aws'], region: string, bucket: string): Promise<void> {
  try {
    await aws.s3.send(new CreateBucketCommand({
      Bucket: bucket,
      // the one Region that must not be named
      ...(region === 'us-east-1' ? {} : { CreateBucketConfiguration: { LocationConstraint: region as BucketLocationConstraint } }),
    }));
  } catch (error) {
    if ((error as Error).name !== 'BucketAlreadyOwnedByYou') {
      throw error;
    }
  }
}
