import { Affine, IDENTITY, applyAffine, invert } from './geometry';
import type { PreLabel, PreLabelBox, PreLabelMask } from './hook';
import { offeredLabels } from './job-labels';
import { TaskConfiguration } from './project-configuration';
import { Size } from './steps';

export type { PreLabel, PreLabelBox, PreLabelMask };

/** As JSON in ASCII. A manifest line may have 100,000 characters, and the workers' label of as many boxes has to fit beside it. */
export const PRE_LABEL_MAX_CHARACTERS = 30_000;

/** The attribute of manifest lines and messages that carries the pre-label. */
export const PRE_LABEL_ATTRIBUTE = 'pre-label';

/** Object metadata of a drop (`x-amz-meta-...`) that the project reads. */
export const DROP_METADATA = { PRIORITY: 'priority', PRE_LABEL: 'pre-label' } as const;

type Task = Pick<TaskConfiguration, 'type' | 'labels' | 'earlierLabels'>;

/** Which member of a pre-label a task type takes. Absent: any one. */
const MEMBERS: { readonly [type: string]: keyof PreLabel | undefined } = {
  ImageMultiClass: 'classes', ImageMultiClassMultiLabel: 'classes',
  BoundingBox: 'boxes', AdjustmentBoundingBox: 'boxes', VerificationBoundingBox: 'boxes',
  SemanticSegmentation: 'mask', AdjustmentSemanticSegmentation: 'mask', VerificationSemanticSegmentation: 'mask',
};

const isObject = (value: unknown): value is { readonly [name: string]: unknown } => typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * What is wrong with a pre-label, or nothing. Each problem is a sentence that begins with the place.
 *
 * @param size of the image that it is of; absent where that is not known yet
 */
export function preLabelProblems(value: unknown, task: Task, size?: Size): string[] {
  if (!isObject(value)) {
    return ['the pre-label must be an object'];
  }
  const member = MEMBERS[task.type] ?? (['classes', 'boxes', 'mask'] as const).find((name) => Object.hasOwn(value, name));
  if (member === undefined) {
    return [`the pre-label must have one member, classes, boxes or mask; it has: ${Object.keys(value).join(', ') || 'none'}`];
  }
  const foreign = Object.keys(value).filter((name) => name !== member);
  if (foreign.length > 0 || !(member === 'mask' ? isObject(value[member]) : Array.isArray(value[member]))) {
    return [`the pre-label must have one member, the ${member === 'mask' ? 'object' : 'list'} '${member}', for a task of type ${task.type}; it has: ${Object.keys(value).join(', ') || 'none'}`];
  }
  const characters = JSON.stringify(value).replace(/[^\x20-\x7e]/g, '\\uxxxx').length;
  if (characters > PRE_LABEL_MAX_CHARACTERS) {
    return [`the pre-label has ${characters} characters; ${PRE_LABEL_MAX_CHARACTERS} are allowed`];
  }
  if (member === 'mask') {
    return maskProblems(value[member] as { readonly [name: string]: unknown }, task);
  }
  const entries = value[member] as unknown[];
  return member === 'classes' ? classProblems(entries, task) : entries.flatMap((box, index) => boxProblems(box, `boxes[${index}]`, task, size));
}

/** What it may be called: a verification judges labels of other classes than its own. */
const offered = (task: Task): readonly string[] => task.earlierLabels ?? offeredLabels(task);

function labelProblems(name: unknown, place: string, task: Task): string[] {
  // a custom task may have no labels of its own
  const isOffered = typeof name === 'string' && (offered(task).includes(name) || (task.type === 'Custom' && task.labels.length === 0));
  return isOffered ? [] : [`${place} is ${JSON.stringify(name)}; it must be one of the labels: ${offered(task).join(', ')}`];
}

