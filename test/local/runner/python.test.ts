import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { Processes } from '../../../src/local/runner/processes';
import { pythonEnvironment } from '../../../src/local/runner/python';

describe('the Python environment', () => {
  const processes = new Processes();
  let cache: string;
  beforeEach(() => (cache = mkdtempSync(join(tmpdir(), 'python-'))));
  afterEach(() => rmSync(cache, { recursive: true }));
  afterAll(() => processes.stopAll());

  const program = (name: string, text: string) => {
    const path = join(cache, name);
    writeFileSync(path, `#!/bin/sh\n${text}\n`);
    chmodSync(path, 0o755);
    return path;
  };
  const requirements = (text: string) => {
    const path = join(cache, 'requirements.txt');
    writeFileSync(path, text);
    return path;
  };

  test('without any Python: says what is needed, and how to name one', async () => {
    await expect(pythonEnvironment({ processes, cache, env: { PATH: cache } }))
      .rejects.toThrow(/needs Python 3\.10 or later.*none of python3, .* runs.*Install Python.*PYTHON=/);
  });

  test('with one that is too old, and one that a version manager left behind: says which', async () => {
    program('python3', 'echo 3.8.18');
    program('python3.13', 'echo "not installed" >&2; exit 127');
    await expect(pythonEnvironment({ processes, cache, env: { PATH: cache } })).rejects.toThrow(/python3 is 3\.8\.18/);
  });

  test('uses the Python that is named', async () => {
    await expect(pythonEnvironment({ processes, cache, env: { ...process.env, PYTHON: '/no/python' } })).rejects.toThrow(/none of \/no\/python runs/);
  });

  test('is made once for the same requirements', async () => {
    const lines: string[] = [];
    const options = { processes, cache, requirements: requirements('# nothing\n'), progress: (line: string) => lines.push(line) };
    const python = await pythonEnvironment(options);
    const made = statSync(python).ctimeMs;
    expect(await pythonEnvironment(options)).toBe(python);
    expect(statSync(python).ctimeMs).toBe(made);
    expect(lines).toHaveLength(1);
    expect(existsSync(python)).toBe(true);
  }, 60_000);

  test('leaves nothing behind when packages cannot be installed, and says why', async () => {
    const options = { processes, cache, requirements: requirements('./no-such-folder\n') };
    await expect(pythonEnvironment(options)).rejects.toThrow(/installing Python packages failed[^]*no-such-folder[^]*PyPI/);
    expect(readdirSync(cache)).toEqual(['requirements.txt']);
  }, 60_000);
});
