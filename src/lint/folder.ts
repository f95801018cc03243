import { bindImages } from './bind';
import { lintTemplate } from './lint';
import { outgrown } from './longest-page';
import { checkMarkdown, renderInstructions } from './markdown';
import { Findings, listed, nearest } from './text';
import { earlierClasses, earlierPair } from '../contract/earlier-label';
import { FULL_FILE, IMAGES_FOLDER, IMAGE_FILE, IMAGE_TYPES, PAGES, SHORT_FILE, TEMPLATE_FILE, TEXT_FILE } from '../contract/instruction-files';
import { jobLabels, offeredLabels } from '../contract/job-labels';
import { EarlierLabels, LABELING_TASKS } from '../contract/labeling-tasks';
import { INSTRUCTIONS_TEXT_MAX_CHARACTERS, TEMPLATE_MAX_CHARACTERS } from '../contract/limits';
import { ComposedInstructions, FileProblem, InstructionFolder, LintContext, LintEarlierLabel, LintProblem, LintSeverity } from '../contract/template-lint';
import { earlierAttribute, isLate, labelsOnPage, PageTask, workerTemplate } from '../contract/worker-template';

const TEXTS = [FULL_FILE, SHORT_FILE];

/** What repositories have beside everything, and nobody takes for instructions. */
const NOTES = /^(readme|licen[cs]e|notice|credits|authors|copying|changelog|contributing)\b/i;

/** What Ground Truth's own functions hand to the page of a built-in task. */
const BUILT_IN_INPUTS = ['taskObject', 'labels', 'manifestLine'];

/** Stands for the classes that are judged where nobody has said which: as the command line has a task. */
const SOME_CLASS = '(a class that is judged)';

/** What the page of a task is checked against. */
export function lintContext(task: PageTask, images: readonly string[]): LintContext {
  const { page, maxLabels, earlier } = LABELING_TASKS[task.type];
  if (page === undefined) {
    return { images };
  }
  const labels = jobLabels(task.earlierLabels?.length === 0 ? { ...task, earlierLabels: [SOME_CLASS] } : task);
  return {
    images, inputs: BUILT_IN_INPUTS,
    task: {
      ...page, labels, offered: offeredLabels(task), labelsText: labelsOnPage(task),
      labelsKnown: !labels.some(isLate),
      ...(maxLabels === undefined ? {} : { maxLabels }), ...(earlier === undefined ? {} : { earlier: earlierLabel(task, earlier) }),
    },
  };
}

function earlierLabel(task: PageTask, earlier: EarlierLabels): LintEarlierLabel {
  return {
    attribute: earlier.adjusted ? 'initial-value' : 'overlay', text: earlierAttribute(task, earlier),
    samples: isLate(task.earlierLabelAttribute ?? '') ? [] : earlierSamples(task, earlier),
  };
}

/** Places and sides of boxes, as pages may look for them. */
const [SMALL, MIDDLE, LARGE] = [[1, 2], [100, 100], [4000, 5000]];

function earlierSamples(task: PageTask, { kind }: EarlierLabels): LintEarlierLabel['samples'] {
  const classes = earlierClasses(task).length === 0 ? [''] : earlierClasses(task);
  const sampleOf = (labels: readonly string[], squares: readonly number[][], side: number): LintEarlierLabel['samples'] => {
    const preLabel = kind === 'boxes'
      ? { boxes: labels.flatMap((label) => squares.map(([at, length]) => ({ label, left: at, top: at, width: length, height: length }))) }
      : { mask: { uri: 's3://a/mask.png', colors: Object.fromEntries(labels.map((label) => [label, '#123456'])) } };
    const pair = earlierPair(task, { preLabel, size: { width: side, height: side }, receivedAt: 0 });
    return pair === undefined ? [] : [pair];
  };
  return [
    ...sampleOf(classes.slice(0, 1), [SMALL], 4), ...sampleOf(classes.slice(-1), [LARGE], 10_000),
    ...sampleOf(classes, [SMALL, MIDDLE, LARGE], 10_000),
  ];
}

