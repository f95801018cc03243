// Bundles everything that does not run at synth into assets/, so that a user of the package needs neither esbuild nor Docker.
// The same sources give the same bytes, and a file that does not change is not touched.
import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { build } from 'esbuild';
import { ASSETS, ROOT } from './stamp.mjs';

/** Lambda is newer, but the emulator runs the functions on the developer's own Node. */
const TARGET = 'node20';

/** Every `src/runtime/<folder>/<name>.lambda.ts` becomes the function `assets/<name>`. */
const LAMBDA_SUFFIX = '.lambda.ts';

/** What sources know as a constant of this name: a bundle may run where there is no package around it. */
const CONSTANTS = { PACKAGE_VERSION: JSON.stringify(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).version) };

/** The other entry points: source -> folder in assets/. */
const TOOLS = {
  'src/local/synthesis.ts': 'lint',
  'src/cli/main.ts': 'cli',
  'src/local/demo/main.ts': 'local/demo',
};

/** What runs in a browser: source -> folder in assets/. */
const PAGES = {
  'src/local/crowd/index.ts': 'crowd',
  'src/local/preview/page/index.ts': 'preview',
  'src/local/pages/portal/index.ts': 'local/portal',
  'src/local/pages/console/index.ts': 'local/console',
};

/** Browsers of the last two years: they know `light-dark()`. */
const BROWSERS = ['chrome123', 'firefox120', 'safari17.5'];

/** Written by others: never removed here. */
const KEPT = /^sharp-layer-/;

const NOTICES = 'THIRD-PARTY-LICENSES.txt';

const toPosix = (path) => path.replaceAll('\\', '/');

function filesBelow(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => toPosix(join(entry.parentPath ?? entry.path, entry.name)))
    .sort();
}

function entryPoints() {
  const entries = filesBelow(join(ROOT, 'src/runtime'))
    .filter((file) => file.endsWith(LAMBDA_SUFFIX))
    .map((file) => ({ source: toPosix(relative(ROOT, file)), folder: basename(file, LAMBDA_SUFFIX) }));
  for (const [source, folder] of Object.entries({ ...TOOLS, ...PAGES })) {
    entries.push({ source, folder, browser: source in PAGES });
  }
  const taken = new Map();
  for (const { source, folder } of entries) {
    if (taken.has(folder)) throw new Error(`${source} and ${taken.get(folder)} would both become assets/${folder}: rename one of them`);
    taken.set(folder, source);
  }
  return entries;
}

async function bundle({ source, folder, browser = false }) {
  const result = await build({
    absWorkingDir: ROOT,
    entryPoints: [source],
    outfile: `assets/${folder}/index.js`,
    bundle: true,
    write: false,
    metafile: true,
    ...browser ? { platform: 'browser', format: 'iife', target: BROWSERS } : { platform: 'node', format: 'cjs', target: TARGET },
    mainFields: ['module', 'main'],
    minify: true,
    keepNames: !browser,
    charset: 'utf8',
    legalComments: 'none', // all licences are in one file, see notices()
    loader: { '.html': 'text', '.css': 'text' },
    define: CONSTANTS,
    external: ['sharp'],
    banner: folder === 'cli' ? { js: '#!/usr/bin/env node' } : {},
    logLevel: 'warning',
  });
  return {
    file: `${folder}/index.js`,
    contents: Buffer.from(result.outputFiles[0].contents),
    inputs: Object.keys(result.metafile.inputs),
  };
}

/** The licences of the packages whose code is inside the bundles; most of them ask for that. */
function notices(inputs) {
  const folders = new Set();
  for (const input of inputs) {
    const folder = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1];
    if (folder) folders.add(folder);
  }
  const texts = new Map();
  for (const folder of folders) {
    const { name, version, license } = JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8'));
    const file = readdirSync(join(ROOT, folder)).sort().find((entry) => /^(licen[cs]e|copying)/i.test(entry));
    const text = file ? readFileSync(join(ROOT, folder, file), 'utf8').replaceAll('\r\n', '\n').trim() : `Licence: ${license}`;
    texts.set(text, [...texts.get(text) ?? [], `${name}@${version} (${license})`]);
  }
  const sections = [...texts].map(([text, packages]) => `${[...new Set(packages)].sort().join('\n')}\n\n${text}\n`);
  return Buffer.from(`The bundles beside this file contain code of these packages.\n\n${sections.sort().join(`\n${'-'.repeat(80)}\n\n`)}`);
}

function writeIfChanged(file, contents) {
  const path = join(ASSETS, file);
  if (existsSync(path) && readFileSync(path).equals(contents)) return;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, contents);
}

function removeAllBut(wanted) {
  for (const path of filesBelow(ASSETS)) {
    const file = toPosix(relative(ASSETS, path));
    if (!wanted.has(file) && !KEPT.test(file)) rmSync(path);
  }
  for (const entry of readdirSync(ASSETS, { withFileTypes: true })) {
    const folder = join(ASSETS, entry.name);
    if (entry.isDirectory() && filesBelow(folder).length === 0) rmSync(folder, { recursive: true });
  }
}

mkdirSync(ASSETS, { recursive: true });
const bundles = await Promise.all(entryPoints().map(bundle));
const files = new Map(bundles.map(({ file, contents }) => [file, contents]));
files.set(NOTICES, notices(bundles.flatMap(({ inputs }) => inputs).sort()));
for (const [file, contents] of files) writeIfChanged(file, contents);
chmodSync(join(ASSETS, 'cli/index.js'), 0o755);
removeAllBut(new Set(files.keys()));
for (const { file, contents } of bundles) console.log(`assets/${file}  ${Math.ceil(contents.length / 1024)} KiB`);
