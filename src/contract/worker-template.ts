import { CROWD_SCRIPT } from './crowd-script';
import { BACKGROUND } from './earlier-label';
import { offeredLabels } from './job-labels';
import { EarlierLabels, LABELING_TASKS } from './labeling-tasks';
import { TaskConfiguration } from './project-configuration';

/** What of a task its page shows. */
export type PageTask = Pick<TaskConfiguration, 'type' | 'labels' | 'title' | 'description' | 'earlierLabelAttribute' | 'earlierLabels'>;

/** What workers read, as HTML. Absent: the task's description. */
export interface PageInstructions {
  readonly full?: string;
  readonly short?: string;
}

/**
 * The built-in page for workers: Liquid HTML around the crowd element that the task type's consolidation expects.
 *
 * The labels are those of the job, but where it knows more than workers may choose: then these are written into the page, because the
 * job's list has to keep retired classes for their ids, and the classes that a verification judges.
 *
 * @param task of a built-in type
 */
export function workerTemplate(task: PageTask, instructions: PageInstructions = {}): string {
  const { page, earlier } = LABELING_TASKS[task.type];
  if (page === undefined) {
    throw new Error(`there is no built-in page for a task of type ${task.type}`);
  }
  const { element, elementName, labelsAttribute } = page;
  const attributes = [
    `name="${elementName}"`,
    'src="{{ task.input.taskObject | grant_read_access }}"',
    `header="${escape(task.description)}"`,
    `${labelsAttribute}="${labelsOnPage(task)}"`,
    ...earlier === undefined ? [] : [earlierAttribute(task, earlier)],
  ];
  return [
    `<script src="${CROWD_SCRIPT}"></script>`,
    '<crowd-form>',
    `  <${element}`,
    ...attributes.map((attribute, index) => `      ${attribute}${index === attributes.length - 1 ? '>' : ''}`),
    `    <full-instructions header="${escape(task.title)}">`,
    ...indented(instructions.full ?? `<p>${escape(task.description)}</p>`),
    ...explanations(task).map((line) => `      ${line}`),
    '    </full-instructions>',
    ...instructions.short === undefined
      ? [`    <short-instructions>${escape(task.description)}</short-instructions>`]
      : ['    <short-instructions>', ...indented(instructions.short), '    </short-instructions>'],
    ...earlier?.adjusted === false
      ? ['    <worker-comment header="Say what is wrong" link-text="Comment">Say what is wrong, and where.</worker-comment>'] : [],
    `  </${element}>`,
    '</crowd-form>',
    '',
  ].join('\n');
}

/** Lines within `<pre>` keep their white space, so nothing is put before them. */
function indented(html: string): string[] {
  return html.includes('<pre') ? [html] : html.split('\n').map((line) => `      ${line}`);
}

/** The labels to choose from, as the attribute of an element takes them. */
export function labelsOnPage(task: Pick<PageTask, 'labels' | 'earlierLabels'>): string {
  return task.earlierLabels !== undefined || task.labels.some((label) => label.retired)
    ? json(offeredLabels(task))
    : '{{ task.input.labels | to_json | escape }}';
}

/** The attribute that shows an image's earlier label: to change it, or behind the question what to think of it. */
export function earlierAttribute(task: PageTask, { kind, adjusted }: EarlierLabels): string {
  const attribute = task.earlierLabelAttribute ?? '';
  if (adjusted) {
    return `initial-value="${kind === 'boxes' ? boxes(attribute) : `{ ${mask(attribute)} }`}"`;
  }
  const labels = `&quot;labels&quot;: ${json(task.earlierLabels ?? [])}`;
  return kind === 'boxes'
    ? `overlay="{ &quot;boundingBox&quot;: { ${labels}, &quot;value&quot;: ${boxes(attribute)} } }"`
    : `overlay="{ &quot;semanticSegmentation&quot;: { ${labels}, ${mask(attribute)} } }"`;
}

/** Liquid takes a name that begins with a digit only in brackets; what is documented for Ground Truth is the form with a dot. */
function input(attribute: string): string {
  return `task.input.manifestLine${/^[a-z]/i.test(attribute) ? `.${attribute}` : `['${attribute}']`}`;
}

/** A list of boxes, as the elements take it. */
function boxes(attribute: string): string {
  const numbers = ['left', 'top', 'width', 'height'].map((side) => `&quot;${side}&quot;: {{ box.${side} }}`);
  return [
    `[{% for box in ${input(attribute)}.annotations %}`,
    '{% capture id %}{{ box.class_id }}{% endcapture %}',
    `{% assign label = ${input(`${attribute}-metadata`)}.class-map[id] %}`,
    `{ &quot;label&quot;: {{ label | to_json | escape }}, ${numbers.join(', ')} }`,
    '{% unless forloop.last %},{% endunless %}{% endfor %}]',
  ].join('');
}

/** A mask and what its colours mean. */
function mask(attribute: string): string {
  return [
    `&quot;src&quot;: &quot;{{ ${input(attribute)} | grant_read_access }}&quot;, &quot;labelMappings&quot;: { {% assign comma = '' %}`,
    `{% for entry in ${input(`${attribute}-metadata`)}.internal-color-map %}{% if entry[1]['class-name'] != '${BACKGROUND}' %}`,
    "{{ comma }}{{ entry[1]['class-name'] | to_json | escape }}: { &quot;color&quot;: {{ entry[1]['hex-color'] | to_json | escape }} }",
    "{% assign comma = ',' %}{% endif %}{% endfor %} }",
  ].join('');
}

function explanations({ labels }: PageTask): string[] {
  const explained = labels.filter((label) => !label.retired && label.description !== undefined);
  return explained.length === 0
    ? []
    : ['<ul>', ...explained.map((label) => `  <li><strong>${escape(label.name)}</strong>: ${escape(label.description!)}</li>`), '</ul>'];
}

const json = (names: readonly string[]): string => escape(JSON.stringify(names));

const ENTITIES: { readonly [character: string]: string } = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  // so that Liquid never sees a tag in the user's words
  '{': '&#123;',
  '}': '&#125;',
};

/** How aws-cdk-lib writes a value that is known only at deploy time into a string; such a value goes in as it is. */
const TOKEN = /(\$\{Token\[[^\]]*\]\})/;

/** Whether a part of a text is known only at deploy time. */
export const isLate = (text: string): boolean => TOKEN.test(text);

function escape(text: string): string {
  return text.split(TOKEN)
    .map((part) => (TOKEN.test(part) ? part : part.replace(/[&<>"'{}]/g, (character) => ENTITIES[character])))
    .join('');
}
