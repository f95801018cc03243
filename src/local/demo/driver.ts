import { StackArtifact } from '../runner';
import { EndStatus, OpenTask } from '../simulator';
import { countRun, Outcome } from './count';
import { EMPTY_LEDGER, LedgerView, dropKeyOf } from '../ledger-view';
import { news } from './news';
import { Sabotage } from './options';
import { Progress } from './progress';
import { DeployedProject } from './project';
import { sabotage, SABOTAGED } from './sabotage';
import { demoScenario, DropFile, Scenario, WINDOW } from './scenario';
import { Stage } from './stage';
import { Labeling, Team } from './team';
import { knowContents, KnownContent } from './verify';
import { watch } from './watch';

/** Between two looks at everything. Unit: milliseconds. */
const LOOK = 400;

/** Who watches a run. */
export interface Audience {
  /** Something happened that stays true. */
  say(topic: string, text: string): void;
  /** How things are just now. */
  show(progress: Omit<Progress, 'elapsed'>): void;
}

export interface RunOptions {
  readonly stage: Stage;
  readonly stack: StackArtifact;
  /** Default: the name in the assembly. */
  readonly stackName?: string;
  /** How the job of 30 days ends. */
  readonly expiry: EndStatus;
  /** What is broken on purpose. Default: nothing. */
  readonly sabotage?: Sabotage;
  /** How long a worker looks at an image. Unit: milliseconds. */
  readonly pace: number;
  /** A run in which nothing changes for so long is over. Unit: milliseconds. */
  readonly standstill: number;
  readonly audience: Audience;
  /** Given the deployed project before anything is dropped. */
  readonly onDeployed?: (project: DeployedProject) => void | Promise<void>;
  /** Whether nothing is on its way any more, asked once all is labeled: the run waits for it. Default: nothing is. */
  readonly isQuiet?: (project: DeployedProject) => Promise<boolean>;
  /** Default: the demo's. */
  readonly scenario?: Scenario;
}

/** A file that was dropped. */
export interface DroppedFile extends DropFile {
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** All that a run came to. */
export interface RunResult extends Outcome {
  readonly project: DeployedProject;
  readonly dropped: readonly DroppedFile[];
  readonly known: readonly KnownContent[];
  /** Names of the jobs, by the simulator, the oldest first. */
  readonly jobs: readonly string[];
  /** The team, which goes on working. */
  readonly team: Team;
}

/** Whether nothing was lost, labeled twice, or left. */
export function isClean({ tally: { lost, double, strange }, left }: Pick<Outcome, 'tally' | 'left'>): boolean {
  return lost.length + double.length + strange.length + left.length === 0;
}

class Standstill extends Error {}

/**
 * The whole way: drops, lets workers label, ends the job with images unlabeled, drops more while no job runs, waits for the
 * chained job, and counts.
 */
export async function runDemo(options: RunOptions): Promise<RunResult> {
  const { stage, stack, stackName, audience } = options;
  const scenario = options.scenario ?? await demoScenario();
  const deployed = options.sabotage === undefined ? stack : await sabotage(stage, stack, options.sabotage);
  const project = await DeployedProject.deploy(stage, deployed, { stackName });
  audience.say('deploy', `stack ${project.deployment.stackName}, ${project.deployment.find().length} resources`);
  if (options.sabotage !== undefined) {
    audience.say('sabotage', `${options.sabotage}: ${SABOTAGED[options.sabotage].effect}`);
  }
  await options.onDeployed?.(project);
  const known = await knowContents(stage.workers, [...scenario.first, ...scenario.late]);
  return new Run(options, scenario, project, known).play();
}

class Run {
  private readonly dropped: DroppedFile[] = [];
  private readonly team: Team;
  private ledger: LedgerView = EMPTY_LEDGER;
  private now = '';
  /** How many images of the first job may be labeled: the others are with workers when it ends. */
  private readonly firstJobLabels: number;
  private isFirstJobOver = false;
  private isWindowTold = false;
  private lines = 0;

