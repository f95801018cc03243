import { renderReport } from './report';
import { sweepLargeInbox } from './scale/large-inbox';
import { STEPS, callsOfSome } from './scale/one-image';
import { scaleTable } from './scale/scale';

test('one image more costs as many calls in a larger project, in the adapters that ship', async () => {
  const [small, large] = [await callsOfSome(10), await callsOfSome(2_000)];
  expect(large.calls).toEqual(small.calls);
  for (const step of STEPS) {
    expect(Object.keys(small.calls[step])).toContain('dynamodb.GetItem');
  }
  expect(small.calls.feed).toMatchObject({ 'sns.PublishBatch': small.added });
  expect(small.calls.intake).toMatchObject({ 's3.PutObject': small.added, 'lambda.Invoke': small.added });
});

test('a sweep takes several steps for a large bucket, finds what was lost, and reads little the second time', async () => {
  const { first, second, lost } = await sweepLargeInbox(260_000);
  expect(first).toMatchObject({ pages: 260, queued: lost, dropsRead: 260_000 });
  expect(first.steps).toBeGreaterThan(1);
  expect(second).toMatchObject({ pages: 260, queued: 0 });
  expect(second.dropsRead).toBeLessThan(first.dropsRead / 2);
}, 60_000);

describe('the table', () => {
  const calls = (images: number, feed = 100) => ({
    images,
    added: 10,
    calls: { intake: { 'dynamodb.GetItem': 90 }, feed: { 'dynamodb.Query': feed }, record: { 'events.PutEvents': 10 }, tick: { 'dynamodb.GetItem': 30 } },
  });
  const sweep = { steps: 4, pages: 1_000, longestSeconds: 8.2, seconds: 30, dropsRead: 1_000_000, queued: 100 };
  const result = (objects: number) => ({ objects, lost: 100, first: sweep, second: { ...sweep, dropsRead: 9, queued: 0 }, peak: 130 });

  test('judges a full run', () => {
    const met = (...given: Parameters<typeof scaleTable>) => scaleTable(...given).targets.map((target) => target.met);
    expect(met([calls(1_000), calls(1_000_000)], result(1_000_000))).toEqual([true, true, true, true]);
    expect(met([calls(1_000), calls(1_000_000, 101)], { ...result(1_000_000), peak: 2_000 })).toEqual([false, true, true, false]);
    expect(met([calls(1_000), calls(20_000)], result(20_000))).toEqual([undefined, undefined, undefined, undefined]);
  });

  test('is not cut', () => {
    const machine = { processor: 'A processor', processors: 2, memory: 4096, system: 'linux 6', node: '20.20.2' };
    const table = scaleTable([calls(1_000), calls(20_000), calls(1_000_000)], result(1_000_000));
    expect(renderReport({ at: '2026-01-05T08:00:00.000Z', machine, quick: false, tables: [table] })).not.toContain('…');
  });
});
