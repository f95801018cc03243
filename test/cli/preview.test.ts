import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { Ran, cli } from '../support/cli';

const EXAMPLE = join(__dirname, '../../examples/typescript/instructions/instructions');
const PHOTO = join(__dirname, '../../examples/photos/table/coffee.jpg');
const CLASSES = ['--task', 'image-classification', '--labels', 'grass,gravel'];

let folder: string;
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'preview-')); });
afterEach(() => rmSync(folder, { recursive: true }));

/** Runs the command, and ends it once `during` is over. */
async function preview(argv: readonly string[], during: () => Promise<void> = async () => undefined): Promise<Ran> {
  const ran = await cli(undefined, {
    columns: 120, ask: () => Promise.reject(new Error('no project is needed')),
    onInterrupt: (listener) => {
      void during().finally(listener);
      return () => undefined;
    },
  }, 'preview', ...argv);
  return { ...ran, err: ran.err.replace(/\s+/g, ' ') };
}

async function freeAddress(): Promise<string> {
  const probe = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => probe.once('listening', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return `http://127.0.0.1:${port}`;
}

test('serves until somebody ends it, and prints answers', async () => {
  const address = await freeAddress();
  const { code, out, err } = await preview([EXAMPLE, ...CLASSES, '--image', PHOTO, '--port', new URL(address).port], async () => {
    expect(await (await fetch(address)).text()).toContain('Preview of the worker page');
    await fetch(`${address}/answer`, { method: 'POST', headers: { origin: address }, body: '{"a":{"label":"\\u001b[2Jgrass"}}' });
  });
  expect({ code, out }).toEqual({ code: 0, out: '{"a":{"label":"\\u001b[2Jgrass"}}\n' });
  expect(err).toContain(`is shown at ${address}`);
  await expect(fetch(address)).rejects.toThrow();
});

test.each([
  ['its options', ['--title', 'Beer & foam', '--description', 'Where is "foam"?', ...CLASSES], ['Beer &amp; foam', 'Where is &quot;foam&quot;?']],
  ['its file', ['--task-file', 'TASK'], ['Filed', 'As filed']],
  ['nobody', CLASSES, ['(title of the task)', '(description of the task)']],
])('shows the words of the task as workers read them, given by %s', async (_by, words, expected) => {
  const file = join(folder, 'task.json');
  writeFileSync(file, JSON.stringify({ type: 'ImageMultiClass', title: 'Filed', description: 'As filed', labels: [{ name: 'a' }, { name: 'b' }] }));
  writeFileSync(join(folder, 'short.md'), 'Look twice.');
  const address = await freeAddress();
  let page = '';
  await preview([folder, ...words.map((word) => word === 'TASK' ? file : word), '--image', PHOTO, '--port', new URL(address).port], async () => {
    const state = await (await fetch(`${address}/state`)).json() as { page: string };
    page = await (await fetch(`${address}${state.page}`)).text();
  });
  expect([page.match(/<full-instructions header="(.*?)"/)?.[1], page.match(/\sheader="(.*?)"/)?.[1]]).toEqual(expected);
});

test('says in the terminal what is wrong with the page, with line and column', async () => {
  writeFileSync(join(folder, 'full.md'), 'Look:\n\n![x](none.jpg)');
  const { err } = await preview([folder, ...CLASSES, '--image', PHOTO]);
  expect(err).toContain(`${folder}/full.md:3:6: error: there is no example image 'none.jpg'`);
});

describe('saves, in the terminal', () => {
  const write = (text: string): void => writeFileSync(join(folder, 'full.md'), text);

  test('tell once what is wrong, and that it is mended', async () => {
    write('![x](none.jpg)');
    const address = await freeAddress();
    // saved, seen
    const saved = async (text: string): Promise<void> => {
      write(text);
      const words = text.split('\n')[0];
      for (let page = ''; !page.includes(words); await new Promise((resolve) => setTimeout(resolve, 30))) {
        const state = await (await fetch(`${address}/state`)).json() as { page: string };
        page = await (await fetch(`${address}${state.page}`)).text();
      }
    };
    const { err } = await preview([folder, ...CLASSES, '--image', PHOTO, '--port', new URL(address).port], async () => {
      await saved('Right');
      await saved('Right again');
      await saved('Wrong\n\n![x](none.jpg)');
      await saved('Still wrong\n\n![x](none.jpg)');
      await saved('Wrong twice\n\n![x](none.jpg)\n\n![x](never.jpg)');
    });
    const told = err.match(/\d\d:\d\d:\d\d (nothing is wrong any more|\d errors?; [a-z ]+ mended)|full\.md:\d+|is shown at/g)!;
    expect(told.map((part) => part.replace(/^\d.*\d:\d\d /, 'TIME '))).toEqual([
      'full.md:1', 'is shown at', 'TIME nothing is wrong any more', 'TIME 1 error; the error must be mended', 'full.md:3',
      'TIME 2 errors; the errors must be mended', 'full.md:3', 'full.md:5',
    ]);
  });
});

test('a page that is not made is told at its place, whatever else is wrong', async () => {
  const input = join(folder, 'input.json');
  writeFileSync(input, '{"count": 100000000}');
  writeFileSync(join(folder, 'notes.txt'), 'x');
  mkdirSync(join(folder, 'images'));
  copyFileSync(PHOTO, join(folder, 'images', 'good.jpg'));
  writeFileSync(join(folder, 'template.liquid.html'), `<script src="https://assets.crowd.aws/crowd-html-elements.js"></script>
<crowd-form><img src="good.jpg" alt="good">{% for i in (1..task.input.count) %}x{% endfor %}</crowd-form>`);
  const { err } = await preview([folder, '--task', 'custom', '--image', PHOTO, '--input', input]);
  expect(err).toContain(`${folder}/notes.txt:1:1: warning: workers never see this file`);
  expect(err).toContain(`${folder}/template.liquid.html:2:44: error: this Liquid makes more than`);
});

test.each([
  ['not closed', '{% if task.input.x %}x'], ['no end of an output', '<p>{{ task.input.x</p>'], ['an unknown tag', 'x\n {% show x %}'],
  ['another file', '{% include "x" %}'], ['an end without a begin', 'x\n{% endif %}'], ['endless', 'x {% for i in (1..1000000000) %}x{% endfor %}'],
])('Liquid that lint knows to be wrong is told once: %s', async (_what, liquid) => {
  writeFileSync(join(folder, 'template.liquid.html'), `<script src="https://assets.crowd.aws/crowd-html-elements.js"></script>\n<crowd-form>${liquid}</crowd-form>`);
  const { err } = await preview([folder, '--task', 'custom', '--image', PHOTO]);
  expect(err.match(/template\.liquid\.html:\d+:\d+: error: .*?\((liquid-syntax|endless|unknown-tag|not-rendered)\)/g)).toHaveLength(1);
});

test('a custom task is told what its page finds here alone', async () => {
  writeFileSync(join(folder, 'template.liquid.html'), '<script src="https://assets.crowd.aws/crowd-html-elements.js"></script><crowd-form></crowd-form>');
  const input = join(folder, 'input.json');
  const told = async (...argv: string[]): Promise<string | undefined> =>
    / (A custom task's page finds .*) Answers appear here/.exec((await preview([folder, ...argv, '--image', PHOTO])).err)?.[1];
  expect(await told('--task', 'custom')).toContain("Here taskObject, labels and manifestLine are the preview's own");
  writeFileSync(input, '{"taskObject": "s3://a/b.jpg", "manifestLine": {}, "question": "?"}');
  expect(await told('--task', 'custom', '--input', input)).toContain("Here labels is the preview's own");
  writeFileSync(input, '{"taskObject": "s3://a/b.jpg", "manifestLine": {}, "labels": []}');
  expect(await told('--task', 'custom', '--input', input)).toBeUndefined();
  expect(await told(...CLASSES)).toBeUndefined();
});

test.each(['tiff', 'webp', 'gif', 'avif'] as const)('an image to label that workers never get as it is, is refused: %s', async (type) => {
  const image = join(folder, `image.${type}`);
  await sharp(PHOTO).resize(32).toFormat(type).toFile(image);
  const { code, err } = await preview([EXAMPLE, ...CLASSES, '--image', image]);
  expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining(`is no image that workers could label: the file is ${type.toUpperCase()}; workers are shown JPEG and PNG alone: convert it`) });
});