  public constructor(
    private readonly options: RunOptions, private readonly scenario: Scenario,
    private readonly project: DeployedProject, private readonly known: readonly KnownContent[],
  ) {
    const { stage, pace } = options;
    this.team = new Team({
      stage, pace, mayTake: task => project.owns(task.jobName) && this.mayTake(task), onLabel: labeling => this.tellLabel(labeling),
    });
    this.firstJobLabels = this.goodOf(scenario.first) - WINDOW;
  }

  public async play(): Promise<RunResult> {
    const { audience } = this.options;
    this.project.start();
    try {
      await this.begin();
      await this.expire();
      await this.finish();
      this.now = 'Every image is labeled.';
    } catch (error) {
      if (!(error instanceof Standstill)) {
        await this.team.stop();
        throw error;
      }
      this.now = 'Nothing moves any more.';
      audience.say('standstill', error.message);
    } finally {
      this.project.stop();
    }
    audience.show(this.progress());
    return this.count();
  }

  /** Drops the first files and lets workers label all but as many as the window holds. */
  private async begin(): Promise<void> {
    const { first } = this.scenario;
    await this.drop(first);
    this.options.audience.say('drop', `${first.length} files: ${describeFiles(first)}`);
    this.team.start();
    await this.until('Photographs are taken in, and workers label them.', () =>
      new Set(this.team.labelings.map(({ sourceRef }) => sourceRef)).size >= this.firstJobLabels
      && this.offered().size >= this.goodOf(first) && this.team.atWork === 0);
  }

  /** Ends the job as after its 30 days, and drops the late files while no job runs. */
  private async expire(): Promise<void> {
    const { stage, expiry, audience } = this.options;
    const { late } = this.scenario;
    const [job] = this.jobs();
    await stage.simulator.expire(job, expiry);
    this.isFirstJobOver = true;
    audience.say('expiry', `30 days are over: ${job} ends as ${expiry}, with ${WINDOW} images unlabeled`);
    await this.until('The job has ended. Nobody listens to the input topic.', () =>
      this.ledger.jobs.some(({ phase }) => phase === 'ENDED' || phase === 'SETTLED'));
    await this.drop(late);
    audience.say('drop', `${late.length} more while no job runs: ${late.map(({ key }) => key).join(', ')}`);
  }

  /** Until the data set has all, and the first job has said all that it will ever say. */
  private async finish(): Promise<void> {
    const total = this.goodOf([...this.scenario.first, ...this.scenario.late]);
    await this.until('A chained job takes over what is left, and what came since.', async () => {
      this.lines = (await this.project.dataSet()).length;
      const isSettled = this.ledger.jobs.slice(0, -1).every(({ phase }) => phase === 'SETTLED');
      return this.lines >= total && isSettled && this.ledger.counts['image:LABELED'] === total
        && (await this.options.isQuiet?.(this.project) ?? true);
    });
  }

  private async count(): Promise<RunResult> {
    const { project, known, dropped, team } = this;
    const outcome = await countRun({ stage: this.options.stage, project, known, dropped, team });
    return { project, dropped, known, team, jobs: this.jobs(), ...outcome };
  }

  private async drop(files: readonly DropFile[]): Promise<void> {
    for (const file of files) {
      await this.project.drop(file);
      this.dropped.push({ ...file, at: Date.now() });
    }
  }

  /** Looks until something is so; tells what changes meanwhile. */
  private async until(now: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
    this.now = now;
    const { standstill } = this.options;
    if (!await watch({ every: LOOK, standstill, look: () => this.look(), isSo, state: () => this.state() })) {
      const trouble = this.team.trouble === undefined ? '' : `; ${this.team.trouble}`;
      throw new Standstill(`nothing has changed for ${Math.round(standstill / 1000)} s, so this is all there will be${trouble}`);
    }
  }

