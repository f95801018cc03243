import sharp from 'sharp';
import { PageTask } from '../../../src/contract/worker-template';
import { renderPage } from '../../../src/lint';
import { publishInstructions as publishFolder } from '../../../src/runtime/instructions/publish';
import { FolderFiles, readFiles } from '../../../src/runtime/instructions/read-folder';
import { contentHash } from '../../../src/runtime/instructions/version';
import { MemoryWorld } from '../../support/memory-world';
import { gradient, jpegOf, open, pixelAt, pixelsOf, pngOf } from '../images/samples';

const publishInstructions = async (...given: Parameters<typeof publishFolder>): Promise<string> => (await publishFolder(...given)).version;

const TASK: PageTask = { type: 'BoundingBox', title: 'Parts', description: 'Draw', labels: [{ name: 'screw' }, { name: 'nut' }] };
const bytes = (text: string) => new TextEncoder().encode(text);

function world(): MemoryWorld {
  const made = new MemoryWorld();
  ['output', 'texts'].forEach((bucket) => made.cloud.buckets.create(bucket));
  return made;
}

const files = (entries: { readonly [name: string]: string | Uint8Array }): FolderFiles =>
  new Map(Object.entries(entries).map(([name, content]) => [name, typeof content === 'string' ? bytes(content) : content]));

/** The page of a version, rendered; and the example images that it shows, by the file name in their key. */
function published({ cloud }: MemoryWorld, version: string) {
  const page = Buffer.from(cloud.buckets.read('output', `config/${version}/template.liquid.html`).body).toString();
  const shown: { [name: string]: { key: string; body: Uint8Array; contentType?: string } } = {};
  const html = renderPage(page, { taskObject: 's3://input/a.jpg', labels: ['screw', 'nut'] }, (uri) => {
    const key = uri.replace('s3://output/', '');
    if (key.startsWith('config/')) {
      shown[key.split('/').pop()!] = { key, body: cloud.buckets.read('output', key).body };
    }
    return `https://signed/${uri}`;
  });
  return { page, html, shown };
}

test('example images are made upright, no larger than a screen, and without private metadata; text names them by their files', async () => {
  const outside = world();
  const turned = await open(gradient(2400, 1200)).jpeg({ quality: 92 })
    .withExif({ IFD0: { Copyright: 'secret' }, IFD3: { GPSLatitude: '51/1 30/1 0/1' } }).withMetadata({ orientation: 6 }).toBuffer();
  expect((await sharp(turned).metadata()).exif).toBeDefined();
  const version = await publishInstructions(outside.objects, 'output', files({
    'full.md': '![Good](good.jpg) ![Bad](<more/bad one.png>)\n\n![Again](images/good.jpg)', 'short.md': 'See ![x](good.jpg).',
    'images/good.jpg': turned, 'images/more/bad one.png': await pngOf(gradient(64, 48)), 'images/unused.jpg': await jpegOf(gradient(9, 9)),
  }), TASK);
  const { page, html, shown } = published(outside, version);
  expect(version).toBe(contentHash(page));
  expect(Object.keys(shown).sort()).toEqual(['bad_one.png', 'good.jpg']);
  expect(html.match(/<img src="https:\/\/signed\/s3:\/\/output\/config\/[0-9a-f]{32}\/good\.jpg"/g)).toHaveLength(3);
  const good = shown['good.jpg'];
  expect(good.key).toBe(`config/${contentHash(good.body)}/good.jpg`);
  const { width, height, exif, orientation } = await sharp(good.body).metadata();
  expect({ width, height, exif, orientation }).toEqual({ width: 800, height: 1600, exif: undefined, orientation: undefined });
  const pixels = await pixelsOf(good.body);
  // turned by 90 degrees to the right: red grew to the right, and grows downwards now
  expect(pixelAt(pixels, 400, 1590)[0]).toBeGreaterThan(pixelAt(pixels, 400, 10)[0] + 200);
  expect((await sharp(shown['bad_one.png'].body).metadata()).width).toBe(64);
});

test('the same folder gives the same version and writes nothing anew; another image gives another', async () => {
  const outside = world();
  const folder = async (side: number) => files({ 'full.md': '![Good](good.jpg)', 'images/good.jpg': await jpegOf(gradient(side, side)) });
  const version = await publishInstructions(outside.objects, 'output', await folder(20), TASK);
  const keys = () => outside.cloud.buckets.peekKeys('output');
  const before = keys();
  expect(await publishInstructions(outside.objects, 'output', await folder(20), TASK)).toBe(version);
  expect(keys()).toEqual(before);
  expect(await publishInstructions(outside.objects, 'output', await folder(21), TASK)).not.toBe(version);
  expect(published(outside, version).shown['good.jpg']).toBeDefined();
});

