import { readdirSync, Stats, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { CommandError, usageError } from './errors';
import { FULL_FILE, SHORT_FILE, TEMPLATE_FILE } from '../contract/instruction-files';

const GIVE_FOLDER = `Give the folder that has ${FULL_FILE}, ${SHORT_FILE} or ${TEMPLATE_FILE}.`;

const giveFolderOf = (file: string): string => `Give the folder that it lies in: ${dirname(file)}`;

/** Says what to give instead of what is no folder of instructions. */
export function assertFolder(path: string): void {
  if (!lookUp(path, 'folder').isDirectory()) {
    throw usageError(`${path} is a file, and a folder is checked as a whole`, giveFolderOf(path));
  }
  assertReadable(path);
}

/** The same, but that one template may be given too. */
export function assertFolderOrTemplate(path: string): void {
  if (!lookUp(path, 'folder or template').isDirectory() && !/\.(html?|liquid)$/i.test(path)) {
    throw usageError(`${path} is neither a folder nor a template`, giveFolderOf(path));
  }
  assertReadable(path);
}

/** Whatever keeps a path from leading anywhere, the path is to be mended. */
function lookUp(path: string, what: string): Stats {
  try {
    return statSync(path);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw code === 'EACCES' || code === 'EPERM' ? unreadable(path, message) : usageError(`there is no ${what} ${path}`, GIVE_FOLDER);
  }
}

function assertReadable(path: string): void {
  try {
    readdirSync(statSync(path).isDirectory() ? path : dirname(path));
  } catch (error) {
    throw unreadable(path, (error as Error).message);
  }
}

function unreadable(path: string, why: string): CommandError {
  return new CommandError(`${path} cannot be read: ${why}`, `Let yourself read it: chmod -R u+rX ${path}`);
}
