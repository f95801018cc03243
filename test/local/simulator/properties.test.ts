import fc from 'fast-check';
import { Harness, HOUR, INPUT, MINUTE } from './harness';
import { seededRandom, SimulatorOptions } from '../../../src/local/simulator';

type Command =
  | { do: 'publish'; image: number }
  | { do: 'submit'; pick: number; worker: number }
  | { do: 'decline'; pick: number; worker: number }
  | { do: 'pass'; minutes: number }
  | { do: 'end'; how: 'expire' | 'fail' | 'stop' }
  | { do: 'create'; carry: boolean }
  | { do: 'poison'; image: number };

const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('publish' as const), image: fc.nat(7) }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('submit' as const), pick: fc.nat(20), worker: fc.nat(3) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('decline' as const), pick: fc.nat(20), worker: fc.nat(3) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('pass' as const), minutes: fc.constantFrom(0, 1, 2, 10, 60, 1440, 14_400) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('end' as const), how: fc.constantFrom('expire' as const, 'fail' as const, 'stop' as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('create' as const), carry: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('poison' as const), image: fc.nat(7) }) },
);

/** Any combination of answers to the open questions. */
const answers: fc.Arbitrary<Partial<SimulatorOptions>> = fc.record({
  expiryStatus: fc.constantFrom('Completed' as const, 'Failed' as const, 'Stopped' as const),
  stopWhileInitializing: fc.constantFrom('refused' as const, 'accepted' as const),
  tasksOpenWhileStopping: fc.boolean(),
  partialAnswersAtEnd: fc.constantFrom('discarded' as const, 'consolidated' as const),
  rawDelivery: fc.boolean(),
  waiting: fc.constantFrom('in-queue' as const, 'taken-at-once' as const),
  expiredWaiting: fc.constantFrom('not-counted' as const, 'failed' as const),
  consolidationTime: fc.constantFrom(0, 5 * MINUTE),
  manifestListsUnlabeledSnsObjects: fc.boolean(),
  dedupAcrossManifestAndSns: fc.boolean(),
  dedupAcrossJobs: fc.boolean(),
  failureLine: fc.constantFrom('with-metadata' as const, 'bare' as const),
  countersIncludeCarried: fc.constant(false),
  counterDelay: fc.constant(0),
  eventLossProbability: fc.constantFrom(0, 0.5),
  eventDuplicateProbability: fc.constantFrom(0, 0.5),
});

const faults = fc.record({ seed: fc.nat(), rate: fc.constantFrom(0, 0, 0.2) });

/** Output lines as input lines: without what the service refuses there. */
function chained(lines: readonly object[]): object[] {
  return lines.map(line => Object.fromEntries(
    Object.entries(line).filter(([name]) => !name.startsWith('$') && name !== 'dataset-objectid-attribute-name')));
}

async function play(h: Harness, step: Command, state: { job?: string; workers: number }): Promise<void> {
  const uri = (image: number) => `s3://${INPUT}/images/${image}.png`;
  const ignore = () => undefined;
  switch (step.do) {
    case 'publish':
      h.publishImages(uri(step.image));
      break;
    case 'submit':
    case 'decline': {
      const tasks = h.simulator.tasks();
      if (tasks.length > 0) {
        const { taskId } = tasks[step.pick % tasks.length];
        const worker = `w${step.worker}`;
        await (step.do === 'submit'
          ? h.simulator.submit(taskId, worker, { kind: 'classification', label: 'cat' })
          : h.simulator.decline(taskId, worker)).catch(ignore);
      }
      break;
    }
    case 'pass':
      h.clock.advance(step.minutes * MINUTE);
      await h.simulator.step().catch(ignore);
      break;
    case 'end':
      if (state.job !== undefined) {
        const lever = step.how === 'stop' ? 'stopByHand' : step.how;
        await h.simulator[lever](state.job).catch(ignore);
      }
      break;
    case 'create':
      if (state.job === undefined || /Completed|Failed|Stopped/.test(await h.status(state.job))) {
        const carried = step.carry && state.job !== undefined ? chained(h.output(state.job) ?? []) : [];
        const manifest = carried.length > 0 ? h.manifest(...carried) : undefined;
        state.job = await h.create({ manifest, workers: state.workers, concurrent: 5, availability: 7200 });
      }
      break;
    case 'poison':
      await h.simulator.failObject(uri(step.image));
  }
}

