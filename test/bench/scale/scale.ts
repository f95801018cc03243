import { Sweep } from './large-inbox';
import { CallsOfSome, STEPS, Step } from './one-image';
import type { SweepResult } from './scale-worker';
import { Processes, run } from '../../../src/local/runner';
import { BenchTable, grouped } from '../bench-table';
import { bundled } from '../bundled';

export interface ScaleBenchOptions {
  readonly processes: Processes;
  /** Images of the largest project, and objects of the bucket. The targets are for 1,000,000. */
  readonly objects: number;
  readonly progress: (line: string) => void;
}

const JUDGED_OBJECTS = 1_000_000;
const SMALL = 1_000;
const MIDDLE = 20_000;

/** Of the controller: its time-out, and its memory. */
const STEP_SECONDS = 120;
const MEGABYTES = 1_024;

/** A million labeled images, as items of a table in memory. */
const HEAP_MEGABYTES = 8_192;

const NAMES: { readonly [step in Step]: string } = {
  intake: 'a drop is taken in', feed: 'the controller feeds it', record: 'its label is recorded', tick: 'an idle controller runs',
};

/** What one image more costs in a small project and a large one, and a sweep over a large bucket. */
export async function benchScale({ processes, objects, progress }: ScaleBenchOptions): Promise<BenchTable> {
  const work = async <T>(kind: 'calls' | 'sweep', amount: number): Promise<T> => {
    const args = [`--max-old-space-size=${HEAP_MEGABYTES}`, bundled('scale-worker'), kind, String(amount)];
    return JSON.parse(await run(processes, `scale: ${kind}`, process.execPath, args)) as T;
  };
  const calls: CallsOfSome[] = [];
  for (const images of [...new Set([SMALL, MIDDLE, objects])]) {
    progress(`calls for one image more in a project of ${images}`);
    calls.push(await work('calls', images));
  }
  progress(`sweeping ${objects} objects`);
  return scaleTable(calls, await work('sweep', objects));
}

export function scaleTable(calls: readonly CallsOfSome[], { objects, lost, first, second, peak }: SweepResult): BenchTable {
  const isJudged = objects === JUDGED_OBJECTS;
  const perImage = (one: CallsOfSome, step: Step): number => (
    Object.values(one.calls[step]).reduce((sum, count) => sum + count, 0) / one.added);
  const isSame = calls.every((one) => JSON.stringify(one.calls) === JSON.stringify(calls[0].calls));
  const largest = calls[calls.length - 1];
  const sweepRow = (name: string, sweep: Sweep) => [name, ...calls.map(() => ''), `${sweep.steps} steps, ${sweep.longestSeconds.toFixed(1)} s`];
  const longest = Math.max(first.longestSeconds, second.longestSeconds);
  const found = first.queued === lost && second.queued === 0;
  return {
    title: `Scale: calls for one image more, and a sweep over ${grouped(objects)} objects`,
    columns: ['work', ...calls.map(({ images }) => `of ${grouped(images)}`), 'longest step'],
    rows: [
      ...STEPS.map((step) => [NAMES[step], ...calls.map((one) => perImage(one, step).toFixed(1)), '']),
      sweepRow('first sweep', first),
      sweepRow('sweep, nothing new', second),
    ],
    targets: [
      { name: 'calls for one image more', wanted: 'the same', measured: isSame ? 'the same' : 'they differ', met: isJudged || !isSame ? isSame : undefined },
      { name: 'lost drops found by the sweep', wanted: `${lost}, once`, measured: `${first.queued}, then ${second.queued}`, met: isJudged || !found ? found : undefined },
      { name: 'sweep: longest step', wanted: `< ${STEP_SECONDS} s`, measured: `${longest.toFixed(1)} s`, met: isJudged ? longest < STEP_SECONDS : undefined },
      { name: 'sweep: memory', wanted: `< ${MEGABYTES} MB`, measured: `${Math.round(peak)} MB`, met: isJudged ? peak < MEGABYTES : undefined },
    ],
    notes: [
      `Calls of the AWS SDK, counted by a middleware of its clients, for ${largest.added} images added one after the other; the shipping adapters over services in `
      + 'memory. The ledger holds as many labeled images as the head of the column says; a job runs.',
      `Calls of the controller are for each run, not for each image: a run feeds whatever waits. ${listed(largest)}.`,
      `The sweep: ${grouped(first.pages)} pages; the first reads ${grouped(first.dropsRead)} drops in the ledger, the second ${grouped(second.dropsRead)}. The listing is `
      + 'made as it is read, and answers at once: in AWS each page takes some tenths of a second more, and a step ends after 8 seconds.',
      'Memory is the most that was resident at once, in a process of its own.',
    ],
    figures: [
      ...calls.flatMap((one) => STEPS.map((step) => ({ step, images: one.images, added: one.added, ...one.calls[step] }))),
      ...[first, second].map((sweep, index) => ({ sweep: index + 1, objects, lost, ...sweep })),
      { step: 'sweep', peakMegabytes: peak },
    ],
  };
}

/** The operations that a run which feeds makes most of. */
function listed({ calls, added }: CallsOfSome): string {
  const most = Object.entries(calls.feed).sort(([, a], [, b]) => b - a).slice(0, 3);
  return `One that feeds makes ${most.map(([name, count]) => `${count / added} ${name}`).join(', ')}`;
}
