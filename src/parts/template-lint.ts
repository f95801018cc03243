import { assetPath } from './project-function';
import { SynthesisChecks } from '../contract/template-lint';

let loaded: SynthesisChecks | undefined;

/** The lint is a bundle with parsers of its own, which the package does not need otherwise: loaded when the first page is checked. */
export function templateLint(): SynthesisChecks {
  if (loaded === undefined) {
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    loaded = require(assetPath('lint')) as SynthesisChecks;
  }
  return loaded;
}
