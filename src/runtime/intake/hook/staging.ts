import { HookImage } from '../../../contract/hook';
import { IMAGE_MAX_BYTES } from '../../../contract/limits';
import { World } from '../../world';
import { EngineFault } from '../engine';

export interface Staged {
  readonly bytes: Uint8Array;
}

/** Deletes at the same time. */
const PARALLEL = 8;

/** The images that a function returned, where it left them. What was read is deleted in the end: another try makes it anew. */
export class Staging {
  private readonly done: { readonly key: string; readonly versionId: string }[] = [];

  constructor(private readonly world: World) {}

  /** @throws EngineFault where there is none, or one that is too large to be read */
  async read({ key, body }: HookImage, place: string): Promise<Staged> {
    if (key === undefined) {
      return { bytes: Buffer.from(body ?? '', 'base64') };
    }
    const { objects, resources: { inputBucket } } = this.world;
    const head = await objects.head(inputBucket, key);
    if (head && head.size > IMAGE_MAX_BYTES) {
      throw new EngineFault('hook-bad-image', `${place}: output-too-large: the image has ${head.size} bytes; ${IMAGE_MAX_BYTES} are allowed`);
    }
    const object = head && await objects.get(inputBucket, key);
    if (!object) {
      throw new EngineFault('hook-bad-answer', `the answer is wrong at ${place}.key: nothing was written under ${key}`);
    }
    this.done.push({ key, versionId: object.versionId });
    return { bytes: object.body };
  }

  /** What cannot be deleted goes with the bucket's lifecycle rule. */
  async clear(): Promise<void> {
    const { objects, resources: { inputBucket }, telemetry } = this.world;
    for (let from = 0; from < this.done.length; from += PARALLEL) {
      const outcomes = await Promise.allSettled(this.done.slice(from, from + PARALLEL)
        .map(({ key, versionId }) => objects.deleteVersion(inputBucket, key, versionId)));
      if (outcomes.some(({ status }) => status === 'rejected')) {
        telemetry.info('staged images could not be deleted; their bucket\'s lifecycle rule does it', { notice: 'staging' });
        return;
      }
    }
  }
}
