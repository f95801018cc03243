import { TEMPLATE_MAX_CHARACTERS } from '../contract/limits';

/** What the Liquid of one page may cost. Counted, not timed: the same template is refused everywhere or nowhere. A second's work or two. */
export const PAGE_STEPS_MAX = 1_000_000;
export const PAGE_CHARACTERS_MAX = 64 * TEMPLATE_MAX_CHARACTERS;

/** How much of pages is read to see each branch of a template, one after the other: of the longest one 80, a second's work or two. */
export const WAYS_CHARACTERS_MAX = 80 * TEMPLATE_MAX_CHARACTERS;

/** A template whose Liquid does not come to an end that anybody would wait for. */
export class EndlessError extends Error {}

/** In the place of both limiters of a render, of which one looks at the clock: `check` comes with each step, `use` with what is made. */
export class Budget {
  private steps = 0;
  private characters = 0;

  check(): void {
    this.steps += 1;
    if (this.steps > PAGE_STEPS_MAX) {
      throw new EndlessError(`takes more than ${PAGE_STEPS_MAX} steps to make the page`);
    }
  }

  use(count: number): void {
    this.characters += Number(count) > 0 ? Number(count) : 0;
    if (this.characters > PAGE_CHARACTERS_MAX) {
      throw new EndlessError(`makes more than ${PAGE_CHARACTERS_MAX} characters or items on the way to the page`);
    }
  }
}
