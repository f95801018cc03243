import { Branch, Choice, Condition, readBranches } from './branches';
import { WAYS_CHARACTERS_MAX } from './budget';
import { LiquidText } from './liquid';
import { lastUpTo } from './text';

/** Stands for what Liquid will print: no author writes it. */
export const PRINTED = '\uE000';

/** One page that a template may make: of each choice one branch. What Liquid prints is `PRINTED`, its tags and comments are nothing. */
export interface Way {
  readonly html: string;
  /** Where a character of it stands in the template. */
  place(offset: number): number;
}

export interface Ways {
  /** Each branch of each choice is in one of them: not all combinations of branches are. */
  readonly ways: readonly Way[];
  /** Whether that is so: it is not where it would take more than anybody waits for. */
  readonly complete: boolean;
  /** Whether a place of the template is in a branch, and so not on every way. */
  isInBranch(offset: number): boolean;
}

/** What a way costs besides its text, and each branch that is looked at. */
const WAY_COST = 500;
const BRANCH_COST = 5;

/**
 * The ways through a template that show each of its branches once. Branches of the same condition are taken together, so that an
 * element may be opened in one `if` and closed in another.
 */
export function waysThrough(template: string, text: LiquidText): Ways {
  const { root, choices } = readBranches(template, text);
  const ways: Way[] = [];
  let left = WAYS_CHARACTERS_MAX;
  // a condition may not mean the same in both of its places: what is seen on no way that holds together is seen on one that does not
  for (const free of [false, true]) {
    let before = Infinity;
    while (root.unseen > 0 && root.unseen < before && left > 0) {
      before = root.unseen;
      const walk = new Walk(template, free);
      walk.through(root);
      left -= walk.cost + WAY_COST;
      if (ways.length === 0 || root.unseen < before) {
        ways.push(walk.way());
      }
    }
  }
  return {
    ways,
    complete: root.unseen === 0,
    isInBranch: (offset) => choices.some(({ begin, end }) => offset >= begin && offset < end),
  };
}

class Walk {
  cost = 0;
  private html = '';
  private readonly from: number[] = [];
  private readonly to: number[] = [];
  /** What the conditions of the branches that were taken say. */
  private readonly known = new Map<string, boolean>();

  constructor(private readonly template: string, private readonly free: boolean) {}

  through(root: Branch): void {
    const open = [{ branch: root, next: 0 }];
    see(root);
    this.cost += root.end - root.begin;
    while (open.length > 0) {
      const inner = open[open.length - 1];
      const part = inner.branch.parts[inner.next];
      inner.next += 1;
      if (part === undefined) {
        open.pop();
      } else if ('branches' in part) {
        const branch = this.taken(part);
        see(branch);
        this.cost += branch.end - branch.begin - (part.end - part.begin) + part.branches.length * BRANCH_COST;
        open.push({ branch, next: 0 });
      } else {
        this.from.push(this.html.length);
        this.to.push(part.begin);
        this.html += part.printed ? PRINTED.repeat(part.end - part.begin) : this.template.slice(part.begin, part.end);
      }
    }
  }

  way(): Way {
    const { html, from, to, template } = this;
    return {
      html,
      place(offset) {
        if (offset >= html.length) {
          return template.length;
        }
        const piece = lastUpTo(from, offset);
        return to[piece] + offset - from[piece];
      },
    };
  }

  private taken({ branches }: Choice): Branch {
    const valid = branches.filter(({ condition }) => condition !== undefined && this.holds(condition) === true);
    const possible = valid.length > 0 ? valid.slice(0, 1)
      : branches.filter(({ condition }) => condition === undefined || this.holds(condition) !== false);
    const wanted = wantedOf(possible) ?? (this.free ? wantedOf(branches) : undefined);
    const taken = wanted ?? possible[0] ?? branches[0];
    for (const { condition } of branches) {
      if (condition !== undefined && !(this.known.has(condition.text))) {
        this.known.set(condition.text, condition === taken.condition ? condition.valid : !condition.valid);
      }
      if (condition === taken.condition) {
        break;
      }
    }
    return taken;
  }

  private holds({ text, valid }: Condition): boolean | undefined {
    const known = this.known.get(text);
    return known === undefined ? undefined : known === valid;
  }
}

/** A branch that was never seen, or else one that has such a branch in it. */
function wantedOf(branches: readonly Branch[]): Branch | undefined {
  return branches.find(({ seen }) => !seen) ?? branches.find(({ unseen }) => unseen > 0);
}

function see(branch: Branch): void {
  if (!branch.seen) {
    branch.seen = true;
    for (let each: Branch | undefined = branch; each !== undefined; each = each.parent) {
      each.unseen -= 1;
    }
  }
}