/** The page that a folder of instructions makes for a task, with all that is wrong with it. */
export function composeInstructions({ files, images, unread = {} }: InstructionFolder, task: PageTask): ComposedInstructions {
  const missing = Object.keys(unread).filter((path) => PAGES.includes(path) || !TEXT_FILE.test(path));
  const broken = [...missing.map((path) => atBegin(path, 'error', unread[path].rule, unread[path].message)), ...tooLarge(files)];
  const problems = broken.some(({ file }) => !file.startsWith(IMAGES_FOLDER)) ? broken : folderProblems(files, images, task);
  if (problems.length > 0) {
    return { template: '', problems };
  }
  // of an image that could not be read that much is known: its name
  const known = [...images, ...missing.filter((path) => path.startsWith(IMAGES_FOLDER)).map((path) => path.slice(IMAGES_FOLDER.length))];
  const context = lintContext(task, known.filter((image) => IMAGE_FILE.test(image)));
  const more = [...broken, ...unusedFiles(files, images)];
  const template = pageOf(files, task);
  if (files[TEMPLATE_FILE] !== undefined) {
    const own = [...inFile(TEMPLATE_FILE, lintTemplate(template, context)), ...tooLong(TEMPLATE_FILE, template, context)];
    return { template, problems: [...own, ...more, ...unusedImages(template, images, own, (image) => `<img src="${image}">`)] };
  }
  const texts = TEXTS.filter((name) => files[name] !== undefined);
  // of a page that is too long nothing else is said: its texts will be others
  const wrong = template.length > TEMPLATE_MAX_CHARACTERS ? [] : texts.flatMap((name) => {
    const findings = new Findings(files[name]);
    checkMarkdown(files[name], context.images, findings);
    return inFile(name, findings.all);
  });
  // what is wrong with the texts has been said, in their own lines; the rest is not theirs, but for the length
  const page = lintTemplate(template, context).filter(isOfBuiltInPage).filter(({ rule }) => !SAID.includes(rule));
  const ofPage = inFile(texts[0], page.map((problem) => ({ ...problem, line: 1, column: 1 })));
  const own = [...wrong, ...ofPage, ...tooLong(texts[0], template, context)];
  return { template, problems: [...own, ...more, ...unusedImages(template, images, own, (image) => `![...](<${image}>)`)] };
}

/** The page that the files of a folder make, unchecked. */
export function pageOf(files: InstructionFolder['files'], task: PageTask): string {
  const html = (name: string): string | undefined => files[name] === undefined ? undefined : renderInstructions(files[name]);
  return files[TEMPLATE_FILE] ?? workerTemplate(task, { full: html(FULL_FILE), short: html(SHORT_FILE) });
}

/** Rules of pages whose problems `checkMarkdown` finds by itself. */
const SAID = ['unknown-image', 'missing-attribute', 'dead-link'];

/** What may be wrong with a page that the library makes: errors, and what the task asks of it. Other warnings would blame its own HTML. */
export function isOfBuiltInPage({ severity, rule }: LintProblem): boolean {
  return severity === 'error' || rule === 'too-many-labels';
}

/** No page is made of what cannot fit: that takes long, and its problems are not those to be mended first. */
function tooLarge(files: InstructionFolder['files']): FileProblem[] {
  return PAGES.filter((name) => (files[name]?.length ?? 0) > INSTRUCTIONS_TEXT_MAX_CHARACTERS).map((name) => atBegin(name, 'error', 'too-long',
    `the file has ${files[name].length} characters; the whole page may have ${TEMPLATE_MAX_CHARACTERS}: shorten it, and put images into files of their own`));
}

/** What the length of a page shows only when it is published. */
function tooLong(file: string, template: string, { images }: LintContext): FileProblem[] {
  const message = outgrown(template, images);
  return message === undefined ? [] : [atBegin(file, 'error', 'too-long', message)];
}

