import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { checkInstructions, pathOf, unreadable } from './folder';
import { sampleLabel, sampleMask } from './sample';
import { LABELING_TASKS } from '../../contract/labeling-tasks';
import { FileProblem } from '../../contract/template-lint';
import { PageTask } from '../../contract/worker-template';
import { bindImages, renderPage } from '../../lint';
import { inspect } from '../../runtime/images/gate';

/** What is shown. */
export interface PreviewSource {
  /** The folder of instructions, or a template. */
  readonly path: string;
  readonly task: PageTask;
  /** The image to label. */
  readonly image: string;
  /** More of what the page finds below `task.input`. */
  readonly input?: { readonly [name: string]: unknown };
}

/** A file of the preview: nothing but these can be read. */
export interface ServedFile {
  readonly type: string;
  readonly bytes: Uint8Array;
}

export interface PreviewedPage {
  /** The page as a worker's browser would get it. Undefined: it cannot be made, see the problems. */
  readonly html?: string;
  readonly problems: readonly FileProblem[];
  /** By the name in their address. */
  readonly files: ReadonlyMap<string, ServedFile>;
}

/** Renders what lies on this machine now. `address` is where the files will be. */
export function previewedPage({ path, task, image, input }: PreviewSource, address: (name: string) => string): PreviewedPage {
  const files = new Map<string, ServedFile>();
  const uris = new Map<string, string>();
  /** Answers the `s3://` address that stands for a file. */
  const serve = (name: string, bytes: Uint8Array): string => {
    // as an S3 key that needs no quoting in Liquid
    const uri = `s3://preview/${files.size}/${encodeURIComponent(name).replaceAll('\'', '%27')}`;
    const served = `${files.size}-${encodeURIComponent(basename(name))}`;
    const seen = inspect(bytes);
    files.set(served, { type: `image/${seen.ok ? seen.type : 'jpeg'}`, bytes });
    uris.set(uri, address(served));
    return uri;
  };
  let problems: readonly FileProblem[] = [];
  try {
    const checked = checkInstructions(path, task);
    problems = checked.problems.map(({ file, ...problem }) => ({ file: pathOf(path, file), ...problem }));
    if (checked.template === '') {
      return { problems, files };
    }
    const bytes = new Uint8Array(readFileSync(image));
    const seen = inspect(bytes);
    if (!seen.ok) {
      return { problems: [...problems, problemOf(image, 'broken-image', seen.detail)], files };
    }
    const examples = Object.fromEntries([...checked.images].map(([name, content]) => [name, serve(name, content)]));
    const { template } = bindImages(checked.template, examples);
    const uri = serve(image, bytes);
    const earlier = LABELING_TASKS[task.type].earlier;
    const mask = earlier?.kind === 'masks' ? serve('earlier-mask.png', sampleMask(seen)) : '';
    const line = { 'source-ref': uri, ...earlier ? sampleLabel(task, seen, mask) : {} };
    const labels = task.labels.map(({ name }) => name);
    const html = renderPage(template, { taskObject: uri, labels, manifestLine: line, ...input }, (each) => uris.get(each) ?? each);
    return { html, problems, files };
  } catch (error) {
    const { syscall, path: at = path, message } = error as NodeJS.ErrnoException;
    if (syscall !== undefined) {
      return { problems: [problemOf(at, 'unreadable', unreadable(at, error))], files };
    }
    // what the lint has said of it is better
    return { problems: problems.length > 0 ? problems : [problemOf(path, 'not-rendered', message)], files };
  }
}

function problemOf(file: string, rule: string, message: string): FileProblem {
  return { file, severity: 'error', rule, line: 1, column: 1, message };
}
