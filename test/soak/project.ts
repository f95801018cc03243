import { createHash } from 'node:crypto';
import { Account } from './account';
import { LedgerWatch } from './ledger-watch';
import { Process, ProcessName, ProcessOptions } from './process';
import { Setup } from './script';
import { CURRENT_DATA_SET_KEY } from '../../src/contract/environment';
import { CommandName, RequeueTargets } from '../../src/contract/operator';
import { ProjectConfiguration, ProjectResources } from '../../src/contract/project-configuration';
import { DEFAULT_TIMINGS } from '../../src/contract/timings';
import { requireConfiguration } from '../../src/runtime/configuration';
import { run } from '../../src/runtime/controller/controller';
import { PerceptualHash } from '../../src/runtime/core/perceptual-hash';
import { takeConfiguration } from '../../src/runtime/deployment/deploy';
import { tearDown } from '../../src/runtime/deployment/teardown';
import { Engine, Engineered, Gated, GatedDrop } from '../../src/runtime/intake/engine';
import { createdObjects } from '../../src/runtime/intake/events';
import { Intake } from '../../src/runtime/intake/intake';
import { sendCommand } from '../../src/runtime/ledger/commands';
import { Project, readProject } from '../../src/runtime/ledger/project';
import { MemoryTable } from '../../src/runtime/memory/memory-table';
import { Telemetry } from '../../src/runtime/ports';
import { Recorder } from '../../src/runtime/recorder/recorder';
import { World } from '../../src/runtime/world';
import { BAD, CRASH, testConfiguration } from '../support/memory-project';
import { createResources } from '../support/project-resources';

const sha256 = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');

/** How many images each content gives. */
const TILES = [1, 1, 2, 1, 3, 1, 1, 4];

/** Looks of the model: those of a content are as random as any hash, and what looks nearly like it has the last bits turned. */
export function lookOf(bytes: string): PerceptualHash {
  const [content, off] = bytes.split(',');
  const bits = BigInt(`0x${sha256(content).slice(0, 16)}`) ^ ((1n << BigInt(/\d+/.exec(off ?? '')?.[0] ?? 0)) - 1n);
  return bits.toString(16).padStart(16, '0');
}

/** The bytes of the images that a drop of good bytes gives. */
export function tilesOf(bytes: string): string[] {
  const number = Number(/\d+/.exec(bytes)?.[0] ?? 0);
  return Array.from({ length: TILES[number % TILES.length] }, (_, index) => `${bytes} tile ${index}`);
}

/** Feature engineering of the model: each drop gives some tiles; some bytes are refused, and some kill the process. */
class TileEngine implements Engine {
  public constructor(private readonly process: Process) {}

  public gate(bytes: Uint8Array): Gated {
    const text = Buffer.from(bytes).toString();
    return text.startsWith(BAD) ? { ok: false, reason: 'not-an-image', detail: text } : { ok: true };
  }

  public async engineer(drop: GatedDrop): Promise<Engineered> {
    const text = Buffer.from(drop.bytes).toString();
    if (text.startsWith(CRASH)) {
      this.process.crash();
    }
    return {
      kind: 'images',
      images: tilesOf(text).map((tile, index) => ({
        bytes: Buffer.from(tile), extension: 'png', contentType: 'image/png', width: 1, height: 1, inverseTransform: [1, 0, 0, 1, 0, 0],
        priority: index % 3, warnings: [], ...(index === 0 ? { perceptualHash: lookOf(text) } : {}),
      })),
    };
  }
}

/** Feature engineering that holds what looks the same within so many bits; undefined: nothing. */
export function heldWithin(maxDistance: number | undefined): ProjectConfiguration['featureEngineering'] {
  return { kind: 'none', ...(maxDistance === undefined ? {} : { nearDuplicates: { maxDistance } }) };
}

/** Something of the code under test that it should never throw, whatever happens around it. */
export class Blunder extends Error {
  public constructor(error: unknown) {
    super(`the code threw ${error instanceof Error ? error.stack : String(error)}`);
    this.name = 'Blunder';
  }
}

