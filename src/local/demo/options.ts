import { EndStatus } from '../simulator';

/** What can be broken on purpose. */
export const SABOTAGES = ['forget', 'resend'] as const;
export type Sabotage = typeof SABOTAGES[number];

export interface DemoOptions {
  readonly help: boolean;
  /** How the job of 30 days ends. */
  readonly expiry: EndStatus;
  readonly sabotage?: Sabotage;
  /** Whether everything goes on running at the end. */
  readonly keep: boolean;
  /** Where data set and report are written. */
  readonly output: string;
}

/** A mistake on the command line. */
export class UsageError extends Error {}

export const DEFAULT_OUTPUT = 'demo-output';

const EXPIRIES: { readonly [name: string]: EndStatus } = { failed: 'Failed', completed: 'Completed', stopped: 'Stopped' };

export const HELP = `Usage: npm run demo [-- OPTION...]

Deploys examples/demo to an AWS emulator on this machine, drops photographs into
its bucket, and lets simulated workers label them in streaming labeling jobs of
a Ground Truth simulator. The first job expires with images unlabeled; a chained
one labels the rest. Nothing leaves this machine, and no AWS account is needed.

Options:
  --expiry STATUS    how the job of 30 days ends: failed (as documented, the
                     default), completed or stopped
  --sabotage NAME    breaks the product on purpose, and the demo must see it:
                     forget: what is dropped between two jobs is forgotten
                     resend: each image is offered to workers twice
  --output DIR       where the data set and report.html are written
                     (default: ${DEFAULT_OUTPUT})
  --keep             leaves everything running at the end, until Ctrl-C
  --help             prints this

The exit code is 0 if every image was labeled once, 1 if not or if anything
failed, 2 for a wrong option, and 130 after Ctrl-C.
`;

/**
 * Reads the command line: `--name value` or `--name=value`.
 *
 * @throws UsageError
 */
export function parseOptions(args: readonly string[]): DemoOptions {
  const options = { help: false, keep: false, expiry: 'Failed' as EndStatus, output: DEFAULT_OUTPUT, sabotage: undefined as Sabotage | undefined };
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
    switch (inline === undefined || TAKES_VALUE.includes(name) ? name : '') {
      case '--help':
        options.help = true;
        break;
      case '--keep':
        options.keep = true;
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
          : `unknown option "${argument}"; allowed are ${list([...TAKES_VALUE, ...TAKES_NONE])}`);
    }
  }
  return options;
}

const TAKES_VALUE = ['--expiry', '--sabotage', '--output'];
const TAKES_NONE = ['--keep', '--help'];

function choice(name: string, given: string, allowed: readonly string[]): string {
  if (!allowed.includes(given)) {
    throw new UsageError(`${name} is "${given}"; allowed are ${list(allowed)}`);
  }
  return given;
}

function list(names: readonly string[]): string {
  return names.join(', ');
}
