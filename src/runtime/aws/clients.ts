import { CodePipelineClient } from '@aws-sdk/client-codepipeline';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { HOOK_TIMEOUT_MAX_SECONDS } from '../../contract/hook-limits';

/**
 * SDK clients for the ports. Region, credentials and endpoints come from the environment. Each function makes a new client:
 * make it once for each Lambda environment, so that its connections are used again.
 */

const CONNECTION_MS = 2_000;
/** Small requests are answered in well under a second. */
const ANSWER_MS = 5_000;
/** Large objects come in pieces: only silence counts. */
const SILENCE_MS = 20_000;
/** A labeling job is checked before it is taken. */
const CREATE_MS = 40_000;
const HOOK_MS = (HOOK_TIMEOUT_MAX_SECONDS + 10) * 1_000;

const connections = { connectionTimeout: CONNECTION_MS, httpsAgent: { maxSockets: 64 } };

const handler = (answer: number) => ({ ...connections, requestTimeout: answer, throwOnRequestTimeout: true });

const retrying = { maxAttempts: 4, retryMode: 'standard', requestHandler: handler(ANSWER_MS) };

/** Without retries: the table decides which writes may be tried again. */
export const makeTableClient = (): DynamoDBClient => new DynamoDBClient({ maxAttempts: 1, requestHandler: handler(ANSWER_MS) });

export const makeObjectClient = (): S3Client => new S3Client({
  ...retrying,
  requestHandler: { ...connections, socketTimeout: SILENCE_MS },
});

export const makeTopicClient = (): SNSClient => new SNSClient(retrying);
/** An endpoint that is configured holds here too, and not the host in a queue's address. */
export const makeQueueClient = (): SQSClient => new SQSClient({ ...retrying, useQueueUrlAsEndpoint: false });
export const makeEventClient = (): EventBridgeClient => new EventBridgeClient(retrying);
export const makeFunctionClient = (): LambdaClient => new LambdaClient(retrying);
/** Without retries: a function that is called twice runs twice. It is waited for as long as it may run, and a little. */
export const makeHookClient = (): LambdaClient => new LambdaClient({ maxAttempts: 1, requestHandler: handler(HOOK_MS) });

export const makePipelineClient = (): CodePipelineClient => new CodePipelineClient(retrying);
export const makeLabelingJobClient = (): SageMakerClient => new SageMakerClient({ ...retrying, requestHandler: handler(2 * ANSWER_MS) });

/** Without retries: a create whose answer is lost must surface. */
export const makeLabelingJobCreatorClient = (): SageMakerClient =>
  new SageMakerClient({ maxAttempts: 1, requestHandler: handler(CREATE_MS) });
