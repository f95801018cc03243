import { instructionsKey, PREFIX } from '../../contract/environment';
import { jobLabels } from '../../contract/job-labels';
import { ProjectConfiguration } from '../../contract/project-configuration';
import { s3Uri } from '../core/object-keys';
import { contentHash, WantedPage } from '../instructions/version';
import { World } from '../world';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

/** The label category file, or nothing for a task without labels. */
export function labelCategories({ task }: ProjectConfiguration): string | undefined {
  const labels = jobLabels(task);
  return labels.length === 0 ? undefined : JSON.stringify({ 'document-version': '2018-11-28', 'labels': labels.map((label) => ({ label })) });
}

export interface ConfigurationFiles {
  readonly labelCategoryUri?: string;
  readonly templateUri: string;
}

/** Where the files lie that a job reads: under the hash of their content, so that what a running job reads is never overwritten. */
export function configurationFiles(world: World, configuration: ProjectConfiguration, page: WantedPage): ConfigurationFiles {
  const labels = labelCategories(configuration);
  const bucket = world.resources.outputBucket;
  return {
    ...(labels === undefined ? {} : { labelCategoryUri: s3Uri(bucket, labelsKey(labels)) }),
    templateUri: s3Uri(bucket, instructionsKey(page.version)),
  };
}

/** Writes those of them that are not there yet. Idempotent. */
export async function writeConfigurationFiles(
  world: World, configuration: ProjectConfiguration, page: WantedPage,
): Promise<ConfigurationFiles> {
  const labels = labelCategories(configuration);
  const bucket = world.resources.outputBucket;
  if (labels !== undefined) {
    await world.objects.putIfAbsent(bucket, labelsKey(labels), encode(labels), { contentType: 'application/json' });
  }
  if (page.template !== undefined) {
    await world.objects.putIfAbsent(bucket, instructionsKey(page.version), encode(page.template), { contentType: 'text/html; charset=utf-8' });
  }
  return configurationFiles(world, configuration, page);
}

const labelsKey = (labels: string): string => `${PREFIX.CONFIG}${contentHash(labels)}/labels.json`;
