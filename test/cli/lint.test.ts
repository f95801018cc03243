import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { runCli } from '../../src/cli/program';

const EXAMPLE = path.join(__dirname, '..', '..', 'examples', 'typescript', 'instructions', 'instructions');

let folder: string;
beforeEach(() => { folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lint-')); });
afterEach(() => fs.rmSync(folder, { recursive: true }));

async function lint(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  const out: string[] = [];
  const err: string[] = [];
  const never = (): never => { throw new Error('the lint needs no project and nobody'); };
  const code = await runCli(['lint', ...argv], {
    out: { write: (text) => out.push(text) }, err: { write: (text) => err.push(text) }, user: 'ada',
    connect: never, openAccount: never, onInterrupt: never, confirm: never, sleep: never,
  }, '1.2.3');
  // where lines break depends on how long the path of the checkout is
  return { code, out: out.join('').replaceAll(folder, 'DIR'), err: err.join('').replaceAll(folder, 'DIR').replace(/\s+/g, ' ') };
}

const write = (name: string, content: string): void => fs.writeFileSync(path.join(folder, name), content);

test('finds nothing wrong with the example', async () => {
  expect(await lint(EXAMPLE, '--task', 'image-classification', '--labels', 'grass,gravel,brick')).toMatchObject({ code: 0, out: '', err: expect.stringContaining('nothing is wrong') });
});

test('writes each problem as compilers do, and fails for errors', async () => {
  write('full.md', '# Boxes\n\n![Good](godo.jpg) <b>');
  fs.mkdirSync(path.join(folder, 'images'));
  write('images/good.jpg', 'text');
  write('.hidden.md', 'x');
  const { code, out, err } = await lint(folder, '--task', 'bounding-box', '--labels', 'bubble');
  expect(code).toBe(1);
  expect(out.trim().split('\n')).toEqual([
    "DIR/full.md:3:9: error: there is no example image 'godo.jpg'; write 'good.jpg' (unknown-image)",
    'DIR/full.md:3:19: warning: <b> is HTML, which workers would read as it stands; write it in Markdown, or write a template.liquid.html (html-in-markdown)',
    expect.stringMatching(/^DIR\/images\/good\.jpg:1:1: error: .* \(broken-image\)$/),
  ]);
  expect(err.replace(/\s+/g, ' ')).toContain('DIR: 2 errors and 1 warning; the errors must be mended');
});

test('lets warnings pass, but for those who do not want that; JSON is for machines', async () => {
  write('short.md', 'So <i>tight</i>');
  const passed = await lint(folder, '--task', 'verify-bounding-box', '--labels', 'good,bad', '--json');
  expect(passed).toMatchObject({ code: 0, err: 'DIR: 1 warning; workers can work with it ' });
  expect(JSON.parse(passed.out)).toEqual([expect.objectContaining({ file: 'short.md', severity: 'warning', line: 1, column: 4 })]);
  expect(await lint(folder, '--task', 'verify-bounding-box', '--labels', 'good,bad', '--strict')).toMatchObject({
    code: 1, out: expect.stringContaining('DIR/short.md:1:4: error: <i> is HTML'), err: 'DIR: 1 error; the error must be mended ',
  });
});

test('takes the whole task from a file, as a pipeline gives it', async () => {
  write('full.md', '![Good](good.jpg)');
  const file = path.join(folder, 'task.json');
  fs.writeFileSync(file, JSON.stringify({ type: 'BoundingBox', title: 't', description: 'd', labels: [{ name: 'a,b' }] }));
  expect((await lint(folder, '--task-file', file)).out).toContain("DIR/full.md:1:9: error: there is no example image 'good.jpg'");
  fs.writeFileSync(file, '{');
  expect(await lint(folder, '--task-file', file)).toMatchObject({ code: 2, err: expect.stringContaining('cannot be read as JSON') });
  expect((await lint(folder, '--task-file', file, '--task', 'bounding-box')).err).toContain("option '--task-file <file>' cannot be used with");
});

test('finds an image by a reference that is defined nowhere', async () => {
  write('full.md', '# Boxes\n\n![Wide][wide]\n');
  expect(await lint(folder, '--task', 'bounding-box', '--labels', 'bubble')).toMatchObject({
    code: 1, out: expect.stringMatching(/^DIR\/full\.md:3:1: error: there is no reference 'wide', .* \(unknown-reference\)\n$/),
  });
});

test('tells a text among the images from a broken image, and a slip in a name', async () => {
  write('short.md', 'x');
  write('ful.md', 'x');
  fs.mkdirSync(path.join(folder, 'images'));
  write('images/notes.txt', 'text');
  const { code, out } = await lint(folder, '--task', 'bounding-box', '--labels', 'bubble');
  expect([code, out.trim().split('\n').map((line) => line.split(';')[0])]).toEqual([0, [
    'DIR/ful.md:1:1: warning: workers never see this file', 'DIR/images/notes.txt:1:1: warning: its name is not that of an image, so workers never see it',
  ]]);
});

test('says of an empty folder what to write, and of a file which folder to give', async () => {
  expect((await lint(folder, '--task', 'bounding-box', '--labels', 'a')).out).toContain('error: the folder has nothing for workers to read; write full.md, short.md or both');
  write('full.md', 'x');
  expect(await lint(path.join(folder, 'full.md'), '--task', 'bounding-box', '--labels', 'a')).toMatchObject({
    code: 2, err: 'error: DIR/full.md is a file, and a folder is checked as a whole next: Give the folder that it lies in: DIR ',
  });
});

test('refuses the labels of a task file that a synthesis would refuse, and what is no task', async () => {
  write('full.md', 'x');
  const file = path.join(folder, 'task.json');
  const err = async (task: unknown): Promise<string> => {
    fs.writeFileSync(file, JSON.stringify(task));
    const ran = await lint(folder, '--task-file', file);
    expect(ran.code).toBe(2);
    return ran.err;
  };
  const task = { type: 'BoundingBox', title: 't', description: 'd', labels: [{ name: 'a' }] };
  const twice = await err({ ...task, labels: [{ name: 'a' }, { name: 'a' }] });
  expect(twice).toContain("labels[1].name is 'a', as is labels[0].name; names must be unique");
  // --labels cannot stand beside a task file
  expect(twice).toContain('next: Mend the labels in DIR/task.json.');
  for (const wrong of [null, [], {}, { ...task, type: 'Boxes' }, { ...task, labels: ['a'] }, { ...task, labels: [null] }, { ...task, title: undefined }]) {
    expect(await err(wrong)).toContain('task.json has no task next: It must be a JSON object with type, title');
  }
});

test.each([
  ['AdjustmentBoundingBox', {}, 'in which attribute the images have the labels that workers adjust next: Add "earlierLabelAttribute": "boxes", or'],
  ['AdjustmentSemanticSegmentation', { earlierLabelAttribute: '' }, 'that workers adjust next: Add "earlierLabelAttribute": "mask-ref", or'],
  ['VerificationBoundingBox', { earlierLabels: ['a'] }, 'that workers verify next: Add "earlierLabelAttribute": "boxes", or'],
  ['VerificationSemanticSegmentation', { earlierLabelAttribute: 'mask-ref' }, 'which classes the labels have that workers verify next: Add "earlierLabels": ["bubble"]'],
  ['VerificationSemanticSegmentation', { earlierLabelAttribute: 'mask-ref', earlierLabels: [] }, 'which classes the labels have'],
])('a task file that does not say what %s looks at is refused: %j', async (type, more, expected) => {
  write('full.md', 'x');
  const file = path.join(folder, 'task.json');
  fs.writeFileSync(file, JSON.stringify({ type, title: 't', description: 'd', labels: [{ name: 'good' }, { name: 'bad' }], ...more }));
  expect(await lint(folder, '--task-file', file)).toMatchObject({ code: 2, out: '', err: expect.stringContaining(expected) });
  fs.writeFileSync(file, JSON.stringify({
    type, title: 't', description: 'd', labels: [{ name: 'good' }, { name: 'bad' }], earlierLabelAttribute: 'seen', ...type.startsWith('V') ? { earlierLabels: ['a'] } : {},
  }));
  expect(await lint(folder, '--task-file', file)).toMatchObject({ code: 0 });
});

describe('what cannot be read is told like any other problem, and the rest is checked', () => {
  // root, as tests may run, can read everything
  const real = jest.requireActual<typeof import('node:fs')>('node:fs');
  const failing = (call: 'readFileSync' | 'readdirSync' | 'statSync', at: string, code: string): jest.SpyInstance => {
    const original = real[call] as (...given: unknown[]) => unknown;
    return jest.spyOn(real, call as 'statSync').mockImplementation(((file: string, ...more: unknown[]) => {
      if (file === at) {
        throw Object.assign(new Error(`${code}: wrong, '${file}'`), { code, syscall: 'open', path: file });
      }
      return original(file, ...more);
    }) as unknown as typeof real.statSync);
  };
  const GONE = 'is gone; put it back';
  const DENIED = 'let yourself read it, as chmod -R u+rX does';

  test.each<[string, 'readFileSync' | 'readdirSync' | 'statSync', string, string, string, string[]]>([
    ['a text that is gone meanwhile', 'readFileSync', 'full.md', 'ENOENT', GONE, ['broken-image', 'broken-image']],
    ['a text that may not be read', 'readFileSync', 'full.md', 'EACCES', DENIED, ['broken-image', 'broken-image']],
    ['an image that may not be read', 'readFileSync', 'images/good.jpg', 'EACCES', DENIED, ['unknown-image', 'broken-image']],
    ['a folder that may not be read', 'readdirSync', 'images/', 'EACCES', DENIED, []],
    ['a file that is gone before it is looked at', 'statSync', 'images/bad.jpg', 'ENOENT', GONE, []],
  ])('%s', async (_what, call, name, code, told, beside) => {
    write('full.md', '![a](good.jpg) ![a](none.jpg)');
    fs.mkdirSync(path.join(folder, 'images'));
    ['good', 'bad'].forEach((image) => write(`images/${image}.jpg`, 'text'));
    const spied = failing(call, path.join(folder, name), code);
    const args = [folder, '--task', 'bounding-box', '--labels', 'a'];
    const [plain, json] = [await lint(...args), await lint(...args, '--json')];
    spied.mockRestore();
    const lines = plain.out.trim().split('\n');
    expect(lines.filter((line) => line.startsWith(`DIR/${name.replace(/\/$/, '')}:1:1: error: `) && line.includes(told) && line.endsWith('(unreadable)'))).toHaveLength(1);
    expect(lines.filter((line) => !line.includes('(unreadable)')).map((line) => /\((\S+)\)$/.exec(line)![1])).toEqual(beside);
    expect([plain.code, json.code]).toEqual([1, 1]);
    expect(JSON.parse(json.out)).toContainEqual(expect.objectContaining({ file: name.replace(/\/$/, ''), rule: 'unreadable', severity: 'error' }));
  });
});

describe('labels that a synthesis refuses are refused in the same words', () => {
  const MANY = Array.from({ length: 51 }, (_, index) => `l${index}`).join(',');
  test.each<[string, string, string]>([
    ['image-classification', 'grass,grass', "label 2 of --labels is 'grass', as is label 1 of --labels; names must be unique"],
    ['image-classification', 'grass, gravel,grass', "label 3 of --labels is 'grass', as is label 1"],
    ['image-classification', 'a', '--labels offers 1 label; this task needs at least 2 that are not retired'],
    ['bounding-box', '', '--labels offers 0 labels; this task needs at least 1'],
    ['bounding-box', 'a,,b', 'label 2 of --labels has 0 characters; it must have 1 to 256'],
    ['bounding-box', `a,${'x'.repeat(257)}`, 'label 2 of --labels has 257 characters'],
    ['bounding-box', 'a\u0007', 'it must be one line without control characters'],
    ['bounding-box', MANY, '--labels has 51 entries; this task takes at most 50'],
    ['semantic-segmentation', 'a,background', "label 2 of --labels is 'background', which Ground Truth uses for what no worker painted"],
    ['custom', 'a,a', 'names must be unique'],
  ])('%s: %j', async (task, labels, expected) => {
    const { code, err } = await lint(EXAMPLE, '--task', task, '--labels', labels);
    expect(err).toContain(expected);
    expect(err).toContain('next: Give labels as --labels bubble,foam.');
    expect(code).toBe(2);
  });
});

test.each<[string[], RegExp]>([
  [['--task', 'bounding-box', '--labels', 'a'], /there is no folder nowhere/],
  [['--task', 'boxes'], /Allowed choices are image-classification/],
  [[], /--task <task>' not specified/],
])('a wrong command line %j is told', async (argv, expected) => {
  const { code, err } = await lint('nowhere', ...argv);
  expect(code).toBe(2);
  expect(err.replace(/\s+/g, ' ')).toMatch(expected);
});

test('a path that leads nowhere is a wrong command line, whatever keeps it from leading anywhere', async () => {
  fs.writeFileSync(path.join(folder, 'full.md'), 'Boxes');
  fs.symlinkSync(path.join(folder, 'loop'), path.join(folder, 'loop'));
  for (const nowhere of [path.join(folder, 'full.md', 'x'), path.join(folder, 'loop'), path.join(folder, 'x'.repeat(300))]) {
    const { code, err } = await lint(nowhere, '--task', 'bounding-box', '--labels', 'a');
    // a long path is broken
    expect([code, err.replace(/\s/g, '')]).toEqual([2, expect.stringContaining(`thereisnofolder${nowhere.replace(folder, 'DIR')}`)]);
    expect(err).toContain('next: Give the folder that has full.md');
  }
});

test.each<[string, Buffer, string]>([
  ['UTF-16', Buffer.from('\ufeffBoxes', 'utf16le'), 'UTF-16'], ['UTF-16 without a mark', Buffer.from('Boxes', 'utf16le'), 'zero bytes'],
  ['Latin-1', Buffer.from('K\u00e4sten', 'latin1'), 'Latin-1'],
])('a text in %s is an error', async (_name, bytes, found) => {
  fs.writeFileSync(path.join(folder, 'full.md'), bytes);
  const { code, out } = await lint(folder, '--task', 'bounding-box', '--labels', 'a');
  expect([code, out]).toEqual([1, expect.stringMatching(`^DIR/full.md:1:1: error: the file has .*${found}.*; save it as UTF-8 .not-utf-8.`)]);
});

test('a byte order mark of UTF-8 is none of the text', async () => {
  write('full.md', '\ufeff');
  expect((await lint(folder, '--task', 'bounding-box', '--labels', 'a')).out).toContain('the file is empty');
});

test('ends quietly when nobody reads on', () => {
  write('full.md', '![a](none.jpg) '.repeat(2_500));
  const tool = path.join(__dirname, '..', '..', 'assets', 'cli', 'index.js');
  const line = '"$0" "$1" lint "$2" --task bounding-box --labels a --json | head -c 1';
  const { stdout, stderr } = spawnSync('sh', ['-c', line, process.execPath, tool, folder], { encoding: 'utf8' });
  expect([stdout, stderr.replaceAll(folder, 'DIR')]).toEqual(['[', 'DIR: 2,500 errors; the errors must be mended\n']);
});
