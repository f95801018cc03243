import { EarlierLabels, LABELING_TASKS } from './labeling-tasks';
import { MANIFEST_ATTRIBUTE_MAX_CHARACTERS } from './limits';
import { PreLabel, PreLabelBox, PreLabelMask } from './pre-label';
import { TaskConfiguration } from './project-configuration';
import { Size } from './steps';

/** What Ground Truth calls the pixels that no worker painted. */
export const BACKGROUND = 'BACKGROUND';

type Task = Pick<TaskConfiguration, 'type' | 'labels' | 'earlierLabelAttribute' | 'earlierLabels'>;
type Fields = { readonly [name: string]: unknown };

/** What an image brings along. */
export interface Labeled {
  readonly preLabel?: PreLabel;
  readonly size: Size;
  /** Time of the drop, in milliseconds. */
  readonly receivedAt: number;
}

/** The classes that an image's label may have: those of the task, or those that a verification judges. */
export function earlierClasses({ labels, earlierLabels }: Pick<Task, 'labels' | 'earlierLabels'>): readonly string[] {
  return earlierLabels ?? labels.map(({ name }) => name);
}

/**
 * A pre-label as an earlier job would have written it into its line: the pair of value and metadata that Ground Truth shows in a task
 * that adjusts or verifies. The same image gives the same pair.
 */
export function earlierPair(task: Task, { preLabel, size, receivedAt }: Labeled): Fields | undefined {
  const { earlier } = LABELING_TASKS[task.type];
  const name = task.earlierLabelAttribute;
  const pair = preLabel && earlier && name !== undefined ? valueAndMetadata(task, earlier, preLabel, size) : undefined;
  return pair && {
    [name!]: pair.value,
    [`${name}-metadata`]: {
      ...pair.metadata,
      'type': earlier!.metadataType,
      'human-annotated': 'no',
      'creation-date': new Date(receivedAt).toISOString().replace('Z', ''),
      'job-name': 'pre-label',
    },
  };
}

interface Pair {
  readonly value: unknown;
  readonly metadata: Fields;
}

function valueAndMetadata(task: Task, { kind }: EarlierLabels, { boxes, mask }: PreLabel, size: Size): Pair | undefined {
  return kind === 'boxes' ? boxes && boxesPair(boxes, earlierClasses(task), size) : mask && maskPair(mask, earlierClasses(task));
}

function boxesPair(boxes: readonly PreLabelBox[], classes: readonly string[], { width, height }: Size): Pair {
  const annotations = boxes.map((box) => ({
    class_id: classes.indexOf(box.label), left: box.left, top: box.top, width: box.width, height: box.height,
  }));
  const ids = [...new Set(annotations.map((box) => box.class_id))];
  return {
    value: { image_size: [{ width, height, depth: 3 }], annotations },
    metadata: { 'objects': annotations.map(() => ({ confidence: 0 })), 'class-map': Object.fromEntries(ids.map((id) => [id, classes[id]])) },
  };
}

function maskPair({ uri, colors }: PreLabelMask, classes: readonly string[]): Pair {
  const entry = (name: string, color: string): Fields => ({ 'class-name': name, 'hex-color': color, 'confidence': 0 });
  const painted = classes.flatMap((name, index) => (Object.hasOwn(colors, name) ? [[index + 1, entry(name, colors[name])] as const] : []));
  return { value: uri, metadata: { 'internal-color-map': Object.fromEntries([[0, entry(BACKGROUND, '#ffffff')], ...painted]) } };
}

/**
 * Why no job may have an image yet; undefined: nothing is in the way. Ground Truth fails an image that comes to an adjustment or a
 * verification without a label, and may bill it.
 */
export function lacksEarlierLabel(task: Task, image: Labeled): string | undefined {
  if (LABELING_TASKS[task.type].earlier === undefined) {
    return undefined;
  }
  const pair = earlierPair(task, image);
  if (pair === undefined) {
    return 'it came without a label that workers could adjust or verify';
  }
  const longest = Math.max(...Object.values(pair).map((part) => asciiLength(JSON.stringify(part))));
  return longest > MANIFEST_ATTRIBUTE_MAX_CHARACTERS
    ? `its label has ${longest} characters as Ground Truth takes it; ${MANIFEST_ATTRIBUTE_MAX_CHARACTERS} are allowed` : undefined;
}

/** As it is sent: what is not ASCII is escaped, in six characters. */
function asciiLength(json: string): number {
  return json.replace(/[^\x20-\x7e]/g, '\\u0000').length;
}
