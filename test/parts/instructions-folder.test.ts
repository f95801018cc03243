import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Instructions, LabelingTask } from '../../src';
import { checkInstructions, stateOf } from '../../src/local/preview/folder';
import { newProject, newStack } from '../project-fixture';
import { open, texture } from '../runtime/images/samples';
import { cli } from '../support/cli';

const PHOTO = path.join(__dirname, '../../examples/photos/table/coffee.jpg');
const LABELS = [{ name: 'screw' }, { name: 'nut' }];
const BOXES = { title: 'Parts', description: 'Draw', labels: LABELS };

let root: string;
let folder: string;
beforeEach(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), 'folder-'));
  folder = path.join(root, 'instructions');
  fs.mkdirSync(path.join(folder, 'images'), { recursive: true });
  fs.writeFileSync(path.join(root, 'elsewhere.md'), 'Elsewhere');
  fs.mkdirSync(path.join(root, 'elsewhere'));
  fs.copyFileSync(PHOTO, path.join(root, 'elsewhere', 'good.jpg'));
});
afterEach(() => fs.rmSync(root, { recursive: true }));

const at = (name: string): string => path.join(folder, name);
const write = (name: string, content: string | Buffer = 'x'): void => fs.writeFileSync(at(name), content);
const image = (name = 'good.jpg'): void => fs.copyFileSync(PHOTO, at(`images/${name}`));

/** The lines of the lint, and its exit code. */
async function lint(...more: string[]): Promise<{ readonly code: number; readonly lines: string[]; readonly verdict: string }> {
  const never = (): never => { throw new Error('no project is needed'); };
  const { code, out, err } = await cli(undefined, { ask: never }, 'lint', folder, '--task', 'bounding-box', '--labels', 'screw,nut', ...more);
  return { code, lines: out.replaceAll(folder, 'DIR').split('\n').filter((line) => line !== ''), verdict: err.replaceAll(folder, 'DIR').replace(/\s+/g, ' ').trim() };
}

/** What the preview's terminal says when it begins. */
async function preview(): Promise<string[]> {
  const { err } = await cli(undefined, {
    ask: () => Promise.reject(new Error('no project is needed')), columns: 120, onInterrupt: (listener) => { setImmediate(listener); return () => undefined; },
  }, 'preview', folder, '--task', 'bounding-box', '--labels', 'screw,nut', '--image', PHOTO);
  return err.replaceAll(folder, 'DIR').split('\n').filter((line) => line !== '' && !/shown at|Ctrl-C/.test(line));
}

/** The errors of a synthesis, else its warnings. */
function synth(task = LabelingTask.boundingBox(BOXES)): string[] {
  const stack = newStack();
  try {
    newProject(stack, { task, instructions: Instructions.fromDirectory(folder) });
  } catch (error) {
    const [first, ...rest] = (error as Error).message.replaceAll(folder, 'DIR').split('\n');
    return rest.length === 0 ? [first] : rest.map((line) => line.replace(/^- /, ''));
  }
  return Annotations.fromStack(stack).findWarning('*', Match.stringLikeRegexp('[^]*')).map(({ entry }) => (entry.data as string).replaceAll(folder, 'DIR'));
}

/** What it says to all of them, but for images that no text shows. */
async function everywhere(): Promise<string[]> {
  const { lines } = await lint();
  expect(await preview()).toEqual(lines);
  // where it fails, it has no more to say
  const fails = lines.some((line) => line.includes(': error: '));
  expect(synth().map((line) => line.replace(/ \[ack: .*\]$/, ''))).toEqual(lines.filter((line) => !fails || line.includes(': error: ')));
  return lines.filter((line) => !line.endsWith('(unused-image)'));
}

