import { ElementRules } from './elements';
import { Element } from './html';
import { PRINTED } from './mask';
import { Findings, listed } from './text';
import { LintTask } from '../contract/template-lint';

/** Checks the labels that an element offers: those of the job, or a list that is written into the page. */
export function checkLabels(element: Element, rules: ElementRules, task: LintTask | undefined, findings: Findings): void {
  const { attribute: name, documentedLimit } = rules.labels!;
  const attribute = element.attributes.find((each) => each.name === name);
  if (attribute === undefined) {
    return;
  }
  const { value, begin } = attribute;
  const own = task !== undefined && element.name === task.element;
  const max = own ? task.maxLabels : undefined;
  const literal = value.includes(PRINTED) ? undefined : readList(value);
  if (literal === undefined && !value.includes(PRINTED)) {
    findings.error('wrong-labels', begin, `${name} is ${shown(value)}; it must be a list such as ['cat', 'dog'], or {{ task.input.labels | to_json | escape }}`);
    return;
  }
  const count = literal?.length ?? (own ? task.offered : undefined);
  if (count === undefined) {
    return;
  }
  if (count === 0) {
    findings.error('wrong-labels', begin, `${name} has no label; workers could answer nothing: write at least one`);
  } else if (max !== undefined && count > max) {
    findings.error('too-many-labels', begin, `${name} has ${count} labels; Ground Truth takes at most ${max} for this task: leave some out`);
  } else if (documentedLimit !== undefined && count > documentedLimit) {
    findings.warning('too-many-labels', begin, `${name} has ${count} labels; <${element.name}> is documented for at most ${documentedLimit}: leave some out, or try the page with your workers`);
  }
  const twice = literal?.find((label, index) => literal.indexOf(label) < index);
  if (twice !== undefined) {
    findings.error('wrong-labels', begin, `${name} has '${twice}' twice; labels must be unique: take one out`);
  }
  const foreign = own ? literal?.filter((label) => !task.labels.includes(label)) ?? [] : [];
  if (foreign.length > 0) {
    findings.error('wrong-labels', begin, `${name} has ${listed(foreign.map((label) => `'${label}'`))}, which the task does not know; it has ${listed(task!.labels.slice(0, 12).map((label) => `'${label}'`))}: write {{ task.input.labels | to_json | escape }}`);
  }
}

const shown = (value: string): string => `'${value.length > 60 ? `${value.slice(0, 60)}...` : value}'`;

/** A list of texts as the elements take it: JSON, or with single quotation marks and a comma at its end. */
export function readList(value: string): string[] | undefined {
  const list = value.trim();
  if (!list.startsWith('[') || !list.endsWith(']')) {
    return undefined;
  }
  const content = list.slice(1, -1).trim().replace(/,$/, '');
  const labels: string[] = [];
  const item = /\s*(?:"((?:[^"\\]|\\[\s\S])*)"|'((?:[^'\\]|\\[\s\S])*)')\s*(,|$)/y;
  while (item.lastIndex < content.length) {
    const match = item.exec(content);
    if (!match) {
      return undefined;
    }
    labels.push((match[1] ?? match[2]).replace(/\\u([0-9a-f]{4})/gi, (_, code: string) => String.fromCharCode(parseInt(code, 16))).replace(/\\([\s\S])/g, '$1'));
    if (match[3] === '') {
      break;
    }
  }
  return labels;
}
