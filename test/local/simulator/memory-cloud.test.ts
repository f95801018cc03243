import { DAY, SECOND } from './harness';
import { MemoryCloud, MemoryCloudOptions, seededRandom, VirtualClock, encodeEventKey } from '../../../src/local/simulator';

function cloudAnd(options: Partial<MemoryCloudOptions> = {}) {
  const clock = new VirtualClock();
  const cloud = new MemoryCloud({ clock, ...options });
  cloud.buckets.create('b');
  return { clock, cloud };
}

const text = (object: { body: Uint8Array }) => Buffer.from(object.body).toString();

describe('clock', () => {
  test('moves only forward', () => {
    const clock = new VirtualClock(5);
    clock.advance(7);
    expect(clock.now()).toBe(12);
    expect(() => clock.advance(-1)).toThrow();
    expect(() => new VirtualClock('soon')).toThrow('ISO');
  });
});

describe('buckets', () => {
  test('versions, delete markers, and deletion of one version', async () => {
    const { cloud } = cloudAnd();
    const first = await cloud.buckets.put('b', 'k', 'one', { contentType: 'text/plain', metadata: { Name: 'x' } });
    const second = await cloud.buckets.put('b', 'k', 'two');
    expect(text(await cloud.buckets.get('b', 'k'))).toBe('two');
    expect(await cloud.buckets.get('b', 'k', first.versionId)).toMatchObject({ contentType: 'text/plain', metadata: { name: 'x' }, size: 3 });
    await cloud.buckets.delete('b', 'k');
    await expect(cloud.buckets.get('b', 'k')).rejects.toMatchObject({ name: 'NoSuchKey', $metadata: { httpStatusCode: 404 } });
    await expect(cloud.buckets.head('b', 'k')).rejects.toMatchObject({ name: 'NotFound' });
    expect(text(await cloud.buckets.get('b', 'k', second.versionId))).toBe('two');
    const { versions } = await cloud.buckets.listVersions('b');
    expect(versions.map(version => [version.isDeleteMarker, version.isLatest])).toEqual([[true, true], [false, false], [false, false]]);
    await cloud.buckets.delete('b', 'k', versions[0].versionId);
    expect(text(await cloud.buckets.get('b', 'k'))).toBe('two');
    await cloud.buckets.delete('b', 'k', second.versionId);
    await cloud.buckets.delete('b', 'k', first.versionId);
    expect((await cloud.buckets.listVersions('b')).versions).toEqual([]);
    await expect(cloud.buckets.get('b', 'k', 'x')).rejects.toMatchObject({ name: 'NoSuchVersion' });
    await cloud.buckets.delete('b', 'never');
    await expect(cloud.buckets.get('none', 'k')).rejects.toMatchObject({ name: 'NoSuchBucket' });
  });

  test('without versioning there is one version', async () => {
    const { cloud } = cloudAnd();
    cloud.buckets.create('plain', { versioned: false });
    await cloud.buckets.put('plain', 'k', 'one');
    expect(await cloud.buckets.put('plain', 'k', 'two')).toMatchObject({ versionId: 'null' });
    expect((await cloud.buckets.listVersions('plain')).versions).toHaveLength(1);
    await cloud.buckets.delete('plain', 'k');
    expect((await cloud.buckets.listVersions('plain')).versions).toEqual([]);
  });

  test('conditional writes', async () => {
    const { cloud } = cloudAnd();
    const { etag } = await cloud.buckets.put('b', 'k', 'one', { ifNoneMatch: '*' });
    expect(etag).toMatch(/^"[0-9a-f]{32}"$/);
    await expect(cloud.buckets.put('b', 'k', 'two', { ifNoneMatch: '*' })).rejects.toMatchObject({ name: 'PreconditionFailed', statusCode: 412 });
    await cloud.buckets.put('b', 'k', 'two', { ifMatch: etag });
    await expect(cloud.buckets.put('b', 'k', 'three', { ifMatch: etag })).rejects.toMatchObject({ statusCode: 412 });
    await cloud.buckets.delete('b', 'k');
    await cloud.buckets.put('b', 'k', 'four', { ifNoneMatch: '*' });
  });

  test('stored bytes do not change with the writer\'s', async () => {
    const { cloud } = cloudAnd();
    const bytes = Buffer.from('one');
    await cloud.buckets.put('b', 'k', bytes);
    bytes.write('two');
    expect(text(await cloud.buckets.get('b', 'k'))).toBe('one');
  });

  test('copies', async () => {
    const { cloud } = cloudAnd();
    const { versionId } = await cloud.buckets.put('b', 'k', 'one', { metadata: { a: '1' } });
    await cloud.buckets.put('b', 'k', 'two');
    await cloud.buckets.copy({ bucket: 'b', key: 'k', versionId }, { bucket: 'b', key: 'copy' });
    expect(await cloud.buckets.get('b', 'copy')).toMatchObject({ metadata: { a: '1' } });
    expect(text(await cloud.buckets.get('b', 'copy'))).toBe('one');
  });

  test('pages of listings hold everything once, in the order of UTF-8', async () => {
    const { cloud } = cloudAnd();
    const keys = ['a/1', 'a/10', 'a/2', 'b', 'ä', '\uFF5E', '😀'];
    for (const key of [...keys].reverse()) {
      await cloud.buckets.put('b', key, '1');
      await cloud.buckets.put('b', key, '2');
    }
    await cloud.buckets.put('b', 'gone', 'x');
    await cloud.buckets.delete('b', 'gone');
    for (const maxKeys of [1, 2, 3, 100]) {
      const found: string[] = [];
      let token: string | undefined;
      do {
        const page = await cloud.buckets.list('b', { maxKeys, continuationToken: token });
        found.push(...page.objects.map(object => object.key));
        token = page.nextContinuationToken;
      } while (token !== undefined);
      expect(found).toEqual(keys);
      const versions: string[] = [];
      let marker: { keyMarker?: string; versionIdMarker?: string } = {};
      do {
        const page = await cloud.buckets.listVersions('b', { maxKeys, ...marker });
        versions.push(...page.versions.map(version => version.versionId));
        marker = { keyMarker: page.nextKeyMarker, versionIdMarker: page.nextVersionIdMarker };
      } while (marker.keyMarker !== undefined);
      expect(versions).toHaveLength(16);
      expect(new Set(versions).size).toBe(16);
    }
    expect((await cloud.buckets.list('b', { prefix: 'a/', startAfter: 'a/1' })).objects.map(object => object.key)).toEqual(['a/10', 'a/2']);
    expect(keys).toEqual([...keys].sort((left, right) => Buffer.compare(Buffer.from(left), Buffer.from(right))));
  });

  test('announce objects the way S3 does', async () => {
    const { cloud } = cloudAnd();
    const queue = await cloud.queues.create('events');
    cloud.buckets.notifications.configure('b', [{ queueArn: queue.arn, prefix: 'in/', suffix: '.jpg' }]);
    await cloud.buckets.put('b', 'in/red flower(1)ü+.jpg', 'x');
    await cloud.buckets.put('b', 'in/a.png', 'x');
    await cloud.buckets.put('b', 'out/a.jpg', 'x');
    const [test, created, ...more] = cloud.queues.peekBodies(queue.url).map(body => JSON.parse(body));
    expect(more).toEqual([]);
    expect(test.Event).toBe('s3:TestEvent');
    expect(created.Records[0]).toMatchObject({
      eventName: 'ObjectCreated:Put', s3: { bucket: { name: 'b' }, object: { key: 'in/red+flower%281%29%C3%BC%2B.jpg', size: 1 } },
    });
    expect(encodeEventKey('a b')).toBe('a+b');
    expect(() => cloud.buckets.notifications.configure('b', [{ topicArn: 'arn:aws:sns:us-east-1:1:x.fifo' }])).toThrow('FIFO');
  });
});

