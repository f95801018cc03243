import { BenchTable, BenchTarget } from './bench-table';

/** Columns of the narrowest terminal that the table is made for. */
export const WIDTH = 80;

const GAP = '  ';

/** The machine that was measured on. */
export interface Machine {
  readonly processor: string;
  readonly processors: number;
  /** Unit: megabytes. */
  readonly memory: number;
  readonly system: string;
  readonly node: string;
}

export interface BenchReport {
  /** ISO time. */
  readonly at: string;
  readonly machine: Machine;
  readonly quick: boolean;
  readonly tables: readonly BenchTable[];
}

/** The whole as one table of at most 80 columns: a section for each benchmark, its targets below its figures. */
export function renderReport({ machine, quick, tables }: BenchReport): string {
  const { processor, processors, memory, system, node } = machine;
  const place = `${processor}, ${processors} processors, ${Math.round(memory / 1024)} GB, ${system}, Node.js ${node}`;
  const targets = tables.flatMap((table) => table.targets);
  return [
    ...wrap(`Measured on: ${place}${quick ? '; a quick run: take the figures as a hint' : ''}`),
    ...tables.flatMap((table) => ['', ...renderTable(table)]),
    '',
    '='.repeat(WIDTH),
    ...wrap(`targets: ${countTargets(targets)}`),
  ].join('\n');
}

/** What a program reads: everything, with a count of the targets. */
export function reportJson(report: BenchReport): string {
  const targets = report.tables.flatMap((table) => table.targets);
  const counts = { met: count(targets, true), notMet: count(targets, false), notJudged: count(targets, undefined) };
  return `${JSON.stringify({ schema: 1, ...report, targets: counts }, undefined, 2)}\n`;
}

function count(targets: readonly BenchTarget[], met: boolean | undefined): number {
  return targets.filter((target) => target.met === met).length;
}

function countTargets(targets: readonly BenchTarget[]): string {
  const parts = [`${count(targets, true)} met`, `${count(targets, false)} NOT met`];
  const notJudged = count(targets, undefined);
  return [...parts, ...(notJudged > 0 ? [`${notJudged} not judged`] : [])].join(', ');
}

function renderTable({ title, columns, rows, targets, notes }: BenchTable): string[] {
  return [
    '='.repeat(WIDTH),
    ...wrap(title),
    '-'.repeat(WIDTH),
    ...grid([columns, ...rows.map((row) => row.map(String))]),
    '',
    ...grid([['target', 'wanted', 'measured', ''], ...targets.map((target) => [target.name, target.wanted, target.measured, verdict(target)])]),
    '',
    ...notes.flatMap((note) => wrap(`- ${note}`, '  ')),
  ];
}

function verdict({ met }: BenchTarget): string {
  return met === undefined ? 'not judged' : met ? 'met' : 'NOT met';
}

/** Numbers to the right, words to the left. What is too wide is cut in its widest column. */
function grid(rows: readonly (readonly string[])[]): string[] {
  const columns = rows[0].map((_, at) => rows.map((row) => row[at]));
  const widths = columns.map((cells) => Math.max(...cells.map((cell) => cell.length)));
  while (sum(widths) + GAP.length * (widths.length - 1) > WIDTH && Math.max(...widths) > 1) {
    widths[widths.indexOf(Math.max(...widths))] -= 1;
  }
  const isNumeric = columns.map(([, ...cells]) => cells.length > 0 && cells.every((cell) => /^[\d.,]+( %)?$/.test(cell)));
  return rows.map((row) => row
    .map((cell, at) => {
      const shown = cell.length > widths[at] ? `${cell.slice(0, widths[at] - 1)}…` : cell;
      return isNumeric[at] ? shown.padStart(widths[at]) : shown.padEnd(widths[at]);
    })
    .join(GAP).trimEnd());
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function wrap(text: string, indent = ''): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ').flatMap((one) => chunks(one, WIDTH - indent.length))) {
    if (line !== '' && line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = indent + word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}

/** A word that is longer than a line, such as a path, is broken. */
function chunks(word: string, size: number): string[] {
  return word.length <= size ? [word] : [word.slice(0, size), ...chunks(word.slice(size), size)];
}
