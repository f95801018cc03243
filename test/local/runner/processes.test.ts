import { spawn } from 'child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { setTimeout as sleep } from 'timers/promises';
import { buildSync } from 'esbuild';
import { Processes, run } from '../../../src/local/runner/processes';

const SOURCE = join(__dirname, '../../../src/local/runner/processes.ts');

/** A program whose grandchild sleeps; it prints the grandchild's id. */
const SLEEPERS = ['-c', 'sleep 300 & echo $!; wait'];

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function untilGone(pid: number): Promise<boolean> {
  for (let tries = 0; tries < 100 && isAlive(pid); tries++) {
    await sleep(50);
  }
  return !isAlive(pid);
}

describe('child processes', () => {
  let processes: Processes;
  beforeEach(() => (processes = new Processes()));
  afterEach(() => processes.stopAll());

  const startSleepers = () => new Promise<number>(resolve => {
    processes.start('sleepers', 'sh', SLEEPERS, { onLine: line => resolve(Number(line)) });
  });

  test('are stopped with all that they started', async () => {
    const pid = await startSleepers();
    expect(isAlive(pid)).toBe(true);
    await processes.stopAll();
    expect(await untilGone(pid)).toBe(true);
  });

  test('that do not end when asked are killed', async () => {
    const ready = new Promise<void>(resolve => {
      processes.start('stubborn', 'sh', ['-c', 'trap "" TERM; echo; while :; do sleep 1; done'], { onLine: () => resolve() });
    });
    await ready;
    await processes.stopAll();
  }, 15_000);

  test('whose leader ends leave nothing behind', async () => {
    const child = await new Promise<number>(resolve => {
      processes.start('leader', 'sh', ['-c', 'sleep 300 >/dev/null 2>&1 & echo $!'], { onLine: line => resolve(Number(line)) });
    });
    expect(await untilGone(child)).toBe(true);
  });

  test('that fail say what they printed', async () => {
    await expect(run(processes, 'the tool', 'sh', ['-c', 'echo out; echo trouble >&2; exit 3'])).rejects.toThrow(/the tool failed \(3\)[^]*out\ntrouble/);
  });

  test('that cannot be started say so', async () => {
    await expect(run(processes, 'the tool', '/no/such/program', [])).rejects.toThrow(/the tool failed \(127\)[^]*ENOENT/);
  });

  test('get nothing of the environment but what is given', async () => {
    expect(await run(processes, 'env', '/usr/bin/env', [], { env: { ONLY: 'this' } })).toBe('ONLY=this');
  });
});

describe('when the run ends', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'processes-'));
    buildSync({ entryPoints: [SOURCE], outfile: join(folder, 'processes.js'), platform: 'node', format: 'cjs', bundle: true });
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test.each([
    ['by an uncaught error', 'setTimeout(() => { throw new Error("boom"); }, 0)', undefined, 1],
    ['by an unhandled rejection', 'Promise.reject(new Error("boom"))', undefined, 1],
    ['by process.exit', 'process.exit(7)', undefined, 7],
    ['by Ctrl-C', 'undefined', 'SIGINT', 130],
    ['by SIGTERM', 'undefined', 'SIGTERM', 143],
  ] as const)('%s, its children end too', async (_, ending, signal, code) => {
    const program = join(folder, 'program.js');
    writeFileSync(program, `
      const { Processes } = require('./processes.js');
      new Processes().start('sleepers', 'sh', ${JSON.stringify(SLEEPERS)}, { onLine: line => { console.log(line); ${ending}; } });`);
    const parent = spawn(process.execPath, [program], { stdio: ['ignore', 'pipe', 'ignore'] });
    const pid = await new Promise<number>(resolve => parent.stdout.once('data', (data: Buffer) => resolve(Number(data.toString()))));
    if (signal) {
      parent.kill(signal);
    }
    const status = await new Promise(resolve => parent.once('close', resolve));
    expect(status).toBe(code);
    expect(await untilGone(pid)).toBe(true);
  }, 15_000);
});
