import { createHash } from 'node:crypto';
import { Work, hookProject } from './played-hook';
import { HookAnswer, HookImage, HookRequest } from '../../../../src/contract/hook';
import { HookStore } from '../../../../src/hook';
import { run } from '../../../../src/runtime/controller/controller';
import { RECORD_PAGE } from '../../../../src/runtime/ledger/recording';
import { Item } from '../../../../src/runtime/ports';
import { RetryLaterError } from '../../../../src/runtime/retry-later';
import { expectConservation } from '../../../support/conservation';
import { MINUTE, MemoryProject, testConfiguration } from '../../../support/memory-project';
import { Troubles, TroubleKind } from '../../../support/trouble';
import { exif, jpegOf, pngOf, texture, withSegment } from '../../images/samples';

const { task } = testConfiguration();
const answer = (...images: HookImage[]): HookAnswer => ({ contractVersion: 1, images });
const body = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

const drops = (project: MemoryProject): Item[] => [...project.outside.table.items()].filter((item) => item.pk.startsWith('DROP#') && item.sk.startsWith('VERSION#'));
const images = (project: MemoryProject): Item[] => [...project.outside.table.items()].filter((item) => item.sk === 'IMAGE').sort((a, b) => Number(a.index) - Number(b.index));
const keys = (project: MemoryProject, prefix: string): string[] => project.outside.cloud.buckets.peekKeys('input', prefix);
const put = (project: MemoryProject, key: string, bytes: Uint8Array, metadata = {}) => project.outside.cloud.buckets.put('drop', key, bytes, { metadata });

let photo: Buffer;
let small: Buffer;
beforeAll(async () => {
  photo = await jpegOf(texture(90, 60));
  small = await pngOf(texture(30, 20));
});

/** Leaves the small image under the request's prefix, and names it. */
const stage = async ({ output }: HookRequest, store: HookStore, name = '0.png', bytes: Uint8Array = small): Promise<{ key: string }> => {
  await store.write(output.bucket, `${output.prefix}${name}`, bytes, 'image/png');
  return { key: `${output.prefix}${name}` };
};
const one: Work = async (request, store) => answer(await stage(request, store));

/** Lets the intake try again and again, as the queue would. */
async function tries(project: MemoryProject, minutes: number): Promise<void> {
  for (let i = 0; i < minutes; i += 1) {
    await project.intake();
    project.clock.advance(MINUTE);
  }
}

