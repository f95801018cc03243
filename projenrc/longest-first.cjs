// The order of the full run: what takes longest begins first, so that at the end no processor waits for the other.
const { statSync } = require('node:fs');

/** From the longest. What is in none of them takes as long as its file is large, more or less. */
const LONG = [/\/end-to-end\//, /\/soak\//, /\.browser\.test\.ts$/, /\.emulator\.test\.ts$/, /\/acceptance\//, /\/local\/runner\/|\/cli\/probe|cfn-lint/];

const rank = ({ path }) => {
  const found = LONG.findIndex((pattern) => pattern.test(path));
  return found < 0 ? LONG.length : found;
};

module.exports = class LongestFirst {
  sort(tests) {
    const size = new Map(tests.map((test) => [test, statSync(test.path).size]));
    return [...tests].sort((a, b) => rank(a) - rank(b) || size.get(b) - size.get(a));
  }

  cacheResults() {}
};
