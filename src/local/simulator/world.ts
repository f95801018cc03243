import { Clock } from './clock';
import { isPermanent, SimulatorCloud } from './cloud';
import { DataObject, Job } from './job';
import { JsonValue } from './json';
import { SimulatorOptions } from './options';
import { Outbox } from './outbox';

/** An answer that somebody was paid for. */
export interface BillEntry {
  readonly jobName: string;
  readonly labelAttribute: string;
  readonly sourceRef: string;
  readonly taskId: string;
  readonly workerId: string;
  /** Milliseconds. */
  readonly at: number;
  /** Hash of the pixels that the worker saw, if the worker told it. */
  readonly pixelHash?: string;
  /** What the worker said; of a mask its sha256. */
  readonly value: JsonValue;
}

/** All state of the simulated Ground Truth. */
export class World {
  /** By lower-case name, in the order of creation. */
  public readonly jobs = new Map<string, Job>();
  /** Jobs that time can still change. */
  public readonly living = new Set<Job>();
  /** Open tasks. */
  public readonly tasks = new Map<string, { readonly job: Job; readonly object: DataObject }>();
  public readonly outbox = new Outbox();
  public readonly bill: BillEntry[] = [];
  /** Images that are to fail, with the reason. */
  public readonly poison = new Map<string, string>();
  /** Ids of objects of all jobs. */
  public readonly ids = new Set<string>();
  private eventCount = 0;
  private errors: unknown[] = [];

  public constructor(
    public readonly cloud: SimulatorCloud,
    public readonly clock: Clock,
    public readonly options: SimulatorOptions,
  ) {}

  public get now(): number {
    return this.clock.now();
  }

  /** Takes note of a passing failure during a step. */
  public report(error: unknown): void {
    if (this.options.onCloudError) {
      this.options.onCloudError(error);
    } else {
      this.errors.push(error);
    }
  }

  /**
   * Does something with the cloud outside of a step. What a passing failure leaves undone, the next step does, and tells it
   * if it fails there too.
   */
  public async begin(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (isPermanent(error)) {
        throw error;
      }
      this.options.onCloudError?.(error);
    }
    await this.outbox.flush(this.now, error => this.options.onCloudError?.(error));
  }

  /** The failures that nobody was told of yet. */
  public takeErrors(): unknown[] {
    return this.errors.splice(0);
  }

  /** Runs a clean-up, where an error that says "already gone" is as good as success. */
  public async attemptCleanUp(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!isPermanent(error)) {
        throw error;
      }
    }
  }

  /** Announces a job's end, as well as the event bus does it: best effort. */
  public announceEnd(job: Job): void {
    const { random, eventLossProbability, eventDuplicateProbability, eventDelay, region, account } = this.options;
    const copies = random() < eventLossProbability ? 0 : (random() < eventDuplicateProbability ? 2 : 1);
    const now = this.now;
    const event = {
      'version': '0' as const,
      'id': `11111111-0000-4000-8000-${(++this.eventCount).toString(16).padStart(12, '0')}`,
      'detail-type': 'SageMaker Ground Truth Labeling Job State Change',
      'source': 'aws.sagemaker',
      account,
      'time': new Date(now).toISOString().replace(/\.\d+Z$/, 'Z'),
      region,
      'resources': [job.arn],
      'detail': { LabelingJobStatus: job.status },
    };
    for (let copy = 0; copy < copies; copy++) {
      this.outbox.add(now + eventDelay, () => this.cloud.putEvent(event));
    }
  }

  /** Sends a line to the job's output topic, if it has one. */
  public announceLine(job: Job, line: string): void {
    const topic = job.request.OutputConfig.SnsTopicArn;
    const { outputMessageShape, outputMessageDelay } = this.options;
    if (topic === undefined || outputMessageShape === 'none') {
      return;
    }
    const body = outputMessageShape === 'line' ? line : JSON.stringify({ labelingJobName: job.name, data: JSON.parse(line) });
    this.outbox.add(this.now + outputMessageDelay, () => this.cloud.publish(topic, body));
  }
}
