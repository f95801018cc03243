import { callsOnEmulator, EmulatorCalls, FUNCTIONS, FunctionName } from './emulator-calls';
import type { ManyDrops } from './many-drops';
import { Processes, run } from '../../../src/local/runner';
import { BenchTable, grouped } from '../bench-table';
import { bundled } from '../bundled';

export interface DropsBenchOptions {
  readonly processes: Processes;
  /** The targets are for 100,000. */
  readonly drops: number;
  /** Finished images of the ledger: a small project and a larger one. The target is for 1,000 and 20,000. */
  readonly items: readonly number[];
  /** Images that are added to them. */
  readonly added: number;
  readonly progress: (line: string) => void;
}

const JUDGED_DROPS = 100_000;
const JUDGED_ITEMS = [1_000, 20_000];

/** The functions may not have more, in a thread with a heap of its own. */
const HEAP_MEGABYTES = 128;
/** From the first look at the heap to the last one, without garbage. */
const GROWTH_MEGABYTES = 1;
/** For the world in memory: buckets, ledger, bill. */
const WORLD_MEGABYTES = 8_192;

/** What the controller does by the clock may fall to an image or not. */
const BY_CHANCE = 1;

const MEGABYTE = 1_048_576;

const NAMES: { readonly [name in FunctionName]: string } = { Intake: 'intake', Controller: 'controller', Recorder: 'recorder' };

/** Very many drops through the core in memory, and what an image costs in the deployed template as the ledger grows. */
export async function benchDrops({ processes, drops, items, added, progress }: DropsBenchOptions): Promise<BenchTable> {
  progress(`${drops} drops`);
  const args = [`--max-old-space-size=${WORLD_MEGABYTES}`, bundled('drops-worker'), String(drops), String(HEAP_MEGABYTES)];
  const many = JSON.parse(await run(processes, 'drops', process.execPath, args)) as ManyDrops;
  return dropsTable(many, await callsOnEmulator({ processes, items, added, progress }));
}

export function dropsTable(many: ManyDrops, calls: readonly EmulatorCalls[]): BenchTable {
  const { kinds, looks, lost, double, strange, wrong } = many;
  const megabytes = (bytes: number): string => (bytes / MEGABYTE).toFixed(1);
  const growth = (looks[looks.length - 1].heap - looks[0].heap) / MEGABYTE;
  const differs = ({ requests, sdk }: EmulatorCalls, name: FunctionName): number =>
    Math.max(Math.abs(sum(requests[name]) - sum(calls[0].requests[name])), Math.abs(sum(sdk[name]) - sum(calls[0].sdk[name])));
  const isSame = calls.every((one) => FUNCTIONS.every((name) => differs(one, name) <= BY_CHANCE));
  const isJudged = many.drops === JUDGED_DROPS;
  const isWhole = isJudged && JSON.stringify(calls.map(({ items }) => items)) === JSON.stringify(JUDGED_ITEMS);
  const unless = (isWrong: boolean, met: boolean): boolean | undefined => (isJudged || isWrong ? met : undefined);
  const none = (name: string, count: number) => ({ name, wanted: '0', measured: grouped(count), met: unless(count > 0, count === 0) });
  return {
    title: `Drops: ${grouped(many.drops)} through the core in memory, and calls for each image on the emulator`,
    columns: ['work', 'after', 'seconds', 'calls each', 'heap MB'],
    rows: [
      ...looks.map(({ drops, seconds, calls: made, heap }, at) => [
        at === 0 ? 'drops, in memory' : '', grouped(drops), seconds.toFixed(0), (made / (drops - (looks[at - 1]?.drops ?? 0))).toFixed(1), megabytes(heap),
      ]),
      ...FUNCTIONS.flatMap((name) => calls.map((one) => [`an image on the emulator: ${NAMES[name]}`, grouped(one.items), '', String(sum(one.requests[name])), ''])),
      ...FUNCTIONS.flatMap((name) => calls.map((one) => [`counted in the SDK: ${NAMES[name]}`, grouped(one.items), '', String(sum(one.sdk[name])), ''])),
    ],
    targets: [
      none('lost', lost), none('double', double), none('at another end than they should be', wrong + strange),
      { name: 'memory: growth', wanted: `< ${GROWTH_MEGABYTES} MB`, measured: `${growth.toFixed(1)} MB`, met: unless(false, growth < GROWTH_MEGABYTES) },
      { name: 'calls for each image', wanted: `the same +-${BY_CHANCE}`, measured: isSame ? 'the same' : 'they differ', met: isWhole || !isSame ? isSame : undefined },
    ],
    notes: [
      `${grouped(kinds.junk)} are no images, ${grouped(kinds.duplicate)} were there before under another name, ${grouped(kinds.tiled)} give four tiles each: `
      + `${grouped(many.images)} images, in ${many.jobs} jobs, within ${Math.round(many.seconds)} s. Lost and double are counted from what was dropped, the data set and `
      + "the simulator's bill.",
      'The functions that ship run in a thread of their own, never started anew. Its heap is theirs alone, measured after each tenth without garbage; it may not have more '
      + `than ${HEAP_MEGABYTES} MB, and had ${megabytes(many.peak)} at most, garbage included. Buckets, ledger, jobs and bill, which AWS keeps, are in the other thread.`,
      `Calls: requests of the deployed functions, counted by a proxy before the emulator, for ${calls[0].added} images added one after the other to `
      + `${calls.map(({ items }) => grouped(items)).join(' and ')} finished ones. The controller runs for the drop and for the label. The median image; all functions together `
      + `made ${calls.map(({ range }) => range.join(' to ')).join(' and ')} calls for one. What goes by the clock (harvest, data set, sweep) is left out.`,
      'Counted in the SDK: as many images more, through the same code in the process of the benchmark, against the same emulator; a middleware of its SDK clients counts.',
    ],
    figures: [
      ...looks.map((look) => ({ ...look })),
      {
        ...kinds, drops: many.drops, images: many.images, labeled: many.labeled, lost, double, strange, wrong, peakHeap: many.peak,
        seconds: many.seconds,
      },
      ...calls.flatMap(({ items, added, range: [fewest, most], requests }) =>
        FUNCTIONS.map((name) => ({ function: name, items, added, fewest, most, ...requests[name] }))),
      ...calls.flatMap(({ items, added, sdk }) => FUNCTIONS.map((name) => ({ countedIn: 'sdk', function: name, items, added, ...sdk[name] }))),
    ],
  };
}

function sum(counts: { readonly [name: string]: number }): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}
