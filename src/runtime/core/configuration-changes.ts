import { ProjectConfiguration } from '../../contract/project-configuration';

/**
 * Why a wanted configuration cannot follow the one that is in force, each with the remedy. Empty: it can.
 * The data set depends on these: class ids are positions in the label list, and the label attribute names every label.
 */
export function changeProblems(current: ProjectConfiguration, wanted: ProjectConfiguration): string[] {
  const problems: string[] = [];
  if (wanted.projectName !== current.projectName) {
    problems.push(`projectName changed from '${current.projectName}' to '${wanted.projectName}': a ledger belongs to one project. `
      + 'Set the old name again, or start a new project with its own ledger.');
  }
  if (wanted.chainId !== current.chainId) {
    problems.push(`chainId changed from '${current.chainId}' to '${wanted.chainId}': the ledger belongs to chain '${current.chainId}'. `
      + 'Give the chain id that the old stack printed as output ChainId.');
  }
  if (wanted.task.type !== current.task.type) {
    problems.push(`the task type changed from ${current.task.type} to ${wanted.task.type}: its labels would not fit the data set. `
      + 'Start a new project.');
  }
  if (wanted.task.labelAttributeName !== current.task.labelAttributeName) {
    problems.push(`labelAttributeName changed from '${current.task.labelAttributeName}' to '${wanted.task.labelAttributeName}': every image `
      + 'would be labeled and paid for again. Set the old name again.');
  }
  return [...problems, ...labelProblems(current, wanted)];
}

function labelProblems(current: ProjectConfiguration, wanted: ProjectConfiguration): string[] {
  const before = current.task.labels.map((label) => label.name);
  const after = wanted.task.labels.map((label) => label.name);
  return before.flatMap((name, index) => {
    if (after[index] === name) {
      return [];
    }
    return [after.includes(name)
      ? `label '${name}' moved from place ${index}: places are class ids. Keep the order and append new labels at the end.`
      : `label '${name}' was removed or renamed: its place ${index} is a class id. Keep it and set retired: true.`];
  });
}
