import { Aws, CfnMapping, Stack, Token } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { BuiltInTaskType, GROUND_TRUTH_ACCOUNTS } from '../contract/labeling-tasks';

const MAPPING_ID = 'StreamingLabelingGroundTruth';
const ACCOUNT = 'account';

/** The functions of Ground Truth that prepare and consolidate a built-in task. */
export interface GroundTruthFunctions {
  readonly preHumanTaskLambdaArn: string;
  readonly consolidationLambdaArn: string;
}

/** Why a project cannot live in this Region, or undefined where it can or the Region is known only at deploy time. */
export function regionProblem(region: string): string | undefined {
  if (Token.isUnresolved(region) || Object.hasOwn(GROUND_TRUTH_ACCOUNTS, region)) {
    return undefined;
  }
  return `the stack's Region is '${region}'; Ground Truth labels images only in ${Object.keys(GROUND_TRUTH_ACCOUNTS).join(', ')}`;
}

/**
 * The built-in functions of a task type in the stack's Region. They belong to an account of AWS, another one in each Region: a stack
 * whose Region is known only at deploy time looks it up in a mapping, which all projects of the stack share.
 */
export function groundTruthFunctions(scope: Construct, type: BuiltInTaskType): GroundTruthFunctions {
  const { region } = Stack.of(scope);
  const account = Token.isUnresolved(region) ? mapping(scope).findInMap(Aws.REGION, ACCOUNT) : GROUND_TRUTH_ACCOUNTS[region];
  const arn = (name: string) => `arn:${Aws.PARTITION}:lambda:${region}:${account}:function:${name}-${type}`;
  return { preHumanTaskLambdaArn: arn('PRE'), consolidationLambdaArn: arn('ACS') };
}

function mapping(scope: Construct): CfnMapping {
  const stack = Stack.of(scope);
  const existing = stack.node.tryFindChild(MAPPING_ID) as CfnMapping | undefined;
  return existing ?? new CfnMapping(stack, MAPPING_ID, {
    mapping: Object.fromEntries(Object.entries(GROUND_TRUTH_ACCOUNTS).map(([region, account]) => [region, { [ACCOUNT]: account }])),
  });
}
