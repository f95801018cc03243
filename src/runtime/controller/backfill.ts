import { clear, raise } from '../alerts';
import { SourceObject, sourcePages } from './backfill-source';
import { BUSY_PATIENCE } from './inbox';
import { messagesIn } from './messages-in';
import { Seen } from './observe';
import { BackfillPlan } from '../../contract/backfill';
import { METRIC } from '../../contract/events';
import { intakeMessage } from '../core/intake-message';
import { messageOf } from '../errors';
import { BackfillRecord, Ends, backfillWrite, isMoving, withdrawnOf } from '../ledger/backfill';
import { DropRecord, isFinished, isUnderWay } from '../ledger/drops';
import { dropKey } from '../ledger/keys';
import { alertInstead } from '../ledger/project';
import { World } from '../world';

/** One step ends after so many milliseconds: the next run goes on where it ended. */
const STEP_TIME = 10_000;

const MINUTE = 60_000;

/** A step makes up for so much time at most, so that a pause is not followed by a flood. */
const SHARE_MAX = 5 * MINUTE;

/** Messages that may lie in the intake queue: what somebody drops meanwhile waits behind no more than these. */
const BACKLOG_MAX = 2_000;

/** Between two complete looks. What was queued again in one has its time until the next. */
const LOOK_PAUSE = 15 * MINUTE;

const NOTHING_FOUND: BackfillPlan = { objects: 0, bytes: 0, known: 0, replaced: 0, extensions: {} };

/** What a plan shows of extensions at most; the rest is summed up. */
const EXTENSIONS_SHOWN = 20;
const OTHER_EXTENSIONS = 'other';

export function newBackfill(order: Pick<BackfillRecord, 'plan' | 'source' | 'objectsPerMinute' | 'by'>, now: number): BackfillRecord {
  return { ...order, phase: 'PLANNING', plannedAt: now, found: NOTHING_FOUND, queued: 0, steppedAt: now, nextAt: 0, schema: 1 };
}

/** Whether a back-fill has something to do by itself. */
export function isBackfillDue({ backfill }: { readonly backfill?: BackfillRecord }, now: number): boolean {
  return backfill !== undefined && isMoving(backfill) && now >= backfill.nextAt;
}

/**
 * One step through the source, from the checkpoint where the last one ended. Whatever dies in between leaves messages behind that
 * are sent again, and that the intake takes in once.
 */
export async function stepBackfill(world: World, seen: Seen): Promise<void> {
  const record = seen.project.backfill!;
  try {
    const after = await step(world, record);
    const alert = withdrawnAlert(after);
    // In one transaction: nobody looks at it any more once it is done.
    await world.ledger.table.write([backfillWrite(after), ...(alert === undefined ? [] : [alertInstead('backfill', alert, world.ledger.clock.now())])]);
    if (alert === undefined) {
      await clear(world, seen.project, 'backfill');
    } else {
      world.telemetry.error(alert, { notice: 'alert', code: 'backfill' });
    }
    if (after.phase !== record.phase) {
      world.telemetry.info(`back-fill ${record.plan} is ${after.phase}`, { notice: 'backfill', plan: record.plan, phase: after.phase });
    }
  } catch (error) {
    const message = messageOf(error);
    await raise(world, seen.project, 'backfill', `back-fill ${record.plan} does not get on: ${message}`);
    throw error;
  }
}

/** Whether somebody deleted them, or the source names what is not there, only a person can tell. */
function withdrawnAlert({ plan: id, phase, ends }: BackfillRecord): string | undefined {
  const withdrawn = withdrawnOf(ends);
  return phase !== 'DONE' || withdrawn === 0 ? undefined
    : `back-fill ${id} is done, but ${withdrawn} of its ${sum(Object.values(ends!))} objects are WITHDRAWN: they were not there when they were to be read. `
      + 'If somebody deleted them, this is in order; if not, compare the keys and versions that the source names with the bucket. `backfill stop`, or the next plan, ends this alert';
}

async function step(world: World, record: BackfillRecord): Promise<BackfillRecord> {
  switch (record.phase) {
    case 'PLANNING':
      return plan(world, record);
    case 'RUNNING':
      return queueMore(world, record);
    default:
      return look(world, record);
  }
}

/** An object of the source, and what the ledger knows of it. */
interface Met {
  readonly object: SourceObject;
  readonly drop?: DropRecord;
}

/** Walks on until its time is over or `enough` says so. Answers where to go on; undefined: that was all. */
async function walk(
  world: World, { source, plannedAt, cursor }: BackfillRecord, visit: (met: readonly Met[]) => Promise<void>, enough = () => false,
): Promise<string | undefined> {
  const began = world.ledger.clock.now();
  for await (const { objects, next } of sourcePages(world, source, cursor)) {
    const planned = objects.filter(({ lastModified }) => lastModified <= plannedAt);
    const items = await world.ledger.table.getMany(planned.map((object) => dropKey({ bucket: source.bucket, ...object })));
    const known = new Map(items.map((item) => [`${String(item.key)} ${String(item.versionId)}`, item as unknown as DropRecord]));
    await visit(planned.map((object) => ({ object, drop: known.get(`${object.key} ${object.versionId}`) })));
    if (next !== undefined && (enough() || world.ledger.clock.now() - began >= STEP_TIME)) {
      return next;
    }
  }
  return undefined;
}

