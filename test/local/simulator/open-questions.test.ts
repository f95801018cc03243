import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { OPEN_QUESTIONS, SimulatorOptions, completeOptions } from '../../../src/local/simulator';

const source = readFileSync(join(__dirname, '../../../src/local/simulator/options.ts'), 'utf8');

/** Options whose comment says `Unknown`: `[name, comment]`. */
const unknown = [...source.slice(0, source.indexOf('/** The defaults. */')).matchAll(/\/\*\*((?:(?!\*\/)[^])*)\*\/\s+readonly (\w+)\??:/g)]
  .filter(([, comment]) => /Unknown/.test(comment)).map(([, , name]) => name);

/** What only sets how long something takes, or is of no consequence: any value will do. */
const NOT_QUESTIONS = ['initializingTime', 'stoppingTime', 'linesForUnknownMessages'];

test('every unknown option of the simulator is an open question', () => {
  const asked = new Set(OPEN_QUESTIONS.flatMap(({ answers }) => answers.flatMap(({ options }) => Object.keys(options))));
  expect(unknown.length).toBeGreaterThan(25);
  expect(unknown.filter((name) => !asked.has(name))).toEqual(NOT_QUESTIONS);
});

test.each(OPEN_QUESTIONS)('$id: the first answer is the default, and all differ', ({ answers }) => {
  const names = [...new Set(answers.flatMap(({ options }) => Object.keys(options)))] as (keyof SimulatorOptions)[];
  const values = answers.map(({ options }) => {
    const complete = completeOptions(options);
    return JSON.stringify(names.map((name) => complete[name]));
  });
  const defaults = completeOptions();
  expect(values[0]).toBe(JSON.stringify(names.map((name) => defaults[name])));
  expect(new Set(values).size).toBe(values.length);
});

test('ids are unique', () => {
  expect(new Set(OPEN_QUESTIONS.map(({ id }) => id)).size).toBe(OPEN_QUESTIONS.length);
});
