import { Browser, Frame, Page } from 'playwright-core';
import sharp from 'sharp';
import { BuiltInTaskType } from '../../../src/contract/labeling-tasks';
import { decoded, describeInBrowser, drag, hindrances, launch, screenshot } from '../../support/browser';
import { ByHand, IMAGE, photograph, taskOf } from '../../support/by-hand';

jest.setTimeout(60_000);

describeInBrowser('labeling by hand in a browser', () => {
  let browser: Browser;
  let page: Page;
  let hand: ByHand | undefined;

  beforeAll(async () => { browser = await launch(); });
  afterAll(() => browser.close());
  beforeEach(async () => { page = await browser.newPage({ viewport: { width: 1400, height: 900 } }); });
  afterEach(async () => {
    await page.close();
    await hand?.close();
    hand = undefined;
  });

  /** A job that offers so many images. */
  async function offered(task: Parameters<typeof ByHand.create>[0], images = 1): Promise<ByHand> {
    hand = await ByHand.create(task);
    for (let number = 0; number < images; number += 1) {
      await hand.project.drop(`cups/${number}.jpg`, await photograph(number));
    }
    await hand.project.rounds(12);
    expect(hand.project.openTasks()).toHaveLength(images);
    await page.goto(hand.portal.address);
    return hand;
  }

  async function worker(): Promise<Frame> {
    const handle = await page.waitForSelector('iframe');
    const frame = (await handle.contentFrame())!;
    await frame.waitForSelector('crowd-form >> text=local stand-ins');
    await decoded(frame.locator('.crowd-stage img'));
    return frame;
  }

  const submit = async (frame: Frame): Promise<void> => {
    await frame.getByRole('button', { name: 'Submit' }).click();
    await page.getByText('Submitted: cups/0.jpg.').waitFor();
  };

  /** The line of the data set, once it is there. */
  async function labeled(): Promise<any> {
    await hand!.project.finish();
    const [line, ...more] = hand!.project.dataSet();
    expect(more).toEqual([]);
    return line;
  }

  test('image classification', async () => {
    await offered(taskOf('ImageMultiClass'));
    const frame = await worker();
    await frame.locator('body').press('2');
    await submit(frame);
    expect(await labeled()).toMatchObject({ 'drop-key': 'cups/0.jpg', 'label': 1, 'label-metadata': { 'class-name': 'table', 'human-annotated': 'yes' } });
    expect(hand!.project.simulator.bill()).toMatchObject([{ workerId: 'you', value: 'table' }]);
  });

  test('multi-label classification', async () => {
    await offered(taskOf('ImageMultiClassMultiLabel'));
    const frame = await worker();
    await frame.getByLabel('table').check();
    await frame.getByLabel('cup').check();
    await submit(frame);
    expect(await labeled()).toMatchObject({ 'labels': [0, 1], 'labels-metadata': { 'class-map': { 0: 'cup', 1: 'table' } } });
  });

  test('bounding box: the coordinates that were drawn arrive in the data set', async () => {
    await offered(taskOf('BoundingBox'));
    const frame = await worker();
    await frame.getByLabel('table', { exact: true }).check();
    await drag(frame.locator('.crowd-stage img'), IMAGE, [[60, 40], [120, 100], [240, 200]]);
    await screenshot(page, 'portal-box-drawn');
    await submit(frame);
    const { boxes: { image_size: size, annotations }, ...line } = await labeled();
    expect(size).toEqual([{ ...IMAGE, depth: 3 }]);
    expect(annotations).toMatchObject([{ class_id: 1 }]);
    const [{ left, top, width, height }] = annotations;
    [[left, 60], [top, 40], [width, 180], [height, 160]].forEach(([is, wanted]) => expect(Math.abs(is - wanted)).toBeLessThanOrEqual(2));
    expect(line['boxes-metadata']).toMatchObject({ 'class-map': { 1: 'table' }, 'type': 'groundtruth/object-detection' });
  });

  test('semantic segmentation: the mask that was painted is the one of the data set, and its colours are in the metadata', async () => {
    await offered(taskOf('SemanticSegmentation'));
    const frame = await worker();
    await drag(frame.locator('canvas').first(), IMAGE, [[50, 50], [250, 50]]);
    await frame.getByLabel('table', { exact: true }).check();
    await drag(frame.locator('canvas').first(), IMAGE, [[400, 300], [410, 300]]);
    await submit(frame);
    const line = await labeled();
    const [, , bucket, ...key] = line['mask-ref'].split('/');
    const { data } = await sharp(hand!.project.outside.cloud.buckets.read(bucket, key.join('/')).body).removeAlpha().raw().toBuffer({ resolveWithObject: true });
    const colors = line['mask-ref-metadata']['internal-color-map'];
    const classAt = (x: number, y: number): unknown => {
      const color = `#${data.subarray(3 * (y * IMAGE.width + x), 3 * (y * IMAGE.width + x) + 3).toString('hex')}`;
      return Object.values<any>(colors).find((entry) => entry['hex-color'] === color)?.['class-name'];
    };
    expect([[100, 50], [405, 300], [300, 200]].map(([x, y]) => classAt(x, y))).toEqual(['cup', 'table', 'BACKGROUND']);
    expect(Object.values<any>(colors).map((entry) => entry['class-name'])).toEqual(['BACKGROUND', 'cup', 'table']);
  });

  test('task after task; what is pressed twice answers one task; a declined one is left to the next job; a job that ends takes its tasks along', async () => {
    const { project } = await offered(taskOf('ImageMultiClass'), 4);
    await page.getByText('Things: cups/0.jpg, of job froth-0a1b2c3d-1. 3 more wait.').waitFor();
    const first = await worker();
    await first.getByLabel('cup').check();
    await first.getByRole('button', { name: 'Submit' }).dblclick();
    await page.getByText('2 more wait.').waitFor();
    await page.waitForTimeout(1_000);
    expect(project.simulator.bill()).toHaveLength(1);
    await page.reload();
    await page.getByText('2 more wait.').waitFor();
    await page.getByRole('button', { name: 'Decline' }).click();
    await page.getByText('1 more waits.').waitFor();
    await worker();
    await project.simulator.expire(project.liveJobName()!, 'Failed');
    await page.getByText('The task before is gone').waitFor();
    await page.getByRole('heading', { name: 'No task is open' }).waitFor();
    await screenshot(page, 'portal-idle');
    await project.rounds(60);
    await page.getByText('2 more wait.').waitFor();
    for (const more of [2, 1, 0]) {
      const frame = await worker();
      await frame.getByLabel('table').check();
      await frame.getByRole('button', { name: 'Submit' }).click();
      await page.getByText(more === 2 ? '1 more waits.' : more === 1 ? 'No other waits.' : 'No task is open').waitFor();
    }
    await page.waitForSelector('iframe', { state: 'detached' });
    await project.finish();
    expect([project.lost(), project.double(), project.dataSet().length]).toEqual([[], 0, 4]);
  });

  test('two people at once get two images', async () => {
    const { portal } = await offered(taskOf('ImageMultiClass'), 2);
    const other = await browser.newPage();
    await other.goto(`${portal.address}/?worker=other`);
    const shown = (of: Page): Promise<string> => of.locator('#task', { hasText: 'of job' }).innerText();
    expect((await shown(page)).split(',')[0]).not.toBe((await shown(other)).split(',')[0]);
    await other.close();
  });

  test('whoever closes the tab gives the task back, and another takes it over; so does whoever goes elsewhere', async () => {
    const { portal, project } = await offered(taskOf('ImageMultiClass'));
    await page.getByText('Things: cups/0.jpg').waitFor();
    const other = await browser.newPage();
    await other.goto(`${portal.address}/?worker=other`);
    await other.getByRole('heading', { name: 'No task is open' }).waitFor();
    await page.close({ runBeforeUnload: true });
    await other.getByText('Things: cups/0.jpg').waitFor();
    page = await browser.newPage();
    await page.goto(portal.address);
    await page.getByRole('heading', { name: 'No task is open' }).waitFor();
    await other.goto('about:blank');
    await page.getByText('Things: cups/0.jpg').waitFor();
    await other.close();
    expect(project.openTasks()).toHaveLength(1);
  });

  test('what a form gives that its task does not read is refused, and said', async () => {
    const task = taskOf('BoundingBox');
    await offered({ ...task, template: task.template!.replace('name="boundingBox"', 'name="box"') });
    const frame = await worker();
    await frame.getByRole('button', { name: 'Submit' }).click();
    await page.getByText('reads the output of an element with the name "boundingBox"').waitFor();
    expect(hand!.project.openTasks()).toHaveLength(1);
  });

  test('a hostile template reaches neither the page around it, nor this server, nor another', async () => {
    const task = taskOf('ImageMultiClass');
    const hostile = `<script>
addEventListener('load', async () => {
  const seen = [];
  const attempt = async (work) => { try { seen.push(String(await work())); } catch (error) { seen.push(error.name); } };
  await attempt(() => parent.document.title);
  await attempt(() => localStorage.length);
  for (const path of ['/', '/take', SIMULATOR]) {
    await attempt(async () => (await fetch(path, { method: path === '/' ? 'GET' : 'POST', body: path === '/' ? undefined : '{"worker":"you"}', mode: path === SIMULATOR ? 'no-cors' : 'cors' })).status);
  }
  await attempt(() => { top.location = 'about:blank'; return 'left'; });
  document.body.append(Object.assign(document.createElement('p'), { id: 'seen', textContent: JSON.stringify(seen) }));
});
</script>`;
    await offered({ ...task, template: `${task.template}${hostile.replaceAll('SIMULATOR', "'http://127.0.0.1:9/_simulator/step'")}` });
    const frame = await worker();
    expect(JSON.parse(await frame.locator('#seen').innerText())).toEqual(
      ['SecurityError', 'SecurityError', 'TypeError', 'TypeError', 'TypeError', 'SecurityError']);
    expect(page.url()).toBe(`${hand!.portal.address}/`);
    // its own frame, led to the page that has the token
    await frame.evaluate((address) => { (globalThis as any).location = address; }, hand!.portal.address).catch(() => undefined);
    await page.waitForTimeout(500);
    expect(await page.frames()[1].evaluate('document.querySelector("meta[name=token]") === null')).toBe(true);
  });

  test.each<BuiltInTaskType>(['BoundingBox', 'SemanticSegmentation'])(
    '%s: readable by everybody, on any screen, in light and dark', async (type) => {
      await offered(taskOf(type));
      const frame = await worker();
      expect(await hindrances(page, [page.mainFrame(), frame], `portal-${type}`)).toEqual([]);
    });
});
