import { unzipSync } from 'fflate';
import { InstructionsError } from './instructions-error';
import { InstructionsSource } from '../../contract/environment';
import { tooManyBytes, unreadText } from '../../contract/folder-parts';
import { IMAGES_FOLDER, PAGES, TEXT_FILE } from '../../contract/instruction-files';
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
  const parts = await partsIn(objects, bucket, prefix);
  const wrong = refusal(parts);
  if (wrong) {
    throw new InstructionsError(wrong);
  }
  const files = new Map<string, Uint8Array>();
  for (const { path } of parts) {
    const body = isNote(path) ? NAME_ONLY : (await objects.get(bucket, `${prefix}${path}`))?.body;
    if (body) {
      files.set(path, body);
    }
  }
  return files;
}

interface Part {
  readonly path: string;
  readonly size: number;
}

async function partsIn(objects: ObjectStore, bucket: string, prefix: string): Promise<Part[]> {
  const parts: Part[] = [];
  let after: string | undefined;
  do {
    const page = await objects.listVersions(bucket, prefix, after);
    parts.push(...page.items.filter(({ isLatest, deleteMarker }) => isLatest && !deleteMarker)
      .map(({ key, size }) => ({ path: key.slice(prefix.length), size })).filter(({ path }) => isPart(path)));
    after = page.next;
  } while (after !== undefined);
  return parts;
}

/** What is wrong with parts that are too large to be read; undefined where nothing is. */
function refusal(parts: readonly Part[]): readonly string[] | undefined {
  const read = parts.filter(({ path }) => !isNote(path));
  const tooLong = read.filter(({ path }) => PAGES.includes(path)).flatMap(({ path, size }) => {
    const why = unreadText(size);
    return why ? [`${path}: ${why.message}`] : [];
  });
  const tooMany = tooManyBytes('the folder', read.reduce((sum, { size }) => sum + size, 0));
  return tooLong.length > 0 ? tooLong : tooMany === undefined ? undefined : [tooMany];
}

/** Nothing else in the bucket is read: it may be large. */
const isPart = (path: string): boolean =>
  TEXT_FILE.test(path) || (path.startsWith(IMAGES_FOLDER) && path.length > IMAGES_FOLDER.length && !path.endsWith('/'));

/** A text that makes no page: its name will do. */
const isNote = (path: string): boolean => TEXT_FILE.test(path) && !PAGES.includes(path);

const NAME_ONLY = new Uint8Array();

/** Whether each step of a path leads into a folder: none is hidden, and none leads out again. */
const isPlain = (path: string): boolean => path.split('/').every((step) => step !== '' && !/^\.\.?$/.test(step) && !step.includes('\\'));

/**
 * The files of a zip archive that are part of instructions. Nothing else is unpacked, and no more than a folder may have.
 *
 * @throws InstructionsError for what is no such archive
 */
export function filesOfArchive(archive: Uint8Array): FolderFiles {
  const outside: string[] = [];
  const parts: Part[] = [];
  const wanted = ({ name, originalSize }: { readonly name: string; readonly originalSize: number }): boolean => {
    if (!isPart(name) || /(^|\/)\.[^./]/.test(name)) {
      return false;
    }
    if (!isPlain(name)) {
      outside.push(`${JSON.stringify(name)} leads out of its folder; name files plainly, as images/good.jpg`);
      return false;
    }
    parts.push({ path: name, size: originalSize });
    return !isNote(name) && refusal(parts) === undefined;
  };
  let files: { readonly [name: string]: Uint8Array };
  try {
    files = unzipSync(archive, { filter: wanted });
  } catch (error) {
    throw new InstructionsError([`the archive is no zip file that can be read (${messageOf(error)}); pack it again`]);
  }
  const wrong = refusal(parts) ?? outside;
  if (wrong.length > 0) {
    throw new InstructionsError(wrong);
  }
  return new Map([...parts.filter(({ path }) => isNote(path)).map(({ path }) => [path, NAME_ONLY] as const), ...Object.entries(files)]);
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
