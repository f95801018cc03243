import { Seat } from './seat';
import { GroundTruthSimulator, OpenTask, SimulatorError } from '../simulator';
import { Turns } from '../turns';

/**
 * Hands out tasks, one at a time to each worker; a worker who comes back finds the same one.
 *
 * A visit is one opening of the page. Requests of a page that closes may arrive in any order: what a visit still asks for after it ended
 * gets nothing, or a page that is gone would keep a task from everybody.
 */
export class Desk {
  private readonly taken = new Map<string, Taken>();
  /** Visits that ended. */
  private readonly gone = new Set<string>();
  private readonly turns = new Turns();

  constructor(private readonly simulator: GroundTruthSimulator) {}

  /** Tasks that somebody is at. */
  get atWork(): ReadonlySet<string> {
    return new Set([...this.taken.values()].map(({ task }) => task));
  }

  async take(worker: string, visit: string): Promise<Omit<Seat, 'page'>> {
    return this.turns.take(async () => {
      const tasks = this.simulator.tasks();
      const loadable = tasks.filter(({ unloadable, workersAnswered, workersDeclined }) =>
        unloadable === undefined && ![...workersAnswered, ...workersDeclined].includes(worker));
      const task = this.gone.has(visit) ? undefined : await this.taskFor(worker, visit, loadable);
      return {
        ...task && { task: { id: task.taskId, job: task.jobName, title: task.title, name: nameOf(task) } },
        waiting: loadable.length - (task ? 1 : 0),
        unloadable: tasks.length - tasks.filter(({ unloadable }) => unloadable === undefined).length,
      };
    });
  }

  /** The worker is done with the task, one way or another. */
  leave(worker: string): void {
    this.taken.delete(worker);
  }

  /** The visit ends, and leaves its task undone: others find it, and so does the worker who comes back. */
  async giveBack(worker: string, visit: string): Promise<void> {
    await this.turns.take(async () => {
      this.gone.add(visit);
      const taken = this.taken.get(worker);
      // a page that was opened anew, or a second one, has it now
      if (taken?.visit === visit) {
        this.leave(worker);
        await this.simulator.release(taken.task, worker);
      }
    });
  }

  private async taskFor(worker: string, visit: string, tasks: readonly OpenTask[]): Promise<OpenTask | undefined> {
    const task = tasks.find(({ taskId }) => taskId === this.taken.get(worker)?.task) ?? await this.openFirst(tasks, worker);
    if (task === undefined) {
      this.leave(worker);
    } else {
      this.taken.set(worker, { task: task.taskId, visit });
    }
    return task;
  }

  private async openFirst(tasks: readonly OpenTask[], worker: string): Promise<OpenTask | undefined> {
    for (const task of tasks) {
      try {
        await this.simulator.open(task.taskId, worker);
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

interface Taken {
  readonly task: string;
  readonly visit: string;
}

/** As people know the image. */
function nameOf({ dataObject, sourceRef }: OpenTask): string {
  return typeof dataObject['drop-key'] === 'string' ? dataObject['drop-key'] : sourceRef.split('/').at(-1)!;
}