test('hundred images are no more than one', async () => {
  const outside = world();
  const names = Array.from({ length: 100 }, (_, index) => `image ${index}.png`);
  const images = await Promise.all(names.map(async (name, index) => [`images/${name}`, await pngOf(gradient(8 + index, 8))] as const));
  const version = await publishInstructions(outside.objects, 'output', files({
    'full.md': names.map((name) => `![${name}](<${name}>)`).join('\n\n'), ...Object.fromEntries(images),
  }), TASK);
  expect(Object.keys(published(outside, version).shown)).toHaveLength(100);
});

test.each(['jpeg', 'png', 'webp', 'avif', 'gif', 'tiff'] as const)('of an example image of type %s workers get JPEG or PNG', async (type) => {
  const outside = world();
  const image = await open(gradient(60, 40)).toFormat(type).toBuffer();
  const version = await publishInstructions(outside.objects, 'output', files({ 'full.md': `![Good](good.${type})`, [`images/good.${type}`]: image }), TASK);
  const [[name, { body }]] = Object.entries(published(outside, version).shown);
  const { format, width } = await sharp(body).metadata();
  expect([`${name.split('.').pop()} ${format}`, width]).toEqual([expect.stringMatching(/^(jpg jpeg|png png)$/), 60]);
});

test.each<[string, { readonly [name: string]: string | Uint8Array }, string]>([
  ['a text with a mistake', { 'full.md': '![Good](god.jpg)', 'images/good.jpg': Buffer.from('x') }, "full.md:1:9: error: there is no example image 'god.jpg'; write 'good.jpg'"],
  ['an image that is none', { 'full.md': '![Good](good.jpg)', 'images/good.jpg': Buffer.from('text') }, 'images/good.jpg: '],
  ['an image that is larger than one may be', { 'full.md': '![Good](good.jpg)', 'images/good.jpg': Buffer.alloc(50_000_001) },
    'images/good.jpg: the file has 50000001 bytes; 50000000 are allowed; reduce it'],
  ['nothing', {}, 'write full.md, short.md or both'],
  ['a text in UTF-16', { 'full.md': Buffer.from('\ufeffBoxes', 'utf16le') }, 'full.md:1:1: error: the file has UTF-16; save it as UTF-8 (not-utf-8)'],
  ['a text in Latin-1', { 'full.md': 'Boxes', 'short.md': Buffer.from('K\u00e4sten', 'latin1') }, 'short.md:1:1: error: the file has bytes that are no UTF-8, as Latin-1 has them; save it as UTF-8 (not-utf-8)'],
  ['a text of megabytes', { 'full.md': 'x '.repeat(2_000_000) }, 'full.md:1:1: error: the file has 4000000 characters; the whole page may have 128000'],
])('%s is refused, and nothing refers to it', async (_name, content, expected) => {
  const outside = world();
  await expect(publishInstructions(outside.objects, 'output', files(content), TASK)).rejects.toThrow(expected);
  expect(outside.cloud.buckets.peekKeys('output').filter((key) => key.endsWith('.html'))).toEqual([]);
});

test('a page that only the addresses of its images make too long is refused, however that came about', async () => {
  const outside = world();
  outside.cloud.buckets.create('b'.repeat(300));
  const folder = files({ 'full.md': '![](a.png)\n\n'.repeat(500), 'images/a.png': await pngOf(gradient(9, 9)) });
  expect(await publishInstructions(outside.objects, 'output', folder, TASK)).toMatch(/^[0-9a-f]{32}$/);
  await expect(publishInstructions(outside.objects, 'b'.repeat(300), folder, TASK))
    .rejects.toThrow(/the page has \d{6} characters with the addresses of its images; 128000 are allowed/);
  expect(outside.cloud.buckets.peekKeys('b'.repeat(300)).filter((key) => key.endsWith('.html'))).toEqual([]);
});

test('a byte order mark is no part of the page', async () => {
  const outside = world();
  const { html } = published(outside, await publishInstructions(outside.objects, 'output', files({ 'full.md': '\ufeff# Boxes' }), TASK));
  expect(html).toContain('<h1>Boxes</h1>');
  expect(html).not.toContain('\ufeff');
});

