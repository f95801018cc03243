import { createRequire } from 'node:module';
import * as fc from 'fast-check';
import { parseFragment, serialize } from 'parse5';
import { BASE, CORPUS, INSTRUCTIONS, SCRIPT, boxes } from './corpus';
import { PageTask, workerTemplate } from '../../src/contract/worker-template';
import { bindImages, formatProblem, lintContext, lintTemplate, renderInstructions, renderPage } from '../../src/lint';
import contract from '../../src/local/synthesis';

/** How aws-cdk-lib writes what is known only at deploy time. */
const LATE = '${Token[TOKEN.16]}';

describe('a broken template', () => {
  test('of the corpus stands for itself', () => {
    expect(CORPUS.length).toBeGreaterThanOrEqual(40);
    expect(new Set(CORPUS.map(({ template, context }) => JSON.stringify([template, context]))).size).toBe(CORPUS.length);
    expect(CORPUS.filter(({ expected }) => expected.length === 0)).toEqual([]);
  });

  test.each(CORPUS.map((each) => [each.name, each] as const))('%s', (_name, { template, expected, context }) => {
    expect(lintTemplate(template, context).map((problem) => formatProblem('t', problem).slice(2))).toEqual(expected);
  });
});

const KIND = 'task.input.manifestLine.kind';
const ROWS = '{% assign column = forloop.index0 | modulo: 2 %}{% if column == 0 %}<div>{% endif %}<p>x</p>';

/** What one turn of a loop opens and another closes. */
const LOOPED: readonly [string, string][] = [
  ['the last item has no line below it', '{% for label in task.input.labels %}{% if forloop.first %}<ul>{% endif %}<li>{{ label }}</li>'
    + '{% unless forloop.last %}<hr>{% endunless %}{% if forloop.last %}</ul>{% endif %}{% endfor %}'],
  ['a line below each item, or the end', '{% for label in task.input.labels %}{% if forloop.first %}<ul>{% endif %}<li>{{ label }}</li>'
    + '{% unless forloop.last %}<hr>{% else %}</ul>{% endunless %}{% endfor %}'],
  ['rows with something between the columns', `{% for label in task.input.labels %}${ROWS}{% if column != 1 %}<i>|</i>{% endif %}{% if column == 1 %}</div>{% endif %}{% endfor %}`],
  ['rows of which the last may have less', `{% for label in task.input.labels %}${ROWS}{% if column == 1 %}</div>{% elsif forloop.last %}</div>{% endif %}{% endfor %}`],
  ['rows of a list of any length', `{% for each in task.input.manifestLine.list %}${ROWS}{% if column == 1 or forloop.last %}</div>{% endif %}{% endfor %}`],
  ['a begin for each turn, and as many ends', '{% for i in (1..3) %}<div>{% endfor %}x</div></div></div>'],
  ['rows of five, which these labels do not fill', '{% for label in task.input.labels %}{% assign column = forloop.index0 | modulo: 5 %}{% if column == 0 %}<div>{% endif %}'
    + '<p>x</p>{% if column == 4 or forloop.last %}</div>{% endif %}{% endfor %}'],
];

/** Conditions that are another one in other words, or its contrary. */
const EXCLUDED: readonly [string, string][] = [
  ['two values', `<div {% if ${KIND} == 'a' %}class="a"{% endif %} {% if ${KIND} == 'b' %}class="b"{% endif %}>x</div>`],
  ['sizes', '<div {% if task.input.labels.size == 1 %}class="a"{% endif %} {% if task.input.labels.size == 2 %}class="b"{% endif %} '
    + '{% if task.input.labels.size > 2 %}class="c"{% endif %}>x</div>'],
  ['something and nil', `<div {% if ${KIND} %}class="a"{% endif %} {% if ${KIND} == nil %}class="b"{% endif %}>x</div>`],
  ['true and false', `<div {% if ${KIND} == true %}class="a"{% endif %} {% if ${KIND} == false %}class="b"{% endif %}>x</div>`],
  ['two values, of which each opens and closes something', `{% if ${KIND} == 'a' %}<div>{% endif %}{% if ${KIND} == 'b' %}<section>{% endif %}x`
    + `{% if ${KIND} == 'a' %}</div>{% endif %}{% if ${KIND} == 'b' %}</section>{% endif %}`],
  ['a value of a case and of an if', `{% case ${KIND} %}{% when 'a', 'b' %}<div>{% when 'c' %}<p>c</p>{% endcase %}{% if ${KIND} == 'a' or ${KIND} == 'b' %}</div>{% endif %}`],
  ['another name for a value', `{% assign kind = ${KIND} %}{% if ${KIND} == 'a' %}<div>{% endif %}x{% unless kind != 'a' %}</div>{% endunless %}`],
  ['what a filter makes', `{% assign kind = ${KIND} | downcase %}<div {% if kind == 'a' %}class="a"{% endif %} {% if kind == 'b' %}class="b"{% endif %}>x</div>`],
  ['a flag', `{% assign open = false %}{% if ${KIND} %}<div>{% assign open = true %}{% endif %}{% if open == false %}<p>no</p>{% endif %}x{% if open %}</div>{% endif %}`],
  ['something in nothing', `{% if ${KIND} %}<div>{% endif %}{% if ${KIND}.name %}<b>x</b></div>{% elsif ${KIND} %}</div>{% endif %}`],
  ['nothing in a list', '{% if task.input.manifestLine.a != empty %}<ul>{% else %}<p>{% endif %}x{% if task.input.manifestLine.a == empty %}</p>{% else %}</ul>{% endif %}'],
  ['a branch that is seen only with another', `{% if ${KIND} == 'a' %}A{% endif %}{% if ${KIND} == 'a' %}{% if task.input.labels %}<b>{% else %}<i>{% endif %}{% endif %}x`
    + `{% if ${KIND} == 'a' %}{% if task.input.labels %}</b>{% else %}</i>{% endif %}{% endif %}`],
];

