import { Engineered, EngineeredImage, EngineeredImages, GatedDrop } from '../../../src/runtime/intake/engine';
import { BAD, PlainEngine } from '../../support/memory-project';

/** What is dropped, by its number: the same hundred again and again, each with contents of its own. */

const HUNDRED = 100;
const TILES = 4;
/** Begins a drop that feature engineering makes tiles of. */
const TILED = 'tiles:';

export type Kind = 'junk' | 'duplicate' | 'tiled' | 'plain';

/** 2 % are no images, 5 % were there before under another name, one in ten gives four tiles. */
export function kindOf(number: number): Kind {
  const place = number % HUNDRED;
  return place % 50 === 0 ? 'junk' : place % 20 === 7 ? 'duplicate' : place % 10 === 4 ? 'tiled' : 'plain';
}

export function contentOf(number: number): string {
  switch (kindOf(number)) {
    case 'junk': return `${BAD}${number}`;
    case 'duplicate': return contentOf(number - 1);
    case 'tiled': return `${TILED}${number}`;
    case 'plain': return `picture ${number}`;
  }
}

const tilesOf = (content: string): string[] => Array.from({ length: TILES }, (_, index) => `${content}#${index}`);

/** What workers have to see of a drop, each once; of content that was there before nothing. */
export function imagesOf(number: number): string[] {
  switch (kindOf(number)) {
    case 'junk':
    case 'duplicate': return [];
    case 'tiled': return tilesOf(contentOf(number));
    case 'plain': return [contentOf(number)];
  }
}

/** A drop's bytes are its image, or cut into tiles. */
export class TilingEngine extends PlainEngine {
  public override async engineer(drop: GatedDrop): Promise<Engineered> {
    const whole = await super.engineer(drop);
    const content = Buffer.from(drop.bytes).toString();
    return whole.kind === 'images' && content.startsWith(TILED) ? { ...whole, images: inTiles(whole.images, content) } : whole;
  }
}

async function* inTiles(images: EngineeredImages, content: string): AsyncGenerator<EngineeredImage> {
  for await (const image of images) {
    yield* tilesOf(content).map((tile) => ({ ...image, bytes: Buffer.from(tile) }));
  }
}
