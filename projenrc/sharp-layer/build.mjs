// Makes the two Lambda layers with sharp: nothing but `npm ci` from the committed lock file, for a foreign platform, without
// Docker and without running anybody's install script. A layer that was made from the same lock file is kept.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const HERE = dirname(fileURLToPath(import.meta.url));
const ASSETS = join(HERE, '../../assets');

/** Lambda's name of the architecture -> npm's. */
const ARCHITECTURES = { arm64: 'arm64', x86_64: 'x64' };

const INPUTS = ['package.json', 'package-lock.json'];
const hash = INPUTS.reduce((sum, file) => sum.update(readFileSync(join(HERE, file))), createHash('sha256')).digest('hex');

for (const [architecture, cpu] of Object.entries(ARCHITECTURES)) {
  const name = `sharp-layer-${architecture}`;
  const layer = join(ASSETS, name);
  const madeFrom = `${layer}.lock-hash`;
  const binaries = join(layer, `nodejs/node_modules/@img/sharp-linux-${cpu}`);
  if (existsSync(binaries) && existsSync(madeFrom) && readFileSync(madeFrom, 'utf8') === hash) {
    console.log(`assets/${name}  is there`);
    continue;
  }

  mkdirSync(ASSETS, { recursive: true });
  const work = mkdtempSync(join(ASSETS, `${name}-`));
  try {
    const nodejs = join(work, 'nodejs');
    mkdirSync(nodejs);
    INPUTS.forEach((file) => cpSync(join(HERE, file), join(nodejs, file)));
    const npm = spawnSync('npm', [
      'ci', '--os=linux', `--cpu=${cpu}`, '--libc=glibc', '--ignore-scripts', '--no-bin-links', '--no-audit', '--no-fund',
    ], { cwd: nodejs, encoding: 'utf8', shell: process.platform === 'win32' });
    if (npm.status !== 0) throw new Error(`npm ci for ${name} failed:\n${npm.stdout ?? ''}${npm.stderr ?? npm.error}`);
    INPUTS.forEach((file) => rmSync(join(nodejs, file)));
    rmSync(join(nodejs, 'node_modules/.package-lock.json'), { force: true });
    if (!existsSync(join(nodejs, `node_modules/@img/sharp-linux-${cpu}`))) {
      throw new Error(`npm ci for ${name} left out @img/sharp-linux-${cpu}: is it in ${HERE}/package-lock.json?`);
    }
    rmSync(layer, { recursive: true, force: true });
    renameSync(work, layer);
    writeFileSync(madeFrom, hash);
    console.log(`assets/${name}  made`);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
