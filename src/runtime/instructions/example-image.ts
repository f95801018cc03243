import { EXAMPLE_IMAGE_MAX_BYTES } from '../../contract/limits';
import { ReasonCode } from '../../contract/reasons';
import { DEFAULT_INPUT_LIMITS, inspect, Inspection } from '../images/gate';

const LIMITS = { ...DEFAULT_INPUT_LIMITS, maxFileBytes: EXAMPLE_IMAGE_MAX_BYTES };

/** What whoever keeps the folder does about it. */
const REMEDIES: { readonly [reason in ReasonCode]?: string } = {
  'empty': 'copy the whole file',
  'truncated': 'copy the whole file',
  'corrupt': 'export it again from where it came',
  'too-large-file': 'reduce it',
  'too-many-pixels': 'reduce it',
  'not-an-image': 'convert it, or take it out',
  'unsupported-type': 'convert it',
};

/** Judges an example image by its bytes, as the gate judges a drop: at a synthesis, on the command line, and when it is published. */
export function inspectExample(bytes: Uint8Array): Inspection {
  const seen = inspect(bytes, LIMITS);
  const remedy = seen.ok ? undefined : REMEDIES[seen.reason];
  return seen.ok || remedy === undefined ? seen : { ...seen, detail: `${seen.detail}; ${remedy}` };
}
