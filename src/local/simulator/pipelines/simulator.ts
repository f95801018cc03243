import { answerCall } from '../api-call';
import { Clock } from '../clock';
import { ServiceError, resourceNotFound, validationError } from '../errors';
import { ApiVerdict } from '../options';
import { ServiceModel } from '../service-model';
import { definitionProblems, PipelineDefinition, StepDefinition } from './definition';
import { Execution, ExecutionStatus, StepStatus } from './execution';
import { PipelineHost } from './host';

export interface PipelineOptions {
  readonly account: string;
  readonly region: string;
  /** What each step takes at least, in milliseconds. Chosen. */
  readonly stepTime: (step: StepDefinition) => number;
  /** A Lambda step that takes longer fails. Documented: 10 minutes at most, 2 by default. Milliseconds. */
  readonly lambdaTime: number;
  /** How a step ends that takes longer than it may. Documented for functions: Failed. Unknown for processing jobs. */
  readonly timeLimitEnds: 'Failed' | 'Stopped';
  /** Why SageMaker itself fails a step that is due, if it does: no instances, a quota, a fault of its own. */
  readonly stepFault: (step: StepDefinition) => string | undefined;
  /** Whether `step` waits for what functions and containers do, as where time is not real. Chosen. */
  readonly awaitsWork: boolean;
  /** Whether outputs of a processing job are uploaded although an instance failed. Unknown. */
  readonly uploadsAfterFailure: boolean;
  /** How long an idempotency token is known, in milliseconds. Unknown. */
  readonly tokenMemory: number;
  /** Executions of the account at a time. Documented as a quota of its own for each account. */
  readonly concurrentExecutions: number;
  readonly describeConsistencyDelay: number;
  readonly apiVerdict: (operation: string) => ApiVerdict;
  readonly serviceModelPath?: string;
}

const DEFAULTS: PipelineOptions = {
  account: '111122223333', region: 'us-east-1', stepTime: () => 0, lambdaTime: 600_000, timeLimitEnds: 'Failed', stepFault: () => undefined, awaitsWork: false, uploadsAfterFailure: false, tokenMemory: Infinity,
  concurrentExecutions: 200, describeConsistencyDelay: 0, apiVerdict: () => 'ok',
};

export interface StartPipelineExecutionRequest {
  readonly PipelineName: string;
  readonly ClientRequestToken: string;
  readonly PipelineExecutionDisplayName?: string;
  readonly PipelineParameters?: readonly { readonly Name: string; readonly Value: string }[];
}

export interface DescribePipelineExecutionResponse {
  readonly PipelineArn: string;
  readonly PipelineExecutionArn: string;
  readonly PipelineExecutionDisplayName?: string;
  readonly PipelineExecutionStatus: ExecutionStatus;
  readonly FailureReason?: string;
  readonly CreationTime: Date;
  readonly LastModifiedTime: Date;
}

export interface PipelineExecutionStep {
  readonly StepName: string;
  readonly StartTime: Date;
  readonly EndTime?: Date;
  readonly StepStatus: StepStatus;
  readonly FailureReason?: string;
  readonly AttemptCount: number;
}

interface Token {
  readonly at: number;
  readonly request: string;
  readonly arn: string;
}

/**
 * SageMaker pipelines, without AWS: the definition that a template has, its processing steps run by the host on its inputs, its
 * functions called for real. Nothing happens by itself but what a step has begun: `step()` looks at the clock and goes on.
 */
export class PipelineSimulator {
  public readonly options: PipelineOptions;
  private readonly pipelines = new Map<string, PipelineDefinition>();
  private readonly all = new Map<string, Execution>();
  private readonly tokens = new Map<string, Token>();
  private started = 0;
  private readonly model?: ServiceModel;

  public constructor(private readonly host: PipelineHost, private readonly clock: Clock, options: Partial<PipelineOptions> = {}) {
    this.options = { ...DEFAULTS, ...options };
    this.model = this.options.serviceModelPath === undefined ? undefined : ServiceModel.fromFile(this.options.serviceModelPath);
  }

