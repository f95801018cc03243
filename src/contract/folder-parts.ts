import { IMAGES_FOLDER, IMAGE_FILE, PAGES, TEXT_FILE } from './instruction-files';
import { EXAMPLE_IMAGES_MAX_BYTES, INSTRUCTIONS_TEXT_MAX_CHARACTERS, TEMPLATE_MAX_CHARACTERS } from './limits';
import { partPath, partsByPath, pathOf, wrongName } from './part-names';
import { UnreadFile } from './template-lint';

/** What lies in a folder, as it lies there: links are not followed. */
export interface FolderEntry {
  readonly name: string;
  isFile(): boolean;
  isDirectory(): boolean;
  isSymbolicLink(): boolean;
}

/** Which of a folder's files are instructions. */
export interface FolderParts {
  /** Under which name each of them lies in the folder, by its path: texts in the folder itself, and what is below `images/`. */
  readonly names: ReadonlyMap<string, string>;
  /** What has the name of a part and is not read, by its path. */
  readonly unread: { readonly [path: string]: UnreadFile };
}

/**
 * Reads a folder of instructions by its names. A link is no part, wherever it leads: an upload, a checkout and an archive take it for
 * different things.
 *
 * @param entriesOf what lies in a folder, given as '' or a name that ends in a slash
 */
export function partsOf(entriesOf: (folder: string) => readonly FolderEntry[]): FolderParts {
  const unread: { [path: string]: UnreadFile } = {};
  const found: { readonly name: string }[] = [];
  const walk = (below: string): void => {
    for (const entry of sorted(entriesOf(below))) {
      const name = `${below}${entry.name}`;
      const path = pathOf(name) === IMAGES ? IMAGES : partPath(name);
      if (path === undefined) {
        continue;
      }
      const wanted = whatMayLieAt(path);
      if (wanted === undefined || wrongName(path) !== undefined) {
        found.push({ name });
      } else if (wanted.includes('folder') && entry.isDirectory()) {
        walk(`${name}/`);
      } else if (wanted.includes('file') && entry.isFile()) {
        found.push({ name });
      } else {
        unread[path] = notPlain(entry, IMAGE_FILE.test(path) ? 'file' : wanted);
      }
    }
  };
  walk('');
  const { parts, wrong } = partsByPath(found);
  for (const [name, { rule, why }] of wrong) {
    unread[name] = { rule, message: `its name ${why}` };
  }
  return { names: new Map([...parts].map(([path, { name }]) => [path, name])), unread };
}

const IMAGES = IMAGES_FOLDER.slice(0, -1);

type Wanted = 'file' | 'folder' | 'file or folder';

/** Undefined: anything, because nobody reads it. */
function whatMayLieAt(path: string): Wanted | undefined {
  if (TEXT_FILE.test(path)) {
    return PAGES.includes(path) ? 'file' : undefined;
  }
  return path === IMAGES ? 'folder' : 'file or folder';
}

function sorted(entries: readonly FolderEntry[]): FolderEntry[] {
  return [...entries].sort((one, other) => (one.name < other.name ? -1 : 1));
}

function notPlain(entry: FolderEntry, wanted: Wanted): UnreadFile {
  const is = entry.isSymbolicLink() ? 'a symbolic link' : entry.isDirectory() ? 'a folder' : entry.isFile() ? 'a file' : 'neither a file nor a folder';
  return { rule: 'no-plain-file', message: `it is ${is}, which is not taken; put the ${wanted} itself there` };
}

/** No character takes more bytes in UTF-8, as text is counted here; beside them a byte order mark. */
const TEXT_MAX_BYTES = 3 * INSTRUCTIONS_TEXT_MAX_CHARACTERS + 3;

/** Texts of a folder that no page can hold, by the sizes of its parts: they are not even read. */
export function tooLongTexts(sizes: ReadonlyMap<string, number>): FolderParts['unread'] {
  return Object.fromEntries(PAGES.filter((name) => (sizes.get(name) ?? 0) > TEXT_MAX_BYTES).map((name): [string, UnreadFile] => [name, {
    rule: 'too-long',
    message: `the file has ${sizes.get(name)} bytes; the whole page may have ${TEMPLATE_MAX_CHARACTERS} characters: shorten it, and put images into files of their own`,
  }]));
}

/** Why a folder, named as messages name it, is not read where all of it has so many bytes; undefined where it is. */
export function tooManyBytes(folder: string, bytes: number): string | undefined {
  return bytes <= EXAMPLE_IMAGES_MAX_BYTES ? undefined : `${folder} has ${bytes} bytes; ${EXAMPLE_IMAGES_MAX_BYTES} are allowed: reduce its images`;
}
