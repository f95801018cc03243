import { CountName, Counts, addCounts, countOf, countWrites } from '../ledger/counts';
import { STATES_WITH_JOB, countsOf, imageOf, isWithJob } from '../ledger/images';
import { readJob } from '../ledger/jobs';
import { SHARDS, jobKey, jobOfOrder, statusPartition } from '../ledger/keys';
import { Project, readProject, stateWrite } from '../ledger/project';
import { Key } from '../ports';
import { World } from '../world';
import { noteDrift } from './drift';

/** Where so many wait, they are not counted one by one: a wrong counter keeps nothing from being done then. */
const PAGES_MAX = 20;

/** So many items, at most, are read one by one before a counter is put right. */
const ITEMS_MAX = 2_000;

/** Longer than this it must not keep anything else from being done. Milliseconds. */
const TIME_MAX = 5_000;

/** Statuses of things that wait for somebody, and the counters that count them. What has come to its end is not counted again. */
const COUNTED: { readonly [status: string]: readonly CountName[] } = {
  'FRESH': ['image:PENDING'],
  'AGAIN': ['image:PENDING', 'again'],
  'SENDING': ['image:SENDING'],
  'SENT': ['image:SENT'],
  'HELD': ['image:HELD'],
  'NEAR-DUPLICATE': ['image:HELD', 'near-duplicate'],
  'HELD-BACK': ['image:HELD', 'held-back'],
  'DROP-RECEIVED': ['drop:RECEIVED'],
  'DROP-ENGINEERING': ['drop:ENGINEERING'],
  'DROP-WAITING': ['drop:ENGINEERING'],
};

const openOf = (job: number): string => `job:${job}`;

type Numbers = { [name: string]: number };

/**
 * Compares the counters that decisions rest on with what they count. They change in the transactions that change what they count,
 * so that nothing but a hand on the table makes them differ. The index that is counted may lag, and where work goes on steadily it
 * lags by the same each time. So what differs twice by the same, an hour apart, is put right only if the items that it lists say so
 * too, and if nothing came meanwhile that it might not list yet.
 */
export async function recount(world: World, { state }: Project): Promise<void> {
  const now = world.ledger.clock.now();
  if (now - (state.recountedAt ?? 0) < world.timings.recountInterval) {
    return;
  }
  // both by one look: what comes between two would be counted here and not there
  const { kept: before, came } = await keptNow(world);
  const listed = await countNow(world, state.openJobs);
  const differs = Object.entries(listed?.counted ?? {}).map(([name, count]) => ({ name, by: count - (before[name] ?? 0) }))
    .filter(({ by }) => by !== 0);
  const again = differs.filter(({ name, by }) => by === state.recount?.[name] && came === state.recountOf);
  const exact = again.length > 0 ? await countItems(world, listed!) : {};
  if (!listed || JSON.stringify(before) !== JSON.stringify((await keptNow(world)).kept)) {
    return; // it is busy: the next sweep tries again
  }
  for (const { name, by } of again) {
    if (exact && (exact[name] ?? 0) - (before[name] ?? 0) === by) {
      await putRight(world, name, by);
    }
  }
  const differences: Numbers = Object.fromEntries(differs.filter((one) => !again.includes(one)).map(({ name, by }) => [name, by]));
  await world.ledger.table.write([stateWrite({ recountedAt: now, recount: differences, recountOf: came })]);
}

/** Another text whenever something came that is counted: it is new, or was ordered again. */
function cameSoFar(counts: Counts): string {
  const all = (kind: string): number => Object.entries(counts).reduce((sum, [name, count]) => sum + (name.startsWith(kind) ? count : 0), 0);
  return [all('drop:'), all('image:'), countOf(counts, 'drop:QUARANTINED'), countOf(counts, 'image:QUARANTINED')].join();
}

async function keptNow(world: World): Promise<{ readonly kept: Numbers; readonly came: string }> {
  const { counts, state } = await readProject(world.ledger);
  const kept: Numbers = Object.fromEntries(Object.values(COUNTED).flat().map((name) => [name, countOf(counts, name)]));
  for (const number of state.openJobs) {
    kept[openOf(number)] = (await readJob(world.ledger.table, number))?.open ?? 0;
  }
  return { kept, came: cameSoFar(counts) };
}

/** What the index lists. */
interface Listed {
  readonly counted: Numbers;
  readonly keys: readonly Key[];
}

/** Undefined where there are too many, or where it takes too long. */
async function countNow(world: World, openJobs: readonly number[]): Promise<Listed | undefined> {
  const deadline = world.ledger.clock.now() + TIME_MAX;
  const keys: Key[] = [];
  const counted: Numbers = Object.fromEntries([...Object.values(COUNTED).flat(), ...openJobs.map(openOf)].map((name) => [name, 0]));
  for (const [status, names] of Object.entries(COUNTED)) {
    const belongs = (STATES_WITH_JOB as readonly string[]).includes(status);
    for (const shard of SHARDS) {
      const entries = await entriesIn(world, statusPartition(status, shard));
      if (!entries || world.ledger.clock.now() > deadline) {
        return undefined;
      }
      keys.push(...(keys.length > ITEMS_MAX ? [] : entries));
      for (const name of names) {
        counted[name] += entries.length;
      }
      for (const job of belongs ? entries.map(({ gsi1sk }) => openOf(jobOfOrder(gsi1sk))).filter((name) => name in counted) : []) {
        counted[job] += 1;
      }
    }
  }
  return { counted, keys };
}

/** The same by the items that the index lists, wherever it still has them. Undefined where there are too many. */
async function countItems({ ledger }: World, { keys }: Listed): Promise<Numbers | undefined> {
  const once = [...new Map(keys.map(({ pk, sk }) => [`${pk} ${sk}`, { pk, sk }])).values()];
  if (once.length > ITEMS_MAX) {
    return undefined;
  }
  return (await ledger.table.getMany(once)).reduce<Numbers>((sum, item) => {
    if (item.pk.startsWith('DROP#')) {
      return addCounts(sum, { [`drop:${String(item.state)}`]: 1 }) as Numbers;
    }
    const image = imageOf(item);
    return addCounts(sum, countsOf(image), isWithJob(image) ? { [openOf(image.job!)]: 1 } : {}) as Numbers;
  }, {});
}

async function entriesIn({ ledger }: World, pk: string): Promise<(Key & { readonly gsi1sk: string })[] | undefined> {
  const entries: (Key & { readonly gsi1sk: string })[] = [];
  let after: string | undefined;
  for (let pages = 0; pages < PAGES_MAX; pages += 1) {
    const page = await ledger.table.queryIndex({ pk, after });
    entries.push(...page.items);
    after = page.next;
    if (after === undefined) {
      return entries;
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
