import { spawnSync } from 'node:child_process';
import { Connection } from '../../src/local/runner/aws';
import { Emulator } from '../../src/local/runner/emulator';
import { Processes } from '../../src/local/runner/processes';
import { PYTHON_VARIABLE, pythonEnvironment } from '../../src/local/runner/python';

/** Whether no Python runs here, so that tests against the emulator cannot. Nothing else is a reason to leave them out. */
export function isPythonMissing(): boolean {
  const candidates = [process.env[PYTHON_VARIABLE] ?? '', 'python3', 'python'].filter((command) => command !== '');
  return candidates.every((command) => spawnSync(command, ['-c', 'import sys; sys.exit(sys.version_info < (3, 10))']).status !== 0);
}

export interface StartedEmulator {
  readonly connection: Connection;
  stop(): Promise<void>;
}

/** Starts the AWS emulator of the local run, without its access control. The first time this installs it. */
export async function startEmulator(): Promise<StartedEmulator> {
  const processes = new Processes();
  try {
    const python = await pythonEnvironment({ processes });
    const emulator = await Emulator.start({ processes, python, region: 'us-east-1', account: '111122223333', enforceIam: false });
    return {
      connection: emulator.connection,
      stop: async () => {
        await emulator.stop();
        await processes.stopAll();
      },
    };
  } catch (error) {
    await processes.stopAll();
    throw error;
  }
}
