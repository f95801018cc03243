import { copyFileSync, mkdtempSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { namesAt } from '../../../src/local/loopback/server';
import { Preview } from '../../../src/local/preview/server';
import { PreviewState } from '../../../src/local/preview/state';
import { Answered, ask as askOf } from '../../support/loopback';

const PHOTO = join(__dirname, '../../../examples/photos/table/coffee.jpg');
const OTHER_PHOTO = join(__dirname, '../../../examples/photos/textures/outdoor/grass.jpg');
const SCRIPT = '<script src="https://assets.crowd.aws/crowd-html-elements.js"></script>';

let folder: string;
let preview: Preview;
let answers: string[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'preview-'));
  mkdirSync(join(folder, 'images'));
  writeFileSync(join(folder, 'full.md'), '![Good](good.jpg) and {{ braces }}');
  writeFileSync(join(folder, 'secret.txt'), 'secret');
  copyFileSync(PHOTO, join(folder, 'images', 'good.jpg'));
  answers = [];
  preview = await Preview.start({
    path: folder, image: PHOTO, bundles: { standIns: join(folder, 'secret.txt'), shell: join(folder, 'full.md') }, onAnswer: (json) => answers.push(json),
    task: { type: 'BoundingBox', title: 'T', description: 'D', labels: [{ name: 'a & b' }] },
  });
});
afterEach(async () => {
  await preview.close();
  rmSync(folder, { recursive: true });
});

const ask = (path: string, headers?: { readonly [name: string]: string }, method?: string, body?: string): Promise<Answered> =>
  askOf(preview.address, path, headers, method, body);

const state = async (): Promise<PreviewState> => JSON.parse((await ask('/state')).body) as PreviewState;

const page = async (): Promise<string> => (await state()).page!;

test('renders the page as Ground Truth does, with example images and the image to be read', async () => {
  const { body } = await ask(await page());
  expect(body).not.toContain(SCRIPT);
  expect(body).toContain('labels="[&#34;a &amp; b&#34;]"');
  expect(body).toContain('&#123;&#123; braces &#125;&#125;');
  const sources = [...body.matchAll(/src="(\/[^"]*files\/[^"]*)"/g)].map(([, source]) => source);
  expect(sources).toHaveLength(2);
  for (const source of sources) {
    expect(await ask(source)).toMatchObject({ status: 200, headers: { 'content-type': 'image/jpeg' } });
  }
});

test('listens on this machine alone, and answers to its own name', async () => {
  expect(preview.address).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  for (const host of ['attacker.example', `attacker.example:${new URL(preview.address).port}`, '127.0.0.1']) {
    expect(await ask('/state', { host })).toMatchObject({ status: 421 });
  }
  expect(await ask('/state', { host: `localhost:${new URL(preview.address).port}` })).toMatchObject({ status: 200 });
});

test('answers to HEAD, and to its whole address as a proxy asks for it', async () => {
  expect(await ask('/', {}, 'HEAD')).toMatchObject({ status: 200, headers: { 'content-type': 'text/html; charset=utf-8' }, body: '' });
  for (const path of ['', '/', '/state']) {
    expect(await ask(`${preview.address}${path}`)).toMatchObject({ status: 200, body: (await ask(path || '/')).body });
  }
});

test('serves no file but its own', async () => {
  const own = (await page()).replace(/page\?.*$/, '');
  for (const path of [
    '/secret.txt', '/../secret.txt', `${own}files/secret.txt`, `${own}files/../secret.txt`, `${own}files/..%2fsecret.txt`, `${own}files/%2e%2e/%2e%2e/etc/passwd`,
    `${own}files//etc/passwd`, `${own}files/__proto__`, '//etc/passwd', '/page', '/files/0-good.jpg', `/${'0'.repeat(32)}/page`,
  ]) {
    expect({ path, ...await ask(path) }).toMatchObject({ path, status: 404 });
  }
});

test('the worker page has no origin, and the page around it runs nothing but its own script', async () => {
  expect((await ask(await page())).headers['content-security-policy']).toBe('sandbox allow-scripts allow-forms allow-modals allow-popups');
  expect((await ask('/')).headers['content-security-policy']).toContain("default-src 'none'; script-src 'self'");
});

