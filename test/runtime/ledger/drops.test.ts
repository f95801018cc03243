import * as fc from 'fast-check';
import { ContentionError } from '../../../src/runtime/ledger/context';
import { beginAttempt, endAttempt, finishDrop, isFinished, markPutAway, originOf, readDrop, receiveDrop } from '../../../src/runtime/ledger/drops';
import { recordDrop } from '../../../src/runtime/ledger/recording';
import { MemoryLedger, sha256 } from '../../support/memory-ledger';

test('a drop is received once, however often it is told of', async () => {
  const ledger = new MemoryLedger();
  const id = ledger.drop('ü/a b.jpg');
  const drops = await Promise.all(Array.from({ length: 5 }, () => receiveDrop(ledger, id, 7)));
  expect(new Set(drops.map((drop) => JSON.stringify(drop))).size).toBe(1);
  expect(drops[0]).toMatchObject({ ...id, state: 'RECEIVED', attempts: 0, size: 7 });
  ledger.expectConservation();
});

test('versions of one key are drops of their own', async () => {
  const ledger = new MemoryLedger();
  await receiveDrop(ledger, ledger.drop('a.jpg', '1'));
  await receiveDrop(ledger, ledger.drop('a.jpg', '2'));
  await finishDrop(ledger, ledger.drop('a.jpg', '1'), { state: 'QUARANTINED', reason: 'empty' });
  expect((await readDrop(ledger, ledger.drop('a.jpg', '2')))?.state).toBe('RECEIVED');
  ledger.expectConservation();
});

test('attempts are counted before decoding and forgotten when the decoder comes back', async () => {
  const ledger = new MemoryLedger();
  const id = ledger.drop('a.jpg');
  await receiveDrop(ledger, id);
  await beginAttempt(ledger, id);
  expect(await beginAttempt(ledger, id)).toMatchObject({ state: 'ENGINEERING', attempts: 2 });
  expect(await endAttempt(ledger, id)).toMatchObject({ state: 'ENGINEERING', attempts: 0 });
  const { revision } = (await readDrop(ledger, id))!;
  expect((await endAttempt(ledger, id)).revision).toBe(revision);
  ledger.expectConservation();
});

test('the first end stands', async () => {
  const ledger = new MemoryLedger();
  const id = ledger.drop('a.jpg');
  await receiveDrop(ledger, id);
  await finishDrop(ledger, id, { state: 'WITHDRAWN', reason: 'gone' });
  expect(await finishDrop(ledger, id, { state: 'QUARANTINED', reason: 'empty' })).toMatchObject({ state: 'WITHDRAWN', reason: 'gone' });
  expect(await beginAttempt(ledger, id)).toMatchObject({ state: 'WITHDRAWN', attempts: 0 });
  expect(await recordDrop(ledger, id, sha256('x'), [ledger.imageOf('a.jpg')])).toMatchObject({ state: 'WITHDRAWN' });
  const ended = (await readDrop(ledger, id))!;
  expect(await markPutAway(ledger, { ...ended, finishedAt: 1 })).not.toHaveProperty('putAway');
  expect(await markPutAway(ledger, ended)).toMatchObject({ putAway: true });
  const { revision } = (await readDrop(ledger, id))!;
  expect((await markPutAway(ledger, ended)).revision).toBe(revision);
  ledger.expectConservation();
});

test('what was never received cannot change', async () => {
  const ledger = new MemoryLedger();
  await expect(beginAttempt(ledger, ledger.drop('a.jpg'))).rejects.toThrow(/not in the ledger; receive it first/);
  await expect(recordDrop(ledger, ledger.drop('a.jpg'), sha256('x'), [])).rejects.toThrow(/not in the ledger; receive it first/);
});

