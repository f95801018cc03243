import { LintContext } from '../../src/contract/template-lint';
import { PageTask } from '../../src/contract/worker-template';
import { lintContext } from '../../src/lint';

/** A template with mistakes, and all that the lint says of it: `line:column: severity: message (rule)`. */
export interface Broken {
  readonly name: string;
  readonly template: string;
  readonly expected: readonly string[];
  readonly context: LintContext;
}

export const SCRIPT = '<script src="https://assets.crowd.aws/crowd-html-elements.js"></script>';

/** A task of one's own: any element, any input. */
const CUSTOM = 'custom';

type Change = typeof CUSTOM | { readonly images?: readonly string[]; readonly offered?: number; readonly task?: Partial<PageTask> };

/** A bounding box task with two labels. */
export function boxes(change: Change = {}): LintContext {
  const { images = [], offered, task = {} } = change === CUSTOM ? {} : change;
  const names = offered === undefined ? ['screw', 'nut'] : Array.from({ length: offered }, (_, index) => `l${index}`);
  return change === CUSTOM ? { images: [] } : lintContext({ ...BOXES, labels: names.map((name) => ({ name })), ...task }, images);
}

const BOXES: PageTask = { type: 'BoundingBox', title: 'Parts', description: 'Draw a box', labels: [] };

/** Tasks whose job has more labels than workers may choose. */
const RETIRED: Partial<PageTask> = { labels: [{ name: 'screw' }, { name: 'old', retired: true }, { name: 'nut' }] };
const ADJUSTED: Partial<PageTask> = { type: 'AdjustmentBoundingBox', earlierLabelAttribute: 'boxes' };
const VERDICTS: Partial<PageTask> = {
  type: 'VerificationBoundingBox', labels: [{ name: 'good' }, { name: 'bad' }], earlierLabels: ['moth', 'wing'], earlierLabelAttribute: 'boxes',
};

/** The labels of the job. */
const ALL = '{{ task.input.labels | to_json | escape }}';

export const INSTRUCTIONS = `    <full-instructions header="Boxes"><p>Tight.</p></full-instructions>
    <short-instructions>Tight.</short-instructions>`;

const box = (attributes = '', inner = INSTRUCTIONS, more = ''): string => `${SCRIPT}
<crowd-form>
  <crowd-bounding-box name="boundingBox" src="{{ task.input.taskObject | grant_read_access }}"
      header="Draw a box" labels="{{ task.input.labels | to_json | escape }}"${attributes}>
${inner}
  </crowd-bounding-box>${more}
</crowd-form>
`;

/** A page with nothing wrong. */
export const BASE = box();

const explained = (text: string): string => box('', `    <full-instructions header="Boxes">${text}</full-instructions>\n    <short-instructions>Tight.</short-instructions>`);

const custom = (body: string): string => `${SCRIPT}\n<crowd-form>\n${body}\n</crowd-form>\n`;

const OVERLAY = ' overlay="{{ task.input.manifestLine.boxes | to_json | escape }}"';

const verify = (attributes: string, labels = "['good', 'bad']"): string => `${SCRIPT}
<crowd-form>
  <crowd-image-classifier name="crowd-image-classifier" header="h" src="{{ task.input.taskObject | grant_read_access }}" categories="${labels}"${attributes}>
${INSTRUCTIONS}
  </crowd-image-classifier>
</crowd-form>
`;

function changed(from: string, to: string): string {
  if (!BASE.includes(from)) {
    throw new Error(`the page has no ${from}`);
  }
  return BASE.replace(from, () => to);
}

function broken(name: string, template: string, expected: readonly string[], change: Change = {}): Broken {
  return { name, template, expected, context: boxes(change) };
}

