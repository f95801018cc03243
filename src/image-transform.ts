import {
  AutoLevelSpec, BlurSpec, CropSpec, MaskSpec, PadSpec, Region, ResizeSpec, SharpenSpec, TileSpec, TransformSpec,
} from './contract/transforms';

/** What becomes of an image that is smaller than the crop. */
export enum TooSmall {
  /** The drop goes to quarantine, with the reason `too-small`. */
  QUARANTINE = 'quarantine',
  /** The image is filled up with black. */
  PAD = 'pad',
  /** The image is cropped to what there is. */
  SHRINK = 'shrink',
}

/** How an image is fitted into a size. */
export enum ImageFit {
  /** As large as fits into the size, proportions kept. With only one side given, the other is free. */
  INSIDE = 'inside',
  /** Fills the size, proportions kept; what overhangs is cut off evenly. Needs both sides. */
  COVER = 'cover',
  /** Exactly the size, proportions not kept. Needs both sides. */
  FILL = 'fill',
  /** As `INSIDE`, then padded evenly to exactly the size: proportions kept, nothing cut. Needs both sides. */
  CONTAIN = 'contain',
}

/** What becomes of the last row and column of tiles, where the image is no multiple of the tiles. */
export enum TileEdge {
  /** They are moved back until they lie within the image: every tile is full, the last ones overlap more. */
  SHIFT = 'shift',
  /** They are filled up with a colour. */
  PAD = 'pad',
  /** They are smaller. */
  SHRINK = 'shrink',
}

/** Options of a crop. Lengths are pixels of the upright image. */
export interface CropOptions {
  /** Width of the part that is kept, in pixels: 1 to 65,500. */
  readonly width: number;

  /** Height of the part that is kept, in pixels: 1 to 65,500. */
  readonly height: number;

  /**
   * First column that is kept, counted from 0, at most 65,500.
   *
   * @default - centred horizontally
   */
  readonly left?: number;

  /**
   * First row that is kept, counted from 0, at most 65,500.
   *
   * @default - centred vertically
   */
  readonly top?: number;

  /**
   * What becomes of an image that is smaller than the crop.
   *
   * @default TooSmall.QUARANTINE
   */
  readonly tooSmall?: TooSmall;
}

/** Options of a change of size. At least one side is needed. */
export interface ResizeOptions {
  /**
   * Width in pixels: 1 to 65,500.
   *
   * @default - follows from the height
   */
  readonly width?: number;

  /**
   * Height in pixels: 1 to 65,500.
   *
   * @default - follows from the width
   */
  readonly height?: number;

  /**
   * How the image is fitted into the size.
   *
   * @default ImageFit.INSIDE
   */
  readonly fit?: ImageFit;

  /**
   * Whether a smaller image is scaled up.
   *
   * @default false
   */
  readonly enlarge?: boolean;

  /**
   * What `ImageFit.CONTAIN` pads with, written `#rrggbb`. For no other fit.
   *
   * @default '#000000'
   */
  readonly color?: string;
}

/** Options of a canvas around the image. */
export interface PadOptions {
  /** Least width in pixels: 1 to 65,500. A wider image is not cut. */
  readonly width: number;

  /** Least height in pixels: 1 to 65,500. A higher image is not cut. */
  readonly height: number;

  /**
   * Colour of the canvas, written `#rrggbb`.
   *
   * @default '#000000'
   */
  readonly color?: string;
}

/** Options of tiles. Lengths are pixels of the image as it is at that step. */
export interface TileOptions {
  /** Width of a tile, in pixels: 1 to 65,500. */
  readonly width: number;

  /** Height of a tile, in pixels: 1 to 65,500. */
  readonly height: number;

  /**
   * Columns and rows that neighbours have in common, in pixels: at most half of the tile's smaller side.
   *
   * @default 0
   */
  readonly overlap?: number;

  /**
   * What becomes of the last row and column of tiles. An image that is smaller than a tile gives one tile, which is smaller too
   * unless it is padded.
   *
   * @default TileEdge.SHIFT
   */
  readonly edge?: TileEdge;

  /**
   * What `TileEdge.PAD` fills up with, written `#rrggbb`. For no other edge.
   *
   * @default '#000000'
   */
  readonly color?: string;
}

/**
 * A rectangle of the image as it is at that step, in pixels: after what comes before it in the list.
 * What of it lies outside the image is left out of account.
 */
export interface ImageRegion {
  /** First column, counted from 0: 0 to 65,500. */
  readonly left: number;

  /** First row, counted from 0: 0 to 65,500. */
  readonly top: number;

  /** Columns: 1 to 65,500. */
  readonly width: number;

