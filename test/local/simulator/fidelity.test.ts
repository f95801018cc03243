import { readFileSync } from 'fs';
import { join } from 'path';
import { defaultOptions } from '../../../src/local/simulator';

const FOLDER = join(__dirname, '../../../src/local/simulator');
const table = readFileSync(join(FOLDER, 'FIDELITY.md'), 'utf8');
const source = readFileSync(join(FOLDER, 'options.ts'), 'utf8');
const declared = [...source.slice(0, source.indexOf('/** The defaults. */')).matchAll(/^ {2}readonly (\w+)\??:/gm)].map(match => match[1]);

test('every option is in the fidelity table, and the table names no other', () => {
  const named = [...table.matchAll(/`(\w+)`/g)].map(match => match[1]).filter(name => declared.includes(name));
  expect(declared.filter(name => !named.includes(name))).toEqual([]);
  expect(declared).toEqual(expect.arrayContaining(Object.keys(defaultOptions())));
});

test('every option says what its default is and how it is founded', () => {
  for (const name of declared) {
    const end = source.indexOf(`  readonly ${name}`);
    const comment = source.slice(source.lastIndexOf('/**', end), end);
    expect([name, /Default|FailureReason/.test(comment), /Documented|Inferred|Unknown|Chosen/.test(comment)]).toEqual([name, true, true]);
  }
});
