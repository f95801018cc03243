/**
 * What a user may do to an image before workers see it: plain JSON, written at synth and executed in Lambda.
 * The rules are here, so that a mistake is found at synth; where the pixels go is in `geometry.ts`.
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
 */
export type Fit = 'inside' | 'cover' | 'fill';

/** Scales the image. */
export interface ResizeSpec {
  readonly kind: 'resize';
  readonly width?: number;
  readonly height?: number;
  /** Default: 'inside'. */
  readonly fit?: Fit;
  /** Whether a smaller image is scaled up. Default: false, it keeps its size (`cover` then cuts, `fill` then only shrinks). */
  readonly enlarge?: boolean;
}

/** Puts the image into the middle of a canvas of at least this size. A larger image is not cut. */
export interface PadSpec {
  readonly kind: 'pad';
  readonly width: number;
  readonly height: number;
  /** `#rrggbb`. Default: '#000000'. */
  readonly color?: string;
}

export type TransformSpec = CropSpec | ResizeSpec | PadSpec;

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

export const DEFAULT_QUALITY = 92;
export const DEFAULT_PAD_COLOR = '#000000';
export const DEFAULT_BACKGROUND = '#ffffff';

/** The largest side of a JPEG, and so of anything that we make. Unit: pixels. */
export const MAX_SIDE = 65_500;

/** More steps than these are a mistake: every one costs time for every image. */
export const MAX_TRANSFORMS = 16;

const KINDS = ['crop', 'resize', 'pad'];
const TOO_SMALL = ['quarantine', 'pad', 'shrink'];
const FITS = ['inside', 'cover', 'fill'];
const FORMATS = ['auto', 'jpeg', 'png'];
const SUBSAMPLINGS = ['auto', '4:4:4', '4:2:0'];

/**
 * Everything that is wrong with a list of transforms, each as one sentence that names the prop, the value and the rule. Empty: nothing is.
 *
 * @param path what the messages call the list
 */
export function transformProblems(specs: readonly TransformSpec[], path = 'transforms'): string[] {
  const problems = specs.flatMap((spec, index) => specProblems(spec, `${path}[${index}]`));
  if (specs.length > MAX_TRANSFORMS) {
    problems.push(`${path} has ${specs.length} entries; at most ${MAX_TRANSFORMS} are allowed: leave out those that undo each other`);
  }
  return problems;
}

/** The same for the output. */
export function outputProblems(output: OutputSpec, path = 'output'): string[] {
  const problems = [
    ...choice(output.format, FORMATS, `${path}.format`),
    ...choice(output.chromaSubsampling, SUBSAMPLINGS, `${path}.chromaSubsampling`),
    ...color(output.background, `${path}.background`),
    ...unknown(output, ['format', 'quality', 'chromaSubsampling', 'background'], path),
  ];
  if (output.quality !== undefined) {
    problems.push(...whole(output.quality, 1, 100, `${path}.quality`));
    if (output.format === 'png') {
      problems.push(`${path}.quality is ${output.quality} but ${path}.format is 'png', which loses nothing: leave the quality out`);
    }
  }
  return problems;
}

function specProblems(spec: TransformSpec, path: string): string[] {
  switch (spec?.kind) {
    case 'crop':
      return [
        ...whole(spec.width, 1, MAX_SIDE, `${path}.width`),
        ...whole(spec.height, 1, MAX_SIDE, `${path}.height`),
        ...(spec.left === undefined ? [] : whole(spec.left, 0, MAX_SIDE, `${path}.left`)),
        ...(spec.top === undefined ? [] : whole(spec.top, 0, MAX_SIDE, `${path}.top`)),
        ...choice(spec.tooSmall, TOO_SMALL, `${path}.tooSmall`),
        ...unknown(spec, ['kind', 'width', 'height', 'left', 'top', 'tooSmall'], path),
      ];
    case 'resize':
      return resizeProblems(spec, path);
    case 'pad':
      return [
        ...whole(spec.width, 1, MAX_SIDE, `${path}.width`),
        ...whole(spec.height, 1, MAX_SIDE, `${path}.height`),
        ...color(spec.color, `${path}.color`),
        ...unknown(spec, ['kind', 'width', 'height', 'color'], path),
      ];
    default:
      return [`${path}.kind is ${show((spec as { kind?: unknown } | undefined)?.kind)}; it must be one of ${KINDS.join(', ')}`];
  }
}

function resizeProblems(spec: ResizeSpec, path: string): string[] {
  const problems = [
    ...(spec.width === undefined ? [] : whole(spec.width, 1, MAX_SIDE, `${path}.width`)),
    ...(spec.height === undefined ? [] : whole(spec.height, 1, MAX_SIDE, `${path}.height`)),
    ...choice(spec.fit, FITS, `${path}.fit`),
    ...unknown(spec, ['kind', 'width', 'height', 'fit', 'enlarge'], path),
  ];
  if (spec.width === undefined && spec.height === undefined) {
    problems.push(`${path} has neither width nor height; a resize needs at least one of them`);
  } else if ((spec.width === undefined || spec.height === undefined) && (spec.fit === 'cover' || spec.fit === 'fill')) {
    const missing = spec.width === undefined ? 'width' : 'height';
    problems.push(`${path}.${missing} is missing; fit '${spec.fit}' needs both sides: give it, or use fit 'inside'`);
  }
  if (spec.enlarge !== undefined && typeof spec.enlarge !== 'boolean') {
    problems.push(`${path}.enlarge is ${show(spec.enlarge)}; it must be true or false`);
  }
  return problems;
}

function whole(value: number, min: number, max: number, path: string): string[] {
  return Number.isInteger(value) && value >= min && value <= max
    ? []
    : [`${path} is ${show(value)}; it must be a whole number from ${min} to ${max}`];
}

function choice(value: string | undefined, allowed: readonly string[], path: string): string[] {
  return value === undefined || allowed.includes(value) ? [] : [`${path} is ${show(value)}; it must be one of ${allowed.join(', ')}`];
}

function color(value: string | undefined, path: string): string[] {
  return value === undefined || (typeof value === 'string' && /^#[0-9a-f]{6}$/i.test(value))
    ? []
    : [`${path} is ${show(value)}; it must be a colour written #rrggbb, such as #2acf59`];
}

function unknown(spec: object, known: readonly string[], path: string): string[] {
  return Object.keys(spec)
    .filter((name) => !known.includes(name))
    .map((name) => `${path}.${name} is not known; ${path} may have ${known.join(', ')}`);
}

function show(value: unknown): string {
  return typeof value === 'string' ? `'${value}'` : String(value);
}
