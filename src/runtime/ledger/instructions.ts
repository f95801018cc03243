import { Item, Write } from '../ports';
import { instructionsKey } from './keys';

/** Instructions that were pushed, not deployed. */
export interface PushedInstructions {
  readonly version: string;
  readonly at: number;
  readonly by?: string;
}

/** The version that was pushed last. A deploy never writes it: what was pushed stays until the next push. */
export function pushWrite({ version, at, by }: PushedInstructions): Write {
  return { put: { ...instructionsKey, version, at, by, schema: 1 } };
}

export function pushedOf(item: Item | undefined): PushedInstructions | undefined {
  return item && { version: String(item.version), at: Number(item.at), ...(item.by === undefined ? {} : { by: String(item.by) }) };
}
