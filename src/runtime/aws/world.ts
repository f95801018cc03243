import { randomUUID } from 'node:crypto';
import { World } from '../world';
import { makeEventClient, makeFunctionClient, makeLabelingJobClient, makeLabelingJobCreatorClient, makeObjectClient, makeQueueClient, makeTableClient, makeTopicClient } from './clients';
import { DynamoTable } from './dynamo-table';
import { DefaultEventBus } from './event-bus';
import { LambdaWaker } from './lambda-waker';
import { readResources, readTimings } from './resources';
import { S3ObjectStore } from './s3-object-store';
import { SageMakerLabelingJobs } from './sagemaker-labeling-jobs';
import { SageMakerPipelines } from './sagemaker-pipelines';
import { SnsInputTopic } from './sns-input-topic';
import { SqsQueues } from './sqs-queues';
import { ProjectTelemetry } from './telemetry';

/** The project that the environment describes. Made once for each Lambda environment, so that connections are used again. */
export function awsWorld(): World & { readonly telemetry: ProjectTelemetry } {
  const resources = readResources();
  const telemetry = new ProjectTelemetry(resources.projectId);
  const sagemaker = makeLabelingJobClient();
  const functionName = resources.controllerFunction;
  return {
    ledger: { table: new DynamoTable(makeTableClient(), resources.ledgerTable), clock: { now: () => Date.now() }, newId: randomUUID },
    objects: new S3ObjectStore(makeObjectClient()),
    topic: new SnsInputTopic(makeTopicClient()),
    jobs: new SageMakerLabelingJobs(sagemaker, makeLabelingJobCreatorClient()),
    pipelines: new SageMakerPipelines(sagemaker),
    queues: new SqsQueues(makeQueueClient()),
    bus: new DefaultEventBus(makeEventClient()),
    waker: functionName === undefined
      ? { wake: async () => undefined }
      : new LambdaWaker(makeFunctionClient(), functionName, randomUUID, telemetry),
    telemetry,
    timings: readTimings(),
    resources,
  };
}
