import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { jpegOf, meanDifference, paint, pixelsOf, worstDifference } from './runtime/images/samples';
import { isPythonMissing } from './support/emulator';
import { handler } from '../examples/typescript/hook/crop';
import { uprightSize } from '../src/contract/geometry';
import { HookAnswer, HookRequest } from '../src/contract/hook';
import { Processes, pythonEnvironment } from '../src/local/runner';
import { inspect } from '../src/runtime/images/gate';
import { BuiltInEngine } from '../src/runtime/intake/built-in-engine';
import { EngineeredImage } from '../src/runtime/intake/engine';
import { readAnswer } from '../src/runtime/intake/hook/answer';

/** The feature engineering of the project that this one grew out of: 512 by 512 out of the middle, from row 10 on, as JPEG. */
const BUILT_IN = { kind: 'images', transforms: [{ kind: 'crop', width: 512, height: 512, top: 10 }], output: { format: 'jpeg', chromaSubsampling: '4:4:4' } } as const;

const PHOTOS = join(__dirname, '../examples/photos');
// one that lies on its side is among them
const NAMES = ['people/grace hopper (1984).jpg', 'animals/raccoon.jpg'];

/** What a JPEG of quality 92 may differ from its pixels, of 255: on average, and a single sample. */
const TOLERANCE = { mean: 2.5, worst: 60 };

let folder: string;
let photos: string;
let results: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'crop-'));
  [photos, results] = ['photos', 'results'].map((name) => join(folder, name));
  [photos, results].forEach((path) => mkdirSync(path));
  for (const name of NAMES) {
    copyFileSync(join(PHOTOS, name), join(photos, basename(name)));
  }
  writeFileSync(join(photos, 'dark.jpg'), await jpegOf(paint(600, 600, () => [2, 2, 2])));
  writeFileSync(join(photos, 'small.jpg'), await jpegOf(paint(600, 500, () => [90, 90, 90])));
});

afterAll(() => rmSync(folder, { recursive: true }));

async function builtIn(bytes: Buffer): Promise<EngineeredImage> {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const made = await new BuiltInEngine(BUILT_IN).engineer({ bucket: 'drop', key: 'a', versionId: '1', bytes, sha256 });
  for await (const image of made.kind === 'images' ? made.images : []) {
    return image;
  }
  throw new Error('no image');
}

async function nodeHook(bytes: Buffer): Promise<{ answer: HookAnswer; written?: Uint8Array }> {
  const s3 = mockClient(S3Client);
  s3.on(GetObjectCommand, { Bucket: 'drop', Key: 'a', VersionId: '1' }).resolves({ Body: { transformToByteArray: async () => bytes } as never });
  s3.on(PutObjectCommand).resolves({});
  const header = inspect(bytes);
  const request = {
    contractVersion: 1, source: { bucket: 'drop', key: 'a', versionId: '1' }, output: { bucket: 'input', prefix: 'staging/0a/1/' },
    image: header.ok ? { type: header.type, orientation: header.orientation, ...uprightSize(header, header.orientation) } : undefined,
  } as HookRequest;
  const answer = await handler(request);
  const [put] = s3.commandCalls(PutObjectCommand).map((call) => call.args[0].input);
  return { answer, written: put?.Body as Uint8Array | undefined };
}

(isPythonMissing() ? describe.skip : describe)('the seed\'s own crop', () => {
  beforeAll(async () => {
    const processes = new Processes();
    const python = await pythonEnvironment({ processes });
    await processes.stopAll();
    const code = join(__dirname, '../examples/python/hook/function');
    const run = spawnSync(python, ['-B', join(__dirname, 'support/hooks/crop_photos.py'), code, photos, results], { encoding: 'utf8' });
    expect(run.stderr).toBe('');
    expect(run.status).toBe(0);
  }, 300_000);

  test.each(NAMES.map((name) => basename(name)))('%s: in all ways, it is what Pillow cuts out', async (name) => {
    const bytes = readFileSync(join(photos, name));
    const reference = await pixelsOf(readFileSync(join(results, `${name}.reference.png`)));
    const own = await builtIn(bytes);
    const node = await nodeHook(bytes);
    const python = JSON.parse(readFileSync(join(results, `${name}.answer.json`), 'utf8')) as HookAnswer;
    const made = { 'images()': own.bytes, 'Node.js': node.written!, 'Python': readFileSync(join(results, `${name}.hook.jpg`)) };
    for (const [way, image] of Object.entries(made)) {
      expect([way, inspect(image)]).toMatchObject([way, { ok: true, type: 'jpeg', width: 512, height: 512 }]);
      const pixels = await pixelsOf(image);
      const isNear = meanDifference(pixels, reference) < TOLERANCE.mean && worstDifference(pixels, reference) < TOLERANCE.worst;
      expect([way, isNear]).toEqual([way, true]);
    }
    for (const answer of [node.answer, python]) {
      expect(readAnswer(JSON.stringify(answer), 'staging/0a/1/')).toEqual({ answer });
      expect(answer.images).toEqual([{ key: 'staging/0a/1/0.jpg', inverseTransform: own.inverseTransform, attributes: { brightness: expect.any(Number) } }]);
    }
    const [seenByNode, seenByPython] = [node.answer, python].map(({ images }) => Number(images![0].attributes!.brightness));
    expect(Math.abs(seenByNode - seenByPython)).toBeLessThanOrEqual(1);
  });

  test.each([['dark.jpg', 'too-dark'], ['small.jpg', 'too-small']])('%s: both functions reject it as %s', async (name, reason) => {
    const { answer, written } = await nodeHook(readFileSync(join(photos, name)));
    const python = JSON.parse(readFileSync(join(results, `${name}.answer.json`), 'utf8')) as HookAnswer;
    expect([answer.reject?.reason, python.reject?.reason]).toEqual([reason, reason]);
    expect(written).toBeUndefined();
    for (const each of [answer, python]) {
      expect(readAnswer(JSON.stringify(each), 'staging/0a/1/')).toEqual({ answer: each });
    }
  });

  test('there are results for every photograph', () => {
    expect(readdirSync(results).filter((name) => name.endsWith('.answer.json'))).toHaveLength(NAMES.length + 2);
  });
});
