import { Operand, Test, testOf, whenOf, wholeOperand } from './conditions';
import { LiquidPiece, LiquidText } from './liquid';

/** What an `if`, `unless` or `case` may show. */
export interface Branch {
  readonly begin: number;
  end: number;
  /** What it has, in order. */
  readonly parts: (Shown | Choice | Made)[];
  /** Undefined: what is shown where no other branch is, be it nothing. */
  readonly condition?: Condition;
  readonly parent?: Branch;
  /** The choice that it is one of. Undefined: it is the whole template. */
  readonly choice?: Choice;
  /** Whether it stands in the template: nobody writes the branch in which nothing is shown. */
  readonly written: boolean;
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
  /** Whether it is in something that is shown again and again. */
  readonly looped: boolean;
  /** Whether it is in something that is shown elsewhere. */
  readonly captured: boolean;
}

/** A variable gets a value. */
export interface Made {
  readonly made: string;
  /** Undefined: nobody knows which. */
  readonly value?: Operand;
  /** What filters make the value of. */
  readonly source?: Operand;
  /** Whether it is each item of that value, in a loop. */
  readonly looped: boolean;
}

export interface Condition {
  readonly text: string;
  readonly test: Test;
  /** What it must be for its branch. */
  readonly valid: boolean;
}

/** A template, and those of its choices that stand in no other. */
export interface Branches {
  readonly root: Branch;
  readonly choices: readonly Choice[];
  /** All but the whole, those that are written alone, in the order of their ends. */
  readonly written: readonly Branch[];
  /** The variables that it assigns, where all of them are seen. */
  readonly assigned: ReadonlySet<string>;
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
export function readBranches(template: string, { said }: LiquidText): Branches {
  const closed = closedBlocks(said);
  const reader = new Reader(template);
  for (const piece of said) {
    reader.read(piece, closed.has(piece));
  }
  return reader.finish();
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
  private readonly root: Branch = branchOf(0, true);
  private readonly open: Open[] = [];
  private readonly written: Branch[] = [];
  private readonly assigned = new Set<string>();
  private captures = 0;
  /** Whether there is a tag with other tags in it, which are not looked at. */
  private hasHidden = false;

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
    } else {
      this.make(piece);
    }
  }

  finish(): Branches {
    this.show(this.at, this.template.length, false);
    this.root.end = this.template.length;
    const { root, written, assigned, hasHidden } = this;
    return { root, choices: root.parts.filter((part): part is Choice => 'branches' in part), written, assigned: hasHidden ? new Set() : assigned };
  }

  private get branch(): Branch {
    return this.open[this.open.length - 1]?.branch ?? this.root;
  }

  private show(begin: number, end: number, printed: boolean): void {
    if (begin < end) {
      this.branch.parts.push({ begin, end, printed });
    }
  }

  private make(piece: LiquidPiece): void {
    const { name = '' } = piece;
    this.captures += name === 'capture' ? 1 : name === 'endcapture' && this.captures > 0 ? -1 : 0;
    this.hasHidden ||= name === 'liquid';
    if (name === 'assign' || name === 'capture') {
      const [, made = '', value] = /^["']?([\w-]+)["']?(?:\s*=\s*([^]*))?$/.exec(this.textOf(piece)) ?? [];
      this.assigned.add(made);
      this.branch.parts.push({ made, looped: false, ...valueOf(value) });
    }
  }

  private begin(piece: LiquidPiece): void {
    const { name = '', begin, end } = piece;
    const around = this.branch;
    const written = this.textOf(piece);
    if (LOOPS.has(name)) {
      const [, made = '', value] = /^([\w-]+)\s+in\s+(\S+)/.exec(written) ?? [];
      around.parts.push({ made, looped: true, ...valueOf(value) });
      this.open.push({ name, compared: '', branch: around, never: false });
      return;
    }
    const condition = name === 'case' ? undefined : { text: written, test: testOf(written), valid: name === 'if' };
    const looped = this.open.some((each) => each.choice === undefined) || this.open[this.open.length - 1]?.choice?.looped === true;
    const choice: Choice = { begin, end, branches: [], looped, captured: this.captures > 0 };
    this.open.push({ name, compared: written, choice, branch: branchOf(end, true, choice, around, condition), never: name === 'case' });
  }

  private next(inner: Open, choice: Choice, piece: LiquidPiece): void {
    const { name, begin, end } = piece;
    const { compared } = inner;
    const written = this.textOf(piece);
    const condition = name === 'else' ? undefined : name === 'when' ? { text: `${compared} when ${written}`, test: whenOf(compared, written), valid: true }
      : { text: written, test: testOf(written), valid: true };
    this.end(inner, choice, begin);
    inner.branch = branchOf(end, true, choice, inner.branch.parent, condition);
  }

  private close(inner: Open, { begin, end }: LiquidPiece): void {
    this.open.pop();
    if (inner.choice === undefined) {
      return;
    }
    const { branches } = inner.choice;
    this.end(inner, inner.choice, begin);
    if (branches.every(({ condition }) => condition !== undefined)) {
      branches.push(branchOf(begin, false, inner.choice, this.branch)); // nothing is shown
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
      this.written.push(inner.branch);
    }
    inner.never = false;
  }

  /** What stands in a tag behind its name. */
  private textOf({ begin, end }: LiquidPiece): string {
    return this.template.slice(begin, end).replace(/^\{%-?\s*\w+/, '').replace(/-?%\}$/, '').trim().replace(/\s+/g, ' ');
  }
}

function branchOf(begin: number, written: boolean, choice?: Choice, parent?: Branch, condition?: Condition): Branch {
  return {
    begin, end: begin, parts: [], written, ...choice ? { choice } : {}, ...parent ? { parent } : {}, ...condition ? { condition } : {},
    seen: false, unseen: 1,
  };
}

function valueOf(written = ''): { readonly value?: Operand; readonly source?: Operand } {
  const value = wholeOperand(written);
  const [, filtered = '', filters = ''] = /^([^|]+)\|([^]*)$/.exec(written) ?? [];
  const source = wholeOperand(filtered);
  return value !== undefined ? { value }
    : source === undefined ? {}
      : filters.trim() === 'size' && 'path' in source ? { value: { path: [...source.path, 'size'] } } : { source };
}
