import { createHash } from 'crypto';
import { Answer, BoundingBoxAnswer, ClassificationAnswer, CustomAnswer, maskBytes, MultiLabelAnswer, SegmentationAnswer, VerificationAnswer } from './answers';
import { DataObject, Job } from './job';
import { isJsonObject, JsonObject, JsonValue } from './json';
import { SimulatorOptions } from './options';
import { TASK_TYPES } from './task-types';

/** What the answers of an object come to. A mask still has to be stored, and its URI to become the value. */
export interface Label {
  readonly value: JsonValue;
  readonly metadata: JsonObject;
  readonly mask?: Uint8Array;
}

const COLORS = ['#2ca02c', '#1f77b4', '#ff7f0e', '#d62728', '#9467bd', '#8c564b', '#e377c2', '#7f7f7f', '#bcbd22', '#17becf'];

/**
 * Merges the answers of several workers.
 *
 * Chosen, since the service's own ways are not public: the class with most votes (the earlier answer wins a tie); each class
 * that at least half of the workers named, or else those named most; of several sets of boxes the first with the commonest
 * number of boxes; of several masks the first.
 */
export function consolidate(job: Job, object: DataObject, options: SimulatorOptions, now: number): Label {
  const answers = object.answers.map(given => given.answer);
  const common = {
    'type': metadataType(job),
    'job-name': `${options.jobNamesPrefixedInMetadata ? 'labeling-job/' : ''}${job.name}`,
    'human-annotated': 'yes',
    'creation-date': creationDate(now),
  };
  switch (answers[0].kind) {
    case 'classification':
      return classification(job, answers as ClassificationAnswer[], common, options);
    case 'verification':
      return verification(job, answers as VerificationAnswer[], common);
    case 'multi-label':
      return multiLabel(job, answers as MultiLabelAnswer[], common);
    case 'bounding-box':
      return boundingBox(job, object, answers as BoundingBoxAnswer[], common);
    case 'semantic-segmentation':
      return segmentation(job, answers as SegmentationAnswer[], common);
    case 'custom': {
      const first = answers[0] as CustomAnswer;
      return { value: first.value, metadata: { ...common, ...first.metadata } };
    }
  }
}

/** The line of a labeled object. */
export function labeledLine(job: Job, object: DataObject, value: JsonValue, metadata: JsonObject): string {
  return lineWith(job, object, { [job.labelAttribute]: value, [`${job.labelAttribute}-metadata`]: metadata });
}

/** The input line with what the label adds to it. */
export function lineWith(job: Job, object: DataObject, label: JsonObject): string {
  const attribute = job.labelAttribute;
  const { line, id, ownId, sequencer } = object.input;
  return JSON.stringify({
    ...line,
    ...(ownId ? {} : { 'dataset-objectid-attribute-name': `$${attribute}-object-id` }),
    ...label,
    ...(ownId ? {} : { [`$${attribute}-object-id`]: id }),
    ...(sequencer === undefined ? {} : { $sequencer: sequencer }),
  });
}

/** The line of an object that failed; undefined when its message named no object and such ones have no line. */
export function failedLine(job: Job, object: DataObject, reason: string, options: SimulatorOptions, now: number): string | undefined {
  if (object.sourceRef === '' && !options.linesForUnknownMessages) {
    return undefined;
  }
  if (options.failureLine === 'bare') {
    return JSON.stringify(object.input.line);
  }
  return JSON.stringify({
    ...object.input.line,
    [`${job.labelAttribute}-metadata`]: {
      'failure-reason': options.failureReason ?? reason,
      'type': metadataType(job),
      'job-name': `${options.jobNamesPrefixedInMetadata ? 'labeling-job/' : ''}${job.name}`,
      'human-annotated': 'yes',
      'creation-date': creationDate(now),
    },
  });
}

/** The earlier label that a verification or adjustment task shows; undefined when the line has none. */
export function earlierLabel(job: Job, line: JsonObject): { attribute: string; value: JsonValue; metadata: JsonObject } | undefined {
  const wanted = TASK_TYPES[job.taskType].earlierType;
  for (const attribute of Object.keys(line)) {
    const metadata = line[`${attribute}-metadata`];
    if (attribute !== job.labelAttribute && isJsonObject(metadata) && metadata.type === wanted && !Object.hasOwn(metadata, 'failure-reason')) {
      return { attribute, value: line[attribute], metadata };
    }
  }
  return undefined;
}

