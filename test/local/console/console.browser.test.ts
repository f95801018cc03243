import { Browser, Locator, Page } from 'playwright-core';
import sharp from 'sharp';
import { Answer } from '../../../src/local/simulator';
import { decoded, describeInBrowser, hindrances, launch, screenshot } from '../../support/browser';
import { ByHand, IMAGE, photograph, taskOf } from '../../support/by-hand';

jest.setTimeout(60_000);

const BOX = { label: 'table', left: 60, top: 40, width: 180, height: 160 };

describeInBrowser('the console in a browser', () => {
  let browser: Browser;
  let page: Page;
  let hand: ByHand;

  beforeAll(async () => { browser = await launch(); });
  afterAll(() => browser.close());
  beforeEach(async () => { page = await browser.newPage({ viewport: { width: 1400, height: 900 } }); });
  afterEach(async () => {
    await page.close();
    await hand.close();
  });

  async function shown(type: Parameters<typeof taskOf>[0] = 'BoundingBox'): Promise<ByHand> {
    hand = await ByHand.create(taskOf(type));
    await page.goto(hand.console.address);
    await page.getByRole('heading', { level: 1, name: 'froth-0a1b2c3d' }).waitFor();
    return hand;
  }

  /** The number of a step of the flow. */
  const step = (name: string): Locator => page.locator('.flow li', { has: page.getByText(name, { exact: true }) }).locator('strong');
  const counted = (name: string, count: number): Promise<void> => step(name).getByText(String(count), { exact: true }).waitFor();
  const said = (text: string): Promise<void> => page.getByRole('status').getByText(text).waitFor();
  const press = (name: RegExp | string): Promise<void> => page.getByRole('button', { name }).click();
  const job = (number: number): Locator => page.locator('.job', { hasText: `froth-0a1b2c3d-${number}` });

  async function labeledBy(answer: Answer): Promise<void> {
    for (const { taskId } of hand.project.openTasks()) {
      await hand.project.simulator.submit(taskId, 'you', answer);
    }
    await hand.project.rounds(20);
  }

  test('files that are chosen or dropped go the whole way, and the page follows', async () => {
    const { project } = await shown();
    await page.getByText('No job yet').waitFor();
    await page.getByLabel('Drop files here, or choose them').setInputFiles([
      { name: 'cup.jpg', mimeType: 'image/jpeg', buffer: await photograph(1) },
      { name: 'broken <b>off</b>.jpg', mimeType: 'image/jpeg', buffer: (await photograph(2)).subarray(0, 9_000) },
    ]);
    await said('Dropped 2 files.');
    await counted('inbox', 2);
    await project.drop('copy/cup.jpg', await photograph(1));
    await project.takeIn();
    await counted('pending', 1);
    await counted('in quarantine', 1);
    const quarantine = page.locator('li', { hasText: 'broken <b>off</b>.jpg' });
    await quarantine.getByText('truncated').waitFor();
    await quarantine.getByText('upload the whole file again').waitFor();
    await page.getByText('the bytes of cup.jpg: nobody labels them twice').waitFor();
    const bytes = (await photograph(3)).toString('base64');
    await page.locator('.zone').evaluate((zone: any, base64) => {
      const { DataTransfer, DragEvent } = globalThis as any;
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([Uint8Array.from(atob(base64), (each) => each.charCodeAt(0))], 'dragged.jpg', { type: 'image/jpeg' }));
      zone.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
    }, bytes);
    await said('Dropped dragged.jpg.');
    await project.rounds(12);
    await counted('with the job', 2);
    await job(1).getByText('0 of 2 labeled, 2 open').waitFor();
    await labeledBy({ kind: 'bounding-box', image: IMAGE, boxes: [BOX] });
    await counted('labeled', 2);
    await counted('in the data set', 2);
    expect(project.dataSet().map((line) => line['drop-key']).sort()).toEqual(['cup.jpg', 'dragged.jpg']);
  });

  test('a label is drawn where it is, in the colour of its class', async () => {
    const { project } = await shown();
    await project.drop('cup.jpg', await photograph());
    await project.rounds(12);
    await labeledBy({ kind: 'bounding-box', image: IMAGE, boxes: [BOX] });
    const card = page.locator('.image', { hasText: 'cup.jpg' });
    await card.getByText('labeled by job 1').waitFor();
    await decoded(card.locator('img'));
    const [picture, box] = await Promise.all([card.locator('img').boundingBox(), card.locator('.box').boundingBox()]);
    const scale = picture!.width / IMAGE.width;
    expect(Math.abs(picture!.height / IMAGE.height - scale)).toBeLessThan(0.01);
    const drawn = [box!.x - picture!.x, box!.y - picture!.y, box!.width, box!.height].map((pixels) => pixels / scale);
    [BOX.left, BOX.top, BOX.width, BOX.height].forEach((wanted, side) => expect(Math.abs(drawn[side] - wanted)).toBeLessThan(10));
    const chip = card.locator('.chips i');
    expect(await card.locator('.box').getAttribute('stroke')).toBe('#ff7f0e');
    expect(await chip.evaluate((element) => (globalThis as any).getComputedStyle(element).backgroundColor)).toBe('rgb(255, 127, 14)');
  });

  test('a mask is laid over its image, classes are named', async () => {
    const { project } = await shown('SemanticSegmentation');
    await project.drop('cup.jpg', await photograph());
    await project.rounds(12);
    const half = await sharp({ create: { ...IMAGE, channels: 3, background: '#ffffff' } })
      .composite([{ input: { create: { width: 300, height: 400, channels: 3, background: '#1f77b4' } }, left: 0, top: 0 }]).png().toBuffer();
    await labeledBy({ kind: 'semantic-segmentation', mask: half, colors: { cup: '#1f77b4', table: '#ff7f0e' } });
    const mask = page.locator('.image .mask');
    await decoded(mask);
    expect(await mask.evaluate((image: any) => {
      const canvas = Object.assign(image.ownerDocument.createElement('canvas'), { width: image.naturalWidth, height: image.naturalHeight });
      const context = canvas.getContext('2d');
      context.drawImage(image, 0, 0);
      return [0.25, 0.75].map((share) => [...context.getImageData(Math.floor(share * canvas.width), 10, 1, 1).data]);
    })).toEqual([[31, 119, 180, 255], [0, 0, 0, 0]]);
    expect(await page.locator('.image .chips li').allInnerTexts()).toEqual(['cup']);
  });

  test.each([
    ['ImageMultiClass', { kind: 'classification', label: 'table' }, ['table']],
    ['ImageMultiClassMultiLabel', { kind: 'multi-label', labels: ['cup', 'table'] }, ['cup', 'table']],
  ] as const)('%s: the classes stand below the image', async (type, answer, names) => {
    const { project } = await shown(type);
    await project.drop('cup.jpg', await photograph());
    await project.rounds(12);
    await labeledBy(answer);
    await page.locator('.chips').waitFor();
    expect(await page.locator('.chips li').allInnerTexts()).toEqual(names);
  });

  test('jobs are ended, and the project is paused and resumed, by its buttons', async () => {
    const { project } = await shown();
    await project.drop('cup.jpg', await photograph());
    await project.rounds(12);
    await press('Let 30 days pass: froth-0a1b2c3d-1');
    await said('The job ended, as after its 30 days.');
    await job(1).getByText('Failed', { exact: true }).waitFor();
    await job(1).getByText('reached the maximum time of 30 days').waitFor();
    await project.rounds(60);
    await job(1).getByText('settled').waitFor();
    await job(2).getByText('InProgress').waitFor();
    await press('Fail: froth-0a1b2c3d-2');
    await job(2).getByText('failed from the console').waitFor();
    await project.rounds(60);
    await press('Stop by hand: froth-0a1b2c3d-3');
    await said('which pauses the project');
    await job(3).getByText('Stopping').waitFor();
    await project.rounds(60);
    await job(3).getByText('Stopped').waitFor();
    await page.locator('header').getByText('paused', { exact: true }).waitFor();
    await page.getByText('stopped-by-hand').waitFor();
    expect(project.simulator.jobs()).toHaveLength(3);
    // with the keyboard
    await page.getByRole('button', { name: 'Resume' }).focus();
    await page.keyboard.press('Enter');
    await said('It goes on.');
    await project.rounds(60);
    await job(4).getByText('InProgress').waitFor();
    await page.keyboard.press('Enter');
    await said('Paused: nothing more is given to workers.');
    expect((await project.read()).state.mode).toBe('PAUSED');
    await page.getByRole('button', { name: 'Resume' }).waitFor();
  });

  test('says so when it is not answered any more, and when it is refused', async () => {
    const { project, console: server } = await shown();
    await project.drop('cup.jpg', await photograph());
    await project.rounds(12);
    await job(1).waitFor();
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => { release = resolve; });
    const asked = page.waitForRequest('**/state');
    await page.route('**/state', async (route) => {
      await held;
      await route.continue();
    });
    await asked;
    await project.simulator.fail(project.liveJobName()!);
    await press(/^Fail/);
    await said('is Failed already');
    release();
    await job(1).getByText('injected failure').waitFor();
    await server.close();
    await said('The console does not answer');
  });

  test('readable by everybody, on any screen, in light and dark', async () => {
    const { project } = await shown();
    for (const [number, name] of ['animals/raccoon.jpg', 'people/astronaut.jpg', 'table/coffee.jpg', 'textures/brick.png', 'sky/rocket.jpg'].entries()) {
      await project.drop(name, await photograph(number, name));
    }
    await project.drop('odd/an upload that broke off, with a rather long name of its own.jpg', (await photograph(2)).subarray(0, 9_000));
    await project.rounds(12);
    await labeledBy({ kind: 'bounding-box', image: IMAGE, boxes: [BOX, { label: 'cup', left: 280, top: 120, width: 220, height: 200 }] });
    await project.simulator.expire(project.liveJobName()!);
    await project.drop('late/garden.jpg', await photograph(5, 'garden/flower.jpg'));
    await project.rounds(60);
    await project.drop('just now.jpg', await photograph(6));
    await counted('inbox', 1);
    await decoded(page.locator('.image img').first());
    expect(await hindrances(page, [page.mainFrame()], 'console')).toEqual([]);
    await page.setViewportSize({ width: 1400, height: 900 });
    await screenshot(page, 'console');
  });
});
