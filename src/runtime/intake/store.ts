import { createHash } from 'node:crypto';
import { IMAGE_ATTRIBUTES } from '../../contract/hook-limits';
import { DROP_MAX_IMAGES } from '../../contract/limits';
import { PreLabel } from '../../contract/pre-label';
import { imageObjectKey, s3Uri } from '../core/object-keys';
import { PerceptualHash } from '../core/perceptual-hash';
import { DropId } from '../ledger/drops';
import { NewImage } from '../ledger/recording';
import { World } from '../world';
import { dropMetadata } from './drop-metadata';
import { EngineeredImage, EngineeredImages, RejectedDropError } from './engine';
import { grantWishes } from './wishes';

interface StoredDrop extends DropId {
  readonly sha256: string;
  readonly priority?: number;
  /** What came with the drop, in its own pixels. */
  readonly preLabel?: PreLabel;
}

interface IndexedImage {
  readonly index: number;
  readonly image: EngineeredImage;
}

type Metadata = { readonly [name: string]: string };

/** Made images that wait to be stored may take so much memory; what one drop gives is most often less. Bytes. */
const HELD_MAX_BYTES = 32 * 1024 * 1024;

/** An image is stored so beside what somebody else put where it belongs. */
const BESIDE = 'beside';

/** Objects that are written at the same time. */
const PARALLEL_PUTS = 8;

/** The images of a drop, and what they look like together, where that was asked for. */
export interface StoredImages {
  readonly images: readonly NewImage[];
  readonly perceptualHash?: PerceptualHash;
}

/**
 * Writes each image under its immutable key, as they are made: never more of them in memory than a few. That an object is there
 * already is no verdict: an earlier try may have written it, perhaps under other transforms; what counts is what it says of itself.
 *
 * @param made called after the last image was made, and before the last ones are stored
 * @throws RejectedDropError for what is wrong with the drop
 */
export async function storeImages(
  world: World, drop: StoredDrop, images: EngineeredImages, made: () => Promise<unknown>,
): Promise<StoredImages> {
  const stored: NewImage[] = [];
  let perceptualHash: PerceptualHash | undefined;
  const warnings = new Set<string>();
  let held: IndexedImage[] = [];
  let heldBytes = 0;
  let index = 0;
  for await (const image of oneByOne(images)) {
    if (index >= DROP_MAX_IMAGES) {
      throw new RejectedDropError('too-many-images', `feature engineering made more than ${DROP_MAX_IMAGES} images of it`);
    }
    image.warnings.forEach((warning) => warnings.add(warning));
    perceptualHash ??= image.perceptualHash;
    held.push({ index, image });
    heldBytes += image.bytes.length;
    index += 1;
    if (heldBytes >= HELD_MAX_BYTES) {
      stored.push(...await storeAll(world, drop, held));
      held = [];
      heldBytes = 0;
    }
  }
  await made();
  for (const warning of warnings) {
    world.telemetry.warn(warning, { notice: 'image-warning', key: drop.key });
  }
  return { images: [...stored, ...await storeAll(world, drop, held)], perceptualHash };
}

async function* oneByOne(images: EngineeredImages): AsyncGenerator<EngineeredImage> {
  yield* images;
}

async function storeAll(world: World, drop: StoredDrop, images: readonly IndexedImage[]): Promise<NewImage[]> {
  const stored: NewImage[] = [];
  for (let from = 0; from < images.length; from += PARALLEL_PUTS) {
    const outcomes = await Promise.allSettled(images.slice(from, from + PARALLEL_PUTS).map((image) => storeImage(world, drop, image)));
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') {
        throw outcome.reason;
      }
      stored.push(outcome.value);
    }
  }
  return stored;
}

