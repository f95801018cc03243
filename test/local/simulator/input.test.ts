import events from './fixtures/events.json';
import { DAY, Harness, INPUT, MINUTE, SECOND } from './harness';

const run = async (h: Harness, ...messages: Array<object | string>) => {
  const name = await h.start();
  messages.forEach(message => h.publish(message));
  await h.simulator.step();
  return name;
};

describe('messages', () => {
  test('a manifest line is an object', async () => {
    const h = new Harness();
    const image = h.image('a.png');
    await run(h, { 'source-ref': image, 'extra': 7 });
    expect(h.task(image).dataObject).toEqual({ 'source-ref': image, 'extra': 7 });
  });

  test.each([true, false])('rawDelivery: %s', async rawDelivery => {
    const h = new Harness({ options: { rawDelivery } });
    const image = h.image('a.png');
    await run(h, { 'source-ref': image });
    expect(h.cloud.topics.peekSubscriptions(h.inputTopic)[0].raw).toBe(rawDelivery);
    expect(h.task(image).sourceRef).toBe(image);
  });

  test('single quotes are no JSON: the object fails', async () => {
    const h = new Harness();
    const name = await run(h, `{'source-ref': '${h.image('a.png')}'}`);
    expect(h.simulator.tasks()).toEqual([]);
    expect(await h.counters(name)).toMatchObject({ FailedNonRetryableError: 1, Unlabeled: 0 });
  });

  test('a line above 100,000 characters fails', async () => {
    const h = new Harness();
    const name = await run(h, { 'source-ref': h.image('a.png'), 'x': 'x'.repeat(100_000) });
    expect(await h.counters(name)).toMatchObject({ FailedNonRetryableError: 1 });
  });

  test.each([['a key with a space', 'a key', { 'a key': 'x' }], ['a missing attribute', 'key', {}], ['an empty id', 'key', { key: '' }]])(
    'an id that breaks the rules fails: %s', async (_, attribute, more) => {
      const h = new Harness();
      const name = await run(h, { 'source-ref': h.image('a.png'), 'dataset-objectid-attribute-name': attribute, ...more });
      expect(await h.counters(name)).toMatchObject({ FailedNonRetryableError: 1 });
    });

  test.each([true, false])('objectIdsMustBeUris: %s', async objectIdsMustBeUris => {
    const h = new Harness({ options: { objectIdsMustBeUris } });
    await run(h, { 'source-ref': h.image('a.png'), 'dataset-objectid-attribute-name': 'key', 'key': 'UniqueId' });
    expect(h.simulator.tasks()).toHaveLength(objectIdsMustBeUris ? 0 : 1);
  });

  test.each([
    ['failing-object', false, 1, 0], ['failing-object', true, 1, 1], ['ignored', true, 0, 0],
  ] as const)('S3\'s test event: %s, with a line: %s', async (unknownMessages, linesForUnknownMessages, failed, lines) => {
    const h = new Harness({ options: { unknownMessages, linesForUnknownMessages } });
    const name = await run(h, events.s3TestEvent);
    expect(await h.counters(name)).toMatchObject({ FailedNonRetryableError: failed });
    await h.pass(10 * MINUTE);
    expect(h.output(name) ?? []).toHaveLength(lines);
  });

  test.each([true, false])('decodesS3Keys: %s', async decodesS3Keys => {
    const h = new Harness({ options: { decodesS3Keys } });
    const image = h.image('red flower.jpg');
    const name = await run(h, events.s3Event);
    expect(h.simulator.tasks().map(task => task.sourceRef)).toEqual(decodesS3Keys ? [image] : []);
    expect(await h.counters(name)).toMatchObject({ FailedNonRetryableError: decodesS3Keys ? 0 : 1 });
  });

  test('S3 announces objects to the topic itself; a removal makes no object', async () => {
    const h = new Harness();
    await h.start();
    h.cloud.buckets.notifications.configure(INPUT, [{ topicArn: h.inputTopic, events: ['s3:ObjectCreated:*', 's3:ObjectRemoved:*'] }]);
    const image = h.image('a.png');
    await h.simulator.step();
    expect(h.simulator.tasks().map(task => task.sourceRef)).toEqual([image]);
    const name = h.simulator.tasks()[0].jobName;
    await h.cloud.buckets.delete(INPUT, 'images/a.png');
    await h.simulator.step();
    expect(await h.counters(name)).toMatchObject({ FailedNonRetryableError: 1, Unlabeled: 1 });
  });
});

