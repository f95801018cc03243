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
  expect(err.replace(/\s+/g, ' ')).toContain('3 problems, 2 of them must be mended');
});

test('lets warnings pass, but for those who do not want that; JSON is for machines', async () => {
  write('short.md', 'So <i>tight</i>');
  const passed = await lint(folder, '--task', 'verify-bounding-box', '--labels', 'good,bad', '--json');
  expect(passed.code).toBe(0);
  expect(JSON.parse(passed.out)).toEqual([expect.objectContaining({ file: 'short.md', severity: 'warning', line: 1, column: 4 })]);
  expect((await lint(folder, '--task', 'verify-bounding-box', '--labels', 'good,bad', '--strict')).code).toBe(1);
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

test.each<[string[], RegExp]>([
  [['--task', 'bounding-box', '--labels', 'a'], /there is no folder nowhere/],
  [['--task', 'image-classification', '--labels', 'a'], /--labels has 1 label; the task image-classification needs at least 2/],
  [['--task', 'boxes'], /Allowed choices are image-classification/],
  [[], /--task <task>' not specified/],
])('a wrong command line %j is told', async (argv, expected) => {
  const { code, err } = await lint('nowhere', ...argv);
  expect(code).toBe(2);
  expect(err.replace(/\s+/g, ' ')).toMatch(expected);
});
