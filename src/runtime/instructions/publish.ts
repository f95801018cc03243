import { InstructionsError } from './instructions-error';
import { folderOf, FolderFiles, imageBytes } from './read-folder';
import { writeSiteFile, writeSitePage } from './site';
import { contentHash } from './version';
import { webImage } from './web-image';
import { instructionsKey, PREFIX } from '../../contract/environment';
import { SITE_PREFIX } from '../../contract/instructions-site';
import { TEMPLATE_MAX_CHARACTERS } from '../../contract/limits';
import { PageTask } from '../../contract/worker-template';
import { bindImages, composeInstructions, formatProblems, readableInstructions } from '../../lint';
import { exampleImageKey, s3Uri } from '../core/object-keys';
import { ObjectStore } from '../ports';

/** A page that was published. */
export interface PublishedPage {
  readonly version: string;
  /** What works and is probably not meant, in lines that people read. */
  readonly warnings: readonly string[];
}

/**
 * Makes the page of a folder for a task, and writes it and the images that it shows below `config/`, each under the hash of its
 * content: what runs is never overwritten, and doing it again changes nothing.
 *
 * @param site the bucket of the site that people read instructions on, where there is one: it gets a page of the version too
 */
export async function publishInstructions(
  objects: ObjectStore, bucket: string, files: FolderFiles, task: PageTask, site?: string,
): Promise<PublishedPage> {
  const folder = folderOf(files);
  const { template, problems } = composeInstructions(folder, task);
  const errors = problems.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) {
    throw new InstructionsError(formatProblems(errors));
  }
  const nowhere = Object.fromEntries(folder.images.map((image) => [image, '']));
  const addresses: { [image: string]: string } = {};
  const onSite: { [image: string]: string } = {};
  const wrong: string[] = [];
  for (const image of bindImages(template, nowhere).used) {
    const made = await webImage(imageBytes(files, image));
    if ('problem' in made) {
      wrong.push(`images/${image}: ${made.problem}`);
      continue;
    }
    const keyBelow = (prefix: string): string => exampleImageKey(prefix, contentHash(made.bytes), image, made.extension);
    const key = keyBelow(PREFIX.CONFIG);
    await objects.putIfAbsent(bucket, key, made.bytes, { contentType: made.contentType });
    addresses[image] = s3Uri(bucket, key);
    if (site !== undefined) {
      onSite[image] = await writeSiteFile(objects, site, keyBelow(SITE_PREFIX.IMAGES), made.bytes, made.contentType);
    }
  }
  if (wrong.length > 0) {
    throw new InstructionsError(wrong);
  }
  const page = bindImages(template, addresses).template;
  if (page.length > TEMPLATE_MAX_CHARACTERS) {
    throw new InstructionsError([`the page has ${page.length} characters with the addresses of its images; ${TEMPLATE_MAX_CHARACTERS} are allowed: shorten it`]);
  }
  const version = await writePage(objects, bucket, page);
  if (site !== undefined) {
    await writeSitePage(objects, site, { version, task, parts: readableInstructions(folder, task, onSite) });
  }
  return { version, warnings: formatProblems(problems) };
}

/** Answers the page's version. */
async function writePage(objects: ObjectStore, bucket: string, page: string): Promise<string> {
  const version = contentHash(page);
  await objects.putIfAbsent(bucket, instructionsKey(version), new TextEncoder().encode(page), { contentType: 'text/html; charset=utf-8' });
  return version;
}
