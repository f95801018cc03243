import { BuiltInTaskType, GROUND_TRUTH_ACCOUNTS, LABELING_TASKS } from '../../../src/contract/labeling-tasks';
import { PreLabel } from '../../../src/contract/pre-label';
import { TaskConfiguration } from '../../../src/contract/project-configuration';
import { workerTemplate } from '../../../src/contract/worker-template';
import { lintContext, lintTemplate } from '../../../src/lint';
import { Answer, JsonObject, JsonValue, TASK_TYPES } from '../../../src/local/simulator';
import { EngineeredImage } from '../../../src/runtime/intake/engine';
import { expectConservation } from '../../support/conservation';
import { MemoryProject, MemoryProjectOptions, PlainEngine, testConfiguration } from '../../support/memory-project';
import { statesOf } from '../../support/running-project';

const PNG = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==', 'base64');
const BUILT_IN = (Object.keys(LABELING_TASKS) as (keyof typeof LABELING_TASKS)[]).filter((type): type is BuiltInTaskType => type !== 'Custom');

const BOXES: PreLabel = { boxes: [{ label: 'froth', left: 2, top: 3, width: 10, height: 6 }, { label: '"launder" {{ x }}', left: 0, top: 0, width: 5, height: 5 }] };
const MASK: PreLabel = { mask: { uri: 's3://models/masks/1.png', colors: { 'froth': '#2acf59', '"launder" {{ x }}': '#00ff00' } } };
const CLASSES = [{ name: 'froth' }, { name: '"launder" {{ x }}' }];
const VERDICTS = [{ name: 'good' }, { name: 'bad' }];

/** Each image comes with the label that it is given here, by the drop's key. */
class LabelingEngine extends PlainEngine {
  constructor(private readonly preLabel: PreLabel) {
    super();
  }

  public override async engineer(drop: Parameters<PlainEngine['engineer']>[0]) {
    const preLabel = drop.key.startsWith('bare') ? undefined : this.preLabel;
    const image: EngineeredImage = {
      bytes: drop.bytes, extension: 'png', contentType: 'image/png', width: 100, height: 80, inverseTransform: [1, 0, 0, 1, 0, 0], warnings: [], preLabel,
    };
    return { kind: 'images', images: [image] } as const;
  }
}

function taskOf(type: BuiltInTaskType): TaskConfiguration {
  const { earlier, defaultAttribute } = LABELING_TASKS[type];
  const arn = (name: string) => `arn:aws:lambda:us-east-1:${GROUND_TRUTH_ACCOUNTS['us-east-1']}:function:${name}-${type}`;
  const task = {
    type, labelAttributeName: defaultAttribute, labels: earlier?.adjusted === false ? VERDICTS : CLASSES,
    title: 'Froth', description: 'Look, and say <what> you {{ see }}', keywords: [],
    ...earlier === undefined ? {} : { earlierLabelAttribute: earlier.kind === 'boxes' ? 'boxes' : 'mask-ref' },
    ...earlier?.adjusted === false ? { earlierLabels: CLASSES.map(({ name }) => name) } : {},
    preHumanTaskLambdaArn: arn('PRE'), consolidationLambdaArn: arn('ACS'),
  };
  return { ...task, template: workerTemplate(task) };
}

function projectOf(task: TaskConfiguration, options: MemoryProjectOptions = {}): Promise<MemoryProject> {
  const { earlier } = LABELING_TASKS[task.type];
  return MemoryProject.create({
    configuration: { task }, ...earlier ? { engine: new LabelingEngine(earlier.kind === 'boxes' ? BOXES : MASK) } : {}, ...options,
  });
}

const ANSWERS: { readonly [type in BuiltInTaskType]: Answer } = {
  ImageMultiClass: { kind: 'classification', label: 'froth' },
  ImageMultiClassMultiLabel: { kind: 'multi-label', labels: ['froth'] },
  BoundingBox: { kind: 'bounding-box', image: { width: 100, height: 80 }, boxes: [{ label: 'froth', left: 1, top: 1, width: 9, height: 9 }] },
  SemanticSegmentation: { kind: 'semantic-segmentation', mask: PNG },
  AdjustmentBoundingBox: { kind: 'bounding-box', image: { width: 100, height: 80 }, boxes: BOXES.boxes! },
  AdjustmentSemanticSegmentation: { kind: 'semantic-segmentation', mask: PNG },
  VerificationBoundingBox: { kind: 'verification', label: 'bad', comment: 'too wide' },
  VerificationSemanticSegmentation: { kind: 'verification', label: 'good' },
};

