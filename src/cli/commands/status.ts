import { CliCommand, CommonOptions, forProject, show } from '../command';
import { EXIT } from '../errors';
import { statusLines } from '../status-text';

interface Options extends CommonOptions {
  readonly exitCode?: boolean;
}

/** How a project is. */
export const status: CliCommand = {
  register(program, context) {
    forProject(program.command('status'))
      .description('show how a project is: mode, counts, jobs, alerts')
      .option('--exit-code', `end with code ${EXIT.ATTENTION} while alerts stand, for scripts`)
      .action(async (options: Options) => {
        const project = await context.connect(options);
        const answer = await project.ask({ command: 'status' });
        show(context, options, answer, (columns) => statusLines(answer, columns));
        if (options.exitCode && answer.alerts.length > 0) {
          context.exitWith(EXIT.ATTENTION);
        }
      });
  },
};
