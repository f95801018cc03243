import { createHash } from 'crypto';
import { SimulatorError } from './errors';
import { isJsonObject, JsonObject, JsonValue } from './json';
import { TaskType } from './task-types';

/** A box in pixels of the image, measured from its upper left corner. */
export interface Box {
  readonly label: string;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** One class for the image. */
export interface ClassificationAnswer {
  readonly kind: 'classification';
  readonly label: string;
}

/** One or more classes for the image. */
export interface MultiLabelAnswer {
  readonly kind: 'multi-label';
  readonly labels: readonly string[];
}

/** Any number of boxes; none is an answer too. */
export interface BoundingBoxAnswer {
  readonly kind: 'bounding-box';
  /** Size of the image in pixels. */
  readonly image: { readonly width: number; readonly height: number; readonly depth?: number };
  readonly boxes: readonly Box[];
}

/** A mask: a PNG as bytes or in base64. */
export interface SegmentationAnswer {
  readonly kind: 'semantic-segmentation';
  readonly mask: Uint8Array | string;
  /** What its colours mean, `#rrggbb` by label. Default: colours of the simulator's own choice. */
  readonly colors?: Readonly<Record<string, string>>;
  /** For adjustment tasks: whether the worker left the earlier mask as it was. Default: false. */
  readonly unchanged?: boolean;
}

/** A verdict on an earlier label. */
export interface VerificationAnswer {
  readonly kind: 'verification';
  readonly label: string;
  readonly comment?: string;
}

/** What the functions of a custom task would put into the line. */
export interface CustomAnswer {
  readonly kind: 'custom';
  readonly value: JsonValue;
  readonly metadata?: JsonObject;
}

/** What a worker submits. */
export type Answer =
  | ClassificationAnswer | MultiLabelAnswer | BoundingBoxAnswer | SegmentationAnswer | VerificationAnswer | CustomAnswer;

/** The kind of answer that a task of each type takes. */
export const ANSWER_KINDS: Readonly<Record<TaskType, Answer['kind']>> = {
  ImageMultiClass: 'classification',
  ImageMultiClassMultiLabel: 'multi-label',
  BoundingBox: 'bounding-box',
  AdjustmentBoundingBox: 'bounding-box',
  SemanticSegmentation: 'semantic-segmentation',
  AdjustmentSemanticSegmentation: 'semantic-segmentation',
  VerificationBoundingBox: 'verification',
  VerificationSemanticSegmentation: 'verification',
  Custom: 'custom',
};

const PNG_SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/**
 * Checks an answer against its task; the worker page would not let a worker submit another one.
 *
 * @throws SimulatorError
 */
export function checkAnswer(answer: Answer, type: TaskType, labels: readonly string[]): void {
  if (!isJsonObject(answer) || answer.kind !== ANSWER_KINDS[type]) {
    throw new SimulatorError(`A task of type ${type} takes an answer of kind "${ANSWER_KINDS[type]}", got ${JSON.stringify(answer)?.slice(0, 100)}.`);
  }
  const used = labelsOf(answer);
  const unknown = used.filter(label => !labels.includes(label));
  if (unknown.length > 0) {
    throw new SimulatorError(`The labels of this job are ${labels.join(', ')}; the answer uses ${unknown.join(', ')}.`);
  }
  if (answer.kind === 'multi-label' && used.length === 0) {
    throw new SimulatorError('A worker must pick at least one label.');
  }
  if (answer.kind === 'bounding-box') {
    checkBoxes(answer);
  }
  if (answer.kind === 'semantic-segmentation' && !maskBytes(answer).subarray(0, 8).equals(PNG_SIGNATURE)) {
    throw new SimulatorError('The mask must be a PNG, as bytes or in base64.');
  }
}

/** The bytes of a mask. */
export function maskBytes(answer: SegmentationAnswer): Buffer {
  return typeof answer.mask === 'string' ? Buffer.from(answer.mask, 'base64') : Buffer.from(answer.mask);
}

/** The labelled value for the bill: what the worker said, in little space. */
export function billedValue(answer: Answer): JsonValue {
  switch (answer.kind) {
    case 'classification':
    case 'verification':
      return answer.label;
    case 'multi-label':
      return answer.labels;
    case 'bounding-box':
      return answer.boxes as unknown as JsonValue;
    case 'semantic-segmentation':
      return `sha256:${createHash('sha256').update(maskBytes(answer)).digest('hex')}`;
    case 'custom':
      return answer.value;
  }
}

function labelsOf(answer: Answer): readonly string[] {
  switch (answer.kind) {
    case 'classification':
    case 'verification':
      return [answer.label];
    case 'multi-label':
      return answer.labels;
    case 'bounding-box':
      return answer.boxes.map(box => box.label);
    default:
      return [];
  }
}

function checkBoxes(answer: BoundingBoxAnswer): void {
  const { width, height } = answer.image ?? {};
  if (!(width > 0 && height > 0)) {
    throw new SimulatorError('A bounding-box answer needs the width and height of its image.');
  }
  for (const box of answer.boxes) {
    const inside = box.left >= 0 && box.width > 0 && box.left + box.width <= width
      && box.top >= 0 && box.height > 0 && box.top + box.height <= height;
    if (!inside) {
      throw new SimulatorError(`The box ${JSON.stringify(box)} does not lie in the image of ${width}x${height} pixels.`);
    }
  }
}
