import { CropSpec, DEFAULT_CUTOFF, DEFAULT_PAD_COLOR, DEFAULT_SHARPEN_AMOUNT, DEFAULT_SHARPEN_SIGMA, PadSpec, Region, ResizeSpec, TransformSpec } from './transforms';

/** What the transforms come down to once the size of an image is known. */

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** One elementary operation on the upright image that moves pixels, with nothing left to decide. */
export type MovingStep =
  | { readonly kind: 'extract'; readonly left: number; readonly top: number; readonly width: number; readonly height: number }
  | { readonly kind: 'scale'; readonly width: number; readonly height: number }
  | {
    readonly kind: 'extend';
    readonly left: number;
    readonly top: number;
    readonly right: number;
    readonly bottom: number;
    readonly color: string;
  };

/** One that leaves every pixel where it is. Regions lie within the image. */
export type PaintingStep =
  | { readonly kind: 'grayscale' }
  | { readonly kind: 'auto-level'; readonly cutoff: number }
  | { readonly kind: 'sharpen'; readonly sigma: number; readonly amount: number }
  | { readonly kind: 'blur'; readonly sigma: number; readonly region?: Region }
  | { readonly kind: 'mask'; readonly region: Region; readonly color: string };

export type Step = MovingStep | PaintingStep;

const MOVING: readonly Step['kind'][] = ['extract', 'scale', 'extend'];

export function isMoving(step: Step): step is MovingStep {
  return MOVING.includes(step.kind);
}

/** A transform that makes one image of one image. */
export type PlainSpec = Exclude<TransformSpec, { kind: 'tile' }>;

/** The steps of one transform on an image of this size; undefined where it is too small for the transform. */
export function stepsOf(spec: PlainSpec, size: Size): Step[] | undefined {
  switch (spec.kind) {
    case 'crop':
      return cropSteps(spec, size);
    case 'resize':
      return resizeSteps(spec, size);
    case 'pad':
      return padSteps(spec, size);
    case 'grayscale':
      return [{ kind: 'grayscale' }];
    case 'auto-level':
      return [{ kind: 'auto-level', cutoff: spec.cutoff ?? DEFAULT_CUTOFF }];
    case 'sharpen':
      return [{ kind: 'sharpen', sigma: spec.sigma ?? DEFAULT_SHARPEN_SIGMA, amount: spec.amount ?? DEFAULT_SHARPEN_AMOUNT }];
    case 'blur':
      return spec.region === undefined
        ? [{ kind: 'blur', sigma: spec.sigma }]
        : clip(spec.region, size).map((region) => ({ kind: 'blur', sigma: spec.sigma, region }));
    case 'mask':
      return clip(spec.region, size).map((region) => ({ kind: 'mask', region, color: spec.color ?? DEFAULT_PAD_COLOR }));
  }
}

/** What of a region lies within the image: one region or none. */
function clip({ left, top, width, height }: Region, size: Size): Region[] {
  const clipped = { left, top, width: Math.min(width, size.width - left), height: Math.min(height, size.height - top) };
  return clipped.width > 0 && clipped.height > 0 ? [clipped] : [];
}

function cropSteps(spec: CropSpec, size: Size): Step[] | undefined {
  const across = cropAxis(spec.width, spec.left, size.width);
  const down = cropAxis(spec.height, spec.top, size.height);
  const tooSmall = spec.tooSmall ?? 'quarantine';
  const fits = across.length === spec.width && down.length === spec.height;
  if (across.length < 1 || down.length < 1 || (!fits && tooSmall === 'quarantine')) {
    return undefined;
  }
  const cut = extract(across.start, down.start, across.length, down.length, size);
  return tooSmall === 'pad' ? [...cut, ...extend(across.before, down.before, across.after, down.after, DEFAULT_PAD_COLOR)] : cut;
}

