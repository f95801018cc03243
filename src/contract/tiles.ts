import { Size } from './steps';
import { TileSpec } from './transforms';

/** One tile along one side of the image: where it begins, what there is of it, and what is missing behind. */
export interface TileSpan {
  readonly start: number;
  readonly length: number;
  readonly missing: number;
}

/** The tiles of an image, as spans across and down. */
export interface Grid {
  readonly rows: number;
  readonly columns: number;
  row(index: number): TileSpan;
  column(index: number): TileSpan;
}

export function gridOf(spec: TileSpec, { width, height }: Size): Grid {
  const overlap = spec.overlap ?? 0;
  const edge = spec.edge ?? 'shift';
  return {
    rows: countOf(spec.height, overlap, height),
    columns: countOf(spec.width, overlap, width),
    row: (index) => spanOf(index, spec.height, overlap, edge, height),
    column: (index) => spanOf(index, spec.width, overlap, edge, width),
  };
}

/** Tiles begin a tile less the overlap apart; the last one is the first that reaches the end. */
function countOf(tile: number, overlap: number, available: number): number {
  return available <= tile ? 1 : Math.ceil((available - tile) / (tile - overlap)) + 1;
}

function spanOf(index: number, tile: number, overlap: number, edge: NonNullable<TileSpec['edge']>, available: number): TileSpan {
  const regular = index * (tile - overlap);
  const start = edge === 'shift' ? Math.max(0, Math.min(regular, available - tile)) : regular;
  const length = Math.min(tile, available - start);
  return { start, length, missing: edge === 'pad' ? tile - length : 0 };
}
