import * as fc from 'fast-check';
import { clock, COLORS, NO_COLORS, Progress, PROGRESS_COLUMNS, PROGRESS_ROWS, renderProgress, storyLines, wrap } from '../../../src/local/demo/progress';

const progress: Progress = {
  elapsed: 65,
  now: 'Photographs are taken in, and workers label them.',
  drops: { dropped: 17, images: 13, duplicates: 1, quarantined: 3 },
  images: { labeled: 4, withWorkers: 4, waiting: 5, total: 16 },
  window: 4,
  jobs: [
    { name: 'demo-91bb293c-1', status: 'Failed', offered: 13, labeled: 9 },
    { name: 'demo-91bb293c-2', status: 'InProgress', offered: 4, labeled: 2 },
  ],
};

// eslint-disable-next-line no-control-regex
const withoutColors = (text: string): string => text.replace(/\u001b\[\d+m/g, '');

test('at 80 columns', () => {
  expect(renderProgress(progress, 80, NO_COLORS)).toEqual([
    '  Streaming labeling demo                                                 1:05',
    '',
    '  drops     17 files: 13 images, 1 duplicate, 3 in quarantine',
    `  images    ${'█'.repeat(15)}${'▓'.repeat(14)}${'▒'.repeat(18)}${'░'.repeat(11)} 4 of 16`,
    '            4 labeled, 4 of 4 with workers, 5 waiting',
    '  job       demo-91bb293c-1     Failed        ██████████░░░░   9 of 13 labeled',
    '  job       demo-91bb293c-2     InProgress    ███████░░░░░░░    2 of 4 labeled',
    '',
    '  now       Photographs are taken in, and workers label them.',
  ]);
  expect(renderProgress(progress, 80, NO_COLORS)).toHaveLength(PROGRESS_ROWS);
});

test('colours add nothing but colours', () => {
  expect(renderProgress(progress, 80, COLORS).map(withoutColors)).toEqual(renderProgress(progress, 80, NO_COLORS));
});

test('no line is wider than the terminal, and the bar is always whole', () => {
  const count = fc.nat(30_000);
  fc.assert(fc.property(
    fc.integer({ min: PROGRESS_COLUMNS, max: 200 }), count, count, count, fc.string({ maxLength: 200 }), fc.string({ maxLength: 80 }),
    (columns, labeled, withWorkers, waiting, now, name) => {
      const lines = renderProgress({
        ...progress, now, images: { labeled, withWorkers, waiting, total: labeled }, jobs: [{ name, status: 'Initializing', offered: waiting, labeled: 0 }],
      }, columns, NO_COLORS);
      lines.forEach((line) => expect([...line].length).toBeLessThanOrEqual(columns - 2));
      expect(lines[3]).toHaveLength(Math.min(columns, 100) - 2);
    },
  ));
});

test('stories are wrapped, and nothing of them is lost', () => {
  const lines = storyLines(3, 'drop', '3 more while no job runs: sky/hubble-deep-field.jpg, sky/rocket.jpg, garden/flower.jpg', 80, NO_COLORS);
  expect(lines).toEqual([
    ' 0:03  drop        3 more while no job runs: sky/hubble-deep-field.jpg,',
    '                   sky/rocket.jpg, garden/flower.jpg',
  ]);
  fc.assert(fc.property(fc.array(fc.stringMatching(/^[a-z]{1,9}$/), { minLength: 1 }), fc.integer({ min: 10, max: 90 }), (words, width) => {
    const wrapped = wrap(words.join(' '), width);
    expect(wrapped.join(' ')).toBe(words.join(' '));
    wrapped.forEach((line) => expect(line.length).toBeLessThanOrEqual(width));
  }));
});

test.each([[0, '0:00'], [9.9, '0:09'], [65, '1:05'], [3600, '60:00']])('%d seconds are %s', (seconds, text) => {
  expect(clock(seconds)).toBe(text);
});
