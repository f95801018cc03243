import { Branch } from './branches';
import { LiquidText } from './liquid';
import { MadePage, PageMaker } from './made';
import { inputFor } from './shown';
import { Found, listed } from './text';
import { Route, Way, Ways } from './ways';
import { LintContext } from '../contract/template-lint';

/** Rules about how the parts of a page stand together: what one branch breaks another may mend. */
const RULES = new Set([
  'html-syntax', 'misplaced-region', 'missing-attribute', 'missing-crowd-form', 'missing-region', 'missing-script', 'missing-task-element', 'nested-form',
  'outside-crowd-form', 'second-crowd-form', 'second-task-element', 'unbalanced-element', 'wrong-parent',
]);

export const isStructural = ({ rule }: Found): boolean => RULES.has(rule);

/** Liquid with which a page is more than its text with some of its branches. */
const MOVING = new Set(['if', 'unless', 'case', 'for', 'tablerow', 'capture', 'liquid']);

/** Of lists of which nobody says how long they are. Of rows of two to six, of eight and of ten, some of these have full ones alone. */
const SIZES = [1, 5, 8, 10, 12];

interface Doubt {
  readonly problem: Found;
  readonly route: Route;
  /** What was made to see it: nothing, or what does not have it. */
  readonly page?: MadePage;
  /** Whether it comes and goes with how often something is shown. */
  readonly isOfSome: boolean;
}

/**
 * Which problems of structure are true. Ways through a template tell nothing of loops, of what is captured and shown elsewhere, nor of
 * conditions that depend on each other: so each way that has such problems is tried, with a page that is made of an input which should
 * lead over it. What such a page has is true.
 */
export class Structure {
  private readonly pages?: PageMaker;
  private readonly certain = new Set<string>();
  private readonly doubts: Doubt[] = [];
  private readonly tried = new Set<Route>();
  private readonly shown = new Set<number>();
  private readonly dead = new Map<Branch, boolean>();

  constructor(
    private readonly template: string, liquid: LiquidText, private readonly context: LintContext, private readonly ways: Ways,
    private readonly read: (page: Way) => readonly Found[],
  ) {
    if (liquid.pieces.some(({ name }) => name !== undefined && MOVING.has(name))) {
      this.pages = new PageMaker(template, liquid);
    }
  }

  /** Of the problems of a way those that are true, with others that the same input shows. */
  certainOf(route: Route, problems: readonly Found[]): readonly Found[] {
    if (this.pages === undefined || !this.pages.movesHtml && problems.every((problem) => this.certain.has(keyOf(problem)))) {
      return problems;
    }
    const pages = this.pagesOf(route);
    const found = pages.map((page) => new Map(this.read(page).filter(isStructural).map((problem) => [keyOf(problem), problem])));
    const [first = new Map<string, Found>()] = found;
    const certain = [...first.values()].filter((problem) => found.every((each) => each.has(keyOf(problem))));
    certain.forEach((problem) => this.certain.add(placeOf(problem)).add(keyOf(problem)));
    const of = (each: Iterable<Found>, isOfSome: boolean): void => {
      for (const problem of each) {
        this.doubts.push({ problem, route, ...pages.length > 0 ? { page: pages[0] } : {}, isOfSome });
      }
    };
    found.forEach((each) => of(each.values(), true));
    of(problems, false);
    return certain;
  }

  /** What may be true, or not: warnings, which say where. */
  get doubtful(): readonly Found[] {
    if (this.doubts.some(({ problem }) => !this.certain.has(placeOf(problem)))) {
      this.ways.ways.filter((route) => !this.tried.has(route)).forEach((route) => this.pagesOf(route));
      // another job has more labels
      this.show(this.pages?.page(inputFor(this.context, { labels: Array.from({ length: LABELS }, (_, index) => `label ${index}`) })));
    }
    return this.doubts.flatMap((doubt): Found[] => {
      const { problem } = doubt;
      const where = this.certain.has(placeOf(problem)) ? undefined : this.whereItMayBe(doubt);
      if (where === undefined) {
        return [];
      }
      this.certain.add(placeOf(problem));
      return [{ ...problem, severity: 'warning', message: `${problem.message}; ${where}` }];
    });
  }

  private pagesOf(route: Route): readonly MadePage[] {
    this.tried.add(route);
    const base = inputFor(this.context);
    const { isAnySize } = route.facts.input(base, 1);
    const sizes = isAnySize ? SIZES : SIZES.slice(0, 1);
    const made = sizes.flatMap((size) => this.pages?.page(route.facts.input(base, size).input) ?? []);
    made.forEach((page) => this.show(page));
    return made;
  }

  private show(page: MadePage | undefined): void {
    page?.shown.forEach((begin) => this.shown.add(begin));
  }

  private whereItMayBe({ route, page, isOfSome }: Doubt): string | undefined {
    if (isOfSome) {
      return 'so it is with some numbers of items in the loops, and not with others';
    }
    const unseen = route.taken.filter((branch) => this.isUnseen(branch));
    if (page !== undefined && unseen.length === 0 && (!route.isPossible || isFollowed(route, page))) {
      return undefined;
    }
    const names = (unseen.length > 0 ? unseen : route.taken).slice(0, BRANCHES_MAX).map((branch) => this.nameOf(branch));
    return names.length === 0 ? 'whether it is so on a page could not be tried'
      : `so it is where a page shows ${listed(names)}${unseen.length === 0 ? ' together' : ''}, which could not be tried: look at such a page`;
  }

  /** Whether a branch is on no page that was made, and might be on one. */
  private isUnseen(branch: Branch): boolean {
    return branch.written && branch.choice?.captured === false && !this.shown.has(branch.begin) && !this.isDead(branch);
  }

  private isDead(branch: Branch): boolean {
    const isDead = this.dead.get(branch) ?? this.ways.isDead(branch);
    this.dead.set(branch, isDead);
    return isDead;
  }

  private nameOf({ choice, begin, written }: Branch): string {
    const tag = written ? this.template.slice(this.template.lastIndexOf('{%', begin - 1), begin)
      : this.template.slice(choice!.begin, this.template.indexOf('%}', choice!.begin) + 2);
    return written ? tag : `nothing for ${tag}`;
  }
}

const BRANCHES_MAX = 3;
const LABELS = 12;

/** Whether a page has the branches of a way, as far as they are shown once. */
function isFollowed({ taken }: Route, { shown }: MadePage): boolean {
  return taken.every((branch) => {
    const { choice } = branch;
    return choice === undefined || choice.looped || choice.captured
      || choice.branches.every((each) => !each.written || shown.has(each.begin) === (each === branch));
  });
}

const keyOf = ({ rule, offset, message }: Found): string => `${rule} ${offset} ${message}`;

/** Where something does not end where it should is one problem, whatever it is that comes too early. */
const placeOf = (problem: Found): string => (problem.rule === 'unbalanced-element' ? `${problem.rule} ${problem.offset}` : keyOf(problem));
