import { Command } from 'commander';
import { Context } from './context';
import { CommandError } from './errors';
import { ProjectOptions } from './project-access';
import { columnsOf, hanging } from './text';

/** One command: a file in commands/ that exports one, listed in commands/index.ts. */
export interface CliCommand {
  /** Adds itself to the program. */
  register(program: Command, context: Context): void;
}

/** The options that say which project is meant, and how the answer is written. */
export function forProject(command: Command): Command {
  return command
    .option('-s, --stack <name>', 'CloudFormation stack of the project')
    .option('-p, --project <id>', 'construct id, where the stack holds several projects')
    .option('--function <name>', 'controller function, instead of --stack')
    .option('--table <name>', 'ledger table, instead of --stack')
    .option('--region <region>', 'AWS Region (default: as the AWS SDK finds it)')
    .option('--profile <profile>', 'AWS profile (default: as the AWS SDK finds it)')
    .option('--json', 'write JSON, for machines');
}

export interface CommonOptions extends ProjectOptions {
  readonly json?: boolean;
}

/** Writes lines, or the value as JSON where that is wanted. */
export function show(
  context: Context, options: { readonly json?: boolean }, value: unknown, lines: (columns: number) => readonly string[],
): void {
  const text = options.json ? JSON.stringify(value, undefined, 2) : lines(columnsOf(context.out)).join('\n');
  context.out.write(`${text}\n`);
}

/** One sentence to whoever watches, beside the output that a machine may read. */
export function tell(context: Context, message: string): void {
  context.err.write(`${hanging(message, columnsOf(context.err)).join('\n')}\n`);
}

/** Goes on only if a person, or --yes, says so. */
export async function assertConfirmed(context: Context, yes: boolean | undefined, question: string): Promise<void> {
  const answer = yes === true ? true : await context.confirm(question);
  if (answer === undefined) {
    throw new CommandError('nobody is there to ask, and --yes is not given', 'Read what would be done, then repeat the command with --yes.', 2);
  }
  if (!answer) {
    throw new CommandError('nothing was done');
  }
}
