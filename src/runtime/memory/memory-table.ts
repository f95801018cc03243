import { Item, Key, Outcome, Page, Query, Table, Write } from '../ports';
import { assertItem, assertKey, assertQuery, assertWrites, keyOf } from '../table-rules';
import { allHold, itemAfter } from './item-values';
import { SortedEntries, compareKeys } from './sorted-entries';

/** A call as the fault hook sees it. */
export type TableOperation =
  | { readonly method: 'get'; readonly key: Key }
  | { readonly method: 'getMany'; readonly keys: readonly Key[] }
  | { readonly method: 'query' | 'queryIndex'; readonly query: Query }
  | { readonly method: 'write'; readonly writes: readonly Write[] };

/** `throw-before`: nothing happened. `throw-after`: it happened, and the answer was lost. */
export type Fault = 'ok' | 'throw-before' | 'throw-after';

export interface MemoryTableOptions {
  /** Decides the fate of each call; a promise delays it, so that a test can order what races. Default: all is well, without delay. */
  readonly faults?: (operation: TableOperation) => Fault | Promise<Fault>;
  /** How many later writes it takes until the index shows a write. Default: 0, at once. */
  readonly indexLag?: number;
  /** Items in one page where the query has no smaller limit. Default: 1,000, about what DynamoDB's megabyte holds. */
  readonly pageItems?: number;
  /** Told of every change of an item, in order, when it is made. */
  readonly onChange?: (before: Item | undefined, after: Item | undefined) => void;
}

/** What a failing hook throws. */
export class TableFault extends Error {
  public constructor(operation: TableOperation, fault: Fault) {
    super(`Injected fault: ${fault} of ${operation.method}.`);
    this.name = 'TableFault';
  }
}

interface IndexEntry extends Key {
  readonly gsi1sk: string;
}

interface IndexChange {
  readonly visibleAt: number;
  readonly before?: Item;
  readonly after?: Item;
}

const bySortKey = (a: { sk: string }, b: { sk: string }): number => compareKeys(a.sk, b.sk);
const byIndexKey = (a: IndexEntry, b: IndexEntry): number =>
  compareKeys(a.gsi1sk, b.gsi1sk) || compareKeys(a.pk, b.pk) || compareKeys(a.sk, b.sk);

type Partitions<E> = Map<string, SortedEntries<E>>;

/**
 * The ledger table in memory, with DynamoDB's semantics: pages end early, comparisons are by type, keys are ordered by bytes,
 * the index holds keys only and may lag. Items are frozen, so a caller can keep them.
 */
export class MemoryTable implements Table {
  private readonly partitions: Partitions<Item> = new Map();
  private readonly index: Partitions<IndexEntry> = new Map();
  private readonly lagging: IndexChange[] = [];
  private writes = 0;

  /** The options may be changed while the table is in use. */
  public constructor(public options: MemoryTableOptions = {}) {}

  public async get(key: Key): Promise<Item | undefined> {
    return this.attempt({ method: 'get', key }, () => {
      assertKey(key);
      return this.find(key);
    });
  }

  public async getMany(keys: readonly Key[]): Promise<readonly Item[]> {
    return this.attempt({ method: 'getMany', keys }, () => {
      keys.forEach(assertKey);
      return keys.map((key) => this.find(key)).filter((item) => item !== undefined);
    });
  }

  public async query(query: Query): Promise<Page<Item>> {
    return this.attempt({ method: 'query', query }, () => page(
      query, this.partitions.get(query.pk), 'sk', (sk) => ({ pk: query.pk, sk }), bySortKey, this.pageItems, (item) => item,
    ));
  }

  public async queryIndex(query: Query): Promise<Page<Key & { readonly gsi1sk: string }>> {
    return this.attempt({ method: 'queryIndex', query }, () => page(
      query, this.index.get(query.pk), 'gsi1sk', (gsi1sk) => ({ gsi1sk, pk: '', sk: '' }), byIndexKey, this.pageItems,
      ({ pk, sk, gsi1sk }) => ({ pk, sk, gsi1sk }),
    ));
  }

  public async write(writes: readonly Write[]): Promise<Outcome> {
    return this.attempt({ method: 'write', writes }, () => this.apply(writes));
  }

  /** Every item, partition by partition. For tests: no port has it. */
  public* items(): IterableIterator<Item> {
    for (const partition of this.partitions.values()) {
      yield* partition.ascending();
    }
  }

  /** Lets the index catch up. */
  public settleIndex(): void {
    this.showIndexChanges(Infinity);
  }

  private get pageItems(): number {
    return this.options.pageItems ?? 1_000;
  }

  private attempt<T>(operation: TableOperation, act: () => T): T | Promise<T> {
    const decided = this.options.faults?.(operation) ?? 'ok';
    const carryOut = (fault: Fault): T => {
      if (fault === 'throw-before') {
        throw new TableFault(operation, fault);
      }
      const answer = act();
      if (fault === 'throw-after') {
        throw new TableFault(operation, fault);
      }
      return answer;
    };
    return decided instanceof Promise ? decided.then(carryOut) : carryOut(decided);
  }