describe('queues', () => {
  test('a message is hidden once received, comes back, and is gone once deleted', async () => {
    const { clock, cloud } = cloudAnd();
    const { url } = await cloud.queues.create('q', { visibilityTimeout: 10 });
    await cloud.queues.send(url, 'm');
    const [first] = await cloud.queues.receive(url, 10);
    expect(await cloud.queues.receive(url, 10)).toEqual([]);
    expect(await cloud.queues.counts(url)).toMatchObject({ visible: 0, inFlight: 1 });
    clock.advance(10 * SECOND);
    const [second] = await cloud.queues.receive(url, 10);
    expect(second).toMatchObject({ messageId: first.messageId, receiveCount: 2 });
    await cloud.queues.delete(url, first.receiptHandle);
    expect(await cloud.queues.counts(url)).toMatchObject({ inFlight: 1 });
    await cloud.queues.changeVisibility(url, second.receiptHandle, 0);
    const [third] = await cloud.queues.receive(url);
    await cloud.queues.delete(url, third.receiptHandle);
    clock.advance(1 * DAY);
    expect(await cloud.queues.counts(url)).toEqual({ visible: 0, inFlight: 0, delayed: 0, oldestAge: 0 });
  });

  test('delay', async () => {
    const { clock, cloud } = cloudAnd();
    const { url } = await cloud.queues.create('q');
    await cloud.queues.send(url, 'm', { delaySeconds: 60 });
    expect(await cloud.queues.counts(url)).toMatchObject({ visible: 0, delayed: 1 });
    clock.advance(60 * SECOND);
    expect(await cloud.queues.receive(url)).toHaveLength(1);
  });

  test('redrive after as many receives as allowed', async () => {
    const { clock, cloud } = cloudAnd();
    const dead = await cloud.queues.create('dead');
    const { url } = await cloud.queues.create('q', { visibilityTimeout: 1, redrive: { deadLetterQueueArn: dead.arn, maxReceiveCount: 2 } });
    await cloud.queues.send(url, 'm');
    for (let count = 0; count < 2; count++) {
      expect(await cloud.queues.receive(url)).toHaveLength(1);
      clock.advance(1 * SECOND);
    }
    expect(await cloud.queues.receive(url)).toEqual([]);
    expect(cloud.queues.peekBodies(dead.url)).toEqual(['m']);
  });

  test('retention', async () => {
    const { clock, cloud } = cloudAnd();
    const { url } = await cloud.queues.create('q');
    await cloud.queues.send(url, 'old');
    clock.advance(1 * DAY);
    await cloud.queues.send(url, 'new');
    await cloud.queues.receive(url, 1, 6 * 24 * 3600);
    clock.advance(3 * DAY - 1);
    expect(cloud.queues.peekBodies(url)).toHaveLength(2);
    clock.advance(1);
    expect(cloud.queues.peekBodies(url)).toEqual(['new']);
    expect(cloud.queues.takeExpired(url).map(message => message.body)).toEqual(['old']);
    expect(cloud.queues.takeExpired(url)).toEqual([]);
  });

  test('limits and lost queues', async () => {
    const { cloud } = cloudAnd();
    await expect(cloud.queues.create('a b')).rejects.toMatchObject({ name: 'InvalidParameterValue' });
    await expect(cloud.queues.create('q', { messageRetentionPeriod: 15 * 24 * 3600 })).rejects.toThrow('14 days');
    const { url } = await cloud.queues.create('q');
    await expect(cloud.queues.send(url, 'x'.repeat(262_145))).rejects.toThrow('262144');
    await expect(cloud.queues.receive(url, 11)).rejects.toThrow('1 to 10');
    expect(await cloud.queues.list('q')).toEqual([url]);
    await cloud.queues.deleteQueue(url);
    await expect(cloud.queues.receive(url)).rejects.toMatchObject({ name: 'QueueDoesNotExist' });
    expect(cloud.queues.exists('q')).toBe(false);
  });

  test('a random queue still loses nothing', async () => {
    const { cloud } = cloudAnd({ random: seededRandom(7) });
    const { url } = await cloud.queues.create('q');
    const sent = Array.from({ length: 30 }, (_, index) => String(index));
    for (const body of sent) {
      await cloud.queues.send(url, body);
    }
    const bodies: string[] = [];
    for (let page = 0; page < 3; page++) {
      bodies.push(...(await cloud.queues.receive(url, 10)).map(message => message.body));
    }
    expect(bodies).not.toEqual(sent);
    expect([...bodies].sort()).toEqual([...sent].sort());
  });
});

