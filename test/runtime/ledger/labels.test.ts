import * as fc from 'fast-check';
import { ContentionError } from '../../../src/runtime/ledger/context';
import { recordFailure, recordLabel } from '../../../src/runtime/ledger/labels';
import { clearOutbox, readOutbox } from '../../../src/runtime/ledger/outbox';
import { NOBODY_IS_BLAMED, holdImages, returnImages } from '../../../src/runtime/ledger/returning';
import { IMAGES_ARE_BLAMED, MemoryLedger } from '../../support/memory-ledger';

async function sent(): Promise<{ ledger: MemoryLedger; ref: string }> {
  const ledger = new MemoryLedger();
  const ref = await ledger.pending('a.jpg');
  await ledger.addJob(1);
  await ledger.addJob(2);
  await ledger.send(1, ref);
  return { ledger, ref };
}
const label = (ledger: MemoryLedger, sourceRef: string, job: number) => recordLabel(ledger, { sourceRef, job, instructions: 'v1', line: { 'source-ref': sourceRef, 'label': job } });
const jobItem = (ledger: MemoryLedger, number: number) => ledger.table.get({ pk: 'JOB', sk: String(number).padStart(9, '0') });
const count = (ledger: MemoryLedger, name: string) => [...ledger.table.items()].filter((item) => item.sk.startsWith('COUNT#')).reduce((sum, item) => sum + Number(item[name] ?? 0), 0);

describe('a label is accepted in every state', () => {
  const quarantine = async (ledger: MemoryLedger, ref: string): Promise<void> => {
    for (let i = 1; i <= 3; i += 1) {
      await recordFailure(ledger, ref, 1, 'bad');
      await returnImages(ledger, 1, [await ledger.image(ref)], IMAGES_ARE_BLAMED);
      if (i < 3) {
        await ledger.send(1, ref);
      }
    }
  };
  test.each<[string, (ledger: MemoryLedger, ref: string) => Promise<unknown>]>([
    ['SENT', async () => undefined],
    ['SENT, and reported as failed', (ledger, ref) => recordFailure(ledger, ref, 1, 'expired')],
    ['HELD', async (ledger, ref) => holdImages(ledger, 1, [await ledger.image(ref)])],
    ['PENDING', async (ledger, ref) => returnImages(ledger, 1, [await ledger.image(ref)], NOBODY_IS_BLAMED)],
    ['QUARANTINED', quarantine],
    ['SENT to the next job', async (ledger, ref) => {
      await returnImages(ledger, 1, [await ledger.image(ref)], NOBODY_IS_BLAMED);
      await ledger.send(2, ref);
    }],
  ])('%s', async (_state, prepare) => {
    const { ledger, ref } = await sent();
    await prepare(ledger, ref);
    expect(await label(ledger, ref, 1)).toBe('recorded');
    const image = await ledger.image(ref);
    expect(image).toMatchObject({ state: 'LABELED', labelJob: 1 });
    expect(image).not.toHaveProperty('failure');
    expect(image).not.toHaveProperty('reason');
    expect(await jobItem(ledger, 1)).toMatchObject({ labeled: 1, open: 0 });
    expect(await jobItem(ledger, 2)).toMatchObject({ labeled: 0, open: 0 });
    expect(await readOutbox(ledger, 10)).toMatchObject([{ sourceRef: ref, job: 1, line: JSON.stringify({ 'source-ref': ref, 'drop-key': 'a.jpg', 'label': 1, 'instructions-version': 'v1' }) }]);
    ledger.expectConservation();
  });
});

test('once is enough: the same label is known', async () => {
  const { ledger, ref } = await sent();
  expect(await Promise.all([label(ledger, ref, 1), label(ledger, ref, 1), label(ledger, ref, 1)])).toEqual(expect.arrayContaining(['recorded', 'known', 'known']));
  expect(await label(ledger, ref, 1)).toBe('known');
  expect(await jobItem(ledger, 1)).toMatchObject({ labeled: 1, open: 0 });
  ledger.expectConservation();
});

test('a newer job\'s label stands, and both are kept', async () => {
  const { ledger, ref } = await sent();
  await label(ledger, ref, 1);
  expect(await label(ledger, ref, 2)).toBe('double');
  expect(await ledger.image(ref)).toMatchObject({ state: 'LABELED', labelJob: 2 });
  expect((await readOutbox(ledger, 10)).map((entry) => entry.job)).toEqual([1, 2]);
  expect(count(ledger, 'double')).toBe(1);
  ledger.expectConservation();
});

test('an older job\'s label, reported late, is kept and does not stand', async () => {
  const { ledger, ref } = await sent();
  await label(ledger, ref, 2);
  await clearOutbox(ledger, await readOutbox(ledger, 10));
  expect(await label(ledger, ref, 1)).toBe('double');
  expect(await label(ledger, ref, 1)).toBe('known');
  expect(await ledger.image(ref)).toMatchObject({ state: 'LABELED', labelJob: 2 });
  expect(await readOutbox(ledger, 10)).toEqual([]);
  expect(ledger.events(`IMAGE#${ref}`)).toContain('older-label-kept');
  ledger.expectConservation();
});

