import { Item, Table } from '../ports';
import { DropRecord, dropOf, originOf } from './drops';
import { ImageRecord, imageOf } from './images';
import { imageKey } from './keys';
import { imagesOfDrop } from './recording';

/** Something that happened to a drop or an image. */
export interface Happening {
  readonly at: number;
  readonly event: string;
  readonly detail?: string;
}

/** Everything that the ledger knows of one image. */
export interface ImageStory {
  readonly image: ImageRecord;
  readonly history: readonly Happening[];
  /** The oldest first. The line is a line of the data set. */
  readonly labels: readonly { readonly job: number; readonly at: number; readonly line: string }[];
}

/** Everything that the ledger knows of one drop, that is of one version of an object in the drop bucket. */
export interface DropStory {
  readonly drop: DropRecord;
  readonly history: readonly Happening[];
  /** The `source-ref` of each image that it gave. */
  readonly sourceRefs: readonly string[];
  /** Stories of the first of them. */
  readonly images: readonly ImageStory[];
}

/** A drop may give a thousand images: nobody reads so many stories. */
const STORIES_MAX = 20;

async function partition(table: Table, pk: string): Promise<Item[]> {
  const items: Item[] = [];
  let after: string | undefined;
  do {
    const page = await table.query({ pk, after });
    items.push(...page.items);
    after = page.next;
  } while (after !== undefined);
  return items;
}

const isHistory = (item: Item): boolean => item.sk.startsWith('HISTORY#');
const happeningOf = (item: Item): Happening => ({
  at: Number(item.at), event: String(item.event), ...(item.detail === undefined ? {} : { detail: String(item.detail) }),
});

export async function imageStory(table: Table, sourceRef: string): Promise<ImageStory | undefined> {
  const items = await partition(table, imageKey(sourceRef).pk);
  const image = items.find((item) => item.sk === 'IMAGE');
  return image && {
    image: imageOf(image),
    history: items.filter(isHistory).map(happeningOf),
    labels: items.filter((item) => item.sk.startsWith('LABEL#')).map((item) => ({ job: Number(item.job), at: Number(item.at), line: String(item.line) })),
  };
}

/** All drops under a key, the one received first before the others. */
export async function dropStories(table: Table, bucket: string, key: string): Promise<DropStory[]> {
  const items = await partition(table, `DROP#${bucket}/${key}`);
  const drops = items.filter((item) => item.sk.startsWith('VERSION#')).map(dropOf).sort((a, b) => a.receivedAt - b.receivedAt);
  return Promise.all(drops.map(async (drop) => {
    const sourceRefs = await imagesOfDrop({ table }, drop);
    const images = await Promise.all(sourceRefs.slice(0, STORIES_MAX).map((ref) => imageStory(table, ref)));
    const own = (item: Item): boolean => item.versionId === undefined || item.versionId === drop.versionId;
    return {
      drop,
      sourceRefs,
      history: items.filter((item) => isHistory(item) && own(item)).map(happeningOf),
      images: images.filter((story): story is ImageStory => story !== undefined),
    };
  }));
}

/** The drop that first brought some content. */
export async function dropOfContent(table: Table, sha256: string): Promise<{ bucket: string; key: string } | undefined> {
  return originOf({ table }, sha256);
}
