import { giveBack, readNotes, takeLease } from '../../../src/runtime/ledger/lease';
import { MemoryLedger } from '../../support/memory-ledger';

const DURATION = 180_000;

test('of twelve racers one holds it, and each of the others leaves a note', async () => {
  const ledger = new MemoryLedger();
  ledger.table.options = {
    faults: async () => {
      await new Promise((resolve) => setImmediate(resolve));
      return 'ok' as const;
    },
  };
  const leases = await Promise.all(Array.from({ length: 12 }, () => takeLease(ledger, DURATION)));
  const [held, ...others] = leases.filter((lease) => lease !== undefined);
  expect(others).toEqual([]);
  expect((await readNotes(ledger, held)).notes).toBe(11);
});

test('whoever holds it looks again after a note, and then it goes back', async () => {
  const ledger = new MemoryLedger();
  const lease = (await takeLease(ledger, DURATION))!;
  expect(await takeLease(ledger, DURATION)).toBeUndefined();
  expect(await giveBack(ledger, lease)).toBe(false);
  const again = await readNotes(ledger, lease);
  expect(await giveBack(ledger, again)).toBe(true);
  expect(await takeLease(ledger, DURATION)).toBeDefined();
});

test('whoever comes while it is given back gets it, and no wake-up is swallowed', async () => {
  // the note falls before or after the giving back: either the holder sees it, or the second try gets the lease
  for (let delay = 0; delay < 12; delay += 1) {
    const ledger = new MemoryLedger();
    const lease = (await takeLease(ledger, DURATION))!;
    const coming = takeLease(ledger, DURATION);
    for (let i = 0; i < delay; i += 1) {
      await Promise.resolve();
    }
    const [freed, next] = [await giveBack(ledger, lease), await coming];
    expect(freed && next === undefined).toBe(false);
  }
});

test('it is never stolen before its time, and taken after it', async () => {
  const ledger = new MemoryLedger();
  const lease = (await takeLease(ledger, DURATION))!;
  ledger.clock.advance(DURATION);
  expect(await takeLease(ledger, DURATION)).toBeUndefined();
  ledger.clock.advance(1);
  const next = (await takeLease(ledger, DURATION))!;
  expect(next.owner).not.toBe(lease.owner);
  await expect(readNotes(ledger, lease)).rejects.toThrow(/passed to somebody else/);
  expect(await giveBack(ledger, lease)).toBe(true);
  expect((await readNotes(ledger, next)).owner).toBe(next.owner);
});

test('a take that was carried out and is told of as failed is ours', async () => {
  const ledger = new MemoryLedger();
  const write = ledger.table.write.bind(ledger.table);
  // as the SDK does it: the answer of the first try is lost, the second one says that the condition failed
  ledger.table.write = async (writes) => {
    await write(writes);
    return write(writes);
  };
  const lease = await takeLease(ledger, DURATION);
  expect(lease).toBeDefined();
  expect(await giveBack(ledger, lease!)).toBe(true);
});

test('a take whose answer is lost keeps others out until its time is over, no longer', async () => {
  const ledger = new MemoryLedger();
  ledger.failWrite('throw-after');
  await expect(takeLease(ledger, DURATION)).rejects.toThrow(/Injected/);
  ledger.table.options = {};
  expect(await takeLease(ledger, DURATION)).toBeUndefined();
  ledger.clock.advance(DURATION + 1);
  expect(await takeLease(ledger, DURATION)).toBeDefined();
});
