import { ProcessingConfiguration } from '../../contract/project-configuration';
import { Breaker, CLOSED_BREAKER } from '../core/breaker';
import { BatchOf } from '../core/processing';
import { Place, Waiting, readOrder } from '../core/waiting';
import { ExecutionRequest, Item, Table, Write } from '../ports';
import { Ledger } from './context';
import { DropId, DropRecord, isDecided, updateDrop } from './drops';
import { SHARDS, batchKey, batchPageKey, processingKey, statusPartition } from './keys';
import { setOrRemove } from './writes';

/** What the controller remembers of the pipeline's executions. Only the lease holder changes it. */
export interface ProcessingState {
  /** Number of the last execution that was planned. Numbers are never used again. */
  readonly lastExecution: number;
  /** The batch that is planned, under way, or ended and not settled. Never two. */
  readonly batch?: Execution;
  /** The execution that starts labeling jobs, where they start through the pipeline. */
  readonly start?: Execution;
  /** Number of the last batch of which a drop came through. */
  readonly lastFruitful: number;
  /** Its failures: batches in a row of which no drop came through. */
  readonly breaker: Breaker;
  readonly backOffUntil: number;
  readonly backOffSteps: number;
  /** Batches of suspects since the last one of fresh drops. */
  readonly sinceFresh: number;
  /** Bad drops come faster than they are found. */
  readonly behind?: boolean;
  /** What the last batch was processed by: something else may work better. */
  readonly definition?: string;
}

/** An execution of the pipeline. Its whole request is written down before the service is asked. */
export type Execution = {
  readonly number: number;
  readonly request: ExecutionRequest;
  readonly plannedAt: number;
  readonly askedAt?: number;
  /** Its ARN. */
  readonly arn?: string;
  readonly startedAt?: number;
  readonly ageMax: number;
  readonly stopOrderedAt?: number;
  /** Since when it is seen to be stopping, whoever ordered it. */
  readonly stoppingAt?: number;
  /** How it ended. `Vanished`: the service forgot it. */
  readonly end?: ExecutionEnd;
  /** Of a batch: its drops, the pages that list them, and the pages that are settled. */
  readonly drops?: number;
  readonly pages?: number;
  readonly registered?: number;
  readonly charged?: number;
  /** Drops that were not done when all pages had been registered. */
  readonly undone?: number;
  /** Drops that came through, and those that are to blame for their own failure. */
  readonly fruits?: number;
  readonly blamed?: number;
  /** When it was planned, bad drops came faster than they could be found. */
  readonly behind?: boolean;
};

export type ExecutionEnd = {
  readonly at: number;
  readonly status: 'Failed' | 'Stopped' | 'Succeeded' | 'Vanished';
  /** The user's code ran to its end on every instance. */
  readonly ranToEnd: boolean;
  /** It ended by the user's code or by the time that this took, as far as the service says. */
  readonly byCode: boolean;
  readonly reason?: string;
};

export const NO_PROCESSING: ProcessingState = {
  lastExecution: 0, lastFruitful: 0, breaker: CLOSED_BREAKER, backOffUntil: 0, backOffSteps: 0, sinceFresh: 0,
};

export function processingOf(item: Item | undefined): ProcessingState {
  const { pk: _pk, sk: _sk, ...state } = item ?? { pk: '', sk: '' };
  return { ...NO_PROCESSING, ...state as unknown as Partial<ProcessingState> };
}

/** Changes fields; undefined takes one away. */
export function processingWrite(fields: Partial<ProcessingState>): Write {
  return { update: processingKey, ...setOrRemove(fields) };
}

export const batchName = (number: number): string => String(number).padStart(9, '0');

/** A drop as a batch lists it. */
export interface BatchItem extends DropId {
  readonly sha256: string;
  readonly file: string;
}

/** Drops of one page: an item of a few hundred bytes for each, 1.5 KB at most. */
export const BATCH_PAGE = 100;

export async function writeBatchPages(ledger: Ledger, number: number, drops: readonly BatchItem[]): Promise<number> {
  const pages = Math.ceil(drops.length / BATCH_PAGE);
  for (let page = 0; page < pages; page += 1) {
    const content = drops.slice(page * BATCH_PAGE, (page + 1) * BATCH_PAGE);
    await ledger.table.write([{ put: { ...batchPageKey(number, page), drops: content, schema: 1 } as unknown as Item }]);
  }
  return pages;
}

export async function readBatchPage(table: Table, number: number, page: number): Promise<readonly BatchItem[]> {
  const item = await table.get(batchPageKey(number, page));
  return (item?.drops ?? []) as unknown as readonly BatchItem[];
}

/** What became of a batch, for who looks back. */
export function batchRecordWrite(execution: Execution): Write {
  return { put: { ...batchKey(execution.number), ...execution, schema: 1 } as unknown as Item };
}

/** A drop in the waiting line, as the index shows it: a hint. */
export interface WaitingHint {
  readonly pk: string;
  readonly sk: string;
  readonly suspect?: Place;
  readonly since: number;
}

const PREFIX_OF: { readonly [of in BatchOf]: string } = { suspects: '0#', fresh: '1#' };

/** The first drops of the waiting line. */
export async function waitingDrops(table: Table, of: BatchOf, count: number): Promise<WaitingHint[]> {
  const pages = await Promise.all(SHARDS.map((shard) => table.queryIndex({
    pk: statusPartition('DROP-WAITING', shard), prefix: PREFIX_OF[of], limit: Math.min(count, 1_000),
  })));
  return pages.flatMap((page) => page.items)
    .sort((a, b) => (a.gsi1sk < b.gsi1sk ? -1 : 1))
    .slice(0, count)
    .map(({ pk, sk, gsi1sk }) => {
      const { receivedAt, suspect } = readOrder(gsi1sk);
      return { pk, sk, since: receivedAt, suspect };
    });
}

/** Whether the drop is in the waiting line, or with the batch that is under way. */
export function isWaiting(drop: DropRecord): drop is DropRecord & { readonly sha256: string; readonly waiting: Waiting } {
  return drop.waiting !== undefined && drop.sha256 !== undefined && !isDecided(drop);
}

/** Its batch did not finish it: it waits for another one. */
export async function failDrop(ledger: Ledger, id: DropId, waiting: Waiting, detail: string, until: number): Promise<DropRecord> {
  return updateDrop(ledger, id, 'processing-failed', (drop) => !isWaiting(drop) || drop.waiting.lastFailed === waiting.lastFailed ? undefined
    : { waiting, engineeringUntil: until }, {}, detail);
}

/** It leaves the waiting line: the intake takes it in anew. */
export async function releaseDrop(ledger: Ledger, id: DropId): Promise<DropRecord> {
  return updateDrop(ledger, id, 'released', (drop) => isWaiting(drop) ? { waiting: undefined, engineeringUntil: undefined } : undefined);
}

/** Whether another definition than the last batch's is in force. */
export function isChanged({ definition }: ProcessingState, configuration: ProcessingConfiguration): boolean {
  return definition !== undefined && definition !== configuration.definition;
}

/** A stop has a token too, which must differ from the start's. */
export const stopToken = ({ request }: Execution): string => `stop-${request.token}`;
