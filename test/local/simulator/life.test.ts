import events from './fixtures/events.json';
import { DAY, Harness, HOUR, MINUTE, SECOND, template } from './harness';

describe('from creation to InProgress', () => {
  test('takes its time, and nothing is subscribed before', async () => {
    const h = new Harness();
    const image = h.image('a.png');
    const name = await h.create();
    await h.pass(1 * MINUTE);
    expect(await h.status(name)).toBe('Initializing');
    expect(h.cloud.topics.peekSubscriptions(h.inputTopic)).toEqual([]);
    h.publishImages(image);
    await h.pass(1 * MINUTE);
    expect(await h.status(name)).toBe('InProgress');
    expect(h.cloud.topics.peekSubscriptions(h.inputTopic)).toHaveLength(1);
    expect(h.simulator.tasks()).toEqual([]);
  });

  test.each(['Project-A1', 'project-a1'])('the queue of job %s has a lower-case name', async name => {
    const h = new Harness();
    await h.start({ name });
    expect(h.cloud.queues.exists('GroundTruth-project-a1')).toBe(true);
  });

  test('initializingTime is an option', async () => {
    const h = new Harness({ options: { initializingTime: 0 } });
    const name = await h.create();
    await h.pass(0);
    expect(await h.status(name)).toBe('InProgress');
  });

  test.each<[string, RegExp, (h: Harness) => void]>([
    ['a template that is too long', /worker template has 128001 characters; 128000 are allowed/, h =>
      h.cloud.buckets.store('output-bucket', 'config/template.html', template('crowd-image-classifier').padEnd(128_001))],
    ['no template', /worker template.*config\/template.html/, h => h.cloud.buckets.store('output-bucket', 'config/template.html', '')],
    ['an open crowd element', /leaves a crowd element open/, h => h.cloud.buckets.store('output-bucket', 'config/template.html',
      'crowd-html-elements.js <crowd-form><crowd-image-classifier></crowd-form>')],
    ['an open Liquid expression', /not closed/, h => h.cloud.buckets.store('output-bucket', 'config/template.html',
      'crowd-html-elements.js <crowd-form><crowd-image-classifier src="{{ x "></crowd-image-classifier></crowd-form>')],
    ['one label', /2 to Infinity labels, not 1/, h => h.labelFile(['cat'])],
    ['two equal labels', /unique/, h => h.labelFile(['cat', 'cat'])],
    ['a long label', /256/, h => h.labelFile(['cat', 'x'.repeat(257)])],
    ['no label file', /must be JSON/, h => h.cloud.buckets.store('output-bucket', 'config/labels.json', '{')],
  ])('with %s the job fails', async (_, reason, spoil) => {
    const h = new Harness();
    spoil(h);
    if (_ === 'no template') {
      await h.cloud.buckets.delete('output-bucket', 'config/template.html');
    }
    const name = await h.start();
    const job = await h.describe(name);
    expect(job.LabelingJobStatus).toBe('Failed');
    expect(job.FailureReason).toMatch(reason);
    expect(job.LabelingJobOutput).toBeUndefined();
    expect(h.cloud.bus.events).toHaveLength(1);
    expect(h.cloud.topics.peekSubscriptions(h.inputTopic)).toEqual([]);
  });

  test('a bucket that the role cannot read fails the job', async () => {
    const h = new Harness({ options: { unreadableBuckets: ['output-bucket'] } });
    const job = await h.describe(await h.start());
    expect([job.LabelingJobStatus, job.FailureReason]).toEqual(['Failed', expect.stringContaining('access denied')]);
  });

  test('a topic that does not exist fails the job', async () => {
    const h = new Harness();
    const request = h.request();
    await h.simulator.createLabelingJob({
      ...request, InputConfig: { DataSource: { SnsDataSource: { SnsTopicArn: 'arn:aws:sns:us-east-1:111122223333:nobody' } } },
    });
    await h.pass(2 * MINUTE);
    expect(await h.status(request.LabelingJobName)).toBe('Failed');
  });

  test.each(['throw-before', 'throw-after'] as const)('a passing failure of the cloud (%s) only delays it', async verdict => {
    let left = 6;
    const h = new Harness({ cloud: { faults: operation => operation.startsWith('groundTruth.') && left-- > 0 ? verdict : 'ok' } });
    const name = await h.create();
    h.clock.advance(2 * MINUTE);
    for (let step = 0; step < 6; step++) {
      await h.simulator.step().catch(error => expect(error).toBeInstanceOf(AggregateError));
    }
    await h.simulator.step();
    expect(await h.status(name)).toBe('InProgress');
    expect(h.cloud.topics.peekSubscriptions(h.inputTopic)).toHaveLength(1);
  });
});

