import { ProbeAccount, JobView, OutputMessage } from './account';
import { Effect, Elapsed, Line, Observations, Refusal, Said } from './observations';
import { JobOptions, probeJobRequest } from './requests';
import { JobName, Stage, TopicName, groundTruthQueue, jobNameOf } from './stage';
import type { CreateLabelingJobRequest } from '../../local/simulator/requests';
import { CommandError } from '../errors';

const SECOND = 1_000;
export const MINUTE = 60 * SECOND;

/** A probe waits for so long at most for what the service does by itself. */
export const PATIENCE = {
  status: 40 * MINUTE, counters: 30 * MINUTE, visible: 15 * MINUTE, message: 15 * MINUTE, manifest: 30 * MINUTE, person: 120 * MINUTE,
} as const;

/** How a probe talks to the person who labels. */
export interface Person {
  tell(message: string): void;
  /** Undefined: nobody is there. */
  ask(question: string): Promise<boolean | undefined>;
  /** Fails when the person wants to end. */
  sleep(ms: number): Promise<void>;
}

const ended = (status: string): boolean => ['Completed', 'Failed', 'Stopped'].includes(status);

/** Lines of an output manifest. */
export interface Manifest {
  readonly lines: readonly Line[];
  readonly texts: readonly string[];
  /** Milliseconds. */
  readonly writtenAt: number;
}

/** The tools of every experiment: start and stop jobs, publish, wait, remember. */
export class Lab {
  readonly seen: Observations = { effects: {} };
  /** Jobs that were created and have not been seen at their end. */
  readonly living = new Set<JobName>();
  readonly endedAt = new Map<JobName, number>();
  /** The job that ended without any object. */
  idle?: JobName;
  private readonly messages: OutputMessage[] = [];

  constructor(readonly account: ProbeAccount, readonly stage: Stage, readonly person: Person) {}

  now(): number {
    return this.account.now();
  }

  uri(key: string, bucket = this.stage.bucket): string {
    return `s3://${bucket}/${this.stage.prefix}${key}`;
  }

  /** Waits until something is there. Looks often at first, then seldom. */
  async until<T>(patience: number, look: () => Promise<T | undefined>): Promise<T | undefined> {
    const started = this.now();
    for (;;) {
      const found = await look();
      const waited = this.now() - started;
      if (found !== undefined || waited >= patience) {
        return found;
      }
      await this.person.sleep(Math.min(Math.max(10 * SECOND, Math.round(waited / 8)), 2 * MINUTE, patience - waited));
    }
  }

  /** The same, and how long it took. */
  async timed(patience: number, look: () => Promise<boolean>, since = this.now()): Promise<Elapsed> {
    const found = await this.until(patience, async () => await look() || undefined);
    return found ? { took: this.now() - since } : { notWithin: this.now() - since };
  }

  /** The request for a job, under another name than its own if need be. */
  requestFor(
    job: JobName, topic: TopicName, name = jobNameOf(this.stage.id, job), options: Partial<JobOptions> = {},
  ): CreateLabelingJobRequest {
    return probeJobRequest(this.account, this.stage, { name, topic: this.stage.topics[topic], note: '', ...options });
  }

  /** Creates a job. Answers false where the account has as many as it may. */
  async create(job: JobName, topic: TopicName, options: JobOptions): Promise<boolean> {
    try {
      await this.account.jobs.create(this.requestFor(job, topic, undefined, options));
    } catch (error) {
      const refusal = refusalOf(error);
      if (/ResourceLimitExceeded/.test(refusal.name) && this.living.size > 0) {
        this.seen.refusedAtOnce ??= refusal;
        return false;
      }
      throw error;
    }
    this.living.add(job);
    this.seen.jobsAtOnce = Math.max(this.seen.jobsAtOnce ?? 0, this.living.size);
    return true;
  }

  describe(job: JobName): Promise<JobView | undefined> {
    return this.account.jobs.describe(jobNameOf(this.stage.id, job));
  }

  /** Waits until the job runs or has ended. */
  async untilActive(job: JobName): Promise<JobView> {
    return this.untilStatus(job, ({ status }) => status === 'InProgress' || ended(status));
  }

  /** Waits until the job runs; fails where it did not come so far. */
  async untilRunning(job: JobName): Promise<JobView> {
    const view = await this.untilActive(job);
    if (view.status !== 'InProgress') {
      throw new CommandError(`the job ${jobNameOf(this.stage.id, job)} is ${view.status}: ${view.failureReason ?? 'the service gives no reason'}`, 'Mend that, then probe again.');
    }
    return view;
  }

