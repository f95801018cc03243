import { sweepInbox } from '../../../src/runtime/controller/inbox';
import { dropKey } from '../../../src/runtime/ledger/keys';
import { readProject } from '../../../src/runtime/ledger/project';
import { Item, Key, ObjectStore, ObjectVersion, Page, Table } from '../../../src/runtime/ports';
import { World } from '../../../src/runtime/world';
import { MemoryProject } from '../../support/memory-project';

/** What S3 lists at once. */
const PAGE = 1_000;

/** Of so many drops one was never told of. */
const LOST_EVERY = 10_000;

const BUCKET = 'drop';
const A_DAY = 24 * 60 * 60_000;

/** One sweep, from its first step to its last. */
export interface Sweep {
  /** Runs of the controller. */
  readonly steps: number;
  readonly pages: number;
  /** Of the longest step. */
  readonly longestSeconds: number;
  readonly seconds: number;
  /** Items of drops that the ledger was asked for. */
  readonly dropsRead: number;
  /** Drops that were queued. */
  readonly queued: number;
}

export interface LargeInbox {
  readonly objects: number;
  /** Drops of which the ledger knows nothing. */
  readonly lost: number;
  readonly first: Sweep;
  /** Nothing has changed since the first, but that the lost drops were taken in. */
  readonly second: Sweep;
}

/** A brought bucket with so many drops, that were all taken in but the lost ones, swept twice. The listing is made as it is read. */
export async function sweepLargeInbox(objects: number): Promise<LargeInbox> {
  const project = await MemoryProject.create();
  const begun = Date.now() - A_DAY;
  const listing = new Listing(objects, begun);
  const known = new KnownDrops(project.outside.table);
  let queued = 0;
  const send = async (_url: string, bodies: readonly string[]): Promise<void> => { queued += bodies.length; };
  const world: World = {
    ...project.world,
    ledger: { ...project.world.ledger, table: known, clock: { now: () => Date.now() } },
    objects: Object.assign(Object.create(project.world.objects) as ObjectStore, { listVersions: listing.list }),
    queues: Object.assign(Object.create(project.world.queues) as World['queues'], { send }),
    resources: { ...project.world.resources, dropBucketIsOwn: true },
  };
  const sweep = async (): Promise<Sweep> => {
    const started = Date.now();
    const [pages, dropsRead, before] = [listing.pages, known.read, queued];
    let steps = 0;
    let longest = 0;
    for (let done = false; !done; steps++) {
      const begin = Date.now();
      done = await sweepInbox(world, await readProject(world.ledger));
      longest = Math.max(longest, Date.now() - begin);
    }
    return {
      steps, pages: listing.pages - pages, longestSeconds: longest / 1000, seconds: (Date.now() - started) / 1000,
      dropsRead: known.read - dropsRead, queued: queued - before,
    };
  };
  const first = await sweep();
  known.lost = false;
  return { objects, lost: Math.ceil(objects / LOST_EVERY), first, second: await sweep() };
}

const keyOf = (index: number): string => `camera-1/2026/${String(index).padStart(9, '0')}.jpg`;

/** Versions by their number: the keys of a camera that never stopped. */
class Listing {
  public pages = 0;

  public constructor(private readonly objects: number, private readonly lastModified: number) {}

  public readonly list = async (_bucket: string, _prefix: string, after = '0'): Promise<Page<ObjectVersion>> => {
    this.pages += 1;
    const from = Number(after);
    const end = Math.min(this.objects, from + PAGE);
    const items = Array.from({ length: end - from }, (_, at) => this.version(from + at));
    return end < this.objects ? { items, next: String(end) } : { items };
  };

  private version(index: number): ObjectVersion {
    return { key: keyOf(index), versionId: `v${index}`, isLatest: true, deleteMarker: false, lastModified: this.lastModified, size: 1_000_000 };
  }
}

/** The ledger, which knows every drop but the lost ones, without holding a million of them. */
class KnownDrops implements Table {
  public read = 0;
  /** Whether there are lost ones. */
  public lost = true;
  private readonly prefix = dropKey({ bucket: BUCKET, key: '', versionId: '' }).pk;

  public constructor(private readonly table: Table) {}

  public async getMany(keys: readonly Key[]): Promise<readonly Item[]> {
    const drops = keys.filter(({ pk }) => pk.startsWith(this.prefix));
    this.read += drops.length;
    const others = await this.table.getMany(keys.filter(({ pk }) => !pk.startsWith(this.prefix)));
    return [...others, ...drops.flatMap((key) => this.drop(key) ?? [])];
  }

  public get(key: Key): Promise<Item | undefined> {
    return this.table.get(key);
  }

  public query(query: Parameters<Table['query']>[0]): ReturnType<Table['query']> {
    return this.table.query(query);
  }

  public queryIndex(query: Parameters<Table['queryIndex']>[0]): ReturnType<Table['queryIndex']> {
    return this.table.queryIndex(query);
  }

  public write(writes: Parameters<Table['write']>[0]): ReturnType<Table['write']> {
    return this.table.write(writes);
  }

  private drop({ pk, sk }: Key): Item | undefined {
    const index = Number(/(\d+)\.jpg/.exec(pk)?.[1]);
    return this.lost && index % LOST_EVERY === 0 ? undefined : {
      pk, sk, bucket: BUCKET, key: keyOf(index), versionId: `v${index}`, state: 'DONE', attempts: 0, receivedAt: 0, putAway: true, revision: 3, schema: 1,
    };
  }
}
