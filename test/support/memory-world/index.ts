import { MemoryEventBusPort } from './bus';
import { memoryLabelingJobs } from './jobs';
import { MemoryObjectStore } from './objects';
import { MemoryQueuesPort } from './queues';
import { MemoryTelemetry } from './telemetry';
import { MemoryInputTopic } from './topic';
import { MemoryWaker } from './waker';
import { GroundTruthSimulator, MemoryCloud, MemoryCloudOptions, SimulatorOptions, VirtualClock } from '../../../src/local/simulator';
import { MemoryTable, MemoryTableOptions } from '../../../src/runtime/memory/memory-table';
import { LabelingJobs, NewId } from '../../../src/runtime/ports';

export interface MemoryWorldOptions {
  readonly cloud?: Omit<MemoryCloudOptions, 'clock'>;
  readonly table?: MemoryTableOptions;
  readonly simulator?: Partial<SimulatorOptions>;
  /** Versions in one page of a listing. */
  readonly pageVersions?: number;
  /** Milliseconds since 1970, or an ISO time. */
  readonly start?: number | string;
}

/** All ports of the runtime over one cloud in memory, on one virtual clock. */
export class MemoryWorld {
  public readonly clock: VirtualClock;
  public readonly cloud: MemoryCloud;
  public readonly simulator: GroundTruthSimulator;
  public readonly table: MemoryTable;
  public readonly objects: MemoryObjectStore;
  public readonly topic: MemoryInputTopic;
  public readonly queues: MemoryQueuesPort;
  public readonly jobs: LabelingJobs;
  public readonly bus: MemoryEventBusPort;
  public readonly waker = new MemoryWaker();
  public readonly telemetry = new MemoryTelemetry();
  private ids = 0;

  public constructor(options: MemoryWorldOptions = {}) {
    this.clock = new VirtualClock(options.start);
    this.cloud = new MemoryCloud({ ...options.cloud, clock: this.clock });
    this.simulator = new GroundTruthSimulator(this.cloud, this.clock, options.simulator);
    this.table = new MemoryTable(options.table);
    this.objects = new MemoryObjectStore(this.cloud.buckets, options.pageVersions);
    this.topic = new MemoryInputTopic(this.cloud.topics);
    this.queues = new MemoryQueuesPort(this.cloud.queues);
    this.jobs = memoryLabelingJobs(this.simulator);
    this.bus = new MemoryEventBusPort(this.cloud);
  }

  /** Ids that are the same in every run. */
  public readonly newId: NewId = () => `id-${String(++this.ids).padStart(6, '0')}`;
}

export { MemoryEventBusPort, MemoryInputTopic, MemoryObjectStore, MemoryQueuesPort, MemoryTelemetry, MemoryWaker, memoryLabelingJobs };
