import type { CodePipelineEvent } from 'aws-lambda';
import { PublishedPage } from './publish';
import { Push, publishPush } from './push';
import { PushParameters } from '../../contract/environment';
import { makePipelineClient } from '../aws/clients';
import { CodePipelineJobs } from '../aws/code-pipeline-jobs';
import { whilePoliciesSettle } from '../aws/new-policies';
import { awsWorld } from '../aws/world';
import { messageOf } from '../errors';

const world = awsWorld();
const pipelines = new CodePipelineJobs(makePipelineClient());

/**
 * The last action of a pipeline. Whatever goes wrong is told to the pipeline, where the person is who pushed; only where that cannot
 * be done, Lambda calls again, and all of it may be repeated.
 */
export async function handler(event: CodePipelineEvent): Promise<void> {
  const { id, data } = event['CodePipeline.job'];
  try {
    const result = await publish(data);
    if ('version' in result) {
      result.warnings.forEach((warning) => world.telemetry.warn(warning, { notice: 'instructions-warning' }));
      await pipelines.succeed(id, result.version, [`published as ${result.version}`, ...result.warnings].join(' | '));
    } else {
      world.telemetry.error(`a push was not published: ${result.problem}`, { notice: 'push-refused' });
      await pipelines.fail(id, result.problem);
    }
  } finally {
    world.telemetry.flush();
  }
}

type JobData = CodePipelineEvent['CodePipeline.job']['data'];

async function publish(data: JobData): Promise<PublishedPage | { readonly problem: string }> {
  try {
    return await whilePoliciesSettle(() => publishPush(world, pipelines, pushOf(data)));
  } catch (error) {
    return { problem: messageOf(error) };
  }
}

function pushOf({ actionConfiguration, inputArtifacts: [artifact] }: JobData): Push {
  const { bucketName, objectKey } = artifact.location.s3Location;
  return { ...JSON.parse(actionConfiguration.configuration.UserParameters) as PushParameters, bucket: bucketName, key: objectKey };
}
