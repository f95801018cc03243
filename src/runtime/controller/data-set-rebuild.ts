import { CURRENT_DATA_SET_KEY } from '../../contract/environment';
import { s3Uri } from '../core/object-keys';
import { countOf } from '../ledger/counts';
import { readImages } from '../ledger/feeding';
import { SHARDS, labelKey, sourceRefOf, statusPartition } from '../ledger/keys';
import { DataSetRebuild, DataSetState, Project } from '../ledger/project';
import { Key } from '../ports';
import { World } from '../world';
import { MissingDataSetError, linesOf, mergeLines, newestLines, save, writeCurrent, writePart } from './data-set-files';
import { keepForeign } from './foreign-files';

/** Labels of one part of a data set that is written anew: fewer and larger ones than the labels of a few minutes need. */
const PART_LINES = 2_000;

/** Images that are read at once. */
const PAGE = 500;

/** One step of writing it anew ends after so long: the next goes on where it ended. Milliseconds. */
const STEP_TIME = 8_000;

/** How far the clocks of those who record labels may be apart from ours. Milliseconds. */
const CLOCK_SKEW = 60_000;

/** What is wrong with the compacted data set, by what it says of itself: one request, however large it is. */
export async function damage(world: World, { current, lines }: DataSetState): Promise<string | undefined> {
  const { outputBucket, projectId } = world.resources;
  const uri = s3Uri(outputBucket, CURRENT_DATA_SET_KEY);
  const head = await world.objects.head(outputBucket, CURRENT_DATA_SET_KEY);
  if (!head) {
    return lines > 0 ? `${uri}, with ${lines} lines, is not there` : undefined;
  }
  if (!current || head.etag === current.etag) {
    return undefined;
  }
  // A run that died between the object and the ledger left this one: the next compaction writes it again.
  const isOurs = head.metadata.project === projectId && Number(head.metadata.generation) > current.generation;
  return isOurs ? undefined : `${uri} was changed by somebody else`;
}

/** What is wrong with a data set that should have all labels of the ledger now. Asked once in a while: it costs one request. */
export async function dataSetDrift(world: World, { dataSet, counts }: Project): Promise<string | undefined> {
  if (dataSet.rebuild) {
    return undefined;
  }
  const labeled = countOf(counts, 'image:LABELED');
  const isComplete = dataSet.parts.length === 0 && countOf(counts, 'outbox') === 0;
  // Should the counter itself be wrong, the data set is not written anew each time.
  const wasRebuilt = dataSet.rebuilt !== undefined && world.ledger.clock.now() - dataSet.rebuilt.at < world.timings.compactionInterval;
  return await damage(world, dataSet)
    ?? (isComplete && !wasRebuilt && dataSet.lines < labeled ? `the data set has ${dataSet.lines} lines for ${labeled} labeled images` : undefined);
}

/** Begins to write the data set anew from the ledger. What came since the last compaction stays, as far as it is there. */
export async function beginRebuild(world: World, state: DataSetState, why: string): Promise<DataSetState> {
  world.telemetry.error(`${why}: it is written anew from the ledger`, { notice: 'data-set-drift' });
  const heads = await Promise.all(state.parts.map(({ key }) => world.objects.head(world.resources.outputBucket, key)));
  return save(world, state, {
    parts: state.parts.filter((_, index) => heads[index] !== undefined),
    rebuild: { why, since: world.ledger.clock.now(), parts: [], shard: 0 },
  });
}

/** One step of writing it anew. Labels that come meanwhile go the usual way, through the outbox. */
export async function rebuildStep(world: World, before: DataSetState): Promise<DataSetState> {
  const deadline = world.ledger.clock.now() + STEP_TIME;
  let state = before;
  while (state.rebuild && world.ledger.clock.now() < deadline) {
    state = state.rebuild.shard < SHARDS.length ? await addPart(world, state, state.rebuild) : await finish(world, state, state.rebuild);
  }
  return state;
}

async function addPart(world: World, state: DataSetState, rebuild: DataSetRebuild): Promise<DataSetState> {
  const lines: string[] = [];
  let { shard, after } = rebuild;
  while (shard < SHARDS.length && lines.length < PART_LINES) {
    const page = await world.ledger.table.queryIndex({ pk: statusPartition('LABELED', SHARDS[shard]), after, limit: PAGE });
    lines.push(...await labelsOf(world, page.items, rebuild.since));
    after = page.next;
    shard += after === undefined ? 1 : 0;
  }
  const parts = lines.length === 0 ? rebuild.parts : [...rebuild.parts, await writePart(world, state, lines)];
  return save(world, state, { rebuild: { ...rebuild, parts, shard, after } });
}

/** The line of each image, but of those that were labeled since: theirs come through the outbox. */
async function labelsOf(world: World, keys: readonly Key[], since: number): Promise<string[]> {
  const images = await readImages(world.ledger.table, keys.map(sourceRefOf));
  const labeled = images.filter(({ labelJob, labeledAt = 0 }) => labelJob !== undefined && labeledAt <= since + CLOCK_SKEW);
  const labels = await world.ledger.table.getMany(labeled.map(({ sourceRef, labelJob }) => labelKey(sourceRef, labelJob!)));
  return labels.map(({ line }) => String(line));
}

async function finish(world: World, state: DataSetState, { parts, why }: DataSetRebuild): Promise<DataSetState> {
  if (!state.current) {
    await keepForeign(world, CURRENT_DATA_SET_KEY);
  }
  async function* all(): AsyncIterable<string> {
    for (const { key, lines } of parts) {
      yield* linesOf(world, key, lines);
    }
  }
  try {
    const newest = await newestLines(world, state.parts);
    const rebuilt = { at: world.ledger.clock.now(), why };
    return await writeCurrent(world, state, mergeLines(all(), newest), { rebuild: undefined, rebuilt });
  } catch (error) {
    if (error instanceof MissingDataSetError) {
      return beginRebuild(world, state, error.message);
    }
    throw error;
  }
}
