// The tests of the core alone, for `npm run mutation`.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './stamp.mjs';

export default {
  ...JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).jest,
  rootDir: ROOT,
  testMatch: ['<rootDir>/test/runtime/core/**/*.test.ts'],
  reporters: ['default'],
};
