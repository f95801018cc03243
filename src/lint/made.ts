import { Budget, EndlessError } from './budget';
import { LiquidPiece, LiquidText } from './liquid';
import { PlacedText } from './placed-text';
import { PageError, pageMaker } from './render';
import { PRINTED, Way } from './ways';
import { PageInput } from '../contract/template-lint';

/** A page that was really made, loops and all. What Liquid printed is `PRINTED`, unless it may be HTML. */
export interface MadePage extends Way {
  /** Where the pieces of the template begin that it shows. */
  readonly shown: ReadonlySet<number>;
}

/** Characters that nobody writes, around the number of the place where what follows begins: text, or what is printed up to another. */
const TEXT = '\uE001';
const OUTPUT = '\uE002';
const OUTPUT_END = '\uE003';
const NUMBER_END = '\uE004';
const MARK = new RegExp(`${TEXT}(\\d+)${NUMBER_END}|${OUTPUT}(\\d+)${NUMBER_END}[^]*?${OUTPUT_END}\\2${NUMBER_END}`, 'g');
const REST = new RegExp(`[${TEXT}${OUTPUT}${OUTPUT_END}]\\d*${NUMBER_END}?|${NUMBER_END}`, 'g');

const mark = (kind: string, begin: number): string => `${kind}${begin}${NUMBER_END}`;

/** The tags that begin to capture what has no HTML, and those that end it: it may be compared with something, or name something. */
function plainCaptures(template: string, pieces: readonly LiquidPiece[]): ReadonlyMap<LiquidPiece, LiquidPiece> {
  const found = new Map<LiquidPiece, LiquidPiece>();
  const open: { readonly piece: LiquidPiece; isPlain: boolean }[] = [];
  let at = 0;
  for (const piece of pieces) {
    const inner = open[open.length - 1];
    if (inner !== undefined && template.slice(at, piece.begin).includes('<')) {
      open.forEach((each) => { each.isPlain = false; });
    }
    if (piece.name === 'capture') {
      open.push({ piece, isPlain: true });
    } else if (piece.name === 'endcapture' && open.pop()?.isPlain === true) {
      found.set(inner.piece, piece);
    }
    at = piece.end;
  }
  return found;
}

/** Makes pages of a template that tell where each of their characters stands in it. */
export class PageMaker {
  private readonly make?: (input: PageInput, budget: Budget) => string;
  private readonly ends = new Map<number, number>();
  /** All of them together cost what one may. */
  private readonly budget = new Budget();
  private hasMoved = false;
  private isOver = false;

  constructor(private readonly template: string, liquid: LiquidText) {
    try {
      this.make = pageMaker(this.marked(template, liquid), (uri) => uri);
    } catch {
      // it is no Liquid: that has been said
    }
  }

  /** Whether HTML is shown elsewhere than it is written. */
  get movesHtml(): boolean {
    return this.hasMoved;
  }

  /** Undefined: none is made, or that would take too long. */
  page(input: PageInput): MadePage | undefined {
    if (this.make === undefined || this.isOver) {
      return undefined;
    }
    try {
      return this.read(this.make(input, this.budget));
    } catch (error) {
      this.isOver = error instanceof PageError && error.endless || error instanceof EndlessError;
      return undefined;
    }
  }

  private marked(template: string, { pieces }: LiquidText): string {
    const parts: string[] = [];
    const plain = plainCaptures(template, pieces);
    this.hasMoved = pieces.filter(({ name }) => name === 'capture').length > plain.size;
    let at = 0;
    let captured: LiquidPiece | undefined;
    const text = (end: number): void => {
      parts.push(captured === undefined ? mark(TEXT, at) : '', template.slice(at, end));
      this.ends.set(at, end);
    };
    for (const piece of pieces) {
      const { kind, begin, end } = piece;
      text(begin);
      captured ??= plain.has(piece) ? piece : undefined;
      captured = captured !== undefined && plain.get(captured) === piece ? undefined : captured;
      const written = template.slice(begin, end);
      const isOutput = kind === 'output' && captured === undefined;
      const isHtml = /\|\s*skip_autoescape\b/.test(written);
      parts.push(isOutput ? mark(isHtml ? TEXT : OUTPUT, begin) : '', written, isOutput && !isHtml ? mark(OUTPUT_END, begin) : '');
      if (kind === 'output') {
        this.ends.set(begin, end);
      }
      at = end;
    }
    text(template.length);
    return parts.join('');
  }

  private read(page: string): MadePage {
    const shown = new Set<number>();
    const placed = new PlacedText();
    const add = (begin: number, text: string): void => placed.add(text, begin, this.ends.get(begin) ?? begin + 1);
    let begin = 0;
    let at = 0;
    for (const match of page.matchAll(MARK)) {
      add(begin, page.slice(at, match.index).replace(REST, ''));
      at = match.index + match[0].length;
      begin = Number(match[1] ?? match[2]);
      shown.add(begin);
      if (match[1] === undefined) {
        const end = this.ends.get(begin) ?? begin;
        add(begin, PRINTED.repeat(end - begin));
        begin = end;
      }
    }
    add(begin, page.slice(at).replace(REST, ''));
    return { ...placed.whole(this.template), shown };
  }
}
