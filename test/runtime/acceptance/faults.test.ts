import * as fc from 'fast-check';
import { run } from '../../../src/runtime/controller/controller';
import { expectConservation } from '../../support/conservation';
import { BAD, DAY, HOUR, MINUTE, MemoryProject } from '../../support/memory-project';
import { Trouble, Troubles } from '../../support/trouble';

/**
 * Random histories of an unlucky project: every call of the outside world may fail, or be carried out and its answer lost, or be
 * the last one before the process dies; messages get lost or come twice; people stop, pause, decline. After it a quiet time: then
 * nothing may be lost, paid for twice, or stuck without somebody being told.
 */
const RUNS = 200;

type Action =
  | { readonly do: 'drop'; readonly key: number; readonly content: number }
  | { readonly do: 'bad'; readonly key: number }
  | { readonly do: 'label' | 'decline'; readonly count: number }
  | { readonly do: 'expire'; readonly status: 'Completed' | 'Failed' | 'Stopped' }
  | { readonly do: 'fail' | 'stop' | 'work' | 'controller' | 'together' }
  | { readonly do: 'poison'; readonly image: number; readonly heals: boolean }
  | { readonly do: 'command'; readonly name: 'pause' | 'resume' | 'drain' | 'roll' }
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'messages'; readonly events: number; readonly offers: number; readonly labels: number };

interface Step {
  readonly action: Action;
  readonly trouble?: Trouble;
}

const trouble: fc.Arbitrary<Trouble | undefined> = fc.option(fc.record({
  at: fc.nat(60), kind: fc.constantFrom('throw-before' as const, 'throw-after' as const, 'die-before' as const, 'die-after' as const),
}), { nil: undefined, freq: 2 });