const BLUNDERS = /^(TypeError|RangeError|ReferenceError|SyntaxError|AssertionError)$/;
const IMPOSSIBLE = /was decided on and is not in the ledger|is not in the ledger; receive it first|although (the outbox|a drop) names it|has no list of images|must be a (string|positive integer)|which nobody knows/;

/** One project with its functions, as a stack would have made it. */
export class SoakProject {
  public static async create(account: Account, setup: Setup, other: boolean): Promise<SoakProject> {
    const suffix = other ? '-2' : '';
    const resources = await createResources(account.cloud, suffix);
    const names = !other ? {} : setup.other === 'twin' ? { chainId: 'ffffffff' } : { projectName: 'froth-0a1b2c3d', chainId: '1a1b2c3d' };
    const base = testConfiguration(names);
    const configuration: ProjectConfiguration = {
      ...base,
      work: {
        ...base.work, workersPerImage: setup.workers, window: setup.window, taskAvailabilitySeconds: setup.availability * 3_600,
        maxConcurrentTasks: 10,
      },
      instructionRollOut: setup.instructions,
      featureEngineering: heldWithin(setup.hold),
    };
    const projectId = `${configuration.projectName}-${configuration.chainId}`;
    const project = new SoakProject(account, { ...resources, projectId }, configuration, setup, suffix);
    await project.deploy({});
    return project;
  }

  public readonly world: World;
  public readonly watch: LedgerWatch;
  public readonly table: MemoryTable;
  /** Bytes of every drop that was ever made, with the keys: the model's own list, not the ledger's. */
  public readonly dropped = new Map<string, string[]>();
  /** Of the versions in the inbox that were ever made. */
  public readonly versions: { readonly key: string; readonly bytes: string; readonly versionId: string }[] = [];
  public readonly withdrawn = new Set<string>();
  /** Images that somebody deleted. */
  public readonly deletedImages = new Map<string, { readonly bytes: Uint8Array; readonly pixels: string }>();
  /** Images and drops of whose quarantine people were told, and labels, as `<image>#<job number>`. */
  public readonly told = new Set<string>();
  /** Drops of which people were told that they are held for how they look. */
  public readonly toldNear = new Set<string>();
  /** Whether an operator lets workers have what is held for how it looks, as soon as it is. */
  public released = false;
  /** Whether a deploy changed what is held: then another comparison began. */
  public holdChanged = false;
  public wakes = 0;
  public retired = false;
  public refusedDeploys = 0;
  public blunder?: Blunder;
  /** The most that any configuration so far allowed. */
  public limits = { maxImages: Infinity, maxImagesPerDay: Infinity };
  private readonly alerted = new Set<string>();

  private constructor(
    private readonly account: Account, resources: ProjectResources, public configuration: ProjectConfiguration, setup: Setup,
    public readonly suffix: string,
  ) {
    this.watch = new LedgerWatch(() => account.clock.now());
    this.table = new MemoryTable({ indexLag: setup.indexLag, onChange: (before, after) => this.watch.change(before, after) });
    const { objects, topic, queues, bus, door, pipelines, clock, newId } = account;
    const waker = { wake: async () => account.postman.post('wakes', () => { this.wakes += 1; }) };
    this.world = {
      ledger: { table: this.table, clock, newId }, objects, topic, jobs: door.jobs, pipelines, queues, bus, waker,
      telemetry: this.telemetry(), timings: DEFAULT_TIMINGS, resources,
    };
    account.cloud.bus.onEvent((event) => {
      if (event.source === 'aws.sagemaker') {
        account.trace.note('event', () => event);
        account.postman.post('wakes', () => { this.wakes += 1; });
      } else if (event['detail-type'] === 'Alert' && event.detail.chainId === this.configuration.chainId) {
        this.alerted.add(String(event.detail.code));
      } else if (event['detail-type'] === 'Near Duplicate Held' && event.detail.chainId === this.configuration.chainId) {
        this.toldNear.add(`${String(event.detail.key)} ${String(event.detail.versionId)}`);
      } else if (/Quarantined$/.test(event['detail-type']) && event.detail.chainId === this.configuration.chainId) {
        this.told.add(String(event.detail.sourceRef ?? `${String(event.detail.key)} ${String(event.detail.versionId)}`));
      } else if (event['detail-type'] === 'Image Labeled' && event.detail.chainId === this.configuration.chainId) {
        this.told.add(`${String(event.detail.sourceRef)}#${String(event.detail.job).split('-').at(-1)}`);
      }
    });
  }