const SHOWN_BOXES = BOXES.boxes!.map(({ label, left, top, width, height }) => ({ label, left, top, width, height }));
const SHOWN_MASK = {
  src: expect.stringMatching(/^https:.*masks\/1\.png/), labelMappings: { 'froth': { color: '#2acf59' }, '"launder" {{ x }}': { color: '#00ff00' } },
};
const SHOWN: { readonly [type: string]: unknown } = {
  AdjustmentBoundingBox: SHOWN_BOXES,
  AdjustmentSemanticSegmentation: SHOWN_MASK,
  VerificationBoundingBox: { boundingBox: { labels: CLASSES.map(({ name }) => name), value: SHOWN_BOXES } },
  VerificationSemanticSegmentation: { semanticSegmentation: { labels: CLASSES.map(({ name }) => name), ...SHOWN_MASK } },
};

test('the simulator and the project know the same built-in tasks', () => {
  expect([...BUILT_IN, 'Custom'].sort()).toEqual(Object.keys(TASK_TYPES).sort());
});

describe.each(BUILT_IN)('%s', (type) => {
  const { earlier, page } = LABELING_TASKS[type];

  test('goes the whole way: page, message, label, data set, chain', async () => {
    const task = taskOf(type);
    expect(lintTemplate(task.template!, lintContext(task, []))).toEqual([]);
    const project = await projectOf(task);
    await project.drop('a.png');
    await project.drop('b.png');
    await project.rounds(20);
    const [open, ...more] = project.openTasks();
    expect(more).toHaveLength(1);
    const seen = await project.simulator.page(open.taskId);
    expect(seen.attributes.header).toBe(task.description);
    expect(JSON.parse(seen.attributes[page!.labelsAttribute])).toEqual(task.labels.map(({ name }) => name));
    expect(seen.shown).toEqual(SHOWN[type]);
    await project.simulator.submit(open.taskId, 'worker', ANSWERS[type]);
    await project.rounds(5);
    await project.simulator.expire(project.liveJobName()!, 'Failed');
    for (let i = 0; i < 60; i += 1) {
      await project.round();
      for (const each of project.openTasks()) {
        await project.simulator.submit(each.taskId, 'worker', ANSWERS[type]);
      }
    }
    const lines = project.dataSet();
    expect(lines).toHaveLength(2);
    for (const line of lines) {
      expect(line).toHaveProperty([task.labelAttributeName]);
      expect(line).toMatchObject({ 'instructions-version': expect.stringMatching(/^[0-9a-f]{32}$/) });
      if (earlier) {
        expect(line).toMatchObject({ [task.earlierLabelAttribute!]: expect.anything(), [`${task.earlierLabelAttribute}-metadata`]: { type: earlier.metadataType } });
      }
    }
    if (type === 'AdjustmentBoundingBox') {
      expect(lines[0]).toMatchObject({ 'adjusted-boxes-metadata': { 'adjustment-status': 'unadjusted' } });
    }
    expect((await project.read()).state.lastJob).toBe(2);
    expect(project.double()).toBe(0);
    expectConservation(project.outside.table);
  });

  if (earlier) {
    test('an image that comes without a label is held, never offered, and somebody is told', async () => {
      const project = await projectOf(taskOf(type));
      await project.drop('bare.png');
      await project.rounds(10);
      expect(statesOf(project)).toEqual({ 'bare.png': 'HELD' });
      expect((await project.read()).alerts).toEqual(['held-back']);
      expect(project.jobNames()).toEqual([]);
      await project.drop('a.png');
      await project.rounds(20);
      expect(statesOf(project)).toEqual({ 'a.png': 'SENT', 'bare.png': 'HELD' });
      await project.command('requeue', { all: 'held' });
      await project.rounds(10);
      expect(statesOf(project)).toEqual({ 'a.png': 'SENT', 'bare.png': 'HELD' });
      expect(project.openTasks()).toHaveLength(1);
      expectConservation(project.outside.table);
    });
  }
});

