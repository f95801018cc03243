import { RequeueKind, RequeueTargets } from '../../contract/operator';
import { intakeMessage } from '../core/intake-message';
import { Command, noteProgress } from '../ledger/commands';
import { DropId, DropRecord, dropOf, isFinished } from '../ledger/drops';
import { SHARDS, sourceRefOf, statusPartition, timeOfOrder } from '../ledger/keys';
import { LISTED_STATUSES } from '../ledger/listing';
import { RequeueOrder, requeueDrop, requeueImage, waitsForIntake } from '../ledger/requeue';
import { World } from '../world';

/** Refusals that a report lists. */
const REFUSED_SHOWN = 20;

const PAGE = 100;

/** What a requeue did, in this run. */
export interface Requeue {
  images: number;
  drops: number;
  refused: { target: string; why: string }[];
  /** False: the run's time is up, and the next one goes on. */
  complete: boolean;
}

/** Offers what is ordered to workers again. Carried out any number of times, it changes each thing once. */
export async function requeue(world: World, command: Command, deadline: number): Promise<Requeue> {
  const order: RequeueOrder = { id: command.sk, at: command.at, by: command.by };
  const work = new Work(world, order, command, deadline);
  const { images = [], drops = [], all, reason }: RequeueTargets = command.targets ?? {};
  if (command.begun) {
    // Whoever began it may have died between the ledger and the queue.
    await tellIntakeAgain(world, ({ requeue: last }) => last?.order === order.id);
  } else {
    await noteProgress(world.ledger, command, { images: 0, drops: 0 });
  }
  await work.images(images);
  await work.drops(drops);
  if (all !== undefined) {
    await everything(world, work, all, reason, command.at);
  }
  return work.result;
}

async function everything(world: World, work: Work, kind: RequeueKind, reason: string | undefined, before: number): Promise<void> {
  const wanted = (item: { readonly reason?: unknown }): boolean => reason === undefined || item.reason === reason;
  if (kind === 'held') {
    for (const status of LISTED_STATUSES.held) {
      const until = status === 'HELD' ? Infinity : before;
      await eachPage(world, work, status, until, async (items) => work.images(items.filter(wanted).map((item) => item.sourceRef)));
    }
    return;
  }
  await eachPage(world, work, 'QUARANTINED', before, async (items) => work.images(items.filter(wanted).map((item) => item.sourceRef)));
  await eachPage(world, work, 'DROP-QUARANTINED', before, async (items) => work.drops(items.filter(wanted) as unknown as DropId[]));
}

interface Listed {
  readonly sourceRef: string;
  readonly reason?: unknown;
}

/** The items of a status that came into it before a time. What the work takes out of it does not come again. */
async function eachPage(
  world: World, work: Work, status: string, before: number, act: (items: readonly Listed[]) => Promise<void>,
): Promise<void> {
  for (const shard of SHARDS) {
    let after: string | undefined;
    do {
      if (work.isOver()) {
        return;
      }
      const page = await world.ledger.table.queryIndex({ pk: statusPartition(status, shard), limit: PAGE, after });
      const due = page.items.filter((key) => before === Infinity || timeOfOrder(key.gsi1sk) < before);
      const items = await world.ledger.table.getMany(due.map(({ pk, sk }) => ({ pk, sk })));
      await act(items.map((item) => ({ ...item, sourceRef: sourceRefOf(item) })));
      after = due.length < page.items.length ? undefined : page.next;
    } while (after !== undefined);
  }
}

class Work {
  readonly result: Requeue = { images: 0, drops: 0, refused: [], complete: true };

  constructor(
    private readonly world: World, private readonly order: RequeueOrder,
    private readonly command: Command, private readonly deadline: number,
  ) {}

  isOver(): boolean {
    if (this.world.ledger.clock.now() >= this.deadline) {
      this.result.complete = false;
    }
    return !this.result.complete;
  }

  async images(sourceRefs: readonly string[]): Promise<void> {
    let done = 0;
    for (const sourceRef of sourceRefs) {
      if (this.isOver()) {
        break;
      }
      const outcome = await requeueImage(this.world.ledger, sourceRef, this.order);
      done += this.count(sourceRef, outcome);
    }
    await this.note({ images: done, drops: 0 });
  }

  /** The ledger first, then the intake queue: whoever dies in between tells the queue again, which takes each drop once. */
  async drops(ids: readonly DropId[]): Promise<void> {
    let done = 0;
    for (const id of ids) {
      if (this.isOver()) {
        break;
      }
      const outcome = await requeueDrop(this.world.ledger, id, this.order);
      done += this.count(`s3://${id.bucket}/${id.key}`, outcome);
      if (outcome.kind === 'ready' && waitsForIntake(outcome.record)) {
        await this.world.queues.send(this.world.resources.intakeQueueUrl, [intakeMessage('requeue', id.bucket, outcome.record)]);
      }
    }
    await this.note({ images: 0, drops: done });
  }

  private count(target: string, outcome: { readonly kind: string; readonly isNew?: boolean; readonly why?: string }): number {
    if (outcome.kind === 'refused' && this.result.refused.length < REFUSED_SHOWN) {
      this.result.refused.push({ target, why: String(outcome.why) });
    }
    return outcome.isNew ? 1 : 0;
  }

  private async note(done: { images: number; drops: number }): Promise<void> {
    this.result.images += done.images;
    this.result.drops += done.drops;
    if (done.images + done.drops > 0) {
      await noteProgress(this.world.ledger, this.command, done);
    }
  }
}

/** Drops whose message may be lost and that are not in the inbox, where the sweep would find them: the longest waiting first. */
export async function tellIntakeAgain(world: World, which: (drop: DropRecord) => boolean): Promise<number> {
  let told = 0;
  for (const status of ['DROP-RECEIVED', 'DROP-ENGINEERING', 'DROP-WAITING']) {
    for (const shard of SHARDS) {
      const { items } = await world.ledger.table.queryIndex({ pk: statusPartition(status, shard), limit: PAGE });
      const drops = (await world.ledger.table.getMany(items.map(({ pk, sk }) => ({ pk, sk })))).map(dropOf);
      const waiting = drops.filter((drop) => !isFinished(drop) && which(drop));
      await world.queues.send(world.resources.intakeQueueUrl, waiting.map((drop) => intakeMessage('requeue', drop.bucket, drop)));
      told += waiting.length;
    }
  }
  return told;
}
