// Bundles the histories of test/soak into .cache/soak, which is never published, and tells them. With --mutants: with mistakes in the
// product, each of which they must notice.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { ROOT } from './stamp.mjs';

const OUT = '.cache/soak/main.js';

if (process.argv.includes('--mutants')) {
  const jest = [join(ROOT, 'node_modules/jest/bin/jest.js'), '--maxWorkers=1', '--coverage=false', 'test/soak/mutants.test.ts'];
  const { status } = spawnSync(process.execPath, jest, { cwd: ROOT, stdio: 'inherit', env: { ...process.env, SOAK_MUTANTS: '1' } });
  process.exit(status ?? 1);
}
await build({
  absWorkingDir: ROOT, entryPoints: ['test/soak/main.ts'], outfile: OUT, bundle: true, platform: 'node', format: 'cjs', target: 'node20',
  mainFields: ['module', 'main'], external: ['sharp'], sourcemap: true, logLevel: 'warning',
});
await import(pathToFileURL(join(ROOT, OUT)));
