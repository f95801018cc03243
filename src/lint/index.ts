import { bindImages } from './bind';
import { composeInstructions, lintContext } from './folder';
import { lintTemplate } from './lint';
import { renderInstructions } from './markdown';
import { readableInstructions } from './readable';
import { renderPage } from './render';
import { escaped } from './text';
import { LintProblem, TemplateLint } from '../contract/template-lint';

export type { ReadablePart } from './readable';
export { bindImages, composeInstructions, escaped, lintContext, lintTemplate, readableInstructions, renderInstructions, renderPage };

/** A problem in one line, as compilers write it. */
export function formatProblem(file: string, { line, column, severity, message, rule }: LintProblem): string {
  return `${file}:${line}:${column}: ${severity}: ${message} (${rule})`;
}

/** The same problems where warnings are not wanted: each is an error. */
export function strictly<Problem extends LintProblem>(problems: readonly Problem[]): Problem[] {
  return problems.map((problem) => ({ ...problem, severity: 'error' }));
}

/** That this module keeps its contract is checked here. */
const contract: TemplateLint = {
  bindImages, composeInstructions, formatProblem, lintContext, lintTemplate, renderInstructions, renderPage, strictly,
};
export default contract;
