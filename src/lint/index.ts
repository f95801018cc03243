import { bindImages } from './bind';
import { composeInstructions, isOfBuiltInPage, lintContext } from './folder';
import { lintTemplate } from './lint';
import { renderInstructions } from './markdown';
import { readableInstructions } from './readable';
import { renderPage } from './render';
import { escaped } from './text';
import { firstOf, printable, PRINTED_MAX } from '../contract/printable';
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

/** The first of many problems, and how many more there are; errors before warnings, or these might hide what has to be mended. */
export function formatProblems(problems: readonly FileProblem[], nameOf: (file: string) => string = (file) => file): readonly string[] {
  const rank = ({ severity }: FileProblem): number => (severity === 'error' ? 0 : 1);
  const sorted = problems.length > PRINTED_MAX ? [...problems].sort((one, other) => rank(one) - rank(other)) : problems;
  return firstOf(sorted.map(({ file, ...problem }) => formatProblem(nameOf(file), problem)));
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
