import { isJsonObject, JsonObject } from '../json';

/** A step of a pipeline definition, as far as it is simulated. */
export interface StepDefinition {
  readonly Name: string;
  readonly Type: string;
  readonly Arguments?: JsonObject;
  readonly DependsOn?: readonly string[];
  readonly FunctionArn?: string;
  readonly OutputParameters?: readonly { readonly OutputName: string; readonly OutputType: string }[];
  readonly [member: string]: unknown;
}

export interface ParameterDefinition {
  readonly Name: string;
  readonly Type: 'String' | 'Integer' | 'Float' | 'Boolean';
  readonly DefaultValue?: string | number | boolean;
}

export interface PipelineDefinition {
  readonly Version: string;
  readonly Parameters: readonly ParameterDefinition[];
  readonly Steps: readonly StepDefinition[];
}

const NAME = /^[A-Za-z0-9\-_]{1,64}$/;
const BODY_MAX = 1_048_576;
const SIMULATED = ['Processing', 'Lambda', 'Condition'];
const TOP_LEVEL = ['Version', 'Metadata', 'Parameters', 'Steps', 'PipelineExperimentConfig'];
const STEP_MEMBERS = ['Name', 'Type', 'Arguments', 'DependsOn', 'DisplayName', 'Description', 'CacheConfig', 'RetryPolicies', 'PropertyFiles', 'FunctionArn', 'OutputParameters'];
const PARAMETER_TYPES = ['String', 'Integer', 'Float', 'Boolean'];
const OUTPUT_TYPES = ['String', 'Integer', 'Float', 'Boolean'];
const RETRIED = ['Processing'];
const EXECUTION_VALUES = ['PipelineExecutionId', 'PipelineExecutionArn', 'PipelineName', 'PipelineArn', 'StartDateTime', 'CurrentDateTime'];
const COMPARISONS = ['Equals', 'NotEquals', 'GreaterThan', 'GreaterThanOrEqualTo', 'LessThan', 'LessThanOrEqualTo'];
const ATTEMPTS_MAX = 20;

/** What steps are inside the branches of conditions, with their conditions before them. */
export function allSteps(steps: readonly StepDefinition[]): StepDefinition[] {
  return steps.flatMap(step => [step, ...allSteps(branches(step))]);
}

/** The steps of both branches. */
export function branches(step: StepDefinition): StepDefinition[] {
  return step.Type === 'Condition' ? ['IfSteps', 'ElseSteps'].flatMap(name => (step.Arguments?.[name] ?? []) as unknown as StepDefinition[]) : [];
}

/**
 * Everything that is wrong with a pipeline definition by the rules of its published schema and of the Developer Guide, as far as
 * this simulator knows them. Empty: nothing.
 */
export function definitionProblems(body: string): string[] {
  if (body.length > BODY_MAX) {
    return [`the definition has ${body.length} characters; ${BODY_MAX} are allowed`];
  }
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch (error) {
    return [`the definition is no JSON: ${(error as Error).message}`];
  }
  return isJsonObject(value) ? new Checker(value).problems : ['the definition is no JSON object'];
}

class Checker {
  public readonly problems: string[] = [];
  private readonly parameters: ReadonlyMap<string, ParameterDefinition>;
  private readonly steps: readonly StepDefinition[];

  public constructor(definition: JsonObject) {
    const parameters = (definition.Parameters ?? []) as unknown as readonly ParameterDefinition[];
    this.parameters = new Map(parameters.map(parameter => [parameter.Name, parameter]));
    this.steps = allSteps((definition.Steps ?? []) as unknown as readonly StepDefinition[]);
    this.checkTop(definition);
    this.checkNames('parameter', parameters.map(({ Name }) => Name));
    this.checkNames('step', this.steps.map(({ Name }) => Name));
    parameters.forEach(parameter => this.checkParameter(parameter));
    (definition.Steps as unknown as readonly StepDefinition[] | undefined)?.forEach(step => this.checkStep(step, []));
    this.checkCycles();
  }

  private checkTop(definition: JsonObject): void {
    this.require(definition.Version === '2020-12-01', `Version is ${JSON.stringify(definition.Version)}; 2020-12-01 is expected`);
    this.require(Array.isArray(definition.Steps) && definition.Steps.length > 0, 'Steps must have at least one step');
    Object.keys(definition).filter(name => !TOP_LEVEL.includes(name)).forEach(name => this.problems.push(`the definition has the unknown member ${name}`));
    for (const [name, text] of Object.entries((definition.Metadata ?? {}) as JsonObject)) {
      this.require(/^[A-Za-z0-9\-_]{1,128}$/.test(name) && typeof text === 'string' && text.length <= 1024, `Metadata ${name} is no short text`);
    }
  }

