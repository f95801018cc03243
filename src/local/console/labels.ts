import { ConsoleBox, ConsoleLabel } from './state';
import { labelColors } from '../crowd/colors';
import { LabelLine } from '../ledger-view';

export interface Masks {
  /** The address at which it can be shown. */
  pictureOf(uri: string): string;
  /** The colours in it, `#rrggbb`. Undefined: nobody knows. */
  colorsIn(uri: string): Promise<ReadonlySet<string> | undefined>;
}

type Entries = Readonly<Record<string, unknown>>;

/**
 * The label of a line as it is drawn. Undefined: a label that nobody draws, such as a custom task's.
 *
 * @param labels of the job, in order: they have the colours of the worker page
 */
export async function drawnLabel(
  line: LabelLine, attribute: string, labels: readonly string[], masks: Masks,
): Promise<ConsoleLabel | undefined> {
  const value = line[attribute];
  const metadata = line[`${attribute}-metadata`];
  if (!isEntries(metadata)) {
    return undefined;
  }
  const colors = labelColors(labels);
  const named = (name: unknown, color?: string) => ({ name: String(name), color: color ?? colors[String(name)] ?? '#888888' });
  switch (metadata.type) {
    case 'groundtruth/image-classification':
    case 'groundtruth/label-verification':
      return { classes: [named(metadata['class-name'])] };
    case 'groundtruth/image-classification-multilabel':
      return { classes: Object.values(entriesOf(metadata['class-map'])).map(name => named(name)) };
    case 'groundtruth/object-detection': {
      const map = entriesOf(metadata['class-map']);
      const { annotations = [] } = value as { annotations?: readonly (Omit<ConsoleBox, 'name' | 'color'> & { class_id: number })[] };
      return {
        classes: Object.values(map).map(name => named(name)),
        boxes: annotations.map(({ class_id: id, left, top, width, height }) => ({ ...named(map[id]), left, top, width, height })),
      };
    }
    case 'groundtruth/semantic-segmentation': {
      const painted = await masks.colorsIn(String(value));
      return {
        classes: Object.values(entriesOf(metadata['internal-color-map'])).filter(isEntries).filter(entry => entry['class-name'] !== 'BACKGROUND')
          .map(entry => named(entry['class-name'], String(entry['hex-color']).toLowerCase())).filter(({ color }) => painted?.has(color) ?? true),
        mask: masks.pictureOf(String(value)),
      };
    }
    default:
      return undefined;
  }
}

function isEntries(value: unknown): value is Entries {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const entriesOf = (value: unknown): Entries => isEntries(value) ? value : {};
