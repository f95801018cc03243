import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, release, tmpdir, totalmem } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { BenchTable } from './bench-table';
import { benchCore } from './core/core';
import { benchDrops } from './drops/drops';
import { benchImages } from './images/images';
import { benchLatency } from './latency/latency';
import { Bench, BenchOptions, HELP, parseOptions, UsageError } from './options';
import { photoFolder } from './photographs';
import { Machine, renderReport, reportJson } from './report';
import { benchScale } from './scale/scale';
import { Processes, pythonEnvironment } from '../../src/local/runner';

const EXIT = { MEASURED: 0, FAILED: 1, USAGE: 2 } as const;

/** How much is measured. */
interface Amounts {
  readonly times: number;
  readonly lines: number;
  readonly drops: number;
  readonly objects: number;
  readonly many: number;
  /** Finished images of the ledger, and images that are added to them. */
  readonly items: readonly number[];
  readonly added: number;
}

const FULL: Amounts = { times: 40, lines: 1_000_000, drops: 40, objects: 1_000_000, many: 100_000, items: [1_000, 20_000], added: 10 };
const QUICK: Amounts = { times: 10, lines: 100_000, drops: 8, objects: 20_000, many: 5_000, items: [100, 1_000], added: 3 };

async function main(): Promise<number> {
  // its advice is for users of the SDK, not of a benchmark
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
  let options: BenchOptions;
  try {
    options = parseOptions(process.argv.slice(2));
  } catch (error) {
    if (error instanceof UsageError) {
      process.stderr.write(`bench: ${error.message}\nnpm run bench -- --help tells more\n`);
      return EXIT.USAGE;
    }
    throw error;
  }
  if (options.help) {
    process.stdout.write(HELP);
    return EXIT.MEASURED;
  }
  await bench(options);
  return EXIT.MEASURED;
}

async function bench({ benches, quick, output }: BenchOptions): Promise<void> {
  useTemporaryFolder();
  const processes = new Processes();
  try {
    const at = new Date().toISOString();
    const tables: BenchTable[] = [];
    for (const name of benches) {
      tables.push(await measure(name, processes, quick ? QUICK : FULL));
    }
    const report = { at, machine: machine(), quick, tables };
    const file = resolve(output);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, reportJson(report));
    process.stdout.write(`${renderReport(report)}\nfigures: ${relative(process.cwd(), file)}\n`);
  } finally {
    await processes.stopAll();
  }
}

async function measure(name: Bench, processes: Processes, amounts: Amounts): Promise<BenchTable> {
  const { times, lines, drops, objects, many, items, added } = amounts;
  const started = Date.now();
  const progress = (line: string) => {
    process.stderr.write(`${name} ${String(Math.round((Date.now() - started) / 1000)).padStart(4)} s  ${line}\n`);
  };
  switch (name) {
    case 'images':
      return benchImages({ python: await pythonEnvironment({ processes, progress }), photoFolder: photoFolder(), times, progress });
    case 'core':
      return benchCore({ processes, lines, progress });
    case 'scale':
      return benchScale({ processes, objects, progress });
    case 'drops':
      return benchDrops({ processes, drops: many, items, added, progress });
    case 'latency':
      return benchLatency({ processes, drops, progress });
  }
}

function machine(): Machine {
  const [{ model = 'unknown processor' } = {}] = cpus();
  return {
    processor: model.trim(), processors: cpus().length, memory: Math.round(totalmem() / 1024 ** 2),
    system: `${process.platform} ${release()}`, node: process.versions.node,
  };
}

/** All temporary files of this run lie in one folder, which goes with the process, however it ends. */
function useTemporaryFolder(): void {
  const folder = mkdtempSync(join(tmpdir(), 'streaming-labeling-'));
  process.env.TMPDIR = folder;
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
}

main().then((code) => {
  process.exitCode = code;
}, (error: unknown) => {
  process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = EXIT.FAILED;
});
