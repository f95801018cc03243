/** What can be measured, in this order. */
export const BENCHES = ['images', 'core', 'scale', 'drops', 'latency'] as const;
export type Bench = typeof BENCHES[number];

export interface BenchOptions {
  readonly help: boolean;
  /** What is measured. */
  readonly benches: readonly Bench[];
  /** Fewer repetitions and smaller amounts. */
  readonly quick: boolean;
  /** Where the figures are written. */
  readonly output: string;
}

/** A mistake on the command line. */
export class UsageError extends Error {}

export const DEFAULT_OUTPUT = 'bench-output/bench.json';

export const HELP = `Usage: npm run bench [-- OPTION...]

Measures how fast the project is, on this machine and without AWS:
  images     the image part of the intake against Pillow, in processor time
  core       1,000,000 manifest lines through harvest and chain: time, memory
  scale      calls for one image more in a project of 1,000 and 1,000,000; a
             sweep over 1,000,000 objects: time, memory
  drops      100,000 drops through the core in memory: lost, double, memory;
             calls for one image on the AWS emulator with 1,000 and 20,000
             finished ones
  latency    from a drop to the input topic, on the AWS emulator with a live job
Prints a table and writes the figures as JSON. Leave the machine alone
meanwhile.

Options:
  --only NAMES       measures only these, separated by commas: images, core,
                     scale, drops, latency
  --quick            fewer repetitions and smaller amounts: to see that it works
  --output FILE      where the figures are written
                     (default: ${DEFAULT_OUTPUT})
  --help             prints this

The exit code is 0 if everything was measured, whether or not the targets are
met, 1 if anything failed, and 2 for a wrong option.
`;

const TAKES_VALUE = ['--only', '--output'];
const TAKES_NONE = ['--quick', '--help'];

/**
 * Reads the command line: `--name value` or `--name=value`.
 *
 * @throws UsageError
 */
export function parseOptions(args: readonly string[]): BenchOptions {
  const options = { help: false, benches: BENCHES as readonly Bench[], quick: false, output: DEFAULT_OUTPUT };
  const rest = [...args];
  while (rest.length > 0) {
    const argument = rest.shift()!;
    const [, name, inline] = /^(--[^=]+)(?:=(.*))?$/s.exec(argument) ?? [undefined, argument, undefined];
    if (TAKES_NONE.includes(name) && inline !== undefined) {
      throw new UsageError(`${name} takes no value, got "${inline}"`);
    }
    const value = (allowed: string) => {
      const given = inline ?? rest.shift();
      if (given === undefined || given === '' || (inline === undefined && given.startsWith('--'))) {
        throw new UsageError(`${name} needs a value: ${allowed}`);
      }
      return given;
    };
    switch (name) {
      case '--help':
        options.help = true;
        break;
      case '--quick':
        options.quick = true;
        break;
      case '--only':
        options.benches = benchesOf(value(BENCHES.join(', ')));
        break;
      case '--output':
        options.output = value('a file');
        break;
      default:
        throw new UsageError(`unknown option "${argument}"; allowed are ${[...TAKES_VALUE, ...TAKES_NONE].join(', ')}`);
    }
  }
  return options;
}

function benchesOf(given: string): Bench[] {
  const names = given.split(',').map((name) => name.trim());
  const unknown = names.find((name) => !(BENCHES as readonly string[]).includes(name));
  if (unknown !== undefined) {
    throw new UsageError(`--only names "${unknown}"; allowed are ${BENCHES.join(', ')}, separated by commas`);
  }
  return BENCHES.filter((bench) => names.includes(bench));
}
