import { createHash } from 'node:crypto';
import { isClean, RunResult, runDemo } from '../../src/local/demo/driver';
import { Stage } from '../../src/local/demo/stage';
import { synthesizeDemo } from '../../src/local/demo/synthesis';
import { Processes } from '../../src/local/runner';
import { Item } from '../../src/runtime/ports';
import { expectConservation } from '../support/conservation';
import { isPythonMissing } from '../support/emulator';

jest.setTimeout(300_000);

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

if (isPythonMissing()) {
  // eslint-disable-next-line no-console
  console.warn('NOT TESTED: the deployed template end to end, because there is no Python 3.10 or later on this machine');
}

/** The demo's way with the synthesized template, deployed as it is; looked at from all sides. */
(isPythonMissing() ? describe.skip : describe)('the way of the demo', () => {
  const processes = new Processes();
  const said: string[] = [];
  const openTasks: number[] = [];
  let stage: Stage;
  let result: RunResult;

  beforeAll(async () => {
    stage = await Stage.start({ processes });
    result = await runDemo({
      stage, stack: await synthesizeDemo(processes, stage.emulator), expiry: 'Failed', pace: 100, standstill: 60_000,
      audience: { say: (topic, text) => said.push(`${topic}: ${text}`), show: () => openTasks.push(stage.simulator.tasks().length) },
    });
  });

  afterAll(async () => {
    await result?.team.stop();
    await stage?.stop();
    await processes.stopAll();
  });

  const image = (key: string) => result.ledger.images.find(({ provenance }) => provenance['drop-key'] === key)!;
  const lineOf = (key: string) => result.lines.find(({ sourceRef }) => sourceRef === image(key).sourceRef)!.line;

  test('nothing is lost, labeled twice, or left', () => {
    expect({ ...result.tally, left: result.left }).toEqual({ dropped: 20, labeled: 16, lost: [], double: [], strange: [], left: [] });
    expect(isClean(result)).toBe(true);
    expect(result.bill).toHaveLength(16);
  });

  test('the job expired with images unlabeled, and a chained one labeled them', () => {
    const [first, second, ...more] = result.ledger.jobs;
    expect(more).toEqual([]);
    expect(result.jobs).toEqual([first.name, second.name]);
    expect(first).toMatchObject({ phase: 'SETTLED', endStatus: 'Failed', offered: 13, labeled: 9, open: 0 });
    expect(second).toMatchObject({ phase: 'CREATED', status: 'InProgress', carried: 9, offered: 7, labeled: 7, open: 0 });
    const again = result.ledger.images.filter(({ offers }) => offers === 2);
    expect(again.map(({ labelJob }) => labelJob)).toEqual([2, 2, 2, 2]);
    expect(result.bill.filter(({ jobName }) => jobName === first.name)).toHaveLength(9);
  });

  test('what was dropped while no job ran is sent to the chained job, and labeled', () => {
    for (const key of ['sky/hubble-deep-field.jpg', 'sky/rocket.jpg', 'textures/outdoor/grass.jpg']) {
      expect(image(key)).toMatchObject({ state: 'LABELED', offers: 1, labelJob: 2 });
      expect(image(key).receivedAt).toBeGreaterThanOrEqual(result.ledger.jobs[0].endedAt!);
      expect(result.bill.filter(({ sourceRef }) => sourceRef === image(key).sourceRef)).toMatchObject([{ jobName: result.jobs[1] }]);
    }
  });

  test('earlier labels stay', () => {
    const jobs = result.lines.map(({ line }) => (line['boxes-metadata'] as { 'job-name': string })['job-name']);
    expect(jobs.filter((name) => name === result.jobs[0])).toHaveLength(9);
    expect(jobs.filter((name) => name === result.jobs[1])).toHaveLength(7);
  });

  test('no more images than the window allows were with workers, and some waited for room', () => {
    expect(Math.max(...openTasks)).toBe(4);
    expect(said.some((text) => text.startsWith('window: 4 images are with workers'))).toBe(true);
  });

  test('each line of the data set is in Ground Truth\'s own format, once for each image', () => {
    expect(new Set(result.lines.map(({ sourceRef }) => sourceRef)).size).toBe(16);
    for (const { line } of result.lines) {
      expect(Object.keys(line).sort()).toEqual([
        'boxes', 'boxes-metadata', 'drop-key', 'drop-sha256', 'image-height', 'image-width', 'instructions-version', 'inverse-transform',
        'source-ref',
      ]);
      expect(line.boxes).toMatchObject({ image_size: [{ width: line['image-width'], height: line['image-height'], depth: 3 }] });
      expect(line['boxes-metadata']).toMatchObject({ 'type': 'groundtruth/object-detection', 'human-annotated': 'yes' });
    }
    expect(lineOf('places/Pagode im Frühling.jpg')['source-ref']).toMatch(/\/images\/places\/Pagode_im_Fr_hling-[0-9a-f]{16}-0\.jpg$/);
    expect(lineOf('animals/raccoon.jpg')).toMatchObject({ 'image-width': 1024, 'image-height': 768 });
    expect(lineOf('laboratory/retina.jpg')).toMatchObject({ 'image-width': 1024, 'image-height': 1024 });
  });

  test('workers of every job saw the instructions that the deploy published of their folder, example images and all', async () => {
    const { outputBucket } = result.project.resources;
    const [version, ...others] = [...new Set(result.lines.map(({ line }) => String(line['instructions-version'])))];
    expect(others).toEqual([]);
    const keys = await result.project.keys(outputBucket, 'config/');
    expect(keys).toContain(`config/${version}/template.liquid.html`);
    const page = Buffer.from(await result.project.read(outputBucket, `config/${version}/template.liquid.html`)).toString();
    expect(page).toContain('Persons and animals first');
    const images = [...page.matchAll(/<img src="\{\{ 's3:\/\/([^/]+)\/([^']+)' \| grant_read_access \}\}"/g)].map(([, bucket, key]) => [bucket, key]);
    expect(images).toEqual([[outputBucket, expect.stringMatching(/\/person\.jpg$/)], [outputBucket, expect.stringMatching(/\/animal\.jpg$/)]]);
    for (const [bucket, key] of images) {
      expect(key.split('/')[1]).toBe(sha256(await result.project.read(bucket, key)).slice(0, 32));
    }
  });

  test('bad files are in quarantine with the reason, and whole', async () => {
    const { inputBucket } = result.project.resources;
    const quarantined = result.ledger.drops.filter(({ state }) => state === 'QUARANTINED');
    expect(Object.fromEntries(quarantined.map(({ key, reason }) => [key, reason]))).toEqual({
      'odd/broken-off.jpg': 'truncated', 'odd/notes.jpg': 'not-an-image', 'odd/nothing.jpg': 'empty',
    });
    const kept = await Promise.all((await result.project.keys(inputBucket, 'quarantine/')).map((key) => result.project.read(inputBucket, key)));
    expect(kept.map(sha256).sort()).toEqual(result.dropped.filter(({ reason }) => reason).map((file) => file.sha256).sort());
  });

  test('the originals of all others are kept, byte for byte', async () => {
    const { inputBucket } = result.project.resources;
    const kept = await Promise.all((await result.project.keys(inputBucket, 'originals/')).map((key) => result.project.read(inputBucket, key)));
    expect(kept.map(sha256).sort()).toEqual(result.dropped.filter(({ reason }) => !reason).map((file) => file.sha256).sort());
  });

  test('the same bytes under two names are labeled once', () => {
    const twice = result.ledger.drops.filter(({ key }) => key.endsWith('coffee.jpg'));
    expect(twice.map(({ state }) => state).sort()).toEqual(['DONE', 'DUPLICATE']);
  });

  test('the ledger\'s books balance', async () => {
    const items = await result.project.ledgerItems();
    expectConservation({ items: () => items as Item[] });
  });
});
