import { Answer, Box } from '../simulator';
import { isRecord } from './template';

type Line = Readonly<Record<string, unknown>>;

interface Annotation {
  readonly class_id: number;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/**
 * The label of a data-set line, in the form of the answer that a worker gives; for comparing the two.
 *
 * @param readMask reads the object of an S3 URI
 * @throws Error for a line without a label under this attribute, or with one of another kind than Ground Truth writes.
 */
export async function answerOfLine(line: Line, attribute: string, readMask: (uri: string) => Promise<Uint8Array>): Promise<Answer> {
  const value = line[attribute];
  const metadata = line[`${attribute}-metadata`];
  if (value === undefined || !isRecord(metadata)) {
    throw new Error(`the line of ${String(line['source-ref'])} has no label under ${attribute}`);
  }
  const type = String(metadata.type);
  const classes = (isRecord(metadata['class-map']) ? metadata['class-map'] : {}) as Readonly<Record<string, string>>;
  switch (type) {
    case 'groundtruth/image-classification':
      return { kind: 'classification', label: String(metadata['class-name']) };
    case 'groundtruth/image-classification-multilabel':
      return { kind: 'multi-label', labels: (value as number[]).map(index => classes[index]) };
    case 'groundtruth/object-detection':
      return boundingBoxes(value as Line, classes);
    case 'groundtruth/semantic-segmentation':
      return { kind: 'semantic-segmentation', mask: await readMask(String(value)) };
    case 'groundtruth/label-verification':
      return { kind: 'verification', label: String(metadata['class-name']) };
    default:
      return { kind: 'custom', value: value as never };
  }
}

function boundingBoxes(value: Line, classes: Readonly<Record<string, string>>): Answer {
  const [size] = value.image_size as { width: number; height: number; depth: number }[];
  const boxes = (value.annotations as Annotation[]).map(({ class_id, left, top, width, height }): Box => ({
    label: classes[class_id], left, top, width, height,
  }));
  return { kind: 'bounding-box', image: size, boxes };
}
