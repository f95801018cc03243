import { createHash } from 'node:crypto';
import { run } from '../../../src/runtime/controller/controller';
import { IntakeCause, intakeMessage } from '../../../src/runtime/core/intake-message';
import { DEFAULT_INPUT_LIMITS } from '../../../src/runtime/images/gate';
import { Engine, Engineered, EngineeredImage, GatedDrop, RejectedDropError } from '../../../src/runtime/intake/engine';
import { createdObjects } from '../../../src/runtime/intake/events';
import { Intake, Taken } from '../../../src/runtime/intake/intake';
import { Item } from '../../../src/runtime/ports';
import { expectConservation } from '../../support/conservation';
import { BAD, HOUR, MINUTE, MemoryProject, MemoryProjectOptions, PlainEngine } from '../../support/memory-project';
import { eventTypes, images, statesOf } from '../../support/running-project';
import { Troubles } from '../../support/trouble';

const sha256 = (content: string): string => createHash('sha256').update(content).digest('hex');

function drops(project: MemoryProject): Item[] {
  return [...project.outside.table.items()].filter((item) => item.pk.startsWith('DROP#') && item.sk.startsWith('VERSION#'));
}

const ends = (project: MemoryProject): string[] => drops(project).map((drop) => `${String(drop.key)} ${String(drop.state)}`).sort();
const keys = (project: MemoryProject, bucket: string, prefix = ''): string[] => project.outside.cloud.buckets.peekKeys(bucket, prefix);

/** What the plain engine makes, and what tests make of it. */
class WilfulEngine extends PlainEngine {
  public calls = 0;

  constructor(private readonly answer: (drop: GatedDrop, plain: () => Promise<Engineered>) => Promise<Engineered>) {
    super();
  }

  public override async engineer(drop: GatedDrop): Promise<Engineered> {
    this.calls += 1;
    return this.answer(drop, () => super.engineer(drop));
  }
}

const withEngine = (answer: ConstructorParameters<typeof WilfulEngine>[0], options: MemoryProjectOptions = {}): Promise<MemoryProject> =>
  MemoryProject.create({ ...options, engine: new WilfulEngine(answer) });

const image = (text: string): EngineeredImage => ({
  bytes: Buffer.from(text), extension: 'jpg', contentType: 'image/jpeg', width: 10, height: 20, inverseTransform: [2, 0, 0, 2, 5, 0], priority: 3, warnings: [`look at ${text}`],
});

