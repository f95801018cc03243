import { SCRIPT } from './corpus';
import { composeInstructions, lintTemplate, renderPage } from '../../src/lint';
import { withLoader, withStandIns } from '../../src/local/preview/document';

const TASK = { type: 'BoundingBox', title: 't', description: 'd', labels: [{ name: 'a' }] } as const;
const times = (count: number, text: (index: number) => string): string => Array.from({ length: count }, (_, index) => text(index)).join('');

/** What is done here takes a tenth of it, and would take minutes if each thing were compared with each. In milliseconds of work. */
const LONG = 10_000;

/** A clock would count what else the machine is busy with. */
function soon<Answer>(work: () => Answer): Answer {
  const begin = process.cpuUsage();
  const answer = work();
  expect(process.cpuUsage(begin).user / 1000).toBeLessThan(LONG);
  return answer;
}

describe('a text as long as it may be', () => {
  test('with thousands of images that are defined nowhere, and of definitions', () => {
    const full = times(3_000, (index) => `![a${index}][bx${index}]\n\n`) + times(12_000, (index) => `[b${index}]: x\n`);
    const { problems } = soon(() => composeInstructions({ files: { 'full.md': full }, images: [] }, TASK));
    expect(problems).toHaveLength(3_000);
    expect(problems[0].message).toMatch(/there is no reference 'bx0'.*; write \[b0\]$/);
    expect(problems[2_999].message).toContain('add a line [bx2999]: good.jpg');
  });

  test('with thousands of images that are not there, beside thousands that are', () => {
    const full = times(3_000, (index) => `![](no${index}.jpg)`);
    const images = Array.from({ length: 20_000 }, (_, index) => `yes${index}.jpg`);
    expect(soon(() => composeInstructions({ files: { 'full.md': full }, images }, TASK)).problems).toHaveLength(3_000);
  });

  test('with a name of thousands of letters, which is in thousands of messages', () => {
    const name = 'a'.repeat(30_000);
    const problems = soon(() => lintTemplate(`${SCRIPT}<${name}>${'<b>'.repeat(20_000)}</${name}>`, { images: [] }));
    expect(problems.filter(({ rule }) => rule === 'unbalanced-element')).toHaveLength(20_000);
    expect(Math.max(...problems.map(({ message }) => message.length))).toBeLessThan(1_100);
    expect(problems[problems.length - 1].message).toMatch(/^<b> is not closed before <\/a+ \.\.\. a+>; add <\/b>$/);
  });
});

describe('branches', () => {
  const cases = (count: number, text: string): string => `{% case task.input.a %}${times(count, (index) => `{% when ${index} %}<b>${text}</b>`)}{% endcase %}`;
  const lint = (body: string): readonly string[] => soon(() => lintTemplate(`${SCRIPT}<crowd-form>${body}</crowd-form>`, { images: [] })).map(({ rule }) => rule);

  test('are all seen where a page shows one of many, each long', () => {
    expect(lint(`${'x'.repeat(6_000)}${cases(100, 'y'.repeat(1_100))}`)).toEqual([]);
    expect(lint(`${'x'.repeat(6_000)}${cases(100, 'y'.repeat(1_100))}{% case 1 %}{% when 2 %}{% else %}<p>{% if task.input.b %}<b>{% endif %}</p>{% endcase %}`)).toEqual(['unbalanced-element']);
  });

  test.each<[string, string]>([
    ['twenty in a page of 100,000 characters', `${'<b>x</b>'.repeat(12_500)}${cases(20, 'y')}`],
    ['two hundred in a page of 10,000 characters', `${'<b>x</b>'.repeat(1_250)}${cases(200, 'y')}`],
  ])('of ordinary large pages are all seen: %s', (_what, body) => {
    expect(lint(body)).toEqual([]);
    expect(lint(body.replace('y</b>{% endcase', 'y{% endcase'))).toEqual(['unbalanced-element']);
  });

  test.each<[string, string]>([
    ['in thousands', cases(4_000, '')],
    ['beside more text than can be read for each', `${'<b>x</b>'.repeat(10_000)}${cases(200, '')}`],
  ])('that cannot all be seen are refused: %s', (_what, body) => {
    expect(lint(body)).toEqual(['too-many-branches']);
  });

  test.each(['if', 'unless', 'for', 'capture'])('too many %s within each other are refused before anything goes as deep', (tag) => {
    const nested = (count: number): string => `${`{% ${tag} a${tag === 'for' ? ' in task.input.b' : ''} %}`.repeat(count)}x${`{% end${tag} %}`.repeat(count)}`;
    expect(lint(nested(3_000))).toEqual(['liquid-syntax']);
    expect(() => renderPage(nested(3_000), {}, (uri) => uri)).toThrow('within each other');
    expect(lint(nested(100))).not.toContain('liquid-syntax');
  });

  test('beside thousands of elements that are wrong', () => {
    expect(lint(`${times(5_000, (index) => `<bq${index}></bq${index}>`)}${cases(8, '')}`)).toHaveLength(5_000);
    expect(lint(`${'<crowd-input name="a">'.repeat(4_000)}${cases(8, '')}`)).toHaveLength(4_000);
    expect(lint(`<div>${'<crowd-tabs>'.repeat(4_000)}${'</div>'.repeat(4_000)}${cases(8, '')}`).length).toBeGreaterThan(8_000);
  });
});

describe('a page of megabytes', () => {
  test.each([
    ['scripts that do not end', '<script '.repeat(200_000)],
    ['an address that does not end', `<script src=https://assets.crowd.aws/${'a'.repeat(1_000_000)}`],
    ['addresses in a script that does not end', `<script ${'src=https://assets.crowd.aws/a '.repeat(50_000)}`],
  ])('has its own script found or not: %s', (_what, broken) => {
    expect(soon(() => withStandIns(`${SCRIPT}${broken}`, '/s.js'))).toBe(`<script src="/s.js"></script>${broken}`);
    expect(soon(() => withLoader(broken, '/l.js', '/s.js'))).toBe(broken);
  });
});

test('the script of the crowd elements is found however it is written', () => {
  const src = 'https://assets.crowd.aws/crowd-html-elements.js';
  for (const script of [
    `<script src=${src}></script>`, `<SCRIPT async\n SRC = '${src}' defer> </SCRIPT>`, SCRIPT, `<script type="a"src=" ${src}\n">/* not read */</script >`,
    '<script src="//assets.crowd.aws/crowd-html-elements.js?v=1"></script>', '<script src=HTTPS://Assets.Crowd.AWS:443/crowd-html-elements.js></script>',
  ]) {
    expect(withLoader(`<p>${script}<script>1</script>`, '/l', '/s')).toBe(`<p><script src="/l" data-crowd="${src}" data-stand-ins="/s"></script><script>1</script>`);
    expect(lintTemplate(`${script}<crowd-form></crowd-form>`, { images: [] }).filter(({ rule }) => rule === 'missing-script')).toEqual([]);
  }
  for (const script of [`<script data-src="${src}" src="https://a.example/x.js"></script>`, '<script src="https://assets.crowd.aws/other.js"></script>', '<script src="http://[">1</script>']) {
    expect(withLoader(script, '/l', '/s')).toBe(script);
    expect(lintTemplate(`${script}<crowd-form></crowd-form>`, { images: [] })).toContainEqual(expect.objectContaining({ rule: 'missing-script' }));
  }
});
