import { Filter, Liquid, Template, TokenKind, Tokenizer, TopLevelToken, Variable } from 'liquidjs';
import { Findings, Positions, listed, nearest, within } from './text';

const STANDARD_FILTERS = ('abs append at_least at_most capitalize ceil compact concat date default divided_by downcase escape escape_once first floor '
  + 'join last lstrip map minus modulo newline_to_br plus prepend remove remove_first remove_last replace replace_first replace_last reverse round '
  + 'rstrip size slice sort sort_natural split strip strip_html strip_newlines sum times truncate truncatewords uniq upcase url_decode url_encode '
  + 'where').split(' ');

/** What Ground Truth adds to Liquid's own (Developer Guide, adding automation with Liquid). */
export const GROUND_TRUTH_FILTERS = ['grant_read_access', 'skip_autoescape', 'to_json'];

const FILTERS = new Set([...STANDARD_FILTERS, ...GROUND_TRUTH_FILTERS]);

/** Tags that read other files: a worker template is one file. */
export const FILE_TAGS = new Set(['include', 'render', 'layout', 'block']);

/** A piece of Liquid in the text. Offsets count from 0; `end` is behind it. */
export interface LiquidPiece {
  readonly kind: 'output' | 'tag';
  /** Name of a tag. */
  readonly name?: string;
  readonly begin: number;
  readonly end: number;
}

/** What is Liquid in a template and what is not. */
export interface LiquidText {
  readonly pieces: readonly LiquidPiece[];
  /** Those of them that are in no comment. */
  readonly said: readonly LiquidPiece[];
  /** Parts in which Liquid is text: between `raw` and `endraw`. */
  readonly raw: readonly Part[];
}

interface Part {
  readonly begin: number;
  readonly end: number;
}

/** With no file to read: whatever a template names, the lint looks at nothing but its text. */
function engine(): Liquid {
  return new Liquid({ strictFilters: false, strictVariables: false, templates: {} });
}

