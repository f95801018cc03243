import * as fc from 'fast-check';
import { DropId, beginAttempt, endAttempt, finishDrop, readDrop, receiveDrop } from '../../../src/runtime/ledger/drops';
import { NewImage, RECORD_PAGE, imagesOfDrop, recordDrop, resumeRecording } from '../../../src/runtime/ledger/recording';
import { Item } from '../../../src/runtime/ports';
import { MemoryLedger, sha256 } from '../../support/memory-ledger';

const many = (ledger: MemoryLedger, name: string, count: number): NewImage[] =>
  Array.from({ length: count }, (_, index) => ledger.imageOf(name, index));
const imagesIn = (ledger: MemoryLedger): Item[] => [...ledger.table.items()].filter((item) => item.sk === 'IMAGE');
const pagesIn = (ledger: MemoryLedger): Item[] => [...ledger.table.items()].filter((item) => item.sk.startsWith('IMAGES#'));

async function received(name = 'a'): Promise<{ ledger: MemoryLedger; id: DropId }> {
  const ledger = new MemoryLedger();
  const id = ledger.drop(name);
  await receiveDrop(ledger, id);
  return { ledger, id };
}

/** Lets the writes from the nth on fail, as if the process had died there. */
function dieAtWrite(ledger: MemoryLedger, nth: number): void {
  let count = 0;
  ledger.table.options = { faults: ({ method }) => method === 'write' && count++ >= nth ? 'throw-before' : 'ok' };
}

test.each([1, RECORD_PAGE, RECORD_PAGE + 1, 3 * RECORD_PAGE, 1_000])('%i images are PENDING, the drop is DONE and names them all', async (count) => {
  const { ledger, id } = await received();
  const images = many(ledger, 'a', count);
  const drop = await recordDrop(ledger, id, sha256('x'), images);
  expect(drop).toMatchObject({ state: 'DONE', sha256: sha256('x'), finishedAt: expect.any(Number) });
  expect(imagesIn(ledger).map((item) => item.state)).toEqual(Array(count).fill('PENDING'));
  expect(await imagesOfDrop(ledger, drop)).toEqual(images.map((image) => image.sourceRef));
  ledger.expectConservation();
});

test.each<[string, NewImage['provenance']]>([
  ['text of three bytes a character', { text: '字'.repeat(3_900) }], ['numbers of one digit', Object.fromEntries(Array.from({ length: 666 }, (_, index) => [index.toString(36), index % 10]))],
])('images with %s are recorded: a page is as large as the table counts', async (_, attributes) => {
  const { ledger, id } = await received();
  const images = many(ledger, 'a', 100).map((image) => ({ ...image, provenance: { ...image.provenance, attributes } }));
  expect(await recordDrop(ledger, id, sha256('x'), images)).toMatchObject({ state: 'DONE' });
  expect(imagesIn(ledger)).toHaveLength(100);
});

test('at every moment of a paged recording the counters are exact, and before the list is bound there is no image', async () => {
  const { ledger, id } = await received();
  const states: string[] = [];
  const write = ledger.table.write.bind(ledger.table);
  ledger.table.write = async (writes) => {
    const outcome = await write(writes);
    ledger.expectConservation();
    const drop = await readDrop(ledger, id);
    states.push(`${drop?.state} ${drop?.list?.recorded ?? '-'} ${imagesIn(ledger).length}`);
    return outcome;
  };
  await recordDrop(ledger, id, sha256('x'), many(ledger, 'a', 2 * RECORD_PAGE + 1));
  expect(states).toEqual([
    'RECEIVED - 0', 'RECEIVED - 0', 'RECEIVED - 0', 'ENGINEERING 0 0', 'ENGINEERING 1 48', 'ENGINEERING 2 96', 'DONE 3 97',
  ]);
});

test.each([0, 1, 2, 3, 4, 5, 6])('a process that dies at write %i is taken up by the next, even one that makes other images', async (nth) => {
  const { ledger, id } = await received();
  const first = many(ledger, 'a', 2 * RECORD_PAGE + 1);
  dieAtWrite(ledger, nth);
  await expect(recordDrop(ledger, id, sha256('x'), first)).rejects.toThrow();
  ledger.table.options = {};
  const bound = (await readDrop(ledger, id))?.list !== undefined;
  const second = many(ledger, 'other', 60);
  const drop = await recordDrop(ledger, id, sha256('x'), second);
  expect(drop.state).toBe('DONE');
  expect(imagesIn(ledger).map((item) => item.sourceRef).sort()).toEqual((bound ? first : second).map((image) => image.sourceRef).sort());
  ledger.expectConservation();
});

