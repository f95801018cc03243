import { parse } from 'csv-parse/sync';
import { BackfillSource } from '../../contract/backfill';
import { decodeEventKey, isFolderMarker } from '../core/object-keys';
import { World } from '../world';

/** An object that a back-fill takes in: the newest version of its key. */
export interface SourceObject {
  readonly key: string;
  readonly versionId: string;
  readonly size: number;
  readonly lastModified: number;
}

export interface SourcePage {
  readonly objects: readonly SourceObject[];
  /** Goes on with it. Absent: that was all. */
  readonly next?: string;
}

/** Objects of one page of an inventory: as many as a listing gives. */
const INVENTORY_PAGE = 1_000;

/** Objects of a page that are asked for their versions at most: the next one only where one is gone. */
const ASKED_FOR_VERSIONS = 3;

/** What S3 Inventory calls its columns (User Guide, "Amazon S3 Inventory list"). */
const COLUMNS = { key: 'Key', versionId: 'VersionId', isLatest: 'IsLatest', deleteMarker: 'IsDeleteMarker', size: 'Size', lastModified: 'LastModifiedDate' } as const;

/** Thrown where the source cannot be read as it was ordered: trying again helps only once somebody has changed something. */
export class BackfillSourceError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'BackfillSourceError';
  }
}

/** Goes through the objects of a source in pages, always in the same order. A page may be empty. */
export async function* sourcePages(world: World, source: BackfillSource, after?: string): AsyncGenerator<SourcePage> {
  if (source.inventory) {
    yield* inventoryPages(world, source, source.inventory, after);
    return;
  }
  let cursor = after;
  do {
    const page = await world.objects.listVersions(source.bucket, source.prefix, cursor);
    const newest = page.items.filter(({ isLatest, deleteMarker }) => isLatest && !deleteMarker);
    yield { objects: newest.filter(({ key, size }) => !isFolderMarker(key, size)), next: page.next };
    cursor = page.next;
  } while (cursor !== undefined);
}

interface Inventory {
  readonly files: readonly string[];
  readonly schema: readonly string[];
}

async function readInventory(world: World, { bucket }: BackfillSource, inventory: NonNullable<BackfillSource['inventory']>): Promise<Inventory> {
  const { manifestKey } = inventory;
  const place = `s3://${inventory.bucket}/${manifestKey}`;
  const object = await world.objects.get(inventory.bucket, manifestKey);
  if (!object) {
    throw new BackfillSourceError(`there is no ${place}; name the manifest.json of an inventory that S3 has delivered`);
  }
  const manifest = parseManifest(Buffer.from(object.body).toString(), place);
  if (manifest.sourceBucket !== bucket) {
    throw new BackfillSourceError(`${place} is an inventory of bucket '${String(manifest.sourceBucket)}', not of '${bucket}'`);
  }
  if (manifest.fileFormat !== 'CSV') {
    throw new BackfillSourceError(`${place} is an inventory in the format ${String(manifest.fileFormat)}; configure one in CSV, or give no inventory: then the bucket is listed`);
  }
  const schema = String(manifest.fileSchema).split(',').map((name) => name.trim());
  const missing = [COLUMNS.key, COLUMNS.size, COLUMNS.lastModified].filter((name) => !schema.includes(name));
  if (missing.length > 0) {
    throw new BackfillSourceError(`${place} lacks the fields ${missing.join(' and ')}: add them to the inventory's optional fields`);
  }
  if (!Array.isArray(manifest.files)) {
    throw new BackfillSourceError(`${place} lists no files`);
  }
  return { files: (manifest.files as { key: string }[]).map(({ key }) => key), schema };
}

function parseManifest(text: string, place: string): { readonly [name: string]: unknown } {
  try {
    return JSON.parse(text) as { [name: string]: unknown };
  } catch {
    throw new BackfillSourceError(`${place} is no JSON; name the manifest.json of an inventory, not one of its files`);
  }
}

