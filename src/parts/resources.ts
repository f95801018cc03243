import { Stack } from 'aws-cdk-lib';
import { IRole } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { Ledger } from './ledger';
import { ChainNames } from './names';
import { Storage } from './storage';
import { Stream } from './stream';
import { WorkQueue } from './work-queue';
import { ENVIRONMENT } from '../contract/environment';
import { ProjectResources } from '../contract/project-configuration';

/** What a project consists of, for the parts that work with all of it. */
export interface ProjectParts {
  readonly names: ChainNames;
  readonly storage: Storage;
  readonly dropPrefix: string;
  readonly stream: Stream;
  readonly ledger: Ledger;
  readonly intakeQueue: WorkQueue;
  readonly recorderQueue: WorkQueue;
  readonly executionRole: IRole;
  /** Name of the project's pipeline, where it has one. */
  readonly pipelineName?: string;
}

/** The environment that tells a function where its project lives. */
export function resourcesEnvironment(
  scope: Construct, parts: ProjectParts, controllerFunction?: string,
): { readonly [name: string]: string } {
  const { storage, stream } = parts;
  const outputKmsKeyArn = storage.outputBucket.encryptionKey?.keyArn;
  const resources: ProjectResources = {
    projectId: parts.names.chain,
    ledgerTable: parts.ledger.table.tableName,
    dropBucket: storage.dropBucket.bucketName,
    dropPrefix: parts.dropPrefix,
    dropBucketIsOwn: storage.dropBucketIsOwn,
    inputBucket: storage.inputBucket.bucketName,
    outputBucket: storage.outputBucket.bucketName,
    inputTopicArn: stream.inputTopic.topicArn,
    outputTopicArn: stream.outputTopic.topicArn,
    intakeQueueUrl: parts.intakeQueue.queue.queueUrl,
    intakeDeadLetterQueueUrl: parts.intakeQueue.deadLetterQueue.queueUrl,
    recorderQueueUrl: parts.recorderQueue.queue.queueUrl,
    recorderDeadLetterQueueUrl: parts.recorderQueue.deadLetterQueue.queueUrl,
    executionRoleArn: parts.executionRole.roleArn,
    ...parts.pipelineName === undefined ? {} : { pipelineName: parts.pipelineName },
    ...controllerFunction === undefined ? {} : { controllerFunction },
    ...outputKmsKeyArn === undefined ? {} : { outputKmsKeyArn },
  };
  return { [ENVIRONMENT.RESOURCES]: Stack.of(scope).toJsonString(resources) };
}