  // --- The API -------------------------------------------------------------------------------------------------------

  /** Creates a pipeline or replaces its definition; executions that run keep theirs. */
  public putPipeline(name: string, definitionBody: string): void {
    const problems = definitionProblems(definitionBody);
    if (problems.length > 0) {
      throw validationError(`Unable to parse pipeline definition: ${problems.join('; ')}`);
    }
    const definition = JSON.parse(definitionBody) as PipelineDefinition;
    this.pipelines.set(name, { ...definition, Parameters: definition.Parameters ?? [] });
  }

  public removePipeline(name: string): void {
    if (this.executions().some(({ pipelineName, isOver }) => pipelineName === name && !isOver)) {
      throw new ServiceError('ConflictException', `The pipeline ${name} has running executions and cannot be deleted.`, 400);
    }
    this.pipelines.delete(name);
  }

  /** @throws ServiceError `ResourceNotFound`, `ResourceLimitExceeded`, `ConflictException`, `ValidationException`. */
  public async startPipelineExecution(request: StartPipelineExecutionRequest): Promise<{ readonly PipelineExecutionArn: string }> {
    return this.call('StartPipelineExecution', request, () => {
      const name = request.PipelineName.slice(request.PipelineName.lastIndexOf('/') + 1);
      const known = this.tokens.get(request.ClientRequestToken);
      if (known && this.clock.now() - known.at <= this.options.tokenMemory) {
        if (known.request !== JSON.stringify(request)) {
          throw new ServiceError('ConflictException', 'The request token was used with other parameters.', 400);
        }
        return { PipelineExecutionArn: known.arn };
      }
      const definition = this.pipelines.get(name);
      if (!definition) {
        throw resourceNotFound(`Pipeline ${name} does not exist.`);
      }
      if (this.executions().filter(({ isOver }) => !isOver).length >= this.options.concurrentExecutions) {
        throw new ServiceError('ResourceLimitExceeded', 'The account-level limit of concurrent pipeline executions is reached.', 400);
      }
      const id = (this.started += 1).toString(36).padStart(12, '0');
      const arn = `arn:aws:sagemaker:${this.options.region}:${this.options.account}:pipeline/${name}/execution/${id}`;
      const parameters = readParameters(definition, request.PipelineParameters ?? []);
      const execution = new Execution(arn, name, request.PipelineExecutionDisplayName, this.clock.now(), definition, parameters);
      this.all.set(arn, execution);
      this.tokens.set(request.ClientRequestToken, { at: this.clock.now(), request: JSON.stringify(request), arn });
      return { PipelineExecutionArn: arn };
    });
  }

  /** @throws ServiceError `ResourceNotFound` */
  public async describePipelineExecution(request: { readonly PipelineExecutionArn: string }): Promise<DescribePipelineExecutionResponse> {
    return this.call('DescribePipelineExecution', request, () => {
      const execution = this.find(request.PipelineExecutionArn);
      if (this.clock.now() - execution.createdAt < this.options.describeConsistencyDelay) {
        throw notFound(request.PipelineExecutionArn);
      }
      return {
        PipelineArn: execution.arn.slice(0, execution.arn.indexOf('/execution/')),
        PipelineExecutionArn: execution.arn,
        PipelineExecutionDisplayName: execution.displayName,
        PipelineExecutionStatus: execution.status,
        FailureReason: execution.failureReason,
        CreationTime: new Date(execution.createdAt),
        LastModifiedTime: new Date(execution.lastModified),
      };
    });
  }

