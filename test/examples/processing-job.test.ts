import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import sharp from 'sharp';
import { BatchFile } from '../../src/contract/processing';
import { Processes, run } from '../../src/local/runner/processes';
import { pythonEnvironment } from '../../src/local/runner/python';
import { givenImage } from '../../src/runtime/intake/given-image';
import { readResult } from '../../src/runtime/intake/processing-result';
import { meanDifference, pixelsOf } from '../runtime/images/samples';
import { isPythonMissing } from '../support/emulator';
import { testConfiguration } from '../support/memory-project';

const SCRIPTS = path.join(__dirname, '../../examples/typescript/processing-job/crop');
const PHOTOS = path.join(__dirname, '../../examples/photos');
const KEYS = ['laboratory/retina.jpg', 'sky/hubble-deep-field.jpg', 'laboratory/line 1/cell.png'];

/** The seed's crop, without any loss: what the example's JPEG is compared with. */
const CROP = 'import sys\nfrom PIL import Image\nimage = Image.open(sys.argv[1]).convert("RGB")\nleft = (image.width - 512) // 2\n'
  + 'image.crop((left, 10, left + 512, 522)).save(sys.argv[2])';

const suite = isPythonMissing() ? describe.skip : describe;

suite('the example script', () => {
  const processes = new Processes();
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'processing-'));
  const file = (name: string): string => path.join(folder, name);

  afterAll(async () => {
    await processes.stopAll();
    fs.rmSync(folder, { recursive: true });
  });

  test('repeats the seed\'s crop, rejects what is too small, and reports what it cannot read', async () => {
    const python = await pythonEnvironment({ processes });
    fs.mkdirSync(file('drops/share'), { recursive: true });
    const small = await sharp({ create: { width: 300, height: 200, channels: 3, background: '#808080' } }).png().toBuffer();
    const contents = [...KEYS.map((key) => fs.readFileSync(path.join(PHOTOS, key))), small, Buffer.from('no image')];
    const names = [...KEYS.map((key, index) => `${index}${path.extname(key)}`), 'small.png', 'broken.png'];
    names.forEach((name, index) => fs.writeFileSync(file(`drops/share/${name}`), contents[index]));
    const batch: BatchFile = {
      contractVersion: 1, project: 'froth', batch: '000000001',
      drops: [...names, 'elsewhere.jpg'].map((name, index) => ({
        file: name,
        drop: { bucket: 'drop', key: name, versionId: '1', sha256: name.split('.')[0], size: contents[index]?.length ?? 0 },
      })),
    };
    fs.writeFileSync(file('batch.json'), JSON.stringify(batch));
    await run(processes, 'the example', python, [path.join(SCRIPTS, 'main.py')], {
      cwd: SCRIPTS,
      env: {
        ...process.env, PYTHONDONTWRITEBYTECODE: '1',
        LABELING_BATCH: file('batch.json'), LABELING_DROPS: file('drops'), LABELING_OUTPUT: file('output'),
      },
    });
    const resultOf = (name: string) => readResult(fs.readFileSync(file(`output/results/${name}.json`)));
    for (const [index, name] of names.slice(0, KEYS.length).entries()) {
      const result = resultOf(name);
      if (result.kind !== 'images') {
        throw new Error(JSON.stringify(result));
      }
      const [given] = result.images;
      const bytes = fs.readFileSync(file(`output/${given.file}`));
      const { width } = await sharp(contents[index]).metadata();
      const image = { width: 512, height: 512, inverseTransform: [1, 0, 0, 1, (width - 512) >> 1, 10] };
      expect(await givenImage(bytes, given, given.file, testConfiguration().task)).toMatchObject(image);
      await run(processes, 'Pillow', python, ['-c', CROP, path.join(PHOTOS, KEYS[index]), file('expected.png')], {});
      const [made, expected] = [await pixelsOf(bytes), await pixelsOf(fs.readFileSync(file('expected.png')))];
      expect(meanDifference(made, expected)).toBeLessThan(3);
      // and a crop of another place would differ by more
      const elsewhere = await sharp(contents[index]).extract({ left: 0, top: 0, width: 512, height: 512 }).toColourspace('srgb').png().toBuffer();
      expect(meanDifference(made, await pixelsOf(elsewhere))).toBeGreaterThan(4);
    }
    expect(resultOf('small.png')).toEqual({ kind: 'reject', reject: { reason: 'too-small', detail: '300x200 is too small for the crop' } });
    expect(resultOf('broken.png')).toMatchObject({ kind: 'error', message: expect.stringContaining('UnidentifiedImageError') });
    expect(fs.existsSync(file('output/results/elsewhere.jpg.json'))).toBe(false);
  }, 300_000);
});
