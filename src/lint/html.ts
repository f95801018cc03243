import { Token, TokenHandler, Tokenizer, TokenizerMode } from 'parse5';
import { ELEMENTS, FOREIGN, HTML_ELEMENTS, OPTIONAL_END, OPTIONAL_START, REGIONS, VOID_ELEMENTS } from './elements';
import { Syntax, SyntaxSlip } from './syntax';
import { Findings, remembering } from './text';
import { PRINTED, Way } from './ways';

/** Where something stands in the template. */
export interface Span {
  readonly begin: number;
  readonly end: number;
}

/** An attribute of an element, with where its text stands in the template. */
export interface Attribute extends Span {
  readonly name: string;
  readonly value: string;
  /** Its value without blanks around it. Undefined: it has none, or not in one piece, because Liquid stands within. */
  readonly written?: Span;
}

/** An element as it is written: nothing is moved or added, as a browser would do. */
export interface Element {
  readonly name: string;
  readonly begin: number;
  readonly attributes: readonly Attribute[];
  readonly parent?: Element;
  readonly children: Element[];
  /** Whether it stands in SVG or MathML, or is that. */
  readonly foreign: boolean;
}

/** Elements whose content is text. */
export const TEXT_MODE: { readonly [name: string]: number } = {
  script: TokenizerMode.SCRIPT_DATA,
  style: TokenizerMode.RAWTEXT,
  iframe: TokenizerMode.RAWTEXT,
  noembed: TokenizerMode.RAWTEXT,
  noframes: TokenizerMode.RAWTEXT,
  // nobody works without scripts, and where they run it is never read
  noscript: TokenizerMode.RAWTEXT,
  textarea: TokenizerMode.RCDATA,
  title: TokenizerMode.RCDATA,
  xmp: TokenizerMode.RAWTEXT,
};

/** Who takes a page token by token. */
export interface TokenReader extends TokenHandler {
  /** Tells the tokenizer how the content of an element is to be read. */
  enter?: (mode: number) => void;
  /** Tells the tokenizer whether the innermost element is one of SVG or MathML, where CDATA is text. */
  setForeign?: (foreign: boolean) => void;
}

export function readTokens(html: string, reader: TokenReader): void {
  const tokenizer = new Tokenizer({ sourceCodeLocationInfo: true }, reader);
  reader.enter = (mode) => {
    tokenizer.state = mode as typeof tokenizer.state;
  };
  reader.setForeign = (foreign) => {
    tokenizer.inForeignNode = foreign;
  };
  tokenizer.write(html, true);
}

/** Reads the elements of a page and finds those that are not closed, or closed and never opened. Answers the elements in order. */
export function readElements(way: Way, findings: Findings): Element[] {
  const reader = new Reader(way, findings);
  readTokens(way.html, reader);
  reader.finish();
  return reader.elements;
}

class Reader implements TokenReader {
  readonly elements: Element[] = [];
  enter?: (mode: number) => void;
  setForeign?: (foreign: boolean) => void;
  private readonly open: Element[] = [];
  /** Of the elements of SVG and MathML themselves, without the HTML in them, which of both they are. */
  private readonly languages = new Map<Element, string>();
  /** Where the open ones of a name are among the open ones. */
  private readonly places = new Map<string, number[]>();
  private readonly openCrowds: number[] = [];
  private readonly selfClosing = new Set<Element>();

  private readonly syntax: Syntax;

  constructor(private readonly way: Way, private readonly findings: Findings) {
    this.syntax = new Syntax(way.html);
  }

  onStartTag(token: Token.TagToken): void {
    const name = nameOf(token);
    const parent = this.open[this.open.length - 1];
    const location = token.location!;
    const attributes = token.attrs.map(({ name: attribute, value }): Attribute => {
      const { startOffset, endOffset } = this.whole(attribute, value, location.attrs?.[attribute] ?? location);
      const written = this.written(startOffset, endOffset);
      return { name: attribute, value, ...this.span(startOffset, endOffset), ...written ? { written } : {} };
    });
    const foreign = parent?.foreign === true || FOREIGN.has(name);
    const begin = this.way.place(location.startOffset);
    const element: Element = { name, begin, attributes, ...parent ? { parent } : {}, children: [], foreign };
    parent?.children.push(element);
    this.elements.push(element);
    if (VOID_ELEMENTS.has(name) || (foreign && token.selfClosing)) {
      return;
    }
    const language = this.languageOf(element);
    if (language !== undefined) {
      this.languages.set(element, language);
    }
    this.push(element);
    if (token.selfClosing) {
      this.selfClosing.add(element);
    }
    if (language === undefined && Object.hasOwn(TEXT_MODE, name)) {
      this.enter?.(TEXT_MODE[name]);
    }
  }

  onEndTag(token: Token.TagToken): void {
    const name = nameOf(token);
    const offset = this.way.place(token.location!.startOffset);
    let at = this.innermost(name);
    const meant = at < 0 ? meantBy(name) : undefined;
    if (meant !== undefined && this.innermost(meant) >= 0) {
      // it is taken for that: what stands behind it would be blamed too
      this.findings.error('unbalanced-element', offset, `</${name}> closes no open element; write </${meant}>`);
      at = this.innermost(meant);
    }
    if (VOID_ELEMENTS.has(name)) {
      if (this.isInForeign()) {
        return;
      }
      this.findings.warning('unbalanced-element', offset, `</${name}> closes nothing: <${name}> has no end tag; take </${name}> out`);
      return;
    }
    if (at < 0) {
      if (!OPTIONAL_START.has(name)) {
        this.findings.error('unbalanced-element', offset, `</${name}> closes no open element; take it out, or open <${name}> before it`);
      }
      return;
    }
    // an end tag never reaches over the border of a crowd element: then it is the end tag that is wrong
    const crowds = this.openCrowds;
    const barrier = crowds.length > 0 && crowds[crowds.length - 1] > at ? this.open[firstAbove(crowds, at)] : undefined;
    if (barrier && !name.startsWith('crowd-')) {
      this.findings.error('unbalanced-element', offset, `</${name}> stands in <${barrier.name}>, which is still open; close <${barrier.name}> first, or move </${name}>`);
      return;
    }
    this.open.slice(at + 1).forEach((each) => this.unclosed(each, `</${name}>`));
    while (this.open.length > at) {
      this.pop();
    }
  }

