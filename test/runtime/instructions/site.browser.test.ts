import { readFileSync, readdirSync } from 'node:fs';
import { Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Browser, Page } from 'playwright-core';
import { InstructionHosting } from '../../../src';
import { SITE_INDEX } from '../../../src/contract/instructions-site';
import { PageTask } from '../../../src/contract/worker-template';
import { publishInstructions } from '../../../src/runtime/instructions/publish';
import { FolderFiles } from '../../../src/runtime/instructions/read-folder';
import { showLatest } from '../../../src/runtime/instructions/site';
import { FlatTemplate, newProject, newStack } from '../../project-fixture';
import { describeInBrowser, hindrances, launch } from '../../support/browser';
import { MemoryWorld } from '../../support/memory-world';

jest.setTimeout(60_000);

const EXAMPLE = join(__dirname, '..', '..', '..', 'examples/typescript/instructions/instructions');

const TASK: PageTask = {
  type: 'BoundingBox', title: 'Cups on tables', description: 'Draw a tight box around each cup.',
  labels: [
    { name: 'cup', description: 'Anything one drinks from, handle included' }, { name: 'plate' },
    { name: 'a-label-that-has-a-very-long-name-without-any-blank-in-it', description: 'https://example.com/an/address/that/is/long/and/has/no/blank/either' },
  ],
};

/** More than anybody writes: what a page has to hold. */
const EVERYTHING = `## How to draw

Draw **tight** boxes, and _only_ around what you see. Press \`Enter\` when you are done; see [the handbook](https://example.com/handbook).

![Good: the box ends where the cup ends](good.jpg)

### What counts

1. A cup
   - with a handle
   - without one
2. A glass

| seen | draw | why |
|---|:-:|---|
| half of it | yes | the visible part |
| its mirror image | no | it-is-not-there-and-this-is-a-very-long-word-in-a-table-cell |

> Where you are not sure, leave it out.

\`\`\`
a line of code that is much longer than any telephone is wide, so that it has to be wrapped somewhere
\`\`\`
`;

function exampleFiles(): FolderFiles {
  const names = (readdirSync(EXAMPLE, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  return new Map(names.map((name) => [name.slice(EXAMPLE.length + 1), new Uint8Array(readFileSync(name))]));
}

/** Serves a bucket as the deployed distribution does: with its function, and its headers. */
async function serve(read: (key: string) => { readonly body: Uint8Array; readonly contentType?: string } | undefined): Promise<Server> {
  const stack = newStack();
  newProject(stack, { instructionHosting: InstructionHosting.cloudFront() });
  const template = FlatTemplate.of(stack);
  const handler = new Function(`${template.find('AWS::CloudFront::Function', '').Properties.FunctionCode}; return handler;`)();
  const { SecurityHeadersConfig: headers, CustomHeadersConfig: custom } = template.find('AWS::CloudFront::ResponseHeadersPolicy', '')
    .Properties.ResponseHeadersPolicyConfig;
  const server = createServer((request, response) => {
    const { uri } = handler({ request: { uri: request.url } });
    const object = read(uri.slice(1));
    response.setHeader('Content-Security-Policy', headers.ContentSecurityPolicy.ContentSecurityPolicy);
    response.setHeader('X-Content-Type-Options', 'nosniff');
    response.setHeader('X-Frame-Options', headers.FrameOptions.FrameOption);
    custom.Items.forEach(({ Header, Value }: { Header: string; Value: string }) => response.setHeader(Header, Value));
    response.writeHead(object ? 200 : 403, { 'Content-Type': object?.contentType ?? 'application/xml' }).end(object?.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

describeInBrowser('the site in a browser', () => {
  let browser: Browser;
  let page: Page;
  let server: Server;
  let address: string;
  let version: string;
  const world = new MemoryWorld();
  const complaints: string[] = [];

  const publish = async (files: FolderFiles): Promise<string> => {
    const published = await publishInstructions(world.objects, 'output', files, TASK, 'site');
    await showLatest(world.objects, 'site', async () => published.version);
    return published.version;
  };

  beforeAll(async () => {
    ['output', 'site'].forEach((bucket) => world.cloud.buckets.create(bucket));
    browser = await launch();
    server = await serve((key) => (world.cloud.buckets.peekKeys('site').includes(key) ? world.cloud.buckets.read('site', key) : undefined));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
    page.on('console', (message) => {
      if (!message.location().url.endsWith('favicon.ico')) {
        complaints.push(message.text());
      }
    });
    page.on('pageerror', (error) => complaints.push(error.message));
  });
  afterAll(async () => {
    await browser.close();
    server.close();
  });

  const imagesShown = (): Promise<boolean[]> => page.evaluate('[...document.images].map((image) => image.complete && image.naturalWidth > 0)');

  test('shows the latest at its root and each version under its address, with its style and images, and no complaint of the browser', async () => {
    version = await publish(exampleFiles());
    const all = new Map(exampleFiles());
    all.delete('short.md');
    all.set('full.md', new TextEncoder().encode(EVERYTHING.replace('good.jpg', [...all.keys()].find((name) => name.startsWith('images/'))!.slice(7))));
    await publish(all);
    await page.goto(address);
    await page.getByRole('heading', { level: 1, name: TASK.title }).waitFor();
    await page.getByRole('heading', { level: 2, name: 'How to draw' }).waitFor();
    expect(await imagesShown()).toEqual([true]);
    expect(await page.evaluate("getComputedStyle(document.querySelector('section')).borderTopStyle")).toBe('solid');
    await page.goto(`${address}${version}/`);
    await page.getByText('In short').waitFor();
    expect(new Set(await imagesShown())).toEqual(new Set([true]));
    await page.goto(`${address}${version}`);
    await page.getByText('In short').waitFor();
    expect(complaints).toEqual([]);
  });

  test.each<[string, () => string]>([
    ['latest', () => address], ['version', () => `${address}${version}/`],
  ])('is accessible and nowhere too wide: %s', async (name, at) => {
    await page.goto(at());
    expect(await hindrances(page, [page.mainFrame()], `instructions-site-${name}`)).toEqual([]);
  });

  test('runs nothing and loads nothing from elsewhere, even where a page says so', async () => {
    const key = world.cloud.buckets.peekKeys('site').find((each) => each === SITE_INDEX)!;
    const hostile = Buffer.from(world.cloud.buckets.read('site', key).body).toString().replace(/<meta http-equiv[^>]*>/, '')
      .replace('</main>', '<script>document.title = "taken"</script><img src="https://evil.example/x.png" onerror="document.title = \'taken\'"></main>');
    await world.objects.put('site', 'hostile/index.html', Buffer.from(hostile), { contentType: 'text/html' });
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await page.goto(`${address}hostile/`);
    expect(await page.title()).toBe(TASK.title);
    expect(complaints.filter((each) => each.includes('Content Security Policy')).length).toBeGreaterThan(1);
    const frame = await browser.newPage();
    await frame.setContent(`<iframe src="${address}"></iframe>`);
    await frame.waitForTimeout(300);
    expect(await frame.frames()[1].evaluate('document.body.innerText')).not.toContain(TASK.title);
    await frame.close();
  });
});
