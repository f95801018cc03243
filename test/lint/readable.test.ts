import { PageTask } from '../../src/contract/worker-template';
import { readableInstructions, readableParts } from '../../src/lint/readable';

const TASK: PageTask = {
  type: 'BoundingBox', title: 'Parts', description: 'Draw <all> & "each"', labels: [{ name: 'screw', description: 'With a thread' }, { name: 'nut' }],
};
const ADDRESSES = { 'good.jpg': '/images/h/good.jpg' };

const ofFolder = (files: { readonly [name: string]: string }, task: PageTask = TASK) =>
  readableInstructions({ files, images: ['good.jpg'] }, task, ADDRESSES);
const within = (html: string): string => readableParts(`<full-instructions>${html}</full-instructions>`, new Set(['/images/h/good.jpg']))[0].html;
const own = (instructions: string, element = 'crowd-bounding-box'): string => '<script src="https://assets.crowd.aws/crowd-html-elements.js"></script>'
  + `<crowd-form><${element} name="boundingBox" src="{{ task.input.taskObject | grant_read_access }}" header="h" `
  + `labels="{{ task.input.labels | to_json | escape }}">${instructions}</${element}></crowd-form>`;

describe('a folder', () => {
  test('of Markdown gives its texts, with images under their addresses and headings below the title of the page', () => {
    expect(ofFolder({ 'full.md': '# Boxes\n\n![Good "one"](good.jpg)\n\n| a |\n|--:|\n| b |', 'short.md': 'A {{ b }} <i>c</i>' })).toEqual([
      {
        region: 'full-instructions', header: 'Parts',
        html: expect.stringMatching(/^<h2>Boxes<\/h2>\s+<p><img src="\/images\/h\/good\.jpg" alt="Good &quot;one&quot;"><\/p>\s+<table>[^]*<td>b<\/td>[^]*<\/table>$/),
      },
      { region: 'short-instructions', html: '<p>A {{ b }} &lt;i&gt;c&lt;/i&gt;</p>' },
    ]);
  });

  test('says nothing again that the page says by itself: the description, and what labels mean', () => {
    expect(ofFolder({ 'short.md': 'Short' })).toEqual([{ region: 'short-instructions', html: '<p>Short</p>' }]);
    expect(ofFolder({ 'full.md': 'Full' }).map(({ html }) => html)).toEqual(['<p>Full</p>']);
  });

  test('with a page of its own gives what stands in its regions, with Liquid done', () => {
    const parts = ofFolder({
      'template.liquid.html': own('<full-instructions header="How to">See <img src="good.jpg" alt="x"> {% comment %}no{% endcomment %}'
        + '{% for label in task.input.labels %}<li>{{ label }}{% endfor %}</full-instructions>'
        + "<short-instructions>{{ task.input.taskObject }}<img src=\"{{ 'good.jpg' | grant_read_access }}\"></short-instructions>"),
    });
    expect(parts).toEqual([
      { region: 'full-instructions', header: 'How to', html: 'See <img src="/images/h/good.jpg" alt="x"> <li>screw</li><li>nut</li>' },
      { region: 'short-instructions', html: '<img src="/images/h/good.jpg" alt="">' },
    ]);
  });

  test('of a custom task gives its summary and its examples, and nothing of the work', () => {
    const template = '<script src="https://assets.crowd.aws/crowd-html-elements.js"></script><crowd-form><crowd-instructions link-text="View">'
      + '<short-summary>Sum</short-summary><positive-example>Yes</positive-example><negative-example>No</negative-example></crowd-instructions>'
      + '<p>{{ task.input.secret }} Work</p><crowd-input name="a"></crowd-input></crowd-form>';
    expect(ofFolder({ 'template.liquid.html': template }, { ...TASK, type: 'Custom', labels: [] })).toEqual([
      { region: 'short-summary', html: 'Sum' }, { region: 'positive-example', html: 'Yes' }, { region: 'negative-example', html: 'No' },
    ]);
  });

  test('without any such region gives nothing', () => {
    expect(ofFolder({ 'template.liquid.html': own('') })).toEqual([]);
  });
});

test.each([
  ['<h1>a</h1><h2>b</h2><h1>c</h1>', '<h2>a</h2><h3>b</h3><h2>c</h2>'],
  ['<h3>a</h3><h6>b</h6><h4>c</h4><h1>d</h1><h2>e</h2>', '<h2>a</h2><h3>b</h3><h3>c</h3><h2>d</h2><h3>e</h3>'],
])('headings begin below the title of the page and leave no level out: %s', (html, expected) => {
  expect(within(html)).toBe(expected);
});

