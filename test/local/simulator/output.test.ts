import lines from './fixtures/output-lines.json';
import { DAY, Harness, HOUR, INPUT, MINUTE, OUTPUT, PNG, SECOND } from './harness';
import { Answer } from '../../../src/local/simulator';

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}$/;

/** A line with everything that differs from run to run made equal. */
function normal(line: any, attribute: string): any {
  const copy = structuredClone(line);
  const metadata = copy[`${attribute}-metadata`];
  expect(metadata['creation-date']).toMatch(TIME);
  metadata['creation-date'] = 'then';
  metadata['job-name'] = 'job';
  copy[`$${attribute}-object-id`] = 'id';
  if (typeof copy[attribute] === 'string') {
    copy[attribute] = copy[attribute].replace(/[^/]*\.png$/, 'mask.png').replace(/jobs\/[^/]+/, 'jobs/job');
  }
  return copy;
}

describe('lines', () => {
  test.each(lines.map(fixture => [fixture.task, fixture] as const))('of %s', async (task, fixture) => {
    const h = new Harness({ labels: fixture.labels, element: fixture.element });
    const image = h.image('i.png');
    await h.start({ task, attribute: fixture.attribute });
    h.publish({ 'source-ref': image, ...fixture.input });
    await h.simulator.step();
    await h.label(image, fixture.answer as Answer);
    expect(normal(h.recorded()[0], fixture.attribute)).toEqual(normal(fixture.line, fixture.attribute));
  });

  test('the mask lies where the line says', async () => {
    const h = new Harness({ element: 'crowd-semantic-segmentation' });
    const image = h.image('a.png');
    await h.start({ task: 'SemanticSegmentation' });
    h.publishImages(image);
    await h.simulator.step();
    await h.label(image, { kind: 'semantic-segmentation', mask: PNG });
    const uri: string = h.recorded()[0]['labels-ref'];
    const key = uri.slice(`s3://${OUTPUT}/`.length);
    expect(key).toMatch(/^jobs\/project-\d+\/annotations\//);
    expect(Buffer.from(h.cloud.buckets.find(OUTPUT, key)!.body).equals(PNG)).toBe(true);
  });

  test('an own id is kept; S3 events add the sequencer', async () => {
    const h = new Harness();
    const image = h.image('a.png');
    await h.start();
    h.publish({ 'source-ref': image, 'dataset-objectid-attribute-name': 'byo-key', 'byo-key': 'UniqueId' });
    await h.simulator.step();
    await h.label(image);
    const [own] = h.recorded();
    expect(own).toMatchObject({ 'dataset-objectid-attribute-name': 'byo-key', 'byo-key': 'UniqueId' });
    expect(Object.keys(own).filter(key => key.startsWith('$'))).toEqual([]);
    h.publish({ Records: [{ eventName: 'ObjectCreated:Put', s3: { bucket: { name: INPUT }, object: { key: 'images/a.png', sequencer: '0A' } } }] });
    await h.simulator.step();
    await h.label(image);
    expect(h.recorded()[1]).toMatchObject({
      'dataset-objectid-attribute-name': '$labels-object-id', '$sequencer': '0A', '$labels-object-id': expect.stringContaining(image),
    });
  });

  test.each([['number', 1], ['string', '1']] as const)('classificationValue: %s', async (classificationValue, value) => {
    const h = new Harness({ options: { classificationValue } });
    const image = h.image('a.png');
    await h.start();
    h.publishImages(image);
    await h.simulator.step();
    await h.label(image);
    expect(h.recorded()[0].labels).toBe(value);
  });

  test.each([true, false])('jobNamesPrefixedInMetadata: %s', async jobNamesPrefixedInMetadata => {
    const h = new Harness({ options: { jobNamesPrefixedInMetadata } });
    const [a, b] = [h.image('a.png'), h.image('b.png')];
    const name = await h.start();
    h.publishImages(a, b);
    await h.simulator.step();
    await h.label(a);
    await h.simulator.failObject(b);
    await h.pass(10 * MINUTE);
    const named = h.output(name)!.map(line => line['labels-metadata']['job-name']);
    expect(named).toEqual(Array(2).fill(jobNamesPrefixedInMetadata ? `labeling-job/${name}` : name));
  });

  test.each(['with-metadata', 'bare'] as const)('of a failed object: %s', async failureLine => {
    const h = new Harness({ options: { failureLine } });
    const image = h.image('a.png');
    const name = await h.start();
    h.publish({ 'source-ref': image });
    await h.simulator.step();
    await h.simulator.failObject(image, 'broken');
    await h.pass(10 * MINUTE);
    const [line] = h.output(name)!;
    expect(line).not.toHaveProperty('labels');
    expect(line['labels-metadata']?.['failure-reason']).toBe(failureLine === 'bare' ? undefined : 'broken');
  });
});

describe('messages', () => {
  const labeled = async (options: NonNullable<ConstructorParameters<typeof Harness>[0]>['options'], workers = 1) => {
    const h = new Harness({ options });
    const [a, b] = [h.image('a.png'), h.image('b.png')];
    await h.start({ workers });
    h.publishImages(a, b);
    await h.simulator.step();
    for (let worker = 0; worker < workers; worker++) {
      await h.label(a, undefined, `w${worker}`);
    }
    await h.simulator.failObject(b);
    await h.simulator.step();
    return h;
  };

  test('one for each labeled object', async () => {
    expect((await labeled({})).recorded().map(line => line['source-ref'])).toEqual(['s3://input-bucket/images/a.png']);
  });

  test.each([['label', 1], ['answer', 3]] as const)('outputMessageAt: %s', async (outputMessageAt, count) => {
    expect((await labeled({ outputMessageAt }, 3)).recorded()).toHaveLength(count);
  });

  test('outputMessageShape', async () => {
    expect((await labeled({ outputMessageShape: 'none' })).recorded()).toEqual([]);
    const [line] = (await labeled({})).recorded();
    const [wrapped] = (await labeled({ outputMessageShape: 'wrapped' })).recorded();
    expect(wrapped).toEqual({ labelingJobName: 'project-1', data: line });
  });

  test('outputMessageOnFailure', async () => {
    expect((await labeled({ outputMessageOnFailure: true })).recorded()[1]).toHaveProperty(['labels-metadata', 'failure-reason']);
  });

  test('outputMessageDelay, also beyond the end of the job', async () => {
    const h = await labeled({ outputMessageDelay: 1 * HOUR });
    await h.simulator.fail('project-1');
    await h.pass(59 * MINUTE);
    expect(h.recorded()).toEqual([]);
    await h.pass(1 * MINUTE);
    expect(h.recorded()).toHaveLength(1);
  });

  test('a job without an output topic sends none', async () => {
    const h = new Harness();
    const image = h.image('a.png');
    const request = h.request();
    await h.simulator.createLabelingJob({ ...request, OutputConfig: { S3OutputPath: request.OutputConfig.S3OutputPath } });
    await h.pass(2 * MINUTE);
    h.publishImages(image);
    await h.simulator.step();
    await h.label(image);
    expect(h.recorded()).toEqual([]);
  });

  test('a publication that failed in passing is made later', async () => {
    const h = new Harness();
    const image = h.image('a.png');
    await h.start();
    h.publishImages(image);
    await h.simulator.step();
    h.cloud.faults = operation => (operation === 'groundTruth.publish' ? 'throw-before' : 'ok');
    await h.label(image);
    expect(h.recorded()).toEqual([]);
    h.cloud.faults = undefined;
    await h.simulator.step();
    expect(h.recorded()).toHaveLength(1);
  });
});

describe('manifest', () => {
  const prepared = async (options: NonNullable<ConstructorParameters<typeof Harness>[0]>['options']) => {
    const h = new Harness({ options });
    const images = ['a.png', 'b.png', 'c.png', 'd.png'].map(name => h.image(name));
    const name = await h.start({ manifest: h.manifest({ 'source-ref': images[0] }, { 'source-ref': images[1] }) });
    h.publish({ 'source-ref': images[2] });
    h.publish({ 'source-ref': images[3] });
    await h.simulator.step();
    return { h, name, images };
  };

  test('is written now and then, with unlabeled manifest lines unchanged', async () => {
    const { h, name, images } = await prepared({});
    await h.label(images[1]);
    await h.label(images[2]);
    expect((await h.describe(name)).LabelingJobOutput).toBeUndefined();
    await h.pass(10 * MINUTE);
    expect((await h.describe(name)).LabelingJobOutput).toEqual({
      OutputDatasetS3Uri: `s3://${OUTPUT}/jobs/${name}/manifests/output/output.manifest`,
    });
    const output = h.output(name)!;
    expect(output[0]).toEqual({ 'source-ref': images[0] });
    expect(output.slice(1).map(line => [line['source-ref'], line.labels])).toEqual([[images[1], 1], [images[2], 1]]);
    await h.label(images[3]);
    await h.pass(9 * MINUTE);
    expect(h.output(name)).toHaveLength(3);
    await h.pass(1 * MINUTE);
    expect(h.output(name)).toHaveLength(4);
  });

  test('manifestListsUnlabeledSnsObjects', async () => {
    const { h, name, images } = await prepared({ manifestListsUnlabeledSnsObjects: true });
    await h.label(images[3]);
    await h.pass(10 * MINUTE);
    expect(h.output(name)!.map(line => [line['source-ref'], line.labels])).toEqual(
      [[images[0], undefined], [images[1], undefined], [images[2], undefined], [images[3], 1]]);
  });

  test('manifestRefreshPeriod', async () => {
    const { h, name, images } = await prepared({ manifestRefreshPeriod: 1 * DAY });
    await h.label(images[1]);
    await h.pass(10 * HOUR);
    expect(h.output(name)).toBeUndefined();
    await h.pass(14 * HOUR);
    expect(h.output(name)).toHaveLength(2);
  });

  test('is late and partial at the end', async () => {
    const { h, name, images } = await prepared({ manifestFinalityDelay: 1 * HOUR });
    await h.label(images[1]);
    await h.pass(10 * MINUTE);
    await h.label(images[2]);
    await h.simulator.expire(name);
    expect(h.output(name)).toHaveLength(2);
    await h.pass(59 * MINUTE);
    expect(h.output(name)).toHaveLength(2);
    await h.pass(1 * MINUTE);
    expect(h.output(name)).toHaveLength(3);
  });

  test.each([true, false])('writesEmptyManifest: %s', async writesEmptyManifest => {
    const h = new Harness({ options: { writesEmptyManifest } });
    const name = await h.start();
    await h.simulator.fail(name);
    await h.pass(3 * MINUTE);
    expect(h.output(name)).toEqual(writesEmptyManifest ? [] : undefined);
  });

  test('a job that never was InProgress writes none', async () => {
    const h = new Harness({ options: { writesEmptyManifest: true } });
    const name = await h.create();
    await h.simulator.fail(name);
    await h.pass(1 * HOUR);
    expect(h.output(name)).toBeUndefined();
  });

  test('a final manifest that failed in passing is written later', async () => {
    const { h, name, images } = await prepared({});
    await h.label(images[0]);
    await h.simulator.fail(name);
    h.cloud.faults = operation => (operation === 'groundTruth.writeObject' ? 'throw-before' : 'ok');
    h.clock.advance(3 * MINUTE);
    await expect(h.simulator.step()).rejects.toThrow('injected');
    h.cloud.faults = undefined;
    await h.simulator.step();
    expect(h.output(name)).toHaveLength(2);
  });

  test('consolidationTime delays the label, not the end', async () => {
    const { h, name, images } = await prepared({ consolidationTime: 1 * HOUR });
    await h.label(images[2]);
    await h.pass(59 * MINUTE);
    expect(h.recorded()).toEqual([]);
    expect(await h.counters(name)).toMatchObject({ TotalLabeled: 0, Unlabeled: 4 });
    await h.label(images[3]);
    await h.simulator.step();
    expect(h.recorded()).toHaveLength(1);
    await h.simulator.fail(name);
    expect(h.recorded()).toHaveLength(2);
  });

  test.each([true, false])('writesWorkerResponses: %s', async writesWorkerResponses => {
    const { h, images } = await prepared({ writesWorkerResponses });
    const { taskId } = h.task(images[0]);
    await h.simulator.open(taskId, 'w1');
    h.clock.advance(30 * SECOND);
    await h.simulator.submit(taskId, 'w1', { kind: 'classification', label: 'cat' });
    const keys = h.cloud.buckets.peekKeys(OUTPUT).filter(key => key.includes('/worker-response/'));
    expect(keys).toHaveLength(writesWorkerResponses ? 1 : 0);
    if (writesWorkerResponses) {
      const [answer] = JSON.parse(Buffer.from(h.cloud.buckets.find(OUTPUT, keys[0])!.body).toString()).answers;
      expect(answer).toMatchObject({ timeSpentInSeconds: 30, workerId: 'w1', workerMetadata: { identityData: { identityProviderType: 'Cognito' } } });
    }
  });
});
