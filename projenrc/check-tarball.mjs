// Installs the packed npm package and nothing but its peers in an empty folder and synthesizes an app with it: what a user has.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, openSync, readFileSync, readSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  APPS, APP_ENVIRONMENT, NEWEST_CDK, builtPackage, comparableTemplate, fail, keepTemplate, run, temporaryFolder,
} from './packaging.mjs';
import { ASSETS, ROOT } from './stamp.mjs';

/** A package that suddenly doubles has swallowed something. Packed, in MiB: two sharp layers are 17 of it. */
const BUDGET_MIB = 32;

/** Never published. */
const FOREIGN = ['src', 'test', 'projenrc', 'examples', '.projenrc.ts', '.projen', 'tsconfig.json', 'coverage', '.cache', 'dist', 'assets/local'];

const MACHINES = { arm64: 0xb7, x64: 0x3e };

const tarball = builtPackage('js', '.tgz');
const { name, bin, peerDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
const work = temporaryFolder();
const installed = join(work, 'node_modules', name);

function checkSize() {
  const mib = statSync(tarball).size / 2 ** 20;
  if (mib > BUDGET_MIB) {
    fail(`${tarball} has ${mib.toFixed(1)} MiB, more than the budget of ${BUDGET_MIB}: what is in it that was not before?`);
  }
  return mib;
}

function installAlone() {
  writeFileSync(join(work, 'package.json'), JSON.stringify({ private: true }));
  run('npm', [
    'install', '--no-audit', '--no-fund', '--loglevel=error',
    tarball, `aws-cdk-lib@${NEWEST_CDK.npm}`, `constructs@${peerDependencies.constructs}`,
  ], { cwd: work, shell: process.platform === 'win32' });
}

/** Everything built is inside, nothing else is. */
function checkContents() {
  const wanted = ['lib/index.js', 'lib/index.d.ts', '.jsii', 'API.md', 'README.md', 'LICENSE', 'rosetta/default.ts-fixture'];
  for (const file of readdirSync(ASSETS, { recursive: true })) {
    if (String(file).endsWith('index.js') && !/node_modules|^local\b/.test(String(file))) wanted.push(join('assets', String(file)));
  }
  wanted.push(...Object.values(bin));
  const missing = wanted.filter((file) => !existsSync(join(installed, file)));
  if (missing.length > 0) fail(`not in the package: ${missing.join(', ')}`);
  const foreign = FOREIGN.filter((file) => existsSync(join(installed, file)));
  if (foreign.length > 0) fail(`must not be in the package: ${foreign.join(', ')}`);
}

/** A native module of the wrong processor is found by nobody before the first image. */
function checkLayers() {
  for (const [layer, cpu] of Object.entries({ 'sharp-layer-arm64': 'arm64', 'sharp-layer-x86_64': 'x64' })) {
    const folder = join(installed, 'assets', layer, 'nodejs/node_modules/@img', `sharp-linux-${cpu}`, 'lib');
    const binary = existsSync(folder) && readdirSync(folder).find((file) => file.endsWith('.node'));
    if (!binary) fail(`no native module in ${folder}`);
    const header = Buffer.alloc(20);
    readSync(openSync(join(folder, binary)), header, 0, header.length, 0);
    const machine = header.readUInt16LE(18);
    if (machine !== MACHINES[cpu]) fail(`${layer}/${binary} is for machine 0x${machine.toString(16)}, not for ${cpu}`);
  }
}

/** The command line tool runs with nothing else installed, through the name that npx uses. */
function checkCommand() {
  const command = join(work, 'node_modules', '.bin', Object.keys(bin)[0] + (process.platform === 'win32' ? '.cmd' : ''));
  const { status, stdout, stderr } = spawnSync(command, ['--help'], { cwd: work, encoding: 'utf8', shell: process.platform === 'win32' });
  if (status !== 0 || !/status/.test(stdout)) fail(`${command} --help ended with ${status}: ${stderr}`);
  const told = spawnSync(command, ['--version'], { cwd: work, encoding: 'utf8', shell: process.platform === 'win32' });
  const { version } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
  if (told.stdout.trim() !== version) fail(`${command} --version says '${told.stdout.trim()}'; the package is ${version}: ${told.stderr}`);
  const wrong = spawnSync(command, ['status'], { cwd: work, encoding: 'utf8', shell: process.platform === 'win32' });
  if (wrong.status !== 2 || !/--stack/.test(wrong.stderr)) fail(`${command} status ended with ${wrong.status}: ${wrong.stderr}`);
}

const mib = checkSize();
installAlone();
checkContents();
checkLayers();
checkCommand();
cpSync(join(APPS, 'app.js'), join(work, 'app.js'));
run(process.execPath, ['app.js', 'cdk.out'], { cwd: work, env: APP_ENVIRONMENT });
const template = comparableTemplate(join(work, 'cdk.out'));
keepTemplate(template);
console.log(`${mib.toFixed(1)} MiB, ${Object.keys(JSON.parse(template).Resources).length} resources with aws-cdk-lib ${NEWEST_CDK.npm}`);
