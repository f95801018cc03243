import { createHash } from 'crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'fs';
import { join } from 'path';
import { Processes, run } from './processes';
import { cacheFolder, runnerFile } from './project-files';

/** Oldest Python that the emulator runs on. */
const OLDEST: readonly [number, number] = [3, 10];

const CANDIDATES = ['python3', 'python3.13', 'python3.12', 'python3.11', 'python3.10', 'python'];

/** Set it to use a certain Python. */
export const PYTHON_VARIABLE = 'PYTHON';

export interface PythonOptions {
  readonly processes: Processes;
  /** Folder for the environment. Default: `.cache` of the project. */
  readonly cache?: string;
  /** Default: `requirements.txt` of the runner. */
  readonly requirements?: string;
  /** Where Python is searched for. Default: the environment of this process. */
  readonly env?: NodeJS.ProcessEnv;
  /** Told, in one line each, what takes long. Default: nobody. */
  readonly progress?: (line: string) => void;
}

/**
 * Makes a private Python environment with the pinned requirements, or finds the one that an earlier run made.
 *
 * @returns the path of its Python.
 * @throws Error, with the remedy, when there is no suitable Python or the packages cannot be installed.
 */
export async function pythonEnvironment(options: PythonOptions): Promise<string> {
  const { processes, env = process.env, progress = () => undefined } = options;
  const requirements = options.requirements ?? runnerFile('requirements.txt');
  const { command, version } = await findPython(processes, env);
  const id = createHash('sha256').update(readFileSync(requirements)).update(version).digest('hex').slice(0, 12);
  const cache = options.cache ?? cacheFolder();
  const folder = join(cache, `python-${id}`);
  const python = join(folder, 'bin', 'python');
  if (existsSync(python)) {
    return python;
  }
  progress(`installing the AWS emulator into ${folder} (once, about half a minute) ...`);
  mkdirSync(cache, { recursive: true });
  const making = mkdtempSync(join(cache, 'python-'));
  try {
    await run(processes, 'making a Python environment', command, ['-m', 'venv', making], { env })
      .catch(error => fail(error, 'On Debian and Ubuntu: apt install python3-venv'));
    await run(processes, 'installing Python packages', join(making, 'bin', 'python'), [
      '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--requirement', requirements,
    ], { env }).catch(error => fail(error, 'pip needs access to PyPI or to a mirror of it (PIP_INDEX_URL)'));
    moveInto(making, folder, python);
  } finally {
    rmSync(making, { recursive: true, force: true });
  }
  return python;
}

/** A complete environment only, so that a run that was broken off leaves nothing half made; another run may have been faster. */
function moveInto(making: string, folder: string, python: string): void {
  if (!existsSync(python)) {
    rmSync(folder, { recursive: true, force: true });
    renameSync(making, folder);
  }
}

/** The first suitable Python. It must really run: version managers leave commands behind that do not. */
async function findPython(processes: Processes, env: NodeJS.ProcessEnv): Promise<{ command: string; version: string }> {
  const wanted = env[PYTHON_VARIABLE];
  const seen: string[] = [];
  for (const command of wanted ? [wanted] : CANDIDATES) {
    const script = 'import platform; print(platform.python_version())';
    const version = await run(processes, 'asking for the version', command, ['-c', script], { env }).catch(() => undefined);
    if (version === undefined) {
      continue;
    }
    const [major, minor] = version.split('.').map(Number);
    if (major === OLDEST[0] && minor >= OLDEST[1]) {
      return { command, version };
    }
    seen.push(`${command} is ${version}`);
  }
  const found = seen.length > 0 ? seen.join(', ') : `none of ${(wanted ? [wanted] : CANDIDATES).join(', ')} runs`;
  throw new Error(
    `The local run needs Python ${OLDEST.join('.')} or later for the AWS emulator; ${found}. `
    + `Install Python (https://www.python.org/downloads/), or name one: ${PYTHON_VARIABLE}=/path/to/python3`);
}

function fail(error: Error, remedy: string): never {
  throw new Error(`${error.message}\n${remedy}`);
}
