import { Harness, HOUR, MINUTE, PNG, RequestChanges, SECOND } from './harness';
import { Answer } from '../../../src/local/simulator';

const CAT: Answer = { kind: 'classification', label: 'cat' };
const DOG: Answer = { kind: 'classification', label: 'dog' };

async function offered(changes: RequestChanges = {}, options: ConstructorParameters<typeof Harness>[0] = {}) {
  const h = new Harness(options);
  const image = h.image('a.png');
  const name = await h.start(changes);
  h.publishImages(image);
  await h.simulator.step();
  return { h, image, name, taskId: h.task(image).taskId };
}

test('a task tells all that a worker page needs', async () => {
  const { h, image, name, taskId } = await offered({ workers: 2, availability: 3600 });
  await h.simulator.submit(taskId, 'w1', CAT);
  await h.simulator.decline(taskId, 'w2');
  expect(h.simulator.tasks()).toEqual([{
    taskId,
    jobName: name,
    sourceRef: image,
    dataObject: { 'source-ref': image, 'dataset-objectid-attribute-name': 'source-ref' },
    taskType: 'ImageMultiClass',
    labels: ['cat', 'dog', 'bird'],
    labelAttribute: 'labels',
    templateUri: 's3://output-bucket/config/template.html',
    title: 'Title',
    workTeamArn: 'arn:aws:sagemaker:us-east-1:111122223333:workteam/private-crowd/team',
    workersAnswered: ['w1'],
    workersDeclined: ['w2'],
    workersNeeded: 1,
    availableUntil: h.clock.now() + 1 * HOUR,
    unloadable: undefined,
    earlierLabel: undefined,
  }]);
});

test('several workers: the majority decides, each answers once, all are billed', async () => {
  const { h, image, name, taskId } = await offered({ workers: 3 });
  expect(await h.simulator.submit(taskId, 'w1', CAT, { pixelHash: 'p' })).toEqual({ jobName: name, sourceRef: image, complete: false });
  await expect(h.simulator.submit(taskId, 'w1', CAT)).rejects.toThrow('answered');
  h.clock.advance(1 * SECOND);
  await h.simulator.submit(taskId, 'w2', DOG);
  expect(h.recorded()).toEqual([]);
  expect(await h.simulator.submit(taskId, 'w3', DOG)).toMatchObject({ complete: true });
  expect(h.recorded()[0]).toMatchObject({ 'labels': 1, 'labels-metadata': { 'class-name': 'dog', 'confidence': 0.67 } });
  await expect(h.simulator.submit(taskId, 'w4', DOG)).rejects.toThrow('no open task');
  expect(h.simulator.bill().map(entry => [entry.workerId, entry.value, entry.pixelHash])).toEqual(
    [['w1', 'cat', 'p'], ['w2', 'dog', undefined], ['w3', 'dog', undefined]]);
  expect(h.simulator.bill()[1]).toMatchObject({ jobName: name, labelAttribute: 'labels', sourceRef: image, at: h.clock.now() });
});

test('in a tie the earlier answer wins', async () => {
  const { h, taskId } = await offered({ workers: 2 });
  await h.simulator.submit(taskId, 'w1', DOG);
  await h.simulator.submit(taskId, 'w2', CAT);
  expect(h.recorded()[0]).toMatchObject({ 'labels': 1, 'labels-metadata': { confidence: 0.5 } });
});

test('answers that come at the same time are handled one after the other', async () => {
  const h = new Harness({ element: 'crowd-semantic-segmentation' });
  const images = Array.from({ length: 5 }, (_, index) => h.image(`${index}.png`));
  const name = await h.start({ task: 'SemanticSegmentation' });
  h.publishImages(...images);
  await h.simulator.step();
  await Promise.all([...images.map(image => h.label(image, { kind: 'semantic-segmentation', mask: PNG })), h.simulator.step(), h.simulator.step()]);
  expect(h.recorded().map(line => line['source-ref']).sort()).toEqual(images);
  expect(await h.counters(name)).toMatchObject({ TotalLabeled: 5, Unlabeled: 0 });
});