describe('duplicates', () => {
  test('the same own id is one object', async () => {
    const h = new Harness();
    const image = h.image('a.png');
    const line = { 'source-ref': image, 'dataset-objectid-attribute-name': 'id', 'id': `${image}#1` };
    const name = await run(h, line, line);
    expect(h.simulator.tasks()).toHaveLength(1);
    await h.label(image);
    h.publish(line);
    await h.simulator.step();
    expect(h.simulator.tasks()).toHaveLength(0);
    expect(await h.counters(name)).toMatchObject({ TotalLabeled: 1, Unlabeled: 0 });
  });

  test('without an own id each publication is an object, each delivery is not', async () => {
    const h = new Harness({ cloud: { copies: operation => (operation === 'sns.deliver' ? 3 : 1) } });
    const line = { 'source-ref': h.image('a.png') };
    await run(h, line, line);
    expect(h.simulator.tasks()).toHaveLength(2);
  });

  test('S3 events: the same sequencer is one object, an overwrite another', async () => {
    const h = new Harness({ options: { decodesS3Keys: true } });
    h.image('red flower.jpg');
    const again = structuredClone(events.s3Event);
    again.Records[0].s3.object.sequencer = '0B';
    await run(h, events.s3Event, events.s3Event, again);
    expect(h.simulator.tasks()).toHaveLength(2);
  });

  test.each([true, false])('dedupAcrossManifestAndSns: %s', async dedupAcrossManifestAndSns => {
    const h = new Harness({ options: { dedupAcrossManifestAndSns } });
    const image = h.image('a.png');
    await h.start({ manifest: h.manifest({ 'source-ref': image }) });
    h.publishImages(image);
    await h.simulator.step();
    expect(h.simulator.tasks()).toHaveLength(dedupAcrossManifestAndSns ? 1 : 2);
  });

  test.each([true, false])('dedupAcrossJobs: %s', async dedupAcrossJobs => {
    const h = new Harness({ options: { dedupAcrossJobs } });
    const image = h.image('a.png');
    await h.simulator.fail(await run(h, { 'source-ref': image, 'dataset-objectid-attribute-name': 'source-ref' }));
    const name = await h.start();
    h.publishImages(image);
    await h.simulator.step();
    expect(h.simulator.tasks().map(task => task.jobName)).toEqual(dedupAcrossJobs ? [] : [name]);
  });

  test('a message whose deletion failed is not taken twice', async () => {
    const h = new Harness();
    const image = h.image('a.png');
    await h.start();
    h.publish({ 'source-ref': image });
    h.cloud.faults = operation => (operation === 'groundTruth.deleteMessage' ? 'throw-before' : 'ok');
    await expect(h.simulator.step()).rejects.toBeInstanceOf(AggregateError);
    h.cloud.faults = undefined;
    await h.pass(31 * SECOND);
    expect(h.simulator.tasks()).toHaveLength(1);
  });
});

describe('objects', () => {
  test.each([['fails', 0, 1], ['stalls', 1, 0]] as const)('a missing object %s', async (missingObject, tasks, failed) => {
    const h = new Harness({ options: { missingObject } });
    const name = await h.start({ availability: 3600 });
    h.publish({ 'source-ref': `s3://${INPUT}/images/gone.png` });
    await h.simulator.step();
    expect(h.simulator.tasks()).toHaveLength(tasks);
    expect(await h.counters(name)).toMatchObject({ FailedNonRetryableError: failed });
    if (missingObject === 'stalls') {
      await expect(h.label(`s3://${INPUT}/images/gone.png`)).rejects.toThrow('cannot be shown');
      await h.pass(3600 * SECOND);
      expect(await h.counters(name)).toMatchObject({ FailedNonRetryableError: 1 });
    }
  });

  test.each([['fails', true], ['stalls', true], ['fails', false], ['stalls', false]] as const)(
    'without CORS it %s (said by the cloud: %s)', async (missingCors, byCloud) => {
      const h = new Harness({ options: { missingCors, bucketsWithoutCors: byCloud ? [] : [INPUT] } });
      h.cloud.buckets.setCors(INPUT, !byCloud);
      const name = await run(h, { 'source-ref': h.image('a.png') });
      expect(h.simulator.tasks().map(task => task.unloadable !== undefined)).toEqual(missingCors === 'stalls' ? [true] : []);
      expect(await h.counters(name)).toMatchObject({ FailedNonRetryableError: missingCors === 'fails' ? 1 : 0 });
    });

  test.each(['a.txt', 'folder/', 'a.gif'])('%s fails', async name => {
    const h = new Harness();
    const job = await run(h, { 'source-ref': h.image(name) });
    expect(await h.counters(job)).toMatchObject({ FailedNonRetryableError: 1 });
  });

  test('an empty image and one above 40 MB fail', async () => {
    const h = new Harness();
    h.cloud.buckets.store(INPUT, 'empty.jpg', '');
    h.cloud.buckets.store(INPUT, 'big.jpg', Buffer.alloc(40 * 1024 * 1024 + 1));
    const job = await run(h, { 'source-ref': `s3://${INPUT}/empty.jpg` }, { 'source-ref': `s3://${INPUT}/big.jpg` });
    expect(await h.counters(job)).toMatchObject({ FailedNonRetryableError: 2 });
  });

  test('images that the role cannot read fail', async () => {
    const h = new Harness({ options: { unreadableBuckets: [INPUT] } });
    const job = await run(h, { 'source-ref': h.image('a.png') });
    expect(await h.counters(job)).toMatchObject({ FailedNonRetryableError: 1 });
  });

  test('failObject() fails an image now and whenever it comes, until healObject()', async () => {
    const h = new Harness();
    const image = h.image('a.png');
    const name = await run(h, { 'source-ref': image });
    await h.simulator.failObject(image, 'broken');
    expect(h.simulator.tasks()).toEqual([]);
    h.publish({ 'source-ref': image });
    await h.simulator.step();
    expect(await h.counters(name)).toMatchObject({ FailedNonRetryableError: 2 });
    h.simulator.healObject(image);
    h.publish({ 'source-ref': image });
    await h.simulator.step();
    expect(h.simulator.tasks()).toHaveLength(1);
  });

  test('a verification task needs an earlier label', async () => {
    const h = new Harness();
    const name = await h.start({ task: 'VerificationBoundingBox' });
    h.publishImages(h.image('a.png'));
    await h.simulator.step();
    expect(await h.counters(name)).toMatchObject({ FailedNonRetryableError: 1 });
  });
});

