import { HTML_ELEMENTS } from './elements';
import { PRINTED } from './ways';
import { LintSeverity } from '../contract/template-lint';

/** What a tokenizer complains of and browsers show all the same as its author meant it. */
const HARMLESS = new Set([
  'missing-semicolon-after-character-reference', 'unknown-named-character-reference', 'absence-of-digits-in-numeric-character-reference',
  // numbers that were characters of Windows, which browsers know and Word writes
  'control-character-reference', 'noncharacter-character-reference', 'control-character-in-input-stream', 'noncharacter-in-input-stream',
  'non-void-html-element-start-tag-with-trailing-solidus', 'end-tag-with-trailing-solidus', 'unexpected-solidus-in-tag',
  'abrupt-closing-of-empty-comment', 'nested-comment', 'incorrectly-opened-comment', 'incorrectly-closed-comment',
  'eof-in-script-html-comment-like-text', 'unexpected-question-mark-instead-of-tag-name',
  'missing-doctype', 'missing-doctype-name', 'missing-doctype-public-identifier', 'missing-doctype-system-identifier',
  'missing-whitespace-before-doctype-name', 'missing-whitespace-after-doctype-public-keyword', 'missing-whitespace-after-doctype-system-keyword',
  'missing-whitespace-between-doctype-public-and-system-identifiers',
]);

/** Browsers show this too as it was meant, and where it comes of a worse mistake that is told too. */
const UNTIDY = new Set(['missing-whitespace-between-attributes', 'missing-attribute-value', 'end-tag-with-attributes']);

const REMEDY: { readonly [code: string]: string } = {
  'duplicate-attribute': 'an element can have an attribute only once; take one of them out',
  'missing-whitespace-between-attributes': 'put a blank between the attributes, and look for a quotation mark within a value',
  'unexpected-character-in-attribute-name': 'look for a quotation mark that is missing, or that stands within a value',
  'unexpected-character-in-unquoted-attribute-value': 'put the value into quotation marks',
  'missing-attribute-value': 'write a value behind the =, or take the = out',
  'unexpected-equals-sign-before-attribute-name': 'write a name before the =',
  'eof-in-tag': 'the tag does not end: look for a missing > or quotation mark',
  'eof-in-comment': 'the comment does not end: write -->',
  'eof-in-cdata': 'what stands in CDATA does not end: write ]]>',
  'cdata-in-html-content': 'browsers leave CDATA out, but in SVG and MathML; write its text alone',
  'invalid-first-character-of-tag-name': 'write no blank before the name of an element, and write &lt; where workers are to see <',
  'missing-end-tag-name': 'write the name of the element to close',
  'end-tag-with-attributes': 'an end tag has no attributes; take them out',
  'null-character-reference': 'there is no such character; write the character itself',
  'surrogate-character-reference': 'it is half of a character; write the character itself',
  'character-reference-outside-unicode-range': 'there is no such character; write the character itself',
};

/** As the tokenizer tells it. */
export interface SyntaxSlip {
  readonly code: string;
  readonly startOffset: number;
}

/** In text: a tag that a blank behind its `<` makes text. */
const TAG_MEANT = /<\s+([a-z][a-z0-9-]*)(\s*\/?>|\s+[a-z-]+\s*=\s*["'])/iy;
const UNQUOTED = /[^\s>]*/y;

/** Tells what of a page's broken syntax matters. */
export class Syntax {
  /** Where the value without quotation marks ends that was looked at, and whether it has each of those within twice. */
  private value = { end: 0, paired: false };

  constructor(private readonly html: string) {}

  /** What is wrong, and what to do about it. Undefined: workers see what the author meant. Asked in the order of the text. */
  problem({ code, startOffset: offset }: SyntaxSlip): { readonly severity: LintSeverity; readonly message: string } | undefined {
    return HARMLESS.has(code) || this.isMeant(code, offset) ? undefined
      : { severity: UNTIDY.has(code) ? 'warning' : 'error', message: `the HTML is broken here (${code}); ${REMEDY[code] ?? 'correct the tag'}` };
  }

  private isMeant(code: string, offset: number): boolean {
    const { html } = this;
    switch (code) {
      case 'invalid-first-character-of-tag-name':
        // Liquid prints the element's name; any other is text, if it is no end tag, of which nothing is shown
        return html[offset] === PRINTED || html[offset - 1] === '<' && !this.isTag(offset - 1);
      case 'duplicate-attribute':
        // two names that Liquid prints
        return /[^\s"'>/=]*$/.exec(html.slice(Math.max(0, offset - LONGEST_NAME), offset))![0].includes(PRINTED);
      case 'unexpected-character-in-unquoted-attribute-value':
        return html[offset] === '=' || html[offset] === '`' || html[offset] !== '<' && this.isPaired(offset);
      default:
        return false;
    }
  }

  private isTag(offset: number): boolean {
    TAG_MEANT.lastIndex = offset;
    const [, name, rest] = TAG_MEANT.exec(this.html) ?? [];
    return name !== undefined && isElement(name.toLowerCase()) && (name.length > 1 || rest.includes('='));
  }

  private isPaired(offset: number): boolean {
    if (offset >= this.value.end) {
      UNQUOTED.lastIndex = offset;
      const [value] = UNQUOTED.exec(this.html)!;
      this.value = { end: offset + value.length, paired: ['"', "'"].every((mark) => value.split(mark).length % 2 === 1) };
    }
    return this.value.paired;
  }
}

const LONGEST_NAME = 200;

const isElement = (name: string): boolean => HTML_ELEMENTS.has(name) || name.startsWith('crowd-');