describe('topics', () => {
  test('deliver to those who are subscribed, in an envelope or bare', async () => {
    const { cloud } = cloudAnd();
    const topic = await cloud.topics.create('t');
    await cloud.topics.publish(topic, 'lost');
    const [plain, raw] = [await cloud.queues.create('plain'), await cloud.queues.create('raw')];
    const subscription = await cloud.topics.subscribe(topic, plain.arn);
    expect(await cloud.topics.subscribe(topic, plain.arn)).toBe(subscription);
    await cloud.topics.subscribe(topic, raw.arn, { raw: true });
    const id = await cloud.topics.publish(topic, 'm');
    expect(JSON.parse(cloud.queues.peekBodies(plain.url)[0])).toMatchObject({ Type: 'Notification', MessageId: id, TopicArn: topic, Message: 'm' });
    expect(cloud.queues.peekBodies(raw.url)).toEqual(['m']);
    await cloud.topics.unsubscribe(subscription);
    await cloud.topics.publishBatch(topic, ['n', 'o']);
    expect(cloud.queues.peekBodies(plain.url)).toHaveLength(1);
    expect(cloud.queues.peekBodies(raw.url)).toEqual(['m', 'n', 'o']);
    expect(await cloud.topics.listSubscriptions(topic)).toHaveLength(1);
    expect(cloud.topics.peekPublished(topic)).toEqual(['lost', 'm', 'n', 'o']);
    await cloud.queues.deleteQueue(raw.url);
    await cloud.topics.publish(topic, 'p');
  });

  test('limits', async () => {
    const { cloud } = cloudAnd();
    const topic = await cloud.topics.create('t');
    await expect(cloud.topics.create('t.fifo')).rejects.toThrow('standard');
    await expect(cloud.topics.publish(topic, 'x'.repeat(262_145))).rejects.toThrow('262144');
    await expect(cloud.topics.publishBatch(topic, [])).rejects.toThrow('1 to 10');
    await expect(cloud.topics.publishBatch(topic, ['x'.repeat(200_000), 'x'.repeat(100_000)])).rejects.toThrow('262144');
    await expect(cloud.topics.publish(`${topic}x`, 'm')).rejects.toMatchObject({ name: 'NotFound' });
  });

  test('copies: lost or doubled deliveries', async () => {
    const copies = [0, 2];
    const { cloud } = cloudAnd({ copies: () => copies.shift() ?? 1 });
    const topic = await cloud.topics.create('t');
    const { url, arn } = await cloud.queues.create('q');
    await cloud.topics.subscribe(topic, arn, { raw: true });
    await cloud.topics.publishBatch(topic, ['a', 'b', 'c']);
    expect(cloud.queues.peekBodies(url)).toEqual(['b', 'b', 'c']);
  });
});

