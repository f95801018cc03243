import { InstructionsError } from './instructions-error';
import { unzipped, zipEntries } from './zip';
import { InstructionsSource } from '../../contract/environment';
import { isHidden, isReadPart, tooLongTexts, tooManyBytes } from '../../contract/folder-parts';
import { IMAGES_FOLDER, TEXT_FILE } from '../../contract/instruction-files';
import { InstructionFolder } from '../../contract/template-lint';
import { textsIn } from '../../contract/text-encoding';
import { messageOf } from '../errors';
import { ObjectStore } from '../ports';

/** A folder of instructions with all its bytes, by path. */
export type FolderFiles = ReadonlyMap<string, Uint8Array>;

/**
 * Reads a whole folder, small as instructions are.
 *
 * @throws InstructionsError for what is no folder of instructions
 */
export async function readFiles(objects: ObjectStore, source: InstructionsSource): Promise<FolderFiles> {
  if (source.kind === 'archive') {
    const archive = await objects.get(source.bucket, source.key);
    if (!archive) {
      throw new Error(`s3://${source.bucket}/${source.key} is not there; deploy again, so that the asset is uploaded`);
    }
    return filesOfArchive(archive.body);
  }
  const { bucket, prefix } = source;
  const sizes = await sizesIn(objects, bucket, prefix);
  refuseTooMuch(sizes);
  const files = new Map<string, Uint8Array>();
  for (const path of sizes.keys()) {
    const body = isReadPart(path) ? (await objects.get(bucket, `${prefix}${path}`))?.body : NAME_ONLY;
    if (body) {
      files.set(path, body);
    }
  }
  return files;
}

/** The parts of a folder by their paths. Unit: bytes. */
type Sizes = ReadonlyMap<string, number>;

async function sizesIn(objects: ObjectStore, bucket: string, prefix: string): Promise<Sizes> {
  const sizes = new Map<string, number>();
  let after: string | undefined;
  do {
    const page = await objects.listVersions(bucket, prefix, after);
    page.items.filter(({ isLatest, deleteMarker }) => isLatest && !deleteMarker)
      .map(({ key, size }) => ({ path: key.slice(prefix.length), size })).filter(({ path }) => isPart(path))
      .forEach(({ path, size }) => sizes.set(path, size));
    after = page.next;
  } while (after !== undefined);
  return sizes;
}

/** @throws InstructionsError for parts that are too large to be read */
function refuseTooMuch(sizes: Sizes): void {
  const tooLong = Object.entries(tooLongTexts(sizes)).map(([path, { message }]) => `${path}: ${message}`);
  const tooMany = tooManyBytes('the folder', [...sizes].reduce((sum, [path, size]) => sum + (isReadPart(path) ? size : 0), 0));
  refuse(tooLong.length > 0 ? tooLong : tooMany === undefined ? [] : [tooMany]);
}

function refuse(problems: readonly string[]): void {
  if (problems.length > 0) {
    throw new InstructionsError(problems);
  }
}

/** Nothing else is read: a bucket may hold much beside it. */
const isPart = (path: string): boolean => !isHidden(path)
  && (TEXT_FILE.test(path) || (path.startsWith(IMAGES_FOLDER) && path.length > IMAGES_FOLDER.length && !path.endsWith('/')));

const NAME_ONLY = new Uint8Array();

/** Whether each step of a path leads into a folder, and none out again. */
const isPlain = (path: string): boolean => path.split('/').every((step) => step !== '' && !/^\.\.?$/.test(step) && !step.includes('\\'));

/**
 * The files of a zip archive that are part of instructions. Nothing else is unpacked, and no more than a folder may have.
 *
 * @throws InstructionsError for what is no such archive, and for files that are damaged in it
 */
export function filesOfArchive(archive: Uint8Array): FolderFiles {
  const entries = read('the archive is no zip file that can be read', () => zipEntries(archive)).filter(({ name }) => isPart(name));
  refuseTooMuch(new Map(entries.map(({ name, size }) => [name, size])));
  refuse(entries.filter(({ name }) => !isPlain(name))
    .map(({ name }) => `${JSON.stringify(name)} leads out of its folder; name files plainly, as images/good.jpg`));
  return new Map(entries.map((entry) => [entry.name,
    isReadPart(entry.name) ? read(`${entry.name} is damaged in the archive`, () => unzipped(archive, entry)) : NAME_ONLY]));
}

function read<T>(otherwise: string, from: () => T): T {
  try {
    return from();
  } catch (error) {
    throw new InstructionsError([`${otherwise} (${messageOf(error)}); pack it again`]);
  }
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
