import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DEFAULT_OUTPUT, DEMO_TASKS, HELP_FILE, parseOptions, SABOTAGES, UsageError } from '../../../src/local/demo/options';

const HELP = readFileSync(join(__dirname, '../../..', HELP_FILE), 'utf8');

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
  [['--by-hand', '--task', 'multi-label-classification', '--take-over=20'], { byHand: { task: 'multi-label-classification', takeOver: 20 } }],
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
  [['--expiry', 'Failed'], '--expiry is "Failed"; did you mean failed?'],
  [['--keep=yes'], '--keep takes no value, got "yes"'],
  [['--task', 'multi-label-classification'], '--task needs --by-hand'],
  [['--take-over', '5'], '--take-over needs --by-hand'],
  [['--by-hand', '--task', 'boxes'], '--task is "boxes"; allowed are bounding-box, image-classification, multi-label-classification, semantic-segmentation'],
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

test('the help names every option with its values and defaults, and none that is not there', () => {
  const named = [...new Set(HELP.match(/--[a-z][a-z-]*/g))].sort();
  expect(named).toEqual(['--by-hand', '--expiry', '--help', '--keep', '--output', '--processing', '--sabotage', '--take-over', '--task']);
  expect([...DEMO_TASKS, ...SABOTAGES, DEFAULT_OUTPUT].filter((word) => !HELP.includes(word))).toEqual([]);
});

test('a mistake is told in lines of 80 columns, with what was probably meant; a long path is kept whole', () => {
  const lines = (args: readonly string[]): readonly string[] => {
    try {
      parseOptions(args);
      return [];
    } catch (error) {
      return (error as UsageError).lines;
    }
  };
  expect(lines(['--fast'])).toEqual([
    'demo: unknown option "--fast"; allowed are --expiry, --sabotage, --output,', '--task, --take-over, --processing, --keep, --by-hand, --help', 'npm run demo -- --help tells more',
  ]);
  expect(lines(['--by-hnd'])[0]).toBe('demo: unknown option "--by-hnd"; did you mean --by-hand?');
  expect(lines(['--by-hand', '--task', 'bonding-box'])[0]).toBe('demo: --task is "bonding-box"; did you mean bounding-box?');
  expect(new UsageError(`see /${'x'.repeat(100)}`).lines[1]).toBe(`/${'x'.repeat(100)}`);
});
