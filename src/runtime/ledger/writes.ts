import { Value } from '../ports';

/** An update's `set` and `remove` for fields of which the undefined ones go away. */
export function setOrRemove(fields: object): { set?: { [name: string]: Value }; remove?: string[] } {
  const entries = Object.entries(fields) as [string, Value | undefined][];
  const set = entries.filter((entry): entry is [string, Value] => entry[1] !== undefined);
  const remove = entries.filter(([, value]) => value === undefined).map(([name]) => name);
  return {
    ...(set.length > 0 ? { set: Object.fromEntries(set) } : {}),
    ...(remove.length > 0 ? { remove } : {}),
  };
}
