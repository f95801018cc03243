import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { linkProblems } from '../support/documents';

const ROOT = join(__dirname, '..', '..');
const documents = ['README.md', ...readdirSync(join(ROOT, 'docs')).filter((name) => name.endsWith('.md')).map((name) => `docs/${name}`)];

test.each(documents)('every link of %s leads to a file, and to the test that it names', (document) => {
  expect(linkProblems(document, readFileSync(join(ROOT, document), 'utf8'))).toEqual([]);
});

test('the README leads to every page of the docs', () => {
  const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
  expect(documents.filter((document) => document !== 'README.md' && !readme.includes(`](${document}`))).toEqual([]);
});

test.each(documents)('every link of %s is named in words, and every command names a package that npx does not fetch', (document) => {
  const text = readFileSync(join(ROOT, document), 'utf8');
  expect(text.match(/\[[^\]]*(%[sjdo]|\$[a-z]\w*)[^\]]*\]\(/g) ?? []).toEqual([]);
  expect(text.match(/npx cdk-streaming-labeling.*/g) ?? []).toEqual([]);
});
