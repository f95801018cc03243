import { Context, Liquid } from 'liquidjs';
import { DefaultTreeAdapterTypes, parse } from 'parse5';
import { SimulatorError } from './errors';
import { JsonObject, JsonValue } from './json';
import { TASK_TYPES, TaskType } from './task-types';

/** A task as a worker sees it. */
export interface WorkerPage {
  readonly html: string;
  /** The task's element: attributes as a browser reads them. */
  readonly attributes: Readonly<Record<string, string>>;
  /** What the page shows to begin with: of an adjustment its initial value, of a verification its overlay. */
  readonly shown?: JsonValue;
}

/** What an `s3://` address becomes that a browser may read. */
export type Readable = (uri: string) => Promise<string>;

/** What a page may cost: a second, and so many characters and items. */
const LIMITS = { renderLimit: 1_000, memoryLimit: 8_000_000 };

function liquid(readable: Readable): Liquid {
  const engine = new Liquid({
    ...LIMITS, templates: {},
    outputEscape(this: { readonly context: Context }, value: unknown) {
      const text = textOf(value);
      this.context.memoryLimit.use(text.length);
      return escapeOnce(text);
    },
  });
  engine.registerFilter('to_json', (value: unknown) => JSON.stringify(value ?? null));
  engine.registerFilter('grant_read_access', (uri: unknown) => readable(textOf(uri)));
  engine.registerFilter('skip_autoescape', { raw: true, handler: (value: unknown) => value });
  return engine;
}

const textOf = (value: unknown): string => (value === undefined || value === null ? '' : String(value));

/** What escaping makes stays as it is; other entities are text. */
function escapeOnce(text: string): string {
  const plain = text.replace(/&(quot|#34);/g, '"').replace(/&#39;/g, '\'').replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&amp;/g, '&');
  return plain.replace(/&/g, '&amp;').replace(/"/g, '&quot;').replace(/'/g, '&#39;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}

/** Only reads templates: the same for all. */
const reader = liquid(async uri => uri);

/** What is wrong with a template's Liquid; undefined: nothing. */
export function liquidProblem(template: string): string | undefined {
  try {
    reader.parse(template);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/**
 * Renders a task and reads it as a browser would.
 *
 * @throws SimulatorError for a page on which nobody could do the task.
 */
export async function renderWorkerPage(template: string, type: TaskType, input: JsonObject, readable: Readable): Promise<WorkerPage> {
  const html = await rendered(template, input, readable);
  const { element, earlierType } = TASK_TYPES[type];
  const found = elements(parse(html)).filter(each => each.name === element);
  if (found.length !== 1) {
    throw new SimulatorError(`The page has ${found.length} elements ${element}; it must have one.`);
  }
  const { attributes } = found[0];
  if (type !== 'Custom' && !/^https?:/.test(attributes.src ?? '')) {
    throw new SimulatorError(`No browser may read the image at ${attributes.src}.`);
  }
  const attribute = earlierType === undefined ? undefined : type.startsWith('Adjustment') ? 'initial-value' : 'overlay';
  return { html, attributes, ...(attribute === undefined ? {} : { shown: valueOf(attribute, attributes[attribute]) }) };
}

async function rendered(template: string, input: JsonObject, readable: Readable): Promise<string> {
  try {
    return await liquid(readable).parseAndRender(template, { task: { input } }) as string;
  } catch (error) {
    throw new SimulatorError(`The page cannot be made of its template: ${(error as Error).message}`);
  }
}

function valueOf(attribute: string, text: string | undefined): JsonValue {
  try {
    return JSON.parse(text ?? '') as JsonValue;
  } catch {
    throw new SimulatorError(`The page shows no earlier label: its ${attribute} is ${text}`);
  }
}

interface PageElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
}

function elements(node: DefaultTreeAdapterTypes.Node): PageElement[] {
  const own = 'tagName' in node ? [{ name: node.tagName, attributes: Object.fromEntries(node.attrs.map(({ name, value }) => [name, value])) }] : [];
  return [...own, ...('childNodes' in node ? node.childNodes.flatMap(elements) : [])];
}