describe('a drop', () => {
  test('becomes an image with its provenance, and moves to the originals', async () => {
    const project = await MemoryProject.create();
    await project.drop('line 1/ü.jpg', 'bytes');
    expect(await project.intake()).toEqual(['done']);
    const hash = sha256('bytes');
    expect(images(project)['line 1/ü.jpg']).toMatchObject({
      state: 'PENDING', sha256: hash, sourceRef: `s3://input/images/line_1/_-${hash.slice(0, 16)}-0.png`,
      provenance: { 'drop-key': 'line 1/ü.jpg', 'drop-sha256': hash, 'image-width': 1, 'image-height': 1, 'inverse-transform': [1, 0, 0, 1, 0, 0] },
    });
    expect(keys(project, 'drop')).toEqual([]);
    const [original] = keys(project, 'input', 'originals/');
    const stored = project.outside.cloud.buckets.read('input', original);
    expect(Buffer.from(stored.body).toString()).toBe('bytes');
    expect(decodeURIComponent(stored.metadata['drop-key'])).toBe('line 1/ü.jpg');
    expect(project.outside.telemetry.counts.get('DropsReceived')).toBe(1);
    expectConservation(project.outside.table);
  });

  test('gives as many images as the engine makes, each with its metadata', async () => {
    const project = await withEngine(async () => ({ kind: 'images', images: [image('one'), image('two')] }));
    await project.drop('a.png');
    await project.intake();
    const made = [...project.outside.table.items()].filter((item) => item.sk === 'IMAGE');
    expect(made.map((item) => [item.index, item.priority]).sort()).toEqual([[0, 3], [1, 3]]);
    const stored = project.outside.cloud.buckets.read('input', keys(project, 'input', 'images/')[1]);
    expect(stored).toMatchObject({ contentType: 'image/jpeg', metadata: { 'drop-index': '1', 'width': '10', 'height': '20', 'inverse-transform': '2 0 0 2 5 0' } });
    expect(project.outside.telemetry.said.filter((line) => line.level === 'warn').map((line) => line.message)).toEqual(['look at one', 'look at two']);
    expectConservation(project.outside.table);
  });

  test('gives images one by one, of which never more are in memory than fit', async () => {
    let alive = 0;
    let most = 0;
    const large = Buffer.alloc(9 * 1024 * 1024);
    const project = await withEngine(async () => ({
      kind: 'images',
      images: (async function* () {
        for (let i = 0; i < 12; i += 1) {
          alive = i + 1 - keys(project, 'input', 'images/').length;
          most = Math.max(most, alive);
          yield { ...image(`tile ${i}`), bytes: Buffer.concat([large, Buffer.from(String(i))]), warnings: ['same'], rendition: 'detail', tile: { row: 0, column: i, rows: 1, columns: 12 } };
        }
      })(),
    }));
    await project.drop('a.png');
    expect(await project.intake()).toEqual(['done']);
    expect(most).toBe(4);
    const made = [...project.outside.table.items()].filter((item) => item.sk === 'IMAGE');
    expect(made.map((item) => item.provenance)).toContainEqual(expect.objectContaining({
      'rendition': 'detail', 'tile-row': 0, 'tile-column': 11, 'tile-rows': 1, 'tile-columns': 12, 'inverse-transform': [2, 0, 0, 2, 5, 0],
    }));
    expect(keys(project, 'input', 'images/').every((key) => key.endsWith('-detail.jpg'))).toBe(true);
    expect(project.outside.telemetry.said.filter((line) => line.level === 'warn').map((line) => line.message)).toEqual(['same']);
  });

  test('that is found to be bad after some of its images were made is quarantined as a whole', async () => {
    const project = await withEngine(async () => ({
      kind: 'images',
      images: (async function* () {
        yield image('one');
        throw new RejectedDropError('output-too-large', 'tile 1 is too large');
      })(),
    }));
    await project.drop('a.png');
    expect(await project.intake()).toEqual(['quarantined']);
    expect(drops(project)[0]).toMatchObject({ reason: 'output-too-large', detail: 'tile 1 is too large', attempts: 0 });
    expect([...project.outside.table.items()].filter((item) => item.sk === 'IMAGE')).toEqual([]);
    expectConservation(project.outside.table);
  });

  test.each([[1_000, 'done'], [1_001, 'quarantined']])('of %i images is %s', async (count, end) => {
    const project = await withEngine(async () => ({ kind: 'images', images: Array.from({ length: count }, (_, i) => image(`tile ${i}`)) }));
    await project.drop('a.png');
    expect(await project.intake()).toEqual([end]);
    const made = [...project.outside.table.items()].filter((item) => item.sk === 'IMAGE');
    expect(made).toHaveLength(end === 'done' ? count : 0);
    expect(drops(project)[0].reason).toBe(end === 'done' ? undefined : 'too-many-images');
    expect(new Set(made.map((item) => item.index)).size).toBe(made.length);
    expectConservation(project.outside.table);
  });

  test('whose tiles were stored by an earlier try on another grid gets tiles of one grid', async () => {
    let size = 4;
    const tiles = (): EngineeredImage[] => Array.from({ length: 3 }, (_, i) => ({
      ...image(`tile ${i} of ${size}`), inverseTransform: [1, 0, 0, 1, i * size, 0], tile: { row: 0, column: i, rows: 1, columns: 3 }, warnings: [],
    }));
    const project = await withEngine(async () => ({ kind: 'images', images: tiles() }));
    await project.drop('a.png');
    project.outside.table.options = { faults: ({ method }) => method === 'write' && keys(project, 'input', 'images/').length > 0 ? 'throw-before' : 'ok' };
    expect(await project.intake()).toEqual([]);
    project.outside.table.options = {};
    size = 5;
    project.clock.advance(HOUR);
    expect(await project.intake()).toEqual(['done']);
    const made = [...project.outside.table.items()].filter((item) => item.sk === 'IMAGE');
    expect(made.map((item) => (item.provenance as { 'inverse-transform': number[] })['inverse-transform'][4]).sort((a, b) => a - b)).toEqual([0, 5, 10]);
  });

  test('whose key is as long as S3 allows', async () => {
    const project = await MemoryProject.create();
    await project.drop(`${'ü'.repeat(500)}/${'x'.repeat(19)}.jpg`);
    expect(await project.intake()).toEqual(['done']);
    await project.drop(`${'b/'.repeat(400)}${'ä'.repeat(100)}.jpg`, BAD);
    expect(await project.intake()).toEqual(['quarantined']);
    expectConservation(project.outside.table);
  });

  test('with the same bytes under another name is a duplicate, named after its origin', async () => {
    const project = await MemoryProject.create();
    await project.drop('a.jpg', 'same');
    await project.drop('b.jpg', 'same');
    await project.drop('a.jpg', 'same');
    expect((await project.intake()).sort()).toEqual(['done', 'duplicate', 'duplicate']);
    expect(drops(project).filter((drop) => drop.state === 'DUPLICATE').map((drop) => drop.reason)).toEqual(['s3://drop/a.jpg', 's3://drop/a.jpg']);
    expect(Object.keys(images(project))).toEqual(['a.jpg']);
    expect(project.outside.telemetry.counts.get('DropsDuplicate')).toBe(2);
    expect(keys(project, 'drop')).toEqual([]);
    expectConservation(project.outside.table);
  });

  test('with new bytes under the same name is a new drop, even if it is overwritten before it is read', async () => {
    const project = await MemoryProject.create();
    await project.drop('a.jpg', 'one');
    await project.drop('a.jpg', 'two');
    expect(await project.intake()).toEqual(['done', 'done']);
    expect([...project.outside.table.items()].filter((item) => item.sk === 'IMAGE').map((item) => item.sha256).sort()).toEqual([sha256('one'), sha256('two')].sort());
  });

  test('that is overwritten while it is processed loses neither version', async () => {
    let project: MemoryProject | undefined;
    let overwritten = false;
    project = await withEngine(async (_drop, plain) => {
      if (!overwritten) {
        overwritten = true;
        await project!.drop('a.jpg', 'two');
      }
      return plain();
    });
    await project.drop('a.jpg', 'one');
    await project.finish();
    expect([project.lost(), project.dataSet().length]).toEqual([[], 2]);
  });

  test.each([1, 2, 3, 5])('told of %i times ends once', async (times) => {
    const engine = new WilfulEngine((_drop, plain) => plain());
    const project = await MemoryProject.create({ engine });
    project.outside.cloud.copies = (operation) => operation === 's3.notify' ? times : 1;
    await project.drop('a.jpg');
    await project.drop('bad.jpg', BAD);
    await project.intake();
    await project.intake();
    expect(ends(project)).toEqual(['a.jpg DONE', 'bad.jpg QUARANTINED']);
    expect(engine.calls).toBe(1);
    expect(eventTypes(project)).toEqual(['Drop Quarantined']);
    expectConservation(project.outside.table);
  });

  test('that is gone before it is read is withdrawn', async () => {
    const project = await MemoryProject.create();
    await project.drop('a.jpg');
    const [version] = (await project.outside.cloud.buckets.listVersions('drop')).versions;
    await project.outside.cloud.buckets.delete('drop', 'a.jpg', version.versionId);
    expect(await project.intake()).toEqual(['withdrawn']);
    expect(drops(project)[0]).toMatchObject({ state: 'WITHDRAWN', putAway: true });
    expectConservation(project.outside.table);
  });

  test('that is gone between a look and the reading is withdrawn', async () => {
    const project = await MemoryProject.create();
    await project.drop('a.jpg');
    project.outside.cloud.faults = (operation) => {
      if (operation === 's3.GetObject') {
        const [version] = [...project.outside.cloud.buckets.peekKeys('drop')].map((key) => project.outside.cloud.buckets.read('drop', key));
        project.outside.cloud.faults = undefined;
        void project.outside.cloud.buckets.delete('drop', 'a.jpg', version.versionId);
      }
      return 'ok';
    };
    expect(await project.intake()).toEqual(['withdrawn']);
  });

  test('behind a delete marker is still a drop: the version is what counts', async () => {
    const project = await MemoryProject.create();
    await project.drop('a.jpg');
    await project.outside.cloud.buckets.delete('drop', 'a.jpg');
    expect(await project.intake()).toEqual(['done']);
  });

  test('in a bucket without versions is taken as it is', async () => {
    const project = await MemoryProject.create();
    project.outside.cloud.buckets.create('flat', { versioned: false });
    Object.assign(project.world.resources, { dropBucket: 'flat' });
    await project.outside.cloud.buckets.put('flat', 'a.jpg', 'bytes');
    const intake = new Intake(project.world, project.configuration, new PlainEngine());
    expect(await intake.take({ bucket: 'flat', key: 'a.jpg' })).toBe('done');
    expect(await intake.take({ bucket: 'flat', key: 'a.jpg' })).toBe('withdrawn');
    expect(keys(project, 'flat')).toEqual([]);
  });

  test.each([
    ['of another bucket', { bucket: 'input', key: 'a.jpg' }], ['beside the prefix', { bucket: 'drop', key: 'out/a.jpg' }], ['that is a folder', { bucket: 'drop', key: 'in/folder/' }],
  ])('%s is none', async (_name, object) => {
    const project = await MemoryProject.create();
    Object.assign(project.world.resources, { dropPrefix: 'in/' });
    await project.outside.cloud.buckets.put(object.bucket, object.key, object.key.endsWith('/') ? '' : 'x');
    expect(await new Intake(project.world, project.configuration, new PlainEngine()).take(object)).toBe('not-a-drop');
    expect(drops(project)).toEqual([]);
  });
});

