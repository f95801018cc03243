import { bindImages } from './bind';
import { lintTemplate } from './lint';
import { renderInstructions } from './markdown';
import { LintProblem, TemplateLint } from '../contract/template-lint';

export { bindImages, lintTemplate, renderInstructions };

/** A problem in one line, as compilers write it. */
export function formatProblem(file: string, { line, column, severity, message, rule }: LintProblem): string {
  return `${file}:${line}:${column}: ${severity}: ${message} (${rule})`;
}

/** That this module keeps its contract is checked here. */
const contract: TemplateLint = { bindImages, formatProblem, lintTemplate, renderInstructions };
export default contract;
