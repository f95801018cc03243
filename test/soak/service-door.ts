import { Trace } from './trace';
import { CreateLabelingJobRequest, GroundTruthSimulator, ServiceError } from '../../src/local/simulator';
import { SageMakerLabelingJobs, SageMakerSender } from '../../src/runtime/aws/sagemaker-labeling-jobs';

/** What goes wrong with a call of the labeling service. `late`: the caller sees a time-out, and the service does it afterwards. */
export const CREATE_TROUBLES = ['create-refused', 'create-quota', 'create-throttled', 'create-failed', 'create-answer-lost', 'create-late'] as const;
export type CreateTrouble = typeof CREATE_TROUBLES[number];

/** How long after the caller gave up the service carries a create out, at most. Milliseconds. */
const LATE = 50_000;

const DESCRIBE_TROUBLES = 'describe-throttled';
export type ServiceTrouble = CreateTrouble | typeof DESCRIBE_TROUBLES;

/** Where the labeling service is asked: through the same requests and error rules as in AWS, with troubles of its own. */
export class ServiceDoor {
  public readonly jobs: SageMakerLabelingJobs;
  private readonly creates: CreateTrouble[] = [];
  private throttled = 0;
  private late: { readonly dueAt: number; readonly create: () => Promise<unknown> }[] = [];

  public constructor(
    private readonly simulator: GroundTruthSimulator, private readonly now: () => number, private readonly trace: Trace,
    private readonly onTrouble: (trouble: ServiceTrouble) => void,
  ) {
    const sender = { send: (command: Command) => this.send(command) } as unknown as SageMakerSender;
    this.jobs = new SageMakerLabelingJobs(sender, sender);
  }

  /** The next create meets this. */
  public armCreate(trouble: CreateTrouble): void {
    this.creates.push(trouble);
  }

  public throttle(calls: number): void {
    this.throttled = calls;
  }

  public behave(): void {
    this.creates.length = 0;
    this.throttled = 0;
  }

  /** When the next create is carried out whose caller gave up. */
  public get nextLate(): number | undefined {
    return this.late[0]?.dueAt;
  }

  /** Carries out the creates whose callers gave up long ago. */
  public async catchUp(all = false): Promise<void> {
    const due = this.late.filter((create) => all || create.dueAt <= this.now());
    this.late = this.late.filter((create) => !due.includes(create));
    for (const { create } of due) {
      await create().catch(() => undefined);
    }
  }

  private async send(command: Command): Promise<unknown> {
    const operation = command.constructor.name.replace(/Command$/, '');
    try {
      const answer = await this.carryOut(operation, command.input);
      this.trace.note(operation, () => answer);
      return answer;
    } catch (error) {
      this.trace.note(operation, () => (error as Error).name);
      throw error;
    }
  }

  private carryOut(operation: string, input: never): Promise<unknown> {
    if (operation === 'CreateLabelingJob') {
      return this.create(input);
    }
    if (this.throttled > 0) {
      this.throttled -= 1;
      this.onTrouble(DESCRIBE_TROUBLES);
      throw new ServiceError('ThrottlingException', 'Rate exceeded (injected)', 400);
    }
    switch (operation) {
      case 'DescribeLabelingJob': return this.simulator.describeLabelingJob(input);
      case 'StopLabelingJob': return this.simulator.stopLabelingJob(input);
      case 'DescribeWorkteam': return this.simulator.describeWorkteam(input);
      default: throw new Error(`the labeling service has no ${operation}`);
    }
  }

  private async create(request: CreateLabelingJobRequest): Promise<unknown> {
    const trouble = this.creates.shift();
    if (trouble === undefined) {
      return this.simulator.createLabelingJob(request);
    }
    this.onTrouble(trouble);
    switch (trouble) {
      case 'create-refused':
        throw new ServiceError('AccessDeniedException', 'The role cannot be assumed (injected)', 400);
      case 'create-quota':
        throw new ServiceError('ResourceLimitExceeded', 'The account has too many labeling jobs (injected)', 400);
      case 'create-throttled':
        throw new ServiceError('ThrottlingException', 'Rate exceeded (injected)', 400);
      case 'create-failed':
        throw new ServiceError('InternalFailure', 'It failed before it did anything (injected)', 500);
      case 'create-answer-lost':
        await this.simulator.createLabelingJob(request);
        throw new ServiceError('TimeoutError', 'It was done, but its answer was lost (injected)', 504);
      case 'create-late':
        this.late.push({ dueAt: this.now() + LATE, create: () => this.simulator.createLabelingJob(request) });
        throw new ServiceError('TimeoutError', 'It takes too long (injected)', 504);
    }
  }
}

interface Command {
  readonly input: never;
  readonly constructor: { readonly name: string };
}
