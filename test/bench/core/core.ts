import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BUCKET, OUTPUT_MANIFEST_KEY, unfitLines } from './chain';
import type { CoreResult } from './core-worker';
import { FolderObjects } from './folder-objects';
import { Amounts, amountsOf, writeDataSet, writeManifest } from './manifest';
import { CURRENT_DATA_SET_KEY } from '../../../src/contract/environment';
import { Processes, run } from '../../../src/local/runner';
import { BenchTable, grouped } from '../bench-table';
import { bundled } from '../bundled';

export interface CoreBenchOptions {
  readonly processes: Processes;
  /** Lines of the manifest. The targets are for 1,000,000. */
  readonly lines: number;
  readonly progress: (line: string) => void;
}

const JUDGED_LINES = 1_000_000;
const SECONDS_TARGET = 30;
const MEGABYTES_TARGET = 300;

/** A job's output manifest through harvest and chain, in a process of its own. */
export async function benchCore({ processes, lines, progress }: CoreBenchOptions): Promise<BenchTable> {
  const folder = mkdtempSync(join(tmpdir(), 'core-bench-'));
  try {
    const amounts = amountsOf(lines);
    const objects = new FolderObjects(folder);
    progress(`writing ${lines} manifest lines`);
    const bytes = await writeManifest(objects.file(BUCKET, OUTPUT_MANIFEST_KEY), amounts);
    await writeDataSet(objects.file(BUCKET, CURRENT_DATA_SET_KEY), amounts);
    progress('harvest, data set, chained manifest');
    const printed = await run(processes, 'the core', process.execPath, [bundled('core-worker'), folder, String(lines)]);
    const result = JSON.parse(printed) as CoreResult;
    progress("checking the next job's manifest");
    const unfit = await unfitLines(folder);
    if (unfit > 0) {
      throw new Error(`the next job's manifest has ${unfit} lines that it must not have`);
    }
    return coreTable(amounts, result, bytes);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export function coreTable(amounts: Amounts, { steps, awaited, chained, peak }: CoreResult, bytes: number): BenchTable {
  const wall = steps.reduce((total, step) => total + step.wall, 0);
  const processor = steps.reduce((total, step) => total + step.processor, 0);
  const isJudged = amounts.lines === JUDGED_LINES;
  const read = steps.reduce((total, step) => total + step.lines, 0);
  const row = (name: string, lines: number, seconds: number, cpu: number) =>
    [name, grouped(lines), seconds.toFixed(1), cpu.toFixed(1), grouped(Math.round(lines / seconds))];
  return {
    title: `Core: ${grouped(amounts.lines)} manifest lines through harvest and chain`,
    columns: ['step', 'lines read', 'seconds', 'processor s', 'lines/s'],
    rows: [...steps.map((step) => row(step.name, step.lines, step.wall, step.processor)), row('all', read, wall, processor)],
    targets: [
      { name: 'harvest and chain: time', wanted: `< ${SECONDS_TARGET} s`, measured: `${wall.toFixed(1)} s`, met: isJudged ? wall < SECONDS_TARGET : undefined },
      {
        name: 'harvest and chain: memory', wanted: `< ${MEGABYTES_TARGET} MB`, measured: `${Math.round(peak)} MB`,
        met: isJudged ? peak < MEGABYTES_TARGET : undefined,
      },
    ],
    notes: [
      `Lines: ${grouped(amounts.carried)} labeled by earlier jobs, ${grouped(amounts.known)} by this one and known, ${grouped(amounts.fresh)} by this one `
      + `and new, ${grouped(amounts.failed)} and ${grouped(amounts.failedBefore)} with a failure-reason (its own, earlier ones), `
      + `${grouped(amounts.open + amounts.unlabeled)} unlabeled; all with $ keys; ${Math.round(bytes / amounts.lines)} bytes each.`,
      `The functions that ship, in one process of their own: files in place of S3, a ledger in memory with ${grouped(awaited)} images awaited.`,
      `The next job's manifest has ${grouped(chained)} lines, all labeled and clean. (The controller leaves it out where it would take more than half of `
      + "Ground Truth's quota of objects.)",
      'Seconds by the clock. Memory is the most that was resident at once, the ledger in it.',
    ],
    figures: [
      ...steps.map((step) => ({ step: step.name, linesRead: step.lines, seconds: step.wall, processorSeconds: step.processor })),
      { step: 'all', linesRead: read, seconds: wall, processorSeconds: processor, peakMegabytes: peak, bytes, ...amounts },
    ],
  };
}
