import { CfnOutput } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { Deployment } from './deployment';
import { ProjectParts } from './resources';

/** What a user needs after a deploy. */
export function projectOutputs(
  scope: Construct, parts: ProjectParts, deployment: Deployment, controllerFunctionName: string, instructionsUrl?: string,
): void {
  const { storage, stream, ledger, names } = parts;
  const output = (id: string, description: string, value: string) => new CfnOutput(scope, id, { description, value });
  output('NextCommand', 'Drop a first image with this command', `aws s3 cp IMAGE.jpg ${storage.dropUri}`);
  output('Checks', 'What the checks at the end of the deploy found', deployment.checks);
  output('DropUri', 'Drop images here', storage.dropUri);
  output('DataSetUri', 'The data set: one line for each labeled image', storage.dataSetUri);
  output('DropBucketName', 'The bucket that images are dropped into', storage.dropBucket.bucketName);
  output('InputBucketName', 'The bucket with the images that workers see', storage.inputBucket.bucketName);
  output('OutputBucketName', 'The bucket with labels and data set', storage.outputBucket.bucketName);
  output('InputTopicArn', 'The topic through which images reach the running job', stream.inputTopic.topicArn);
  output('OutputTopicArn', 'The topic on which Ground Truth announces labels', stream.outputTopic.topicArn);
  output('ExecutionRoleArn', 'The role that Ground Truth works with', parts.executionRole.roleArn);
  output('LedgerTable', 'The table that knows the state of every drop, image and job', ledger.table.tableName);
  output('ControllerFunction', 'Answers an operator: use it through the command line tool, cdk-streaming-labeling', controllerFunctionName);
  output('ChainId', "With the project's name, what its labeling jobs are called", names.chainId);
  if (instructionsUrl !== undefined) {
    output('InstructionsUrl', 'The instructions, for whoever has this address', instructionsUrl);
  }
}
