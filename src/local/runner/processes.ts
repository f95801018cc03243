import { ChildProcess, spawn } from 'child_process';
import { Writable } from 'stream';

/** How much of what a process printed is kept for error messages. Unit: characters. */
const TAIL_LENGTH = 20_000;

/** How long a process may take to end by itself before it is killed. Unit: milliseconds. */
const GRACE = 3_000;

const SIGNALS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;

export interface StartOptions {
  /** Environment; nothing is inherited. Default: the environment of this process. */
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** Told each line that the process prints on standard output; these lines are then not kept for error messages. */
  readonly onLine?: (line: string) => void;
}

/** A child process, and all that it started: they are one process group. */
export class RunningProcess {
  /** Resolved when the process has ended, with its exit code or the signal that ended it. */
  public readonly ended: Promise<number | NodeJS.Signals>;
  private output = '';
  private gone = false;
  private outcome?: number | NodeJS.Signals;

  public constructor(public readonly name: string, private readonly child: ChildProcess, onLine?: (line: string) => void) {
    this.ended = new Promise(resolve => {
      const end = (outcome: number | NodeJS.Signals) => {
        this.outcome ??= outcome;
        resolve(this.outcome);
      };
      child.once('error', error => {
        this.keep(`${error.message}\n`);
        end(127);
      });
      child.once('exit', () => {
        this.kill(); // what it left behind; later its id may belong to somebody else
        this.gone = true;
      });
      child.once('close', (code, signal) => end(code ?? signal ?? 1));
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => this.keep(text));
    child.stdout?.setEncoding('utf8').on('data', onLine ? lines(onLine) : (text: string) => this.keep(text));
    child.stdin?.on('error', () => undefined); // of a process that ended; `ended` tells that
  }

  public get pid(): number | undefined {
    return this.child.pid;
  }

  /** Undefined while it runs. */
  public get exit(): number | NodeJS.Signals | undefined {
    return this.outcome;
  }

  public get stdin(): Writable {
    return this.child.stdin!;
  }

  /** The last lines that it printed. */
  public tail(count: number = 30): string {
    return this.output.trimEnd().split('\n').slice(-count).join('\n');
  }

  /** Asks the whole group to end, then kills it. Returns when the process is gone; does nothing when it is already. */
  public async stop(): Promise<void> {
    this.signal('SIGTERM');
    const timer = setTimeout(() => this.kill(), GRACE);
    await this.ended;
    clearTimeout(timer);
  }

  /** Kills the whole group at once. Works where nothing can be awaited any more. */
  public kill(): void {
    this.signal('SIGKILL');
  }

  private signal(signal: NodeJS.Signals): void {
    if (this.child.pid === undefined || this.gone) {
      return;
    }
    try {
      process.kill(-this.child.pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') {
        throw error;
      }
    }
  }

  private keep(text: string): void {
    this.output = (this.output + text).slice(-TAIL_LENGTH);
  }
}

/**
 * The child processes of a run. They end with it, however it ends: `stopAll`, Ctrl-C, a signal, an uncaught error,
 * `process.exit`. (What is killed with SIGKILL cannot tidy up; the emulator and the workers watch for that themselves.)
 */
export class Processes {
  private readonly running = new Set<RunningProcess>();

  public constructor() {
    process.on('exit', this.onExit);
    Object.keys(SIGNALS).forEach(signal => process.on(signal, this.onSignal));
  }

  /** Starts a program as the leader of a process group of its own. That it cannot be started shows in `ended` (127) and `tail`. */
  public start(name: string, command: string, args: readonly string[], options: StartOptions = {}): RunningProcess {
    const child = spawn(command, args, {
      cwd: options.cwd, env: options.env ?? process.env, detached: true, stdio: ['pipe', 'pipe', 'pipe'],
    });
    const started = new RunningProcess(name, child, options.onLine);
    this.running.add(started);
    void started.ended.then(() => this.running.delete(started));
    return started;
  }

  /** Stops all, the last started first, and lets go of the signals. */
  public async stopAll(): Promise<void> {
    for (const child of [...this.running].reverse()) {
      await child.stop();
    }
    process.off('exit', this.onExit);
    Object.keys(SIGNALS).forEach(signal => process.off(signal, this.onSignal));
  }

  private readonly onExit = () => this.running.forEach(child => child.kill());

  private readonly onSignal = (signal: NodeJS.Signals) => {
    const code = 128 + SIGNALS[signal as keyof typeof SIGNALS];
    this.stopAll().then(() => process.exit(code), () => process.exit(code));
  };
}

/** Runs a program to its end. Returns what it printed on standard output; throws, with the end of its output, when it fails. */
export async function run(
  processes: Processes, name: string, command: string, args: readonly string[], options: StartOptions = {},
): Promise<string> {
  const printed: string[] = [];
  const child = processes.start(name, command, args, { ...options, onLine: line => printed.push(line) });
  child.stdin.end();
  const outcome = await child.ended;
  if (outcome !== 0) {
    const output = [...printed.slice(-30), child.tail()].join('\n').trim();
    throw new Error(`${name} failed (${outcome}): ${command} ${args.join(' ')}\n${output}`);
  }
  return printed.join('\n');
}

function lines(onLine: (line: string) => void): (text: string) => void {
  let rest = '';
  return text => {
    const parts = (rest + text).split('\n');
    rest = parts.pop()!;
    parts.forEach(onLine);
  };
}
