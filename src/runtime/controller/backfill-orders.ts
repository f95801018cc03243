import { createHash } from 'node:crypto';
import { BACKFILL_OBJECTS_PER_MINUTE, BACKFILL_OBJECTS_PER_MINUTE_MAX, BackfillSource } from '../../contract/backfill';
import { OrderReport } from '../../contract/operator';
import { ProjectResources } from '../../contract/project-configuration';
import { BackfillRecord, backfillWrite, isMoving, replaceBackfill, withdrawnOf } from '../ledger/backfill';
import { Command } from '../ledger/commands';
import { alertGone } from '../ledger/project';
import { Write } from '../ports';
import { World } from '../world';
import { newBackfill } from './backfill';

/** What an order about a back-fill comes to. */
export interface BackfillAnswer {
  readonly report: Omit<OrderReport, 'id' | 'done'>;
  readonly writes?: readonly Write[];
}

const MINUTE = 60_000;

const failed = (message: string): BackfillAnswer => ({ report: { failed: message } });

/** Plans, starts or stops a back-fill. Carried out again, an order changes nothing more. */
export function orderBackfill({ ledger, resources }: World, command: Command, record: BackfillRecord | undefined): BackfillAnswer {
  const now = ledger.clock.now();
  switch (command.name) {
    case 'backfill-plan':
      return plan(command, record, resources, now);
    case 'backfill-start':
      return start(command, record, now);
    default:
      return stop(record);
  }
}

function plan(command: Command, record: BackfillRecord | undefined, resources: ProjectResources, now: number): BackfillAnswer {
  const id = createHash('sha256').update(command.sk).digest('hex').slice(0, 8);
  if (record?.plan === id) {
    return { report: { plan: id } };
  }
  if (record && isMoving(record)) {
    return failed(`back-fill ${record.plan} is ${record.phase}: wait for its end, or stop it first`);
  }
  const { source, objectsPerMinute = BACKFILL_OBJECTS_PER_MINUTE } = command.backfill ?? {};
  const problem = sourceProblem(source, resources) ?? rateProblem(objectsPerMinute);
  if (problem !== undefined || !source) {
    return failed(problem!);
  }
  const planned = newBackfill({ plan: id, source, objectsPerMinute, by: command.by }, now);
  return { report: { plan: id }, writes: [...replaceBackfill(record, planned), alertGone('backfill')] };
}

function sourceProblem(source: BackfillSource | undefined, { inputBucket, outputBucket }: ProjectResources): string | undefined {
  const isText = (value: unknown): boolean => typeof value === 'string';
  const isSource = source && isText(source.bucket) && source.bucket !== '' && isText(source.prefix)
    && (source.inventory === undefined || (isText(source.inventory.bucket) && isText(source.inventory.manifestKey)));
  if (!isSource) {
    return 'a plan needs its source: { bucket, prefix, inventory? { bucket, manifestKey } }';
  }
  // What it made of drops would come back as drops: a crop of a crop is another image, and paid for again.
  const own = source.bucket === inputBucket ? 'input' : source.bucket === outputBucket ? 'output' : undefined;
  return own && `bucket '${source.bucket}' is the project's own ${own} bucket; give the bucket that your images lie in`;
}

function rateProblem(rate: number): string | undefined {
  return Number.isInteger(rate) && rate >= 1 && rate <= BACKFILL_OBJECTS_PER_MINUTE_MAX ? undefined
    : `objectsPerMinute is ${rate}; it must be a whole number from 1 to ${BACKFILL_OBJECTS_PER_MINUTE_MAX}`;
}

function start({ backfill }: Command, record: BackfillRecord | undefined, now: number): BackfillAnswer {
  const wanted = backfill?.plan;
  if (!record || record.plan !== wanted) {
    return failed(`there is no plan '${wanted ?? ''}'${record ? `; the last one is ${record.plan}` : ': make one first'}`);
  }
  if (record.phase === 'PLANNING') {
    return failed(`plan ${record.plan} is not complete yet: look at its figures first`);
  }
  if (record.phase === 'DONE') {
    return failed(`back-fill ${record.plan} is done; plan another one for what has come since`);
  }
  if (isMoving(record)) {
    return { report: { plan: record.plan } };
  }
  const { stoppedIn, ...rest } = record;
  return {
    report: { plan: record.plan },
    writes: [backfillWrite({ ...rest, phase: stoppedIn ?? 'RUNNING', steppedAt: now - MINUTE, nextAt: 0 })],
  };
}

/** What lies in the intake queue already is taken in all the same. */
function stop(record: BackfillRecord | undefined): BackfillAnswer {
  if (record?.phase === 'DONE' && withdrawnOf(record.ends) > 0) {
    // Somebody has looked at what its alert says.
    return { report: { plan: record.plan }, writes: [alertGone('backfill')] };
  }
  if (!record || record.phase === 'DONE' || record.phase === 'PLANNED') {
    return failed('no back-fill is under way');
  }
  if (record.phase === 'STOPPED') {
    return { report: { plan: record.plan } };
  }
  return { report: { plan: record.plan }, writes: [backfillWrite({ ...record, phase: 'STOPPED', stoppedIn: record.phase }), alertGone('backfill')] };
}
