import { join } from 'node:path';
import { FileProblem } from '../../contract/template-lint';
import { PageTask } from '../../contract/worker-template';
import { formatProblems, strictly } from '../../lint';
import { checkInstructions } from '../../local/preview/folder';
import { CliCommand, show, tell } from '../command';
import { EXIT } from '../errors';
import { assertFolder } from '../instructions-folder';
import { TaskOptions, addTaskOptions, taskOf } from '../page-task';
import { count } from '../text';

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
        const found = check(folder, taskOf(options));
        const problems = options.strict ? strictly(found) : found;
        if (problems.length > 0 || options.json) {
          show(context, options, problems, () => formatProblems(problems, (file) => join(folder, file)));
        }
        tell(context, `${folder}: ${verdict(problems)}`);
        context.exitWith(problems.some(({ severity }) => severity === 'error') ? EXIT.FAILED : EXIT.DONE);
      });
  },
};

/** `1 error and 2 warnings; the error must be mended`. */
function verdict(problems: readonly FileProblem[]): string {
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  const warnings = problems.length - errors;
  const counts = [...errors > 0 ? [count(errors, 'error')] : [], ...warnings > 0 ? [count(warnings, 'warning')] : []].join(' and ');
  if (errors > 0) {
    return `${counts}; ${errors === 1 ? 'the error' : 'the errors'} must be mended`;
  }
  return warnings > 0 ? `${counts}; workers can work with it` : 'nothing is wrong';
}

function check(path: string, task: PageTask): readonly FileProblem[] {
  assertFolder(path);
  return checkInstructions(path, task).problems;
}
