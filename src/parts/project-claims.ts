import { Stack } from 'aws-cdk-lib';
import { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { Claim, claim, resourceKey, shown } from './claims';
import { ProjectParts } from './resources';
import type { RetainedLedger } from '../retained-ledger';

/** Answers what the project shares with another of the app although it must not: each with a message. */
export function sharedWithOthers(scope: Construct, parts: ProjectParts, retainedLedger?: RetainedLedger): string[] {
  return claim(scope, [
    chainClaim(scope, parts, retainedLedger),
    ...ledgerClaims(retainedLedger),
    topicClaim(parts),
    ...bucketClaims(parts),
  ]);
}

function chainClaim(scope: Construct, { names }: ProjectParts, retainedLedger?: RetainedLedger): Claim {
  const chain = retainedLedger === undefined ? `stack ${Stack.of(scope).node.addr}` : `chain ${retainedLedger.chainId}`;
  return {
    key: `project ${chain} ${names.projectName}`,
    problem: `projectName is '${shown(names.projectName)}', as is that of another project with the same chain of jobs; it must be unique`,
  };
}

function ledgerClaims(retainedLedger?: RetainedLedger): Claim[] {
  return retainedLedger === undefined ? [] : [{
    key: `ledger ${retainedLedger.tableName}`,
    problem: `retainedLedger is the table '${shown(retainedLedger.tableName)}' of another project; a ledger belongs to one`,
  }];
}

function topicClaim({ stream: { inputTopic } }: ProjectParts): Claim {
  return {
    key: `input topic ${resourceKey(inputTopic, inputTopic.topicArn)}`,
    problem: `inputTopic is '${shown(inputTopic.topicArn)}', as is that of another project; both would label, and pay for, every image: each project needs its own`,
  };
}

function bucketClaims({ storage: { dropBucket, inputBucket, outputBucket }, dropPrefix }: ProjectParts): Claim[] {
  return [
    {
      key: `drops ${keyOf(dropBucket)}`,
      prefix: dropPrefix,
      problem: `dropBucket is '${shown(dropBucket.bucketName)}' with dropPrefix '${shown(dropPrefix)}', which overlaps that of another project; S3 sends an event to one receiver only: choose prefixes that do not contain each other`,
    },
    ...Object.entries({ inputBucket, outputBucket }).map(([prop, bucket]) => ({
      key: `data ${keyOf(bucket)}`,
      problem: `${prop} is '${shown(bucket.bucketName)}', which another project uses too; their data sets would overwrite each other: each project needs its own`,
    })),
  ];
}

function keyOf(bucket: IBucket): string {
  return resourceKey(bucket, bucket.bucketName);
}
