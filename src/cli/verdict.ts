import { count } from './text';
import { FileProblem } from '../contract/template-lint';

/** What the problems of a page come to: `1 error and 2 warnings; the error must be mended`. */
export function verdict(problems: readonly FileProblem[]): string {
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  const warnings = problems.length - errors;
  const counts = [...errors > 0 ? [count(errors, 'error')] : [], ...warnings > 0 ? [count(warnings, 'warning')] : []].join(' and ');
  if (errors > 0) {
    return `${counts}; ${errors === 1 ? 'the error' : 'the errors'} must be mended`;
  }
  return warnings > 0 ? `${counts}; workers can work with it` : 'nothing is wrong';
}
