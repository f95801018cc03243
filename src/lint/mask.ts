import { LiquidText } from './liquid';

/** Stands for what Liquid will print: no author writes it. */
export const PRINTED = '\uE000';

/**
 * The template as an HTML parser may read it, character by character in its place: what Liquid prints is `PRINTED`, its tags and
 * comments are blanks. Where branches exclude each other there is a variant with the first and one with the last of them, so that
 * an element may be opened in each branch.
 */
export function htmlVariants(template: string, text: LiquidText): string[] {
  const base = [...splitUnits(template)];
  const blank = (begin: number, end: number, units = base): void => {
    for (let at = begin; at < end; at += 1) {
      units[at] = units[at] === '\n' ? '\n' : ' ';
    }
  };
  for (const { kind, begin, end } of text.pieces) {
    if (kind === 'output') {
      base.fill(PRINTED, begin, end);
    } else {
      blank(begin, end);
    }
  }
  text.silent.forEach(({ begin, end }) => blank(begin, end));
  const { choices, never } = choicesOf(text);
  never.forEach(({ begin, end }) => blank(begin, end));
  const variants = (['first', 'last'] as const).map((kept) => {
    const units = [...base];
    for (const branches of choices) {
      const keep = kept === 'first' ? 0 : branches.length - 1;
      branches.forEach(({ begin, end }, index) => {
        if (index !== keep) {
          blank(begin, end, units);
        }
      });
    }
    return units.join('');
  });
  return [...new Set(variants)];
}

/** UTF-16 units, as offsets count them. */
function splitUnits(text: string): string[] {
  return text.split('');
}

interface Branch {
  readonly begin: number;
  readonly end: number;
}

const CHOICES = new Set(['if', 'unless', 'case']);
const NEXT = new Set(['else', 'elsif', 'when']);

interface Choices {
  /** The branches of each `if`, `unless` and `case` that has several. */
  readonly choices: readonly (readonly Branch[])[];
  /** What stands between a `case` and its first `when`. */
  readonly never: readonly Branch[];
}

function choicesOf({ pieces }: LiquidText): Choices {
  const choices: Branch[][] = [];
  const never: Branch[] = [];
  const open: { readonly name: string; readonly branches: Branch[]; begin: number; inCase: boolean }[] = [];
  for (const { name = '', begin, end } of pieces) {
    const inner = open[open.length - 1];
    const closes = inner !== undefined && name === `end${inner.name}`;
    if (CHOICES.has(name) || name === 'for') {
      open.push({ name, branches: [], begin: end, inCase: name === 'case' });
    } else if (closes || (inner && NEXT.has(name) && inner.name !== 'for')) {
      (inner.inCase ? never : inner.branches).push({ begin: inner.begin, end: begin });
      inner.begin = end;
      inner.inCase = false;
    }
    if (closes) {
      open.pop();
      if (inner.branches.length > 1) {
        choices.push(inner.branches);
      }
    }
  }
  return { choices, never };
}
