import { ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { isPythonMissing } from '../support/emulator';

jest.setTimeout(240_000);

const ROOT = join(__dirname, '../..');
const COMMAND = join(ROOT, '.cache', `demo-command-${process.pid}`, 'index.js');

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The demo as `npm run demo` runs it. */
describe('the command', () => {
  let temporary: string;
  let output: string;

  beforeAll(() => {
    buildSync({
      absWorkingDir: ROOT, entryPoints: ['src/local/demo/main.ts'], outfile: COMMAND, bundle: true, platform: 'node', format: 'cjs',
      target: 'node20', mainFields: ['module', 'main'], external: ['sharp'],
    });
  });

  afterAll(() => rmSync(join(COMMAND, '..'), { recursive: true, force: true }));

  beforeEach(() => {
    temporary = mkdtempSync(join(tmpdir(), 'demo-command-'));
    output = join(temporary, 'output');
    mkdirSync(join(temporary, 'tmp'));
  });

  afterEach(() => rmSync(temporary, { recursive: true, force: true }));

  function demo(args: readonly string[], watch: (child: ChildProcess, stdout: string) => void = () => undefined): Promise<Ended> {
    return new Promise((resolve) => {
      const child = spawn(process.execPath, [COMMAND, ...args], { cwd: ROOT, env: { ...process.env, TMPDIR: join(temporary, 'tmp') } });
      const printed = { stdout: '', stderr: '' };
      child.stdout.on('data', (data: Buffer) => {
        printed.stdout += data.toString();
        watch(child, printed.stdout);
      });
      child.stderr.on('data', (data: Buffer) => {
        printed.stderr += data.toString();
      });
      child.once('close', (code) => resolve({ code, ...printed }));
    });
  }

  /** Nobody works in the run's temporary folder any more, and it is gone. */
  function expectNothingLeft(): void {
    expect(readdirSync(join(temporary, 'tmp'))).toEqual([]);
    if (!existsSync('/proc/self/environ')) {
      return;
    }
    const left = readdirSync('/proc').filter((id) => /^\d+$/.test(id)).filter((id) => {
      try {
        return readFileSync(`/proc/${id}/environ`, 'utf8').includes(temporary);
      } catch {
        return false; // it ended meanwhile
      }
    });
    expect(left).toEqual([]);
  }

  const lastLine = ({ stdout }: Ended): string | undefined => stdout.trimEnd().split('\n').at(-1);

  test('--help', async () => {
    const ended = await demo(['--help']);
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(ended.stdout).toMatch(/^Usage: npm run demo/);
  });

  test('an unknown option', async () => {
    const ended = await demo(['--sabotage', 'explode']);
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toMatch(/^demo: --sabotage is "explode"; allowed are forget, resend\n/);
  });

  (isPythonMissing() ? describe.skip : describe)('with Python', () => {
    test('--sabotage forget: what is dropped while no job runs is lost, and the demo says so', async () => {
      const ended = await demo(['--sabotage', 'forget', '--output', output]);
      expect(lastLine(ended)).toMatch(/^demo: dropped=20 labeled=\d+ quarantined=3 duplicates=1 jobs=2 lost=[1-9]\d* double=0$/);
      expect(ended).toMatchObject({ code: 1, stderr: '' });
      for (const late of ['sky/hubble-deep-field.jpg', 'sky/rocket.jpg', 'textures/outdoor/grass.jpg']) {
        expect(ended.stdout).toContain(`lost: ${late}: no worker was ever shown it`);
      }
      expect(readFileSync(join(output, 'report.html'), 'utf8')).toContain('the intake forgets what is dropped while no job runs');
      expect(readFileSync(join(output, 'data-set', 'output.manifest'), 'utf8').split('\n').length).toBeGreaterThan(9);
      expectNothingLeft();
    });

    test('--sabotage resend: workers are paid twice, and the demo says so', async () => {
      const ended = await demo(['--sabotage', 'resend', '--expiry', 'completed', '--output', output]);
      expect(lastLine(ended)).toMatch(/^demo: dropped=20 labeled=\d+ quarantined=3 duplicates=1 jobs=2 lost=\d+ double=[1-9]\d*$/);
      expect(ended).toMatchObject({ code: 1, stderr: '' });
      expect(ended.stdout).toContain('workers were paid for it 2 times');
      expectNothingLeft();
    });

    test('Ctrl-C stops everything', async () => {
      let isInterrupted = false;
      const ended = await demo(['--output', output], (child, stdout) => {
        if (!isInterrupted && stdout.includes('drop   ')) {
          isInterrupted = true;
          child.kill('SIGINT');
        }
      });
      expect(ended.code).toBe(130);
      expect(ended.stderr.trim()).toBe('demo: stopping ...');
      expectNothingLeft();
    });
  });
});
