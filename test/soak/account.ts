import { Postman, Stream } from './postman';
import { Setup } from './script';
import { ServiceDoor } from './service-door';
import { Tally } from './tally';
import { Trace } from './trace';
import {
  GroundTruthSimulator, MINUTE, MemoryCloud, OPEN_QUESTIONS, PipelineSimulator, SimulatorOptions, VirtualClock, seededRandom,
} from '../../src/local/simulator';
import { PipelineExecutions } from '../../src/runtime/ports';
import { MemoryEventBusPort, MemoryInputTopic, MemoryObjectStore, MemoryPipelineHost, MemoryQueuesPort, memoryPipelines } from '../support/memory-world';

const ENDED = ['Completed', 'Failed', 'Stopped'];

const START = '2026-01-05T08:00:00Z';

/** The account with its services, in which everybody lives: the projects under test, other people, and strangers. */
export class Account {
  public readonly clock = new VirtualClock(START);
  public readonly cloud: MemoryCloud;
  public readonly simulator: GroundTruthSimulator;
  public readonly door: ServiceDoor;
  public readonly postman: Postman;
  public readonly random: () => number;
  public readonly objects: MemoryObjectStore;
  public readonly topic: MemoryInputTopic;
  public readonly queues: MemoryQueuesPort;
  public readonly bus: MemoryEventBusPort;
  /** Without any pipeline: none of these projects has one. */
  public readonly pipelines: PipelineExecutions;
  private ids = 0;

  public constructor(setup: Setup, public readonly tally: Tally, public readonly trace: Trace) {
    const now = (): number => this.clock.now();
    this.random = seededRandom(setup.seed);
    this.cloud = new MemoryCloud({ clock: this.clock, random: this.random });
    this.simulator = new GroundTruthSimulator(this.cloud, this.clock, simulatorOptions(setup));
    this.door = new ServiceDoor(this.simulator, now, trace, (trouble) => tally.fault(trouble));
    this.postman = new Postman(now, (fault, stream) => {
      tally.fault(`message-${fault}`);
      tally.detail(`message of ${stream} ${fault}`);
    });
    this.cloud.queues.postman = (arn, body, put) => {
      const stream = streamOf(arn);
      trace.note(arn, () => stream === 'events' ? '' : body);
      this.postman.post(stream, stream !== 'labels' ? put : () => {
        if (this.isOfEndedJob(body)) {
          tally.fault('label-after-the-end-of-its-job');
        }
        put();
      });
    };
    this.cloud.faults = (operation, args) => {
      if (operation === 'groundTruth.writeObject') {
        trace.note(String(args[1]), () => this.clock.now());
      }
      return 'ok';
    };
    this.objects = new MemoryObjectStore(this.cloud.buckets);
    this.topic = new MemoryInputTopic(this.cloud.topics);
    this.queues = new MemoryQueuesPort(this.cloud.queues);
    this.pipelines = memoryPipelines(new PipelineSimulator(new MemoryPipelineHost(this.cloud.buckets), this.clock));
    this.bus = new MemoryEventBusPort(this.cloud);
  }

  public readonly newId = (): string => `id-${String(++this.ids).padStart(6, '0')}`;

  private isOfEndedJob(message: string): boolean {
    const name = /job-name\\*":\\*"(?:labeling-job\/)?([^"\\]+)/.exec(message)?.[1].toLowerCase();
    return this.simulator.jobs().some((job) => job.LabelingJobName.toLowerCase() === name && ENDED.includes(job.LabelingJobStatus));
  }

  /** Lets time pass, and all that it brings: late mail, late creates, what the labeling service does by itself. */
  public async pass(ms: number): Promise<void> {
    const end = this.clock.now() + ms;
    for (let due = this.door.nextLate; due !== undefined && due <= end; due = this.door.nextLate) {
      this.clock.advance(Math.max(0, due - this.clock.now()));
      await this.door.catchUp();
    }
    this.clock.advance(end - this.clock.now());
    this.postman.deliver();
    await this.simulator.step();
  }
}

function streamOf(arn: string): Stream {
  const name = arn.slice(arn.lastIndexOf(':') + 1);
  return name.startsWith('GroundTruth-') ? 'offers' : name.startsWith('recorder') ? 'labels' : 'events';
}

function simulatorOptions(setup: Setup): Partial<SimulatorOptions> {
  const answers = OPEN_QUESTIONS.map(({ answers: possible }, index) => possible[setup.answers[index] % possible.length].options);
  return { ...Object.assign({}, ...answers) as Partial<SimulatorOptions>, ...(setup.lateCounters ? { counterDelay: 50 * MINUTE } : {}) };
}
