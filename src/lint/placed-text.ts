import { lastUpTo } from './text';

/** A text, and where in a template each of its characters is from. */
export interface Placed {
  readonly html: string;
  place(offset: number): number;
}

/** Puts a text together of pieces of a template. */
export class PlacedText {
  private readonly parts: string[] = [];
  private readonly from: number[] = [];
  private readonly begins: number[] = [];
  private readonly ends: number[] = [];
  private length = 0;

  /** @param end behind what the piece is from, where that is not as long as the piece */
  add(text: string, begin: number, end = begin + text.length): void {
    this.from.push(this.length);
    this.begins.push(begin);
    this.ends.push(end);
    this.parts.push(text);
    this.length += text.length;
  }

  /** What has been put together. What is behind its last character is from the end of the template. */
  whole(template: { readonly length: number }): Placed {
    const { from, begins, ends, length } = this;
    return {
      html: this.parts.join(''),
      place(offset) {
        if (offset >= length) {
          return template.length;
        }
        const piece = lastUpTo(from, offset);
        return Math.max(begins[piece], Math.min(ends[piece] - 1, begins[piece] + offset - from[piece]));
      },
    };
  }
}
