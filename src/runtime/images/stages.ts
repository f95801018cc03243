import type { Sharp } from 'sharp';
import { applyAffine, Orientation, storedFromUpright } from '../../contract/geometry';
import { MovingStep, Size } from '../../contract/steps';

/**
 * What the pipeline library does in one pass, in the order in which it does it: cut, scale, turn upright, cut, extend.
 * Steps that do not come in this order need another pass over the pixels.
 */
export interface Stage {
  /** In the coordinates of the stage's input, so before it is turned. */
  readonly before?: Region;
  /** Before it is turned. */
  readonly scale?: Size;
  readonly orientation: Orientation;
  readonly after?: Region;
  readonly extend?: Extend;
  /** The size of what comes out. */
  readonly size: Size;
}

interface Region extends Size {
  readonly left: number;
  readonly top: number;
}

type Extend = Extract<MovingStep, { kind: 'extend' }>;

/** Orders steps on the upright image into passes. The first pass begins with the stored image, and there is always one. */
export function stagesOf(stored: Size, orientation: Orientation, upright: Size, steps: readonly MovingStep[]): Stage[] {
  const stages: Stage[] = [];
  let size = upright;
  let stage: Stage = { orientation, size };
  let input = stored;
  for (const step of steps) {
    let next = addStep(stage, step, input, size);
    if (next === undefined) {
      stages.push(stage);
      input = size;
      next = addStep({ orientation: 1, size }, step, input, size)!;
    }
    stage = next;
    size = stage.size;
  }
  return [...stages, stage];
}

/** The stage with one more step; undefined where the step comes too late for it. */
function addStep(stage: Stage, step: MovingStep, input: Size, size: Size): Stage | undefined {
  if (stage.extend !== undefined) {
    return undefined;
  }
  switch (step.kind) {
    case 'extract': {
      const { kind: _, ...region } = step;
      const cut = { width: step.width, height: step.height };
      if (stage.scale !== undefined) {
        return { ...stage, after: within(stage.after, region), size: cut };
      }
      // cutting before turning: only what is needed is decoded
      const before = within(stage.before, turned(region, stage.before ?? input, stage.orientation));
      return { ...stage, before, size: cut };
    }
    case 'scale': {
      const scale = { width: step.width, height: step.height };
      return stage.scale !== undefined ? undefined : { ...stage, scale: stage.orientation >= 5 ? exchanged(scale) : scale, size: scale };
    }
    case 'extend':
      return { ...stage, extend: step, size: { width: size.width + step.left + step.right, height: size.height + step.top + step.bottom } };
  }
}

function within(outer: Region | undefined, inner: Region): Region {
  return { ...inner, left: inner.left + (outer?.left ?? 0), top: inner.top + (outer?.top ?? 0) };
}

function exchanged({ width, height }: Size): Size {
  return { width: height, height: width };
}

/** A region of the upright image as a region of the stored one, whose size is given. */
function turned(region: Region, stored: Size, orientation: Orientation): Region {
  const matrix = storedFromUpright(stored, orientation);
  const one = applyAffine(matrix, region.left, region.top);
  const other = applyAffine(matrix, region.left + region.width, region.top + region.height);
  return {
    left: Math.min(one.x, other.x),
    top: Math.min(one.y, other.y),
    width: Math.abs(one.x - other.x),
    height: Math.abs(one.y - other.y),
  };
}

/** Mirroring and clockwise turning (in this order) that make a stored image upright. */
const TURNS: { readonly [orientation in Orientation]: { readonly flip?: true; readonly flop?: true; readonly angle: number } } = {
  1: { angle: 0 },
  2: { flop: true, angle: 0 },
  3: { angle: 180 },
  4: { flip: true, angle: 0 },
  5: { flip: true, angle: 90 },
  6: { angle: 90 },
  7: { flop: true, angle: 90 },
  8: { angle: 270 },
};

/** Adds a stage to a pipeline. */
export function applyStage(image: Sharp, stage: Stage): Sharp {
  const { before, scale, after, extend } = stage;
  const { flip, flop, angle } = TURNS[stage.orientation];
  let pipeline = image;
  if (before !== undefined) {
    pipeline = pipeline.extract(before);
  }
  if (scale !== undefined) {
    pipeline = pipeline.resize({ ...scale, fit: 'fill' });
  }
  if (flip) {
    pipeline = pipeline.flip();
  }
  if (flop) {
    pipeline = pipeline.flop();
  }
  if (angle !== 0) {
    pipeline = pipeline.rotate(angle);
  }
  if (after !== undefined) {
    pipeline = pipeline.extract(after);
  }
  if (extend !== undefined) {
    const { left, top, right, bottom, color } = extend;
    pipeline = pipeline.extend({ left, top, right, bottom, background: color });
  }
  return pipeline;
}
