import { BuiltInTaskType, LABELING_TASKS } from '../../src/contract/labeling-tasks';
import { PageTask } from '../../src/contract/worker-template';

export const BUILT_IN_TASKS = Object.values(LABELING_TASKS)
  .filter(({ page }) => page !== undefined).map(({ type }) => type as BuiltInTaskType);

/** A task of a type, with words that have to be escaped. */
export function taskFor(type: BuiltInTaskType): PageTask {
  const { earlier } = LABELING_TASKS[type];
  const classes = [{ name: 'a "b"', description: 'With a <thread> & {{ brace }}' }, { name: "c'd {% e %}" }];
  return {
    type, title: 'Parts & "more"', description: 'Say <what> you {{ see }}',
    labels: earlier?.adjusted === false ? [{ name: 'good' }, { name: 'bad' }] : classes,
    ...earlier === undefined ? {} : { earlierLabelAttribute: earlier.kind === 'boxes' ? 'boxes' : '2nd-mask-ref' },
    ...earlier?.adjusted === false ? { earlierLabels: classes.map(({ name }) => name) } : {},
  };
}
