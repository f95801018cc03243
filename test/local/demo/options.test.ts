import { HELP, parseOptions, UsageError } from '../../../src/local/demo/options';

test('without options', () => {
  expect(parseOptions([])).toEqual({ help: false, processing: false, keep: false, expiry: 'Failed', output: 'demo-output', sabotage: undefined });
});

test.each([
  [['--expiry', 'completed'], { expiry: 'Completed' }],
  [['--expiry=stopped'], { expiry: 'Stopped' }],
  [['--sabotage', 'resend'], { sabotage: 'resend' }],
  [['--sabotage=forget', '--keep'], { sabotage: 'forget', keep: true }],
  [['--output', 'some where'], { output: 'some where' }],
  [['--output=a=b'], { output: 'a=b' }],
  [['--help'], { help: true }],
  [['--processing'], { processing: true }],
  [['--by-hand'], { byHand: { task: 'bounding-box', takeOver: undefined } }],
  [['--by-hand', '--task', 'multi-label', '--take-over=20'], { byHand: { task: 'multi-label', takeOver: 20 } }],
])('%j', (args, expected) => {
  expect(parseOptions(args)).toMatchObject(expected);
});

test.each([
  [['--fast'], 'unknown option "--fast"; allowed are --expiry, --sabotage, --output, --task, --take-over, --processing, --keep, --by-hand, --help'],
  [['resend'], 'unknown option "resend"'],
  [['--sabotage', 'explode'], '--sabotage is "explode"; allowed are forget, resend'],
  [['--sabotage'], '--sabotage needs a value: forget, resend'],
  [['--sabotage', '--keep'], '--sabotage needs a value'],
  [['--expiry='], '--expiry needs a value: failed, completed, stopped'],
  [['--expiry', 'Failed'], '--expiry is "Failed"; allowed are failed, completed, stopped'],
  [['--keep=yes'], '--keep takes no value, got "yes"'],
  [['--task', 'multi-label'], '--task needs --by-hand'],
  [['--take-over', '5'], '--take-over needs --by-hand'],
  [['--by-hand', '--task', 'boxes'], '--task is "boxes"; allowed are bounding-box, image-classification, multi-label, semantic-segmentation'],
  [['--by-hand', '--take-over', 'soon'], '--take-over is "soon"; it must be a whole number of seconds, at least 1'],
  [['--by-hand', '--sabotage', 'forget'], '--sabotage does not go with --by-hand'],
  [['--processing', '--keep'], '--keep does not go with --processing'],
  [['--by-hand', '--processing'], '--by-hand does not go with --processing'],
])('%j is refused', (args, message) => {
  expect(() => parseOptions(args)).toThrow(UsageError);
  expect(() => parseOptions(args)).toThrow(message);
});

test('the help fits a terminal of 80 columns', () => {
  expect(Math.max(...HELP.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
});
