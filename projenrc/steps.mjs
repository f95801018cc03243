// The steps of `npm test`, two at once where they can. A step that fails does not hide the others, except those that build upon it.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './stamp.mjs';

const JEST_REPORT = '.cache/jest.json';

/** How much of a failed step's output is shown. */
const LINES_SHOWN = 200;

const AT_ONCE = 2;

/**
 * name; projen task with its arguments, or a function that throws; the steps without which it makes no sense.
 * A step that is `alone` has the machine for itself: all before it are over, none after it has begun. A `live` step writes to the
 * terminal while it runs.
 */
const STEPS = [
  { name: 'generated files', run: checkGeneratedFiles, alone: true },
  { name: 'lint', task: ['eslint'] },
  { name: 'bundles', task: ['bundle'] },
  { name: 'sharp layers', task: ['sharp-layer'] },
  { name: 'compile', task: ['compile'] },
  { name: 'types', task: ['types'] },
  { name: 'API.md', run: checkApiDocument, needs: ['compile'] },
  { name: 'examples in the documentation', task: ['rosetta'], needs: ['compile'] },
  { name: 'tests', task: ['test:full', '--json', `--outputFile=${JEST_REPORT}`], live: true, alone: true, needs: ['bundles', 'sharp layers', 'compile'] },
  { name: 'npm package', task: ['package:js'], needs: ['bundles', 'sharp layers', 'compile'] },
  { name: 'app with the npm package alone', task: ['check:tarball'], needs: ['npm package'] },
  { name: 'Python package', task: ['package:python'], needs: ['bundles', 'sharp layers', 'compile'] },
  { name: 'app with the Python package alone', task: ['check:wheel'], needs: ['Python package', 'app with the npm package alone'] },
];

function projen(task, { live = false, env = {} } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['node_modules/projen/bin/projen', ...task], {
      cwd: ROOT,
      env: { ...process.env, ...env },
      stdio: ['ignore', live ? 'inherit' : 'pipe', live ? 'inherit' : 'pipe'],
    });
    const output = [];
    child.stdout?.on('data', (chunk) => output.push(chunk));
    child.stderr?.on('data', (chunk) => output.push(chunk));
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (code === 0) return resolve();
      const lines = Buffer.concat(output).toString().trimEnd().split('\n').slice(-LINES_SHOWN);
      reject(new Error([...lines, `projen ${task.join(' ')} ended with ${signal ?? code}`].join('\n').trim()));
    });
  });
}

function hashOf(file) {
  const path = join(ROOT, file);
  return existsSync(path) ? createHash('sha256').update(readFileSync(path)).digest('hex') : 'missing';
}

/** Whether the files that projen generates are those that .projenrc.ts describes. */
async function checkGeneratedFiles() {
  const { files } = JSON.parse(readFileSync(join(ROOT, '.projen/files.json'), 'utf8'));
  const before = new Map(files.map((file) => [file, hashOf(file)]));
  await projen(['default'], { env: { PROJEN_DISABLE_POST: 'true' } });
  const changed = files.filter((file) => hashOf(file) !== before.get(file));
  if (changed.length > 0) throw new Error(`not as .projenrc.ts says: ${changed.join(', ')}. They are now; commit them.`);
}

/** API.md is committed: it shows what a change does to the public interface. */
async function checkApiDocument() {
  const before = hashOf('API.md');
  await projen(['docgen']);
  if (hashOf('API.md') !== before) throw new Error('API.md was not up to date. It is now; commit it.');
}

function jestCounts() {
  const report = join(ROOT, JEST_REPORT);
  if (!existsSync(report)) return { passed: 0, failed: 0, skipped: 0 };
  const { numPassedTests, numFailedTests, numPendingTests, numRuntimeErrorTestSuites } = JSON.parse(readFileSync(report, 'utf8'));
  return { passed: numPassedTests, failed: numFailedTests + numRuntimeErrorTestSuites, skipped: numPendingTests };
}

async function runStep(step, failed) {
  const missing = (step.needs ?? []).filter((name) => failed.has(name));
  if (missing.length > 0) {
    console.log(`--- ${step.name}: not run, it needs: ${missing.join(', ')}`);
    failed.set(step.name, 'not run');
    return;
  }
  console.log(`--- ${step.name}`);
  const start = process.hrtime.bigint();
  let result = 'ok';
  try {
    await (step.run ?? (() => projen(step.task, step)))();
  } catch (error) {
    console.error(error.message);
    failed.set(step.name, 'failed');
    result = 'FAILED';
  }
  console.log(`    ${step.name}: ${result}, ${(Number(process.hrtime.bigint() - start) / 1e9).toFixed(1)} s`);
}

/** The step that may begin now: none overtakes one that is to be alone. */
function nextOf(waiting, over, running) {
  const [first] = waiting;
  if (first === undefined || running.size >= AT_ONCE) return undefined;
  if (first.alone) return running.size === 0 ? first : undefined;
  const barrier = waiting.findIndex(({ alone }) => alone);
  return waiting.slice(0, barrier < 0 ? waiting.length : barrier).find(({ needs = [] }) => needs.every((name) => over.has(name)));
}

/** Runs all steps; resolves to the exit code. */
export async function runSteps() {
  mkdirSync(join(ROOT, '.cache'), { recursive: true });
  rmSync(join(ROOT, JEST_REPORT), { force: true });
  const failed = new Map();
  const over = new Set();
  const running = new Map();
  const waiting = [...STEPS];
  while (waiting.length + running.size > 0) {
    const next = nextOf(waiting, over, running);
    if (next === undefined) {
      await Promise.race(running.values());
      continue;
    }
    waiting.splice(waiting.indexOf(next), 1);
    running.set(next, runStep(next, failed).then(() => {
      running.delete(next);
      over.add(next.name);
    }));
    if (next.alone) await running.get(next);
  }

  const tests = jestCounts();
  for (const [name, how] of failed) console.log(`${how}: ${name}`);
  console.log(`${tests.passed + STEPS.length - failed.size} passed, ${tests.failed + failed.size} failed${tests.skipped > 0 ? `, ${tests.skipped} skipped` : ''}`);
  return failed.size === 0 && tests.failed === 0 ? 0 : 1;
}
