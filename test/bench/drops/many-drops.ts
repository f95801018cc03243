import { createHash } from 'node:crypto';
import { Functions } from './functions';
import { contentOf, imagesOf, Kind, kindOf } from './mix';
import { CURRENT_DATA_SET_KEY } from '../../../src/contract/environment';
import { ProjectResources } from '../../../src/contract/project-configuration';
import { Answer } from '../../../src/local/simulator';
import { CountName, countOf } from '../../../src/runtime/ledger/counts';
import { readProject } from '../../../src/runtime/ledger/project';
import { DAY, MINUTE, testConfiguration } from '../../support/memory-project';
import { MemoryWorld } from '../../support/memory-world';
import { createResources } from '../../support/project-resources';

/** Drops of a minute, and images that a job may have at once. */
const PACE = 900;
const CONCURRENT = 1_000;
/** Messages that Lambda hands over at once. */
const BATCH = 10;
/** Times that the heap is looked at while drops come. */
const LOOKS = 10;
/** Minutes at most after the last drop. */
const PATIENCE = 500;
/** Minutes until all is swept. A large data set is written anew once a day. */
const QUIET = 20;

/** A look at the functions, after so many drops. */
export interface Look {
  readonly drops: number;
  /** Unit: seconds since the look before. */
  readonly seconds: number;
  /** Calls of ports since the look before. */
  readonly calls: number;
  /** Without garbage. Unit: bytes. */
  readonly heap: number;
}

export interface ManyDrops {
  readonly drops: number;
  readonly kinds: { readonly [kind in Kind]: number };
  /** Images that workers had to see. */
  readonly images: number;
  readonly jobs: number;
  readonly labeled: number;
  /** Images without a line in the data set. */
  readonly lost: number;
  /** Answers that were paid for beyond one for each image. */
  readonly double: number;
  /** Lines of the data set that are of nothing that was dropped, or the second of an image. */
  readonly strange: number;
  /** Drops that the ledger has at another end than they should be. */
  readonly wrong: number;
  readonly looks: readonly Look[];
  /** With garbage. Unit: bytes. */
  readonly peak: number;
  readonly seconds: number;
}

export interface ManyDropsOptions {
  readonly drops: number;
  /** The program of `functions-thread.ts`. */
  readonly program: string;
  /** The functions fail where their heap gets larger. Unit: megabytes. */
  readonly heapMegabytes: number;
}

/** Drops very many, and lets workers label all that comes of them, while the functions and the world have a heap each. */
export async function takeManyDrops({ drops, program, heapMegabytes }: ManyDropsOptions): Promise<ManyDrops> {
  const world = new MemoryWorld({ start: '2026-01-05T08:00:00Z' });
  const resources = await createResources(world.cloud);
  const { work, ...configuration } = testConfiguration();
  const functions = new Functions({
    program, world, heapMegabytes, resources,
    configuration: { ...configuration, work: { ...work, maxConcurrentTasks: CONCURRENT, window: PACE } },
  });
  try {
    await functions.order({ do: 'deploy' });
    return await new Run(world, resources, functions).take(drops);
  } finally {
    await functions.stop();
  }
}

class Run {
  private readonly started = Date.now();
  private readonly looks: Look[] = [];

  public constructor(
    private readonly world: MemoryWorld, private readonly resources: ProjectResources, private readonly functions: Functions,
  ) {}

  public async take(drops: number): Promise<ManyDrops> {
    for (let number = 0; number < drops; ) {
      const next = Math.min(number + PACE, drops);
      for (; number < next; number += 1) {
        await this.world.cloud.buckets.put(this.resources.dropBucket, `camera/${number}.png`, Buffer.from(contentOf(number)), {});
      }
      await this.minute();
      if (number >= (this.looks.length + 1) * drops / LOOKS) {
        await this.look(number);
      }
    }
    for (let minute = 0; minute < PATIENCE && await this.isMoving(); minute += 1) {
      await this.minute();
    }
    await this.minutes(QUIET);
    this.world.clock.advance(DAY);
    await this.minutes(QUIET);
    return { ...await this.count(drops), looks: this.looks, peak: this.functions.peak, seconds: (Date.now() - this.started) / 1_000 };
  }

