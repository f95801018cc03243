import { appendFileSync, cpSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Browser, Frame, Locator, Page } from 'playwright-core';
import sharp from 'sharp';
import { LabelingTaskType } from '../../../src/contract/labeling-tasks';
import { PageTask } from '../../../src/contract/worker-template';
import { Preview, PreviewOptions } from '../../../src/local/preview/server';
import { decoded, describeInBrowser, drag as dragOn, hindrances, launch, screenshot } from '../../support/browser';

const ROOT = join(__dirname, '..', '..', '..');
const BUNDLES = { standIns: join(ROOT, 'assets/crowd/index.js'), shell: join(ROOT, 'assets/preview/index.js') };
const EXAMPLE = join(ROOT, 'examples/typescript/instructions/instructions');
const IMAGE_WIDTH = 600;
const IMAGE_HEIGHT = 400;

jest.setTimeout(60_000);

async function until(condition: () => boolean): Promise<void> {
  for (const end = Date.now() + 10_000; !condition() && Date.now() < end;) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  expect(condition()).toBe(true);
}

describeInBrowser('the preview in a browser', () => {
  let browser: Browser;
  let page: Page;
  let folder: string;
  let preview: Preview | undefined;
  let answers: string[];

  beforeAll(async () => { browser = await launch(); });
  afterAll(() => browser.close());
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'preview-'));
    cpSync(EXAMPLE, folder, { recursive: true });
    await sharp(join(ROOT, 'examples/photos/table/coffee.jpg')).resize(IMAGE_WIDTH, IMAGE_HEIGHT).jpeg().toFile(join(folder, 'image.jpg'));
    page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
    answers = [];
  });
  afterEach(async () => {
    await page.close();
    await preview?.close();
    preview = undefined;
    rmSync(folder, { recursive: true });
  });

  const task = (type: LabelingTaskType, more: Partial<PageTask> = {}): PageTask => ({
    type, title: 'Surfaces', description: 'What is on the image?', labels: [{ name: 'cup' }, { name: 'table', description: 'All of its top' }], ...more,
  });

  async function show(options: Partial<PreviewOptions> & Pick<PreviewOptions, 'task'>): Promise<Frame> {
    preview = await Preview.start({ path: folder, image: join(folder, 'image.jpg'), bundles: BUNDLES, onAnswer: (json) => answers.push(json), ...options });
    await page.goto(preview.address);
    return worker();
  }

  async function worker(): Promise<Frame> {
    const handle = await page.waitForSelector('#page:not([hidden])');
    const frame = (await handle.contentFrame())!;
    await frame.waitForSelector('crowd-form >> text=local stand-ins');
    return frame;
  }

  /** The answer that is submitted, after it was shown and told to the terminal. */
  async function submitted(frame: Frame): Promise<any> {
    const before = answers.length;
    await frame.getByRole('button', { name: 'Submit' }).click();
    await until(() => answers.length > before);
    const answer = JSON.parse(answers[before]);
    const shown = JSON.parse(await page.locator('#answer pre').innerText());
    expect(Object.keys(shown)).toEqual(Object.keys(answer));
    return answer;
  }

  const drag = (on: Locator, points: readonly (readonly [number, number])[]): Promise<void> =>
    dragOn(on, { width: IMAGE_WIDTH, height: IMAGE_HEIGHT }, points);

  async function pixel(answer: any, x: number, y: number): Promise<string> {
    const { data, info } = await sharp(Buffer.from(answer.labeledImage.pngImageData, 'base64')).removeAlpha().raw().toBuffer({ resolveWithObject: true });
    expect([info.width, info.height]).toEqual([IMAGE_WIDTH, IMAGE_HEIGHT]);
    return `#${data.subarray(3 * (y * info.width + x), 3 * (y * info.width + x) + 3).toString('hex')}`;
  }

  test('image classification: choose one, with the number key too', async () => {
    const frame = await show({ task: task('ImageMultiClass') });
    await frame.getByRole('button', { name: 'Submit' }).click();
    await frame.getByText('Choose one class.').last().waitFor();
    expect(answers).toEqual([]);
    await frame.getByLabel('cup').check();
    expect(await submitted(frame)).toEqual({ 'crowd-image-classifier': { label: 'cup' } });
    await frame.locator('body').press('2');
    expect(await submitted(frame)).toEqual({ 'crowd-image-classifier': { label: 'table' } });
  });

  test('an answer is that of the page that gave it; a preview that has ended says so', async () => {
    const frame = await show({ task: task('ImageMultiClass') });
    await frame.getByLabel('cup').check();
    await submitted(frame);
    const heading = page.locator('#answer h2');
    expect(await heading.innerText()).toBe('Answer');
    appendFileSync(join(folder, 'full.md'), '\n\nLook twice.\n');
    await heading.getByText('Answer, as the page before gave it').waitFor();
    await preview!.close();
    await page.getByText('The preview is not running any more').waitFor();
  });

  test('what was drawn stays through saves that change nothing of the page, and problems are told beside it', async () => {
    const frame = await show({ task: task('BoundingBox') });
    await drag(frame.locator('.crowd-stage img'), [[60, 40], [120, 100], [240, 200]]);
    await frame.getByLabel('cup', { exact: true }).check();
    const text = readFileSync(join(folder, 'full.md'), 'utf8');
    writeFileSync(join(folder, 'full.md'), text);
    writeFileSync(join(folder, 'notes.txt'), 'x');
    await page.locator('#problems li').getByText('workers never see this file').waitFor();
    await page.setViewportSize({ width: 1400, height: 900 });
    await screenshot(page, 'preview-drawn-and-saved');
    // nothing can be shown for a while, and then the same again
    for (const name of ['full.md', 'short.md']) {
      renameSync(join(folder, name), join(folder, `${name}.away`));
    }
    await page.getByText('There is nothing to show').waitFor();
    for (const name of ['full.md', 'short.md']) {
      renameSync(join(folder, `${name}.away`), join(folder, name));
    }
    await page.getByText('Problems', { exact: true }).waitFor();
    expect((await submitted(frame)).boundingBox.boundingBoxes).toHaveLength(1);
    expect(await page.locator('#answer h2').innerText()).toBe('Answer');
    appendFileSync(join(folder, 'full.md'), '\n\nLook twice.\n');
    await page.locator('#answer h2').getByText('Answer, as the page before gave it').waitFor();
    await (await worker()).getByText('Box 1').waitFor({ state: 'detached' });
  });

  test('eight tabs of one preview show the page, and each save', async () => {
    await show({ task: task('ImageMultiClass') });
    // tabs of one browser share its connections, pages of contexts of their own would not
    const context = await browser.newContext();
    const tabs = await Promise.all(Array.from({ length: 8 }, () => context.newPage()));
    await Promise.all(tabs.map((tab) => tab.goto(preview!.address)));
    const inAll = (text: string): Promise<unknown> => Promise.all(tabs.map((tab) => tab.frameLocator('#page').getByText(text).waitFor({ timeout: 20_000 })));
    await inAll('local stand-ins');
    writeFileSync(join(folder, 'short.md'), 'Freshly saved');
    await inAll('Freshly saved');
    await context.close();
  });

  test('copying says that it copied, and what to do where it may not', async () => {
    const context = await browser.newContext({ permissions: ['clipboard-read', 'clipboard-write'], viewport: { width: 1400, height: 900 } });
    await page.close();
    page = await context.newPage();
    const frame = await show({ task: task('SemanticSegmentation') });
    const answer = await submitted(frame);
    await page.getByRole('button', { name: 'Copy' }).click();
    await page.getByText('Copied.').waitFor();
    expect(JSON.parse(await page.evaluate('navigator.clipboard.readText()'))).toEqual(answer);
    expect(await hindrances(page, [page.mainFrame()], 'preview-copied')).toEqual([]);
    await submitted(frame);
    expect(await page.getByText('Copied.').isVisible()).toBe(false);
    await page.evaluate('navigator.clipboard.writeText = () => Promise.reject(new Error("not allowed"))');
    await page.getByRole('button', { name: 'Copy' }).click();
    await page.getByText('The browser did not allow it').waitFor();
    expect(JSON.parse(await page.evaluate('String(getSelection())'))).toEqual(answer);
    expect(await hindrances(page, [page.mainFrame()], 'preview-not-copied')).toEqual([]);
    await context.close();
  });

  test('of a custom task the page says what of its input is not its own', async () => {
    rmSync(join(folder, 'full.md'));
    rmSync(join(folder, 'short.md'));
    writeFileSync(join(folder, 'template.liquid.html'), `<script src="https://assets.crowd.aws/crowd-html-elements.js"></script>
<crowd-form><p>{{ task.input.question }}</p><img src="{{ task.input.taskObject | grant_read_access }}" alt="To label" width="300"></crowd-form>`);
    const frame = await show({ task: { ...task('Custom'), labels: [] }, input: { question: 'Is it?' } });
    await frame.getByText('Is it?').waitFor();
    await page.getByText("Here taskObject, labels and manifestLine are the preview's own; --input gives others.").waitFor();
    expect(await hindrances(page, [page.mainFrame()], 'preview-custom')).toEqual([]);
    await preview!.close();
    await show({ task: { ...task('Custom'), labels: [] }, input: { taskObject: '', labels: [], manifestLine: {}, question: 'Is it?' } });
    expect(await page.locator('#note').isVisible()).toBe(false);
  });

  test('an image whose address leads nowhere is told in words', async () => {
    const labels = '["a","b"]';
    writeFileSync(join(folder, 'template.liquid.html'), '<script src="https://assets.crowd.aws/crowd-html-elements.js"></script><crowd-form><crowd-image-classifier '
      + `name="a" header="h" categories='${labels}' src="{{ task.input.taskObject | grant_raed_access }}"></crowd-image-classifier></crowd-form>`);
    rmSync(join(folder, 'full.md'));
    rmSync(join(folder, 'short.md'), { force: true });
    const frame = await show({ task: task('Custom'), path: join(folder, 'template.liquid.html') });
    expect(await frame.getByRole('alert').innerText()).toBe('The image cannot be shown: its address leads to no image.');
  });

  test('multi-label classification: choose several', async () => {
    const frame = await show({ task: task('ImageMultiClassMultiLabel') });
    await frame.getByLabel('table').check();
    await frame.getByLabel('cup').check();
    expect(await submitted(frame)).toEqual({ 'crowd-image-classifier-multi-select': { labels: ['cup', 'table'] } });
  });

  test('bounding box: the boxes that were drawn, in pixels of the image', async () => {
    const frame = await show({ task: task('BoundingBox') });
    const image = frame.locator('.crowd-stage img');
    await frame.getByText('Box 1').waitFor({ state: 'detached' });
    await drag(image, [[60, 40], [120, 100], [240, 200]]);
    await frame.getByLabel('table', { exact: true }).check();
    await drag(image, [[500, 380], [400, 300]]);
    const { boundingBox } = await submitted(frame);
    expect(boundingBox.inputImageProperties).toEqual({ height: IMAGE_HEIGHT, width: IMAGE_WIDTH });
    expect(Object.keys(boundingBox)).toEqual(['boundingBoxes', 'inputImageProperties']);
    const wanted = [{ height: 160, label: 'cup', left: 60, top: 40, width: 180 }, { height: 80, label: 'table', left: 400, top: 300, width: 100 }];
    expect(boundingBox.boundingBoxes.map(({ label }: { label: string }) => label)).toEqual(['cup', 'table']);
    wanted.forEach((box, index) => (['left', 'top', 'width', 'height'] as const).forEach((side) => {
      expect(Number.isInteger(boundingBox.boundingBoxes[index][side])).toBe(true);
      expect(Math.abs(boundingBox.boundingBoxes[index][side] - box[side])).toBeLessThanOrEqual(2);
    }));
    await screenshot(page, 'preview-boxes-drawn');
  });

  test('bounding box: with the keyboard alone', async () => {
    const frame = await show({ task: task('BoundingBox') });
    await frame.getByRole('button', { name: 'Add a box' }).press('Enter');
    for (const number of ['10', '20', '300', '1000']) {
      await page.keyboard.press('Control+A');
      await page.keyboard.type(number);
      await page.keyboard.press('Tab');
    }
    // 1000 is more than there is
    expect((await submitted(frame)).boundingBox.boundingBoxes).toEqual([{ height: 380, label: 'cup', left: 10, top: 20, width: 300 }]);
    await frame.getByRole('button', { name: 'Delete' }).press('Enter');
    expect((await submitted(frame)).boundingBox.boundingBoxes).toEqual([]);
  });

  test('semantic segmentation: brush, polygon and eraser', async () => {
    const frame = await show({ task: task('SemanticSegmentation') });
    const canvas = frame.locator('canvas').first();
    await drag(canvas, [[50, 50], [250, 50]]);
    await frame.getByLabel('table', { exact: true }).check();
    await frame.getByRole('button', { name: 'Polygon' }).click();
    for (const corner of [[300, 200], [500, 200], [500, 350], [300, 350], [300, 200]] as const) {
      await drag(canvas, [corner]);
    }
    await frame.getByRole('button', { name: 'Eraser' }).click();
    await drag(canvas, [[150, 20], [150, 80]]);
    const answer = (await submitted(frame))['crowd-semantic-segmentation'];
    expect(Object.keys(answer)).toEqual(['inputImageProperties', 'labelMappings', 'labeledImage']);
    expect(answer.labelMappings).toEqual({ cup: { color: '#1f77b4' }, table: { color: '#ff7f0e' } });
    const places = [[60, 50], [240, 50], [150, 50], [400, 250], [295, 250], [60, 80]];
    const colors = await Promise.all(places.map(([x, y]) => pixel(answer, x, y)));
    expect(colors).toEqual(['#1f77b4', '#1f77b4', '#ffffff', '#ff7f0e', '#ffffff', '#ffffff']);
    const raw = await sharp(Buffer.from(answer.labeledImage.pngImageData, 'base64')).removeAlpha().raw().toBuffer();
    const used = new Set(Array.from({ length: raw.length / 3 }, (_value, at) => raw.subarray(3 * at, 3 * at + 3).toString('hex')));
    expect([...used].sort()).toEqual(['1f77b4', 'ff7f0e', 'ffffff']);
    await screenshot(page, 'preview-mask-painted');
    await frame.getByRole('button', { name: 'Undo' }).click();
    expect(await pixel((await submitted(frame))['crowd-semantic-segmentation'], 150, 50)).toBe('#1f77b4');
  });

  test('semantic segmentation: with the keyboard alone', async () => {
    const frame = await show({ task: task('SemanticSegmentation') });
    const canvas = frame.locator('canvas').first();
    await canvas.focus();
    for (const key of ['ArrowLeft', 'ArrowUp', 'Space']) {
      await page.keyboard.press(key);
    }
    const answer = (await submitted(frame))['crowd-semantic-segmentation'];
    expect([await pixel(answer, 285, 185), await pixel(answer, 310, 210)]).toEqual(['#1f77b4', '#ffffff']);
  });

  test('adjusting shows the earlier labels and says whether they were changed', async () => {
    const boxes = await show({ task: task('AdjustmentBoundingBox', { earlierLabelAttribute: 'boxes' }) });
    const first = (await submitted(boxes)).boundingBox;
    expect(first).toEqual({
      boundingBoxes: [{ height: 200, label: 'cup', left: 150, top: 100, width: 300 }], initialValueModified: false,
      inputImageProperties: { height: IMAGE_HEIGHT, width: IMAGE_WIDTH },
    });
    await boxes.getByLabel('left').fill('151');
    await boxes.getByLabel('left').press('Tab');
    expect((await submitted(boxes)).boundingBox).toMatchObject({ initialValueModified: true, boundingBoxes: [{ left: 151 }] });
    await preview!.close();
    const mask = await show({ task: task('AdjustmentSemanticSegmentation', { earlierLabelAttribute: 'mask-ref' }) });
    const kept = (await submitted(mask))['crowd-semantic-segmentation'];
    expect([kept.initialValueModified, await pixel(kept, 300, 200), await pixel(kept, 10, 10)]).toEqual([false, '#1f77b4', '#ffffff']);
    await drag(mask.locator('canvas').first(), [[10, 10], [20, 10]]);
    expect((await submitted(mask))['crowd-semantic-segmentation'].initialValueModified).toBe(true);
  });

  test('verifying shows the earlier labels behind the question, and takes a comment', async () => {
    const frame = await show({ task: task('VerificationBoundingBox', { earlierLabelAttribute: 'boxes', earlierLabels: ['object'] }) });
    await frame.locator('.crowd-box >> text=object').waitFor();
    await frame.getByText('Comment', { exact: true }).click();
    await frame.getByRole('textbox').fill('7 too wide');
    await frame.getByLabel('cup', { exact: true }).check();
    expect(await submitted(frame)).toEqual({ 'crowd-image-classifier': { label: 'cup', workerComment: '7 too wide' } });
  });

  test('reloads when a file is saved, and says what is wrong with it', async () => {
    const frame = await show({ task: task('ImageMultiClass') });
    await frame.getByRole('button', { name: 'View full instructions' }).click();
    await decoded(frame.locator('full-instructions img').first());
    await screenshot(page, 'preview-instructions');
    writeFileSync(join(folder, 'short.md'), 'Freshly *saved*\n\n![x](godo.jpg)');
    await page.locator('#problems li').waitFor();
    expect(await page.locator('#problems li').allInnerTexts()).toEqual([
      expect.stringContaining(`${join(folder, 'short.md')}:3:6: error: there is no example image 'godo.jpg'`),
    ]);
    await (await worker()).getByText('Freshly saved').waitFor();
    await screenshot(page, 'preview-problems');
    rmSync(join(folder, 'full.md'));
    rmSync(join(folder, 'short.md'));
    await page.getByText('There is nothing to show').waitFor();
  });

  test('of many problems the page shows the first, beside the worker page, and asks for no answer where there is none to give', async () => {
    writeFileSync(join(folder, 'short.md'), Array.from({ length: 70 }, (_, index) => `![x](none-${index}.jpg)`).join('\n\n'));
    await show({ task: task('ImageMultiClass') });
    const items = page.locator('#problems li');
    await items.getByText('... and 20 more').waitFor();
    expect(await items.count()).toBe(51);
    // what is wrong does not push the page away
    expect((await page.locator('#page').boundingBox())!.y).toBeLessThan(600);
    expect(await hindrances(page, [page.mainFrame()], 'preview-many-problems')).toEqual([]);
    rmSync(join(folder, 'full.md'));
    rmSync(join(folder, 'short.md'));
    writeFileSync(join(folder, 'a\u202e\u001b[2J.md'), '');
    await page.getByText('There is nothing to show').waitFor();
    await items.getByText('the folder has a?\\u001b[2J.md, which makes no page').waitFor();
    expect(await page.getByText('Submit the page').isVisible()).toBe(false);
  });

  test('a template of one\'s own, with the attributes that the guide writes, and elements for which there is no stand-in', async () => {
    const template = join(folder, 'page.html');
    writeFileSync(template, `<script src="https://assets.crowd.aws/crowd-html-elements.js"></script>
<crowd-form><crowd-image-classifier name="kind" src="{{ task.input.taskObject | grant_read_access }}" header="{{ task.input.question }}" categories="['it\\'s', 'no',]">
<full-instructions header="F"><img src="brick.jpg" alt="brick"></full-instructions><short-instructions>S</short-instructions></crowd-image-classifier>
<label>Why <input name="why" value="so"></label><crowd-slider name="sure" min="0" max="9"></crowd-slider></crowd-form>`);
    const frame = await show({ path: template, task: { ...task('Custom'), labels: [] }, input: { question: 'Is it {{ one }}?' } });
    await frame.getByRole('heading', { name: 'Is it {{ one }}?' }).waitFor();
    await frame.getByText('There is none for crowd-slider').waitFor();
    await frame.getByLabel('it\'s').check();
    expect(await submitted(frame)).toEqual({ kind: { label: 'it\'s' }, why: 'so' });
  });

  test('a hostile template reaches nothing but its own page', async () => {
    writeFileSync(join(folder, 'template.liquid.html'), `<script src="https://assets.crowd.aws/crowd-html-elements.js"></script><crowd-form></crowd-form>
<script>
const seen = [];
try { seen.push(parent.document.title); } catch (error) { seen.push(error.name); }
try { seen.push(localStorage.length); } catch (error) { seen.push(error.name); }
Promise.all(['/state', '/'].map((path) => fetch(path).then((response) => response.text()).catch((error) => error.name)))
  .then((texts) => fetch('/answer', { method: 'POST', body: '{}' }).catch((error) => error.name).then((answer) => {
    document.body.append(Object.assign(document.createElement('p'), { id: 'seen', textContent: JSON.stringify([...seen, ...texts, answer]) }));
    try { top.location = 'about:blank'; } catch (error) { document.body.append(Object.assign(document.createElement('p'), { textContent: 'Leaving: ' + error.name })); }
  }));
</script>`);
    rmSync(join(folder, 'full.md'));
    rmSync(join(folder, 'short.md'));
    const frame = await show({ task: { ...task('Custom'), labels: [] } });
    expect(JSON.parse(await frame.locator('#seen').innerText())).toEqual(['SecurityError', 'SecurityError', 'TypeError', 'TypeError', 'TypeError']);
    expect(answers).toEqual([]);
    await frame.getByText('Leaving: SecurityError').waitFor();
    expect(page.url()).toBe(`${preview!.address}/`);
  });

  test.each<LabelingTaskType>(['ImageMultiClass', 'ImageMultiClassMultiLabel', 'BoundingBox', 'SemanticSegmentation'])(
    '%s: readable by everybody, on any screen, in light and dark', async (type) => {
      const frame = await show({ task: task(type) });
      if (type === 'BoundingBox') {
        await frame.getByRole('button', { name: 'Add a box' }).click();
      }
      expect(await hindrances(page, [page.mainFrame(), frame], `preview-${type}`)).toEqual([]);
    });
});
