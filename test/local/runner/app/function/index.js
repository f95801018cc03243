// Writes what it was called with below `seen/`, or wherever it is told to.
const { randomUUID } = require('crypto');
const { EventBridgeClient, PutEventsCommand } = require('@aws-sdk/client-eventbridge');
const { S3Client, PutObjectCommand } = require('@aws-sdk/client-s3');
const { PublishBatchCommand, SNSClient } = require('@aws-sdk/client-sns');

const s3 = new S3Client({});

exports.handler = async event => {
  if (event.sharp) {
    return Object.keys(require('sharp').versions);
  }
  if (event.publish) {
    const entries = [{ Id: '1', Message: event.publish }];
    const { Successful } = await new SNSClient({}).send(new PublishBatchCommand({ TopicArn: process.env.TOPIC, PublishBatchRequestEntries: entries }));
    return Successful.length;
  }
  if (event.announce) {
    const entries = [{ Source: event.announce, DetailType: 'x', Detail: '{}' }];
    return (await new EventBridgeClient({}).send(new PutEventsCommand({ Entries: entries }))).FailedEntryCount;
  }
  const failed = (event.Records ?? []).filter(({ body }) => body === 'fail');
  const events = event.Records ? event.Records.filter(record => !failed.includes(record)).map(({ body }) => body) : [JSON.stringify(event)];
  for (const text of events) {
    await s3.send(new PutObjectCommand({ Bucket: process.env.BUCKET, Key: `${event.prefix ?? 'seen/'}${randomUUID()}`, Body: text }));
  }
  await new Promise(resolve => setTimeout(resolve, event.sleep ?? 0));
  return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
};
