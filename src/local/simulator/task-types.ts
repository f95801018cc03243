/** The built-in image tasks, by the suffix of their Lambda functions, and `Custom`. */
export type TaskType =
  | 'ImageMultiClass'
  | 'ImageMultiClassMultiLabel'
  | 'BoundingBox'
  | 'SemanticSegmentation'
  | 'VerificationBoundingBox'
  | 'AdjustmentBoundingBox'
  | 'VerificationSemanticSegmentation'
  | 'AdjustmentSemanticSegmentation'
  | 'Custom';

/** What the service demands of a task type. */
export interface TaskTypeRules {
  /** Whether the label attribute must end in `-ref` (true) or must not (false); absent: either. */
  readonly refAttribute?: boolean;
  readonly minLabels: number;
  readonly maxLabels: number;
  /** Element of the worker template. */
  readonly element: string;
  /** Metadata `type` of the earlier labels that this task checks or adjusts. */
  readonly earlierType?: string;
  readonly segmentation: boolean;
}

const BOXES = 'groundtruth/object-detection';
const MASKS = 'groundtruth/semantic-segmentation';

export const TASK_TYPES: Readonly<Record<TaskType, TaskTypeRules>> = {
  ImageMultiClass: { refAttribute: false, minLabels: 2, maxLabels: Infinity, element: 'crowd-image-classifier', segmentation: false },
  ImageMultiClassMultiLabel: { refAttribute: false, minLabels: 2, maxLabels: 50, element: 'crowd-image-classifier-multi-select', segmentation: false },
  BoundingBox: { refAttribute: false, minLabels: 1, maxLabels: 50, element: 'crowd-bounding-box', segmentation: false },
  SemanticSegmentation: { refAttribute: true, minLabels: 1, maxLabels: Infinity, element: 'crowd-semantic-segmentation', segmentation: true },
  VerificationBoundingBox: { refAttribute: false, minLabels: 1, maxLabels: Infinity, element: 'crowd-image-classifier', earlierType: BOXES, segmentation: false },
  AdjustmentBoundingBox: { refAttribute: false, minLabels: 1, maxLabels: 50, element: 'crowd-bounding-box', earlierType: BOXES, segmentation: false },
  VerificationSemanticSegmentation: {
    refAttribute: false, minLabels: 1, maxLabels: Infinity, element: 'crowd-image-classifier', earlierType: MASKS, segmentation: true,
  },
  AdjustmentSemanticSegmentation: {
    refAttribute: true, minLabels: 1, maxLabels: Infinity, element: 'crowd-semantic-segmentation', earlierType: MASKS, segmentation: true,
  },
  Custom: { minLabels: 0, maxLabels: Infinity, element: 'crowd-form', segmentation: false },
};

/** The account that owns the built-in functions, by Region. */
export const FUNCTION_ACCOUNTS: Readonly<Record<string, string>> = {
  'us-east-1': '432418664414',
  'us-east-2': '266458841044',
  'us-west-2': '081040173940',
  'ca-central-1': '918755190332',
  'eu-west-1': '568282634449',
  'eu-west-2': '487402164563',
  'eu-central-1': '203001061592',
  'ap-northeast-1': '477331159723',
  'ap-northeast-2': '845288260483',
  'ap-south-1': '565803892007',
  'ap-southeast-1': '377565633583',
  'ap-southeast-2': '454466003867',
};

const BUILT_IN_ACCOUNTS = new Set(Object.values(FUNCTION_ACCOUNTS));

/** A reference to a Lambda function, taken apart. */
interface FunctionArn {
  readonly region: string;
  readonly account: string;
  readonly name: string;
}

function parseFunctionArn(arn: string): FunctionArn | undefined {
  const match = /^arn:aws[a-z-]*:lambda:([a-z0-9-]+):(\d{12}):function:([^:]+)(:[^:]+)?$/.exec(arn);
  return match ? { region: match[1], account: match[2], name: match[3] } : undefined;
}

/**
 * The task type that a pair of functions stands for.
 *
 * @returns the type, or what is wrong with the pair.
 */
export function taskTypeOf(
  preArn: string | undefined, consolidationArn: string | undefined, region: string,
): { type: TaskType } | { problem: string } {
  const pre = preArn === undefined ? undefined : parseFunctionArn(preArn);
  const acs = consolidationArn === undefined ? undefined : parseFunctionArn(consolidationArn);
  if (!pre || !acs) {
    return { problem: 'PreHumanTaskLambdaArn and AnnotationConsolidationLambdaArn must both be ARNs of Lambda functions' };
  }
  if (pre.region !== region || acs.region !== region) {
    return { problem: `the Lambda functions must be in ${region}, not in ${pre.region} and ${acs.region}` };
  }
  if (!BUILT_IN_ACCOUNTS.has(pre.account) && !BUILT_IN_ACCOUNTS.has(acs.account)) {
    return { type: 'Custom' };
  }
  if (pre.account !== FUNCTION_ACCOUNTS[region] || acs.account !== FUNCTION_ACCOUNTS[region]) {
    return { problem: `the built-in functions of ${region} belong to account ${FUNCTION_ACCOUNTS[region] ?? '(none: the Region has none)'}` };
  }
  const suffix = pre.name.replace(/^PRE-/, '');
  if (!pre.name.startsWith('PRE-') || acs.name !== `ACS-${suffix}`) {
    return { problem: `PreHumanTaskLambdaArn ${pre.name} and AnnotationConsolidationLambdaArn ${acs.name} do not belong together` };
  }
  if (suffix === 'PassThrough') {
    return { type: 'Custom' };
  }
  return suffix in TASK_TYPES && suffix !== 'Custom'
    ? { type: suffix as TaskType }
    : { problem: `there is no built-in image task ${suffix}` };
}
