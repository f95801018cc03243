import * as fc from 'fast-check';
import { BenchTable, percentile } from './bench-table';
import { coreTable } from './core/core';
import { amountsOf } from './core/manifest';
import { latencyTable } from './latency/latency';
import { BenchReport, renderReport, reportJson, WIDTH } from './report';

const MACHINE = { processor: 'A processor', processors: 2, memory: 4096, system: 'linux 6', node: '20.20.2' };

const TABLE: BenchTable = {
  title: 'Something',
  columns: ['work', 'images/s', 'share'],
  rows: [['crop', 9.5, '7 %'], ['fit', 12.25, '10 %']],
  targets: [
    { name: 'crop', wanted: '>= 2', measured: '2.5', met: true },
    { name: 'fit', wanted: '>= 2', measured: '1.9', met: false },
    { name: 'memory', wanted: '< 300 MB', measured: '20 MB', met: undefined },
  ],
  notes: ['How it was measured.'],
  figures: [{ work: 'crop', ratio: 2.5 }],
};

const report = (change: Partial<BenchReport> = {}): BenchReport => ({ at: '2026-01-05T08:00:00.000Z', machine: MACHINE, quick: false, tables: [TABLE], ...change });

test('figures stand below their heads, numbers to the right, and each target says whether it is met', () => {
  const lines = renderReport(report()).split('\n');
  expect(lines).toEqual(expect.arrayContaining([
    'Something',
    'work  images/s  share',
    'crop       9.5    7 %',
    'fit      12.25   10 %',
    'crop    >= 2      2.5       met',
    'fit     >= 2      1.9       NOT met',
    'memory  < 300 MB  20 MB     not judged',
    '- How it was measured.',
  ]));
  expect(lines.at(-1)).toBe('targets: 1 met, 1 NOT met, 1 not judged');
});

test('a quick run says so', () => {
  expect(renderReport(report())).not.toContain('quick');
  expect(renderReport(report({ quick: true }))).toContain('quick');
});

test('whatever was measured, no line is longer than 80 columns', () => {
  const word = fc.oneof({ weight: 9, arbitrary: fc.string({ maxLength: 12 }) }, fc.string({ maxLength: 200 }));
  const text = fc.array(word, { maxLength: 30, size: 'max' }).map((words) => words.join(' ').replace(/\s/g, ' '));
  const tables = fc.integer({ min: 1, max: 11 }).chain((columns) => fc.record({
    title: text,
    columns: fc.array(text, { minLength: columns, maxLength: columns }),
    rows: fc.array(fc.array(fc.oneof(text, fc.double()), { minLength: columns, maxLength: columns })),
    targets: fc.array(fc.record({ name: text, wanted: text, measured: text, met: fc.option(fc.boolean(), { nil: undefined }) })),
    notes: fc.array(text, { minLength: 1 }),
    figures: fc.constant([]),
  }));
  fc.assert(fc.property(fc.array(tables), text, (all, processor) => {
    const rendered = renderReport(report({ tables: all, machine: { ...MACHINE, processor } }));
    expect(Math.max(...rendered.split('\n').map((line) => line.length))).toBeLessThanOrEqual(WIDTH);
  }));
});

test('nothing is cut from the tables of the core and of the latency', () => {
  const steps = ['harvest the output manifest', 'publish the data set', "write the next job's manifest"]
    .map((name) => ({ name, lines: 1_000_000, wall: 11.1, processor: 12.2 }));
  const core = coreTable(amountsOf(1_000_000), { steps, awaited: 4_999, chained: 809_583, peak: 299.5 }, 744_192_448);
  const latency = latencyTable([{ dropped: 0, received: 20, claimed: 900, published: 99_999 }]);
  expect(renderReport(report({ tables: [core, latency] }))).not.toContain('…');
});

test('the core is judged by the time of all steps and by the peak, in a full run only', () => {
  const run = { steps: [{ name: 'a', lines: 10, wall: 20, processor: 1 }, { name: 'b', lines: 10, wall: 11, processor: 1 }], awaited: 1, chained: 1, peak: 299 };
  expect(coreTable(amountsOf(1_000_000), run, 1).targets.map(({ met }) => met)).toEqual([false, true]);
  expect(coreTable(amountsOf(100_000), run, 1).targets.map(({ met }) => met)).toEqual([undefined, undefined]);
});

test('latency is judged by the way from the drop to the subscriber', () => {
  const passages = Array.from({ length: 40 }, (_, at) => ({ dropped: 0, received: 10, claimed: 20, published: at < 3 ? 11_000 : 1_000 }));
  expect(latencyTable(passages).targets).toEqual([
    { name: 'drop to topic: p50', wanted: '<= 3 s', measured: '1.00 s', met: true },
    { name: 'drop to topic: p95', wanted: '<= 10 s', measured: '11.00 s', met: false },
  ]);
});

test('a percentile is a value that was measured', () => {
  expect(percentile([3, 1, 2], 0.5)).toBe(2);
  expect(percentile([7], 0.95)).toBe(7);
  expect(percentile(Array.from({ length: 40 }, (_, at) => at + 1), 0.95)).toBe(38);
});

test('programs get everything, and the count of the targets', () => {
  expect(JSON.parse(reportJson(report()))).toEqual({
    schema: 1, ...report(), targets: { met: 1, notMet: 1, notJudged: 1 },
    tables: [{ ...TABLE, targets: [...TABLE.targets.slice(0, 2), { name: 'memory', wanted: '< 300 MB', measured: '20 MB' }] }],
  });
});
