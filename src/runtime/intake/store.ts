import { imageObjectKey, s3Uri } from '../core/object-keys';
import { DropId, NewImage } from '../ledger/drops';
import { World } from '../world';
import { dropMetadata } from './drop-metadata';
import { EngineeredImage } from './engine';

interface StoredDrop extends DropId {
  readonly sha256: string;
}

function metadataOf(drop: StoredDrop, index: number, image: EngineeredImage): { [name: string]: string } {
  return {
    ...dropMetadata(drop),
    'drop-sha256': drop.sha256,
    'drop-index': String(index),
    'width': String(image.width),
    'height': String(image.height),
    'inverse-transform': image.inverseTransform.join(' '),
  };
}

/**
 * Writes each image under its immutable key. That an object is there already is no verdict: an earlier try may have written it,
 * perhaps under other transforms; what counts is what it says of itself.
 */
export async function storeImages(world: World, drop: StoredDrop, images: readonly EngineeredImage[]): Promise<NewImage[]> {
  const bucket = world.resources.inputBucket;
  const stored: NewImage[] = [];
  for (const [index, image] of images.entries()) {
    const key = imageObjectKey(bucket, drop, index, image.extension);
    let metadata = metadataOf(drop, index, image);
    const written = await world.objects.putIfAbsent(bucket, key, image.bytes, { contentType: image.contentType, metadata });
    if (written === 'exists') {
      const head = await world.objects.head(bucket, key);
      if (!head) {
        throw new Error(`${key} exists in the input bucket and cannot be read; the drop is tried again`);
      }
      metadata = { ...metadata, ...head.metadata };
    }
    stored.push({ sourceRef: s3Uri(bucket, key), index, priority: image.priority, provenance: provenanceOf(drop, metadata) });
  }
  return stored;
}

/** What travels with an image through Ground Truth into the data set. */
function provenanceOf(drop: StoredDrop, metadata: { readonly [name: string]: string }): NewImage['provenance'] {
  return {
    'drop-key': drop.key,
    'drop-sha256': drop.sha256,
    'image-width': Number(metadata.width),
    'image-height': Number(metadata.height),
    'inverse-transform': metadata['inverse-transform'].split(' ').map(Number),
  };
}
