import { Atom, Literal, Operand, Test } from './conditions';
import { Bound, ITEM, Known, ListSize, Node, inputOf, isFalsy, nodeAt } from './model';
import { PageInput } from '../contract/template-lint';

/** What the branches that were taken say of the values that they were taken for: what else can hold, and with what input all of it does. */
export class Facts {
  private readonly root: Node = { children: new Map() };
  private readonly others = new Map<string, boolean>();
  private readonly variables = new Map<string, Operand>();
  /** Of what the unknown is made. */
  private readonly filtered = new Map<string, readonly string[]>();
  private unknown = 0;
  private exact = false;

  /** @param assigned the variables that the template makes itself: until then they are nil */
  constructor(assigned: Iterable<string>) {
    for (const name of assigned) {
      this.variables.set(name, { literal: null });
    }
  }

  /** From here on what is not above a number need not be one: else two that exclude each other are two of two. */
  beExact(): void {
    this.exact = true;
  }

  /** `value` undefined: something that nobody knows, but perhaps what filters make it of. */
  assign(name: string, value: Operand | undefined, source?: Operand): void {
    this.unknown += 1;
    const from = source && this.resolved(source);
    const unknown = `${name}#${this.unknown}`;
    this.variables.set(name, value === undefined ? { path: [unknown] } : this.resolved(value));
    if (from !== undefined && 'path' in from) {
      this.filtered.set(unknown, from.path);
    }
  }

  /** A variable that is each item of a list. */
  loop(name: string, over: Operand | undefined): void {
    const list = over && this.resolved(over);
    const path = list && 'path' in list ? [...list.path, ITEM] : undefined;
    this.assign(name, undefined);
    this.assign('forloop', undefined);
    if (path !== undefined) {
      this.variables.set(name, { path });
      nodeAt(this.root, path); // the page to be made has items, if it may
    }
  }

  /** Undefined: it may, or may not. */
  holds(test: Test): boolean | undefined {
    if (!('rest' in test)) {
      const holds = this.atomHolds(test);
      return holds === undefined ? undefined : holds === test.valid;
    }
    const decisive = test.operator === 'or';
    const first = this.holds(test.first);
    const rest = first === decisive ? undefined : this.holds(test.rest);
    return first === decisive || rest === decisive ? decisive : first === undefined || rest === undefined ? undefined : !decisive;
  }

  /** Of what may hold, or may not. Where one of several things is enough, it is the first that can be. */
  assume(test: Test, truth: boolean): void {
    if (!('rest' in test)) {
      if (this.atomHolds(test) === undefined) {
        this.assumeAtom(test, truth === test.valid);
      }
      return;
    }
    const both = truth === (test.operator === 'and');
    const first = this.holds(test.first);
    if (both || first === undefined || first === truth) {
      this.assume(test.first, truth);
    }
    if (both || first === !truth) {
      this.assume(test.rest, truth);
    }
  }

  /** What there is below `task.input` where all of it is so, if filters leave that as it is: most do with what they would make. */
  input(base: PageInput, size: number): { readonly input: PageInput; readonly isAnySize: boolean } {
    for (const [unknown, path] of [...this.filtered].reverse()) {
      const made = this.root.children.get(unknown)?.known;
      const source = made && nodeAt(this.root, path);
      if (source !== undefined && source.known === undefined) {
        source.known = made;
        this.exists(path);
      }
    }
    const sizes: ListSize = { size, isUsed: false };
    const input = inputOf(this.root.children.get('task')?.children.get('input') ?? { children: new Map() }, base, sizes);
    return { input: input as PageInput, isAnySize: sizes.isUsed };
  }

  private resolved(operand: Operand): Operand {
    const value = 'path' in operand ? this.variables.get(operand.path[0]) : undefined;
    if (value === undefined || !('path' in operand) || operand.path.length > 1 && !('path' in value)) {
      return operand;
    }
    return 'path' in value ? { path: [...value.path, ...operand.path.slice(1)] } : value;
  }

  private atomHolds(atom: Atom): boolean | undefined {
    if (atom.operator === 'other') {
      return this.others.get(this.otherOf(atom));
    }
    const operand = this.resolved(atom.operand);
    if ('literal' in operand) {
      return satisfies(operand.literal, atom);
    }
    let node: Node | undefined = this.root;
    for (const step of operand.path) {
      if (node?.known !== undefined && isFalsy(node.known)) {
        return satisfies(null, atom);
      }
      node = node?.children.get(step);
    }
    return node?.known === undefined ? undefined : answer(node.known, atom);
  }

