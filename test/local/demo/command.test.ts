import { ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HELP_FILE } from '../../../src/local/demo/options';

const ROOT = join(__dirname, '../../..');
const bootstrap = (...args: string[]): ReturnType<typeof spawnSync> => spawnSync(process.execPath, ['projenrc/bootstrap.mjs', ...args], { cwd: ROOT, encoding: 'utf8' });

describe('npm run demo, before anything is installed or built', () => {
  test('prints its help', () => {
    expect(bootstrap('demo', '--by-hand', '--help')).toMatchObject({ status: 0, stdout: readFileSync(join(ROOT, HELP_FILE), 'utf8'), stderr: '' });
  });

  test('refuses a wrong option, and says what was probably meant', () => {
    const { status, stdout, stderr } = bootstrap('demo', '--sabotge', 'forget');
    expect([status, String(stdout).includes('building'), stderr]).toEqual([
      2, false, 'demo: unknown option "--sabotge"; did you mean --sabotage?\nnpm run demo -- --help tells more\n',
    ]);
  });
});

describe('a tool that npm runs', () => {
  let folder: string;
  beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'tool-')); });
  afterEach(() => rmSync(folder, { recursive: true }));

  function run(script: string, onReady: (child: ChildProcess) => void = () => undefined): Promise<{ code: number | null; stderr: string }> {
    const tool = join(folder, 'tool.js');
    writeFileSync(tool, script);
    return new Promise((resolve) => {
      const child = spawn(process.execPath, ['--input-type=module', '-e',
        `import { runTool } from ${JSON.stringify(join(ROOT, 'projenrc/run-tool.mjs'))}; process.exitCode = await runTool(${JSON.stringify(tool)}, []);`]);
      let stderr = '';
      child.stderr.on('data', (data: Buffer) => { stderr += data.toString(); });
      child.stdout.once('data', () => onReady(child));
      child.once('close', (code) => resolve({ code, stderr }));
    });
  }

  test('ends with its own code', async () => {
    expect(await run('process.exit(3)')).toEqual({ code: 3, stderr: '' });
  });

  test('is not silent when it is killed', async () => {
    const { code, stderr } = await run("process.kill(process.pid, 'SIGKILL')");
    expect(code).toBe(137);
    expect(stderr).toContain('was ended by SIGKILL, from outside or because memory ran out, and did not finish.');
  });

  test('is told of a signal that npm alone gets, and tidies up', async () => {
    const script = "process.on('SIGTERM', () => { console.error('tidy'); process.exit(143); }); setInterval(() => undefined, 1000); console.log('ready');";
    expect(await run(script, (child) => child.kill('SIGTERM'))).toEqual({ code: 143, stderr: 'tidy\n' });
  });
});