describe('quarantine', () => {
  test('keeps the bytes with the reason, tells, and harms no neighbour', async () => {
    const project = await MemoryProject.create();
    await project.drop('x/good.jpg');
    await project.drop('x/bad.jpg', `${BAD} text`);
    await project.drop('x/empty.jpg', '');
    await project.intake();
    expect(ends(project)).toEqual(['x/bad.jpg QUARANTINED', 'x/empty.jpg QUARANTINED', 'x/good.jpg DONE']);
    const kept = keys(project, 'input', 'quarantine/').map((key) => project.outside.cloud.buckets.read('input', key));
    expect(kept.map((object) => [Buffer.from(object.body).toString(), object.metadata.reason]).sort()).toEqual([['', 'empty'], [`${BAD} text`, 'not-an-image']]);
    const event = project.outside.cloud.bus.events.find((candidate) => candidate['detail-type'] === 'Drop Quarantined');
    expect(event?.detail).toMatchObject({ project: 'froth', chainId: '0a1b2c3d', key: 'x/bad.jpg', reason: 'not-an-image', detail: `${BAD} text`, versionId: expect.any(String) });
    expect(project.outside.telemetry.counts.get('DropsQuarantined')).toBe(2);
    expect(keys(project, 'drop')).toEqual([]);
    expectConservation(project.outside.table);
  });

  test.each<[string, Engineered]>([
    ['no-output', { kind: 'images', images: [] }], ['too-small', { kind: 'rejected', reason: 'too-small', detail: '3 x 3' }],
  ])('%s: what the engine says', async (reason, made) => {
    const project = await withEngine(async () => made);
    await project.drop('a.jpg');
    expect(await project.intake()).toEqual(['quarantined']);
    expect(drops(project)[0]).toMatchObject({ reason, attempts: 0 });
  });

  test('a file that would not fit into memory is not read', async () => {
    const project = await MemoryProject.create();
    await project.drop('a.jpg');
    const { objects } = project.world;
    (project.world as { objects: unknown }).objects = Object.assign(Object.create(objects) as object, {
      head: async (bucket: string, key: string, version: string) => (
        { ...await objects.head(bucket, key, version), size: DEFAULT_INPUT_LIMITS.maxFileBytes + 1 }),
      get: () => { throw new Error('read'); },
    });
    expect(await project.intake()).toEqual(['quarantined']);
    expect(drops(project)[0]).toMatchObject({ reason: 'too-large-file' });
    expect(keys(project, 'input', 'quarantine/')[0]).toMatch(/^quarantine\/version-[0-9a-f]+\/a\.jpg$/);
  });
});

