import { createHash } from 'node:crypto';
import { CURRENT_DATA_SET_KEY, PREFIX } from '../../contract/environment';
import { parseLine } from '../core/label-lines';
import { s3Uri } from '../core/object-keys';
import { OutboxEntry, clearOutbox, readOutbox } from '../ledger/outbox';
import { DataSetState, dataSetWrite } from '../ledger/project';
import { World } from '../world';

/** Labels of one part: a publication takes them all, in as many parts as it needs. */
const PART_LINES = 500;

/** Up to so many lines the compacted data set is written anew at each publication; beyond, once a day and for each chained job. */
const ALWAYS_COMPACT_LINES = 50_000;

const CONTENT_TYPE = 'application/x-ndjson';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Whether parts wait for compaction that no new label will bring about soon enough: a run may have died before it. */
export function isCompactionDue(world: World, { parts, lines, publishedAt, compactedAt }: DataSetState): boolean {
  const now = world.ledger.clock.now();
  return parts.length > 0 && (now - compactedAt >= world.timings.compactionInterval
    || (lines <= ALWAYS_COMPACT_LINES && now - publishedAt >= world.timings.dataSetInterval));
}

/**
 * Brings the data set up to the ledger. Each part is written once, then named in the ledger, then its labels leave the outbox:
 * whoever dies in between leaves a label in two parts, never in none, and compaction keeps one line for each image.
 */
export async function publishDataSet(world: World, before: DataSetState, compact: boolean): Promise<DataSetState> {
  let state = before;
  let entries = await readOutbox(world.ledger, PART_LINES);
  while (entries.length > 0) {
    state = await appendPart(world, state, entries);
    await clearOutbox(world.ledger, entries);
    entries = await readOutbox(world.ledger, PART_LINES);
  }
  if (state.parts.length > 0 && (compact || state.lines <= ALWAYS_COMPACT_LINES || isCompactionDue(world, state))) {
    state = await compactParts(world, state);
  }
  return state;
}

/** The index first: what it names lies there already, and so it never falls behind the ledger. */
async function save(world: World, before: DataSetState, change: Partial<DataSetState>): Promise<DataSetState> {
  const after = { ...before, ...change, generation: before.generation + 1 };
  await writeIndex(world, after);
  const outcome = await world.ledger.table.write([dataSetWrite(before, after)]);
  if (!outcome.done && outcome.failed[0]?.current?.generation !== after.generation) {
    throw new Error('the data set was changed by somebody else; it will be published again');
  }
  return after;
}

async function appendPart(world: World, state: DataSetState, entries: readonly OutboxEntry[]): Promise<DataSetState> {
  const body = encode(entries.map((entry) => `${entry.line}\n`).join(''));
  // Named by its content too: what lies there already, from a run that died, is the same or has another name.
  const hash = createHash('sha256').update(body).digest('hex').slice(0, 16);
  const key = `${PREFIX.DATA_SETS}parts/${String(state.generation + 1).padStart(9, '0')}-${hash}.manifest`;
  await world.objects.putIfAbsent(world.resources.outputBucket, key, body, { contentType: CONTENT_TYPE });
  return save(world, state, {
    parts: [...state.parts, { key, lines: entries.length }], publishedAt: world.ledger.clock.now(),
  });
}

/** Thrown where the ledger says that lines lie in an object that is not there: to go on would publish a data set without them. */
export class MissingDataSetError extends Error {
  constructor(bucket: string, key: string, lines: number) {
    super(`s3://${bucket}/${key}, with ${lines} lines of the data set, is not there: bring the object or the output bucket back. `
      + 'Labels are safe in the ledger and are not published until then');
    this.name = 'MissingDataSetError';
  }
}

async function* linesOf(world: World, key: string, expected: number): AsyncIterable<string> {
  const bucket = world.resources.outputBucket;
  const lines = await world.objects.lines(bucket, key);
  if (lines) {
    yield* lines;
  } else if (expected > 0) {
    throw new MissingDataSetError(bucket, key, expected);
  }
}

/** The newest line of each image among the parts: a later part wins. Bounded by what came since the last compaction. */
async function newestLines(world: World, state: DataSetState): Promise<Map<string, string>> {
  const newest = new Map<string, string>();
  for (const part of state.parts) {
    for await (const line of linesOf(world, part.key, part.lines)) {
      const parsed = parseLine(line);
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
    const parsed = parseLine(line);
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

async function compactParts(world: World, state: DataSetState): Promise<DataSetState> {
  const newest = await newestLines(world, state);
  const count = { lines: 0 };
  const merged = mergeLines(linesOf(world, CURRENT_DATA_SET_KEY, state.lines), newest);
  await world.objects.putLines(
    world.resources.outputBucket, CURRENT_DATA_SET_KEY, counted(merged, count),
    { contentType: CONTENT_TYPE },
  );
  return save(world, state, { parts: [], lines: count.lines, compactedAt: world.ledger.clock.now() });
}

async function writeIndex(world: World, state: DataSetState): Promise<void> {
  const bucket = world.resources.outputBucket;
  const index = {
    'schema': 1,
    'generation': state.generation,
    'current': { 'manifest': s3Uri(bucket, CURRENT_DATA_SET_KEY), 'lines': state.lines, 'compacted-at': new Date(state.compactedAt).toISOString() },
    'parts-since': state.parts.map((part) => ({ manifest: s3Uri(bucket, part.key), lines: part.lines })),
  };
  await world.objects.put(bucket, `${PREFIX.DATA_SETS}index.json`, encode(JSON.stringify(index, undefined, 2)), { contentType: 'application/json' });
}
