import type MarkdownIt from 'markdown-it';
import { listed, nearestAmong } from './text';

/** Something that was meant for an image and that Markdown leaves as text, brackets and all. */
export interface UnreadImage {
  /** Where it begins in the content of its block. */
  readonly offset: number;
  readonly rule: 'unknown-reference' | 'unread-address';
  readonly message: string;
}

/** The token that stands where one begins; `meta` says what is wrong with it. */
export const UNREAD_IMAGE = 'unread_image';

type Inline = Parameters<MarkdownIt.ParserInline.RuleInline>[0];

/**
 * Makes a parser notice images that are none. It tries each place where the parser found no image, so what stands in code or was
 * written with a backslash is not asked.
 */
export function noticeUnreadImages(markdown: MarkdownIt): MarkdownIt {
  markdown.inline.ruler.after('image', UNREAD_IMAGE, (state, silent) => {
    const unread = silent || !state.src.startsWith('![', state.pos) ? undefined : unreadAt(state);
    if (unread === undefined) {
      return false;
    }
    state.push(UNREAD_IMAGE, '', 0).meta = unread;
    state.pos += 1; // the exclamation mark: what follows is read as it would be
    return true;
  });
  return markdown;
}

function unreadAt(state: Inline): UnreadImage | undefined {
  const { src, pos: offset } = state;
  const end = state.md.helpers.parseLinkLabel(state, offset + 1, false);
  if (end < 0) {
    return undefined;
  }
  const alt = src.slice(offset + 2, end);
  if (src[end + 1] === '(') {
    return { offset, rule: 'unread-address', message: addressMessage(alt, src.slice(end + 2)) };
  }
  const close = src[end + 1] === '[' ? state.md.helpers.parseLinkLabel(state, end + 1, false) : -1;
  // an exclamation that a remark in brackets follows: Look![1]
  if (alt.trim() === '' && close <= end + 2 || close < 0 && /[\p{L}\p{N})\]]$/u.test(src.slice(0, offset))) {
    return undefined;
  }
  const label = (close > end + 2 ? src.slice(end + 2, close) : alt).trim().replace(/\s+/g, ' ');
  const written = src.slice(offset, Math.max(end, close) + 1);
  return { offset, rule: 'unknown-reference', message: referenceMessage(written, label, state.env as Definitions) };
}

const shown = (text: string): string => text.replace(/\s+/g, ' ').slice(0, 60);

function addressMessage(alt: string, rest: string): string {
  const address = /^[^)\n]*/.exec(rest)![0].trim();
  return `![${shown(alt)}](${shown(address)}) names no address that Markdown can read, so workers would read it as it stands; `
    + `${/\s/.test(address) ? 'put an address with spaces between angle brackets' : 'name a file'}: ![${shown(alt)}](<${/\s/.test(address) ? shown(address) : 'good.jpg'}>)`;
}

/** What the parser and the check know of definitions. */
export class Definitions {
  /** By their labels as the parser compares them: in capitals. It knows all of them before it looks for images. */
  readonly references: { readonly [label: string]: unknown } = {};
  private looked?: LookedUp;

  constructor(private readonly text: string) {}

  /** The same for each image: there may be thousands of both. */
  get all(): LookedUp {
    if (this.looked === undefined) {
      const labels = Object.keys(this.references).map((label) => label.toLowerCase());
      const lines = [...this.text.toLowerCase().matchAll(/^[^\S\n]*\[([^\]\n]+)\]:/gm)].map(([, label]) => label);
      this.looked = { labels, meantBy: nearestAmong(labels), lines: new Set(lines) };
    }
    return this.looked;
  }
}

interface LookedUp {
  readonly labels: readonly string[];
  readonly meantBy: (label: string) => string | undefined;
  /** The labels of lines that look like definitions, whether or not they are. */
  readonly lines: ReadonlySet<string>;
}

function referenceMessage(written: string, label: string, { all: { labels, meantBy, lines } }: Definitions): string {
  const begin = `there is no reference '${shown(label)}', so workers would read ${shown(written)} as it stands; `;
  const meant = meantBy(label.toLowerCase());
  if (meant !== undefined) {
    return `${begin}write [${meant}]`;
  }
  if (lines.has(label.toLowerCase())) {
    return `${begin}its line [${shown(label)}]: is none: put an empty line before it, and an address with spaces between angle brackets`;
  }
  return `${begin}add a line [${shown(label)}]: good.jpg with the file that is meant${labels.length === 0 ? '' : `, or write ${listed(labels.slice(0, 12).map((each) => `[${each}]`))}`}; `
    + 'where plain text is meant write \\!';
}
