import { Item } from '../../src/runtime/ports';
import { LedgerCount, indexPartitionOf } from '../support/conservation';

/** From which states an image may come into each. A label counts in every state. */
const BEFORE: { readonly [state: string]: readonly (string | undefined)[] } = {
  PENDING: [undefined, 'SENDING', 'SENT', 'HELD'],
  SENDING: ['PENDING'],
  SENT: ['SENDING'],
  HELD: ['SENDING', 'SENT', undefined],
  LABELED: ['PENDING', 'SENDING', 'SENT', 'HELD', 'QUARANTINED'],
  QUARANTINED: ['SENDING', 'SENT', 'HELD'],
};

const DROP_ENDS = ['DONE', 'DUPLICATE', 'QUARANTINED', 'WITHDRAWN'];

function isNewOrder(before: Item | undefined, after: Item): boolean {
  const order = (item: Item | undefined): string | undefined => (item?.requeue as { readonly order: string } | undefined)?.order;
  return order(before) !== order(after);
}

/** Out of quarantine, because an operator said so. */
function isOrderedAgain(before: Item | undefined, after: Item): boolean {
  return before?.state === 'QUARANTINED' && (after.state === 'PENDING' || after.state === 'RECEIVED') && isNewOrder(before, after);
}

/** Held for how it looks. */
export const isHeldAsNear = (image: Item | undefined): boolean => image?.state === 'HELD' && image.reason === 'near-duplicate' && image.job === undefined;

/** Whether an image comes to be held for its looks only at its beginning, and goes on only because an operator said so. */
function isHeldRightly(before: Item | undefined, after: Item): boolean {
  if (isHeldAsNear(before) === isHeldAsNear(after)) {
    return true;
  }
  return before === undefined ? after.near !== undefined : isHeldAsNear(before) && isNewOrder(before, after);
}

/** Looks at every change of a ledger when it is made, whoever makes it. */
export class LedgerWatch {
  public readonly count = new LedgerCount();
  public readonly images = new Map<string, Item>();
  public readonly drops = new Map<string, Item>();
  public readonly jobs = new Map<number, Item>();
  /** Labels by image and job: when they were recorded. */
  public readonly labels = new Map<string, number>();
  /** Alerts that stand or stood. */
  public readonly alerts = new Set<string>();
  public state?: Item;
  /** When an image, or what a job is about, last changed; the beginning, where none ever did. */
  public movedAt: number;
  private readonly problems: string[] = [];
  private changed = false;

  public constructor(private readonly now: () => number) {
    this.movedAt = now();
  }

  public change(before: Item | undefined, after: Item | undefined): void {
    this.changed = true;
    this.count.change(before, after);
    const item = after ?? before!;
    if (item.sk === 'IMAGE') {
      this.changeImage(before, after);
    } else if (item.pk.startsWith('DROP#') && item.sk.startsWith('VERSION#')) {
      this.changeDrop(before, after);
    } else if (item.pk === 'JOB' && after) {
      this.jobs.set(Number(after.number), after);
      if (before?.phase !== after.phase || before?.status !== after.status) {
        this.movedAt = this.now();
      }
    } else if (item.pk === 'PROJECT') {
      this.changeProject(after);
    } else if (after && item.sk.startsWith('LABEL#')) {
      this.labels.set(`${item.pk.slice('IMAGE#'.length)}#${Number(item.job)}`, Number(item.at));
    }
  }

  /** What is wrong since the last look. */
  public look(): string[] {
    if (!this.changed) {
      return [];
    }
    this.changed = false;
    return [...this.problems.splice(0), ...this.count.differences];
  }

  private changeImage(before: Item | undefined, after: Item | undefined): void {
    if (!after) {
      this.problems.push(`image ${before!.pk} left the ledger`);
      return;
    }
    this.images.set(String(after.sourceRef), after);
    this.movedAt = this.now();
    const [from, to] = [before && String(before.state), String(after.state)];
    if (from !== to && !BEFORE[to]?.includes(from) && !isOrderedAgain(before, after)) {
      this.problems.push(`image ${String(after.sourceRef)} went from ${from} to ${to}`);
    }
    if (!isHeldRightly(before, after) || (before === undefined && to === 'HELD' && !isHeldAsNear(after))) {
      this.problems.push(`image ${String(after.sourceRef)} went from ${from} to ${to} (${String(after.reason)}), and nobody ordered it`);
    }
    if (before?.labelJob !== undefined && Number(after.labelJob) < Number(before.labelJob)) {
      this.problems.push(`image ${String(after.sourceRef)}: its label of job ${String(before.labelJob)} gave way to one of job ${String(after.labelJob)}`);
    }
    if (after.gsi1pk !== indexPartitionOf(after)) {
      this.problems.push(`image ${String(after.sourceRef)} is ${to} and lies in the index under ${String(after.gsi1pk)}`);
    }
  }

  private changeDrop(before: Item | undefined, after: Item | undefined): void {
    if (!after) {
      this.problems.push(`drop ${before!.pk} left the ledger`);
      return;
    }
    this.drops.set(`${String(after.key)} ${String(after.versionId)}`, after);
    if (before && DROP_ENDS.includes(String(before.state)) && before.state !== after.state && !isOrderedAgain(before, after)) {
      this.problems.push(`drop ${after.pk} was ${String(before.state)} and is now ${String(after.state)}`);
    }
  }

  private changeProject(after: Item | undefined): void {
    if (after?.sk === 'STATE') {
      this.state = after;
    } else if (after?.sk.startsWith('ALERT#')) {
      this.alerts.add(after.sk.slice('ALERT#'.length));
    }
  }
}
