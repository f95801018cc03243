import * as fc from 'fast-check';
import { bitsApart } from '../../../src/runtime/core/perceptual-hash';
import { receiveDrop } from '../../../src/runtime/ledger/drops';
import { BAND_SLOTS, Look } from '../../../src/runtime/ledger/near-duplicates';
import { NewImage, recordDrop } from '../../../src/runtime/ledger/recording';
import { requeueImage } from '../../../src/runtime/ledger/requeue';
import { Item } from '../../../src/runtime/ports';
import { MemoryLedger, sha256 } from '../../support/memory-ledger';

const look = (hash: bigint | string, maxDistance = 4): Look =>
  ({ hash: typeof hash === 'string' ? hash : hash.toString(16).padStart(16, '0'), maxDistance });
const itemsOf = (ledger: MemoryLedger, sk: string): Item[] => [...ledger.table.items()].filter((item) => item.sk === sk);
const statesOf = (ledger: MemoryLedger): { [name: string]: string } => Object.fromEntries(
  itemsOf(ledger, 'IMAGE').map((item) => [String((item.provenance as { 'drop-key': string })['drop-key']), String(item.state)]),
);

async function record(ledger: MemoryLedger, name: string, seen: Look, images: readonly NewImage[] = [ledger.imageOf(name)]): Promise<'PENDING' | 'HELD'> {
  await receiveDrop(ledger, ledger.drop(name));
  const drop = await recordDrop(ledger, ledger.drop(name), sha256(name), images, seen);
  return drop.near ? 'HELD' : 'PENDING';
}

const release = (ledger: MemoryLedger, name: string, id = 'order') =>
  requeueImage(ledger, ledger.imageOf(name).sourceRef, { id, at: ledger.clock.now() });

test('a drop that looks like an earlier one is held, and says of which and how far it is', async () => {
  const ledger = new MemoryLedger();
  expect(await record(ledger, 'first', look('00000000000000ff'))).toBe('PENDING');
  expect(await record(ledger, 'again', look('00000000000000f0'))).toBe('HELD');
  expect(await record(ledger, 'other', look('000000000000ff00'))).toBe('PENDING');
  const image = await ledger.image(ledger.imageOf('again').sourceRef);
  expect(image).toMatchObject({ state: 'HELD', reason: 'near-duplicate', near: { of: 's3://drop/first', distance: 4, sha256: sha256('first') } });
  expect(image.job).toBeUndefined();
  const history = [...ledger.table.items()].filter((item) => item.pk === `IMAGE#${image.sourceRef}` && item.event === 'held');
  expect(history.map(({ detail }) => detail)).toEqual(['it looks nearly the same as s3://drop/first: 4 of 64 bits differ']);
  ledger.expectConservation();
});

test('what is held is what a comparison with everything that passed would hold, whatever the distance', async () => {
  const hash = fc.tuple(fc.constantFrom(0n, 2n ** 63n, 0xf0f0f0f0f0f0f0f0n), fc.array(fc.nat(63), { maxLength: 6 }))
    .map(([start, bits]) => look(bits.reduce((now, bit) => now ^ (1n << BigInt(bit)), start)).hash);
  await fc.assert(fc.asyncProperty(fc.array(fc.tuple(hash, fc.boolean()), { maxLength: 40 }), fc.nat(8), async (drops, maxDistance) => {
    const ledger = new MemoryLedger();
    const passed: string[] = [];
    for (const [index, [seen, isReleased]] of drops.entries()) {
      const isNear = passed.some((other) => bitsApart(seen, other) <= maxDistance);
      expect(await record(ledger, `drop-${index}`, look(seen, maxDistance))).toBe(isNear ? 'HELD' : 'PENDING');
      if (isNear && isReleased) {
        await release(ledger, `drop-${index}`);
      }
      if (!isNear || isReleased) {
        passed.push(seen);
      }
    }
    ledger.expectConservation();
  }), { numRuns: 60 });
});

test('of many at the same moment that look the same one passes', async () => {
  const ledger = new MemoryLedger();
  const names = Array.from({ length: 5 }, (_, index) => `burst-${index}`);
  await Promise.all(names.map((name, index) => record(ledger, name, look(1n << BigInt(index)))));
  expect(Object.values(statesOf(ledger)).sort()).toEqual(['HELD', 'HELD', 'HELD', 'HELD', 'PENDING']);
  ledger.expectConservation();
});