  private async minutes(count: number): Promise<void> {
    for (let minute = 0; minute < count; minute += 1) {
      await this.minute();
    }
  }

  /** All that happens within a minute: each function once, and the workers answer whatever there is. */
  private async minute(): Promise<void> {
    const { simulator, clock } = this.world;
    await simulator.step();
    await this.handOver('intake', this.resources.intakeQueueUrl);
    await this.functions.order({ do: 'control' });
    await simulator.step();
    await this.label();
    await this.handOver('record', this.resources.recorderQueueUrl);
    clock.advance(MINUTE);
  }

  private async handOver(to: 'intake' | 'record', url: string): Promise<void> {
    const { queues } = this.world.cloud;
    for (let messages = await queues.receive(url, BATCH); messages.length > 0; messages = await queues.receive(url, BATCH)) {
      await this.functions.order({ do: to, bodies: messages.map(({ body }) => body) });
      for (const { receiptHandle } of messages) {
        await queues.delete(url, receiptHandle);
      }
    }
  }

  private async label(): Promise<void> {
    for (const { taskId, sourceRef } of this.world.simulator.tasks()) {
      const answer = { kind: 'classification', label: 'froth' } satisfies Answer;
      await this.world.simulator.submit(taskId, 'worker', answer, { pixelHash: this.hashOf(sourceRef) });
    }
  }

  private hashOf(sourceRef: string): string {
    const [, , bucket, ...key] = sourceRef.split('/');
    return hash(this.world.cloud.buckets.read(bucket, key.join('/')).body);
  }

  private async look(drops: number): Promise<void> {
    const before = (what: 'seconds' | 'calls') => this.looks.reduce((sum, look) => sum + look[what], 0);
    this.looks.push({
      drops, seconds: (Date.now() - this.started) / 1_000 - before('seconds'), calls: this.functions.calls - before('calls'),
      heap: await this.functions.order({ do: 'heap' }),
    });
  }

  private async counts(): Promise<(name: CountName) => number> {
    const { table, clock, newId } = this.world;
    const { counts } = await readProject({ table, clock, newId });
    return (name) => countOf(counts, name);
  }

  private async isMoving(): Promise<boolean> {
    const count = await this.counts();
    return (['image:PENDING', 'image:SENDING', 'image:SENT', 'outbox'] as const).some((name) => count(name) > 0);
  }

  /** From what was dropped, the bill and the data set; the ledger is only compared with them. */
  private async count(drops: number): Promise<Omit<ManyDrops, 'looks' | 'peak' | 'seconds'>> {
    const kinds = { junk: 0, duplicate: 0, tiled: 0, plain: 0 };
    const expected = new Set<string>();
    for (let number = 0; number < drops; number += 1) {
      kinds[kindOf(number)] += 1;
      imagesOf(number).forEach((image) => expected.add(hash(image)));
    }
    const paid = this.world.simulator.bill();
    const { buckets } = this.world.cloud;
    const lines = buckets.read(this.resources.outputBucket, CURRENT_DATA_SET_KEY).body.toString().split('\n').filter((line) => line !== '');
    const shown = lines.map((line) => this.hashOf((JSON.parse(line) as { 'source-ref': string })['source-ref']));
    const found = new Set(shown.filter((one) => expected.has(one)));
    const count = await this.counts();
    const wrong = Math.abs(count('drop:DONE') - kinds.plain - kinds.tiled) + Math.abs(count('drop:DUPLICATE') - kinds.duplicate)
      + Math.abs(count('drop:QUARANTINED') - kinds.junk) + buckets.peekKeys(this.resources.dropBucket).length;
    return {
      drops, kinds, images: expected.size, jobs: this.world.simulator.jobs().length, labeled: lines.length,
      lost: expected.size - found.size, double: paid.length - new Set(paid.map(({ pixelHash }) => pixelHash)).size,
      strange: lines.length - found.size, wrong,
    };
  }
}

const hash = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex');
