import { checkAddresses, checkReadAccess, NamedPlaces } from './addresses';
import { EarlierCheck } from './earlier';
import { ELEMENTS, GLOBAL_ATTRIBUTES, HTML_ELEMENTS, REGIONS } from './elements';
import { Element, nearestElement, readElements } from './html';
import { imageFinder, imageProblems, unboundNames } from './images';
import { LabelsCheck } from './labels';
import { LiquidText, checkLiquid, readLiquid } from './liquid';
import { markedPage } from './marked';
import { shownPage } from './shown';
import { ShownAddresses } from './shown-addresses';
import { Structure, isStructural } from './structure';
import { Findings, listed, nearest, remembering } from './text';
import { PRINTED, Way, waysThrough } from './ways';
import { CROWD_SCRIPT, isCrowdScript } from '../contract/crowd-script';
import { TEMPLATE_MAX_CHARACTERS } from '../contract/limits';
import { LintContext, LintProblem } from '../contract/template-lint';

/** An attribute that Liquid prints, name and all. */
const PRINTED_WHOLE = new RegExp(`^${PRINTED}+$`);

/** An attribute that is a script. */
const HANDLER = /^on[a-z]/;

const nearestCrowdElement = remembering(Object.keys(ELEMENTS));
const nearestOwn = remembering([...Object.keys(ELEMENTS), ...Object.keys(REGIONS)]);

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
  const page = shownPage(template, context, {}, findings);
  // Liquid that is wrong makes a wrong page: that has been said
  const marked = page === undefined || findings.all.some(({ severity }) => severity === 'error') ? undefined : markedPage(template, liquid, context);
  const labels = new LabelsCheck(template, liquid, context, page, marked, findings);
  const earlier = new EarlierCheck(template, context, findings);
  const problemOf = imageProblems(context.images);
  const imageOf = imageFinder(context.images);
  const unbound = unboundNames(template, liquid, imageOf);
  unbound.forEach(({ rule, begin, message }) => findings.error(rule, begin, message));
  const places: NamedPlaces = { uses: new Set(), made: new Map() };
  const through = waysThrough(template, liquid);
  const { ways, complete, isInBranch } = through;
  const structure = new Structure(template, liquid, context, through, (made) => {
    // what a page that was made to try says of labels is not the template's
    const found = findings.apart();
    const ofLabels = new LabelsCheck(template, liquid, context, page, undefined, found);
    new Page(template, liquid, made, context, ofLabels, new EarlierCheck(template, context, found), problemOf, places, found).checkParts();
    return found.found;
  });
  for (const way of ways) {
    const found = findings.apart();
    findings.nextWay();
    new Page(template, liquid, way, context, labels, earlier, problemOf, places, found).check();
    const certain = structure.certainOf(way, found.found.filter(isStructural));
    [...found.found.filter((problem) => !isStructural(problem)), ...certain].forEach((problem) => findings.take(problem));
  }
  findings.endWays(isInBranch);
  structure.doubtful.forEach((problem) => findings.take(problem));
  if (!complete) {
    findings.error('too-many-branches', 0, `after ${ways.length} ways through its branches the template has some that were not seen; use fewer {% if %}, {% unless %} and {% when %}, or put less text around them`);
  }
  labels.end();
  earlier.end(liquid, page);
  if (marked !== undefined) {
    new ShownAddresses(template, liquid, context, marked, { places, unbound, imageOf }, findings).check();
  }
  return findings.all;
}

/** One way through the template. */
class Page {
  private readonly elements: readonly Element[];
  private readonly hasForm: boolean;
  /** Whether the page has scripts besides that of the crowd elements. */
  private readonly hasScript: boolean;
  /** Whether the page has what may give a meaning to elements of one's own. */
  private readonly mayDefine: boolean;
  private readonly within: (element: Element, name: string) => boolean;

  constructor(
    private readonly template: string, private readonly liquid: LiquidText, private readonly way: Way,
    private readonly context: LintContext, private readonly labels: LabelsCheck,
    private readonly earlier: EarlierCheck,
    private readonly problemOf: (name: string) => string | undefined, private readonly places: NamedPlaces,
    private readonly findings: Findings,
  ) {
    this.elements = readElements(way, findings);
    this.hasForm = this.elements.some(({ name }) => name === 'crowd-form');
    this.hasScript = this.elements.some(({ name, attributes }) => attributes.some((each) => HANDLER.test(each.name))
      || name === 'script' && !attributes.some((each) => each.name === 'src' && isCrowdScript(each.value)));
    this.mayDefine = this.hasScript || this.elements.some(({ name }) => name === 'style' || name === 'link');
    this.within = withinOf(this.elements);
  }

  check(): void {
    this.checkParts();
    checkAddresses(this.template, this.liquid, this.way, this.elements, this.problemOf, this.places, this.findings);
  }

  /** All but addresses. */
  checkParts(): void {
    this.checkFrame();
    this.elements.forEach((element) => this.checkElement(element));
    this.checkTask();
  }