describe('what is no plain file or folder is named, with the same remedy wherever a folder is read', () => {
  const place = (name: string, make: (where: string) => void): void => {
    fs.rmSync(at(name), { recursive: true, force: true });
    make(at(name));
  };
  const link = (target: string) => (where: string) => fs.symlinkSync(path.join(root, target), where);
  const fifo = (where: string): void => { execFileSync('mkfifo', [where]); };
  const told = (name: string, is: string, wanted = 'file'): string => `DIR/${name}:1:1: error: it is ${is}, which is not taken; put the ${wanted} itself there (no-plain-file)`;

  test.each<[string, string, (where: string) => void, string]>([
    ['a link to a text', 'full.md', link('elsewhere.md'), told('full.md', 'a symbolic link')],
    ['a link that leads nowhere', 'short.md', link('nowhere'), told('short.md', 'a symbolic link')],
    ['a link to itself', 'full.md', (where) => fs.symlinkSync(where, where), told('full.md', 'a symbolic link')],
    ['a link for a page', 'template.liquid.html', link('elsewhere.md'), told('template.liquid.html', 'a symbolic link')],
    ['a folder for a text', 'full.md', (where) => fs.mkdirSync(where), told('full.md', 'a folder')],
    ['a pipe for a text', 'full.md', fifo, told('full.md', 'neither a file nor a folder')],
    ['a link for the images', 'images', link('elsewhere'), told('images', 'a symbolic link', 'folder')],
    ['a file for the images', 'images', (where) => fs.writeFileSync(where, 'x'), told('images', 'a file', 'folder')],
    ['a link among the images', 'images/good.jpg', link('elsewhere/good.jpg'), told('images/good.jpg', 'a symbolic link')],
    ['a link to a folder among the images', 'images/more', link('elsewhere'), told('images/more', 'a symbolic link', 'file or folder')],
  ])('%s', async (_what, name, make, expected) => {
    write('full.md', name === 'images/good.jpg' ? '![Good](good.jpg)' : 'Boxes');
    place(name, make);
    expect(await everywhere()).toEqual([expected]);
  });

  test('but what is no part of the instructions may be anything', async () => {
    write('full.md', 'Boxes');
    fs.symlinkSync(path.join(root, 'elsewhere.md'), at('README.md'));
    fs.symlinkSync(path.join(root, 'elsewhere'), at('old'));
    fs.symlinkSync(path.join(root, 'nowhere'), at('images/.hidden'));
    expect(await everywhere()).toEqual([]);
  });

  test('and the preview looks again when the file itself is put there', () => {
    fs.symlinkSync(path.join(root, 'elsewhere.md'), at('full.md'));
    const before = stateOf(folder, PHOTO);
    fs.rmSync(at('full.md'));
    fs.copyFileSync(path.join(root, 'elsewhere.md'), at('full.md'));
    expect(stateOf(folder, PHOTO)).not.toBe(before);
  });
});

describe('names of files', () => {
  test('neither steer a terminal nor look like other lines', async () => {
    write('full.md', 'Boxes');
    write('a\u001b[2J\nb\u009b1m\u202e.md');
    write('images/c\r\u0007.txt');
    const lines = await everywhere();
    expect(lines.map((line) => line.split(': ')[0])).toEqual(['DIR/a\\u001b[2J\\nb?1m?.md:1:1', 'DIR/images/c\\r\\u0007.txt:1:1']);
    write('images/d\u001b.jpg');
    // eslint-disable-next-line no-control-regex
    expect([...(await lint()).lines, ...await preview(), ...synth()].join('')).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/);
    fs.rmSync(at('images/d\u001b.jpg'));
    const stack = newStack();
    newProject(stack, { instructions: Instructions.fromDirectory(folder) });
    // eslint-disable-next-line no-control-regex
    expect(JSON.stringify(Annotations.fromStack(stack).findWarning('*', Match.stringLikeRegexp('ack: [^\\u0000-\\u001f]*$')))).toContain('unused-file');
  });

  test.each<[string, string, (where: Buffer) => void]>([
    ['an image', 'images/k?.jpg', (where) => fs.copyFileSync(PHOTO, where)],
    ['a folder among the images', 'images/k?', (where) => fs.mkdirSync(where)],
  ])('that are no UTF-8 are told wherever a folder is read: %s', async (_what, name, make) => {
    write('full.md', 'Boxes');
    make(Buffer.from(at(name).replace('?', '\u00e4'), 'latin1'));
    expect(await everywhere()).toEqual([
      `DIR/${name.replace('?', '\ufffd')}:1:1: error: its name has bytes that are no UTF-8, so that no text can name it; rename it (not-utf-8)`,
    ]);
  });

  test('that have a backslash are those that an archive makes of them', async () => {
    write('full.md', '![Good](good.jpg)');
    fs.copyFileSync(PHOTO, at('images\\good.jpg'));
    expect(await everywhere()).toEqual([]);
    image();
    expect(await everywhere()).toEqual([
      'DIR/images/good.jpg:1:1: error: its name is there 2 times, as "images/good.jpg", "images\\good.jpg"; it may be there once: '
      + 'keep one of these files (same-name)',
    ]);
    fs.rmSync(at('images/good.jpg'));
    write('..\\full.md');
    expect(await everywhere()).toEqual([
      'DIR/..\\full.md:1:1: error: its name leads out of its folder; name files plainly, as images/good.jpg (no-plain-name)',
    ]);
  });

  // what editors write, and what some file systems make of it
  test.each([['NFC', 'NFD'], ['NFD', 'NFC']] as const)('are found whether a mark is a part of its letter or beside it: %s in the text, %s on the disk', async (written, kept) => {
    image('für Ångström.jpg'.normalize(kept));
    write('full.md', '![Good](<für Ångström.jpg>)'.normalize(written));
    expect(await everywhere()).toEqual([]);
  });
});

