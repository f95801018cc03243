import { readdirSync, readFileSync } from 'fs';
import { join } from 'path';
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import sharp from 'sharp';
import { answerOfLine, Emulator, Expected, Processes, pythonEnvironment, SimulatedWorkers, View } from '../../../src/local/runner';
import { Answer, TaskType } from '../../../src/local/simulator';

jest.setTimeout(300_000);

const PHOTOS = join(__dirname, '../../../examples/photos');
const names = readdirSync(PHOTOS, { recursive: true, encoding: 'utf8' }).filter(name => /\.(jpg|png)$/.test(name)).sort();
const photo = (name: string) => readFileSync(join(PHOTOS, name));

const LABELS = ['a', 'b', 'c', 'd'];
/** They tell any two pictures apart; a class out of four cannot. */
const TELLING: readonly TaskType[] = ['BoundingBox', 'SemanticSegmentation'];
const TASKS: readonly TaskType[] = [...TELLING, 'ImageMultiClass', 'ImageMultiClassMultiLabel', 'VerificationBoundingBox', 'Custom'];

/** All ways to turn and mirror. */
const ORIENTATIONS: readonly ((image: sharp.Sharp) => sharp.Sharp)[] = [
  image => image.flop(), image => image.flip(), image => image.rotate(90), image => image.rotate(180), image => image.rotate(270),
  image => image.rotate(90).flop(), image => image.rotate(90).flip(),
];

type Upright = { readonly data: Buffer; readonly width: number; readonly height: number };

async function upright(name: string): Promise<Upright> {
  const { data, info } = await sharp(photo(name)).autoOrient().png({ compressionLevel: 1 }).toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}

/** Transforms as the JSON of a project has them, and what the product's library does for them. */
const TRANSFORMS: readonly [string, readonly object[], (image: sharp.Sharp, size: Upright) => sharp.Sharp][] = [
  ['nothing', [], image => image],
  ['a centred crop', [{ kind: 'crop', width: 400, height: 400 }], (image, { width, height }) =>
    image.extract({ left: Math.floor((width - 400) / 2), top: Math.floor((height - 400) / 2), width: 400, height: 400 })],
  ['a placed crop', [{ kind: 'crop', width: 384, height: 256, left: 7, top: 10 }], image =>
    image.extract({ left: 7, top: 10, width: 384, height: 256 })],
  ['a smaller size', [{ kind: 'resize', width: 300, height: 300 }], image => image.resize(300, 300, { fit: 'inside' })],
  ['another shape', [{ kind: 'resize', width: 224, height: 224, fit: 'fill' }], image => image.resize(224, 224, { fit: 'fill' })],
  ['a frame', [{ kind: 'pad', width: 1420, height: 1500, color: '#202020' }], (image, { width, height }) => {
    const [left, top] = [Math.floor((1420 - width) / 2), Math.floor((1500 - height) / 2)];
    return image.extend({ left, top, right: 1420 - width - left, bottom: 1500 - height - top, background: '#202020' });
  }],
];

