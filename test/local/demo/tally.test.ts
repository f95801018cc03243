import * as fc from 'fast-check';
import { CheckedLine, DroppedContent, PaidAnswer, tally } from '../../../src/local/demo/tally';

const content = (sha256: string, keys = [`${sha256}.jpg`], good = true): DroppedContent => ({ sha256, keys, good });
const paid = (sha256?: string, pixelHash = `pixels of ${sha256}`): PaidAnswer => ({ pixelHash, sha256 });
const line = (sha256?: string, differences: string[] = []): CheckedLine => ({ sourceRef: `s3://input/images/${sha256}`, sha256, differences });

test('everything is as it should be', () => {
  const dropped = [content('a'), content('b', ['b.jpg', 'copy of b.jpg']), content('bad', ['bad.jpg'], false)];
  expect(tally(dropped, [paid('b'), paid('a')], [line('a'), line('b')]))
    .toEqual({ dropped: 4, labeled: 2, lost: [], double: [], strange: [] });
});

test.each([
  ['no worker was ever shown it', [], []],
  ['a worker labeled it, and the data set does not have it', [paid('a')], []],
  ['it has a label, but no worker ever saw its picture', [], [line('a')]],
  ['its line in the data set belongs to another picture: size 2x1 instead of 1x2', [paid('a')], [line('a', ['size 2x1 instead of 1x2'])]],
])('lost: %s', (why, answers, lines) => {
  const counted = tally([content('a', ['x/a.jpg', 'y/a.jpg'])], answers, lines);
  expect(counted.lost).toEqual([{ what: 'x/a.jpg = y/a.jpg', why }]);
  expect(counted.labeled).toBe(0);
});

test('each answer beyond the first for one content is double, also when the pixels differ', () => {
  const counted = tally([content('a')], [paid('a', '1'), paid('a', '2'), paid('a', '1')], [line('a')]);
  expect(counted.double).toHaveLength(2);
  expect(counted.double[0].why).toContain('3 times');
  expect(counted.lost).toEqual([]);
});

test('answers and lines for what nobody dropped, or what is no image, are strange', () => {
  const dropped = [content('a'), content('bad', ['bad.jpg'], false)];
  const counted = tally(dropped, [paid('a'), paid(undefined, 'x'), paid(undefined, 'x'), paid('bad')], [line('a'), line('a'), line(undefined), line('bad')]);
  expect(counted.strange.map(({ why }) => why)).toEqual([
    'a worker was shown a picture that nobody dropped', 'a worker was shown a picture that nobody dropped',
    'a worker was shown a picture that nobody dropped',
    'the data set has a second line for the same content',
    'the data set has a line for something that nobody dropped', 'the data set has a line for something that nobody dropped',
  ]);
  expect(counted.double).toHaveLength(1);
});

test('every good content is labeled or lost, and answers beyond one for each are double', () => {
  const name = fc.constantFrom('a', 'b', 'c', 'd');
  fc.assert(fc.property(fc.uniqueArray(name), fc.array(name), fc.array(name), (goods, answers, lines) => {
    const counted = tally(goods.map((good) => content(good)), answers.map((answer) => paid(answer)), lines.map((one) => line(one)));
    expect(counted.labeled + counted.lost.length).toBe(goods.length);
    expect(counted.labeled).toBe(goods.filter((good) => answers.includes(good) && lines.includes(good)).length);
    expect(counted.double).toHaveLength(answers.length - new Set(answers).size);
  }));
});
