import { bindImages } from './bind';
import { composeInstructions, isOfBuiltInPage, lintContext } from './folder';
import { lintTemplate } from './lint';
import { renderInstructions } from './markdown';
import { readableInstructions } from './readable';
import { renderPage } from './render';
import { escaped } from './text';
import { moreThan, printable, PRINTED_MAX } from '../contract/printable';
import { FileProblem, LintProblem, TemplateLint } from '../contract/template-lint';

export type { ReadablePart } from './readable';
export {
  bindImages, composeInstructions, escaped, isOfBuiltInPage, lintContext, lintTemplate, readableInstructions, renderInstructions,
  renderPage,
};

/** A problem in one printable line, as compilers write it. */
export function formatProblem(file: string, { line, column, severity, message, rule }: LintProblem): string {
  return printable(`${file}:${line}:${column}: ${severity}: ${message} (${rule})`);
}

/** The first of many problems; errors before warnings, or these might hide what has to be mended. */
export function firstProblems(problems: readonly FileProblem[]): readonly FileProblem[] {
  const rank = ({ severity }: FileProblem): number => (severity === 'error' ? 0 : 1);
  return problems.length > PRINTED_MAX ? [...problems].sort((one, other) => rank(one) - rank(other)).slice(0, PRINTED_MAX) : problems;
}

/** The first of many problems, each as `formatProblem` has it, and how many more there are. */
export function formatProblems(problems: readonly FileProblem[], nameOf: (file: string) => string = (file) => file): readonly string[] {
  const lines = firstProblems(problems).map(({ file, ...problem }) => formatProblem(nameOf(file), problem));
  return [...lines, ...moreThan(lines.length, problems.length)];
}

/** The same problems where warnings are not wanted: each is an error. */
export function strictly<Problem extends LintProblem>(problems: readonly Problem[]): Problem[] {
  return problems.map((problem) => ({ ...problem, severity: 'error' }));
}

/** That this module keeps its contract is checked here. */
const contract: TemplateLint = {
  bindImages, composeInstructions, formatProblem, formatProblems, isOfBuiltInPage, lintContext, lintTemplate, renderInstructions,
  renderPage, strictly,
};
export default contract;
