import { Open } from './contract-world';

/** Receives until the queue gives nothing more. */
async function drain(open: Open, url: string): Promise<string[]> {
  const bodies: string[] = [];
  for (let got = await open().receive(url, 10); got.length > 0; got = await open().receive(url, 10)) {
    bodies.push(...got);
  }
  return bodies;
}

export function topicContract(open: Open): void {
  describe('input topic', () => {
    it('loses what nobody is subscribed for, and says that it took it', async () => {
      const topic = await open().newTopic();
      expect(await open().topic.publish(topic, ['a', 'b'])).toEqual([true, true]);
      const queue = await open().newQueue();
      await open().subscribe(topic, queue.arn);
      expect(await open().queues.depth(queue.url)).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
    });

    it('hands every message to every subscribed queue as it is', async () => {
      const topic = await open().newTopic();
      const queues = [await open().newQueue(), await open().newQueue()];
      for (const queue of queues) {
        await open().subscribe(topic, queue.arn);
      }
      expect([...await open().topic.subscribedQueues(topic)].sort()).toEqual(queues.map(({ arn }) => arn).sort());
      const bodies = Array.from({ length: 23 }, (_, at) => JSON.stringify({ 'source-ref': `s3://b/grüße+${at}.jpg`, 'quote': '"\n' }));
      expect(await open().topic.publish(topic, bodies)).toEqual(bodies.map(() => true));
      for (const queue of queues) {
        expect((await drain(open, queue.url)).sort()).toEqual([...bodies].sort());
      }
    });

    it('takes messages of together more than one request holds', async () => {
      const topic = await open().newTopic();
      const queue = await open().newQueue();
      await open().subscribe(topic, queue.arn);
      const bodies = Array.from({ length: 5 }, (_, at) => `${at}${'é'.repeat(60_000)}`);
      expect(await open().topic.publish(topic, bodies)).toEqual(bodies.map(() => true));
      expect((await drain(open, queue.url)).map((body) => body[0]).sort()).toEqual(['0', '1', '2', '3', '4']);
    });

    it('publishes nothing where there is nothing to publish', async () => {
      expect(await open().topic.publish(await open().newTopic(), [])).toEqual([]);
    });

    it('refuses a message that no request holds', async () => {
      await expect(open().topic.publish(await open().newTopic(), ['x'.repeat(262_145)])).rejects.toThrow('at most 262144');
    });

    it('knows nobody subscribed to a new topic, and takes a missing one for an error', async () => {
      const topic = await open().newTopic();
      expect(await open().topic.subscribedQueues(topic)).toEqual([]);
      await expect(open().topic.publish(`${topic}-absent`, ['a'])).rejects.toThrow();
    });
  });
}

export function queuesContract(open: Open): void {
  describe('queues', () => {
    it('count what waits and what is being worked on', async () => {
      const { url } = await open().newQueue();
      expect(await open().queues.depth(url)).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
      const bodies = Array.from({ length: 12 }, (_, at) => `message ${at}`);
      await open().queues.send(url, bodies);
      expect(await open().queues.depth(url)).toEqual({ visible: 12, inFlight: 0, delayed: 0 });
      const taken = await open().receive(url, 3);
      expect(await open().queues.depth(url)).toEqual({ visible: 12 - taken.length, inFlight: taken.length, delayed: 0 });
      expect([...taken, ...await drain(open, url)].sort()).toEqual(bodies.sort());
    });

    it('keep back what is sent with a delay', async () => {
      const { url } = await open().newQueue();
      await open().queues.send(url, ['later'], 900);
      expect(await open().queues.depth(url)).toEqual({ visible: 0, inFlight: 0, delayed: 1 });
      expect(await open().receive(url, 10)).toEqual([]);
    });

    it('are found by name', async () => {
      const { name, url } = await open().newQueue();
      expect(await open().queues.urlOf(name)).toBe(url);
      expect(await open().queues.urlOf('no-such-queue')).toBeUndefined();
    });

    it('are deleted, and a second time without complaint', async () => {
      const { name, url } = await open().newQueue();
      await open().queues.delete(url);
      await open().queues.delete(url);
      expect(await open().queues.depth(url)).toBeUndefined();
      expect(await open().queues.urlOf(name)).toBeUndefined();
    });

    it('take nothing when they are gone', async () => {
      const { url } = await open().newQueue();
      await open().queues.delete(url);
      await expect(open().queues.send(url, ['a'])).rejects.toThrow();
    });
  });
}

export function busContract(open: Open): void {
  describe('event bus', () => {
    it('hands events on, more than one request holds too', async () => {
      const events = Array.from({ length: 11 }, (_, at) => ({ type: 'Image Labeled', detail: { project: 'p', chainId: '00000000', at, nested: { text: 'grüße' } } }));
      await open().bus.publish(events);
      const published: { type: string; detail: unknown }[] = [];
      for (let tries = 0; tries < 20 && published.length < events.length; tries++) {
        published.push(...await open().publishedEvents());
      }
      const place = (event: { detail: unknown }): number => (event.detail as { at: number }).at;
      expect(published.sort((a, b) => place(a) - place(b))).toEqual(events);
    });

    it('publishes nothing where there is nothing', async () => {
      await expect(open().bus.publish([])).resolves.toBeUndefined();
    });
  });
}
