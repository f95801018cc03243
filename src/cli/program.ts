import { Command, CommanderError } from 'commander';
import { explainAwsError } from './aws/explain-error';
import { COMMANDS } from './commands';
import { Context } from './context';
import { EXIT } from './errors';
import { columnsOf, hanging } from './text';

export const NAME = 'cdk-streaming-labeling';

/** Runs one command line (without `node` and the script). Answers the exit code; never throws. */
export async function runCli(argv: readonly string[], context: Omit<Context, 'exitWith'>, version: string): Promise<number> {
  let code: number = EXIT.DONE;
  let path = NAME;
  const program = programFor({ ...context, exitWith: (wanted) => { code = wanted; } }, version);
  program.hook('preAction', (_program, command) => { path = pathOf(command); });
  try {
    await program.parseAsync(argv, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) {
      // commander has written what it has to say
      return error.exitCode === 0 || error.code === 'commander.help' && argv.length === 0 ? EXIT.DONE : EXIT.USAGE;
    }
    const told = explainAwsError(error);
    const { message, exitCode } = told;
    const next = told.next ?? (exitCode === EXIT.USAGE ? `${path} --help` : undefined);
    const columns = columnsOf(context.err);
    context.err.write(`${[...hanging(message, columns, 'error: '), ...(next ? hanging(next, columns, 'next:  ') : [])].join('\n')}\n`);
    return exitCode;
  }
}

function programFor(context: Context, version: string): Command {
  const program = new Command(NAME)
    .description('Operate a StreamingLabelingProject: see how it is, steer it, learn what became of an image.')
    .version(version)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => context.out.write(text),
      writeErr: (text) => context.err.write(text),
      getOutHelpWidth: () => columnsOf(context.out),
      getErrHelpWidth: () => columnsOf(context.err),
      outputError: (text, write) => write(paragraphs(text.trim(), columnsOf(context.err)).map((line) => `${line}\n`).join('')),
    })
    .addHelpText('after', [
      '', 'Examples:',
      `  npx --no-install ${NAME} status --stack Froth`,
      `  npx --no-install ${NAME} explain --stack Froth cam/0001.jpg`,
      `  npx --no-install ${NAME} requeue --stack Froth --quarantined`,
      '', `Exit codes: ${EXIT.DONE} done, ${EXIT.FAILED} failed, ${EXIT.USAGE} wrong command line, ${EXIT.ATTENTION} not over, or alerts stand.`,
    ].join('\n'));
  for (const command of COMMANDS) {
    command.register(program, context);
  }
  pointToHelp(program);
  return program;
}

/** After a mistake each command names its own help. */
function pointToHelp(command: Command): void {
  command.showHelpAfterError(`next:  ${pathOf(command)} --help`);
  command.commands.forEach(pointToHelp);
}

/** How one calls a command. */
function pathOf(command: Command): string {
  return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`;
}

/** What commander says comes in lines: a mistake, and what may have been meant. */
function paragraphs(text: string, columns: number): string[] {
  return text.split('\n').flatMap((line) => hanging(line, columns));
}
