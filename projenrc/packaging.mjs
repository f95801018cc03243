// What the two package checks share: which CDK they install beside the package, the app, and how its result is compared.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from './stamp.mjs';

/** The newest releases that the packages are checked with; the build itself uses the oldest that is allowed. */
export const NEWEST_CDK = { npm: '2.276.0', python: '2.275.0' };

/** A folder with app.js and app.py, the same app twice; another may be given as argument. */
export const APPS = process.argv[2] ?? join(ROOT, 'test/packaging');

/** Where the npm check leaves its template for the Python check. */
export const NPM_TEMPLATE = join(ROOT, '.cache/packaging/npm.template.json');

/** Ends the check; lines of minified code, which stack traces quote, are cut. */
export function fail(message) {
  console.error(message.split('\n').map((line) => line.slice(0, 500)).join('\n'));
  process.exit(1);
}

/** The only package of this kind in dist/. */
export function builtPackage(folder, suffix) {
  const path = join(ROOT, 'dist', folder);
  const found = existsSync(path) ? readdirSync(path).filter((file) => file.endsWith(suffix)) : [];
  if (found.length !== 1) fail(`expected one *${suffix} in dist/${folder}, found ${found.length}: run "npx projen package:${folder}"`);
  return join(path, found[0]);
}

export function run(command, args, options = {}) {
  const result = spawnSync(command, args, { encoding: 'utf8', maxBuffer: Infinity, ...options });
  if (result.status !== 0) fail(`${command} ${args.join(' ')} failed:\n${result.stdout ?? ''}${result.stderr ?? result.error}`);
  return result.stdout;
}

/** Outside the repository, whose node_modules would otherwise be found; removed at the end. */
export function temporaryFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'cdk-streaming-labeling-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The context of the apps: cdk.json's place is taken by this variable. Template faults are errors. */
export const APP_ENVIRONMENT = {
  ...process.env,
  NODE_PATH: '',
  JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION: '1',
  CDK_CONTEXT_JSON: JSON.stringify({
    '@aws-cdk/core:validateAgainstDefaultRules': true,
    'aws:cdk:version-reporting': false,
    'aws:cdk:disable-version-reporting': true,
  }),
};

/** The only template in a cloud assembly, without what differs between two runs of the same app: hashes and metadata. */
export function comparableTemplate(assembly) {
  const names = readdirSync(assembly).filter((file) => file.endsWith('.template.json'));
  if (names.length !== 1) fail(`expected one template in ${assembly}, found: ${names.join(', ') || 'none'}`);
  const template = JSON.parse(readFileSync(join(assembly, names[0]), 'utf8'), (key, value) => {
    if (key === 'Metadata') return undefined;
    return typeof value === 'string' ? value.replace(/[0-9a-f]{64}/g, '<hash>') : value;
  });
  delete template.Resources?.CDKMetadata;
  delete template.Conditions?.CDKMetadataAvailable;
  if (Object.keys(template.Resources ?? {}).length === 0) fail(`${join(assembly, names[0])} has no resources`);
  return `${JSON.stringify(template, null, 2)}\n`;
}

export function keepTemplate(text) {
  mkdirSync(join(NPM_TEMPLATE, '..'), { recursive: true });
  writeFileSync(NPM_TEMPLATE, text);
}
