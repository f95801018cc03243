import { IResource, Stack, Token, TokenComparison } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { resourceKey, shown } from './claims';
import { regionProblem } from './ground-truth-functions';
import { PROJECT_NAME_PATTERN } from './names';
import { Problems } from './problems';
import { SHARP_ARCHITECTURES } from './sharp-layer';
import { checkWorkTeamArn } from './work-team-arn';
import { PROJECT_NAME_MAX_LENGTH } from '../contract/limits';
import type { StreamingLabelingProjectProps } from '../streaming-labeling-project-props';

/** S3 takes at most so much as the prefix of a notification. */
const DROP_PREFIX_MAX_LENGTH = 1_024;

const ARCHITECTURES = SHARP_ARCHITECTURES.map(({ name }) => name);

/** Adds what is wrong with a project's props, but for the work settings. */
export function checkProject(scope: Construct, projectName: string, props: StreamingLabelingProjectProps, problems: Problems): void {
  const region = regionProblem(Stack.of(scope).region);
  if (region !== undefined) {
    problems.add(region);
  } else {
    checkWorkTeamArn(problems, props.workTeam.workTeamArn, Stack.of(scope));
  }
  checkNames(projectName, props, problems);
  checkBrought(scope, props, problems);
  const { architecture } = props;
  if (architecture !== undefined && !ARCHITECTURES.includes(architecture.name)) {
    problems.add(`architecture is '${architecture.name}'; it must be Architecture.ARM_64 or Architecture.X86_64`);
  }
}

function checkNames(projectName: string, { dropPrefix = '' }: StreamingLabelingProjectProps, problems: Problems): void {
  if (!Token.isUnresolved(projectName) && (projectName.length > PROJECT_NAME_MAX_LENGTH || !PROJECT_NAME_PATTERN.test(projectName))) {
    problems.add(`projectName is '${projectName}'; it must have 1 to ${PROJECT_NAME_MAX_LENGTH} lower-case letters, digits and inner hyphens, because labeling job names begin with it`);
  }
  if (!Token.isUnresolved(dropPrefix) && dropPrefix !== '') {
    const rule = "end in '/', such as 'camera-1/', and not begin with one";
    problems.pattern('dropPrefix', dropPrefix, /^[^/].*\/$/, rule);
    if (dropPrefix.length > DROP_PREFIX_MAX_LENGTH) {
      problems.add(`dropPrefix has ${dropPrefix.length} characters; it must have at most ${DROP_PREFIX_MAX_LENGTH}`);
    }
  }
}

function checkBrought(scope: Construct, props: StreamingLabelingProjectProps, problems: Problems): void {
  const { dropBucket, inputBucket, outputBucket, inputTopic, outputTopic } = props;
  const brought: { readonly [prop: string]: IResource | undefined } = { dropBucket, inputBucket, outputBucket, inputTopic, outputTopic };
  const region = Stack.of(scope).region;
  for (const [prop, resource] of Object.entries(brought)) {
    if (resource !== undefined && Token.compareStrings(resource.env.region, region) === TokenComparison.DIFFERENT) {
      problems.add(`${prop} is in Region '${resource.env.region}'; it must be in the stack's Region '${region}'`);
    }
  }
  for (const [prop, bucket] of Object.entries({ inputBucket, outputBucket })) {
    if (dropBucket && bucket && resourceKey(dropBucket, dropBucket.bucketName) === resourceKey(bucket, bucket.bucketName)) {
      problems.add(`${prop} is the dropBucket '${shown(bucket.bucketName)}'; it must be another bucket, or what the project writes would be dropped again`);
    }
  }
  for (const [prop, topic] of Object.entries({ inputTopic, outputTopic })) {
    if (topic !== undefined && (topic.fifo || (!Token.isUnresolved(topic.topicArn) && topic.topicArn.endsWith('.fifo')))) {
      problems.add(`${prop} is the FIFO topic '${shown(topic.topicArn)}'; Ground Truth needs a standard topic`);
    }
  }
  if (inputTopic && outputTopic && resourceKey(inputTopic, inputTopic.topicArn) === resourceKey(outputTopic, outputTopic.topicArn)) {
    problems.add(`outputTopic is the inputTopic '${shown(inputTopic.topicArn)}'; it must be another topic, or labels would be sent to be labeled`);
  }
}
