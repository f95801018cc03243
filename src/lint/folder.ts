import { lintTemplate } from './lint';
import { checkMarkdown, renderInstructions } from './markdown';
import { Findings, listed } from './text';
import { LABELING_TASKS } from '../contract/labeling-tasks';
import { ComposedInstructions, FileProblem, InstructionFolder, LintContext, LintProblem } from '../contract/template-lint';
import { PageTask, workerTemplate } from '../contract/worker-template';

/** A page of one's own. */
const TEMPLATE = 'template.liquid.html';

/** What is put into the built-in page of the task. */
const FULL = 'full.md';
const SHORT = 'short.md';

/** What Ground Truth's own functions hand to the page of a built-in task. */
const BUILT_IN_INPUTS = ['taskObject', 'labels', 'manifestLine'];

/** What the page of a task is checked against. */
export function lintContext(task: PageTask, images: readonly string[]): LintContext {
  const { page, maxLabels } = LABELING_TASKS[task.type];
  if (page === undefined) {
    return { images };
  }
  const labels = task.labels.map((label) => label.name);
  const offered = task.labels.filter((label) => !label.retired).length;
  return { images, inputs: BUILT_IN_INPUTS, task: { ...page, labels, offered, ...(maxLabels === undefined ? {} : { maxLabels }) } };
}

/** The page that a folder of instructions makes for a task, with all that is wrong with it. */
export function composeInstructions({ files, images }: InstructionFolder, task: PageTask): ComposedInstructions {
  const problems = folderProblems(files, task);
  if (problems.length > 0) {
    return { template: '', problems };
  }
  const context = lintContext(task, images);
  if (files[TEMPLATE] !== undefined) {
    const template = files[TEMPLATE];
    return { template, problems: inFile(TEMPLATE, lintTemplate(template, context)) };
  }
  const texts = [FULL, SHORT].filter((name) => files[name] !== undefined);
  const wrong = texts.flatMap((name) => {
    const findings = new Findings(files[name]);
    checkMarkdown(files[name], images, findings);
    return inFile(name, findings.all);
  });
  const html = (name: string): string | undefined => files[name] === undefined ? undefined : renderInstructions(files[name]);
  const template = workerTemplate(task, { full: html(FULL), short: html(SHORT) });
  // what is wrong with the texts has been said, in their own lines; the rest is not theirs, but for the length
  const page = lintTemplate(template, context).filter(({ severity, rule }) => severity === 'error' && rule !== 'unknown-image');
  return { template, problems: [...wrong, ...inFile(texts[0], page.map((problem) => ({ ...problem, line: 1, column: 1 })))] };
}

const inFile = (file: string, problems: readonly LintProblem[]): FileProblem[] => problems.map((problem) => ({ file, ...problem }));

function folderProblems(files: InstructionFolder['files'], { type }: PageTask): FileProblem[] {
  const problem = (file: string, rule: string, message: string): FileProblem[] =>
    [{ file, severity: 'error', rule, line: 1, column: 1, message }];
  const names = Object.keys(files);
  const texts = [FULL, SHORT].filter((name) => names.includes(name));
  if (names.includes(TEMPLATE)) {
    return texts.length === 0 ? [] : problem(texts[0], 'two-pages', `there is a ${TEMPLATE} too, which is the whole page; take one of them out`);
  }
  const custom = LABELING_TASKS[type].page === undefined;
  if (texts.length > 0 && custom) {
    return problem(texts[0], 'no-page', `a custom task has no built-in page to put this into; write a ${TEMPLATE}`);
  }
  if (texts.length > 0) {
    return [];
  }
  const has = names.length === 0 ? 'it has no such file at all' : `it has ${listed(names.slice(0, 12))}`;
  return problem(custom ? TEMPLATE : FULL, 'no-instructions', `the folder needs ${custom ? TEMPLATE : `${FULL}, ${SHORT} or both, or a ${TEMPLATE}`}; ${has}`);
}
