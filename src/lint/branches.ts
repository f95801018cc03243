import { LiquidPiece, LiquidText } from './liquid';

/** What an `if`, `unless` or `case` may show. */
export interface Branch {
  readonly begin: number;
  end: number;
  /** What it has, in order. */
  readonly parts: (Shown | Choice)[];
  /** Undefined: what is shown where no other branch is, be it nothing. */
  readonly condition?: Condition;
  readonly parent?: Branch;
  seen: boolean;
  /** How many branches, it and those in it, have not been seen. */
  unseen: number;
}

/** Text that is shown as it stands, or something that Liquid prints. */
export interface Shown {
  readonly begin: number;
  readonly end: number;
  readonly printed: boolean;
}

/** Branches of which a page shows one. */
export interface Choice {
  readonly begin: number;
  end: number;
  branches: Branch[];
}

/** Conditions of the same text are the same. */
export interface Condition {
  readonly text: string;
  /** What it must be for its branch. */
  readonly valid: boolean;
}

/** A template, and those of its choices that stand in no other. */
export interface Branches {
  readonly root: Branch;
  readonly choices: readonly Choice[];
}

const CHOICES = new Set(['if', 'unless', 'case']);
const NEXT = new Set(['else', 'elsif', 'when']);
/** They have an `else` too, which is no branch: it stands behind what is shown again and again. */
const LOOPS = new Set(['for', 'tablerow']);

interface Open {
  readonly name: string;
  /** Undefined: a loop. */
  readonly choice?: Choice;
  /** What a `case` compares. */
  readonly compared: string;
  branch: Branch;
  /** Between a `case` and its first `when` stands what is never shown. */
  never: boolean;
}

/** Takes a template apart at its branches. Without recursion: it may be nested as deep as it is long. */
export function readBranches(template: string, { pieces, silent }: LiquidText): Branches {
  const said = withoutComments(pieces, silent);
  const closed = closedBlocks(said);
  const reader = new Reader(template);
  for (const piece of said) {
    reader.read(piece, closed.has(piece));
  }
  return reader.finish();
}

function withoutComments(pieces: readonly LiquidPiece[], silent: LiquidText['silent']): LiquidPiece[] {
  let comment = 0;
  return pieces.filter(({ begin }) => {
    while (comment < silent.length && silent[comment].end <= begin) {
      comment += 1;
    }
    return comment === silent.length || begin < silent[comment].begin;
  });
}

/** The tags that begin a block which has an end. */
function closedBlocks(pieces: readonly LiquidPiece[]): ReadonlySet<LiquidPiece> {
  const closed = new Set<LiquidPiece>();
  const open: LiquidPiece[] = [];
  for (const piece of pieces) {
    const inner = open[open.length - 1];
    if (inner !== undefined && piece.name === `end${inner.name}`) {
      closed.add(open.pop()!);
    } else if (CHOICES.has(piece.name ?? '') || LOOPS.has(piece.name ?? '')) {
      open.push(piece);
    }
  }
  return closed;
}

class Reader {
  /** How far the template has been read. */
  private at = 0;
  private readonly root: Branch = branchOf(0);
  private readonly open: Open[] = [];

  constructor(private readonly template: string) {}

  read(piece: LiquidPiece, closed: boolean): void {
    const { kind, name = '', begin, end } = piece;
    if (name !== 'endcomment') {
      this.show(this.at, begin, false);
    }
    this.at = end;
    const inner = this.open[this.open.length - 1];
    if (kind === 'output') {
      this.show(begin, end, true);
    } else if (closed) {
      this.begin(piece);
    } else if (inner !== undefined && name === `end${inner.name}`) {
      this.close(inner, piece);
    } else if (inner?.choice !== undefined && NEXT.has(name)) {
      this.next(inner, inner.choice, piece);
    }
  }

  finish(): Branches {
    this.show(this.at, this.template.length, false);
    this.root.end = this.template.length;
    return { root: this.root, choices: this.root.parts.filter((part): part is Choice => 'branches' in part) };
  }

  private get branch(): Branch {
    return this.open[this.open.length - 1]?.branch ?? this.root;
  }

  private show(begin: number, end: number, printed: boolean): void {
    if (begin < end) {
      this.branch.parts.push({ begin, end, printed });
    }
  }

  private begin(piece: LiquidPiece): void {
    const { name = '', begin, end } = piece;
    const around = this.branch;
    if (LOOPS.has(name)) {
      this.open.push({ name, compared: '', branch: around, never: false });
      return;
    }
    const written = this.written(piece);
    const condition = name === 'case' ? undefined : conditionOf(written, name === 'if');
    this.open.push({
      name, compared: written, choice: { begin, end, branches: [] }, branch: branchOf(end, around, condition), never: name === 'case',
    });
  }

  private next(inner: Open, choice: Choice, piece: LiquidPiece): void {
    const { name, begin, end } = piece;
    const written = this.written(piece);
    const condition = name === 'else' ? undefined : conditionOf(name === 'when' ? `${inner.compared} when ${written}` : written, true);
    this.end(inner, choice, begin);
    inner.branch = branchOf(end, inner.branch.parent, condition);
  }

  private close(inner: Open, { begin, end }: LiquidPiece): void {
    this.open.pop();
    if (inner.choice === undefined) {
      return;
    }
    const { branches } = inner.choice;
    this.end(inner, inner.choice, begin);
    if (branches.every(({ condition }) => condition !== undefined)) {
      branches.push(branchOf(begin, this.branch)); // nothing is shown
    }
    inner.choice.end = end;
    const around = this.branch;
    around.parts.push(inner.choice);
    around.unseen += branches.reduce((sum, { unseen }) => sum + unseen, 0);
  }

  private end(inner: Open, { branches }: Choice, end: number): void {
    if (!inner.never) {
      inner.branch.end = end;
      branches.push(inner.branch);
    }
    inner.never = false;
  }

  /** What stands in a tag behind its name. */
  private written({ begin, end }: LiquidPiece): string {
    return this.template.slice(begin, end).replace(/^\{%-?\s*\w+/, '').replace(/-?%\}$/, '').trim().replace(/\s+/g, ' ');
  }
}

function branchOf(begin: number, parent?: Branch, condition?: Condition): Branch {
  return { begin, end: begin, parts: [], ...parent ? { parent } : {}, ...condition ? { condition } : {}, seen: false, unseen: 1 };
}

/** Other ways to write that `a == b` or `a > b` holds, or does not. */
const COMPARED: { readonly [operator: string]: { readonly as: string; readonly swapped: boolean; readonly same: boolean } } = {
  '!=': { as: '==', swapped: false, same: false },
  '<=': { as: '>', swapped: false, same: false },
  '<': { as: '>', swapped: true, same: true },
  '>=': { as: '>', swapped: true, same: false },
};

/** Of two comparisons that exclude each other one is the other that does not hold. */
function conditionOf(text: string, valid: boolean): Condition {
  const [, left, operator, right] = /^([^=!<>]+)([=!<>]=?)([^=!<>]+)$/.exec(text) ?? [];
  const compared = / (and|or) /.test(text) ? undefined : COMPARED[operator];
  if (compared === undefined) {
    return { text, valid };
  }
  const [first, second] = compared.swapped ? [right, left] : [left, right];
  return { text: `${first.trim()} ${compared.as} ${second.trim()}`, valid: compared.same === valid };
}
