import { Literal } from './conditions';

/** What is known of one value. */
export interface Known {
  /** Undefined: not which. */
  is?: { readonly value: Literal };
  readonly not: Set<Literal>;
  truthy?: boolean;
  /** Whether it is a number, as nothing else is above or below another. */
  isNumber?: boolean;
  /** What is above or below may be equal too, unless it is strict. */
  low?: Bound;
  high?: Bound;
  readonly has: Map<Literal, boolean>;
}

export interface Bound {
  readonly value: number;
  readonly strict: boolean;
}

/** The steps of each item of a list. */
export const ITEM = '*';

/** A value, what is known of it, and what is in it. */
export interface Node {
  known?: Known;
  readonly children: Map<string, Node>;
}

/** How many items a list has where nothing says how many. */
export interface ListSize {
  readonly size: number;
  isUsed: boolean;
}

export function nodeAt(root: Node, path: readonly string[]): Node {
  let node = root;
  for (const step of path) {
    let next = node.children.get(step);
    if (next === undefined) {
      node.children.set(step, next = { children: new Map() });
    }
    node = next;
  }
  return node;
}

export const isFalsy = ({ is, truthy }: Known): boolean => truthy === false || is?.value === null || is?.value === false;

const SIZE_MAX = 100;
const NOTHING_KNOWN: Known = { not: new Set(), has: new Map() };
const INDEX = /^\d{1,2}$/;

/** A value of which all that is known is so. What nothing is known of is as `base` has it. */
export function inputOf({ known, children }: Node, base: unknown, sizes: ListSize): unknown {
  if (children.size === 0 || known?.is !== undefined || known?.truthy === false) {
    return known === undefined ? base : valueOf(known, base);
  }
  const indices = [...children.keys()].filter((step) => INDEX.test(step)).map(Number);
  const isSized = ['size', 'first', 'last'].some((step) => children.has(step)) || indices.length > 0;
  if (!isSized && !children.has(ITEM)) {
    const given = typeof base === 'object' && base !== null ? base as Record<string, unknown> : {};
    return { ...given, ...Object.fromEntries([...children].map(([step, node]) => [step, inputOf(node, given[step], sizes)])) };
  }
  if (!isSized && Array.isArray(base)) {
    return withItems(base, known);
  }
  const said = children.get('size')?.known;
  const size = said === undefined ? undefined : valueOf(said, undefined);
  sizes.isUsed ||= typeof size !== 'number' && children.has(ITEM);
  const wanted = typeof size === 'number' ? size : Math.max(Array.isArray(base) ? base.length : sizes.size, ...indices.map((index) => index + 1));
  // labels are texts: there is none before one that is nothing
  const missing = Array.isArray(base) ? indices.filter((index) => isFalsy(children.get(String(index))!.known ?? NOTHING_KNOWN)) : [];
  const length = Math.max(0, Math.min(SIZE_MAX, Math.ceil(wanted), ...missing));
  const items = Array.from({ length }, (_, index) => {
    const ends = index === 0 ? children.get('first') : index === length - 1 ? children.get('last') : undefined;
    const node = children.get(String(index)) ?? ends ?? children.get(ITEM);
    const item = Array.isArray(base) ? base[index] as unknown : undefined;
    const isNothing = node?.known !== undefined && isFalsy(node.known);
    return isNothing ? node?.known?.is?.value === null ? null : false : (node && inputOf(node, item, sizes)) ?? item ?? `item ${index}`;
  });
  return typeof size === 'number' ? items : withItems(items, known);
}

/** A list that has some things and others not. */
function withItems(items: readonly unknown[], known: Known | undefined): readonly unknown[] {
  const has = [...known?.has ?? []];
  const more = has.filter(([literal, truth]) => truth && !items.includes(literal)).map(([literal]) => literal);
  return [...items.filter((item) => !has.some(([literal, truth]) => !truth && literal === item)), ...more];
}

function valueOf(known: Known, base: unknown): unknown {
  const { is, not, truthy, low, high, has } = known;
  if (is !== undefined) {
    return is.value ?? undefined;
  }
  if (truthy === false) {
    return not.has(null) ? false : undefined;
  }
  const isNowhere = known.isNumber !== true && low !== undefined && high !== undefined && high.value <= low.value;
  if ((low !== undefined || high !== undefined) && !isNowhere) {
    return numberIn(low, high, not);
  }
  if (Array.isArray(base)) {
    return withItems(base, known);
  }
  const parts = [...has].filter(([, truth]) => truth).map(([literal]) => String(literal));
  if (parts.length === 0 && base !== undefined && base !== null && base !== '' && !not.has(base as Literal)) {
    return base;
  }
  if (truthy === undefined && !not.has(null)) {
    return undefined;
  }
  let text = parts.join(' ') || 'something';
  while (not.has(text)) {
    text += ' else';
  }
  return text;
}

function numberIn(low: Known['low'], high: Known['high'], not: ReadonlySet<Literal>): number {
  const step = low === undefined ? -1 : 1;
  let number = low === undefined ? Math.floor(high!.value) - (high!.strict && Number.isInteger(high!.value) ? 1 : 0)
    : low.strict ? Math.floor(low.value) + 1 : Math.ceil(low.value);
  while (not.has(number)) {
    number += step;
  }
  return low !== undefined && high !== undefined && number > high.value ? (low.value + high.value) / 2 : number;
}
