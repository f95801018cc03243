import { expectConservation } from '../../../support/conservation';
import { HandledProject, expectAllLabeledOnce, picture } from '../../../support/handled-project';
import { DAY, HOUR, MINUTE } from '../../../support/memory-project';
import { images, job, jobStatuses, pass, statesOf } from '../../../support/running-project';

/**
 * How the seed lost, doubled or blocked work between a drop and the job. Each test enters where AWS does: with objects in the drop
 * bucket, whose events call the intake function, and with calls of the controller function. It ends with the bill and the ledger.
 */
const inbox = (project: HandledProject): string[] => project.outside.cloud.buckets.peekKeys('drop');

type Offer = { readonly [name: string]: unknown };

/** What was ever published to the input topic. */
const published = (project: HandledProject): Offer[] =>
  project.outside.cloud.topics.peekPublished(project.world.resources.inputTopicArn).map((body) => JSON.parse(body) as Offer);

/** Every call of the cloud gives others a turn, so that what runs at once really mixes. */
function mixCalls(project: HandledProject): void {
  project.outside.table.options = {
    faults: async () => {
      await new Promise((resolve) => { setImmediate(resolve); });
      return 'ok' as const;
    },
  };
}

/** How many images are stored, counting what overwrote another. */
async function stored(project: HandledProject): Promise<number> {
  return (await project.outside.cloud.buckets.listVersions('input', { prefix: 'images/' })).versions.length;
}

// In the seed all drops of ten minutes shared one token: what came after the first run had listed the bucket started no other.
test('D2: of two drops in one window of ten minutes neither waits for a third, nor for its event', async () => {
  const project = await HandledProject.create({ start: '2026-01-05T12:00:05Z' });
  await project.drop('first.png', picture(1));
  await project.rounds(9);
  await project.drop('second.png', picture(2));
  await project.rounds(3);
  expect(statesOf(project)['second.png']).toBe('SENT');
  // and where the event is lost, the sweep finds it
  project.outside.cloud.copies = (operation) => operation === 's3.notify' ? 0 : 1;
  await project.drop('third.png', picture(3));
  await project.rounds(32);
  expect(statesOf(project)['third.png']).toBe('SENT');
  await project.finish();
  expectAllLabeledOnce(project, ['first.png', 'second.png', 'third.png']);
});

// In the seed a long run overlapped the next: both wrote the image, and each write was a task of its own.
test('D3: a drop that two calls of the intake work on at once gives one image, one offer, one answer', async () => {
  const project = await HandledProject.create();
  mixCalls(project);
  project.outside.cloud.copies = (operation) => operation === 's3.notify' ? 3 : 1;
  for (let number = 0; number < 12; number += 1) {
    await project.drop(`${number}.png`, picture(number));
  }
  await project.takeIn(3, 1);
  expect(await stored(project)).toBe(12);
  project.outside.table.options = {};
  await project.finish();
  expect(new Set(published(project).map((offer) => offer['source-ref'])).size).toBe(12);
  expect(published(project)).toHaveLength(12);
  expectAllLabeledOnce(project, Array.from({ length: 12 }, (_, number) => `${number}.png`));
});

// In the seed the first nested key raised FileNotFoundError, in this run and in every later one.
test('D12: nested keys are as good as any, and folder markers are no drops', async () => {
  const project = await HandledProject.create();
  const keys = ['a.png', 'cam1/b.png', 'cam1/2026/01/c.png', '/d.png', 'cam 1//e.png'];
  await project.outside.cloud.buckets.put('drop', 'cam1/', new Uint8Array());
  for (const [number, key] of keys.entries()) {
    await project.drop(key, picture(number));
  }
  await project.finish();
  expect(inbox(project)).toEqual(['cam1/']);
  await project.outside.cloud.buckets.delete('drop', 'cam1/');
  expectAllLabeledOnce(project, keys);
});

// The seed deleted by key: a version that was uploaded during the processing went unprocessed.
test('D16: a drop that is overwritten while it is processed is labeled, and so is what overwrote it', async () => {
  const project = await HandledProject.create();
  await project.drop('a.png', picture(1));
  const { buckets } = project.outside.cloud;
  let overwritten = false;
  project.outside.cloud.faults = (operation, args) => {
    if (operation === 's3.PutObject' && String(args[1]).startsWith('images/') && !overwritten) {
      overwritten = true;
      buckets.store('drop', 'a.png', picture(2));
    }
    return 'ok';
  };
  await project.takeIn();
  expect(overwritten).toBe(true);
  await project.finish();
  expectAllLabeledOnce(project, ['a.png', 'a.png']);
});

