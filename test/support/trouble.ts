import { MemoryProject } from './memory-project';
import { ApiVerdict } from '../../src/local/simulator';
import { Fault } from '../../src/runtime/memory/memory-table';

/** What a faulty call does: fails before or after its effect; `die`: and with it every later call, as if the process had died. */
export type TroubleKind = 'throw-before' | 'throw-after' | 'die-before' | 'die-after';

export interface Trouble {
  /** Which call from now on, counted from 0, over table, cloud and labeling jobs. */
  readonly at: number;
  readonly kind: TroubleKind;
}

/** Lets one call of the outside world go wrong, wherever it goes to. Made before the project, so that the simulator asks it. */
export class Troubles {
  /** Calls since the work began. */
  public calls = 0;
  private trouble?: Trouble;

  /** For the simulator's option of that name. */
  public readonly apiVerdict = (): ApiVerdict => this.next();

  public attach(project: MemoryProject): void {
    project.outside.cloud.faults = (operation) => operation.startsWith('groundTruth.') ? 'ok' : this.next();
    project.outside.table.options = { ...project.outside.table.options, faults: () => this.next() };
  }

  /** Does something with a trouble waiting for it. Answers what was thrown, if anything. */
  public async during(trouble: Trouble | undefined, work: () => Promise<unknown>): Promise<unknown> {
    this.calls = 0;
    this.trouble = trouble;
    try {
      await work();
      return undefined;
    } catch (error) {
      return error;
    } finally {
      this.trouble = undefined;
    }
  }

  private next(): Fault {
    const call = this.calls++;
    if (!this.trouble || call < this.trouble.at) {
      return 'ok';
    }
    if (call > this.trouble.at) {
      return this.trouble.kind.startsWith('die') ? 'throw-before' : 'ok';
    }
    return this.trouble.kind.endsWith('before') ? 'throw-before' : 'throw-after';
  }
}