describe('room', () => {
  test('up to the number of concurrent tasks; then a new one only below that number minus the workers', async () => {
    const h = new Harness();
    const images = Array.from({ length: 10 }, (_, index) => h.image(`${index}.png`));
    await h.start({ concurrent: 5, workers: 2 });
    h.publishImages(...images);
    await h.simulator.step();
    expect(h.simulator.tasks()).toHaveLength(5);
    const finish = async (image: string) => {
      await h.label(image, undefined, 'w1');
      await h.label(image, undefined, 'w2');
      await h.simulator.step();
      return h.simulator.tasks().length;
    };
    expect(await finish(images[0])).toBe(4);
    expect(await finish(images[1])).toBe(3);
    expect(await finish(images[2])).toBe(3);
  });

  test.each(['in-queue', 'taken-at-once'] as const)('what has no room waits: %s', async waiting => {
    const h = new Harness({ options: { waiting } });
    const images = Array.from({ length: 30 }, (_, index) => h.image(`${index}.png`));
    const name = await h.start({ concurrent: 2 });
    h.publishImages(...images);
    await h.simulator.step();
    const all = waiting === 'taken-at-once';
    expect(h.simulator.tasks()).toHaveLength(2);
    expect(await h.counters(name)).toMatchObject({ Unlabeled: all ? 30 : 2 });
    const counts = h.cloud.queues.peekCounts(await h.cloud.queues.urlOf(`GroundTruth-${name}`));
    expect(counts.visible + counts.inFlight).toBe(all ? 0 : 28);
  });

  test.each([['not-counted', 0], ['failed', 2]] as const)('after 14 days messages leave: %s', async (expiredWaiting, failed) => {
    const h = new Harness({ options: { expiredWaiting } });
    const name = await h.start({ concurrent: 1 });
    h.publishImages(h.image('a.png'), h.image('b.png'), h.image('c.png'));
    await h.simulator.step();
    await h.pass(14 * DAY);
    expect(await h.counters(name)).toMatchObject({ FailedNonRetryableError: failed, Unlabeled: 1 });
    expect(h.cloud.queues.peekBodies(await h.cloud.queues.urlOf(`GroundTruth-${name}`))).toEqual([]);
  });

  test.each([['not-counted', 0, 2], ['failed', 1, 1]] as const)('and so do manifest lines: %s', async (expiredWaiting, failed, unlabeled) => {
    const h = new Harness({ options: { expiredWaiting, waitingExpiry: 2 * DAY } });
    const [a, b] = [h.image('a.png'), h.image('b.png')];
    const name = await h.start({ concurrent: 1, manifest: h.manifest({ 'source-ref': a }, { 'source-ref': b }) });
    await h.pass(0);
    await h.pass(2 * DAY);
    expect(await h.counters(name)).toMatchObject({ FailedNonRetryableError: failed, Unlabeled: unlabeled });
    await h.label(a);
    await h.pass(0);
    expect(h.simulator.tasks()).toEqual([]);
  });
});

