import sharp from 'sharp';
import { REMEDIES } from '../../../../src/contract/reasons';
import { expectConservation } from '../../../support/conservation';
import { HandledProject } from '../../../support/handled-project';
import { images, jobStatuses } from '../../../support/running-project';
import { exifSegment, gradient, jpegOf, meanDifference, open, paint, pixelAt, pixelsOf, pngOf, storedAs, texture, withSegment, worstDifference } from '../../images/samples';
import { bmp, heifHead } from '../../intake/bad-images/foreign-files';

/**
 * What the seed did to images. Each test enters where AWS does: with objects in the drop bucket, whose events call the intake
 * function, which works with the real image library here. It ends with the bill and the ledger.
 */
const AS_IT_IS = { kind: 'images', transforms: [], output: {} } as const;
const CROP = { kind: 'images', transforms: [{ kind: 'crop', width: 512, height: 512 }], output: {} } as const;

const keys = (project: HandledProject, bucket: string, prefix = ''): string[] => project.outside.cloud.buckets.peekKeys(bucket, prefix);

/** What workers were shown of a drop. */
function shown(project: HandledProject, key: string): Buffer {
  const sourceRef = String(images(project)[key].sourceRef);
  expect(project.simulator.bill().map((entry) => entry.sourceRef)).toContain(sourceRef);
  return project.outside.cloud.buckets.read('input', sourceRef.slice('s3://input/'.length)).body as Buffer;
}

/** The bytes of a finished drop as they are kept, with the key that they were dropped under. */
function kept(project: HandledProject, prefix: string): { readonly [key: string]: Uint8Array } {
  return Object.fromEntries(keys(project, 'input', prefix).map((name) => {
    const { body, metadata } = project.outside.cloud.buckets.read('input', name);
    return [decodeURIComponent(metadata['drop-key']), body];
  }));
}

/** Those were labeled and paid for once; these are in quarantine with their reason, and people were told. */
function expectEnding(project: HandledProject, labeled: readonly string[], quarantined: { readonly [key: string]: string } = {}): void {
  expect(project.ending()).toEqual({
    paid: [...labeled].sort(), images: labeled.map((key) => `${key} LABELED`).sort(),
    drops: [...labeled.map((key) => `${key} DONE`), ...Object.entries(quarantined).map(([key, reason]) => `${key} QUARANTINED ${reason}`)].sort(),
  });
  const told = project.outside.cloud.bus.events.filter((event) => event['detail-type'] === 'Drop Quarantined').map(({ detail }) => [detail.key, detail.reason]);
  expect(Object.fromEntries(told)).toEqual(quarantined);
  expect(keys(project, 'drop')).toEqual([]);
  expect([project.double(), project.dataSet().map((line) => String(line['drop-key'])).sort()]).toEqual([0, [...labeled].sort()]);
  expectConservation(project.outside.table);
}

// In the seed a corrupt file or an RGBA PNG named .jpg raised, and the rest of the batch waited for ever.
test('D13: one bad file of a batch is quarantined, all others are labeled', async () => {
  const project = await HandledProject.create({ configuration: { featureEngineering: AS_IT_IS } });
  const good = await jpegOf(texture(90, 60));
  const transparent = await sharp(texture(40, 40).data, { raw: { width: 40, height: 40, channels: 3 } }).ensureAlpha(0.5).png().toBuffer();
  const corrupt = Buffer.from(await pngOf(texture(80, 60)));
  corrupt.fill(0x55, 200, 400);
  await project.drop('a.jpg', good);
  await project.drop('b-corrupt.png', corrupt);
  await project.drop('c-rgba.jpg', transparent);
  await project.drop('d-text.jpg', Buffer.from('no image'));
  await project.drop('e.png', await pngOf(texture(70, 50)));
  await project.finish();
  expectEnding(project, ['a.jpg', 'c-rgba.jpg', 'e.png'], { 'b-corrupt.png': 'corrupt', 'd-text.jpg': 'not-an-image' });
});

// The seed decoded truncated images: a file cut to a third went to labelers with grey filler, and the original was deleted.
test.each([['a JPEG', 'cut.jpg', jpegOf], ['a PNG', 'cut.png', pngOf]] as const)(
  'D14: %s cut to a third is quarantined as it came, also where the crop needs only what is there', async (_type, key, encode) => {
    const project = await HandledProject.create({
      configuration: { featureEngineering: { kind: 'images', transforms: [{ kind: 'crop', width: 64, height: 32, left: 0, top: 0 }], output: {} } },
    });
    const whole = await encode(texture(400, 300));
    const cut = whole.subarray(0, Math.floor(whole.length / 3));
    await project.drop(key, cut);
    await project.drop('whole.jpg', await jpegOf(texture(300, 200)));
    await project.finish();
    expect(Buffer.compare(Buffer.from(kept(project, 'quarantine/')[key]), cut)).toBe(0);
    expectEnding(project, ['whole.jpg'], { [key]: 'truncated' });
  });

