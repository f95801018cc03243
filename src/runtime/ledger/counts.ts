import { Item, Write } from '../ports';
import { COUNT_PREFIX, countKey } from './keys';

export type DropState = 'RECEIVED' | 'ENGINEERING' | 'DONE' | 'DUPLICATE' | 'QUARANTINED' | 'WITHDRAWN';
export type ImageState = 'PENDING' | 'SENDING' | 'SENT' | 'HELD' | 'LABELED' | 'QUARANTINED';

/**
 * Counters change in the transaction that changes what they count, so they are exact. `again` counts the PENDING images that
 * some job was offered before; `near-duplicate` the HELD ones that look like another drop's; `held-back` the other HELD ones that no job
 * has; `outbox` the labels not yet in the data set; `double` labels that an image got beyond its first.
 */
export type CountName = `drop:${DropState}` | `image:${ImageState}` | 'again' | 'near-duplicate' | 'held-back' | 'outbox' | 'double';

export type Counts = { readonly [name in CountName]?: number };

/** Adds up changes, leaving out those that cancel each other. */
export function addCounts(...changes: readonly Counts[]): Counts {
  const sum: { [name: string]: number } = {};
  for (const change of changes) {
    for (const name of Object.keys(change) as CountName[]) {
      sum[name] = (sum[name] ?? 0) + (change[name] ?? 0);
    }
  }
  for (const name of Object.keys(sum)) {
    if (sum[name] === 0) {
      delete sum[name];
    }
  }
  return sum;
}

/** The write that changes counters, or none where nothing changes. */
export function countWrites(shard: string, change: Counts): Write[] {
  return Object.keys(change).length === 0 ? [] : [{ update: countKey(shard), add: change as { [name: string]: number } }];
}

/** The sum over all shards among the items of partition PROJECT. */
export function sumCounts(items: readonly Item[]): Counts {
  return addCounts(...items.filter((item) => item.sk.startsWith(COUNT_PREFIX)).map(({ pk: _pk, sk: _sk, ...counts }) => counts as Counts));
}

export function countOf(counts: Counts, name: CountName): number {
  return counts[name] ?? 0;
}
