import { HELP, parseOptions, UsageError } from '../../../src/local/demo/options';

test('without options', () => {
  expect(parseOptions([])).toEqual({ help: false, keep: false, expiry: 'Failed', output: 'demo-output', sabotage: undefined });
});

test.each([
  [['--expiry', 'completed'], { expiry: 'Completed' }],
  [['--expiry=stopped'], { expiry: 'Stopped' }],
  [['--sabotage', 'resend'], { sabotage: 'resend' }],
  [['--sabotage=forget', '--keep'], { sabotage: 'forget', keep: true }],
  [['--output', 'some where'], { output: 'some where' }],
  [['--output=a=b'], { output: 'a=b' }],
  [['--help'], { help: true }],
])('%j', (args, expected) => {
  expect(parseOptions(args)).toMatchObject(expected);
});

test.each([
  [['--fast'], 'unknown option "--fast"; allowed are --expiry, --sabotage, --output, --keep, --help'],
  [['resend'], 'unknown option "resend"'],
  [['--sabotage', 'explode'], '--sabotage is "explode"; allowed are forget, resend'],
  [['--sabotage'], '--sabotage needs a value: forget, resend'],
  [['--sabotage', '--keep'], '--sabotage needs a value'],
  [['--expiry='], '--expiry needs a value: failed, completed, stopped'],
  [['--expiry', 'Failed'], '--expiry is "Failed"; allowed are failed, completed, stopped'],
  [['--keep=yes'], '--keep takes no value, got "yes"'],
])('%j is refused', (args, message) => {
  expect(() => parseOptions(args)).toThrow(UsageError);
  expect(() => parseOptions(args)).toThrow(message);
});

test('the help fits a terminal of 80 columns', () => {
  expect(Math.max(...HELP.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
});
