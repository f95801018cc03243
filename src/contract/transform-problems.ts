import { DROP_MAX_IMAGES } from './limits';
import { Size, leastSize } from './steps';
import { gridOf } from './tiles';
import {
  BLUR_SIGMA, MAX_RENDITIONS, MAX_SIDE, MAX_TRANSFORMS, OutputSpec, RENDITION_NAME, Region, RenditionSpec, ResizeSpec, SHARPEN_AMOUNT,
  SHARPEN_SIGMA, TileSpec, TransformSpec,
} from './transforms';

const KINDS = ['crop', 'resize', 'pad', 'tile', 'grayscale', 'auto-level', 'sharpen', 'blur', 'mask'];
const TOO_SMALL = ['quarantine', 'pad', 'shrink'];
const FITS = ['inside', 'cover', 'fill', 'contain'];
const EDGES = ['shift', 'pad', 'shrink'];
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
  return problems.length > 0 ? problems : tilingProblems(specs, path);
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
      problems.push(`${path}.quality is ${show(output.quality)} but ${path}.format is 'png', which loses nothing: leave the quality out`);
    }
  }
  return problems;
}

/** The same for several renditions. */
export function renditionProblems(renditions: readonly RenditionSpec[], path = 'renditions'): string[] {
  const names = renditions.map(({ name }) => name);
  return [
    ...(renditions.length >= 1 && renditions.length <= MAX_RENDITIONS
      ? [] : [`${path} has ${renditions.length} entries; it must have 1 to ${MAX_RENDITIONS}`]),
    ...renditions.flatMap(({ name, transforms, output }, index) => [
      ...(typeof name === 'string' && RENDITION_NAME.test(name)
        ? [] : [`${path}[${index}].name is ${show(name)}; it must be 1 to 32 lower-case letters, digits and inner hyphens: it becomes part of object keys`]),
      ...(names.indexOf(name) === index ? [] : [`${path}[${index}].name is ${show(name)}, as is another one's; names must differ`]),
      ...transformProblems(transforms, `${path}[${index}].transforms`),
      ...outputProblems(output, `${path}[${index}].output`),
    ]),
  ];
}

function specProblems(spec: TransformSpec, path: string): string[] {
  switch (spec?.kind) {
    case 'crop':
      return [
        ...size(spec, path),
        ...optional(spec.left, (value) => whole(value, 0, MAX_SIDE, `${path}.left`)),
        ...optional(spec.top, (value) => whole(value, 0, MAX_SIDE, `${path}.top`)),
        ...choice(spec.tooSmall, TOO_SMALL, `${path}.tooSmall`),
        ...unknown(spec, ['kind', 'width', 'height', 'left', 'top', 'tooSmall'], path),
      ];
    case 'resize':
      return resizeProblems(spec, path);
    case 'pad':
      return [...size(spec, path), ...color(spec.color, `${path}.color`), ...unknown(spec, ['kind', 'width', 'height', 'color'], path)];
    case 'tile':
      return tileProblems(spec, path);
    case 'grayscale':
      return unknown(spec, ['kind'], path);
    case 'auto-level':
      return [...optional(spec.cutoff, (value) => within(value, 0, 49, `${path}.cutoff`)), ...unknown(spec, ['kind', 'cutoff'], path)];
    case 'sharpen':
      return [
        ...optional(spec.sigma, (value) => within(value, SHARPEN_SIGMA.min, SHARPEN_SIGMA.max, `${path}.sigma`)),
        ...optional(spec.amount, (value) => within(value, SHARPEN_AMOUNT.min, SHARPEN_AMOUNT.max, `${path}.amount`)),
        ...unknown(spec, ['kind', 'sigma', 'amount'], path),
      ];
    case 'blur':
      return [
        ...within(spec.sigma, BLUR_SIGMA.min, BLUR_SIGMA.max, `${path}.sigma`),
        ...optional(spec.region, (value) => regionProblems(value, `${path}.region`)),
        ...unknown(spec, ['kind', 'sigma', 'region'], path),
      ];
    case 'mask':
      return [
        ...regionProblems(spec.region, `${path}.region`), ...color(spec.color, `${path}.color`),
        ...unknown(spec, ['kind', 'region', 'color'], path),
      ];
    default:
      return [`${path}.kind is ${show((spec as { kind?: unknown } | undefined)?.kind)}; it must be one of ${KINDS.join(', ')}`];
  }
}