  private checkNames(what: string, names: readonly string[]): void {
    names.forEach((name, index) => {
      this.require(typeof name === 'string' && NAME.test(name), `the ${what} name ${JSON.stringify(name)} does not match ${NAME.source}`);
      this.require(names.indexOf(name) === index, `two ${what}s are named ${name}`);
    });
  }

  private checkParameter({ Name, Type, DefaultValue }: ParameterDefinition): void {
    this.require(PARAMETER_TYPES.includes(Type), `parameter ${Name} has the type ${Type}; allowed are ${PARAMETER_TYPES.join(', ')}`);
    const fits = DefaultValue === undefined || (Type === 'String' ? typeof DefaultValue === 'string' && DefaultValue.length <= 4096
      : Type === 'Boolean' ? typeof DefaultValue === 'boolean' : typeof DefaultValue === 'number' && (Type === 'Float' || Number.isInteger(DefaultValue)));
    this.require(fits, `the default of parameter ${Name} is no ${Type}`);
  }

  /** @param around Steps of the branch that this one is in; a step may refer to these, and to none in another branch. */
  private checkStep(step: StepDefinition, around: readonly StepDefinition[]): void {
    const { Name, Type } = step;
    Object.keys(step).filter(name => !STEP_MEMBERS.includes(name)).forEach(name => this.problems.push(`step ${Name} has the unknown member ${name}`));
    this.require(SIMULATED.includes(Type), `step ${Name} has the type ${Type}; this simulator knows ${SIMULATED.join(', ')}`);
    this.require(step.RetryPolicies === undefined || RETRIED.includes(Type), `step ${Name}: a ${Type} step has no retry policy`);
    this.checkRetries(step);
    for (const other of step.DependsOn ?? []) {
      this.require(other !== Name && this.steps.some(each => each.Name === other), `step ${Name} depends on ${other}, which does not exist`);
      this.require(around.length === 0 || around.some(each => each.Name === other), `step ${Name} depends on ${other}, which is in another branch`);
    }
    if (Type === 'Condition') {
      this.checkCondition(step, around);
    } else {
      this.checkReferences(step.Arguments, `step ${Name}`, Name, around);
    }
    if (Type === 'Lambda') {
      this.checkLambda(step);
    }
    if (Type === 'Processing') {
      this.checkProcessing(step);
    }
  }

  private checkRetries({ Name, RetryPolicies = [] }: StepDefinition): void {
    for (const policy of RetryPolicies as unknown as readonly JsonObject[]) {
      this.require(Array.isArray(policy.ExceptionType) && policy.ExceptionType.length > 0, `step ${Name}: a retry policy names its ExceptionType`);
      this.require((policy.MaxAttempts === undefined) !== (policy.ExpireAfterMin === undefined), `step ${Name}: a retry policy has MaxAttempts or ExpireAfterMin`);
      this.require(Number(policy.MaxAttempts ?? 1) <= ATTEMPTS_MAX, `step ${Name}: at most ${ATTEMPTS_MAX} attempts are allowed`);
    }
  }

  private checkCondition(step: StepDefinition, around: readonly StepDefinition[]): void {
    const { Conditions, ...rest } = step.Arguments ?? {};
    this.require(around.length === 0, `condition ${step.Name} is inside another condition, which is not allowed`);
    this.require(Array.isArray(Conditions) && Conditions.length > 0, `condition ${step.Name} has no Conditions`);
    for (const condition of (Conditions ?? []) as unknown as readonly JsonObject[]) {
      this.require(COMPARISONS.includes(String(condition.Type)), `condition ${step.Name} compares by ${String(condition.Type)}`);
      this.require('LeftValue' in condition && 'RightValue' in condition, `condition ${step.Name} lacks LeftValue or RightValue`);
      this.checkReferences(condition, `condition ${step.Name}`, step.Name, around);
    }
    Object.keys(rest).filter(name => name !== 'IfSteps' && name !== 'ElseSteps')
      .forEach(name => this.problems.push(`condition ${step.Name} has the unknown argument ${name}`));
    for (const name of ['IfSteps', 'ElseSteps']) {
      const steps = (rest[name] ?? []) as unknown as readonly StepDefinition[];
      steps.forEach(inner => this.checkStep(inner, steps));
    }
  }

