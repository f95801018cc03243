import type { CloudFormationCustomResourceEvent, Context } from 'aws-lambda';
import { checkSurroundings, takeConfiguration } from './deploy';
import { insist, tearDown } from './teardown';
import { DEPLOYMENT_ATTRIBUTE, DeploymentResourceProperties } from '../../contract/environment';
import { ProjectConfiguration } from '../../contract/project-configuration';
import { S3BucketSettings } from '../aws/bucket-settings';
import { makeObjectClient } from '../aws/clients';
import { answerCloudFormation } from '../aws/cloudformation';
import { awsWorld } from '../aws/world';
import { messageOf } from '../errors';

const world = awsWorld();
const settings = new S3BucketSettings(makeObjectClient());

/** Kept for the answer to CloudFormation before the function's own time is over. Milliseconds. */
const RESERVE = 60_000;

const pause = (ms: number): Promise<void> => new Promise((resolve) => {
  setTimeout(resolve, ms);
});

/**
 * The custom resource. A deploy hands the configuration over and checks what it can see; a deletion ends the project. What the
 * checks find never rolls a stack back, and a deletion never hangs: both end up in the output and the log.
 */
export async function handler(event: CloudFormationCustomResourceEvent, context: Context): Promise<void> {
  try {
    const { status, checks } = await carryOut(event, context);
    // Not answered again otherwise where this fails: Lambda calls again, and all of it may be repeated.
    await answer(event, status, checks);
  } finally {
    world.telemetry.flush();
  }
}

interface CarriedOut {
  readonly status: 'SUCCESS' | 'FAILED';
  readonly checks: string;
}

async function carryOut(event: CloudFormationCustomResourceEvent, context: Context): Promise<CarriedOut> {
  try {
    return { status: 'SUCCESS', checks: event.RequestType === 'Delete' ? await remove(context) : await deploy(event) };
  } catch (error) {
    world.telemetry.error(`the deployment failed: ${messageOf(error)}`, { notice: 'deployment-failed', request: event.RequestType });
    // A stack whose project cannot be ended must still go: what is left is in the log.
    return { status: event.RequestType === 'Delete' ? 'SUCCESS' : 'FAILED', checks: messageOf(error) };
  }
}

async function deploy(event: CloudFormationCustomResourceEvent): Promise<string> {
  const properties = event.ResourceProperties as unknown as DeploymentResourceProperties;
  const configuration = JSON.parse(properties.Configuration) as ProjectConfiguration;
  const problem = await takeConfiguration(world, configuration);
  const findings = await checkSurroundings(world, settings, configuration, process.env.AWS_REGION ?? '');
  const { InstructionChecks: instructions = 'OK' } = properties;
  const all = [...(problem === undefined ? [] : [problem]), ...findings, ...(instructions === 'OK' ? [] : [`instructions: ${instructions}`])];
  all.forEach((finding) => world.telemetry.warn(finding, { notice: 'deployment-check' }));
  await world.waker.wake('deploy');
  return all.length === 0 ? 'OK' : all.join(' | ');
}

async function remove(context: Context): Promise<string> {
  const deadline = world.ledger.clock.now() + context.getRemainingTimeInMillis() - RESERVE;
  const { jobsLeft } = await tearDown(world, deadline, pause);
  if (jobsLeft.length > 0) {
    world.telemetry.error(`the stack goes while these jobs still run; stop them by hand: ${jobsLeft.join(', ')}`, { notice: 'jobs-left' });
  }
  if (world.resources.dropBucketIsOwn) {
    // The bucket may outlive its queue; S3 takes no new notification for a bucket whose old ones lead nowhere.
    await insist(world, deadline, pause, () => settings.silence(world.resources.dropBucket));
  }
  return 'OK';
}

/** CloudFormation takes at most 4 KB of answer: that much is for the findings. */
const CHECKS_MAX = 2_000;

async function answer(event: CloudFormationCustomResourceEvent, status: CarriedOut['status'], checks: string): Promise<void> {
  await answerCloudFormation(event, {
    status, reason: checks, physicalId: 'streaming-labeling-deployment', data: { [DEPLOYMENT_ATTRIBUTE.CHECKS]: checks.slice(0, CHECKS_MAX) },
  });
}
