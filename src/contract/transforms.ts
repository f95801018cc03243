/**
 * What a user may do to an image before workers see it: plain JSON, written at synth and executed in Lambda.
 * The rules are in `transform-problems.ts`, so that a mistake is found at synth; where the pixels go is in `geometry.ts`.
 */

/** What becomes of an image that is smaller than the crop: quarantined (default), filled up with black, or cropped to what there is. */
export type TooSmall = 'quarantine' | 'pad' | 'shrink';

/** Cuts a rectangle out, without scaling. Lengths are pixels of the upright image. */
export interface CropSpec {
  readonly kind: 'crop';
  readonly width: number;
  readonly height: number;
  /** First column. Absent: centred horizontally. */
  readonly left?: number;
  /** First row. Absent: centred vertically. */
  readonly top?: number;
  /** Default: 'quarantine'. */
  readonly tooSmall?: TooSmall;
}

/**
 * - `inside`: as large as fits into width x height, proportions kept. With only one of them given, the other is free.
 * - `cover`: fills width x height, proportions kept, what overhangs is cut off evenly. Needs both.
 * - `fill`: exactly width x height, proportions not kept. Needs both.
 * - `contain`: as `inside`, then padded evenly to exactly width x height. Needs both.
 */
export type Fit = 'inside' | 'cover' | 'fill' | 'contain';

/** Scales the image. */
export interface ResizeSpec {
  readonly kind: 'resize';
  readonly width?: number;
  readonly height?: number;
  /** Default: 'inside'. */
  readonly fit?: Fit;
  /**
   * Whether a smaller image is scaled up. Default: false, it keeps its size (`cover` then cuts, `fill` then only shrinks, `contain`
   * then only pads).
   */
  readonly enlarge?: boolean;
  /** What `contain` pads with: `#rrggbb`. Default: '#000000'. */
  readonly color?: string;
}

/** Puts the image into the middle of a canvas of at least this size. A larger image is not cut. */
export interface PadSpec {
  readonly kind: 'pad';
  readonly width: number;
  readonly height: number;
  /** `#rrggbb`. Default: '#000000'. */
  readonly color?: string;
}

/**
 * What becomes of the last row and column of tiles where the image is no multiple of the tiles.
 * - `shift`: they are moved back until they lie within the image, so they overlap more.
 * - `pad`: they are filled up.
 * - `shrink`: they are smaller.
 */
export type TileEdge = 'shift' | 'pad' | 'shrink';

/** Cuts the image into tiles, row by row, each an image of its own. What follows is done to each tile. At most one in a list. */
export interface TileSpec {
  readonly kind: 'tile';
  readonly width: number;
  readonly height: number;
  /** Columns and rows that neighbours have in common. Default: 0. */
  readonly overlap?: number;
  /** Default: 'shift'. An image that is smaller than a tile is one smaller tile, unless it is padded. */
  readonly edge?: TileEdge;
  /** What `pad` fills up with: `#rrggbb`. Default: '#000000'. */
  readonly color?: string;
}

/** A rectangle of the image as it is at that step. What of it lies outside is left out of account. */
export interface Region {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Colour becomes grey (Rec. 601 luma). */
export interface GrayscaleSpec {
  readonly kind: 'grayscale';
}

/** Stretches brightness over the whole range, the same for all channels, so that grey stays grey. */
export interface AutoLevelSpec {
  readonly kind: 'auto-level';
  /** Percent of the pixels at each end that may become black or white. Default: 1. */
  readonly cutoff?: number;
}

/** Unsharp mask: adds `amount` times what the pixel differs from its surroundings. */
export interface SharpenSpec {
  readonly kind: 'sharpen';
  /** Default: 1. Unit: pixels. */
  readonly sigma?: number;
  /** Default: 1. */
  readonly amount?: number;
}

/** Gaussian blur of the image, or of a region of it alone. */
export interface BlurSpec {
  readonly kind: 'blur';
  /** Unit: pixels. */
  readonly sigma: number;
  readonly region?: Region;
}

/** Paints a region over. */
export interface MaskSpec {
  readonly kind: 'mask';
  readonly region: Region;
  /** `#rrggbb`. Default: '#000000'. */
  readonly color?: string;
}

export type TransformSpec = CropSpec | ResizeSpec | PadSpec | TileSpec | GrayscaleSpec | AutoLevelSpec | SharpenSpec | BlurSpec | MaskSpec;

/** `auto`: PNG if it came as PNG, else JPEG. */
export type OutputFormat = 'auto' | 'jpeg' | 'png';

/** `auto`: full colour resolution (4:4:4), except for a JPEG that came with less (4:2:0). */
export type ChromaSubsampling = 'auto' | '4:4:4' | '4:2:0';

/** How the image that workers see is written. */
export interface OutputSpec {
  /** Default: 'auto'. */
  readonly format?: OutputFormat;
  /**
   * JPEG quality, 1-100. Default: 92, and then a JPEG none of whose pixels change is not encoded again:
   * only its private metadata is taken out.
   */
  readonly quality?: number;
  /** Default: 'auto'. */
  readonly chromaSubsampling?: ChromaSubsampling;
  /** `#rrggbb` behind the transparent parts of an image that becomes a JPEG. Default: '#ffffff'. */
  readonly background?: string;
}

/** One of several things made of each drop. */
export interface RenditionSpec {
  /** Part of the images' keys and of their provenance. */
  readonly name: string;
  readonly transforms: readonly TransformSpec[];
  readonly output: OutputSpec;
}

export const DEFAULT_QUALITY = 92;
export const DEFAULT_PAD_COLOR = '#000000';
export const DEFAULT_BACKGROUND = '#ffffff';
export const DEFAULT_CUTOFF = 1;
export const DEFAULT_SHARPEN_SIGMA = 1;
export const DEFAULT_SHARPEN_AMOUNT = 1;

/** The largest side of a JPEG, and so of anything that we make. Unit: pixels. */
export const MAX_SIDE = 65_500;

/** More steps than these are a mistake: every one costs time for every image. */
export const MAX_TRANSFORMS = 16;

/** Part of object keys. */
export const RENDITION_NAME = /^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$/;

/** Each rendition decodes the drop once more. */
export const MAX_RENDITIONS = 8;

/** A wider blur takes seconds for a photograph. Unit: pixels. */
export const BLUR_SIGMA = { min: 0.3, max: 100 } as const;
export const SHARPEN_SIGMA = { min: 0.3, max: 10 } as const;
export const SHARPEN_AMOUNT = { min: 0.1, max: 10 } as const;
