import { printable } from '../contract/printable';

/** Text for a terminal. Everything is laid out for 80 columns, or for as many as the terminal has. */
export const COLUMNS_DEFAULT = 80;
const COLUMNS_MIN = 60;
const COLUMNS_MAX = 120;

export function columnsOf(stream: { readonly columns?: number }): number {
  return Math.min(COLUMNS_MAX, Math.max(COLUMNS_MIN, stream.columns ?? COLUMNS_DEFAULT));
}

/** Folds text at spaces; a word that is longer than a line is cut. */
export function fold(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of printable(text).split(' ').filter((part) => part !== '')) {
    let rest = word;
    if (line !== '' && line.length + 1 + rest.length > columns) {
      lines.push(line);
      line = '';
    }
    while (rest.length > columns) {
      lines.push(rest.slice(0, columns));
      rest = rest.slice(columns);
    }
    line = line === '' ? rest : `${line} ${rest}`;
  }
  return line === '' && lines.length > 0 ? lines : [...lines, line];
}

/** `name  text`, the text folded beside the name. */
export function field(name: string, text: string, columns: number, width = 12, indent = 2): string[] {
  const head = `${' '.repeat(indent)}${name.padEnd(width)}`;
  const [first, ...rest] = fold(text, columns - head.length);
  return [`${head}${first}`.trimEnd(), ...rest.map((line) => ' '.repeat(head.length) + line)];
}

/** A paragraph under a hanging indent. */
export function hanging(text: string, columns: number, first = '', rest = ' '.repeat(first.length)): string[] {
  return fold(text, columns - rest.length).map((line, index) => (index === 0 ? first : rest) + line);
}

export interface Column {
  readonly title: string;
  readonly right?: boolean;
}

/** Columns as wide as their widest cell. The first gives way where all are too wide, from its front: ends of names tell more. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[], width: number, indent = 2): string[] {
  const all = [columns.map(({ title }) => title), ...rows.map((row) => row.map(printable))];
  const widths = columns.map((_column, index) => Math.max(...all.map((row) => row[index].length)));
  const excess = indent + widths.reduce((sum, one) => sum + one, 0) + 2 * (columns.length - 1) - width;
  widths[0] = Math.max(8, widths[0] - Math.max(0, excess));
  const cell = (text: string, index: number): string => {
    const cut = text.length > widths[index] ? `…${text.slice(text.length - widths[index] + 1)}` : text;
    return columns[index].right ? cut.padStart(widths[index]) : cut.padEnd(widths[index]);
  };
  return all.map((row) => `${' '.repeat(indent)}${row.map(cell).join('  ')}`.trimEnd());
}

/** `2026-01-05 08:00:12`, in UTC. */
export function time(at: number | string): string {
  return new Date(at).toISOString().slice(0, 19).replace('T', ' ');
}

export function count(number: number, one: string, many = `${one}s`): string {
  return `${number.toLocaleString('en-US')} ${number === 1 ? one : many}`;
}
