import { BACKGROUND } from './earlier-label';
import { LabelingTaskRules } from './labeling-tasks';
import { LABEL_NAME_MAX_LENGTH } from './limits';
import { textProblem } from './text-problem';

/** A list of labels, and what messages call it and its entries. */
export interface LabelList {
  readonly list: string;
  readonly nameOf: (index: number) => string;
  readonly labels: readonly { readonly name: string; readonly retired?: boolean }[];
  /** Whether a name is known already. Default: each is. */
  readonly isKnown?: (name: string) => boolean;
}

/** What is wrong with the labels of a task, each as one sentence that names the prop, the value and the rule. Empty: nothing is. */
export function labelProblems(labels: LabelList, rules: LabelingTaskRules): string[] {
  const { list, nameOf, labels: all } = labels;
  const offered = all.filter(({ retired }) => !retired).length;
  const painted = rules.page?.element === 'crowd-semantic-segmentation';
  return [
    ...offered < rules.minLabels
      ? [`${list} offers ${offered} ${offered === 1 ? 'label' : 'labels'}; this task needs at least ${rules.minLabels} that are not retired`] : [],
    ...rules.maxLabels !== undefined && all.length > rules.maxLabels
      ? [`${list} has ${all.length} entries; this task takes at most ${rules.maxLabels}, retired ones included`] : [],
    ...labelNameProblems(labels),
    ...all.flatMap(({ name }, index) => painted && name.toUpperCase() === BACKGROUND
      ? [`${nameOf(index)} is '${name}', which Ground Truth uses for what no worker painted; choose another name`] : []),
  ];
}

/** The same for their names alone. */
export function labelNameProblems({ nameOf, labels, isKnown = () => true }: LabelList): string[] {
  return labels.flatMap(({ name }, index) => {
    const problem = isKnown(name) ? textProblem(nameOf(index), name, { max: LABEL_NAME_MAX_LENGTH }) : undefined;
    const first = labels.findIndex((other) => other.name === name);
    return [
      ...problem === undefined ? [] : [problem],
      ...first < index ? [`${nameOf(index)} is ${isKnown(name) ? `'${name}'` : '(known at deploy time)'}, as is ${nameOf(first)}; names must be unique`] : [],
    ];
  });
}
