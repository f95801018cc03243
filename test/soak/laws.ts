import { SoakProject } from './project';
import { Setup } from './script';
import { DEFAULT_TIMINGS } from '../../src/contract/timings';
import { DescribeLabelingJobResponse, GroundTruthSimulator, MINUTE } from '../../src/local/simulator';
import { groundTruthQueueName } from '../../src/runtime/core/job-names';

const ENDED = ['Completed', 'Failed', 'Stopped'];

/** How long after a deploy a run may still go by what it read before. */
const OLD_WINDOW = 3 * MINUTE;

/** Jobs of one project, by the whole name: other people's contain it. */
export function jobsOf(project: SoakProject, all: readonly DescribeLabelingJobResponse[]): DescribeLabelingJobResponse[] {
  const prefix = `${project.name}-`;
  return all.filter(({ LabelingJobName: name }) => name.startsWith(prefix) && /^\d+$/.test(name.slice(prefix.length)));
}

export function isLiving({ LabelingJobStatus: status }: DescribeLabelingJobResponse): boolean {
  return !ENDED.includes(status);
}

/** What holds at every moment of a project. */
export class Laws {
  private billed = 0;
  /** Tasks that workers answered, by the image's pixels. */
  private readonly paid = new Map<string, Map<string, string>>();
  private inHand = 0;
  private window = { now: 0, before: 0, until: 0 };
  private jobsWhenRetired?: number;
  /** Double labels that are the product's named limit: reported only after their job was settled. */
  public excused = 0;

  public constructor(
    private readonly project: SoakProject, private readonly simulator: GroundTruthSimulator, private readonly setup: Setup,
  ) {}

  /** What is broken now. */
  public broken(all: readonly DescribeLabelingJobResponse[], now: number): string[] {
    const jobs = jobsOf(this.project, all);
    const living = jobs.filter(isLiving);
    return [
      ...(this.project.blunder ? [this.project.blunder.message] : []),
      ...this.project.watch.look(),
      ...(living.length > 1 ? [`${living.length} jobs live: ${living.map((job) => job.LabelingJobName).join(', ')}`] : []),
      ...living.flatMap((job) => this.windowProblems(job.LabelingJobName, now)),
      ...this.retirementProblems(jobs),
      ...this.budgetProblems(),
      ...this.doubleProblems(),
    ];
  }

  /**
   * Images that are with a job and not known to be labeled: offered to workers, waiting for them, or in the job's queue. Where the
   * answer of the first of several workers gives a message already, the image counts as labeled from then on.
   */
  private windowProblems(name: string, now: number): string[] {
    const { work } = this.project.configuration;
    const window = Math.max(1, Math.min(work.window, work.maxConcurrentTasks - work.workersPerImage));
    if (window !== this.window.now) {
      this.window = { now: window, before: Math.max(this.window.now, window), until: now + OLD_WINDOW };
    }
    const number = this.numberOf(name);
    // What was published for a wider window may still come, until fewer are out.
    if (now >= this.window.until && this.publishedTo(number) <= window) {
      this.window.before = window;
    }
    const allowed = this.window.before;
    const own = `s3://${this.project.world.resources.inputBucket}/`;
    const objects = this.simulator.objects(name);
    const held = new Set(objects.filter(({ state, sourceRef }) => (state === 'waiting' || state === 'available') && sourceRef.startsWith(own))
      .map(({ sourceRef }) => sourceRef));
    const known = new Set(objects.map(({ sourceRef }) => sourceRef));
    this.queued(name).filter((ref) => !known.has(ref)).forEach((ref) => held.add(ref));
    const { images, labels } = this.project.watch;
    [...held].filter((ref) => labels.has(`${ref}#${number}`)).forEach((ref) => held.delete(ref));
    // What strangers publish is counted by the service as well, and each such object makes room for one of ours. So does one of ours
    // whose label came late, from a job that was settled.
    const strangers = objects.filter(({ sourceRef }) => !sourceRef.startsWith(own)
      || (images.get(sourceRef)?.state === 'LABELED' && !labels.has(`${sourceRef}#${number}`))).length;
    // One that gave a message at its first answer and then failed counts as labeled with us and as failed with the service.
    const both = objects.filter(({ state, sourceRef }) => state === 'failed' && labels.has(`${sourceRef}#${number}`)).length;
    const before = this.inHand;
    this.inHand = held.size;
    return held.size > before && held.size > allowed + strangers + both ? [`job ${name} has ${held.size} images at once, the window is ${allowed}`] : [];
  }