// The seed deleted originals before they were labeled, after a crop and an encoding at quality 75, with no link back.
test('D15: originals are kept to the byte, the image keeps its quality, and each line leads back to its drop', async () => {
  const project = await HandledProject.create({ configuration: { featureEngineering: CROP } });
  const bytes = await jpegOf(texture(800, 700), { quality: 95, chromaSubsampling: '4:4:4' });
  await project.drop('cam/photo.jpg', bytes);
  await project.rounds(8);
  expect(Buffer.compare(Buffer.from(kept(project, 'originals/')['cam/photo.jpg']), bytes)).toBe(0);
  await project.finish();
  const cropped = await pixelsOf(await sharp(bytes).extract({ left: 144, top: 94, width: 512, height: 512 }).png().toBuffer());
  const image = await pixelsOf(shown(project, 'cam/photo.jpg'));
  const asTheSeed = await pixelsOf(await jpegOf(cropped, { quality: 75 }));
  expect(meanDifference(image, cropped)).toBeLessThan(meanDifference(asTheSeed, cropped) / 2);
  const [line] = project.dataSet();
  expect(line).toMatchObject({ 'drop-key': 'cam/photo.jpg', 'drop-sha256': [...project.dropped.keys()][0], 'inverse-transform': [1, 0, 0, 1, 144, 94] });
  expectEnding(project, ['cam/photo.jpg']);
});

// The seed dropped the EXIF orientation without turning the pixels: workers saw photographs on their side, labels lay in the wrong frame.
test('D17: a photograph is turned upright before workers see it, and the label\'s frame is that of the upright image', async () => {
  const project = await HandledProject.create({ configuration: { featureEngineering: AS_IT_IS } });
  const upright = gradient(96, 64);
  for (const orientation of [1, 3, 6, 8]) {
    const stored = await jpegOf(storedAs(upright, orientation), { quality: 98 });
    await project.drop(`turned-${orientation}.jpg`, withSegment(stored, 0xe1, exifSegment(orientation, { gps: true })));
  }
  await project.finish();
  for (const orientation of [1, 3, 6, 8]) {
    const image = shown(project, `turned-${orientation}.jpg`);
    const metadata = await sharp(image).metadata();
    expect([metadata.orientation ?? 1, metadata.width, metadata.height]).toEqual([1, 96, 64]);
    expect(worstDifference(await pixelsOf(image), upright)).toBeLessThanOrEqual(12);
    expect(images(project)[`turned-${orientation}.jpg`].provenance).toMatchObject({ 'image-width': 96, 'image-height': 64, 'inverse-transform': [1, 0, 0, 1, 0, 0] });
  }
  expectEnding(project, [1, 3, 6, 8].map((orientation) => `turned-${orientation}.jpg`));
});

// The seed padded images below 512 pixels with black and told nobody.
test('D18: an image that is smaller than the crop is quarantined with the remedy; padded it is only if somebody said so', async () => {
  const project = await HandledProject.create({ configuration: { featureEngineering: CROP } });
  await project.drop('small.png', await pngOf(paint(300, 200, () => [200, 100, 50])));
  await project.drop('large.png', await pngOf(texture(600, 540)));
  await project.finish();
  expectEnding(project, ['large.png'], { 'small.png': 'too-small' });
  expect(REMEDIES['too-small']).toMatch(/set the crop's `tooSmall`/);

  await project.deploy({ featureEngineering: { ...CROP, transforms: [{ ...CROP.transforms[0], tooSmall: 'pad' }] } });
  await project.wake({ command: 'requeue', by: 'ada', targets: { all: 'quarantined', reason: 'too-small' } });
  await project.finish();
  const padded = await pixelsOf(shown(project, 'small.png'));
  expect([padded.width, padded.height, pixelAt(padded, 0, 0), pixelAt(padded, 256, 256)]).toEqual([512, 512, [0, 0, 0], [200, 100, 50]]);
  expect(project.ending()).toMatchObject({ paid: ['large.png', 'small.png'], drops: ['large.png DONE', 'small.png DONE'] });
});

// The seed left .JPG, .PNG, tiff, webp, bmp and heic in the drop bucket for ever, without a word, and downloaded them in each run.
test('D19: names do not matter, and no type stays behind: what workers cannot be shown is quarantined and told', async () => {
  const project = await HandledProject.create({ configuration: { featureEngineering: AS_IT_IS } });
  const good: { readonly [key: string]: Buffer } = {
    'A.JPG': await jpegOf(texture(61, 40)), 'B.JPEG': await jpegOf(texture(62, 40)), 'C.PNG': await pngOf(texture(63, 40)), 'd.jfif': await jpegOf(texture(64, 40)),
    'e.tiff': await open(texture(65, 40)).tiff().toBuffer(), 'f.webp': await open(texture(66, 40)).webp().toBuffer(),
  };
  const refused: { readonly [key: string]: Buffer } = { 'g.bmp': bmp(20, 10), 'h.heic': heifHead('heic') };
  for (const [key, bytes] of Object.entries({ ...good, ...refused })) {
    await project.drop(key, bytes);
  }
  await project.finish();
  const reads: string[] = [];
  project.outside.cloud.faults = (operation, args) => {
    if (operation === 's3.GetObject' && args[0] === 'drop') {
      reads.push(String(args[1]));
    }
    return 'ok';
  };
  await project.rounds(60);
  expect([reads, jobStatuses(project)]).toEqual([[], ['1 InProgress']]);
  expectEnding(project, Object.keys(good), Object.fromEntries(Object.keys(refused).map((key) => [key, 'unsupported-type'])));
});
