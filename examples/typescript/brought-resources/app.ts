/** Everything that can be brought, and the chain of a project whose stack was deleted. */
import { App, Stack, aws_iam as iam, aws_kms as kms, aws_s3 as s3, aws_sns as sns } from 'aws-cdk-lib';
import { LabelingTask, RetainedLedger, StreamingLabelingProject, WorkTeam } from 'cdk-streaming-labeling';

const app = new App();
const stack = new Stack(app, 'Harbour', { env: { account: '111122223333', region: 'eu-west-2' } });
const encryptionKey = new kms.Key(stack, 'Key', { enableKeyRotation: true });

new StreamingLabelingProject(stack, 'Harbour', {
  projectName: 'harbour',
  task: LabelingTask.boundingBox({
    title: 'Ships',
    description: 'Draw a box around each ship',
    labels: [{ name: 'ship' }],
  }),
  workTeam: WorkTeam.fromWorkTeamArn(stack, 'Team', 'arn:aws:sagemaker:eu-west-2:111122223333:workteam/private-crowd/harbour'),
  encryptionKey,
  dropBucket: s3.Bucket.fromBucketName(stack, 'Camera', 'harbour-camera'),
  dropPrefix: 'pier-3/',
  inputBucket: s3.Bucket.fromBucketAttributes(stack, 'Input', { bucketName: 'harbour-images', encryptionKey }),
  outputBucket: s3.Bucket.fromBucketAttributes(stack, 'Output', { bucketName: 'harbour-labels', encryptionKey }),
  inputTopic: new sns.Topic(stack, 'ToWorkers', { enforceSSL: true }),
  outputTopic: new sns.Topic(stack, 'FromWorkers', { enforceSSL: true }),
  executionRole: iam.Role.fromRoleName(stack, 'GroundTruth', 'harbour-ground-truth'),
  // outputs LedgerTable and ChainId of the stack that was deleted
  retainedLedger: RetainedLedger.fromAttributes({ tableName: 'Harbour-LedgerTable-1A2B3C4D', chainId: '5e6f7a8b' }),
});
