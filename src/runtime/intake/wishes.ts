import { EngineeredImage } from './engine';
import { Affine } from '../../contract/geometry';
import { DROP_METADATA, PreLabel, clipped, mapped, preLabelProblems } from '../../contract/pre-label';
import { TaskConfiguration } from '../../contract/project-configuration';
import { Size } from '../../contract/steps';
import { DropRecord } from '../ledger/drops';

/** What whoever dropped a file asks for in its metadata. Kept with the drop, because copies of its bytes do not carry it. */
export interface Wishes {
  readonly priority?: number;
  readonly preLabel?: string;
}

/** A priority that is none is left out: `priority` is a common name, which somebody may use for purposes of their own. */
export function wishesOf(metadata: { readonly [name: string]: string }): Wishes & { readonly warning?: string } {
  const priority = metadata[DROP_METADATA.PRIORITY]?.trim();
  const preLabel = metadata[DROP_METADATA.PRE_LABEL];
  const isPriority = priority !== undefined && /^[0-9]$/.test(priority);
  return {
    ...(isPriority ? { priority: Number(priority) } : {}),
    ...(preLabel === undefined ? {} : { preLabel }),
    ...(priority === undefined || isPriority ? {}
      : { warning: `The metadata ${DROP_METADATA.PRIORITY} is ${JSON.stringify(priority.slice(0, 50))}; it is left out of account, because it is no digit from 0 to 9.` }),
  };
}

/** The pre-label that came with a drop, or what is wrong with it. */
export function preLabelOf({ preLabel }: Pick<DropRecord, 'preLabel'>, task: TaskConfiguration): { readonly value?: PreLabel; readonly problem?: string } {
  if (preLabel === undefined) {
    return {};
  }
  let value: unknown;
  try {
    value = JSON.parse(preLabel);
  } catch {
    return { problem: `the metadata ${DROP_METADATA.PRE_LABEL} is no JSON: ${preLabel.slice(0, 100)}` };
  }
  const [problem] = preLabelProblems(value, task);
  return problem === undefined ? { value: value as PreLabel } : { problem: `the metadata ${DROP_METADATA.PRE_LABEL} is wrong: ${problem}` };
}

/**
 * What an image gets: its own, or else what the drop brought. Pixels of the drop become pixels of the image.
 *
 * @param inverse from points of the image to points of the drop, where that is known
 */
export function grantWishes(
  image: Pick<EngineeredImage, 'priority' | 'preLabel'>, drop: { readonly priority?: number; readonly preLabel?: PreLabel }, size: Size, inverse?: readonly number[],
): { readonly priority: number; readonly preLabel?: PreLabel } {
  const preLabel = image.preLabel ? clipped(image.preLabel, size)
    : drop.preLabel && inverse ? mapped(drop.preLabel, inverse as unknown as Affine, size) : undefined;
  return { priority: image.priority ?? drop.priority ?? 0, ...(preLabel === undefined ? {} : { preLabel }) };
}
