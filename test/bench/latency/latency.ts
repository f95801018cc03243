import { setTimeout as sleep } from 'node:timers/promises';
import { BenchDrop, makeDrops } from './drops';
import { Observer } from './observer';
import { DeployedProject } from '../../../src/local/demo/project';
import { Stage } from '../../../src/local/demo/stage';
import { LedgerView } from '../../../src/local/ledger-view';
import { Processes, StackArtifact, synthesizeStacks } from '../../../src/local/runner';
import { BenchTable, percentile } from '../bench-table';
import { bundled } from '../bundled';

export interface LatencyBenchOptions {
  readonly processes: Processes;
  /** Drops that are measured. */
  readonly drops: number;
  readonly progress: (line: string) => void;
}

/** Drops until the job is known to listen. */
export const WARM_UP = 3;

/** Until a drop is given up. Unit: milliseconds. */
const PATIENCE = 60_000;

/** After so many drops the progress is told. */
const TOLD_EVERY = 4;

/** Between a publication and the next drop; never in step with anything that polls. Unit: milliseconds. */
const pause = (number: number): number => 500 + (number * 373) % 1_000;

const TARGETS = [{ name: 'p50', share: 0.5, seconds: 3 }, { name: 'p95', share: 0.95, seconds: 10 }] as const;

/** When the things happened that lie between a drop and its image at the input topic. Unit: milliseconds since 1970. */
export interface Passage {
  /** S3 had acknowledged the drop. */
  readonly dropped: number;
  /** The intake wrote it down. */
  readonly received: number;
  /** The controller claimed its image for the job. */
  readonly claimed: number;
  /** A subscriber of the input topic got the message. */
  readonly published: number;
}

/** How long a drop takes to the input topic while a job is live: one after the other, with pauses. */
export async function benchLatency({ processes, drops: count, progress }: LatencyBenchOptions): Promise<BenchTable> {
  progress('starting the AWS emulator and the simulator');
  const stage = await Stage.start({ processes, progress });
  try {
    progress('deploying');
    const project = await DeployedProject.deploy(stage, await synthesizeBench(processes, stage));
    const observer = await Observer.subscribe(stage.emulator.aws, project.resources.inputTopicArn);
    const drops = await makeDrops(WARM_UP + count);
    progress('waiting for a live job');
    await warmUp(project, observer, drops.slice(0, WARM_UP));
    const passages = await measure(project, observer, drops.slice(WARM_UP), progress);
    return latencyTable(passages);
  } catch (error) {
    throw new Error(`${(error as Error).message}\nThe end of the emulator's log:\n${stage.log(20)}`, { cause: error });
  } finally {
    await stage.stop();
  }
}

/** The project of the benchmarks, as a template. */
export async function synthesizeBench(processes: Processes, { emulator }: Stage): Promise<StackArtifact> {
  const app = { command: [process.execPath, bundled('app')], env: { JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION: '1' } };
  const [stack] = await synthesizeStacks(processes, app, emulator);
  return stack;
}

/** The first image of a job goes alone, and the next when it has arrived: with a hurried scheduler until that is so. */
export async function warmUp(project: DeployedProject, observer: Observer, drops: readonly BenchDrop[]): Promise<void> {
  project.start();
  try {
    for (const drop of drops) {
      await project.drop(drop);
      await observer.published(drop.key, PATIENCE);
    }
  } finally {
    project.stop();
  }
}

/** With the scheduler's own minutes: what is not woken by its event waits that long. */
async function measure(
  project: DeployedProject, observer: Observer, drops: readonly BenchDrop[], progress: (line: string) => void,
): Promise<Passage[]> {
  const { schedules } = project.deployment;
  schedules.start();
  const seen: { key: string; dropped: number; published: number }[] = [];
  try {
    for (const [number, drop] of drops.entries()) {
      await project.drop(drop);
      const dropped = Date.now();
      const published = await observer.published(drop.key, PATIENCE);
      seen.push({ key: drop.key, dropped, published });
      if ((number + 1) % TOLD_EVERY === 0) {
        progress(`${number + 1} of ${drops.length} drops`);
      }
      await sleep(pause(number));
    }
  } finally {
    await schedules.stop();
  }
  const ledger = await project.ledger();
  const jobs = ledger.jobs.filter(({ offered }) => offered > 0);
  if (jobs.length !== 1 || jobs[0].status !== 'InProgress') {
    throw new Error(`there should be one job and it should be in progress: ${JSON.stringify(jobs.map(({ name, status }) => ({ name, status })))}`);
  }
  return seen.map(({ key, ...times }) => ({ ...times, ...momentsOf(ledger, key) }));
}

function momentsOf({ drops, images }: LedgerView, key: string): Pick<Passage, 'received' | 'claimed'> {
  const drop = drops.find((one) => one.key === key);
  const image = images.find((one) => drop?.images?.includes(one.sourceRef));
  const claimed = image?.history.find(({ event }) => event === 'sending');
  if (drop === undefined || claimed === undefined) {
    throw new Error(`the ledger does not say how ${key} was published`);
  }
  return { received: drop.receivedAt, claimed: claimed.at };
}

export function latencyTable(passages: readonly Passage[]): BenchTable {
  const steps: readonly { name: string; from: keyof Passage; to: keyof Passage }[] = [
    { name: 'drop to intake', from: 'dropped', to: 'received' },
    { name: 'intake to claim by the controller', from: 'received', to: 'claimed' },
    { name: 'claim to the subscriber', from: 'claimed', to: 'published' },
    { name: 'drop to topic', from: 'dropped', to: 'published' },
  ];
  const rows = steps.map(({ name, from, to }) => {
    const values = passages.map((passage) => (passage[to] - passage[from]) / 1000);
    return { name, values, p50: percentile(values, 0.5), p95: percentile(values, 0.95), most: Math.max(...values) };
  });
  const { values } = rows[rows.length - 1];
  return {
    title: 'Latency: from a drop to the input topic, with a live job, on the emulator',
    columns: ['step', 'p50 s', 'p95 s', 'most s'],
    rows: rows.map(({ name, p50, p95, most }) => [name, p50.toFixed(2), p95.toFixed(2), most.toFixed(2)]),
    targets: TARGETS.map(({ name, share, seconds }) => {
      const measured = percentile(values, share);
      return { name: `drop to topic: ${name}`, wanted: `<= ${seconds} s`, measured: `${measured.toFixed(2)} s`, met: measured <= seconds };
    }),
    notes: [
      `${passages.length} photographs of up to a megapixel, dropped one after the other with pauses into the deployed template; nobody labels meanwhile.`,
      'From the end of PutObject until a queue that is subscribed to the input topic gives the message out (up to 0.1 s late).',
      "The scheduler ticks each minute, as in AWS. The emulator's functions stay warm, and its delivery is not that of AWS.",
      'Percentiles of the steps need not add up.',
    ],
    figures: [
      ...rows.map(({ name, p50, p95, most }) => ({ step: name, p50, p95, most, drops: passages.length })),
      ...values.map((seconds, at) => ({ drop: at + 1, seconds })),
    ],
  };
}
