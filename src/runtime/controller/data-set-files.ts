import { createHash } from 'node:crypto';
import { CURRENT_DATA_SET_KEY, DATA_SET_INDEX_KEY, PREFIX } from '../../contract/environment';
import { parseKeptLine } from '../core/label-lines';
import { s3Uri } from '../core/object-keys';
import { DataSetPart, DataSetState, dataSetWrite } from '../ledger/project';
import { World } from '../world';
import { keepForeign } from './foreign-files';

const CONTENT_TYPE = 'application/x-ndjson';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

/** The index first: what it names lies there already, and so it never falls behind the ledger. */
export async function save(world: World, before: DataSetState, change: Partial<DataSetState>): Promise<DataSetState> {
  const after = { ...before, ...change, generation: before.generation + 1 };
  if (before.generation === 0) {
    await keepForeign(world, DATA_SET_INDEX_KEY);
  }
  await writeIndex(world, after);
  const outcome = await world.ledger.table.write([dataSetWrite(before, after)]);
  if (!outcome.done && outcome.failed[0]?.current?.generation !== after.generation) {
    throw new Error('the data set was changed by somebody else; it will be published again');
  }
  return after;
}

/** Writes lines into an immutable object; nothing names it yet. */
export async function writePart(world: World, state: DataSetState, lines: readonly string[]): Promise<DataSetPart> {
  const body = encode(lines.map((line) => `${line}\n`).join(''));
  // Named by its content too: what lies there already, from a run that died, is the same or has another name.
  const hash = createHash('sha256').update(body).digest('hex').slice(0, 16);
  const key = `${PREFIX.DATA_SETS}parts/${String(state.generation + 1).padStart(9, '0')}-${hash}.manifest`;
  await world.objects.putIfAbsent(world.resources.outputBucket, key, body, { contentType: CONTENT_TYPE });
  return { key, lines: lines.length };
}

/** Thrown where the ledger says that lines lie in an object that is not there: to go on would publish a data set without them. */
export class MissingDataSetError extends Error {
  constructor(bucket: string, key: string, lines: number) {
    super(`s3://${bucket}/${key}, with ${lines} lines of the data set, is not there`);
    this.name = 'MissingDataSetError';
  }
}

export async function* linesOf(world: World, key: string, expected: number): AsyncIterable<string> {
  const bucket = world.resources.outputBucket;
  const lines = await world.objects.lines(bucket, key);
  if (lines) {
    yield* lines;
  } else if (expected > 0) {
    throw new MissingDataSetError(bucket, key, expected);
  }
}

/** The newest line of each image among parts: a later part wins. Bounded by what came since the last compaction. */
export async function newestLines(world: World, parts: readonly DataSetPart[]): Promise<Map<string, string>> {
  const newest = new Map<string, string>();
  for (const part of parts) {
    for await (const line of linesOf(world, part.key, part.lines)) {
      const parsed = parseKeptLine(line);
      if (parsed) {
        newest.set(parsed['source-ref'], line);
      }
    }
  }
  return newest;
}

/** Streams the old lines that still stand, then the new ones. */
export async function* mergeLines(old: AsyncIterable<string>, newest: ReadonlyMap<string, string>): AsyncIterable<string> {
  for await (const line of old) {
    const parsed = parseKeptLine(line);
    if (parsed && !newest.has(parsed['source-ref'])) {
      yield line;
    }
  }
  yield* newest.values();
}

async function* counted(lines: AsyncIterable<string>, count: { lines: number }): AsyncIterable<string> {
  for await (const line of lines) {
    count.lines += 1;
    yield line;
  }
}

/** Writes the compacted data set. It says of itself who wrote it, so that a run that dies before the ledger knows is recognized. */
export async function writeCurrent(
  world: World, state: DataSetState, lines: AsyncIterable<string>, change: Partial<DataSetState> = {},
): Promise<DataSetState> {
  const { objects, resources: { outputBucket, projectId } } = world;
  const count = { lines: 0 };
  const generation = state.generation + 1;
  await objects.putLines(outputBucket, CURRENT_DATA_SET_KEY, counted(lines, count), {
    contentType: CONTENT_TYPE, metadata: { project: projectId, generation: String(generation) },
  });
  const etag = (await objects.head(outputBucket, CURRENT_DATA_SET_KEY))?.etag ?? '';
  return save(world, state, {
    parts: [], lines: count.lines, compactedAt: world.ledger.clock.now(), current: { etag, generation }, ...change,
  });
}

async function writeIndex(world: World, state: DataSetState): Promise<void> {
  const { outputBucket: bucket, projectId } = world.resources;
  const index = {
    'schema': 1,
    'generation': state.generation,
    'current': { 'manifest': s3Uri(bucket, CURRENT_DATA_SET_KEY), 'lines': state.lines, 'compacted-at': new Date(state.compactedAt).toISOString() },
    'parts-since': state.parts.map((part) => ({ manifest: s3Uri(bucket, part.key), lines: part.lines })),
  };
  await world.objects.put(bucket, DATA_SET_INDEX_KEY, encode(JSON.stringify(index, undefined, 2)), {
    contentType: 'application/json', metadata: { project: projectId },
  });
}
