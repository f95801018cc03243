import { mkdtempSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import type { Answer, Order } from './worker';
import { Processes, RunningProcess } from '../../../../src/local/runner/processes';
import { projectRoot } from '../../../../src/local/runner/project-files';

/** Memory of the function, which a process of its own is kept to. Unit: megabytes. */
export const FUNCTION_MEGABYTES = 3008;

/** Far more than ten small files need. */
const PATIENCE = 60_000;

/** The handler finds its world as in the tests that load it with jest. */
const memoryInsteadOfAws = (root: string) => ({
  name: 'memory instead of AWS',
  setup: (bundle: { onResolve(filter: { filter: RegExp }, to: () => { path: string }): void }) => bundle.onResolve({ filter: /\/aws\/world$/ }, () => ({
    path: join(root, 'test/runtime/intake/fuzz/mocked-world.ts'),
  })),
});

/** The intake function, bundled as for Lambda, in a process with the function's memory that is started again whenever it ended. */
export class IntakeProcess {
  public static async bundle(): Promise<IntakeProcess> {
    const root = projectRoot();
    // inside the project, where sharp is found
    const folder = mkdtempSync(join(root, '.cache', 'fuzz-'));
    const outfile = resolve(folder, 'worker.js');
    await build({
      absWorkingDir: root, entryPoints: ['test/runtime/intake/fuzz/worker.ts'], outfile, bundle: true, platform: 'node', target: 'node20',
      external: ['sharp'], plugins: [memoryInsteadOfAws(root)], logLevel: 'error',
    });
    return new IntakeProcess(folder, outfile);
  }

  private readonly processes = new Processes();
  private running?: RunningProcess;
  private readonly waiting: ((line: string) => void)[] = [];

  private constructor(private readonly folder: string, private readonly program: string) {}

  /** Has a batch taken in. Answers what the process died of, if it did. */
  public async take(order: Order): Promise<Answer | { readonly died: string }> {
    const worker = this.running ??= this.start();
    const answered = new Promise<string>((tell) => this.waiting.push(tell));
    worker.stdin.write(`${JSON.stringify(order)}\n`);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<string>((tell) => { timer = setTimeout(() => tell('no answer'), PATIENCE); });
    const first = await Promise.race([answered.then((line) => ({ line })), worker.ended.then(String), late]);
    clearTimeout(timer);
    if (typeof first !== 'string') {
      const answer = JSON.parse(first.line) as Answer | { readonly error: string };
      return 'error' in answer ? { died: answer.error } : answer;
    }
    await worker.stop();
    this.waiting.splice(0);
    this.running = undefined;
    return { died: `${first}: ${worker.tail()}` };
  }

  public async close(): Promise<void> {
    await this.processes.stopAll();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private start(): RunningProcess {
    // the data segment and everything that is mapped to be written: what is beyond is refused by the system
    const limited = ['-c', `ulimit -d ${FUNCTION_MEGABYTES * 1024}; exec "$0" "$@"`, process.execPath, this.program];
    return this.processes.start('the intake function', '/bin/sh', limited, {
      env: { ...process.env, MALLOC_ARENA_MAX: '2', NODE_NO_WARNINGS: '1' },
      onLine: (line) => this.waiting.shift()?.(line),
    });
  }
}
