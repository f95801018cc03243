import { ElementRules } from './elements';
import { Attribute, Element } from './html';
import { LiquidText } from './liquid';
import { asksImage, MarkedPage, UNKNOWN, withoutUnknown } from './marked';
import { ShownPage, shownPage } from './shown';
import { Findings, listed } from './text';
import { PRINTED } from './ways';
import { LintContext, LintTask } from '../contract/template-lint';

/** The labels of the job as they are, in an attribute. */
const ALL_LABELS = /\{\{-?\s*task\.input\.labels\s*\|\s*to_json\s*(\|\s*escape\s*)?-?\}\}/;

const INPUT = 'task.input.labels';

/** Checks the labels that a page offers: those of the job, or a list that is written into it. */
export class LabelsCheck {
  /** Where the task's element has its labels, and which, on the ways through the template. */
  private readonly offered: { readonly begin: number; readonly labels?: readonly string[] }[] = [];
  private wrong = false;

  constructor(
    private readonly template: string, private readonly liquid: LiquidText, private readonly context: LintContext,
    private readonly page: ShownPage | undefined, private readonly marked: MarkedPage | undefined, private readonly findings: Findings,
  ) {}

  check(element: Element, rules: ElementRules): void {
    const { attribute: name, documentedLimit } = rules.labels!;
    const attribute = element.attributes.find((each) => each.name === name);
    if (attribute === undefined) {
      return;
    }
    const { value, begin } = attribute;
    const task = this.context.task?.element === element.name ? this.context.task : undefined;
    const list = readList(value);
    // what Liquid makes is not on each way through it
    const made = value.includes(PRINTED) || (list ?? []).length === 0 && this.template.slice(begin, attribute.end).includes('{%');
    const offer = made ? task && this.printed(attribute, task) : list ?? { wrong: value };
    if (offer !== undefined && 'wrong' in offer) {
      this.noList(attribute, offer.wrong, made, task);
      return;
    }
    if (task !== undefined) {
      this.offered.push({ begin, ...offer ? { labels: offer } : {} });
    }
    if (offer !== undefined) {
      this.checkCount(element, attribute, offer.length, task?.maxLabels, documentedLimit);
      this.checkList(attribute, offer, task);
    }
  }

  /** What all ways together offer, and what else is made of the job's list. */
  end(): void {
    const { liquid, context: { task } } = this;
    if (task === undefined || this.wrong) {
      return;
    }
    const found = new Set(this.offered.flatMap(({ labels = [] }) => labels));
    const missing = !task.labelsKnown ? [] : task.offered.filter((label) => !found.has(label));
    if (this.offered.length > 0 && this.offered.every(({ labels }) => labels !== undefined) && missing.length > 0) {
      this.findings.warning('missing-labels', this.offered[0].begin, `${task.labelsAttribute} lacks ${quoted(missing)}, which no worker could choose; write ${task.labelsAttribute}="${task.labelsText}", or retire what is not wanted`);
    }
    const more = notOffered(task.labels, task);
    const first = liquid.said.find(({ begin, end }) => this.template.slice(begin, end).includes(INPUT));
    if (more.length > 0 && first !== undefined && this.page !== undefined
      && this.page.html !== shownPage(this.template, this.context, { labels: task.offered }, this.findings)?.html) {
      this.findings.warning('not-offered', first.begin, `${INPUT} is the job's list, which also has ${quoted(more)}, and what is made of it shows workers what they may not choose; write out ${task.labelsText}`);
    }
  }

