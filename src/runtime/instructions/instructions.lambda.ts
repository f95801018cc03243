import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { PublishedPage, publishInstructions } from './publish';
import { readFiles } from './read-folder';
import { showLatest, writeSitePage } from './site';
import { contentHash } from './version';
import { INSTRUCTIONS_ATTRIBUTE, InstructionsRequest, InstructionsResourceProperties } from '../../contract/environment';
import { answerCloudFormation } from '../aws/cloudformation';
import { whilePoliciesSettle } from '../aws/new-policies';
import { awsWorld } from '../aws/world';
import { messageOf } from '../errors';
import { readPush } from '../ledger/instructions';

const world = awsWorld();

/** CloudFormation takes at most 4 KB of answer, and hands this on to what has more to tell. */
const CHECKS_MAX = 1_000;

/**
 * The custom resource that publishes the instructions of a deploy. Wrong instructions fail it, before anything refers to them; a deletion
 * leaves everything, because labels point to the version that they were made under.
 */
export async function handler(event: CloudFormationCustomResourceEvent): Promise<void> {
  try {
    await answerCloudFormation(event, await carryOut(event));
  } finally {
    world.telemetry.flush();
  }
}

async function carryOut(event: CloudFormationCustomResourceEvent): Promise<Parameters<typeof answerCloudFormation>[1]> {
  const physicalId = 'streaming-labeling-instructions';
  if (event.RequestType === 'Delete') {
    return { status: 'SUCCESS', reason: 'the pages are kept', physicalId, data: {} };
  }
  try {
    const properties = event.ResourceProperties as unknown as InstructionsResourceProperties;
    const { version, warnings } = await whilePoliciesSettle(() => publish(JSON.parse(properties.Request) as InstructionsRequest));
    warnings.forEach((warning) => world.telemetry.warn(warning, { notice: 'instructions-warning' }));
    const checks = warnings.length === 0 ? 'OK' : warnings.join(' | ').slice(0, CHECKS_MAX);
    return {
      status: 'SUCCESS', reason: 'published', physicalId,
      data: { [INSTRUCTIONS_ATTRIBUTE.VERSION]: version, [INSTRUCTIONS_ATTRIBUTE.CHECKS]: checks },
    };
  } catch (error) {
    world.telemetry.error(`the instructions were not published: ${messageOf(error)}`, { notice: 'instructions-refused' });
    return { status: 'FAILED', reason: messageOf(error), physicalId, data: {} };
  }
}

async function publish({ source, task, site }: InstructionsRequest): Promise<PublishedPage> {
  const { objects, resources: { outputBucket }, ledger: { table } } = world;
  let published: PublishedPage;
  if (source.kind !== 'page') {
    published = await publishInstructions(objects, outputBucket, await readFiles(objects, source), task, site?.bucket);
  } else {
    published = { version: contentHash(source.template), warnings: [] };
    if (site) {
      await writeSitePage(objects, site.bucket, { version: published.version, task, parts: [] });
    }
  }
  const { version } = published;
  if (site) {
    // what was pushed stays the latest
    await showLatest(objects, site.bucket, async () => (site.owner === 'PIPELINE' ? (await readPush(table))?.version : undefined) ?? version);
  }
  return published;
}
