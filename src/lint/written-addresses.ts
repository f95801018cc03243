import type MarkdownIt from 'markdown-it';

/** No name of a file is longer, whatever is done to write it down. */
const ADDRESS_MAX = 4000;

/** Where the addresses of links and images stand in a part of a text, as they were written. */
export class WrittenAddresses {
  /** By the address as the parser tells it, in order; '': none was written. */
  private readonly places = new Map<string, number[]>();

  /** @param before what stands before each: `](`, or `]:` of definitions */
  constructor(markdown: MarkdownIt, text: string, before: string, begin: number, end: number) {
    for (let found = text.indexOf(before, begin); found >= 0 && found < end; found = text.indexOf(before, found + 1)) {
      BLANKS.lastIndex = found + before.length;
      const at = BLANKS.lastIndex + BLANKS.exec(text)![0].length;
      const { ok, str } = markdown.helpers.parseLinkDestination(text, at, Math.min(end, at + ADDRESS_MAX));
      const address = ok ? markdown.normalizeLink(str) : '';
      const places = this.places.get(address) ?? [];
      places.push(text[at] === '<' ? at + 1 : at);
      this.places.set(address, places);
    }
  }

  /** The next place of an address. Those before it are not asked for again. */
  next(address: string, from: number): number | undefined {
    const places = this.places.get(address) ?? [];
    while (places.length > 0 && places[0] < from) {
      places.shift();
    }
    return places[0];
  }
}

const BLANKS = /\s*/y;