describe('manifest', () => {
  const failed = async (h: Harness, manifest: string, changes = {}) =>
    (await h.describe(await h.start({ manifest, ...changes }))).FailureReason;

  test('its lines are offered, also with \\r\\n', async () => {
    const h = new Harness();
    const [a, b] = [h.image('a.png'), h.image('b.png')];
    const name = await h.start({ manifest: h.manifest(`{"source-ref":"${a}"}\r`, { 'source-ref': b }) });
    expect(h.simulator.tasks().map(task => task.sourceRef)).toEqual([a, b]);
    expect(await h.counters(name)).toMatchObject({ Unlabeled: 2 });
  });

  test('of a chained job, labeled lines pass through and the others are offered', async () => {
    const h = new Harness();
    const [a, b, c, d] = ['a.png', 'b.png', 'c.png', 'd.png'].map(name => h.image(name));
    const labeled = { 'source-ref': a, 'labels': 0, 'labels-metadata': { 'class-name': 'cat' } };
    const failure = { 'source-ref': b, 'labels-metadata': { 'failure-reason': 'expired' } };
    const both = { 'source-ref': d, 'labels': 1, 'labels-metadata': { 'failure-reason': 'odd' } };
    const name = await h.start({ manifest: h.manifest(labeled, failure, { 'source-ref': c }, both) });
    expect(h.simulator.tasks().map(task => task.sourceRef)).toEqual([b, c, d]);
    await h.label(c);
    await h.pass(10 * MINUTE);
    const output = h.output(name)!;
    expect(output[0]).toEqual(labeled);
    expect(output[1]).toEqual(failure);
    expect(output[2]).toMatchObject({ 'source-ref': c, 'labels': 1 });
    expect(output).toHaveLength(4);
  });

  test('with another attribute everything is offered again', async () => {
    const h = new Harness();
    const image = h.image('a.png');
    await h.start({ attribute: 'others', manifest: h.manifest({ 'source-ref': image, 'labels': 0, 'labels-metadata': {} }) });
    expect(h.simulator.tasks()).toHaveLength(1);
  });

  test.each([true, false])('acceptsDollarKeys: %s', async acceptsDollarKeys => {
    const h = new Harness({ options: { acceptsDollarKeys } });
    const reason = await failed(h, h.manifest({ 'source-ref': h.image('a.png'), '$labels-object-id': 'x' }));
    expect(reason === undefined).toBe(acceptsDollarKeys);
  });

  test.each(['fails', 'ignored'] as const)('an empty one: %s', async emptyManifest => {
    const h = new Harness({ options: { emptyManifest } });
    expect(await failed(h, h.manifest()) === undefined).toBe(emptyManifest === 'ignored');
  });

  test('limits', async () => {
    const h = new Harness({ options: { manifestLineQuota: 3, segmentationLineQuota: 2 } });
    const image = h.image('a.png');
    const lines = (count: number) => h.manifest(...Array.from({ length: count }, () => ({ 'source-ref': image })));
    expect(await failed(h, lines(4))).toMatch('4 lines');
    expect(await failed(h, lines(3))).toBeUndefined();
    const masks = new Harness({ options: { manifestLineQuota: 3, segmentationLineQuota: 2 }, element: 'crowd-semantic-segmentation' });
    const three = masks.manifest(...Array.from({ length: 3 }, () => ({ 'source-ref': masks.image('a.png') })));
    expect(await failed(masks, three, { task: 'SemanticSegmentation' })).toMatch('allows 2');
    expect(await failed(h, h.manifest({ 'source-ref': image, 'x': ['y'.repeat(100_000)] }))).toMatch('100000 are allowed');
    expect(await failed(h, h.manifest({ 'source-ref': image, 'x': 'y'.repeat(20_001) }))).toMatch('20000');
    expect(await failed(h, h.manifest({ 'source-ref': image, 'x': ['y'.repeat(20_000)] }))).toMatch('20000');
    expect(await failed(h, h.manifest('{}'))).toMatch('Line 1');
    expect(await failed(h, h.manifest("{'source-ref': 'x'}"))).toMatch('Line 1');
    expect(await failed(h, 's3://output-bucket/none')).toMatch('Unable to read');
    h.cloud.buckets.store('output-bucket', 'latin1', Buffer.from([0x7b, 0xe9, 0x7d]));
    expect(await failed(h, 's3://output-bucket/latin1')).toMatch('UTF-8');
  });
});