describe('nothing is wrong with', () => {
  const FULL = '    <full-instructions header="Boxes"><p>Tight.</p></full-instructions>';
  test.each([
    ['a plain page', BASE],
    ['windows line ends', BASE.replaceAll('\n', '\r\n')],
    ['an element that is opened in each branch', BASE.replace(FULL,
      '<full-instructions>{% if task.input.labels.size > 1 %}<div class="many">{% elsif task.input.labels %}<div>{% else %}<div class="none">{% endif %}x</div></full-instructions>')],
    ['a case', BASE.replace(FULL,
      '<full-instructions>{% case task.input.labels.size %} <b>never shown {% when 1 %}<b>one</b>{% when 2 %}<i>two</i>{% endcase %}</full-instructions>')],
    ['a loop with an else', BASE.replace(FULL,
      '<full-instructions>{% for label in task.input.labels %}<p>{{ forloop.index }} {{ label | escape }}</p>{% else %}none{% endfor %}</full-instructions>')],
    ['Liquid in a comment and in raw', BASE.replace(FULL,
      '<full-instructions>{% comment %}{{ nobody.knows | this }} <b>{% endcomment %}{% raw %}{{ shown }}{% endraw %}</full-instructions>')],
    ['earlier labels', BASE.replace(' header="Draw a box"', ' header="Draw a box" initial-value="[{% for box in task.input.manifestLine.boxes.annotations %}'
      + '{% capture id %}{{ box.class_id }}{% endcapture %}{% assign label = task.input.manifestLine.boxes-metadata.class-map[id] %}'
      + '{ label: {{ label | to_json }}, left: {{ box.left }} },{% endfor %}]"')],
    ['paragraphs and items that HTML lets one leave open', BASE.replace(FULL, '<full-instructions><ul><li>one<li>two</ul><p>a<p>b</full-instructions>')],
    ['a page with scripts and styles', `${BASE}<style>a > b { color: red }</style><script>if (1 < 2) { document.write('<crowd-nothing>'); }</script>`],
    ['a drawing', BASE.replace(FULL, '<full-instructions><svg viewBox="0 0 1 1"><linearGradient/><path d="M0 0"/></svg></full-instructions>')],
    ['entities, void elements and global attributes', BASE.replace(FULL,
      '<full-instructions id="f" class="c" data-x="1" aria-label="x" onclick="f()"><br/>&nbsp;&copy; a &lt; b<hr></full-instructions>')],
    ['labels that are written into the page', BASE.replace('{{ task.input.labels | to_json | escape }}', '[&quot;screw&quot;, \'nut\',]')],
    ['an element that is opened in one if and closed in another, with a choice between and within', BASE.replace(FULL,
      '<full-instructions>{% if task.input.labels.size > 1 %}<div>{% if task.input.labels[0] == "a" %}<b>a</b>{% endif %}{% endif %}x{% if task.input.labels.size > 1 %}</div>{% endif %}</full-instructions>')],
    ['an if and the unless that goes with it', BASE.replace(FULL,
      '<full-instructions>{% if task.input.labels %}<div>{% endif %}{% unless task.input.labels %}<div class="none">{% endunless %}x</div></full-instructions>')],
    ['an attribute with a value where there is one', BASE.replace(' header="Draw a box"', ' header="{% if task.input.labels %}Draw{% endif %}" initial-value="{% if task.input.manifestLine.a %}[]{% endif %}"')],
    ['a condition in a comment', BASE.replace(FULL, '<full-instructions>{% comment %}{% if x %}{% endcomment %}{% if task.input.labels %}a{% endif %}</full-instructions>')],
    ...[['>', '<='], ['<', '>='], ['>=', '<'], ['==', '!=']].map(([one, other]): [string, string] => [`two ifs of which one holds: ${one} and ${other}`, BASE.replace(FULL,
      `<full-instructions>{% if task.input.labels.size ${one} 2 %}<div>{% endif %}{% if task.input.labels.size ${other} 2 %}<div class="few">{% endif %}x</div></full-instructions>`)]),
    ['two ifs of which one holds, the other way around', BASE.replace(FULL,
      '<full-instructions>{% if 2 < task.input.labels.size %}<div>{% endif %}{% if task.input.labels.size <= 2 %}<div class="few">{% endif %}x</div></full-instructions>')],
    ['addresses with commas, of which a browser chooses one', BASE.replace(FULL, '<full-instructions><img src="https://a.example/w_1,h_2/a.png" srcset="'
      + 'https://a.example/w_1,h_2/a.png 1x,https://a.example/w_2,h_4/a.png 2x, data:image/png;base64,AA== 3x,https://a.example/b.png, //a.example/c,d.png"></full-instructions>')],
    ['links to apps, and with a question', BASE.replace(FULL,
      '<full-instructions><a href="geo:48.2,16.4">a</a><a href="sip:a@b.example">b</a><a href="SKYPE:a?call">c</a><a href="web+app:x">d</a><a href="?x=1">e</a></full-instructions>')],
    ['raw text for a script', BASE.replace(FULL, '<full-instructions>{% raw %}<img src="{{ item.url }}"><a href="{{ item.link }}">{{ item }}</a>{% endraw %}</full-instructions>')],
    ['images in a comment', BASE.replace(FULL, "<full-instructions>{% comment %}<img src=\"{{ 'old.jpg' | grant_read_access }}\">"
      + "{% assign x = 'nope.jpg' | grant_read_access %}<img src=\"nope.jpg\">{% endcomment %}x</full-instructions>")],
    ['a loop that goes on where another ended', BASE.replace(FULL, '<full-instructions>{% for x in task.input.labels limit:1 %}{{ x }}{% endfor %}'
      + '{% for x in task.input.labels offset:continue %}{{ x }}{% endfor %}{% for x in task.input.labels limit: 1 offset: continue %}{{ x }}{% endfor %}</full-instructions>')],
    ['a cycle that counts under a name of its own', BASE.replace(FULL,
      '<full-instructions>{% for x in task.input.labels %}{% cycle rows: "odd", "even" %}{% endfor %}{% liquid\n cycle rows : "a", "b"\n %}</full-instructions>')],
    ...([
      ['what is never read where scripts run, and elements of a drawing that HTML has too', '<noscript><div></noscript><svg><source></source><link/></svg>'],
      ['CDATA in a drawing and in a formula', '<svg><style><![CDATA[ a > b {} </svg> ]]></style><title><![CDATA[a<b]]></title></svg><math><ms><![CDATA[x<y]]></ms></math>'],
      ['HTML in a drawing, with a script and CDATA behind it', '<svg><g><foreignObject><div><script>if (1 <b) {}</script><style>a<b</style><br></div></foreignObject><text><![CDATA[<i>]]></text></g></svg>'],
      ['HTML in a formula', '<math><annotation-xml encoding="text/html"><p>x<textarea><b></textarea></annotation-xml><annotation-xml><![CDATA[<i>]]></annotation-xml></math>'],
      ['characters as Word writes them', 'a&#150;b&#146;s&#1; R&#D &#x; AT&T'],
      ['comments that browsers end', '<!-- x --!>y<!-- <!-- --><!-->'],
      ['slashes that browsers leave out', '<br/ ><input type="checkbox" / ><b/ class="x">y</b/><img src="https://a.example/x.png" /alt="x">'],
      ['values without quotation marks', '<a href=https://x.example?a=b&c=d>x</a><b data-a=["x"] data-b={\'y\':1} onclick=a("x") title=a`b>y</b>'],
      ['a < that is text', '<p>IoU < 0.5, a<5, 3 <= 4, <- b, a < b, c < img and < input, <>'],
      ['elements out of use, and some that are rare', '<nobr>a</nobr><acronym title="x">A</acronym><dir><li>x</dir><marquee>x</marquee><noframes>x<b></noframes>'
        + '<noembed><b></noembed><xmp>a<b></xmp><listing>y</listing><ruby><rb>x<rtc><rt>y</ruby><select><button><selectedcontent></selectedcontent></button><option>a</select>'],
      ['elements whose names Liquid prints', '{% assign el = "h2" %}<{{ el }} class="x">y</{{ el }}><h{{ el.size }}>x</h{{el.size}}>'],
      ['attributes that Liquid prints as a whole', '<i {{ task.input.manifestLine.a }} {{ task.input.manifestLine.b }} data-{{ task.input.labels[0] }}="1" data-{{ task.input.labels[1] }}="2">x</i>'
        + '<img {{ task.input.manifestLine.c }}>'],
      ['images of which browsers choose one', '<img srcset="https://a.example/x.png 1x"><picture><source srcset="https://a.example/x.webp"><img alt="x"></picture>'],
    ] as const).map(([name, full]): [string, string] => [name, BASE.replace(FULL, () => `<full-instructions>${full}</full-instructions>`)]),
    ['end tags without their start tags, which HTML lets one leave out', `<!DOCTYPEhtml>\n<title>x</title></head>\n${BASE}</body></html>`],
    ...['src=" https://assets.crowd.aws/crowd-html-elements.js\n"', 'src="//assets.crowd.aws/crowd-html-elements.js"', 'src=HTTPS://Assets.Crowd.AWS/crowd-html-elements.js?v=1']
      .map((src): [string, string] => [`a script with ${JSON.stringify(src)}`, BASE.replace(/src="https[^"]*"/, src)]),
    ['an image from elsewhere', BASE.replace(FULL, '<full-instructions><img src="https://example.com/a.png"><img src="data:image/png;base64,AA=="></full-instructions>')],
    ...LOOPED.map(([name, text]): [string, string] => [`a list: ${name}`, BASE.replace(FULL, () => `<full-instructions>${text}</full-instructions>`)]),
    ...EXCLUDED.map(([name, text]): [string, string] => [`what excludes itself: ${name}`, BASE.replace(FULL, () => `<full-instructions>${text}</full-instructions>`)]),
    ['attributes that Liquid prints', BASE.replace(FULL,
      '<full-instructions><input type="checkbox" {{ task.input.manifestLine.a }} {{ task.input.manifestLine.b }}></full-instructions>')],
    ['a part of the form that is captured before it', `{% capture part %}<crowd-input name="a"></crowd-input>{% endcapture %}\n${
      BASE.replace('</crowd-form>', '{{ part | skip_autoescape }}</crowd-form>')}`],
    ['an end tag that is captured', BASE.replace(FULL,
      '<full-instructions>{% capture end %}</div>{% endcapture %}<div>x{{ end | skip_autoescape }}</full-instructions>')],
    ['a task that is captured as a whole', `{% capture page %}${BASE}{% endcapture %}{{ page | skip_autoescape }}`],
  ])('%s', (_name, template) => {
    expect(lintTemplate(template, boxes()).map((problem) => formatProblem('t', problem))).toEqual([]);
  });

  test.each<[string, string]>([
    ['that leaves them out by itself', "[{% for label in task.input.labels %}{% unless label == 'old' %}'{{ label }}',{% endunless %}{% endfor %}]"],
    ['that has them in branches', "{% if task.input.manifestLine.left %}['screw']{% else %}['nut']{% endif %}"],
  ])('a list of labels of which some are retired, %s', (_name, labels) => {
    const task = { type: 'BoundingBox', title: 't', description: 'd', labels: [{ name: 'screw' }, { name: 'old', retired: true }, { name: 'nut' }] } as const;
    expect(lintTemplate(BASE.replace('{{ task.input.labels | to_json | escape }}', labels), lintContext(task, []))).toEqual([]);
  });

  test.each([
    '"{{ task.input.labels | to_json }}"', "'{{ task.input.labels | to_json | skip_autoescape }}'", '{{ task.input.labels | to_json | escape }}',
    '"{% assign all = task.input.labels | to_json %}{{ all }}"', '"{% echo task.input.labels | to_json %}"', '"[\'{{ task.input.labels | join: "\',\'" }}\']"',
    '"[{% for label in task.input.labels %}\'{{ label }}\',{% endfor %}]"', '"[{% for label in task.input.labels %}{{ label | to_json }}{% unless forloop.last %},{% endunless %}{% endfor %}]"',
    '"[{% for label in task.input.manifestLine.classes %}\'{{ label }}\',{% endfor %}]"', '"{{ task.input.manifestLine.classes | to_json }}"',
    '"[{% if task.input.manifestLine.kind == 1 %}\'screw\',\'nut\'{% elsif task.input.manifestLine.kind == 2 %}\'nut\',\'screw\'{% endif %}]"',
    '"{% if task.input.manifestLine.kind == 1 %}{{ task.input.labels | to_json }}{% elsif task.input.manifestLine.kind == 2 %}{{ task.input.labels | to_json }}{% endif %}"',
  ])('labels that Liquid makes: %s', (labels) => {
    expect(lintTemplate(BASE.replace('"{{ task.input.labels | to_json | escape }}"', () => labels), boxes())).toEqual([]);
  });

  test('labels of any characters', () => {
    const context = boxes({ task: { labels: [{ name: "it's" }, { name: 'a "b"\\c' }, { name: 'é😀\tx' }, { name: '<b>&amp;{{ x }}' }] } });
    expect(lintTemplate(BASE, context)).toEqual([]);
    expect(lintTemplate(BASE.replace(' | to_json | escape', ' | to_json'), context)).toEqual([]);
    expect(lintTemplate(BASE.replace('{{ task.input.labels', '{% assign all = task.input.labels %}{{ all'), context)).toEqual([]);
  });

  test.each([
    "<img src=\"{{ task.input.manifestLine.base | append: 'good.jpg' | grant_read_access }}\"><img src=\"{{ task.input.manifestLine.url }}\">",
    '{% capture a %}{{ task.input.manifestLine.folder }}/mask.png{% endcapture %}<img src="{{ a | grant_read_access }}">',
    '<img src="{{ task.input.taskObject | split: \'.\' | first | append: \'.mask.png\' | grant_read_access }}">',
    '<img src="{{ task.input.taskObject | replace: \'s3://bucket/\', \'https://a.example/\' }}">',
    '{% assign a = task.input.taskObject | replace: "s3://bucket/", "https://a.example/" %}<img src="{{ a }}"><style>.a { background: url({{ a }}) }</style>',
    '<a href="https://a.example/?image={{ task.input.taskObject }}">a</a><img src="https://a.example/{{ task.input.labels[0] }}.png">',
    '<img alt="{{ task.input.taskObject }}" src="good.jpg">{{ task.input.taskObject }}<p>the src = {{ task.input.taskObject }}</p>',
    '{% for mask in task.input.manifestLine.masks %}<img src="{{ mask.uri | grant_read_access }}"><a href="{{ mask.link }}">x</a>{% endfor %}',
    '<style>/* url(god.jpg) */ .a { background: url({{ task.input.taskObject | grant_read_access }}), url(https://a.example/b.png), url(#c) }</style><!-- <style>.a { background: url(good.jpg) }</style> -->',
    '<img src="{% if task.input.manifestLine.x %}good.jpg{% else %}images/good.jpg{% endif %}"><a href="#{{ task.input.labels[0] }}">a</a>',
    "{% case task.input.manifestLine.kind %}{% when 1 %}{% assign base = 's3://a/' %}{% when 2 %}{% assign base = 's3://b/' %}{% endcase %}{{ base | append: 'god.jpg' | grant_read_access }}",
    "{% if task.input.manifestLine.kind == 1 %}{% assign base = 'https://a.example/' %}{% endif %}<img src=\"{{ base }}god.jpg\">{% assign a = base | append: 'god.jpg' %}<img src=\"{{ a }}\">",
    '<style>@import url("https://a.example/b.css"); .a::before { content: "url(b)" } .b { background: url(data:image/png;base64,AA==) }</style>',
    "{% assign a = 'good.jpg' | grant_read_access %}<img src=\"{{ a }}\"><img srcset=\"{{ 'good.jpg' | grant_read_access }} 2x\" src='{{ \"good.jpg\" | grant_read_access }}'>",
  ])('addresses that Liquid makes: %s', (text) => {
    expect(lintTemplate(BASE.replace(FULL, () => `<full-instructions>${text}</full-instructions>`), boxes({ images: ['good.jpg'] }))).toEqual([]);
  });

  test('addresses of a task of one\'s own, which may bring anything', () => {
    const text = '{% for each in task.input.images %}<img src="{{ each.uri | grant_read_access }}"><img src="{{ each }}">{% endfor %}<img src="{{ task.input.url }}">';
    expect(lintTemplate(BASE.replace(FULL, () => `<full-instructions>${text}</full-instructions>`), { images: [] })).toEqual([]);
  });

  const ADJUSTMENT = {
    type: 'AdjustmentBoundingBox', title: 't', description: 'd', labels: [{ name: 'screw' }, { name: 'nut' }], earlierLabelAttribute: 'boxes',
  } as const;
  const adjusting = (task: PageTask, change: (page: string) => string): string[] => {
    const page = workerTemplate(task);
    expect(change(page)).not.toBe(page);
    return lintTemplate(change(page), lintContext(task, [])).map((problem) => formatProblem('t', problem));
  };

  test.each(['AdjustmentBoundingBox', 'VerificationBoundingBox', 'AdjustmentSemanticSegmentation', 'VerificationSemanticSegmentation'] as const)(
    'is shown where an image brings one along: %s', (type) => {
      const context = lintContext({ ...ADJUSTMENT, type, earlierLabels: ['moth'] }, []);
      const { element, elementName, labelsAttribute, labelsText, earlier } = context.task!;
      const tool = (more: string): string => `<${element} name="${elementName}" src="{{ task.input.taskObject | grant_read_access }}" header="h" `
        + `${labelsAttribute}="${labelsText}" ${more}>${INSTRUCTIONS}</${element}>`;
      const lint = (body: string): readonly string[] => lintTemplate(`${SCRIPT}<crowd-form>${body}</crowd-form>`, context).map((problem) => formatProblem('t', problem));
      const [name] = Object.keys(earlier!.samples[0]);
      for (const condition of [`task.input.manifestLine.${name}`, `task.input.manifestLine.${name}-metadata`, `task.input.manifestLine.${name} != nil`]) {
        expect(lint(tool(`{% if ${condition} %}${earlier!.text}{% endif %}`))).toEqual([]);
        expect(lint(`{% if ${condition} %}${tool(earlier!.text)}{% else %}${tool('')}{% endif %}`)).toEqual([]);
      }
      expect(lint(tool(`{% if task.input.manifestLine.other %}${earlier!.text}{% endif %}`))).toEqual([expect.stringContaining(`error: <${element}> has no ${earlier!.attribute}`)]);
    });

  test.each([
    'box.class_id == 1', 'box.class_id == 0', 'box.width > 10', 'box.left > 3000 and box.height > 300', 'box.width <= 2',
    "task.input.manifestLine.boxes-metadata.class-map['1'] == 'nut' and box.class_id == 1", 'task.input.manifestLine.boxes.image_size[0].width > 100',
    'task.input.manifestLine.boxes.annotations.size == 1', 'task.input.manifestLine.boxes.annotations.size == 1 and box.class_id == 1',
    'box.width > 50 and box.width < 500', "task.input.manifestLine.boxes-metadata.human-annotated == 'no'",
  ])('an adjustment of some of the labels: %s', (condition) => {
    expect(adjusting(ADJUSTMENT, (page) => page.replace('{% capture', `{% if ${condition} %}{% capture`).replace('{% endunless %}', '{% endunless %}{% endif %}'))).toEqual([]);
  });

  test.each<[string, Partial<PageTask>, (page: string) => string]>([
    ['a label', { labels: [{ name: LATE }, { name: 'foam' }] }, (page) => page.replace('{{ task.input.labels | to_json | escape }}', "['bubble','foam']")],
    ['a label, in a list of others', { labels: [{ name: LATE }, { name: 'foam' }] }, (page) => page.replace('{{ task.input.labels | to_json | escape }}', "['bubble']")],
    ['what the earlier label is called', { earlierLabelAttribute: LATE }, (page) => page.replaceAll(`['${LATE}']`, '.boxes').replaceAll(`['${LATE}-metadata']`, '.boxes-metadata')],
    ['a label, and what is adjusted', { labels: [{ name: LATE }, { name: 'foam' }] }, (page) => page.replace('{% capture', "{% if task.input.manifestLine.boxes-metadata.class-map['0'] == 'bubble' %}{% capture").replace('{% endunless %}', '{% endunless %}{% endif %}')],
  ])('a page where it is known only at deploy time: %s', (_name, change, own) => {
    expect(adjusting({ ...ADJUSTMENT, ...change }, own)).toEqual([]);
  });

  test('images that exist, by path or by name', () => {
    const template = BASE.replace(FULL, '<full-instructions><img src="good.jpg"><img src="./images/good.jpg">'
      + "<img src=\"{{ 'a/b c.png' | grant_read_access }}\"><img src='images/a/b%20c.png'></full-instructions>");
    expect(lintTemplate(template, boxes({ images: ['good.jpg', 'a/b c.png'] }))).toEqual([]);
  });
});

describe('whatever a template says', () => {
  test('what a browser makes of it and writes down is balanced, and no syntax of it broken', () => {
    const named = (names: string): string[] => names.split(' ').flatMap((name) => [`<${name}>`, `<${name}>`, `</${name}>`]);
    const piece = fc.constantFrom(
      ...named('p div ul li table tr td caption colgroup col select option optgroup b i svg g foreignObject title desc style math mi mtext annotation-xml script textarea xmp ruby'),
      ...named('rb rt rtc rp a h1 dl dt dd details summary video source iframe noscript template nobr marquee object form pre button label x-y noframes noembed picture area wbr'),
      '<annotation-xml encoding="text/html">', '<![CDATA[a<b]]>', '<path d="M0"/>', '<br/>', '<img src="https://a.example/x">', 'a < b', '&lt;', '&#150;', '<!-- c -->', '<b title="a>b">',
    );
    fc.assert(fc.property(fc.array(piece, { minLength: 2, maxLength: 30 }), (pieces) => {
      const html = serialize(parseFragment(pieces.join('')));
      const rules = ['unbalanced-element', 'html-syntax'];
      expect(lintTemplate(BASE.replace('Tight.', () => html), boxes()).filter(({ rule }) => rules.includes(rule))).toEqual([]);
    }), { numRuns: 1_000 });
  });

  const word = fc.constantFrom('<crowd-form>', '</crowd-form>', '<crowd-bounding-box ', 'name="', '"', "'", '>', '/>', '{{', '}}', '{%', '%}', 'if', 'endif', ' else ', 'for a in b',
    'endfor', 'raw', 'endraw', 'comment', 'endcomment', 'case', 'when', '|', 'to_json', 'task.input.labels', '<p>', '</p>', '<!--', '-->', '<script>', '</script>', 'é😀', '\n', ' ', '<svg>',
    'labels=', '[', ']', ',', '\\', '<img src=', 'a.jpg', '<', '&', '\u0000');

  test('the lint answers, and each problem lies in the text', () => {
    fc.assert(fc.property(fc.array(word, { maxLength: 60 }).map((words) => words.join('')), (template) => {
      const lines = template.split('\n');
      for (const { line, column, message } of lintTemplate(template, boxes({ images: ['b.jpg'] }))) {
        expect(line).toBeLessThanOrEqual(lines.length);
        expect(column).toBeLessThanOrEqual(lines[line - 1].length + 1);
        expect(column).toBeGreaterThan(0);
        expect(message).not.toBe('');
      }
    }), { numRuns: 500 });
  });

  test.each([
    ['open elements', '<div>'.repeat(20_000)],
    ['open branches', '{% if a %}'.repeat(10_000)],
    ['nested branches', `${'{% if a %}'.repeat(5_000)}${'{% endif %}'.repeat(5_000)}`],
    ['blanks', `labels="[${' '.repeat(100_000)}x"`],
    ['quotation marks without a quotation', `<b title=${'"\''.repeat(30_000)}">`],
    ['attributes of no name', `<b ${'{{ a }} '.repeat(10_000)}><i>`],
    ['a long list', BASE.replace('{{ task.input.labels | to_json | escape }}', `[${' '.repeat(100_000)}`)],
    ['brackets', '['.repeat(100_000)],
    ['a long name', `<crowd-${'x'.repeat(100_000)}>`],
  ])('it ends with many %s', (_name, template) => {
    expect(lintTemplate(template, boxes())).not.toEqual([]);
  });
});

describe('example images', () => {
  const ADDRESSES = { 'good.jpg': 'x:1', 'a/b c.png': 'x:2', 'unused.jpg': 'x:3' };

  test('are put where they are named, in any way of naming them', () => {
    const { template, used } = bindImages(
      '<img alt="1" src="good.jpg"><img src=\'images/a/b%20c.png\'>\n<img src=./good.jpg>{{ "images/good.jpg" | grant_read_access }}<img src="https://x/good.jpg"><a href="bad.jpg">',
      ADDRESSES,
    );
    expect(template).toBe('<img alt="1" src="{{ \'x:1\' | grant_read_access }}"><img src="{{ \'x:2\' | grant_read_access }}">\n'
      + '<img src="{{ \'x:1\' | grant_read_access }}">{{ \'x:1\' | grant_read_access }}<img src="https://x/good.jpg"><a href="bad.jpg">');
    expect(used).toEqual(['a/b c.png', 'good.jpg']);
  });

  test.each([
    ['<a href="good.jpg">larger</a>', '<a href="{{ \'x:1\' | grant_read_access }}">larger</a>'],
    ['<img src="good.jpg"alt="x"><img alt=\'y\'src=\'good.jpg\', id=z>', '<img src="{{ \'x:1\' | grant_read_access }}"alt="x"><img alt=\'y\'src="{{ \'x:1\' | grant_read_access }}", id=z>'],
    ['<video poster=good.jpg>', '<video poster="{{ \'x:1\' | grant_read_access }}">'],
    ['<crowd-card image="images/good.jpg">', '<crowd-card image="{{ \'x:1\' | grant_read_access }}">'],
    ["{% assign pic = 'good.jpg' | grant_read_access %}{{ pic }}", "{% assign pic = 'x:1' | grant_read_access %}{{ pic }}"],
    ["{{ 'a' | append: 'good.jpg' | grant_read_access }}", "{{ 'a' | append: 'good.jpg' | grant_read_access }}"],
  ])('are put where they are named, not only in images: %s', (written, expected) => {
    expect(bindImages(written, ADDRESSES).template).toBe(expected);
  });

  test.each([
    ['photo-10:30.jpg', 'photo-10:30.jpg'], ['a%20b.jpg', 'a%20b.jpg'], ['a%2520b.jpg', 'a%20b.jpg'], ['c%20d.jpg', 'c d.jpg'], ['100%.jpg', '100%.jpg'],
  ])('have names with colons and percent signs: %s', (written, image) => {
    const images = ['photo-10:30.jpg', 'a%20b.jpg', 'c d.jpg', '100%.jpg'];
    expect(bindImages(`<img src="${written}">`, Object.fromEntries(images.map((each) => [each, 'x:1']))).used).toEqual([image]);
    expect(lintTemplate(BASE.replace('<p>Tight.</p>', `<img src="${written}">`), boxes({ images }))).toEqual([]);
  });

  test.each([
    "{% comment %}<img src=\"good.jpg\">{{ 'good.jpg' | grant_read_access }}{% endcomment %}x", '{% raw %}<img src="good.jpg">{% endraw %}',
  ])('are not used where they get no address: %s', (template) => {
    expect(bindImages(template, ADDRESSES)).toEqual({ template, used: [] });
  });

  const three = { 'a.jpg': 'x:a', 'b.jpg': 'x:b', 'c.jpg': 'x:c' };

  test.each([
    ['an elsif', '{% if a %}<img src="a.jpg">{% elsif b %}<img src="b.jpg">{% else %}<img src="c.jpg">{% endif %}'],
    ['a case', '{% case a %}{% when 1 %}<img src="a.jpg">{% when 2, 3 %}<img src="b.jpg">{% when 4 %}<img src="c.jpg">{% endcase %}'],
    ['branches in branches', '{% if a %}{% if b %}<img src="a.jpg">{% else %}<img src="b.jpg">{% endif %}{% else %}{% if b %}{% else %}<img src="c.jpg">{% endif %}{% endif %}'],
    ['an attribute', '<img src="{% if a %}a.jpg{% elsif b %}b.jpg{% else %} c.jpg {% endif %}">'],
    ['a branch that its own condition seems to exclude', '{% if a %}<img src="a.jpg">{% assign a = b %}{% if a %}<img src="b.jpg">{% else %}<img src="c.jpg">{% endif %}{% endif %}'],
  ])('are put into each branch of %s', (_name, template) => {
    const { template: bound, used } = bindImages(template, three);
    expect(used).toEqual(['a.jpg', 'b.jpg', 'c.jpg']);
    expect(bound.replaceAll(/\{\{ 'x:(.)' \| grant_read_access \}\}/g, '$1.jpg')).toBe(template);
  });
});

test.each([
  ['<p>{%- raw -%}{{ x }} {%- endraw -%} z', '<p>{{ x }}z'],
  ['<p>{% raw %}{{ x }} {%- y %}\n{%-\nendraw %} z{% raw %} {%-endraw-%} ', '<p>{{ x }} {%- y %} z'],
  ['{% raw %}a{%endraw-%}{% raw %}b {% endraw-%} c', 'ab c'],
])('raw text may end in {%%- endraw: %s', (template, page) => {
  expect(renderPage(template, {}, (uri) => uri)).toBe(page);
  const image = '<img src="a.jpg">';
  expect(lintTemplate(template, { images: [] }).filter(({ rule, severity }) => rule === 'liquid-syntax' && severity === 'error')).toEqual([]);
  expect(bindImages(image + template + image, { 'a.jpg': 'x:1' }).template.replaceAll("{{ 'x:1' | grant_read_access }}", 'a.jpg')).toBe(image + template + image);
});

describe('instructions in Markdown', () => {
  test('become HTML, with tables, lists and images', () => {
    expect(renderInstructions('# Boxes\n\n- *tight*\n\n![Good](good.jpg)\n\n|a|b|\n|-|-|\n|1|2|')).toMatch(
      /^<h1>Boxes<\/h1>\s*<ul>\s*<li><em>tight<\/em><\/li>\s*<\/ul>\s*<p><img src="good.jpg" alt="Good"><\/p>\s*<table>/);
  });

  test('are text where they look like HTML, and no Liquid', () => {
    const html = renderInstructions('<script>alert(1)</script> {{ task.input.labels }} {% if x %} `{{ y }}` [x]({{z}}) ![{{a}}](b{{c}}.jpg "{{t}}")\n\n    {{ code }}');
    expect(html).toContain('&lt;script&gt;');
    expect(html).not.toMatch(/[{}]|<script/);
  });

  test('have no link that runs a script, and none that leaves the task', () => {
    const html = renderInstructions('[a](javascript:alert(1)) [b](https://example.com)');
    expect(html).not.toContain('href="javascript');
    expect(html).toContain('<a href="https://example.com" target="_blank" rel="noopener noreferrer">');
  });
});

test('the bundle exports what its contract says', () => {
  const bundle = createRequire(__filename)('../../assets/lint') as object;
  expect(Object.keys(bundle)).toEqual(expect.arrayContaining(Object.keys(contract)));
});
