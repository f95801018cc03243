import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { FeatureEngineeringConfiguration } from '../../../src/contract/project-configuration';
import { TransformSpec } from '../../../src/contract/transforms';
import { run } from '../../../src/runtime/controller/controller';
import { inspect } from '../../../src/runtime/images/gate';
import { BuiltInEngine } from '../../../src/runtime/intake/built-in-engine';
import { EngineeredImage } from '../../../src/runtime/intake/engine';
import { photoFolder } from '../../bench/photographs';
import { expectConservation } from '../../support/conservation';
import { MemoryProject, MemoryProjectOptions } from '../../support/memory-project';
import { eventTypes, images, statesOf } from '../../support/running-project';
import { TroubleKind, Troubles } from '../../support/trouble';

type BuiltIn = Extract<FeatureEngineeringConfiguration, { kind: 'images' | 'none' }>;

const HOLD: BuiltIn = { kind: 'images', transforms: [], output: {}, nearDuplicates: { maxDistance: 4 } };
const photo = (name: string): Buffer => readFileSync(join(photoFolder(), name));
const COFFEE = photo('table/coffee.jpg');
const FLOWER = photo('garden/flower.jpg');

/** What a camera makes within a second: the same view, not the same bytes. */
async function burst(bytes: Buffer, count: number): Promise<Buffer[]> {
  return Promise.all(Array.from({ length: count }, (_, index) => index === 0 ? bytes
    : sharp(bytes).linear(1 + index / 100, index).jpeg({ quality: 95 - index }).toBuffer()));
}

async function projectWith(featureEngineering: BuiltIn, options: MemoryProjectOptions = {}): Promise<MemoryProject> {
  return MemoryProject.create({
    ...options, configuration: { ...options.configuration, featureEngineering }, engine: new BuiltInEngine(featureEngineering),
  });
}

async function withBurst(options: MemoryProjectOptions = {}): Promise<MemoryProject> {
  const project = await projectWith(HOLD, options);
  for (const [index, frame] of (await burst(COFFEE, 3)).entries()) {
    await project.drop(`cam/${index}.jpg`, frame);
  }
  await project.drop('flower.jpg', FLOWER);
  return project;
}

const heldCount = async (project: MemoryProject): Promise<number> => (await project.read()).counts['near-duplicate'] ?? 0;

test('of a burst one image goes to workers; the others are held, told of, and kept', async () => {
  const project = await withBurst();
  expect(await project.intake()).toEqual(['done', 'done', 'done', 'done']);
  expect(statesOf(project)).toEqual({ 'cam/0.jpg': 'PENDING', 'cam/1.jpg': 'HELD', 'cam/2.jpg': 'HELD', 'flower.jpg': 'PENDING' });
  await project.finish();
  expect(statesOf(project)).toEqual({ 'cam/0.jpg': 'LABELED', 'cam/1.jpg': 'HELD', 'cam/2.jpg': 'HELD', 'flower.jpg': 'LABELED' });
  const told = project.outside.cloud.bus.events.filter((event) => event['detail-type'] === 'Near Duplicate Held');
  expect(told.map(({ detail }) => detail)).toMatchObject([
    { project: 'froth', key: 'cam/1.jpg', of: 's3://drop/cam/0.jpg', distance: expect.any(Number) }, { key: 'cam/2.jpg', of: 's3://drop/cam/0.jpg' },
  ]);
  const { counts } = project.outside.telemetry;
  expect([counts.get('DropsNearDuplicate'), counts.get('ImagesHeld')]).toEqual([2, 2]);
  expect((await project.read()).alerts).toEqual([]);
  expect(await heldCount(project)).toBe(2);
  expect(project.outside.cloud.buckets.peekKeys('input', 'originals/')).toHaveLength(4);
  expectConservation(project.outside.table);
});

