import { choosePending, claim, imagesOfJob, markSent } from '../../../src/runtime/ledger/feeding';
import { setJob } from '../../../src/runtime/ledger/jobs';
import { NOBODY_IS_BLAMED, returnImages } from '../../../src/runtime/ledger/returning';
import { MemoryLedger, NO_LIMIT } from '../../support/memory-ledger';

async function ledgerWith(count: number): Promise<{ ledger: MemoryLedger; refs: string[] }> {
  const ledger = new MemoryLedger();
  const refs: string[] = [];
  for (let i = 0; i < count; i += 1) {
    refs.push(await ledger.pending(`${i}.jpg`));
    ledger.clock.advance(1_000);
  }
  await ledger.addJob(1);
  return { ledger, refs };
}

const job = (ledger: MemoryLedger, number = 1) => ledger.table.get({ pk: 'JOB', sk: String(number).padStart(9, '0') });
const spent = async (ledger: MemoryLedger) => {
  const state = await ledger.table.get({ pk: 'PROJECT', sk: 'STATE' });
  return [state?.spentDay, state?.spentToday, state?.spentTotal];
};

describe('what is fed first', () => {
  test('the most urgent, then the oldest, fresh or not', async () => {
    const { ledger, refs } = await ledgerWith(3);
    const again = await ledger.send(1, refs[2]);
    await returnImages(ledger, 1, again, NOBODY_IS_BLAMED);
    const urgent = await ledger.pending('urgent.jpg', 9);
    const chosen = await choosePending(ledger.table, NO_LIMIT, 1);
    expect(chosen.map((image) => image.sourceRef)).toEqual([urgent, refs[0], refs[1], refs[2]]);
    expect((await choosePending(ledger.table, { ...NO_LIMIT, count: 2 }, 1)).map((image) => image.sourceRef)).toEqual([urgent, refs[0]]);
  });

  test('no more fresh images than may be paid for', async () => {
    const { ledger, refs } = await ledgerWith(4);
    await returnImages(ledger, 1, await ledger.send(1, refs[3]), NOBODY_IS_BLAMED);
    expect((await choosePending(ledger.table, { ...NO_LIMIT, fresh: 1 }, 1)).map((image) => image.sourceRef)).toEqual([refs[0], refs[3]]);
    expect((await choosePending(ledger.table, { ...NO_LIMIT, fresh: 0 }, 1)).map((image) => image.sourceRef)).toEqual([refs[3]]);
    expect(await choosePending(ledger.table, { ...NO_LIMIT, fresh: 0 }, 0)).toEqual([]);
  });

  test('what the index shows and the item denies is passed over; what it shows twice is taken once', async () => {
    const { ledger, refs } = await ledgerWith(2);
    const stale = [{ pk: `IMAGE#${refs[0]}`, sk: 'IMAGE', gsi1sk: 'a' }, { pk: `IMAGE#${refs[1]}`, sk: 'IMAGE', gsi1sk: 'b' }];
    await ledger.send(1, refs[0]);
    ledger.table.queryIndex = async ({ pk }) => ({ items: pk.endsWith('#0') ? stale : [] });
    const chosen = await choosePending(ledger.table, NO_LIMIT, 5);
    expect(chosen.map((image) => image.sourceRef)).toEqual([refs[1]]);
    expect(await claim(ledger, chosen, 1, NO_LIMIT)).toHaveLength(1);
  });
});

