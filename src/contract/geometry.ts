/**
 * Where the pixels of an image go: pure, so that synth, the engines and whoever maps labels back agree.
 *
 * Coordinates are continuous: the pixel in column i and row j covers [i, i+1) x [j, j+1), its centre is (i+0.5, j+0.5).
 */
import { CropSpec, DEFAULT_PAD_COLOR, PadSpec, ResizeSpec, TransformSpec } from './transforms';

/** EXIF orientation: 1 is upright, 5-8 have their sides exchanged. */
export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** x' = a x + c y + e, y' = b x + d y + f, as in SVG and Canvas. */
export type Affine = readonly [a: number, b: number, c: number, d: number, e: number, f: number];

/** From a point of the image that workers see to the same point of the drop. */
export interface InverseTransform {
  /** To the drop as a viewer shows it, its EXIF orientation applied. */
  readonly upright: Affine;
  /** To the drop as its pixels are stored, before EXIF orientation. */
  readonly stored: Affine;
}

/** One elementary operation on the upright image, with nothing left to decide. */
export type Step =
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

export interface Geometry extends Size {
  /** Steps that change something, in their order. */
  readonly steps: readonly Step[];
  readonly inverse: InverseTransform;
}

export type GeometryOutcome =
  | { readonly kind: 'geometry'; readonly geometry: Geometry }
  | { readonly kind: 'too-small'; readonly detail: string };

export const IDENTITY: Affine = [1, 0, 0, 1, 0, 0];

/** The size of an image once it stands upright. */
export function uprightSize(stored: Size, orientation: Orientation): Size {
  return orientation >= 5 ? { width: stored.height, height: stored.width } : { width: stored.width, height: stored.height };
}

/**
 * What the transforms make of one image.
 *
 * @param stored the size in the file, before EXIF orientation
 * @param specs must be free of `transformProblems`
 */
export function planGeometry(stored: Size, orientation: Orientation, specs: readonly TransformSpec[]): GeometryOutcome {
  const steps: Step[] = [];
  let size = uprightSize(stored, orientation);
  let upright = IDENTITY;
  for (const [index, spec] of specs.entries()) {
    const made = stepsOf(spec, size);
    if (made === undefined) {
      const { width, height } = size;
      return { kind: 'too-small', detail: `the image is ${width}x${height} where transforms[${index}] wants ${describeCrop(spec as CropSpec)}` };
    }
    for (const step of made) {
      upright = compose(upright, inverseOf(step, size));
      size = sizeAfter(step, size);
      steps.push(step);
    }
  }
  const inverse = { upright, stored: compose(storedFromUpright(stored, orientation), upright) };
  return { kind: 'geometry', geometry: { ...size, steps, inverse } };
}

/** The steps of one transform on an image of this size; undefined where it is too small for the transform. */
function stepsOf(spec: TransformSpec, size: Size): Step[] | undefined {
  switch (spec.kind) {
    case 'crop':
      return cropSteps(spec, size);
    case 'resize':
      return resizeSteps(spec, size);
    case 'pad':
      return padSteps(spec, size);
  }
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

function describeCrop(spec: CropSpec): string {
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

function extract(left: number, top: number, width: number, height: number, size: Size): Step[] {
  return width === size.width && height === size.height ? [] : [{ kind: 'extract', left, top, width, height }];
}

function scale(width: number, height: number, size: Size): Step[] {
  const to = rounded(width, height);
  return to.width === size.width && to.height === size.height ? [] : [{ kind: 'scale', ...to }];
}

function extend(left: number, top: number, right: number, bottom: number, color: string): Step[] {
  return left + top + right + bottom === 0 ? [] : [{ kind: 'extend', left, top, right, bottom, color }];
}

function rounded(width: number, height: number): Size {
  return { width: Math.max(1, Math.round(width)), height: Math.max(1, Math.round(height)) };
}

function sizeAfter(step: Step, size: Size): Size {
  return step.kind === 'extend'
    ? { width: size.width + step.left + step.right, height: size.height + step.top + step.bottom }
    : { width: step.width, height: step.height };
}

function inverseOf(step: Step, size: Size): Affine {
  switch (step.kind) {
    case 'extract':
      return [1, 0, 0, 1, step.left, step.top];
    case 'scale':
      return [size.width / step.width, 0, 0, size.height / step.height, 0, 0];
    case 'extend':
      return [1, 0, 0, 1, -step.left, -step.top];
  }
}

/** From the image as a viewer shows it to the image as it is stored, whose size is given. */
export function storedFromUpright({ width, height }: Size, orientation: Orientation): Affine {
  switch (orientation) {
    case 1: return IDENTITY;
    case 2: return [-1, 0, 0, 1, width, 0];
    case 3: return [-1, 0, 0, -1, width, height];
    case 4: return [1, 0, 0, -1, 0, height];
    case 5: return [0, 1, 1, 0, 0, 0];
    case 6: return [0, -1, 1, 0, 0, height];
    case 7: return [0, -1, -1, 0, width, height];
    case 8: return [0, 1, -1, 0, width, 0];
  }
}

/** First `inner`, then `outer`. */
export function compose(outer: Affine, inner: Affine): Affine {
  const [a, b, c, d, e, f] = outer;
  const [p, q, r, s, t, u] = inner;
  // adding zero turns a negative zero, which JSON does not know, into zero
  return [a * p + c * q + 0, b * p + d * q + 0, a * r + c * s + 0, b * r + d * s + 0, a * t + c * u + e + 0, b * t + d * u + f + 0];
}

export function applyAffine([a, b, c, d, e, f]: Affine, x: number, y: number): { x: number; y: number } {
  return { x: a * x + c * y + e, y: b * x + d * y + f };
}

/** The way back. Throws where there is none, which no plan produces. */
export function invert([a, b, c, d, e, f]: Affine): Affine {
  const determinant = a * d - b * c;
  if (determinant === 0) {
    throw new Error(`the matrix ${[a, b, c, d, e, f].join(' ')} has no inverse`);
  }
  const m = 1 / determinant;
  return [d * m, -b * m, -c * m, a * m, (c * f - d * e) * m, (b * e - a * f) * m];
}
