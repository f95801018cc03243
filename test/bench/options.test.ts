import { BENCHES, HELP, parseOptions, UsageError } from './options';
import { WIDTH } from './report';

test('without options everything is measured in full', () => {
  expect(parseOptions([])).toEqual({ help: false, benches: BENCHES, quick: false, output: 'bench-output/bench.json' });
});

test('options with their values, in both forms', () => {
  expect(parseOptions(['--only', 'core', '--quick', '--output=figures.json'])).toMatchObject({ benches: ['core'], quick: true, output: 'figures.json' });
  expect(parseOptions(['--only=latency,images'])).toMatchObject({ benches: ['images', 'latency'] });
  expect(parseOptions(['--help']).help).toBe(true);
});

test.each([
  [['--fast'], 'unknown option "--fast"; allowed are --only, --output, --quick, --help'],
  [['core'], 'unknown option "core"; allowed are --only, --output, --quick, --help'],
  [['--only', 'cores'], '--only names "cores"; allowed are images, core, scale, drops, latency, separated by commas'],
  [['--only', 'core,'], '--only names ""; allowed are images, core, scale, drops, latency, separated by commas'],
  [['--only'], '--only needs a value: images, core, scale, drops, latency'],
  [['--only', '--quick'], '--only needs a value: images, core, scale, drops, latency'],
  [['--output='], '--output needs a value: a file'],
  [['--quick=yes'], '--quick takes no value, got "yes"'],
])('%j is refused', (args, message) => {
  expect(() => parseOptions(args)).toThrow(new UsageError(message));
});

test('the help fits the narrowest terminal and names every option', () => {
  expect(Math.max(...HELP.split('\n').map((line) => line.length))).toBeLessThanOrEqual(WIDTH);
  ['--only', '--quick', '--output', '--help', ...BENCHES].forEach((name) => expect(HELP).toContain(name));
});