test('of any number at the same moment at least one passes, none waits, and what passed is remembered', async () => {
  const ledger = new MemoryLedger();
  const names = Array.from({ length: 30 }, (_, index) => `burst-${index}`);
  // they share the first band, and are no near duplicates
  const hashOf = (index: number): bigint => BigInt.asUintN(51, BigInt(index + 1) * 0x9e3779b97f4a7n);
  await Promise.all(names.map((name, index) => record(ledger, name, look(hashOf(index), 4)).catch(() => undefined)));
  const waiting = names.filter((name) => statesOf(ledger)[name] === undefined);
  for (const name of waiting) {
    await record(ledger, name, look(hashOf(names.indexOf(name)), 4));
  }
  expect(Object.values(statesOf(ledger))).toEqual(Array(30).fill('PENDING'));
  for (const [index, name] of names.entries()) {
    expect([name, await record(ledger, `again-${name}`, look(hashOf(index) ^ 1n, 4))]).toEqual([name, 'HELD']);
  }
  ledger.expectConservation();
});

test('a band remembers so many drops, in one item: the oldest is forgotten', async () => {
  const ledger = new MemoryLedger();
  // one of two bands is the same, the other is far apart
  const halfAlike = (index: number): Look => look(BigInt(`0x${sha256(String(index)).slice(0, 8)}`), 1);
  for (let index = 0; index <= BAND_SLOTS; index += 1) {
    expect(await record(ledger, `drop-${index}`, halfAlike(index))).toBe('PENDING');
  }
  const [full, ...others] = itemsOf(ledger, 'LOOK').sort((a, b) => Number(b.drops) - Number(a.drops));
  expect(Object.keys(full).filter((name) => name.startsWith('drop-'))).toHaveLength(BAND_SLOTS);
  expect(JSON.stringify(full).length).toBeLessThan(7_000);
  expect(others).toHaveLength(BAND_SLOTS + 1);
  // whose other band changes is found by the shared one alone
  expect(await record(ledger, 'like the last', look(BigInt(`0x${halfAlike(BAND_SLOTS).hash}`) ^ 1n, 1))).toBe('HELD');
  expect(await record(ledger, 'like the first', look(BigInt(`0x${halfAlike(0).hash}`) ^ 1n, 1))).toBe('PENDING');
});

test('costs one read where nothing looks like it, two where something does; without a look nothing', async () => {
  const calls = async (...seen: (Look | undefined)[]): Promise<{ [method: string]: number }> => {
    const ledger = new MemoryLedger();
    for (const [index, each] of seen.slice(0, -1).entries()) {
      await record(ledger, `earlier-${index}`, each!);
    }
    await receiveDrop(ledger, ledger.drop('a'));
    const count: { [method: string]: number } = {};
    ledger.table.options = { faults: ({ method }) => { count[method] = (count[method] ?? 0) + 1; return 'ok'; } };
    await recordDrop(ledger, ledger.drop('a'), sha256('a'), [ledger.imageOf('a')], seen.at(-1));
    return count;
  };
  const plain = await calls(undefined);
  expect(plain.getMany ?? 0).toBe(0);
  expect(await calls(look('00'.repeat(8)))).toEqual({ ...plain, getMany: 1 });
  expect(await calls(look('00'.repeat(8)), look('f0f0f0f0f0f0f0f0'), look('00'.repeat(8)))).toEqual({ ...plain, getMany: 1, get: plain.get + 1 });
});

test.each([1, 43, 44, 130])('all %i images of a drop are held with it, and all are released', async (count) => {
  const ledger = new MemoryLedger();
  const many = (name: string): NewImage[] => Array.from({ length: count }, (_, index) => ledger.imageOf(name, index));
  expect(await record(ledger, 'first', look('00'.repeat(8), 8), many('first'))).toBe('PENDING');
  expect(await record(ledger, 'again', look('00'.repeat(8), 8), many('again'))).toBe('HELD');
  const held = itemsOf(ledger, 'IMAGE').filter((item) => item.state === 'HELD');
  expect(held.map((item) => item.gsi1pk)).toEqual(Array(count).fill(`NEAR-DUPLICATE#${sha256('again')[0]}`));
  for (const { sourceRef } of held) {
    await requeueImage(ledger, String(sourceRef), { id: 'order', at: 1 });
  }
  expect(itemsOf(ledger, 'IMAGE').filter((item) => item.state === 'PENDING')).toHaveLength(2 * count);
  ledger.expectConservation();
});

