import { LintContext } from '../../src/contract/template-lint';
import { lintTemplate, renderPage } from '../../src/lint';

// what they cost is counted: this is only for a machine that is busy with something else
jest.setTimeout(60_000);

const CUSTOM: LintContext = { images: [] };
const BOXES: LintContext = { images: [], inputs: ['taskObject', 'labels', 'manifestLine'] };
const LONG = 'x'.repeat(60_000);
const long = (rest: string): string => `{% assign s = "${LONG}" %}\n${rest}`;

/** Name, template, where it is said. */
const ENDLESS: readonly [string, string, string][] = [
  ['a range', '\n {% for i in (1..1000000000) %}x{% endfor %}', '2:2'],
  ['loops in loops', '{% for i in (1..1000) %}\n{% for j in (1..1000) %}{% for k in (1..1000) %}x{% endfor %}{% endfor %}{% endfor %}', '2:25'],
  ['loops in loops with nothing in them', '{% for i in (1..1000) %}{% for j in (1..1000) %}{% for k in (1..1000) %}{% endfor %}{% endfor %}{% endfor %}', '1:25'],
  ['a table', '{% tablerow i in (1..100000000) cols:2 %}x{% endtablerow %}', '1:1'],
  ['a text that doubles', '{% assign s = "xxxx" %}{% for i in (1..60) %}\n{% assign s = s | append: s %}{% endfor %}', '2:1'],
  ['a capture that doubles', '{% assign s = "xxxx" %}{% for i in (1..60) %}\n{% capture s %}{{s}}{{s}}{% endcapture %}{% endfor %}', '2:21'],
  ['a capture that doubles, not escaped', '{% assign s = "xxxx" %}{% for i in (1..60) %}{% capture s %}{{s | skip_autoescape}}{{s | skip_autoescape}}{% endcapture %}{% endfor %}', '1:84'],
  ['a list that doubles', '{% assign a = "a,b" | split: "," %}{% for i in (1..60) %}{% assign a = a | concat: a %}{% endfor %}', '1:58'],
  ['a wide date', '{{ "now" | date: "%999999999d" }}', '1:1'],
  ['another wide date', '{{ "now" | date: "%999999999N%9999999s" }}', '1:1'],
  ['a product of texts', long('{{ s | replace: "x", s }}'), '2:1'],
  ['a product of letters', long('{{ s | split: "" | join: s }}'), '2:1'],
  ['a long text again and again', long('{% for i in (1..90000) %}{{ s }}{% endfor %}'), '2:26'],
  ['long words again and again', `{% for i in (1..400000) %}${LONG}{% endfor %}`, '1:27'],
  ['JSON of a long text', long('{% for i in (1..90000) %}{% assign t = s | to_json %}{% endfor %}'), '2:26'],
];

describe.each(ENDLESS)('Liquid without an end: %s', (_name, template, place) => {
  test.each([['a custom task', CUSTOM], ['a built-in task', BOXES]])('is an error for %s, with its place', (_task, context) => {
    expect(lintTemplate(template, context).filter(({ rule }) => rule === 'endless').map(({ line, column }) => `${line}:${column}`)).toEqual([place]);
  });

  test('is no page', () => expect(() => renderPage(template, {}, (uri) => uri)).toThrow(/steps|characters|too much/));
});

test('a page that loops as pages do is let alone', () => {
  const template = '{% for i in (1..500) %}{% for j in (1..100) %}<b>{{ i }}</b>{% endfor %}{% endfor %}';
  expect(lintTemplate(template, CUSTOM).filter(({ rule }) => rule === 'endless')).toEqual([]);
  const labels = Array.from({ length: 1000 }, (_, index) => `label ${index}`);
  expect(renderPage('{% for l in task.input.labels %}{{ l | append: "," }}{% endfor %}{{ task.input.labels | to_json | escape }}', { labels }, (uri) => uri)).toContain('label 999');
});

test('trouble that may be the image\'s is none of the template\'s', () => {
  expect(lintTemplate('{{ task.input.list | where: "a", "b" | first }}{{ 1 | divided_by: 0 }}', CUSTOM).map(({ rule }) => rule)).not.toContain('endless');
});

test.each(['include', 'render', 'layout'])('a page is not made of other files: %s', (tag) => {
  expect(() => renderPage(`<p>\n{% ${tag} 'footer' %}`, {}, (uri) => uri)).toThrow('reads another file');
});
