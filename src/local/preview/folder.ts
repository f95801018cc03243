import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { IMAGES_FOLDER, IMAGE_FILE, TEMPLATE_FILE } from '../../contract/instruction-files';
import { EXAMPLE_IMAGE_MAX_BYTES } from '../../contract/limits';
import { FileProblem } from '../../contract/template-lint';
import { PageTask } from '../../contract/worker-template';
import { composeInstructions } from '../../lint';
import { DEFAULT_INPUT_LIMITS, inspect } from '../../runtime/images/gate';
import { FolderFiles, folderOf, imageBytes } from '../../runtime/instructions/read-folder';

const LIMITS = { ...DEFAULT_INPUT_LIMITS, maxFileBytes: EXAMPLE_IMAGE_MAX_BYTES };

/** Instructions as they lie on this machine, and what they make. */
export interface CheckedInstructions {
  /** The worker page, in which example images are still named by their files. Empty where there is none to show. */
  readonly template: string;
  /** Their files are named as in the folder. */
  readonly problems: readonly FileProblem[];
  /** The example images, by their paths below `images/`. */
  readonly images: ReadonlyMap<string, Uint8Array>;
}

/** Checks a folder of instructions, or one template with `images/` beside it. */
export function checkInstructions(path: string, task: PageTask): CheckedInstructions {
  const single = statSync(path).isFile();
  const files = filesOf(path);
  const folder = folderOf(files);
  const { template, problems } = composeInstructions(folder, task);
  const broken = folder.images.filter((image) => IMAGE_FILE.test(image)).flatMap((image): FileProblem[] => {
    const seen = inspect(imageBytes(files, image), LIMITS);
    return seen.ok ? [] : [{ file: `${IMAGES_FOLDER}${image}`, severity: 'error', rule: 'broken-image', line: 1, column: 1, message: seen.detail }];
  });
  return {
    template,
    problems: [...problems, ...broken].map((problem) =>
      single && problem.file === TEMPLATE_FILE ? { ...problem, file: basename(path) } : problem),
    images: new Map(folder.images.map((image) => [image, imageBytes(files, image)])),
  };
}

/** The path of a file that a problem names. */
export function pathOf(path: string, file: string): string {
  return join(statSync(path).isFile() ? dirname(path) : path, file);
}

/** Changes whenever a file of the instructions does. */
export function stateOf(paths: readonly string[]): string {
  return paths.flatMap((path) => {
    try {
      return namesOf(path).map((name) => {
        const { mtimeMs, size } = statSync(name, { throwIfNoEntry: false }) ?? {};
        return `${name} ${mtimeMs} ${size}`;
      });
    } catch (error) {
      return unreadable(path, error); // gone, or not ours to read: it may come back
    }
  }).join('\n');
}

/** Why a file or folder cannot be read, and what to do. */
export function unreadable(path: string, error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' || code === 'ENOTDIR' ? `${path} is gone; put it back`
    : `${path} cannot be read (${message}); let yourself read it, as chmod -R u+rX does`;
}

function filesOf(path: string): FolderFiles {
  if (statSync(path).isDirectory()) {
    return new Map(namesOf(path).map((name) => [slashes(relative(path, name)), bytes(name)]));
  }
  const images = imagesBeside(path).map((name): [string, Uint8Array] => [slashes(relative(dirname(path), name)), bytes(name)]);
  return new Map([[TEMPLATE_FILE, bytes(path)], ...images]);
}

/** The files that may be part of the instructions. Hidden ones are not. */
function namesOf(path: string): string[] {
  if (statSync(path).isFile()) {
    return [path, ...imagesBeside(path)];
  }
  const names = readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => slashes(relative(path, join(entry.parentPath, entry.name))));
  const parts = names.filter((name) => !name.split('/').some((part) => part.startsWith('.')) && (name.startsWith(IMAGES_FOLDER) || !name.includes('/')));
  return parts.sort().map((name) => join(path, name));
}

function imagesBeside(file: string): string[] {
  const folder = join(dirname(file), 'images');
  return /\.(html?|liquid)$/i.test(file) && existsSync(folder) ? namesOf(dirname(file)).filter((name) => name.startsWith(join(folder, '/'))) : [];
}

const slashes = (path: string): string => path.replaceAll('\\', '/');

const bytes = (path: string): Uint8Array => new Uint8Array(readFileSync(path));
