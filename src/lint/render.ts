import { Liquid } from 'liquidjs';
import { escaped } from './text';
import { PageInput } from '../contract/template-lint';

/**
 * The page that a worker would get: the template with its Liquid done as Ground Truth does it (Developer Guide, adding automation with
 * Liquid). What is printed is escaped by itself, and never a second time; the address of an object becomes one that a browser may read.
 *
 * @param readable the address from which a browser reads an `s3://` object
 */
export function renderPage(template: string, input: PageInput, readable: (uri: string) => string): string {
  const liquid = new Liquid({ templates: {}, outputEscape: (value: unknown) => escapedOnce(value === undefined || value === null ? '' : String(value)) });
  liquid.registerFilter('to_json', (value: unknown) => JSON.stringify(value ?? null));
  liquid.registerFilter('grant_read_access', (uri: unknown) => readable(String(uri)));
  liquid.registerFilter('skip_autoescape', { raw: true, handler: (value: unknown) => value });
  return liquid.parseAndRenderSync(template, { task: { input } }) as string;
}

/** Leaves entities as they are: `to_json | escape` has escaped already. */
function escapedOnce(text: string): string {
  return text.split(/(&(?:[a-z][a-z0-9]*|#\d+|#x[0-9a-f]+);)/i).map((part, index) => (index % 2 === 1 ? part : escaped(part))).join('');
}
