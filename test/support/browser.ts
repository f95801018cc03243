import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { Browser, Frame, Locator, Page, chromium } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** Screenshots for people to look at. */
export const SCREENSHOTS = join(__dirname, '..', '..', 'browser-output');

const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

const find = (): string | undefined => [process.env.CHROMIUM, ...(process.env.PATH ?? '').split(delimiter).flatMap((folder) => NAMES.map((name) => join(folder, name)))]
  .find((path) => path !== undefined && existsSync(path));

/** A Chromium of this machine. A pipeline that may install one does so. */
function browserPath(): string | undefined {
  const found = find();
  if (found !== undefined || !process.env.CI || process.getuid?.() !== 0 || process.platform !== 'linux') {
    return found;
  }
  for (const step of [['update'], ['install', '-y', '--no-install-recommends', 'chromium']]) {
    spawnSync('apt-get', step, { stdio: 'ignore', timeout: 240_000, env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } });
  }
  return find();
}

const PATH = browserPath();

/** `describe` where there is a browser; else the tests are skipped, are counted as such, and say so. */
export const describeInBrowser: typeof describe.skip = PATH === undefined ? describe.skip : describe;
if (PATH === undefined) {
  console.warn('SKIPPED: there is no Chromium on this machine. Install one, or name it in the variable CHROMIUM.');
}

/** A browser that reaches this machine and nothing else. */
export async function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: PATH, headless: true,
    args: [
      '--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--no-first-run',
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
    ],
  });
}

/** Presses, moves and lets go, at pixels of an image of this size. */
export async function drag(
  on: Locator, size: { readonly width: number; readonly height: number }, points: readonly (readonly [number, number])[],
): Promise<void> {
  await on.scrollIntoViewIfNeeded();
  const { x, y, width, height } = (await on.boundingBox())!;
  const at = ([px, py]: readonly [number, number]): [number, number] => [x + (px * width) / size.width, y + (py * height) / size.height];
  const { mouse } = on.page();
  await mouse.move(...at(points[0]));
  await mouse.down();
  for (const point of points.slice(1)) {
    await mouse.move(...at(point), { steps: 4 });
  }
  await mouse.up();
}

/** An image's pixels are there. */
export async function decoded(image: Locator): Promise<void> {
  await image.evaluate((element) => (element as unknown as { decode(): Promise<void> }).decode());
}

/** What axe finds wrong in one frame. */
async function axeProblems(frame: Frame): Promise<string[]> {
  await frame.evaluate(AXE);
  return frame.evaluate(`axe.run(document, { iframes: false, runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })
    .then(({ violations }) => violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => id + ': ' + html + ': ' + failureSummary)))`);
}

/** What is wider than the window, in every frame. */
async function overflowing(page: Page): Promise<string[]> {
  const all = await Promise.all(page.frames().map(async (frame) => frame.evaluate(`(() => {
    const wide = document.documentElement.clientWidth;
    const found = [];
    const look = (root) => root.querySelectorAll('*').forEach((element) => {
      const { right, width } = element.getBoundingClientRect();
      if (width > 0 && right > wide + 1) found.push(element.localName + '.' + element.className + ' ends at ' + right + ' of ' + wide);
      if (element.shadowRoot) look(element.shadowRoot);
    });
    look(document);
    return document.documentElement.scrollWidth > wide ? ['the page scrolls sideways', ...found] : found;
  })()`) as Promise<string[]>));
  return all.flat();
}

/** The whole page, in a window that is high enough: what lies outside the window is not painted in frames. */
export async function screenshot(page: Page, name: string): Promise<void> {
  mkdirSync(SCREENSHOTS, { recursive: true });
  const before = page.viewportSize()!;
  await page.setViewportSize({ ...before, height: 1900 });
  for (const frame of page.frames()) {
    await frame.evaluate('scrollTo(0, 0); new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))');
  }
  await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`) });
  await page.setViewportSize(before);
}

/** What keeps somebody from using the page, in light or dark, on narrow or wide screens. Takes a screenshot of each. */
export async function hindrances(page: Page, frames: readonly Frame[], name: string): Promise<string[]> {
  const found: string[] = [];
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    for (const frame of frames) {
      found.push(...await axeProblems(frame));
    }
    for (const width of [360, 800, 1400]) {
      await page.setViewportSize({ width, height: 900 });
      found.push(...await overflowing(page));
      await screenshot(page, `${name}-${colorScheme}-${width}`);
    }
  }
  return found;
}