function maskProblems({ uri, colors, ...others }: { readonly [name: string]: unknown }, task: Task): string[] {
  const foreign = Object.keys(others).map((name) => `mask has a member '${name}', which masks do not have`);
  if (typeof uri !== 'string' || !/^s3:\/\/[^/]+\/.+\.png$/i.test(uri)) {
    return [`mask.uri is ${JSON.stringify(uri)}; it must be the s3:// address of a PNG`, ...foreign];
  }
  if (!isObject(colors) || Object.keys(colors).length === 0) {
    return [`mask.colors is ${JSON.stringify(colors)}; it must say what each colour means`, ...foreign];
  }
  return [...foreign, ...Object.entries(colors).flatMap(([name, color]) => [
    ...labelProblems(name, 'a name in mask.colors', task),
    ...(typeof color === 'string' && /^#[0-9a-f]{6}$/i.test(color) ? []
      : [`mask.colors['${name}'] is ${JSON.stringify(color)}; it must be a colour written #rrggbb`]),
  ])];
}

function classProblems(classes: readonly unknown[], task: Task): string[] {
  if (task.type === 'ImageMultiClass' && classes.length !== 1) {
    return [`classes has ${classes.length} entries; workers choose one class, so it must have one`];
  }
  const twice = classes.find((name, index) => classes.indexOf(name) < index);
  return [
    ...classes.flatMap((name, index) => labelProblems(name, `classes[${index}]`, task)),
    ...(twice === undefined ? [] : [`classes has ${JSON.stringify(twice)} twice`]),
  ];
}

function boxProblems(box: unknown, place: string, task: Task, size?: Size): string[] {
  if (!isObject(box)) {
    return [`${place} must be an object`];
  }
  const { label, left, top, width, height, ...others } = box;
  const numbers = Object.entries({ left, top, width, height });
  const problems = [
    ...labelProblems(label, `${place}.label`, task),
    ...numbers.filter(([, value]) => !Number.isFinite(value)).map(([name, value]) => `${place}.${name} is ${JSON.stringify(value)}; it must be a number of pixels`),
    ...Object.keys(others).map((name) => `${place} has a member '${name}', which boxes do not have`),
  ];
  if (problems.length > 0) {
    return problems;
  }
  const { left: x, top: y, width: w, height: h } = box as unknown as PreLabelBox;
  if (w <= 0 || h <= 0) {
    return [`${place} is ${w}x${h}; it must have a width and a height`];
  }
  const isOutside = x + w <= 0 || y + h <= 0 || (size !== undefined && (x >= size.width || y >= size.height));
  return isOutside ? [`${place} lies outside the image${size === undefined ? '' : ` of ${size.width}x${size.height}`}`] : [];
}

/** A pre-label as workers could have drawn it: whole pixels within the image. A box of which nothing is left is left out. */
export function clipped(preLabel: PreLabel, size: Size): PreLabel {
  return preLabel.boxes === undefined ? preLabel : { boxes: preLabel.boxes.flatMap((box) => clippedBox(box, size)) };
}

/**
 * A pre-label that was given for a drop, as one of an image that was made of it. Classes are the image's too; of a box there is left
 * what lies within the image. A mask is one of its own pixels: it fits only an image that is
 * the whole drop.
 *
 * @param inverse from points of the image to points of the drop
 */
export function mapped(preLabel: PreLabel, inverse: Affine, size: Size): PreLabel | undefined {
  if (preLabel.mask !== undefined && inverse.some((value, index) => value !== IDENTITY[index])) {
    return undefined;
  }
  if (preLabel.boxes === undefined) {
    return preLabel;
  }
  const forth = invert(inverse);
  const boxes = preLabel.boxes.map(({ label, left, top, width, height }): PreLabelBox => {
    const corners = [left, left + width].flatMap((x) => [top, top + height].map((y) => applyAffine(forth, x, y)));
    const [xs, ys] = [corners.map(({ x }) => x), corners.map(({ y }) => y)];
    const [x, y] = [Math.min(...xs), Math.min(...ys)];
    return { label, left: x, top: y, width: Math.max(...xs) - x, height: Math.max(...ys) - y };
  });
  return clipped({ boxes }, size);
}

function clippedBox({ label, left, top, width, height }: PreLabelBox, size: Size): PreLabelBox[] {
  const x = Math.max(0, Math.round(left));
  const y = Math.max(0, Math.round(top));
  const w = Math.min(size.width, Math.round(left + width)) - x;
  const h = Math.min(size.height, Math.round(top + height)) - y;
  return w > 0 && h > 0 ? [{ label, left: x, top: y, width: w, height: h }] : [];
}