const inFile = (file: string, problems: readonly LintProblem[]): FileProblem[] => problems.map((problem) => ({ file, ...problem }));

function atBegin(file: string, severity: LintSeverity, rule: string, message: string): FileProblem {
  return { file, severity, rule, line: 1, column: 1, message };
}

function folderProblems(files: InstructionFolder['files'], images: readonly string[], { type }: PageTask): FileProblem[] {
  const names = Object.keys(files);
  const texts = TEXTS.filter((name) => names.includes(name));
  if (names.includes(TEMPLATE_FILE)) {
    return texts.length === 0
      ? [] : [atBegin(texts[0], 'error', 'two-pages', `there is a ${TEMPLATE_FILE} too, which is the whole page; take one of them out`)];
  }
  const custom = LABELING_TASKS[type].page === undefined;
  if (texts.length > 0 && custom) {
    return [atBegin(texts[0], 'error', 'no-page', `a custom task has no built-in page to put this into; write a ${TEMPLATE_FILE}`)];
  }
  if (texts.length > 0) {
    return [];
  }
  const has = names.length > 0 ? `has ${listed(names.slice(0, 12))}, which ${names.length === 1 ? 'makes' : 'make'} no page` : images.length > 0 ? 'has images and no text' : 'has nothing for workers to read';
  const wanted = custom ? [TEMPLATE_FILE] : PAGES;
  const slip = names.find((name) => wanted.includes(meantBy(name) ?? ''));
  const remedy = slip !== undefined ? `rename ${slip} to ${meantBy(slip)}`
    : `write ${custom ? TEMPLATE_FILE : `${FULL_FILE}, ${SHORT_FILE} or both in Markdown, or ${TEMPLATE_FILE}, a whole page`}`;
  return [atBegin(custom ? TEMPLATE_FILE : FULL_FILE, 'error', 'no-instructions', `the folder ${has}; ${remedy}`)];
}

/** What lies there and nobody will ever see. */
function unusedFiles(files: InstructionFolder['files'], images: readonly string[]): FileProblem[] {
  const texts = Object.keys(files).filter((name) => !PAGES.includes(name) && !NOTES.test(name));
  return [
    ...texts.map((name) => atBegin(name, 'warning', 'unused-file', `workers never see this file; ${meantBy(name) === undefined
      ? `only ${FULL_FILE}, ${SHORT_FILE} and ${TEMPLATE_FILE} are read: put it into a folder beside this one` : `did you mean ${meantBy(name)}?`}`)),
    ...images.filter((name) => !IMAGE_FILE.test(name)).map((name) => atBegin(`${IMAGES_FOLDER}${name}`, 'warning', 'unused-file',
      `its name is not that of an image, so workers never see it; ${IMAGE_TYPES} are taken: take it out of ${IMAGES_FOLDER}, or give it its ending`)),
  ];
}

/** Example images that no text names, or not as one has to: workers never see them. Texts that have to be mended may name them yet. */
function unusedImages(
  template: string, names: readonly string[], problems: readonly FileProblem[], shown: (image: string) => string,
): FileProblem[] {
  const images = names.filter((name) => IMAGE_FILE.test(name));
  if (images.length === 0 || problems.some(({ severity }) => severity === 'error')) {
    return [];
  }
  const used = new Set(bindImages(template, Object.fromEntries(images.map((image) => [image, '']))).used);
  return images.filter((image) => !used.has(image)).map((image) => atBegin(`${IMAGES_FOLDER}${image}`, 'warning', 'unused-image',
    `no text shows this image, so workers never see it; show it, as ${shown(image)} does, or take it out`));
}

/** The file that a name was probably meant to be. */
function meantBy(name: string): string | undefined {
  const stem = (file: string): string => file.toLowerCase().replace(/\..*$/, '');
  const meant = nearest(stem(name), PAGES.map(stem));
  return PAGES.find((file) => stem(file) === meant);
}
