// Says whether what was built from src/ is still newer than everything that it was built from. Comparing times is enough for the
// local tools, which only want to skip needless work; `npm test` always builds.
import { mkdirSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
export const ASSETS = join(ROOT, 'assets');

/** What a build result depends on, and what it made (which must still be there). */
const BUILDS = {
  bundle: { sources: ['src', 'projenrc', 'package.json', 'package-lock.json'], results: ['assets'] },
  library: { sources: ['src', 'tsconfig.json', 'package-lock.json'], results: ['lib/index.js', '.jsii'] },
};

const stampOf = (name) => join(ROOT, '.cache', `${name}.stamp`);

/** Folders count too: removing a file changes only its folder's time. */
function newestChange(path) {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(stat.mtimeMs, ...readdirSync(path).map((entry) => newestChange(join(path, entry))));
}

export function isUpToDate(name) {
  const { sources, results } = BUILDS[name];
  const stamp = statSync(stampOf(name), { throwIfNoEntry: false });
  if (!stamp) return false;
  if (!results.every((result) => statSync(join(ROOT, result), { throwIfNoEntry: false }))) return false;
  return sources.every((source) => newestChange(join(ROOT, source)) < stamp.mtimeMs);
}

/** `start` is when the build began: what changed during the build is newer than its result. */
export function markUpToDate(name, start) {
  mkdirSync(dirname(stampOf(name)), { recursive: true });
  writeFileSync(stampOf(name), '');
  utimesSync(stampOf(name), start, start);
}
