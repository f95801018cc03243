import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Defects of the seed that lost, doubled or blocked work: D1 to D30. */
const DEFECTS = 30;

test('each defect of the seed has one test, and a line that says what the seed did', () => {
  const found: number[] = [];
  for (const file of readdirSync(__dirname).filter((name) => name.endsWith('.test.ts'))) {
    const lines = readFileSync(join(__dirname, file), 'utf8').split('\n');
    lines.forEach((line, index) => {
      const number = /^\s*(?:test\()?'D(\d+): /.exec(line)?.[1];
      if (number !== undefined) {
        found.push(Number(number));
        expect([line, lines.slice(Math.max(0, index - 2), index).some((before) => /^\s*\/\/ .*\bseed\b/.test(before))]).toEqual([line, true]);
      }
    });
  }
  expect(found.sort((a, b) => a - b)).toEqual(Array.from({ length: DEFECTS }, (_, index) => index + 1));
});
