import { isPermanent, SimulatorCloud } from './cloud';
import { JobFailure } from './errors';
import { InputObject, identify } from './input-messages';
import { isJsonObject, JsonObject, parseJsonObject } from './json';
import { SimulatorOptions } from './options';
import { CreateLabelingJobRequest } from './requests';
import { parseS3Uri } from './s3-uri';
import { TASK_TYPES, TaskType } from './task-types';
import { liquidProblem } from './worker-page';

/** A label class of the job. Its index is its class id. */
export interface LabelCategory {
  readonly name: string;
}

/** A line of the input manifest; `input` is absent when the line came with its label and only passes through. */
export interface ManifestLine {
  readonly text: string;
  readonly input?: InputObject;
}

/** What a job reads before it becomes active. */
export interface InputFiles {
  readonly labels: readonly LabelCategory[];
  readonly manifest: readonly ManifestLine[];
}

const MAX_LINE = 100_000;
const MAX_ATTRIBUTE = 20_000;
const MAX_LABEL = 256;
/** As `RenderUiTemplate` takes. That a job refuses a longer one is inferred. */
const MAX_TEMPLATE = 128_000;

/**
 * Reads and checks the worker template, the label categories and the manifest.
 *
 * @throws JobFailure when the job cannot run with them.
 */
export async function readInputFiles(
  cloud: SimulatorCloud, request: CreateLabelingJobRequest, type: TaskType, options: SimulatorOptions,
): Promise<InputFiles> {
  const read = (uri: string, what: string) => readText(cloud, uri, what, options);
  checkTemplate(await read(request.HumanTaskConfig.UiConfig.UiTemplateS3Uri!, 'worker template'), type);
  const labels = request.LabelCategoryConfigS3Uri === undefined ? []
    : readLabels(await read(request.LabelCategoryConfigS3Uri, 'label category configuration'), type);
  const manifestUri = request.InputConfig.DataSource.S3DataSource?.ManifestS3Uri;
  const manifest = manifestUri === undefined
    ? []
    : readManifest(await read(manifestUri, 'input manifest'), request.LabelAttributeName, type, options);
  return { labels, manifest };
}

/** The label categories of a label category configuration file. */
export function readLabels(text: string, type: TaskType): LabelCategory[] {
  const file = parseJsonObject(text);
  const labels = file?.labels;
  if (!file || !Array.isArray(labels) || file['document-version'] !== '2018-11-28') {
    throw new JobFailure('The label category configuration must be JSON with "document-version" "2018-11-28" and a list "labels".');
  }
  const names = labels.map(label => isJsonObject(label) ? label.label : undefined);
  for (const name of names) {
    if (typeof name !== 'string' || name.length === 0 || name.length > MAX_LABEL) {
      throw new JobFailure(`Each label must have a name of 1 to ${MAX_LABEL} characters.`);
    }
  }
  const rules = TASK_TYPES[type];
  if (new Set(names).size !== names.length) {
    throw new JobFailure('The labels must be unique.');
  }
  if (names.length < rules.minLabels || names.length > rules.maxLabels) {
    throw new JobFailure(`${type} needs ${rules.minLabels} to ${rules.maxLabels} labels, not ${names.length}.`);
  }
  return names.map(name => ({ name: name as string }));
}

/** Fails for a worker template that would show no task. */
export function checkTemplate(template: string, type: TaskType): void {
  if (template.length > MAX_TEMPLATE) {
    throw new JobFailure(`The worker template has ${template.length} characters; ${MAX_TEMPLATE} are allowed.`);
  }
  const element = TASK_TYPES[type].element;
  const missing = ['crowd-html-elements.js', '<crowd-form', `<${element}`].filter(part => !template.includes(part));
  if (missing.length > 0) {
    throw new JobFailure(`The worker template lacks ${missing.join(', ')}.`);
  }
  if (!template.includes(`</${element}>`) || !template.includes('</crowd-form>')) {
    throw new JobFailure('The worker template leaves a crowd element open.');
  }
  if (leavesOpen(template, '{{', '}}') || leavesOpen(template, '{%', '%}')) {
    throw new JobFailure('The worker template has a Liquid expression that is not closed.');
  }
  const problem = liquidProblem(template);
  if (problem !== undefined) {
    throw new JobFailure(`The worker template is no Liquid: ${problem}`);
  }
}