/** What there is of `wanted` pixels from `start` on (absent: in the middle), and how many are missing before and after. */
function cropAxis(wanted: number, start: number | undefined, available: number) {
  if (start !== undefined) {
    const length = Math.min(wanted, available - start);
    return { start, length, before: 0, after: wanted - length };
  }
  const length = Math.min(wanted, available);
  const before = Math.floor((wanted - length) / 2);
  return { start: Math.floor((available - length) / 2), length, before, after: wanted - length - before };
}

export function describeCrop(spec: CropSpec): string {
  const place = [
    ...(spec.left === undefined ? [] : [`from column ${spec.left}`]),
    ...(spec.top === undefined ? [] : [`from row ${spec.top}`]),
  ];
  return [`${spec.width}x${spec.height}`, ...place].join(' ');
}

function resizeSteps(spec: ResizeSpec, size: Size): Step[] {
  const limit = spec.enlarge === true ? Infinity : 1;
  const ratioX = spec.width === undefined ? Infinity : spec.width / size.width;
  const ratioY = spec.height === undefined ? Infinity : spec.height / size.height;
  if (spec.fit === 'fill') {
    return scale(size.width * Math.min(ratioX, limit), size.height * Math.min(ratioY, limit), size);
  }
  const ratio = Math.min(spec.fit === 'cover' ? Math.max(ratioX, ratioY) : Math.min(ratioX, ratioY), limit);
  const scaled = rounded(size.width * ratio, size.height * ratio);
  const steps = scale(scaled.width, scaled.height, size);
  if (spec.fit === 'contain') {
    return [...steps, ...padSteps({ kind: 'pad', width: spec.width!, height: spec.height!, color: spec.color }, scaled)];
  }
  if (spec.fit !== 'cover') {
    return steps;
  }
  const across = cropAxis(spec.width!, undefined, scaled.width);
  const down = cropAxis(spec.height!, undefined, scaled.height);
  return [...steps, ...extract(across.start, down.start, across.length, down.length, scaled)];
}

function padSteps(spec: PadSpec, size: Size): Step[] {
  const across = Math.max(0, spec.width - size.width);
  const down = Math.max(0, spec.height - size.height);
  const left = Math.floor(across / 2);
  const top = Math.floor(down / 2);
  return extend(left, top, across - left, down - top, spec.color ?? DEFAULT_PAD_COLOR);
}

export function extract(left: number, top: number, width: number, height: number, size: Size): Step[] {
  return width === size.width && height === size.height ? [] : [{ kind: 'extract', left, top, width, height }];
}

function scale(width: number, height: number, size: Size): Step[] {
  const to = rounded(width, height);
  return to.width === size.width && to.height === size.height ? [] : [{ kind: 'scale', ...to }];
}

export function extend(left: number, top: number, right: number, bottom: number, color: string): Step[] {
  return left + top + right + bottom === 0 ? [] : [{ kind: 'extend', left, top, right, bottom, color }];
}

function rounded(width: number, height: number): Size {
  return { width: Math.max(1, Math.round(width)), height: Math.max(1, Math.round(height)) };
}

export function sizeAfter(step: Step, size: Size): Size {
  switch (step.kind) {
    case 'extract':
    case 'scale':
      return { width: step.width, height: step.height };
    case 'extend':
      return { width: size.width + step.left + step.right, height: size.height + step.top + step.bottom };
    default:
      return size;
  }
}

/** What an image of at least this size is at least, after a transform: for checks before there is an image. */
export function leastSize(least: Size, spec: TransformSpec): Size {
  switch (spec.kind) {
    case 'crop':
      return spec.tooSmall === 'shrink' ? { width: 1, height: 1 } : { width: spec.width, height: spec.height };
    case 'pad':
      return { width: Math.max(least.width, spec.width), height: Math.max(least.height, spec.height) };
    case 'resize': {
      const exact = spec.fit === 'contain' || (spec.enlarge === true && (spec.fit === 'cover' || spec.fit === 'fill'));
      return exact ? { width: spec.width!, height: spec.height! } : { width: 1, height: 1 };
    }
    case 'tile':
      return { width: 1, height: 1 };
    default:
      return least;
  }
}