describe('hostile HTML', () => {
  test.each<[string, string, string]>([
    ['a script', 'a<script>alert(1)</script>b', 'ab'],
    ['a script in capitals, never closed', 'a<SCRIPT>alert(1)', 'a'],
    ['a script within a script', 'a<script><!--<script></script>--></script>b', 'ab'],
    ['a handler', '<p onclick="alert(1)" style="color:red" class="x" id="y">a</p>', '<p>a</p>'],
    ['an image from elsewhere', '<img src="https://evil.example/x.png" alt="a<b" onerror="alert(1)">', 'a&lt;b'],
    ['an image of data', '<img src="data:image/svg+xml,<svg onload=alert(1)>">', ''],
    ['a link that runs', '<a href="javascript:alert(1)">a</a><a href=" JaVaScRiPt:alert(1)">b</a>', '<a>a</a><a>b</a>'],
    ['a link with an entity', '<a href="java&#115;cript:alert(1)">a</a>', '<a>a</a>'],
    ['a link', '<a href="https://a.example/?a&amp;b" target="_blank" onclick="x">a</a>', '<a href="https://a.example/?a&amp;b" rel="noopener noreferrer">a</a>'],
    ['a drawing', 'a<svg><script>alert(1)</script><a href="javascript:x">b</a></svg>c<svg/>d', 'acd'],
    ['a drawing with elements that are empty, or have CDATA', 'a<svg><style/><title/><style><![CDATA[b > c {}]]></style></svg>d<svg><script/></svg>e', 'ade'],
    ['text as it is written', '<xmp><b>a</b></xmp>c', '&lt;b&gt;a&lt;/b&gt;c'],
    ['a frame', 'a<iframe srcdoc="<script>x</script>"><p>b</p></iframe>c', 'ac'],
    ['a form', '<form action="https://evil.example"><input name="a"><button>b</button>c</form>', '<div>c</div>'],
    ['a style', '<style>body{display:none}</style>a', 'a'],
    ['a noscript', '<noscript><p title="</noscript><img src=x onerror=alert(1)>">a</noscript>b', '&quot;&gt;ab'],
    ['a base, a refresh and a link to a style', '<base href="//evil"><meta http-equiv="refresh" content="0"><link rel="stylesheet" href="//evil">a', 'a'],
    ['a template', '<template><img src=x onerror=alert(1)></template>a', 'a'],
    ['text that looks like a tag', '&lt;script&gt;alert(1)&lt;/script&gt;', '&lt;script&gt;alert(1)&lt;/script&gt;'],
    ['an attribute that leaves its quotes', '<td colspan=\'2"><script>alert(1)</script>\'>a</td>', '<td colspan="2&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;">a</td>'],
    ['elements of nobody', '<x-y>a</x-y><crowd-card>b</crowd-card>', 'ab'],
    ['what is not closed', '<ul><li>a<li><b>c', '<ul><li>a</li><li><b>c</b></li></ul>'],
    ['what was never opened', 'a</div></p></ul></section>b', 'ab'],
    ['an end of the page', 'a</body></html><p>b</p>', 'a<p>b</p>'],
    ['a comment', 'a<!-- <script> -->b', 'ab'],
  ])('%s', (_name, html, expected) => {
    expect(within(html)).toBe(expected);
  });

  test('nested a hundred thousand times is read all the same', () => {
    const html = within('<div>'.repeat(100_000));
    expect(html).toBe('<div>'.repeat(100_000) + '</div>'.repeat(100_000));
  });

  test('every element that is opened is closed, whatever is written', () => {
    const pieces = ['<p>', '</p>', '<ul>', '<li>', '</ul>', '<b>', '</b>', '<script>', '</script>', '<svg>', '</svg>', '<table>', '<td>', 'x', '</section>', '<section>', '<h1>', '</h1>'];
    let seed = 7;
    const next = (below: number): number => (seed = (seed * 48271) % 2147483647) % below;
    for (let round = 0; round < 2_000; round += 1) {
      const html = within(Array.from({ length: 14 }, () => pieces[next(pieces.length)]).join(''));
      const open: string[] = [];
      for (const [, end, name] of html.matchAll(/<(\/?)([a-z0-9]+)[^>]*>/g)) {
        if (end) {
          expect(open.pop()).toBe(name);
        } else {
          open.push(name);
        }
      }
      expect(open).toEqual([]);
      expect(html).not.toMatch(/<(script|svg|section)/);
    }
  });
});
