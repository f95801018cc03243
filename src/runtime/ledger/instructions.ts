import { Condition, Item, Table, Write } from '../ports';
import { instructionsKey } from './keys';

/** Instructions that were pushed, not deployed. */
export interface PushedInstructions {
  readonly version: string;
  /** When the push began: of two, the later one holds, whichever is written last. */
  readonly at: number;
  readonly by?: string;
}

/** The version that was pushed last. A deploy never writes it: what was pushed stays until the next push. */
export function pushWrite({ version, at, by }: PushedInstructions, when?: readonly Condition[]): Write {
  return { put: { ...instructionsKey, version, at, by, schema: 1 }, ...when === undefined ? {} : { when } };
}

export function pushedOf(item: Item | undefined): PushedInstructions | undefined {
  return item && { version: String(item.version), at: Number(item.at), ...(item.by === undefined ? {} : { by: String(item.by) }) };
}

/** What was pushed last. */
export async function readPush(table: Table): Promise<PushedInstructions | undefined> {
  return pushedOf(await table.get(instructionsKey));
}

/** Writes a push down, unless a later one was. Answers that one. Doing it again changes nothing. */
export async function recordPush(table: Table, push: PushedInstructions): Promise<PushedInstructions | undefined> {
  const first = await table.write([pushWrite(push, [{ attribute: 'version', is: 'absent' }])]);
  if (first.done) {
    return undefined;
  }
  const next = await table.write([pushWrite(push, [{ attribute: 'at', is: '<=', value: push.at }])]);
  return next.done ? undefined : pushedOf(next.failed[0].current);
}