// The seed joined manifest lines by hand and looked for endings without a dot: a key with a quote failed the job, `notpng` was an image.
test('D20: any key makes valid JSON, and the content says what is an image', async () => {
  const project = await HandledProject.create();
  const keys = ['with "quotes".png', 'back\\slash.png', 'line\nbreak.png', '{"source-ref":"s3://x/y.png"}', 'notpng', 'ümlaut +%.png'];
  for (const [number, key] of keys.entries()) {
    await project.drop(key, picture(number));
  }
  await project.outside.cloud.buckets.put('drop', 'text/notpng', Buffer.from('no image, whatever its name ends with'));
  await project.finish();
  expect(jobStatuses(project)).toEqual(['1 InProgress']);
  expect(published(project).map((offer) => String(offer['source-ref'])).filter((ref) => !/^s3:\/\/input\/images\/[A-Za-z0-9._/-]+\.png$/.test(ref))).toEqual([]);
  expect(project.dataSet().map((line) => line['drop-key']).sort()).toEqual([...keys].sort());
  expect(project.ending()).toEqual({
    paid: [...keys].sort(), images: keys.map((key) => `${key} LABELED`).sort(),
    drops: [...keys.map((key) => `${key} DONE`), 'text/notpng QUARANTINED not-an-image'].sort(),
  });
  expect([project.double(), inbox(project)]).toEqual([0, []]);
  expectConservation(project.outside.table);
});

// In the seed its own manifests and label files raised events on the streaming topic, and came to a live job as data objects.
test('D21: nothing that the project writes itself, and no deletion, comes to a job', async () => {
  const project = await HandledProject.create();
  await project.drop('a.png', picture(1));
  await project.drop('bad.png', Buffer.from('no image'));
  await project.finish();
  await project.simulator.expire('froth-0a1b2c3d-1');
  await project.drop('b.png', picture(2));
  await project.drop('gone.png', picture(3));
  await project.outside.cloud.buckets.delete('drop', 'gone.png');
  await project.finish();
  const { buckets } = project.outside.cloud;
  expect([buckets.peekKeys('output', 'manifests/').length, buckets.peekKeys('output', 'config/').length > 1]).toEqual([1, true]);
  const known = new Set(Object.values(images(project)).map((image) => image.sourceRef));
  for (const { LabelingJobName, LabelCounters } of project.simulator.jobs()) {
    expect(project.simulator.objects(LabelingJobName).map(({ sourceRef }) => sourceRef).filter((ref) => !known.has(ref))).toEqual([]);
    expect(LabelCounters?.FailedNonRetryableError).toBe(0);
  }
  expect(published(project)).toHaveLength(3);
  // the version behind the delete marker had been dropped, and is labeled as well
  expect(project.ending()).toMatchObject({
    paid: ['a.png', 'b.png', 'gone.png'], drops: ['a.png DONE', 'b.png DONE', 'bad.png QUARANTINED not-an-image', 'gone.png DONE'],
  });
  expectConservation(project.outside.table);
});

// In the seed the same file name again overwrote the object that was being labeled: the label of one version lay beside another.
test('D25: drops of one name keep their own images, each beside its own label', async () => {
  const project = await HandledProject.create();
  await project.drop('cam1/x.png', picture(1));
  await project.drop('cam2/x.png', picture(2));
  await project.rounds(8);
  await project.drop('cam1/x.png', picture(3));
  await project.rounds(3);
  await project.label(2);
  await project.drop('cam1/x.png', picture(4));
  await project.finish();
  const { buckets } = project.outside.cloud;
  expect([buckets.peekKeys('input', 'images/').length, await stored(project)]).toEqual([4, 4]);
  const shown = new Map(project.simulator.bill().map(({ sourceRef, pixelHash }) => [sourceRef, pixelHash]));
  for (const line of project.dataSet()) {
    expect([shown.get(String(line['source-ref'])), line['drop-sha256']]).toEqual(Array(2).fill(project.pixelHash(String(line['source-ref']))));
  }
  expectAllLabeledOnce(project, ['cam1/x.png', 'cam1/x.png', 'cam1/x.png', 'cam2/x.png']);
});

// In the seed a second instance of its processing job downloaded and processed everything a second time.
test('D29: however many calls of the intake share the work, each drop is processed once', async () => {
  const project = await HandledProject.create();
  mixCalls(project);
  for (let number = 0; number < 60; number += 1) {
    await project.drop(`${number}.png`, picture(number));
  }
  let reads = 0;
  project.outside.cloud.faults = (operation) => {
    reads += operation === 's3.GetObject' ? 1 : 0;
    return 'ok';
  };
  await project.takeIn(6, 4);
  expect([reads, await stored(project)]).toEqual([60, 60]);
  project.outside.table.options = {};
  for (let minute = 0; minute < 40; minute += 1) {
    await project.round();
    await project.label();
  }
  expectAllLabeledOnce(project, Array.from({ length: 60 }, (_, number) => `${number}.png`));
});

// The seed began with a job and a manifest of no bytes where nothing had been dropped yet.
test('D30: without a drop there is no job; the first one has no manifest', async () => {
  const project = await HandledProject.create({ simulator: { emptyManifest: 'fails' } });
  await pass(project, 3 * DAY, HOUR);
  await project.wake({ cause: 'deploy' });
  expect([jobStatuses(project), project.outside.cloud.buckets.peekKeys('output')]).toEqual([[], []]);
  await project.drop('a.png', picture(1));
  await pass(project, 10 * MINUTE, MINUTE);
  expect((await job(project, 1)).request).not.toHaveProperty('manifestUri');
  const [{ InputConfig }] = project.simulator.jobs();
  expect(InputConfig.DataSource).toEqual({ SnsDataSource: { SnsTopicArn: project.world.resources.inputTopicArn } });
  await project.finish();
  expect(jobStatuses(project)).toEqual(['1 InProgress']);
  expectAllLabeledOnce(project, ['a.png']);
});