test('once bound, a drop cannot be withdrawn, quarantined or tried again: it goes on to its end', async () => {
  const { ledger, id } = await received();
  dieAtWrite(ledger, 4);
  await expect(recordDrop(ledger, id, sha256('x'), many(ledger, 'a', 100))).rejects.toThrow();
  ledger.table.options = {};
  for (const change of [
    () => finishDrop(ledger, id, { state: 'WITHDRAWN', reason: 'gone' }), () => finishDrop(ledger, id, { state: 'QUARANTINED', reason: 'corrupt' }),
    () => beginAttempt(ledger, id), () => endAttempt(ledger, id),
  ]) {
    expect(await change()).toMatchObject({ state: 'ENGINEERING', attempts: 0, list: { images: 100, recorded: 0 } });
  }
  expect(await resumeRecording(ledger, id)).toMatchObject({ state: 'DONE', list: { recorded: 3 } });
  expect(await resumeRecording(ledger, id)).toMatchObject({ state: 'DONE' });
  expect(imagesIn(ledger)).toHaveLength(100);
  ledger.expectConservation();
});

test('several processes at once record each image once; a second drop with the content leaves no list behind', async () => {
  const { ledger, id } = await received();
  await receiveDrop(ledger, ledger.drop('b'));
  const ends = await Promise.all([
    recordDrop(ledger, id, sha256('x'), many(ledger, 'a', 130)), recordDrop(ledger, id, sha256('x'), many(ledger, 'a', 130)),
    recordDrop(ledger, ledger.drop('b'), sha256('x'), many(ledger, 'b', 130)), recordDrop(ledger, id, sha256('x'), many(ledger, 'a', 130)),
  ]);
  expect(ends.map((drop) => `${drop.key} ${drop.state}`).sort()).toEqual(
    ends[2].state === 'DUPLICATE' ? ['a DONE', 'a DONE', 'a DONE', 'b DUPLICATE'] : ['a DUPLICATE', 'a DUPLICATE', 'a DUPLICATE', 'b DONE'],
  );
  expect(imagesIn(ledger)).toHaveLength(130);
  expect(pagesIn(ledger)).toHaveLength(3);
  ledger.expectConservation();
});

test('a drop that is not bound to a list, or whose list is gone, says so', async () => {
  const { ledger, id } = await received();
  await expect(resumeRecording(ledger, id)).rejects.toThrow(/has no list of images/);
  dieAtWrite(ledger, 4);
  await expect(recordDrop(ledger, id, sha256('x'), many(ledger, 'a', 100))).rejects.toThrow();
  ledger.table.options = {};
  for (const { pk, sk } of pagesIn(ledger)) {
    await ledger.table.write([{ remove: { pk, sk } }]);
  }
  await expect(resumeRecording(ledger, id)).rejects.toThrow(/has no page 0/);
});

test('whatever fails however often, and whoever takes the drop meanwhile: all images of one list, or none', async () => {
  const step = fc.record({
    who: fc.constantFrom('a', 'b'), count: fc.constantFrom(1, 60, 100), fault: fc.nat(8), after: fc.boolean(),
    end: fc.constantFrom('record', 'record', 'withdraw', 'quarantine'),
  });
  await fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 8 }), async (steps) => {
    const { ledger } = await received('a');
    await receiveDrop(ledger, ledger.drop('b'));
    for (const { who, count, fault, after, end } of steps) {
      let writes = 0;
      ledger.table.options = { faults: ({ method }) => method === 'write' && writes++ === fault ? (after ? 'throw-after' : 'throw-before') : 'ok' };
      await (end === 'record' ? recordDrop(ledger, ledger.drop(who), sha256('x'), many(ledger, `${who}${count}`, count))
        : finishDrop(ledger, ledger.drop(who), { state: end === 'withdraw' ? 'WITHDRAWN' : 'QUARANTINED', reason: 'corrupt' })).catch(() => undefined);
      ledger.expectConservation();
    }
    ledger.table.options = {};
    for (const name of ['a', 'b']) {
      const drop = (await readDrop(ledger, ledger.drop(name)))!;
      const end = drop.list && drop.state !== 'DONE' ? await resumeRecording(ledger, drop) : drop;
      if (end.state === 'DONE') {
        expect(imagesIn(ledger).map((item) => item.sourceRef).sort()).toEqual([...await imagesOfDrop(ledger, end)].sort());
      }
    }
    const done = [...ledger.table.items()].filter((item) => item.sk.startsWith('VERSION#') && item.state === 'DONE').length;
    expect(done).toBeLessThanOrEqual(1);
    expect(imagesIn(ledger).length > 0).toBe(done === 1);
    ledger.expectConservation();
  }), { numRuns: 60 });
});
