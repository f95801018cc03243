import { Answer } from './answers';
import { InputObject } from './input-messages';
import { JsonObject } from './json';
import { CreateLabelingJobRequest, LabelCounters, LabelingJobStatus, Tag } from './requests';
import { TaskType } from './task-types';

/** A worker's answer to one object. */
export interface GivenAnswer {
  readonly workerId: string;
  readonly at: number;
  readonly answer: Answer;
}

/**
 * State of an object in its job: waiting for room; offered to workers; answered, its label being made; labeled; failed;
 * or dropped, when the job ended or the object got too old before it was labeled.
 */
export type ObjectState = 'waiting' | 'available' | 'answered' | 'labeled' | 'failed' | 'dropped';

/** An object of a job. */
export interface DataObject {
  readonly taskId: string;
  readonly input: InputObject;
  /** Empty when the message named none. */
  readonly sourceRef: string;
  readonly fromManifest: boolean;
  /** When it entered the job or, before that, the job's queue. */
  readonly arrivedAt: number;
  state: ObjectState;
  /** When the offer to the workers ends; set while available. */
  availableUntil: number;
  /** When its label is due; set once answered. */
  labelDueAt: number;
  readonly answers: GivenAnswer[];
  readonly declinedBy: Set<string>;
  /** When each worker opened the task, if told. */
  readonly openedAt: Map<string, number>;
  /** What the function of a custom task made of it for the page. */
  taskInput?: JsonObject;
  /** Why the worker page cannot show the image. */
  unloadable?: string;
  /** Whether it has its place in the output manifest. */
  hasSlot: boolean;
  /** The finished line of the output manifest, as text. */
  outputLine?: string;
}

/** A line of the output manifest: what came in, unless the object has a line of its own by now. */
export interface OutputSlot {
  readonly text: string;
  readonly object?: DataObject;
}

/** A queue that is, or is about to be, subscribed to a topic. */
export interface Subscription {
  readonly topicArn: string;
  readonly queueArn: string;
  /** Unknown until the subscription was confirmed. */
  arn?: string;
}

interface CounterSample {
  readonly at: number;
  readonly counters: LabelCounters;
}

const MOST_SAMPLES = 64;

/** A labeling job with all that it knows. Only its own numbers are kept here; what happens to it is decided elsewhere. */
export class Job {
  public status: LabelingJobStatus = 'Initializing';
  public failureReason?: string;
  public createdAt: number;
  public modifiedAt: number;
  public labels: readonly string[] = [];
  public tags: readonly Tag[];

  public queueUrl?: string;
  /** Topic and queue that were, or were about to be, joined; until they are parted again. */
  public subscription?: Subscription;
  /** Whether it ever was InProgress. */
  public wasActive = false;
  public stoppingUntil?: number;
  public idleSince?: number;

  /** Ids of all objects that entered, to drop duplicates. */
  public readonly ids = new Set<string>();
  public readonly manifestSourceRefs = new Set<string>();
  public readonly waiting: DataObject[] = [];
  /** In the order in which their offers end. */
  public readonly available = new Map<string, DataObject>();
  public readonly answered: DataObject[] = [];
  /** Whether the number of concurrent tasks was reached once. */
  public filled = false;

  /** Every object that ever entered, in order. */
  public readonly objects: DataObject[] = [];
  public readonly slots: OutputSlot[] = [];
  public outputUri?: string;
  public manifestChanged = false;
  public manifestWrittenAt = 0;
  /** When the final manifest is due; set when the job ends. */
  public finalManifestAt?: number;

  public objectCount = 0;
  private carried = 0;
  private entered = 0;
  private labeled = 0;
  private failed = 0;
  private samples: CounterSample[] = [];

  public constructor(
    public readonly request: CreateLabelingJobRequest,
    public readonly taskType: TaskType,
    public readonly arn: string,
    /** Order of creation. */
    public readonly sequence: number,
    now: number,
    private readonly countersIncludeCarried: boolean,
  ) {
    this.createdAt = now;
    this.modifiedAt = now;
    this.tags = request.Tags ?? [];
  }

  public get name(): string {
    return this.request.LabelingJobName;
  }

  public get labelAttribute(): string {
    return this.request.LabelAttributeName;
  }

  public get workersPerObject(): number {
    return this.request.HumanTaskConfig.NumberOfHumanWorkersPerDataObject;
  }

  public get hasEnded(): boolean {
    return this.status === 'Completed' || this.status === 'Failed' || this.status === 'Stopped';
  }

  /** Takes an object in. */
  public enter(input: InputObject, sourceRef: string, fromManifest: boolean, arrivedAt: number, now: number): DataObject {
    const object: DataObject = {
      taskId: `${this.name}:${++this.objectCount}`,
      input,
      sourceRef,
      fromManifest,
      arrivedAt,
      state: 'waiting',
      availableUntil: 0,
      labelDueAt: 0,
      answers: [],
      declinedBy: new Set(),
      openedAt: new Map(),
      hasSlot: fromManifest,
    };
    this.ids.add(input.id);
    this.objects.push(object);
    this.waiting.push(object);
    this.entered += 1;
    this.touch(now);
    return object;
  }

  /** Counts objects that came with their label. */
  public carry(count: number, now: number): void {
    this.carried += count;
    this.touch(now);
  }

  public finish(object: DataObject, state: 'labeled' | 'failed', line: string | undefined, now: number): void {
    object.state = state;
    object.outputLine = line;
    this.available.delete(object.taskId);
    if (state === 'labeled') {
      this.labeled += 1;
    } else {
      this.failed += 1;
    }
    this.manifestChanged = true;
    this.touch(now);
  }

  /** The counters as they are. */
  public get counters(): LabelCounters {
    const labeled = this.labeled + (this.countersIncludeCarried ? this.carried : 0);
    return {
      TotalLabeled: labeled,
      HumanLabeled: labeled,
      MachineLabeled: 0,
      FailedNonRetryableError: this.failed,
      Unlabeled: this.entered - this.labeled - this.failed,
    };
  }

  /** The counters as they were at a time. */
  public countersAt(time: number): LabelCounters {
    for (let index = this.samples.length - 1; index >= 0; index--) {
      if (this.samples[index].at <= time) {
        return this.samples[index].counters;
      }
    }
    return NO_COUNTERS;
  }

  /** Remembers the counters for those who will see them late. */
  public touch(now: number): void {
    this.modifiedAt = now;
    const sample = { at: now, counters: this.counters };
    if (this.samples.length > 0 && this.samples[this.samples.length - 1].at === now) {
      this.samples[this.samples.length - 1] = sample;
    } else {
      this.samples.push(sample);
    }
  }

  /** Forgets counters that nobody will see again. @param before Time before which only the latest ones matter. */
  public forgetSamples(before: number): void {
    if (this.samples.length > MOST_SAMPLES) {
      const first = this.samples.findIndex(sample => sample.at > before);
      this.samples = first === -1 ? this.samples.slice(-1) : this.samples.slice(Math.max(0, first - 1));
    }
  }

  /** Changes the status. */
  public become(status: LabelingJobStatus, now: number, failureReason?: string): void {
    this.status = status;
    this.failureReason = failureReason?.slice(0, 1024);
    this.touch(now);
  }
}

const NO_COUNTERS: LabelCounters = { TotalLabeled: 0, HumanLabeled: 0, MachineLabeled: 0, FailedNonRetryableError: 0, Unlabeled: 0 };

/** The line's image, whatever key names it. */
export function sourceRefOf(line: JsonObject): string {
  const value = line['source-ref'] ?? line.source;
  return typeof value === 'string' ? value : '';
}
