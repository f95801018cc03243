import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Option } from 'commander';
import { FileProblem } from '../../contract/template-lint';
import { PageTask } from '../../contract/worker-template';
import { formatProblem } from '../../lint';
import { checkInstructions } from '../../local/preview/folder';
import { CliCommand, show, tell } from '../command';
import { EXIT, usageError } from '../errors';
import { LABELS_OPTION, TaskOptions, taskOf, taskOption } from '../page-task';
import { count } from '../text';

interface LintOptions extends TaskOptions {
  readonly strict?: boolean;
  readonly json?: boolean;
}

/** The check of a folder of instructions that a synthesis makes too, for editors and pipelines. */
export const lint: CliCommand = {
  register(program, context) {
    program.command('lint')
      .description('check a folder of instructions: full.md, short.md or template.liquid.html, and images/')
      .argument('<folder>', 'the folder')
      .addOption(taskOption())
      .option(...LABELS_OPTION)
      .addOption(new Option('--task-file <file>', 'the whole task as JSON, as a pipeline has it, in place of --task and --labels').conflicts(['task', 'labels']))
      .option('--strict', 'fail for warnings too')
      .option('--json', 'write JSON, for machines')
      .action((folder: string, options: LintOptions) => {
        const problems = check(folder, taskOf(options));
        const failing = problems.filter(({ severity }) => options.strict || severity === 'error').length;
        if (problems.length > 0 || options.json) {
          show(context, options, problems, () => problems.map(({ file, ...problem }) => formatProblem(join(folder, file), problem)));
        }
        tell(context, problems.length === 0 ? `${folder}: nothing is wrong`
          : `${folder}: ${count(problems.length, 'problem')}, ${failing === 0 ? 'none of which keeps workers from working' : `${failing} of them must be mended`}`);
        context.exitWith(failing === 0 ? EXIT.DONE : EXIT.FAILED);
      });
  },
};

function check(path: string, task: PageTask): readonly FileProblem[] {
  if (!existsSync(path) || !statSync(path).isDirectory()) {
    throw usageError(`there is no folder ${path}`);
  }
  return checkInstructions(path, task).problems;
}
