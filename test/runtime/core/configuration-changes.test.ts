import * as fc from 'fast-check';
import { ProjectConfiguration, TaskConfiguration } from '../../../src/contract/project-configuration';
import { changeProblems } from '../../../src/runtime/core/configuration-changes';
import { testConfiguration } from '../../support/memory-project';

const current = testConfiguration();
const withTask = (change: Partial<TaskConfiguration>): ProjectConfiguration => ({ ...current, task: { ...current.task, ...change } });
const labels = (...names: string[]): ProjectConfiguration => withTask({ labels: names.map((name) => ({ name })) });

test.each<[string, ProjectConfiguration, RegExp]>([
  ['another project name', { ...current, projectName: 'other' }, /projectName changed from 'froth' to 'other'.*Set the old name again/],
  ['another chain id', { ...current, chainId: 'ffffffff' }, /chainId changed.*output ChainId/],
  ['another task type', withTask({ type: 'BoundingBox' }), /task type changed from ImageMultiClass to BoundingBox.*new project/],
  ['another label attribute', withTask({ labelAttributeName: 'other' }), /labelAttributeName changed.*Set the old name again/],
  ['a label less', labels('froth'), /'launder' was removed or renamed: its place 1.*retired: true/],
  ['a renamed label', labels('froth', 'Launder'), /'launder' was removed or renamed/],
  ['labels in another order', labels('launder', 'froth'), /'froth' moved from place 0.*append new labels at the end/],
  ['a label put in front', labels('new', 'froth', 'launder'), /'froth' moved from place 0/],
])('%s is refused, with the remedy', (_name, wanted, message) => {
  const problems = changeProblems(current, wanted);
  expect(problems.join(' ')).toMatch(message);
});

test.each<[string, ProjectConfiguration]>([
  ['nothing', current],
  ['one more label', labels('froth', 'launder', 'new')],
  ['a retired label', withTask({ labels: [{ name: 'froth', retired: true }, { name: 'launder', color: '#ffffff' }] })],
  ['other instructions, title and window', { ...withTask({ template: 'x', title: 'y' }), work: { ...current.work, window: 9 } }],
])('%s may change', (_name, wanted) => {
  expect(changeProblems(current, wanted)).toEqual([]);
});

test('the label list only ever grows', () => {
  const names = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { minLength: 1 });
  fc.assert(fc.property(names, names, (before, after) => {
    const problems = changeProblems(labels(...before), labels(...after));
    expect(problems.length === 0).toBe(before.every((name, index) => after[index] === name));
  }));
});
