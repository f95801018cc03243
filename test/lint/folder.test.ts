import { BUILT_IN_TASKS, taskFor } from './tasks';
import { PageTask } from '../../src/contract/worker-template';
import { composeInstructions, formatProblem, lintContext, lintTemplate, renderPage } from '../../src/lint';

const TASK: PageTask = { type: 'BoundingBox', title: 'Parts', description: 'Draw a box', labels: [{ name: 'screw', description: 'With a <thread>' }, { name: 'nut' }] };

const compose = (files: { [name: string]: string }, images: string[] = [], task = TASK) => {
  const { template, problems } = composeInstructions({ files, images }, task);
  return { template, problems: problems.map(({ file, ...problem }) => formatProblem(file, problem)) };
};

/** Of images that are there for others it is said that no text shows them. */
const isOfText = (problem: string): boolean => !problem.endsWith('(unused-image)');

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

  test('may show tags as text', () => {
    expect(compose({ 'full.md': 'a \\<b\\> \\<br> &lt;i&gt; `<u>`\n\n    <s>\n' }).problems).toEqual([]);
  });

  test.each<[string, { [name: string]: string }, string[]]>([
    ['an image that is not there', { 'full.md': '# Boxes\n\nSo: ![Good](godo.jpg) and ![Bad](bad.jpg)\n' }, [
      "full.md:3:13: error: there is no example image 'godo.jpg'; write 'good.jpg' (unknown-image)",
    ]],
    ['a second one of the same name', { 'short.md': '![a](x.jpg)\n![b](x.jpg)' }, [
      "short.md:1:6: error: there is no example image 'x.jpg'; images/ has good.jpg and bad.jpg (unknown-image)",
      "short.md:2:6: error: there is no example image 'x.jpg'; images/ has good.jpg and bad.jpg (unknown-image)",
    ]],
    ['an image without a file', { 'full.md': 'a ![x]() ![x]()' }, [
      'full.md:1:3: error: ![x]() names no file, so nothing is shown; write one, as in ![x](good.jpg) (unknown-image)',
      'full.md:1:10: error: ![x]() names no file, so nothing is shown; write one, as in ![x](good.jpg) (unknown-image)',
    ]],
    ['an image whose name stands before it, in the text and as a link', { 'full.md': '`](godo.jpg` godo.jpg ![x]( <godo.jpg> "t") [![good.jpg](good.jpg)](good.jpg) ![a](g\\_o.jpg) ![a](g&amp;o.jpg)' }, [
      "full.md:1:30: error: there is no example image 'godo.jpg'; write 'good.jpg' (unknown-image)",
      "full.md:1:84: error: there is no example image 'g_o.jpg'; write 'good.jpg' (unknown-image)",
      "full.md:1:99: error: there is no example image 'g&o.jpg'; write 'good.jpg' (unknown-image)",
    ]],
    ['an image in cells and quotations, and by a reference', { 'full.md': '[g]: godo.jpg\n\n|a|b|\n|-|-|\n|![x](godo.jpg)|![x](godo.jpg)|\n\n> godo.jpg\n> ![x](godo.jpg)![x][g]\n' }, [
      [1, 6], [5, 7], [5, 22], [8, 8]].map(([line, column]) => `full.md:${line}:${column}: error: there is no example image 'godo.jpg'; write 'good.jpg' (unknown-image)`),
    ],
    ['an image behind ends of lines that are no line feeds', { 'full.md': '# A\r\rtext ![x](godo.jpg)\r' }, [
      "full.md:1:16: error: there is no example image 'godo.jpg'; write 'good.jpg' (unknown-image)",
    ]],
    ['links without an address', { 'full.md': '[a](good.jpg) [g]() [h](<>) [a b](b.md) [a b](b.md)' }, [
      ["''", 19], ["''", 26], ["'b.md'", 35], ["'b.md'", 47]].map(([name, column]) => expect.stringMatching(RegExp(`^full\\.md:1:${column}: error: ${name} leads nowhere`)) as unknown as string),
    ],
    ['footnotes', { 'full.md': 'a[^1] b[^n] c[^1]\n\n[^1]: note\n[^n]: <other note>\n' }, ['3:7', '4:8'].map((place) =>
      `full.md:${place}: error: Markdown here has no footnotes, so workers would see a link that leads nowhere; write the note into the text (dead-link)`),
    ],
    ['HTML', { 'full.md': 'a\n\nSo <b>tight</b>' }, ['full.md:3:4: warning: <b> is HTML, which workers would read as it stands; write it in Markdown, or write a template.liquid.html (html-in-markdown)']],
    ['a tag with a slash', { 'full.md': 'a<br/>b <hr />' }, ['full.md:1:2: warning: <br/> is HTML, which workers would read as it stands; write it in Markdown, or write a template.liquid.html (html-in-markdown)']],
    ['a comment', { 'full.md': 'a\n\n<!-- not yet --> b\n' }, ['full.md:3:1: warning: <!-- not yet --> is HTML, which workers would read as it stands; take it out: Markdown has no comments (html-in-markdown)']],
    ['nothing to see', { 'full.md': '[a]: b\n\n#\n' }, ['full.md:1:1: error: the file shows nothing, and workers would read nothing; write what they are to do, or delete it (empty)']],
    ['links that lead nowhere', { 'full.md': 'a [b](short.md) [c](#d) [e](https://f.example) [g](good.jpg) [h](godo.jpg) [i](geo:48.2,16.4) [j](?k)' }, [
      'full.md:1:7: error: \'short.md\' leads nowhere: workers have this page and its images alone; write a whole address, such as https://example.com/rules, or the file of an example image (dead-link)',
      expect.stringMatching(/^full\.md:1:21: error: '#d' leads nowhere/) as unknown as string,
      expect.stringMatching(/^full\.md:1:66: error: 'godo\.jpg' leads nowhere/) as unknown as string,
    ]],
    ['an empty file', { 'full.md': ' \n', 'short.md': 'x' }, ['full.md:1:1: error: the file is empty, and workers would read nothing; write what they are to do, or delete it (empty)']],
    ['too much', { 'full.md': 'x'.repeat(130_000) }, [expect.stringMatching(/^full\.md:1:1: error: the template has 13\d{4} characters; 128000 are allowed/) as unknown as string]],
  ])('with %s', (_name, files, expected) => {
    expect(compose(files, ['good.jpg', 'bad.jpg']).problems.filter(isOfText)).toEqual(expected);
  });
});

