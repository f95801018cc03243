import { Seat } from './seat';
import { GroundTruthSimulator, OpenTask, SimulatorError } from '../simulator';

/** Hands out tasks, one at a time to each worker; a worker who comes back finds the same one. */
export class Desk {
  private readonly taken = new Map<string, string>();

  constructor(private readonly simulator: GroundTruthSimulator) {}

  /** Tasks that somebody is at. */
  get atWork(): ReadonlySet<string> {
    return new Set(this.taken.values());
  }

  async take(worker: string): Promise<Omit<Seat, 'page'>> {
    const tasks = this.simulator.tasks();
    const loadable = tasks.filter(({ unloadable, workersAnswered, workersDeclined }) =>
      unloadable === undefined && ![...workersAnswered, ...workersDeclined].includes(worker));
    const task = loadable.find(({ taskId }) => taskId === this.taken.get(worker)) ?? await this.openFirst(loadable, worker);
    return {
      ...task && { task: { id: task.taskId, job: task.jobName, title: task.title, name: nameOf(task) } },
      waiting: loadable.length - (task ? 1 : 0),
      unloadable: tasks.length - tasks.filter(({ unloadable }) => unloadable === undefined).length,
    };
  }

  /** The worker is done with the task, one way or another. */
  leave(worker: string): void {
    this.taken.delete(worker);
  }

  /** The worker goes, and leaves the task undone: others find it, and so does the worker who comes back. */
  async giveBack(worker: string): Promise<void> {
    const task = this.taken.get(worker);
    this.leave(worker);
    if (task !== undefined) {
      await this.simulator.release(task, worker);
    }
  }

  private async openFirst(tasks: readonly OpenTask[], worker: string): Promise<OpenTask | undefined> {
    this.taken.delete(worker);
    for (const task of tasks) {
      try {
        await this.simulator.open(task.taskId, worker);
        this.taken.set(worker, task.taskId);
        return task;
      } catch (error) {
        // its places are taken by others, or it ended just now
        if (!(error instanceof SimulatorError)) {
          throw error;
        }
      }
    }
    return undefined;
  }
}

/** As people know the image. */
function nameOf({ dataObject, sourceRef }: OpenTask): string {
  return typeof dataObject['drop-key'] === 'string' ? dataObject['drop-key'] : sourceRef.split('/').at(-1)!;
}