export const CORPUS: readonly Broken[] = [
  broken('no script', changed(SCRIPT, '<!-- boxes -->'), [
    '1:1: error: the template does not load the crowd elements; begin it with <script src="https://assets.crowd.aws/crowd-html-elements.js"></script> (missing-script)',
  ]),
  broken('a script from elsewhere', changed('https://assets.crowd.aws/crowd-html-elements.js', 'https://example.com/crowd-html-elements.js'), [
    '1:1: error: the template does not load the crowd elements; begin it with <script src="https://assets.crowd.aws/crowd-html-elements.js"></script> (missing-script)',
  ]),
  ...['http://assets.crowd.aws/crowd-html-elements.js', 'assets.crowd.aws/crowd-html-elements.js', '/crowd-html-elements.js', 'https://assets.crowd.aws/Crowd-HTML-Elements.js'].map((src) => broken(
    `a script at ${src}`, changed('https://assets.crowd.aws/crowd-html-elements.js', src),
    expect.arrayContaining([expect.stringMatching(/^1:1: error: .*\(missing-script\)$/)]) as unknown as string[],
  )),
  broken('no crowd-form', BASE.replace('<crowd-form>', '<div>').replace('</crowd-form>', '</div>'), [
    '1:1: error: the template has no <crowd-form>, so nothing would be submitted; put the whole task into <crowd-form>...</crowd-form> (missing-crowd-form)',
  ]),
  broken('two crowd-forms', BASE+'<crowd-form></crowd-form>\n', [
    '9:1: error: the template has a second <crowd-form>; it must have exactly one: put everything into the first (second-crowd-form)',
  ]),
  broken('crowd-form is not closed', changed('</crowd-form>\n', ''), [
    '2:1: error: <crowd-form> is not closed before the end of the template; add </crowd-form> (unbalanced-element)',
  ]),
  broken('the task element is not closed', changed('  </crowd-bounding-box>\n', ''), [
    '3:3: error: <crowd-bounding-box> is not closed before </crowd-form>; add </crowd-bounding-box> (unbalanced-element)',
  ]),
  broken('an end tag too many', changed('</crowd-form>', '</div>\n</crowd-form>'), [
    '8:1: error: </div> closes no open element; take it out, or open <div> before it (unbalanced-element)',
  ]),
  broken('a slip in an end tag', changed('</full-instructions>', '</full-instructons>'), [
    '5:52: error: </full-instructons> closes no open element; write </full-instructions> (unbalanced-element)',
  ]),
  broken('an end tag of an element without one', explained('<br></br>'), [
    '5:43: warning: </br> closes nothing: <br> has no end tag; take </br> out (unbalanced-element)',
  ]),
  broken('elements that overlap', explained('<b><i>Tight</b></i>'), [
    '5:42: error: <i> is not closed before </b>; add </i> (unbalanced-element)',
    '5:54: error: </i> closes no open element; take it out, or open <i> before it (unbalanced-element)',
  ]),
  broken('an end tag inside of a crowd element that opened outside', `${SCRIPT}\n<crowd-form>\n<div>\n<crowd-input name="a">\n</div>\n</crowd-input>\n</crowd-form>\n`, [
    '3:1: error: <div> is not closed before </crowd-form>; add </div> (unbalanced-element)',
    '5:1: error: </div> stands in <crowd-input>, which is still open; close <crowd-input> first, or move </div> (unbalanced-element)',
  ], CUSTOM),
  broken('a crowd element closed by a slash', custom('  <p>Read it.</p>\n  <crowd-input name="text"/>'), [
    '4:3: error: <crowd-input/> is not closed by its slash, which HTML ignores; write <crowd-input></crowd-input> (unbalanced-element)',
  ], CUSTOM),
  broken('an unknown crowd element with a slip', BASE.replaceAll('crowd-bounding-box', 'crowd-boundingbox'), [
    '3:3: error: there is no crowd element <crowd-boundingbox>; write <crowd-bounding-box> (unknown-element)',
    '5:5: warning: <full-instructions> stands in <crowd-boundingbox>, where it means nothing; put it directly into an element that has it, such as <crowd-bounding-box> (misplaced-region)',
    '6:5: warning: <short-instructions> stands in <crowd-boundingbox>, where it means nothing; put it directly into an element that has it, such as <crowd-bounding-box> (misplaced-region)',
  ], CUSTOM),
  broken('an unknown crowd element', custom('  <crowd-lasso name="a"></crowd-lasso>'), [
    '3:3: error: there is no crowd element <crowd-lasso>; there are alert, badge, bounding-box, button, card, checkbox, classifier, classifier-multi-select, entity-annotation, fab, form, icon-button, image-classifier, image-classifier-multi-select, input, instance-segmentation, instructions, keypoint, line, modal, polygon, polyline, radio-button, radio-group, semantic-segmentation, slider, tab, tabs, text-area, toast and toggle-button (unknown-element)',
  ], CUSTOM),
  broken('an unknown region', BASE.replaceAll('short-instructions', 'short-instruction'), [
    '3:3: warning: <crowd-bounding-box> has no <short-instructions>; it is documented as needed: add <short-instructions>...</short-instructions> directly into it (missing-region)',
    '6:5: error: there is no element <short-instruction>; write <short-instructions> (unknown-element)',
  ]),
  broken('an unknown element', explained('<blink2>!</blink2>'), [
    '5:39: error: there is no element <blink2>; write an element of HTML or a crowd element (unknown-element)',
  ]),
  broken('an element of a slip', explained('<strnog>Tight</strnog>'), [
    '5:39: error: there is no element <strnog>; write <strong> (unknown-element)',
  ]),
  broken('an element of somebody else', explained('<my-widget>Tight</my-widget>'), [
    '5:39: warning: <my-widget> is neither of HTML nor a crowd element, so only its content is shown; define it in a script, or write a <div> (unknown-element)',
  ]),
  broken('an element that a style may be for', explained('<card>Tight</card><style>card { color: red }</style>'), [
    '5:39: warning: <card> is not of HTML, so only its content is shown; write an element of HTML or a crowd element (unknown-element)',
  ]),
  broken('a value that is left out', explained('<select><option value=>Choose</select><img src=>'), [
    '5:61: warning: the HTML is broken here (missing-attribute-value); write a value behind the =, or take the = out (html-syntax)',
    '5:77: error: <img> has no src, so nothing is shown; add src with the file name of an example image, such as src="good.jpg" (missing-attribute)',
    '5:86: warning: the HTML is broken here (missing-attribute-value); write a value behind the =, or take the = out (html-syntax)',
  ]),
  broken('an element of Word', explained('<o:p>Tight</o:p>'), [
    '5:39: warning: <o:p> is not of HTML, so only its content is shown; write an element of HTML or a crowd element (unknown-element)',
  ]),
  broken('an element of a slip that is text', explained('<xmp><b></xmp><xpm>a</xpm>'), [
    '5:53: error: there is no element <xpm>; write <xmp> (unknown-element)',
  ]),
  broken('another task element', BASE.replaceAll('crowd-bounding-box', 'crowd-polygon'), [
    '2:1: error: the template has no <crowd-bounding-box>, with whose answers this task\'s labels are made; put it into <crowd-form> (missing-task-element)',
  ]),
  broken('two task elements', box('', undefined, '\n  <crowd-bounding-box name="boundingBox" src="{{ task.input.taskObject | grant_read_access }}" labels="[\'screw\']"><full-instructions>.</full-instructions><short-instructions>.</short-instructions></crowd-bounding-box>'), [
    '8:3: error: the template has a second <crowd-bounding-box>; only one answer is read: take one of them out (second-task-element)',
  ]),
  broken('a wrong name', changed('name="boundingBox"', 'name="annotatedResult"'), [
    '3:23: error: name of <crowd-bounding-box> is \'annotatedResult\'; the answers of this task are read under \'boundingBox\': write name="boundingBox" (wrong-name)',
  ]),
  broken('a name made by Liquid', changed('name="boundingBox"', 'name="{{ task.input.taskObject }}"'), [
    '3:23: error: name of <crowd-bounding-box> is made by Liquid; the answers of this task are read under \'boundingBox\': write name="boundingBox" (wrong-name)',
  ]),
  broken('no name', changed(' name="boundingBox"', ''), [
    '3:3: error: <crowd-bounding-box> has no name; it needs name, src and labels: add name="boundingBox" (missing-attribute)',
  ]),
  broken('an empty name', changed('name="boundingBox"', 'name=""'), [
    '3:3: error: <crowd-bounding-box> has an empty name; it needs name, src and labels: add name="boundingBox" (missing-attribute)',
  ]),
  broken('no src', changed(' src="{{ task.input.taskObject | grant_read_access }}"', ''), [
    '3:3: error: <crowd-bounding-box> has no src; it needs name, src and labels: add src="{{ task.input.taskObject | grant_read_access }}" (missing-attribute)',
  ]),
  broken('no labels', changed(' labels="{{ task.input.labels | to_json | escape }}"', ''), [
    '3:3: error: <crowd-bounding-box> has no labels; it needs name, src and labels: add labels="{{ task.input.labels | to_json | escape }}" (missing-attribute)',
  ]),
  broken('labels under another name', changed(' labels=', ' label='), [
    '3:3: error: <crowd-bounding-box> has no labels; it needs name, src and labels: add labels="{{ task.input.labels | to_json | escape }}" (missing-attribute)',
    '4:27: warning: <crowd-bounding-box> has no attribute label; write labels (unknown-attribute)',
  ]),
  broken('labels that are no list', changed('{{ task.input.labels | to_json | escape }}', 'screw, nut'), [
    '4:27: error: labels is \'screw, nut\'; it must be a list such as [\'cat\', \'dog\'], or {{ task.input.labels | to_json | escape }} (wrong-labels)',
  ]),
  broken('an empty list of labels', changed('{{ task.input.labels | to_json | escape }}', '[]'), [
    '4:27: error: labels has no label; workers could answer nothing: write at least one (wrong-labels)',
  ]),
  ...([
    ['the labels without to_json', '"{{ task.input.labels }}"', 'screw,nut'],
    ['the labels in a row', '"{{ task.input.labels | join: \', \' }}"', 'screw, nut'],
    ['labels without quotation marks in a list', '"[{% for label in task.input.labels %}{{ label }},{% endfor %}]"', '[screw,nut,]'],
    ['one label', '"{{ task.input.labels | first | to_json }}"', '"screw"'],
    ['labels whose quotation marks end the attribute', '"{{ task.input.labels | to_json | skip_autoescape }}"', '['],
    ['labels that are escaped twice', '"{{ task.input.labels | to_json | escape | escape }}"', '[&#34;screw&#34;,&#34;nut&#34;]'],
    ['labels in a tag', '"{% echo task.input.labels %}"', 'screw,nut'],
    ['the image in the place of the labels', '"{{ task.input.taskObject | to_json }}"', '"s3://.../....jpg"'],
  ] as const).map(([name, value, made]) => broken(name, changed(`"${ALL}"`, value), [
    `4:27: error: labels is '${made}' on the page; it must be a list such as ['cat', 'dog'], or ${ALL} (wrong-labels)`,
  ])),
  broken('labels that are no list, by a variable', `{% assign all = task.input.labels %}${changed(ALL, '{{ all }}')}`, [
    `4:27: error: labels is 'screw,nut' on the page; it must be a list such as ['cat', 'dog'], or ${ALL} (wrong-labels)`,
  ]),
  broken('labels with a blank in an attribute without quotation marks', changed(`"${ALL}"`, ALL), [
    `4:27: error: labels is '["air' on the page; it must be in quotation marks: write labels="${ALL}" (wrong-labels)`,
  ], { task: { labels: [{ name: 'air bubble' }, { name: 'foam' }] } }),
  broken('a loop of no label', changed(ALL, '[{% for label in task.input.labels offset: 9 %}{{ label | to_json }},{% endfor %}]'), [
    '4:27: error: labels has no label; workers could answer nothing: write at least one (wrong-labels)',
  ]),
  ...([
    ['by its place in the line', '<img src="{{ task.input.manifestLine[\'source-ref\'] }}">', 'src', 'task.input.manifestLine[\'source-ref\']', '', 44],
    ['escaped', '<img src="{{ task.input.taskObject | escape }}">', 'src', 'task.input.taskObject', ' | escape', 44],
    ['in a variable', '{% assign o = task.input.taskObject %}<img src="{{ o }}">', 'src', 'o', '', 82],
    ['as a link', '<a href="{{ task.input.taskObject }}">all of it</a>', 'href', 'task.input.taskObject', '', 42],
    ['in a drawing', '<svg><image href="{{ task.input.taskObject }}"/></svg>', 'href', 'task.input.taskObject', '', 51],
    ['as a source', '<video><source src="{{ task.input.taskObject }}"></video>', 'src', 'task.input.taskObject', '', 54],
    ['on a card', '<crowd-card image="{{ task.input.taskObject }}"></crowd-card>', 'image', 'task.input.taskObject', '', 51],
    ['as a background', '<b style="background:url({{ task.input.taskObject }})">x</b>', 'style', 'task.input.taskObject', '', 42],
    ['for sharp screens', '<img srcset="{{ task.input.taskObject }} 2x" src="https://a.example/b.png">', 'srcset', 'task.input.taskObject', '', 44],
    ['in a branch of a loop', '{% for i in (1..3) %}<img src="{% if i == 2 %}{{ task.input.taskObject | strip }}{% endif %}">{% endfor %}', 'src', 'task.input.taskObject', '', 65],
    ['in a style', '<style media="print">.a { background: url("{{ task.input.taskObject }}") }</style>', 'a url() in <style>', 'task.input.taskObject', '', 39],
  ] as const).map(([name, text, attribute, value, filter, column]) => broken(`the address of the image without access, ${name}`, explained(text), [
    `5:${column}: error: ${attribute} is {{ ${value}${filter} }}, an S3 address that no browser may read; write {{ ${value} | grant_read_access }} (missing-read-access)`,
  ])),
  broken('an object by its bare S3 address, of other elements', explained("<video poster='s3://bucket/good.jpg'></video><img src=\"{{ 's3://bucket/good.jpg' }}\">"), [
    '5:46: error: poster is \'s3://bucket/good.jpg\', which no browser may read; write poster="{{ \'s3://bucket/good.jpg\' | grant_read_access }}" (missing-read-access)',
    '5:89: error: src is \'s3://bucket/good.jpg\', which no browser may read; write src="{{ \'s3://bucket/good.jpg\' | grant_read_access }}" (missing-read-access)',
  ]),
  ...([
    ['assigned in a liquid tag', "{% liquid\n assign a = 'good.jpg' | grant_read_access\n %}<img src=\"{{ a }}\">", 'good.jpg', '6:26: error'],
    ['captured', '{% capture a %}good.jpg{% endcapture %}<img src="{{ a | grant_read_access }}">', 'good.jpg', '5:95: error'],
    ['of a list', "{% assign all = 'bad.jpg,good.jpg' | split: ',' %}{% for each in all %}<img src=\"{{ each | grant_read_access }}\">{% endfor %}", 'bad.jpg', '5:130: error'],
    ['of the labels', '{% for label in task.input.labels %}{{ label | append: ".jpg" | grant_read_access }}{% endfor %}', 'screw.jpg', '5:103: error'],
    ['joined to what may be an address', "{% case task.input.manifestLine.x %}{% when 1 %}{% assign a = 's3://b/' %}{% endcase %}{{ a | append: 'good.jpg' | grant_read_access }}", 'good.jpg', '5:154: warning'],
    ['captured, where the page may be another for another image', '{% if task.input.manifestLine.x %}x{% endif %}{% capture a %}bad.jpg{% endcapture %}<img src="{{ a | grant_read_access }}">', 'bad.jpg', '5:140: warning'],
  ] as const).map(([name, text, image, place]) => broken(`an image whose name is ${name}`, explained(text), [
    `${place}: Liquid makes '${image}' here, and example images are found by their whole names as they are written; write {{ '${image}' | grant_read_access }} where it is shown (composed-image)`,
  ], { images: ['good.jpg'] })),
  ...([
    ['in turn', "<img src=\"{% cycle 'good.jpg', 'bad.jpg' %}\">", "{% cycle 'good.jpg', 'bad.jpg' %}", 'src', 'good.jpg', 44],
    ['in turn, as a link', "<a href=\"{% cycle 'good.jpg', 'bad.jpg' %}\">x</a>", "{% cycle 'good.jpg', 'bad.jpg' %}", 'href', 'good.jpg', 42],
    ['in a variable, and is none', "{% assign a = 'bad.jpg' %}<img src=\"{{ a }}\">", '{{ a }}', 'src', 'bad.jpg', 70],
  ] as const).map(([name, text, made, attribute, image, column]) => broken(`an image by its name ${name}`, explained(text), [
    `5:${column}: error: Liquid makes '${image}' of '${made}', and example images are found by their whole names as they are written; write an element with ${attribute}="${image}", in each branch where it differs (composed-image)`,
  ], { images: ['good.jpg'] })),
  broken('images in a style, of which one is there', explained("<style>.a{background:url('good.jpg')}</style><style>.b { src: url( bad.woff ) }</style>"), [
    '5:39: error: <style> names \'good.jpg\', which no browser of a worker finds: an address is put in where an example image is the src of an element; write <img src="good.jpg"> (unbound-image)',
    '5:84: warning: <style> names \'bad.woff\', which no browser of a worker finds: an address is put in where an example image is the src of an element; write <img src="bad.woff"> (unbound-image)',
  ], { images: ['good.jpg'] }),
  broken('an image of no name', explained("<img src=\"{{ '' }}\">"), [
    '5:44: error: src is {{ \'\' }}, so nothing is shown; write src with the file name of an example image, such as src="good.jpg" (missing-attribute)',
  ]),
  broken('a label twice', changed('{{ task.input.labels | to_json | escape }}', "['screw', 'screw']"), [
    '4:27: error: labels has \'screw\' twice; labels must be unique: take one out (wrong-labels)',
  ]),
  broken('a label that the task does not know', changed('{{ task.input.labels | to_json | escape }}', "['screw', 'bolt']"), [
    '4:27: error: labels has \'bolt\', which the task does not know; it has \'screw\' and \'nut\': write {{ task.input.labels | to_json | escape }} (wrong-labels)',
  ]),
  broken('a retired label, offered with all of the job', BASE, [
    '4:27: error: labels has \'old\', which no worker may choose any more: it is retired; write labels="[&quot;screw&quot;,&quot;nut&quot;]" (not-offered)',
  ], { task: RETIRED }),
  broken('a retired label in a list, and one that is not in it', changed('{{ task.input.labels | to_json | escape }}', "['screw', 'old']"), [
    '4:27: error: labels has \'old\', which no worker may choose any more: it is retired; write labels="[&quot;screw&quot;,&quot;nut&quot;]" (not-offered)',
  ], { task: RETIRED }),
  broken('a retired label in a list that Liquid makes', changed('{{ task.input.labels | to_json | escape }}', "{% assign all = task.input.labels %}[{% for label in all %}'{{ label }}',{% endfor %}]"), [
    '4:27: error: labels has \'old\', which no worker may choose any more: it is retired; write labels="[&quot;screw&quot;,&quot;nut&quot;]" (not-offered)',
  ], { task: RETIRED }),
  broken('a retired label in the instructions', explained('{% for label in task.input.labels %}{{ label }}{% endfor %}').replace('{{ task.input.labels | to_json | escape }}', "['screw', 'nut']"), [
    '5:39: warning: task.input.labels is the job\'s list, which also has \'old\', and what is made of it shows workers what they may not choose; write out [&quot;screw&quot;,&quot;nut&quot;] (not-offered)',
  ], { task: RETIRED }),
  broken('no labels, and one is retired', changed(' labels="{{ task.input.labels | to_json | escape }}"', ''), [
    '3:3: error: <crowd-bounding-box> has no labels; it needs name, src and labels: add labels="[&quot;screw&quot;,&quot;nut&quot;]" (missing-attribute)',
  ], { task: RETIRED }),
  broken('a label that is left out', changed('{{ task.input.labels | to_json | escape }}', "['screw']"), [
    '4:27: warning: labels lacks \'nut\', which no worker could choose; write labels="{{ task.input.labels | to_json | escape }}", or retire what is not wanted (missing-labels)',
  ]),
  broken('the classes that are judged, offered as verdicts', verify(OVERLAY, '{{ task.input.labels | to_json | escape }}'), [
    '3:122: error: categories has \'moth\' and \'wing\', which no worker may answer with: it is judged, or retired; write categories="[&quot;good&quot;,&quot;bad&quot;]" (not-offered)',
  ], { task: VERDICTS }),
  broken('the same where nobody said which are judged', verify(OVERLAY, '{{ task.input.labels | to_json | escape }}'), [
    '3:122: error: categories has \'(a class that is judged)\', which no worker may answer with: it is judged, or retired; write categories="[&quot;good&quot;,&quot;bad&quot;]" (not-offered)',
  ], { task: { ...VERDICTS, earlierLabels: [] } }),
  broken('a verification that does not show what is to be judged', verify(''), [
    expect.stringMatching(/^3:3: error: <crowd-image-classifier> has no overlay, so workers would not see the label that an image brings along; add overlay="\{ &quot;boundingBox&quot;: .* \} \}" \(missing-attribute\)$/) as unknown as string,
  ], { task: VERDICTS }),
  broken('a verification that shows the same for each image', verify(' overlay="{{ task.input.manifestLine.boxs | to_json | escape }}"'), [
    expect.stringMatching(/^3:3: error: overlay of <crowd-image-classifier> is the same whatever label an image brings along, which has the name boxes in task\.input\.manifestLine; write overlay=.*\(missing-label\)$/) as unknown as string,
  ], { task: VERDICTS }),
  broken('an adjustment that does not show what is to be adjusted', BASE, [
    expect.stringMatching(/^3:3: error: <crowd-bounding-box> has no initial-value, so workers would not see the label that an image brings along; add initial-value="\[.*\]" \(missing-attribute\)$/) as unknown as string,
  ], { task: ADJUSTED }),
  broken('an adjustment that begins with nothing', box(' initial-value=" "'), [
    expect.stringContaining('3:3: error: <crowd-bounding-box> has no initial-value') as unknown as string,
  ], { task: ADJUSTED }),
  broken('an adjustment that begins with the same for each image', box(' initial-value="[]"'), [
    expect.stringContaining('3:3: error: initial-value of <crowd-bounding-box> is the same whatever label an image brings along') as unknown as string,
  ], { task: ADJUSTED }),
  ...([
    ['never holds', '[{% for box in task.input.manifestLine.boxes.annotations %}{% if box.confidence > 0.5 %}{{ box | to_json | escape }},{% endif %}{% endfor %}]', ''],
    ['never holds, in a variable', '[{{ all }}]', '{% capture all %}{% for box in task.input.manifestLine.boxes.annotations %}{% if box.score %}{{ box | to_json | escape }},{% endif %}{% endfor %}{% endcapture %}'],
  ] as const).map(([name, value, before]) => broken(`an adjustment of what ${name}`, before + box(` initial-value="${value}"`), [
    expect.stringMatching(/^3:3: warning: initial-value of <crowd-bounding-box> is the same whatever label an image brings along: no class and no size of what it shows makes a difference, and the confidence is always 0; look at its conditions and names, or write initial-value=".*" \(missing-label\)$/) as unknown as string,
  ], { task: ADJUSTED })),
  broken('an adjustment of a slip, beside what has the right name', box(' initial-value="{{ task.input.manifestLine.boxs.annotations | to_json | escape }}"').replace('Tight', '{{ task.input.manifestLine.boxes.annotations.size }}'), [
    expect.stringContaining('3:3: error: initial-value of <crowd-bounding-box> is the same whatever label an image brings along, which has the name boxes') as unknown as string,
  ], { task: ADJUSTED }),
  broken('more labels than documented', BASE, [
    '4:27: warning: labels has 12 labels; <crowd-bounding-box> is documented for at most 10: leave some out, or try the page with your workers (too-many-labels)',
  ], { offered: 12 }),
  broken('more labels than the service takes', BASE, [
    '4:27: error: labels has 51 labels; Ground Truth takes at most 50 for this task: leave some out (too-many-labels)',
  ], { offered: 51 }),
  broken('more categories than documented in a list', custom('  <crowd-image-classifier name="a" src="{{ task.input.image | grant_read_access }}" header="h" categories="[\'1\',\'2\',\'3\',\'4\',\'5\',\'6\',\'7\',\'8\',\'9\',\'10\',\'11\']"><full-instructions>.</full-instructions><short-instructions>.</short-instructions></crowd-image-classifier>'), [
    '3:96: warning: categories has 11 labels; <crowd-image-classifier> is documented for at most 10: leave some out, or try the page with your workers (too-many-labels)',
  ], CUSTOM),
  broken('no header, and none that shows anything', custom('  <crowd-image-classifier name="a" src="{{ task.input.image | grant_read_access }}" categories="[\'1\']"><full-instructions>.</full-instructions><short-instructions>.</short-instructions></crowd-image-classifier><crowd-tabs><crowd-tab header="">.</crowd-tab></crowd-tabs>'), [
    '3:3: warning: <crowd-image-classifier> has no header; it needs categories, header, name and src: add header="..." (missing-attribute)',
    '3:223: warning: <crowd-tab> has an empty header; it needs header: add header="..." (missing-attribute)',
  ], CUSTOM),
  broken('elements that a script may fill, or read', custom('  <crowd-keypoint id="k" name="a"><full-instructions>.</full-instructions><short-instructions>.</short-instructions></crowd-keypoint><crowd-input id="filter"></crowd-input>\n  <script>fill()</script>'), [
    '3:3: warning: <crowd-keypoint> has no src; it needs name, src and labels: add src="{{ task.input.taskObject | grant_read_access }}" (missing-attribute)',
    '3:3: warning: <crowd-keypoint> has no labels; it needs name, src and labels: add labels="{{ task.input.labels | to_json | escape }}" (missing-attribute)',
    '3:134: warning: <crowd-input> has no name; it needs name: add name="answer" (missing-attribute)',
  ], CUSTOM),
  broken('no labels on a page with a script', changed(' labels="{{ task.input.labels | to_json | escape }}"', '').replace('</crowd-form>', '<script>fill()</script></crowd-form>'), [
    '3:3: error: <crowd-bounding-box> has no labels; it needs name, src and labels: add labels="{{ task.input.labels | to_json | escape }}" (missing-attribute)',
  ]),
  broken('an attribute of a slip', changed(' header="Draw a box"', ' haeder="Draw a box"'), [
    '4:7: warning: <crowd-bounding-box> has no attribute haeder; write header (unknown-attribute)',
  ]),
  broken('an attribute that does not exist', box('\n      zoom="2"'), [
    '5:7: warning: <crowd-bounding-box> has no attribute zoom; it knows name, src, labels, header and initial-value: take it out (unknown-attribute)',
  ]),
  broken('an attribute twice', box(' name="boundingBox"'), [
    '4:83: error: the HTML is broken here (duplicate-attribute); an element can have an attribute only once; take one of them out (html-syntax)',
  ]),
  broken('a quotation mark too few', changed('header="Draw a box"', 'header="Draw a box'), [
    '3:3: error: <crowd-bounding-box> has no labels; it needs name, src and labels: add labels="{{ task.input.labels | to_json | escape }}" (missing-attribute)',
    '4:34: warning: the HTML is broken here (missing-whitespace-between-attributes); put a blank between the attributes, and look for a quotation mark within a value (html-syntax)',
    '4:76: error: the HTML is broken here (unexpected-character-in-attribute-name); look for a quotation mark that is missing, or that stands within a value (html-syntax)',
  ]),
  broken('attributes without a blank', changed('header="Draw a box" labels', 'header="Draw a box"labels'), [
    '4:26: warning: the HTML is broken here (missing-whitespace-between-attributes); put a blank between the attributes, and look for a quotation mark within a value (html-syntax)',
  ]),
  broken('an image and another attribute without a blank', explained('<img src="good.jpg"alt="x"><img src="good.jpg", alt="x">'), [
    '5:58: warning: the HTML is broken here (missing-whitespace-between-attributes); put a blank between the attributes, and look for a quotation mark within a value (html-syntax)',
    '5:85: warning: the HTML is broken here (missing-whitespace-between-attributes); put a blank between the attributes, and look for a quotation mark within a value (html-syntax)',
  ], { images: ['good.jpg'] }),
  broken('one quotation mark', explained('<b title=x"y>a</b><b title=\'it\'s\'>b</b>'), [
    '5:49: error: the HTML is broken here (unexpected-character-in-unquoted-attribute-value); put the value into quotation marks (html-syntax)',
    '5:70: warning: the HTML is broken here (missing-whitespace-between-attributes); put a blank between the attributes, and look for a quotation mark within a value (html-syntax)',
    '5:71: error: the HTML is broken here (unexpected-character-in-attribute-name); look for a quotation mark that is missing, or that stands within a value (html-syntax)',
  ]),
  broken('a tag that is not closed before the next', explained('<b title=x<i>a</b>'), [
    '5:49: error: the HTML is broken here (unexpected-character-in-unquoted-attribute-value); put the value into quotation marks (html-syntax)',
  ]),
  broken('a blank before the name of an element', explained('< img src="good.jpg"><p>a < / p> < br/></ p>'), [
    '5:40: error: the HTML is broken here (invalid-first-character-of-tag-name); write no blank before the name of an element, and write &lt; where workers are to see < (html-syntax)',
    '5:73: error: the HTML is broken here (invalid-first-character-of-tag-name); write no blank before the name of an element, and write &lt; where workers are to see < (html-syntax)',
    '5:80: error: the HTML is broken here (invalid-first-character-of-tag-name); write no blank before the name of an element, and write &lt; where workers are to see < (html-syntax)',
  ]),
  broken('an end of nothing, which browsers swallow', explained('a </5 b>'), [
    '5:43: error: the HTML is broken here (invalid-first-character-of-tag-name); write no blank before the name of an element, and write &lt; where workers are to see < (html-syntax)',
  ]),
  broken('CDATA in HTML, in a drawing too', explained('<![CDATA[a]]><svg><foreignObject><p><![CDATA[b]]></p></foreignObject></svg>'), [
    '5:47: error: the HTML is broken here (cdata-in-html-content); browsers leave CDATA out, but in SVG and MathML; write its text alone (html-syntax)',
    '5:83: error: the HTML is broken here (cdata-in-html-content); browsers leave CDATA out, but in SVG and MathML; write its text alone (html-syntax)',
  ]),
  broken('half a character', explained('&#xD83D;&#xDE00;'), [
    '5:47: error: the HTML is broken here (surrogate-character-reference); it is half of a character; write the character itself (html-syntax)',
    '5:55: error: the HTML is broken here (surrogate-character-reference); it is half of a character; write the character itself (html-syntax)',
  ]),
  broken('no short instructions', box('', '    <full-instructions header="Boxes">Tight.</full-instructions>'), [
    '3:3: warning: <crowd-bounding-box> has no <short-instructions>; it is documented as needed: add <short-instructions>...</short-instructions> directly into it (missing-region)',
  ]),
  broken('instructions in a wrong place', box('', '    <div>\n      <full-instructions>Tight.</full-instructions>\n    </div>\n    <short-instructions>Tight.</short-instructions>'), [
    '3:3: warning: <crowd-bounding-box> has no <full-instructions>; it is documented as needed: add <full-instructions>...</full-instructions> directly into it (missing-region)',
    '6:7: warning: <full-instructions> stands in <div>, where it means nothing; put it directly into an element that has it, such as <crowd-bounding-box> (misplaced-region)',
  ]),
  broken('a task element outside of the form', `${SCRIPT}\n<crowd-form></crowd-form>\n<crowd-input name="a"></crowd-input>\n`, [
    '3:1: error: <crowd-input> stands outside <crowd-form>; move it into <crowd-form> (outside-crowd-form)',
  ], CUSTOM),
  broken('an element without an answer outside of the form', `${SCRIPT}\n<crowd-alert>Read it.</crowd-alert><crowd-form></crowd-form>\n`, [
    '2:1: warning: <crowd-alert> stands outside <crowd-form>; move it into <crowd-form> (outside-crowd-form)',
  ], CUSTOM),
  broken('a radio button outside of its group', custom('  <crowd-radio-button name="yes">Yes</crowd-radio-button>'), [
    '3:3: error: <crowd-radio-button> works only in <crowd-radio-group>; put <crowd-radio-group> around it (wrong-parent)',
  ], CUSTOM),
  broken('a form in the form', custom('  <form><crowd-input name="a"></crowd-input></form>'), [
    '3:3: warning: <form> submits nothing to Ground Truth; <crowd-form> is the form of the page: take <form> out (nested-form)',
  ], CUSTOM),
  broken('an image that is not there', explained('<img src="images/godo.jpg">'), [
    '5:44: error: there is no example image \'images/godo.jpg\'; write \'good.jpg\' (unknown-image)',
  ], { images: ['good.jpg', 'bad.jpg'] }),
  broken('an image, and there are none', explained('<img src="good.jpg">'), [
    '5:44: error: there is no example image \'good.jpg\', nor any other; put it into the folder images/, in small letters, beside this file (unknown-image)',
  ]),
  broken('an image in Liquid that is not there', explained("<img src=\"{{ 'poor.jpg' | grant_read_access }}\">"), [
    '5:52: error: there is no example image \'poor.jpg\'; write \'good.jpg\' (unknown-image)',
  ], { images: ['good.jpg', 'bad.jpg'] }),
  broken('an image without src', explained('<img alt="good">'), [
    '5:39: error: <img> has no src, so nothing is shown; add src with the file name of an example image, such as src="good.jpg" (missing-attribute)',
  ]),
  ...[['a script', '<script>document.getElementById("pic").src = "https://a.example/x.png"</script>'], ['a script from elsewhere', '<script src="https://a.example/lazy.js"></script>'],
    ['a handler', '<button onclick="show()">Show</button>']].map(([name, script]) => broken(
    `an image that ${name} may fill`, explained(`<img id="pic" alt=""><img data-src="https://a.example/x.png" src="">${script}`), ['5:39', '5:60'].map((place) =>
      `${place}: warning: <img> has no src, so nothing is shown before a script of the page sets one; where none does, add src with the file name of an example image, such as src="good.jpg" (missing-attribute)`),
  )),
  broken('an image with a blank that none sees is one', explained('<img src="a/b&nbsp;c.png"><img src="a/b c.png">'), [
    '5:44: error: there is no example image \'a/b[U+00A0]c.png\'; write \'a/b c.png\' (unknown-image)',
  ], { images: ['a/b c.png'] }),
  broken('an image by its bare S3 address', explained('<img src="s3://bucket/good.jpg">'), [
    '5:44: error: src is \'s3://bucket/good.jpg\', which no browser may read; write src="{{ \'s3://bucket/good.jpg\' | grant_read_access }}" (missing-read-access)',
  ]),
  broken('the task image without access', changed('task.input.taskObject | grant_read_access', 'task.input.taskObject'), [
    '3:42: error: src is {{ task.input.taskObject }}, an S3 address that no browser may read; write {{ task.input.taskObject | grant_read_access }} (missing-read-access)',
  ]),
  broken('a tool without its image', custom('  <crowd-keypoint name="a" src="{{ task.input.taskObject }}" labels="{{ task.input.labels | to_json | escape }}"><full-instructions>.</full-instructions><short-instructions>.</short-instructions></crowd-keypoint>'), [
    '3:28: error: src is {{ task.input.taskObject }}, an S3 address that no browser may read; write {{ task.input.taskObject | grant_read_access }} (missing-read-access)',
  ], CUSTOM),
  broken('an unknown variable', changed('task.input.labels', 'labels'), [
    '4:38: error: there is no variable \'labels\'; a worker template has task.input.taskObject, task.input.labels and task.input.manifestLine, and what it assigns itself (unknown-variable)',
  ]),
  broken('an unknown input', changed('task.input.taskObject', 'task.input.image'), [
    '3:50: error: there is no variable \'task.input.image\'; a worker template of this task has task.input.taskObject, task.input.labels and task.input.manifestLine (unknown-variable)',
  ]),
  broken('an input of a slip', changed('task.input.labels', 'task.input.label'), [
    '4:38: error: there is no variable \'task.input.label\'; write \'task.input.labels\' (unknown-variable)',
  ]),
  broken('an unknown variable in a tag', explained('{% if worker.isNew %}Hello{% endif %}'), [
    '5:45: error: there is no variable \'worker.isNew\'; a worker template has task.input.taskObject, task.input.labels and task.input.manifestLine, and what it assigns itself (unknown-variable)',
  ]),
  broken('an unknown filter', changed('to_json', 'shout'), [
    '4:58: error: Ground Truth knows no filter \'shout\'; besides the standard ones of Liquid there are grant_read_access, skip_autoescape and to_json (unknown-filter)',
  ]),
  broken('a filter of a slip', changed('grant_read_access', 'grant_read_acess'), [
    '3:74: error: Ground Truth knows no filter \'grant_read_acess\'; write \'grant_read_access\' (unknown-filter)',
  ]),
  broken('a filter that only liquidjs knows', changed('to_json', 'jsonify'), [
    '4:58: error: Ground Truth knows no filter \'jsonify\'; besides the standard ones of Liquid there are grant_read_access, skip_autoescape and to_json (unknown-filter)',
  ]),
  broken('an unknown filter in a tag', explained('{% assign a = task.input.labels | sorted_by %}{{ a }}'), [
    '5:73: error: Ground Truth knows no filter \'sorted_by\'; besides the standard ones of Liquid there are grant_read_access, skip_autoescape and to_json (unknown-filter)',
  ]),
  broken('a variable that is not closed', explained('{{ task.input.labels | to_json'), [
    '5:39: error: output "{{ task.input.labels | to_jso..." not closed; close each {{ with }} and each {% with %}, or write &#123;&#123; where workers are to see braces (liquid-syntax)',
  ]),
  broken('braces that workers are to see', explained('Write {{like this} here'), [
    '5:45: error: output "{{like this} here</full-instr..." not closed; close each {{ with }} and each {% with %}, or write &#123;&#123; where workers are to see braces (liquid-syntax)',
  ]),
  broken('a tag that is not closed', explained('{% if task.input.labels'), [
    '5:39: error: tag "{% if task.input.labels</full..." not closed; close each {{ with }} and each {% with %}, or write &#123;&#123; where workers are to see braces (liquid-syntax)',
  ]),
  broken('a block that is not closed', explained('{% if task.input.labels %}Hello'), [
    '5:39: error: tag {% if task.input.labels %} not closed; see https://shopify.github.io/liquid for what a tag must look like (liquid-syntax)',
  ]),
  broken('an end of no block', explained('Hello{% endif %}'), [
    '5:44: error: tag "endif" not found; see https://shopify.github.io/liquid for what a tag must look like (liquid-syntax)',
  ]),
  broken('an unknown tag', explained('{% show task.input.labels %}'), [
    '5:39: error: tag "show" not found; see https://shopify.github.io/liquid for what a tag must look like (liquid-syntax)',
  ]),
  broken('a tag that reads a file', explained("{% render 'footer' %}"), [
    '5:39: error: {% render %} reads another file, and a worker template is one file; write its content here (unknown-tag)',
  ]),
  broken('a for without in', explained('{% for label of task.input.labels %}{{ label }}{% endfor %}'), [
    '5:39: error: illegal tag: {% for label of task.input.labels %}; see https://shopify.github.io/liquid for what a tag must look like (liquid-syntax)',
  ]),
  broken('a filter without its bar', changed('labels | to_json', 'labels to_json'), [
    '4:35: error: \'task.input.labels to_json\' is more than one value, of which Liquid takes the first and drops the rest; put a | before a filter (liquid-syntax)',
  ]),
  broken('a bar without its filter', explained('{{ task.input.labels | }}'), [
    '5:39: error: {{ task.input.labels | }} has a | without a filter behind it; name a filter or take the | out (liquid-syntax)',
  ]),
  broken('an output of nothing', explained('Hello {{ }}'), [
    '5:45: error: {{ }} names no value; write a variable, such as {{ task.input.taskObject | grant_read_access }}, or take it out (liquid-syntax)',
  ]),
  broken('images in raw text', explained('{% raw %}<img src="good.jpg"> {{ x }} <a href="bad.jpg">x</a>{% endraw %}'), [
    '5:53: error: \'good.jpg\' stands in {% raw %}, where no address is put in the place of an example image; write {% endraw %} before it (unbound-image)',
    "5:80: error: 'bad.jpg' leads nowhere: workers have this page and its images alone; write a whole address, such as https://example.com/rules, or the file of an example image (dead-link)",
  ], { images: ['good.jpg'] }),
  broken('raw text whose end not every Liquid sees', explained('{%- raw -%}{{ x }} {%- endraw -%}'), [
    '5:58: warning: not every Liquid sees the end of {% raw %} in {%- endraw; write {% endraw %} (liquid-syntax)',
  ]),
  ...([['=', '=='], ['===', '=='], ['!==', '!='], ['&&', 'and'], ['||', 'or']] as const).map(([written, word]) => broken(
    `${written} in a condition`, explained(`{% if task.input.labels ${written} 1 %}x{% endif %}`),
    [expect.stringMatching(RegExp(`^5:6\\d: error: expected .*; write ${word} instead of ${written.replaceAll('|', '\\|')} \\(liquid-syntax\\)$`)) as unknown as string],
  )),
  broken('a ! in a condition', explained('{% if !task.input.labels %}x{% endif %}'), [
    '5:45: error: invalid value expression: "!task.input.labels"; write {% unless ... %} instead of {% if !... %} (liquid-syntax)',
  ]),
  ...['elif', 'elseif'].map((tag) => broken(`{% ${tag} %}`, explained(`{% if task.input.labels %}a{% ${tag} true %}b{% endif %}`), [
    `5:66: error: tag "${tag}" not found; write {% elsif ... %} (liquid-syntax)`,
  ])),
  broken('{% else if %}', explained('{% if task.input.labels %}a{% else if true %}b{% endif %}'), [
    '5:39: error: unexpected "if true"; write {% elsif ... %} instead of {% else if ... %} (liquid-syntax)',
  ]),
  broken('a choice as other languages have it', explained("{{- task.input.labels ? 'a | b' : 'c' -}}"), [
    '5:39: error: \'task.input.labels ? \'a | b\' : \'c\'\' is more than one value, of which Liquid takes the first and drops the rest; put a | before a filter (liquid-syntax)',
  ]),
  broken('an element that is opened in one branch and closed in none', explained('{% if task.input.labels %}<div>{% else %}<p>{% endif %}'), [
    '5:65: error: <div> is not closed before </full-instructions>; add </div> (unbalanced-element)',
  ]),
  broken('a middle branch', explained('{% if task.input.labels %}<img src="good.jpg">{% elsif task.input.taskObject %}<img src="god.jpg"><b>{% else %}<img src="good.jpg">{% endif %}'), [
    '5:123: error: there is no example image \'god.jpg\'; write \'good.jpg\' (unknown-image)',
    '5:137: error: <b> is not closed before </full-instructions>; add </b> (unbalanced-element)',
  ], { images: ['good.jpg'] }),
  broken('the middle of a case', explained('{% case task.input.labels.size %}{% when 1 %}<b>one</b>{% when 2 %}<blink2>two</blink2>{% else %}many{% endcase %}'), [
    '5:106: error: there is no element <blink2>; write an element of HTML or a crowd element (unknown-element)',
  ]),
  broken('what a value opens and another closes', explained("{% if task.input.manifestLine.kind == 'a' %}<div>{% endif %}x{% if task.input.manifestLine.kind == 'b' %}</div>{% endif %}"), [
    '5:83: error: <div> is not closed before </full-instructions>; add </div> (unbalanced-element)',
    '5:144: error: </div> closes no open element; take it out, or open <div> before it (unbalanced-element)',
  ]),
  broken('an attribute twice where one of two values is another\'s too', explained("<b {% if task.input.manifestLine.a == 'x' %}class=\"a\"{% endif %} {% if task.input.manifestLine.a != 'y' %}class=\"b\"{% endif %}>x</b>"), [
    '5:150: error: the HTML is broken here (duplicate-attribute); an element can have an attribute only once; take one of them out (html-syntax)',
  ]),
  broken('what the first of a list opens and none closes', explained('{% for label in task.input.labels %}{% if forloop.first %}<ul>{% endif %}<li>{{ label }}</li>{% endfor %}'), [
    '5:97: error: <ul> is not closed before </full-instructions>; add </ul> (unbalanced-element)',
  ]),
  broken('rows that these labels do not fill', explained('{% for label in task.input.labels %}{% assign column = forloop.index0 | modulo: 3 %}{% if column == 0 %}<div>{% endif %}x{% if column == 2 %}</div>{% endif %}{% endfor %}'), [
    '5:143: error: <div> is not closed before </full-instructions>; add </div> (unbalanced-element)',
  ]),
  broken('rows that a list of another length would fill', explained('{% for each in task.input.manifestLine.list %}{% assign column = forloop.index0 | modulo: 3 %}{% if column == 0 %}<div>{% endif %}x{% if column == 2 %}</div>{% endif %}{% endfor %}'), [
    '5:153: warning: <div> is not closed before </full-instructions>; add </div>; so it is with some numbers of items in the loops, and not with others (unbalanced-element)',
  ]),
  broken('an element in a loop for some items alone', explained("{% for each in task.input.manifestLine.list %}<p>{% if each.kind == 'x' %}<b>{% endif %}</p>{% endfor %}"), [
    '5:113: error: <b> is not closed before </p>; add </b> (unbalanced-element)',
  ]),
  broken('an element that depends on what nobody can tell', explained("{% assign kind = task.input.manifestLine.kind | size | append: '!' %}{% if kind == '?' %}<b>{% endif %}"), [
    '5:128: warning: <b> is not closed before </full-instructions>; add </b>; so it is where a page shows {% if kind == \'?\' %}, which could not be tried: look at such a page (unbalanced-element)',
  ]),
  broken('what filters leave as it is', explained("{% assign kind = task.input.manifestLine.kind | downcase %}{% if kind == 'a' %}<b>{% endif %}"), [
    '5:118: error: <b> is not closed before </full-instructions>; add </b> (unbalanced-element)',
  ]),
  broken('a captured part that is shown outside of the form', `{% capture part %}<crowd-input name="a"><b></crowd-input><strnog>x</strnog>{% endcapture %}${BASE}{{ part | skip_autoescape }}`, [
    '1:19: error: <crowd-input> stands outside <crowd-form>; move it into <crowd-form> (outside-crowd-form)',
    '1:41: error: <b> is not closed before </crowd-input>; add </b> (unbalanced-element)',
    '1:58: error: there is no element <strnog>; write <strong> (unknown-element)',
  ]),
  broken('a page that is captured and shown as text', `{% capture page %}${BASE}{% endcapture %}{{ page }}`, [
    '1:1: error: the template does not load the crowd elements; begin it with <script src="https://assets.crowd.aws/crowd-html-elements.js"></script> (missing-script)',
    '1:1: error: the template has no <crowd-form>, so nothing would be submitted; put the whole task into <crowd-form>...</crowd-form> (missing-crowd-form)',
    '1:1: error: the template has no <crowd-bounding-box>, with whose answers this task\'s labels are made; put it into <crowd-form> (missing-task-element)',
  ]),
  broken('what only some branches close', explained('<div>{% if task.input.labels %}</div>{% endif %}'), [
    '5:39: error: <div> is not closed before </full-instructions>; add </div>; so it is in some branches of the Liquid only, of which one may be that no condition holds (unbalanced-element)',
  ]),
  broken('an image whose name is put together in branches', explained('<img src="{% if task.input.labels %}images/{% endif %}good.jpg">'), [
    '5:44: error: \'{% if task.input.labels %}images/{% endif %}good.jpg\' is put together by Liquid, and example images are found by their whole names; write the whole name, in each branch where it differs; so it is in some branches of the Liquid only, of which one may be that no condition holds (composed-image)',
  ], { images: ['good.jpg'] }),
  broken('an image whose name is put together of what Liquid prints', explained('<img src="images/{{ task.input.labels[0] }}.jpg"><img src="{{ task.input.labels[0] }}.jpg">'), [
    '5:44: error: \'images/{{ task.input.labels[0] }}.jpg\' is put together by Liquid, and example images are found by their whole names; write the whole name, in each branch where it differs (composed-image)',
    '5:93: warning: \'{{ task.input.labels[0] }}.jpg\' is put together by Liquid; where an example image is meant it is not found: write the whole name, in each branch where it differs (composed-image)',
  ], { images: ['good.jpg'] }),
  broken('an image whose name filters put together', explained("<img src=\"{{ 'good' | append: '.jpg' | grant_read_access }}\">"), [
    '5:49: error: {{ \'good\' | append: \'.jpg\' | grant_read_access }} puts a name together, and example images are found by their whole names; write {{ \'good.jpg\' | grant_read_access }} with the whole name (composed-image)',
  ], { images: ['good.jpg'] }),
  broken('an image by its name in a variable', explained("{% assign pic = 'good.jpg' %}<img src=\"{{ pic | grant_read_access }}\">"), [
    '5:39: error: \'good.jpg\' is an example image, which has an address only where it stands before grant_read_access; write \'good.jpg\' | grant_read_access here, and the variable alone where it is shown (unbound-image)',
  ], { images: ['good.jpg'] }),
  broken('an image in Liquid without access', explained("<img src=\"{{ 'god.jpg' }}\">"), [
    '5:44: error: src is {{ \'god.jpg\' }}, which no browser may read; write src="god.jpg" (missing-read-access)',
  ], { images: ['good.jpg'] }),
  broken('an image in places that get no address', explained('<img srcset="https://a.example/a,b.jpg 1x,god.jpg 2x" src="good.jpg"><b style="background: url(\'good.jpg\')">x</b>'), [
    '5:44: error: srcset names \'god.jpg\', which no browser of a worker finds: an address is put in where an example image is the src of an element; write <img src="god.jpg"> (unbound-image)',
    '5:111: error: style names \'good.jpg\', which no browser of a worker finds: an address is put in where an example image is the src of an element; write <img src="good.jpg"> (unbound-image)',
  ], { images: ['good.jpg'] }),
  broken('images that are not there, of other elements', explained('<video poster="god.jpg" src="good.gif"></video><crowd-card image="god.jpg"></crowd-card>'), [
    '5:46: error: there is no example image \'god.jpg\'; write \'good.jpg\' (unknown-image)',
    '5:63: error: there is no example image \'good.gif\'; images/ has good.jpg (unknown-image)',
    '5:98: error: there is no example image \'god.jpg\'; write \'good.jpg\' (unknown-image)',
  ], { images: ['good.jpg'] }),
  broken('links that lead nowhere', explained('<a href="good.jpg">a</a> <a href="#x">b</a> <a href="short.md">c</a> <a href="mailto:a@b.c">d</a> <a href="C:\\a.html">e</a>'), [
    '5:86: error: \'short.md\' leads nowhere: workers have this page and its images alone; write a whole address, such as https://example.com/rules, or the file of an example image (dead-link)',
    '5:140: error: \'C:\\a.html\' leads nowhere: workers have this page and its images alone; write a whole address, such as https://example.com/rules, or the file of an example image (dead-link)',
  ], { images: ['good.jpg'] }),
  broken('an image in other letters', explained('<img src="good.jpg">'), [
    '5:44: error: there is no example image \'good.jpg\'; write \'Good.JPG\' (unknown-image)',
  ], { images: ['Good.JPG'] }),
  broken('a comment that does not end', changed('</crowd-form>', '<!-- boxes\n</crowd-form>'), [
    '2:1: error: <crowd-form> is not closed before the end of the template; add </crowd-form> (unbalanced-element)',
    '10:1: error: the HTML is broken here (eof-in-comment); the comment does not end: write --> (html-syntax)',
  ]),
  broken('an end tag with attributes', explained('<b>a</b class="x">'), [
    '5:56: warning: the HTML is broken here (end-tag-with-attributes); an end tag has no attributes; take them out (html-syntax)',
  ]),
  broken('too long', explained('x'.repeat(128000)), [
    '5:127742: error: the template has 128408 characters; 128000 are allowed: put images into files of their own and shorten the text (too-long)',
  ]),
];