  /** Rows: 1 to 65,500. */
  readonly height: number;
}

/** Options of the stretching of brightness. */
export interface AutoLevelOptions {
  /**
   * How many of the darkest pixels may become black, and how many of the lightest white, each in percent of all pixels: 0 to 49.
   *
   * @default 1
   */
  readonly cutoff?: number;
}

/** Options of sharpening. */
export interface SharpenOptions {
  /**
   * Standard deviation of the surroundings that a pixel is compared with, in pixels: 0.3 to 10.
   *
   * @default 1
   */
  readonly sigma?: number;

  /**
   * How much of the difference to the surroundings is added: 0.1 to 10, 1 is all of it.
   *
   * @default 1
   */
  readonly amount?: number;
}

/** Options of a blur. */
export interface BlurOptions {
  /** Standard deviation of the Gaussian, in pixels: 0.3 to 100. */
  readonly sigma: number;

  /**
   * What is blurred. It is blurred by itself: nothing from beside it smears into it, nor it into what is beside it.
   *
   * @default - the whole image
   */
  readonly region?: ImageRegion;
}

/** Options of a mask. */
export interface MaskOptions {
  /** What is painted over. */
  readonly region: ImageRegion;

  /**
   * Colour, written `#rrggbb`.
   *
   * @default '#000000'
   */
  readonly color?: string;
}

/**
 * One change of an image before workers see it. Transforms are applied in their order, on the upright image.
 *
 * Their values are checked when the project is defined.
 */
export abstract class ImageTransform {
  /** Cuts a rectangle out, without scaling. */
  static crop(options: CropOptions): ImageTransform {
    const { width, height, left, top, tooSmall } = options;
    return new Transform(clean<CropSpec>({ kind: 'crop', width, height, left, top, tooSmall }));
  }

  /** Scales the image. */
  static resize(options: ResizeOptions): ImageTransform {
    const { width, height, fit, enlarge, color } = options;
    return new Transform(clean<ResizeSpec>({ kind: 'resize', width, height, fit, enlarge, color }));
  }

  /** Puts the image into the middle of a canvas. */
  static pad(options: PadOptions): ImageTransform {
    const { width, height, color } = options;
    return new Transform(clean<PadSpec>({ kind: 'pad', width, height, color }));
  }

  /**
   * Cuts the image into tiles, row by row from the top left. Each tile is an image of its own, with its row and column in its
   * provenance; the transforms that follow are done to each tile.
   *
   * At most one in a list. One drop may give 1,000 images; a drop that would give more is quarantined with the reason
   * `too-many-images`. All tiles of a drop become images, or none does.
   */
  static tile(options: TileOptions): ImageTransform {
    const { width, height, overlap, edge, color } = options;
    return new Transform(clean<TileSpec>({ kind: 'tile', width, height, overlap, edge, color }));
  }

  /** Turns colour into grey (Rec. 601 luma). */
  static grayscale(): ImageTransform {
    return new Transform({ kind: 'grayscale' });
  }

  /**
   * Stretches brightness until the image reaches from black to white, in the same way for all colour channels: what was grey stays
   * grey. An image of one brightness is left as it is. Before tiles, it looks at the whole image; behind them, at each tile by itself.
   */
  static autoLevel(options: AutoLevelOptions = {}): ImageTransform {
    return new Transform(clean<AutoLevelSpec>({ kind: 'auto-level', cutoff: options.cutoff }));
  }

  /** Sharpens by an unsharp mask. */
  static sharpen(options: SharpenOptions = {}): ImageTransform {
    const { sigma, amount } = options;
    return new Transform(clean<SharpenSpec>({ kind: 'sharpen', sigma, amount }));
  }

  /**
   * Blurs the image or a region of it. What must not be seen is better masked: a blur can be undone in part.
   */
  static blur(options: BlurOptions): ImageTransform {
    const { sigma, region } = options;
    return new Transform(clean<BlurSpec>({ kind: 'blur', sigma, region: region && regionOf(region) }));
  }

  /** Paints over a region that nobody shall see, or that distracts: a caption, a face in a fixed place, the edge of a lens. */
  static mask(options: MaskOptions): ImageTransform {
    return new Transform(clean<MaskSpec>({ kind: 'mask', region: options.region && regionOf(options.region), color: options.color }));
  }

  /** @internal */
  abstract _bind(): TransformSpec;
}

class Transform extends ImageTransform {
  constructor(private readonly spec: TransformSpec) {
    super();
  }

  /** @internal */
  _bind(): TransformSpec {
    return this.spec;
  }
}

function regionOf({ left, top, width, height }: ImageRegion): Region {
  return clean({ left, top, width, height });
}

function clean<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as T;
}
