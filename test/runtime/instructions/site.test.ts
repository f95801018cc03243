import { labelsOnPage, PageTask } from '../../../src/contract/worker-template';
import { publishInstructions as publishFolder } from '../../../src/runtime/instructions/publish';
import { FolderFiles } from '../../../src/runtime/instructions/read-folder';
import { showLatest } from '../../../src/runtime/instructions/site';
import { ObjectStore, PutOptions } from '../../../src/runtime/ports';
import { MemoryWorld } from '../../support/memory-world';
import { gradient, jpegOf } from '../images/samples';

const publishInstructions = async (...given: Parameters<typeof publishFolder>): Promise<string> => (await publishFolder(...given)).version;

const TASK: PageTask = {
  type: 'BoundingBox', title: 'Parts <b>&', description: 'Draw "all"',
  labels: [{ name: 'screw', description: 'With a <i>thread</i>' }, { name: 'nut' }, { name: 'old', retired: true }],
};

let jpeg: Uint8Array;
beforeAll(async () => { jpeg = await jpegOf(gradient(20, 10)); });

const files = (entries: { readonly [name: string]: string | Uint8Array }): FolderFiles => new Map(Object.entries(entries)
  .map(([name, content]) => [name, typeof content === 'string' ? new TextEncoder().encode(content) : content]));
const folder = (text = '## Boxes\n\n![Good](good.jpg)'): FolderFiles => files({ 'full.md': text, 'images/good.jpg': jpeg });

/** Everything that is written, in its order. */
function world() {
  const made = new MemoryWorld();
  ['output', 'site'].forEach((bucket) => made.cloud.buckets.create(bucket));
  const { objects, cloud } = made;
  const writes: { readonly at: string; readonly options: PutOptions }[] = [];
  for (const name of ['put', 'putIfAbsent'] as const) {
    const act = objects[name].bind(objects) as (...args: Parameters<typeof objects.put>) => Promise<any>;
    objects[name] = async (bucket: string, key: string, body: Uint8Array, options: PutOptions) => {
      writes.push({ at: `${bucket}/${key.replace(/[0-9a-f]{32}/, '#')}`, options });
      return act(bucket, key, body, options);
    };
  }
  const read = (key: string): string => Buffer.from(cloud.buckets.read('site', key).body).toString();
  const keys = (): readonly string[] => cloud.buckets.peekKeys('site');
  return { objects, writes, read, keys, cloud };
}

const publish = ({ objects }: ReturnType<typeof world>, given = folder(), task = TASK) => publishInstructions(objects, 'output', given, task, 'site');

test('without a site nothing is written but what workers see', async () => {
  const there = world();
  const version = await publishInstructions(there.objects, 'output', folder(), TASK);
  expect(there.keys()).toEqual([]);
  expect(await publish(there)).toBe(version);
});

test('the page of a version is written after what it shows; the worker page keeps its private images', async () => {
  const there = world();
  const version = await publish(there);
  expect(there.writes.map(({ at }) => at)).toEqual([
    'output/config/#/good.jpg', 'site/images/#/good.jpg', 'output/config/#/template.liquid.html', 'site/styles/#.css', 'site/#/index.html',
  ]);
  const page = there.read(`${version}/index.html`);
  const shown = [...page.matchAll(/(?:src|href)="\/([^"]+)"/g)].map(([, key]) => key);
  expect(shown).toHaveLength(3);
  expect(there.keys()).toEqual(expect.arrayContaining(shown.filter((key) => !key.endsWith('/'))));
  const worker = Buffer.from(there.cloud.buckets.read('output', `config/${version}/template.liquid.html`).body).toString();
  expect(worker).toMatch(/<img src="\{\{ 's3:\/\/output\/config\/[0-9a-f]{32}\/good\.jpg' \| grant_read_access \}\}"/);
});

test('what has the hash of its content is kept by browsers for ever, a page for a minute', async () => {
  const there = world();
  await publish(there);
  const of = (at: string) => there.writes.find((each) => each.at === at)!.options;
  expect(of('site/images/#/good.jpg')).toEqual({ contentType: 'image/jpeg', cacheControl: 'public, max-age=31536000, immutable' });
  expect(of('site/styles/#.css')).toEqual({ contentType: 'text/css; charset=utf-8', cacheControl: 'public, max-age=31536000, immutable' });
  expect(of('site/#/index.html')).toEqual({ contentType: 'text/html; charset=utf-8', cacheControl: 'public, max-age=60' });
});