describe('a function', () => {
  test('is told all of a drop, and its images are stored and recorded with what it says of them', async () => {
    const { project, hook } = await hookProject(async (request, store) => answer(
      { ...await stage(request, store), name: 'detail', inverseTransform: [3, 0, 0, 3, 0, 0], priority: 7, attributes: { score: 0.5, night: false, lens: 'ä' } },
      { body: body(photo), preLabel: { classes: ['launder'] } },
    ));
    await put(project, 'line 1/ü.jpg', withSegment(photo, 0xe1, Buffer.concat([Buffer.from('Exif\0\0'), exif(6)])), { 'priority': '4', 'pre-label': '{"classes":["froth"]}' });
    expect(await project.intake()).toEqual(['done']);
    const [{ versionId, sha256 }] = drops(project);
    const [{ output: { prefix }, ...request }] = hook.requests;
    expect({ ...request, prefix: undefined }).toEqual({
      contractVersion: 1, project: 'froth',
      drop: { bucket: 'drop', key: 'line 1/ü.jpg', versionId, sha256, size: expect.any(Number), priority: 4, preLabel: { classes: ['froth'] } },
      source: { bucket: 'drop', key: 'line 1/ü.jpg', versionId },
      image: { type: 'jpeg', width: 60, height: 90, orientation: 6 },
      output: undefined, prefix: undefined,
    });
    expect(hook.requests[0].output).toEqual({ bucket: 'input', prefix, maxImages: 1_000, maxImageBytes: 40_000_000, maxImagePixels: 100_000_000 });
    expect(prefix).toMatch(new RegExp(`^staging/${String(sha256)}/[^/]+/$`));
    expect(images(project)).toMatchObject([
      {
        state: 'PENDING', priority: 7, preLabel: { classes: ['froth'] },
        provenance: {
          'drop-key': 'line 1/ü.jpg', 'image-width': 30, 'image-height': 20, 'inverse-transform': [3, 0, 0, 3, 0, 0], 'rendition': 'detail',
          'image-attributes': { score: 0.5, night: false, lens: 'ä' },
        },
      },
      { state: 'PENDING', priority: 4, preLabel: { classes: ['launder'] }, provenance: { 'image-width': 90, 'image-height': 60 } },
    ]);
    expect(images(project)[1].provenance).not.toHaveProperty('inverse-transform');
    expect(keys(project, 'images/')).toEqual([
      expect.stringMatching(/^images\/line_1\/_-[0-9a-f]{16}-0-detail-[0-9a-f]{12}\.png$/), expect.stringMatching(/^images\/line_1\/_-[0-9a-f]{16}-1-[0-9a-f]{12}\.jpg$/),
    ]);
    expect(keys(project, 'staging/')).toEqual([]);
    expectConservation(project.outside.table);
  });

  test('has its drops labeled, once each', async () => {
    const { project } = await hookProject(async (request, store) => answer({ ...await stage(request, store), attributes: { line: 1 } }));
    for (let i = 0; i < 3; i += 1) {
      await put(project, `${i}.jpg`, await jpegOf(texture(60 + i, 40)));
    }
    await put(project, 'again.jpg', await jpegOf(texture(60, 40)));
    await project.finish();
    expect(project.dataSet().map((line) => [line['drop-key'], line['image-attributes']]).sort()).toEqual([0, 1, 2].map((i) => [`${i}.jpg`, { line: 1 }]));
    expect(project.simulator.bill()).toHaveLength(3);
    expectConservation(project.outside.table);
  });

  test('may refuse a drop, which waits in quarantine with its words', async () => {
    const { project } = await hookProject(async () => ({ contractVersion: 1, reject: { reason: 'too-dark', detail: 'brightness 3' } }));
    await put(project, 'a.jpg', photo);
    expect(await project.intake()).toEqual(['quarantined']);
    expect(drops(project)[0]).toMatchObject({ reason: 'hook-rejected', detail: 'too-dark: brightness 3' });
    expect(keys(project, 'quarantine/')).toHaveLength(1);
  });

  test('that makes no image of a drop, or too many, has it quarantined at once', async () => {
    let count = 0;
    const { project } = await hookProject(async () => answer(...Array.from({ length: count }, () => ({ body: body(small) }))));
    await put(project, 'a.jpg', photo);
    expect(await project.intake()).toEqual(['quarantined']);
    count = 1_001;
    await put(project, 'b.jpg', await jpegOf(texture(80, 60)));
    expect(await project.intake()).toEqual(['quarantined']);
    expect(drops(project).map(({ reason }) => reason).sort()).toEqual(['no-output', 'too-many-images']);
  });

  test('never sees what the gate refuses, unless it wants every file', async () => {
    const video = Buffer.from('\0\0\0\x18ftypisom\0\0\0\0isommif1', 'latin1');
    const all = [Buffer.alloc(0), photo.subarray(0, 900), Buffer.from('text'), video];
    const strict = await hookProject(one);
    const any = await hookProject(one, { anyFile: true });
    for (const [index, bytes] of all.entries()) {
      await put(strict.project, `${index}`, bytes);
      await put(any.project, `${index}`, bytes);
    }
    await strict.project.intake();
    await any.project.intake();
    expect(strict.hook.requests).toEqual([]);
    expect(any.hook.requests.map(({ drop, image }) => [drop.key, image])).toEqual([['2', undefined], ['3', undefined]]);
    expect(drops(any.project).map(({ key, state, reason }) => [key, state, reason])).toEqual([
      ['0', 'QUARANTINED', 'empty'], ['1', 'QUARANTINED', 'truncated'], ['2', 'DONE', undefined], ['3', 'DONE', undefined],
    ]);
  });

  test('reads a drop that was ordered again where it was kept', async () => {
    let reject = true;
    const { project, hook } = await hookProject(async (request, store) => reject ? { contractVersion: 1, reject: { reason: 'no' } } : one(request, store));
    await put(project, 'a.jpg', photo);
    await project.intake();
    reject = false;
    project.clock.advance(MINUTE);
    await project.command('requeue', { all: 'quarantined' });
    await project.rounds(3);
    expect(hook.requests[1]).toMatchObject({ drop: { bucket: 'drop', key: 'a.jpg' }, source: { bucket: 'input', key: expect.stringMatching(/^quarantine\//) } });
    expect(hook.requests[1].output.prefix).not.toBe(hook.requests[0].output.prefix);
    expect(images(project)).toHaveLength(1);
  });
});

describe('what breaks the contract is tried again, then blamed on the drop', () => {
  test.each<[string, Work, string, RegExp]>([
    ['no JSON', async () => 'None', 'hook-bad-answer', /the answer is no JSON: None/],
    ['nothing', async () => 'null', 'hook-bad-answer', /the answer is wrong: /],
    ['another version', async () => ({ ...answer(), contractVersion: 2 }), 'hook-bad-answer', /at contractVersion/],
    ['both', async () => ({ ...answer(), reject: { reason: 'x' } }), 'hook-bad-answer', /needs either images or reject/],
    ['a member that is none', async () => ({ ...answer(), image: [] }), 'hook-bad-answer', /image/],
    ['a key elsewhere', async () => answer({ key: 'originals/a.jpg' }), 'hook-bad-answer', /images\[0\]\.key: it is "originals\/a\.jpg" and must begin with the request's staging\//],
    ['a key of another drop', async ({ output }) => answer({ key: `${output.prefix}../../x` }), 'hook-bad-answer', /nothing was written under/],
    ['one image twice', async (request, store) => { const image = await stage(request, store); return answer(image, image); }, 'hook-bad-answer', /images\[1\]\.key: an earlier image has the same/],
    ['nothing written', async ({ output }) => answer({ key: `${output.prefix}0.jpg` }), 'hook-bad-answer', /images\[0\]\.key: nothing was written/],
    ['neither key nor body', async () => answer({ name: 'a' }), 'hook-bad-answer', /images\[0\]: an image needs either a key or a body/],
    ['a priority', async () => answer({ body: body(small), priority: 10 }), 'hook-bad-answer', /images\[0\]\.priority/],
    ['a map without a way back', async () => answer({ body: body(small), inverseTransform: [1, 1, 1, 1, 0, 0] }), 'hook-bad-answer', /images\[0\]\.inverseTransform: a map that has no way back/],
    ['a name', async () => answer({ body: body(small), name: 'Über' }), 'hook-bad-answer', /images\[0\]\.name/],
    ['nested attributes', async () => answer({ body: body(small), attributes: { a: {} } }), 'hook-bad-answer', /images\[0\]\.attributes\.a/],
    ['large attributes', async () => answer({ body: body(small), attributes: { a: 'x'.repeat(4_000) } }), 'hook-bad-answer', /images\[0\]\.attributes: they have 4008 bytes of JSON in UTF-8; 4000 are allowed/],
    ['attributes of fewer characters than bytes', async () => answer({ body: body(small), attributes: { a: '字'.repeat(1_331) } }), 'hook-bad-answer', /images\[0\]\.attributes: they have 4001 bytes/],
    ['a number of 64 bits', async () => answer({ body: body(small) }, { body: body(small), attributes: { id: Number('1732654321123456789') } }), 'hook-bad-answer',
      /images\[1\]\.attributes\.id: it is 1732654321123456800; a number must be 0 or, whatever its sign, between 1e-130 and 9007199254740991; write what has more digits as a text/],
    ['a tiny number', async () => answer({ body: body(small), attributes: { p: -1e-200 } }), 'hook-bad-answer', /images\[0\]\.attributes\.p: it is -1e-200; a number must be/],
    ['a map to far away', async () => answer({ body: body(small), inverseTransform: [1, 0, 0, 1, 1e17, 0] }), 'hook-bad-answer', /images\[0\]\.inverseTransform\[4\]: it is 100000000000000000; a number must be/],
    ['a map that hardly turns', async () => answer({ body: body(small), inverseTransform: [1, 1e-150, 0, 1, 0, 0] }), 'hook-bad-answer', /images\[0\]\.inverseTransform\[1\]: it is 1e-150; a number must be/],
    ['a pre-label', async () => answer({ body: body(small), preLabel: { classes: ['foam'] } }), 'hook-bad-answer', /images\[0\]\.preLabel: classes\[0\] is "foam"/],
    ['a cut image', async (request, store) => answer(await stage(request, store, '0.png', small.subarray(0, 500))), 'hook-bad-image', /images\[0\]: truncated: /],
    ['no image', async () => answer({ body: body(Buffer.from('text')) }), 'hook-bad-image', /images\[0\]: not-an-image: /],
    ['an image of 41 MB', async (request, store) => answer(await stage(request, store, '0.png', Buffer.alloc(41_000_000))), 'hook-bad-image', /output-too-large/],
    ['an error', async () => ({ kind: 'failed', message: 'KeyError: x' }), 'hook-failed', /KeyError: x/],
    ['no answer', async () => ({ kind: 'timed-out', message: 'Task timed out after 60.00 seconds' }), 'hook-timed-out', /Task timed out/],
  ])('%s', async (_, work, reason, says) => {
    const { project, hook } = await hookProject(work);
    await put(project, 'a.jpg', photo);
    await tries(project, 90);
    expect(hook.requests).toHaveLength(6);
    expect(drops(project)).toMatchObject([{ state: 'QUARANTINED', reason, detail: expect.stringMatching(says), attempts: 0 }]);
    expect(drops(project)[0].detail).toMatch(/\(in 6 tries\)$/);
    expect(images(project)).toEqual([]);
    expect(keys(project, 'images/')).toEqual([]);
    expectConservation(project.outside.table);
  }, 20_000);
});

test.each([300_000, 500_000])('an error message of %i characters is cut, and the drop ends as with a short one', async (length) => {
  const { project, hook } = await hookProject(async () => ({ kind: 'failed', message: `ValueError: ${'x'.repeat(length)}` }));
  await put(project, 'a.jpg', photo);
  await tries(project, 90);
  expect(hook.requests).toHaveLength(6);
  const [{ state, reason, detail }] = drops(project);
  expect({ state, reason }).toEqual({ state: 'QUARANTINED', reason: 'hook-failed' });
  expect(detail).toMatch(/^ValueError: x{988} \(in 6 tries\)$/);
  const told = project.outside.cloud.bus.events.filter((event) => event['detail-type'] === 'Drop Quarantined');
  expect(told).toHaveLength(1);
  expect(JSON.stringify(told[0]).length).toBeLessThan(2_000);
});

describe('who is to blame', () => {
  const failsFor = (bad: RegExp): Work => async (request, store) => bad.test(request.drop.key) ? { kind: 'failed', message: 'ZeroDivisionError' } : one(request, store);

  test('a drop that fails while others succeed is quarantined after three tries, and ordered again it is as new', async () => {
    const { project, hook } = await hookProject(failsFor(/bad/));
    await put(project, 'bad.jpg', photo);
    for (let i = 0; i < 10; i += 1) {
      await put(project, `good ${i}.jpg`, await jpegOf(texture(60 + i, 40)));
      await tries(project, 1);
    }
    expect(hook.requests.filter(({ drop }) => drop.key === 'bad.jpg')).toHaveLength(3);
    expect(drops(project).find(({ key }) => key === 'bad.jpg')).toMatchObject({ state: 'QUARANTINED', reason: 'hook-failed' });
    const failed = [...project.outside.table.items()].filter((item) => item.pk === 'DROP#drop/bad.jpg' && item.event === 'engineering-failed');
    expect(failed.map(({ detail }) => detail)).toEqual(Array(3).fill('hook-failed: ZeroDivisionError'));
    hook.work = one;
    await project.command('requeue', { all: 'quarantined' });
    await project.rounds(3);
    expect(drops(project).find(({ key }) => key === 'bad.jpg')).toMatchObject({ state: 'DONE' });
    expect(drops(project).find(({ key }) => key === 'bad.jpg')).not.toHaveProperty('engineFailures');
    expectConservation(project.outside.table);
  });

  test('a function that fails for everybody quarantines nobody, raises an alert, is left alone for a while, and goes on by itself when it is mended', async () => {
    const { project, hook } = await hookProject(failsFor(/./));
    for (let i = 0; i < 30; i += 1) {
      await put(project, `${i}.jpg`, await jpegOf(texture(60 + i, 40)));
    }
    await tries(project, 120);
    expect(drops(project).filter(({ state }) => state === 'QUARANTINED')).toEqual([]);
    // ten found out, and then one each five minutes
    expect(hook.requests.length).toBeLessThan(10 + 120 / 5 + 2);
    expect((await project.read()).standing).toMatchObject([{ code: 'feature-engineering', message: expect.stringContaining('ZeroDivisionError') }]);
    expect(project.outside.cloud.bus.events.filter((event) => event['detail-type'] === 'Alert')).toHaveLength(1);
    hook.work = one;
    await tries(project, 60);
    expect((await project.read()).alerts).toEqual([]);
    await project.rounds(60);
    expect(drops(project).filter(({ state }) => state === 'DONE')).toHaveLength(30);
    expectConservation(project.outside.table);
  }, 60_000);

  test('surroundings that fail are nobody\'s fault, however long they do', async () => {
    const { project, hook } = await hookProject(async () => new RetryLaterError(15 * MINUTE, 'throttled'));
    await put(project, 'a.jpg', photo);
    await tries(project, 100);
    expect(drops(project)[0]).toMatchObject({ state: 'ENGINEERING', attempts: 0 });
    expect(drops(project)[0]).not.toHaveProperty('engineFailures');
    hook.work = one;
    await project.rounds(40);
    expect(drops(project)[0]).toMatchObject({ state: 'DONE' });
  });

  test('the alert goes when the project no longer uses a function', async () => {
    const { project } = await hookProject(failsFor(/./));
    for (let i = 0; i < 11; i += 1) {
      await put(project, `${i}.jpg`, await jpegOf(texture(60 + i, 40)));
    }
    await tries(project, 5);
    expect((await project.read()).alerts).toEqual(['feature-engineering']);
    await project.deploy({ featureEngineering: { kind: 'none' } });
    await run(project.world, 'test');
    expect((await project.read()).alerts).toEqual([]);
  });
});

describe('whatever call goes wrong, and however', () => {
  test.each<TroubleKind>(['throw-before', 'throw-after', 'die-before', 'die-after'])('%s: the drop gives its images once', async (kind) => {
    let wanted = 0;
    for (let at = 0; at <= wanted; at += 1) {
      let count = 0;
      const troubles = new Troubles();
      // another image in each try: those of two tries must never mix
      const { project } = await hookProject(async (request, store) => {
        count += 1;
        return answer({ ...await stage(request, store, 'a.png', await pngOf(texture(20 + count, 20))), attributes: { try: count } }, { body: body(await pngOf(texture(30 + count, 20))), attributes: { try: count } });
      }, { simulator: { apiVerdict: troubles.apiVerdict } });
      troubles.attach(project);
      await put(project, 'a.jpg', photo);
      await troubles.during({ at, kind }, () => project.intake());
      wanted = Math.max(wanted, Math.min(troubles.calls, 60));
      project.clock.advance(40 * MINUTE);
      await tries(project, 45);
      const made = images(project);
      expect(made).toHaveLength(2);
      const numbers = made.map(({ provenance }) => (provenance as { 'image-attributes': { try: number } })['image-attributes'].try);
      expect(numbers[0]).toBe(numbers[1]);
      expect(made.map(({ provenance }) => (provenance as { 'image-width': number })['image-width'])).toEqual([20 + numbers[0], 30 + numbers[0]]);
      for (const { sourceRef, provenance } of made) {
        const stored = project.outside.cloud.buckets.read('input', String(sourceRef).slice('s3://input/'.length));
        expect(stored.metadata.width).toBe(String((provenance as { 'image-width': number })['image-width']));
      }
      expectConservation(project.outside.table);
    }
    expect(wanted).toBeGreaterThan(15);
  }, 120_000);
});

test('whatever a function may say of its images is recorded, at the limits of each', async () => {
  // the smallest JSON for what it takes in the table, and the most images that are recorded in one step
  const boxes = [{ label: 'froth', left: -1e300, top: 1e-200, width: 2e300, height: 9 }, ...Array.from({ length: 520 }, () => ({ label: 'froth', left: 0, top: 0, width: 9, height: 9 }))];
  const attributes = { ...Object.fromEntries(Array.from({ length: 240 }, (_, index) => [`n${index}`, index])), max: 2 ** 53 - 1, min: -1e-130, none: -0, text: '字'.repeat(420) };
  for (const count of [RECORD_PAGE, 60]) {
    const { project } = await hookProject(
      async () => answer(...Array.from({ length: count }, (_, index) => ({ body: body(small), name: `n${index}`, inverseTransform: [1e-130, 0, 0, 2 ** 53 - 1, 0, 0], preLabel: { boxes }, attributes }))),
      { configuration: { task: { ...task, type: 'BoundingBox' as const } } },
    );
    await put(project, 'a.jpg', photo);
    expect(await project.intake()).toEqual(['done']);
    expect(images(project)).toHaveLength(count);
    const [{ preLabel, provenance }] = images(project);
    expect((preLabel as { boxes: object[] }).boxes[0]).toEqual({ label: 'froth', left: 0, top: 0, width: 30, height: 9 });
    expect(provenance).toMatchObject({ 'image-attributes': { ...attributes, none: 0 } });
  }
});

test('boxes of a hook are of its image, and checked against its size', async () => {
  const boxes = { task: { ...task, type: 'BoundingBox' as const } };
  const { project } = await hookProject(async () => answer({ body: body(small), preLabel: { boxes: [{ label: 'froth', left: 25, top: 0, width: 10, height: 4 }] } }), { configuration: boxes });
  await put(project, 'a.jpg', photo);
  await project.intake();
  expect(images(project)[0].preLabel).toEqual({ boxes: [{ label: 'froth', left: 25, top: 0, width: 5, height: 4 }] });
  expect(createHash('sha256').update(photo).digest('hex')).toBe(images(project)[0].sha256);
});
