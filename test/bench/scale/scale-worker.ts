import { sweepLargeInbox, LargeInbox } from './large-inbox';
import { CallsOfSome, callsOfSome } from './one-image';
import { peakMemory } from '../peak-memory';

/** A process of its own, so that its memory can be measured: `scale-worker calls IMAGES` or `scale-worker sweep OBJECTS`. */
export interface SweepResult extends LargeInbox {
  /** Unit: megabytes. */
  readonly peak: number;
}

async function main([work, amount]: readonly string[]): Promise<void> {
  const done = work === 'calls'
    ? await callsOfSome(Number(amount)) satisfies CallsOfSome
    : { ...await sweepLargeInbox(Number(amount)), peak: peakMemory() } satisfies SweepResult;
  process.stdout.write(`${JSON.stringify(done)}\n`);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack ?? error.message : String(error)}\n`);
  process.exitCode = 1;
});
