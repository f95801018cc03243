import { Engine, Engineered, Gated, GatedDrop } from './engine';
import { uprightSize } from '../../contract/geometry';
import { waitingPrefix } from '../../contract/processing';
import { inspect } from '../images/gate';
import { World } from '../world';

const EXTENSION = { jpeg: 'jpg', png: 'png', webp: 'webp', avif: 'avif', gif: 'gif', tiff: 'tif' } as const;

/** Name of a waiting drop's copy: what it was called in the bucket need not be a file name. */
export function waitingFile(sha256: string, type: string): string {
  return `${sha256}.${EXTENSION[type as keyof typeof EXTENSION] ?? 'bin'}`;
}

/** Key of a waiting drop's copy in the input bucket. */
export function waitingKey(projectId: string, file: string): string {
  return `${waitingPrefix(projectId)}${file}`;
}

/**
 * The engine of projects whose drops a SageMaker pipeline works on: lays a copy of the very bytes that were judged where the
 * pipeline finds them, and leaves the rest to the batches of the controller.
 */
export class ProcessingEngine implements Engine {
  constructor(private readonly world: Pick<World, 'objects' | 'resources'>) {}

  gate(bytes: Uint8Array): Gated {
    return inspect(bytes);
  }

  async engineer(drop: GatedDrop): Promise<Engineered> {
    const header = inspect(drop.bytes);
    if (!header.ok) {
      return { kind: 'rejected', reason: header.reason, detail: header.detail };
    }
    const { type, orientation } = header;
    const { inputBucket, projectId } = this.world.resources;
    await this.world.objects.put(inputBucket, waitingKey(projectId, waitingFile(drop.sha256, type)), drop.bytes, { contentType: `image/${type}` });
    return { kind: 'started', header: { type, orientation, ...uprightSize(header, orientation) } };
  }
}