/** Takes a template apart. Undefined where its Liquid ends in the middle; that is then among the findings. */
export function readLiquid(template: string, findings: Findings): LiquidText | undefined {
  let pieces: readonly LiquidPiece[];
  try {
    pieces = piecesOf(template);
  } catch (error) {
    findings.error('liquid-syntax', offsetOf(error), `${reasonOf(error)}; close each {{ with }} and each {% with %}, or write &#123;&#123; where workers are to see braces`);
    return undefined;
  }
  const deep = tooDeep(template, pieces);
  if (deep !== undefined) {
    findings.error('liquid-syntax', deep.begin, `${TOO_DEEP}; take some of them apart`);
    return undefined;
  }
  const isSilent = within(partsOf('comment', pieces));
  const said = pieces.filter(({ begin }) => !isSilent(begin));
  for (const { name, begin, end } of said) {
    const before = name === 'endraw' ? /^\s*(?=\{%-)/.exec(template.slice(begin, end)) : null;
    if (before !== null) {
      findings.warning('liquid-syntax', begin + before[0].length, 'not every Liquid sees the end of {% raw %} in {%- endraw; write {% endraw %}');
    }
  }
  return { pieces, said, raw: partsOf('raw', said) };
}

const ENDRAW = /(?<!\s)(\s*)\{%(-?)(\s*)endraw(\s*)(-?)%\}/g;

/**
 * The same template, character for character, as liquidjs reads it: it finds the end of a `raw` in no `{%- endraw`, which takes the white
 * space before it away, and in no `endraw-%}`.
 */
export function asRead(template: string): string {
  return template.replace(ENDRAW, (_, before: string, opening: string, ...rest: string[]) => {
    const [inner, behind, closing] = rest;
    const blank = opening === '' ? inner + behind : `${before} ${inner}${behind}`;
    return `${opening === '' ? before : ''}{%endraw${blank}${blank === '' && closing !== '' ? ' ' : closing}%}`;
  });
}

const DEPTH_MAX = 100;
export const TOO_DEEP = `more than ${DEPTH_MAX} blocks of Liquid stand within each other here`;

/** Where blocks begin to stand too deep in others. Whoever reads or makes a page goes as deep as they do, and no stack is endless. */
export function tooDeep(template: string, pieces: readonly LiquidPiece[]): LiquidPiece | undefined {
  let depth = 0;
  return pieces.find(({ name = '', begin, end }) => {
    const lines = name === 'liquid' ? template.slice(begin, end).split('\n').filter((line) => BLOCK.test(line)).length : 0;
    depth = Math.max(0, depth + (BLOCK.test(name) ? 1 : /^end[a-z]/.test(name) ? -1 : 0));
    return depth + lines > DEPTH_MAX;
  });
}

const BLOCK = /^(\{%-?\s*liquid)?\s*(if|unless|case|for|tablerow|capture|block|comment|raw)\b/;

/** @throws where a piece does not end */
export function piecesOf(template: string): readonly LiquidPiece[] {
  const tokens: TopLevelToken[] = new Tokenizer(asRead(template)).readTopLevelTokens();
  return tokens.flatMap((token): LiquidPiece[] => {
    const { kind } = token;
    return kind === TokenKind.Output || kind === TokenKind.Tag
      ? [{ kind: kind === TokenKind.Output ? 'output' : 'tag', begin: token.begin, end: token.end, ...kind === TokenKind.Tag ? { name: (token as unknown as { name: string }).name } : {} }]
      : [];
  });
}

/** What stands in the blocks of a name. */
function partsOf(block: string, pieces: readonly LiquidPiece[]): Part[] {
  const found: Part[] = [];
  let begin: number | undefined;
  for (const piece of pieces) {
    if (piece.name === block && begin === undefined) {
      begin = piece.end;
    } else if (piece.name === `end${block}` && begin !== undefined) {
      found.push({ begin, end: piece.begin });
      begin = undefined;
    }
  }
  return found;
}

/** Checks tags, filters and variables. */
export function checkLiquid(template: string, text: LiquidText, inputs: readonly string[] | undefined, findings: Findings): void {
  const wrong = text.said.filter((piece) => !checkPiece(template, piece, findings));
  if (wrong.some(({ kind }) => kind === 'tag')) {
    return; // the parser would look for the files
  }
  let filters: readonly Filter[];
  let globals: readonly Variable[];
  try {
    filters = filtersOf(engine().parse(asRead(template)));
    globals = Object.values(engine().parseAndAnalyzeSync(asRead(template)).globals).flat();
  } catch (error) {
    const offset = offsetOf(error);
    if (!wrong.some(({ begin, end }) => offset >= begin && offset < end)) {
      findings.error('liquid-syntax', offset, `${reasonOf(error)}; ${remedyOf(error, template, text)}`);
    }
    return;
  }
  filters.forEach((filter) => checkFilter(filter, findings));
  const lines = new Positions(template);
  globals.map((use) => ({ use, offset: lines.offset(use.location.row, use.location.col) }))
    .filter(({ offset }) => !isWord(template, offset) && !wrong.some(({ begin, end }) => offset >= begin && offset < end))
    .forEach(({ use, offset }) => checkVariable(use, offset, inputs, findings));
}

const WORD_MAX = 100;

/** Whether what looks like a variable is a word of its tag: where a loop goes on, or a name for what a `cycle` counts. */
function isWord(template: string, offset: number): boolean {
  const before = template.slice(Math.max(0, offset - WORD_MAX), offset);
  const behind = template.slice(offset, offset + WORD_MAX);
  return /\boffset\s*:\s*$/.test(before) && /^continue\b(?!\s*[.[])/.test(behind) || /\bcycle\s+$/.test(before) && /^[\w.-]+\s*:/.test(behind);
}

/** Answers whether nothing is wrong with it. */
function checkPiece(template: string, { kind, name, begin, end }: LiquidPiece, findings: Findings): boolean {
  if (name !== undefined && FILE_TAGS.has(name)) {
    findings.error('unknown-tag', begin, `{% ${name} %} reads another file, and a worker template is one file; write its content here`);
    return false;
  }
  if (kind !== 'output') {
    return true;
  }
  const written = template.slice(begin, end);
  const content = written.slice(2, -2).replace(/^-|-$/g, '');
  const [value, ...filters] = content.replace(/"[^"]*"|'[^']*'/g, (text) => '_'.repeat(text.length)).split('|');
  if (value.trim() === '') {
    findings.error('liquid-syntax', begin, `${written} names no value; write a variable, such as {{ task.input.taskObject | grant_read_access }}, or take it out`);
    return false;
  }
  if (/[^\s.[]\s+[^\s.\]]/.test(value.trim())) {
    findings.error('liquid-syntax', begin, `'${content.slice(0, value.length).trim()}' is more than one value, of which Liquid takes the first and drops the rest; put a | before a filter`);
    return false;
  }
  if (filters.some((filter) => filter.trim() === '')) {
    findings.error('liquid-syntax', begin, `${written} has a | without a filter behind it; name a filter or take the | out`);
    return false;
  }
  return true;
}

/** All filters, wherever they stand in tags and outputs. Without recursion: a template may be nested as deep as it is long. */
function filtersOf(templates: readonly Template[]): Filter[] {
  const found: Filter[] = [];
  const seen = new Set<unknown>();
  const waiting: unknown[] = [templates];
  while (waiting.length > 0) {
    const value = waiting.pop();
    if (typeof value !== 'object' || value === null || seen.has(value) || value instanceof Liquid) {
      continue;
    }
    seen.add(value);
    if (value instanceof Filter) {
      found.push(value);
    }
    waiting.push(...Object.values(value));
  }
  return found;
}

function checkFilter(filter: Filter, findings: Findings): void {
  if (filter.name === '' || FILTERS.has(filter.name)) {
    return; // an empty name was found before
  }
  const { begin } = (filter as unknown as { readonly token: { readonly begin: number } }).token;
  const meant = nearest(filter.name, FILTERS);
  findings.error('unknown-filter', begin, `Ground Truth knows no filter '${filter.name}'; ${meant === undefined
    ? `besides the standard ones of Liquid there are ${listed([...GROUND_TRUTH_FILTERS].sort())}`
    : `write '${meant}'`}`);
}

function checkVariable(use: Variable, offset: number, inputs: readonly string[] | undefined, findings: Findings): void {
  const [root, second, third] = use.segments;
  const known = inputs === undefined ? 'what your own function answers as taskInput, below task.input' : listed(inputs.map((name) => `task.input.${name}`));
  if (root !== 'task' || (second !== undefined && second !== 'input')) {
    findings.error('unknown-variable', offset, `there is no variable '${String(use)}'; a worker template has ${known}, and what it assigns itself`);
  } else if (inputs !== undefined && typeof third === 'string' && !inputs.includes(third)) {
    const meant = nearest(third, inputs);
    findings.error('unknown-variable', offset, `there is no variable '${String(use)}'; ${meant === undefined ? `a worker template of this task has ${known}` : `write 'task.input.${meant}'`}`);
  }
}

interface LiquidErrorLike {
  readonly message: string;
  readonly token?: { readonly begin: number };
}

function offsetOf(error: unknown): number {
  return (error as LiquidErrorLike).token?.begin ?? 0;
}

/** What other languages write, and Liquid writes otherwise. */
const FOREIGN: readonly (readonly [RegExp, string])[] = [
  [/^tag "(elif|elseif|elsf)" not found/, 'write {% elsif ... %}'],
  [/^unexpected "if\b/, 'write {% elsif ... %} instead of {% else if ... %}'],
  [/^invalid value expression: "!/, 'write {% unless ... %} instead of {% if !... %}'],
];
const FOREIGN_OPERATORS: readonly (readonly [RegExp, string])[] = [
  [/&&?/, 'and'], [/\|\|/, 'or'], [/!==/, '!='], [/===/, '=='], [/(?<![=!<>])=(?!=)/, '=='],
];

function remedyOf(error: unknown, template: string, { said }: LiquidText): string {
  const reason = reasonOf(error);
  const offset = offsetOf(error);
  const meant = FOREIGN.find(([pattern]) => pattern.test(reason))?.[1];
  const piece = said.find(({ name, begin, end }) => CONDITIONS.has(name ?? '') && offset > begin && offset < end);
  const condition = piece === undefined ? '' : template.slice(piece.begin, piece.end).replace(/"[^"]*"|'[^']*'/g, '');
  const [written, word] = FOREIGN_OPERATORS.map(([pattern, each]) => [pattern.exec(condition)?.[0], each])
    .find(([each]) => each !== undefined) ?? [];
  return meant ?? (written === undefined ? 'see https://shopify.github.io/liquid for what a tag must look like' : `write ${word} instead of ${written}`);
}

const CONDITIONS = new Set(['if', 'elsif', 'unless', 'when']);

function reasonOf(error: unknown): string {
  return (error as LiquidErrorLike).message.replace(/, (file:.*)?line:\d+, col:\d+.*$/s, '').replace(/\s+/g, ' ').slice(0, 200);
}
