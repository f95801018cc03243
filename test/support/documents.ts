import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const ROOT = join(__dirname, '..', '..');

/** The rows of all tables of a document, as cells of markdown, without heads. */
export function tableRows(document: string): string[][] {
  const lines = readFileSync(join(ROOT, document), 'utf8').split('\n');
  return lines.filter((line, index) => line.startsWith('|') && !/^\|[\s:|-]+\|$/.test(line) && !/^\|[\s:|-]+\|$/.test(lines[index + 1] ?? ''))
    .map((line) => line.slice(1, -1).split(/(?<!\\)\|/).map((cell) => cell.trim()));
}

/**
 * What is wrong with the links of a piece of a document: each must lead to a file, and one to a test must be the name of a test
 * (or of a group of tests) in it.
 */
export function linkProblems(document: string, markdown: string): string[] {
  return [...markdown.matchAll(/\[((?:[^\]\\]|\\.)+)\]\(([^)]+)\)/g)].flatMap(([, text, target]) => {
    if (/^https?:/.test(target)) {
      return [];
    }
    const path = join(ROOT, dirname(document), target.replace(/#.*$/, ''));
    if (!existsSync(path)) {
      return [`${document} leads to ${target}, which does not exist`];
    }
    const name = text.replaceAll('\\', '');
    // as it is written in the source: with its quotes escaped
    return !target.endsWith('.test.ts') || readFileSync(path, 'utf8').replaceAll("\\'", "'").includes(name)
      ? [] : [`${document} names the test '${name}', which is not in ${target}`];
  });
}

/** Links to tests in a piece of a document. */
export function testsNamed(markdown: string): number {
  return [...markdown.matchAll(/\]\([^)]+\.test\.ts\)/g)].length;
}
