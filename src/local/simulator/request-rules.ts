import { validationError } from './errors';
import { SimulatorOptions } from './options';
import { CreateLabelingJobRequest } from './requests';
import { TASK_TYPES, TaskType, taskTypeOf } from './task-types';

/** What a member of a request may be. A structure lists all its members; anything else is refused. */
interface Rule {
  readonly type: 'string' | 'integer' | 'list' | 'structure' | 'anything';
  readonly required?: boolean;
  readonly pattern?: RegExp;
  /** Least length, size or value. */
  readonly min?: number;
  /** Greatest length, size or value. */
  readonly max?: number;
  readonly oneOf?: readonly string[];
  readonly members?: Readonly<Record<string, Rule>>;
  readonly items?: Rule;
}

const S3_URI: Rule = { type: 'string', max: 1024, pattern: /^(https|s3):\/\/([^/]+)\/?(.*)$/ };
const SNS_TOPIC: Rule = { type: 'string', max: 2048, pattern: /^arn:aws[a-z-]*:sns:[a-z0-9-]*:[0-9]{12}:[a-zA-Z0-9_.-]+$/ };
const FUNCTION_ARN: Rule = {
  type: 'string', max: 2048, pattern: /^arn:aws[a-z-]*:lambda:[a-z0-9-]*:[0-9]{12}:function:[a-zA-Z0-9-_.]+(:(\$LATEST|[a-zA-Z0-9-_]+))?$/,
};

/** The longest time a worker may take for one image, in seconds. */
const MAX_TASK_TIME = 28_800;
/** The longest time an object is offered to private or vendor workers, in seconds. */
const MAX_AVAILABILITY = 2_592_000;

const TAG: Rule = {
  type: 'structure',
  members: {
    Key: { type: 'string', required: true, min: 1, max: 128, pattern: /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u },
    Value: { type: 'string', required: true, max: 256, pattern: /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u },
  },
};

const HUMAN_TASK_CONFIG: Rule = {
  type: 'structure',
  required: true,
  members: {
    WorkteamArn: { type: 'string', required: true, max: 256, pattern: /^arn:aws[a-z-]*:sagemaker:[a-z0-9-]*:[0-9]{12}:workteam\/.*$/ },
    UiConfig: { type: 'structure', required: true, members: { UiTemplateS3Uri: S3_URI, HumanTaskUiArn: { type: 'string', max: 1024 } } },
    PreHumanTaskLambdaArn: FUNCTION_ARN,
    TaskKeywords: { type: 'list', min: 1, max: 5, items: { type: 'string', min: 1, max: 30, pattern: /^[A-Za-z0-9]+( [A-Za-z0-9]+)*$/ } },
    TaskTitle: { type: 'string', required: true, min: 1, max: 128, pattern: /^[\t\n\r -\uD7FF\uE000-\uFFFD]*$/ },
    TaskDescription: { type: 'string', required: true, min: 1, max: 255, pattern: /^.+$/ },
    NumberOfHumanWorkersPerDataObject: { type: 'integer', required: true, min: 1, max: 9 },
    TaskTimeLimitInSeconds: { type: 'integer', required: true, min: 30, max: MAX_TASK_TIME },
    TaskAvailabilityLifetimeInSeconds: { type: 'integer', min: 60, max: MAX_AVAILABILITY },
    MaxConcurrentTaskCount: { type: 'integer', min: 1, max: 5000 },
    AnnotationConsolidationConfig: {
      type: 'structure', members: { AnnotationConsolidationLambdaArn: { ...FUNCTION_ARN, required: true } },
    },
    PublicWorkforceTaskPrice: { type: 'anything' },
  },
};

