import { Answer } from './answers';
import { answerCall } from './api-call';
import { Clock } from './clock';
import { SimulatorCloud } from './cloud';
import { accessDenied, resourceInUse, resourceLimitExceeded, resourceNotFound, ServiceError, SimulatorError, validationError } from './errors';
import { answerOfForm } from './form-answers';
import { Job, ObjectState } from './job';
import { advance, beginStop, end, EndStatus } from './job-life';
import { describe, list } from './job-list';
import { JsonObject } from './json';
import { fail } from './object-flow';
import { completeOptions, SimulatorOptions } from './options';
import { checkCreateLabelingJob } from './request-rules';
import {
  AddTagsRequest, CreateLabelingJobRequest, DescribeLabelingJobResponse, DescribeWorkteamResponse, ListLabelingJobsRequest,
  ListLabelingJobsResponse, Tag,
} from './requests';
import { ServiceModel } from './service-model';
import { Readable, WorkerPage } from './worker-page';
import { decline, open, openTasks, OpenTask, page, release, submit, SubmitOptions, Submitted, typeOfTask } from './workers';
import { BillEntry, World } from './world';
import { Turns } from '../turns';

/** An object of a job as a watcher sees it. */
export interface SeenObject {
  readonly sourceRef: string;
  readonly taskId: string;
  readonly state: ObjectState;
  /** Answers that workers gave to it. Those to a dropped object were thrown away. */
  readonly answers: number;
}

/**
 * Ground Truth's streaming labeling jobs, without AWS.
 *
 * Nothing happens by itself: time is read from the clock, and `step()` does all that is due. Calls of the API answer at once;
 * what they start takes effect at later steps. Methods that change something run one after the other.
 */
export class GroundTruthSimulator {
  public readonly options: SimulatorOptions;
  private readonly world: World;
  private readonly model?: ServiceModel;
  private readonly turns = new Turns();

  public constructor(cloud: SimulatorCloud, clock: Clock, options: Partial<SimulatorOptions> = {}) {
    this.options = completeOptions(options);
    this.world = new World(cloud, clock, this.options);
    this.model = this.options.serviceModelPath === undefined ? undefined : ServiceModel.fromFile(this.options.serviceModelPath);
  }

  // --- The API -------------------------------------------------------------------------------------------------------

  /**
   * @throws ServiceError `ResourceInUse`, `ResourceLimitExceeded`, `ValidationException`, `AccessDeniedException`,
   * `ThrottlingException`.
   */
  public async createLabelingJob(request: CreateLabelingJobRequest): Promise<{ readonly LabelingJobArn: string }> {
    return this.call('CreateLabelingJob', request, async () => {
      const { region, account, newAccountRefused, concurrentJobs, arnCasing } = this.options;
      const taskType = checkCreateLabelingJob(request, this.options);
      if (newAccountRefused !== undefined) {
        throw new ServiceError(newAccountRefused, `Account ${account} is not enabled for Ground Truth, which takes no new customers.`, 400);
      }
      if (request.RoleArn.split(':')[4] !== account) {
        throw accessDenied(`Cross-account pass role is not allowed: ${request.RoleArn}`);
      }
      const key = request.LabelingJobName.toLowerCase();
      if (this.world.jobs.has(key)) {
        throw resourceInUse(`A labeling job named ${request.LabelingJobName} exists already; names are unique, whatever their case.`);
      }
      if ([...this.world.living].filter(job => !job.hasEnded).length >= concurrentJobs) {
        throw resourceLimitExceeded(`The account has ${concurrentJobs} labeling jobs that have not ended, which is its limit.`);
      }
      const arn = `arn:aws:sagemaker:${region}:${account}:labeling-job/${arnCasing === 'lower' ? key : request.LabelingJobName}`;
      const sequence = this.world.jobs.size + 1;
      const job = new Job(frozenCopy(request), taskType, arn, sequence, this.world.now, this.options.countersIncludeCarried);
      this.world.jobs.set(key, job);
      this.world.living.add(job);
      return { LabelingJobArn: arn };
    });
  }

  /** @throws ServiceError `ResourceNotFound` */
  public async describeLabelingJob(request: { readonly LabelingJobName: string }): Promise<DescribeLabelingJobResponse> {
    return this.call('DescribeLabelingJob', request, async () => {
      const job = this.job(request.LabelingJobName);
      if (this.world.now - job.createdAt < this.options.describeConsistencyDelay) {
        throw resourceNotFound(`The labeling job ${request.LabelingJobName} does not exist`);
      }
      return describe(this.world, job);
    });
  }