describe('of many problems', () => {
  test('the first are printed, errors before warnings, and how many more there are', async () => {
    write('full.md', '![a](none.jpg)\n');
    Array.from({ length: 60 }, (_, index) => write(`page-${index}.md`));
    const { code, lines, verdict } = await lint();
    expect([code, lines.length, lines[50], verdict]).toEqual([1, 51, '... and 11 more', 'DIR: 1 error and 60 warnings; the error must be mended']);
    expect(lines[0]).toContain('DIR/full.md:1:6: error:');
    expect(await preview()).toEqual(lines);
    write('full.md', 'Boxes');
    const warnings = synth();
    expect([warnings.length, warnings[50]]).toEqual([51, '... and 10 more [ack: cdk-streaming-labeling:instructions:more]']);
  });

  test('a synthesis says the first too, of texts and of images', () => {
    write('full.md', Array.from({ length: 70 }, () => '![a](none.jpg)').join('\n\n'));
    expect([synth().length, synth()[50]]).toEqual([51, '... and 20 more']);
    Array.from({ length: 55 }, (_, index) => write(`images/${index}.jpg`, 'text'));
    expect([synth().length, synth()[50]]).toEqual([51, '... and 75 more']);
  });

  test('machines get all', async () => {
    write('full.md', Array.from({ length: 70 }, () => '![a](none.jpg)').join('\n\n'));
    expect(JSON.parse((await lint('--json')).lines.join('\n'))).toHaveLength(70);
  });
});

describe('a text of megabytes', () => {
  const told = (name: string, length: number): string =>
    `DIR/${name}:1:1: error: the file has ${length} characters; the whole page may have 128000: shorten it, and put images into files of their own (too-long)`;

  test.each(['full.md', 'short.md', 'template.liquid.html'])('makes no page at all: %s', async (name) => {
    write(name, '![a](none.jpg) '.repeat(50_000));
    expect(await everywhere()).toEqual([told(name, 750_000)]);
    expect(checkInstructions(folder, { type: 'BoundingBox', ...BOXES }).template).toBe('');
  });

  test('of a page that is too long only that is said', async () => {
    write('full.md', '![a](none.jpg) '.repeat(15_000));
    for (const lines of [(await lint()).lines, await preview(), synth()]) {
      // the title of the task is on it, which the lint does not know
      expect(lines).toEqual([expect.stringMatching(/^DIR\/full\.md:1:1: error: the template has \d{6} characters; 128000 are allowed: .*\(too-long\)$/)]);
    }
  });

  test('whose page is short is taken, though it is long itself', async () => {
    write('full.md', `| a | b |\n|---|---|\n${`| a | b${' '.repeat(2_000)}|\n`.repeat(100)}`);
    expect(await everywhere()).toEqual([]);
  });
});

test.each(['a.jpg', 'originals.psd'])('more bytes of images than a deploy takes are told wherever a folder is read, and are not read: %s', async (name) => {
  write('full.md', 'Boxes');
  write(`images/${name}`);
  fs.truncateSync(at(`images/${name}`), 3 * 2 ** 30);
  for (const lines of [(await lint()).lines, await preview(), synth()]) {
    expect(lines).toContain('DIR/images/:1:1: error: the folder has 3221225472 bytes; 250000000 are allowed: reduce its images (too-large)');
  }
});

