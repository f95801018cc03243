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
  const program = programFor({ ...context, exitWith: (wanted) => { code = wanted; } }, version);
  try {
    await program.parseAsync(argv, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) {
      // commander has written what it has to say
      return error.exitCode === 0 || error.code === 'commander.help' && argv.length === 0 ? EXIT.DONE : EXIT.USAGE;
    }
    const { message, next, exitCode } = explainAwsError(error);
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
      outputError: (text, write) => write(hanging(text.trim(), columnsOf(context.err)).map((line) => `${line}\n`).join('')),
    })
    .showHelpAfterError(`next:  ${NAME} --help, or COMMAND --help`)
    .addHelpText('after', [
      '', 'Examples:',
      `  npx ${NAME} status --stack Froth`,
      `  npx ${NAME} explain --stack Froth camera-1/0001.jpg`,
      `  npx ${NAME} requeue --stack Froth --quarantined`,
      '', `Exit codes: ${EXIT.DONE} done, ${EXIT.FAILED} failed, ${EXIT.USAGE} wrong command line, ${EXIT.ATTENTION} not over, or alerts stand.`,
    ].join('\n'));
  for (const command of COMMANDS) {
    command.register(program, context);
  }
  return program;
}