  /** @throws ServiceError `ResourceNotFound`, or `ValidationException` for a job that cannot be stopped now. */
  public async stopLabelingJob(request: { readonly LabelingJobName: string }): Promise<void> {
    return this.call('StopLabelingJob', request, () => this.turns.take(async () => this.stop(this.job(request.LabelingJobName))));
  }

  public async listLabelingJobs(request: ListLabelingJobsRequest = {}): Promise<ListLabelingJobsResponse> {
    return this.call('ListLabelingJobs', request, async () => list(this.world, request));
  }

  /** @throws ServiceError `ResourceNotFound` */
  public async listTags(request: { readonly ResourceArn: string }): Promise<{ readonly Tags: readonly Tag[] }> {
    return this.call('ListTags', request, async () => ({ Tags: this.jobByArn(request.ResourceArn).tags }));
  }

  /** @throws ServiceError `ResourceNotFound`, `ValidationException` above 50 tags. */
  public async addTags(request: AddTagsRequest): Promise<{ readonly Tags: readonly Tag[] }> {
    return this.call('AddTags', request, async () => {
      const job = this.jobByArn(request.ResourceArn);
      const merged = new Map([...job.tags, ...request.Tags].map(tag => [tag.Key, tag]));
      if (merged.size > 50) {
        throw validationError('A labeling job has at most 50 tags');
      }
      job.tags = [...merged.values()];
      return { Tags: job.tags };
    });
  }

  /** Stands in for the work teams of the account: a private or vendor team exists unless the option `workTeamExists` says otherwise. */
  public async describeWorkteam(request: { readonly WorkteamName: string }): Promise<DescribeWorkteamResponse> {
    return this.call('DescribeWorkteam', request, async () => {
      const arn = `arn:aws:sagemaker:${this.options.region}:${this.options.account}:workteam/private-crowd/${request.WorkteamName}`;
      if (!this.options.workTeamExists(arn)) {
        throw validationError(`The work team ${request.WorkteamName} does not exist`);
      }
      return { Workteam: { WorkteamName: request.WorkteamName, WorkteamArn: arn, MemberDefinitions: [], Description: 'simulated' } };
    });
  }

  // --- Time ----------------------------------------------------------------------------------------------------------

  /**
   * Does all that is due at the clock's time.
   *
   * @throws AggregateError of the passing failures of the cloud, after all else was done; not if the option `onCloudError` is set.
   */
  public async step(): Promise<void> {
    await this.turns.take(async () => {
      const world = this.world;
      for (const job of world.living) {
        try {
          await advance(world, job);
        } catch (error) {
          world.report(error);
        }
      }
      await world.outbox.flush(world.now, error => world.report(error));
      const errors = world.takeErrors();
      if (errors.length > 0) {
        throw new AggregateError(errors, `The cloud failed ${errors.length} time(s): ${errors.map(error => (error as Error).message).join('; ')}`);
      }
    });
  }

  // --- Workers -------------------------------------------------------------------------------------------------------

  /** Tasks that workers can take now. */
  public tasks(): OpenTask[] {
    return openTasks(this.world);
  }

  /**
   * @param readable Default: an address where nothing is.
   * @throws SimulatorError for a page on which nobody could do the task.
   */
  public async page(taskId: string, readable?: Readable): Promise<WorkerPage> {
    return page(this.world, taskId, readable);
  }

  /** A worker opens a task, which starts the worker's time limit. */
  public async open(taskId: string, workerId: string): Promise<void> {
    return this.turns.take(async () => open(this.world, taskId, workerId));
  }

  /** A worker leaves a task undone: it is there for others, and for the same worker again. */
  public async release(taskId: string, workerId: string): Promise<void> {
    return this.turns.take(async () => release(this.world, taskId, workerId));
  }

  /** @throws SimulatorError for a task that is not open to the worker, or an answer that does not fit it. */
  public async submit(taskId: string, workerId: string, answer: Answer, options: SubmitOptions = {}): Promise<Submitted> {
    return this.turns.take(() => submit(this.world, taskId, workerId, answer, options));
  }

  /**
   * Submits what the form of the worker page gave.
   *
   * @param form the value of each element, by its `name`
   * @throws SimulatorError as `submit`, and for a form in which the consolidation of the task type finds no answer.
   */
  public async submitForm(taskId: string, workerId: string, form: JsonObject, options: SubmitOptions = {}): Promise<Submitted> {
    return this.turns.take(() => submit(this.world, taskId, workerId, answerOfForm(typeOfTask(this.world, taskId), form), options));
  }