  private async look(): Promise<void> {
    const { audience } = this.options;
    const ledger = await this.project.ledger();
    news(this.ledger, ledger).forEach(({ topic, text }) => audience.say(topic, text));
    this.ledger = ledger;
    this.tellWindow();
    audience.show(this.progress());
  }

  /** What moves in a run. */
  private state(): unknown {
    const { counts, jobs } = this.ledger;
    return [
      counts, jobs.map(({ phase, status, offered, labeled, open }) => [phase, status, offered, labeled, open]),
      this.team.labelings.length, this.lines,
    ];
  }

  private progress(): Omit<Progress, 'elapsed'> {
    const { counts, jobs } = this.ledger;
    const of = (name: string) => counts[name] ?? 0;
    const openIn = (isLive: boolean) => jobs.filter(({ phase }) => isLive === (phase === 'CREATED')).reduce((sum, { open }) => sum + open, 0);
    return {
      now: this.now,
      drops: {
        dropped: this.dropped.length, images: of('drop:DONE'), duplicates: of('drop:DUPLICATE'), quarantined: of('drop:QUARANTINED'),
      },
      images: {
        labeled: of('image:LABELED'),
        withWorkers: openIn(true),
        waiting: of('image:PENDING') + openIn(false),
        total: this.goodOf([...this.scenario.first, ...this.scenario.late]),
      },
      window: WINDOW,
      jobs: jobs.map(({ name, phase, endStatus, status, offered, labeled }) => ({
        name, status: endStatus ?? (phase === 'CREATED' ? status ?? 'Initializing' : phase), offered, labeled,
      })),
    };
  }

  /** In the first job workers leave as many images as fit the window; a copy of one that was labeled may always be taken. */
  private mayTake({ jobName, sourceRef }: OpenTask): boolean {
    if (this.isFirstJobOver || jobName !== this.jobs()[0]) {
      return true;
    }
    const labeled = new Set(this.team.labelings.map(labeling => labeling.sourceRef));
    return labeled.has(sourceRef) || labeled.size + this.team.atWork < this.firstJobLabels;
  }

  /** Images that workers labeled or could label now. */
  private offered(): Set<string> {
    const tasks = this.options.stage.simulator.tasks().filter(({ jobName }) => this.project.owns(jobName));
    return new Set([...this.team.labelings, ...tasks].map(({ sourceRef }) => sourceRef));
  }

  private jobs(): string[] {
    return this.options.stage.simulator.jobs().map(({ LabelingJobName }) => LabelingJobName).filter(name => this.project.owns(name));
  }

  private goodOf(files: readonly DropFile[]): number {
    return this.known.filter(({ good, keys }) => good && files.some(({ key }) => keys.includes(key))).length;
  }

  /** Once: that the job gets no more than it may have. */
  private tellWindow(): void {
    const { withWorkers, waiting } = this.progress().images;
    if (!this.isWindowTold && withWorkers >= WINDOW && waiting > 0) {
      this.isWindowTold = true;
      this.options.audience.say('window', `${withWorkers} images are with workers, as many as may be; ${waiting} wait`);
    }
  }

  private tellLabel({ sourceRef, answer }: Labeling): void {
    const image = this.ledger.images.find(one => one.sourceRef === sourceRef);
    const labels = answer.kind === 'bounding-box' ? [...new Set(answer.boxes.map(({ label }) => label))].join(', ') : '';
    this.options.audience.say('label', `${image ? dropKeyOf(image) : sourceRef}: ${labels}`);
  }
}

function describeFiles(files: readonly DropFile[]): string {
  const odd = files.filter(({ key }) => key.startsWith('odd/')).length;
  const again = files.length - new Set(files.map(({ sha256 }) => sha256)).size;
  return `${files.length - odd - again} photographs, ${again} of them once more under another name, and ${odd} odd files`;
}
