import { Token } from 'aws-cdk-lib';
import { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { LabelList, labelNameProblems, labelProblems } from './contract/label-problems';
import { BuiltInTaskType, LABELING_TASKS, LabelingTaskRules, RESERVED_ATTRIBUTES } from './contract/labeling-tasks';
import {
  LABEL_ATTRIBUTE_NAME_MAX_LENGTH, TASK_DESCRIPTION_MAX_LENGTH, TASK_KEYWORDS_MAX, TASK_TITLE_MAX_LENGTH,
} from './contract/limits';
import { LabelConfiguration, TaskConfiguration } from './contract/project-configuration';
import { Label } from './label';
import { groundTruthFunctions } from './parts/ground-truth-functions';
import { Problems } from './parts/problems';
import { BoundTask } from './parts/worker-page';

/** What every task says to workers, and where its labels go. */
export interface TaskOptions {
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
   * It must end in `-ref` where workers paint masks and must not for the other built-in tasks, and it can never change in the life of
   * a project: every image would be labeled and paid for again.
   *
   * @default - by the task: 'label', 'labels', 'boxes', 'mask-ref', 'adjusted-boxes', 'adjusted-mask-ref', 'boxes-verdict',
   * 'mask-verdict' or 'answer'
   */
  readonly labelAttributeName?: string;
}

/** What workers are asked. */
export interface LabelingTaskOptions extends TaskOptions {
  /**
   * The classes that workers choose from, in the order of their class ids.
   *
   * Once a job has run, the list only ever grows: append new labels at its end and set `retired` on those that go out of use.
   * Classification and verification need at least 2 that are not retired, the other tasks 1. Bounding boxes and multi-label
   * classification take at most 50.
   */
  readonly labels: Label[];
}

/** What workers are asked about labels that images come with. */
export interface AdjustmentTaskOptions extends LabelingTaskOptions {
  /**
   * The name under which the labels to begin with were made, and under which they stand in the data set beside the adjusted ones.
   *
   * `labels` must have every class that they use, in the same order; new ones may follow. An image that comes without such a label
   * is held and never offered, and an alert says so.
   *
   * @default - 'boxes' or 'mask-ref', which is the default of the task that makes such labels
   */
  readonly earlierLabelAttributeName?: string;
}

/** What workers are asked to judge. Here `labels` are the verdicts, such as 'good' and 'bad'. */
export interface VerificationTaskOptions extends AdjustmentTaskOptions {
  /** The classes of the labels that are judged: the `labels` of the task that made them. */
  readonly earlierLabels: Label[];
}

/** A task of your own: any crowd element, prepared and consolidated by your own functions. */
export interface CustomTaskOptions extends TaskOptions {
  /**
   * Is called for each image before workers see it, and answers what the page finds below `task.input` (Developer Guide,
   * pre-annotation Lambda). The project's execution role may invoke it.
   */
  readonly preFunction: IFunction;

  /**
   * Is called with the workers' answers and makes the label of them (Developer Guide, post-annotation Lambda). The project's execution
   * role may invoke it, and it may read the answers below `jobs/` in the output bucket.
   *
   * What it answers must have the label attribute and its metadata: an image whose line has no label attribute counts as unlabeled.
   */
  readonly postFunction: IFunction;

  /**
   * The classes, if the task has any, in the order of their class ids. The list only ever grows.
   *
   * @default - none
   */
  readonly labels?: Label[];
}

/**
 * What workers are asked about each image: a built-in task of Ground Truth, or one of your own.
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

  /** Workers correct the boxes that an image comes with. */
  static adjustBoundingBox(options: AdjustmentTaskOptions): LabelingTask {
    return new BuiltInTask('AdjustmentBoundingBox', 'LabelingTask.adjustBoundingBox', options, earlierName(options, 'BoundingBox'));
  }

  /** Workers correct the mask that an image comes with. */
  static adjustSemanticSegmentation(options: AdjustmentTaskOptions): LabelingTask {
    return new BuiltInTask('AdjustmentSemanticSegmentation', 'LabelingTask.adjustSemanticSegmentation', options,
      earlierName(options, 'SemanticSegmentation'));
  }

  /** Workers judge the boxes that an image comes with, and may comment on them. */
  static verifyBoundingBox(options: VerificationTaskOptions): LabelingTask {
    return new BuiltInTask('VerificationBoundingBox', 'LabelingTask.verifyBoundingBox', options,
      earlierName(options, 'BoundingBox'), options.earlierLabels);
  }

  /** Workers judge the mask that an image comes with, and may comment on it. */
  static verifySemanticSegmentation(options: VerificationTaskOptions): LabelingTask {
    return new BuiltInTask('VerificationSemanticSegmentation', 'LabelingTask.verifySemanticSegmentation', options,
      earlierName(options, 'SemanticSegmentation'), options.earlierLabels);
  }

  /**
   * A task of your own. The page is yours too: give the project `instructions: Instructions.fromDirectory(...)` with a
   * `template.liquid.html`, in which any crowd element may stand.
   */
  static custom(options: CustomTaskOptions): LabelingTask {
    return new CustomTask(options);
  }

  /** @internal */
  abstract _bind(scope: Construct): BoundTask;
}

