import { createHash } from 'node:crypto';
import { MemoryWorld, MemoryWorldOptions } from './memory-world';
import { createResources } from './project-resources';
import { BackfillOrder } from '../../src/contract/backfill';
import { PREFIX } from '../../src/contract/environment';
import { CommandName, RequeueTargets } from '../../src/contract/operator';
import { ProjectConfiguration, ProjectResources } from '../../src/contract/project-configuration';
import { DEFAULT_TIMINGS, Timings } from '../../src/contract/timings';
import { Answer, OpenTask } from '../../src/local/simulator';
import { run } from '../../src/runtime/controller/controller';
import { takeConfiguration } from '../../src/runtime/deployment/deploy';
import { Engine, Engineered, Gated, GatedDrop } from '../../src/runtime/intake/engine';
import { EngineWatch } from '../../src/runtime/intake/engine-health';
import { createdObjects } from '../../src/runtime/intake/events';
import { Intake, Taken } from '../../src/runtime/intake/intake';
import { sendCommand } from '../../src/runtime/ledger/commands';
import { Ledger } from '../../src/runtime/ledger/context';
import { readProject, Project } from '../../src/runtime/ledger/project';
import { MemoryTable } from '../../src/runtime/memory/memory-table';
import { Recorder } from '../../src/runtime/recorder/recorder';
import { RetryLaterError, orWait } from '../../src/runtime/retry-later';
import { World } from '../../src/runtime/world';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** Bytes that begin so are refused by the gate; those that begin with `crash` kill the process that decodes them. */
export const BAD = 'bad:';
export const CRASH = 'crash:';

/** What a Lambda process does not survive. */
export class ProcessDied extends Error {}

/** Feature engineering without images: each drop's bytes are its image, so that tests can follow them. */
export class PlainEngine implements Engine {
  gate(bytes: Uint8Array): Gated {
    const text = Buffer.from(bytes).toString();
    return text === '' ? { ok: false, reason: 'empty', detail: 'no bytes' }
      : text.startsWith(BAD) ? { ok: false, reason: 'not-an-image', detail: text } : { ok: true };
  }

  async engineer(drop: GatedDrop): Promise<Engineered> {
    if (Buffer.from(drop.bytes).toString().startsWith(CRASH)) {
      throw new ProcessDied('out of memory');
    }
    return {
      kind: 'images',
      images: [{
        bytes: drop.bytes, extension: 'png', contentType: 'image/png', width: 1, height: 1, inverseTransform: [1, 0, 0, 1, 0, 0], warnings: [],
      }],
    };
  }
}

export function testConfiguration(change: Partial<ProjectConfiguration> = {}): ProjectConfiguration {
  return {
    schemaVersion: 1,
    projectName: 'froth',
    chainId: '0a1b2c3d',
    task: {
      type: 'ImageMultiClass', labelAttributeName: 'label', labels: [{ name: 'froth' }, { name: 'launder' }],
      title: 'Froth', description: 'Choose', keywords: [],
      preHumanTaskLambdaArn: 'arn:aws:lambda:us-east-1:432418664414:function:PRE-ImageMultiClass',
      consolidationLambdaArn: 'arn:aws:lambda:us-east-1:432418664414:function:ACS-ImageMultiClass',
      template: '<script src="https://assets.crowd.aws/crowd-html-elements.js"></script><crowd-form><crowd-image-classifier '
        + 'name="crowd-image-classifier" src="{{ task.input.taskObject | grant_read_access }}" header="h" '
        + 'categories="{{ task.input.labels | to_json | escape }}"><full-instructions header="i">x</full-instructions>'
        + '<short-instructions>x</short-instructions></crowd-image-classifier></crowd-form>',
    },
    workTeamArn: 'arn:aws:sagemaker:us-east-1:111122223333:workteam/private-crowd/team',
    work: { workersPerImage: 1, taskTimeLimitSeconds: 600, taskAvailabilitySeconds: 864_000, maxConcurrentTasks: 100, window: 4 },
    featureEngineering: { kind: 'none' },
    instructionRollOut: 'NEXT_JOB',
    tags: {},
    ...change,
  };
}

