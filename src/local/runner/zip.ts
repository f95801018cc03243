import { readdirSync, readFileSync, statSync } from 'fs';
import { join, sep } from 'path';
import { zipSync, Zippable } from 'fflate';

/** The oldest time that a zip file can tell, so that the same files give the same bytes. Local time, as zip has no zone. */
const MOMENT = new Date(1980, 0, 1);

const UNIX = 3;

/** A folder as a zip file: all files in order of their names, with their permission to be executed, without times. */
export function zipFolder(folder: string): Uint8Array {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(name => statSync(join(folder, name)).isFile())
    .map(name => name.split(sep).join('/'))
    .sort();
  const files: Zippable = {};
  for (const name of names) {
    const path = join(folder, name);
    const mode = (statSync(path).mode & 0o111) === 0 ? 0o100644 : 0o100755;
    files[name] = [readFileSync(path), { mtime: MOMENT, os: UNIX, attrs: mode << 16, level: 1 }];
  }
  return zipSync(files);
}
