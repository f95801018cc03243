// A small app with what the runner has to deal with: assets, a bucket that tells a queue, a function with few rights.
const { App, CfnOutput, Duration, RemovalPolicy, Stack } = require('aws-cdk-lib');
const { AttributeType, BillingMode, Table } = require('aws-cdk-lib/aws-dynamodb');
const { Rule } = require('aws-cdk-lib/aws-events');
const { LambdaFunction } = require('aws-cdk-lib/aws-events-targets');
const { PolicyStatement, Role, ServicePrincipal } = require('aws-cdk-lib/aws-iam');
const lambda = require('aws-cdk-lib/aws-lambda');
const { SqsEventSource } = require('aws-cdk-lib/aws-lambda-event-sources');
const { Bucket, EventType } = require('aws-cdk-lib/aws-s3');
const { CfnSchedule } = require('aws-cdk-lib/aws-scheduler');
const { Topic } = require('aws-cdk-lib/aws-sns');
const { Queue } = require('aws-cdk-lib/aws-sqs');

const app = new App();
const stack = new Stack(app, 'Tiny');
const deadLetters = new Queue(stack, 'DeadLetters', { enforceSSL: true });
const queue = new Queue(stack, 'Queue', {
  enforceSSL: true, visibilityTimeout: Duration.seconds(5), deadLetterQueue: { queue: deadLetters, maxReceiveCount: 2 },
});
const sent = queue.addToResourcePolicy(new PolicyStatement({
  principals: [new ServicePrincipal('s3.amazonaws.com')], actions: ['sqs:SendMessage'], resources: [queue.queueArn],
  conditions: { StringEquals: { 'aws:SourceAccount': stack.account } },
}));
const bucket = new Bucket(stack, 'Bucket', { versioned: true, enforceSSL: true, removalPolicy: RemovalPolicy.DESTROY });
bucket.node.defaultChild.notificationConfiguration = {
  queueConfigurations: [{ event: EventType.OBJECT_CREATED, queue: queue.queueArn, filter: { s3Key: { rules: [{ name: 'prefix', value: 'in/' }] } } }],
};
bucket.node.addDependency(sent.policyDependable);
const topic = new Topic(stack, 'Topic', { enforceSSL: true });
const table = new Table(stack, 'Table', {
  billingMode: BillingMode.PAY_PER_REQUEST, partitionKey: { name: 'pk', type: AttributeType.STRING }, removalPolicy: RemovalPolicy.DESTROY,
  pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
});
const handler = new lambda.Function(stack, 'Handler', {
  code: lambda.Code.fromAsset(`${__dirname}/function`),
  handler: 'index.handler',
  runtime: lambda.Runtime.NODEJS_22_X,
  timeout: Duration.seconds(5),
  environment: { BUCKET: bucket.bucketName, TOPIC: topic.topicArn },
  reservedConcurrentExecutions: app.node.tryGetContext('reserved'),
});
bucket.grantPut(handler, 'seen/*');
handler.addToRolePolicy(new PolicyStatement({ actions: ['sns:Publish'], resources: [topic.topicArn] }));
handler.addToRolePolicy(new PolicyStatement({
  actions: ['events:PutEvents'],
  resources: [stack.formatArn({ service: 'events', resource: 'event-bus/default' })],
  conditions: { StringEquals: { 'events:source': 'mine' } },
}));
handler.addEventSource(new SqsEventSource(queue, { batchSize: 5, reportBatchItemFailures: true, maxConcurrency: 2 }));
new Rule(stack, 'Rule', {
  eventPattern: { source: ['aws.sagemaker'], resources: [{ prefix: `arn:aws:sagemaker:${stack.region}:${stack.account}:labeling-job/mine-` }] },
  targets: [new LambdaFunction(handler)],
});
const role = new Role(stack, 'ClockRole', { assumedBy: new ServicePrincipal('scheduler.amazonaws.com') });
handler.grantInvoke(role);
new CfnSchedule(stack, 'Clock', {
  scheduleExpression: 'rate(1 minute)',
  flexibleTimeWindow: { mode: 'OFF' },
  target: { arn: handler.functionArn, roleArn: role.roleArn, input: '{"tick":"<aws.scheduler.execution-id>"}' },
});
if (app.node.tryGetContext('broken')) {
  new Bucket(stack, 'Broken').node.defaultChild.notificationConfiguration = {
    queueConfigurations: [{ event: EventType.OBJECT_CREATED, queue: deadLetters.queueArn }],
  };
}
for (const [name, value] of Object.entries({
  Bucket: bucket.bucketName, Queue: queue.queueUrl, DeadLetters: deadLetters.queueUrl, Handler: handler.functionName,
  Table: table.tableName, Topic: topic.topicArn,
})) {
  new CfnOutput(stack, `${name}Output`, { value }).overrideLogicalId(name);
}
app.synth();
