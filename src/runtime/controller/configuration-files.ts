import { createHash } from 'node:crypto';
import { PREFIX } from '../../contract/environment';
import { ProjectConfiguration } from '../../contract/project-configuration';
import { s3Uri } from '../core/object-keys';
import { World } from '../world';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const hash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 32);

/** The label category file. Retired classes stay in it: the position in this list is the class id. */
export function labelCategories({ task }: ProjectConfiguration): string {
  return JSON.stringify({ 'document-version': '2018-11-28', 'labels': task.labels.map((label) => ({ label: label.name })) });
}

/** Names the worker page by its content, so that the page of a running job is never overwritten. */
export function templateHash({ task }: ProjectConfiguration): string {
  return hash(task.template);
}

export interface ConfigurationFiles {
  readonly labelCategoryUri: string;
  readonly templateUri: string;
}

/** Writes what a job needs to read, under its content's hash. Idempotent. */
export async function writeConfigurationFiles(world: World, configuration: ProjectConfiguration): Promise<ConfigurationFiles> {
  const labels = labelCategories(configuration);
  const bucket = world.resources.outputBucket;
  const labelsKey = `${PREFIX.CONFIG}${hash(labels)}/labels.json`;
  const templateKey = `${PREFIX.CONFIG}${templateHash(configuration)}/template.liquid.html`;
  await world.objects.putIfAbsent(bucket, labelsKey, encode(labels), { contentType: 'application/json' });
  await world.objects.putIfAbsent(bucket, templateKey, encode(configuration.task.template), { contentType: 'text/html; charset=utf-8' });
  return { labelCategoryUri: s3Uri(bucket, labelsKey), templateUri: s3Uri(bucket, templateKey) };
}