const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('drop' as const), key: fc.nat(4), content: fc.nat(9) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('bad' as const), key: fc.nat(4) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('label' as const), count: fc.integer({ min: 1, max: 4 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('decline' as const), count: fc.integer({ min: 1, max: 2 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('expire' as const), status: fc.constantFrom('Completed' as const, 'Failed' as const, 'Stopped' as const) }) },
  { weight: 8, arbitrary: fc.record({ do: fc.constant('work' as const) }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constantFrom('controller' as const, 'together' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('fail' as const, 'stop' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('poison' as const), image: fc.nat(9), heals: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('command' as const), name: fc.constantFrom('pause' as const, 'resume' as const, 'drain' as const, 'roll' as const) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(3 * MINUTE, 20 * MINUTE, HOUR, DAY) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('messages' as const), events: fc.nat(2), offers: fc.integer({ min: 1, max: 2 }), labels: fc.nat(2) }) },
);

const histories: fc.Arbitrary<Step[]> = fc.array(fc.record({ action, trouble }, { requiredKeys: ['action'] }), { minLength: 8, maxLength: 40, size: 'max' });

class History {
  /** @param running Whether a job already runs and has images. */
  public static async begin(simulator: object, running: boolean): Promise<History> {
    const troubles = new Troubles();
    const project = await MemoryProject.create({ simulator: { ...simulator, apiVerdict: troubles.apiVerdict } });
    troubles.attach(project);
    const history = new History(project, troubles);
    if (running) {
      await project.drop('cam/0.jpg', 'content 0');
      await project.drop('cam/1.jpg', 'content 1');
      await project.drop('cam/2.jpg', 'content 2');
      await project.rounds(8);
    }
    return history;
  }

  private readonly healing: string[] = [];

  private constructor(private readonly project: MemoryProject, private readonly troubles: Troubles) {}

  public async take({ action: what, trouble: wrong }: Step): Promise<void> {
    const { project, troubles } = this;
    switch (what.do) {
      case 'drop': await project.drop(`cam/${what.key}.jpg`, `content ${what.content}`); break;
      case 'bad': await project.drop(`cam/${what.key}.jpg`, `${BAD}${what.key}`); break;
      case 'label': await project.label(what.count); break;
      case 'decline': await this.decline(what.count); break;
      case 'expire': await this.withLiving((name) => project.simulator.expire(name, what.status)); break;
      case 'fail': await this.withLiving((name) => project.simulator.fail(name)); break;
      case 'stop': await this.withLiving((name) => project.simulator.stopByHand(name), ['Initializing', 'InProgress']); break;
      case 'poison': await this.poison(what.image, what.heals); break;
      case 'command': await project.command(what.name); break;
      case 'wait': project.clock.advance(what.ms); await project.simulator.step(); break;
      case 'messages': this.messages(what.events, what.offers, what.labels); break;
      case 'controller': await troubles.during(wrong, () => run(project.world, 'test')); break;
      case 'work': await troubles.during(wrong, () => project.round()); break;
      case 'together':
        await troubles.during(wrong, async () => {
          await Promise.allSettled([run(project.world, 'one'), project.record(), run(project.world, 'two'), project.intake(), run(project.world, 'three')]);
        });
        break;
    }
    this.check();
  }

  /** What holds at every moment. */
  private check(): void {
    expectConservation(this.project.outside.table);
    expect(this.project.simulator.jobs().filter((job) => !['Completed', 'Failed', 'Stopped'].includes(job.LabelingJobStatus)).length).toBeLessThanOrEqual(1);
    expect(this.project.double()).toBe(0);
  }

  /** A fair and quiet time: nothing goes wrong any more, an operator resumes what is paused, workers label all that they get. */
  public async quiet(): Promise<void> {
    const { project } = this;
    this.messages(1, 1, 1);
    this.healing.forEach((ref) => project.simulator.healObject(ref));
    project.clock.advance(35 * MINUTE);
    await project.rounds(3);
    const { state, alerts } = await project.read();
    if (state.mode === 'PAUSED' && /by hand/.test(state.modeReason ?? '')) {
      expect(alerts).toContain('stopped-by-hand');
    }
    await project.command('resume');
    for (let i = 0; i < 120 && !await this.isDone(); i += 1) {
      if ((await project.read()).state.breaker.openedAt !== undefined) {
        // Somebody looked, and it is the images.
        await project.command('resume');
      }
      await project.round(i < 30 ? 2 * MINUTE : HOUR);
      await project.label();
    }
    this.check();
  }

  private async isDone(): Promise<boolean> {
    const { counts, state } = await this.project.read();
    const moving = ['image:PENDING', 'image:SENDING', 'image:SENT', 'image:HELD', 'outbox', 'drop:RECEIVED', 'drop:ENGINEERING'] as const;
    const inbox = this.project.outside.cloud.buckets.peekKeys('drop').length;
    return inbox === 0 && moving.every((name) => (counts[name] ?? 0) === 0) && state.openJobs.length <= 1;
  }

  /** What holds in the end. */
  public async judge(): Promise<void> {
    const { project } = this;
    expect((await project.read()).counts.double ?? 0).toBe(0);
    const lines = project.dataSet().map((line) => String(line['source-ref']));
    expect(new Set(lines).size).toBe(lines.length);
    const labeled = new Set(lines.map((ref) => project.pixelHash(ref)));
    const told = new Set<string>();
    for (const item of project.outside.table.items()) {
      const quarantined = item.state === 'QUARANTINED' && typeof item.reason === 'string';
      if (quarantined && (item.sk === 'IMAGE' || item.sk.startsWith('VERSION#'))) {
        told.add(String(item.sha256 ?? `${item.key}`));
      }
    }
    const missing = [...project.dropped]
      .filter(([hash, keys]) => !labeled.has(hash) && !told.has(hash) && !keys.some((key) => told.has(key)));
    expect(missing).toEqual([]);
    expect(project.outside.cloud.buckets.peekKeys('drop')).toEqual([]);
    expect((await project.read()).state.openJobs.length).toBeLessThanOrEqual(1);
  }

  private async decline(count: number): Promise<void> {
    for (const task of this.project.openTasks().slice(0, count)) {
      await this.project.simulator.decline(task.taskId, 'unwilling');
    }
  }

  private async withLiving(work: (name: string) => Promise<void>, statuses = ['Initializing', 'InProgress', 'Stopping']): Promise<void> {
    const job = this.project.simulator.jobs().find((candidate) => statuses.includes(candidate.LabelingJobStatus));
    if (job) {
      await work(job.LabelingJobName);
    }
  }

  private async poison(image: number, heals: boolean): Promise<void> {
    const refs = this.project.outside.cloud.buckets.peekKeys('input', 'images/').map((key) => `s3://input/${key}`);
    const ref = refs[image % Math.max(1, refs.length)];
    if (ref !== undefined) {
      await this.project.simulator.failObject(ref);
      if (heals) {
        this.healing.push(ref);
      }
    }
  }

  private messages(events: number, offers: number, labels: number): void {
    this.project.outside.cloud.copies = (operation, args) =>
      operation === 's3.notify' ? events : String(args[0]).includes(':input') ? offers : labels;
  }
}

describe('random histories', () => {
  test.each([
    ['the defaults', {}],
    ['counters without carried lines, wrapped messages', { countersIncludeCarried: false, outputMessageShape: 'wrapped', jobNamesPrefixedInMetadata: true }],
    ['no messages, a late manifest that lists everything', {
      outputMessageShape: 'none', manifestListsUnlabeledSnsObjects: true, manifestFinalityDelay: 12 * MINUTE, expiryStatus: 'Stopped',
    }],
  ])('%s: nothing is lost, double, or stuck untold', async (_name, simulator) => {
    await fc.assert(fc.asyncProperty(histories, fc.boolean(), async (steps, running) => {
      const unlucky = await History.begin(simulator, running);
      for (const step of steps) {
        await unlucky.take(step);
      }
      await unlucky.quiet();
      await unlucky.judge();
    }), { numRuns: Math.ceil(RUNS / 3) });
  });
});
