import { assetPath } from './project-function';
import { TemplateLint } from '../contract/template-lint';

let loaded: TemplateLint | undefined;

/** The lint is a bundle with parsers of its own, which the package does not need otherwise: loaded when the first page is checked. */
export function templateLint(): TemplateLint {
  if (loaded === undefined) {
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    loaded = require(assetPath('lint')) as TemplateLint;
  }
  return loaded;
}
