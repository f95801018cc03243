import * as fs from 'fs';
import * as path from 'path';
import { partsOf, tooManyBytes, unreadText } from '../contract/folder-parts';
import { IMAGES_FOLDER, IMAGE_FILE, IMAGE_TYPES, PAGES } from '../contract/instruction-files';
import { EXAMPLE_IMAGE_MAX_BYTES } from '../contract/limits';
import { printable } from '../contract/printable';
import { InstructionFolder } from '../contract/template-lint';
import { textsIn } from '../contract/text-encoding';

/** Of a folder of instructions, these files and no others are part of them: git's own syntax. */
export const ASSET_FILES = ['/*', ...[...PAGES, IMAGES_FOLDER].map((name) => `!/${name}`), '.*'];

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
  const { texts, images, unread } = partsOf((below) => fs.readdirSync(path.join(directory, below), { withFileTypes: true }));
  const tooLong = Object.fromEntries(texts.filter((name) => PAGES.includes(name)).flatMap((name) => {
    const why = unreadText(fs.statSync(path.join(directory, name)).size);
    return why ? [[name, why]] : [];
  }));
  // of texts that make no page the names will do
  const isRead = (name: string): boolean => PAGES.includes(name) && !(name in tooLong);
  const read = textsIn(texts.map((name) => [name, isRead(name) ? fs.readFileSync(path.join(directory, name)) : new Uint8Array()]));
  return {
    folder: { files: read.files, unread: { ...read.unread, ...tooLong, ...unread }, images },
    // of what is no image by its name the lint tells
    problems: imageProblems(path.join(directory, IMAGES_FOLDER), images).map(printable),
  };
}

function imageProblems(folder: string, images: readonly string[]): string[] {
  const sizes = images.map((name) => fs.statSync(path.join(folder, name)).size);
  const tooMany = tooManyBytes(folder, sizes.reduce((sum, size) => sum + size, 0));
  return [
    ...images.flatMap((name, index) => IMAGE_FILE.test(name) ? imageProblem(path.join(folder, name), sizes[index]) : []),
    ...tooMany === undefined ? [] : [tooMany],
  ];
}

/** How WebP, AVIF, GIF and TIFF begin. */
const OTHER_TYPES = /^(RIFF[^]{4}WEBP|[^]{4}ftyp(avif|avis|mif1|msf1)|GIF8[79]a|II[*+]\0|MM\0[*+])/;

/** What can be told without decoding: most broken files were cut off. */
function imageProblem(file: string, size: number): string[] {
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
  return OTHER_TYPES.test(bytes.toString('latin1', 0, 12)) ? [] : [`${file} is no image, whatever its name says; ${IMAGE_TYPES} are taken: convert it`];
}