describe('people who are told', () => {
  test.each([['when its message comes again', true], ['by the sweep, where its message is gone too', false]])('hear of a drop although the bus failed: %s', async (_name, comesAgain) => {
    const project = await MemoryProject.create();
    await project.drop('bad.jpg', BAD);
    project.outside.cloud.faults = (operation) => operation === 'events.PutEvents' ? 'throw-before' : 'ok';
    await project.intake();
    expect(drops(project)[0]).toMatchObject({ state: 'QUARANTINED' });
    expect(drops(project)[0]).not.toHaveProperty('putAway');
    project.outside.cloud.faults = undefined;
    project.clock.advance(31 * MINUTE);
    const { queues } = project.outside.cloud;
    for (const message of comesAgain ? [] : await queues.receive(project.world.resources.intakeQueueUrl, 10)) {
      await queues.delete(project.world.resources.intakeQueueUrl, message.receiptHandle);
    }
    await project.rounds(5, 10 * MINUTE);
    expect(eventTypes(project)).toEqual(['Drop Quarantined']);
    expect(drops(project)[0]).toMatchObject({ putAway: true });
  });
});

describe('a file that S3 does not copy in one call', () => {
  test('is quarantined where it lies, told of once and left alone', async () => {
    const project = await MemoryProject.create();
    await project.drop('film.mov');
    const { objects } = project.world;
    (project.world as { objects: unknown }).objects = Object.assign(Object.create(objects) as object, {
      head: async (...place: Parameters<typeof objects.head>) => ({ ...await objects.head(...place), size: 5 * 1024 ** 3 + 1 }),
      copy: () => { throw new Error('The specified copy source is larger than the maximum allowable size for a copy source'); },
    });
    expect(await project.intake()).toEqual(['quarantined']);
    expect(drops(project)[0]).toMatchObject({ reason: 'too-large-file', putAway: true });
    expect(eventTypes(project)).toEqual(['Drop Quarantined']);
    await project.rounds(60, 10 * MINUTE);
    expect([keys(project, 'drop'), eventTypes(project)]).toEqual([['film.mov'], ['Drop Quarantined']]);
    expect(project.outside.telemetry.said.filter((line) => /sweep queued/.test(line.message))).toEqual([]);
  });
});

describe('an object that lies where an image belongs', () => {
  const key = `images/a-${sha256('bytes').slice(0, 16)}-0.png`;
  const lay = (project: MemoryProject, at: string, metadata = {}) => project.outside.cloud.buckets.put('input', at, Buffer.from('of somebody else'), { metadata });

  test.each([
    ['has no metadata', {}], ['is of another drop', { 'drop-sha256': sha256('other'), 'width': '7', 'height': '7' }],
  ])('and %s is not shown to workers, and stays', async (_name, metadata) => {
    const project = await MemoryProject.create();
    await lay(project, key, metadata);
    await project.drop('a.jpg', 'bytes');
    expect(await project.intake()).toEqual(['done']);
    expect(images(project)['a.jpg']).toMatchObject({ sourceRef: `s3://input/${key.replace('.png', '-beside.png')}`, provenance: { 'image-width': 1 } });
    await project.finish();
    expect([project.lost(), project.double()]).toEqual([[], 0]);
    expect(Buffer.from(project.outside.cloud.buckets.read('input', key).body).toString()).toBe('of somebody else');
  });

  test('and beside it too: the drop waits among the dead letters, where an alarm tells of it', async () => {
    const project = await MemoryProject.create();
    await lay(project, key);
    await lay(project, key.replace('.png', '-beside.png'));
    await project.drop('a.jpg', 'bytes');
    await project.rounds(30, 31 * MINUTE);
    expect(drops(project)[0]).toMatchObject({ state: 'ENGINEERING', attempts: 0 });
    expect(project.outside.cloud.queues.peekBodies(project.world.resources.intakeDeadLetterQueueUrl)).toHaveLength(1);
    expect(images(project)).toEqual({});
  });
});

