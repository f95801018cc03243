import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { CommandError, usageError } from './errors';
import { FULL_FILE, SHORT_FILE, TEMPLATE_FILE } from '../contract/instruction-files';

const GIVE_FOLDER = `Give the folder that has ${FULL_FILE}, ${SHORT_FILE} or ${TEMPLATE_FILE}.`;

const giveFolderOf = (file: string): string => `Give the folder that it lies in: ${dirname(file)}`;

/** Says what to give instead of what is no folder of instructions. */
export function assertFolder(path: string): void {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) {
    throw usageError(`there is no folder ${path}`, GIVE_FOLDER);
  }
  if (!found.isDirectory()) {
    throw usageError(`${path} is a file, and a folder is checked as a whole`, giveFolderOf(path));
  }
  assertReadable(path);
}

/** The same, but that one template may be given too. */
export function assertFolderOrTemplate(path: string): void {
  if (!existsSync(path)) {
    throw usageError(`there is no folder or template ${path}`, GIVE_FOLDER);
  }
  if (!statSync(path).isDirectory() && !/\.(html?|liquid)$/i.test(path)) {
    throw usageError(`${path} is neither a folder nor a template`, giveFolderOf(path));
  }
  assertReadable(path);
}

function assertReadable(path: string): void {
  try {
    readdirSync(statSync(path).isDirectory() ? path : dirname(path));
  } catch (error) {
    throw new CommandError(`${path} cannot be read: ${(error as Error).message}`, `Let yourself read it: chmod -R u+rX ${path}`);
  }
}
