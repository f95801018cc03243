import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { zipSync } from 'fflate';
import { PageTask } from '../../../src/contract/worker-template';
import { checkInstructions } from '../../../src/local/preview/folder';
import { filesOfArchive, readFiles } from '../../../src/runtime/instructions/read-folder';
import { MemoryWorld } from '../../support/memory-world';
import { gradient, jpegOf } from '../images/samples';

const TASK: PageTask = { type: 'BoundingBox', title: 'Parts', description: 'Draw', labels: [{ name: 'screw' }] };
const SOURCE = { kind: 'folder', bucket: 'texts', prefix: 'froth/' } as const;
const IMAGE = jpegOf(gradient(20, 10));

/** A text, and images of these names. */
async function folder(names: readonly string[]): Promise<{ readonly [name: string]: Uint8Array }> {
  const image = await IMAGE;
  return { 'short.md': Buffer.from('Boxes'), ...Object.fromEntries(names.map((name) => [name, name.endsWith('.md') ? Buffer.from('Text') : image])) };
}

/** What is read, or what is said. */
async function outcome(read: () => Promise<Iterable<string>>): Promise<string[]> {
  try {
    return [...await read()].sort();
  } catch (error) {
    return [(error as Error).message];
  }
}

const inArchive = (names: readonly string[]): Promise<string[]> => outcome(async () => filesOfArchive(zipSync(await folder(names))).keys());

async function inBucket(names: readonly string[]): Promise<string[]> {
  const { objects, cloud } = new MemoryWorld();
  cloud.buckets.create('texts');
  for (const [name, body] of Object.entries(await folder(names))) {
    await cloud.buckets.put('texts', `froth/${name}`, Buffer.from(body), {});
  }
  return outcome(async () => {
    const files = await readFiles(objects, SOURCE);
    expect([...files.values()].every(({ length }) => length > 0)).toBe(true);
    return files.keys();
  });
}

/** As whoever unpacks such an archive and knows no backslash may leave it on the disk. */
async function onDisk(names: readonly string[]): Promise<string[]> {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'names-'));
  try {
    for (const [name, body] of Object.entries(await folder(names))) {
      fs.mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
      fs.writeFileSync(path.join(root, name), body);
    }
    const { problems, images, template } = checkInstructions(root, TASK);
    const errors = problems.filter(({ severity }) => severity === 'error').map(({ file, message }) => `${file}: ${message}`);
    const texts = [['short.md', 'Boxes'], ['full.md', 'Text']].filter(([, said]) => template.includes(said)).map(([name]) => name);
    return errors.length > 0 ? errors : [...texts, ...[...images.keys()].map((image) => `images/${image}`)].sort();
  } finally {
    fs.rmSync(root, { recursive: true });
  }
}

describe('a name means the same in an archive, in a bucket and on the disk', () => {
  test.each<[string, string[], string[]]>([
    ['with backslashes', ['full.md', 'images\\good.jpg', 'images\\more\\bad.jpg', 'images/more\\wide.jpg'],
      ['full.md', 'images/good.jpg', 'images/more/bad.jpg', 'images/more/wide.jpg']],
    ['that begin in this folder', ['./full.md', './images/good.jpg', '././images/bad.jpg', '.\\images\\wide.jpg'],
      ['full.md', 'images/bad.jpg', 'images/good.jpg', 'images/wide.jpg']],
    ['that are hidden', ['images\\.DS_Store', 'images\\.trash\\a.jpg', '.\\.full.md'], []],
    ['of other folders', ['drafts\\full.md', 'drafts/images/a.jpg', '.\\drafts\\images\\a.jpg'], []],
  ])('names %s', async (_what, names, expected) => {
    const read = [...expected, 'short.md'].sort();
    expect([await inArchive(names), await inBucket(names), await onDisk(names)]).toEqual([read, read, read]);
  });

  test.each<[string, string[], string, string]>([
    ['two names of one image', ['images\\good.jpg', 'images/good.jpg'], 'images/good.jpg', 'is there 2 times, as '],
    ['two names of one text', ['full.md', '.\\full.md'], 'full.md', 'is there 2 times, as '],
    ['a name that leads out', ['images\\..\\..\\good.jpg'], 'images\\..\\..\\good.jpg', 'leads out of its folder; name files plainly'],
    ['a name with an empty step', ['images\\\\good.jpg'], 'images\\\\good.jpg', 'leads out of its folder'],
    ['a text at the root of a disk', ['\\full.md'], '\\full.md', 'leads out of its folder'],
    ['a text on a drive', ['C:\\full.md'], 'C:\\full.md', 'leads out of its folder'],
    ['a text of the folder around it', ['..\\full.md'], '..\\full.md', 'leads out of its folder'],
  ])('%s is refused', async (_what, names, at, why) => {
    const refused = [expect.stringContaining(`the instructions cannot be shown: "${at}" ${why}`)];
    expect([await inArchive(names), await inBucket(names)]).toEqual([refused, refused]);
    expect(await onDisk(names)).toEqual([expect.stringContaining(`${at}: its name ${why}`)]);
  });

  test('a name that is said to be UTF-8 and is not', async () => {
    const zip = Buffer.from(zipSync(await folder(['images/k\u00e4.jpg'])));
    // the second of the two bytes of the letter
    const archive = Buffer.from(zip.toString('latin1').replaceAll('\u00c3\u00a4', '\u00c3('), 'latin1');
    expect(() => filesOfArchive(archive)).toThrow('"images/k\ufffd(.jpg" has bytes that are no UTF-8, so that no text can name it; rename it');
    expect(await inBucket(['images/k\ufffd.jpg'])).toEqual([expect.stringContaining('has bytes that are no UTF-8')]);
  });
});

test('many names of one image are told in a line that people read', async () => {
  const names = Array.from({ length: 9 }, (_, index) => `${'./'.repeat(index)}images/a.jpg`);
  expect(await inArchive(names)).toEqual([
    'the instructions cannot be shown: "images/a.jpg" is there 9 times, as "images/a.jpg", "./images/a.jpg", "././images/a.jpg", ...; '
    + 'it may be there once: keep one of these files',
  ]);
});

describe('no more is unpacked than an archive announces, and than a folder may have', () => {
  const LARGE = 100_000_000;

  /** Three images, each of which is said to be large. None is: who unpacks it says that it is damaged. */
  async function large(rename: (zip: string) => string): Promise<Buffer> {
    const zip = Buffer.from(rename(Buffer.from(zipSync(await folder(['images/a.jpg', 'images/b.jpg', 'images/c.jpg']))).toString('latin1')), 'latin1');
    for (let at = zip.indexOf('PK\x01\x02', 0, 'latin1'); at >= 0; at = zip.indexOf('PK\x01\x02', at + 1, 'latin1')) {
      if (zip.toString('latin1', at + 46).startsWith('images/')) {
        zip.writeUInt32LE(LARGE, at + 24);
      }
    }
    return zip;
  }

  test('images that together are too large are not unpacked', async () => {
    const archive = await large((zip) => zip);
    expect(() => filesOfArchive(archive)).toThrow('the folder has 300000005 bytes; 250000000 are allowed');
  });

  test('one image that is there again and again is not counted once and unpacked each time: it is refused', async () => {
    const archive = await large((zip) => zip.replace(/images\/[bc]/g, 'images/a'));
    expect(() => filesOfArchive(archive)).toThrow('"images/a.jpg" is there 3 times; it may be there once: keep one of these files');
  });
});
