import { assetPath } from './project-function';
import { FileProblem, TemplateLint } from '../contract/template-lint';

let loaded: TemplateLint | undefined;

/** The lint is a bundle with parsers of its own, which the package does not need otherwise: loaded when the first page is checked. */
export function templateLint(): TemplateLint {
  if (loaded === undefined) {
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    loaded = require(assetPath('lint')) as TemplateLint;
  }
  return loaded;
}

/** A problem as compilers write it, so that editors find the place. */
export function formatted({ file, ...problem }: FileProblem, nameOf: (file: string) => string = (name) => name): string {
  return templateLint().formatProblem(nameOf(file), problem);
}