describe('a brought bucket', () => {
  test('is left alone: nothing is moved or deleted; what cannot be labeled is copied', async () => {
    const project = await MemoryProject.create();
    Object.assign(project.world.resources, { dropBucketIsOwn: false });
    await project.drop('a.jpg');
    await project.drop('bad.jpg', BAD);
    await project.finish();
    expect(keys(project, 'drop')).toEqual(['a.jpg', 'bad.jpg']);
    expect(keys(project, 'input', 'originals/')).toEqual([]);
    expect(keys(project, 'input', 'quarantine/')).toHaveLength(1);
    expect(project.dataSet()).toHaveLength(1);
    await project.rounds(120);
    expect(project.outside.telemetry.said.filter((line) => /sweep queued/.test(line.message))).toEqual([]);
  });
});

describe.each([true, false])('in a bucket without versions (own: %s)', (own) => {
  async function unversioned(engine?: PlainEngine) {
    const project = await MemoryProject.create({ engine });
    const { buckets } = project.outside.cloud;
    buckets.create('plain', { versioned: false });
    Object.assign(project.world.resources, { dropBucket: 'plain', dropBucketIsOwn: own });
    const put = (content: string, key = 'latest.jpg') => buckets.put('plain', key, content);
    /** S3 tells of an object without a version; the sweep, which lists versions, of version `null`. */
    const tell = async (cause: IntakeCause | undefined, key = 'latest.jpg'): Promise<Taken[]> => {
      const message = JSON.parse(intakeMessage(cause ?? 'sweep', 'plain', { key, versionId: 'null' })) as { Records: { eventSource: string; s3: { object: object } }[] };
      if (cause === undefined) {
        Object.assign(message.Records[0], { eventSource: 'aws:s3' });
        Object.assign(message.Records[0].s3.object, { versionId: undefined });
      }
      await project.world.queues.send(project.world.resources.intakeQueueUrl, [JSON.stringify(message)]);
      return project.intake();
    };
    const alerts = async () => (await project.read()).alerts;
    const told = (): number => project.outside.telemetry.said.filter(({ detail }) => (detail as { notice?: string })?.notice === 'replaced-drop').length;
    const body = (key = 'latest.jpg') => buckets.find('plain', key)?.body.toString();
    return { project, put, tell, alerts, told, body };
  }

  test.each([undefined, 'sweep'] as const)('a file that takes the name of another one is told of once, and is left alone (%s)', async (cause) => {
    const { project, put, tell, alerts, told, body } = await unversioned();
    await put('monday');
    expect([await tell(cause), await tell(cause)]).toEqual([['done'], [own && cause === undefined ? 'withdrawn' : 'done']]);
    await project.finish();
    expect(await alerts()).toEqual([]);
    await put('tuesday');
    expect([await tell(cause), await tell(cause)]).toEqual([['done'], ['done']]);
    const { standing } = await project.read();
    expect(standing).toMatchObject([{ code: 'replaced-drop', message: expect.stringMatching(/plain keeps no versions: .*versioning on.*: latest\.jpg$/) }]);
    await project.rounds(3);
    expect([told(), eventTypes(project).filter((type) => type === 'Alert')]).toEqual([1, ['Alert']]);
    expect([body(), drops(project)[0].sha256, statesOf(project)]).toEqual(['tuesday', sha256('monday'), { 'latest.jpg': 'LABELED' }]);
    await put('wednesday');
    await tell(cause);
    expect([told(), body()]).toEqual([2, 'wednesday']);
    expectConservation(project.outside.table);
  });

  test('the alert stands for a day after the last such file', async () => {
    const { project, put, tell, alerts } = await unversioned();
    for (const content of ['monday', 'tuesday', 'wednesday']) {
      await put(content);
      await tell(undefined);
      await project.rounds(2, 10 * HOUR);
    }
    expect(await alerts()).toEqual(['replaced-drop']);
    await project.rounds(2, 10 * HOUR);
    expect(await alerts()).toEqual([]);
    await tell(undefined);
    expect(await alerts()).toEqual([]);
  });

  test('nothing is lost, and nobody is told, where the content is known', async () => {
    const { put, tell, alerts } = await unversioned();
    await put('known', 'other.jpg');
    await tell(undefined, 'other.jpg');
    await put('monday');
    await tell(undefined);
    await put('known');
    expect([await tell(undefined), await alerts()]).toEqual([['done'], []]);
  });

  test('a file that is replaced before it is read is told of, and the other one is taken in', async () => {
    const { project, put, tell, alerts, told } = await unversioned();
    await put('monday');
    project.outside.cloud.faults = (operation) => operation === 's3.GetObject' ? 'throw-before' : 'ok';
    expect(await tell(undefined)).toEqual([]);
    project.outside.cloud.faults = undefined;
    await put('tuesday');
    project.clock.advance(HOUR);
    expect(await project.intake()).toEqual(['done']);
    expect([await alerts(), drops(project)[0].sha256, keys(project, 'plain')]).toEqual([['replaced-drop'], sha256('tuesday'), own ? [] : ['latest.jpg']]);
    await tell(undefined);
    expect(told()).toBe(1);
  });

  test('a file that is replaced while it is worked on is told of, and the other one is not taken away', async () => {
    let replace: (() => Promise<unknown>) | undefined;
    const engine = new WilfulEngine(async (_drop, plain) => {
      await replace?.();
      return plain();
    });
    const { project, put, tell, alerts, body } = await unversioned(engine);
    replace = () => put('tuesday');
    await put('monday');
    expect(await tell(undefined)).toEqual(['done']);
    expect([await tell(undefined), await alerts(), drops(project)[0].sha256, body()]).toEqual([['done'], ['replaced-drop'], sha256('monday'), 'tuesday']);
  });

  test('a file that comes where another one was deleted before it was read is told of', async () => {
    const { put, tell, alerts } = await unversioned();
    expect(await tell('sweep')).toEqual(['withdrawn']);
    await put('tuesday');
    expect([await tell(undefined), await alerts()]).toEqual([['withdrawn'], ['replaced-drop']]);
  });

  test.each(['throw-before', 'throw-after'] as const)('people are told, though the ledger fails at it (%s)', async (kind) => {
    const { project, put, tell, alerts, told } = await unversioned();
    await put('monday');
    await tell(undefined);
    await put('tuesday');
    project.outside.table.options = { faults: (operation) => operation.method === 'write' && JSON.stringify(operation.writes).includes('ALERT#') ? kind : 'ok' };
    expect(await tell(undefined)).toEqual([]);
    project.outside.table.options = {};
    project.clock.advance(HOUR);
    expect(await project.intake()).toEqual(['done']);
    await project.rounds(2);
    expect([await alerts(), eventTypes(project).filter((type) => type === 'Alert'), told()]).toEqual([['replaced-drop'], ['Alert'], kind === 'throw-after' ? 0 : 1]);
  });
});