test('the page says title, description, labels and instructions, escaped, without Liquid and without a script', async () => {
  const there = world();
  const page = there.read(`${await publish(there, folder('Say {{ task.input.labels }} <script>alert(1)</script>\n\n![Good](good.jpg)'))}/index.html`);
  expect(page).toContain('<title>Parts &lt;b&gt;&amp;</title>');
  expect(page).toContain('<h1>Parts &lt;b&gt;&amp;</h1>\n<p>Draw &quot;all&quot;</p>');
  expect(page).toContain('<dt>screw</dt>\n<dd>With a &lt;i&gt;thread&lt;/i&gt;</dd>');
  expect(page).toContain('<dt>nut</dt>');
  expect(page).not.toContain('old');
  expect(page).toContain('Say {{ task.input.labels }} &lt;script&gt;alert(1)&lt;/script&gt;');
  expect(page).not.toMatch(/<(script|style|form|iframe)|\son\w+=|grant_read_access|crowd-|s3:\/\//i);
  expect(page).toContain('content="default-src &#39;none&#39;; img-src &#39;self&#39;; style-src &#39;self&#39;; base-uri &#39;none&#39;; form-action &#39;none&#39;"');
});

test('a page of one\'s own is read out of its regions, or says that there is no more', async () => {
  const there = world();
  const own = (inner: string) => files({
    'images/good.jpg': jpeg,
    'template.liquid.html': '<script src="https://assets.crowd.aws/crowd-html-elements.js"></script><crowd-form><crowd-bounding-box name="boundingBox" '
      + `src="{{ task.input.taskObject | grant_read_access }}" header="h" labels="${labelsOnPage(TASK)}">${inner}</crowd-bounding-box></crowd-form>`,
  });
  const full = there.read(`${await publish(there, own('<full-instructions header="How">Own <img src="good.jpg"></full-instructions><short-instructions>Be quick</short-instructions>'))}/index.html`);
  expect(full).toMatch(/<h2>How<\/h2>\nOwn <img src="\/images\/[0-9a-f]{32}\/good\.jpg" alt="">/);
  expect(full).toContain('<h2>In short</h2>\nBe quick');
  expect(full).not.toContain('say no more');
  const none = there.read(`${await publish(there, own('<full-instructions> </full-instructions><short-instructions></short-instructions>'))}/index.html`);
  expect(none).toContain('The instructions say no more than this.');
});

test('again it changes nothing; another task with the same worker page shows itself', async () => {
  const there = world();
  const version = await publish(there);
  const before = { keys: there.keys(), page: there.read(`${version}/index.html`) };
  expect(await publish(there)).toBe(version);
  expect({ keys: there.keys(), page: there.read(`${version}/index.html`) }).toEqual(before);
});

test('wrong instructions leave the site as it is', async () => {
  const there = world();
  await expect(publish(there, folder('![Good](god.jpg)'))).rejects.toThrow('god.jpg');
  await expect(publish(there, files({ 'full.md': '![a](a.jpg)', 'images/a.jpg': 'text' }))).rejects.toThrow('images/a.jpg: ');
  expect(there.keys()).toEqual([]);
});

describe('the root', () => {
  const put = async ({ objects }: ReturnType<typeof world>, version: string) =>
    objects.put('site', `${version}/index.html`, Buffer.from(version), { contentType: 'text/html' });

  test('shows the latest version', async () => {
    const there = world();
    await put(there, 'one');
    await showLatest(there.objects, 'site', async () => 'one');
    expect(there.read('index.html')).toBe('one');
    expect(there.writes[1]).toEqual({ at: 'site/index.html', options: { contentType: 'text/html; charset=utf-8', cacheControl: 'public, max-age=60' } });
  });

  test('stays as it is while the latest version has no page', async () => {
    const there = world();
    await put(there, 'one');
    await showLatest(there.objects, 'site', async () => 'one');
    await showLatest(there.objects, 'site', async () => 'two');
    expect(there.read('index.html')).toBe('one');
  });

  test('shows the last of several that are published at once, however their steps are interleaved', async () => {
    for (let seed = 1; seed <= 200; seed += 1) {
      const there = world();
      let state = seed;
      const pause = async (): Promise<void> => {
        state = (state * 48271) % 2147483647;
        for (let turns = state % 7; turns > 0; turns -= 1) {
          await Promise.resolve();
        }
      };
      let latest = 'none';
      const slow: Pick<ObjectStore, 'get' | 'put'> = {
        get: async (...args) => { await pause(); return there.objects.get(...args); },
        put: async (...args) => { await pause(); return there.objects.put(...args); },
      };
      await Promise.all(['one', 'two', 'three'].map(async (version) => {
        await pause();
        await put(there, version);
        await pause();
        latest = version;
        await showLatest(slow, 'site', async () => { await pause(); return latest; });
      }));
      expect(there.read('index.html')).toBe(latest);
    }
  });
});