function resizeProblems(spec: ResizeSpec, path: string): string[] {
  const problems = [
    ...optional(spec.width, (value) => whole(value, 1, MAX_SIDE, `${path}.width`)),
    ...optional(spec.height, (value) => whole(value, 1, MAX_SIDE, `${path}.height`)),
    ...choice(spec.fit, FITS, `${path}.fit`),
    ...color(spec.color, `${path}.color`),
    ...unknown(spec, ['kind', 'width', 'height', 'fit', 'enlarge', 'color'], path),
  ];
  if (spec.width === undefined && spec.height === undefined) {
    problems.push(`${path} has neither width nor height; a resize needs at least one of them`);
  } else if ((spec.width === undefined || spec.height === undefined) && ['cover', 'fill', 'contain'].includes(spec.fit ?? '')) {
    const missing = spec.width === undefined ? 'width' : 'height';
    problems.push(`${path}.${missing} is missing; fit '${spec.fit}' needs both sides: give it, or use fit 'inside'`);
  }
  if (spec.color !== undefined && spec.fit !== 'contain') {
    problems.push(`${path}.color is ${show(spec.color)} but ${path}.fit is ${show(spec.fit ?? 'inside')}, which pads nothing: use fit 'contain', or leave the colour out`);
  }
  if (spec.enlarge !== undefined && typeof spec.enlarge !== 'boolean') {
    problems.push(`${path}.enlarge is ${show(spec.enlarge)}; it must be true or false`);
  }
  return problems;
}

function tileProblems(spec: TileSpec, path: string): string[] {
  const problems = [
    ...size(spec, path),
    ...choice(spec.edge, EDGES, `${path}.edge`),
    ...color(spec.color, `${path}.color`),
    ...unknown(spec, ['kind', 'width', 'height', 'overlap', 'edge', 'color'], path),
  ];
  if (spec.overlap !== undefined && problems.length === 0) {
    const most = Math.floor(Math.min(spec.width, spec.height) / 2);
    problems.push(...whole(spec.overlap, 0, most, `${path}.overlap`, ', half of the tile\'s smaller side'));
  }
  if (spec.color !== undefined && spec.edge !== 'pad') {
    problems.push(`${path}.color is ${show(spec.color)} but ${path}.edge is ${show(spec.edge ?? 'shift')}, which fills nothing up: use edge 'pad', or leave the colour out`);
  }
  return problems;
}

/** What can be said of the number of tiles before there is an image. */
function tilingProblems(specs: readonly TransformSpec[], path: string): string[] {
  const tiles = specs.flatMap((spec, index) => spec.kind === 'tile' ? [{ spec, index }] : []);
  if (tiles.length > 1) {
    return [`${path}[${tiles[1].index}] is another tile; at most one is allowed: give the size that the tiles shall have in the end`];
  }
  return tiles.flatMap(({ spec, index }) => {
    const least = specs.slice(0, index).reduce<Size>(leastSize, { width: 1, height: 1 });
    const { rows, columns } = gridOf(spec, least);
    return rows * columns <= DROP_MAX_IMAGES ? [] : [
      `${path}[${index}] makes ${rows * columns} tiles of ${spec.width}x${spec.height} of an image of at least ${least.width}x${least.height}; `
      + `at most ${DROP_MAX_IMAGES} are allowed: make the tiles larger, or the image smaller`,
    ];
  });
}

function regionProblems(region: Region, path: string): string[] {
  if (typeof region !== 'object' || region === null) {
    return [`${path} is ${show(region)}; it must have left, top, width and height`];
  }
  return [
    ...whole(region.left, 0, MAX_SIDE, `${path}.left`), ...whole(region.top, 0, MAX_SIDE, `${path}.top`), ...size(region, path),
    ...unknown(region, ['left', 'top', 'width', 'height'], path),
  ];
}

function size({ width, height }: Size, path: string): string[] {
  return [...whole(width, 1, MAX_SIDE, `${path}.width`), ...whole(height, 1, MAX_SIDE, `${path}.height`)];
}

function optional<T>(value: T | undefined, check: (value: T) => string[]): string[] {
  return value === undefined ? [] : check(value);
}

function whole(value: number, min: number, max: number, path: string, why = ''): string[] {
  return Number.isInteger(value) && value >= min && value <= max
    ? []
    : [`${path} is ${show(value)}; it must be a whole number from ${min} to ${max}${why}`];
}

function within(value: number, min: number, max: number, path: string): string[] {
  return typeof value === 'number' && value >= min && value <= max ? [] : [`${path} is ${show(value)}; it must be a number from ${min} to ${max}`];
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
  if (typeof value === 'object' && value !== null) {
    return JSON.stringify(value); // `String` calls what JSON may have put under `toString`
  }
  return typeof value === 'string' ? `'${value}'` : String(value);
}
