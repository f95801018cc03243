import { CURRENT_DATA_SET_KEY } from '../../contract/environment';
import { OutboxEntry, clearOutbox, readOutbox } from '../ledger/outbox';
import { DataSetState } from '../ledger/project';
import { World } from '../world';
import { MissingDataSetError, linesOf, mergeLines, newestLines, save, writeCurrent, writePart } from './data-set-files';
import { beginRebuild, damage, rebuildStep } from './data-set-rebuild';
import { keepForeign } from './foreign-files';

/** Labels of one part: a publication takes them all, in as many parts as it needs. */
const PART_LINES = 500;

/** Up to so many lines the compacted data set is written anew at each publication; beyond, once a day and for each chained job. */
const ALWAYS_COMPACT_LINES = 50_000;

/** Whether parts wait for compaction that no new label will bring about soon enough: a run may have died before it. */
export function isCompactionDue(world: World, { parts, lines, publishedAt, compactedAt, rebuild }: DataSetState): boolean {
  const now = world.ledger.clock.now();
  return rebuild !== undefined || (parts.length > 0 && (now - compactedAt >= world.timings.compactionInterval
    || (lines <= ALWAYS_COMPACT_LINES && now - publishedAt >= world.timings.dataSetInterval)));
}

/**
 * Brings the data set up to the ledger. Each part is written once, then named in the ledger, then its labels leave the outbox:
 * whoever dies in between leaves a label in two parts, never in none, and compaction keeps one line for each image. A data set
 * that somebody damaged is written anew from the ledger; as long as that takes, `rebuild` says so.
 */
export async function publishDataSet(world: World, before: DataSetState, compact: boolean): Promise<DataSetState> {
  let state = before;
  let entries = await readOutbox(world.ledger, PART_LINES);
  while (entries.length > 0) {
    state = await appendPart(world, state, entries);
    await clearOutbox(world.ledger, entries);
    entries = await readOutbox(world.ledger, PART_LINES);
  }
  if (!state.rebuild && state.parts.length > 0 && (compact || state.lines <= ALWAYS_COMPACT_LINES || isCompactionDue(world, state))) {
    state = await compactParts(world, state);
  }
  return rebuildStep(world, state);
}

async function appendPart(world: World, state: DataSetState, entries: readonly OutboxEntry[]): Promise<DataSetState> {
  const part = await writePart(world, state, entries.map(({ line }) => line));
  return save(world, state, { parts: [...state.parts, part], publishedAt: world.ledger.clock.now() });
}

/** What somebody else put into it must not be taken over, what is gone not be left out. */
async function compactParts(world: World, state: DataSetState): Promise<DataSetState> {
  const why = await damage(world, state);
  if (why !== undefined) {
    return beginRebuild(world, state, why);
  }
  try {
    const newest = await newestLines(world, state.parts);
    return await writeCurrent(world, state, mergeLines(compacted(world, state), newest));
  } catch (error) {
    if (error instanceof MissingDataSetError) {
      return beginRebuild(world, state, error.message);
    }
    throw error;
  }
}

/** Before the first compaction, what lies there is believed only if it says that it is ours: a run that died may have left it. */
async function* compacted(world: World, state: DataSetState): AsyncIterable<string> {
  if (state.current || !await keepForeign(world, CURRENT_DATA_SET_KEY)) {
    yield* linesOf(world, CURRENT_DATA_SET_KEY, state.lines);
  }
}
