import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'fs';
import { dirname, join, relative } from 'path';
import { CURRENT_DATA_SET_KEY } from '../../contract/environment';
import { parseUri } from '../runner';
import { UsageError } from './options';
import { DeployedProject } from './project';
import { VerifiedLine } from './verify';

/** What the demo writes into its output folder, and replaces the next time. */
export const DATA_SET_FOLDER = 'data-set';
export const REPORT_FILE = 'report.html';

/** What a data set's folder holds when a demo wrote it. */
const DATA_SET_ENTRIES = ['images', 'labels.json', 'output.manifest'];

const entriesOf = (folder: string): string[] => existsSync(folder) ? readdirSync(folder) : [];

/**
 * Makes sure that the output folder is the demo's own: new, empty, or written by an earlier demo. Touches nothing.
 *
 * @throws UsageError for a folder with anything else in it.
 */
export function checkOutput(folder: string): void {
  const foreign = [
    ...entriesOf(folder).filter(name => name !== DATA_SET_FOLDER && name !== REPORT_FILE),
    ...entriesOf(join(folder, DATA_SET_FOLDER)).filter(name => !DATA_SET_ENTRIES.includes(name)).map(name => join(DATA_SET_FOLDER, name)),
  ];
  if (foreign.length > 0) {
    throw new UsageError(`the output folder ${folder} holds other files (${foreign.slice(0, 3).join(', ')}): name one that is empty or does not exist`);
  }
}

/** Takes an earlier demo's results away, once there are new ones. */
export function clearOutput(folder: string): void {
  checkOutput(folder);
  rmSync(join(folder, DATA_SET_FOLDER), { recursive: true, force: true });
  rmSync(join(folder, REPORT_FILE), { force: true });
  mkdirSync(folder, { recursive: true });
}

/**
 * Writes the data set as it lies in the output bucket, with the images and the label file beside it.
 *
 * @returns its folder.
 */
export async function saveDataSet(project: DeployedProject, lines: readonly VerifiedLine[], output: string): Promise<string> {
  const folder = join(output, DATA_SET_FOLDER);
  const write = (path: string, content: Buffer | string) => {
    const file = join(folder, path);
    if (relative(folder, file).startsWith('..')) {
      throw new Error(`the data set refers to ${path}, which is outside of its bucket`);
    }
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  };
  const { outputBucket } = project.resources;
  write('output.manifest', lines.length === 0 ? '' : await project.read(outputBucket, CURRENT_DATA_SET_KEY));
  lines.forEach(({ sourceRef, image }) => write(parseUri(sourceRef).key, image));
  for (const key of (await project.keys(outputBucket, 'config/')).filter(name => name.endsWith('/labels.json'))) {
    write('labels.json', await project.read(outputBucket, key));
  }
  return folder;
}