test('a folder that cannot be read when it begins is said once, and that is the end', async () => {
  writeFileSync(join(folder, 'full.md'), 'Boxes');
  // root, as tests may run, can read everything
  const { readdirSync } = jest.requireActual<typeof import('node:fs')>('node:fs');
  const spied = jest.spyOn(jest.requireActual<typeof import('node:fs')>('node:fs'), 'readdirSync').mockImplementation(((path: string, ...more: []) => {
    if (path.startsWith(folder)) {
      throw Object.assign(new Error(`EACCES: permission denied, scandir '${path}'`), { code: 'EACCES', syscall: 'scandir', path });
    }
    return readdirSync(path, ...more);
  }) as unknown as typeof readdirSync);
  const { code, out, err } = await preview([folder, ...CLASSES, '--image', PHOTO]).finally(() => spied.mockRestore());
  expect({ code, out, err }).toEqual({
    code: 1, out: '', err: `error: ${folder} cannot be read: EACCES: permission denied, scandir '${folder}' next: Let yourself read it: chmod -R u+rX ${folder} `,
  });
});

test('a link that leads to itself is no folder', async () => {
  symlinkSync(join(folder, 'loop'), join(folder, 'loop'));
  const { code, err } = await preview([join(folder, 'loop'), ...CLASSES, '--image', PHOTO]);
  expect([code, err]).toEqual([2, expect.stringContaining(`there is no folder or template ${join(folder, 'loop')}`)]);
});