test('what is released is labeled, once; what looks like it stays held', async () => {
  const project = await withBurst();
  await project.finish();
  const one = String(images(project)['cam/1.jpg'].sourceRef);
  await project.command('requeue', { images: [one] });
  await project.command('requeue', { images: [one] });
  await project.finish();
  expect(statesOf(project)).toEqual({ 'cam/0.jpg': 'LABELED', 'cam/1.jpg': 'LABELED', 'cam/2.jpg': 'HELD', 'flower.jpg': 'LABELED' });
  await project.command('requeue', { all: 'held', reason: 'no-pre-label' });
  await project.rounds(3);
  expect(await heldCount(project)).toBe(1);
  await project.command('requeue', { all: 'held', reason: 'near-duplicate' });
  await project.finish();
  expect(Object.values(statesOf(project))).toEqual(Array(4).fill('LABELED'));
  expect([project.simulator.bill().length, project.double(), project.dataSet().length, await heldCount(project)]).toEqual([4, 0, 4, 0]);
  expectConservation(project.outside.table);
});

test('the same bytes again, and the same event again, change nothing', async () => {
  const project = await withBurst();
  await project.finish();
  const [, again] = await burst(COFFEE, 2);
  await project.drop('twin.jpg', again);
  await project.drop('cam/0.jpg', COFFEE);
  expect(await project.intake()).toEqual(['duplicate', 'duplicate']);
  expect(statesOf(project)['cam/1.jpg']).toBe('HELD');
  expect(await heldCount(project)).toBe(2);
  expect(eventTypes(project).filter((type) => type === 'Near Duplicate Held')).toHaveLength(2);
  expectConservation(project.outside.table);
});

test('without it nothing is compared, and what was held stays so until it is ordered', async () => {
  const project = await withBurst();
  await project.finish();
  await project.deploy({ featureEngineering: { kind: 'images', transforms: [], output: {} } });
  const frames = await burst(COFFEE, 5);
  await project.drop('cam/4.jpg', frames[4]);
  const reads = jest.spyOn(project.outside.table, 'getMany');
  await project.intake();
  expect(reads).not.toHaveBeenCalled();
  expect(statesOf(project)).toMatchObject({ 'cam/1.jpg': 'HELD', 'cam/4.jpg': 'PENDING' });
});

test.each<TroubleKind>(['throw-before', 'throw-after', 'die-before', 'die-after'])('any call of the intake that fails (%s) leaves one image for workers, and the others held', async (kind) => {
  const frames = await burst(COFFEE, 2);
  for (let at = 0, reached = true; reached; at += 3) {
    const troubles = new Troubles();
    const project = await projectWith(HOLD, { simulator: { apiVerdict: troubles.apiVerdict } });
    troubles.attach(project);
    await project.drop('cam/0.jpg', frames[0]);
    await project.intake();
    await project.drop('cam/1.jpg', frames[1]);
    await troubles.during({ at, kind }, () => project.intake());
    reached = troubles.calls > at;
    project.clock.advance(30 * 60_000);
    await project.rounds(3);
    expect(statesOf(project)).toMatchObject({ 'cam/1.jpg': 'HELD' });
    expect(await heldCount(project)).toBe(1);
    expectConservation(project.outside.table);
    await project.command('requeue', { all: 'held' });
    await troubles.during({ at, kind }, () => run(project.world, 'test'));
    project.clock.advance(5 * 60_000);
    await project.finish(60);
    expect([statesOf(project), project.simulator.bill().length]).toEqual([{ 'cam/0.jpg': 'LABELED', 'cam/1.jpg': 'LABELED' }, 2]);
    expectConservation(project.outside.table);
  }
});