describe('images are judged alike wherever a folder is read', () => {
  const made = async (type: 'jpeg' | 'png' | 'webp' | 'avif' | 'gif' | 'tiff'): Promise<Buffer> => open(texture(60, 40)).toFormat(type).toBuffer();
  /** An Exif segment in which a small JPEG lies, end marker and all, as cameras write it. */
  const withThumbnail = (jpeg: Buffer, thumbnail: Buffer): Buffer => {
    const exif = Buffer.concat([Buffer.from('Exif\0\0MM\0*\0\0\0\x08\0\0\0\0\0\0', 'latin1'), thumbnail]);
    const head = Buffer.from([0xff, 0xd8, 0xff, 0xe1, 0, 0]);
    head.writeUInt16BE(exif.length + 2, 4);
    return Buffer.concat([head, exif, jpeg.subarray(2)]);
  };

  test('whole ones of each type are taken', async () => {
    write('full.md', 'Boxes');
    for (const type of ['jpeg', 'png', 'webp', 'avif', 'gif', 'tiff'] as const) {
      write(`images/a.${type}`, await made(type));
    }
    write('images/b.jpg', withThumbnail(await made('jpeg'), await made('jpeg')));
    expect(await everywhere()).toEqual([]);
  });

  test('those that are cut off are errors, though nothing shows them', async () => {
    write('full.md', 'Boxes');
    const types = ['avif', 'gif', 'jpeg', 'png', 'tiff', 'webp'] as const;
    for (const type of types) {
      const bytes = await made(type);
      write(`images/a.${type}`, bytes.subarray(0, bytes.length / 2));
    }
    const camera = withThumbnail(await made('jpeg'), await made('jpeg'));
    write('images/b.jpg', camera.subarray(0, camera.length * 0.7));
    const names = [...types.map((type) => `a.${type}`), 'b.jpg'];
    expect(await everywhere()).toEqual(names.map((name) => expect.stringMatching(new RegExp(`^DIR/images/${name}:1:1: error: .*; (copy the whole file|export it again .*) \\(broken-image\\)$`))));
  });

  test.each<[string, string, Buffer | number, string]>([
    ['a text', 'a.png', Buffer.from('text'), 'convert it, or take it out'], ['nothing', 'a.png', Buffer.alloc(0), 'copy the whole file'],
    ['more than one may have', 'a.jpg', 50_000_001, '50000000 are allowed; reduce it'], ['a drawing', 'a.png', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), 'convert it'],
  ])('%s is an error, with a remedy', async (_what, name, content, remedy) => {
    write('full.md', 'Boxes');
    write(`images/${name}`, typeof content === 'number' ? '' : content);
    fs.truncateSync(at(`images/${name}`), typeof content === 'number' ? content : content.length);
    expect(await everywhere()).toEqual([expect.stringContaining(`${remedy} (broken-image)`)]);
  });
});

test.each(['full.md', 'short.md', 'template.liquid.html'])('a text that no page can hold is told of wherever a folder is read, and is not read: %s', async (name) => {
  write(name);
  fs.truncateSync(at(name), 3 * 2 ** 30);
  const told = `DIR/${name}:1:1: error: the file has 3221225472 bytes; the whole page may have 128000 characters: shorten it`;
  for (const lines of [(await lint()).lines, await preview(), synth()]) {
    expect(lines.filter((line) => line.includes(told))).toHaveLength(1);
  }
});

describe('more labels than an element is documented for', () => {
  const many = Array.from({ length: 11 }, (_, index) => ({ name: `class ${index}` }));
  const tasks: [string, LabelingTask, string][] = [
    ['image-classification', LabelingTask.imageClassification({ ...BOXES, labels: many }), 'categories has 11 labels; <crowd-image-classifier> is documented for at most 10'],
    ['bounding-box', LabelingTask.boundingBox({ ...BOXES, labels: many }), 'labels has 11 labels; <crowd-bounding-box> is documented for at most 10'],
  ];
  test.each(tasks)('are a warning: %s', async (name, task, expected) => {
    write('full.md', 'Boxes');
    const { code, lines } = await lint('--task', name, '--labels', many.map((label) => label.name).join(','));
    expect([code, lines]).toEqual([0, [expect.stringContaining(`DIR/full.md:1:1: warning: ${expected}`)]]);
    expect(synth(task)).toEqual([expect.stringContaining(`DIR/full.md:1:1: warning: ${expected}`)]);
    // the built-in page has no file, and that of a bucket is not known yet
    for (const instructions of [Instructions.builtIn(), Instructions.fromBucket(Bucket.fromBucketName(newStack(), 'Texts', 'texts'))]) {
      const stack = newStack();
      newProject(stack, { task, instructions });
      expect(Annotations.fromStack(stack).findWarning('*', Match.stringLikeRegexp('labels;')).map(({ entry }) => entry.data)).toEqual([expect.stringContaining(`warning: ${expected}`)]);
    }
  });

  test('are none where none is documented, and ten are none', async () => {
    write('full.md', 'Boxes');
    expect(synth(LabelingTask.multiLabelClassification({ ...BOXES, labels: many }))).toEqual([]);
    expect(synth(LabelingTask.imageClassification({ ...BOXES, labels: many.slice(1) }))).toEqual([]);
  });
});

test.each<[string, string, Buffer, string]>([
  ['UTF-16', 'full.md', Buffer.from('\ufeffBoxes', 'utf16le'), 'UTF-16'],
  ['UTF-16, the other way round', 'short.md', Buffer.from('\ufeffBoxes', 'utf16le').swap16(), 'UTF-16'],
  ['Latin-1', 'template.liquid.html', Buffer.from('Kästen', 'latin1'), 'bytes that are no UTF-8, as Latin-1 has them'],
])('a text in %s is an error wherever it is read', async (_name, file, bytes, found) => {
  write(file, bytes);
  expect(await everywhere()).toEqual([`DIR/${file}:1:1: error: the file has ${found}; save it as UTF-8 (not-utf-8)`]);
});
