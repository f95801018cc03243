import { setTimeout as sleep } from 'timers/promises';
import { View } from '../runner';
import { Answer, OpenTask, SimulatorError } from '../simulator';
import { Stage } from './stage';

/** How long an idle worker waits before looking for a task again. Unit: milliseconds. */
const IDLE = 150;

/** An image that a worker labeled. */
export interface Labeling {
  readonly jobName: string;
  readonly sourceRef: string;
  readonly worker: string;
  readonly view: View;
  readonly answer: Answer;
}

export interface TeamOptions {
  readonly stage: Pick<Stage, 'simulator' | 'workers'>;
  /** Default: 2. */
  readonly size?: number;
  /** How long a worker looks at an image. Unit: milliseconds. */
  readonly pace: number;
  /** Whether a worker may take this task now. Default: always. */
  readonly mayTake?: (task: OpenTask) => boolean;
  readonly onLabel?: (labeling: Labeling) => void;
}

/** People who label: each takes an open task, looks at the image for a while, and answers what the pixels say. */
export class Team {
  /** All that was labeled and paid, in order. */
  public readonly labelings: Labeling[] = [];
  /** The last trouble that a worker had with an image. */
  public trouble?: string;
  private readonly taken = new Set<string>();
  private readonly stopping = new AbortController();
  private readonly loops: Promise<void>[] = [];

  public constructor(private readonly options: TeamOptions) {}

  /** Labelings that were begun and are not submitted yet. */
  public get atWork(): number {
    return this.taken.size;
  }

  public start(): void {
    for (let number = 1; number <= (this.options.size ?? 2); number++) {
      this.loops.push(this.work(`worker-${number}`));
    }
  }

  /** Everybody goes home; a task that somebody is at stays open. */
  public async stop(): Promise<void> {
    this.stopping.abort();
    await Promise.all(this.loops);
  }

  private async work(worker: string): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      const task = this.take();
      if (task === undefined) {
        await sleep(IDLE, undefined, { signal }).catch(() => undefined);
        continue;
      }
      try {
        await this.label(task, worker);
      } catch (error) {
        if (!signal.aborted && !(error instanceof SimulatorError)) { // the job may end while somebody is at it
          this.trouble = `${worker} could not label ${task.sourceRef}: ${(error as Error).message}`;
        }
        // the task may be there still, and refused again: without a pause nothing else would ever run
        await sleep(IDLE, undefined, { signal }).catch(() => undefined);
      } finally {
        this.taken.delete(task.taskId);
      }
    }
  }

  private take(): OpenTask | undefined {
    const { mayTake = () => true, stage } = this.options;
    const task = stage.simulator.tasks().find(one => one.unloadable === undefined && !this.taken.has(one.taskId) && mayTake(one));
    if (task !== undefined) {
      this.taken.add(task.taskId);
    }
    return task;
  }

  private async label(task: OpenTask, worker: string): Promise<void> {
    const { simulator, workers } = this.options.stage;
    const { signal } = this.stopping;
    const { taskId, jobName, sourceRef, taskType, labels } = task;
    await simulator.open(taskId, worker);
    const [{ answer, view }] = await Promise.all([
      workers.answer({ sourceRef, taskType, labels }),
      sleep(this.options.pace, undefined, { signal }),
    ]);
    await simulator.submit(taskId, worker, answer, { pixelHash: view.pixelHash });
    const labeling = { jobName, sourceRef, worker, view, answer };
    this.labelings.push(labeling);
    this.options.onLabel?.(labeling);
  }
}
