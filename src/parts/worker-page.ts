import * as path from 'path';
import { Annotations } from 'aws-cdk-lib';
import { IFunction } from 'aws-cdk-lib/aws-lambda';
import { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { templateLint } from './template-lint';
import { InstructionsSource } from '../contract/environment';
import { LABELING_TASKS } from '../contract/labeling-tasks';
import { printable, PRINTED_MAX } from '../contract/printable';
import { InstructionsConfiguration, TaskConfiguration } from '../contract/project-configuration';
import { FileProblem } from '../contract/template-lint';
import { PageTask, workerTemplate } from '../contract/worker-template';

/** A task without its page. */
export interface BoundTask {
  readonly task: Omit<TaskConfiguration, 'template'>;
  /** Of a custom task. */
  readonly functions?: { readonly preFunction: IFunction; readonly postFunction: IFunction };
}

/** Which page workers see, and who decides it. */
export interface BoundInstructions {
  readonly owner: InstructionsConfiguration['owner'];
  readonly deployed: DeployedInstructions;
}

/** A page that is known at synth, or a folder of which one is made at deploy. */
export type DeployedInstructions =
  | { readonly kind: 'page'; readonly template: string }
  | {
    readonly kind: 'folder';
    readonly source: InstructionsSource;
    readonly bucket: IBucket;
    /** Which objects of the bucket have to be read: an ARN pattern below the bucket. */
    readonly objects: string;
    /** Whether they have to be listed first. */
    readonly list: boolean;
  };

/** The built-in page of a task, which passes its own lint or says why not. */
export function builtInPage(scope: Construct, task: PageTask): string {
  const template = workerTemplate(task);
  const problems = problemsOf(template, task);
  const errors = problems.filter(isError);
  if (errors.length > 0) {
    throw new Error(['the page that title, description and labels make cannot be shown:', ...listOf(errors)].join('\n'));
  }
  warn(scope, problems);
  return template;
}

function problemsOf(template: string, task: PageTask): FileProblem[] {
  const { isOfBuiltInPage, lintContext, lintTemplate } = templateLint();
  return lintTemplate(template, lintContext(task, [])).filter(isOfBuiltInPage).map((each) => ({ file: 'page', ...each }));
}

/** Of a page that is read at the deploy this much is known before: which labels it offers. */
export function warnOfLabels(scope: Construct, task: PageTask): void {
  if (LABELING_TASKS[task.type].page !== undefined) {
    warn(scope, problemsOf(workerTemplate(task), task).filter(({ severity }) => severity === 'warning'));
  }
}

/**
 * Checks a folder, its images, and the page that it makes.
 *
 * @param strict whether warnings count as errors
 * @throws an error that lists the problems with file, line and column
 */
export function checkFolder(scope: Construct, subject: string, directory: string, task: PageTask, strict: boolean): void {
  const { checkInstructions, strictly } = templateLint();
  const nameOf: NameOf = (file) => path.join(directory, file);
  const found = checkInstructions(directory, task).problems;
  const problems = strict ? strictly(found) : found;
  const wrong = problems.filter(isError);
  if (wrong.length > 0) {
    throw new Error([`${subject}: ${wrong.length} ${wrong.length === 1 ? 'problem' : 'problems'}`, ...listOf(wrong, nameOf)].join('\n'));
  }
  warn(scope, problems, nameOf);
}

const isError = ({ severity }: FileProblem): boolean => severity === 'error';

type NameOf = (file: string) => string;

function listOf(problems: readonly FileProblem[], nameOf?: NameOf): string[] {
  return templateLint().formatProblems(problems, nameOf).map((line) => `- ${line}`);
}

/** Each may be acknowledged by its id; what is beyond the first ones has one for all. */
function warn(scope: Construct, problems: readonly FileProblem[], nameOf?: NameOf): void {
  const idOf = ({ rule, file, line, column }: FileProblem): string => `${rule}:${file}:${line}:${column}`;
  templateLint().formatProblems(problems, nameOf).forEach((text, index) => Annotations.of(scope)
    .addWarningV2(printable(`cdk-streaming-labeling:instructions:${index < PRINTED_MAX ? idOf(problems[index]) : 'more'}`), text));
}
