import { readFileSync } from 'node:fs';
import { Option } from 'commander';
import { usageError } from './errors';
import { count } from './text';
import { LABELING_TASKS, LabelingTaskType } from '../contract/labeling-tasks';
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

/** What `taskOption` and `--labels` give. */
export interface TaskOptions {
  readonly task?: string;
  /** In place of both others. */
  readonly taskFile?: string;
  readonly labels?: string;
}

export const taskOption = (): Option => new Option('-t, --task <task>', 'what workers do').choices(Object.keys(TASKS));

export const LABELS_OPTION = ['-l, --labels <names>', 'labels to choose from, with commas between them'] as const;

/** The task that the options describe, as far as a worker page knows it. */
export function taskOf({ task, taskFile, labels = '' }: TaskOptions): PageTask {
  if (taskFile !== undefined) {
    return readTask(taskFile);
  }
  if (task === undefined) {
    throw usageError("option '--task <task>' not specified", `It is one of ${Object.keys(TASKS).join(', ')}.`);
  }
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

function readTask(file: string): PageTask {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as PageTask;
  } catch (error) {
    throw usageError(`--task-file ${file} cannot be read as JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}
