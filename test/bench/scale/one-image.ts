import { Calls, countedWorld, inMemory } from './fake-aws';
import { labeledImages } from './labeled-images';
import { run } from '../../../src/runtime/controller/controller';
import { createdObjects } from '../../../src/runtime/intake/events';
import { Intake } from '../../../src/runtime/intake/intake';
import { countWrites } from '../../../src/runtime/ledger/counts';
import { Recorder } from '../../../src/runtime/recorder/recorder';
import { MINUTE, MemoryProject, PlainEngine } from '../../support/memory-project';

/** The ways of an image that call AWS, in their order. */
export const STEPS = ['intake', 'feed', 'record', 'tick'] as const;
export type Step = typeof STEPS[number];

type StepCalls = { readonly [step in Step]: { readonly [operation: string]: number } };

export interface CallsOfSome {
  /** Images that the ledger had before. */
  readonly images: number;
  readonly added: number;
  /** Calls for all that were added, by `service.Operation`. */
  readonly calls: StepCalls;
}

/** Images that are added, one after the other. */
export const ADDED = 10;

/** Some images more in a project with so many labeled ones and a job that runs: what their way costs, in calls of the SDK. */
export async function callsOfSome(images: number): Promise<CallsOfSome> {
  const project = await MemoryProject.create();
  await preload(project, images);
  await startJob(project);
  const calls = new Calls();
  const { outside } = project;
  const services = { table: outside.table, cloud: outside.cloud, simulator: project.simulator };
  const world = countedWorld(project.world, 'ledger', inMemory(services), calls);
  const all: StepCalls[] = [];
  for (let index = 0; index < ADDED; index++) {
    all.push(await addOne(project, world, calls, `added/${index}.jpg`));
  }
  return { images, added: ADDED, calls: Object.fromEntries(STEPS.map((step) => [step, sumOf(all.map((one) => one[step]))])) as StepCalls };
}

function sumOf(counts: readonly { readonly [operation: string]: number }[]): { [operation: string]: number } {
  const sum: { [operation: string]: number } = {};
  counts.flatMap((one) => Object.entries(one)).forEach(([name, count]) => { sum[name] = (sum[name] ?? 0) + count; });
  return Object.fromEntries(Object.entries(sum).sort());
}

async function addOne(project: MemoryProject, world: MemoryProject['world'], calls: Calls, key: string): Promise<StepCalls> {
  const { queues } = project.outside.cloud;
  const { intakeQueueUrl, recorderQueueUrl } = world.resources;
  const measured = async (work: () => Promise<unknown>): Promise<{ [operation: string]: number }> => {
    calls.take();
    await work();
    return Object.fromEntries([...calls.take()].sort());
  };
  const take = async (url: string, work: (body: string) => Promise<unknown>): Promise<void> => {
    for (const { body, receiptHandle } of await queues.receive(url, 10)) {
      await work(body);
      await queues.delete(url, receiptHandle);
    }
  };
  await project.drop(key);
  const intake = await measured(() => take(intakeQueueUrl, async (body) => {
    const taker = new Intake(world, project.configuration, new PlainEngine());
    for (const object of createdObjects(body)) {
      await taker.take(object);
    }
    await world.waker.wake('intake');
  }));
  const feed = await measured(() => run(world, 'intake'));
  await project.simulator.step();
  if (await project.label() !== 1) {
    throw new Error(`${key} did not reach the workers`);
  }
  await project.simulator.step();
  const record = await measured(() => take(recorderQueueUrl, (body) => new Recorder(world, project.configuration).record(body)));
  project.clock.advance(2 * MINUTE); // the counters are late
  await run(project.world, 'test');
  await project.rounds(1);
  const tick = await measured(() => run(world, 'tick'));
  return { intake, feed, record, tick };
}

/** A job that runs and has shown, with a first image, that it gets what it is sent. */
async function startJob(project: MemoryProject): Promise<void> {
  await project.drop('first.jpg');
  for (let round = 0; round < 12; round++) {
    await project.round();
    await project.label();
  }
}

async function preload({ outside, clock }: MemoryProject, images: number): Promise<void> {
  for (const item of labeledImages(0, images, clock.now())) {
    await outside.table.write([{ put: item }]);
  }
  await outside.table.write(countWrites('0', { 'image:LABELED': images, 'drop:DONE': images }));
}