  async untilEnded(job: JobName): Promise<JobView> {
    const view = await this.untilStatus(job, ({ status }) => ended(status));
    this.living.delete(job);
    this.endedAt.set(job, view.modifiedAt);
    return view;
  }

  async untilStatus(job: JobName, wanted: (view: JobView) => boolean): Promise<JobView> {
    const view = await this.until(PATIENCE.status, async () => {
      const found = await this.describe(job);
      this.note(job, found?.status);
      return found && wanted(found) ? found : undefined;
    });
    if (view === undefined) {
      throw new CommandError(`the job ${jobNameOf(this.stage.id, job)} does not go on`, 'Look at it in the SageMaker console.');
    }
    return view;
  }

  async stopAndWait(job: JobName): Promise<void> {
    await this.account.jobs.stop(jobNameOf(this.stage.id, job));
    await this.untilEnded(job);
  }

  /** Publishes a line; the id is what tells duplicates. */
  async publish(topic: TopicName, sourceRef: string, id: string): Promise<void> {
    await this.account.cloud.publish(this.stage.topics[topic], JSON.stringify({ 'source-ref': sourceRef, 'dataset-objectid-attribute-name': 'probe-id', 'probe-id': id }));
  }

  /** Publishes one object to a job and waits until the counters show it: their sum never falls, however late they are. */
  async arrives(job: JobName, publish: () => Promise<void>): Promise<boolean> {
    const sum = async (): Promise<number> => {
      const view = await this.describe(job);
      return view === undefined ? 0 : view.labeled + view.failed + view.unlabeled;
    };
    const before = await sum();
    await publish();
    return await this.until(this.counterPatience(), async () => await sum() > before || undefined) ?? false;
  }

  /** The same, and what becomes of the object if nobody works on it. Waits as long as the counters are known to take. */
  async effectOf(job: JobName, publish: () => Promise<void>): Promise<Effect> {
    const failed = async (): Promise<number> => (await this.describe(job))?.failed ?? 0;
    const before = await failed();
    if (!await this.arrives(job, publish)) {
      return 'nothing';
    }
    return await this.until(this.counterPatience(), async () => await failed() > before || undefined) ? 'failed' : 'waits';
  }

  /** How long after a change the counters surely show it. */
  counterPatience(): number {
    const delay = this.seen.counterDelay;
    return delay === undefined || !('took' in delay) ? PATIENCE.counters : 2 * delay.took + 2 * MINUTE;
  }

  /** All messages that have come so far, as they are. */
  async received(): Promise<readonly OutputMessage[]> {
    this.messages.push(...await this.account.cloud.receive(this.stage.queueUrl));
    return this.messages;
  }

  async messageAbout(sourceRefs: readonly string[]): Promise<OutputMessage | undefined> {
    return (await this.received()).find(({ body }) => sourceRefs.includes(String(lineIn(body)?.['source-ref'])));
  }

  /** Lines of a job's output manifest, and when it was written. */
  async manifest(job: JobName): Promise<Manifest | undefined> {
    const found = await this.account.cloud.read(this.stage.bucket, manifestKey(this.stage, job));
    if (found === undefined) {
      return undefined;
    }
    const texts = found.text.split('\n').filter((line) => line.trim() !== '');
    return { texts, lines: texts.map((line) => JSON.parse(line) as Line), writtenAt: found.writtenAt };
  }

  groundTruthQueue(job: JobName): string {
    return groundTruthQueue(jobNameOf(this.stage.id, job));
  }

  async says(question: string): Promise<Said> {
    const answer = await this.person.ask(question);
    return answer === undefined ? 'unknown' : answer ? 'yes' : 'no';
  }

  private note(job: JobName, status: string | undefined): void {
    this.seen.statuses ??= [];
    if (job === 'Main' && status !== undefined && this.seen.statuses.at(-1) !== status) {
      this.seen.statuses.push(status);
    }
  }
}

export function manifestKey(stage: Stage, job: JobName): string {
  return `${stage.prefix}jobs/${jobNameOf(stage.id, job)}/manifests/output/output.manifest`;
}

export function refusalOf(error: unknown): Refusal {
  const { name = 'Error', message = String(error) } = error as Partial<Refusal>;
  return { name, message };
}

/** The line in a message, however deep it lies. */
export function lineIn(body: string): Line | undefined {
  const search = (value: unknown): Line | undefined => {
    if (typeof value === 'string' && /^\s*\{/.test(value)) {
      try {
        return search(JSON.parse(value));
      } catch {
        return undefined;
      }
    }
    if (typeof value !== 'object' || value === null) {
      return undefined;
    }
    return 'source-ref' in value ? value as Line : Object.values(value).map(search).find((line) => line !== undefined);
  };
  return search(body);
}
