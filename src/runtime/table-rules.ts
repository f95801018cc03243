import { Item, Key, Query, TRANSACTION_MAX, Value, Write } from './ports';
import { STATUS_INDEX } from '../contract/ledger-table';

/**
 * What DynamoDB demands of keys, values and writes. Both tables check it, so that what passes in memory passes in AWS,
 * and the message names the item instead of "one or more parameter values were invalid".
 */

/** Partition keys, of the table and of the index, in UTF-8 bytes. */
const PARTITION_KEY_MAX = 2_048;
/** Sort keys, of the table and of the index, in UTF-8 bytes. */
const SORT_KEY_MAX = 1_024;
/** One item: names and values, in bytes. */
const ITEM_MAX = 400 * 1024;
const TRANSACTION_MAX_BYTES = 4 * 1024 * 1024;
/** Beyond this whole numbers lose digits in JavaScript; the marshaller refuses them. */
const NUMBER_MAX = Number.MAX_SAFE_INTEGER;
const NUMBER_MIN = 1e-130;

/** What is wrong with a number that the table cannot hold. Undefined: it can. */
export function numberProblem(value: number): string | undefined {
  const magnitude = Math.abs(value);
  return Number.isFinite(value) && magnitude <= NUMBER_MAX && (magnitude === 0 || magnitude >= NUMBER_MIN) ? undefined
    : `it is ${value}; a number must be 0 or, whatever its sign, between ${NUMBER_MIN} and ${NUMBER_MAX}`;
}

/** Attributes that the keys-only index is made of. */
export const INDEX_KEYS = [STATUS_INDEX.partitionKey, STATUS_INDEX.sortKey] as const;

const KEY_LIMITS: { readonly [attribute: string]: number } = {
  pk: PARTITION_KEY_MAX, sk: SORT_KEY_MAX, gsi1pk: PARTITION_KEY_MAX, gsi1sk: SORT_KEY_MAX,
};

/** How an item is called in messages. */
export function nameOf(key: Key): string {
  return `${JSON.stringify(key.pk)} / ${JSON.stringify(key.sk)}`;
}

export function keyOf(write: Write): Key {
  return 'put' in write ? write.put : 'update' in write ? write.update : 'remove' in write ? write.remove : write.check;
}

function assertKeyAttribute(attribute: string, value: unknown): void {
  const max = KEY_LIMITS[attribute];
  if (typeof value !== 'string' || value === '') {
    throw new Error(`The key attribute ${attribute} must be a string that is not empty, got ${JSON.stringify(value)}.`);
  }
  // no string of a third of the limit can be too long
  if (value.length * 3 > max && Buffer.byteLength(value) > max) {
    throw new Error(`The key attribute ${attribute} has ${Buffer.byteLength(value)} bytes, at most ${max} are allowed: ${value.slice(0, 80)}...`);
  }
}

export function assertKey(key: Key): void {
  assertKeyAttribute('pk', key.pk);
  assertKeyAttribute('sk', key.sk);
}

export function assertQuery(query: Query): void {
  assertKeyAttribute('pk', query.pk);
  if (query.limit !== undefined && !(Number.isInteger(query.limit) && query.limit > 0)) {
    throw new Error(`A query's limit must be a positive integer, got ${query.limit}.`);
  }
  if (query.from !== undefined && (query.from === '' || query.prefix !== undefined || query.reverse)) {
    throw new Error('A query from a sort key on must name one, ascends, and has no prefix.');
  }
}

/** @returns about the item's bytes. */
export function assertItem(item: Item): number {
  return assertAttributes(item, item);
}

function assertAttributes(key: Key, attributes: { readonly [name: string]: Value | undefined }): number {
  for (const attribute of INDEX_KEYS) {
    if (attributes[attribute] !== undefined) {
      assertKeyAttribute(attribute, attributes[attribute]);
    }
  }
  const size = sizeOf(attributes, key);
  if (size > ITEM_MAX) {
    throw new Error(`The item ${nameOf(key)} has about ${size} bytes, at most ${ITEM_MAX} are allowed: keep large things in the bucket.`);
  }
  return size;
}