test('takes answers from the page around alone', async () => {
  const send = (headers: { readonly [name: string]: string }): Promise<Answered> => ask('/answer', headers, 'POST', '{"a": 1}');
  expect([(await send({})).status, (await send({ origin: 'null' })).status, (await send({ origin: 'http://attacker.example' })).status]).toEqual([403, 403, 403]);
  expect(answers).toEqual([]);
  expect((await send({ origin: preview.address })).status).toBe(204);
  expect(answers).toEqual(['{"a":1}']);
});

test('passes on what Amazon\'s own elements submit as a form, as text', async () => {
  const { body } = await ask(await page(), {}, 'POST', new URLSearchParams({ boundingBox: '{"boundingBoxes":[]}', why: '</script>' }).toString());
  expect(body).toContain('"boundingBox":{"boundingBoxes":[]}');
  expect(body.match(/<\/script>/g)).toHaveLength(1);
});

test.each(['', '{', 'null', '[]', '"x"', '7', '\ufffe{}'])('an answer that is no JSON object is refused: %j', async (body) => {
  expect(await ask('/answer', { origin: preview.address }, 'POST', body)).toMatchObject({ status: 400, body: expect.stringContaining('JSON object') });
  expect(answers).toEqual([]);
});

test('port 80 is not in the address by which a browser asks', () => {
  expect(namesAt(80)).toEqual(['127.0.0.1:80', 'localhost:80', '127.0.0.1', 'localhost']);
  expect(namesAt(8080)).toEqual(['127.0.0.1:8080', 'localhost:8080']);
});

test('the page has another address once it is another page, and only then', async () => {
  const after = async (change: () => void, told: boolean): Promise<string> => {
    const before = JSON.stringify(await state());
    change();
    for (const end = Date.now() + (told ? 4_000 : 800); JSON.stringify(await state()) === before && Date.now() < end;) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(JSON.stringify(await state()) !== before).toBe(told);
    return page();
  };
  const first = await page();
  expect(await after(() => writeFileSync(join(folder, 'full.md'), '![Good](good.jpg) and {{ braces }}'), false)).toBe(first);
  // a problem more, and the same page
  expect(await after(() => writeFileSync(join(folder, 'more.txt'), 'x'), true)).toBe(first);
  const second = await after(() => writeFileSync(join(folder, 'images', 'good.jpg'), readFileSync(OTHER_PHOTO)), true);
  const third = await after(() => writeFileSync(join(folder, 'full.md'), 'Boxes'), true);
  expect(new Set([first, second, third]).size).toBe(3);
  expect((await ask(third)).body).toContain('Boxes');
});

test('a folder that goes away, and cannot be read, is said, and watched until it is back', async () => {
  const until = async (told: string): Promise<void> => {
    let now: readonly string[] = [];
    for (const end = Date.now() + 4_000; !(now.length === 1 && now[0].includes(told)) && Date.now() < end;) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      now = (await state()).problems.map(({ text }) => text);
    }
    expect(now).toEqual([expect.stringContaining(told)]);
  };
  renameSync(folder, `${folder}-away`);
  await until(`${folder}:1:1: error: ${folder} is gone; put it back (unreadable)`);
  symlinkSync(folder, folder); // leads to itself: nobody can read it, root included
  await until('cannot be read (ELOOP');
  rmSync(folder);
  renameSync(`${folder}-away`, folder);
  await until('(unused-file)');
});

test('a folder that may not be read does not end the preview', async () => {
  const denied = Object.assign(new Error('EACCES: permission denied, scandir'), { code: 'EACCES', syscall: 'scandir', path: folder });
  const spied = jest.spyOn(jest.requireActual<typeof import('node:fs')>('node:fs'), 'readdirSync').mockImplementation(() => { throw denied; });
  await new Promise((resolve) => setTimeout(resolve, 700));
  const { problems } = await state();
  spied.mockRestore();
  expect(problems).toEqual([{ severity: 'error', text: expect.stringMatching(/cannot be read \(EACCES: permission denied.*\(unreadable\)$/) }]);
});
