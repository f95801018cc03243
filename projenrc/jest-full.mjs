// The full run: jest's configuration of package.json, with the coverage that the runtime must reach.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './stamp.mjs';

/** What runs for months in somebody's account. To count the rest too takes the tests a third longer. */
const RUNTIME = './src/runtime/';
const LINES_PERCENT = 90;

export default {
  ...JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).jest,
  rootDir: ROOT,
  testSequencer: join(ROOT, 'projenrc/longest-first.cjs'),
  collectCoverage: true,
  collectCoverageFrom: [`${RUNTIME.slice(2)}**/*.ts`],
  coverageProvider: 'babel', // v8 counts the lines of a file that holds only types as not covered
  coverageReporters: ['json-summary', 'lcov', 'text-summary'],
  coverageThreshold: { [RUNTIME]: { lines: LINES_PERCENT } },
};
