import { CommandError } from './errors';
import { ProjectFacts } from './project-access';
import { parseS3Uri, s3Uri } from '../runtime/core/object-keys';
import { DropStory, ImageStory, dropOfContent, dropStories, imageStory } from '../runtime/ledger/stories';
import { Table } from '../runtime/ports';

/** What somebody meant by a key, a URI or a hash. */
export interface Found {
  /** Versions of one object in the drop bucket, the oldest first. Empty where an image was meant. */
  readonly drops: readonly DropStory[];
  readonly image?: ImageStory;
}

const SHA256 = /^[0-9a-f]{64}$/;

/** Finished drops lie under their hash, whatever their path was cut to. */
const KEPT = /^(?:originals|quarantine)\/(?:.*\/)?([0-9a-f]{64})\//;

/** The drop or image that is meant: `s3://` URI, key in the drop, a back-filled or the input bucket, or sha256 of a drop's bytes. */
export async function find(table: Table, facts: ProjectFacts, given: string): Promise<Found> {
  const found = await lookUp(table, facts, given.trim());
  if (!found) {
    const known = parseS3Uri(given) || SHA256.test(given) || facts.dropBucket !== undefined;
    throw new CommandError(`the ledger knows no drop and no image '${given}'`, known
      ? 'Keys are as they were dropped, with their prefix. A file dropped a moment ago appears when its event arrives, at the latest with the next sweep.'
      : 'Give the whole URI, s3://BUCKET/KEY, or name the project by --stack, so that its buckets are known.');
  }
  return found;
}

async function lookUp(table: Table, facts: ProjectFacts, given: string): Promise<Found | undefined> {
  if (SHA256.test(given)) {
    return ofContent(table, given);
  }
  const uri = parseS3Uri(given);
  const places = uri ? [uri] : [facts.dropBucket, ...[...facts.backfills?.values() ?? []].map(({ bucket }) => bucket), facts.inputBucket]
    .filter((bucket): bucket is string => bucket !== undefined)
    .map((bucket) => ({ bucket, key: given }));
  for (const { bucket, key } of places) {
    const drops = await dropStories(table, bucket, key);
    if (drops.length > 0) {
      return { drops };
    }
    const image = await imageStory(table, s3Uri(bucket, key));
    if (image) {
      return { drops: [], image };
    }
    const hash = KEPT.exec(key)?.[1];
    const kept = hash === undefined ? undefined : await ofContent(table, hash);
    if (kept) {
      return kept;
    }
  }
  return undefined;
}

async function ofContent(table: Table, sha256: string): Promise<Found | undefined> {
  const origin = await dropOfContent(table, sha256);
  const drops = origin ? await dropStories(table, origin.bucket, origin.key) : [];
  return drops.length > 0 ? { drops: drops.filter(({ drop }) => drop.sha256 === sha256) } : undefined;
}
