import * as fs from 'fs';
import * as path from 'path';
import { EXAMPLE_IMAGES_MAX_BYTES, EXAMPLE_IMAGE_MAX_BYTES } from '../contract/limits';
import { InstructionFolder } from '../contract/template-lint';

const IMAGES = 'images';

/** What the images function reads. */
const IMAGE_NAME = /\.(jpe?g|png)$/i;

/** What may make a page. */
const TEXT_NAME = /\.(html?|liquid|md)$/i;

/** Of a folder of instructions, these files and no others are part of them: git's own syntax. */
export const ASSET_FILES = ['/*', '!/template.liquid.html', '!/full.md', '!/short.md', `!/${IMAGES}/`, '.*'];

/** A folder of instructions as it lies on the disk. */
export interface ReadFolder {
  readonly folder: InstructionFolder;
  /** What is wrong with it as a folder. */
  readonly problems: readonly string[];
}

export function readFolder(directory: string): ReadFolder {
  if (!fs.existsSync(directory) || !fs.statSync(directory).isDirectory()) {
    return { folder: { files: {}, images: [] }, problems: [`directory is '${directory}'; there is no such folder below ${process.cwd()}`] };
  }
  const texts = fs.readdirSync(directory).filter((name) => TEXT_NAME.test(name) && fs.statSync(path.join(directory, name)).isFile());
  const files = Object.fromEntries(texts.map((name) => [name, fs.readFileSync(path.join(directory, name), 'utf8')]));
  const images = filesBelow(path.join(directory, IMAGES));
  return { folder: { files, images }, problems: imageProblems(path.join(directory, IMAGES), images) };
}

/** Paths with slashes. Hidden files are nobody's images. */
function filesBelow(folder: string, prefix = ''): string[] {
  if (!fs.existsSync(folder)) {
    return [];
  }
  return fs.readdirSync(folder).sort().filter((name) => !name.startsWith('.')).flatMap((name) => {
    const full = path.join(folder, name);
    return fs.statSync(full).isDirectory() ? filesBelow(full, `${prefix}${name}/`) : [`${prefix}${name}`];
  });
}

function imageProblems(folder: string, images: readonly string[]): string[] {
  const sizes = images.map((name) => fs.statSync(path.join(folder, name)).size);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  return [
    ...images.flatMap((name, index) => imageProblem(path.join(folder, name), sizes[index])),
    ...total > EXAMPLE_IMAGES_MAX_BYTES ? [`${folder} has ${total} bytes of example images; ${EXAMPLE_IMAGES_MAX_BYTES} are allowed: reduce them`] : [],
  ];
}

/** What can be told without decoding: most broken files were cut off. */
function imageProblem(file: string, size: number): string[] {
  if (!IMAGE_NAME.test(file)) {
    return [`${file} is no example image that browsers show; it must be a .jpg, .jpeg or .png file`];
  }
  if (size > EXAMPLE_IMAGE_MAX_BYTES) {
    return [`${file} has ${size} bytes; an example image may have ${EXAMPLE_IMAGE_MAX_BYTES}: reduce it`];
  }
  const bytes = fs.readFileSync(file);
  if (bytes.subarray(0, 4).toString('latin1') === '\u0089PNG') {
    return bytes.includes('IEND', Math.max(0, bytes.length - 64), 'latin1') ? [] : [`${file} is a PNG whose end is missing; copy the whole file`];
  }
  if (bytes[0] === 0xff && bytes[1] === 0xd8) {
    return bytes.lastIndexOf(Buffer.from([0xff, 0xd9])) > 0 ? [] : [`${file} is a JPEG whose end is missing; copy the whole file`];
  }
  return [`${file} is neither a JPEG nor a PNG, whatever its name says; convert it`];
}
