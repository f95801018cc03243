import { TaskConfiguration } from './project-configuration';

type Task = Pick<TaskConfiguration, 'labels' | 'earlierLabels'>;

/** The labels of a job as its label category file has them, and so what a page finds as `task.input.labels`. A position is a class id. */
export function jobLabels({ labels, earlierLabels = [] }: Task): readonly string[] {
  const names = labels.map(({ name }) => name);
  // the guide wants the classes that a verification judges in it too; behind the verdicts they are nobody's class id
  return [...names, ...earlierLabels.filter((name) => !names.includes(name))];
}

/** Those that workers may choose: retired ones keep their place, and what is judged is no verdict. */
export function offeredLabels({ labels }: Pick<Task, 'labels'>): readonly string[] {
  return labels.filter(({ retired }) => !retired).map(({ name }) => name);
}
