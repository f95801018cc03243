import { readElements } from './html';
import { PageError, renderPage } from './render';
import { Findings } from './text';
import { TEMPLATE_MAX_CHARACTERS } from '../contract/limits';
import { LintContext, LintTask, PageInput } from '../contract/template-lint';

/** A page whose Liquid is done, as far as it can be without an image. */
export class ShownPage {
  private attributes?: ReadonlyMap<string, string>;

  constructor(readonly html: string, private readonly task: LintTask | undefined) {}

  /** What an attribute of the task's element is. Undefined: there is none, or the page is longer than anybody would write one. */
  attribute(name: string): string | undefined {
    const { html, task } = this;
    if (this.attributes === undefined) {
      const elements = html.length > TEMPLATE_MAX_CHARACTERS ? [] : readElements({ html, place: (offset) => offset }, new Findings(html));
      const element = elements.find((each) => each.name === task?.element);
      this.attributes = new Map(element?.attributes.map((each) => [each.name, each.value]));
    }
    return this.attributes.get(name);
  }
}

/** The page for an image of which nothing is known but what is given. Undefined: it is not made, which may be that image's fault. */
export function shownPage(template: string, context: LintContext, given: PageInput, findings: Findings): ShownPage | undefined {
  try {
    return new ShownPage(renderPage(template, inputFor(context, given), (uri) => uri), context.task);
  } catch (error) {
    if (error instanceof PageError && error.endless) {
      findings.error('endless', error.offset, `this Liquid ${error.message}, and workers would wait for it; loop over less, or write less`);
    }
    return undefined;
  }
}

/** What is below `task.input` for such an image. */
export function inputFor({ inputs, task }: LintContext, given: PageInput = {}): PageInput {
  return inputs === undefined ? {} : { taskObject: '', labels: task?.labels ?? [], manifestLine: {}, ...given };
}