test('whatever happens, the books are right', async () => {
  await fc.assert(fc.asyncProperty(
    fc.array(command, { minLength: 10, maxLength: 60 }), answers, faults, fc.integer({ min: 1, max: 3 }),
    async (commands, options, { seed, rate }, workers) => {
      const random = seededRandom(seed);
      const h = new Harness({
        options: { ...options, random: seededRandom(seed), serviceModelPath: undefined },
        cloud: {
          faults: operation => (operation.startsWith('groundTruth.') && random() < rate ? (random() < 0.5 ? 'throw-before' : 'throw-after') : 'ok'),
        },
      });
      for (let image = 0; image < 8; image++) {
        h.image(`${image}.png`);
      }
      const state = { job: undefined as string | undefined, workers };
      for (const step of commands) {
        await play(h, step, state);
        const jobs = h.simulator.jobs();
        // Nothing is offered by a job that is not in progress (or stopping, where that is allowed).
        const live = jobs.filter(job => job.LabelingJobStatus === 'InProgress' || (options.tasksOpenWhileStopping && job.LabelingJobStatus === 'Stopping'));
        const liveNames = live.map(job => job.LabelingJobName);
        expect(h.simulator.tasks().filter(task => !liveNames.includes(task.jobName))).toEqual([]);
        expect(h.simulator.tasks().length).toBeLessThanOrEqual(5 * live.length);
        if (jobs.every(job => job.LabelingJobStatus === 'Initializing')) {
          expect(h.simulator.tasks()).toEqual([]);
        }
      }
      // Time and a cloud that works again bring everything to its end.
      h.cloud.faults = undefined;
      if (state.job !== undefined) {
        await h.simulator.fail(state.job).catch(() => undefined);
      }
      await h.pass(1 * HOUR);
      await h.pass(1 * HOUR);
      expect(h.cloud.topics.peekSubscriptions(h.inputTopic)).toEqual([]);

      const recorded = new Map<string, number>();
      for (const line of h.recorded()) {
        const key = `${line['labels-metadata']['job-name']} ${line['source-ref']}`;
        recorded.set(key, (recorded.get(key) ?? 0) + 1);
      }
      let labeled = 0;
      for (const job of h.simulator.jobs()) {
        const { TotalLabeled, HumanLabeled, FailedNonRetryableError, Unlabeled } = job.LabelCounters;
        expect(HumanLabeled).toBe(TotalLabeled);
        expect(Math.min(FailedNonRetryableError, Unlabeled)).toBeGreaterThanOrEqual(0);
        labeled += TotalLabeled;
        // The final manifest holds exactly the labels that the counters count.
        const lines = (h.output(job.LabelingJobName) ?? []).filter(line => line['labels-metadata']?.['job-name'] === job.LabelingJobName && 'labels' in line);
        expect(lines).toHaveLength(TotalLabeled);
        // Each object is labeled at most once for each id in a job: by manifest, and by message.
        const perImage = new Map<string, number>();
        lines.forEach(line => perImage.set(line['source-ref'], (perImage.get(line['source-ref']) ?? 0) + 1));
        const most = job.InputConfig.DataSource.S3DataSource && !options.dedupAcrossManifestAndSns ? 2 : 1;
        expect(Math.max(0, ...perImage.values())).toBeLessThanOrEqual(most);
      }
      // Nobody works for nothing, and no label comes from nowhere.
      const bill = h.simulator.bill();
      expect(bill.length).toBeGreaterThanOrEqual(labeled);
      const paid = new Set(bill.map(entry => `${entry.jobName} ${entry.sourceRef}`));
      expect([...recorded.keys()].filter(key => !paid.has(key))).toEqual([]);
      const once = new Set(bill.map(entry => `${entry.taskId} ${entry.workerId}`));
      expect(once.size).toBe(bill.length);
    }), { numRuns: 300 });
});

test('with a cloud that works, every label is told once to the output topic', async () => {
  await fc.assert(fc.asyncProperty(fc.array(command, { minLength: 10, maxLength: 60 }), answers, async (commands, options) => {
    const h = new Harness({ options: { ...options, serviceModelPath: undefined } });
    Array.from({ length: 8 }, (_, image) => h.image(`${image}.png`));
    const state = { job: undefined as string | undefined, workers: 1 };
    for (const step of commands) {
      await play(h, step, state);
    }
    h.clock.advance(10 * MINUTE);
    await h.simulator.step();
    const labeled = h.simulator.jobs().reduce((sum, job) => sum + job.LabelCounters.TotalLabeled, 0);
    expect(h.recorded()).toHaveLength(labeled);
  }), { numRuns: 150 });
});

test('the same history gives the same result', async () => {
  await fc.assert(fc.asyncProperty(fc.array(command, { maxLength: 40 }), async commands => {
    const run = async () => {
      const h = new Harness({ options: { random: seededRandom(3), eventLossProbability: 0.5, serviceModelPath: undefined } });
      Array.from({ length: 8 }, (_, image) => h.image(`${image}.png`));
      const state = { job: undefined as string | undefined, workers: 1 };
      for (const step of commands) {
        await play(h, step, state);
      }
      return JSON.stringify([h.simulator.jobs(), h.simulator.bill(), h.recorded(), h.cloud.bus.events]);
    };
    expect(await run()).toBe(await run());
  }), { numRuns: 30 });
});

/** Calls of the cloud that a history of so many objects takes. */
async function callsFor(objects: number, steps: number): Promise<number> {
  let calls = 0;
  const h = new Harness({
    options: { serviceModelPath: undefined },
    cloud: {
      faults: () => {
        calls += 1;
        return 'ok';
      },
    },
  });
  const images = Array.from({ length: objects }, (_, index) => h.image(`${index}.png`));
  await h.start();
  h.publishImages(...images);
  for (let step = 0; step < steps; step++) {
    await h.pass(1 * MINUTE);
    const [task] = h.simulator.tasks();
    if (task) {
      await h.label(task.sourceRef);
    }
  }
  return calls;
}

test('work grows with objects and steps, not with their product', async () => {
  const base = await callsFor(20, 100);
  expect(base).toBeLessThan(700);
  expect(await callsFor(200, 100) - base).toBeLessThan(180 * 6);
  expect(await callsFor(20, 200) - base).toBeLessThan(100 * 6);
});
