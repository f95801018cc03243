import { inspectExample } from './example-image';
import { TransformSpec } from '../../contract/transforms';
import { SharpEngine } from '../images/sharp-engine';

/** Large enough to fill a worker's screen, small enough to be there at once. Pixels. */
const SIDE_MAX = 1600;

const FIT: readonly TransformSpec[] = [{ kind: 'resize', width: SIDE_MAX, height: SIDE_MAX, fit: 'inside' }];

/** An image as browsers load it. */
export interface WebImage {
  readonly bytes: Uint8Array;
  readonly contentType: string;
  readonly extension: 'jpg' | 'png';
}

const engine = new SharpEngine();

/**
 * Upright, in sRGB, without private metadata, and no larger than a screen.
 *
 * @returns what is wrong with the image, where something is
 */
export async function webImage(bytes: Uint8Array): Promise<WebImage | { readonly problem: string }> {
  const header = inspectExample(bytes);
  if (!header.ok) {
    return { problem: header.detail };
  }
  const result = await engine.process(bytes, header, { transforms: FIT, output: {} });
  if (result.kind === 'rejected') {
    return { problem: result.detail };
  }
  const [{ bytes: made, contentType, format }] = result.images;
  return { bytes: made, contentType, extension: format === 'jpeg' ? 'jpg' : 'png' };
}
