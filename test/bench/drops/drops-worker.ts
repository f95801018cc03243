import { takeManyDrops } from './many-drops';
import { bundled } from '../bundled';

/** A process of its own, with room for a world in memory: `drops-worker DROPS MEGABYTES`. */
async function main([drops, heapMegabytes]: readonly string[]): Promise<void> {
  const done = await takeManyDrops({ drops: Number(drops), heapMegabytes: Number(heapMegabytes), program: bundled('functions-thread') });
  process.stdout.write(`${JSON.stringify(done)}\n`);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack ?? error.message : String(error)}\n`);
  process.exitCode = 1;
});
