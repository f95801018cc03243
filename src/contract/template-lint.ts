import { PageTask } from './worker-template';

/**
 * What the constructs, the command line and a pipeline know of the lint of worker templates. Its code is a bundle (`assets/lint`), so
 * that the package needs none of the parsers at run time: whoever calls it knows these types and nothing else.
 */

/** `error`: workers would see a broken page, or their answers would be lost. `warning`: it works, and is probably not what was meant. */
export type LintSeverity = 'error' | 'warning';

/** One thing that is wrong with a template. */
export interface LintProblem {
  readonly severity: LintSeverity;
  /** Name of the rule, such as `missing-attribute`. */
  readonly rule: string;
  /** First line: 1. */
  readonly line: number;
  /** First column: 1. */
  readonly column: number;
  /** What was given, what is allowed, what to do. */
  readonly message: string;
}

/** What the consolidation of a task expects of its page. */
export interface LintTask {
  readonly element: string;
  readonly elementName: string;
  readonly labelsAttribute: 'categories' | 'labels';
  /** All labels of the job, as `task.input.labels` has them: with those that are retired and those that are judged. */
  readonly labels: readonly string[];
  /** Those of them that workers may choose. */
  readonly offered: readonly string[];
  /** Whether they are all known: a label may be known only at deploy time. */
  readonly labelsKnown: boolean;
  /** What the attribute must be to offer these. */
  readonly labelsText: string;
  /** Labels that the service takes. Absent: no limit. */
  readonly maxLabels?: number;
  /** Absent: images come without labels. */
  readonly earlier?: LintEarlierLabel;
}

/** How the page of a task that adjusts or verifies shows the label that an image brings along. */
export interface LintEarlierLabel {
  readonly attribute: 'initial-value' | 'overlay';
  /** The attribute as the built-in page has it. */
  readonly text: string;
  /** Parts of images' lines that are such labels, of each class and of several sizes. None: their name is known only at deploy time. */
  readonly samples: readonly { readonly [name: string]: unknown }[];
}

/** What a template is checked against. */
export interface LintContext {
  /** Absent: a custom task, whose page may have any element. */
  readonly task?: LintTask;
  /** What there is below `task.input`. Absent: whatever the task's own function answers. */
  readonly inputs?: readonly string[];
  /** The example images that the page may show, as paths below `images/`. */
  readonly images: readonly string[];
}

/** A template with the addresses of its example images. */
export interface BoundImages {
  /** The template, in which every example image is read through `grant_read_access` from the address that was given for it. */
  readonly template: string;
  /** Those of the images that the template shows. */
  readonly used: readonly string[];
}

/** A problem, and the file that has it. */
export interface FileProblem extends LintProblem {
  /** Its name in the folder. */
  readonly file: string;
}

/** Why a file could not be read: the rule, and what a person is told. */
export type UnreadFile = Pick<LintProblem, 'rule' | 'message'>;

/** A folder of instructions, as far as it has been read. */
export interface InstructionFolder {
  /** Its text files by name; of them `template.liquid.html`, `full.md` and `short.md` mean something. */
  readonly files: { readonly [name: string]: string };
  /** What has the name of a part and could not be read, by its path in the folder. */
  readonly unread?: { readonly [path: string]: UnreadFile };
  /** The example images, as paths below `images/`. */
  readonly images: readonly string[];
}

/** What a folder of instructions makes. */
export interface ComposedInstructions {
  /** The worker page, in which example images are still named by their files. Empty where the folder has none. */
  readonly template: string;
  readonly problems: readonly FileProblem[];
}

/** What a template finds below `task.input`. Of a built-in task: `taskObject`, `labels` and `manifestLine`. */
export interface PageInput {
  readonly [name: string]: unknown;
}

/** The lint, for whoever must not import it. */
export interface TemplateLint {
  /** The page that a folder of instructions makes for a task, with all that is wrong with it. */
  composeInstructions(folder: InstructionFolder, task: PageTask): ComposedInstructions;
  /** Whether a problem of a page that the library made is for people to know. */
  isOfBuiltInPage(problem: LintProblem): boolean;
  /** What the page of a task is checked against. */
  lintContext(task: PageTask, images: readonly string[]): LintContext;
  /** The page that a worker would get. `readable` answers the address from which a browser reads an `s3://` object. */
  renderPage(template: string, input: PageInput, readable: (uri: string) => string): string;
  /** Every problem of a template, in the order of the text. */
  lintTemplate(template: string, context: LintContext): LintProblem[];
  /** The HTML of instructions that were written in Markdown: raw HTML is shown as text, and braces are no Liquid. */
  renderInstructions(markdown: string): string;
  /** Puts an address in the place of each example image's name. */
  bindImages(template: string, addresses: { readonly [image: string]: string }): BoundImages;
  /** The same problems where warnings are not wanted: each is an error. */
  strictly<Problem extends LintProblem>(problems: readonly Problem[]): Problem[];
  /** A problem in one printable line, as compilers write it: `file:line:column: severity: message (rule)`. */
  formatProblem(file: string, problem: LintProblem): string;
  /** The same of many: the first, errors before warnings, and how many more there are. `nameOf`: how the reader knows a file. */
  formatProblems(problems: readonly FileProblem[], nameOf?: (file: string) => string): readonly string[];
}

/** What `assets/lint/index.js` exports: the lint, and what reads a folder for it, images and all. */
export interface SynthesisChecks extends TemplateLint {
  /** Checks a folder as the command line does. What cannot be read is among the problems. */
  checkInstructions(folder: string, task: PageTask): Pick<ComposedInstructions, 'problems'>;
}