describe('a quarantined drop that is ordered again', () => {
  class MendedEngine extends PlainEngine {
    public mended = false;

    public override gate(bytes: Uint8Array): ReturnType<PlainEngine['gate']> {
      return this.mended ? { ok: true } : super.gate(bytes);
    }
  }

  async function quarantined(versioned = true) {
    const engine = new MendedEngine();
    const project = await MemoryProject.create({ engine });
    const { buckets } = project.outside.cloud;
    buckets.create('archive', { versioned });
    const { versionId } = await buckets.put('archive', 'a.jpg', `${BAD} bytes`);
    const tell = (cause: IntakeCause): Promise<void> =>
      project.world.queues.send(project.world.resources.intakeQueueUrl, [intakeMessage(cause, 'archive', { key: 'a.jpg', versionId })]);
    await tell('backfill');
    expect(await project.intake()).toEqual(['quarantined']);
    return {
      project, engine, tell, order: async () => {
        project.clock.advance(MINUTE);
        await project.command('requeue', { all: 'quarantined' });
        await run(project.world, 'test');
      },
    };
  }

  test.each([true, false])('is read from its copy, though its bucket can no longer be read (mended since: %s)', async (mended) => {
    const { project, engine, order, tell } = await quarantined();
    engine.mended = mended;
    project.outside.cloud.faults = (_operation, args) =>
      args[0] === 'archive' || (args[0] as { bucket?: string }).bucket === 'archive' ? 'throw-before' : 'ok';
    await order();
    await tell('requeue');
    const end = mended ? 'done' : 'quarantined';
    expect(await project.intake()).toEqual([end, end]);
    expect(drops(project)).toMatchObject([{ state: end.toUpperCase(), putAway: true }]);
    expect(keys(project, 'input', 'quarantine/')).toHaveLength(1);
    expectConservation(project.outside.table);
  });

  test('of a bucket without versions is the file that it was, whatever lies there now', async () => {
    const { project, engine, order } = await quarantined(false);
    engine.mended = true;
    await project.outside.cloud.buckets.put('archive', 'a.jpg', 'another picture');
    await order();
    expect(await project.intake()).toEqual(['done']);
    expect(drops(project)).toMatchObject([{ state: 'DONE', sha256: sha256(`${BAD} bytes`) }]);
    const [copy] = keys(project, 'input', 'quarantine/');
    expect(Buffer.from(project.outside.cloud.buckets.read('input', copy).body).toString()).toBe(`${BAD} bytes`);
  });

  test('is quarantined again with its own bytes, where another file took its name', async () => {
    const { project, order } = await quarantined(false);
    await project.outside.cloud.buckets.put('archive', 'a.jpg', 'another picture');
    await order();
    expect(await project.intake()).toEqual(['quarantined']);
    const [copy, ...more] = keys(project, 'input', 'quarantine/');
    expect([Buffer.from(project.outside.cloud.buckets.read('input', copy).body).toString(), more]).toEqual([`${BAD} bytes`, []]);
  });

  test('takes nothing else out of an inbox without versions that bears its name now', async () => {
    const { project, engine, order } = await quarantined(false);
    engine.mended = true;
    Object.assign(project.world.resources, { dropBucket: 'archive' });
    await project.outside.cloud.buckets.put('archive', 'a.jpg', 'another picture');
    await order();
    expect(await project.intake()).toEqual(['done']);
    expect(keys(project, 'archive')).toEqual(['a.jpg']);
  });

  test('is read where it was dropped, if somebody deleted the copy', async () => {
    const { project, engine, order } = await quarantined();
    engine.mended = true;
    await project.outside.cloud.buckets.delete('input', keys(project, 'input', 'quarantine/')[0]);
    await order();
    expect(await project.intake()).toEqual(['done']);
    expect(drops(project)).toMatchObject([{ state: 'DONE', sha256: sha256(`${BAD} bytes`) }]);
  });
});

