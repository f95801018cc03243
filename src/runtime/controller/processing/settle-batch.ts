import { clear, raise } from '../../alerts';
import { CLOSED_BREAKER, afterFailure as countFailure } from '../../core/breaker';
import { afterFailure, FRUITLESS_MAX, Failure, speaksAgainstCode } from '../../core/processing-blame';
import { waitingKey } from '../../intake/processing-engine';
import { Registered, registerDrops, registering } from '../../intake/register';
import { countOf } from '../../ledger/counts';
import { isFinished, readDrop } from '../../ledger/drops';
import {
  BatchItem, Execution, batchRecordWrite, failDrop, isWaiting, processingWrite, readBatchPage,
} from '../../ledger/processing';
import { World } from '../../world';
import { Seen } from '../observe';
import { backOff, mustHave } from './executions';

/**
 * One step of settling a batch whose execution is over, whatever its end was: what it gave is registered, page by page, also of
 * one that failed; then those that it did not finish are charged, page by page; then the batch is closed. Every step may be
 * repeated. Answers whether it is closed.
 */
export async function settleBatch(world: World, seen: Seen): Promise<boolean> {
  const batch = mustHave(seen.project.processing, 'batch');
  if (seen.configuration.featureEngineering.kind !== 'processing') {
    await giveUp(world, batch);
    return true;
  }
  const { pages = 0, registered = 0, charged = 0 } = batch;
  if (registered < pages) {
    await registerPage(world, seen, batch, registered);
    return false;
  }
  if (charged < pages && !isExcused(batch)) {
    await chargePage(world, seen, batch, charged);
    return false;
  }
  await close(world, seen, batch);
  return true;
}

/**
 * The right to read what the batch gave went with the deploy that took the processing job out. Its drops wait without it, and
 * what waits goes back to the intake; those that came through before are at their end and stay so.
 */
async function giveUp(world: World, batch: Execution): Promise<void> {
  world.telemetry.info(`batch ${batch.number} is given up: the project has no processing job any more`, { notice: 'batch', status: batch.end?.status });
  await world.ledger.table.write([batchRecordWrite(batch), processingWrite({ batch: undefined, breaker: CLOSED_BREAKER })]);
}

/** Nothing is learned about drops from an execution that somebody stopped, or that vanished. */
function isExcused({ end, stopOrderedAt }: Execution): boolean {
  return end?.status === 'Vanished' || (end?.status === 'Stopped' && stopOrderedAt === undefined && !end.byCode);
}

async function registerPage(world: World, seen: Seen, batch: Execution, page: number): Promise<void> {
  const items = await readBatchPage(world.ledger.table, batch.number, page);
  const found = await registerDrops(world, registering(world, seen.configuration), batch.number, items);
  await clearAway(world, items);
  const undone = found.filter(({ kind }) => kind !== 'done').length;
  const fruits = found.filter((one) => one.kind === 'done' && one.fruit).length;
  await world.ledger.table.write([processingWrite({
    batch: { ...batch, registered: page + 1, undone: (batch.undone ?? 0) + undone, fruits: (batch.fruits ?? 0) + fruits },
  })]);
}

/** The copies of drops that are at their end. A waiting drop of the same content gets its own again. */
async function clearAway(world: World, items: readonly BatchItem[]): Promise<void> {
  const { inputBucket, projectId } = world.resources;
  await Promise.all(items.map(async (item) => {
    const drop = await readDrop(world.ledger, item);
    const key = waitingKey(projectId, item.file);
    const copy = drop && isFinished(drop) ? await world.objects.head(inputBucket, key) : undefined;
    if (copy) {
      await world.objects.deleteVersion(inputBucket, key, copy.versionId);
    }
  }));
}

