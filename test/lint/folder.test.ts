import { BUILT_IN_TASKS, taskFor } from './tasks';
import { PageTask } from '../../src/contract/worker-template';
import { composeInstructions, formatProblem, lintContext, lintTemplate, renderPage } from '../../src/lint';

const TASK: PageTask = { type: 'BoundingBox', title: 'Parts', description: 'Draw a box', labels: [{ name: 'screw', description: 'With a <thread>' }, { name: 'nut' }] };

const compose = (files: { [name: string]: string }, images: string[] = [], task = TASK) => {
  const { template, problems } = composeInstructions({ files, images }, task);
  return { template, problems: problems.map(({ file, ...problem }) => formatProblem(file, problem)) };
};

describe('every page that the library makes passes its own lint', () => {
  test.each(BUILT_IN_TASKS)('%s', (type) => {
    const task = taskFor(type);
    expect(lintTemplate(compose({ 'full.md': '# How\n\n- *tight*\n\n![Good](good.jpg)', 'short.md': 'Be quick.' }, ['good.jpg'], task).template, lintContext(task, ['good.jpg']))).toEqual([]);
    expect(compose({ 'short.md': 'Be quick.' }, [], task).problems).toEqual([]);
  });
});

describe('Markdown', () => {
  test('is put into the built-in page, beside what the labels say', () => {
    const { template, problems } = compose({ 'full.md': '# Boxes\n\nTight.\n\n    code {{ x }}\n', 'short.md': 'Tight, *please*.' });
    expect(problems).toEqual([]);
    expect(template).toMatch(/<full-instructions header="Parts">\s*<h1>Boxes<\/h1>\s*<p>Tight\.<\/p>[\s\S]*<li><strong>screw<\/strong>: With a &lt;thread&gt;<\/li>/);
    expect(template).toMatch(/<short-instructions>\s*<p>Tight, <em>please<\/em>\.<\/p>\s*<\/short-instructions>/);
  });

  test('shows workers braces, tags and quotation marks as they were written', () => {
    const written = 'Type {{ task.input.labels }}, {% raw %} and "<b>".';
    const { template } = compose({ 'full.md': written, 'short.md': written }, [], { ...TASK, title: '{{ title }}', description: '{% if x %} "d"' });
    const html = renderPage(template, { taskObject: 's3://b/i.jpg', labels: ['screw', 'nut'] }, (uri) => `https://signed/${uri}?a=1&b=2`);
    const shown = html.replace(/&(lt|gt|quot|#34|#39|#123|#125|amp);/g, (entity) => ({ '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#34;': '"', '&#39;': "'", '&#123;': '{', '&#125;': '}', '&amp;': '&' })[entity]!);
    expect(shown.split(written)).toHaveLength(3);
    expect(shown).toContain('header="{{ title }}"');
    expect(shown).toContain('header="{% if x %} "d""');
    expect(shown).toContain('src="https://signed/s3://b/i.jpg?a=1&b=2"');
    expect(shown).toContain('labels="["screw","nut"]"');
  });

  test.each<[string, { [name: string]: string }, string[]]>([
    ['an image that is not there', { 'full.md': '# Boxes\n\nSo: ![Good](godo.jpg) and ![Bad](bad.jpg)\n' }, [
      "full.md:3:13: error: there is no example image 'godo.jpg'; write 'good.jpg' (unknown-image)",
    ]],
    ['a second one of the same name', { 'short.md': '![a](x.jpg)\n![b](x.jpg)' }, [
      "short.md:1:6: error: there is no example image 'x.jpg'; images/ has good.jpg and bad.jpg (unknown-image)",
      "short.md:2:6: error: there is no example image 'x.jpg'; images/ has good.jpg and bad.jpg (unknown-image)",
    ]],
    ['HTML', { 'full.md': 'a\n\nSo <b>tight</b>' }, ['full.md:3:4: warning: <b> is HTML, which workers would read as it stands; write it in Markdown, or write a template.liquid.html (html-in-markdown)']],
    ['an empty file', { 'full.md': ' \n', 'short.md': 'x' }, ['full.md:1:1: error: the file is empty, and workers would read nothing; write what they are to do, or delete it (empty)']],
    ['too much', { 'full.md': 'x'.repeat(130_000) }, [expect.stringMatching(/^full\.md:1:1: error: the template has 13\d{4} characters; 128000 are allowed/) as unknown as string]],
  ])('with %s', (_name, files, expected) => {
    expect(compose(files, ['good.jpg', 'bad.jpg']).problems).toEqual(expected);
  });
});

describe('a folder', () => {
  const custom: PageTask = { ...TASK, type: 'Custom', labels: [] };
  test.each<[string, { [name: string]: string }, PageTask, string]>([
    ['of nothing', {}, TASK, 'full.md:1:1: error: the folder needs full.md, short.md or both, or a template.liquid.html; it has no such file at all (no-instructions)'],
    ['of other names', { 'Full.md': 'x', 'template.html': 'x' }, TASK, 'full.md:1:1: error: the folder needs full.md, short.md or both, or a template.liquid.html; it has Full.md and template.html (no-instructions)'],
    ['of a page and texts', { 'template.liquid.html': 'x', 'short.md': 'x' }, TASK, 'short.md:1:1: error: there is a template.liquid.html too, which is the whole page; take one of them out (two-pages)'],
    ['of texts for a custom task', { 'full.md': 'x' }, custom, 'full.md:1:1: error: a custom task has no built-in page to put this into; write a template.liquid.html (no-page)'],
    ['of nothing for a custom task', {}, custom, 'template.liquid.html:1:1: error: the folder needs template.liquid.html; it has no such file at all (no-instructions)'],
  ])('%s', (_name, files, task, expected) => {
    expect(compose(files, [], task)).toEqual({ template: '', problems: [expected] });
  });

  test('of a page of one\'s own is checked in its own lines', () => {
    expect(compose({ 'template.liquid.html': '<crowd-form>\n</crowd-form>' }).problems).toEqual([
      expect.stringMatching(/^template\.liquid\.html:1:1: error: .*\(missing-script\)/), expect.stringMatching(/^template\.liquid\.html:1:1: error: .*\(missing-task-element\)/),
    ]);
  });
});
