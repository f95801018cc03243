import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../src/local/runner';

/** Where the photographs of the examples lie, in folders. */
export function photoFolder(): string {
  return join(projectRoot(), 'examples', 'photos');
}

/** JPEG and PNG files in a folder and those below it, in the same order everywhere. */
export function photographsIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => /\.(jpe?g|png)$/i.test(name)).sort().map((name) => join(folder, name));
}
