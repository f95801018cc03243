import { IMAGES_FOLDER, PAGES, TEXT_FILE } from './instruction-files';

/** What stands in a name for bytes that mean no character: under such a name nothing is found again. */
const NO_CHARACTER = '\ufffd';

/**
 * The path of what lies under a name, wherever that is. Some programs pack `images\good.jpg` or `./images/good.jpg`; and what unpacks
 * or packs that may make a folder of it, or leave it as it is.
 */
export function pathOf(name: string): string {
  return name.replaceAll('\\', '/').replace(/^(\.\/)+/, '');
}

/**
 * The path of a part of instructions, among whatever lies beside it: a text in the folder itself, or something below `images/`.
 * What is hidden is nobody's. A text whose backslashes lead elsewhere is among the parts, so that somebody is told.
 */
export function partPath(name: string): string | undefined {
  const path = pathOf(name);
  const isImage = path.startsWith(IMAGES_FOLDER) && path.length > IMAGES_FOLDER.length && !path.endsWith('/');
  const leadsOut = !isPlain(path) && !name.includes('/') && TEXT_FILE.test(path.slice(path.lastIndexOf('/') + 1));
  return (isImage || TEXT_FILE.test(path) || leadsOut) && !isHidden(path) ? path : undefined;
}

/** Hidden files are nobody's: what systems and tools leave behind. Steps that lead elsewhere are no names. */
function isHidden(path: string): boolean {
  return path.split('/').some((step) => step.startsWith('.') && step !== '.' && step !== '..');
}

/** Whether each step of a path leads into a folder, and none out again. */
function isPlain(path: string): boolean {
  return !/^[a-z]:\//i.test(path) && path.split('/').every((step) => !['', '.', '..'].includes(step));
}

/** Whether a part is read at all: of a text that makes no page its name will do. */
export function isReadPart(path: string): boolean {
  return PAGES.includes(path) || path.startsWith(IMAGES_FOLDER);
}

/** Why a part is not taken: the end of a sentence that begins with its name. */
export interface WrongName {
  readonly rule: string;
  readonly why: string;
}

/** Parts of instructions, each of which has a path of its own. */
export interface PartsByPath<T> {
  readonly parts: ReadonlyMap<string, T>;
  /** Those that are not taken; by its name what leads out, as its path would be somewhere else. */
  readonly wrong: ReadonlyMap<string, WrongName>;
}

/**
 * The parts of instructions among what lies somewhere. Of two files with one path neither is taken: nobody could say which is meant, and
 * sizes could be told of the one and bytes read of the other.
 */
export function partsByPath<T extends { readonly name: string }>(lying: readonly T[]): PartsByPath<T> {
  const found = new Map<string, T[]>();
  for (const each of lying) {
    const path = partPath(each.name);
    if (path !== undefined) {
      const all = found.get(path) ?? [];
      found.set(path, all);
      all.push(each);
    }
  }
  const parts = new Map<string, T>();
  const wrong = new Map<string, WrongName>();
  for (const [path, all] of found) {
    const problem = wrongName(path) ?? (isReadPart(path) ? sharedPath(all.map(({ name }) => name)) : undefined);
    if (problem === undefined) {
      parts.set(path, all[0]);
    } else {
      wrong.set(isPlain(path) ? path : all[0].name, problem);
    }
  }
  return { parts, wrong };
}

/** What is wrong with the path of a part; undefined for most. */
export function wrongName(path: string): WrongName | undefined {
  if (!isPlain(path)) {
    return { rule: 'no-plain-name', why: 'leads out of its folder; name files plainly, as images/good.jpg' };
  }
  return path.startsWith(IMAGES_FOLDER) && path.includes(NO_CHARACTER)
    ? { rule: 'not-utf-8', why: 'has bytes that are no UTF-8, so that no text can name it; rename it' } : undefined;
}

const NAMES_SHOWN = 3;

function sharedPath(names: readonly string[]): WrongName | undefined {
  if (names.length === 1) {
    return undefined;
  }
  const different = [...new Set(names)];
  const shown = different.slice(0, NAMES_SHOWN).map(quoted).join(', ');
  const as = different.length === 1 ? '' : `, as ${shown}${different.length > NAMES_SHOWN ? ', ...' : ''}`;
  return { rule: 'same-name', why: `is there ${names.length} times${as}; it may be there once: keep one of these files` };
}

/** Without what would steer a terminal; a backslash stays as people know it. */
export const quoted = (name: string): string => JSON.stringify(name).replaceAll('\\\\', '\\');