/** The cursor is `<file>:<line>` of the first line that was not given yet. */
async function* inventoryPages(
  world: World, source: BackfillSource, place: NonNullable<BackfillSource['inventory']>, after: string | undefined,
): AsyncGenerator<SourcePage> {
  const { files, schema } = await readInventory(world, source, place);
  const page = async (lines: readonly string[]): Promise<SourceObject[]> => {
    const objects = objectsOf(world, lines, schema, source);
    if (!schema.includes(COLUMNS.versionId)) {
      await refuseVersions(world, source, place, objects);
    }
    return objects;
  };
  const [beginFile, beginLine] = (after ?? '0:0').split(':').map(Number);
  for (let file = beginFile; file < files.length; file += 1) {
    const lines = await world.objects.lines(place.bucket, files[file], 'gzip');
    if (!lines) {
      throw new BackfillSourceError(`the inventory names s3://${place.bucket}/${files[file]}, which is not there`);
    }
    const skipped = file === beginFile ? beginLine : 0;
    let line = 0;
    let held: string[] = [];
    for await (const text of lines) {
      line += 1;
      if (line > skipped) {
        held.push(text);
      }
      if (held.length >= INVENTORY_PAGE) {
        yield { objects: await page(held), next: `${file}:${line}` };
        held = [];
      }
    }
    const next = file + 1 < files.length ? { next: `${file + 1}:0` } : {};
    yield { objects: await page(held), ...next };
  }
}

/**
 * An inventory of current versions names no versions: right for a bucket that has none, while of another one each object would be
 * looked for as version 'null', which is not there. The newest objects of a page are asked for theirs: those from before
 * versioning was turned on have none.
 */
async function refuseVersions(
  world: World, { bucket }: BackfillSource, place: NonNullable<BackfillSource['inventory']>, objects: readonly SourceObject[],
): Promise<void> {
  const newestFirst = [...objects].sort((a, b) => b.lastModified - a.lastModified);
  for (const { key } of newestFirst.slice(0, ASKED_FOR_VERSIONS)) {
    const { items } = await world.objects.listVersions(bucket, key);
    const newest = items.find((item) => item.key === key);
    if (newest && newest.versionId !== 'null') {
      throw new BackfillSourceError(`s3://${place.bucket}/${place.manifestKey} has no field VersionId, and bucket '${bucket}' has versions (${key} is `
        + `${newest.versionId}): configure the inventory with all versions, or give no inventory: then the bucket is listed`);
    }
    if (newest) {
      return;
    }
  }
}

function objectsOf(world: World, lines: readonly string[], schema: readonly string[], { prefix }: BackfillSource): SourceObject[] {
  const column = (row: readonly string[], name: string): string | undefined => row[schema.indexOf(name)];
  return rowsOf(lines).flatMap((row) => {
    const written = column(row, COLUMNS.key);
    if (!written) {
      world.telemetry.warn(`a line of the inventory has no key and is passed over: ${row.join().slice(0, 200)}`, { notice: 'backfill-line' });
      return [];
    }
    const key = keyOf(world, written);
    const size = Number(column(row, COLUMNS.size) ?? 0) || 0;
    const isOld = column(row, COLUMNS.isLatest) === 'false' || column(row, COLUMNS.deleteMarker) === 'true';
    return isOld || !key.startsWith(prefix) || isFolderMarker(key, size) ? [] : [{
      key, size,
      versionId: column(row, COLUMNS.versionId) || 'null',
      lastModified: Date.parse(column(row, COLUMNS.lastModified) ?? '') || 0,
    }];
  });
}

/** One line that is no CSV costs no other: then each is read by itself, and that one is a row without a key. */
function rowsOf(lines: readonly string[]): string[][] {
  try {
    return parse(lines.join('\n'), { relax_column_count: true, skip_empty_lines: true }) as string[][];
  } catch {
    return lines.length === 1 ? [[lines[0]]] : lines.flatMap((line) => rowsOf([line]));
  }
}

/** Inventories write keys as URLs do. One that was written otherwise is taken as it stands: if it names nothing, its drop is WITHDRAWN. */
function keyOf(world: World, written: string): string {
  try {
    return decodeEventKey(written);
  } catch {
    world.telemetry.warn(`the inventory has the key ${written}, which is not encoded as in a URL; it is taken as it is`, { notice: 'backfill-line' });
    return written;
  }
}
