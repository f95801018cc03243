import { PreLabel } from '../../../src/contract/pre-label';
import { EngineeredImage } from '../../../src/runtime/intake/engine';
import { Item } from '../../../src/runtime/ports';
import { expectConservation } from '../../support/conservation';
import { MINUTE, MemoryProject, MemoryProjectOptions, PlainEngine, testConfiguration } from '../../support/memory-project';

const { task } = testConfiguration();
const BOXES = { configuration: { task: { ...task, type: 'BoundingBox', labels: [{ name: 'froth' }, { name: 'launder' }] } } } satisfies MemoryProjectOptions;
const PRE_LABEL: PreLabel = { boxes: [{ label: 'froth', left: 20, top: 12, width: 10, height: 6 }] };

/** Makes images of half the drop's size, with an offset. */
class HalfEngine extends PlainEngine {
  constructor(private readonly images: readonly Partial<EngineeredImage>[]) {
    super();
  }

  public override async engineer() {
    const images = this.images.map((change, index): EngineeredImage => ({
      bytes: Buffer.from(`image ${index}`), extension: 'png', contentType: 'image/png', width: 50, height: 40,
      inverseTransform: [2, 0, 0, 2, 0, 0], warnings: [], ...change,
    }));
    return { kind: 'images', images } as const;
  }
}

async function dropped(project: MemoryProject, key: string, metadata: { readonly [name: string]: string }, content = key): Promise<void> {
  await project.outside.cloud.buckets.put('drop', key, Buffer.from(content), { metadata });
}

const items = (project: MemoryProject, key: string): Item[] => [...project.outside.table.items()]
  .filter((item) => item.sk === 'IMAGE' && (item.provenance as { 'drop-key': string })['drop-key'] === key).sort((a, b) => Number(a.index) - Number(b.index));
const drop = (project: MemoryProject, key: string): Item => [...project.outside.table.items()].find((item) => item.key === key && item.sk.startsWith('VERSION#'))!;

test('the priority of a drop\'s metadata decides which image is fed first, and its own wins', async () => {
  const project = await MemoryProject.create({ configuration: { work: { ...testConfiguration().work, window: 1 } } });
  await dropped(project, 'a.png', {});
  await dropped(project, 'b.png', { priority: '9' });
  await dropped(project, 'c.png', { priority: ' 3 ' });
  const order: string[] = [];
  for (let i = 0; i < 40 && order.length < 3; i += 1) {
    await project.round(MINUTE);
    order.push(...project.openTasks().map(({ sourceRef }) => sourceRef.slice('s3://input/images/'.length)[0]));
    await project.label();
  }
  expect(order).toEqual(['b', 'c', 'a']);
  expect([items(project, 'a.png')[0].priority, items(project, 'b.png')[0].priority, items(project, 'c.png')[0].priority]).toEqual([0, 9, 3]);
  const own = await MemoryProject.create({ engine: new HalfEngine([{ priority: 0 }, {}]) });
  await dropped(own, 'a.png', { priority: '9' });
  await own.intake();
  expect(items(own, 'a.png').map(({ priority }) => priority)).toEqual([0, 9]);
});

test.each(['10', '-1', 'high', ''])('a priority of %j is somebody else\'s: the drop is taken in without, and the log says so', async (priority) => {
  const project = await MemoryProject.create();
  await dropped(project, 'a.png', { priority });
  expect(await project.intake()).toEqual(['done']);
  expect(items(project, 'a.png')[0].priority).toBe(0);
  expect(project.outside.telemetry.said.filter(({ level }) => level === 'warn').map(({ message }) => message)).toEqual([expect.stringContaining(JSON.stringify(priority))]);
});