describe('recording', () => {
  test('makes the drop, its content and all its images known in one step', async () => {
    const ledger = new MemoryLedger();
    const id = ledger.drop('a.jpg');
    await receiveDrop(ledger, id);
    const drop = await recordDrop(ledger, id, sha256('x'), [ledger.imageOf('a', 0), ledger.imageOf('a', 1, 9)]);
    expect(drop).toMatchObject({ state: 'DONE', sha256: sha256('x'), images: ['s3://input/images/a-0.png', 's3://input/images/a-1.png'] });
    expect(isFinished(drop)).toBe(true);
    expect(await originOf(ledger, sha256('x'))).toMatchObject(id);
    expect(await ledger.image('s3://input/images/a-1.png')).toMatchObject({ state: 'PENDING', offers: 0, failures: 0, priority: 9, index: 1 });
    ledger.expectConservation();
  });

  test.each(['throw-before', 'throw-after'] as const)('again after %s ends as it would have ended', async (kind) => {
    const ledger = new MemoryLedger();
    const id = ledger.drop('a.jpg');
    await receiveDrop(ledger, id);
    ledger.failWrite(kind);
    await expect(recordDrop(ledger, id, sha256('x'), [ledger.imageOf('a')])).rejects.toThrow(/Injected/);
    ledger.expectConservation();
    expect(await recordDrop(ledger, id, sha256('x'), [ledger.imageOf('a')])).toMatchObject({ state: 'DONE' });
    ledger.expectConservation();
  });

  test('of two drops with the same content at the same time one is the origin, the other its duplicate', async () => {
    const ledger = new MemoryLedger();
    const names = ['a.jpg', 'b.jpg', 'c.jpg'];
    await Promise.all(names.map((name) => receiveDrop(ledger, ledger.drop(name))));
    const ends = await Promise.all(names.map((name) => recordDrop(ledger, ledger.drop(name), sha256('same'), [ledger.imageOf(name)])));
    expect(ends.map((drop) => drop.state).sort()).toEqual(['DONE', 'DUPLICATE', 'DUPLICATE']);
    const origin = ends.find((drop) => drop.state === 'DONE')!;
    expect(ends.filter((drop) => drop.state === 'DUPLICATE').map((drop) => drop.reason)).toEqual(Array(2).fill(`s3://drop/${origin.key}`));
    expect([...ledger.table.items()].filter((item) => item.sk === 'IMAGE')).toHaveLength(1);
    ledger.expectConservation();
  });

  test('an item that keeps changing is left to a later try', async () => {
    const ledger = new MemoryLedger();
    const id = ledger.drop('a.jpg');
    await receiveDrop(ledger, id);
    const { table } = ledger;
    const write = table.write.bind(table);
    table.write = async (writes) => {
      await write([{ update: { pk: 'DROP#drop/a.jpg', sk: 'VERSION#1' }, add: { revision: 1 } }]);
      return write(writes);
    };
    await expect(recordDrop(ledger, id, sha256('x'), [])).rejects.toThrow(ContentionError);
    await expect(beginAttempt(ledger, id)).rejects.toThrow(ContentionError);
    table.write = async () => ({ done: false, failed: [] });
    await expect(receiveDrop(ledger, ledger.drop('b.jpg'))).rejects.toThrow(/b\.jpg kept changing/);
  });
});

test('however drops come and end, at whatever failing write, the counters are exact', async () => {
  const step = fc.record({
    do: fc.constantFrom('receive', 'begin', 'end', 'record', 'quarantine', 'withdraw', 'put'),
    name: fc.constantFrom('a', 'b', 'c'), content: fc.constantFrom('x', 'y'),
    fault: fc.constantFrom('ok' as const, 'ok' as const, 'throw-before' as const, 'throw-after' as const),
  });
  await fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
    const ledger = new MemoryLedger();
    for (const { do: what, name, content, fault } of steps) {
      const id = ledger.drop(name);
      ledger.table.options = { faults: ({ method }) => method === 'write' ? fault : 'ok' };
      const work = {
        receive: () => receiveDrop(ledger, id), begin: () => beginAttempt(ledger, id), end: () => endAttempt(ledger, id),
        record: () => recordDrop(ledger, id, sha256(content), [ledger.imageOf(`${name}-${content}`)]),
        quarantine: () => finishDrop(ledger, id, { state: 'QUARANTINED', reason: 'corrupt' }),
        withdraw: () => finishDrop(ledger, id, { state: 'WITHDRAWN', reason: 'gone' }), put: async () => markPutAway(ledger, (await readDrop(ledger, id))!),
      };
      await (work[what as keyof typeof work]()).catch(() => undefined);
      ledger.expectConservation();
    }
    const origins = [...ledger.table.items()].filter((item) => item.sk === 'CONTENT').length;
    expect([...ledger.table.items()].filter((item) => item.sk === 'IMAGE')).toHaveLength(origins);
  }), { numRuns: 150 });
});
