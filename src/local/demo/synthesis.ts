import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { DemoTask } from './options';
import { DEFAULT_ACCOUNT, DEFAULT_REGION, Emulator, Processes, projectRoot, run, StackArtifact, synthesizeStacks } from '../runner';

const APP = join('examples', 'demo', 'app.ts');
const INSTRUCTIONS = join('examples', 'demo', 'instructions');
const PROCESSING_FOLDER = join('examples', 'demo', 'processing');
const PACKAGE = 'cdk-streaming-labeling';
const WORK_TEAM = `arn:aws:sagemaker:${DEFAULT_REGION}:${DEFAULT_ACCOUNT}:workteam/private-crowd/demo`;

/** Runs esbuild of the clone. */
export async function esbuild(processes: Processes, name: string, args: readonly string[]): Promise<void> {
  await run(processes, name, join(projectRoot(), 'node_modules', '.bin', 'esbuild'), [...args, '--log-level=warning'], { cwd: projectRoot() });
}

/**
 * Synthesizes the demo's app as a user would: the app as it is in `examples`, with the compiled library and nothing else.
 *
 * @param options `processing`: the app whose images a pipeline makes; `task`: what workers do, by default what the app says
 */
export async function synthesizeDemo(
  processes: Processes, emulator: Emulator, { processing, task }: { readonly processing?: boolean; readonly task?: DemoTask } = {},
): Promise<StackArtifact> {
  const root = projectRoot();
  if (!existsSync(join(root, 'lib', 'index.js'))) {
    throw new Error("the library is not compiled: run 'npx projen compile' (npm run demo does it by itself)");
  }
  const folder = mkdtempSync(join(tmpdir(), 'streaming-labeling-'));
  try {
    const app = join(folder, 'app.js');
    await esbuild(processes, 'translating the app', [processing ? join(PROCESSING_FOLDER, 'app.ts') : APP, '--platform=node', '--format=cjs', `--outfile=${app}`]);
    mkdirSync(join(folder, 'packages'));
    symlinkSync(root, join(folder, 'packages', PACKAGE), 'dir');
    const [stack] = await synthesizeStacks(processes, {
      command: [process.execPath, app],
      cwd: folder,
      context: {
        workTeamArn: WORK_TEAM, ...task === undefined ? {} : { task },
        ...processing ? { scripts: join(root, PROCESSING_FOLDER, 'scripts') } : { instructions: join(root, INSTRUCTIONS) },
      },
      env: {
        NODE_PATH: [join(folder, 'packages'), join(root, 'node_modules')].join(':'),
        JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION: '1',
      },
    }, emulator);
    return stack;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