  private checkLambda({ Name, FunctionArn, Arguments = {}, OutputParameters = [] }: StepDefinition): void {
    this.require(/^arn:[^:]+:lambda:[^:]+:[^:]+:function:.+$/.test(String(FunctionArn)), `step ${Name}: FunctionArn ${String(FunctionArn)} is no function's ARN`);
    for (const [name, value] of Object.entries(Arguments)) {
      const isPrimitive = ['string', 'number', 'boolean'].includes(typeof value) || isReference(value);
      this.require(isPrimitive, `step ${Name}: the argument ${name} is nested; a Lambda step takes texts and numbers`);
    }
    this.checkNames('output', OutputParameters.map(({ OutputName }) => OutputName));
    OutputParameters.forEach(({ OutputName, OutputType }) =>
      this.require(OUTPUT_TYPES.includes(OutputType), `step ${Name}: output ${OutputName} has the type ${OutputType}`));
  }

  private checkProcessing({ Name, Arguments = {} }: StepDefinition): void {
    this.require(Arguments.ProcessingJobName === undefined, `step ${Name}: SageMaker names the processing job`);
    for (const name of ['RoleArn', 'AppSpecification', 'ProcessingResources']) {
      this.require(Arguments[name] !== undefined, `step ${Name} lacks ${name}`);
    }
  }

  private checkReferences(value: unknown, where: string, self: string, around: readonly StepDefinition[]): void {
    if (Array.isArray(value)) {
      value.forEach(item => this.checkReferences(item, where, self, around));
    } else if (isJsonObject(value)) {
      const path = value.Get;
      if (typeof path === 'string' && Object.keys(value).length === 1) {
        this.checkPath(path, where, self, around);
        return;
      }
      const unknown = Object.keys(value).find(name => name.startsWith('Std:') && name !== 'Std:Join');
      this.require(unknown === undefined, `${where} uses ${unknown}, which this simulator does not know`);
      Object.values(value).forEach(item => this.checkReferences(item, where, self, around));
    }
  }

  private checkPath(path: string, where: string, self: string, around: readonly StepDefinition[]): void {
    const [root, name] = path.split('.');
    switch (root) {
      case 'Parameters':
        this.require(this.parameters.has(name), `${where} refers to ${path}, and there is no such parameter`);
        break;
      case 'Execution':
        this.require(EXECUTION_VALUES.includes(name), `${where} refers to ${path}, which an execution does not have`);
        break;
      case 'Steps': {
        const step = this.steps.find(each => each.Name === name);
        this.require(step !== undefined && name !== self, `${where} refers to ${path}, and there is no such step`);
        this.require(around.length === 0 || around.some(each => each.Name === name), `${where} refers to ${path}, which is in another branch`);
        const output = /^OutputParameters\['(.+)'\]$/.exec(path.split('.').slice(2).join('.'))?.[1];
        this.require(!path.includes('OutputParameters') || step?.OutputParameters?.some(each => each.OutputName === output) === true,
          `${where} refers to ${path}, and the step has no such output`);
        break;
      }
      default:
        this.problems.push(`${where} refers to ${path}; references begin with Parameters, Steps or Execution`);
    }
  }

  private checkCycles(): void {
    const after = new Map(this.steps.map(step => [step.Name, step.DependsOn ?? []]));
    const reaches = (from: string, to: string, seen: ReadonlySet<string>): boolean => (after.get(from) ?? [])
      .some(next => next === to || (!seen.has(next) && reaches(next, to, new Set([...seen, next]))));
    this.steps.filter(({ Name }) => reaches(Name, Name, new Set())).forEach(({ Name }) => this.problems.push(`step ${Name} waits for itself`));
  }

  private require(holds: boolean, problem: string): void {
    if (!holds) {
      this.problems.push(problem);
    }
  }
}

function isReference(value: unknown): boolean {
  return isJsonObject(value) && Object.keys(value).length === 1 && ('Get' in value || 'Std:Join' in value);
}

/** What references may resolve to. */
export interface Values {
  readonly parameters: Readonly<Record<string, string | number | boolean>>;
  readonly execution: Readonly<Record<string, string>>;
  readonly outputs: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** A copy of a JSON value with all references resolved. */
export function resolveReferences(value: unknown, values: Values): unknown {
  if (Array.isArray(value)) {
    return value.map(item => resolveReferences(item, values));
  }
  if (!isJsonObject(value)) {
    return value;
  }
  if (typeof value.Get === 'string' && Object.keys(value).length === 1) {
    return valueOf(value.Get, values);
  }
  const joined = value['Std:Join'];
  if (isJsonObject(joined)) {
    return (resolveReferences(joined.Values, values) as unknown[]).map(String).join(String(joined.On));
  }
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, resolveReferences(item, values)]));
}

function valueOf(path: string, { parameters, execution, outputs }: Values): unknown {
  const [root, name, ...rest] = path.split('.');
  if (root === 'Parameters') {
    return parameters[name];
  }
  return root === 'Execution' ? execution[name] : outputs[name]?.[/^OutputParameters\['(.+)'\]$/.exec(rest.join('.'))?.[1] ?? ''];
}
