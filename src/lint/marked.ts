import { Drop } from 'liquidjs';
import { Attribute, Element, readElements } from './html';
import { LiquidPiece, LiquidText } from './liquid';
import { Placed, PlacedText } from './placed-text';
import { renderPage } from './render';
import { Findings } from './text';
import { TEMPLATE_MAX_CHARACTERS } from '../contract/limits';
import { LintContext, PageInput } from '../contract/template-lint';

/** Stands for what an image brings along and nobody knows: no author writes it. */
export const UNKNOWN = '\uE001';

/** The address of an image, as far as it is known. */
export const OBJECT = `s3://${UNKNOWN}`;

/** As people read it. */
export const withoutUnknown = (text: string): string => text.replaceAll(OBJECT, 's3://...').replaceAll(UNKNOWN, '...');

/** What stands before an attribute to say where in the template it is. */
const MARK = '\uE002';
const MARKED = new RegExp(`${MARK}(\\d+)${MARK} ?`, 'g');

const ATTRIBUTES = /(?<=[\s"'/}])(src|srcset|href|xlink:href|data|poster|icon-url|image|style|labels|categories)(?=\s*=)|(?<=<style)(?=[\s>])/gi;

/** No page is read that is longer. */
const PAGE_MAX_CHARACTERS = 2 * TEMPLATE_MAX_CHARACTERS;

/** Something that may be anything, with whatever is asked of it. A loop sees one of it. */
class Unknown extends Drop {
  liquidMethodMissing(): unknown {
    return new Unknown();
  }

  toString(): string {
    return UNKNOWN;
  }

  toJSON(): string {
    return UNKNOWN;
  }

  * [Symbol.iterator](): Iterator<Unknown> {
    yield new Unknown();
  }
}

/** An attribute as a page has it, and where it is in the template. */
export interface ShownAttribute {
  readonly begin: number;
  readonly element: Element;
  readonly attribute: Attribute;
}

/** A page of an image of which nothing is known: what Liquid made of that has `UNKNOWN` in it. */
export interface MarkedPage {
  readonly html: string;
  readonly elements: readonly Element[];
  readonly attributes: readonly ShownAttribute[];
  /** Where in the template a `<style>` of the page is. */
  readonly styles: ReadonlyMap<Element, number>;
  /** What came to `grant_read_access`, and where that is. */
  readonly granted: readonly { readonly address: string; readonly begin: number }[];
}

/** Undefined: it is not made, which may be the image's fault, or the page is longer than anybody would write one. */
export function markedPage(template: string, liquid: LiquidText, { inputs, task }: LintContext): MarkedPage | undefined {
  const marked = withMarks(template, liquid);
  const granted: { address: string; begin: number }[] = [];
  let html: string;
  const input = inputs === undefined ? new Unknown() as unknown as PageInput : inputOf(task?.labels ?? []);
  try {
    html = renderPage(marked.html, input, (address, begin) => {
      granted.push({ address: withoutMarks(address), begin: marked.place(begin) });
      return `https://${UNKNOWN}`;
    });
  } catch {
    return undefined;
  }
  if (html.length > PAGE_MAX_CHARACTERS) {
    return undefined;
  }
  const elements = readElements({ html, place: (offset) => offset }, new Findings(html));
  return { html, elements, granted, ...readMarks(elements) };
}

function inputOf(labels: readonly string[]): PageInput {
  const taskObject = `${OBJECT}/${UNKNOWN}.jpg`;
  return { taskObject, labels, manifestLine: Object.assign(new Unknown(), { 'source-ref': taskObject }) };
}

/** Whether a piece asks for what is another for each image. */
export function asksImage(template: string, { begin, end }: LiquidPiece, { inputs }: LintContext): boolean {
  return (inputs === undefined ? /\btask\b/ : /\btask\b(?!\.input\.labels\b)/).test(template.slice(begin, end));
}

function withMarks(template: string, { pieces }: LiquidText): Placed {
  const text = new PlacedText();
  let at = 0;
  let piece = 0;
  for (const { index } of template.matchAll(ATTRIBUTES)) {
    while (piece < pieces.length && pieces[piece].end <= index) {
      piece += 1;
    }
    if (piece === pieces.length || index < pieces[piece].begin) {
      const isStyle = template.slice(index - 6, index).toLowerCase() === '<style';
      text.add(template.slice(at, index), at);
      text.add(`${isStyle ? ' ' : ''}${MARK}${index}${MARK} `, index, index);
      at = index;
    }
  }
  text.add(template.slice(at), at);
  return text.whole(template);
}

function readMarks(elements: readonly Element[]): Pick<MarkedPage, 'attributes' | 'styles'> {
  const found: ShownAttribute[] = [];
  const styles = new Map<Element, number>();
  for (const element of elements) {
    let begin: number | undefined;
    for (const attribute of element.attributes) {
      const [, mark] = new RegExp(`^${MARK}(\\d+)${MARK}$`).exec(attribute.name) ?? [];
      if (begin !== undefined && mark === undefined) {
        found.push({ begin, element, attribute: { ...attribute, value: withoutMarks(attribute.value) } });
      }
      begin = mark === undefined ? undefined : Number(mark);
      if (begin !== undefined && element.name === 'style' && !styles.has(element)) {
        styles.set(element, begin - '<style'.length);
      }
    }
  }
  return { attributes: found, styles };
}

const withoutMarks = (text: string): string => text.replace(MARKED, '');
