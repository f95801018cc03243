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
  /** All labels of the job, retired ones included. */
  readonly labels: readonly string[];
  /** How many of them workers may choose. */
  readonly offered: number;
  /** Labels that the service takes. Absent: no limit. */
  readonly maxLabels?: number;
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

/** An example image that a template shows. */
export interface BoundImages {
  /** The template, in which every example image is read through `grant_read_access` from the address that was given for it. */
  readonly template: string;
  /** Those of the images that the template shows. */
  readonly used: readonly string[];
}

/** What `assets/lint/index.js` exports. */
export interface TemplateLint {
  /** Every problem of a template, in the order of the text. */
  lintTemplate(template: string, context: LintContext): LintProblem[];
  /** The HTML of instructions that were written in Markdown: raw HTML is shown as text, and braces are no Liquid. */
  renderInstructions(markdown: string): string;
  /** Puts an address in the place of each example image's name. */
  bindImages(template: string, addresses: { readonly [image: string]: string }): BoundImages;
  /** A problem in one line, as compilers write it: `file:line:column: severity: message (rule)`. */
  formatProblem(file: string, problem: LintProblem): string;
}
