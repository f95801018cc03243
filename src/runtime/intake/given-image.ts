import { createHash } from 'node:crypto';
import { EngineFault, EngineeredImage } from './engine';
import { HookImage } from '../../contract/hook';
import { preLabelProblems } from '../../contract/pre-label';
import { TaskConfiguration } from '../../contract/project-configuration';
import { inspect } from '../images/gate';
import { NoneEngine } from '../images/none-engine';

const EXTENSION = { jpeg: 'jpg', png: 'png' } as const;

/** Digits that tell the images of two tries apart. */
const FINGERPRINT_DIGITS = 12;

const none = new NoneEngine();

/** What code of the user's says of an image that it made. */
export type GivenImage = Pick<HookImage, 'name' | 'inverseTransform' | 'priority' | 'preLabel' | 'attributes'>;

/**
 * The gate for images that code of the user's made: the same as for drops, and decoded as a whole.
 *
 * @param place what the messages call it
 * @throws EngineFault for what cannot be shown to workers
 */
export async function givenImage(bytes: Uint8Array, image: GivenImage, place: string, task: TaskConfiguration): Promise<EngineeredImage> {
  const inspected = inspect(bytes);
  if (!inspected.ok) {
    throw new EngineFault('hook-bad-image', `${place}: ${inspected.reason}: ${inspected.detail}`);
  }
  const result = await none.process(bytes, inspected);
  if (result.kind === 'rejected') {
    throw new EngineFault('hook-bad-image', `${place}: ${result.reason}: ${result.detail}`);
  }
  const [{ format, contentType, width, height, warnings }] = result.images;
  const { name, inverseTransform, priority, preLabel, attributes } = image;
  const [problem] = preLabel === undefined ? [] : preLabelProblems(preLabel, task, { width, height });
  if (problem !== undefined) {
    throw new EngineFault('hook-bad-answer', `the answer is wrong at ${place}.preLabel: ${problem}`);
  }
  const hash = createHash('sha256').update(bytes).update(JSON.stringify(inverseTransform ?? null));
  return {
    bytes, extension: EXTENSION[format], contentType, width, height, warnings, inverseTransform, priority, preLabel, attributes,
    fingerprint: hash.digest('hex').slice(0, FINGERPRINT_DIGITS),
    ...(name === undefined ? {} : { rendition: name }),
  };
}
