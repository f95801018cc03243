import { MemoryEventBusPort } from './bus';
import { memoryLabelingJobs } from './jobs';
import { MemoryObjectStore } from './objects';
import { memoryPipelines, MemoryPipelineHost } from './pipelines';
import { MemoryQueuesPort } from './queues';
import { MemoryTelemetry } from './telemetry';
import { MemoryInputTopic } from './topic';
import { MemoryWaker } from './waker';
import { GroundTruthSimulator, MemoryCloud, MemoryCloudOptions, PipelineOptions, PipelineSimulator, SimulatorOptions, VirtualClock } from '../../../src/local/simulator';
import { MemoryTable, MemoryTableOptions } from '../../../src/runtime/memory/memory-table';
import { LabelingJobs, NewId, PipelineExecutions } from '../../../src/runtime/ports';

export interface MemoryWorldOptions {
  readonly cloud?: Omit<MemoryCloudOptions, 'clock'>;
  readonly table?: MemoryTableOptions;
  readonly simulator?: Partial<SimulatorOptions>;
  /** Versions in one page of a listing. */
  readonly pageVersions?: number;
  readonly pipelines?: Partial<PipelineOptions>;
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
  public readonly pipelines: PipelineExecutions;
  public readonly pipelineSimulator: PipelineSimulator;
  public readonly pipelineHost: MemoryPipelineHost;
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
    this.pipelineHost = new MemoryPipelineHost(this.cloud.buckets);
    this.pipelineSimulator = new PipelineSimulator(this.pipelineHost, this.clock, options.pipelines);
    this.pipelines = memoryPipelines(this.pipelineSimulator);
    this.bus = new MemoryEventBusPort(this.cloud);
  }

  /** Ids that are the same in every run. */
  public readonly newId: NewId = () => `id-${String(++this.ids).padStart(6, '0')}`;
}

export {
  MemoryEventBusPort, MemoryInputTopic, MemoryObjectStore, MemoryPipelineHost, MemoryQueuesPort, MemoryTelemetry, MemoryWaker,
  memoryLabelingJobs, memoryPipelines,
};