test.each([['NFC', 'NFD'], ['NFD', 'NFC']] as const)('an image is found whether a mark is a part of its letter or beside it: %s in the text, %s in its name', async (written, kept) => {
  const outside = world();
  const version = await publishInstructions(outside.objects, 'output', files({
    'full.md': '![Good](<f\u00fcr \u00c5ngstr\u00f6m.png>)'.normalize(written), ['images/f\u00fcr \u00c5ngstr\u00f6m.png'.normalize(kept)]: await pngOf(gradient(9, 9)),
  }), TASK);
  expect(Object.values(published(outside, version).shown)).toHaveLength(1);
});

test('of two files that look the same the one that is written is shown', async () => {
  const outside = world();
  const composed = '\u00fc.png';
  const images = { [`images/${composed}`]: await pngOf(gradient(9, 9)), [`images/${composed.normalize('NFD')}`]: await pngOf(gradient(30, 9)) };
  const widths = await Promise.all((['NFC', 'NFD'] as const).map(async (form) => {
    const version = await publishInstructions(outside.objects, 'output', files({ ...images, 'full.md': `![x](${composed.normalize(form)})` }), TASK);
    return (await sharp(Object.values(published(outside, version).shown)[0].body).metadata()).width;
  }));
  expect(widths).toEqual([9, 30]);
});

test('a folder in a bucket is what lies in it now', async () => {
  const { objects, cloud } = world();
  const put = (key: string, body: string) => cloud.buckets.put('texts', key, Buffer.from(body), {});
  await put('froth/full.md', 'old');
  await put('froth/full.md', 'new');
  await put('froth/images/a/b.jpg', 'b');
  await put('froth/video.mp4', 'large');
  await put('froth/drafts/full.md', 'draft');
  await put('other/full.md', 'other');
  const read = await readFiles(objects, { kind: 'folder', bucket: 'texts', prefix: 'froth/' });
  expect([...read].map(([name, body]) => [name, Buffer.from(body).toString()]).sort()).toEqual([['full.md', 'new'], ['images/a/b.jpg', 'b']]);
});

test('hidden objects of a bucket are nobody\'s: they neither count nor are they read', async () => {
  const { objects, cloud } = world();
  for (const key of ['full.md', '.full.md', 'images/.DS_Store', 'images/.trash/a.jpg', 'images/a/.b.jpg', 'images/a/b..jpg']) {
    await cloud.buckets.put('texts', `froth/${key}`, Buffer.from('x'), {});
  }
  const get = jest.spyOn(objects, 'get');
  const read = await readFiles(objects, { kind: 'folder', bucket: 'texts', prefix: 'froth/' });
  expect([...read.keys()]).toEqual(['full.md', 'images/a/b..jpg']);
  expect(get).toHaveBeenCalledTimes(2);
});

test('warnings are answered beside the version', async () => {
  const { warnings } = await publishFolder(world().objects, 'output', files({ 'full.md': 'x', 'shrot.md': 'x' }), TASK);
  expect(warnings).toEqual([expect.stringMatching(/^shrot\.md:1:1: warning: .* did you mean short\.md\? \(unused-file\)$/)]);
});

describe('a folder in a bucket', () => {
  const folder = { kind: 'folder', bucket: 'texts', prefix: 'froth/' } as const;
  const publish = async ({ objects }: ReturnType<typeof world>) => publishInstructions(objects, 'output', await readFiles(objects, folder), TASK);

  test.each(['full.txt', 'instructions.markdown'])('that has only %s is told what makes a page; of such a text no byte is read', async (name) => {
    const outside = world();
    await outside.cloud.buckets.put('texts', `froth/${name}`, Buffer.from('x'), {});
    const get = jest.spyOn(outside.objects, 'get');
    await expect(publish(outside)).rejects.toThrow(`the folder has ${name}, which makes no page; `);
    expect(get).not.toHaveBeenCalled();
  });

  test.each([
    ['a text', { 'full.md': 3 * 2 ** 30 }, 'full.md: the file has 3221225472 bytes; the whole page may have 128000 characters'],
    ['images', { 'full.md': 9, 'images/a.png': 200_000_000, 'images/b.png': 50_000_000 }, 'the folder has 250000009 bytes; 250000000 are allowed'],
  ])('with too much of %s is refused before it is read', async (_name, sizes, expected) => {
    const outside = world();
    const items = Object.entries(sizes).map(([name, size]) =>
      ({ key: `froth/${name}`, size, versionId: '1', isLatest: true, deleteMarker: false, lastModified: 0 }));
    jest.spyOn(outside.objects, 'listVersions').mockResolvedValue({ items });
    const get = jest.spyOn(outside.objects, 'get');
    await expect(publish(outside)).rejects.toThrow(expected);
    expect(get).not.toHaveBeenCalled();
  });
});