describe('stop', () => {
  test('closes the tasks, unsubscribes the topic, leaves the queue, ends as Stopped, and tells it', async () => {
    const h = new Harness();
    const [a, b] = [h.image('a.png'), h.image('b.png')];
    const name = await h.start();
    h.publishImages(a, b);
    await h.simulator.step();
    await h.label(a);
    await h.simulator.stopLabelingJob({ LabelingJobName: name });
    expect(await h.status(name)).toBe('Stopping');
    expect(h.simulator.tasks()).toEqual([]);
    expect(h.cloud.bus.events).toEqual([]);
    await h.pass(1 * MINUTE);
    expect(h.cloud.topics.peekSubscriptions(h.inputTopic)).toEqual([]);
    expect(await h.status(name)).toBe('Stopping');
    await h.pass(1 * MINUTE);
    expect(await h.status(name)).toBe('Stopped');
    expect(h.cloud.queues.exists(`GroundTruth-${name}`)).toBe(true);
    expect(await h.counters(name)).toEqual({
      TotalLabeled: 1, HumanLabeled: 1, MachineLabeled: 0, FailedNonRetryableError: 0, Unlabeled: 1,
    });
    const [event] = h.cloud.bus.events;
    expect(Object.keys(event).sort()).toEqual(Object.keys(events.jobStateChange).sort());
    expect(event).toMatchObject({
      'detail-type': events.jobStateChange['detail-type'],
      'source': events.jobStateChange.source,
      'resources': [`arn:aws:sagemaker:us-east-1:111122223333:labeling-job/${name}`],
      'detail': { LabelingJobStatus: 'Stopped' },
    });
    expect(event.time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  });

  test('what is published afterwards is lost, what is in the queue stays there', async () => {
    const h = new Harness();
    const name = await h.start({ concurrent: 1, workers: 1 });
    h.publishImages(h.image('a.png'), h.image('b.png'));
    await h.simulator.step();
    await h.simulator.stopLabelingJob({ LabelingJobName: name });
    await h.pass(2 * MINUTE);
    h.publishImages(h.image('c.png'));
    await h.pass(1 * DAY);
    const bodies = h.cloud.queues.peekBodies((await h.cloud.queues.create(`GroundTruth-${name}`)).url);
    expect(bodies).toHaveLength(1);
    expect(bodies[0]).toContain('b.png');
  });

  test.each([['refused', 'Initializing'], ['accepted', 'Stopping']] as const)('while Initializing: %s', async (stopWhileInitializing, status) => {
    const h = new Harness({ options: { stopWhileInitializing } });
    const name = await h.create();
    const stop = h.simulator.stopLabelingJob({ LabelingJobName: name });
    await (stopWhileInitializing === 'refused' ? expect(stop).rejects.toMatchObject({ name: 'ValidationException' }) : stop);
    expect(await h.status(name)).toBe(status);
    await h.pass(2 * MINUTE);
    expect(await h.status(name)).toBe(stopWhileInitializing === 'refused' ? 'InProgress' : 'Stopped');
  });

  test.each(['refused', 'ignored'] as const)('of an ended job: %s', async stopOfEndedJob => {
    const h = new Harness({ options: { stopOfEndedJob } });
    const name = await h.start();
    await h.simulator.fail(name);
    const stop = h.simulator.stopLabelingJob({ LabelingJobName: name });
    await (stopOfEndedJob === 'refused' ? expect(stop).rejects.toMatchObject({ name: 'ValidationException' }) : stop);
    expect(await h.status(name)).toBe('Failed');
  });

  test.each([true, false])('tasksOpenWhileStopping: %s', async tasksOpenWhileStopping => {
    const h = new Harness({ options: { tasksOpenWhileStopping } });
    const image = h.image('a.png');
    const name = await h.start();
    h.publishImages(image);
    await h.simulator.step();
    const { taskId } = h.task(image);
    await h.simulator.stopLabelingJob({ LabelingJobName: name });
    const answer = h.simulator.submit(taskId, 'w', { kind: 'classification', label: 'cat' });
    await (tasksOpenWhileStopping ? answer : expect(answer).rejects.toThrow('no open task'));
    await h.pass(10 * MINUTE);
    await h.pass(3 * MINUTE);
    expect(h.output(name) ?? []).toHaveLength(tasksOpenWhileStopping ? 1 : 0);
    expect(h.simulator.tasks()).toEqual([]);
  });

  test('stoppingTime is an option', async () => {
    const h = new Harness({ options: { stoppingTime: 1 * HOUR } });
    const name = await h.start();
    await h.simulator.stopByHand(name);
    await h.pass(59 * MINUTE);
    expect(await h.status(name)).toBe('Stopping');
    await h.pass(1 * MINUTE);
    expect(await h.status(name)).toBe('Stopped');
  });
});

describe('age', () => {
  test.each(['Completed', 'Failed', 'Stopped'] as const)('after 30 days a job ends as %s', async expiryStatus => {
    const h = new Harness({ options: { expiryStatus } });
    const image = h.image('a.png');
    const name = await h.start();
    await h.pass(9 * DAY);
    h.publishImages(image);
    await h.simulator.step();
    await h.pass(21 * DAY - 2 * MINUTE - 1);
    expect(await h.status(name)).toBe('InProgress');
    await h.pass(1);
    const job = await h.describe(name);
    expect(job.LabelingJobStatus).toBe(expiryStatus);
    expect(job.FailureReason !== undefined).toBe(expiryStatus === 'Failed');
    expect(h.simulator.tasks()).toEqual([]);
    expect(h.cloud.topics.peekSubscriptions(h.inputTopic)).toEqual([]);
    expect(h.cloud.bus.events.map(event => event.detail.LabelingJobStatus)).toEqual([expiryStatus]);
  });

  test.each(['Completed', 'Failed', 'Stopped', undefined] as const)('expire(%s) makes a job look 30 days old', async status => {
    const h = new Harness({ options: { expiryReason: 'old' } });
    const name = await h.start();
    await h.simulator.expire(name, status);
    const job = await h.describe(name);
    expect(job.LabelingJobStatus).toBe(status ?? 'Failed');
    expect(job.LastModifiedTime.getTime() - job.CreationTime.getTime()).toBe(30 * DAY);
    expect(job.FailureReason).toBe(job.LabelingJobStatus === 'Failed' ? 'old' : undefined);
    await expect(h.simulator.expire(name)).rejects.toThrow('already');
  });

  test('maximumAge is an option', async () => {
    const h = new Harness({ options: { maximumAge: 1 * HOUR } });
    const name = await h.start();
    await h.pass(1 * HOUR);
    expect(await h.status(name)).toBe('Failed');
  });

  test('ten idle days end in Stopped, by way of Stopping', async () => {
    const h = new Harness();
    const image = h.image('a.png');
    const name = await h.start();
    await h.pass(9 * DAY);
    h.publishImages(image);
    await h.simulator.step();
    await h.pass(9 * DAY);
    await h.label(image);
    await h.pass(0);
    await h.pass(10 * DAY - 1);
    expect(await h.status(name)).toBe('InProgress');
    await h.pass(1);
    expect(await h.status(name)).toBe('Stopping');
    await h.pass(2 * MINUTE);
    expect(await h.status(name)).toBe('Stopped');
  });

  test('a job with an open task is not idle', async () => {
    const h = new Harness({ options: { idleTime: 1 * DAY } });
    const name = await h.start();
    h.publishImages(h.image('a.png'));
    await h.simulator.step();
    await h.pass(5 * DAY);
    expect(await h.status(name)).toBe('InProgress');
  });
});

describe('other ends', () => {
  test('a deleted queue fails the job', async () => {
    const h = new Harness();
    const name = await h.start();
    await h.cloud.queues.deleteQueue(await h.cloud.queues.urlOf(`GroundTruth-${name}`));
    await h.simulator.step();
    expect(await h.describe(name)).toMatchObject({ LabelingJobStatus: 'Failed', FailureReason: expect.stringContaining('queue') });
  });

  test('fail() takes the reason', async () => {
    const h = new Harness();
    const name = await h.create();
    await h.simulator.fail(name, 'because');
    expect(await h.describe(name)).toMatchObject({ LabelingJobStatus: 'Failed', FailureReason: 'because' });
    await h.pass(5 * MINUTE);
    expect(await h.status(name)).toBe('Failed');
  });

  test.each(['discarded', 'consolidated'] as const)('answers of unfinished objects are %s', async partialAnswersAtEnd => {
    const h = new Harness({ options: { partialAnswersAtEnd } });
    const [a, b] = [h.image('a.png'), h.image('b.png')];
    const name = await h.start({ workers: 3 });
    h.publishImages(a, b);
    await h.simulator.step();
    await h.label(a);
    await h.simulator.fail(name);
    const kept = partialAnswersAtEnd === 'consolidated' ? 1 : 0;
    expect(await h.counters(name)).toMatchObject({ TotalLabeled: kept, Unlabeled: 2 - kept });
    expect(h.simulator.bill()).toHaveLength(1);
  });
});

describe('events', () => {
  const ends = async (options: NonNullable<ConstructorParameters<typeof Harness>[0]>['options']) => {
    const h = new Harness({ options });
    await h.simulator.fail(await h.start());
    await h.simulator.step();
    return h;
  };

  test('can be lost', async () => {
    expect((await ends({ eventLossProbability: 1 })).cloud.bus.events).toEqual([]);
  });

  test('can come twice', async () => {
    const [first, second] = (await ends({ eventDuplicateProbability: 1 })).cloud.bus.events;
    expect(second).toEqual(first);
  });

  test('can be late', async () => {
    const h = await ends({ eventDelay: 10 * SECOND });
    expect(h.cloud.bus.events).toEqual([]);
    await h.pass(10 * SECOND);
    expect(h.cloud.bus.events).toHaveLength(1);
  });

  test('their probabilities use the given random numbers', async () => {
    expect((await ends({ eventLossProbability: 0.5, random: () => 0.4 })).cloud.bus.events).toHaveLength(0);
    expect((await ends({ eventLossProbability: 0.5, random: () => 0.6 })).cloud.bus.events).toHaveLength(1);
  });
});