  private find(key: Key): Item | undefined {
    return this.partitions.get(key.pk)?.find(key as Item);
  }

  private apply(writes: readonly Write[]): Outcome {
    assertWrites(writes);
    const current = writes.map((write) => this.find(keyOf(write)));
    const failed = writes.flatMap((write, index) => allHold(write.when, current[index]) ? [] : [{ index, current: current[index] }]);
    if (failed.length > 0) {
      return { done: false, failed };
    }
    // all results first: one that throws must leave nothing behind
    const after = writes.map((write, index) => {
      const item = itemAfter(write, current[index]);
      if (item !== undefined && 'update' in write) {
        assertItem(item);
      }
      return item;
    });
    writes.forEach((write, index) => this.replace(keyOf(write), current[index], after[index]));
    this.writes++;
    this.showIndexChanges(this.writes);
    return { done: true };
  }

  private replace(key: Key, before: Item | undefined, after: Item | undefined): void {
    if (before === after) {
      return;
    }
    if (after !== undefined) {
      partitionOf(this.partitions, key.pk, bySortKey).set(after);
    } else {
      removeFrom(this.partitions, key.pk, key as Item);
    }
    this.options.onChange?.(before, after);
    if (before?.gsi1pk !== after?.gsi1pk || before?.gsi1sk !== after?.gsi1sk) {
      this.lagging.push({ visibleAt: this.writes + 1 + (this.options.indexLag ?? 0), before, after });
    }
  }

  private showIndexChanges(now: number): void {
    let shown = 0;
    for (; shown < this.lagging.length && this.lagging[shown].visibleAt <= now; shown++) {
      const { before, after } = this.lagging[shown];
      if (isIndexed(before)) {
        removeFrom(this.index, before.gsi1pk, before);
      }
      if (isIndexed(after)) {
        partitionOf(this.index, after.gsi1pk, byIndexKey).set(Object.freeze({ pk: after.pk, sk: after.sk, gsi1sk: after.gsi1sk }));
      }
    }
    this.lagging.splice(0, shown);
  }
}

function isIndexed(item: Item | undefined): item is Item & { gsi1pk: string; gsi1sk: string } {
  return item?.gsi1pk !== undefined && item.gsi1sk !== undefined;
}

function partitionOf<E>(partitions: Partitions<E>, pk: string, compare: (a: E, b: E) => number): SortedEntries<E> {
  let partition = partitions.get(pk);
  if (partition === undefined) {
    partition = new SortedEntries(compare);
    partitions.set(pk, partition);
  }
  return partition;
}

function removeFrom<E>(partitions: Partitions<E>, pk: string, entry: E): void {
  const partition = partitions.get(pk);
  partition?.delete(entry);
  if (partition?.isEmpty) {
    partitions.delete(pk);
  }
}

/** One page of a partition. Like DynamoDB it may say that there is more when the next page is empty. */
function page<E extends object, R>(
  query: Query, partition: SortedEntries<E> | undefined, sortKey: keyof E & string, probe: (value: string) => E,
  compare: (a: E, b: E) => number, pageItems: number, show: (entry: E) => R,
): Page<R> {
  assertQuery(query);
  const prefix = query.prefix ?? '';
  const after = query.after === undefined ? undefined : readToken<E>(query, query.after);
  const limit = Math.min(query.limit ?? Infinity, pageItems);
  const entries = query.reverse
    ? partition?.descending(after ?? (prefix === '' ? undefined : probe(`${prefix}\u{10ffff}`)))
    : partition?.ascending(after ?? probe(query.from ?? prefix));
  const items: R[] = [];
  for (const entry of entries ?? []) {
    const value = entry[sortKey] as string;
    if (after !== undefined && compare(entry, after) === 0) {
      continue;
    }
    if (!value.startsWith(prefix)) {
      if (query.reverse && compareKeys(value, prefix) > 0) {
        continue;
      }
      break;
    }
    items.push(show(entry));
    if (items.length === limit) {
      return { items, next: writeToken(query, entry) };
    }
  }
  return { items };
}

function writeToken(query: Query, entry: object): string {
  const { pk, sk, gsi1sk } = entry as IndexEntry;
  return Buffer.from(JSON.stringify({ of: query.pk, entry: { pk, sk, gsi1sk } })).toString('base64url');
}

function readToken<E>(query: Query, token: string): E {
  const { of, entry } = JSON.parse(Buffer.from(token, 'base64url').toString()) as { of: string; entry: E };
  if (of !== query.pk) {
    throw new Error(`A query of ${JSON.stringify(query.pk)} was given the page token of ${JSON.stringify(of)}.`);
  }
  return entry;
}
