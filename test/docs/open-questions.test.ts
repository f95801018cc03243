import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { OPEN_QUESTIONS, QUESTIONS_NOT_ASKED } from '../../src/local/simulator';
import { linkProblems, tableRows, testsNamed } from '../support/documents';

const DOCUMENT = 'docs/open-questions.md';
const rows = tableRows(DOCUMENT);

test('each open question has its row, as it is asked, with what we do, why, and a test; no row asks another', () => {
  const said = rows.filter((cells) => cells.length === 5).map(([id, question]) => [id, question]);
  expect(said).toEqual(OPEN_QUESTIONS.map(({ id, question }) => [`\`${id}\``, question]));
  for (const [id, , does, why, named] of rows.filter((cells) => cells.length === 5)) {
    expect([id, does.length > 10, why.length > 10, testsNamed(named) > 0]).toEqual([id, true, true, true]);
  }
  expect(rows.filter((cells) => cells.length === 2)).toEqual(QUESTIONS_NOT_ASKED.map(({ question, because }) => [question, because]));
});

test('every link leads to a file, and every test that is named is in it', () => {
  expect(linkProblems(DOCUMENT, readFileSync(join(__dirname, '..', '..', DOCUMENT), 'utf8'))).toEqual([]);
});