  private checkFrame(): void {
    const scripts = this.elements.filter(({ name }) => name === 'script').map((script) => valueOf(script, 'src') ?? '');
    if (!scripts.some(isCrowdScript)) {
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
      this.checkImage(element);
      checkReadAccess(this.template, element, this.findings);
    } else if (!HTML_ELEMENTS.has(name)) {
      this.checkUnknown(element);
    }
  }

  private checkImage(element: Element): void {
    const { begin, parent } = element;
    const isChosen = valueOf(element, 'srcset') !== undefined || parent?.name === 'picture' && parent.children.some(({ name }) => name === 'source');
    if (this.has(element, 'src') || isChosen) {
      return;
    }
    if (this.hasScript) {
      this.findings.warning('missing-attribute', begin, '<img> has no src, so nothing is shown before a script of the page sets one; where none does, add src with the file name of an example image, such as src="good.jpg"');
    } else {
      this.findings.error('missing-attribute', begin, '<img> has no src, so nothing is shown; add src with the file name of an example image, such as src="good.jpg"');
    }
  }

  private checkUnknown({ name, begin }: Element): void {
    if (name.includes(PRINTED)) {
      return;
    }
    const meant = name.includes('-') ? nearestOwn(name) : nearestElement(name);
    if (name.includes(':') || meant === undefined && !name.includes('-') && this.mayDefine) {
      this.findings.warning('unknown-element', begin, `<${name}> is not of HTML, so only its content is shown; write an element of HTML or a crowd element`);
    } else if (meant !== undefined || !name.includes('-')) {
      this.findings.error('unknown-element', begin, `there is no element <${name}>; write ${meant === undefined ? 'an element of HTML or a crowd element' : `<${meant}>`}`);
    } else {
      this.findings.warning('unknown-element', begin, `<${name}> is neither of HTML nor a crowd element, so only its content is shown; define it in a script, or write a <div>`);
    }
  }

  private checkCrowdElement(element: Element): void {
    const { name, begin } = element;
    const rules = Object.hasOwn(ELEMENTS, name) ? ELEMENTS[name] : undefined;
    if (rules === undefined) {
      const meant = nearestCrowdElement(name);
      this.findings.error('unknown-element', begin, `there is no crowd element <${name}>; ${meant === undefined
        ? `there are ${listed(Object.keys(ELEMENTS).map((each) => each.slice('crowd-'.length)))}` : `write <${meant}>`}`);
      return;
    }
    if (name !== 'crowd-form' && this.hasForm && !this.within(element, 'crowd-form')) {
      // what has no answer is shown there too
      this.findings[rules.attributes.includes('name') ? 'error' : 'warning']('outside-crowd-form', begin, `<${name}> stands outside <crowd-form>; move it into <crowd-form>`);
    }
    if (rules.parent !== undefined && !this.within(element, rules.parent)) {
      this.findings.error('wrong-parent', begin, `<${name}> works only in <${rules.parent}>; put <${rules.parent}> around it`);
    }
    for (const required of rules.required) {
      if (!this.has(element, required)) {
        // an element without its header works; what the task is not done with may get the rest from a script, or be for that alone
        const severity = required === 'header' || this.hasScript && name !== this.context.task?.element ? 'warning' : 'error';
        this.findings[severity]('missing-attribute', begin, `<${name}> has ${valueOf(element, required) === undefined ? 'no' : 'an empty'} ${required}; it needs ${listed(rules.required)}: add ${required}="${this.example(required)}"`);
      }
    }
    this.checkAttributes(element, rules.attributes);
    checkReadAccess(this.template, element, this.findings);
    for (const region of rules.requiredRegions) {
      if (!element.children.some((child) => child.name === region)) {
        this.findings.warning('missing-region', begin, `<${name}> has no <${region}>; it is documented as needed: add <${region}>...</${region}> directly into it`);
      }
    }
    if (rules.labels) {
      this.labels.check(element, rules);
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
    this.earlier.check(task, found, task.earlier !== undefined && this.has(found, task.earlier.attribute));
  }

  /** What has something in a branch is not empty in the others by mistake, and Liquid may print an attribute as a whole. */
  private has(element: Element, attribute: string): boolean {
    const found = element.attributes.find(({ name }) => name === attribute);
    return found === undefined ? element.attributes.some(({ name }) => PRINTED_WHOLE.test(name))
      : found.value.trim() !== '' || this.template.slice(found.begin, found.end).includes('{%');
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
        return task?.labelsText ?? '{{ task.input.labels | to_json | escape }}';
      default:
        return '...';
    }
  }
}

function valueOf(element: Element, attribute: string): string | undefined {
  return element.attributes.find(({ name }) => name === attribute)?.value;
}

/** Tells whether an element stands in one of a name. Each looks at its parent alone: there may be thousands within each other. */
function withinOf(elements: readonly Element[]): (element: Element, name: string) => boolean {
  const known = new Map<string, ReadonlySet<Element>>();
  return (element, name) => {
    let within = known.get(name);
    if (within === undefined) {
      const found = new Set<Element>();
      elements.forEach((each) => {
        if (each.parent && (each.parent.name === name || found.has(each.parent))) {
          found.add(each);
        }
      });
      known.set(name, within = found);
    }
    return within.has(element);
  };
}
