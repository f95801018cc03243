import { Write } from '../ports';
import { Ledger } from './context';
import { countWrites } from './counts';
import { OUTBOX, labelKey, outboxKey } from './keys';

/** A label that is recorded and not in the data set yet. */
export interface OutboxEntry {
  readonly sourceRef: string;
  readonly job: number;
  readonly line: string;
  /** When it came in; another one means that the line was replaced since. */
  readonly at: number;
}

/** The oldest jobs' entries first, so that a newer label of the same image comes later. */
export async function readOutbox(ledger: Ledger, limit: number): Promise<OutboxEntry[]> {
  const page = await ledger.table.query({ pk: OUTBOX, limit });
  const entries = page.items.map((item) => ({ sourceRef: String(item.sourceRef), job: Number(item.job), at: Number(item.at) }));
  const labels = await ledger.table.getMany(entries.map((entry) => labelKey(entry.sourceRef, entry.job)));
  const lines = new Map(labels.map((item) => [`${item.pk} ${item.sk}`, String(item.line)]));
  return entries.map((entry) => {
    const key = labelKey(entry.sourceRef, entry.job);
    const line = lines.get(`${key.pk} ${key.sk}`);
    if (line === undefined) {
      throw new Error(`the ledger has no label of job ${entry.job} for ${entry.sourceRef}, although the outbox names it`);
    }
    return { ...entry, line };
  });
}

const BATCH = 90;

/** They are in the data set. Entries that are gone already, or whose line was replaced meanwhile, are passed over. */
export async function clearOutbox(ledger: Ledger, entries: readonly OutboxEntry[]): Promise<void> {
  for (let from = 0; from < entries.length; from += BATCH) {
    const batch = entries.slice(from, from + BATCH);
    if (!await remove(ledger, batch) && batch.length > 1) {
      for (const entry of batch) {
        await remove(ledger, [entry]);
      }
    }
  }
}

async function remove(ledger: Ledger, entries: readonly OutboxEntry[]): Promise<boolean> {
  const removals = entries.map((entry): Write => (
    { remove: outboxKey(entry.sourceRef, entry.job), when: [{ attribute: 'at', is: '=', value: entry.at }] }));
  return (await ledger.table.write([...removals, ...countWrites('0', { outbox: -entries.length })])).done;
}
