import { CROWD_SCRIPT, ELEMENTS, GLOBAL_ATTRIBUTES, HTML_ELEMENTS, REGIONS } from './elements';
import { Element, readElements } from './html';
import { imageProblems, imageUses } from './images';
import { checkLabels } from './labels';
import { LiquidText, checkLiquid, readLiquid } from './liquid';
import { htmlVariants, PRINTED } from './mask';
import { PageError, renderPage } from './render';
import { Findings, listed, nearest } from './text';
import { TEMPLATE_MAX_CHARACTERS } from '../contract/limits';
import { LintContext, LintProblem } from '../contract/template-lint';

/** Every problem of a worker template, in the order of the text. Pure: reads no file. */
export function lintTemplate(template: string, context: LintContext): LintProblem[] {
  const findings = new Findings(template);
  if (template.length > TEMPLATE_MAX_CHARACTERS) {
    findings.error('too-long', TEMPLATE_MAX_CHARACTERS, `the template has ${template.length} characters; ${TEMPLATE_MAX_CHARACTERS} are allowed: put images into files of their own and shorten the text`);
    return findings.all;
  }
  const liquid = readLiquid(template, findings);
  if (liquid === undefined) {
    return findings.all;
  }
  checkLiquid(template, liquid, context.inputs, findings);
  checkEnd(template, context, findings);
  for (const html of htmlVariants(template, liquid)) {
    new Page(template, liquid, html, context, findings).check();
  }
  return findings.all;
}

/** Makes the page for an image of which nothing is known, to see that its Liquid comes to an end. Other trouble may be the image's. */
function checkEnd(template: string, { inputs, task }: LintContext, findings: Findings): void {
  try {
    renderPage(template, inputs === undefined ? {} : { taskObject: '', labels: task?.labels ?? [], manifestLine: {} }, (uri) => uri);
  } catch (error) {
    if (error instanceof PageError && error.endless) {
      findings.error('endless', error.offset, `this Liquid ${error.message}, and workers would wait for it; loop over less, or write less`);
    }
  }
}

/** One way through the template. */
class Page {
  private readonly elements: readonly Element[];

  constructor(
    private readonly template: string, private readonly liquid: LiquidText, html: string,
    private readonly context: LintContext, private readonly findings: Findings,
  ) {
    this.elements = readElements(html, findings);
  }

  check(): void {
    this.checkFrame();
    this.elements.forEach((element) => this.checkElement(element));
    this.checkTask();
    const problemOf = imageProblems(this.context.images);
    for (const { name, begin } of imageUses(this.template, this.liquid, this.elements)) {
      const problem = problemOf(name);
      if (problem !== undefined) {
        this.findings.error('unknown-image', begin, problem);
      }
    }
  }

  private checkFrame(): void {
    const scripts = this.elements.filter(({ name }) => name === 'script').map((script) => valueOf(script, 'src') ?? '');
    if (!scripts.some((src) => src === CROWD_SCRIPT)) {
      this.findings.error('missing-script', 0, `the template does not load the crowd elements; begin it with <script src="${CROWD_SCRIPT}"></script>`);
    }
    const [form, ...more] = this.elements.filter(({ name }) => name === 'crowd-form');
    if (form === undefined) {
      this.findings.error('missing-crowd-form', 0, 'the template has no <crowd-form>, so nothing would be submitted; put the whole task into <crowd-form>...</crowd-form>');
    }
    more.forEach(({ begin }) => this.findings.error('second-crowd-form', begin, 'the template has a second <crowd-form>; it must have exactly one: put everything into the first'));
  }

  private checkElement(element: Element): void {
    const { name } = element;
    if (element.foreign) {
      return;
    }
    if (name.startsWith('crowd-')) {
      this.checkCrowdElement(element);
    } else if (Object.hasOwn(REGIONS, name)) {
      this.checkRegion(element);
    } else if (name === 'form') {
      this.findings.warning('nested-form', element.begin, '<form> submits nothing to Ground Truth; <crowd-form> is the form of the page: take <form> out');
    } else if (name === 'img') {
      if (valueOf(element, 'src') === undefined || valueOf(element, 'src')!.trim() === '') {
        this.findings.error('missing-attribute', element.begin, '<img> has no src, so nothing is shown; add src with the file name of an example image, such as src="good.jpg"');
      }
      this.checkReadAccess(element);
    } else if (!HTML_ELEMENTS.has(name)) {
      this.checkUnknown(element);
    }
  }

  private checkUnknown({ name, begin }: Element): void {
    if (name.includes(PRINTED)) {
      return;
    }
    const meant = nearest(name, [...Object.keys(ELEMENTS), ...Object.keys(REGIONS), ...name.includes('-') ? [] : HTML_ELEMENTS]);
    if (meant !== undefined || !name.includes('-')) {
      this.findings.error('unknown-element', begin, `there is no element <${name}>; write ${meant === undefined ? 'an element of HTML or a crowd element' : `<${meant}>`}`);
    } else {
      this.findings.warning('unknown-element', begin, `<${name}> is neither of HTML nor a crowd element, so only its content is shown; define it in a script, or write a <div>`);
    }
  }

