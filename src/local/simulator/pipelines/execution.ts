import { JsonObject } from '../json';
import { PipelineDefinition, resolveReferences, StepDefinition, Values } from './definition';
import { PipelineHost } from './host';
import { ProcessingRules, runProcessing } from './processing';

export type ExecutionStatus = 'Executing' | 'Stopping' | 'Stopped' | 'Failed' | 'Succeeded';
export type StepStatus = 'Starting' | ExecutionStatus;

/** A step that has begun. */
export interface StepState {
  readonly definition: StepDefinition;
  readonly startedAt: number;
  status: StepStatus;
  endedAt?: number;
  failureReason?: string;
  /** Ends it at once. */
  readonly abort: AbortController;
  /** Set when what it does is over. */
  outcome?: {
    readonly ok: boolean;
    /** Default: failed. */
    readonly ends?: 'Failed' | 'Stopped';
    readonly reason?: string;
    readonly outputs?: Readonly<Record<string, unknown>>;
    readonly finish?: () => Promise<void>;
  };
  /** What it does, to its end. */
  work?: Promise<void>;
  /** What is done at its very end is under way, or done. */
  finishing?: 'begun' | 'done';
}

export interface ExecutionRules extends ProcessingRules {
  /** What each step takes at least, in milliseconds. */
  readonly stepTime: (step: StepDefinition) => number;
  /** A Lambda step that takes longer fails, although its function goes on. Milliseconds. */
  readonly lambdaTime: number;
  /** How a step ends whose time is over, and with it the execution. */
  readonly timeLimitEnds: 'Failed' | 'Stopped';
  /** Why SageMaker itself fails a step, if it does. */
  readonly stepFault: (step: StepDefinition) => string | undefined;
}

/** One execution of a pipeline: the definition as it was when it started, whatever becomes of the pipeline. */
export class Execution {
  public status: ExecutionStatus = 'Executing';
  public failureReason?: string;
  public lastModified: number;
  public readonly steps: StepState[] = [];
  private readonly skipped = new Set<string>();

  public constructor(
    public readonly arn: string, public readonly pipelineName: string, public readonly displayName: string | undefined,
    public readonly createdAt: number, private readonly definition: PipelineDefinition,
    private readonly parameters: Readonly<Record<string, string | number | boolean>>,
  ) {
    this.lastModified = createdAt;
  }

  public get isOver(): boolean {
    return this.status !== 'Executing' && this.status !== 'Stopping';
  }

  /** A processing job can be stopped, a function cannot: the execution stays Stopping until it has come back. */
  public stop(now: number): void {
    this.status = 'Stopping';
    this.lastModified = now;
    this.steps.filter(({ status, definition }) => status === 'Executing' && definition.Type === 'Processing').forEach(({ abort }) => abort.abort());
  }

  /** Does what is due: ends steps whose work is over, begins those whose predecessors have succeeded. */
  public advance(host: PipelineHost, rules: ExecutionRules, now: number): void {
    this.steps.filter(step => step.status === 'Executing').forEach(step => this.endStep(step, rules, now));
    const running = this.steps.some(({ status }) => status === 'Executing');
    if (this.status === 'Stopping') {
      if (!running) {
        this.end('Stopped', now);
      }
      return;
    }
    const broken = this.steps.find(({ status }) => status === 'Failed' || status === 'Stopped');
    if (broken) {
      if (!running) {
        this.end(broken.status as 'Failed' | 'Stopped', now, broken.status === 'Failed' ? 'Step failure: One or multiple steps failed.' : undefined);
      }
      return;
    }
    const due = this.dueSteps(this.definition.Steps);
    due.forEach(step => this.begin(step, host, rules, now));
    if (due.length === 0 && !running) {
      this.end('Succeeded', now);
    }
  }

  private dueSteps(steps: readonly StepDefinition[]): StepDefinition[] {
    return steps.flatMap(step => {
      const state = this.steps.find(({ definition }) => definition.Name === step.Name);
      if (state) {
        return step.Type === 'Condition' && state.status === 'Succeeded' ? this.dueSteps(this.chosen(step)) : [];
      }
      return (step.DependsOn ?? []).every(name => this.isDone(name)) ? [step] : [];
    });
  }

  private isDone(name: string): boolean {
    const state = this.steps.find(({ definition }) => definition.Name === name);
    return state?.status === 'Succeeded' && (state.definition.Type !== 'Condition' || this.chosen(state.definition).every(step => this.isDone(step.Name)));
  }

  private chosen({ Name, Arguments }: StepDefinition): StepDefinition[] {
    return (Arguments?.[this.skipped.has(Name) ? 'ElseSteps' : 'IfSteps'] ?? []) as unknown as StepDefinition[];
  }

