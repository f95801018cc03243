/** What a condition of Liquid says, taken apart as far as it can be compared with others. */

export type Literal = string | number | boolean | null;

/** A value as it is written: the steps of a name, such as `task`, `input`, `labels`, `0`, or what it is itself. */
export type Operand = { readonly literal: Literal } | { readonly path: readonly string[] };

export type Test = Atom | Joined;

/** Liquid reads them from the right. */
export interface Joined {
  readonly operator: 'and' | 'or';
  readonly first: Atom;
  readonly rest: Test;
}

export interface Atom {
  /** `true`: it is neither nil nor false; `other`: it is compared with something that is no literal, or cannot be taken apart. */
  readonly operator: 'true' | 'is' | 'above' | 'below' | 'has' | 'other';
  readonly operand: Operand;
  readonly literal: Literal;
  /** Of `other`: what is compared, and with what. */
  readonly with?: { readonly sign: string; readonly operand: Operand };
  /** Whether that has to be so, or must not. */
  readonly valid: boolean;
}

const TOKEN = /"[^"]*"|'[^']*'|[=!<>]=?|(?:[^\s=!<>"'[\],]|\[[^\]]*\])+/g;

export function testOf(condition: string): Test {
  const tokens = condition.match(TOKEN) ?? [];
  const joints = tokens.flatMap((token, index) => (token === 'and' || token === 'or' ? [index] : []));
  const atoms = [-1, ...joints].map((begin, index) => atomOf(tokens.slice(begin + 1, joints[index])));
  return joined(atoms, (index) => tokens[joints[index]] as Joined['operator']);
}

/** Whether what a `case` compares is one of the values of a `when`. */
export function whenOf(compared: string, values: string): Test {
  const tokens = (values.match(TOKEN) ?? []).filter((token) => token !== 'or');
  const atoms = tokens.map((token) => compare(operandOf(compared), '==', operandOf(token)));
  return joined(atoms.length > 0 ? atoms : [atomOf([])], () => 'or');
}

/** Undefined: it is more than one name or literal. */
export function wholeOperand(written: string): Operand | undefined {
  const tokens = written.match(TOKEN) ?? [];
  return tokens.length === 1 && tokens[0] === written.trim() ? operandOf(tokens[0]) : undefined;
}

/** Whether it is about nothing but what comes into a page, which is the same all over it. */
export function isOfInput(test: Test): boolean {
  return 'rest' in test ? isOfInput(test.first) && isOfInput(test.rest)
    : [test.operand, ...test.with ? [test.with.operand] : []].every((operand) => 'literal' in operand || operand.path[0] === 'task');
}

function joined(atoms: readonly Atom[], operatorAt: (index: number) => Joined['operator']): Test {
  let test: Test = atoms[atoms.length - 1];
  for (let index = atoms.length - 2; index >= 0; index -= 1) {
    test = { operator: operatorAt(index), first: atoms[index], rest: test };
  }
  return test;
}

function atomOf(tokens: readonly string[]): Atom {
  const [left, sign, right] = tokens;
  if (tokens.length === 1) {
    return { operator: 'true', operand: operandOf(left), literal: null, valid: true };
  }
  return tokens.length === 3 && /^([=!<>]=?|contains)$/.test(sign) ? compare(operandOf(left), sign, operandOf(right))
    : { operator: 'other', operand: { path: [tokens.join(' ')] }, literal: null, valid: true };
}

/** What the same says with its sides exchanged. */
const SWAPPED: { readonly [sign: string]: string } = { '<': '>', '>': '<', '<=': '>=', '>=': '<=' };

/** Of two that exclude each other one is the other that does not hold: what is no number is nowhere else in order. */
const SIGNS: { readonly [sign: string]: readonly [Atom['operator'], boolean] } = {
  '==': ['is', true], '!=': ['is', false], '>': ['above', true], '<=': ['above', false], '<': ['below', true], '>=': ['below', false], 'contains': ['has', true],
};

function compare(left: Operand, sign: string, right: Operand): Atom {
  if ('literal' in left && !('literal' in right) && sign !== 'contains') {
    return compare(right, SWAPPED[sign] ?? sign, left);
  }
  const [operator, valid] = SIGNS[sign] ?? ['other', true];
  const word = operator === 'is' && 'path' in left && 'path' in right && right.path.length === 1 ? right.path[0] : '';
  if (word === 'empty' && 'path' in left) {
    return { operator, operand: { path: [...left.path, 'size'] }, literal: 0, valid };
  }
  if (word === 'blank') {
    return { operator: 'true', operand: left, literal: null, valid: !valid };
  }
  if ('literal' in right && (operator === 'is' || operator === 'has' || typeof right.literal === 'number')) {
    return { operator, operand: left, literal: right.literal, valid };
  }
  // `a < b` is `b > a`
  const [operand, other] = operator === 'below' ? [right, left] : [left, right];
  return { operator: 'other', operand, literal: null, with: { sign: operator === 'below' ? 'above' : operator, operand: other }, valid };
}

const WORDS: { readonly [word: string]: Literal } = { true: true, false: false, nil: null, null: null };

function operandOf(token: string): Operand {
  if (/^["']/.test(token)) {
    return { literal: token.slice(1, -1) };
  }
  if (/^-?\d+(\.\d+)?$/.test(token)) {
    return { literal: Number(token) };
  }
  return Object.hasOwn(WORDS, token) ? { literal: WORDS[token] }
    : { path: (token.match(/\[[^\]]*\]|[^.[]+/g) ?? [token]).map((step) => /^\[\s*["']?(.*?)["']?\s*\]$/.exec(step)?.[1] ?? step) };
}
