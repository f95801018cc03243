import { Element } from './html';
import { LiquidText } from './liquid';
import { ShownPage, shownPage } from './shown';
import { Findings } from './text';
import { LintContext, LintTask, PageInput } from '../contract/template-lint';

const VARIABLES = /\b(?:assign|capture|for|tablerow|increment|decrement)\s+["']?([\w-]+)/g;

/** Checks how a page shows the label that an image brings along. */
export class EarlierCheck {
  /** The attributes that are to show it, as the ways through the template have them. */
  private readonly written = new Map<number, string>();
  /** Where an element has no such attribute. */
  private lacking?: number;
  private isThere = false;

  constructor(private readonly template: string, private readonly context: LintContext, private readonly findings: Findings) {}

  check(task: LintTask, element: Element, has: boolean): void {
    this.isThere ||= has;
    this.lacking ??= has ? undefined : element.begin;
    const attribute = element.attributes.find(({ name }) => name === task.earlier?.attribute);
    if (attribute !== undefined) {
      this.written.set(attribute.begin, this.template.slice(attribute.begin, attribute.end));
    }
  }

  /** Each image brings another label: what is the same with all of them and without does not show it. */
  end(liquid: LiquidText, page: ShownPage | undefined): void {
    const { template, context, findings } = this;
    const { earlier, element, labelsKnown } = context.task ?? {};
    if (earlier === undefined) {
      return;
    }
    const shown = (manifestLine: PageInput): string | undefined => (
      shownPage(template, context, { manifestLine }, findings)?.attribute(earlier.attribute)
    );
    // an image that brings no label along needs no attribute
    const isShown = (): boolean => page === undefined || earlier.samples.length === 0 || earlier.samples.some((sample) => shown(sample));
    if (this.lacking !== undefined && !(this.isThere && isShown())) {
      findings.error('missing-attribute', this.lacking, `<${element}> has no ${earlier.attribute}, so workers would not see the label that an image brings along; add ${earlier.text}`);
      return;
    }
    const without = page?.attribute(earlier.attribute);
    if (earlier.samples.length === 0 || without === undefined || [...this.written.values()].some(isEmpty)) {
      return;
    }
    if (earlier.samples.some((sample) => shown(sample) !== without)) {
      return;
    }
    const [name] = Object.keys(earlier.samples[0]);
    const at = Math.max(0, template.indexOf(`<${element}`));
    const what = `${earlier.attribute} of <${element}> is the same whatever label an image brings along`;
    if (!this.names(name, liquid)) {
      findings.error('missing-label', at, `${what}, which has the name ${name} in task.input.manifestLine; write ${earlier.text}`);
    } else if (labelsKnown) {
      findings.warning('missing-label', at, `${what}: no class and no size of what it shows makes a difference, and the confidence is always 0; look at its conditions and names, or write ${earlier.text}`);
    }
  }

  /** Whether one of the attributes has to do with what has a name: it has it itself, or a variable that may have been made of it. */
  private names(name: string, { said }: LiquidText): boolean {
    const texts = said.map(({ begin, end }) => this.template.slice(begin, end));
    const first = texts.findIndex((text) => text.includes(name));
    // what is captured may be named behind the begin of the capture
    const made = texts.filter((text, index) => first >= 0 && (index >= first || /^\{%-?\s*capture\b/.test(text)))
      .flatMap((text) => [...text.matchAll(VARIABLES)].map(([, variable]) => variable));
    const used = said.filter(({ begin }) => [...this.written].some(([from, text]) => begin >= from && begin < from + text.length))
      .map(({ begin, end }) => this.template.slice(begin, end));
    const words = new Set(used.flatMap((text) => text.match(/[\w-]+/g) ?? []));
    return used.some((text) => text.includes(name)) || made.some((variable) => words.has(variable));
  }
}

const isEmpty = (written: string): boolean => /=\s*("\s*"|'\s*')$/.test(written);
