// Writes what it was called with below `seen/`, or wherever it is told to.
const { randomUUID } = require('crypto');
const { S3Client, PutObjectCommand } = require('@aws-sdk/client-s3');

const s3 = new S3Client({});

exports.handler = async event => {
  if (event.sharp) {
    return Object.keys(require('sharp').versions);
  }
  const failed = (event.Records ?? []).filter(({ body }) => body === 'fail');
  const events = event.Records ? event.Records.filter(record => !failed.includes(record)).map(({ body }) => body) : [JSON.stringify(event)];
  for (const text of events) {
    await s3.send(new PutObjectCommand({ Bucket: process.env.BUCKET, Key: `${event.prefix ?? 'seen/'}${randomUUID()}`, Body: text }));
  }
  await new Promise(resolve => setTimeout(resolve, event.sleep ?? 0));
  return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
};
