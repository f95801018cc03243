import { Annotations, Token } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { LABELING_TASKS, LabelingTaskRules, LabelingTaskType, RESERVED_ATTRIBUTES } from './contract/labeling-tasks';
import {
  LABEL_ATTRIBUTE_NAME_MAX_LENGTH, LABEL_NAME_MAX_LENGTH, TASK_DESCRIPTION_MAX_LENGTH, TASK_KEYWORDS_MAX, TASK_TITLE_MAX_LENGTH,
  TEMPLATE_MAX_CHARACTERS,
} from './contract/limits';
import { LabelConfiguration, TaskConfiguration } from './contract/project-configuration';
import { Label } from './label';
import { groundTruthFunctions } from './parts/ground-truth-functions';
import { Problems } from './parts/problems';
import { workerTemplate } from './parts/worker-template';

/** What workers are asked. */
export interface LabelingTaskOptions {
  /**
   * The classes that workers choose from, in the order of their class ids.
   *
   * Once a job has run, the list only ever grows: append new labels at its end and set `retired` on those that go out of use.
   * Image classification needs at least 2 that are not retired, the other tasks 1. Bounding boxes and multi-label classification
   * take at most 50.
   */
  readonly labels: Label[];

  /** Title of the task in the workers' list: 1 to 128 characters. */
  readonly title: string;

  /** What workers are to do, in one line: 1 to 255 characters. It is also the headline of the worker page. */
  readonly description: string;

  /**
   * Words under which workers find the task: at most 5, each of 1 to 30 letters, digits and single spaces.
   *
   * @default - none
   */
  readonly keywords?: string[];

  /**
   * The name under which labels are kept in the data set: 1 to 127 letters, digits and inner hyphens.
   *
   * It must end in `-ref` for semantic segmentation and must not for the other tasks, and it can never change in the life of a
   * project: every image would be labeled and paid for again.
   *
   * @default - 'label', 'labels', 'boxes' or 'mask-ref', by the task
   */
  readonly labelAttributeName?: string;
}

/** The crowd element for boxes is documented for so many labels; the service takes more. */
const BOX_LABELS_ADVISED = 10;

/** What Ground Truth calls the pixels that no worker painted. */
const BACKGROUND = 'BACKGROUND';

/**
 * What workers are asked about each image: one of the built-in tasks of Ground Truth.
 */
export abstract class LabelingTask {
  /** Workers choose the one class that fits the image. */
  static imageClassification(options: LabelingTaskOptions): LabelingTask {
    return new BuiltInTask('ImageMultiClass', 'LabelingTask.imageClassification', options);
  }

  /** Workers choose all classes that fit the image, at least one: where none may fit, add a label such as 'none'. */
  static multiLabelClassification(options: LabelingTaskOptions): LabelingTask {
    return new BuiltInTask('ImageMultiClassMultiLabel', 'LabelingTask.multiLabelClassification', options);
  }

  /** Workers draw a box around each object and choose its class. */
  static boundingBox(options: LabelingTaskOptions): LabelingTask {
    return new BuiltInTask('BoundingBox', 'LabelingTask.boundingBox', options);
  }

  /** Workers paint the pixels of each class. */
  static semanticSegmentation(options: LabelingTaskOptions): LabelingTask {
    return new BuiltInTask('SemanticSegmentation', 'LabelingTask.semanticSegmentation', options);
  }

  /** @internal */
  abstract _bind(scope: Construct): TaskConfiguration;
}

class BuiltInTask extends LabelingTask {
  private readonly task: Omit<TaskConfiguration, 'preHumanTaskLambdaArn' | 'consolidationLambdaArn'>;

  constructor(type: LabelingTaskType, factory: string, options: LabelingTaskOptions) {
    super();
    const rules = LABELING_TASKS[type];
    const { title, description, keywords = [], labelAttributeName = rules.defaultAttribute } = options;
    const problems = new Problems(factory);
    problems.text('title', title, { max: TASK_TITLE_MAX_LENGTH });
    problems.text('description', description, { max: TASK_DESCRIPTION_MAX_LENGTH });
    checkKeywords(problems, keywords);
    checkAttribute(problems, labelAttributeName, rules);
    checkLabels(problems, options.labels, rules);
    problems.throwIfAny();

    const labels = options.labels.map(configured);
    const template = workerTemplate({ type, labels, title, description });
    if (template.length > TEMPLATE_MAX_CHARACTERS) {
      problems.add(`labels make a worker page of ${template.length} characters; ${TEMPLATE_MAX_CHARACTERS} are allowed: shorten their descriptions`);
    }
    problems.throwIfAny();
    this.task = { type, labelAttributeName, labels, title, description, keywords, template };
  }