test('an offer that ends without an answer failed, with one it is consolidated', async () => {
  const { h, image, name } = await offered({ workers: 3, availability: 3600 });
  const other = h.image('b.png');
  h.publishImages(other);
  await h.simulator.step();
  await h.label(other);
  await h.pass(1 * HOUR - 1);
  expect(h.simulator.tasks()).toHaveLength(2);
  await h.pass(1);
  expect(h.simulator.tasks()).toEqual([]);
  expect(await h.counters(name)).toMatchObject({ TotalLabeled: 1, FailedNonRetryableError: 1 });
  await h.pass(10 * MINUTE);
  const output = h.output(name)!;
  expect(output.find(line => line['source-ref'] === image)['labels-metadata']['failure-reason']).toMatch('expired');
  expect(output.find(line => line['source-ref'] === other).labels).toBe(1);
});

test('as many declines as workers expire an object; it is not sent again', async () => {
  const { h, image, name, taskId } = await offered({ workers: 2 });
  await h.simulator.decline(taskId, 'w1');
  await expect(h.simulator.submit(taskId, 'w1', CAT)).rejects.toThrow('declined');
  expect(h.simulator.tasks()).toHaveLength(1);
  await h.simulator.decline(taskId, 'w2');
  expect(h.simulator.tasks()).toEqual([]);
  h.publishImages(image);
  await h.simulator.step();
  expect(h.simulator.tasks()).toEqual([]);
  expect(await h.counters(name)).toMatchObject({ FailedNonRetryableError: 1 });
});

test('declines beside an answer: the answer counts', async () => {
  const { h, taskId } = await offered({ workers: 2 });
  await h.simulator.submit(taskId, 'w1', CAT);
  await h.simulator.decline(taskId, 'w2');
  await h.simulator.decline(taskId, 'w3');
  expect(h.recorded()).toHaveLength(1);
});

test('an opened task has a time limit and takes a place', async () => {
  const { h, taskId } = await offered({ workers: 1 });
  await h.simulator.open(taskId, 'w1');
  await expect(h.simulator.open(taskId, 'w2')).rejects.toThrow('places');
  h.clock.advance(601 * SECOND);
  await h.simulator.open(taskId, 'w2');
  await expect(h.simulator.submit(taskId, 'w1', CAT)).rejects.toThrow('time limit');
  h.clock.advance(600 * SECOND);
  await h.simulator.submit(taskId, 'w2', CAT);
  expect(h.simulator.bill()).toHaveLength(1);
});

test('a worker who leaves a task gives the place back, may come back, and leaves nothing where it is gone', async () => {
  const { h, taskId } = await offered({ workers: 1 });
  await h.simulator.open(taskId, 'w1');
  await h.simulator.release(taskId, 'w2');
  await expect(h.simulator.open(taskId, 'w2')).rejects.toThrow('places');
  await h.simulator.release(taskId, 'w1');
  await h.simulator.open(taskId, 'w2');
  await h.simulator.release(taskId, 'w2');
  await h.simulator.open(taskId, 'w1');
  await h.simulator.submit(taskId, 'w1', CAT);
  await h.simulator.release(taskId, 'w1');
  expect(h.simulator.bill()).toHaveLength(1);
});

test.each<[string, Answer, RegExp]>([
  ['another kind', { kind: 'multi-label', labels: ['cat'] }, /takes an answer of kind "classification"/],
  ['an unknown label', { kind: 'classification', label: 'cow' }, /cow/],
])('an answer with %s is refused and not billed', async (_, answer, reason) => {
  const { h, taskId } = await offered();
  await expect(h.simulator.submit(taskId, 'w', answer)).rejects.toThrow(reason);
  expect(h.simulator.bill()).toEqual([]);
  expect(h.simulator.tasks()).toHaveLength(1);
});