  public async decline(taskId: string, workerId: string): Promise<void> {
    return this.turns.take(() => decline(this.world, taskId, workerId));
  }

  /** Every answer that was ever submitted, oldest first. Never shortened. */
  public bill(): readonly BillEntry[] {
    return this.world.bill;
  }

  /** All jobs, oldest first, as DescribeLabelingJob would show them; for those who watch the simulator. */
  public jobs(): DescribeLabelingJobResponse[] {
    return [...this.world.jobs.values()].map(job => describe(this.world, job));
  }

  /** What became of each object of a job, in the order in which they entered; for those who watch the simulator. */
  public objects(jobName: string): SeenObject[] {
    return this.job(jobName).objects.map(({ sourceRef, taskId, state, answers }) =>
      ({ sourceRef, taskId, state, answers: answers.length }));
  }

  // --- Levers --------------------------------------------------------------------------------------------------------

  /**
   * Ends the job as if it had run for its maximum time: its creation time is moved back accordingly.
   *
   * @param status Default: the option `expiryStatus`.
   */
  public async expire(jobName: string, status: EndStatus = this.options.expiryStatus): Promise<void> {
    await this.endNow(jobName, status, status === 'Failed' ? this.options.expiryReason : undefined, this.options.maximumAge);
  }

  /** Ends the job as Failed. */
  public async fail(jobName: string, reason = 'ClientError: injected failure.'): Promise<void> {
    await this.endNow(jobName, 'Failed', reason, 0);
  }

  /** Stops the job as a person in the console would, who is not told what must not be stopped. */
  public async stopByHand(jobName: string): Promise<void> {
    await this.turns.take(async () => {
      const job = this.job(jobName);
      if (job.status !== 'Initializing' && job.status !== 'InProgress') {
        throw new SimulatorError(`The job ${jobName} is ${job.status} and cannot be stopped.`);
      }
      beginStop(this.world, job);
    });
  }

  /** Lets an image fail: now where it is offered, and whenever it comes. */
  public async failObject(sourceRef: string, reason = 'The data object could not be labeled.'): Promise<void> {
    await this.turns.take(async () => {
      this.world.poison.set(sourceRef, reason);
      for (const { job, object } of [...this.world.tasks.values()]) {
        if (object.sourceRef === sourceRef) {
          fail(this.world, job, object, reason);
        }
      }
    });
  }

  /** Takes `failObject` back for times to come. */
  public healObject(sourceRef: string): void {
    this.world.poison.delete(sourceRef);
  }

  private async endNow(jobName: string, status: EndStatus, reason: string | undefined, age: number): Promise<void> {
    await this.turns.take(async () => {
      const job = this.job(jobName);
      if (job.hasEnded) {
        throw new SimulatorError(`The job ${jobName} is ${job.status} already.`);
      }
      job.createdAt = Math.min(job.createdAt, this.world.now - age);
      await end(this.world, job, status, reason);
      await this.world.begin(() => advance(this.world, job));
    });
  }

  private stop(job: Job): void {
    if (job.hasEnded || job.status === 'Stopping') {
      if (this.options.stopOfEndedJob === 'refused') {
        throw validationError(`The labeling job ${job.name} is ${job.status} and cannot be stopped`);
      }
      return;
    }
    if (job.status === 'Initializing' && this.options.stopWhileInitializing === 'refused') {
      throw validationError(`The labeling job ${job.name} is Initializing and cannot be stopped`);
    }
    beginStop(this.world, job);
  }

  private job(name: string): Job {
    const job = typeof name === 'string' ? this.world.jobs.get(name.toLowerCase()) : undefined;
    if (!job) {
      throw resourceNotFound(`The labeling job ${name} does not exist`);
    }
    return job;
  }

  private jobByArn(arn: string): Job {
    const job = this.job(arn.slice(arn.lastIndexOf('/') + 1));
    if (job.arn.toLowerCase() !== arn.toLowerCase()) {
      throw resourceNotFound(`The resource ${arn} does not exist`);
    }
    return job;
  }

  private call<T>(operation: string, request: unknown, answer: () => Promise<T>): Promise<T> {
    return answerCall({ apiVerdict: this.options.apiVerdict, model: this.model }, operation, request, answer);
  }
}

/** The job's own copy of a request, which nobody can change. */
function frozenCopy<T>(value: T): T {
  const copy = structuredClone(value);
  freeze(copy);
  return copy;
}

function freeze(value: unknown): void {
  if (typeof value === 'object' && value !== null) {
    Object.values(value).forEach(freeze);
    Object.freeze(value);
  }
}
