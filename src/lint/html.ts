import { Token, TokenHandler, Tokenizer, TokenizerMode } from 'parse5';
import { ELEMENTS, FOREIGN, HTML_ELEMENTS, OPTIONAL_END, REGIONS, VOID_ELEMENTS } from './elements';
import { Findings, nearest } from './text';

/** An attribute of an element, with where its text stands in the template. */
export interface Attribute {
  readonly name: string;
  readonly value: string;
  readonly begin: number;
  readonly end: number;
}

/** An element as it is written: nothing is moved or added, as a browser would do. */
export interface Element {
  readonly name: string;
  readonly begin: number;
  readonly attributes: readonly Attribute[];
  readonly parent?: Element;
  readonly children: Element[];
  /** Whether it belongs to SVG or MathML. */
  readonly foreign: boolean;
}

/** What a tokenizer complains of and browsers show all the same without harm. */
const HARMLESS = new Set([
  'missing-semicolon-after-character-reference', 'unknown-named-character-reference', 'non-void-html-element-start-tag-with-trailing-solidus',
  'abrupt-closing-of-empty-comment', 'nested-comment', 'incorrectly-opened-comment', 'missing-doctype', 'control-character-in-input-stream',
  'noncharacter-in-input-stream', 'eof-in-script-html-comment-like-text', 'unexpected-question-mark-instead-of-tag-name',
]);

/** Elements whose content is text. */
export const TEXT_MODE: { readonly [name: string]: number } = {
  script: TokenizerMode.SCRIPT_DATA,
  style: TokenizerMode.RAWTEXT,
  iframe: TokenizerMode.RAWTEXT,
  noembed: TokenizerMode.RAWTEXT,
  noframes: TokenizerMode.RAWTEXT,
  textarea: TokenizerMode.RCDATA,
  title: TokenizerMode.RCDATA,
};

/** Who takes a page token by token. */
export interface TokenReader extends TokenHandler {
  /** Tells the tokenizer how the content of an element is to be read. */
  enter?: (mode: number) => void;
}

export function readTokens(html: string, reader: TokenReader): void {
  const tokenizer = new Tokenizer({ sourceCodeLocationInfo: true }, reader);
  reader.enter = (mode) => {
    tokenizer.state = mode as typeof tokenizer.state;
  };
  tokenizer.write(html, true);
}

/** Reads the elements of a page and finds those that are not closed, or closed and never opened. Answers the elements in order. */
export function readElements(html: string, findings: Findings): Element[] {
  const reader = new Reader(findings);
  readTokens(html, reader);
  reader.finish();
  return reader.elements;
}

class Reader implements TokenReader {
  readonly elements: Element[] = [];
  enter?: (mode: number) => void;
  private readonly open: Element[] = [];
  private readonly selfClosing = new Set<Element>();

  constructor(private readonly findings: Findings) {}

  onStartTag(token: Token.TagToken): void {
    const name = token.tagName;
    const parent = this.open[this.open.length - 1];
    const location = token.location!;
    const attributes = token.attrs.map(({ name: attribute, value }): Attribute => {
      const { startOffset: begin, endOffset: end } = location.attrs?.[attribute] ?? location;
      return { name: attribute, value, begin, end };
    });
    const foreign = parent?.foreign === true || FOREIGN.has(name);
    const element: Element = { name, begin: location.startOffset, attributes, ...parent ? { parent } : {}, children: [], foreign };
    parent?.children.push(element);
    this.elements.push(element);
    if (VOID_ELEMENTS.has(name) || (foreign && token.selfClosing)) {
      return;
    }
    this.open.push(element);
    if (token.selfClosing) {
      this.selfClosing.add(element);
    }
    if (!foreign && Object.hasOwn(TEXT_MODE, name)) {
      this.enter?.(TEXT_MODE[name]);
    }
  }

  onEndTag(token: Token.TagToken): void {
    const name = token.tagName;
    const offset = token.location!.startOffset;
    let at = this.innermost(name);
    const meant = at < 0 ? meantBy(name) : undefined;
    if (meant !== undefined && this.innermost(meant) >= 0) {
      // it is taken for that: what stands behind it would be blamed too
      this.findings.error('unbalanced-element', offset, `</${name}> closes no open element; write </${meant}>`);
      at = this.innermost(meant);
    }
    if (VOID_ELEMENTS.has(name)) {
      this.findings.error('unbalanced-element', offset, `</${name}> closes nothing: <${name}> has no end tag; take </${name}> out`);
      return;
    }
    if (at < 0) {
      if (name !== 'p') {
        this.findings.error('unbalanced-element', offset, `</${name}> closes no open element; take it out, or open <${name}> before it`);
      }
      return;
    }
    // an end tag never reaches over the border of a crowd element: then it is the end tag that is wrong
    const between = this.open.slice(at + 1);
    const barrier = between.find((each) => each.name.startsWith('crowd-'));
    if (barrier && !name.startsWith('crowd-')) {
      this.findings.error('unbalanced-element', offset, `</${name}> stands in <${barrier.name}>, which is still open; close <${barrier.name}> first, or move </${name}>`);
      return;
    }
    between.forEach((each) => this.unclosed(each, `</${name}>`));
    this.open.length = at;
  }

  finish(): void {
    this.open.forEach((each) => this.unclosed(each, 'the end of the template'));
    this.open.length = 0;
  }

  onParseError(error: { readonly code: string; readonly startOffset: number }): void {
    if (!HARMLESS.has(error.code)) {
      this.findings.error('html-syntax', error.startOffset, `the HTML is broken here (${error.code}); ${REMEDY[error.code] ?? 'correct the tag'}`);
    }
  }

  onCharacter(): void {}
  onNullCharacter(): void {}
  onWhitespaceCharacter(): void {}
  onComment(): void {}
  onDoctype(): void {}
  onEof(): void {}

  private innermost(name: string): number {
    let at = this.open.length - 1;
    while (at >= 0 && this.open[at].name !== name) {
      at -= 1;
    }
    return at;
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

/** The element that is known and that an unknown name was probably meant to be. */
function meantBy(name: string): string | undefined {
  const known = [...Object.keys(ELEMENTS), ...Object.keys(REGIONS), ...HTML_ELEMENTS];
  return known.includes(name) ? undefined : nearest(name, known);
}

const REMEDY: { readonly [code: string]: string } = {
  'duplicate-attribute': 'an element can have an attribute only once; take one of them out',
  'missing-whitespace-between-attributes': 'put a blank between the attributes, and look for a quotation mark within a value',
  'unexpected-character-in-attribute-name': 'look for a quotation mark that is missing, or that stands within a value',
  'unexpected-character-in-unquoted-attribute-value': 'put the value into quotation marks',
  'missing-attribute-value': 'write a value behind the =, or take the = out',
  'unexpected-equals-sign-before-attribute-name': 'write a name before the =',
  'eof-in-tag': 'the tag does not end: look for a missing > or quotation mark',
  'eof-in-comment': 'the comment does not end: write -->',
  'invalid-first-character-of-tag-name': 'write &lt; where workers are to see <',
  'missing-end-tag-name': 'write the name of the element to close',
  'end-tag-with-attributes': 'an end tag has no attributes; take them out',
  'end-tag-with-trailing-solidus': 'write the end tag without the slash at its end',
  'unexpected-solidus-in-tag': 'take the slash out, or put the value into quotation marks',
};
