import { ChainRun, runChain } from './chain';
import { amountsOf } from './manifest';
import { peakMemory } from '../peak-memory';

/** A process of its own, so that its memory can be measured: `core-worker FOLDER LINES`. Prints a `CoreResult`. */
export interface CoreResult extends ChainRun {
  /** Unit: megabytes. */
  readonly peak: number;
}

async function main([folder, lines]: readonly string[]): Promise<void> {
  const done = await runChain(folder, amountsOf(Number(lines)));
  process.stdout.write(`${JSON.stringify({ ...done, peak: peakMemory() } satisfies CoreResult)}\n`);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack ?? error.message : String(error)}\n`);
  process.exitCode = 1;
});