function leavesOpen(text: string, opening: string, closing: string): boolean {
  for (let at = text.indexOf(opening); at >= 0;) {
    const end = text.indexOf(closing, at);
    const next = text.indexOf(opening, at + opening.length);
    if (end < 0 || (next >= 0 && next < end)) {
      return true;
    }
    at = next;
  }
  return false;
}

/** The lines of an input manifest. */
export function readManifest(text: string, labelAttribute: string, type: TaskType, options: SimulatorOptions): ManifestLine[] {
  const texts = text.split(/\r?\n/).filter(line => line.trim() !== '');
  const { manifestLineQuota, segmentationLineQuota } = options;
  const quota = TASK_TYPES[type].segmentation ? Math.min(segmentationLineQuota, manifestLineQuota) : manifestLineQuota;
  if (texts.length > quota) {
    throw new JobFailure(`The input manifest has ${texts.length} lines; ${type} allows ${quota}.`);
  }
  if (texts.length === 0 && options.emptyManifest === 'fails') {
    throw new JobFailure('The input manifest has no lines.');
  }
  return texts.map((line, index) => readLine(line, index + 1, labelAttribute, options));
}

/** Whether a line has a label under the attribute. */
export function isLabeled(line: JsonObject, labelAttribute: string): boolean {
  const metadata = line[`${labelAttribute}-metadata`];
  return Object.hasOwn(line, labelAttribute) && !(isJsonObject(metadata) && Object.hasOwn(metadata, 'failure-reason'));
}

function readLine(text: string, number: number, labelAttribute: string, options: SimulatorOptions): ManifestLine {
  if (text.length > MAX_LINE) {
    throw new JobFailure(`Line ${number} of the input manifest has ${text.length} characters; ${MAX_LINE} are allowed.`);
  }
  const line = parseJsonObject(text);
  const sourceRef = line?.['source-ref'];
  if (!line || typeof sourceRef !== 'string') {
    throw new JobFailure(`Line ${number} of the input manifest is not a JSON object with a source-ref.`);
  }
  for (const [name, value] of Object.entries(line)) {
    if (name.startsWith('$') && !options.acceptsDollarKeys) {
      throw new JobFailure(`Line ${number} of the input manifest has the attribute ${name}; names must not begin with $.`);
    }
    if ((typeof value === 'string' ? value.length : text.length > MAX_ATTRIBUTE ? JSON.stringify(value).length : 0) > MAX_ATTRIBUTE) {
      throw new JobFailure(`Line ${number} of the input manifest has an attribute ${name} of more than ${MAX_ATTRIBUTE} characters.`);
    }
  }
  return isLabeled(line, labelAttribute) ? { text } : { text, input: identify(line, `manifest-line-${number}`, options) };
}

async function readText(cloud: SimulatorCloud, uri: string, what: string, options: SimulatorOptions): Promise<string> {
  const location = parseS3Uri(uri);
  if (!location) {
    throw new JobFailure(`The ${what} ${uri} is no s3://bucket/key URI.`);
  }
  if (options.unreadableBuckets.includes(location.bucket)) {
    throw new JobFailure(`Unable to read the ${what} ${uri}: access denied to the execution role.`);
  }
  let bytes: Uint8Array;
  try {
    bytes = await cloud.readObject(location.bucket, location.key);
  } catch (error) {
    if (isPermanent(error)) {
      throw new JobFailure(`Unable to read the ${what} ${uri}: ${(error as Error).message}`);
    }
    throw error;
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new JobFailure(`The ${what} ${uri} is not UTF-8.`);
  }
}
