import { Waker } from '../../../src/runtime/ports';

/** Remembers wake-ups; whoever listens is called, or not, as the test wants wake-ups to be lost. */
export class MemoryWaker implements Waker {
  public readonly causes: string[] = [];
  public onWake?: (cause: string) => void;

  public async wake(cause: string): Promise<void> {
    this.causes.push(cause);
    this.onWake?.(cause);
  }
}
