import { wrap } from './progress';
import { nearest } from '../../lint/text';
import type { EndStatus } from '../simulator';

/** What can be broken on purpose. */
export const SABOTAGES = ['forget', 'resend'] as const;
export type Sabotage = typeof SABOTAGES[number];

/** What workers can be asked to do in `examples/demo/app.ts`. */
export const DEMO_TASKS = ['bounding-box', 'image-classification', 'multi-label-classification', 'semantic-segmentation'] as const;
export type DemoTask = typeof DEMO_TASKS[number];

/** A run in which people label. */
export interface ByHandOptions {
  readonly task: DemoTask;
  /** After so many seconds without an answer, simulated workers take a task. Absent: they never do. */
  readonly takeOver?: number;
}

export interface DemoOptions {
  readonly help: boolean;
  /** Whether feature engineering is a script in a SageMaker pipeline. */
  readonly processing: boolean;
  /** Absent: simulated workers label, and the whole story is played. */
  readonly byHand?: ByHandOptions;
  /** How the job of 30 days ends. */
  readonly expiry: EndStatus;
  readonly sabotage?: Sabotage;
  /** Whether everything goes on running at the end. */
  readonly keep: boolean;
  /** Where data set and report are written. */
  readonly output: string;
}

/** A mistake on the command line. */
export class UsageError extends Error {
  /** What is written of it. */
  get lines(): readonly string[] {
    return [...wrap(`demo: ${this.message}`, COLUMNS, 'whole'), 'npm run demo -- --help tells more'];
  }
}

const COLUMNS = 80;

/** Below the root of the sources. Read as it lies there, so that it can be shown before anything is built. */
export const HELP_FILE = 'src/local/demo/help.txt';

export const DEFAULT_OUTPUT = 'demo-output';

const EXPIRIES: { readonly [name: string]: EndStatus } = { failed: 'Failed', completed: 'Completed', stopped: 'Stopped' };

/**
 * Reads the command line: `--name value` or `--name=value`.
 *
 * @throws UsageError
 */
export function parseOptions(args: readonly string[]): DemoOptions {
  const options = { help: false, processing: false, keep: false, expiry: 'Failed' as EndStatus, output: DEFAULT_OUTPUT, sabotage: undefined as Sabotage | undefined };
  const hand = { wanted: false, task: undefined as DemoTask | undefined, takeOver: undefined as number | undefined };
  const story: string[] = [];
  const rest = [...args];
  while (rest.length > 0) {
    const argument = rest.shift()!;
    const [, name, inline] = /^(--[^=]+)(?:=(.*))?$/s.exec(argument) ?? [undefined, argument, undefined];
    const value = (allowed: string) => {
      const given = inline ?? rest.shift();
      if (given === undefined || given === '' || (inline === undefined && given.startsWith('--'))) {
        throw new UsageError(`${name} needs a value: ${allowed}`);
      }
      return given;
    };
    if (STORY.includes(name)) {
      story.push(name);
    }
    switch (inline === undefined || TAKES_VALUE.includes(name) ? name : '') {
      case '--help':
        options.help = true;
        break;
      case '--processing':
        options.processing = true;
        break;
      case '--keep':
        options.keep = true;
        break;
      case '--by-hand':
        hand.wanted = true;
        break;
      case '--task':
        hand.task = choice(name, value(list(DEMO_TASKS)), DEMO_TASKS) as DemoTask;
        break;
      case '--take-over':
        hand.takeOver = seconds(name, value('a number of seconds'));
        break;
      case '--expiry':
        options.expiry = EXPIRIES[choice(name, value(list(Object.keys(EXPIRIES))), Object.keys(EXPIRIES))];
        break;
      case '--sabotage':
        options.sabotage = choice(name, value(list(SABOTAGES)), SABOTAGES) as Sabotage;
        break;
      case '--output':
        options.output = value('a folder');
        break;
      default:
        throw new UsageError(TAKES_NONE.includes(name)
          ? `${name} takes no value, got "${inline}"`
          : `unknown option "${argument}"; ${hint(name, [...TAKES_VALUE, ...TAKES_NONE])}`);
    }
  }
  if (!hand.wanted && (hand.task ?? hand.takeOver) !== undefined) {
    throw new UsageError(`${hand.task === undefined ? '--take-over' : '--task'} needs --by-hand`);
  }
  const other = options.processing ? [...story, ...hand.wanted ? ['--by-hand'] : []] : [];
  if (other.length > 0) {
    throw new UsageError(`${other[0]} does not go with --processing, which is another run`);
  }
  if (hand.wanted && story.length > 0) {
    throw new UsageError(`${story[0]} does not go with --by-hand, where nothing happens but what you do`);
  }
  return { ...options, ...hand.wanted ? { byHand: { task: hand.task ?? 'bounding-box', takeOver: hand.takeOver } } : {} };
}

const TAKES_VALUE = ['--expiry', '--sabotage', '--output', '--task', '--take-over'];
const TAKES_NONE = ['--processing', '--keep', '--by-hand', '--help'];
/** Of the story that is played by default. */
const STORY = ['--expiry', '--sabotage', '--output', '--keep'];

function seconds(name: string, given: string): number {
  const value = Number(given);
  if (!Number.isInteger(value) || value < 1) {
    throw new UsageError(`${name} is "${given}"; it must be a whole number of seconds, at least 1`);
  }
  return value;
}

function choice(name: string, given: string, allowed: readonly string[]): string {
  if (!allowed.includes(given)) {
    throw new UsageError(`${name} is "${given}"; ${hint(given, allowed)}`);
  }
  return given;
}

/** What was probably meant, or all that there is. */
function hint(given: string, allowed: readonly string[]): string {
  const meant = nearest(given, allowed);
  return meant === undefined ? `allowed are ${list(allowed)}` : `did you mean ${meant}?`;
}

function list(names: readonly string[]): string {
  return names.join(', ');
}