  private noList({ name, begin, end }: Attribute, value: string, made: boolean, task: LintTask | undefined): void {
    const bare = /=\s*([^\s"'][^]*)$/.exec(this.template.slice(begin, end))?.[1];
    const remedy = made && bare !== undefined && value.startsWith('[') ? `in quotation marks: write ${name}="${bare}"` : task === undefined || task.labelsText.startsWith('{{') ? `a list such as ['cat', 'dog'], or ${ALL_TEXT}` : `a list: write ${name}="${task.labelsText}"`;
    this.findings.error('wrong-labels', begin, `${name} is ${shown(value)}${made ? ' on the page' : ''}; it must be ${remedy}`);
    this.wrong = true;
  }

  /** What Liquid makes of the attribute. Undefined: that is another thing for each image, or it is not known. */
  private printed(attribute: Attribute, task: LintTask): readonly string[] | { readonly wrong: string } | undefined {
    const written = this.template.slice(attribute.begin, attribute.end);
    const found = this.marked?.attributes.find(({ begin, element }) => begin === attribute.begin && element.name === task.element);
    if (found === undefined) {
      return ALL_LABELS.test(written) ? task.labels
        : readList(this.page?.attribute(task.labelsAttribute) ?? '') ?? (written.includes(INPUT) ? task.labels : undefined);
    }
    const value = found.attribute.value.trim();
    const list = value.includes(UNKNOWN) ? undefined : readList(value);
    if (list !== undefined && list.length > 0) {
      // a tokenizer may change what is in a label
      return ALL_LABELS.test(written) && list.length === task.labels.length ? task.labels : list;
    }
    const mayBeList = value.includes(UNKNOWN) && (value.startsWith('[') || value.startsWith(UNKNOWN));
    return mayBeList || this.isAnother(attribute, written) ? undefined : list ?? { wrong: withoutUnknown(value) };
  }

  /** Whether an attribute may be another for another image. */
  private isAnother({ end }: Attribute, written: string): boolean {
    const asks = this.liquid.said.some((piece) => piece.kind === 'tag' && piece.begin < end && asksImage(this.template, piece, this.context));
    return written.includes('manifestLine') || asks && !written.includes(INPUT);
  }

  private checkCount(
    { name: element }: Element, { name, begin }: Attribute, count: number, max = Infinity, documentedLimit = Infinity,
  ): void {
    if (count === 0) {
      this.findings.error('wrong-labels', begin, `${name} has no label; workers could answer nothing: write at least one`);
      this.wrong = true;
    } else if (count > max) {
      this.findings.error('too-many-labels', begin, `${name} has ${count} labels; Ground Truth takes at most ${max} for this task: leave some out`);
    } else if (count > documentedLimit) {
      this.findings.warning('too-many-labels', begin, `${name} has ${count} labels; <${element}> is documented for at most ${documentedLimit}: leave some out, or try the page with your workers`);
    }
  }

  private checkList({ name, begin }: Attribute, labels: readonly string[], task: LintTask | undefined): void {
    const seen = new Set<string>();
    const twice = labels.find((label) => seen.size === seen.add(label).size);
    const known = new Set(task?.labels);
    const foreign = task?.labelsKnown !== true ? [] : labels.filter((label) => !known.has(label));
    const closed = task === undefined ? [] : notOffered(labels, task).filter((label) => known.has(label));
    if (twice !== undefined) {
      this.findings.error('wrong-labels', begin, `${name} has '${twice}' twice; labels must be unique: take one out`);
    }
    if (foreign.length > 0) {
      this.findings.error('wrong-labels', begin, `${name} has ${quoted(foreign)}, which the task does not know; it has ${quoted(task!.offered)}: write ${task!.labelsText}`);
    }
    if (closed.length > 0) {
      const why = task!.earlier?.attribute === 'overlay' ? 'no worker may answer with: it is judged, or retired' : 'no worker may choose any more: it is retired';
      this.findings.error('not-offered', begin, `${name} has ${quoted(closed)}, which ${why}; write ${name}="${task!.labelsText}"`);
    }
    this.wrong ||= twice !== undefined || foreign.length > 0 || closed.length > 0;
  }
}

const ALL_TEXT = '{{ task.input.labels | to_json | escape }}';

const quoted = (labels: readonly string[]): string => `${listed(labels.slice(0, 12).map((label) => `'${label}'`))}${labels.length > 12 ? ', ...' : ''}`;

function notOffered(labels: readonly string[], { offered }: LintTask): string[] {
  const known = new Set(offered);
  return labels.filter((label) => !known.has(label));
}

const shown = (value: string): string => `'${value.length > 60 ? `${value.slice(0, 60)}...` : value}'`;

/** A list of texts as the elements take it: JSON, or with single quotation marks and a comma at its end. */
export function readList(value: string): string[] | undefined {
  const list = value.trim();
  if (!list.startsWith('[') || !list.endsWith(']')) {
    return undefined;
  }
  const json = listOfTexts(list);
  if (json !== undefined) {
    return json;
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

function listOfTexts(json: string): string[] | undefined {
  try {
    const list = JSON.parse(json) as unknown[];
    return list.every((each) => typeof each === 'string') ? list as string[] : undefined;
  } catch {
    return undefined;
  }
}
