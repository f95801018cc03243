import { join } from 'node:path';
import { projectRoot } from '../../src/local/runner';

/** A program of the benchmarks, as `projenrc/bench.mjs` bundles it. */
export function bundled(name: string): string {
  return join(projectRoot(), '.cache', 'bench', `${name}.js`);
}

/** A file that lies beside the sources of the benchmarks. */
export function benchFile(...path: readonly string[]): string {
  return join(projectRoot(), 'test', 'bench', ...path);
}
