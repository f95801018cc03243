import { join } from 'node:path';
import { Browser } from 'playwright-core';
import { ByHandRun } from '../../src/local/demo/by-hand';
import { Stage } from '../../src/local/demo/stage';
import { synthesizeDemo } from '../../src/local/demo/synthesis';
import { Processes, projectRoot } from '../../src/local/runner';
import { decoded, describeInBrowser, drag, launch } from '../support/browser';
import { isPythonMissing } from '../support/emulator';

jest.setTimeout(180_000);

const SIZE = { width: 1024, height: 768 };

/** A person with a browser, and the synthesized template as it is deployed. */
(isPythonMissing() ? describe.skip : describeInBrowser)('npm run demo -- --by-hand', () => {
  const processes = new Processes();
  let stage: Stage;
  let run: ByHandRun | undefined;
  let browser: Browser;

  beforeAll(async () => {
    browser = await launch();
    stage = await Stage.start({ processes });
    run = await ByHandRun.start(stage, await synthesizeDemo(processes, stage.emulator, { task: 'bounding-box' }), { task: 'bounding-box' });
  });

  afterAll(async () => {
    await browser?.close();
    await run?.stop();
    await stage?.stop();
    await processes.stopAll();
  });

  test('a file that is dropped in the console is labeled on the worker page, and its box stands in the data set', async () => {
    const { project, portal, console: shown } = run!;
    const [watching, working] = [await browser.newPage(), await browser.newPage()];
    await working.setViewportSize({ width: 1600, height: 1000 });
    await watching.goto(shown.address);
    await watching.getByLabel('Drop files here, or choose them').setInputFiles(join(projectRoot(), 'examples/photos/animals/raccoon.jpg'));
    await watching.getByText('Dropped raccoon.jpg.').waitFor();
    await working.goto(portal.address);
    const frame = (await (await working.waitForSelector('iframe', { timeout: 60_000 })).contentFrame())!;
    await frame.waitForSelector('crowd-form >> text=local stand-ins');
    const image = frame.locator('.crowd-stage img');
    await decoded(image);
    await frame.getByLabel('animal', { exact: true }).check();
    await drag(image, SIZE, [[200, 60], [500, 300], [820, 640]]);
    await frame.getByRole('button', { name: 'Submit' }).click();
    await working.getByText('Submitted: raccoon.jpg.').waitFor();
    await watching.locator('.image .box').waitFor({ timeout: 30_000 });
    await decoded(watching.locator('.image img'));
    await watching.locator('.flow .lines').getByText('1', { exact: true }).waitFor({ timeout: 30_000 });
    const [line] = await project.dataSet();
    expect(line).toMatchObject({ 'drop-key': 'raccoon.jpg', 'boxes': { annotations: [{ class_id: 1 }] } });
    const [{ left, top, width, height }] = (line.boxes as { annotations: { [side: string]: number }[] }).annotations;
    [[left, 200], [top, 60], [width, 620], [height, 580]].forEach(([is, wanted]) => expect(Math.abs(is - wanted)).toBeLessThanOrEqual(2));
    await watching.getByRole('button', { name: 'Pause' }).click();
    await watching.getByRole('button', { name: 'Resume' }).waitFor({ timeout: 30_000 });
    expect((await project.ledger()).mode).toBe('PAUSED');
  });
});
