import { CloudEvent } from '../cloud';
import { FaultGate } from './faults';

/** The account's default event bus: remembers every event and hands it to whoever listens. */
export class MemoryEventBus {
  /** Every event that was put, oldest first. */
  public readonly events: CloudEvent[] = [];
  private readonly listeners: Array<(event: CloudEvent) => void> = [];

  public constructor(private readonly gate: FaultGate) {}

  /** @param listener Called at once for each later event; what it starts is not waited for. */
  public onEvent(listener: (event: CloudEvent) => void): void {
    this.listeners.push(listener);
  }

  public async put(event: CloudEvent): Promise<void> {
    return this.gate.run('events.PutEvents', [event], () => this.send(event));
  }

  /** Without the fault hook. */
  public send(event: CloudEvent): void {
    this.events.push(event);
    for (const listener of this.listeners) {
      listener(event);
    }
  }
}
