// Bundles the histories of test/soak into .cache/soak, which is never published, and tells them.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { ROOT } from './stamp.mjs';

const OUT = '.cache/soak/main.js';

await build({
  absWorkingDir: ROOT, entryPoints: ['test/soak/main.ts'], outfile: OUT, bundle: true, platform: 'node', format: 'cjs', target: 'node20',
  mainFields: ['module', 'main'], external: ['sharp'], sourcemap: true, logLevel: 'warning',
});
await import(pathToFileURL(join(ROOT, OUT)));