  private checkCrowdElement(element: Element): void {
    const { name, begin } = element;
    const rules = Object.hasOwn(ELEMENTS, name) ? ELEMENTS[name] : undefined;
    if (rules === undefined) {
      const meant = nearest(name, Object.keys(ELEMENTS));
      this.findings.error('unknown-element', begin, `there is no crowd element <${name}>; ${meant === undefined
        ? `there are ${listed(Object.keys(ELEMENTS).map((each) => each.slice('crowd-'.length)))}` : `write <${meant}>`}`);
      return;
    }
    const around = ancestors(element).map((each) => each.name);
    if (name !== 'crowd-form' && !around.includes('crowd-form') && this.elements.some((each) => each.name === 'crowd-form')) {
      this.findings.error('outside-crowd-form', begin, `<${name}> stands outside <crowd-form>; move it into <crowd-form>`);
    }
    if (rules.parent !== undefined && !around.includes(rules.parent)) {
      this.findings.error('wrong-parent', begin, `<${name}> works only in <${rules.parent}>; put <${rules.parent}> around it`);
    }
    for (const required of rules.required) {
      const value = valueOf(element, required);
      if (value === undefined || value.trim() === '') {
        this.findings.error('missing-attribute', begin, `<${name}> has ${value === undefined ? 'no' : 'an empty'} ${required}; it needs ${listed(rules.required)}: add ${required}="${this.example(required)}"`);
      }
    }
    this.checkAttributes(element, rules.attributes);
    this.checkReadAccess(element);
    for (const region of rules.requiredRegions) {
      if (!element.children.some((child) => child.name === region)) {
        this.findings.warning('missing-region', begin, `<${name}> has no <${region}>; it is documented as needed: add <${region}>...</${region}> directly into it`);
      }
    }
    if (rules.labels) {
      checkLabels(element, rules, this.context.task, this.findings);
    }
  }

  private checkRegion(element: Element): void {
    const { name, begin, parent } = element;
    this.checkAttributes(element, REGIONS[name]);
    if (parent && Object.hasOwn(ELEMENTS, parent.name) && ELEMENTS[parent.name].regions.includes(name)) {
      return;
    }
    const homes = Object.keys(ELEMENTS).filter((each) => ELEMENTS[each].regions.includes(name));
    const home = homes.find((each) => each === this.context.task?.element) ?? homes[0];
    this.findings.warning('misplaced-region', begin, `<${name}> stands ${parent ? `in <${parent.name}>` : 'outside all elements'}, where it means nothing; put it directly into an element that has it, such as <${home}>`);
  }

  private checkAttributes(element: Element, known: readonly string[]): void {
    for (const { name, begin } of element.attributes) {
      if (!known.includes(name) && !GLOBAL_ATTRIBUTES.test(name) && !name.includes(PRINTED)) {
        const meant = nearest(name, known);
        const rest = known.length === 0 ? 'it has none of its own: take it out' : `it knows ${listed(known)}: take it out`;
        this.findings.warning('unknown-attribute', begin, `<${element.name}> has no attribute ${name}; ${meant === undefined ? rest : `write ${meant}`}`);
      }
    }
  }

  /** An image lies in a private bucket: its bare address shows nothing. */
  private checkReadAccess(element: Element): void {
    const src = element.attributes.find(({ name }) => name === 'src');
    if (src === undefined) {
      return;
    }
    const written = this.template.slice(src.begin, src.end);
    const bare = /\{\{-?\s*task\.input\.(taskObject|manifestLine\.source-ref)\s*-?\}\}/.exec(written);
    if (bare) {
      this.findings.error('missing-read-access', src.begin, `src is ${bare[0]}, an S3 address that no browser may read; write ${bare[0].replace(/\s*-?\}\}$/, ' | grant_read_access }}')}`);
    } else if (/^\s*s3:\/\//i.test(src.value)) {
      this.findings.error('missing-read-access', src.begin, `src is '${src.value.trim()}', which no browser may read; write src="{{ '${src.value.trim()}' | grant_read_access }}"`);
    }
  }

  private checkTask(): void {
    const { task } = this.context;
    if (task === undefined) {
      return;
    }
    const [found, ...more] = this.elements.filter(({ name }) => name === task.element);
    const form = this.elements.find(({ name }) => name === 'crowd-form');
    if (found === undefined) {
      this.findings.error('missing-task-element', form?.begin ?? 0, `the template has no <${task.element}>, with whose answers this task's labels are made; put it into <crowd-form>`);
      return;
    }
    more.forEach(({ begin }) => this.findings.error('second-task-element', begin, `the template has a second <${task.element}>; only one answer is read: take one of them out`));
    const name = found.attributes.find((each) => each.name === 'name');
    if (name && name.value.trim() !== '' && name.value !== task.elementName) {
      this.findings.error('wrong-name', name.begin, `name of <${task.element}> is ${name.value.includes(PRINTED) ? 'made by Liquid' : `'${name.value}'`}; the answers of this task are read under '${task.elementName}': write name="${task.elementName}"`);
    }
  }

  private example(attribute: string): string {
    const { task } = this.context;
    switch (attribute) {
      case 'src':
        return '{{ task.input.taskObject | grant_read_access }}';
      case 'name':
        return task?.elementName ?? 'answer';
      case 'labels':
      case 'categories':
        return '{{ task.input.labels | to_json | escape }}';
      default:
        return '...';
    }
  }
}

function valueOf(element: Element, attribute: string): string | undefined {
  return element.attributes.find(({ name }) => name === attribute)?.value;
}

function ancestors(element: Element): Element[] {
  const found: Element[] = [];
  for (let each = element.parent; each !== undefined; each = each.parent) {
    found.push(each);
  }
  return found;
}