  private assumeAtom(atom: Atom, truth: boolean): void {
    if (atom.operator === 'other') {
      this.others.set(this.otherOf(atom), truth);
      return;
    }
    const operand = this.resolved(atom.operand);
    if ('path' in operand) {
      const node = nodeAt(this.root, operand.path);
      node.known ??= { not: new Set(), has: new Map(), ...isCount(operand.path) ? { low: { value: 0, strict: false } } : {} };
      learn(node.known, atom, truth, isCount(operand.path));
      // what is in order is a number, even if it is so because it is not above another
      const isOrder = atom.operator === 'above' || atom.operator === 'below';
      const isInOrder = isOrder && (truth === atom.valid || !this.exact && truth);
      node.known.isNumber ||= isInOrder || isOrder && (!this.exact || isCount(operand.path));
      if (isInOrder || truth && atom.operator !== 'is' && !isOrder) {
        node.known.truthy ??= true;
      }
      if (isInOrder || truth && !isOrder && !(atom.operator === 'is' && atom.literal === null)) {
        this.exists(operand.path);
      }
    }
  }

  /** What has something in it is something. */
  private exists(path: readonly string[]): void {
    for (let length = 1; length < path.length; length += 1) {
      const node = nodeAt(this.root, path.slice(0, length));
      node.known ??= { not: new Set(), has: new Map() };
      node.known.truthy ??= true;
    }
  }

  private otherOf({ operand, with: other }: Atom): string {
    return JSON.stringify([this.resolved(operand), other?.sign, other && this.resolved(other.operand)]);
  }
}

const isCount = (path: readonly string[]): boolean => path[path.length - 1] === 'size';

/** What is no number is neither above another nor not above it, if that is what is asked for. */
function satisfies(value: Literal, { operator, literal, valid }: Atom): boolean {
  switch (operator) {
    case 'is':
      return value === literal;
    case 'above':
      return typeof value === 'number' ? value > (literal as number) : !valid;
    case 'below':
      return typeof value === 'number' ? value < (literal as number) : !valid;
    case 'has':
      return typeof value === 'string' && value.includes(String(literal));
    default:
      return value !== null && value !== false;
  }
}

function answer(known: Known, atom: Atom): boolean | undefined {
  const { is, not, truthy, low, high, has } = known;
  const { operator, literal } = atom;
  if (is !== undefined || truthy === false && (operator === 'above' || operator === 'below')) {
    return satisfies(is?.value ?? null, atom);
  }
  switch (operator) {
    case 'is':
      return isExcluded(known, literal) || not.has(literal) ? false : undefined;
    case 'above':
      return ordered(known, atom, high && high.value <= (literal as number) ? false : isBeyond(low, literal as number, 1));
    case 'below':
      return ordered(known, atom, low && low.value >= (literal as number) ? false : isBeyond(high, literal as number, -1));
    case 'has':
      return truthy === false ? false : has.get(literal);
    default:
      return truthy;
  }
}

/** What is so of a number. Of what may be none, no comparison holds for certain. */
function ordered({ isNumber }: Known, { valid }: Atom, holds: boolean | undefined): boolean | undefined {
  return isNumber === true || holds !== valid ? holds : undefined;
}

function isExcluded({ truthy, low, high, isNumber }: Known, literal: Literal): boolean {
  const isNothing = literal === null || literal === false;
  if (truthy !== undefined && truthy === isNothing) {
    return true;
  }
  if (low === undefined && high === undefined) {
    return false;
  }
  const below = low !== undefined && (literal as number < low.value || low.strict && literal === low.value);
  const above = high !== undefined && (literal as number > high.value || high.strict && literal === high.value);
  return typeof literal === 'number' ? below || above : isNumber === true;
}

/** Whether all that a bound leaves is beyond a number. Undefined: perhaps. */
function isBeyond(bound: Bound | undefined, number: number, direction: 1 | -1): true | undefined {
  const by = bound === undefined ? -1 : (bound.value - number) * direction;
  return by > 0 || by === 0 && bound!.strict ? true : undefined;
}

function learn(known: Known, { operator, literal }: Atom, truth: boolean, isCounted: boolean): void {
  switch (operator) {
    case 'is':
      if (truth) {
        known.is = { value: literal };
      } else {
        known.not.add(literal);
      }
      break;
    case 'above':
    case 'below':
      narrow(known, operator === 'above' === truth ? 'low' : 'high', literal as number, truth);
      break;
    case 'has':
      known.has.set(literal, truth);
      break;
    default:
      known.truthy = truth;
  }
  if (isCounted) {
    count(known);
  }
}

function narrow(known: Known, side: 'low' | 'high', value: number, strict: boolean): void {
  const earlier = known[side];
  const isNarrower = earlier === undefined || (side === 'low' ? value > earlier.value : value < earlier.value);
  known[side] = isNarrower ? { value, strict } : { ...earlier, strict: earlier.strict || strict && earlier.value === value };
}

/** Between two counts next to each other is none. */
function count(known: Known): void {
  const { low, high, not } = known;
  let least = low === undefined ? 0 : low.strict ? Math.floor(low.value) + 1 : Math.ceil(low.value);
  while (not.has(least)) {
    least += 1;
  }
  const most = high === undefined ? Infinity : high.strict ? Math.ceil(high.value) - 1 : Math.floor(high.value);
  known.low = { value: least, strict: false };
  if (high !== undefined) {
    known.high = { value: most, strict: false };
  }
  if (least === most) {
    known.is ??= { value: least };
  }
}
