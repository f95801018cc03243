import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { linkProblems, tableRows } from '../support/documents';

const DOCUMENT = 'docs/deploys.md';
const read = (path: string): string => readFileSync(join(__dirname, '..', '..', path), 'utf8');

/** Props that an interface declares. */
function propsOf(path: string, name: string): string[] {
  const source = read(path);
  const from = source.indexOf(`export interface ${name} `);
  return [...source.slice(from, source.indexOf('\n}\n', from)).matchAll(/^ {2}readonly (\w+)\??:/gm)].map(([, prop]) => prop);
}

test.each([
  ['src/streaming-labeling-project-props.ts', 'StreamingLabelingProjectProps'], ['src/labeling-task.ts', 'TaskOptions'],
  ['src/labeling-task.ts', 'LabelingTaskOptions'], ['src/labeling-task.ts', 'AdjustmentTaskOptions'],
  ['src/labeling-task.ts', 'VerificationTaskOptions'], ['src/labeling-task.ts', 'CustomTaskOptions'],
])('what each prop of %s does to the job that runs is said in docs/deploys.md', (path, name) => {
  const said = tableRows(DOCUMENT).flatMap(([props]) => [...props.matchAll(/`(\w+)`/g)].map(([, prop]) => prop));
  const props = propsOf(path, name);
  expect(props.length).toBeGreaterThan(0);
  expect(props.filter((prop) => !said.includes(prop))).toEqual([]);
});

test('every row says when, and every link leads somewhere', () => {
  const rows = tableRows(DOCUMENT);
  expect(rows.filter(([, when]) => !/^(at once|next job|refused|do not change)$/.test(when))).toEqual([]);
  expect(rows.filter(([, when, , named]) => /^(next job|refused)$/.test(when) && named === '')).toEqual([]);
  expect(linkProblems(DOCUMENT, read(DOCUMENT))).toEqual([]);
});