  public get name(): string {
    return this.world.resources.projectId;
  }

  /** After a deploy: from now on no more than its limits, unless more was spent already. */
  public noteLimits(someHang: boolean): void {
    const { maxImages = Infinity, maxImagesPerDay = Infinity } = this.configuration.work;
    const { spentTotal = 0, spentToday = 0 } = (this.watch.state ?? {}) as { spentTotal?: number; spentToday?: number };
    // Who read the former limits may still act by them.
    this.limits = someHang
      ? { maxImages: Infinity, maxImagesPerDay: Infinity }
      : { maxImages: Math.max(maxImages, spentTotal), maxImagesPerDay: Math.max(maxImagesPerDay, spentToday) };
  }

  /** Within how many bits near duplicates are held now. */
  public get holdsWithin(): number | undefined {
    const { featureEngineering } = this.configuration;
    return 'nearDuplicates' in featureEngineering ? featureEngineering.nearDuplicates?.maxDistance : undefined;
  }

  /** Whether people were told of this at any time. */
  public wasAlerted(code: string): boolean {
    return this.alerted.has(code);
  }

  public async deploy(change: Partial<ProjectConfiguration>): Promise<string | undefined> {
    const wanted = { ...this.configuration, ...change };
    const problem = await takeConfiguration(this.world, wanted);
    this.retired = false;
    if (problem === undefined) {
      this.configuration = wanted;
    } else {
      this.refusedDeploys += 1;
    }
    return problem;
  }

  public async drop(key: string, bytes: string): Promise<void> {
    const { dropBucket } = this.world.resources;
    const hash = sha256(bytes);
    this.dropped.set(hash, [...(this.dropped.get(hash) ?? []), bytes]);
    const { versionId } = await this.account.cloud.buckets.put(dropBucket, key, Buffer.from(bytes));
    this.versions.push({ key, bytes, versionId });
  }

  /** Whether a version still lies in the inbox. */
  public waits({ key, versionId }: { readonly key: string; readonly versionId: string }): boolean {
    return this.account.cloud.buckets.find(this.world.resources.dropBucket, key, versionId) !== undefined;
  }

  /** Puts back what somebody deleted from the input bucket: the bucket keeps former versions. */
  public async restoreImages(): Promise<void> {
    for (const [ref, { bytes }] of this.deletedImages) {
      const [, , bucket, ...key] = ref.split('/');
      await this.account.cloud.buckets.put(bucket, key.join('/'), bytes);
    }
    this.deletedImages.clear();
  }

  /** Bodies of the messages in a queue of this account. */
  public queueBodies(name: string): string[] {
    const { queues } = this.account.cloud;
    return queues.exists(name) ? queues.peekBodies(queues.ensure(name).url) : [];
  }

  public read(): Promise<Project> {
    return readProject(this.world.ledger);
  }

  public async command(name: CommandName, targets?: RequeueTargets): Promise<void> {
    await sendCommand(this.world.ledger, name, 'operator', { targets });
  }

  /** Bytes of an image, by their hash; also where somebody deleted it. */
  public pixelHash(sourceRef: string): string | undefined {
    const deleted = this.deletedImages.get(sourceRef);
    return deleted ? deleted.pixels : this.shownHash(sourceRef);
  }

  /** Bytes of an image as workers see them, by their hash; undefined where somebody deleted them. */
  public shownHash(sourceRef: string): string | undefined {
    const bytes = this.imageBytes(sourceRef);
    return bytes && sha256(bytes);
  }

