import { Annotations } from 'aws-cdk-lib';
import { IFunction } from 'aws-cdk-lib/aws-lambda';
import { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { formatted, templateLint } from './template-lint';
import { InstructionsSource } from '../contract/environment';
import { InstructionsConfiguration, TaskConfiguration } from '../contract/project-configuration';
import { InstructionFolder } from '../contract/template-lint';
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
export function builtInPage(task: PageTask): string {
  const template = workerTemplate(task);
  const { lintContext, lintTemplate } = templateLint();
  const errors = lintTemplate(template, lintContext(task, [])).filter(({ severity }) => severity === 'error');
  if (errors.length > 0) {
    throw new Error(`the page that title, description and labels make cannot be shown:\n${errors.map((each) => `- ${formatted({ file: 'page', ...each })}`).join('\n')}`);
  }
  return template;
}

/**
 * Checks what a folder makes.
 *
 * @param strict whether warnings count as errors
 * @param nameOf how the user knows a file of the folder
 * @throws an error that lists every problem with its file, line and column
 */
export function checkFolder(
  scope: Construct, subject: string, folder: InstructionFolder, task: PageTask, strict: boolean, nameOf: (file: string) => string,
): void {
  const { composeInstructions, strictly } = templateLint();
  const found = composeInstructions(folder, task).problems;
  const problems = strict ? strictly(found) : found;
  const wrong = problems.filter(({ severity }) => severity === 'error');
  if (wrong.length > 0) {
    throw new Error([
      `${subject}: ${wrong.length} ${wrong.length === 1 ? 'problem' : 'problems'}`, ...wrong.map((each) => `- ${formatted(each, nameOf)}`),
    ].join('\n'));
  }
  problems.forEach((each) => Annotations.of(scope).addWarningV2(`cdk-streaming-labeling:instructions:${each.rule}:${each.file}:${each.line}:${each.column}`,
    formatted(each, nameOf)));
}