describe('faults', () => {
  test('before: nothing happened; after: it did', async () => {
    const calls: string[] = [];
    const { cloud } = cloudAnd({
      faults: (operation, args) => {
        calls.push(`${operation} ${args[1]}`);
        return args[1] === 'before' ? 'throw-before' : args[1] === 'after' ? 'throw-after' : 'ok';
      },
    });
    await expect(cloud.buckets.put('b', 'before', 'x')).rejects.toMatchObject({ name: 'InternalError', $fault: 'server' });
    await expect(cloud.buckets.put('b', 'after', 'x')).rejects.toMatchObject({ name: 'TimeoutError' });
    await cloud.writeObject('b', 'ok', 'x', 'text/plain');
    expect(cloud.buckets.peekKeys('b')).toEqual(['after', 'ok']);
    expect(calls).toEqual(['s3.PutObject before', 's3.PutObject after', 'groundTruth.writeObject ok']);
    cloud.faults = undefined;
    await cloud.buckets.put('b', 'before', 'x');
  });

  test('two clouds give the same ids', async () => {
    const ids = async () => {
      const { cloud } = cloudAnd();
      const { versionId } = await cloud.buckets.put('b', 'k', 'x');
      return [versionId, await cloud.topics.publish(await cloud.topics.create('t'), 'm')];
    };
    expect(await ids()).toEqual(await ids());
  });
});

test('the event bus tells its listeners', async () => {
  const { cloud } = cloudAnd();
  const heard: unknown[] = [];
  cloud.bus.onEvent(event => heard.push(event));
  const event = {
    'version': '0' as const, 'id': '1', 'detail-type': 'T', 'source': 's', 'account': '1', 'time': 't', 'region': 'r', 'resources': [], 'detail': {},
  };
  await cloud.bus.put(event);
  await cloud.putEvent(event);
  expect(heard).toEqual([event, event]);
  expect(cloud.bus.events).toEqual(heard);
});
