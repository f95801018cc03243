import { Open } from './contract-world';
import { Item, Outcome, Query, Table, Write } from '../../../src/runtime/ports';

const done: Outcome = { done: true };

/** All pages of a query. */
async function all(table: Table, query: Query): Promise<{ items: Item[]; pages: number }> {
  const items: Item[] = [];
  let after: string | undefined;
  let pages = 0;
  do {
    const page = await table.query({ ...query, after });
    items.push(...page.items);
    after = page.next;
    pages++;
  } while (after !== undefined);
  return { items, pages };
}

const sortKeys = (items: readonly { sk: string }[]): string[] => items.map(({ sk }) => sk);

export function tableContract(open: Open): void {
  describe('table', () => {
    let table: Table;
    let partitions = 0;
    let pk: string;

    beforeAll(async () => { table = await open().table(); });
    beforeEach(() => { pk = `P#${++partitions}`; });

    const put = async (...items: Item[]): Promise<void> => {
      for (const item of items) {
        expect(await table.write([{ put: item }])).toEqual(done);
      }
    };

    describe('values', () => {
      it('gives back what was put, without undefined members', async () => {
        const item = {
          pk, sk: 'a', text: 'Grüße 🙂', empty: '', zero: 0, fraction: -0.25, large: Number.MAX_SAFE_INTEGER, yes: true, no: false, nothing: null,
          list: [1, 'two', [null], { three: 3 }], map: { 'a.b': 1, 'nested': { deep: [true] } }, emptyList: [], emptyMap: {},
        };
        await put({ ...item, gone: undefined, map: { ...item.map, gone: undefined } });
        expect(await table.get({ pk, sk: 'a' })).toEqual(item);
        expect(Object.keys((await table.get({ pk, sk: 'a' }))!)).not.toContain('gone');
      });

      it('replaces the whole item', async () => {
        await put({ pk, sk: 'a', one: 1 }, { pk, sk: 'a', two: 2 });
        expect(await table.get({ pk, sk: 'a' })).toEqual({ pk, sk: 'a', two: 2 });
      });

      it.each<[string, Write, RegExp]>([
        ['a number that is none', { put: { pk: 'x', sk: 'x', n: NaN } }, /number that the table cannot hold/],
        ['a number that would lose digits', { put: { pk: 'x', sk: 'x', n: 2 ** 60 } }, /number that the table cannot hold/],
        ['an empty key', { put: { pk: 'x', sk: '' } }, /sk must be a string that is not empty/],
        ['a sort key that is too long', { put: { pk: 'x', sk: 'ü'.repeat(513) } }, /1026 bytes, at most 1024/],
        ['an empty index key', { put: { pk: 'x', sk: 'x', gsi1pk: '', gsi1sk: 'x' } }, /gsi1pk must be a string/],
        ['an item that is too large', { put: { pk: 'x', sk: 'x', text: 'x'.repeat(410_000) } }, /at most 409600/],
        ['an update that changes nothing', { update: { pk: 'x', sk: 'x' }, set: { a: undefined } }, /changes nothing/],
        ['an update that only removes, without a condition', { update: { pk: 'x', sk: 'x' }, remove: ['a'] }, /needs a condition/],
        ['an update that changes an attribute twice', { update: { pk: 'x', sk: 'x' }, set: { a: 1 }, remove: ['a'] }, /changes a twice/],
        ['an update that changes a key', { update: { pk: 'x', sk: 'x' }, set: { sk: 'y' } }, /changes its key/],
        ['a check without conditions', { check: { pk: 'x', sk: 'x' }, when: [] }, /has no condition/],
        ['ordered booleans', { put: { pk: 'x', sk: 'x' }, when: [{ attribute: 'a', is: '<', value: true }] }, /orders booleans/],
      ])('refuses %s', async (_, write, message) => {
        await expect(table.write([write])).rejects.toThrow(message);
        expect(await table.get({ pk: 'x', sk: 'x' })).toBeUndefined();
      });

      it('takes a sort key of 1,024 bytes', async () => {
        const sk = 'ü'.repeat(512);
        await put({ pk, sk });
        expect(await table.get({ pk, sk })).toEqual({ pk, sk });
      });
    });

    describe('get', () => {
      it('finds nothing where nothing is', async () => {
        expect(await table.get({ pk, sk: 'absent' })).toBeUndefined();
      });

      it('reads many in the order asked, without those that are absent, and takes repetitions', async () => {
        for (let from = 0; from < 250; from += 50) {
          await table.write(Array.from({ length: 50 }, (_, at) => ({ put: { pk, sk: String(from + at).padStart(3, '0') } })));
        }
        const keys = Array.from({ length: 250 }, (_, at) => ({ pk, sk: String(249 - at).padStart(3, '0') }));
        const found = await table.getMany([...keys, { pk, sk: 'absent' }, keys[3]]);
        expect(sortKeys(found)).toEqual([...sortKeys(keys), keys[3].sk]);
        expect(await table.getMany([])).toEqual([]);
      });
    });

    describe('conditions', () => {
      const item = { n: 5, s: 'm', yes: true, nothing: null };

      it.each<[string, boolean]>([
        ['n present', true], ['nothing present', true], ['other present', false], ['other absent', true], ['n absent', false], ['nothing absent', false],
        ['n = 5', true], ['n = 6', false], ['n = "5"', false], ['s = "m"', true], ['yes = true', true], ['yes = false', false], ['other = 5', false],
        ['n < 6', true], ['n < 5', false], ['n <= 5', true], ['n > 4', true], ['n > 5', false], ['n >= 5', true], ['n >= 6', false],
        ['s < "n"', true], ['s < "m"', false], ['s > "M"', true], ['s >= "m"', true], ['other < 5', false], ['other >= 0', false], ['s > 1', false], ['n < "z"', false],
      ])('%s: %s', async (text, holds) => {
        await put({ pk, sk: 'a', ...item });
        const [attribute, is, value] = text.split(' ');
        const when = [{ attribute, is, ...(value === undefined ? {} : { value: JSON.parse(value) }) } as never];
        expect(await table.write([{ update: { pk, sk: 'a' }, set: { touched: true }, when }]))
          .toEqual(holds ? done : { done: false, failed: [{ index: 0, current: { pk, sk: 'a', ...item } }] });
        expect((await table.get({ pk, sk: 'a' }))!.touched).toBe(holds ? true : undefined);
      });

      it('orders strings by bytes, not by UTF-16 units', async () => {
        await put({ pk, sk: 'a', s: '\uffee' });
        expect(await table.write([{ check: { pk, sk: 'a' }, when: [{ attribute: 's', is: '<', value: '🙂' }] }])).toEqual(done);
      });

      it('must hold all', async () => {
        await put({ pk, sk: 'a', n: 1, s: 'x' });
        const when = (s: string) => [{ attribute: 'n', is: '=', value: 1 }, { attribute: 's', is: '=', value: s }] as const;
        expect((await table.write([{ remove: { pk, sk: 'a' }, when: when('y') }])).done).toBe(false);
        expect(await table.write([{ remove: { pk, sk: 'a' }, when: when('x') }])).toEqual(done);
        expect(await table.get({ pk, sk: 'a' })).toBeUndefined();
      });

      it('say that there is no current item', async () => {
        expect(await table.write([{ put: { pk, sk: 'a' }, when: [{ attribute: 'n', is: '=', value: 1 }] }])).toEqual({ done: false, failed: [{ index: 0 }] });
        expect(await table.get({ pk, sk: 'a' })).toBeUndefined();
      });

      it('take names that are reserved words or hold odd characters', async () => {
        await put({ 'pk': pk, 'sk': 'a', 'status': 1, 'image:PENDING': 2, 'a b.c': 3 });
        expect(await table.write([{
          update: { pk, sk: 'a' }, set: { status: 9 }, add: { 'image:PENDING': 1 }, remove: ['a b.c'],
          when: [{ attribute: 'status', is: '=', value: 1 }, { attribute: 'a b.c', is: 'present' }],
        }])).toEqual(done);
        expect(await table.get({ pk, sk: 'a' })).toEqual({ 'pk': pk, 'sk': 'a', 'status': 9, 'image:PENDING': 3 });
      });
    });

    describe('update', () => {
      it('makes the item, and adds from zero', async () => {
        expect(await table.write([{ update: { pk, sk: 'a' }, set: { s: 'x', gone: undefined }, add: { n: -2 } }])).toEqual(done);
        expect(await table.get({ pk, sk: 'a' })).toEqual({ pk, sk: 'a', s: 'x', n: -2 });
      });

      it('leaves an attribute alone that is set to undefined, and removes only what it is told to', async () => {
        await put({ pk, sk: 'a', keep: 1, drop: 2 });
        expect(await table.write([{ update: { pk, sk: 'a' }, set: { keep: undefined, fresh: [1] }, remove: ['drop', 'absent'] }])).toEqual(done);
        expect(await table.get({ pk, sk: 'a' })).toEqual({ pk, sk: 'a', keep: 1, fresh: [1] });
      });

      it('only removing, changes an item that is there', async () => {
        const remove: Write = { update: { pk, sk: 'a' }, remove: ['x'], when: [{ attribute: 'x', is: 'present' }] };
        expect(await table.write([remove])).toEqual({ done: false, failed: [{ index: 0 }] });
        await put({ pk, sk: 'a', x: 1 });
        expect(await table.write([remove])).toEqual(done);
        expect(await table.get({ pk, sk: 'a' })).toEqual({ pk, sk: 'a' });
      });

      it('refuses to add to what is no number, and then changes nothing', async () => {
        await put({ pk, sk: 'a', n: 'text' });
        await expect(table.write([{ put: { pk, sk: 'b' } }, { update: { pk, sk: 'a' }, add: { n: 1 } }])).rejects.toThrow();
        expect(sortKeys((await all(table, { pk })).items)).toEqual(['a']);
      });

      it('counts exactly when many add at once', async () => {
        await Promise.all(Array.from({ length: 12 }, () => table.write([{ update: { pk, sk: 'count' }, add: { n: 1 } }])));
        expect((await table.get({ pk, sk: 'count' }))!.n).toBe(12);
      });
    });

    describe('remove', () => {
      it('removes, and does not mind where nothing is', async () => {
        await put({ pk, sk: 'a' });
        expect(await table.write([{ remove: { pk, sk: 'a' } }])).toEqual(done);
        expect(await table.write([{ remove: { pk, sk: 'a' } }])).toEqual(done);
        expect(await table.get({ pk, sk: 'a' })).toBeUndefined();
      });
    });

    describe('races', () => {
      it('of twelve who make the same item one wins, and the others see the winner', async () => {
        const outcomes = await Promise.all(Array.from({ length: 12 }, (_, racer) =>
          table.write([{ put: { pk, sk: 'lease', owner: racer }, when: [{ attribute: 'pk', is: 'absent' }] }])));
        expect(outcomes.filter((outcome) => outcome.done)).toHaveLength(1);
        const winner = outcomes.findIndex((outcome) => outcome.done);
        for (const outcome of outcomes) {
          expect(outcome).toEqual(outcome.done ? done : { done: false, failed: [{ index: 0, current: { pk, sk: 'lease', owner: winner } }] });
        }
      });

      it('of twelve transactions that raise the same revision one wins', async () => {
        await put({ pk, sk: 'item', revision: 1 });
        const outcomes = await Promise.all(Array.from({ length: 12 }, (_, racer) => table.write([
          { update: { pk, sk: 'item' }, set: { revision: 2, by: racer }, when: [{ attribute: 'revision', is: '=', value: 1 }] },
          { put: { pk, sk: `history#${racer}` } },
        ])));
        expect(outcomes.filter((outcome) => outcome.done)).toHaveLength(1);
        const winner = outcomes.findIndex((outcome) => outcome.done);
        expect((await all(table, { pk })).items).toEqual([{ pk, sk: `history#${winner}` }, { pk, sk: 'item', revision: 2, by: winner }]);
      });
    });

    describe('transactions', () => {
      it('do all', async () => {
        await put({ pk, sk: 'old', n: 1 }, { pk, sk: 'change', n: 1 }, { pk, sk: 'check', n: 1 });
        expect(await table.write([
          { put: { pk, sk: 'new', n: 1 }, when: [{ attribute: 'pk', is: 'absent' }] },
          { update: { pk, sk: 'change' }, add: { n: 1 } },
          { remove: { pk, sk: 'old' }, when: [{ attribute: 'n', is: '=', value: 1 }] },
          { check: { pk, sk: 'check' }, when: [{ attribute: 'n', is: '=', value: 1 }] },
        ])).toEqual(done);
        expect((await all(table, { pk })).items).toEqual([{ pk, sk: 'change', n: 2 }, { pk, sk: 'check', n: 1 }, { pk, sk: 'new', n: 1 }]);
      });

      it('do none where a condition fails, and name every failed write with its current item', async () => {
        const before = [{ pk, sk: 'a', n: 1 }, { pk, sk: 'c', n: 3 }];
        await put(...before);
        expect(await table.write([
          { update: { pk, sk: 'a' }, set: { n: 9 }, when: [{ attribute: 'n', is: '=', value: 2 }] },
          { put: { pk, sk: 'b' } },
          { remove: { pk, sk: 'c' } },
          { check: { pk, sk: 'd' }, when: [{ attribute: 'pk', is: 'present' }] },
        ])).toEqual({ done: false, failed: [{ index: 0, current: before[0] }, { index: 3 }] });
        expect((await all(table, { pk })).items).toEqual(before);
      });

      it('may be a single check', async () => {
        await put({ pk, sk: 'a', n: 1 });
        expect(await table.write([{ check: { pk, sk: 'a' }, when: [{ attribute: 'n', is: '=', value: 1 }] }])).toEqual(done);
        expect(await table.write([{ check: { pk, sk: 'a' }, when: [{ attribute: 'n', is: '=', value: 2 }] }]))
          .toEqual({ done: false, failed: [{ index: 0, current: { pk, sk: 'a', n: 1 } }] });
      });

      it('hold up to 100 writes, of different items', async () => {
        const writes = Array.from({ length: 101 }, (_, at) => ({ put: { pk, sk: String(at) } }));
        await expect(table.write(writes)).rejects.toThrow('A transaction of 101 writes: at most 100 are allowed');
        expect((await all(table, { pk })).items).toEqual([]);
        expect(await table.write(writes.slice(1))).toEqual(done);
        expect((await all(table, { pk })).items).toHaveLength(100);
        await expect(table.write([writes[0], { remove: { pk, sk: '0' } }])).rejects.toThrow(/twice/);
        expect(await table.write([])).toEqual(done);
      });
    });

    describe('query', () => {
      const keys = ['', '#', '#1', '#10', '#2', '0', 'A', 'a', 'ab', 'b', 'é', '\uffee', '🙂'].slice(1);

      beforeEach(async () => {
        await put(...[...keys].reverse().map((sk) => ({ pk, sk })));
      });

      it('gives items in the order of their bytes, or in reverse', async () => {
        expect(sortKeys((await all(table, { pk })).items)).toEqual(keys);
        expect(sortKeys((await all(table, { pk, reverse: true })).items)).toEqual([...keys].reverse());
      });

      it.each([undefined, '', '#', '#1', 'a', 'é', '🙂', 'z'])('gives those whose sort key begins with %j', async (prefix) => {
        const expected = keys.filter((key) => key.startsWith(prefix ?? ''));
        expect(sortKeys((await all(table, { pk, prefix })).items)).toEqual(expected);
        expect(sortKeys((await all(table, { pk, prefix, reverse: true })).items)).toEqual([...expected].reverse());
      });

      it.each(['#1', '#3', 'a', 'aa', '🙂', '🙃'])('gives those from %j on, also by page', async (from) => {
        const expected = keys.filter((key) => Buffer.compare(Buffer.from(key), Buffer.from(from)) >= 0);
        expect(sortKeys((await all(table, { pk, from })).items)).toEqual(expected);
        expect(sortKeys((await all(table, { pk, from, limit: 1 })).items)).toEqual(expected);
      });

      it.each<Partial<Query>>([{ from: '' }, { from: 'a', prefix: 'a' }, { from: 'a', reverse: true }])('refuses %j', async (query) => {
        await expect(table.query({ pk, ...query })).rejects.toThrow('A query from a sort key on');
      });

      it.each([[1, false], [3, false], [5, true], [12, false], [100, true]])('gives pages of %i, reverse: %s, nothing twice and nothing left out', async (limit, reverse) => {
        const first = await table.query({ pk, limit, reverse });
        expect(first.items).toHaveLength(Math.min(limit, keys.length));
        const { items, pages } = await all(table, { pk, limit, reverse });
        expect(sortKeys(items)).toEqual(reverse ? [...keys].reverse() : keys);
        expect(pages).toBeGreaterThanOrEqual(Math.ceil(keys.length / limit));
      });

      it('goes on within a prefix', async () => {
        expect(sortKeys((await all(table, { pk, prefix: '#', limit: 1 })).items)).toEqual(['#', '#1', '#10', '#2']);
      });

      it('goes on behind an item that was removed meanwhile', async () => {
        const { next } = await table.query({ pk, limit: 3 });
        await table.write([{ remove: { pk, sk: '#10' } }, { put: { pk, sk: '#100' } }]);
        expect(sortKeys((await table.query({ pk, after: next, limit: 2 })).items)).toEqual(['#100', '#2']);
      });

      it('finds nothing in an empty partition, and refuses a limit of nothing', async () => {
        expect(await table.query({ pk: 'empty' })).toEqual({ items: [] });
        await expect(table.query({ pk, limit: 0 })).rejects.toThrow('positive integer');
      });

      it('does not read another partition with a page token', async () => {
        const { next } = await table.query({ pk, limit: 1 });
        await expect(table.query({ pk: 'another', after: next })).rejects.toThrow();
      });
    });

    describe('status index', () => {
      const indexed = (sk: string, gsi1sk: string, more: object = {}): Item => ({ pk, sk, gsi1pk: `S#${pk}`, gsi1sk, ...more });
      const shown = async (query: Partial<Query> = {}) => {
        const items: { pk: string; sk: string; gsi1sk: string }[] = [];
        let after: string | undefined;
        do {
          const page = await table.queryIndex({ pk: `S#${pk}`, ...query, after });
          items.push(...page.items);
          after = page.next;
        } while (after !== undefined);
        return items;
      };

      it('holds keys only, in the order of its sort key', async () => {
        await put(indexed('1', 'c', { n: 1 }), indexed('2', 'a', { n: 1 }), indexed('3', 'b'), { pk, sk: '4' });
        expect(await shown()).toEqual([{ pk, sk: '2', gsi1sk: 'a' }, { pk, sk: '3', gsi1sk: 'b' }, { pk, sk: '1', gsi1sk: 'c' }]);
        expect(sortKeys(await shown({ reverse: true }))).toEqual(['1', '3', '2']);
      });

      it('is read by prefix and by page, also where sort keys are equal', async () => {
        await put(...['1', '2', '3', '4', '5'].map((sk) => indexed(sk, 'same')), indexed('6', 'other'));
        expect(sortKeys(await shown({ prefix: 'same', limit: 2 })).sort()).toEqual(['1', '2', '3', '4', '5']);
        expect(sortKeys(await shown({ limit: 1, reverse: true })).sort()).toEqual(['1', '2', '3', '4', '5', '6']);
        expect(sortKeys(await shown({ from: 'p', limit: 2 })).sort()).toEqual(['1', '2', '3', '4', '5']);
      });

      it('follows its items', async () => {
        await put(indexed('1', 'a'), indexed('2', 'b'), indexed('3', 'c'), indexed('4', 'd'));
        await table.write([
          { update: { pk, sk: '1' }, set: { gsi1sk: 'z' } },
          { update: { pk, sk: '2' }, remove: ['gsi1pk', 'gsi1sk'], when: [{ attribute: 'pk', is: 'present' }] },
          { remove: { pk, sk: '3' } },
          { put: { pk, sk: '4', gsi1pk: 'S#elsewhere', gsi1sk: 'd' } },
        ]);
        expect(await shown()).toEqual([{ pk, sk: '1', gsi1sk: 'z' }]);
      });
    });
  });
}
