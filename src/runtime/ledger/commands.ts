import { BackfillOrder } from '../../contract/backfill';
import { OrderName, OrderReport, RequeueTargets } from '../../contract/operator';
import { Item, Write } from '../ports';
import { Ledger } from './context';
import { COMMAND_PREFIX, PROJECT, commandKey, orderKey } from './keys';

/** An order that waits to be carried out. */
export interface Command {
  /** Its sort key: orders are obeyed in the order of these. */
  readonly sk: string;
  readonly name: OrderName;
  readonly at: number;
  readonly by?: string;
  readonly targets?: RequeueTargets;
  readonly backfill?: BackfillOrder;
  /** Of a pipeline's order: the execution that gives it. */
  readonly execution?: string;
  /** An earlier run began with it. */
  readonly begun: boolean;
  /** What earlier runs did of it. */
  readonly images: number;
  readonly drops: number;
  /** Runs that began with it and never came to an end: killed for their time or memory. */
  readonly died: number;
}

export function commandOf(item: Item): Command {
  return {
    sk: item.sk,
    name: item.name as OrderName,
    at: Number(item.sk.slice(COMMAND_PREFIX.length).split('#')[0]),
    by: item.by === undefined ? undefined : String(item.by),
    targets: item.targets as RequeueTargets | undefined,
    backfill: item.backfill as BackfillOrder | undefined,
    execution: item.execution === undefined ? undefined : String(item.execution),
    begun: item.images !== undefined,
    images: Number(item.images ?? 0),
    drops: Number(item.drops ?? 0),
    died: Number(item.died ?? 0),
  };
}

/** What an order names beside its own name. */
export interface CommandSubject {
  readonly targets?: RequeueTargets;
  readonly backfill?: BackfillOrder;
  readonly execution?: string;
}

/** Orders something. The controller obeys at its next run. Answers the order's id. */
export async function sendCommand(ledger: Ledger, name: OrderName, by?: string, subject: CommandSubject = {}): Promise<string> {
  const key = commandKey(ledger.clock.now(), ledger.newId());
  await ledger.table.write([{ put: { ...key, name, by: by === '' ? undefined : by, ...subject } as unknown as Item }]);
  return key.sk;
}

/** So much of the order has been done. Without anything: it is begun. */
export async function noteProgress(ledger: Ledger, command: Command, done: { images: number; drops: number }): Promise<void> {
  await ledger.table.write([{ update: { pk: PROJECT, sk: command.sk }, add: done, when: [{ attribute: 'name', is: 'present' }] }]);
}

/** Before the work counts a death, after it takes that back: what stays tells of runs that never got there. */
export async function noteDeath(ledger: Ledger, command: Command, died: 1 | -1): Promise<void> {
  await ledger.table.write([{ update: { pk: PROJECT, sk: command.sk }, add: { died }, when: [{ attribute: 'name', is: 'present' }] }]);
}

/** The order is no longer waited for; what became of it stays on record. */
export function commandDone(ledger: Ledger, command: Command, report: Omit<OrderReport, 'id' | 'done'>): Write[] {
  const { sk, name, by, at, targets, backfill } = command;
  return [
    { remove: { pk: PROJECT, sk } },
    { put: { ...orderKey(sk), name, by, at, doneAt: ledger.clock.now(), targets, backfill, report, schema: 1 } as unknown as Item },
  ];
}

/** Ends orders that nobody will obey, each by itself. One that somebody carried out meanwhile keeps what came of it. */
export async function refuseCommands(ledger: Ledger, commands: readonly Command[], why: string): Promise<void> {
  for (const command of commands) {
    const { begun, images, drops } = command;
    const [gone, ...report] = commandDone(ledger, command, { failed: why, ...(begun ? { images, drops } : {}) });
    await ledger.table.write([{ ...gone, when: [{ attribute: 'name', is: 'present' }] }, ...report]);
  }
}

/** What became of an order; undefined where there was none. */
export async function readOrder(ledger: Ledger, id: string): Promise<OrderReport | undefined> {
  const ended = await readEnded(ledger, id);
  if (ended) {
    return ended;
  }
  const waiting = await ledger.table.get({ pk: PROJECT, sk: id });
  // one that ended between the two looks is in neither
  return waiting ? { id, done: false } : readEnded(ledger, id);
}

async function readEnded(ledger: Ledger, id: string): Promise<OrderReport | undefined> {
  const item = await ledger.table.get(orderKey(id));
  return item && { ...item.report as unknown as OrderReport, id, done: true };
}
