import { World } from '../../src/runtime/world';

/** What a Lambda process does not survive. */
export class ProcessDied extends Error {
  public constructor(name: string) {
    super(`${name} died (injected)`);
    this.name = 'ProcessDied';
  }
}

/** What a failed call throws. */
export class CallFailed extends Error {
  public constructor(call: string, how: string) {
    super(`${call} ${how} (injected)`);
    this.name = 'CallFailed';
  }
}

export const PORTS = ['table', 'objects', 'topic', 'jobs', 'queues', 'bus', 'waker'] as const;
export type Port = typeof PORTS[number];

/** What becomes of one call: it fails before its effect, its answer is lost, or the process dies before or after it. */
export const CALL_FAULTS = ['fails', 'answer-lost', 'dies-before', 'dies-after'] as const;
export type CallFault = typeof CALL_FAULTS[number];

/** The `nth` call of a port goes wrong, counted from 0. */
export interface PlannedFault {
  readonly port: Port;
  readonly nth: number;
  readonly kind: CallFault;
}

export type ProcessName = 'intake' | 'recorder' | 'controller' | 'teardown';

/** Hard time-outs of the functions, in ms. */
const TIME_LIMIT: { readonly [name in ProcessName]: number } = {
  intake: 300_000, recorder: 60_000, controller: 120_000, teardown: 900_000,
};

export interface ProcessOptions {
  readonly fault?: PlannedFault;
  /** How far its clock is from the true time, in ms. */
  readonly skew?: number;
  /** Whether each of its calls waits for its turn. */
  readonly stepped?: boolean;
  readonly onFault?: (fault: CallFault, port: Port) => void;
}

/** One process of a project: every call that it makes to the outside passes here, where it may wait, fail, or be the last. */
export class Process {
  public dead = false;
  public done = false;
  /** What it has called, as `port.method`, if it waits before its calls. */
  public readonly called = new Set<string>();
  private readonly limit: number;
  private readonly calls = new Map<Port, number>();
  private readonly waiting: (() => void)[] = [];
  private stepped: boolean;

  public constructor(
    public readonly name: ProcessName, private readonly now: () => number, private readonly options: ProcessOptions = {},
  ) {
    this.limit = now() + TIME_LIMIT[name];
    this.stepped = options.stepped ?? false;
  }

  public get isOverdue(): boolean {
    return !this.done && this.now() >= this.limit;
  }

  public get remaining(): number {
    return this.limit - this.now();
  }

  /** Calls that wait for their turn. */
  public get parked(): number {
    return this.waiting.length;
  }

  /** Lets one waiting call go on. */
  public release(which = 0): void {
    this.waiting.splice(which % Math.max(1, this.waiting.length), 1)[0]?.();
  }

  /** Nothing waits any more. */
  public run(): void {
    this.stepped = false;
    this.waiting.splice(0).forEach((go) => go());
  }

  public kill(): void {
    this.dead = true;
    this.run();
  }

  /** A crash within the process's own work. */
  public crash(): never {
    this.dead = true;
    throw new ProcessDied(this.name);
  }

  /** A process without troubles calls as it is. */
  public call<T>(port: Port, method: string, act: () => Promise<T> | T): Promise<T> | T {
    return this.stepped || this.dead || this.options.fault ? this.troubled(port, method, act) : act();
  }

  private async troubled<T>(port: Port, method: string, act: () => Promise<T> | T): Promise<T> {
    if (this.stepped) {
      await new Promise<void>((go) => this.waiting.push(go));
    }
    if (this.dead) {
      throw new ProcessDied(this.name);
    }
    this.called.add(`${port}.${method}`);
    const fault = this.strike(port);
    if (fault === undefined) {
      return act();
    }
    this.options.onFault?.(fault, port);
    if (fault === 'fails') {
      throw new CallFailed(`${port}.${method}`, 'failed before it did anything');
    }
    if (fault === 'dies-before') {
      this.crash();
    }
    await act();
    if (fault === 'dies-after') {
      this.crash();
    }
    throw new CallFailed(`${port}.${method}`, 'was done, but its answer was lost');
  }

  /** The world as this process sees it. */
  public see(world: World): World {
    const { ledger, objects, topic, jobs, queues, bus, waker } = world;
    const ports = { table: ledger.table, objects, topic, jobs, queues, bus, waker };
    const seen = Object.fromEntries(Object.entries(ports)
      .map(([port, target]) => [port, this.through(port as Port, target)])) as unknown as typeof ports;
    const skew = this.options.skew ?? 0;
    return {
      ...world, ...seen,
      ledger: { table: seen.table, clock: { now: () => ledger.clock.now() + skew }, newId: ledger.newId },
    };
  }

  private strike(port: Port): CallFault | undefined {
    const { fault } = this.options;
    if (fault === undefined) {
      return undefined;
    }
    const call = this.calls.get(port) ?? 0;
    this.calls.set(port, call + 1);
    return fault.port === port && fault.nth === call ? fault.kind : undefined;
  }

  private through<P extends object>(port: Port, target: P): P {
    const known = new Map<string | symbol, unknown>();
    return new Proxy(target, {
      get: (_target, name) => {
        let method = known.get(name);
        if (method === undefined) {
          const original = target[name as keyof P] as (...args: unknown[]) => Promise<unknown>;
          method = (...args: unknown[]) => this.call(port, String(name), () => original.apply(target, args));
          known.set(name, method);
        }
        return method;
      },
    });
  }
}

/** Lets everything run until it waits for its turn or is done. All of it happens in memory, in microtasks. */
export function settled(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/** Runs processes at once, one call at a time, in an order that `random` chooses. */
export async function interleave(processes: readonly Process[], random: () => number): Promise<void> {
  for (;;) {
    await settled();
    const ready = processes.filter((process) => process.parked > 0);
    if (ready.length === 0) {
      return;
    }
    const next = ready[Math.floor(random() * ready.length)];
    next.release(Math.floor(random() * next.parked));
  }
}

/** Lets a process make some calls; then it waits, in the middle of its work. */
export async function advance(process: Process, calls: number): Promise<void> {
  await settled();
  for (let made = 0; made < calls && process.parked > 0; made += 1) {
    process.release();
    await settled();
  }
}

/** Lets a process make its calls up to the first one like this, and that one. */
export async function advanceTo(process: Process, call: `${Port}.${string}`): Promise<void> {
  await settled();
  while (!process.called.has(call) && process.parked > 0) {
    process.release();
    await settled();
  }
}
