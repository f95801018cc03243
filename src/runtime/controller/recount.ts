import { CountName, countOf, countWrites } from '../ledger/counts';
import { STATES_WITH_JOB } from '../ledger/images';
import { readJob } from '../ledger/jobs';
import { SHARDS, jobKey, jobOfOrder, statusPartition } from '../ledger/keys';
import { Project, readProject, stateWrite } from '../ledger/project';
import { World } from '../world';
import { noteDrift } from './drift';

/** Where so many wait, they are not counted one by one: a wrong counter keeps nothing from being done then. */
const PAGES_MAX = 20;

/** Longer than this it must not keep anything else from being done. Milliseconds. */
const TIME_MAX = 5_000;

/** Statuses of things that wait for somebody, and the counters that count them. What has come to its end is not counted again. */
const COUNTED: { readonly [status: string]: readonly CountName[] } = {
  'FRESH': ['image:PENDING'],
  'AGAIN': ['image:PENDING', 'again'],
  'SENDING': ['image:SENDING'],
  'SENT': ['image:SENT'],
  'HELD': ['image:HELD'],
  'HELD-BACK': ['image:HELD', 'held-back'],
  'DROP-RECEIVED': ['drop:RECEIVED'],
  'DROP-ENGINEERING': ['drop:ENGINEERING'],
  'DROP-WAITING': ['drop:ENGINEERING'],
};

const openOf = (job: number): string => `job:${job}`;

type Numbers = { [name: string]: number };

/**
 * Compares the counters that decisions rest on with what they count. They change in the transactions that change what they count,
 * so that nothing but a hand on the table makes them differ. What differs twice by the same, an hour apart and while nothing else
 * changed, is put right: the index that is counted may lag.
 */
export async function recount(world: World, { state }: Project): Promise<void> {
  const now = world.ledger.clock.now();
  if (now - (state.recountedAt ?? 0) < world.timings.recountInterval) {
    return;
  }
  const before = await keptNow(world);
  const counted = await countNow(world, state.openJobs);
  const kept = await keptNow(world);
  if (!counted || JSON.stringify(before) !== JSON.stringify(kept)) {
    return; // it is busy: the next sweep tries again
  }
  const differences: Numbers = {};
  for (const name of Object.keys(counted)) {
    const difference = counted[name] - (kept[name] ?? 0);
    if (difference !== 0 && difference === state.recount?.[name]) {
      await putRight(world, name, difference);
    } else if (difference !== 0) {
      differences[name] = difference;
    }
  }
  await world.ledger.table.write([stateWrite({ recountedAt: now, recount: differences })]);
}

async function keptNow(world: World): Promise<Numbers> {
  const { counts, state } = await readProject(world.ledger);
  const kept: Numbers = Object.fromEntries(Object.values(COUNTED).flat().map((name) => [name, countOf(counts, name)]));
  for (const number of state.openJobs) {
    kept[openOf(number)] = (await readJob(world.ledger.table, number))?.open ?? 0;
  }
  return kept;
}

/** Undefined where there are too many, or where it takes too long. */
async function countNow(world: World, openJobs: readonly number[]): Promise<Numbers | undefined> {
  const deadline = world.ledger.clock.now() + TIME_MAX;
  const counted: Numbers = Object.fromEntries([...Object.values(COUNTED).flat(), ...openJobs.map(openOf)].map((name) => [name, 0]));
  for (const [status, names] of Object.entries(COUNTED)) {
    const isWithJob = (STATES_WITH_JOB as readonly string[]).includes(status);
    for (const shard of SHARDS) {
      const orders = await ordersIn(world, statusPartition(status, shard));
      if (!orders || world.ledger.clock.now() > deadline) {
        return undefined;
      }
      for (const name of names) {
        counted[name] += orders.length;
      }
      for (const job of isWithJob ? orders.map((order) => openOf(jobOfOrder(order))).filter((name) => name in counted) : []) {
        counted[job] += 1;
      }
    }
  }
  return counted;
}

async function ordersIn({ ledger }: World, pk: string): Promise<string[] | undefined> {
  const orders: string[] = [];
  let after: string | undefined;
  for (let pages = 0; pages < PAGES_MAX; pages += 1) {
    const page = await ledger.table.queryIndex({ pk, after });
    orders.push(...page.items.map(({ gsi1sk }) => gsi1sk));
    after = page.next;
    if (after === undefined) {
      return orders;
    }
  }
  return undefined;
}

async function putRight(world: World, name: string, difference: number): Promise<void> {
  const job = /^job:(\d+)$/.exec(name);
  await world.ledger.table.write(job
    ? [{ update: jobKey(Number(job[1])), add: { open: difference }, when: [{ attribute: 'phase', is: 'present' }] }]
    : countWrites('0', { [name]: difference }));
  await noteDrift(world, job
    ? `job ${job[1]} counted ${-difference} images with it that are not; it was counted again`
    : `the counter of ${name} was ${-difference} more than there are; it was counted again`);
}