describe('drops that kill the process', () => {
  /** Takes a drop while the process dies in the decoder: nothing after it happens any more. */
  async function die(project: MemoryProject): Promise<void> {
    const dying: Engine = { gate: () => ({ ok: true }), engineer: () => new Promise(() => undefined) };
    const intake = new Intake(project.world, project.configuration, dying);
    const [message] = await project.outside.cloud.queues.receive(project.world.resources.intakeQueueUrl, 1);
    void intake.take(createdObjects(message.body)[0]);
    for (let i = 0; i < 60; i += 1) {
      await Promise.resolve();
    }
    project.clock.advance(31 * MINUTE);
  }

  test('are quarantined undecoded at the fourth try', async () => {
    const engine = new WilfulEngine((_drop, plain) => plain());
    const project = await MemoryProject.create({ engine });
    await project.drop('bomb.png');
    for (let i = 1; i <= 3; i += 1) {
      await die(project);
      expect(drops(project)[0]).toMatchObject({ state: 'ENGINEERING', attempts: i });
    }
    await project.drop('good.png');
    expect((await project.intake()).sort()).toEqual(['done', 'quarantined']);
    expect(engine.calls).toBe(1);
    expect(drops(project).find((drop) => drop.key === 'bomb.png')).toMatchObject({ reason: 'processor-crash', detail: '3 tries died while decoding it' });
    expectConservation(project.outside.table);
  });

  test('a try that is still under way is no crash, however many messages tell of the drop meanwhile', async () => {
    let resolve = (): void => undefined;
    const promise = new Promise<void>((done) => { resolve = done; });
    const engine = new WilfulEngine(async (_drop, plain) => {
      await promise;
      return plain();
    });
    const project = await MemoryProject.create({ engine });
    await project.drop('a.png');
    const first = project.intake();
    const again = new Intake(project.world, project.configuration, engine);
    await new Promise((done) => setImmediate(done));
    for (let i = 0; i < 5; i += 1) {
      expect(await again.take({ bucket: 'drop', key: 'a.png' })).toBe('waiting');
    }
    resolve();
    expect(await first).toEqual(['done']);
    expect(engine.calls).toBe(1);
    expect(drops(project)[0]).toMatchObject({ state: 'DONE', attempts: 0 });
  });

  test('twice, and then not: it is done, and no crash is held against it', async () => {
    const project = await MemoryProject.create();
    await project.drop('a.png');
    await die(project);
    await die(project);
    expect(await project.intake()).toEqual(['done']);
    expect(drops(project)[0]).toMatchObject({ attempts: 0 });
  });
});

describe('infrastructure', () => {
  test.each(['engine', 's3.GetObject', 's3.PutObject', 's3.HeadObject'])('failing at %s is never charged to a drop, however long it lasts', async (what) => {
    let broken = true;
    const project = await withEngine(async (_drop, plain) => {
      if (broken && what === 'engine') {
        throw new Error('no memory left on this machine');
      }
      return plain();
    });
    await project.drop('a.jpg');
    project.outside.cloud.faults = (operation) => broken && operation === what ? 'throw-before' : 'ok';
    for (let i = 0; i < 6; i += 1) {
      expect(await project.intake()).toEqual([]);
      project.clock.advance(31 * MINUTE);
    }
    broken = false;
    expect(await project.intake()).toEqual(['done']);
    expect(drops(project)[0]).toMatchObject({ state: 'DONE', attempts: 0 });
    expectConservation(project.outside.table);
  });

  test.each(['throw-before', 'throw-after', 'die-before', 'die-after'] as const)('%s at any call: the drops end as they would have ended', async (kind) => {
    for (let at = 0; at < 80; at += 1) {
      const troubles = new Troubles();
      const project = await MemoryProject.create();
      troubles.attach(project);
      await project.drop('a.jpg', 'same');
      await project.drop('b.jpg', 'same');
      await project.drop('bad.jpg', BAD);
      await troubles.during({ at, kind }, () => project.intake());
      const over = troubles.calls <= at;
      for (let i = 0; i < 3; i += 1) {
        project.clock.advance(31 * MINUTE);
        await project.intake();
      }
      expect(ends(project)).toEqual(expect.arrayContaining(['bad.jpg QUARANTINED']));
      expect(drops(project).map((drop) => drop.state).sort()).toEqual(['DONE', 'DUPLICATE', 'QUARANTINED']);
      expect(keys(project, 'drop')).toEqual([]);
      expect([keys(project, 'input', 'originals/').length, keys(project, 'input', 'quarantine/').length]).toEqual([2, 1]);
      expect(eventTypes(project)).toContain('Drop Quarantined');
      expectConservation(project.outside.table);
      if (over) {
        return;
      }
    }
  });

  test.each(['throw-before', 'throw-after', 'die-before', 'die-after'] as const)('%s at any call while a drop of 110 images is taken in: all of them, once', async (kind) => {
    // The calls between reading the drop and the first page, one in twenty of the puts, and everything behind them.
    const tiles = Array.from({ length: 110 }, (_, i) => ({ ...image(`tile ${i}`), warnings: [] }));
    for (let at = 0; ; at += at > 8 && at < 110 ? 20 : 1) {
      const troubles = new Troubles();
      const project = await withEngine(async () => ({ kind: 'images', images: tiles }));
      troubles.attach(project);
      await project.drop('a.jpg', 'same');
      await project.drop('b.jpg', 'same');
      await troubles.during({ at, kind }, () => project.intake());
      const over = troubles.calls <= at;
      expectConservation(project.outside.table);
      for (let i = 0; i < 3; i += 1) {
        project.clock.advance(31 * MINUTE);
        await project.intake();
      }
      expect(drops(project).map((drop) => drop.state).sort()).toEqual(['DONE', 'DUPLICATE']);
      expect([...project.outside.table.items()].filter((item) => item.sk === 'IMAGE').map((item) => Number(item.index)).sort((a, b) => a - b))
        .toEqual(tiles.map((_, i) => i));
      expect(keys(project, 'drop')).toEqual([]);
      expectConservation(project.outside.table);
      if (over) {
        return;
      }
    }
  }, 120_000);

  test('an image that an earlier try wrote is taken as it is', async () => {
    let width = 0;
    const project = await withEngine(async () => ({ kind: 'images', images: [{ ...image('x'), width: ++width }] }));
    await project.drop('a.jpg');
    // the first try stores its image and dies before it is recorded
    let puts = 0;
    project.outside.table.options = { faults: ({ method }) => method === 'write' && puts > 0 ? 'throw-before' : 'ok' };
    project.outside.cloud.faults = (operation) => {
      puts += operation === 's3.PutObject' ? 1 : 0;
      return 'ok';
    };
    await project.intake();
    project.outside.table.options = {};
    project.clock.advance(HOUR);
    expect(await project.intake()).toEqual(['done']);
    expect(images(project)['a.jpg'].provenance).toMatchObject({ 'image-width': 1 });
    expect(width).toBe(2);
  });

  test('an image that is there and cannot be read is tried again', async () => {
    const project = await MemoryProject.create();
    await project.drop('a.jpg');
    const { objects } = project.world;
    (project.world as { objects: unknown }).objects = Object.assign(Object.create(objects) as object, { putIfAbsent: async () => 'exists' });
    expect(await project.intake()).toEqual([]);
    (project.world as { objects: unknown }).objects = objects;
    project.clock.advance(HOUR);
    expect(await project.intake()).toEqual(['done']);
  });
});