  /** @internal */
  _bind(scope: Construct): TaskConfiguration {
    const offered = this.task.labels.filter((label) => !label.retired).length;
    if (this.task.type === 'BoundingBox' && offered > BOX_LABELS_ADVISED) {
      Annotations.of(scope).addWarningV2('cdk-streaming-labeling:boxLabels',
        `task.labels offers ${offered} labels for bounding boxes; Ground Truth takes them, but documents its worker page for at most ${BOX_LABELS_ADVISED}: try it with your workers`);
    }
    return { ...this.task, ...groundTruthFunctions(scope, this.task.type) };
  }
}

function configured({ name, color, description, retired }: Label): LabelConfiguration {
  return {
    name,
    ...(color === undefined ? {} : { color }),
    ...(description === undefined ? {} : { description }),
    ...(retired === true ? { retired } : {}),
  };
}

function checkKeywords(problems: Problems, keywords: string[]): void {
  if (Token.isUnresolved(keywords)) {
    return;
  }
  if (keywords.length > TASK_KEYWORDS_MAX) {
    problems.add(`keywords has ${keywords.length} entries; at most ${TASK_KEYWORDS_MAX} are allowed`);
  }
  keywords.forEach((keyword, index) => problems.pattern(`keywords[${index}]`, keyword, /^(?=.{1,30}$)[A-Za-z0-9]+( [A-Za-z0-9]+)*$/,
    'have 1 to 30 letters, digits and single spaces'));
}

function checkAttribute(problems: Problems, name: string, rules: LabelingTaskRules): void {
  const prop = 'labelAttributeName';
  if (Token.isUnresolved(name)) {
    return;
  }
  if (name.length > LABEL_ATTRIBUTE_NAME_MAX_LENGTH || !/^[a-zA-Z0-9](-*[a-zA-Z0-9])*$/.test(name)) {
    problems.add(`${prop} is '${name}'; it must have 1 to ${LABEL_ATTRIBUTE_NAME_MAX_LENGTH} letters, digits and inner hyphens`);
  } else if (name === 'source' || name === 'source-ref') {
    problems.add(`${prop} is '${name}', which Ground Truth uses for the image itself; choose another name`);
  } else if (RESERVED_ATTRIBUTES.includes(name)) {
    problems.add(`${prop} is '${name}', which this library uses itself; choose a name other than ${RESERVED_ATTRIBUTES.join(', ')}`);
  } else if (name.endsWith('-metadata')) {
    problems.add(`${prop} is '${name}'; it must not end in -metadata, which Ground Truth appends itself`);
  } else if (rules.attributeEndsWithRef && !name.endsWith('-ref')) {
    problems.add(`${prop} is '${name}'; for semantic segmentation it must end in -ref, such as '${name}-ref'`);
  } else if (!rules.attributeEndsWithRef && name.endsWith('-ref')) {
    problems.add(`${prop} is '${name}'; only for semantic segmentation may it end in -ref`);
  }
}

function checkLabels(problems: Problems, labels: Label[], rules: LabelingTaskRules): void {
  const offered = labels.filter((label) => !label.retired).length;
  if (offered < rules.minLabels) {
    problems.add(`labels offers ${offered} labels; this task needs at least ${rules.minLabels} that are not retired`);
  }
  if (rules.maxLabels !== undefined && labels.length > rules.maxLabels) {
    problems.add(`labels has ${labels.length} entries; this task takes at most ${rules.maxLabels}, retired ones included`);
  }
  labels.forEach((label, index) => {
    const prop = `labels[${index}]`;
    problems.text(`${prop}.name`, label.name, { max: LABEL_NAME_MAX_LENGTH });
    const first = labels.findIndex((other) => other.name === label.name);
    if (first < index) {
      problems.add(`${prop}.name is '${label.name}', as is labels[${first}].name; names must be unique`);
    }
    if (rules.type === 'SemanticSegmentation' && label.name.toUpperCase() === BACKGROUND) {
      problems.add(`${prop}.name is '${label.name}', which Ground Truth uses for what no worker painted; choose another name`);
    }
    if (label.color !== undefined) {
      problems.pattern(`${prop}.color`, label.color, /^#[0-9a-f]{6}$/i, 'be a colour written #rrggbb, such as #2acf59');
    }
    if (label.description !== undefined) {
      problems.text(`${prop}.description`, label.description, { max: TASK_DESCRIPTION_MAX_LENGTH });
    }
  });
}
