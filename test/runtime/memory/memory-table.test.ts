import { Fault, MemoryTable, TableFault, TableOperation } from '../../../src/runtime/memory/memory-table';
import { Item } from '../../../src/runtime/ports';

const key = { pk: 'p', sk: 's' };
const indexed = (sk: string, gsi1sk: string): Item => ({ pk: 'p', sk, gsi1pk: 'S', gsi1sk });
const shown = async (table: MemoryTable): Promise<string[]> => (await table.queryIndex({ pk: 'S' })).items.map(({ sk }) => sk);

describe('faults', () => {
  const failing = (faults: (operation: TableOperation) => Fault | Promise<Fault>) => new MemoryTable({ faults });

  it('before a write leave the table as it was', async () => {
    const table = failing(({ method }) => method === 'write' ? 'throw-before' : 'ok');
    await expect(table.write([{ put: key }])).rejects.toThrow(TableFault);
    expect(await table.get(key)).toBeUndefined();
  });

  it('after a write only lose its answer', async () => {
    const table = failing(({ method }) => method === 'write' ? 'throw-after' : 'ok');
    await expect(table.write([{ put: key }])).rejects.toThrow(TableFault);
    expect(await table.get(key)).toEqual(key);
  });

  it('are asked for at every call, with what it is about', async () => {
    const seen: TableOperation[] = [];
    const table = failing((operation) => {
      seen.push(operation);
      return 'ok';
    });
    await table.get(key);
    await table.getMany([key]);
    await table.query({ pk: 'p' });
    await table.queryIndex({ pk: 'S' });
    await table.write([{ put: key }]);
    expect(seen).toEqual([
      { method: 'get', key }, { method: 'getMany', keys: [key] }, { method: 'query', query: { pk: 'p' } },
      { method: 'queryIndex', query: { pk: 'S' } }, { method: 'write', writes: [{ put: key }] },
    ]);
  });

  it('may delay a call, so that a test can order what races', async () => {
    const held: ((fault: Fault) => void)[] = [];
    const table = failing(({ method }) => method === 'write' ? new Promise((resolve) => held.push(resolve)) : 'ok');
    const outcomes = ['first', 'second'].map((owner) => table.write([{ put: { ...key, owner }, when: [{ attribute: 'pk', is: 'absent' }] }]));
    held[1]('ok');
    await outcomes[1];
    held[0]('ok');
    expect(await Promise.all(outcomes)).toEqual([{ done: false, failed: [{ index: 0, current: { ...key, owner: 'second' } }] }, { done: true }]);
  });
});

describe('the index', () => {
  it('shows a write only so many writes later', async () => {
    const table = new MemoryTable({ indexLag: 2 });
    await table.write([{ put: indexed('a', '1') }]);
    expect(await shown(table)).toEqual([]);
    await table.write([{ put: { pk: 'x', sk: '1' } }]);
    expect(await shown(table)).toEqual([]);
    await table.write([{ put: { pk: 'x', sk: '2' } }]);
    expect(await shown(table)).toEqual(['a']);
    await table.write([{ remove: { pk: 'p', sk: 'a' } }]);
    expect(await shown(table)).toEqual(['a']);
    table.settleIndex();
    expect(await shown(table)).toEqual([]);
  });

  it('ends as the items are, whatever happened on the way', async () => {
    const table = new MemoryTable({ indexLag: 3 });
    for (let round = 0; round < 50; round++) {
      await table.write([{ put: indexed(String(round % 7), String(round)) }, { remove: { pk: 'p', sk: String((round + 3) % 7) } }]);
    }
    table.settleIndex();
    const expected = [...table.items()].sort((a, b) => String(a.gsi1sk) < String(b.gsi1sk) ? -1 : 1).map(({ sk }) => sk);
    expect(await shown(table)).toEqual(expected);
  });
});

it('gives pages no longer than told, and says that there is more', async () => {
  const table = new MemoryTable({ pageItems: 2 });
  await table.write([1, 2, 3].map((sk) => ({ put: { pk: 'p', sk: String(sk) } })));
  const { items, next } = await table.query({ pk: 'p', limit: 10 });
  expect(items).toHaveLength(2);
  expect(await table.query({ pk: 'p', after: next })).toEqual({ items: [{ pk: 'p', sk: '3' }] });
});

it('keeps a copy of what it was given, which nobody can change', async () => {
  const table = new MemoryTable();
  const item = { ...key, list: [{ n: 1 }] };
  await table.write([{ put: item }]);
  item.list[0].n = 2;
  const found = (await table.get(key))! as unknown as typeof item;
  expect(found.list[0].n).toBe(1);
  expect(() => { found.list[0].n = 3; }).toThrow();
  expect(() => { found.list.push({ n: 4 }); }).toThrow();
  await table.write([{ update: key, set: { map: item.list[0] } }]);
  expect(() => { (found as unknown as { other: number }).other = 1; }).toThrow();
  expect(Object.isFrozen((await table.get(key))!.map)).toBe(true);
});

it('refuses an update that makes an item too large', async () => {
  const table = new MemoryTable();
  await table.write([{ put: { ...key, a: 'x'.repeat(300_000) } }]);
  await expect(table.write([{ update: key, set: { b: 'x'.repeat(300_000) } }])).rejects.toThrow('at most 409600');
  expect(await table.get(key)).not.toHaveProperty('b');
});

it('refuses a transaction that is too large', async () => {
  const writes = Array.from({ length: 12 }, (_, sk) => ({ put: { pk: 'p', sk: String(sk), a: 'x'.repeat(380_000) } }));
  await expect(new MemoryTable().write(writes)).rejects.toThrow('at most 4194304');
});

it('lists all items', async () => {
  const table = new MemoryTable();
  await table.write([{ put: { pk: 'a', sk: '2' } }, { put: { pk: 'b', sk: '1' } }, { put: { pk: 'a', sk: '1' } }]);
  expect([...table.items()]).toEqual([{ pk: 'a', sk: '1' }, { pk: 'a', sk: '2' }, { pk: 'b', sk: '1' }]);
});
