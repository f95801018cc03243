import { InstructionsError } from './instructions-error';
import { folderOf, FolderFiles, imageBytes } from './read-folder';
import { contentHash } from './version';
import { webImage } from './web-image';
import { instructionsKey } from '../../contract/environment';
import { PageTask } from '../../contract/worker-template';
import { bindImages, composeInstructions, formatProblem } from '../../lint';
import { exampleImageKey, s3Uri } from '../core/object-keys';
import { ObjectStore } from '../ports';

/**
 * Makes the page of a folder for a task, and writes it and the images that it shows below `config/`, each under the hash of its
 * content: what runs is never overwritten, and doing it again changes nothing. Answers the page's version.
 */
export async function publishInstructions(objects: ObjectStore, bucket: string, files: FolderFiles, task: PageTask): Promise<string> {
  const folder = folderOf(files);
  const { template, problems } = composeInstructions(folder, task);
  const errors = problems.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) {
    throw new InstructionsError(errors.map(({ file, ...problem }) => formatProblem(file, problem)));
  }
  const nowhere = Object.fromEntries(folder.images.map((image) => [image, '']));
  const addresses: { [image: string]: string } = {};
  const wrong: string[] = [];
  for (const image of bindImages(template, nowhere).used) {
    const made = await webImage(imageBytes(files, image));
    if ('problem' in made) {
      wrong.push(`images/${image}: ${made.problem}`);
      continue;
    }
    const key = exampleImageKey(contentHash(made.bytes), image, made.extension);
    await objects.putIfAbsent(bucket, key, made.bytes, { contentType: made.contentType });
    addresses[image] = s3Uri(bucket, key);
  }
  if (wrong.length > 0) {
    throw new InstructionsError(wrong);
  }
  return writePage(objects, bucket, bindImages(template, addresses).template);
}

/** Answers the page's version. */
async function writePage(objects: ObjectStore, bucket: string, page: string): Promise<string> {
  const version = contentHash(page);
  await objects.putIfAbsent(bucket, instructionsKey(version), new TextEncoder().encode(page), { contentType: 'text/html; charset=utf-8' });
  return version;
}