const CREATE_LABELING_JOB: Rule = {
  type: 'structure',
  members: {
    LabelingJobName: { type: 'string', required: true, min: 1, max: 63, pattern: /^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/ },
    LabelAttributeName: { type: 'string', required: true, min: 1, max: 127, pattern: /^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,126}$/ },
    InputConfig: {
      type: 'structure',
      required: true,
      members: {
        DataSource: {
          type: 'structure',
          required: true,
          members: {
            S3DataSource: { type: 'structure', members: { ManifestS3Uri: { ...S3_URI, required: true } } },
            SnsDataSource: { type: 'structure', members: { SnsTopicArn: { ...SNS_TOPIC, required: true } } },
          },
        },
        DataAttributes: {
          type: 'structure',
          members: {
            ContentClassifiers: {
              type: 'list',
              max: 256,
              items: { type: 'string', oneOf: ['FreeOfPersonallyIdentifiableInformation', 'FreeOfAdultContent'] },
            },
          },
        },
      },
    },
    OutputConfig: {
      type: 'structure',
      required: true,
      members: {
        S3OutputPath: { ...S3_URI, required: true },
        KmsKeyId: { type: 'string', max: 2048, pattern: /^[a-zA-Z0-9:/_-]*$/ },
        SnsTopicArn: SNS_TOPIC,
      },
    },
    RoleArn: { type: 'string', required: true, min: 20, max: 2048, pattern: /^arn:aws[a-z-]*:iam::\d{12}:role\/?[a-zA-Z_0-9+=,.@\-_/]+$/ },
    LabelCategoryConfigS3Uri: S3_URI,
    StoppingConditions: { type: 'anything' },
    LabelingJobAlgorithmsConfig: { type: 'anything' },
    HumanTaskConfig: HUMAN_TASK_CONFIG,
    Tags: { type: 'list', max: 50, items: TAG },
  },
};

/**
 * Checks a request to create a streaming labeling job against the API's rules.
 *
 * @returns the task type that the job's functions stand for.
 * @throws ServiceError `ValidationException`, naming everything that is wrong.
 */
export function checkCreateLabelingJob(request: CreateLabelingJobRequest, options: SimulatorOptions): TaskType {
  const problems: string[] = [];
  check(request, CREATE_LABELING_JOB, '', problems);
  if (problems.length > 0) {
    throw validationError(`${problems.length} validation error(s) detected: ${problems.join('; ')}`);
  }
  const config = request.HumanTaskConfig;
  const consolidation = config.AnnotationConsolidationConfig?.AnnotationConsolidationLambdaArn;
  const task = taskTypeOf(config.PreHumanTaskLambdaArn, consolidation, options.region);
  if ('problem' in task) {
    throw validationError(task.problem);
  }
  const broken = [
    ...attributeProblems(request.LabelAttributeName, task.type),
    ...streamingProblems(request, task.type, options),
    ...peopleProblems(request, options),
  ];
  if (broken.length > 0) {
    throw validationError(broken.join('; '));
  }
  return task.type;
}

/** Rules for the label attribute that depend on the task. */
function attributeProblems(name: string, type: TaskType): string[] {
  const ref = TASK_TYPES[type].refAttribute;
  return [
    ...(name.endsWith('-metadata') ? [`LabelAttributeName "${name}" must not end with "-metadata"`] : []),
    ...(name === 'source' || name === 'source-ref' ? [`LabelAttributeName must not be "${name}"`] : []),
    ...(ref === true && !name.endsWith('-ref') ? [`LabelAttributeName "${name}" must end with "-ref" for ${type}`] : []),
    ...(ref === false && name.endsWith('-ref') ? [`LabelAttributeName "${name}" must not end with "-ref" for ${type}`] : []),
  ];
}

/** Rules for streaming jobs. */
function streamingProblems(request: CreateLabelingJobRequest, type: TaskType, options: SimulatorOptions): string[] {
  const input = request.InputConfig.DataSource;
  const topics = [input.SnsDataSource?.SnsTopicArn, request.OutputConfig.SnsTopicArn].filter(arn => arn !== undefined);
  return [
    ...(input.SnsDataSource ? [] : ['InputConfig.DataSource.SnsDataSource is missing; only streaming labeling jobs are simulated']),
    ...(request.LabelingJobAlgorithmsConfig === undefined ? [] : ['LabelingJobAlgorithmsConfig must not be given for a streaming labeling job']),
    ...(request.LabelCategoryConfigS3Uri === undefined && type !== 'Custom' ? ['LabelCategoryConfigS3Uri is missing'] : []),
    ...topics.flatMap(arn => [
      ...(arn.split(':')[3] === options.region ? [] : [`The topic ${arn} must be in ${options.region}`]),
      ...(arn.endsWith('.fifo') ? [`The topic ${arn} must be a standard topic`] : []),
    ]),
    ...(topics.length === 2 && topics[0] === topics[1] ? ['The input topic and the output topic must differ'] : []),
  ];
}