describe('an image by a reference that is defined nowhere', () => {
  const unknown = (place: string, written: string, label: string): string =>
    `full.md:${place}: error: there is no reference '${label}', so workers would read ${written} as it stands; `
    + `add a line [${label}]: good.jpg with the file that is meant; where plain text is meant write \\! (unknown-reference)`;

  test.each<[string, string, string]>([
    ['![Wide][wide]', '3:1', 'wide'], ['![wide][]', '3:1', 'wide'], ['![wide]', '3:1', 'wide'], ['![][wide]', '3:1', 'wide'], ['a (![Wide][the  wide])', '3:4', 'the wide'],
    ['> - one\n>   two ![Wide][wide]', '4:9', 'wide'], ['| a |\n|---|\n| ![Wide][wide] |', '5:3', 'wide'], ['## So ![Wide][wide]', '3:7', 'wide'],
    ['`![Wide][wide]`: ![Wide][wide]', '3:18', 'wide'], ['[![Wide][wide]](https://x.y)', '3:2', 'wide'], ['**![Wide][wide]**', '3:3', 'wide'], ['bad![Wide][wide]', '3:4', 'wide'],
    ['```\n![Wide][wide]\n```\n\n![Wide][wide]', '7:1', 'wide'],
  ])('%j is an error', (written, place, label) => {
    const image = /!\[(Wide|wide|)\](\[[^\[\]]*\])?(?!.*!\[)/.exec(written)![0].replace(/ +/g, ' ');
    expect(compose({ 'full.md': `# Boxes\n\n${written}\n` }).problems).toEqual([unknown(place, image, label)]);
    // once it is defined, nothing is wrong
    expect(compose({ 'full.md': `# Boxes\n\n${written}\n\n[${label}]: wide.jpg\n` }, ['wide.jpg']).problems).toEqual([]);
  });

  test.each([
    '`![Wide][wide]`', '``a ` ![Wide][wide]``', '    ![Wide][wide]', '```\n![Wide][wide]\n```', '\\![Wide][wide]', '!\\[Wide][wide]', '\\!\\[wide\\]',
    'Careful![1] And (so)![see below]', '![ ]', '- [x] done!', 'a [link][nowhere]', '[wide]', '![Wide](wide.jpg "![x][y]")', '![with ![x][y] inside](wide.jpg)', '![open',
  ])('%j is none', (written) => {
    expect(compose({ 'full.md': written }, ['wide.jpg']).problems.filter(isOfText)).toEqual([]);
  });

  test.each([
    ['![Wide][wdie]\n\n[wide]: wide.jpg', 'write [wide] (unknown-reference)'],
    ['![Wide][tall]\n\n[wide]: wide.jpg', 'add a line [tall]: good.jpg with the file that is meant, or write [wide]; where'],
    ['![Wide][wide]\n[wide]: wide.jpg', 'its line [wide]: is none: put an empty line before it'],
    ['![Wide][wide]\n\n[wide]: too wide.jpg', 'and an address with spaces between angle brackets'],
    ['![Wide](too wide.jpg)', '![Wide](too wide.jpg) names no address that Markdown can read, so workers would read it as it stands; put an address with spaces between angle brackets: ![Wide](<too wide.jpg>) (unread-address)'],
    ['![Wide](javascript:x)', 'name a file: ![Wide](<good.jpg>) (unread-address)'],
  ])('%j: the remedy', (written, expected) => {
    expect(compose({ 'full.md': written }, ['wide.jpg']).problems[0]).toContain(expected);
  });
});

describe('a folder', () => {
  const custom: PageTask = { ...TASK, type: 'Custom', labels: [] };
  test.each<[string, { [name: string]: string }, PageTask, string]>([
    ['of nothing', {}, TASK, 'full.md:1:1: error: the folder has nothing for workers to read; write full.md, short.md or both in Markdown, or template.liquid.html, a whole page (no-instructions)'],
    ['of other names', { 'notes.md': 'x', 'index.html': 'x' }, TASK, 'full.md:1:1: error: the folder has notes.md and index.html, which make no page; write full.md, short.md or both in Markdown, or template.liquid.html, a whole page (no-instructions)'],
    ['of a slip', { 'ful.md': 'x' }, TASK, 'full.md:1:1: error: the folder has ful.md, which makes no page; rename ful.md to full.md (no-instructions)'],
    ['of another ending', { 'template.html': 'x' }, TASK, 'full.md:1:1: error: the folder has template.html, which makes no page; rename template.html to template.liquid.html (no-instructions)'],
    ['of a page and texts', { 'template.liquid.html': 'x', 'short.md': 'x' }, TASK, 'short.md:1:1: error: there is a template.liquid.html too, which is the whole page; take one of them out (two-pages)'],
    ['of texts for a custom task', { 'full.md': 'x' }, custom, 'full.md:1:1: error: a custom task has no built-in page to put this into; write a template.liquid.html (no-page)'],
    ['of nothing for a custom task', {}, custom, 'template.liquid.html:1:1: error: the folder has nothing for workers to read; write template.liquid.html (no-instructions)'],
  ])('%s', (_name, files, task, expected) => {
    expect(compose(files, [], task)).toEqual({ template: '', problems: [expected] });
  });

  test('of images alone says so', () => {
    expect(compose({}, ['good.jpg']).problems).toEqual([expect.stringContaining('the folder has images and no text; write full.md')]);
  });

  test('tells of files that workers never see, but not of what every repository has', () => {
    const problems = (files: { [name: string]: string }, images: string[] = []): string[] => compose({ 'short.md': 'x', 'README.md': 'x', 'LICENSE.txt': 'x', ...files }, images).problems;
    expect(problems({ 'ful.md': 'x', 'Template.HTML': 'x', 'old.md': 'x' }, ['good.jpg', 'more/good.WebP', 'notes.txt'])).toEqual([
      'ful.md:1:1: warning: workers never see this file; did you mean full.md? (unused-file)',
      'Template.HTML:1:1: warning: workers never see this file; did you mean template.liquid.html? (unused-file)',
      'old.md:1:1: warning: workers never see this file; only full.md, short.md and template.liquid.html are read: put it into a folder beside this one (unused-file)',
      'images/notes.txt:1:1: warning: its name is not that of an image, so workers never see it; JPEG, PNG, WebP, AVIF, GIF and TIFF are taken: take it out of images/, or give it its ending (unused-file)',
      'images/good.jpg:1:1: warning: no text shows this image, so workers never see it; show it, as ![...](<good.jpg>) does, or take it out (unused-image)',
      'images/more/good.WebP:1:1: warning: no text shows this image, so workers never see it; show it, as ![...](<more/good.WebP>) does, or take it out (unused-image)',
    ]);
    expect(problems({})).toEqual([]);
    expect(problems({ 'short.md': '![n](notes.txt)' }, ['notes.txt'])).toEqual([
      expect.stringMatching(/^short\.md:1:6: error: there is no example image 'notes\.txt'/), expect.stringMatching(/^images\/notes\.txt:1:1: warning: /),
    ]);
    expect(compose({ 'template.liquid.html': '<p>x</p>', 'old.md': 'x' }).problems.at(-1)).toMatch(/^old\.md:1:1: warning: /);
  });

  test('tells of images that no text shows, once nothing else is wrong', () => {
    const page = '<script src="https://assets.crowd.aws/crowd-html-elements.js"></script><crowd-form><crowd-input name="a"></crowd-input>'
      + '{% for name in task.input.names %}{% capture file %}{{ name }}.jpg{% endcapture %}{{ file | grant_read_access }}{% endfor %}<a href="linked.jpg">a</a></crowd-form>';
    expect(compose({ 'template.liquid.html': page }, ['good.jpg', 'linked.jpg'], custom).problems).toEqual([
      'images/good.jpg:1:1: warning: no text shows this image, so workers never see it; show it, as <img src="good.jpg"> does, or take it out (unused-image)',
    ]);
    expect(compose({ 'full.md': '![a](godo.jpg)' }, ['good.jpg']).problems).toHaveLength(1);
    expect(compose({ 'full.md': '![a](good.jpg)', 'short.md': '[b](more.jpg)' }, ['good.jpg', 'more.jpg']).problems).toEqual([]);
  });

  test('of a page of one\'s own is checked in its own lines', () => {
    expect(compose({ 'template.liquid.html': '<crowd-form>\n</crowd-form>' }).problems).toEqual([
      expect.stringMatching(/^template\.liquid\.html:1:1: error: .*\(missing-script\)/), expect.stringMatching(/^template\.liquid\.html:1:1: error: .*\(missing-task-element\)/),
    ]);
  });
});