async function chargePage(world: World, seen: Seen, batch: Execution, page: number): Promise<void> {
  const { processing } = seen.project;
  const items = await readBatchPage(world.ledger.table, batch.number, page);
  const work = registering(world, seen.configuration);
  const isFruitful = (batch.fruits ?? 0) > 0;
  const failure: Failure = {
    batch: batch.number, undone: batch.undone ?? 0, size: batch.drops ?? 0,
    ranToEnd: batch.end?.ranToEnd ?? false, byCode: batch.end?.byCode ?? false,
    lastFruitful: isFruitful ? batch.number : processing.lastFruitful,
    nothingWorks: processing.breaker.openedAt !== undefined && !isFruitful,
  };
  let { blamed = 0 } = batch;
  for (const found of await registerDrops(world, work, batch.number, items)) {
    if (found.kind !== 'done' && isWaiting(found.drop)) {
      const verdict = afterFailure(found.drop.waiting, failure, found.kind === 'error');
      const what = describeFailure(found, batch);
      if (verdict.kind === 'quarantine') {
        await work.intake.refuse(found.drop, verdict.reason, what);
        blamed += 1;
      } else {
        await failDrop(world.ledger, found.drop, verdict.waiting, what, world.ledger.clock.now() + world.timings.engineeringPatience);
      }
    }
  }
  await clearAway(world, items);
  await world.ledger.table.write([processingWrite({ batch: { ...batch, charged: page + 1, blamed } })]);
}

function describeFailure(found: Registered, { number, end }: Execution): string {
  if (found.kind === 'error') {
    return `batch ${number}: ${found.message}`.slice(0, 1_000);
  }
  return end?.ranToEnd === true
    ? `batch ${number}: the code gave no result for it`
    : `batch ${number}: ${end?.status ?? 'ended'}${end?.reason === undefined ? '' : `: ${end.reason}`}`.slice(0, 1_000);
}

async function close(world: World, seen: Seen, batch: Execution): Promise<void> {
  const { processing } = seen.project;
  const now = world.ledger.clock.now();
  const { fruits = 0, undone = 0, blamed = 0, end } = batch;
  const behind = (batch.behind ?? false) && countOf(seen.project.counts, 'drop:ENGINEERING') > 0;
  // A failure that one drop is to blame for says nothing against the code.
  const explained = fruits > 0 || (undone > 0 && blamed === undone);
  const why = end?.reason ?? (end?.ranToEnd ? 'the code gave no usable result for any drop' : `the execution ended as ${end?.status}`);
  const counts = !explained && undone > 0
    && speaksAgainstCode({ size: batch.drops ?? 0, ranToEnd: end?.ranToEnd ?? false, byCode: end?.byCode ?? false });
  const breaker = explained ? CLOSED_BREAKER : counts ? countFailure(processing.breaker, why, now, FRUITLESS_MAX) : processing.breaker;
  const opens = breaker.openedAt !== undefined && processing.breaker.openedAt === undefined;
  const { alerts } = seen.project;
  if ((explained && !behind) || (opens && alerts.includes('pipeline'))) {
    await clear(world, seen.project, 'pipeline');
  }
  const project = { ...seen.project, alerts: opens ? alerts.filter((code) => code !== 'pipeline') : alerts };
  if (breaker.openedAt === undefined && behind) {
    await raise(world, project, 'pipeline', 'the code of feature engineering fails whole batches for single drops, and more often than these '
      + `can be found: good drops wait with them. Let it report \`error\` for a drop instead of failing. The last execution said: ${why}`);
  } else if (breaker.openedAt !== undefined) {
    await raise(world, project, 'pipeline', `feature engineering gets no drop through: ${breaker.failures} executions of the pipeline in a row gave `
      + `nothing, whichever drops were in them, so no drop is blamed and all wait. The last one said: ${why}`);
  }
  world.telemetry.info(`batch ${batch.number} is settled: ${fruits} of ${batch.drops ?? 0} drops are done`, { notice: 'batch', status: end?.status, undone });
  await world.ledger.table.write([
    batchRecordWrite(batch),
    processingWrite({
      batch: undefined, breaker, behind,
      ...(fruits > 0 ? { lastFruitful: batch.number } : {}),
      ...(explained || undone === 0 ? { backOffUntil: 0, backOffSteps: 0 } : counts ? backOff(world, processing) : {}),
    }),
  ]);
}
