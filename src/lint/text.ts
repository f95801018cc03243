import { PRINTED_MAX } from '../contract/printable';
import { LintProblem, LintSeverity } from '../contract/template-lint';

/** The position of the last of sorted numbers that is not above a limit; 0 where all are. */
export function lastUpTo(sorted: readonly number[], limit: number): number {
  let low = 0;
  let high = sorted.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (sorted[middle] <= limit) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  return low;
}

/** Whether a place is in one of some parts, which stand in order and apart from each other. */
export function within(parts: readonly { readonly begin: number; readonly end: number }[]): (offset: number) => boolean {
  const begins = parts.map(({ begin }) => begin);
  return (offset) => parts.length > 0 && offset >= begins[0] && offset < parts[lastUpTo(begins, offset)].end;
}

/** Finds the line and the column of an offset, and back. Lines and columns count from 1. */
export class Positions {
  private readonly starts: readonly number[];

  constructor(text: string) {
    const starts = [0];
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) {
      starts.push(at + 1);
    }
    this.starts = starts;
  }

  at(offset: number): { readonly line: number; readonly column: number } {
    const line = lastUpTo(this.starts, offset);
    return { line: line + 1, column: offset - this.starts[line] + 1 };
  }

  offset(line: number, column: number): number {
    return this.starts[line - 1] + column - 1;
  }
}

export interface Found extends LintProblem {
  readonly offset: number;
  /** On how many ways through the template, and which was the last. */
  readonly ways: number;
  readonly way: number;
}

/** Collects problems; the same one, seen on two ways through a template, counts once. */
export class Findings {
  private readonly problems = new Map<string, Found>();
  private readonly positions: Positions;
  private way = 0;

  constructor(text: string | Positions) {
    this.positions = typeof text === 'string' ? new Positions(text) : text;
  }

  /** For what is found in the same text, of which not everything may be true. */
  apart(): Findings {
    return new Findings(this.positions);
  }

  get found(): readonly Found[] {
    return [...this.problems.values()];
  }

  /** Takes what was found apart. */
  take({ severity, rule, offset, message }: Found): void {
    this.add(severity, rule, offset, message);
  }

  error(rule: string, offset: number, message: string): void {
    this.add('error', rule, offset, message);
  }

  warning(rule: string, offset: number, message: string): void {
    this.add('warning', rule, offset, message);
  }

  /** What is found from here on is found on another way through the template. */
  nextWay(): void {
    this.way += 1;
  }

  /** Ends the ways. What is not in a branch and was found on some of them only needs a word, or nobody would see why. */
  endWays(isInBranch: (offset: number) => boolean): void {
    const ways = this.way;
    for (const [key, problem] of this.problems) {
      if (problem.way > 0 && problem.ways < ways && !isInBranch(problem.offset)) {
        this.problems.set(key, { ...problem, message: problem.message + SOME_BRANCHES });
      }
    }
    this.way = 0;
  }

  get all(): LintProblem[] {
    return [...this.problems.values()].sort((one, other) => one.offset - other.offset)
      .map(({ offset: _, ways: __, way: ___, ...problem }) => problem);
  }

  private add(severity: LintSeverity, rule: string, offset: number, text: string): void {
    const message = text.length > MESSAGE_MAX ? `${text.slice(0, MESSAGE_MAX / 2)} ... ${text.slice(-MESSAGE_MAX / 2)}` : text;
    const key = `${offset} ${message}`;
    const known = this.problems.get(key);
    if (known === undefined || known.way !== this.way) {
      const ways = (known?.ways ?? 0) + 1;
      this.problems.set(key, { severity, rule, ...this.positions.at(offset), message, offset, ways, way: this.way });
    }
  }
}

const SOME_BRANCHES = '; so it is in some branches of the Liquid only, of which one may be that no condition holds';

/** A message quotes what it is about, which may be as long as a page. It keeps its begin, and the remedy at its end. */
const MESSAGE_MAX = 1000;

/** Nothing that is longer was meant to be one of our words. */
const LONGEST_WORD = 60;

/** The known word that was probably meant, if one is near enough. */
export function nearest(word: string, known: Iterable<string>): string | undefined {
  let best: { readonly word: string; readonly distance: number } | undefined;
  for (const each of word.length > LONGEST_WORD ? [] : known) {
    const most = Math.max(1, Math.floor(each.length / 4));
    const distance = Math.abs(word.length - each.length) > most ? Infinity : editDistance(word, each);
    if (distance <= most && (best === undefined || distance < best.distance)) {
      best = { word: each, distance };
    }
  }
  return best?.word;
}

const REMEMBERED_MAX = 20_000;

/** The same for words that come again and again, as on each way through a template. */
export function remembering(known: readonly string[]): (word: string) => string | undefined {
  const guesses = new Map<string, string | undefined>();
  return (word) => {
    if (!guesses.has(word)) {
      if (guesses.size >= REMEMBERED_MAX) {
        guesses.clear();
      }
      guesses.set(word, nearest(word, known));
    }
    return guesses.get(word);
  };
}

const GUESSED_FROM_MAX = 1000;

/** The same for many words. Each costs a look at all that is known: those that are beyond the first ones, which are printed, get none. */
export function nearestAmong(known: readonly string[]): (word: string) => string | undefined {
  const words = known.slice(0, GUESSED_FROM_MAX);
  let guesses = 0;
  return (word) => {
    guesses += 1;
    return guesses > PRINTED_MAX ? undefined : nearest(word, words);
  };
}

/** Letters that are wrong, missing, too many, or two of them exchanged. */
function editDistance(one: string, other: string): number {
  let earlier: number[] = [];
  let before = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let row = 1; row <= one.length; row += 1) {
    const now = [row];
    for (let column = 1; column <= other.length; column += 1) {
      const same = one[row - 1] === other[column - 1];
      const exchanged = row > 1 && column > 1 && one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      now.push(Math.min(
        before[column - 1] + (same ? 0 : 1), before[column] + 1, now[column - 1] + 1, exchanged ? earlier[column - 2] + 1 : Infinity,
      ));
    }
    earlier = before;
    before = now;
  }
  return before[other.length];
}

/** `a, b and c`. */
export function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words[words.length - 1]}`;
}

const ENTITIES: { readonly [character: string]: string } = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Text as HTML, within an attribute too. */
export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character]);
}
