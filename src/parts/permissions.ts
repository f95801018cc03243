/**
 * What the functions may do, one list for each purpose.
 */

export const LEDGER_ACTIONS = [
  'dynamodb:BatchGetItem',
  'dynamodb:ConditionCheckItem',
  'dynamodb:DeleteItem',
  'dynamodb:GetItem',
  'dynamodb:PutItem',
  'dynamodb:Query',
  'dynamodb:UpdateItem',
];

/** Reading the status index. */
export const LEDGER_INDEX_ACTIONS = ['dynamodb:Query'];

/** All that using data under a customer's key takes, DynamoDB's own look at the key included. */
export const KEY_ACTIONS = ['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey*', 'kms:ReEncrypt*'];

/** What a service needs that puts messages into a queue under a customer's key. */
export const SERVICE_KEY_ACTIONS = ['kms:Decrypt', 'kms:GenerateDataKey'];

export const READ_OBJECT_ACTIONS = ['s3:GetObject', 's3:GetObjectVersion'];

/** A copy takes an object's tags along. */
export const READ_OBJECT_TAGS_ACTIONS = ['s3:GetObjectTagging', 's3:GetObjectVersionTagging'];

export const WRITE_OBJECT_ACTIONS = ['s3:AbortMultipartUpload', 's3:PutObject'];

export const WRITE_OBJECT_TAGS_ACTIONS = ['s3:PutObjectTagging'];

/** Needed to list, and to be told that an object does not exist rather than that we may not know. */
export const LIST_BUCKET_ACTIONS = ['s3:ListBucket', 's3:ListBucketVersions'];

/** Looking at the queue of an ended job, and removing it. */
export const JOB_QUEUE_ACTIONS = ['sqs:DeleteQueue', 'sqs:GetQueueAttributes', 'sqs:GetQueueUrl'];

/** What Ground Truth does with the queue that it makes for a streaming job (Developer Guide, execution role). */
export const GROUND_TRUTH_QUEUE_ACTIONS = [
  'sqs:CreateQueue',
  'sqs:DeleteMessage',
  'sqs:GetQueueAttributes',
  'sqs:GetQueueUrl',
  'sqs:ReceiveMessage',
  'sqs:SendMessage',
  'sqs:SetQueueAttributes',
];

export const RUN_JOB_ACTIONS = [
  'sagemaker:AddTags',
  'sagemaker:CreateLabelingJob',
  'sagemaker:DescribeLabelingJob',
  'sagemaker:StopLabelingJob',
];

export const END_JOB_ACTIONS = ['sagemaker:DescribeLabelingJob', 'sagemaker:StopLabelingJob'];

/** Running executions of the project's pipeline. */
export const EXECUTION_ACTIONS = [
  'sagemaker:DescribePipelineExecution',
  'sagemaker:ListPipelineExecutionSteps',
  'sagemaker:StartPipelineExecution',
  'sagemaker:StopPipelineExecution',
];

/** Ending one, also where nobody knows whether it was started: only its token tells. */
export const END_EXECUTION_ACTIONS = [
  'sagemaker:DescribePipelineExecution',
  'sagemaker:StartPipelineExecution',
  'sagemaker:StopPipelineExecution',
];

/** What a pipeline does with its processing jobs (Developer Guide, IAM access of pipelines). */
export const PROCESSING_JOB_ACTIONS = [
  'sagemaker:AddTags',
  'sagemaker:CreateProcessingJob',
  'sagemaker:DescribeProcessingJob',
  'sagemaker:StopProcessingJob',
];

/** What a processing job needs in a network of the user (Developer Guide, execution role for `CreateProcessingJob` in a VPC). */
export const NETWORK_ACTIONS = [
  'ec2:CreateNetworkInterface',
  'ec2:CreateNetworkInterfacePermission',
  'ec2:DeleteNetworkInterface',
  'ec2:DeleteNetworkInterfacePermission',
];

export const NETWORK_LOOK_ACTIONS = [
  'ec2:DescribeDhcpOptions',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSecurityGroups',
  'ec2:DescribeSubnets',
  'ec2:DescribeVpcs',
];

/** What a pipeline for instructions asks of the bucket that it takes its source from. */
export const SOURCE_BUCKET_ACTIONS = ['s3:GetBucketAcl', 's3:GetBucketLocation', 's3:GetBucketVersioning'];

/** What it writes with. A connection's files come with the ACL of their owner. */
export const WRITE_ARTIFACT_ACTIONS = ['s3:PutObject', 's3:PutObjectAcl', 's3:PutObjectVersionAcl'];