test('what is released is remembered once, and what looks like it is held for it', async () => {
  const ledger = new MemoryLedger();
  await record(ledger, 'first', look('0000000000000000'));
  await record(ledger, 'second', look('000000000000000f'));
  expect(await release(ledger, 'second')).toMatchObject({ kind: 'ready', isNew: true });
  expect(await release(ledger, 'second')).toMatchObject({ kind: 'ready', isNew: false });
  expect(await record(ledger, 'third', look('00000000000000ff'))).toBe('HELD');
  expect((await ledger.image(ledger.imageOf('third').sourceRef)).near).toMatchObject({ of: 's3://drop/second', distance: 4 });
  expect(await release(ledger, 'first')).toMatchObject({ kind: 'refused' });
  ledger.expectConservation();
});

test.each(['throw-before', 'throw-after'] as const)('a call that fails (%s), wherever: tried again, a drop is recorded once, held or not, and never for itself', async (kind) => {
  for (let at = 0; at < 12; at += 1) {
    const ledger = new MemoryLedger();
    await record(ledger, 'first', look('00000000000000ff'));
    for (const [name, hash, end] of [['again', '00000000000000fe', 'HELD'], ['other', 'ff00000000000000', 'PENDING']] as const) {
      await receiveDrop(ledger, ledger.drop(name));
      let calls = 0;
      ledger.table.options = { faults: () => calls++ === at ? kind : 'ok' };
      const tried = () => recordDrop(ledger, ledger.drop(name), sha256(name), [ledger.imageOf(name)], look(hash));
      await tried().catch(() => undefined);
      ledger.table.options = {};
      expect((await tried()).near === undefined ? 'PENDING' : 'HELD').toBe(end);
      expect(statesOf(ledger)[name]).toBe(end);
    }
    let calls = 0;
    ledger.table.options = { faults: () => calls++ === at ? kind : 'ok' };
    await release(ledger, 'again').catch(() => undefined);
    ledger.table.options = {};
    expect(await release(ledger, 'again')).toMatchObject({ kind: 'ready' });
    expect(statesOf(ledger)).toEqual({ first: 'PENDING', again: 'PENDING', other: 'PENDING' });
    ledger.expectConservation();
  }
});

test('the same drop taken by two processes is no near duplicate of itself', async () => {
  const ledger = new MemoryLedger();
  await Promise.all([1, 2, 3].map(() => record(ledger, 'first', look('00000000000000ff'))));
  expect(statesOf(ledger)).toEqual({ first: 'PENDING' });
  ledger.expectConservation();
});

test('a drop that the ledger lost, and its image with it, is no near duplicate of what is remembered of it', async () => {
  const ledger = new MemoryLedger();
  await record(ledger, 'first', look('00000000000000ff'));
  for (const { pk, sk } of [...ledger.table.items()].filter((item) => item.sk !== 'LOOK' && item.pk !== 'PROJECT')) {
    await ledger.table.write([{ remove: { pk, sk } }]);
  }
  expect(await record(ledger, 'first', look('00000000000000ff'))).toBe('PENDING');
});

test('a list that was written before another drop won leaves no page behind', async () => {
  const ledger = new MemoryLedger();
  const many = (name: string): NewImage[] => Array.from({ length: 60 }, (_, index) => ledger.imageOf(name, index));
  const ends = await Promise.all(['a', 'b'].map((name) => record(ledger, name, look('00'.repeat(8)), many(name))));
  expect(ends.sort()).toEqual(['HELD', 'PENDING']);
  expect([...ledger.table.items()].filter((item) => item.sk.startsWith('IMAGES#'))).toHaveLength(4);
  ledger.expectConservation();
});
