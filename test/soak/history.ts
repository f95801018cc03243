import { Account } from './account';
import { take } from './deeds';
import { Laws } from './laws';
import { Neighbour } from './neighbour';
import { Process, ProcessName, ProcessOptions } from './process';
import { SoakProject } from './project';
import { Function, Script, Setup, Step } from './script';
import { Tally } from './tally';
import { Trace } from './trace';
import { Answer, GroundTruthSimulator, HOUR, OpenTask } from '../../src/local/simulator';

/** Between two steps, in ms. */
const BREATH = 4_000;

/** Wake-ups that follow one step, at most: the schedule comes anyway. */
const WAKES_MAX = 3;

const UNKNOWN_LABEL = 'froth';

/** Something that the product promises did not hold. */
export class Violation extends Error {
  public constructor(public readonly problems: readonly string[], public readonly step: number | 'quiet') {
    super(problems.join('\n'));
    this.name = 'Violation';
  }
}

interface Running {
  readonly project: SoakProject;
  readonly process: Process;
  readonly done: Promise<void>;
}

/** One history: an account with one or two projects, to which the steps of a script happen. */
export class History {
  public static async begin(setup: Setup, tally: Tally, trace: Trace): Promise<History> {
    const account = new Account(setup, tally, trace);
    account.cloud.buckets.create('stranger');
    await account.cloud.buckets.put('stranger', 'red flower.jpg', 'a flower');
    const projects = [await SoakProject.create(account, setup, false)];
    if (setup.other !== 'none') {
      projects.push(await SoakProject.create(account, setup, true));
    }
    const history = new History(setup, account, projects, tally, trace);
    for (const project of projects) {
      await history.round(project);
    }
    return history;
  }

  public readonly healing: string[] = [];
  public readonly neighbour: Neighbour;
  public readonly laws: ReadonlyMap<SoakProject, Laws>;
  private running: Running[] = [];
  private at = 0;

  private constructor(
    public readonly setup: Setup, public readonly account: Account, public readonly projects: readonly SoakProject[],
    public readonly tally: Tally, public readonly trace: Trace,
  ) {
    this.neighbour = new Neighbour(account);
    this.laws = new Map(projects.map((project) => [project, new Laws(project, account.simulator, setup)]));
  }

  public get simulator(): GroundTruthSimulator {
    return this.account.simulator;
  }

  public async take(step: Step): Promise<void> {
    await take(this, step);
    await this.pass(BREATH);
    for (const project of this.projects) {
      for (let runs = 0; project.wakes > 0 && runs < WAKES_MAX; runs += 1) {
        project.wakes -= 1;
        await this.invoke(project, 'controller');
      }
      project.wakes = 0;
    }
    this.check(this.at);
    this.trace.endStep();
    this.at += 1;
  }

  /** @throws Violation where something does not hold that always must. */
  public check(step: number | 'quiet'): void {
    const jobs = this.simulator.jobs();
    const now = this.account.clock.now();
    const problems = this.projects.flatMap((project) => this.laws.get(project)!.broken(jobs, now).map((problem) => `${project.name}: ${problem}`));
    if (problems.length > 0) {
      throw new Violation(problems, step);
    }
  }

  /** Starts a function. A stepped one waits before each of its calls. */
  public begin(
    project: SoakProject, who: ProcessName, stepped: boolean, options: ProcessOptions = {}, pause?: (ms: number) => Promise<void>,
  ): Process {
    if (options.skew) {
      this.tally.fault('clock-skew');
    }
    const process = project.newProcess(who, {
      ...options, stepped,
      onFault: (fault, port) => {
        this.tally.fault(fault.startsWith('dies') ? `${who}-dies` : `call-${fault === 'fails' ? 'fails' : 'answer-lost'}`);
        this.tally.detail(`${who}: ${fault} at ${port}`);
      },
    });
    this.running.push({ project, process, done: project.invoke(process, pause) });
    return process;
  }

  /** Lets a function run to its end. */
  public async finish(process: Process): Promise<void> {
    const running = this.running.find((candidate) => candidate.process === process);
    process.run();
    await running?.done;
    this.running = this.running.filter((candidate) => candidate !== running);
  }

  public async invoke(project: SoakProject, who: Function, options: ProcessOptions = {}): Promise<void> {
    await this.finish(this.begin(project, who, false, options));
  }

  /** Everything that runs by itself, once. */
  public async round(project: SoakProject): Promise<void> {
    // A queue without messages calls nobody.
    for (const who of ['intake', 'recorder'] as const) {
      if (project.queueBodies(`${who}${project.suffix}`).length > 0) {
        await this.invoke(project, who);
      }
    }
    await this.invoke(project, 'controller');
  }

  public hanging(): Process[] {
    return this.running.map(({ process }) => process).filter((process) => process.parked > 0);
  }

  /** What hangs goes on. */
  public async goOn(): Promise<void> {
    for (const process of this.hanging()) {
      await this.finish(process);
    }
  }

  /** Lets time pass; whoever outlives its time-out is killed. */
  public async pass(ms: number): Promise<void> {
    const due = ms < HOUR ? [] : this.simulator.tasks().filter((task) => task.availableUntil <= this.account.clock.now() + ms);
    const before = ms < HOUR ? [] : this.simulator.jobs();
    due.forEach(() => this.tally.fault('task-expires'));
    await this.account.pass(ms);
    if (ms >= HOUR) {
      this.simulator.jobs().forEach(({ LabelingJobStatus: status }, index) => {
        if (before[index]?.LabelingJobStatus === 'InProgress' && status === 'Stopping') {
          this.tally.fault('job-stops-because-it-is-idle');
        }
      });
    }
    for (const { process } of this.running.filter((candidate) => candidate.process.isOverdue)) {
      this.tally.fault('process-times-out');
      process.kill();
      await this.finish(process);
    }
  }

  public tasksOf(project: SoakProject): OpenTask[] {
    return this.simulator.tasks().filter((task) => task.jobName.startsWith(`${project.name}-`) && /^\d+$/.test(task.jobName.slice(project.name.length + 1)));
  }

  /** One more worker answers. */
  public async answer(project: SoakProject, task: OpenTask): Promise<void> {
    const seen = this.simulator.tasks().find(({ taskId }) => taskId === task.taskId);
    if (seen) {
      const worker = `worker-${seen.workersAnswered.length}`;
      await this.simulator.submit(task.taskId, worker, { kind: 'classification', label: UNKNOWN_LABEL } satisfies Answer, { pixelHash: project.shownHash(task.sourceRef) });
    }
  }
}

export interface Outcome {
  readonly violation?: Violation;
  readonly trace: Trace;
}

export type { Script };
