// Bundles the benchmarks of test/bench into .cache/bench, which is never published, and runs them.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { ROOT } from './stamp.mjs';

const TARGET = 'node20';
const OUT = '.cache/bench';

/** The programs: what measures, and what is measured in a process of its own. */
const PROGRAMS = {
  'main': 'test/bench/main.ts',
  'image-worker': 'test/bench/images/image-worker.ts',
  'core-worker': 'test/bench/core/core-worker.ts',
  'scale-worker': 'test/bench/scale/scale-worker.ts',
};

/** The simulator knows requests by the names of their classes. */
const NAMED_PROGRAMS = {
  'drops-worker': 'test/bench/drops/drops-worker.ts',
  'functions-thread': 'test/bench/drops/functions-thread.ts',
};

/** An app that is deployed. It finds the library as an app of the clone does, by its compiled files. */
const APP = { app: 'test/bench/latency/app.ts' };

const options = { absWorkingDir: ROOT, outdir: OUT, bundle: true, platform: 'node', format: 'cjs', target: TARGET, logLevel: 'warning' };

const compiledLibrary = {
  name: 'compiled library',
  setup: (bundle) => bundle.onResolve({ filter: /^cdk-streaming-labeling$/ }, () => ({ path: '../../lib/index.js', external: true })),
};

const programs = { ...options, mainFields: ['module', 'main'], loader: { '.html': 'text' }, external: ['sharp'] };

await Promise.all([
  build({ ...programs, entryPoints: PROGRAMS }),
  build({ ...programs, entryPoints: NAMED_PROGRAMS, keepNames: true }),
  build({ ...options, entryPoints: APP, external: ['aws-cdk-lib', 'constructs'], plugins: [compiledLibrary] }),
]);
await import(pathToFileURL(join(ROOT, OUT, 'main.js')));
