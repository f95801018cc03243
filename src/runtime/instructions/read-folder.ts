import { strFromU8, unzipSync } from 'fflate';
import { InstructionsSource } from '../../contract/environment';
import { InstructionFolder } from '../../contract/template-lint';
import { ObjectStore } from '../ports';

/** A folder of instructions with all its bytes, by path. */
export type FolderFiles = ReadonlyMap<string, Uint8Array>;

const IMAGES = 'images/';

const TEXT_NAME = /^[^/]+\.(html?|liquid|md)$/i;

/** Reads a whole folder, small as instructions are. */
export async function readFiles(objects: ObjectStore, source: InstructionsSource): Promise<FolderFiles> {
  if (source.kind === 'archive') {
    const archive = await objects.get(source.bucket, source.key);
    if (!archive) {
      throw new Error(`s3://${source.bucket}/${source.key} is not there; deploy again, so that the asset is uploaded`);
    }
    return new Map(Object.entries(unzipSync(archive.body)).filter(([name]) => !name.endsWith('/')));
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

/** Nothing else in the bucket is read: it may be large. */
const isPart = (path: string): boolean => TEXT_NAME.test(path) || (path.startsWith(IMAGES) && path.length > IMAGES.length && !path.endsWith('/'));

export function folderOf(files: FolderFiles): InstructionFolder {
  const names = [...files.keys()];
  return {
    files: Object.fromEntries(names.filter((name) => TEXT_NAME.test(name)).map((name) => [name, strFromU8(files.get(name)!)])),
    images: names.filter((name) => name.startsWith(IMAGES)).map((name) => name.slice(IMAGES.length)).sort(),
  };
}

export function imageBytes(files: FolderFiles, image: string): Uint8Array {
  return files.get(`${IMAGES}${image}`)!;
}
