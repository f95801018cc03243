import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkOutput, clearOutput } from '../../../src/local/demo/data-set';
import { NO_COLORS } from '../../../src/local/demo/progress';
import { contents, demoScenario } from '../../../src/local/demo/scenario';
import { findings, lastLine, Outcome, summary } from '../../../src/local/demo/summary';
import { EMPTY_LEDGER, LedgerView } from '../../../src/local/ledger-view';

describe('the output folder', () => {
  let folder: string;
  beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'demo-output-')); });
  afterEach(() => rmSync(folder, { recursive: true }));

  test('is made, and what an earlier demo wrote is removed', () => {
    const output = join(folder, 'a', 'b');
    clearOutput(output);
    mkdirSync(join(output, 'data-set'));
    writeFileSync(join(output, 'data-set', 'output.manifest'), '');
    writeFileSync(join(output, 'report.html'), '');
    clearOutput(output);
    expect(existsSync(join(output, 'data-set'))).toBe(false);
    expect(existsSync(join(output, 'report.html'))).toBe(false);
  });

  test('is refused, and left as it is, when it holds anything else', () => {
    mkdirSync(join(folder, 'data-set'));
    writeFileSync(join(folder, 'thesis.txt'), '');
    expect(() => checkOutput(folder)).toThrow(/holds other files \(thesis\.txt\): name one that is empty/);
    expect(existsSync(join(folder, 'data-set'))).toBe(true);
    rmSync(join(folder, 'thesis.txt'));
    writeFileSync(join(folder, 'data-set', 'mine.txt'), '');
    expect(() => clearOutput(folder)).toThrow(/data-set.mine\.txt/);
    expect(existsSync(join(folder, 'data-set', 'mine.txt'))).toBe(true);
  });
});

const drop = (key: string, state: string, reason?: string) => ({ key, state, reason }) as unknown as LedgerView['drops'][number];
const job = (number: number, more: object) => ({ number, name: `demo-1-${number}`, offered: 2, labeled: 1, carried: 0, ...more }) as unknown as LedgerView['jobs'][number];
const outcome: Outcome = {
  tally: { dropped: 5, labeled: 2, lost: [], double: [], strange: [] },
  left: [],
  jobs: ['demo-1-1', 'demo-1-2'],
  ledger: {
    ...EMPTY_LEDGER,
    drops: [drop('a.jpg', 'DONE'), drop('b.jpg', 'DUPLICATE'), drop('odd/nothing.jpg', 'QUARANTINED', 'empty')],
    jobs: [job(1, { endStatus: 'Failed', phase: 'SETTLED' }), job(2, { status: 'InProgress', phase: 'CREATED', carried: 1 })],
  },
};
const places = { dataSet: 'demo-output/data-set', lines: 2, report: 'demo-output/report.html' };

test('the last line', () => {
  expect(lastLine(outcome)).toBe('demo: dropped=5 labeled=2 quarantined=1 duplicates=1 jobs=2 lost=0 double=0');
});

test('the summary', () => {
  expect(summary(outcome, places, 80, NO_COLORS)).toEqual([
    'The chain',
    '  demo-1-1  Failed      1 of 2 labeled',
    '  demo-1-2  InProgress  1 of 2 labeled, 1 carried over',
    '',
    'In quarantine',
    '  odd/nothing.jpg: empty',
    '    Nothing of the file arrived: upload it again, and drop no placeholders.',
    '',
    'Data set  demo-output/data-set (2 lines)',
    'Report    demo-output/report.html',
    '',
  ]);
});

test('the summary of a bad run says what went wrong, the worst first, and not all of a hundred', () => {
  const many = Array.from({ length: 100 }, (_, index) => ({ what: `${index}.jpg`, why: 'workers were paid for it 2 times' }));
  const bad: Outcome = { ...outcome, left: [{ what: 'c.jpg', why: 'it is left' }], tally: { ...outcome.tally, lost: [{ what: 'a.jpg', why: 'gone' }], double: many } };
  expect(findings(bad)[0]).toEqual({ kind: 'lost', what: 'a.jpg', why: 'gone' });
  expect(findings(bad).at(-1)).toEqual({ kind: 'left', what: 'c.jpg', why: 'it is left' });
  const text = summary(bad, places, 80, NO_COLORS).join('\n');
  expect(text).toContain('  lost: a.jpg: gone');
  expect(text).toContain('and 82 more: see the report');
});

test('the demo drops at least twelve photographs, odd files, one content twice, and three later', async () => {
  const { first, late } = await demoScenario();
  const files = [...first, ...late];
  expect(new Set(files.map(({ key }) => key)).size).toBe(files.length);
  expect(first.filter(({ key }) => !key.startsWith('odd/')).length).toBeGreaterThan(12);
  expect(late).toHaveLength(3);
  expect(files.map(({ reason }) => reason).filter(Boolean)).toEqual(['truncated', 'not-an-image', 'empty']);
  expect(contents(files)).toHaveLength(files.length - 1);
  expect(contents(files).filter(({ keys }) => keys.length === 2).map(({ keys }) => keys)).toEqual([['table/coffee.jpg', 'backup/Kopie von coffee.jpg']]);
  expect(files.some(({ key }) => key.includes(' ') && key.includes('ü'))).toBe(true);
  expect(files.find(({ key }) => key === 'odd/png by birth.jpg')?.bytes.subarray(1, 4).toString()).toBe('PNG');
});