  public async deleteImage(sourceRef: string): Promise<boolean> {
    const bytes = this.imageBytes(sourceRef);
    if (!bytes) {
      return false;
    }
    this.deletedImages.set(sourceRef, { bytes, pixels: sha256(bytes) });
    const [, , bucket, ...key] = sourceRef.split('/');
    await this.account.cloud.buckets.delete(bucket, key.join('/'));
    return true;
  }

  private imageBytes(sourceRef: string): Uint8Array | undefined {
    const [, , bucket, ...key] = sourceRef.split('/');
    return this.account.cloud.buckets.find(bucket, key.join('/'))?.body;
  }

  public dataSet(): { readonly [name: string]: unknown }[] {
    const object = this.account.cloud.buckets.find(this.world.resources.outputBucket, CURRENT_DATA_SET_KEY);
    const text = object ? Buffer.from(object.body).toString() : '';
    return text.split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as { [name: string]: unknown });
  }

  public newProcess(name: ProcessName, options: ProcessOptions = {}): Process {
    return new Process(name, () => this.account.clock.now(), options);
  }

  /** One invocation of a function. Never rejects: what it throws is its own affair, unless it never should. */
  public async invoke(process: Process, pause: (ms: number) => Promise<void> = async () => undefined): Promise<void> {
    try {
      const world = process.see(this.world);
      switch (process.name) {
        case 'intake': await this.runIntake(process, world); break;
        case 'recorder': await this.runRecorder(process, world); break;
        case 'controller': await run(world, 'soak'); break;
        case 'teardown': await tearDown(world, world.ledger.clock.now() + process.remaining - 60_000, pause); break;
      }
    } catch (error) {
      this.judgeError(error);
    }
    process.done = true;
  }

  private judgeError(error: unknown): void {
    if (error instanceof Error && (BLUNDERS.test(error.name) || IMPOSSIBLE.test(error.message))) {
      this.blunder ??= new Blunder(error);
    }
  }

  private async runIntake(process: Process, world: World): Promise<void> {
    const { intakeQueueUrl } = this.world.resources;
    await this.work(process, intakeQueueUrl, async () => {
      const intake = new Intake(world, await requireConfiguration(world), new TileEngine(process));
      let done = false;
      return {
        take: async (body) => {
          for (const object of createdObjects(body)) {
            done = await intake.take(object) === 'done' || done;
          }
        },
        end: async () => {
          if (done) {
            await world.waker.wake('intake');
          }
        },
      };
    });
  }

  private async runRecorder(process: Process, world: World): Promise<void> {
    await this.work(process, this.world.resources.recorderQueueUrl, async () => {
      const recorder = new Recorder(world, await requireConfiguration(world));
      return {
        take: async (body) => {
          await recorder.record(body);
        },
        end: () => world.waker.wake('label'),
      };
    });
  }

  /** As Lambda hands a batch over: what failed comes again when its time is over, all of it where the process died. */
  private async work(process: Process, url: string, begin: () => Promise<Worker>): Promise<void> {
    const { queues } = this.account.cloud;
    const messages = await queues.receive(url, 10);
    if (messages.length === 0) {
      return;
    }
    const worker = await begin();
    const taken: string[] = [];
    for (const message of [...messages].sort((a, b) => a.receiveCount - b.receiveCount)) {
      try {
        await worker.take(message.body);
        taken.push(message.receiptHandle);
      } catch (error) {
        this.judgeError(error);
        if (process.dead) {
          return;
        }
      }
    }
    await worker.end();
    if (!process.dead) {
      for (const handle of taken) {
        await queues.delete(url, handle);
      }
    }
  }

  private telemetry(): Telemetry {
    const nothing = (): void => undefined;
    return {
      count: nothing, warn: nothing, error: nothing,
      info: (_message, detail) => {
        const { notice, steps } = (detail ?? {}) as { notice?: string; steps?: readonly string[] };
        if (notice === 'run') {
          steps?.forEach((step) => this.account.tally.decision(step));
        }
      },
    };
  }
}

interface Worker {
  take(body: string): Promise<void>;
  end(): Promise<void>;
}
