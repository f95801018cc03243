// What `npm test` and `npm run demo`, `bench` and `soak` run. Uses nothing but Node, so that it works on a fresh clone:
// it installs the packages of package-lock.json when they are not there, then does what was asked.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runTool } from './run-tool.mjs';
import { ROOT, isUpToDate, markUpToDate } from './stamp.mjs';
import { runSteps } from './steps.mjs';

const DEMO = 'assets/local/demo/index.js';
const DEMO_OPTIONS = 'src/local/demo/options.ts';
const DEMO_HELP = 'src/local/demo/help.txt';
/** Development only: not in the package, and bundled each time. */
const BENCH = 'projenrc/bench.mjs';
const SOAK = 'projenrc/soak.mjs';

const COMMANDS = {
  test: () => runSteps(),
  demo: async (args) => await refuseOptions(args) ?? runLocalTool(DEMO, args),
  bench: (args) => runLocalTool(BENCH, args),
  // Needs nothing that is built: it bundles its own sources.
  soak: (args) => runTool(SOAK, args),
};

function fail(message) {
  console.error(message);
  process.exit(1);
}

function run(command, args, options = {}) {
  return spawnSync(command, args, { cwd: ROOT, encoding: 'utf8', maxBuffer: Infinity, shell: process.platform === 'win32', ...options });
}

function checkNode() {
  const wanted = /\d+(\.\d+)*/.exec(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).engines.node)[0].split('.').map(Number);
  const given = process.versions.node.split('.').map(Number);
  const differs = wanted.findIndex((part, index) => part !== given[index]);
  if (differs >= 0 && given[differs] < wanted[differs]) {
    fail(`Node ${process.versions.node} is too old: this project needs ${wanted.join('.')} or later`);
  }
}

/** npm records in node_modules what it installed; packages added by hand do no harm, missing or different ones do. */
function isInstalled() {
  const record = join(ROOT, 'node_modules/.package-lock.json');
  if (!existsSync(record)) return false;
  const wanted = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')).packages;
  const installed = JSON.parse(readFileSync(record, 'utf8')).packages;
  return Object.entries(wanted).every(([path, { version, integrity, optional }]) => {
    if (path === '') return true;
    const found = installed[path];
    return found ? found.version === version && found.integrity === integrity : Boolean(optional);
  });
}

function install() {
  if (isInstalled()) return;
  console.log('installing the packages of package-lock.json (once, about a minute) ...');
  const npm = run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
  if (npm.status !== 0) fail(`npm ci failed:\n${npm.stdout ?? ''}${npm.stderr ?? npm.error}`);
}

/** Makes `name` again if its sources are newer. */
function buildIfStale(name, task) {
  if (isUpToDate(name)) return;
  console.log(`building: ${task} ...`);
  const start = new Date();
  const projen = run(process.execPath, ['node_modules/projen/bin/projen', task]);
  if (projen.status !== 0) fail(`projen ${task} failed:\n${projen.stdout ?? ''}${projen.stderr ?? projen.error}`);
  markUpToDate(name, start);
}

function runLocalTool(tool, args) {
  buildIfStale('bundle', 'bundle');
  buildIfStale('library', 'compile');
  const layers = run(process.execPath, ['projenrc/sharp-layer/build.mjs']);
  if (layers.status !== 0) fail(layers.stderr);
  if (!existsSync(join(ROOT, tool))) fail(`${tool} was not built: which entry point makes it is listed in projenrc/bundle.mjs`);
  return runTool(tool, args);
}

/** A mistake on the demo's command line is told before anything is built for it. Answers the exit code. */
async function refuseOptions(args) {
  const { buildSync } = await import('esbuild');
  const { outputFiles: [{ text }] } = buildSync({ entryPoints: [DEMO_OPTIONS], bundle: true, write: false, format: 'esm', platform: 'node', logLevel: 'error' });
  const { parseOptions, UsageError } = await import(`data:text/javascript;base64,${Buffer.from(text).toString('base64')}`);
  try {
    parseOptions(args);
    return undefined;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(error.lines.join('\n'));
    return 2;
  }
}

// Ctrl-C reaches the tool that runs, too: it stops what it started, and npm waits for it through us.
process.on('SIGINT', () => {});

const [command, ...args] = process.argv.slice(2);
if (!Object.hasOwn(COMMANDS, command ?? '')) {
  fail(`unknown command "${command ?? ''}": give one of ${Object.keys(COMMANDS).join(', ')}`);
}
checkNode();
process.chdir(ROOT);
if (command === 'demo' && args.includes('--help')) {
  process.stdout.write(readFileSync(DEMO_HELP));
  process.exit();
}
process.env.JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION ??= '1';
install();
process.exitCode = await COMMANDS[command](args);
