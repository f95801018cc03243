import { join } from 'node:path';
import { formatProblems, strictly } from '../../lint';
import { checkInstructions } from '../../local/preview/folder';
import { CliCommand, show, tell } from '../command';
import { EXIT } from '../errors';
import { assertFolder } from '../instructions-folder';
import { TaskOptions, addTaskOptions, taskOf } from '../page-task';
import { verdict } from '../verdict';

interface LintOptions extends TaskOptions {
  readonly strict?: boolean;
  readonly json?: boolean;
}

/** The check of a folder of instructions that a synthesis makes too, for editors and pipelines. */
export const lint: CliCommand = {
  register(program, context) {
    addTaskOptions(program.command('lint')
      .description('check a folder of instructions: full.md, short.md or template.liquid.html, and images/')
      .argument('<folder>', 'the folder, such as instructions'))
      .option('--strict', 'make errors of warnings')
      .option('--json', 'write JSON, for machines')
      .action((folder: string, options: LintOptions) => {
        const task = taskOf(options);
        assertFolder(folder);
        const found = checkInstructions(folder, task);
        const problems = options.strict ? strictly(found.problems) : found.problems;
        if (problems.length > 0 || options.json) {
          show(context, options, problems, () => formatProblems(problems, (file) => join(found.folder, file)));
        }
        tell(context, `${folder}: ${verdict(problems)}`);
        context.exitWith(problems.some(({ severity }) => severity === 'error') ? EXIT.FAILED : EXIT.DONE);
      });
  },
};
