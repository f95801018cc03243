import { Answer, Box } from './answers';
import { SimulatorError } from './errors';
import { isJsonObject, JsonObject, JsonValue } from './json';
import { TaskType } from './task-types';

type BuiltInTaskType = Exclude<TaskType, 'Custom'>;

/** What a built-in consolidation reads: the `name` of its element, and the output that the Developer Guide documents for that. */
interface Reader {
  readonly name: string;
  readonly read: (value: JsonObject) => Answer | undefined;
}

const CLASS = 'crowd-image-classifier';

const BOXES: Reader = {
  name: 'boundingBox',
  read: ({ boundingBoxes, inputImageProperties: image }) => {
    const boxes = Array.isArray(boundingBoxes) ? boundingBoxes.map(boxOf) : [undefined];
    return isJsonObject(image) && isNumber(image.width) && isNumber(image.height) && boxes.every(box => box !== undefined)
      ? { kind: 'bounding-box', image: { width: image.width, height: image.height }, boxes }
      : undefined;
  },
};

const MASK: Reader = {
  name: 'crowd-semantic-segmentation',
  read: ({ labeledImage, labelMappings, initialValueModified }) => {
    const colors = isJsonObject(labelMappings) ? colorsOf(labelMappings) : undefined;
    return isJsonObject(labeledImage) && typeof labeledImage.pngImageData === 'string' && colors !== undefined
      ? { kind: 'semantic-segmentation', mask: labeledImage.pngImageData, colors, unchanged: initialValueModified === false }
      : undefined;
  },
};

const VERDICT: Reader = {
  name: CLASS,
  read: ({ label, workerComment: comment }) => typeof label === 'string'
    ? { kind: 'verification', label, ...(typeof comment === 'string' ? { comment } : {}) } : undefined,
};

const READERS: Readonly<Record<BuiltInTaskType, Reader>> = {
  ImageMultiClass: { name: CLASS, read: ({ label }) => typeof label === 'string' ? { kind: 'classification', label } : undefined },
  ImageMultiClassMultiLabel: {
    name: 'crowd-image-classifier-multi-select',
    read: ({ labels }) => isTexts(labels) ? { kind: 'multi-label', labels } : undefined,
  },
  BoundingBox: BOXES,
  AdjustmentBoundingBox: BOXES,
  SemanticSegmentation: MASK,
  AdjustmentSemanticSegmentation: MASK,
  VerificationBoundingBox: VERDICT,
  VerificationSemanticSegmentation: VERDICT,
};

/**
 * The answer in what the form of a worker page gave.
 *
 * @param form the value of each element, by its `name`
 * @throws SimulatorError where the consolidation of the task type would find none.
 */
export function answerOfForm(type: TaskType, form: JsonObject): Answer {
  if (type === 'Custom') {
    return { kind: 'custom', value: form };
  }
  const { name, read } = READERS[type];
  const value = Object.hasOwn(form, name) ? form[name] : undefined;
  const answer = isJsonObject(value) ? read(value) : undefined;
  if (answer === undefined) {
    throw new SimulatorError(
      `The consolidation of ${type} reads the output of an element with the name "${name}"; the form has ${JSON.stringify(form).slice(0, 200)}.`);
  }
  return answer;
}

function boxOf(value: JsonValue): Box | undefined {
  if (!isJsonObject(value)) {
    return undefined;
  }
  const { label, left, top, width, height } = value;
  return typeof label === 'string' && isNumber(left) && isNumber(top) && isNumber(width) && isNumber(height)
    ? { label, left, top, width, height } : undefined;
}

function colorsOf(mappings: JsonObject): Readonly<Record<string, string>> | undefined {
  const colors = Object.entries(mappings).map(([label, entry]) => [label, isJsonObject(entry) ? entry.color : undefined] as const);
  return colors.every((each): each is readonly [string, string] => typeof each[1] === 'string' && /^#[0-9a-f]{6}$/i.test(each[1]))
    ? Object.fromEntries(colors) : undefined;
}

const isNumber = (value: JsonValue | undefined): value is number => typeof value === 'number' && Number.isFinite(value);

const isTexts = (value: JsonValue | undefined): value is readonly string[] =>
  Array.isArray(value) && value.every(each => typeof each === 'string');
