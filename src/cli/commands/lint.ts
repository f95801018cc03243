import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { Option } from 'commander';
import { LABELING_TASKS, LabelingTaskType } from '../../contract/labeling-tasks';
import { FileProblem } from '../../contract/template-lint';
import { PageTask } from '../../contract/worker-template';
import { composeInstructions, formatProblem } from '../../lint';
import { inspect } from '../../runtime/images/gate';
import { FolderFiles, folderOf, imageBytes } from '../../runtime/instructions/read-folder';
import { CliCommand, show, tell } from '../command';
import { EXIT, usageError } from '../errors';
import { count } from '../text';

/** The factories of `LabelingTask`, as one writes them in a shell. */
const TASKS: { readonly [name: string]: LabelingTaskType } = {
  'image-classification': 'ImageMultiClass',
  'multi-label-classification': 'ImageMultiClassMultiLabel',
  'bounding-box': 'BoundingBox',
  'semantic-segmentation': 'SemanticSegmentation',
  'adjust-bounding-box': 'AdjustmentBoundingBox',
  'adjust-semantic-segmentation': 'AdjustmentSemanticSegmentation',
  'verify-bounding-box': 'VerificationBoundingBox',
  'verify-semantic-segmentation': 'VerificationSemanticSegmentation',
  'custom': 'Custom',
};

interface LintOptions {
  readonly task: string;
  readonly labels?: string;
  readonly strict?: boolean;
  readonly json?: boolean;
}

/** The check of a folder of instructions that a synthesis makes too, for editors and pipelines. */
export const lint: CliCommand = {
  register(program, context) {
    program.command('lint')
      .description('check a folder of instructions: full.md, short.md or template.liquid.html, and images/')
      .argument('<folder>', 'the folder')
      .addOption(new Option('-t, --task <task>', 'what workers do').choices(Object.keys(TASKS)).makeOptionMandatory())
      .option('-l, --labels <names>', 'labels to choose from, with commas between them')
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

function taskOf({ task, labels = '' }: LintOptions): PageTask {
  const type = TASKS[task];
  const names = labels.split(',').map((name) => name.trim()).filter((name) => name !== '');
  const { minLabels, earlier } = LABELING_TASKS[type];
  if (names.length < minLabels) {
    throw usageError(`--labels has ${count(names.length, 'label')}; the task ${task} needs at least ${minLabels}`, 'Give them as --labels bubble,foam.');
  }
  return {
    type, title: 'Title', description: 'Description', labels: names.map((name) => ({ name })),
    ...earlier === undefined ? {} : { earlierLabelAttribute: earlier.kind === 'boxes' ? 'boxes' : 'mask-ref' },
    ...earlier?.adjusted === false ? { earlierLabels: [] } : {},
  };
}

function check(path: string, task: PageTask): FileProblem[] {
  if (!existsSync(path)) {
    throw usageError(`there is no folder ${path}`);
  }
  const files = read(path);
  const folder = folderOf(files);
  const broken = folder.images.flatMap((image): FileProblem[] => {
    const seen = inspect(imageBytes(files, image));
    return seen.ok ? [] : [{ file: `images/${image}`, severity: 'error', rule: 'broken-image', line: 1, column: 1, message: seen.detail }];
  });
  return [...composeInstructions(folder, task).problems, ...broken];
}

/** The files that may be part of the instructions. Hidden ones are not. */
function read(folder: string): FolderFiles {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll('\\', '/'));
  const parts = names.filter((name) => !name.split('/').some((part) => part.startsWith('.')) && (name.startsWith('images/') || !name.includes('/')));
  return new Map(parts.sort().map((name) => [name, new Uint8Array(readFileSync(join(folder, name)))]));
}
