import { CropSpec, PadSpec, ResizeSpec, TransformSpec } from './contract/transforms';

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
}

/** Options of a crop. Lengths are pixels of the upright image. */
export interface CropOptions {
  /** Width of the part that is kept, in pixels: 1 to 65,500. */
  readonly width: number;

  /** Height of the part that is kept, in pixels: 1 to 65,500. */
  readonly height: number;

  /**
   * First column that is kept, counted from 0.
   *
   * @default - centred horizontally
   */
  readonly left?: number;

  /**
   * First row that is kept, counted from 0.
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
    const { width, height, fit, enlarge } = options;
    return new Transform(clean<ResizeSpec>({ kind: 'resize', width, height, fit, enlarge }));
  }

  /** Puts the image into the middle of a canvas. */
  static pad(options: PadOptions): ImageTransform {
    const { width, height, color } = options;
    return new Transform(clean<PadSpec>({ kind: 'pad', width, height, color }));
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

function clean<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as T;
}
