import { unzipSync } from 'fflate';
import { InstructionsError } from './instructions-error';
import { InstructionsSource } from '../../contract/environment';
import { IMAGES_FOLDER, TEXT_FILE } from '../../contract/instruction-files';
import { EXAMPLE_IMAGES_MAX_BYTES } from '../../contract/limits';
import { InstructionFolder } from '../../contract/template-lint';
import { textsIn } from '../../contract/text-encoding';
import { messageOf } from '../errors';
import { ObjectStore } from '../ports';

/** A folder of instructions with all its bytes, by path. */
export type FolderFiles = ReadonlyMap<string, Uint8Array>;

/** Reads a whole folder, small as instructions are. */
export async function readFiles(objects: ObjectStore, source: InstructionsSource): Promise<FolderFiles> {
  if (source.kind === 'archive') {
    const archive = await objects.get(source.bucket, source.key);
    if (!archive) {
      throw new Error(`s3://${source.bucket}/${source.key} is not there; deploy again, so that the asset is uploaded`);
    }
    return filesOfArchive(archive.body);
  }
  const { bucket, prefix } = source;
  const files = new Map<string, Uint8Array>();
  let after: string | undefined;
  do {
    const page = await objects.listVersions(bucket, prefix, after);
    for (const { key } of page.items.filter((item) => item.isLatest && !item.deleteMarker && isPart(item.key.slice(prefix.length)))) {
      const object = await objects.get(bucket, key);
      if (object) {
        files.set(key.slice(prefix.length), object.body);
      }
    }
    after = page.next;
  } while (after !== undefined);
  return files;
}

const PAGE_TEXT = /^[^/]+\.(html?|liquid|md)$/i;

/** Nothing else in the bucket is read: it may be large. */
const isPart = (path: string): boolean =>
  PAGE_TEXT.test(path) || (path.startsWith(IMAGES_FOLDER) && path.length > IMAGES_FOLDER.length && !path.endsWith('/'));

/** Whether each step of a path leads into a folder: none is hidden, and none leads out again. */
const isPlain = (path: string): boolean => path.split('/').every((step) => step !== '' && !/^\.\.?$/.test(step) && !step.includes('\\'));

/**
 * The files of a zip archive that are part of instructions. Nothing else is unpacked, and no more than a folder may have.
 *
 * @throws InstructionsError for what is no such archive
 */
export function filesOfArchive(archive: Uint8Array): FolderFiles {
  const outside: string[] = [];
  let size = 0;
  const wanted = ({ name, originalSize }: { readonly name: string; readonly originalSize: number }): boolean => {
    if (!isPart(name) || /(^|\/)\.[^./]/.test(name)) {
      return false;
    }
    if (!isPlain(name)) {
      outside.push(`${JSON.stringify(name)} leads out of its folder; name files plainly, as images/good.jpg`);
      return false;
    }
    size += originalSize;
    return size <= EXAMPLE_IMAGES_MAX_BYTES;
  };
  let files: { readonly [name: string]: Uint8Array };
  try {
    files = unzipSync(archive, { filter: wanted });
  } catch (error) {
    throw new InstructionsError([`the archive is no zip file that can be read (${messageOf(error)}); pack it again`]);
  }
  if (size > EXAMPLE_IMAGES_MAX_BYTES) {
    throw new InstructionsError([`the folder has ${size} bytes; ${EXAMPLE_IMAGES_MAX_BYTES} are allowed: reduce its images`]);
  }
  if (outside.length > 0) {
    throw new InstructionsError(outside);
  }
  return new Map(Object.entries(files));
}

export function folderOf(files: FolderFiles): InstructionFolder {
  const names = [...files.keys()];
  return {
    ...textsIn([...files].filter(([name]) => TEXT_FILE.test(name))),
    images: names.filter((name) => name.startsWith(IMAGES_FOLDER)).map((name) => name.slice(IMAGES_FOLDER.length)).sort(),
  };
}

export function imageBytes(files: FolderFiles, image: string): Uint8Array {
  return files.get(`${IMAGES_FOLDER}${image}`)!;
}
