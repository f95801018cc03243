import { Item } from '../../src/runtime/ports';

/** What can list all items: the table in memory. */
export interface Listing {
  items(): Iterable<Item>;
}

type Numbers = { [name: string]: number };

const withoutZeros = (sums: Numbers): Numbers => Object.fromEntries(Object.entries(sums).filter(([, value]) => value !== 0));

const WITH_JOB = ['SENDING', 'SENT', 'HELD'];

const DROP_STATES = ['RECEIVED', 'ENGINEERING', 'DONE', 'DUPLICATE', 'QUARANTINED', 'WITHDRAWN'];
const IMAGE_STATES = ['PENDING', 'SENDING', 'SENT', 'HELD', 'LABELED', 'QUARANTINED'];

/** Everything that the ledger counts, counted again from its items. */
export interface Recount {
  /** Counters as the items amount to, and as the ledger keeps them. */
  readonly counted: Numbers;
  readonly kept: Numbers;
  /** `open`, `offered` and `labeled` of each job, and the number of images ever offered. */
  readonly jobsCounted: Numbers;
  readonly jobsKept: Numbers;
}

/** Counts drops, images, labels and offers one by one, by nothing but the items themselves, as they come and go. */
export class LedgerCount {
  private readonly counted: Numbers = {};
  private readonly kept: Numbers = {};
  private readonly jobsCounted: Numbers = {};
  private readonly jobsKept: Numbers = {};
  private readonly labels: Numbers = {};

  public change(before: Item | undefined, after: Item | undefined): void {
    this.count(before, -1);
    this.count(after, 1);
  }

  /** How many items there are of one kind. */
  public of(name: string): number {
    return this.counted[name] ?? 0;
  }

  public get recount(): Recount {
    return {
      counted: withoutZeros(this.counted), kept: withoutZeros(this.kept),
      jobsCounted: withoutZeros(this.jobsCounted), jobsKept: withoutZeros(this.jobsKept),
    };
  }

  /** Names of what is not counted as it is kept, with both numbers. */
  public get differences(): string[] {
    return [...differences(this.counted, this.kept), ...differences(this.jobsCounted, this.jobsKept)];
  }

  /** @param sign 1: the item came, -1: it went. */
  private count(item: Item | undefined, sign: number): void {
    if (item === undefined) {
      return;
    }
    if (item.pk.startsWith('IMAGE#')) {
      this.countImageItem(item, sign);
    } else if (item.pk === 'PROJECT') {
      this.countProjectItem(item, sign);
    } else if (item.pk === 'JOB') {
      ['open', 'offered', 'labeled'].forEach((name) => add(this.jobsKept, `${item.number}:${name}`, sign * Number(item[name] ?? 0)));
    } else if (item.pk === 'OUTBOX') {
      add(this.counted, 'outbox', sign);
    } else if (item.pk.startsWith('DROP#') && item.sk.startsWith('VERSION#')) {
      add(this.counted, `drop:${known(DROP_STATES, item)}`, sign);
    }
  }

  private countProjectItem(item: Item, sign: number): void {
    if (item.sk.startsWith('COUNT#')) {
      for (const name in item) {
        if (name !== 'pk' && name !== 'sk') {
          add(this.kept, name, sign * Number(item[name]));
        }
      }
    } else if (item.sk === 'STATE') {
      add(this.jobsKept, 'images ever offered', sign * Number(item.spentTotal ?? 0));
    }
  }

  private countImageItem(item: Item, sign: number): void {
    if (item.sk.startsWith('LABEL#')) {
      const before = this.labels[item.pk] ?? 0;
      this.labels[item.pk] = before + sign;
      add(this.counted, 'double', Math.max(0, before + sign - 1) - Math.max(0, before - 1));
      add(this.jobsCounted, `${item.job}:labeled`, sign);
    } else if (item.sk.startsWith('HISTORY#')) {
      if (item.event === 'sending') {
        add(this.jobsCounted, `${String(item.detail).replace('job ', '')}:offered`, sign);
      }
    } else if (item.sk === 'IMAGE') {
      const state = known(IMAGE_STATES, item);
      const wasOffered = Number(item.offers) > 0;
      add(this.counted, `image:${state}`, sign);
      if (state === 'PENDING' && wasOffered) {
        add(this.counted, 'again', sign);
      }
      if (state === 'HELD' && item.job === undefined) {
        add(this.counted, item.reason === 'near-duplicate' ? 'near-duplicate' : 'held-back', sign);
      } else if (WITH_JOB.includes(state)) {
        add(this.jobsCounted, `${item.job}:open`, sign);
      }
      if (wasOffered) {
        add(this.jobsCounted, 'images ever offered', sign);
      }
    }
  }
}

function add(sums: Numbers, name: string, value: number): void {
  sums[name] = (sums[name] ?? 0) + value;
}

function known(states: readonly string[], item: Item): string {
  const state = String(item.state);
  if (!states.includes(state)) {
    throw new Error(`${item.pk} is in the state ${state}, which nobody knows`);
  }
  return state;
}

function differences(counted: Numbers, kept: Numbers): string[] {
  const found: string[] = [];
  for (const name in counted) {
    if (counted[name] !== (kept[name] ?? 0)) {
      found.push(`${name}: the ledger counts ${kept[name] ?? 0}, its items are ${counted[name]}`);
    }
  }
  for (const name in kept) {
    if (counted[name] === undefined && kept[name] !== 0) {
      found.push(`${name}: the ledger counts ${kept[name]}, its items are 0`);
    }
  }
  return found;
}

/** The part of the status index that an image belongs to. */
export function indexPartitionOf(image: Item): string {
  const heldBack = image.reason === 'near-duplicate' ? 'NEAR-DUPLICATE' : 'HELD-BACK';
  const status = image.state === 'HELD' && image.job === undefined ? heldBack : image.state === 'PENDING' ? (image.offers === 0 ? 'FRESH' : 'AGAIN') : String(image.state);
  return `${status}#${String(image.sha256)[0]}`;
}

export function recount(table: Listing): Recount {
  const count = new LedgerCount();
  for (const item of table.items()) {
    count.change(undefined, item);
  }
  return count.recount;
}

/** The conservation law: every counter of the ledger is exactly what its items amount to, and each image lies in one place of the index. */
export function expectConservation(table: Listing): void {
  const { counted, kept, jobsCounted, jobsKept } = recount(table);
  expect(kept).toEqual(counted);
  expect(jobsKept).toEqual(jobsCounted);
  for (const item of table.items()) {
    if (item.sk === 'IMAGE') {
      expect(item.gsi1pk).toBe(indexPartitionOf(item));
    }
  }
}
