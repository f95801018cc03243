import { Annotations, Duration, Stack, Token, TokenComparison } from 'aws-cdk-lib';
import { Grant } from 'aws-cdk-lib/aws-iam';
import { CfnFunction, IFunction } from 'aws-cdk-lib/aws-lambda';
import { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { READ_OBJECT_ACTIONS, SERVICE_KEY_ACTIONS, WRITE_OBJECT_ACTIONS } from './permissions';
import { Problems } from './problems';
import { ProjectFunction } from './project-function';
import { Storage } from './storage';
import { PREFIX } from '../contract/environment';
import { HOOK_TIMEOUT_MAX_SECONDS } from '../contract/hook-limits';

/** What SQS takes as the most functions that read from a queue at once. */
const CONCURRENCY = { min: 2, max: 1_000 } as const;

/** What Lambda gives a function that asks for no time. Seconds. */
const LAMBDA_DEFAULT_TIMEOUT = 3;

/** A feature engineering function of the user's. */
export interface HookFunction {
  readonly function: IFunction;
  /** Of the intake, and so of the function. */
  readonly maxConcurrency: number;
}

/**
 * How many drops are given to the function at once.
 *
 * @param wanted what the user says
 */
export function hookConcurrency(fn: IFunction, wanted: number | undefined, usual: number, problems: Problems): number {
  const reserved = (fn.node.defaultChild as CfnFunction | undefined)?.reservedConcurrentExecutions;
  const known = typeof reserved === 'number' && !Token.isUnresolved(reserved) ? Math.max(CONCURRENCY.min, reserved) : undefined;
  if (wanted === undefined) {
    return Math.min(usual, known ?? usual);
  }
  problems.whole('maxConcurrency', wanted, CONCURRENCY);
  if (known !== undefined && wanted > known) {
    problems.add(`maxConcurrency is ${wanted}; the function has a reserved concurrency of ${reserved}, and calls beyond it are refused: give at most ${known}`);
  }
  return wanted;
}

/** Adds what is wrong with the function itself. */
export function checkHookFunction(fn: IFunction, problems: Problems): void {
  const timeout = timeoutOf(fn);
  if (timeout !== undefined && !timeout.isUnresolved() && timeout.toSeconds() > HOOK_TIMEOUT_MAX_SECONDS) {
    problems.add(`the function's timeout is ${timeout.toSeconds()} seconds; it must be at most ${HOOK_TIMEOUT_MAX_SECONDS}, because the intake function waits for it`);
  }
}

const timeoutOf = (fn: IFunction): Duration | undefined => (fn as unknown as { readonly timeout?: Duration }).timeout;

/** Warns of what works and is most often a mistake, and refuses what cannot work in this stack. */
export function checkHookPlace(scope: Construct, { function: fn }: HookFunction, problems: Problems): void {
  const { region } = Stack.of(scope);
  if (Token.compareStrings(fn.env.region, region) === TokenComparison.DIFFERENT) {
    problems.add(`featureEngineering: the function is in Region '${fn.env.region}'; it must be in the stack's Region '${region}'`);
  }
  if (fn.node.defaultChild instanceof CfnFunction && timeoutOf(fn) === undefined) {
    Annotations.of(scope).addWarningV2('cdk-streaming-labeling:hookTimeout',
      `the feature engineering function has no timeout, which means ${LAMBDA_DEFAULT_TIMEOUT} seconds: give it one of at most ${HOOK_TIMEOUT_MAX_SECONDS} seconds`);
  }
}

/** Lets the intake call the function, and the function read drops and write images: nothing else. */
export function grantHook({ function: fn }: HookFunction, intake: ProjectFunction, storage: Storage, dropPrefix: string): void {
  const { dropBucket, inputBucket } = storage;
  intake.allow(['lambda:InvokeFunction'], [fn.functionArn]);
  const staged = [inputBucket.arnForObjects(`${PREFIX.STAGING}*`)];
  intake.allow(['s3:DeleteObjectVersion', 's3:GetObject'], staged);
  const keys = [...new Set([dropBucket.encryptionKey, inputBucket.encryptionKey])].flatMap((key) => key === undefined ? [] : [key.keyArn]);
  // a drop that is ordered again is read from quarantine
  allowHook(fn, READ_OBJECT_ACTIONS, [dropBucket.arnForObjects(`${dropPrefix}*`), inputBucket.arnForObjects(`${PREFIX.QUARANTINE}*`)]);
  allowHook(fn, WRITE_OBJECT_ACTIONS, staged);
  allowHook(fn, SERVICE_KEY_ACTIONS, keys);
}

/** Lets the function read drops that lie where another bucket's back-fill finds them. */
export function grantHookSource({ function: fn }: HookFunction, bucket: IBucket, prefix: string): void {
  allowHook(fn, READ_OBJECT_ACTIONS, [bucket.arnForObjects(`${prefix}*`)]);
  allowHook(fn, ['kms:Decrypt'], bucket.encryptionKey === undefined ? [] : [bucket.encryptionKey.keyArn]);
}

/** Where the role is not of this app, aws-cdk-lib warns of each statement that is missing. */
function allowHook(grantee: IFunction, actions: string[], resourceArns: string[]): void {
  if (resourceArns.length > 0) {
    Grant.addToPrincipal({ grantee, actions, resourceArns });
  }
}