test('a file that is dropped again with the label that its image lacked lets it go on; without, it is a mere duplicate', async () => {
  const project = await MemoryProject.create({ configuration: { task: taskOf('AdjustmentBoundingBox') } });
  const again = (name: string, metadata: { [name: string]: string }) => project.outside.cloud.buckets.put('drop', name, Buffer.from('content of a.png'), { metadata });
  await project.drop('a.png');
  await project.rounds(5);
  await again('b.png', {});
  await again('c.png', { 'pre-label': '{"boxes":[{"label":"unknown","left":0,"top":0,"width":1,"height":1}]}' });
  await project.rounds(5);
  expect(statesOf(project)).toEqual({ 'a.png': 'HELD' });
  await again('d.png', { 'pre-label': '{"boxes":[{"label":"froth","left":0,"top":0,"width":1,"height":1}]}' });
  await project.rounds(20);
  expect(statesOf(project)).toEqual({ 'a.png': 'SENT' });
  expect((await project.simulator.page(project.openTasks()[0].taskId)).shown).toEqual([{ label: 'froth', left: 0, top: 0, width: 1, height: 1 }]);
  expect((await project.read()).alerts).toEqual([]);
  expectConservation(project.outside.table);
});

describe('a custom task', () => {
  const template = '<script src="https://assets.crowd.aws/crowd-html-elements.js"></script><crowd-form>'
    + '<crowd-keypoint name="points" src="{{ task.input.image | grant_read_access }}" header="h" labels="{{ task.input.classes | to_json | escape }}">'
    + '<full-instructions>x</full-instructions><short-instructions>x</short-instructions></crowd-keypoint></crowd-form>';
  const task: TaskConfiguration = {
    ...testConfiguration().task, type: 'Custom', labelAttributeName: 'answer', labels: [], template,
    preHumanTaskLambdaArn: 'arn:aws:lambda:us-east-1:111122223333:function:pre', consolidationLambdaArn: 'arn:aws:lambda:us-east-1:111122223333:function:post',
  };

  /** The user's two functions. */
  function functions(files: () => MemoryProject, makes: (given: JsonValue[]) => JsonObject) {
    return async (arn: string, request: JsonObject): Promise<JsonValue> => {
      if (arn.endsWith(':pre')) {
        return { taskInput: { image: (request.dataObject as JsonObject)['source-ref'], classes: ['nose', 'tail'] } };
      }
      const key = String((request.payload as JsonObject).s3Uri).replace('s3://output/', '');
      const asked = JSON.parse(Buffer.from(files().outside.cloud.buckets.read('output', key).body).toString()) as { datasetObjectId: string; annotations: { annotationData: { content: string } }[] }[];
      return asked.map(({ datasetObjectId, annotations }) => ({
        datasetObjectId,
        consolidatedAnnotation: {
          content: makes(annotations.map(({ annotationData }) => JSON.parse(annotationData.content) as JsonValue)),
        },
      }));
    };
  }

  async function labeled(makes: (given: JsonValue[]) => JsonObject): Promise<MemoryProject> {
    const project: MemoryProject = await projectOf(task, { simulator: { invokeFunction: functions(() => project, makes) } });
    await project.drop('a.png');
    await project.rounds(20);
    const [open] = project.openTasks();
    expect((await project.simulator.page(open.taskId)).html).toContain('labels="[&quot;nose&quot;,&quot;tail&quot;]"');
    await project.simulator.submit(open.taskId, 'worker', { kind: 'custom', value: { points: [1, 2] } });
    await project.rounds(30);
    return project;
  }

  test('is prepared and consolidated by its own functions, without a label file', async () => {
    const project = await labeled((given) => ({ 'answer': given[0], 'answer-metadata': { 'job-name': 'froth-0a1b2c3d-1', 'type': 'groundtruth/custom' } }));
    expect(project.dataSet()).toEqual([expect.objectContaining({ answer: { points: [1, 2] } })]);
    expect(project.simulator.jobs()[0].LabelCategoryConfigS3Uri).toBeUndefined();
  });

  test('whose function makes no label fails the image, which goes to the next job', async () => {
    const project = await labeled(() => ({}));
    expect(project.dataSet()).toEqual([]);
    expect(statesOf(project)['a.png']).not.toBe('LABELED');
  });
});
