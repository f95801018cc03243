import { ProjectResources } from '../../src/contract/project-configuration';
import { MemoryCloud } from '../../src/local/simulator';

/** As the template gives all queues: the longest that there is. Seconds. */
const messageRetentionPeriod = 14 * 86_400;

/**
 * The buckets, topics and queues of a project in the memory cloud, joined as its stack joins them.
 *
 * @param suffix Tells the resources of two projects in one account apart.
 */
export async function createResources({ queues, topics, buckets }: MemoryCloud, suffix = ''): Promise<ProjectResources> {
  const intakeDlq = await queues.create(`intake-dlq${suffix}`, { messageRetentionPeriod });
  const intake = await queues.create(`intake${suffix}`, {
    messageRetentionPeriod, visibilityTimeout: 1_800, redrive: { deadLetterQueueArn: intakeDlq.arn, maxReceiveCount: 8 },
  });
  const recorderDlq = await queues.create(`recorder-dlq${suffix}`, { messageRetentionPeriod });
  const recorder = await queues.create(`recorder${suffix}`, {
    messageRetentionPeriod, visibilityTimeout: 60, redrive: { deadLetterQueueArn: recorderDlq.arn, maxReceiveCount: 5 },
  });
  for (const bucket of ['drop', 'input', 'output']) {
    buckets.create(`${bucket}${suffix}`);
  }
  const inputTopicArn = await topics.create(`input${suffix}`);
  const outputTopicArn = await topics.create(`output${suffix}`);
  await topics.subscribe(outputTopicArn, recorder.arn, { raw: true });
  buckets.notifications.configure(`drop${suffix}`, [{ queueArn: intake.arn, events: ['s3:ObjectCreated:*'] }]);
  return {
    projectId: 'froth-0a1b2c3d', ledgerTable: 'ledger', dropBucket: `drop${suffix}`, dropPrefix: '', dropBucketIsOwn: true,
    inputBucket: `input${suffix}`, outputBucket: `output${suffix}`, inputTopicArn, outputTopicArn,
    intakeQueueUrl: intake.url, intakeDeadLetterQueueUrl: intakeDlq.url,
    recorderQueueUrl: recorder.url, recorderDeadLetterQueueUrl: recorderDlq.url,
    executionRoleArn: 'arn:aws:iam::111122223333:role/ground-truth', controllerFunction: 'controller', pipelineName: 'froth-pipeline',
  };
}
