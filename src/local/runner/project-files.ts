import { existsSync, readFileSync } from 'fs';
import { dirname, join } from 'path';

const PACKAGE_NAME = 'cdk-streaming-labeling';

/**
 * The folder of the project's `package.json`. The runner is used from a clone only, as source or as a bundle below `assets/`.
 *
 * @throws Error when it is used from anywhere else.
 */
export function projectRoot(): string {
  for (let folder = __dirname; ; folder = dirname(folder)) {
    const file = join(folder, 'package.json');
    if (existsSync(file) && (JSON.parse(readFileSync(file, 'utf8')) as { name?: string }).name === PACKAGE_NAME) {
      return folder;
    }
    if (dirname(folder) === folder) {
      throw new Error(`${__dirname} is not inside a clone of ${PACKAGE_NAME}: the local run needs the clone, with its node_modules and Python files`);
    }
  }
}

/** A file that lies beside the runner's sources, such as its Python programs. */
export function runnerFile(name: string): string {
  return join(projectRoot(), 'src', 'local', 'runner', name);
}

/** Where downloads and environments are kept between runs. Not in version control. */
export function cacheFolder(): string {
  return join(projectRoot(), '.cache');
}