async function plan(world: World, record: BackfillRecord): Promise<BackfillRecord> {
  let { objects, bytes, known, replaced } = record.found;
  const extensions: { [extension: string]: number } = { ...record.found.extensions };
  const cursor = await walk(world, record, async (met) => {
    for (const { object, drop } of met) {
      const extension = extensionOf(object.key);
      const name = extension in extensions || Object.keys(extensions).length < EXTENSIONS_SHOWN ? extension : OTHER_EXTENSIONS;
      extensions[name] = (extensions[name] ?? 0) + 1;
      objects += 1;
      bytes += object.size;
      known += drop ? 1 : 0;
      replaced += drop && object.versionId === 'null' && object.lastModified > drop.receivedAt ? 1 : 0;
    }
  });
  return { ...moved(world, record, cursor), phase: cursor === undefined ? 'PLANNED' : 'PLANNING', found: { objects, bytes, known, replaced, extensions } };
}

function extensionOf(key: string): string {
  return /\.([A-Za-z0-9]{1,8})$/.exec(key)?.[1].toLowerCase() ?? 'none';
}

/** The record after a step: where the next one goes on. */
function moved(world: World, record: BackfillRecord, cursor: string | undefined): BackfillRecord {
  const { cursor: _before, ...rest } = record;
  return { ...rest, ...(cursor === undefined ? {} : { cursor }), steppedAt: world.ledger.clock.now() };
}

/** Queues as much as its rate and the queue's length allow. */
async function queueMore(world: World, record: BackfillRecord): Promise<BackfillRecord> {
  const now = world.ledger.clock.now();
  const share = Math.floor(record.objectsPerMinute * Math.min(SHARE_MAX, now - record.steppedAt) / MINUTE);
  const room = BACKLOG_MAX - await messagesIn(world, world.resources.intakeQueueUrl);
  const most = Math.min(share, room);
  if (most <= 0) {
    // A full queue must not be followed by a flood either: the share of this minute is gone.
    return { ...record, nextAt: now + MINUTE, ...(share > 0 ? { steppedAt: now } : {}) };
  }
  let queued = 0;
  const cursor = await walk(world, record, async (met) => {
    const fresh = met.filter(({ drop }) => !drop).map(({ object }) => object);
    await world.queues.send(world.resources.intakeQueueUrl, fresh.map((object) => intakeMessage('backfill', record.source.bucket, object)));
    queued += fresh.length;
  }, () => queued >= most);
  const after = { ...moved(world, record, cursor), queued: record.queued + queued };
  // A page may be more than a step's share: the next one waits until that is made up for.
  const pause = Math.max(MINUTE, Math.ceil(queued / record.objectsPerMinute * MINUTE));
  return cursor === undefined
    ? { ...after, phase: 'CHECKING', nextAt: now + LOOK_PAUSE }
    : { ...after, steppedAt: now + pause - MINUTE, nextAt: now + pause };
}

/**
 * Looks whether every object has come to its end. What has not, although nothing is queued any more or a day has passed, was lost
 * on the way, and is queued again.
 */
async function look(world: World, record: BackfillRecord): Promise<BackfillRecord> {
  const now = world.ledger.clock.now();
  const { intakeQueueUrl, intakeDeadLetterQueueUrl } = world.resources;
  const begins = record.cursor === undefined;
  if (begins && (await isIntakeBusy(world, record, now) || await messagesIn(world, intakeDeadLetterQueueUrl) > 0)) {
    // Dead letters have an alarm of their own, and wait for their redrive.
    return { ...record, nextAt: now + MINUTE };
  }
  const ends: { [state: string]: number } = begins ? {} : { ...record.looking };
  let queued = 0;
  const cursor = await walk(world, record, async (met) => {
    const lost = met.filter(({ drop }) => !drop || (!isFinished(drop) && !isUnderWay(drop, now, world.timings)));
    await world.queues.send(intakeQueueUrl, lost.map(({ object }) => intakeMessage('backfill', record.source.bucket, object)));
    queued += lost.length;
    for (const { drop } of met) {
      const state = drop?.state ?? 'UNKNOWN';
      ends[state] = (ends[state] ?? 0) + 1;
    }
  }, () => queued >= BACKLOG_MAX);
  if (queued > 0) {
    world.telemetry.count(METRIC.DROPS_SWEPT, queued);
    world.telemetry.warn(`back-fill ${record.plan} queued ${queued} objects again that had not come to an end`, { notice: 'backfill-again', plan: record.plan, objects: queued });
  }
  const { looking: _looking, ...after } = moved(world, record, cursor);
  if (cursor !== undefined) {
    return { ...after, looking: ends, queued: record.queued + queued, nextAt: queued > 0 ? now + MINUTE : now };
  }
  return { ...after, ends, queued: record.queued + queued, phase: open(ends) === 0 ? 'DONE' : 'CHECKING', nextAt: now + LOOK_PAUSE };
}

/** Where somebody drops all the time the queue is never seen empty: what has come to no end for so long is not waited for any more. */
async function isIntakeBusy(world: World, { steppedAt }: BackfillRecord, now: number): Promise<boolean> {
  return now - steppedAt < BUSY_PATIENCE && await messagesIn(world, world.resources.intakeQueueUrl) > 0;
}

function open(ends: Ends): number {
  return sum(['UNKNOWN', 'RECEIVED', 'ENGINEERING'].map((state) => ends[state] ?? 0));
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
