import { gzipSync } from 'node:zlib';
import { Open } from './contract-world';
import { ObjectStore, ObjectVersion } from '../../../src/runtime/ports';

const text = { contentType: 'text/plain' };
const bytes = (value: string): Uint8Array => new Uint8Array(Buffer.from(value));
const textOf = (value?: { readonly body: Uint8Array }): string | undefined => value && Buffer.from(value.body).toString();

async function* from(values: Iterable<string>): AsyncGenerator<string> {
  yield* values;
}

/** Keys that a drop may have. */
const STRANGE_KEYS = [
  'plain.jpg', 'with space.jpg', 'a+b.jpg', '100%.jpg', '%2B.jpg', 'quote\'".jpg', 'new\nline.jpg', 'tab\t.jpg', 'Grüße/日本語/🙂.jpg',
  'a/../b.jpg', './dot.jpg', '..', 'a//b.jpg', '/leading.jpg', 'trailing/', '?query=1&x=#hash.jpg', 'a\\b.jpg', '<&amp;>.jpg', '(bracket)!*~.jpg',
  `${'long/'.repeat(204)}1234`, 'é'.repeat(512),
];

export function objectsContract(open: Open): void {
  describe('objects', () => {
    let objects: ObjectStore;
    let bucket: string;

    beforeAll(() => { objects = open().objects; });
    beforeEach(async () => { bucket = await open().bucket(); });

    const put = async (key: string, body: string): Promise<string> => {
      await objects.put(bucket, key, bytes(body), text);
      return (await objects.head(bucket, key))!.versionId;
    };
    const linesOf = async (key: string): Promise<string[]> => {
      const found: string[] = [];
      for await (const line of (await objects.lines(bucket, key))!) {
        found.push(line);
      }
      return found;
    };
    const listed = async (prefix = ''): Promise<ObjectVersion[]> => {
      const versions: ObjectVersion[] = [];
      let after: string | undefined;
      do {
        const page = await objects.listVersions(bucket, prefix, after);
        versions.push(...page.items);
        after = page.next;
      } while (after !== undefined);
      return versions;
    };

    it('gives back bytes, size and metadata', async () => {
      const body = Uint8Array.from({ length: 256 }, (_, value) => value);
      const before = Date.now();
      await objects.put(bucket, 'a', body, { contentType: 'image/png', metadata: { 'origin-key': 'drops/%C3%BC.png', 'n': '1' } });
      const found = (await objects.get(bucket, 'a'))!;
      expect(new Uint8Array(found.body)).toEqual(body);
      const { body: _, ...head } = found;
      expect(head).toEqual(await objects.head(bucket, 'a'));
      expect(head).toMatchObject({ size: 256, metadata: { 'origin-key': 'drops/%C3%BC.png', 'n': '1' } });
      expect(head.versionId).not.toBe('');
      expect(head.etag).toMatch(/^".+"$/);
      expect(Math.abs(head.lastModified - before)).toBeLessThan(366 * 24 * 3600 * 1000);
    });

    it('holds nothing where nothing was put, and says so', async () => {
      expect(await objects.head(bucket, 'absent')).toBeUndefined();
      expect(await objects.get(bucket, 'absent')).toBeUndefined();
      expect(await objects.lines(bucket, 'absent')).toBeUndefined();
    });

    it('takes a missing bucket for an error', async () => {
      await expect(objects.get('no-such-bucket-here', 'a')).rejects.toThrow();
      await expect(objects.copy({ bucket: 'no-such-bucket-here', key: 'a', versionId: 'x' }, { bucket, key: 'b' }, text)).rejects.toThrow();
    });

    it('takes empty objects', async () => {
      await put('empty', '');
      expect(await objects.get(bucket, 'empty')).toMatchObject({ size: 0, body: new Uint8Array(0) });
      expect(await linesOf('empty')).toEqual([]);
    });

    it.each<[string, object, RegExp]>([
      ['that is not ASCII', { name: 'Grüße' }, /printable ASCII/],
      ['with a line end', { name: 'a\nb' }, /printable ASCII/],
      ['with spaces around it', { name: ' a' }, /without spaces around/],
      ['with an upper-case name', { Name: 'a' }, /lower-case/],
      ['of more than 2 KB', { name: 'x'.repeat(2_050) }, /2054 bytes, at most 2048/],
    ])('refuses metadata %s', async (_, metadata, message) => {
      await expect(objects.put(bucket, 'a', bytes('a'), { ...text, metadata: metadata as never })).rejects.toThrow(message);
      expect(await objects.head(bucket, 'a')).toBeUndefined();
    });

    describe('putIfAbsent', () => {
      it('writes once', async () => {
        expect(await objects.putIfAbsent(bucket, 'a', bytes('first'), { ...text, metadata: { who: 'first' } })).toBe('written');
        expect(await objects.putIfAbsent(bucket, 'a', bytes('second'), text)).toBe('exists');
        expect(await objects.get(bucket, 'a')).toMatchObject({ body: bytes('first'), metadata: { who: 'first' } });
        expect(await listed()).toHaveLength(1);
      });

      it('lets one of twelve racers write', async () => {
        const outcomes = await Promise.all(Array.from({ length: 12 }, (_, racer) => objects.putIfAbsent(bucket, 'a', bytes(`racer ${racer}`), text)));
        expect(outcomes.filter((outcome) => outcome === 'written')).toHaveLength(1);
        expect(textOf(await objects.get(bucket, 'a'))).toBe(`racer ${outcomes.indexOf('written')}`);
      });

      it('writes again behind a delete marker', async () => {
        await objects.putIfAbsent(bucket, 'a', bytes('first'), text);
        await open().deleteObject(bucket, 'a');
        expect(await objects.putIfAbsent(bucket, 'a', bytes('second'), text)).toBe('written');
        expect(textOf(await objects.get(bucket, 'a'))).toBe('second');
      });
    });

    describe('versions', () => {
      it('are kept, each under its own id', async () => {
        const [first, second] = [await put('a', 'one'), await put('a', 'two!')];
        expect(first).not.toBe(second);
        expect(textOf(await objects.get(bucket, 'a'))).toBe('two!');
        expect(textOf(await objects.get(bucket, 'a', first))).toBe('one');
        expect(await objects.head(bucket, 'a', first)).toMatchObject({ versionId: first, size: 3 });
        expect(await objects.head(bucket, 'b', first)).toBeUndefined();
      });

      it('survive a delete marker, which itself is no object', async () => {
        const version = await put('a', 'one');
        await open().deleteObject(bucket, 'a');
        expect(await objects.head(bucket, 'a')).toBeUndefined();
        expect(await objects.get(bucket, 'a')).toBeUndefined();
        expect(textOf(await objects.get(bucket, 'a', version))).toBe('one');
        const [marker, old] = await listed();
        expect(marker).toMatchObject({ key: 'a', deleteMarker: true, isLatest: true, size: 0 });
        expect(old).toMatchObject({ key: 'a', versionId: version, deleteMarker: false, isLatest: false, size: 3 });
        expect(await objects.head(bucket, 'a', marker.versionId)).toBeUndefined();
        expect(await objects.get(bucket, 'a', marker.versionId)).toBeUndefined();
      });

      it('are deleted one by one, and a second time without complaint', async () => {
        const [first, second] = [await put('a', 'one'), await put('a', 'two')];
        await objects.deleteVersion(bucket, 'a', second);
        await objects.deleteVersion(bucket, 'a', second);
        expect(textOf(await objects.get(bucket, 'a'))).toBe('one');
        expect(await objects.get(bucket, 'a', second)).toBeUndefined();
        await objects.deleteVersion(bucket, 'a', first);
        expect(await listed()).toEqual([]);
      });

      it('are listed by key and then the newest first', async () => {
        await put('b', '1');
        const old = await put('a/1', '22');
        const latest = await put('a/1', '333');
        await put('a', '4444');
        expect((await listed()).map(({ key, size }) => [key, size])).toEqual([['a', 4], ['a/1', 3], ['a/1', 2], ['b', 1]]);
        expect((await listed('a/')).map(({ key, versionId, isLatest }) => [key, versionId, isLatest])).toEqual([['a/1', latest, true], ['a/1', old, false]]);
        expect(await listed('none')).toEqual([]);
      });

      it('are listed over many pages', async () => {
        const keys = Array.from({ length: 1_203 }, (_, at) => `k ${String(at).padStart(5, '0')}+ü`);
        for (let start = 0; start < keys.length; start += 100) {
          await Promise.all(keys.slice(start, start + 100).map((key) => objects.put(bucket, key, bytes('x'), text)));
        }
        const { items, next } = await objects.listVersions(bucket, 'k ');
        expect(items.length).toBeLessThanOrEqual(1_000);
        expect(next).toBeDefined();
        expect((await listed('k ')).map(({ key }) => key)).toEqual(keys);
      });
    });

    describe('copy', () => {
      it('copies an old version with new metadata', async () => {
        await objects.put(bucket, 'a', bytes('one'), { ...text, metadata: { old: 'yes' } });
        const { versionId } = (await objects.head(bucket, 'a'))!;
        await put('a', 'two');
        expect(await objects.copy({ bucket, key: 'a', versionId }, { bucket, key: 'b' }, { contentType: 'image/png', metadata: { fresh: 'yes' } })).toBe(true);
        expect(await objects.get(bucket, 'b')).toMatchObject({ body: bytes('one'), metadata: { fresh: 'yes' } });
      });

      it('copies into another bucket', async () => {
        const versionId = await put('a', 'one');
        const other = await open().bucket();
        expect(await objects.copy({ bucket, key: 'a', versionId }, { bucket: other, key: 'b' }, text)).toBe(true);
        expect(textOf(await objects.get(other, 'b'))).toBe('one');
      });

      it('says that the version is gone', async () => {
        const versionId = await put('a', 'one');
        await objects.deleteVersion(bucket, 'a', versionId);
        expect(await objects.copy({ bucket, key: 'a', versionId }, { bucket, key: 'b' }, text)).toBe(false);
        await put('a', 'two');
        expect(await objects.copy({ bucket, key: 'a', versionId }, { bucket, key: 'b' }, text)).toBe(false);
        expect(await objects.head(bucket, 'b')).toBeUndefined();
      });
    });

    it.each(STRANGE_KEYS)('takes the key %j', async (key) => {
      expect(await objects.putIfAbsent(bucket, key, bytes('one\n'), text)).toBe('written');
      const { versionId } = (await objects.head(bucket, key))!;
      expect(await objects.putIfAbsent(bucket, key, bytes('again'), text)).toBe('exists');
      expect(textOf(await objects.get(bucket, key, versionId))).toBe('one\n');
      expect(await linesOf(key)).toEqual(['one']);
      expect((await listed()).map((version) => [version.key, version.versionId])).toEqual([[key, versionId]]);
      expect((await listed(key)).map((version) => version.key)).toEqual([key]);
      expect(await objects.copy({ bucket, key, versionId }, { bucket, key: `to/${key}`.slice(0, 500) }, text)).toBe(true);
      expect(textOf(await objects.get(bucket, `to/${key}`.slice(0, 500)))).toBe('one\n');
      await objects.deleteVersion(bucket, key, versionId);
      expect(await objects.head(bucket, key)).toBeUndefined();
    });

    describe('lines', () => {
      it.each<[string, string, string[]]>([
        ['with ends', 'a\nb\n', ['a', 'b']],
        ['without a last end', 'a\nb', ['a', 'b']],
        ['with Windows ends', 'a\r\nb\r\n', ['a', 'b']],
        ['that are empty', '\n\na\n\n', ['', '', 'a', '']],
        ['with odd spaces', ' a \u2028b\u0085\n\tc\n', [' a \u2028b\u0085', '\tc']],
      ])('are read %s', async (_, body, expected) => {
        await put('lines', body);
        expect(await linesOf('lines')).toEqual(expected);
      });

      it('are whole wherever the pieces end', async () => {
        const expected = Array.from({ length: 5_000 }, (_, at) => `${'🙂é'.repeat(at % 37)}${at}`);
        await put('lines', expected.join('\r\n'));
        expect(await linesOf('lines')).toEqual(expected);
      });

      it('may be packed', async () => {
        const expected = Array.from({ length: 5_000 }, (_, at) => `é ${at}`);
        await objects.put(bucket, 'packed', gzipSync(expected.join('\n')), { contentType: 'application/gzip' });
        const found: string[] = [];
        for await (const line of (await objects.lines(bucket, 'packed', 'gzip'))!) {
          found.push(line);
        }
        expect(found).toEqual(expected);
        await put('packed', 'no gzip at all');
        await expect((async () => {
          for await (const _line of (await objects.lines(bucket, 'packed', 'gzip'))!) { /* nothing can come */ }
        })()).rejects.toThrow(/header/);
      });

      it('may be given up half way', async () => {
        await put('lines', 'line\n'.repeat(200_000));
        for (let round = 0; round < 60; round++) {
          for await (const line of (await objects.lines(bucket, 'lines'))!) {
            expect(line).toBe('line');
            break;
          }
        }
        expect(await objects.head(bucket, 'lines')).toBeDefined();
      });

      it('are written as they come, and replace the object', async () => {
        await put('lines', 'old');
        await objects.putLines(bucket, 'lines', from(['a', '', '🙂']), { contentType: 'application/x-ndjson', metadata: { n: '3' } });
        expect(textOf(await objects.get(bucket, 'lines'))).toBe('a\n\n🙂\n');
        expect((await objects.head(bucket, 'lines'))!.metadata).toEqual({ n: '3' });
      });

      it('may be none', async () => {
        await objects.putLines(bucket, 'lines', from([]), text);
        expect(await objects.head(bucket, 'lines')).toMatchObject({ size: 0 });
      });

      it('may be many megabytes', async () => {
        const line = '0123456789abcdé'.repeat(64);
        const many = function* () {
          for (let at = 0; at < 20_000; at++) {
            yield `${at} ${line}`;
          }
        };
        await objects.putLines(bucket, 'lines', from(many()), text);
        expect((await objects.head(bucket, 'lines'))!.size).toBeGreaterThan(16 * 1024 * 1024);
        let at = 0;
        for await (const found of (await objects.lines(bucket, 'lines'))!) {
          if (found !== `${at} ${line}`) {
            throw new Error(`line ${at} is ${found.slice(0, 100)}`);
          }
          at++;
        }
        expect(at).toBe(20_000);
      });

      it.each([['few', 3], ['many', 12_000]])('leave the object as it was when their source fails after %s', async (_, count) => {
        const version = await put('lines', 'old');
        const failing = async function* () {
          for (let at = 0; at < count; at++) {
            yield 'x'.repeat(1_000);
          }
          throw new Error('the source failed');
        };
        await expect(objects.putLines(bucket, 'lines', failing(), text)).rejects.toThrow('the source failed');
        expect((await listed()).map(({ versionId }) => versionId)).toEqual([version]);
      });
    });
  });
}