/** Rules for who does the work. */
function peopleProblems(request: CreateLabelingJobRequest, options: SimulatorOptions): string[] {
  const config = request.HumanTaskConfig;
  const ui = config.UiConfig;
  const team = config.WorkteamArn;
  const concurrent = config.MaxConcurrentTaskCount ?? 1;
  return [
    ...(ui.UiTemplateS3Uri === undefined || ui.HumanTaskUiArn !== undefined ? ['UiConfig must have UiTemplateS3Uri and no HumanTaskUiArn for image tasks'] : []),
    ...(/:workteam\/(private-crowd|vendor-crowd)\//.test(team) && options.workTeamExists(team) ? [] : [`The work team ${team} does not exist`]),
    ...(team.split(':')[3] === options.region ? [] : [`The work team ${team} must be in ${options.region}`]),
    ...(config.PublicWorkforceTaskPrice === undefined ? [] : ['PublicWorkforceTaskPrice is only for the public workforce']),
    ...(concurrent <= options.concurrentTaskLimit ? [] : [
      `MaxConcurrentTaskCount ${concurrent} is more than the ${options.concurrentTaskLimit} of the account`,
    ]),
  ];
}

function check(value: unknown, rule: Rule, path: string, problems: string[]): void {
  if (value === undefined || value === null) {
    if (rule.required) {
      problems.push(`Value null at '${path}' failed to satisfy constraint: Member must not be null`);
    }
    return;
  }
  const fail = (constraint: string) => problems.push(`Value '${brief(value)}' at '${path}' failed to satisfy constraint: ${constraint}`);
  const limit = (size: number, what: string) => {
    if (size < (rule.min ?? -Infinity)) {
      fail(`Member must have ${what} greater than or equal to ${rule.min}`);
    }
    if (size > (rule.max ?? Infinity)) {
      fail(`Member must have ${what} less than or equal to ${rule.max}`);
    }
  };
  if (rule.type === 'string' && typeof value === 'string') {
    limit([...value].length, 'length');
    if (rule.pattern && !rule.pattern.test(value)) {
      fail(`Member must satisfy regular expression pattern: ${rule.pattern.source}`);
    }
    if (rule.oneOf && !rule.oneOf.includes(value)) {
      fail(`Member must satisfy enum value set: [${rule.oneOf.join(', ')}]`);
    }
  } else if (rule.type === 'integer' && Number.isInteger(value)) {
    limit(value as number, 'value');
  } else if (rule.type === 'list' && Array.isArray(value)) {
    limit(value.length, 'length');
    value.forEach((item, index) => check(item, { ...rule.items!, required: true }, `${path}.${index + 1}.member`, problems));
  } else if (rule.type === 'structure' && typeof value === 'object' && !Array.isArray(value)) {
    checkMembers(value as Record<string, unknown>, rule, path, problems);
  } else if (rule.type !== 'anything') {
    fail(`Member must be of type ${rule.type}`);
  }
}

function checkMembers(value: Record<string, unknown>, rule: Rule, path: string, problems: string[]): void {
  const at = (name: string) => (path === '' ? name : `${path}.${name}`);
  for (const [name, member] of Object.entries(rule.members!)) {
    check(value[name], member, at(name), problems);
  }
  for (const name of Object.keys(value)) {
    if (!(name in rule.members!)) {
      problems.push(`Unknown member '${at(name)}'`);
    }
  }
}

function brief(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value) ?? String(value);
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}
