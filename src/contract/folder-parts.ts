import { IMAGES_FOLDER, IMAGE_FILE, PAGES, TEXT_FILE } from './instruction-files';
import { EXAMPLE_IMAGES_MAX_BYTES, INSTRUCTIONS_TEXT_MAX_CHARACTERS, TEMPLATE_MAX_CHARACTERS } from './limits';
import { UnreadFile } from './template-lint';

/** What stands in a name for bytes that mean no character: under such a name nothing is found again. */
const NO_CHARACTER = '\ufffd';

/** What lies in a folder, as it lies there: links are not followed. */
export interface FolderEntry {
  readonly name: string;
  isFile(): boolean;
  isDirectory(): boolean;
  isSymbolicLink(): boolean;
}

/** Which of a folder's files are instructions. */
export interface FolderParts {
  /** Texts that lie in the folder itself. */
  readonly texts: readonly string[];
  /** Paths below `images/`, with slashes. */
  readonly images: readonly string[];
  /** What has the name of a part and is no plain file, by its path. */
  readonly unread: { readonly [path: string]: UnreadFile };
}

/**
 * Reads a folder of instructions by its names. A link is no part, wherever it leads: an upload, a checkout and an archive take it for
 * different things. Hidden files are nobody's.
 *
 * @param entriesOf what lies in a folder, given as '' or a path that ends in a slash
 */
export function partsOf(entriesOf: (folder: string) => readonly FolderEntry[]): FolderParts {
  const unread: { [path: string]: UnreadFile } = {};
  const top = visible(entriesOf(''));
  const texts: string[] = [];
  for (const entry of top.filter(({ name }) => TEXT_FILE.test(name))) {
    if (entry.isFile() || !PAGES.includes(entry.name)) {
      texts.push(entry.name);
    } else {
      unread[entry.name] = notPlain(entry, 'file');
    }
  }
  const name = IMAGES_FOLDER.slice(0, -1);
  const folder = top.find((entry) => entry.name === name);
  if (folder !== undefined && !folder.isDirectory()) {
    unread[name] = notPlain(folder, 'folder');
  }
  const images: string[] = [];
  const walk = (below: string): void => {
    for (const entry of visible(entriesOf(`${IMAGES_FOLDER}${below}`))) {
      const path = `${below}${entry.name}`;
      if (entry.name.includes(NO_CHARACTER)) {
        unread[`${IMAGES_FOLDER}${path}`] = { rule: 'not-utf-8', message: 'its name has bytes that are no UTF-8, so that no text can name it; rename it' };
      } else if (entry.isDirectory()) {
        walk(`${path}/`);
      } else if (entry.isFile()) {
        images.push(path);
      } else {
        unread[`${IMAGES_FOLDER}${path}`] = notPlain(entry, IMAGE_FILE.test(path) ? 'file' : 'file or folder');
      }
    }
  };
  if (folder?.isDirectory()) {
    walk('');
  }
  return { texts, images, unread };
}

/** Hidden files are nobody's: what systems and tools leave behind. Steps that lead elsewhere are no names. */
export function isHidden(path: string): boolean {
  return path.split('/').some((step) => step.startsWith('.') && step !== '.' && step !== '..');
}

/** Whether a part is read at all: of a text that makes no page its name will do. */
export function isReadPart(path: string): boolean {
  return PAGES.includes(path) || path.startsWith(IMAGES_FOLDER);
}

function visible(entries: readonly FolderEntry[]): FolderEntry[] {
  return entries.filter(({ name }) => !isHidden(name)).sort((one, other) => (one.name < other.name ? -1 : 1));
}

function notPlain(entry: FolderEntry, wanted: 'file' | 'folder' | 'file or folder'): UnreadFile {
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
