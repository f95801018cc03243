import { Aws, Stack, Token } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { regionalAccount } from './regional-account';
import { BuiltInTaskType, GROUND_TRUTH_ACCOUNTS } from '../contract/labeling-tasks';

const MAPPING_ID = 'StreamingLabelingGroundTruth';

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

/** The built-in functions of a task type in the stack's Region. They belong to an account of AWS, another one in each Region. */
export function groundTruthFunctions(scope: Construct, type: BuiltInTaskType): GroundTruthFunctions {
  const { region } = Stack.of(scope);
  const account = regionalAccount(scope, MAPPING_ID, GROUND_TRUTH_ACCOUNTS);
  const arn = (name: string) => `arn:${Aws.PARTITION}:lambda:${region}:${account}:function:${name}-${type}`;
  return { preHumanTaskLambdaArn: arn('PRE'), consolidationLambdaArn: arn('ACS') };
}
