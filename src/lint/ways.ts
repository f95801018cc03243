import { Branch, Branches, Choice, Condition, Made, readBranches } from './branches';
import { WAYS_CHARACTERS_MAX } from './budget';
import { isOfInput } from './conditions';
import { Facts } from './facts';
import { LiquidText } from './liquid';
import { Placed, PlacedText } from './placed-text';
import { within } from './text';

/** Stands for what Liquid will print: no author writes it. */
export const PRINTED = '\uE000';

/** One page that a template may make: of each choice one branch. What Liquid prints is `PRINTED`, its tags and comments are nothing. */
export type Way = Placed;

/** One page that a template may make, its loops gone through once. */
export interface Route extends Way {
  /** The branches on it. */
  readonly taken: readonly Branch[];
  /** Whether their conditions can hold together, as far as one knows. */
  readonly isPossible: boolean;
  /** With which input they do. */
  readonly facts: Facts;
}

export interface Ways {
  /** Each branch of each choice is in one of them: not all combinations of branches are. */
  readonly ways: readonly Route[];
  /** Whether that is so: it is not where it would take more than anybody waits for. */
  readonly complete: boolean;
  /** The branches that are written in the template. */
  readonly written: readonly Branch[];
  /** Whether a place of the template is in a branch, and so not on every way. */
  isInBranch(offset: number): boolean;
  /** Whether no page can show a branch, as what is asked for there and around it excludes itself. */
  isDead(branch: Branch): boolean;
}

/** What a way costs besides its text, and each branch that is looked at. */
const WAY_COST = 500;
const BRANCH_COST = 5;

/**
 * The ways through a template that show each of its branches once. What is known of a condition holds for all that are about the same, so
 * that an element may be opened in one `if` and closed in another.
 */
export function waysThrough(template: string, text: LiquidText): Ways {
  const branches = readBranches(template, text);
  const { root, choices, written } = branches;
  const ways: Route[] = [];
  let left = WAYS_CHARACTERS_MAX;
  const reached = new Set<Branch>();
  const walk = (free: boolean, goal?: Branch): void => {
    const before = root.unseen;
    const each = new Walk(template, branches, free);
    if (goal !== undefined) {
      each.aim(goal);
    }
    each.through(root);
    left -= each.cost + WAY_COST;
    const way = each.way();
    const isNew = way.isPossible && goal !== undefined && way.taken.includes(goal);
    if (ways.length === 0 || root.unseen < before || isNew) {
      ways.push(way);
    }
    if (way.isPossible) {
      way.taken.forEach((branch) => reached.add(branch));
    }
  };
  const whileItHelps = (free: boolean): void => {
    for (let before = Infinity; root.unseen > 0 && root.unseen < before && left > 0;) {
      before = root.unseen;
      walk(free);
    }
  };
  whileItHelps(false);
  const lookFor = (isWanted: (branch: Branch) => boolean): void => written.forEach((goal) => {
    if (isWanted(goal) && left > 0) {
      walk(false, goal);
    }
  });
  // what is seen only where something is so that was taken otherwise before it
  lookFor(({ seen }) => !seen);
  // a condition may not mean the same in both of its places: what is seen on no way that holds together is seen on one that does not
  whileItHelps(true);
  // ... and on one that does, if there is one after all
  lookFor((branch) => !reached.has(branch));
  return {
    ways,
    complete: root.unseen === 0,
    written,
    isInBranch: within(choices),
    isDead: (branch) => !new Walk(template, branches, false).aim(branch),
  };
}

class Walk {
  cost = 0;
  private readonly text = new PlacedText();
  private readonly path: Branch[] = [];
  /** What the conditions of the branches that were taken say. */
  private readonly facts: Facts;
  private isPossible = true;

  constructor(private readonly template: string, { assigned }: Branches, private readonly free: boolean) {
    this.facts = new Facts(assigned);
  }

  /** To see a branch. Answers whether it can be. The conditions next to it say most. */
  aim(goal: Branch): boolean {
    let isPossible = true;
    this.facts.beExact();
    for (let each: Branch | undefined = goal; each?.choice !== undefined; each = each.parent) {
      isPossible = this.assume(each).every(({ test }) => !isOfInput(test)) && isPossible;
    }
    this.isPossible = true;
    return isPossible;
  }

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
      } else if ('made' in part) {
        this.make(part);
      } else if ('branches' in part) {
        const branch = this.taken(part);
        see(branch);
        this.path.push(branch);
        this.cost += branch.end - branch.begin - (part.end - part.begin) + part.branches.length * BRANCH_COST;
        open.push({ branch, next: 0 });
      } else {
        this.text.add(part.printed ? PRINTED.repeat(part.end - part.begin) : this.template.slice(part.begin, part.end), part.begin);
      }
    }
  }

  way(): Route {
    const { text, template, path, isPossible, facts } = this;
    return { ...text.whole(template), taken: path, isPossible, facts };
  }

  private make({ made, value, source, looped }: Made): void {
    if (looped) {
      this.facts.loop(made, value);
    } else {
      this.facts.assign(made, value, source);
    }
  }

  private taken({ branches }: Choice): Branch {
    const valid = branches.filter(({ condition }) => condition !== undefined && this.holds(condition) === true);
    const possible = valid.length > 0 ? valid.slice(0, 1)
      : branches.filter(({ condition }) => condition === undefined || this.holds(condition) !== false);
    const wanted = wantedOf(possible) ?? (this.free ? wantedOf(branches) : undefined);
    const taken = wanted ?? possible[0] ?? branches[0];
    this.assume(taken);
    return taken;
  }

  /** That a branch is shown, and none of those before it. Answers what contradicts that. */
  private assume(branch: Branch): readonly Condition[] {
    const { branches } = branch.choice!;
    const contradicted: Condition[] = [];
    const earlier = branches.slice(0, branches.indexOf(branch));
    // what it is itself says more than what the others are not, if it is one thing
    const isOne = branch.condition !== undefined && !('rest' in branch.condition.test);
    for (const each of isOne ? [branch, ...earlier] : [...earlier, branch]) {
      const { condition } = each;
      const isTaken = each === branch;
      if (condition !== undefined && this.holds(condition) === undefined) {
        this.facts.assume(condition.test, condition.valid === isTaken);
      }
      if (condition !== undefined && this.holds(condition) === !isTaken) {
        contradicted.push(condition);
        this.isPossible = false;
      }
    }
    return contradicted;
  }

  private holds({ test, valid }: Condition): boolean | undefined {
    const holds = this.facts.holds(test);
    return holds === undefined ? undefined : holds === valid;
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
