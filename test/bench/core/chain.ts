import { FolderObjects } from './folder-objects';
import { BenchLedger, makeLedger } from './ledger';
import { INPUT_BUCKET, Amounts, ATTRIBUTE, CHAIN, JOB_NAME } from './manifest';
import { CURRENT_DATA_SET_KEY, PREFIX } from '../../../src/contract/environment';
import { DEFAULT_TIMINGS } from '../../../src/contract/timings';
import { publishDataSet } from '../../../src/runtime/controller/data-set';
import { harvestLines } from '../../../src/runtime/controller/harvest';
import { finishedLines } from '../../../src/runtime/controller/plan';
import { readProject } from '../../../src/runtime/ledger/project';
import { World } from '../../../src/runtime/world';

export const BUCKET = 'output';
export const OUTPUT_MANIFEST_KEY = `${PREFIX.JOBS}${JOB_NAME}/manifests/output/output.manifest`;
export const CHAINED_MANIFEST_KEY = `${PREFIX.MANIFESTS}next.manifest`;

/** A step of the way from one job to the next. Unit: seconds. */
export interface Step {
  readonly name: string;
  /** Lines read. */
  readonly lines: number;
  readonly wall: number;
  readonly processor: number;
}

export interface ChainRun {
  readonly steps: readonly Step[];
  readonly awaited: number;
  /** Lines that the next job would carry. */
  readonly chained: number;
}

/**
 * Harvests a job's output manifest and makes the next job's, as the controller does: the functions that ship, between files
 * instead of S3 objects, over a ledger in memory.
 *
 * @throws if anything comes out that should not
 */
export async function runChain(folder: string, amounts: Amounts): Promise<ChainRun> {
  const objects = new FolderObjects(folder);
  const made = await makeLedger(amounts);
  const { ledger, job } = made;
  let told = 0;
  const bus = {
    publish: async (events: readonly unknown[]) => {
      told += events.length;
    },
  };
  const world = {
    ledger, objects, bus, timings: DEFAULT_TIMINGS, resources: { inputBucket: INPUT_BUCKET, outputBucket: BUCKET },
    telemetry: { count: () => undefined, info: () => undefined, warn: complain, error: complain },
  } as unknown as World;
  const steps: Step[] = [];

  const harvested = await timed(steps, 'harvest the output manifest', amounts.lines,
    async () => harvestLines(world, CHAIN, job, (await objects.lines(BUCKET, OUTPUT_MANIFEST_KEY))!));
  const labeled = amounts.carried + amounts.known + amounts.fresh;
  check('labeled lines', harvested.labeledLines, labeled);
  check('new labels', harvested.recorded, amounts.fresh);
  check('double labels', harvested.double, 0);
  check('label events', told, amounts.fresh);
  check('failed images', failures(made), amounts.failed);

  const { dataSet } = await readProject(ledger);
  const published = await timed(steps, 'publish the data set', amounts.carried + amounts.known + amounts.fresh,
    () => publishDataSet(world, dataSet, true));
  check('lines of the data set', published.lines, labeled);

  const count = { lines: 0 };
  await timed(steps, "write the next job's manifest", published.lines, async () => objects.putLines(
    BUCKET, CHAINED_MANIFEST_KEY, finishedLines((await objects.lines(BUCKET, CURRENT_DATA_SET_KEY))!, ATTRIBUTE, count),
  ));
  check('chained lines', count.lines, labeled);
  return { steps, awaited: made.awaited, chained: count.lines };
}

/** Lines that a chained job must not get: it would refuse them, or give their images to workers again. */
export async function unfitLines(folder: string): Promise<number> {
  let unfit = 0;
  for await (const line of (await new FolderObjects(folder).lines(BUCKET, CHAINED_MANIFEST_KEY))!) {
    unfit += line.includes('"$') || line.includes('failure-reason') || !line.includes(`"${ATTRIBUTE}":`) ? 1 : 0;
  }
  return unfit;
}

async function timed<T>(steps: Step[], name: string, lines: number, work: () => Promise<T>): Promise<T> {
  const [start, processor] = [performance.now(), process.cpuUsage()];
  const result = await work();
  const { user, system } = process.cpuUsage(processor);
  steps.push({ name, lines, wall: (performance.now() - start) / 1000, processor: (user + system) / 1e6 });
  return result;
}

function failures({ table }: BenchLedger): number {
  return [...table.items()].filter((item) => item.failure !== undefined).length;
}

function check(what: string, found: number, wanted: number): void {
  if (found !== wanted) {
    throw new Error(`the core did not do its work: ${what}: ${found}, expected ${wanted}`);
  }
}

function complain(message: string): void {
  throw new Error(`the core complains: ${message}`);
}
