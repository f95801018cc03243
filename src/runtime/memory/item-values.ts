import { Condition, Item, Value, Write } from '../ports';
import { keyOf, nameOf } from '../table-rules';
import { compareKeys } from './sorted-entries';

/** A copy without `undefined` members that nobody can change. */
export function frozenCopy<T extends Value>(value: T): T {
  if (typeof value !== 'object' || value === null) {
    return (value === 0 ? 0 : value) as T;
  }
  if (Array.isArray(value)) {
    return Object.freeze(value.map((element: Value) => frozenCopy(element))) as unknown as T;
  }
  const copy: { [name: string]: Value } = {};
  for (const [name, member] of Object.entries(value)) {
    if (member !== undefined) {
      copy[name] = frozenCopy(member);
    }
  }
  return Object.freeze(copy) as unknown as T;
}

/** Comparisons with an attribute that is absent or of another type do not hold, as in DynamoDB. */
function holds(condition: Condition, item: Item | undefined): boolean {
  const actual = item?.[condition.attribute];
  switch (condition.is) {
    case 'present': return actual !== undefined;
    case 'absent': return actual === undefined;
    case '=': return actual === condition.value;
    default: {
      const { value } = condition;
      let order: number;
      if (typeof actual === 'number' && typeof value === 'number') {
        order = actual - value;
      } else if (typeof actual === 'string' && typeof value === 'string') {
        order = compareKeys(actual, value);
      } else {
        return false;
      }
      return condition.is === '<' ? order < 0 : condition.is === '<=' ? order <= 0 : condition.is === '>' ? order > 0 : order >= 0;
    }
  }
}

export function allHold(conditions: readonly Condition[] | undefined, item: Item | undefined): boolean {
  return (conditions ?? []).every((condition) => holds(condition, item));
}

/** The item as a write leaves it; undefined where it is then gone. The conditions have been tested before. */
export function itemAfter(write: Write, current: Item | undefined): Item | undefined {
  if ('put' in write) {
    return frozenCopy(write.put as Value) as Item;
  }
  if ('check' in write) {
    return current;
  }
  if (!('update' in write)) {
    return undefined;
  }
  const after: { [name: string]: Value | undefined } = { ...current, pk: write.update.pk, sk: write.update.sk };
  for (const [name, value] of Object.entries(write.set ?? {})) {
    if (value !== undefined) {
      after[name] = frozenCopy(value);
    }
  }
  for (const [name, value] of Object.entries(write.add ?? {})) {
    const before = after[name] ?? 0;
    if (typeof before !== 'number') {
      throw new Error(`The update of ${nameOf(keyOf(write))} adds to ${name}, which is no number but ${JSON.stringify(before)}.`);
    }
    after[name] = before + value;
  }
  for (const name of write.remove ?? []) {
    delete after[name];
  }
  return Object.freeze(after) as Item;
}