describe('claiming', () => {
  test('counts what was offered and spent, in the same step', async () => {
    const { ledger, refs } = await ledgerWith(3);
    const images = await Promise.all(refs.map((ref) => ledger.image(ref)));
    expect(await claim(ledger, images, 1, { ...NO_LIMIT, sameDay: false })).toHaveLength(3);
    expect(await job(ledger)).toMatchObject({ offered: 3, open: 3, lastFedAt: ledger.clock.now() });
    expect(await spent(ledger)).toEqual(['2026-01-05', 3, 3]);
    expect(await ledger.image(refs[0])).toMatchObject({ state: 'SENDING', job: 1, offers: 1 });
    ledger.expectConservation();
  });

  test('a new day starts its own count', async () => {
    const { ledger, refs } = await ledgerWith(2);
    await claim(ledger, [await ledger.image(refs[0])], 1, { ...NO_LIMIT, sameDay: false });
    await claim(ledger, [await ledger.image(refs[1])], 1, { ...NO_LIMIT, day: '2026-01-06', sameDay: false });
    expect(await spent(ledger)).toEqual(['2026-01-06', 1, 2]);
  });

  test('an image that goes again is not paid for again', async () => {
    const { ledger, refs } = await ledgerWith(1);
    await returnImages(ledger, 1, await ledger.send(1, refs[0]), NOBODY_IS_BLAMED);
    await ledger.addJob(2);
    await ledger.send(2, refs[0]);
    expect((await spent(ledger)).slice(1)).toEqual([1, 1]);
    expect(await ledger.image(refs[0])).toMatchObject({ job: 2, offers: 2 });
    ledger.expectConservation();
  });

  test('an image is claimed once, however many try', async () => {
    const { ledger, refs } = await ledgerWith(3);
    await ledger.addJob(2);
    const images = await Promise.all(refs.map((ref) => ledger.image(ref)));
    const claims = await Promise.all([1, 2, 1].map((number) => claim(ledger, images, number, NO_LIMIT)));
    expect(claims.flat()).toHaveLength(3);
    ledger.expectConservation();
  });

  test('one image that changed does not keep its batch back, and the day\'s count is right all the same', async () => {
    const { ledger, refs } = await ledgerWith(5);
    const images = await Promise.all(refs.map((ref) => ledger.image(ref)));
    await ledger.send(1, refs[0], refs[2]);
    expect((await claim(ledger, images, 1, { ...NO_LIMIT, day: '2026-02-01', sameDay: false })).map((image) => image.sourceRef)).toEqual([refs[1], refs[3], refs[4]]);
    expect(await spent(ledger)).toEqual(['2026-02-01', 3, 5]);
    ledger.expectConservation();
  });

  test('a job that has left its phase gets nothing', async () => {
    const { ledger, refs } = await ledgerWith(2);
    await ledger.table.write([setJob(1, { phase: 'ENDED' }, 'CREATED')]);
    expect(await claim(ledger, await Promise.all(refs.map((ref) => ledger.image(ref))), 1, NO_LIMIT)).toEqual([]);
    expect((await ledger.image(refs[0])).state).toBe('PENDING');
    ledger.expectConservation();
  });

  test('more images than a transaction holds', async () => {
    const { ledger, refs } = await ledgerWith(130);
    const images = await Promise.all(refs.map((ref) => ledger.image(ref)));
    const claimed = await claim(ledger, images, 1, { ...NO_LIMIT, sameDay: false });
    expect(claimed).toHaveLength(130);
    await markSent(ledger, claimed);
    expect(await imagesOfJob(ledger.table, 'SENT', 1)).toHaveLength(130);
    expect((await spent(ledger)).slice(1)).toEqual([130, 130]);
    ledger.expectConservation();
  });

  test.each(['throw-before', 'throw-after'] as const)('with %s nothing is claimed halfway', async (kind) => {
    const { ledger, refs } = await ledgerWith(3);
    const images = await Promise.all(refs.map((ref) => ledger.image(ref)));
    ledger.failWrite(kind);
    await expect(claim(ledger, images, 1, NO_LIMIT)).rejects.toThrow(/Injected/);
    expect(await imagesOfJob(ledger.table, 'SENDING', 1)).toHaveLength(kind === 'throw-after' ? 3 : 0);
    ledger.expectConservation();
  });
});

describe('marking as sent', () => {
  test('goes round an image that changed meanwhile', async () => {
    const { ledger, refs } = await ledgerWith(3);
    const claimed = await claim(ledger, await Promise.all(refs.map((ref) => ledger.image(ref))), 1, NO_LIMIT);
    await markSent(ledger, [claimed[1]]);
    await markSent(ledger, claimed);
    expect(await imagesOfJob(ledger.table, 'SENT', 1)).toHaveLength(3);
    ledger.expectConservation();
  });
});

test('the images of a job are its own only, whatever the index still shows', async () => {
  const { ledger, refs } = await ledgerWith(4);
  await ledger.addJob(11);
  await ledger.send(1, refs[0], refs[1]);
  await ledger.send(11, refs[2]);
  expect((await imagesOfJob(ledger.table, 'SENT', 1)).map((image) => image.sourceRef).sort()).toEqual([refs[0], refs[1]]);
  expect(await imagesOfJob(ledger.table, 'SENDING', 1)).toEqual([]);
  ledger.table.options = { indexLag: 100 };
  await returnImages(ledger, 1, [await ledger.image(refs[0])], NOBODY_IS_BLAMED);
  expect((await imagesOfJob(ledger.table, 'SENT', 1)).map((image) => image.sourceRef)).toEqual([refs[1]]);
});