export interface MemoryProjectOptions extends MemoryWorldOptions {
  readonly configuration?: Partial<ProjectConfiguration>;
  readonly timings?: Partial<Timings>;
  readonly engine?: Engine | ((world: World, configuration: ProjectConfiguration, watch: EngineWatch) => Engine);
  /** Another project's world, to share its account. */
  readonly account?: MemoryWorld;
  /** Distinguishes the resources of two projects in one account. */
  readonly suffix?: string;
}

/** The same account for another project: only its ledger is another one. */
export function withLedgerOfItsOwn(account: MemoryWorld): MemoryWorld {
  const own = Object.create(Object.getPrototypeOf(account) as object) as MemoryWorld;
  return Object.assign(own, account, { table: new MemoryTable() });
}

/** A whole project in memory: the runtime over the simulator, on a virtual clock, driven by hand. */
export class MemoryProject {
  public static async create(options: MemoryProjectOptions = {}): Promise<MemoryProject> {
    const outside = options.account ?? new MemoryWorld({ start: '2026-01-05T08:00:00Z', ...options });
    const resources = await createResources(outside.cloud, options.suffix);
    const project = new this(options, resources, outside);
    await project.deploy();
    await project.drainQueue(resources.intakeQueueUrl, async () => undefined);
    return project;
  }

  public readonly outside: MemoryWorld;
  public readonly world: World;
  public configuration: ProjectConfiguration;
  /** Bytes of every drop ever made, by their hash: the tests' own list. */
  public readonly dropped = new Map<string, string[]>();
  /** What the intake function is deployed with. */
  public engine: Engine;
  private readonly watch: EngineWatch;

  protected constructor(options: MemoryProjectOptions, resources: ProjectResources, outside: MemoryWorld) {
    this.outside = outside;
    this.configuration = testConfiguration(options.configuration);
    const ledger: Ledger = { table: outside.table, clock: outside.clock, newId: outside.newId };
    const { objects, topic, jobs, pipelines, queues, bus, waker, telemetry } = outside;
    const timings = { ...DEFAULT_TIMINGS, ...options.timings };
    this.world = { ledger, objects, topic, jobs, pipelines, queues, bus, waker, telemetry, timings, resources };
    this.watch = new EngineWatch(this.world);
    const { engine = new PlainEngine() } = options;
    this.engine = typeof engine === 'function' ? engine(this.world, this.configuration, this.watch) : engine;
  }

  public async deploy(change: Partial<ProjectConfiguration> = {}): Promise<string | undefined> {
    this.configuration = { ...this.configuration, ...change };
    return takeConfiguration(this.world, this.configuration);
  }

  public get simulator() {
    return this.outside.simulator;
  }

  public get clock() {
    return this.outside.clock;
  }

  /** Drops bytes under a key. */
  public async drop(key: string, content: string | Uint8Array = `content of ${key}`): Promise<void> {
    const hash = createHash('sha256').update(content).digest('hex');
    this.dropped.set(hash, [...(this.dropped.get(hash) ?? []), key]);
    await this.outside.cloud.buckets.put(this.world.resources.dropBucket, key, Buffer.from(content as string), {});
  }

  /** The intake function works through its queue. A drop that kills the process loses the rest of its batch to a later delivery. */
  public async intake(): Promise<Taken[]> {
    const intake = new Intake(this.world, this.configuration, this.engine, this.watch);
    const taken: Taken[] = [];
    const { intakeQueueUrl } = this.world.resources;
    await this.drainQueue(intakeQueueUrl, (body) => orWait(this.world.queues, intakeQueueUrl, body, async () => {
      for (const object of createdObjects(body)) {
        taken.push(await intake.take(object));
      }
    }));
    return taken;
  }

  public async record(): Promise<void> {
    const recorder = new Recorder(this.world, this.configuration);
    await this.drainQueue(this.world.resources.recorderQueueUrl, async (body) => {
      await recorder.record(body);
    });
  }

