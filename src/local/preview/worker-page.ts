import { basename, join } from 'node:path';
import { CheckedInstructions, checkInstructions, unreadable } from './folder';
import { ImageToLabel, readImage } from './image';
import { sampleLabel, sampleMask } from './sample';
import { jobLabels } from '../../contract/job-labels';
import { LABELING_TASKS } from '../../contract/labeling-tasks';
import { FileProblem, PageInput } from '../../contract/template-lint';
import { PageTask } from '../../contract/worker-template';
import { bindImages, renderPage } from '../../lint';
import { PageError } from '../../lint/render';
import { Positions, listed } from '../../lint/text';
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
  const { problems: found, ...instructions } = checkInstructions(path, task);
  const problems = found.map(({ file, ...problem }) => ({ file: join(instructions.folder, file), ...problem }));
  if (instructions.template === '') {
    return { problems, files };
  }
  const shown = imageToLabel(image);
  if (!shown.ok) {
    return { problems: [...problems, problemOf(image, shown.rule, shown.detail)], files };
  }
  const examples = Object.fromEntries([...instructions.images].map(([name, content]) => [name, serve(name, content)]));
  const uri = serve(image, shown.bytes);
  const earlier = LABELING_TASKS[task.type].earlier;
  const mask = earlier?.kind === 'masks' ? serve('earlier-mask.png', sampleMask(shown.header)) : '';
  const line = { 'source-ref': uri, ...earlier ? sampleLabel(task, shown.header, mask) : {} };
  const values = { taskObject: uri, labels: jobLabels(task), manifestLine: line, ...input };
  try {
    const { template } = bindImages(instructions.template, examples);
    return { html: renderPage(template, values, (each) => uris.get(each) ?? each), problems, files };
  } catch (error) {
    const why = notRendered(error, path, instructions, values);
    const said = problems.some((problem) => problem.severity === 'error' && placeOf(problem) === placeOf(why));
    return { problems: said ? problems : [...problems, why], files };
  }
}

/** What a custom task's page is given here and may never find at work; undefined: nothing. For people. */
export function inventedInput({ task, input = {} }: Pick<PreviewSource, 'task' | 'input'>): string | undefined {
  const invented = ['taskObject', 'labels', 'manifestLine'].filter((name) => !Object.hasOwn(input, name));
  return LABELING_TASKS[task.type].page !== undefined || invented.length === 0 ? undefined
    : `A custom task's page finds in task.input only what the task's own function answers. Here ${listed(invented)} `
      + `${invented.length === 1 ? 'is' : 'are'} the preview's own; --input gives others.`;
}

function imageToLabel(image: string): ImageToLabel & { readonly rule: string } {
  try {
    return { rule: 'broken-image', ...readImage(image) };
  } catch (error) {
    return { rule: 'unreadable', ok: false, detail: unreadable(image, error) };
  }
}

const placeOf = ({ file, line, column }: FileProblem): string => `${file}:${line}:${column}`;

type Instructions = Omit<CheckedInstructions, 'problems'>;

/** Why there is no page, at its place in a page that somebody wrote; of the library's own pages no line is theirs. */
function notRendered(error: unknown, path: string, { template, page, folder }: Instructions, input: PageInput): FileProblem {
  const { message } = error as Error;
  const why = error instanceof PageError && error.endless ? `this Liquid ${message}, and workers would wait for it; loop over less, or write less`
    : `there is no page, because of this Liquid: ${message}`;
  if (page === undefined) {
    return problemOf(path, 'not-rendered', why);
  }
  // as it was written: addresses of example images have moved what stands behind them
  return { ...problemOf(join(folder, page), 'not-rendered', why), ...new Positions(template).at(failureOf(template, input)?.offset ?? 0) };
}

function failureOf(template: string, input: PageInput): PageError | undefined {
  try {
    renderPage(template, input, (uri) => uri);
    return undefined;
  } catch (error) {
    return error instanceof PageError ? error : undefined;
  }
}

function problemOf(file: string, rule: string, message: string): FileProblem {
  return { file, severity: 'error', rule, line: 1, column: 1, message };
}
