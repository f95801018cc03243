import { Annotations, Match } from 'aws-cdk-lib/assertions';
import * as fc from 'fast-check';
import { LabelingTask } from '../../src';
import { LABELING_TASKS, LabelingTaskType } from '../../src/contract/labeling-tasks';
import { workerTemplate } from '../../src/contract/worker-template';
import { FlatTemplate, newProject, newStack } from '../project-fixture';

const TYPES = (Object.keys(LABELING_TASKS) as LabelingTaskType[]).filter((type) => LABELING_TASKS[type].page !== undefined);

const page = (task: Partial<Parameters<typeof workerTemplate>[0]> = {}) => workerTemplate({
  type: 'BoundingBox', title: 'Parts', description: 'Draw a box', labels: [{ name: 'screw' }, { name: 'nut' }], ...task,
});

/** What a browser makes of an attribute or a text. */
function decoded(html: string): string {
  const entities: { [name: string]: string } = { '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'", '&#123;': '{', '&#125;': '}', '&amp;': '&' };
  return html.replace(/&(lt|gt|quot|#39|#123|#125|amp);/g, (entity) => entities[entity]);
}

const attribute = (html: string, name: string) => new RegExp(`\\s${name}="([^"]*)"`).exec(html.slice(html.indexOf('<crowd-form>')))![1];

describe('the worker page', () => {
  test.each(TYPES)('of %s has the element and the names that its consolidation expects', (type) => {
    const html = page({ type });
    const { element, elementName, labelsAttribute } = LABELING_TASKS[type].page!;
    expect(html).toContain('<script src="https://assets.crowd.aws/crowd-html-elements.js"></script>');
    expect(html).toMatch(new RegExp(`<crowd-form>\\s*<${element}\\s[^>]*>[\\s\\S]*</${element}>\\s*</crowd-form>`));
    expect(attribute(html, 'name')).toBe(elementName);
    expect(attribute(html, 'src')).toBe('{{ task.input.taskObject | grant_read_access }}');
    expect(attribute(html, labelsAttribute)).toBe('{{ task.input.labels | to_json | escape }}');
    expect(html).toMatch(/<full-instructions header="Parts">[\s\S]*<\/full-instructions>\s*<short-instructions>/);
  });

  test('offers no retired class', () => {
    const html = page({ labels: [{ name: 'old', retired: true, description: 'gone' }, { name: 'a "b"' }, { name: "c'd" }] });
    expect(JSON.parse(decoded(attribute(html, 'labels')))).toEqual(['a "b"', "c'd"]);
    expect(html).not.toContain('old');
    expect(html).not.toContain('gone');
  });

  test('explains the classes that have a description', () => {
    expect(page({ labels: [{ name: 'screw', description: 'With a <thread>' }, { name: 'nut' }] }))
      .toContain('<li><strong>screw</strong>: With a &lt;thread&gt;</li>');
    expect(page()).not.toContain('<li>');
  });

  test('the user\'s words arrive as they were written, and are neither HTML nor Liquid', () => {
    const words = fc.string({ unit: fc.constantFrom('{', '}', '%', '<', '>', '"', "'", '&', 'a', ' ', '|', ';'), minLength: 1, maxLength: 30 });
    fc.assert(fc.property(words, words, words, (title, description, name) => {
      const html = page({ title, description, labels: [{ name, description }, { name: 'old', retired: true }] });
      expect(decoded(attribute(html, 'header'))).toBe(description);
      expect(decoded(/full-instructions header="([^"]*)"/.exec(html)![1])).toBe(title);
      expect(JSON.parse(decoded(attribute(html, 'labels')))).toEqual([name]);
      // the only Liquid is ours
      expect(html.match(/\{\{|\{%/g)).toEqual(['{{']);
    }));
  });
});

describe('many labels for boxes', () => {
  const warnings = (count: number, retired = 0) => {
    const stack = newStack();
    const labels = Array.from({ length: count }, (_, index) => ({ name: `class ${index}`, retired: index < retired }));
    newProject(stack, { task: LabelingTask.boundingBox({ title: 'Parts', description: 'Draw', labels }) });
    FlatTemplate.of(stack);
    return Annotations.fromStack(stack).findWarning('*', Match.stringLikeRegexp('<crowd-bounding-box> is documented for at most 10'));
  };

  test.each([[10, 0, 0], [11, 0, 1], [11, 1, 0], [50, 0, 1]])('%i, %i of them retired: %i warnings', (count, retired, expected) => {
    expect(warnings(count, retired)).toHaveLength(expected);
  });
});
