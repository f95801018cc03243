import { createHash, randomUUID } from 'node:crypto';
import { Amounts, ATTRIBUTE, imageName, JOB, JOB_NAME, Kind, manifestLine, provenance, sourceRef } from './manifest';
import { cleanLine, parseLine } from '../../../src/runtime/core/label-lines';
import { Ledger } from '../../../src/runtime/ledger/context';
import { countWrites } from '../../../src/runtime/ledger/counts';
import { claim, imagesOfJob, markSent } from '../../../src/runtime/ledger/feeding';
import { ImageRecord, countsOf, imageItem } from '../../../src/runtime/ledger/images';
import { JobRecord, jobItem } from '../../../src/runtime/ledger/jobs';
import { shardOf } from '../../../src/runtime/ledger/keys';
import { recordLabel } from '../../../src/runtime/ledger/labels';
import { MemoryTable } from '../../../src/runtime/memory/memory-table';
import { JobRequest } from '../../../src/runtime/ports';

export interface BenchLedger {
  readonly ledger: Ledger;
  readonly table: MemoryTable;
  /** The job, which has ended and is not settled. */
  readonly job: JobRecord;
  /** Images that the ledger awaits from the job. */
  readonly awaited: number;
}

/** A ledger at the end of a job: what it labeled first is recorded, and the images of its last window are awaited. */
export async function makeLedger(amounts: Amounts): Promise<BenchLedger> {
  const table = new MemoryTable();
  const ledger: Ledger = { table, clock: { now: () => Date.now() }, newId: randomUUID };
  const job: JobRecord = {
    number: JOB, name: JOB_NAME, phase: 'CREATED', plannedAt: 0, carried: amounts.carried, offered: 0, labeled: 0, open: 0, labels: [], instructions: 'v1', schema: 1,
    request: { name: JOB_NAME, labelAttributeName: ATTRIBUTE } as JobRequest,
  };
  await table.write([{ put: jobItem(job) }]);
  await send(ledger, 'known', amounts.known);
  for (let index = 0; index < amounts.known; index++) {
    const line = parseLine(manifestLine('known', index))!;
    await recordLabel(ledger, { sourceRef: line['source-ref'], job: JOB, instructions: 'v1', line: cleanLine(line) });
  }
  for (const kind of ['fresh', 'failed', 'open'] as const) {
    await send(ledger, kind, amounts[kind]);
  }
  const awaited = (await imagesOfJob(table, 'SENT', JOB)).length;
  return { ledger, table, job: { ...job, phase: 'ENDED' }, awaited };
}

async function send(ledger: Ledger, kind: Kind, count: number): Promise<void> {
  const images: ImageRecord[] = [];
  for (let index = 0; index < count; index++) {
    const name = imageName(kind, index);
    const image: ImageRecord = {
      sourceRef: sourceRef(name), sha256: createHash('sha256').update(name).digest('hex'), index: 0, state: 'PENDING', priority: 0,
      receivedAt: index, offers: 0, failures: 0, provenance: provenance(name), revision: 1, schema: 1,
    };
    await ledger.table.write([{ put: imageItem(image, index) }, ...countWrites(shardOf(image.sha256), countsOf(image))]);
    images.push(image);
  }
  await markSent(ledger, await claim(ledger, images, JOB, { count, fresh: count, day: '2026-01-20', sameDay: true }));
}
