import { recordFailure, recordLabel } from '../../../src/runtime/ledger/labels';
import { FAILURES_MAX, NOBODY_IS_BLAMED, OFFERS_MAX, holdImages, returnImages } from '../../../src/runtime/ledger/returning';
import { IMAGES_ARE_BLAMED, MemoryLedger } from '../../support/memory-ledger';

async function ledgerWith(count: number): Promise<{ ledger: MemoryLedger; refs: string[] }> {
  const ledger = new MemoryLedger();
  const refs = await Promise.all([...Array(count).keys()].map((i) => ledger.pending(`${i}.jpg`)));
  await ledger.addJob(1);
  return { ledger, refs };
}

/** Each further job fails the image, or just gives it back. */
async function offer(ledger: MemoryLedger, ref: string, times: number, fails: boolean, verdict = IMAGES_ARE_BLAMED): Promise<void> {
  for (let i = 0; i < times; i += 1) {
    const number = 100 + (await ledger.image(ref)).offers;
    await ledger.addJob(number);
    await ledger.send(number, ref);
    if (fails) {
      await recordFailure(ledger, ref, number, `bad ${number}`);
    }
    await returnImages(ledger, number, [await ledger.image(ref)], verdict);
  }
}

test('an image is charged only on evidence against it, and quarantined at the third failure with the last reason', async () => {
  const { ledger, refs: [ref] } = await ledgerWith(1);
  await offer(ledger, ref, FAILURES_MAX - 1, true);
  expect(await ledger.image(ref)).toMatchObject({ state: 'PENDING', failures: 2 });
  expect(await ledger.image(ref)).not.toHaveProperty('failure');
  await ledger.send(1, ref);
  await returnImages(ledger, 1, [await ledger.image(ref)], IMAGES_ARE_BLAMED);
  expect(await ledger.image(ref)).toMatchObject({ state: 'PENDING', failures: 2 });
  await offer(ledger, ref, 1, true);
  expect(await ledger.image(ref)).toMatchObject({ state: 'QUARANTINED', failures: 3, reason: 'labeling-failed', failure: { job: 103, reason: 'bad 103' } });
  ledger.expectConservation();
});

test('a failing job is charged to nobody', async () => {
  const { ledger, refs: [ref] } = await ledgerWith(1);
  await offer(ledger, ref, 20, true, NOBODY_IS_BLAMED);
  expect(await ledger.image(ref)).toMatchObject({ state: 'PENDING', failures: 0, offers: 20 });
});

test('ten offers without a label are enough, where each may have failed; those that say nothing do not count', async () => {
  const { ledger, refs: [ref] } = await ledgerWith(1);
  const unnamed = { ...IMAGES_ARE_BLAMED, unnamed: true };
  await offer(ledger, ref, 3 * OFFERS_MAX, false);
  expect(await ledger.image(ref)).toMatchObject({ state: 'PENDING', offers: 30, offersForgiven: 30 });
  await offer(ledger, ref, OFFERS_MAX - 1, false, unnamed);
  expect((await ledger.image(ref)).state).toBe('PENDING');
  await offer(ledger, ref, 1, false, unnamed);
  expect(await ledger.image(ref)).toMatchObject({ state: 'QUARANTINED', reason: 'never-labeled', offers: 4 * OFFERS_MAX });
  ledger.expectConservation();
});

test('more images than a transaction holds; one that was labeled meanwhile keeps nobody back', async () => {
  const { ledger, refs } = await ledgerWith(120);
  const images = await ledger.send(1, ...refs);
  await recordLabel(ledger, { sourceRef: refs[7], job: 1, instructions: 'v1', line: {} });
  const returned = await returnImages(ledger, 1, images, IMAGES_ARE_BLAMED);
  expect(returned).toHaveLength(119);
  expect((await ledger.image(refs[7])).state).toBe('LABELED');
  expect(await ledger.table.get({ pk: 'JOB', sk: '000000001' })).toMatchObject({ open: 0, offered: 120, labeled: 1 });
  ledger.expectConservation();
});

test('giving back twice gives back once', async () => {
  const { ledger, refs } = await ledgerWith(3);
  const images = await ledger.send(1, ...refs);
  ledger.failWrite('throw-after');
  await expect(returnImages(ledger, 1, images, IMAGES_ARE_BLAMED)).rejects.toThrow(/Injected/);
  expect(await returnImages(ledger, 1, images, IMAGES_ARE_BLAMED)).toEqual([]);
  expect(await ledger.table.get({ pk: 'JOB', sk: '000000001' })).toMatchObject({ open: 0 });
  ledger.expectConservation();
});

test('held images stay with their job', async () => {
  const { ledger, refs } = await ledgerWith(2);
  const images = await ledger.send(1, ...refs);
  expect((await holdImages(ledger, 1, images)).map((image) => image.state)).toEqual(['HELD', 'HELD']);
  expect(await ledger.table.get({ pk: 'JOB', sk: '000000001' })).toMatchObject({ open: 2 });
  ledger.expectConservation();
  await returnImages(ledger, 1, await Promise.all(refs.map((ref) => ledger.image(ref))), NOBODY_IS_BLAMED);
  expect(await ledger.table.get({ pk: 'JOB', sk: '000000001' })).toMatchObject({ open: 0 });
  ledger.expectConservation();
});