  private async drainQueue(url: string, work: (body: string) => Promise<void>): Promise<void> {
    const { queues } = this.outside.cloud;
    for (let messages = await queues.receive(url, 10); messages.length > 0; messages = await queues.receive(url, 10)) {
      for (const message of messages) {
        let failed = false;
        await work(message.body).catch(async (error: unknown) => {
          failed = true;
          if (error instanceof RetryLaterError) {
            await queues.changeVisibility(url, message.receiptHandle, error.seconds);
          }
        });
        if (!failed) {
          await queues.delete(url, message.receiptHandle);
        }
      }
    }
  }

  /** One round of everything that runs by itself, then some time. */
  public async round(ms = MINUTE): Promise<readonly string[]> {
    await this.simulator.step();
    await this.outside.pipelineSimulator.step();
    const done = await this.work();
    await this.simulator.step();
    this.clock.advance(ms);
    return done;
  }

  /** All functions run once. */
  protected async work(): Promise<readonly string[]> {
    await this.intake();
    await this.record();
    return run(this.world, 'test');
  }

  public async rounds(count: number, ms = MINUTE): Promise<void> {
    for (let i = 0; i < count; i += 1) {
      await this.round(ms);
    }
  }

  public openTasks(): OpenTask[] {
    return this.simulator.tasks();
  }

  /** Workers answer up to `count` tasks. The pixel hash is that of the bytes that Ground Truth shows them. */
  public async label(count = Infinity): Promise<number> {
    let answered = 0;
    for (const task of this.openTasks().slice(0, count)) {
      await this.simulator.submit(task.taskId, `worker-${answered}`, { kind: 'classification', label: 'froth' } satisfies Answer, {
        pixelHash: this.pixelHash(task.sourceRef),
      });
      answered += 1;
    }
    return answered;
  }

  public pixelHash(sourceRef: string): string {
    const [, , bucket, ...key] = sourceRef.split('/');
    return createHash('sha256').update(this.outside.cloud.buckets.read(bucket, key.join('/')).body).digest('hex');
  }

  /** Labels what is offered until nothing moves any more. */
  public async finish(max = 400): Promise<void> {
    for (let i = 0; i < max; i += 1) {
      await this.round();
      await this.label();
      const { counts } = await this.read();
      const moving = ['image:PENDING', 'image:SENDING', 'image:SENT', 'outbox'] as const;
      if (moving.every((name) => (counts[name] ?? 0) === 0) && i > 3) {
        await this.rounds(10);
        return;
      }
    }
  }

  public read(): Promise<Project> {
    return readProject(this.world.ledger);
  }

  public command(name: CommandName, targets?: RequeueTargets, backfill?: BackfillOrder): Promise<string> {
    return sendCommand(this.world.ledger, name, 'test', { targets, backfill });
  }

  public liveJobName(): string | undefined {
    return this.jobNames().at(-1);
  }

  public jobNames(): string[] {
    return this.outside.cloud.queues.peekNames().filter((name) => name.startsWith('GroundTruth-')).map((name) => name.slice('GroundTruth-'.length));
  }

  /** The compacted data set, line by line. */
  public dataSet(): { [name: string]: unknown }[] {
    const object = this.outside.cloud.buckets.find(this.world.resources.outputBucket, `${PREFIX.DATA_SETS}current/output.manifest`);
    const text = object ? Buffer.from(object.body).toString() : '';
    return text.split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as { [name: string]: unknown });
  }

  /** Bytes that were dropped and good, and have no line in the data set. */
  public lost(): string[] {
    const labeled = new Set(this.dataSet().map((line) => this.pixelHash(String(line['source-ref']))));
    return [...this.dropped].filter(([hash]) => !labeled.has(hash)).flatMap(([, keys]) => keys);
  }

  /** Answers that were paid for beyond one for each image, by the simulator's bill. */
  public double(): number {
    const seen = new Map<string, number>();
    for (const entry of this.simulator.bill()) {
      seen.set(entry.pixelHash ?? entry.sourceRef, (seen.get(entry.pixelHash ?? entry.sourceRef) ?? 0) + 1);
    }
    return [...seen.values()].reduce((sum, count) => sum + Math.max(0, count - this.configuration.work.workersPerImage), 0);
  }
}