describe('other answers', () => {
  const boxes = { task: 'BoundingBox' };
  const element = (name: string) => ({ element: name });

  test('several labels: those that half of the workers named', async () => {
    const { h, image } = await offered({ task: 'ImageMultiClassMultiLabel', workers: 3 }, element('crowd-image-classifier-multi-select'));
    await h.label(image, { kind: 'multi-label', labels: ['cat', 'dog'] }, 'w1');
    await h.label(image, { kind: 'multi-label', labels: ['dog', 'bird'] }, 'w2');
    await expect(h.label(image, { kind: 'multi-label', labels: [] }, 'w3')).rejects.toThrow('at least one');
    await h.label(image, { kind: 'multi-label', labels: ['dog'] }, 'w3');
    expect(h.recorded()[0]).toMatchObject({ 'labels': [1], 'labels-metadata': { 'class-map': { 1: 'dog' }, 'confidence-map': { 1: 1 } } });
  });

  test('several labels that nobody shares are all kept', async () => {
    const { h, image } = await offered({ task: 'ImageMultiClassMultiLabel', workers: 3 }, element('crowd-image-classifier-multi-select'));
    for (const label of ['cat', 'dog', 'bird']) {
      await h.label(image, { kind: 'multi-label', labels: [label] }, label);
    }
    expect(h.recorded()[0].labels).toEqual([0, 1, 2]);
  });

  test('no boxes are a label', async () => {
    const { h, image, name } = await offered(boxes, element('crowd-bounding-box'));
    await h.label(image, { kind: 'bounding-box', image: { width: 10, height: 10 }, boxes: [] });
    expect(h.recorded()[0].labels.annotations).toEqual([]);
    expect(await h.counters(name)).toMatchObject({ TotalLabeled: 1 });
  });

  test('of several sets of boxes, the first with the commonest number', async () => {
    const { h, image } = await offered({ ...boxes, workers: 3 }, element('crowd-bounding-box'));
    const box = (left: number) => ({ label: 'dog', left, top: 0, width: 1, height: 1 });
    const answer = (...lefts: number[]): Answer => ({ kind: 'bounding-box', image: { width: 10, height: 10 }, boxes: lefts.map(box) });
    await h.label(image, answer(1), 'w1');
    await h.label(image, answer(2, 3), 'w2');
    await h.label(image, answer(4, 5), 'w3');
    expect(h.recorded()[0].labels.annotations.map((one: any) => one.left)).toEqual([2, 3]);
  });

  test.each([
    { label: 'dog', left: 9, top: 0, width: 2, height: 1 }, { label: 'dog', left: 0, top: 0, width: 0, height: 1 },
    { label: 'dog', left: 0, top: -1, width: 1, height: 1 },
  ])('a box outside of the image is refused: %j', async box => {
    const { h, image } = await offered(boxes, element('crowd-bounding-box'));
    await expect(h.label(image, { kind: 'bounding-box', image: { width: 10, height: 10 }, boxes: [box] })).rejects.toThrow('does not lie');
  });

  test('boxes without the size of their image are refused', async () => {
    const { h, image } = await offered(boxes, element('crowd-bounding-box'));
    await expect(h.label(image, { kind: 'bounding-box', boxes: [] } as unknown as Answer)).rejects.toThrow('width and height');
  });

  test('an adjustment that changes nothing is unadjusted', async () => {
    const h = new Harness({ element: 'crowd-bounding-box' });
    const image = h.image('a.png');
    await h.start({ task: 'AdjustmentBoundingBox' });
    const earlier = { image_size: [], annotations: [{ class_id: 1, left: 1, top: 2, width: 3, height: 4 }] };
    h.publish({ 'source-ref': image, 'old': earlier, 'old-metadata': { type: 'groundtruth/object-detection' } });
    await h.simulator.step();
    expect(h.task(image).earlierLabel).toMatchObject({ attribute: 'old', value: earlier });
    await h.label(image, {
      kind: 'bounding-box', image: { width: 10, height: 10 }, boxes: [{ label: 'dog', left: 1, top: 2, width: 3, height: 4 }],
    });
    expect(h.recorded()[0]['labels-metadata']['adjustment-status']).toBe('unadjusted');
    expect(h.recorded()[0].old).toEqual(earlier);
  });

  const COLORS = { 0: { 'class-name': 'BACKGROUND', 'hex-color': '#ffffff' }, 1: { 'class-name': 'dog', 'hex-color': '#00ff00' } };

  test.each<[string, object]>([
    ['of a class that the label file lacks', { ...COLORS, 2: { 'class-name': 'cow', 'hex-color': '#0000ff' } }],
    ['without colours', { 1: { 'class-name': 'dog' } }],
  ])('an earlier mask %s fails its object alone', async (_name, colors) => {
    const h = new Harness({ element: 'crowd-semantic-segmentation' });
    const [a, b] = [h.image('a.png'), h.image('b.png')];
    await h.start({ task: 'AdjustmentSemanticSegmentation' });
    for (const [image, map] of [[a, colors], [b, COLORS]] as const) {
      h.publish({ 'source-ref': image, 'old-ref': 's3://x/y.png', 'old-ref-metadata': { 'type': 'groundtruth/semantic-segmentation', 'internal-color-map': map } });
    }
    await h.simulator.step();
    expect(h.simulator.tasks().map(task => task.sourceRef)).toEqual([b]);
    expect(h.simulator.objects(h.simulator.jobs()[0].LabelingJobName).map(object => object.state)).toEqual(['failed', 'available']);
  });

  test('adjusted masks say whether they were', async () => {
    const h = new Harness({ element: 'crowd-semantic-segmentation' });
    const [a, b] = [h.image('a.png'), h.image('b.png')];
    await h.start({ task: 'AdjustmentSemanticSegmentation' });
    for (const image of [a, b]) {
      h.publish({ 'source-ref': image, 'old-ref': 's3://x/y.png', 'old-ref-metadata': { 'type': 'groundtruth/semantic-segmentation', 'internal-color-map': COLORS } });
    }
    await h.simulator.step();
    await h.label(a, { kind: 'semantic-segmentation', mask: PNG.toString('base64'), unchanged: true });
    await h.label(b, { kind: 'semantic-segmentation', mask: PNG });
    expect(h.recorded().map(line => line['labels-ref-metadata']['adjustment-status'])).toEqual(['unadjusted', 'adjusted']);
  });

  test('a mask must be a PNG, is billed by its hash, and is stored later when the cloud fails', async () => {
    const { h, image } = await offered({ task: 'SemanticSegmentation' }, element('crowd-semantic-segmentation'));
    await expect(h.label(image, { kind: 'semantic-segmentation', mask: 'x' })).rejects.toThrow('PNG');
    h.cloud.faults = operation => (operation === 'groundTruth.writeObject' ? 'throw-before' : 'ok');
    await h.label(image, { kind: 'semantic-segmentation', mask: PNG });
    expect(h.simulator.bill()[0].value).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(h.recorded()).toEqual([]);
    h.cloud.faults = undefined;
    await h.simulator.step();
    expect(h.recorded()).toHaveLength(1);
  });

  test('a custom task takes any value', async () => {
    const h = new Harness({ element: 'crowd-polygon', labels: [] });
    const image = h.image('a.png');
    const request = h.request();
    const own = (name: string) => `arn:aws:lambda:us-east-1:111122223333:function:${name}`;
    await h.simulator.createLabelingJob({
      ...request,
      HumanTaskConfig: {
        ...request.HumanTaskConfig,
        PreHumanTaskLambdaArn: own('pre'),
        AnnotationConsolidationConfig: { AnnotationConsolidationLambdaArn: own('post') },
      },
    });
    await h.pass(2 * MINUTE);
    h.publishImages(image);
    await h.simulator.step();
    await h.label(image, { kind: 'custom', value: { points: [1, 2] }, metadata: { mine: true } });
    expect(h.recorded()[0]).toMatchObject({ 'labels': { points: [1, 2] }, 'labels-metadata': { 'mine': true, 'human-annotated': 'yes' } });
    expect(h.simulator.bill()[0].value).toEqual({ points: [1, 2] });
  });
});