describe('with several workers, a job may report an image at each answer', () => {
  const answer = (ledger: MemoryLedger, sourceRef: string, number: number, job = 1) => recordLabel(ledger, {
    sourceRef, job, instructions: 'v1', line: { 'source-ref': sourceRef, 'label': number }, createdAt: `2026-01-05T08:00:0${number}.000000`,
  });
  const standing = async (ledger: MemoryLedger): Promise<number[]> =>
    (await readOutbox(ledger, 10)).map(({ line }) => (JSON.parse(line) as { label: number }).label);

  test('the latest line stands, in whatever order they come, and nothing is counted twice', async () => {
    const { ledger, ref } = await sent();
    expect([await answer(ledger, ref, 2), await answer(ledger, ref, 1), await answer(ledger, ref, 3), await answer(ledger, ref, 3)])
      .toEqual(['recorded', 'known', 'replaced', 'known']);
    expect(await standing(ledger)).toEqual([3]);
    expect(await jobItem(ledger, 1)).toMatchObject({ labeled: 1, open: 0 });
    expect([count(ledger, 'outbox'), count(ledger, 'double')]).toEqual([1, 0]);
    ledger.expectConservation();
  });

  test('it goes to the data set again where the former line is there already, and also if that is just being written', async () => {
    const { ledger, ref } = await sent();
    await answer(ledger, ref, 1);
    const published = await readOutbox(ledger, 10);
    await answer(ledger, ref, 2);
    await clearOutbox(ledger, published);
    expect(await standing(ledger)).toEqual([2]);
    await clearOutbox(ledger, await readOutbox(ledger, 10));
    await answer(ledger, ref, 3);
    expect(await standing(ledger)).toEqual([3]);
    expect(count(ledger, 'outbox')).toBe(1);
    ledger.expectConservation();
  });

  test('of an older job it is kept, and does not stand', async () => {
    const { ledger, ref } = await sent();
    await answer(ledger, ref, 1);
    await answer(ledger, ref, 1, 2);
    await clearOutbox(ledger, await readOutbox(ledger, 10));
    expect(await answer(ledger, ref, 4)).toBe('replaced');
    expect(await standing(ledger)).toEqual([]);
    ledger.expectConservation();
  });
});

test('an image that nobody dropped is unknown', async () => {
  const { ledger } = await sent();
  expect(await label(ledger, 's3://input/images/none.png', 1)).toBe('unknown-image');
  expect(await recordFailure(ledger, 's3://input/images/none.png', 1, 'x')).toBe(false);
});

test('an image that keeps changing is left to a later try', async () => {
  const { ledger, ref } = await sent();
  ledger.table.write = async () => ({ done: false, failed: [] });
  await expect(label(ledger, ref, 1)).rejects.toThrow(ContentionError);
  await expect(recordFailure(ledger, ref, 1, 'x')).rejects.toThrow(ContentionError);
});

describe('failure evidence', () => {
  test('is kept once, for the job that has the image', async () => {
    const { ledger, ref } = await sent();
    expect(await recordFailure(ledger, ref, 2, 'not its job')).toBe(false);
    expect(await recordFailure(ledger, ref, 1, 'expired')).toBe(true);
    expect(await recordFailure(ledger, ref, 1, 'again')).toBe(false);
    expect(await ledger.image(ref)).toMatchObject({ state: 'SENT', failure: { job: 1, reason: 'expired' }, failures: 0 });
    await label(ledger, ref, 1);
    expect(await recordFailure(ledger, ref, 1, 'late')).toBe(false);
    ledger.expectConservation();
  });
});

describe('the outbox', () => {
  test('gives the oldest jobs\' labels first and forgets what is in the data set', async () => {
    const ledger = new MemoryLedger();
    await ledger.addJob(2);
    await ledger.addJob(10);
    const refs = await Promise.all([...Array(200).keys()].map((i) => ledger.pending(`${i}.jpg`)));
    await Promise.all(refs.map((ref, i) => label(ledger, ref, i % 2 === 0 ? 10 : 2)));
    const first = await readOutbox(ledger, 120);
    expect(first.map((entry) => entry.job)).toEqual([...Array<number>(100).fill(2), ...Array<number>(20).fill(10)]);
    await clearOutbox(ledger, first);
    expect(count(ledger, 'outbox')).toBe(80);
    await clearOutbox(ledger, [...first.slice(100), ...await readOutbox(ledger, 3)]);
    expect(count(ledger, 'outbox')).toBe(77);
    ledger.expectConservation();
  });

  test('says so if a label is missing that it names', async () => {
    const { ledger, ref } = await sent();
    await label(ledger, ref, 1);
    await ledger.table.write([{ remove: { pk: `IMAGE#${ref}`, sk: 'LABEL#000000001' } }]);
    await expect(readOutbox(ledger, 10)).rejects.toThrow(/no label of job 1/);
  });
});

test('in whatever order labels and failures come, the newest job\'s label stands and the counters are exact', async () => {
  const step = fc.record({ do: fc.constantFrom('label', 'label', 'fail', 'return', 'send'), job: fc.constantFrom(1, 2, 3), fault: fc.constantFrom('ok' as const, 'ok' as const, 'throw-before' as const, 'throw-after' as const) });
  await fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
    const ledger = new MemoryLedger();
    const ref = await ledger.pending('a.jpg');
    for (const number of [1, 2, 3]) {
      await ledger.addJob(number);
    }
    for (const { do: what, job, fault } of steps) {
      ledger.table.options = { faults: ({ method }) => method === 'write' ? fault : 'ok' };
      const image = await ledger.image(ref);
      const work = {
        label: () => label(ledger, ref, job), fail: () => recordFailure(ledger, ref, job, 'x'),
        return: async () => image.state === 'SENT' ? returnImages(ledger, image.job!, [image], IMAGES_ARE_BLAMED) : undefined,
        send: async () => image.state === 'PENDING' ? ledger.send(job, ref) : undefined,
      };
      await Promise.resolve(work[what as keyof typeof work]()).catch(() => undefined);
      ledger.table.options = {};
      ledger.expectConservation();
      const labels = [...ledger.table.items()].filter((item) => item.sk.startsWith('LABEL#')).map((item) => Number(item.job));
      expect((await ledger.image(ref)).labelJob).toBe(labels.length === 0 ? undefined : Math.max(...labels));
    }
  }), { numRuns: 200 });
});