function earlierName({ earlierLabelAttributeName }: AdjustmentTaskOptions, made: BuiltInTaskType): string {
  return earlierLabelAttributeName ?? LABELING_TASKS[made].defaultAttribute;
}

type TaskText = Omit<TaskConfiguration, 'preHumanTaskLambdaArn' | 'consolidationLambdaArn' | 'template'>;

class BuiltInTask extends LabelingTask {
  private readonly task: TaskText & { readonly type: BuiltInTaskType };

  constructor(
    type: BuiltInTaskType, factory: string, options: LabelingTaskOptions, earlierLabelAttribute?: string, earlierLabels?: Label[],
  ) {
    super();
    const rules = LABELING_TASKS[type];
    const problems = new Problems(factory);
    const text = taskText(problems, options, rules, earlierLabelAttribute);
    checkLabels(problems, 'labels', options.labels, rules);
    if (earlierLabels !== undefined) {
      checkEarlierLabels(problems, earlierLabels);
    }
    problems.throwIfAny();
    this.task = {
      ...text, type, labels: options.labels.map(configured),
      ...(earlierLabels === undefined ? {} : { earlierLabels: earlierLabels.map((label) => label.name) }),
    };
  }

  /** @internal */
  _bind(scope: Construct): BoundTask {
    return { task: { ...this.task, ...groundTruthFunctions(scope, this.task.type) } };
  }
}

class CustomTask extends LabelingTask {
  private readonly task: TaskText;

  constructor(private readonly options: CustomTaskOptions) {
    super();
    const rules = LABELING_TASKS.Custom;
    const { labels = [] } = options;
    const problems = new Problems('LabelingTask.custom');
    const text = taskText(problems, options, rules);
    checkLabels(problems, 'labels', labels, rules);
    problems.throwIfAny();
    this.task = { ...text, type: 'Custom', labels: labels.map(configured) };
  }

  /** @internal */
  _bind(_scope: Construct): BoundTask {
    const { preFunction, postFunction } = this.options;
    return {
      task: { ...this.task, preHumanTaskLambdaArn: preFunction.functionArn, consolidationLambdaArn: postFunction.functionArn },
      functions: { preFunction, postFunction },
    };
  }
}

/** What all tasks have, checked. */
function taskText(
  problems: Problems, options: TaskOptions, rules: LabelingTaskRules, earlierLabelAttribute?: string,
): Omit<TaskText, 'type' | 'labels' | 'earlierLabels'> {
  const { title, description, keywords = [], labelAttributeName = rules.defaultAttribute } = options;
  problems.text('title', title, { max: TASK_TITLE_MAX_LENGTH });
  problems.text('description', description, { max: TASK_DESCRIPTION_MAX_LENGTH });
  checkKeywords(problems, keywords);
  checkAttribute(problems, 'labelAttributeName', labelAttributeName, rules.attributeEndsWithRef);
  if (earlierLabelAttribute !== undefined) {
    checkAttribute(problems, 'earlierLabelAttributeName', earlierLabelAttribute, rules.earlier?.kind === 'masks');
    if (earlierLabelAttribute === labelAttributeName) {
      problems.add(`earlierLabelAttributeName and labelAttributeName are both '${labelAttributeName}'; the new labels must not replace the earlier ones: give them names of their own`);
    }
  }
  return {
    labelAttributeName, title, description, keywords,
    ...(earlierLabelAttribute === undefined ? {} : { earlierLabelAttribute }),
  };
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

/** @param endsWithRef whether it must end in -ref, or must not; undefined: it may */
function checkAttribute(problems: Problems, prop: string, name: string, endsWithRef: boolean | undefined): void {
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
  } else if (endsWithRef === true && !name.endsWith('-ref')) {
    problems.add(`${prop} is '${name}'; for masks it must end in -ref, such as '${name}-ref'`);
  } else if (endsWithRef === false && name.endsWith('-ref')) {
    problems.add(`${prop} is '${name}'; only for masks may it end in -ref`);
  }
}

function checkLabels(problems: Problems, list: string, labels: Label[], rules: LabelingTaskRules): void {
  problems.add(...labelProblems(labelList(list, labels), rules));
  labels.forEach(({ color, description }, index) => {
    const prop = `${list}[${index}]`;
    if (color !== undefined) {
      problems.pattern(`${prop}.color`, color, /^#[0-9a-f]{6}$/i, 'be a colour written #rrggbb, such as #2acf59');
    }
    if (description !== undefined) {
      problems.text(`${prop}.description`, description, { max: TASK_DESCRIPTION_MAX_LENGTH });
    }
  });
}

function checkEarlierLabels(problems: Problems, labels: Label[]): void {
  if (labels.length === 0) {
    problems.add('earlierLabels has 0 entries; it must have the classes of the labels that are judged');
  }
  problems.add(...labelNameProblems(labelList('earlierLabels', labels)));
}

function labelList(list: string, labels: Label[]): LabelList {
  return { list, labels, nameOf: (index) => `${list}[${index}].name`, isKnown: (name) => !Token.isUnresolved(name) };
}
