import * as fs from 'fs';
import { IMAGES_FOLDER, PAGES } from '../contract/instruction-files';

/** Of a folder of instructions, these files and no others are part of them: git's own syntax. */
export const ASSET_FILES = ['/*', ...[...PAGES, IMAGES_FOLDER].map((name) => `!/${name}`), '.*'];

/** What is wrong where there is no folder at all. */
export function missingFolder(directory: string): string[] {
  return fs.existsSync(directory) && fs.statSync(directory).isDirectory()
    ? [] : [`directory is '${directory}'; there is no such folder below ${process.cwd()}`];
}
