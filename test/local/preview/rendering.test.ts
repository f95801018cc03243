import fc from 'fast-check';
import { parseFragment } from 'parse5';
import { renderPage } from '../../../src/lint';
import { renderWorkerPage } from '../../../src/local/simulator/worker-page';

/** What a browser makes of a page, whichever way its characters were written. */
const read = (html: string): string => JSON.stringify(parseFragment(html), (name, value: unknown) => (name === 'parentNode' ? undefined : value));

const address = (uri: string): string => `https://example.com/${uri}`;

async function both(template: string, x: string): Promise<[string, string]> {
  const input = { x, list: [x, 1, true, null], record: { [x]: x } };
  const { html } = await renderWorkerPage(template, 'Custom', input, async (uri) => address(uri));
  return [read(renderPage(template, input, address)), read(html)];
}

const USES = [
  'task.input.x', 'task.input.none', 'task.input.list', 'task.input.x | escape', 'task.input.x | escape_once', 'task.input.x | to_json', 'task.input.x | to_json | escape',
  'task.input.list | to_json | escape', 'task.input.record | to_json | escape', 'task.input.none | to_json', 'task.input.x | skip_autoescape',
  'task.input.none | skip_autoescape', 'task.input.x | grant_read_access', 'task.input.none | grant_read_access', 'task.input.x | upcase', '7', 'false',
];

/** The page by hand and the preview are two engines: what one shows the other must show. */
test.each(USES)('what a worker sees by hand is what the preview shows: {{ %s }}', async (use) => {
  const piece = fc.constantFrom('x', ' ', '&', '<', '>', '"', '\'', ';', '#', '&amp;', '&lt;', '&gt;', '&quot;', '&#34;', '&#39;', '&copy;', '&#169;', '&#x27;', '&AMP;', 'amp;', '{{', 'é');
  await fc.assert(fc.asyncProperty(fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join('')), async (x) => {
    // escaping is asked for where a quote would end the attribute; within text for the rest
    const [previewed, byHand] = await both(`<crowd-form><p${/to_json$|skip/.test(use) ? '' : ` title="{{ ${use} }}"`}>{{ ${use} }}</p></crowd-form>`, x);
    expect(previewed).toBe(byHand);
  }), { numRuns: 60 });
});

test('an entity in a text is text, which workers read as it stands', async () => {
  const [previewed, byHand] = await both('<crowd-form><p>{{ task.input.x }}</p></crowd-form>', 'x &copy; y & z');
  expect(previewed).toContain('"x &copy; y & z"');
  expect(byHand).toBe(previewed);
});