  finish(): void {
    this.open.forEach((each) => this.unclosed(each, 'the end of the template'));
    this.open.length = 0;
  }

  onParseError(slip: SyntaxSlip): void {
    const problem = this.syntax.problem(slip);
    if (problem !== undefined) {
      this.findings[problem.severity]('html-syntax', this.way.place(slip.startOffset), problem.message);
    }
  }

  onCharacter(): void {}
  onNullCharacter(): void {}
  onWhitespaceCharacter(): void {}
  onComment(): void {}
  onDoctype(): void {}
  onEof(): void {}

  /** Where the innermost open element of a name is; -1: none is open. */
  private innermost(name: string): number {
    return this.places.get(name)?.at(-1) ?? -1;
  }

  private push(element: Element): void {
    const { name } = element;
    const places = this.places.get(name) ?? [];
    this.places.set(name, places);
    places.push(this.open.length);
    if (name.startsWith('crowd-')) {
      this.openCrowds.push(this.open.length);
    }
    this.open.push(element);
    this.setForeign?.(this.isInForeign());
  }

  private pop(): void {
    const { name } = this.open.pop()!;
    this.places.get(name)!.pop();
    if (name.startsWith('crowd-')) {
      this.openCrowds.pop();
    }
    this.setForeign?.(this.isInForeign());
  }

  private isInForeign(): boolean {
    const inner = this.open.at(-1);
    return inner !== undefined && this.languages.has(inner);
  }

  private languageOf({ name, parent }: Element): string | undefined {
    const around = parent && this.languages.get(parent);
    const isHtml = around === undefined || HTML_HOMES[around].has(parent!.name) || parent!.name === 'annotation-xml' && around === 'math'
      && (name === 'svg' || parent!.attributes.some((each) => each.name === 'encoding' && HTML_ENCODING.test(each.value)));
    return !isHtml ? around : FOREIGN.has(name) ? name : undefined;
  }

  private span(begin: number, end: number): Span {
    return { begin: this.way.place(begin), end: this.way.place(end - 1) + 1 };
  }

  /** Where a value is followed by no blank the tokenizer tells the place of the name alone. */
  private whole(name: string, value: string, place: Token.Location): Pick<Token.Location, 'startOffset' | 'endOffset'> {
    const { startOffset, endOffset } = place;
    if (value === '' || endOffset - startOffset > name.length) {
      return place;
    }
    QUOTED.lastIndex = endOffset;
    return { startOffset, endOffset: endOffset + (QUOTED.exec(this.way.html)?.[0].length ?? 0) };
  }

  private written(begin: number, end: number): Span | undefined {
    const attribute = this.way.html.slice(begin, end);
    const [, before, value] = /^([^=]*=\s*(?:"\s*|'\s*)?)([^]*)$/.exec(attribute) ?? [];
    const length = value?.replace(/["']$/, '').trimEnd().length ?? 0;
    if (length === 0) {
      return undefined;
    }
    const span = this.span(begin + before.length, begin + before.length + length);
    return span.end - span.begin === length ? span : undefined;
  }

  private unclosed(element: Element, before: string): void {
    if (OPTIONAL_END.has(element.name)) {
      return;
    }
    const { name, begin } = element;
    this.findings.error('unbalanced-element', begin, this.selfClosing.has(element)
      ? `<${name}/> is not closed by its slash, which HTML ignores; write <${name}></${name}>`
      : `<${name}> is not closed before ${before}; add </${name}>`);
  }
}

const QUOTED = /\s*=\s*("[^"]*"|'[^']*')/y;

/** What Liquid prints may be written in other ways where the element ends. */
const nameOf = ({ tagName }: Token.TagToken): string => tagName.replace(PRINTED_RUN, PRINTED);

const PRINTED_RUN = new RegExp(`${PRINTED}+`, 'g');

/** Elements of SVG and MathML that have HTML in them. */
const HTML_HOMES: { readonly [language: string]: ReadonlySet<string> } = {
  svg: new Set(['desc', 'foreignobject', 'title']), math: new Set(['mi', 'mn', 'mo', 'ms', 'mtext']),
};
const HTML_ENCODING = /^(text\/html|application\/xhtml\+xml)$/i;

/** The first of rising numbers that is above another. */
function firstAbove(numbers: readonly number[], other: number): number {
  let low = 0;
  let high = numbers.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (numbers[middle] > other) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return numbers[low];
}

const KNOWN = new Set([...Object.keys(ELEMENTS), ...Object.keys(REGIONS), ...HTML_ELEMENTS]);

/** The element that was probably meant. */
export const nearestElement = remembering([...KNOWN]);

/** The element that is known and that an unknown name was probably meant to be. */
function meantBy(name: string): string | undefined {
  return KNOWN.has(name) ? undefined : nearestElement(name);
}