/** About what DynamoDB counts for a value, in bytes; refuses what it cannot store. */
export function sizeOf(value: Value | undefined, key: Key): number {
  switch (typeof value) {
    case 'undefined': return 0;
    case 'boolean': return 1;
    case 'string': return Buffer.byteLength(value);
    case 'number': {
      if (numberProblem(value) !== undefined) {
        throw new Error(`The item ${nameOf(key)} has a number that the table cannot hold: ${value}.`);
      }
      return 12;
    }
    case 'object': {
      if (value === null) {
        return 1;
      }
      if (Array.isArray(value)) {
        return value.reduce<number>((sum, element) => {
          if (element === undefined) {
            throw new Error(`The item ${nameOf(key)} has a list with an undefined element.`);
          }
          return sum + 1 + sizeOf(element, key);
        }, 3);
      }
      let sum = 3;
      for (const [name, member] of Object.entries(value)) {
        sum += member === undefined ? 0 : Buffer.byteLength(name) + 1 + sizeOf(member, key);
      }
      return sum;
    }
    default:
      throw new Error(`The item ${nameOf(key)} has a ${typeof value}, which the table cannot hold.`);
  }
}

function assertConditions(write: Write): void {
  for (const condition of write.when ?? []) {
    if ('value' in condition && condition.is !== '=' && typeof condition.value === 'boolean') {
      throw new Error(`A condition on ${nameOf(keyOf(write))} orders booleans (${condition.attribute} ${condition.is} ${condition.value}).`);
    }
  }
}

function assertUpdate(write: Extract<Write, { update: Key }>): number {
  const set = Object.keys(write.set ?? {}).filter((name) => write.set![name] !== undefined);
  const add = Object.keys(write.add ?? {});
  const names = [...set, ...add, ...write.remove ?? []];
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) {
    throw new Error(`The update of ${nameOf(write.update)} changes ${twice} twice.`);
  }
  if (names.includes('pk') || names.includes('sk')) {
    throw new Error(`The update of ${nameOf(write.update)} changes its key.`);
  }
  if (names.length === 0) {
    throw new Error(`The update of ${nameOf(write.update)} changes nothing: use a check.`);
  }
  // DynamoDB makes no item for removals alone
  if (set.length + add.length === 0 && !(write.when ?? []).some((condition) => condition.is !== 'absent')) {
    throw new Error(`The update of ${nameOf(write.update)} only removes attributes: it needs a condition that the item exists.`);
  }
  return assertAttributes(write.update, { ...write.set, ...write.add });
}

/** Refuses a list of writes that DynamoDB would refuse whatever the table holds. */
export function assertWrites(writes: readonly Write[]): void {
  if (writes.length > TRANSACTION_MAX) {
    throw new Error(`A transaction of ${writes.length} writes: at most ${TRANSACTION_MAX} are allowed, split it.`);
  }
  let size = 0;
  const seen = new Set<string>();
  for (const write of writes) {
    const key = keyOf(write);
    assertKey(key);
    const name = `${key.pk}\u0000${key.sk}`;
    if (seen.has(name)) {
      throw new Error(`A transaction writes the item ${nameOf(key)} twice.`);
    }
    seen.add(name);
    assertConditions(write);
    if ('put' in write) {
      size += assertItem(write.put);
    } else if ('update' in write) {
      size += assertUpdate(write);
    } else if ('check' in write && write.when.length === 0) {
      throw new Error(`The check of ${nameOf(key)} has no condition.`);
    }
  }
  if (size > TRANSACTION_MAX_BYTES) {
    throw new Error(`A transaction of about ${size} bytes: at most ${TRANSACTION_MAX_BYTES} are allowed, split it.`);
  }
}
