import { Telemetry } from '../../../src/runtime/ports';

/** Sums metrics and keeps what was said. */
export class MemoryTelemetry implements Telemetry {
  public readonly counts = new Map<string, number>();
  public readonly said: { readonly level: 'info' | 'warn' | 'error'; readonly message: string; readonly detail?: object }[] = [];

  public count(metric: string, value: number): void {
    this.counts.set(metric, (this.counts.get(metric) ?? 0) + value);
  }

  public info(message: string, detail?: object): void {
    this.said.push({ level: 'info', message, detail });
  }

  public warn(message: string, detail?: object): void {
    this.said.push({ level: 'warn', message, detail });
  }

  public error(message: string, detail?: object): void {
    this.said.push({ level: 'error', message, detail });
  }
}