  private begin(definition: StepDefinition, host: PipelineHost, rules: ExecutionRules, now: number): void {
    const state: StepState = { definition, startedAt: now, status: 'Executing', abort: new AbortController() };
    this.steps.push(state);
    this.lastModified = now;
    if (definition.Type === 'Condition') {
      this.decide(state);
      return;
    }
    const fault = rules.stepFault(definition);
    if (fault !== undefined) {
      state.outcome = { ok: false, reason: fault };
      return;
    }
    const given = resolveReferences(definition.Arguments ?? {}, this.values) as JsonObject;
    const work = definition.Type === 'Processing'
      ? runProcessing(host, given, rules, state.abort.signal)
      : host.invoke(definition.FunctionArn!, given).then(answer => lambdaOutcome(definition, answer));
    state.work = work.then(outcome => {
      state.outcome ??= outcome;
    }, (error: unknown) => {
      state.outcome ??= { ok: false, reason: `ClientError: ${String((error as Error).message)}` };
    });
  }

  private decide(state: StepState): void {
    const { Conditions } = state.definition.Arguments as unknown as { Conditions: JsonObject[] };
    const hold = Conditions.every(condition => compare(String(condition.Type),
      resolveReferences(condition.LeftValue, this.values), resolveReferences(condition.RightValue, this.values)));
    if (!hold) {
      this.skipped.add(state.definition.Name);
    }
    state.outcome = { ok: true };
  }

  private endStep(step: StepState, rules: ExecutionRules, now: number): void {
    const age = now - step.startedAt;
    const limit = limitOf(step.definition, rules);
    const took = rules.stepTime(step.definition);
    // What was over in time is, however late somebody looks.
    if (age >= limit && (!step.outcome || took >= limit)) {
      step.abort.abort();
      step.outcome = { ok: false, ends: rules.timeLimitEnds, reason: `${step.definition.Type} step timed out after ${limit / 1000} s` };
    }
    if (step.abort.signal.aborted && this.status === 'Stopping') {
      step.status = 'Stopped';
    } else if (step.outcome && age >= Math.min(took, limit) && isFinished(step)) {
      step.status = step.outcome.ok ? 'Succeeded' : step.outcome.ends ?? 'Failed';
      step.failureReason = step.outcome.reason;
    } else {
      return;
    }
    step.endedAt = now;
    this.lastModified = now;
  }

  private end(status: ExecutionStatus, now: number, reason?: string): void {
    this.status = status;
    this.failureReason = reason;
    this.lastModified = now;
  }

  private get values(): Values {
    return {
      parameters: this.parameters,
      execution: {
        PipelineExecutionId: this.arn.slice(this.arn.lastIndexOf('/') + 1), PipelineExecutionArn: this.arn, PipelineName: this.pipelineName,
        StartDateTime: new Date(this.createdAt).toISOString(), CurrentDateTime: new Date(this.lastModified).toISOString(),
      },
      outputs: Object.fromEntries(this.steps.map(({ definition, outcome }) => [definition.Name, outcome?.outputs ?? {}])),
    };
  }
}

/** Begins the last thing that a step does, once; answers whether it is done. */
function isFinished(step: StepState): boolean {
  if (step.outcome?.finish && step.finishing === undefined) {
    step.finishing = 'begun';
    step.outcome.finish().then(() => { step.finishing = 'done'; }, (error: unknown) => {
      step.outcome = { ok: false, reason: `InternalServerError: ${String((error as Error).message)}` };
    });
  }
  return step.outcome?.finish === undefined || step.finishing === 'done';
}

function limitOf({ Type, Arguments }: StepDefinition, rules: ExecutionRules): number {
  if (Type === 'Lambda') {
    return rules.lambdaTime;
  }
  const stopping = Arguments?.StoppingCondition as JsonObject | undefined;
  return stopping ? Number(stopping.MaxRuntimeInSeconds) * 1000 : Infinity;
}

/** A function has to answer with an object that has all outputs, and nothing nested in them. */
function lambdaOutcome({ OutputParameters = [] }: StepDefinition, answer: unknown): NonNullable<StepState['outcome']> {
  const outputs = (typeof answer === 'object' && answer !== null ? answer : {}) as Readonly<Record<string, unknown>>;
  const wrong = OutputParameters.find(({ OutputName }) => !['string', 'number', 'boolean'].includes(typeof outputs[OutputName]));
  return wrong
    ? { ok: false, reason: `ClientError: the function's answer lacks the output ${wrong.OutputName}, or it is no text or number` }
    : { ok: true, outputs };
}

function compare(type: string, left: unknown, right: unknown): boolean {
  switch (type) {
    case 'Equals': return left === right;
    case 'NotEquals': return left !== right;
    case 'GreaterThan': return Number(left) > Number(right);
    case 'GreaterThanOrEqualTo': return Number(left) >= Number(right);
    case 'LessThan': return Number(left) < Number(right);
    default: return Number(left) <= Number(right);
  }
}