describe('an engine that works on by itself', () => {
  const start = async (): Promise<{ project: MemoryProject; started: GatedDrop[]; intake: Intake }> => {
    const started: GatedDrop[] = [];
    const engine = new WilfulEngine(async (drop) => {
      started.push(drop);
      return { kind: 'started' };
    });
    const project = await MemoryProject.create({ engine });
    await project.drop('a.jpg');
    expect(await project.intake()).toEqual(['waiting'] satisfies Taken[]);
    return { project, started, intake: new Intake(project.world, project.configuration, engine) };
  };

  test('hands its images over when it has them', async () => {
    const { project, started: [drop], intake } = await start();
    expect(drops(project)[0]).toMatchObject({ state: 'ENGINEERING', attempts: 0 });
    expect(await intake.complete(drop, drop.sha256, [image('x')])).toBe('done');
    expect(await intake.complete(drop, drop.sha256, [image('x')])).toBe('done');
    expect(statesOf(project)).toEqual({ 'a.jpg': 'PENDING' });
    expect(keys(project, 'drop')).toEqual([]);
    expectConservation(project.outside.table);
  });

  test('cannot finish what nobody began', async () => {
    const { intake } = await start();
    await expect(intake.complete({ bucket: 'drop', key: 'other.jpg', versionId: '1' }, sha256('x'), [])).rejects.toThrow(/does not know/);
  });
});

test('a drop that is deleted while its many images are recorded gives all of them', async () => {
  const tiles = Array.from({ length: 110 }, (_, i) => ({ ...image(`tile ${i}`), warnings: [] }));
  const project = await withEngine(async () => ({ kind: 'images', images: tiles }));
  await project.drop('a.jpg');
  const recorded = (): number => [...project.outside.table.items()].filter((item) => item.sk === 'IMAGE').length;
  project.outside.table.options = { faults: ({ method }) => method === 'write' && recorded() > 0 ? 'throw-before' : 'ok' };
  expect(await project.intake()).toEqual([]);
  project.outside.table.options = {};
  expect(recorded()).toBe(48);
  const [version] = (await project.outside.cloud.buckets.listVersions('drop')).versions;
  await project.outside.cloud.buckets.delete('drop', 'a.jpg', version.versionId);
  project.clock.advance(HOUR);
  expect(await project.intake()).toEqual(['done']);
  expect(recorded()).toBe(110);
  expectConservation(project.outside.table);
});

test('a version that we finished ourselves and is gone is not withdrawn', async () => {
  const project = await MemoryProject.create();
  project.outside.cloud.copies = (operation) => operation === 's3.notify' ? 2 : 1;
  await project.drop('a.jpg');
  expect(await project.intake()).toEqual(['done', 'done']);
  expect(drops(project)).toHaveLength(1);
});

test('bytes that somebody deleted after they were read are reported, and the drop ends', async () => {
  const project = await withEngine(async (drop, plain) => {
    await project.outside.cloud.buckets.delete('drop', drop.key, drop.versionId);
    return plain();
  });
  await project.drop('a.jpg');
  expect(await project.intake()).toEqual(['done']);
  expect(project.outside.telemetry.said.some((line) => /deleted by somebody else/.test(line.message))).toBe(true);
});