test('a pre-label of the drop\'s metadata is mapped to each image, and the image\'s own wins', async () => {
  const own: PreLabel = { boxes: [{ label: 'launder', left: -1, top: 0.4, width: 100, height: 3 }] };
  const engine = new HalfEngine([{}, { preLabel: own }, { inverseTransform: [1, 0, 0, 1, 25, 0] }]);
  const project = await MemoryProject.create({ ...BOXES, engine });
  await dropped(project, 'a.png', { 'pre-label': JSON.stringify(PRE_LABEL) });
  expect(await project.intake()).toEqual(['done']);
  const wanted = [
    { boxes: [{ label: 'froth', left: 10, top: 6, width: 5, height: 3 }] },
    { boxes: [{ label: 'launder', left: 0, top: 0, width: 50, height: 3 }] },
    { boxes: [{ label: 'froth', left: 0, top: 12, width: 5, height: 6 }] },
  ];
  expect(items(project, 'a.png').map(({ preLabel }) => preLabel)).toEqual(wanted);
  expectConservation(project.outside.table);
});

test('it travels to the workers and into the data set', async () => {
  const project = await MemoryProject.create();
  await dropped(project, 'a.png', { 'pre-label': '{"classes":["froth"]}' });
  await project.finish();
  expect(project.dataSet().map((line) => [line['drop-key'], line['pre-label']])).toEqual([['a.png', { classes: ['froth'] }]]);
  expect(project.double()).toBe(0);
});

test.each<[string, string, RegExp]>([
  ['no JSON', 'froth', /the metadata pre-label is no JSON: froth/],
  ['a label that the project does not have', '{"classes":["foam"]}', /the metadata pre-label is wrong: classes\[0\] is "foam"; it must be one of the labels: /],
])('a drop whose pre-label is %s waits in quarantine; dropped again with a right one it is labeled', async (_, value, says) => {
  const project = await MemoryProject.create();
  await dropped(project, 'a.png', { 'pre-label': value }, 'the same');
  expect(await project.intake()).toEqual(['quarantined']);
  expect(drop(project, 'a.png')).toMatchObject({ reason: 'bad-pre-label', detail: expect.stringMatching(says) });
  await dropped(project, 'b.png', { 'pre-label': '{"classes":["froth"]}' }, 'the same');
  expect(await project.intake()).toEqual(['done']);
  expectConservation(project.outside.table);
});

test('the same content again changes neither priority nor pre-label of the image that there is', async () => {
  const project = await MemoryProject.create();
  await dropped(project, 'a.png', { 'priority': '2', 'pre-label': '{"classes":["froth"]}' }, 'the same');
  await dropped(project, 'b.png', { priority: '9' }, 'the same');
  expect((await project.intake()).sort()).toEqual(['done', 'duplicate']);
  expect(items(project, 'a.png')).toMatchObject([{ priority: 2, preLabel: { classes: ['froth'] } }]);
});

test('what a drop brought is still known when it is ordered again, although copies of its bytes do not carry it', async () => {
  let good = false;
  class Sometimes extends PlainEngine {
    public override async engineer(...given: Parameters<PlainEngine['engineer']>): ReturnType<PlainEngine['engineer']> {
      if (!good) {
        return { kind: 'rejected', reason: 'too-small', detail: 'not yet' };
      }
      return super.engineer(...given);
    }
  }
  const project = await MemoryProject.create({ engine: new Sometimes() });
  await dropped(project, 'a.png', { 'priority': '7', 'pre-label': '{"classes":["froth"]}' });
  await project.intake();
  project.clock.advance(MINUTE);
  good = true;
  await project.command('requeue', { all: 'quarantined' });
  await project.rounds(5);
  expect(items(project, 'a.png')).toMatchObject([{ priority: 7, preLabel: { classes: ['froth'] } }]);
});

test('many images with large pre-labels are listed in pages that a ledger item can hold', async () => {
  const boxes = Array.from({ length: 300 }, (_, i) => ({ label: 'froth', left: i % 40, top: i % 30, width: 5, height: 5 }));
  const engine = new HalfEngine(Array.from({ length: 60 }, () => ({ preLabel: { boxes } })));
  const project = await MemoryProject.create({ ...BOXES, engine });
  await dropped(project, 'a.png', {});
  expect(await project.intake()).toEqual(['done']);
  const pages = [...project.outside.table.items()].filter((item) => item.sk.startsWith('IMAGES#'));
  expect(pages.length).toBeGreaterThan(3);
  expect(Math.max(...pages.map((page) => JSON.stringify(page).length))).toBeLessThan(400_000);
  expect(items(project, 'a.png')).toHaveLength(60);
  expectConservation(project.outside.table);
});