async function storeImage(world: World, drop: StoredDrop, indexed: IndexedImage): Promise<NewImage> {
  const { index, image } = indexed;
  const bucket = world.resources.inputBucket;
  const wanted = metadataOf(drop, indexed);
  const { rendition, fingerprint } = image;
  const keyOf = (...parts: readonly (string | undefined)[]): string => {
    const variant = parts.filter((part) => part !== undefined).join('-');
    return imageObjectKey(bucket, drop, index, image.extension, variant === '' ? undefined : variant);
  };
  let stored = await put(world, keyOf(rendition, fingerprint), image, wanted)
    ?? await mustPut(world, keyOf(rendition, fingerprint, BESIDE), image, wanted);
  if (image.tile && stored.metadata['inverse-transform'] !== wanted['inverse-transform']) {
    // Tiles of two different grids would leave gaps between them.
    const other = createHash('sha256').update(wanted['inverse-transform']).digest('hex').slice(0, 8);
    stored = await mustPut(world, keyOf(rendition, other), image, wanted);
  }
  const { width, height, 'inverse-transform': inverse } = stored.metadata;
  const attributes: NewImage['provenance'] = image.attributes === undefined ? {} : { [IMAGE_ATTRIBUTES]: image.attributes };
  const provenance = { ...provenanceOf(drop, stored.metadata), ...attributes };
  return {
    sourceRef: s3Uri(bucket, stored.key), index, provenance,
    ...grantWishes(image, drop, { width: Number(width), height: Number(height) }, inverse === undefined ? undefined : numbersOf(inverse)),
  };
}

interface Stored {
  readonly key: string;
  /** What the object says of itself. */
  readonly metadata: Metadata;
}

/** Undefined where what lies there does not say that it was made of this drop: somebody else's, or a copy that lost its metadata. */
async function put(world: World, key: string, image: EngineeredImage, metadata: Metadata): Promise<Stored | undefined> {
  const bucket = world.resources.inputBucket;
  const written = await world.objects.putIfAbsent(bucket, key, image.bytes, { contentType: image.contentType, metadata });
  if (written === 'written') {
    return { key, metadata };
  }
  const head = await world.objects.head(bucket, key);
  if (!head) {
    throw new Error(`${key} exists in the input bucket and cannot be read; the drop is tried again`);
  }
  if (head.metadata['drop-sha256'] === metadata['drop-sha256']) {
    return { key, metadata: head.metadata };
  }
  world.telemetry.warn(`${key} in the input bucket is not what this project stored there; workers are not shown it`, { notice: 'foreign-image', key });
  return undefined;
}

async function mustPut(world: World, key: string, image: EngineeredImage, metadata: Metadata): Promise<Stored> {
  const stored = await put(world, key, image, metadata);
  if (!stored) {
    throw new Error(`${key} in the input bucket is not what this project stored there; delete it, and the drop goes on`);
  }
  return stored;
}

function metadataOf(drop: StoredDrop, { index, image }: IndexedImage): Metadata {
  const { rendition, tile } = image;
  return {
    ...dropMetadata(drop),
    'drop-sha256': drop.sha256,
    'drop-index': String(index),
    'width': String(image.width),
    'height': String(image.height),
    ...(image.inverseTransform === undefined ? {} : { 'inverse-transform': image.inverseTransform.join(' ') }),
    ...(rendition === undefined ? {} : { rendition }),
    ...(tile === undefined ? {} : { tile: [tile.row, tile.column, tile.rows, tile.columns].join(' ') }),
  };
}

const numbersOf = (text: string): number[] => text.split(' ').map(Number);

/** What travels with an image through Ground Truth into the data set. */
function provenanceOf(drop: StoredDrop, metadata: Metadata): NewImage['provenance'] {
  const tile = metadata.tile === undefined ? undefined : numbersOf(metadata.tile);
  return {
    'drop-key': drop.key,
    'drop-sha256': drop.sha256,
    'image-width': Number(metadata.width),
    'image-height': Number(metadata.height),
    ...(metadata['inverse-transform'] === undefined ? {} : { 'inverse-transform': numbersOf(metadata['inverse-transform']) }),
    ...(metadata.rendition === undefined ? {} : { rendition: metadata.rendition }),
    ...(tile === undefined ? {} : { 'tile-row': tile[0], 'tile-column': tile[1], 'tile-rows': tile[2], 'tile-columns': tile[3] }),
  };
}