  /** Images that were published to a job, or are about to be, and have no label that is known. */
  private publishedTo(number: number): number {
    return [...this.project.watch.images.values()].filter(({ job, state }) => job === number && (state === 'SENDING' || state === 'SENT')).length;
  }

  private queued(name: string): string[] {
    return this.project.queueBodies(groundTruthQueueName(name)).flatMap((body) => {
      const match = /\\?"source-ref\\?":\\?"(s3:[^"\\]+)/.exec(body);
      return match ? [match[1]] : [];
    }).filter((ref) => ref.startsWith(`s3://${this.project.world.resources.inputBucket}/`));
  }

  private retirementProblems(jobs: readonly DescribeLabelingJobResponse[]): string[] {
    if (!this.project.retired) {
      this.jobsWhenRetired = undefined;
      return [];
    }
    this.jobsWhenRetired ??= jobs.length;
    return [
      ...(jobs.length > this.jobsWhenRetired ? ['a job was made after the stack was deleted'] : []),
      ...jobs.filter(isLiving).map((job) => `job ${job.LabelingJobName} lives although the stack was deleted`),
    ];
  }

  private budgetProblems(): string[] {
    const { maxImages, maxImagesPerDay } = this.project.limits;
    const { spentTotal, spentToday } = (this.project.watch.state ?? {}) as { spentTotal?: number; spentToday?: number };
    return [
      ...(spentTotal !== undefined && spentTotal > maxImages ? [`${spentTotal} images were offered, maxImages is ${maxImages}`] : []),
      ...(spentToday !== undefined && spentToday > maxImagesPerDay ? [`${spentToday} images were offered in a day, maxImagesPerDay is ${maxImagesPerDay}`] : []),
    ];
  }

  /** Each image is paid for in one task; answers that were thrown away with a failed task or at the end of their job do not count. */
  private doubleProblems(): string[] {
    const bill = this.simulator.bill();
    const problems: string[] = [];
    const prefix = `${this.project.name}-`;
    for (; this.billed < bill.length; this.billed += 1) {
      const { jobName, pixelHash, sourceRef, taskId } = bill[this.billed];
      if (pixelHash === undefined || !sourceRef.startsWith(`s3://${this.project.world.resources.inputBucket}/`) || !jobName.startsWith(prefix) || !/^\d+$/.test(jobName.slice(prefix.length))) {
        continue;
      }
      const tasks = this.paid.get(pixelHash) ?? new Map<string, string>();
      this.paid.set(pixelHash, tasks.set(taskId, jobName));
      if (tasks.size > 1) {
        problems.push(...this.doublesOf(tasks));
      }
    }
    return problems;
  }

  private doublesOf(tasks: ReadonlyMap<string, string>): string[] {
    const paid = [...tasks].flatMap(([taskId, jobName]) => this.simulator.objects(jobName)
      .filter((object) => object.taskId === taskId && object.state !== 'dropped' && object.state !== 'failed').map((object) => ({ ...object, jobName })));
    if (paid.length <= 1) {
      return [];
    }
    if (paid.slice(0, -1).every((task) => this.wasReportedLate(task.jobName, task.sourceRef))) {
      this.excused += 1;
      return [];
    }
    return [`${paid[0].sourceRef} was labeled by ${paid.map((task) => task.jobName).join(' and ')}`];
  }

  private numberOf(jobName: string): number {
    return Number(jobName.slice(this.project.name.length + 1));
  }

  /** Only where counters are later than the settle time, which the product takes for impossible. */
  private wasReportedLate(jobName: string, sourceRef: string): boolean {
    return this.setup.lateCounters && this.isLate(this.numberOf(jobName), this.project.watch.labels.get(`${sourceRef}#${this.numberOf(jobName)}`));
  }

  /** Whether a label came when its job's images had been given back, or did not come at all. */
  private isLate(job: number, labeledAt: number | undefined): boolean {
    const item = this.project.watch.jobs.get(job);
    return item?.judged !== undefined && (labeledAt === undefined || labeledAt >= Number(item.endedAt) + DEFAULT_TIMINGS.settleQuiet);
  }

  /** Also the message of one of several workers, whose answer was thrown away with its job, is a label that comes too late. */
  public anyReportedLate(): boolean {
    return [...this.project.watch.labels].some(([id, at]) => this.isLate(Number(id.slice(id.lastIndexOf('#') + 1)), at));
  }
}
