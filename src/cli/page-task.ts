import { readFileSync } from 'node:fs';
import { Command, Option } from 'commander';
import { usageError } from './errors';
import { LabelList, labelProblems } from '../contract/label-problems';
import { LABELING_TASKS, LabelingTaskType } from '../contract/labeling-tasks';
import { LabelConfiguration } from '../contract/project-configuration';
import { PageTask } from '../contract/worker-template';

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

/** What the options of `addTaskOptions` give. */
export interface TaskOptions {
  readonly task?: string;
  readonly labels?: string;
  readonly title?: string;
  readonly description?: string;
  /** In place of all others. */
  readonly taskFile?: string;
}

/** The options that tell of the task whose worker page is meant. */
export function addTaskOptions(command: Command): Command {
  return command
    .addOption(new Option('-t, --task <task>', 'what workers do (required)').choices(Object.keys(TASKS)))
    .option('-l, --labels <names>', 'labels to choose from, with commas between them (required but for custom)')
    .option('--title <text>', 'the task\'s title, which pages show too')
    .option('--description <text>', 'the task\'s description, which pages show too')
    .addOption(new Option('--task-file <file>', 'the whole task as JSON, as a pipeline has it, in place of the options above')
      .conflicts(['task', 'labels', 'title', 'description']));
}

/** The task that the options describe, as far as a worker page knows it. Words that are not given are named as what they are. */
export function taskOf(options: TaskOptions): PageTask {
  const { task, taskFile, labels = '', title = '(title of the task)', description = '(description of the task)' } = options;
  if (taskFile !== undefined) {
    return readTask(taskFile);
  }
  if (task === undefined) {
    throw usageError("option '--task <task>' not specified", `It is one of ${Object.keys(TASKS).join(', ')}.`);
  }
  const type = TASKS[task];
  const names = labels.trim() === '' ? [] : labels.split(',').map((name) => ({ name: name.trim() }));
  assertLabels({ list: '--labels', nameOf: (index) => `label ${index + 1} of --labels`, labels: names }, type, 'Give labels as --labels bubble,foam.');
  const { earlier } = LABELING_TASKS[type];
  return {
    type, title, description, labels: names,
    ...earlier === undefined ? {} : { earlierLabelAttribute: earlier.kind === 'boxes' ? 'boxes' : 'mask-ref' },
    ...earlier?.adjusted === false ? { earlierLabels: [] } : {},
  };
}

/** What a synthesis refuses is refused here, in the same words. */
function assertLabels(labels: LabelList, type: LabelingTaskType, next: string): void {
  const problems = labelProblems(labels, LABELING_TASKS[type]);
  if (problems.length > 0) {
    throw usageError(problems.join('. '), next);
  }
}

function readTask(file: string): PageTask {
  let task: Partial<PageTask> | null;
  try {
    task = JSON.parse(readFileSync(file, 'utf8')) as Partial<PageTask> | null;
  } catch (error) {
    throw usageError(`--task-file ${file} cannot be read as JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (!isTask(task)) {
    throw usageError(`--task-file ${file} has no task`, 'It must be a JSON object with type, title, description and labels, as a synthesis writes it.');
  }
  assertLabels({ list: 'labels', nameOf: (index) => `labels[${index}].name`, labels: task.labels }, task.type,
    `Mend the labels in ${file}.`);
  assertEarlier(task, file);
  return task;
}

/** Without them a page that shows an image's label finds none, here and at work. */
function assertEarlier({ type, earlierLabelAttribute, earlierLabels }: PageTask, file: string): void {
  const { earlier } = LABELING_TASKS[type];
  if (earlier === undefined) {
    return;
  }
  if (!isText(earlierLabelAttribute)) {
    throw usageError(`--task-file ${file} does not say in which attribute the images have the labels that workers ${earlier.adjusted ? 'adjust' : 'verify'}`,
      `Add "earlierLabelAttribute": "${earlier.kind === 'boxes' ? 'boxes' : 'mask-ref'}", or what the attribute is called.`);
  }
  if (!earlier.adjusted && !(Array.isArray(earlierLabels) && earlierLabels.length > 0 && earlierLabels.every(isText))) {
    throw usageError(`--task-file ${file} does not say which classes the labels have that workers verify`, 'Add "earlierLabels": ["bubble"], with all of them.');
  }
}

const isText = (value: unknown): boolean => typeof value === 'string' && value !== '';

function isTask(task: Partial<PageTask> | null): task is PageTask {
  return typeof task === 'object' && task !== null && Object.hasOwn(LABELING_TASKS, String(task.type))
    && typeof task.title === 'string' && typeof task.description === 'string'
    && Array.isArray(task.labels) && task.labels.every((label: Partial<LabelConfiguration> | null) => typeof label?.name === 'string');
}
