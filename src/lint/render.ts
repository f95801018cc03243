import { Context, Liquid } from 'liquidjs';
import { Budget, EndlessError } from './budget';
import { asRead, FILE_TAGS, piecesOf, tooDeep, TOO_DEEP } from './liquid';
import { escaped } from './text';
import { PageInput } from '../contract/template-lint';

/** Why a template makes no page, and where it says so. */
export class PageError extends Error {
  /** @param offset from the begin of the template */
  constructor(message: string, readonly offset: number, readonly endless: boolean) {
    super(message);
  }
}

/**
 * The page that a worker would get: the template with its Liquid done as Ground Truth does it (Developer Guide, adding automation with
 * Liquid). What is printed is escaped by itself, and never a second time; the address of an object becomes one that a browser may read.
 *
 * @param readable the address from which a browser reads an `s3://` object; it is told where in the template that is asked for
 * @throws PageError, for Liquid without an end too
 */
export function renderPage(template: string, input: PageInput, readable: (uri: string, begin: number) => string): string {
  return pageMaker(template, readable)(input, new Budget());
}

/** The same for many inputs. What their pages cost together is of one budget, or of one for each. */
export function pageMaker(
  template: string, readable: (uri: string, begin: number) => string,
): (input: PageInput, budget: Budget) => string {
  const liquid = new Liquid({ templates: {}, outputEscape });
  liquid.registerFilter('to_json', function (value: unknown) { return counted(this, JSON.stringify(value ?? null)); });
  liquid.registerFilter('grant_read_access', function (uri: unknown) { return readable(counted(this, textOf(uri)), this.token.begin); });
  liquid.registerFilter('skip_autoescape', { raw: true, handler(value: unknown) { return counted(this, textOf(value)); } });
  FILE_TAGS.forEach((name) => liquid.registerTag(name, {
    parse() { throw new Error(`{% ${name} %} reads another file, and a worker template is one file`); },
    render() { /* it has not been parsed */ },
  }));
  const parsed = orPageError(() => {
    const deep = tooDeep(template, piecesOf(template));
    if (deep !== undefined) {
      throw Object.assign(new Error(TOO_DEEP), { token: deep });
    }
    return liquid.parse(asRead(template));
  });
  return (input, budget) => orPageError(() => {
    const limit = budget as unknown as Context['memoryLimit'];
    const context = new Context({ task: { input } }, liquid.options, {}, { memoryLimit: limit, renderLimit: limit });
    const page = liquid.renderSync(parsed, context) as string;
    budget.use(page.length);
    return page;
  });
}

function orPageError<Made>(make: () => Made): Made {
  try {
    return make();
  } catch (error) {
    throw pageError(error);
  }
}

/** What a filter knows of the render that it works for. */
interface Filtering {
  readonly context: Context;
  readonly token: { readonly begin: number };
}

function outputEscape(this: Filtering, value: unknown): string {
  return escapedOnce(counted(this, textOf(value)));
}

/** Text counts before anything is done with it: what was put together piece by piece costs nothing until then. */
function counted({ context }: Filtering, text: string): string {
  context.memoryLimit.use(text.length);
  return text;
}

const textOf = (value: unknown): string => (value === undefined || value === null ? '' : String(value));

interface LiquidErrorLike extends Error {
  readonly token?: { readonly begin: number };
  readonly originalError?: unknown;
}

function pageError(error: unknown): PageError {
  const { message, token, originalError = error } = error as LiquidErrorLike;
  const said = originalError instanceof Error ? originalError.message : message;
  // the longest text that there can be
  const endless = originalError instanceof EndlessError || originalError instanceof RangeError;
  return new PageError(originalError instanceof RangeError ? `makes too much (${said})` : said, token?.begin ?? 0, endless);
}

/** What escaping makes stays as it is: `to_json | escape` has escaped already. Other entities are text, which workers read as it stands. */
function escapedOnce(text: string): string {
  return text.split(/(&(?:amp|lt|gt|quot|#34|#39);)/).map((part, index) => (index % 2 === 1 ? part : escaped(part))).join('');
}
