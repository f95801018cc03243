// `npm run mutation`: changes src/runtime/core in every small way that Stryker knows, and looks whether its tests notice.
export default {
  mutate: ['src/runtime/core/*.ts'],
  testRunner: 'jest',
  jest: { configFile: 'projenrc/jest-core.mjs', enableFindRelatedTests: false },
  coverageAnalysis: 'perTest',
  concurrency: 2,
  // what the tests of the core do not read
  ignorePatterns: ['/assets', '/lib', '/dist', '/coverage', '/docs', '/examples', '/.cache', '/*-output', '/.git', '/test/end-to-end'],
  tempDirName: '.cache/stryker',
  incremental: true,
  incrementalFile: '.cache/stryker-incremental.json',
  reporters: ['clear-text', 'progress-append-only', 'json'],
  jsonReporter: { fileName: '.cache/mutation.json' },
  clearTextReporter: { logTests: false, allowColor: false },
  thresholds: { high: 95, low: 90, break: 85 },
  // a busy machine must not make a mutant look caught
  timeoutMS: 60_000,
};