  /** The newest first, as the API does by default. One page. */
  public async listPipelineExecutionSteps(
    request: { readonly PipelineExecutionArn?: string; readonly SortOrder?: 'Ascending' | 'Descending' },
  ): Promise<{ readonly PipelineExecutionSteps: readonly PipelineExecutionStep[] }> {
    return this.call('ListPipelineExecutionSteps', request, () => {
      const steps = this.find(request.PipelineExecutionArn ?? '').steps.map(({ definition, startedAt, endedAt, status, failureReason }) => ({
        StepName: definition.Name, StartTime: new Date(startedAt), EndTime: endedAt === undefined ? undefined : new Date(endedAt),
        StepStatus: status, FailureReason: failureReason, AttemptCount: 1,
      }));
      return { PipelineExecutionSteps: request.SortOrder === 'Ascending' ? steps : steps.reverse() };
    });
  }

  /** @throws ServiceError `ResourceNotFound`, `ConflictException` for an execution that is over. */
  public async stopPipelineExecution(
    request: { readonly PipelineExecutionArn: string; readonly ClientRequestToken: string },
  ): Promise<{ readonly PipelineExecutionArn: string }> {
    return this.call('StopPipelineExecution', request, () => {
      const execution = this.find(request.PipelineExecutionArn);
      if (execution.isOver) {
        throw new ServiceError('ConflictException', `The execution is ${execution.status} and cannot be stopped.`, 400);
      }
      execution.stop(this.clock.now());
      return { PipelineExecutionArn: execution.arn };
    });
  }

  // --- Time, and levers for who watches ------------------------------------------------------------------------------

  /** Does all that is due. What a step began in an earlier call, or in this one, may come back in between. */
  public async step(): Promise<void> {
    for (const execution of this.all.values()) {
      for (let before = -1; !execution.isOver && before !== progress(execution);) {
        before = progress(execution);
        execution.advance(this.host, this.options, this.clock.now());
        await (this.options.awaitsWork ? Promise.all(execution.steps.map(({ work }) => work)) : undefined);
        await new Promise(resolve => setImmediate(resolve));
      }
    }
  }

  /** All executions, the oldest first. */
  public executions(): readonly Execution[] {
    return [...this.all.values()];
  }

  /** Stops an execution as a person in Studio would. */
  public stopByHand(arn: string): void {
    this.find(arn).stop(this.clock.now());
  }

  /** As if it had never been. */
  public forget(arn: string): void {
    this.all.delete(arn);
  }

  private find(arn: string): Execution {
    const execution = this.all.get(arn);
    if (!execution) {
      throw notFound(arn);
    }
    return execution;
  }

  private call<T>(operation: string, request: unknown, answer: () => T): Promise<T> {
    return answerCall({ apiVerdict: this.options.apiVerdict, model: this.model }, operation, request, answer);
  }
}

const notFound = (arn: string): ServiceError => resourceNotFound(`Pipeline execution ${arn} does not exist.`);

/** Changes whenever something has moved. */
const progress = ({ steps, status }: Execution): number =>
  steps.length * 1000 + steps.filter(step => step.endedAt !== undefined).length * 100 + steps.filter(step => step.outcome).length * 10 + steps.filter(step => step.finishing === 'done').length * 3 + (status === 'Executing' ? 0 : 1);

function readParameters(
  { Parameters }: PipelineDefinition, given: readonly { readonly Name: string; readonly Value: string }[],
): Record<string, string | number | boolean> {
  const unknown = given.find(({ Name }) => !Parameters.some(parameter => parameter.Name === Name));
  if (unknown) {
    throw validationError(`The pipeline has no parameter ${unknown.Name}.`);
  }
  return Object.fromEntries(Parameters.map(({ Name, Type, DefaultValue }) => {
    const text = given.find(one => one.Name === Name)?.Value ?? DefaultValue;
    if (text === undefined) {
      throw validationError(`The parameter ${Name} has neither a value nor a default.`);
    }
    const value = Type === 'String' ? String(text) : Type === 'Boolean' ? String(text) === 'true' : Number(text);
    if (Type === 'Integer' && !Number.isInteger(value)) {
      throw validationError(`The parameter ${Name} is ${text}, which is no integer.`);
    }
    return [Name, value];
  }));
}