/** Why an object's earlier label cannot be shown: there is none, or it has classes that the job's label categories lack. */
export function earlierProblem(job: Job, line: JsonObject): string | undefined {
  if (TASK_TYPES[job.taskType].earlierType === undefined) {
    return undefined;
  }
  const earlier = earlierLabel(job, line);
  if (!earlier) {
    return 'The data object has no earlier label to work on.';
  }
  const map = earlier.metadata['class-map'] ?? earlier.metadata['internal-color-map'];
  const entries = isJsonObject(map) ? Object.values(map) : [];
  const names = entries.map(entry => (isJsonObject(entry) ? entry['class-name'] : entry));
  const foreign = names.find(name => name !== 'BACKGROUND' && !job.labels.includes(String(name)));
  if (foreign !== undefined) {
    return `The earlier label has the class ${String(foreign)}, which is not in the label category configuration.`;
  }
  const colorless = TASK_TYPES[job.taskType].segmentation
    && (entries.length === 0 || entries.some(entry => !isJsonObject(entry) || !/^#[0-9a-f]{6}$/i.test(String(entry['hex-color']))));
  return colorless ? 'The earlier mask has no hex colours in its metadata.' : undefined;
}

function classification(job: Job, answers: readonly ClassificationAnswer[], common: JsonObject, options: SimulatorOptions): Label {
  const [label, votes] = most(answers.map(answer => answer.label));
  const index = job.labels.indexOf(label);
  return {
    value: options.classificationValue === 'number' ? index : String(index),
    metadata: { 'class-name': label, 'confidence': confidence(votes, answers), ...common },
  };
}

function verification(job: Job, answers: readonly VerificationAnswer[], common: JsonObject): Label {
  const [label, votes] = most(answers.map(answer => answer.label));
  const comments = answers.flatMap(answer => (answer.comment === undefined ? [] : [{ comment: answer.comment }]));
  return {
    value: String(job.labels.indexOf(label)),
    metadata: {
      'class-name': label,
      'confidence': confidence(votes, answers),
      ...common,
      ...(comments.length > 0 ? { 'worker-feedback': comments } : {}),
    },
  };
}

function multiLabel(job: Job, answers: readonly MultiLabelAnswer[], common: JsonObject): Label {
  const votes = job.labels.map(label => answers.filter(answer => answer.labels.includes(label)).length);
  const needed = Math.min(answers.length / 2, Math.max(...votes));
  const chosen = job.labels.map((_, index) => index).filter(index => votes[index] >= needed);
  return {
    value: chosen,
    metadata: {
      ...common,
      'class-map': Object.fromEntries(chosen.map(index => [index, job.labels[index]])),
      'confidence-map': Object.fromEntries(chosen.map(index => [index, confidence(votes[index], answers)])),
    },
  };
}

function boundingBox(job: Job, object: DataObject, answers: readonly BoundingBoxAnswer[], common: JsonObject): Label {
  const [count, votes] = most(answers.map(answer => answer.boxes.length));
  const { image, boxes } = answers.find(answer => answer.boxes.length === count)!;
  const annotations = boxes.map(box => ({
    class_id: job.labels.indexOf(box.label), left: box.left, top: box.top, width: box.width, height: box.height,
  }));
  const ids = [...new Set(annotations.map(annotation => annotation.class_id))];
  const earlier = job.taskType === 'AdjustmentBoundingBox' ? earlierLabel(job, object.input.line) : undefined;
  const earlierBoxes = earlier && isJsonObject(earlier.value) ? earlier.value.annotations : undefined;
  return {
    value: { image_size: [{ width: image.width, height: image.height, depth: image.depth ?? 3 }], annotations },
    metadata: {
      'objects': annotations.map(() => ({ confidence: confidence(votes, answers) })),
      'class-map': Object.fromEntries(ids.map(id => [id, job.labels[id]])),
      ...common,
      ...(earlier ? { 'adjustment-status': sameBoxes(earlierBoxes, annotations) ? 'unadjusted' : 'adjusted' } : {}),
    },
  };
}

function segmentation(job: Job, answers: readonly SegmentationAnswer[], common: JsonObject): Label {
  const classes = ['BACKGROUND', ...job.labels];
  const sure = confidence(answers.length, answers);
  const first = answers[0];
  const colors = colorsOf(job.labels, first.colors);
  return {
    value: null,
    mask: maskBytes(first),
    metadata: {
      'internal-color-map': Object.fromEntries(classes.map((name, index) => [index, {
        'class-name': name, 'hex-color': index === 0 ? '#ffffff' : colors[index - 1], 'confidence': sure,
      }])),
      ...common,
      ...(job.taskType === 'AdjustmentSemanticSegmentation' ? { 'adjustment-status': first.unchanged ? 'unadjusted' : 'adjusted' } : {}),
    },
  };
}

/** A colour for each label: the one that it was painted in, else one that was not used for another. */
function colorsOf(labels: readonly string[], painted: Readonly<Record<string, string>> = {}): string[] {
  const free = COLORS.filter(color => !Object.values(painted).includes(color));
  return labels.map((label, index) => Object.hasOwn(painted, label) ? painted[label] : free[index % free.length]);
}

function metadataType(job: Job): string {
  switch (job.taskType) {
    case 'ImageMultiClass':
      return 'groundtruth/image-classification';
    case 'ImageMultiClassMultiLabel':
      return 'groundtruth/image-classification-multilabel';
    case 'BoundingBox':
    case 'AdjustmentBoundingBox':
      return 'groundtruth/object-detection';
    case 'SemanticSegmentation':
    case 'AdjustmentSemanticSegmentation':
      return 'groundtruth/semantic-segmentation';
    case 'VerificationBoundingBox':
    case 'VerificationSemanticSegmentation':
      return 'groundtruth/label-verification';
    case 'Custom':
      return 'groundtruth/custom';
  }
}

/** The service writes times without a zone, in microseconds. */
function creationDate(now: number): string {
  return `${new Date(now).toISOString().slice(0, 23)}000`;
}

/** Zero with a single worker, else the share of workers who agree. */
function confidence(votes: number, answers: readonly Answer[]): number {
  return answers.length === 1 ? 0 : Math.round((votes / answers.length) * 100) / 100;
}

function most<T>(values: readonly T[]): [T, number] {
  const votes = new Map<T, number>();
  values.forEach(value => votes.set(value, (votes.get(value) ?? 0) + 1));
  return [...votes].reduce((best, entry) => (entry[1] > best[1] ? entry : best));
}

function sameBoxes(earlier: JsonValue | undefined, boxes: readonly JsonObject[]): boolean {
  const text = (box: JsonValue) => (isJsonObject(box) ? [box.class_id, box.left, box.top, box.width, box.height].join(',') : '');
  return Array.isArray(earlier) && earlier.map(text).sort().join(';') === boxes.map(text).sort().join(';');
}

/** Where the service would put a file of an object: by a short name that is the same in every run. */
export function fileName(object: DataObject): string {
  return createHash('sha256').update(object.taskId).digest('hex').slice(0, 16);
}