describe('simulated workers', () => {
  const processes = new Processes();
  let emulator: Emulator;
  let workers: SimulatedWorkers;
  let uploads = 0;

  beforeAll(async () => {
    const python = await pythonEnvironment({ processes, progress: line => console.log(line) });
    emulator = await Emulator.start({ processes, python });
    workers = SimulatedWorkers.start({ processes, python, aws: emulator.aws });
    await emulator.aws.s3.send(new CreateBucketCommand({ Bucket: 'images', CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' } }));
  });
  afterAll(() => processes.stopAll());

  const upload = async (Body: Uint8Array): Promise<string> => {
    const Key = `images/${++uploads} ä+.jpg`;
    await emulator.aws.s3.send(new PutObjectCommand({ Bucket: 'images', Key, Body }));
    return `s3://images/${Key}`;
  };

  const viewOf = (expected: Expected): View => {
    if (expected.kind !== 'image') {
      throw new Error(expected.reason);
    }
    return expected.view;
  };

  const expected = async (name: string, transforms: readonly object[] = []) => viewOf(await workers.expect(photo(name), transforms));

  test.each(TRANSFORMS)('agree with the expected picture after %s and JPEG', async (_, specs, apply) => {
    for (const [index, name] of names.entries()) {
      const original = await upright(name);
      const chromaSubsampling = index % 2 === 0 ? '4:4:4' : '4:2:0';
      const stored = await upload(await apply(sharp(original.data), original).jpeg({ quality: 92, chromaSubsampling }).toBuffer());
      const view = await expected(name, specs);
      for (const taskType of specs.length === 0 ? TASKS : TELLING) {
        const { answer, view: seen } = await workers.answer({ sourceRef: stored, taskType, labels: LABELS });
        const differences = await workers.differences({ expected: view, seen, answer, labels: LABELS });
        expect([name, taskType, differences]).toEqual([name, taskType, []]);
      }
    }
  });

  test('find what belongs to another picture', async () => {
    const views = await Promise.all(names.map(name => expected(name, [{ kind: 'crop', width: 400, height: 400 }])));
    const seenBy = await Promise.all(names.map(async name => {
      const original = await upright(name);
      const cut = sharp(original.data).extract({
        left: Math.floor((original.width - 400) / 2), top: Math.floor((original.height - 400) / 2), width: 400, height: 400,
      });
      const sourceRef = await upload(await cut.jpeg({ quality: 92 }).toBuffer());
      return Promise.all(TELLING.map(taskType => workers.answer({ sourceRef, taskType, labels: LABELS })));
    }));
    for (const [index, view] of views.entries()) {
      for (const { answer, view: seen } of seenBy.filter((_, other) => other !== index).flat()) {
        expect(await workers.differences({ expected: view, seen })).not.toEqual([]);
        expect(await workers.differences({ expected: view, answer, labels: LABELS })).not.toEqual([]);
      }
    }
  });

  test('find a picture that is turned or mirrored', async () => {
    for (const name of names) {
      const { data } = await upright(name);
      const view = await expected(name);
      for (const turn of ORIENTATIONS) {
        const seen = viewOf(await workers.expect(await turn(sharp(data)).jpeg({ quality: 92 }).toBuffer()));
        const differences = await workers.differences({ expected: view, seen });
        expect([name, String(turn), differences]).toEqual([name, String(turn), [expect.any(String)]]);
      }
    }
  });

  test('find another version of the same scene', async () => {
    const { data } = await upright('table/coffee.jpg');
    const brighter = await sharp(data).linear(1, 12).jpeg({ quality: 92 }).toBuffer();
    const seen = viewOf(await workers.expect(brighter));
    expect(await workers.differences({ expected: await expected('table/coffee.jpg'), seen })).not.toEqual([]);
  });

  test('see rotated photographs upright', async () => {
    expect(await expected('animals/raccoon.jpg')).toMatchObject({ width: 1024, height: 768 });
  });

  test('hash the pixels, not the file', async () => {
    const { data } = await upright('people/photographer.png');
    const other = viewOf(await workers.expect(await sharp(data).png({ compressionLevel: 9 }).toBuffer()));
    const changed = viewOf(await workers.expect(await sharp(data).linear(1, 1).png().toBuffer()));
    const { pixelHash } = await expected('people/photographer.png');
    expect(other.pixelHash).toBe(pixelHash);
    expect(changed.pixelHash).not.toBe(pixelHash);
  });

  test.each([
    ['cut off', () => photo('table/coffee.jpg').subarray(0, 60_000)],
    ['text', () => Buffer.from('not an image')],
    ['empty', () => Buffer.alloc(0)],
  ])('know that a file that is %s has no picture', async (_, data) => {
    expect(await workers.expect(data())).toMatchObject({ kind: 'undecodable' });
  });

  test('know when a crop does not fit, and what becomes of it', async () => {
    const crop = { kind: 'crop', width: 700, height: 300 };
    expect(await workers.expect(photo('table/coffee.jpg'), [crop])).toEqual(expect.objectContaining({ kind: 'too-small' }));
    expect(await expected('table/coffee.jpg', [{ ...crop, tooSmall: 'shrink' }])).toMatchObject({ width: 600, height: 300 });
    expect(await expected('table/coffee.jpg', [{ ...crop, tooSmall: 'pad' }])).toMatchObject({ width: 700, height: 300 });
  });

  test('cannot answer what cannot be loaded', async () => {
    await expect(workers.answer({ sourceRef: 's3://images/none.jpg', taskType: 'BoundingBox', labels: LABELS })).rejects.toThrow(/404/);
  });

  test('tell which label a data-set line has', async () => {
    const sourceRef = await upload(photo('table/coffee.jpg'));
    const { answer } = await workers.answer({ sourceRef, taskType: 'BoundingBox', labels: LABELS });
    const { image, boxes } = answer as Extract<Answer, { kind: 'bounding-box' }>;
    const line = {
      'source-ref': sourceRef,
      'boxes': {
        image_size: [image],
        annotations: boxes.map(({ label, ...box }) => ({ class_id: LABELS.indexOf(label), ...box })),
      },
      'boxes-metadata': { 'type': 'groundtruth/object-detection', 'class-map': { ...LABELS } },
    };
    const read = await answerOfLine(line, 'boxes', () => Promise.reject(new Error('no mask here')));
    expect(read).toEqual(answer);
    expect(await workers.differences({ expected: await expected('table/coffee.jpg'), answer: read, labels: LABELS })).toEqual([]);
    await expect(answerOfLine(line, 'other', () => Promise.reject(new Error('unused')))).rejects.toThrow(/no label under other/);
  });

  test('that are gone say so', async () => {
    const python = await pythonEnvironment({ processes });
    const others = SimulatedWorkers.start({ processes, python, aws: emulator.aws });
    await others.stop();
    await expect(others.expect(photo('table/coffee.jpg'))).rejects.toThrow(/the simulated workers ended/);
  });
});
