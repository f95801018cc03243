import { Dirent, readFileSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { FolderParts, partsOf, tooLongTexts, tooManyBytes } from '../../contract/folder-parts';
import { IMAGES_FOLDER, IMAGE_FILE, PAGES, TEMPLATE_FILE } from '../../contract/instruction-files';
import { isReadPart, pathOf } from '../../contract/part-names';
import { FileProblem, UnreadFile } from '../../contract/template-lint';
import { PageTask } from '../../contract/worker-template';
import { composeInstructions } from '../../lint';
import { inspectExample } from '../../runtime/instructions/example-image';
import { FolderFiles, folderOf, imageBytes } from '../../runtime/instructions/read-folder';

/** Instructions as they lie on this machine, and what they make. */
export interface CheckedInstructions {
  /** The worker page, in which example images are still named by their files. Empty where there is none to show. */
  readonly template: string;
  /** The file that the worker page is, where somebody wrote it as a whole; named as problems name files. */
  readonly page?: string;
  /** Their files are named as in the folder. */
  readonly problems: readonly FileProblem[];
  /** Where the files lie that problems name. */
  readonly folder: string;
  /** The example images, by their paths below `images/`. */
  readonly images: ReadonlyMap<string, Uint8Array>;
}

/** Checks a folder of instructions, or one template with `images/` beside it. What cannot be read is among the problems. */
export function checkInstructions(path: string, task: PageTask): CheckedInstructions {
  try {
    return checked(path, task);
  } catch (error) {
    const { syscall, path: at = path } = error as NodeJS.ErrnoException;
    if (syscall === undefined) {
      throw error;
    }
    // a template has its images beside it
    const folder = relative(path, at).startsWith('..') ? dirname(path) : path;
    return { template: '', folder, problems: [errorOf(relative(folder, at) || '.', 'unreadable', unreadable(at, error))], images: new Map() };
  }
}

function checked(path: string, task: PageTask): CheckedInstructions {
  const single = statSync(path).isFile();
  const nameOf = (file: string): string => (single && file === TEMPLATE_FILE ? basename(path) : file);
  const parts = localParts(path);
  const tooMany = tooManyBytes('the folder', imagesSize(parts.places));
  const { files, failed } = bytesOf(parts, tooMany === undefined);
  const read = folderOf(files);
  const folder = { ...read, unread: { ...read.unread, ...parts.unread, ...failed } };
  const { template, problems } = composeInstructions(folder, task);
  const broken = tooMany !== undefined
    ? [errorOf(IMAGES_FOLDER, 'too-large', tooMany)]
    : folder.images.filter((image) => IMAGE_FILE.test(image)).flatMap((image) => {
      const seen = inspectExample(imageBytes(files, image));
      return seen.ok ? [] : [errorOf(`${IMAGES_FOLDER}${image}`, 'broken-image', seen.detail)];
    });
  return {
    template,
    ...files.has(TEMPLATE_FILE) ? { page: nameOf(TEMPLATE_FILE) } : {},
    problems: [...problems, ...broken].map((problem) => ({ ...problem, file: nameOf(problem.file) })),
    folder: single ? dirname(path) : path,
    images: new Map(folder.images.map((image) => [image, imageBytes(files, image)])),
  };
}

function errorOf(file: string, rule: string, message: string): FileProblem {
  return { file, severity: 'error', rule, line: 1, column: 1, message };
}

/** Changes whenever a file of the instructions does, or the image that is shown with them. */
export function stateOf(path: string, image: string): string {
  return [...instructionsState(path), fileState(image)].join('\n');
}

function instructionsState(path: string): string[] {
  try {
    const { places, unread } = localParts(path);
    return [...[...places.values()].map(fileState), ...Object.keys(unread).map((name) => `${name} ${unread[name].message}`)];
  } catch (error) {
    return [unreadable(path, error)]; // gone, or not ours to read: it may come back
  }
}

function fileState(file: string): string {
  try {
    const { mtimeMs, size } = statSync(file);
    return `${file} ${mtimeMs} ${size}`;
  } catch (error) {
    return unreadable(file, error);
  }
}

/** Why a file or folder cannot be read, and what to do. */
export function unreadable(path: string, error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' || code === 'ENOTDIR' ? `${path} is gone; put it back`
    : `${path} cannot be read (${message}); let yourself read it, as chmod -R u+rX does`;
}

/** By their names in a folder, their places on the disk. */
interface LocalParts {
  readonly places: ReadonlyMap<string, string>;
  readonly unread: FolderParts['unread'];
}

/** The files of a folder, or of a template with `images/` beside it. */
function localParts(path: string): LocalParts {
  const single = statSync(path).isFile();
  const folder = single ? dirname(path) : path;
  // beside a template only images are its own
  const isOwn = (below: string, { name }: Dirent): boolean => !single || below !== '' || `${pathOf(name)}/`.startsWith(IMAGES_FOLDER);
  const { names, unread } = partsOf((below) => readdirSync(join(folder, below), { withFileTypes: true })
    .filter((entry) => isOwn(below, entry)));
  const placed = [...names].map(([part, name]): [string, string] => [part, join(folder, name)]);
  const places = new Map([...single ? [[TEMPLATE_FILE, path] as const] : [], ...placed]);
  const pages = [...places].filter(([name]) => PAGES.includes(name));
  return { places, unread: { ...unread, ...tooLongTexts(new Map(pages.map(([name, place]) => [name, statSync(place).size]))) } };
}

function imagesSize(places: ReadonlyMap<string, string>): number {
  return [...places].reduce((sum, [name, place]) => sum + (name.startsWith(IMAGES_FOLDER) ? statSync(place).size : 0), 0);
}

interface ReadFiles {
  readonly files: FolderFiles;
  /** Those that could not be read. */
  readonly failed: FolderParts['unread'];
}

/** Of texts that make no page or too long a one, and of more images than there may be, the names will do. */
function bytesOf({ places, unread }: LocalParts, withImages: boolean): ReadFiles {
  const isRead = (name: string): boolean => !(name in unread) && isReadPart(name) && (withImages || !name.startsWith(IMAGES_FOLDER));
  const files = new Map<string, Uint8Array>();
  const failed: { [name: string]: UnreadFile } = {};
  for (const [name, place] of places) {
    try {
      files.set(name, isRead(name) ? new Uint8Array(readFileSync(place)) : new Uint8Array());
    } catch (error) {
      failed[name] = { rule: 'unreadable', message: unreadable(place, error) };
    }
  }
  return { files, failed };
}
