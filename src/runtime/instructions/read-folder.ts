import { InstructionsError } from './instructions-error';
import { unzipped, zipEntries } from './zip';
import { InstructionsSource } from '../../contract/environment';
import { tooLongTexts, tooManyBytes } from '../../contract/folder-parts';
import { IMAGES_FOLDER, TEXT_FILE } from '../../contract/instruction-files';
import { isReadPart, partPath, partsByPath, quoted } from '../../contract/part-names';
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
  const parts = partsAmong(await partsBelow(objects, bucket, prefix));
  const files = new Map<string, Uint8Array>();
  for (const [path, { name }] of parts) {
    const body = isReadPart(path) ? (await objects.get(bucket, `${prefix}${name}`))?.body : NAME_ONLY;
    if (body) {
      files.set(path, body);
    }
  }
  return files;
}

const NAME_ONLY = new Uint8Array();

/** Something that lies in a bucket or an archive. */
interface Lying {
  readonly name: string;
  /** Unit: bytes. */
  readonly size: number;
}

async function partsBelow(objects: ObjectStore, bucket: string, prefix: string): Promise<Lying[]> {
  const lying: Lying[] = [];
  let after: string | undefined;
  do {
    const page = await objects.listVersions(bucket, prefix, after);
    // a bucket may hold much beside them
    lying.push(...page.items.filter(({ isLatest, deleteMarker }) => isLatest && !deleteMarker)
      .map(({ key, size }) => ({ name: key.slice(prefix.length), size })).filter(({ name }) => partPath(name) !== undefined));
    after = page.next;
  } while (after !== undefined);
  return lying;
}

/**
 * The parts of instructions among what lies somewhere. Nothing else is read, and of them no more than their sizes say.
 *
 * @throws InstructionsError for names that are wrong, and for more than may be read
 */
function partsAmong<T extends Lying>(lying: readonly T[]): ReadonlyMap<string, T> {
  const { parts, wrong } = partsByPath(lying);
  refuse([...wrong].map(([name, { why }]) => `${quoted(name)} ${why}`));
  refuseTooMuch(new Map([...parts].map(([path, { size }]) => [path, size])));
  return parts;
}

/** @throws InstructionsError for parts that are too large to be read */
function refuseTooMuch(sizes: ReadonlyMap<string, number>): void {
  const tooLong = Object.entries(tooLongTexts(sizes)).map(([path, { message }]) => `${path}: ${message}`);
  const tooMany = tooManyBytes('the folder', [...sizes].reduce((sum, [path, size]) => sum + (isReadPart(path) ? size : 0), 0));
  refuse(tooLong.length > 0 ? tooLong : tooMany === undefined ? [] : [tooMany]);
}

function refuse(problems: readonly string[]): void {
  if (problems.length > 0) {
    throw new InstructionsError(problems);
  }
}

/**
 * The files of a zip archive that are part of instructions. Nothing else is unpacked, and no more than a folder may have.
 *
 * @throws InstructionsError for what is no such archive, and for files that are damaged in it
 */
export function filesOfArchive(archive: Uint8Array): FolderFiles {
  const parts = partsAmong(read('the archive is no zip file that can be read', () => zipEntries(archive)));
  return new Map([...parts].map(([path, entry]) =>
    [path, isReadPart(path) ? read(`${path} is damaged in the archive`, () => unzipped(archive, entry)) : NAME_ONLY]));
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
