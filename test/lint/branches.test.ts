import * as fc from 'fast-check';
import { BASE, boxes } from './corpus';
import { formatProblem, lintTemplate, renderPage } from '../../src/lint';

const TASK = boxes();
const FULL = '    <full-instructions header="Boxes"><p>Tight.</p></full-instructions>';
const page = (text: string): string => BASE.replace(FULL, () => `<full-instructions>${text}</full-instructions>`);
const lint = (text: string): readonly string[] => lintTemplate(page(text), TASK).map((problem) => formatProblem('t', problem));

const FLAG = ['task.input.manifestLine.a', "task.input.manifestLine['b']", 'task.input.manifestLine.c.d'];
const KIND = 'task.input.manifestLine.kind';
const KINDS = ['x', 'y', 'z', 1, 3, 4, false, undefined];

/** All that may come in, as far as the conditions below can tell. */
const INPUTS = [true, undefined].flatMap((a) => [true, undefined].flatMap((b) => [{ d: 1 }, undefined].flatMap((c) => KINDS.map((kind) => (
  { taskObject: '', labels: ['screw', 'nut'], manifestLine: { a, b, c, kind } }
)))));

/** Whether one of the pages of a template has an element that is not closed. */
const isBroken = (text: string): boolean => INPUTS.some((input) => (
  lintTemplate(renderPage(page(text), input, () => 's.jpg'), TASK).some(({ rule }) => rule === 'unbalanced-element')
));

const flag = fc.constantFrom(...FLAG);
const condition = fc.oneof(flag, fc.constantFrom(`${KIND} == 'x'`, `'x' != ${KIND}`, `${KIND} == "y"`, `${KIND} == nil`, `${KIND} > 2`, `${KIND} <= 2`, KIND));
const compound = fc.oneof({ weight: 3, arbitrary: condition }, fc.tuple(condition, fc.constantFrom('and', 'or'), condition).map((parts) => parts.join(' ')));

/** Whatever is within, shown where a condition holds, where it does not, or around it: each has as many begins as ends if that has. */
function branched(inner: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.oneof(
    fc.tuple(compound, inner).map(([test, text]) => `{% if ${test} %}${text}{% endif %}`),
    fc.tuple(compound, inner, compound, inner, inner).map(([test, one, next, two, three]) => `{% if ${test} %}${one}{% elsif ${next} %}${two}{% else %}${three}{% endif %}`),
    fc.tuple(compound, inner, inner).map(([test, one, two]) => `{% unless ${test} %}${one}{% else %}${two}{% endunless %}`),
    fc.tuple(inner, inner, inner).map(([one, two, three]) => `{% case ${KIND} %}{% when 'x', 3 %}${one}{% when 'y' %}${two}{% else %}${three}{% endcase %}`),
    inner.map((text) => `{% for label in task.input.labels %}${text}{% endfor %}`),
    fc.tuple(fc.constantFrom('<div>', '<section>'), inner, flag).map(([begin, text, value]) => `{% assign on = ${value} %}${begin}{% if on %}${text}{% endif %}${begin.replace('<', '</')}`),
  );
}

const { balanced } = fc.letrec<{ balanced: string; more: string }>((tie) => ({
  balanced: fc.oneof({ maxDepth: 4, withCrossShrink: true }, fc.constantFrom('x', '<hr>', '<p class="c">x</p>'), tie('more')),
  more: fc.oneof(
    fc.tuple(fc.constantFrom('div', 'b', 'section'), tie('balanced')).map(([name, text]) => `<${name}>${text}</${name}>`),
    fc.tuple(tie('balanced'), tie('balanced')).map((texts) => texts.join('')),
    branched(tie('balanced')),
    // what opens under a condition closes under the same one
    fc.tuple(condition, fc.constantFrom('div', 'b'), tie('balanced')).map(([test, name, text]) => `{% if ${test} %}<${name}>{% endif %}${text}{% if ${test} %}</${name}>{% endif %}`),
    // ... or with the first and the last of a list
    fc.tuple(fc.constantFrom('{% unless forloop.last %}<hr>{% endunless %}{% if forloop.last %}</ul>{% endif %}', '{% unless forloop.last %}<hr>{% else %}</ul>{% endunless %}'), tie('balanced'))
      .map(([end, text]) => `{% for label in task.input.labels %}{% if forloop.first %}<ul>{% endif %}<li>${text}</li>${end}{% endfor %}`),
    // of kinds there is one at a time
    tie('balanced').map((text) => `<div {% if ${KIND} == 'x' %}class="x"{% endif %} {% if ${KIND} == 'y' %}class="y"{% endif %}>${text}</div>`),
  ),
}));

describe('whatever the branches of a template are', () => {
  test('nothing is wrong where each of its pages is right', () => {
    fc.assert(fc.property(balanced, (text) => {
      expect(lint(text)).toEqual([]);
    }), { numRuns: 300 });
  });

  const torn = fc.letrec<{ torn: string }>((tie) => ({
    torn: fc.oneof(
      { maxDepth: 3 },
      fc.constantFrom('x', '<div>', '</div>', '<b>', '</b>', '<b>x</b>', '<hr>'),
      fc.tuple(tie('torn'), tie('torn')).map((texts) => texts.join('')),
      branched(tie('torn')),
    ),
  })).torn;

  test('an error is said only where one of its pages has one', () => {
    fc.assert(fc.property(torn, (text) => {
      const errors = lint(text).filter((problem) => problem.includes(' error: '));
      expect([text, errors.length > 0 && !isBroken(text) ? errors : []]).toEqual([text, []]);
    }), { numRuns: 300 });
  });

  test('an element that is not closed is said wherever a page shows it', () => {
    fc.assert(fc.property(balanced, fc.nat(), (text, number) => {
      const places = [...text.matchAll(/x(?=[<{]|$)/g)];
      const at = places.length === 0 ? 0 : places[number % places.length].index;
      const open = `${text.slice(0, at)}<i>${text.slice(at)}`;
      expect([open, lint(open).some((problem) => / error: /.test(problem))]).toEqual([open, isBroken(open)]);
    }), { numRuns: 200, seed: 7 }); // not each combination is looked at: others are only warned of
  });
});
