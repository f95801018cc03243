import { createHash } from 'node:crypto';
import { FeatureEngineeringConfiguration } from '../../../src/contract/project-configuration';
import { TransformSpec } from '../../../src/contract/transforms';
import * as gate from '../../../src/runtime/images/gate';
import { BuiltInEngine } from '../../../src/runtime/intake/built-in-engine';
import { EngineeredImage, RejectedDropError } from '../../../src/runtime/intake/engine';
import { expectConservation } from '../../support/conservation';
import { MemoryProject } from '../../support/memory-project';
import { jpegOf, pixelsOf, pngOf, texture } from '../images/samples';

const TILE: TransformSpec = { kind: 'tile', width: 64, height: 64 };
const SMALL: TransformSpec = { kind: 'resize', width: 50 };
type BuiltIn = Extract<FeatureEngineeringConfiguration, { kind: 'images' }>;

const RENDITIONS: BuiltIn = {
  kind: 'images', transforms: [], output: {},
  renditions: [{ name: 'overview', transforms: [SMALL], output: { format: 'jpeg' } }, { name: 'tiles', transforms: [TILE], output: {} }],
};

async function engineer(configuration: BuiltIn, bytes: Uint8Array): Promise<EngineeredImage[]> {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const result = await new BuiltInEngine(configuration).engineer({ bucket: 'drop', key: 'a', versionId: '1', bytes, sha256 });
  if (result.kind !== 'images') {
    throw new Error(result.kind);
  }
  const images: EngineeredImage[] = [];
  for await (const image of result.images as AsyncIterable<EngineeredImage>) {
    images.push(image);
  }
  return images;
}

test('what the gate has read is not read again', async () => {
  const inspections = jest.spyOn(gate, 'inspect');
  try {
    const engine = new BuiltInEngine(RENDITIONS);
    for (const bytes of [await jpegOf(texture(60, 40)), Buffer.from('no image')]) {
      inspections.mockClear();
      const { ok } = engine.gate(bytes);
      expect((await engine.engineer({ bucket: 'drop', key: 'a', versionId: '1', bytes, sha256: '' })).kind).toBe(ok ? 'images' : 'rejected');
      expect(inspections).toHaveBeenCalledTimes(1);
    }
  } finally {
    inspections.mockRestore();
  }
});

test('renditions come in their order, each with its name, format and tiles', async () => {
  const images = await engineer(RENDITIONS, await pngOf(texture(150, 100)));
  expect(images.map(({ rendition, extension, width, height, tile }) => [rendition, extension, width, height, tile && `${tile.row},${tile.column}`])).toEqual([
    ['overview', 'jpg', 50, 33, undefined],
    ...['0,0', '0,1', '0,2', '1,0', '1,1', '1,2'].map((place) => ['tiles', 'png', 64, 64, place]),
  ]);
  expect(images[0].inverseTransform).toEqual([3, 0, 0, 100 / 33, 0, 0]);
});

test('what is wrong with a drop is thrown with its reason and the rendition', async () => {
  const crop: TransformSpec = { kind: 'crop', width: 200, height: 1 };
  const bytes = await pngOf(texture(150, 100));
  await expect(engineer({ kind: 'images', transforms: [crop], output: {} }, bytes)).rejects.toThrow(new RejectedDropError('too-small', 'the image is 150x100 where transforms[0] wants 200x1'));
  await expect(engineer({ ...RENDITIONS, renditions: [...RENDITIONS.renditions!, { name: 'row', transforms: [crop], output: {} }] }, bytes))
    .rejects.toMatchObject({ reason: 'too-small', detail: expect.stringContaining('(rendition row)') });
  await expect(engineer({ kind: 'images', transforms: [{ ...TILE, width: 2, height: 2 }], output: {} }, bytes)).rejects.toMatchObject({ reason: 'too-many-images' });
});

test('a drop with an overview and 61 tiles, from the bucket to the ledger: all images, each found again under its key', async () => {
  const configuration: BuiltIn = {
    ...RENDITIONS, renditions: [RENDITIONS.renditions![0], { name: 'tiles', transforms: [{ kind: 'tile', width: 20, height: 20 }], output: {} }],
  };
  const project = await MemoryProject.create({ engine: new BuiltInEngine(configuration) });
  const bytes = await jpegOf(texture(200, 118));
  await project.outside.cloud.buckets.put('drop', 'line 1/a.jpg', bytes);
  await project.outside.cloud.buckets.put('drop', 'line 1/cut.jpg', bytes.subarray(0, bytes.length / 2));
  expect((await project.intake()).sort()).toEqual(['done', 'quarantined']);
  const images = [...project.outside.table.items()].filter((item) => item.sk === 'IMAGE').sort((a, b) => Number(a.index) - Number(b.index));
  expect(images).toHaveLength(61);
  for (const [index, image] of images.entries()) {
    const key = String(image.sourceRef).slice('s3://input/'.length);
    expect(key).toMatch(new RegExp(`^images/line_1/a-[0-9a-f]{16}-${index}-${index === 0 ? 'overview' : 'tiles'}\\.jpg$`));
    const pixels = await pixelsOf(project.outside.cloud.buckets.read('input', key).body);
    expect([pixels.width, pixels.height]).toEqual(index === 0 ? [50, 30] : [20, 20]);
    expect(image.provenance).toMatchObject(index === 0 ? { rendition: 'overview' } : {
      'rendition': 'tiles', 'tile-row': Math.floor((index - 1) / 10), 'tile-column': (index - 1) % 10, 'tile-rows': 6, 'tile-columns': 10,
    });
  }
  expectConservation(project.outside.table);
});
