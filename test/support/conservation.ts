import { Item } from '../../src/runtime/ports';

/** What can list all items: the table in memory. */
export interface Listing {
  items(): Iterable<Item>;
}

type Numbers = { [name: string]: number };

const add = (sums: Numbers, name: string, value = 1): void => {
  sums[name] = (sums[name] ?? 0) + value;
};

const withoutZeros = (sums: Numbers): Numbers => Object.fromEntries(Object.entries(sums).filter(([, value]) => value !== 0));

const WITH_JOB = ['SENDING', 'SENT', 'HELD'];

/** Everything that the ledger counts, counted again from its items. */
export interface Recount {
  /** Counters as the items amount to, and as the ledger keeps them. */
  readonly counted: Numbers;
  readonly kept: Numbers;
  /** `open`, `offered` and `labeled` of each job, and the number of images ever offered. */
  readonly jobsCounted: Numbers;
  readonly jobsKept: Numbers;
}

/** Counts drops, images, labels and offers one by one, by nothing but the items themselves. */
export function recount(table: Listing): Recount {
  const counted: Numbers = {};
  const kept: Numbers = {};
  const jobsCounted: Numbers = {};
  const jobsKept: Numbers = {};
  const labels: Numbers = {};
  for (const item of table.items()) {
    if (item.sk.startsWith('COUNT#')) {
      Object.entries(item).filter(([name]) => name !== 'pk' && name !== 'sk').forEach(([name, value]) => add(kept, name, Number(value)));
    } else if (item.pk.startsWith('DROP#') && item.sk.startsWith('VERSION#')) {
      add(counted, `drop:${String(item.state)}`);
    } else if (item.pk === 'OUTBOX') {
      add(counted, 'outbox');
    } else if (item.pk === 'JOB') {
      ['open', 'offered', 'labeled'].forEach((name) => add(jobsKept, `${item.number}:${name}`, Number(item[name] ?? 0)));
    } else if (item.pk === 'PROJECT' && item.sk === 'STATE') {
      add(jobsKept, 'images ever offered', Number(item.spentTotal ?? 0));
    } else if (item.pk.startsWith('IMAGE#')) {
      countImageItem(item, counted, jobsCounted, labels);
    }
  }
  Object.values(labels).forEach((count) => add(counted, 'double', count - 1));
  return {
    counted: withoutZeros(counted), kept: withoutZeros(kept), jobsCounted: withoutZeros(jobsCounted), jobsKept: withoutZeros(jobsKept),
  };
}

function countImageItem(item: Item, counted: Numbers, jobs: Numbers, labels: Numbers): void {
  if (item.sk.startsWith('LABEL#')) {
    add(labels, item.pk);
    add(jobs, `${item.job}:labeled`);
  } else if (item.sk.startsWith('HISTORY#') && item.event === 'sending') {
    add(jobs, `${String(item.detail).replace('job ', '')}:offered`);
  } else if (item.sk === 'IMAGE') {
    const state = String(item.state);
    add(counted, `image:${state}`);
    if (state === 'PENDING' && Number(item.offers) > 0) {
      add(counted, 'again');
    }
    if (WITH_JOB.includes(state)) {
      add(jobs, `${item.job}:open`);
    }
    if (Number(item.offers) > 0) {
      add(jobs, 'images ever offered');
    }
  }
}

/** The conservation law: every counter of the ledger is exactly what its items amount to, and each image lies in one place of the index. */
export function expectConservation(table: Listing): void {
  const { counted, kept, jobsCounted, jobsKept } = recount(table);
  expect(kept).toEqual(counted);
  expect(jobsKept).toEqual(jobsCounted);
  for (const item of table.items()) {
    if (item.sk === 'IMAGE') {
      const status = item.state === 'PENDING' ? (item.offers === 0 ? 'FRESH' : 'AGAIN') : String(item.state);
      expect(item.gsi1pk).toBe(`${status}#${String(item.sha256)[0]}`);
    }
  }
}
