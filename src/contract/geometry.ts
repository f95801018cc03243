/**
 * Where the pixels of an image go: pure, so that synth, the engines and whoever maps labels back agree.
 *
 * Coordinates are continuous: the pixel in column i and row j covers [i, i+1) x [j, j+1), its centre is (i+0.5, j+0.5).
 */
import { DROP_MAX_IMAGES } from './limits';
import { PlainSpec, Size, Step, describeCrop, extend, extract, sizeAfter, stepsOf } from './steps';
import { gridOf, TileSpan } from './tiles';
import { CropSpec, DEFAULT_PAD_COLOR, TileSpec, TransformSpec } from './transforms';

/** EXIF orientation: 1 is upright, 5-8 have their sides exchanged. */
export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

/** x' = a x + c y + e, y' = b x + d y + f, as in SVG and Canvas. */
export type Affine = readonly [a: number, b: number, c: number, d: number, e: number, f: number];

/** From a point of the image that workers see to the same point of the drop. */
export interface InverseTransform {
  /** To the drop as a viewer shows it, its EXIF orientation applied. */
  readonly upright: Affine;
  /** To the drop as its pixels are stored, before EXIF orientation. */
  readonly stored: Affine;
}

export interface Geometry extends Size {
  /** Steps that change something, in their order. */
  readonly steps: readonly Step[];
  readonly inverse: InverseTransform;
}

/** A tile's place among all tiles, rows and columns counted from 0, and what is done after the steps that all tiles share. */
export interface TileGeometry extends Geometry {
  readonly row: number;
  readonly column: number;
}

/** What becomes of an image that is cut into tiles. */
export interface Tiling {
  /** Before it is cut. */
  readonly shared: Geometry;
  readonly rows: number;
  readonly columns: number;
  /** Row by row. */
  readonly tiles: readonly TileGeometry[];
}

export type GeometryOutcome =
  | { readonly kind: 'geometry'; readonly geometry: Geometry }
  | { readonly kind: 'too-small'; readonly detail: string };

export type TilingOutcome =
  | { readonly kind: 'tiling'; readonly tiling: Tiling }
  | { readonly kind: 'too-small' | 'too-many-images'; readonly detail: string };

export const IDENTITY: Affine = [1, 0, 0, 1, 0, 0];

/** The size of an image once it stands upright. */
export function uprightSize(stored: Size, orientation: Orientation): Size {
  return orientation >= 5 ? { width: stored.height, height: stored.width } : { width: stored.width, height: stored.height };
}

/**
 * What the transforms make of one image.
 *
 * @param stored the size in the file, before EXIF orientation
 * @param specs must be free of `transformProblems`, and none of them tiles
 */
export function planGeometry(stored: Size, orientation: Orientation, specs: readonly TransformSpec[]): GeometryOutcome {
  const upright = uprightSize(stored, orientation);
  return plan({ ...upright, upright: IDENTITY }, storedFromUpright(stored, orientation), specs, 0);
}

/**
 * The same for transforms of which one tiles.
 *
 * @param specs must be free of `transformProblems`, and one of them tiles
 */
export function planTiling(stored: Size, orientation: Orientation, specs: readonly TransformSpec[]): TilingOutcome {
  const at = specs.findIndex(({ kind }) => kind === 'tile');
  const spec = specs[at] as TileSpec;
  const before = planGeometry(stored, orientation, specs.slice(0, at));
  if (before.kind !== 'geometry') {
    return before;
  }
  const shared = before.geometry;
  const { rows, columns, row, column } = gridOf(spec, shared);
  if (rows * columns > DROP_MAX_IMAGES) {
    const detail = `an image of ${shared.width}x${shared.height} gives ${rows * columns} tiles of ${spec.width}x${spec.height}; ${DROP_MAX_IMAGES} are allowed`;
    return { kind: 'too-many-images', detail };
  }
  const back = storedFromUpright(stored, orientation);
  const tiles: TileGeometry[] = [];
  for (let index = 0; index < rows * columns; index += 1) {
    const place = { row: Math.floor(index / columns), column: index % columns };
    const cut = cutTile(shared, column(place.column), row(place.row), spec.color ?? DEFAULT_PAD_COLOR);
    const tile = plan(cut, back, specs.slice(at + 1), at + 1);
    if (tile.kind !== 'geometry') {
      return tile;
    }
    tiles.push({ ...tile.geometry, ...place, steps: [...cut.steps, ...tile.geometry.steps] });
  }
  return { kind: 'tiling', tiling: { shared, rows, columns, tiles } };
}

interface Begun extends Size {
  readonly upright: Affine;
}

function cutTile(shared: Geometry, across: TileSpan, down: TileSpan, color: string): Begun & { readonly steps: readonly Step[] } {
  const steps = [
    ...extract(across.start, down.start, across.length, down.length, shared), ...extend(0, 0, across.missing, down.missing, color),
  ];
  return { ...follow({ ...shared, upright: shared.inverse.upright }, steps), steps };
}

/** Steps taken from somewhere on. */
function follow(begun: Begun, steps: readonly Step[]): Begun {
  return steps.reduce<Begun>((now, step) => ({ ...sizeAfter(step, now), upright: compose(now.upright, inverseOf(step, now)) }), begun);
}

function plan(begun: Begun, storedFrom: Affine, specs: readonly TransformSpec[], first: number): GeometryOutcome {
  const steps: Step[] = [];
  let now = begun;
  for (const [index, spec] of specs.entries()) {
    const made = stepsOf(spec as PlainSpec, now);
    if (made === undefined) {
      const { width, height } = now;
      return { kind: 'too-small', detail: `the image is ${width}x${height} where transforms[${first + index}] wants ${describeCrop(spec as CropSpec)}` };
    }
    now = follow(now, made);
    steps.push(...made);
  }
  const { width, height, upright } = now;
  return { kind: 'geometry', geometry: { width, height, steps, inverse: { upright, stored: compose(storedFrom, upright) } } };
}

function inverseOf(step: Step, size: Size): Affine {
  switch (step.kind) {
    case 'extract':
      return [1, 0, 0, 1, step.left, step.top];
    case 'scale':
      return [size.width / step.width, 0, 0, size.height / step.height, 0, 0];
    case 'extend':
      return [1, 0, 0, 1, -step.left, -step.top];
    default:
      return IDENTITY;
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