test.each<[string, string[], RegExp]>([
  ['no folder', ['nowhere', ...CLASSES, '--image', PHOTO], /there is no folder or template nowhere/],
  ['no task', [EXAMPLE, '--image', PHOTO], /--task <task>' not specified/],
  ['an unknown task', [EXAMPLE, '--task', 'boxes', '--image', PHOTO], /Allowed choices are image-classification/],
  ['no labels', [EXAMPLE, '--task', 'bounding-box', '--image', PHOTO], /--labels offers 0 labels; this task needs at least 1/],
  ['a label twice', [EXAMPLE, '--task', 'bounding-box', '--labels', 'a,a', '--image', PHOTO], /label 2 of --labels is 'a', as is label 1/],
  ['a text for a folder', [join(EXAMPLE, 'full.md'), ...CLASSES, '--image', PHOTO], /full\.md is neither a folder nor a template next: Give the folder that it lies in: /],
  ['no image', [EXAMPLE, ...CLASSES], /--image <file>' not specified/],
  ['an image that is not there', [EXAMPLE, ...CLASSES, '--image', 'none.jpg'], /there is no image none\.jpg/],
  ['an image that is none', [EXAMPLE, ...CLASSES, '--image', __filename], /is no image that workers could label: /],
  ['a text for an image', [EXAMPLE, ...CLASSES, '--image', join(EXAMPLE, 'full.md')], /the file is .*; workers are shown JPEG and PNG alone/],
  ['a folder for an image', [EXAMPLE, ...CLASSES, '--image', EXAMPLE], /is no image that workers could label: it is no file/],
  ['a wrong port', [EXAMPLE, ...CLASSES, '--image', PHOTO, '--port', '0'], /whole number from 1 to 65535/],
  ['input that is no JSON', [EXAMPLE, ...CLASSES, '--image', PHOTO, '--input', __filename], /--input .* cannot be read: /],
])('%s is told', async (_what, argv, expected) => {
  const { code, err } = await preview(argv);
  expect(err).toMatch(expected);
  expect(code).toBe(2);
});

test('a port that is in use is told', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => taken.once('listening', resolve));
  const { code, err } = await preview([EXAMPLE, ...CLASSES, '--image', PHOTO, '--port', String((taken.address() as AddressInfo).port)]);
  await new Promise((resolve) => taken.close(resolve));
  expect(code).toBe(1);
  expect(err).toMatch(/port \d+ is in use next: Choose another with --port/);
});
