import { Item, Table } from '../ports';
import { DropRecord, dropOf } from './drops';
import { ImageRecord, imageOf } from './images';
import { SHARDS, statusPartition } from './keys';

/** What somebody should see to. */
export type Listed = { readonly kind: 'image'; readonly image: ImageRecord } | { readonly kind: 'drop'; readonly drop: DropRecord };

/** What a list shows, and whether there is more. */
export interface Listing {
  readonly entries: readonly Listed[];
  readonly isWhole: boolean;
}

const PAGE = 100;

/** Parts of the status index of what is listed. */
export const LISTED_STATUSES = {
  held: ['NEAR-DUPLICATE', 'HELD-BACK', 'HELD'],
  quarantined: ['DROP-QUARANTINED', 'QUARANTINED'],
} as const;

type Kind = keyof typeof LISTED_STATUSES;

/** What is held or in quarantine, as far as the index has caught up, status by status; of one reason, if it is given. */
export async function listStatus(table: Table, kind: Kind, limit: number, reason?: string): Promise<Listing> {
  const entries: Listed[] = [];
  for (const status of LISTED_STATUSES[kind]) {
    for (const shard of SHARDS) {
      let after: string | undefined;
      do {
        const page = await table.queryIndex({ pk: statusPartition(status, shard), limit: PAGE, after });
        const items = await table.getMany(page.items.map(({ pk, sk }) => ({ pk, sk })));
        const wanted = (entry: Listed): boolean => isStill(entry, kind) && (reason === undefined || reasonOf(entry) === reason);
        entries.push(...items.map(listedOf).filter(wanted));
        if (entries.length > limit) {
          return { entries: entries.slice(0, limit), isWhole: false };
        }
        after = page.next;
      } while (after !== undefined);
    }
  }
  return { entries, isWhole: true };
}

const listedOf = (item: Item): Listed => item.sk === 'IMAGE' ? { kind: 'image', image: imageOf(item) } : { kind: 'drop', drop: dropOf(item) };

const reasonOf = (entry: Listed): string | undefined => entry.kind === 'image' ? entry.image.reason : entry.drop.reason;

/** The index may still show what has left the state. */
function isStill(entry: Listed, kind: Kind): boolean {
  return (entry.kind === 'image' ? entry.image.state : entry.drop.state) === (kind === 'held' ? 'HELD' : 'QUARANTINED');
}