describe('what is compared', () => {
  const tile: TransformSpec = { kind: 'tile', width: 256, height: 256 };
  const crop: TransformSpec = { kind: 'crop', width: 100, height: 100 };
  const hashes = async (configuration: BuiltIn, bytes: Uint8Array): Promise<(string | undefined)[]> => {
    const result = await new BuiltInEngine(configuration).engineer({ bucket: 'drop', key: 'a', versionId: '1', bytes, sha256: '' });
    const found: (string | undefined)[] = [];
    for await (const image of (result as unknown as { images: AsyncIterable<EngineeredImage> }).images) {
      found.push(image.perceptualHash);
    }
    return found;
  };
  const { nearDuplicates } = HOLD;

  test('nothing, unless it is asked for', async () => {
    expect(await hashes({ kind: 'images', transforms: [tile], output: {} }, COFFEE)).toEqual(Array(6).fill(undefined));
    expect(await hashes({ kind: 'none' }, COFFEE)).toEqual([undefined]);
  });

  test('what workers see: after the transforms, of tiles what they are cut from, of renditions the first', async () => {
    const [whole] = await hashes(HOLD, COFFEE);
    const [part] = await hashes({ ...HOLD, transforms: [crop] } as BuiltIn, COFFEE);
    expect(part).not.toBe(whole);
    const tiles = await hashes({ ...HOLD, transforms: [tile] } as BuiltIn, COFFEE);
    expect(tiles).toEqual([whole, ...Array(5).fill(undefined)]);
    const renditions = [{ name: 'part', transforms: [crop], output: {} }, { name: 'tiles', transforms: [tile], output: {} }];
    expect(await hashes({ kind: 'images', transforms: [], output: {}, renditions, nearDuplicates }, COFFEE)).toEqual([part, ...Array(6).fill(undefined)]);
  });

  test('bytes that are kept and that only a forgiving decoder reads', async () => {
    const plain = await sharp(COFFEE).resize(200).jpeg().toBuffer();
    const lax = Buffer.from(plain);
    const scan = plain.indexOf(Buffer.from([0xff, 0xda]));
    lax[scan + plain.readUInt16BE(scan + 2)] = 0;
    expect(inspect(lax)).toMatchObject({ ok: true, laxScans: [expect.any(Number)] });
    const none: BuiltIn = { kind: 'none', nearDuplicates };
    expect(await hashes(none, lax)).toEqual(await hashes(none, plain));
  });

  test('what a viewer shows, where the bytes are kept as they are', async () => {
    const upright = await sharp(COFFEE).autoOrient().jpeg({ quality: 95 }).toBuffer();
    const lying = await sharp(upright).rotate(270).withMetadata({ orientation: 6 }).jpeg({ quality: 95 }).toBuffer();
    const none: BuiltIn = { kind: 'none', nearDuplicates };
    expect(await hashes(none, lying)).toEqual(await hashes(none, upright));
  });
});

test('tiles of a drop are held together, and none for looking like another of the same drop', async () => {
  const tiled: BuiltIn = { ...HOLD, transforms: [{ kind: 'tile', width: 200, height: 200 }] } as BuiltIn;
  const project = await projectWith(tiled);
  const flat = await sharp({ create: { width: 400, height: 400, channels: 3, background: '#808080' } }).jpeg().toBuffer();
  await project.drop('flat.jpg', flat);
  await project.drop('again.jpg', await sharp(flat).jpeg({ quality: 60 }).withMetadata().toBuffer());
  await project.intake();
  const { counts } = await project.read();
  expect([counts['image:PENDING'], counts['image:HELD'], counts['near-duplicate']]).toEqual([4, 4, 4]);
  expectConservation(project.outside.table);
});

test('an image that lacks its pre-label and looks like another is held for its looks; a label that comes later is kept for it', async () => {
  const base = (await MemoryProject.create()).configuration.task;
  const task = { ...base, type: 'AdjustmentBoundingBox', earlierLabelAttribute: 'earlier', labels: [{ name: 'froth' }] } as typeof base;
  const project = await projectWith(HOLD, { configuration: { task } });
  const [first, second] = await burst(COFFEE, 2);
  await project.drop('first.jpg', first);
  await project.drop('second.jpg', second);
  await project.intake();
  expect(images(project)['first.jpg']).toMatchObject({ state: 'HELD', reason: 'no-pre-label' });
  expect(images(project)['second.jpg']).toMatchObject({ state: 'HELD', reason: 'near-duplicate' });
  const label = JSON.stringify({ boxes: [{ label: 'froth', left: 1, top: 1, width: 5, height: 5 }] });
  for (const [key, bytes] of [['a.jpg', first], ['b.jpg', second], ['c.jpg', second]] as const) {
    await project.outside.cloud.buckets.put('drop', key, bytes, { metadata: { 'pre-label': label } });
  }
  expect(await project.intake()).toEqual(['duplicate', 'duplicate', 'duplicate']);
  expect(images(project)['first.jpg']).toMatchObject({ state: 'PENDING' });
  expect(images(project)['second.jpg']).toMatchObject({ state: 'HELD', reason: 'near-duplicate', preLabel: { boxes: [{ left: 1 }] } });
  expectConservation(project.outside.table);
});
