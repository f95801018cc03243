import { LABELING_TASKS } from '../contract/labeling-tasks';
import { TaskConfiguration } from '../contract/project-configuration';

type Task = Pick<TaskConfiguration, 'type' | 'labels' | 'title' | 'description'>;

const SCRIPT = 'https://assets.crowd.aws/crowd-html-elements.js';

/**
 * The default page for workers: Liquid HTML around the crowd element that the task type's consolidation expects.
 *
 * The labels are those of the job, but where one is retired: then the active ones are written into the page, because the job's list
 * has to keep retired ones for their class ids.
 */
export function workerTemplate(task: Task): string {
  const { element, elementName, labelsAttribute } = LABELING_TASKS[task.type];
  return [
    `<script src="${SCRIPT}"></script>`,
    '<crowd-form>',
    `  <${element}`,
    `      name="${elementName}"`,
    '      src="{{ task.input.taskObject | grant_read_access }}"',
    `      header="${escape(task.description)}"`,
    `      ${labelsAttribute}="${offeredLabels(task)}">`,
    `    <full-instructions header="${escape(task.title)}">`,
    `      <p>${escape(task.description)}</p>`,
    ...explanations(task).map((line) => `      ${line}`),
    '    </full-instructions>',
    `    <short-instructions>${escape(task.description)}</short-instructions>`,
    `  </${element}>`,
    '</crowd-form>',
    '',
  ].join('\n');
}

function offeredLabels({ labels }: Task): string {
  return labels.some((label) => label.retired)
    ? escape(JSON.stringify(labels.filter((label) => !label.retired).map((label) => label.name)))
    : '{{ task.input.labels | to_json | escape }}';
}

function explanations({ labels }: Task): string[] {
  const explained = labels.filter((label) => !label.retired && label.description !== undefined);
  return explained.length === 0
    ? []
    : ['<ul>', ...explained.map((label) => `  <li><strong>${escape(label.name)}</strong>: ${escape(label.description!)}</li>`), '</ul>'];
}

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

function escape(text: string): string {
  return text.split(TOKEN)
    .map((part) => (TOKEN.test(part) ? part : part.replace(/[&<>"'{}]/g, (character) => ENTITIES[character])))
    .join('');
}
