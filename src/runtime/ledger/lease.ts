import { Condition } from '../ports';
import { Ledger } from './context';
import { leaseKey } from './keys';

/**
 * One reconciler at a time. The lease outlasts the function's hard time-out and is never stolen earlier. Whoever does not get
 * it leaves a note, so that the holder looks again before it goes: no wake-up is swallowed.
 */
export interface Lease {
  readonly owner: string;
  /** Notes that had been left when the holder last looked. */
  readonly notes: number;
}

/** Undefined: somebody else holds it, and will see our note before it goes. */
export async function takeLease(ledger: Ledger, duration: number): Promise<Lease | undefined> {
  const owner = ledger.newId();
  const first = await tryTake(ledger, owner, duration);
  if (first) {
    return first;
  }
  await ledger.table.write([{ update: leaseKey, add: { notes: 1 } }]);
  // The holder may have gone between our try and our note.
  return tryTake(ledger, owner, duration);
}

async function tryTake(ledger: Ledger, owner: string, duration: number): Promise<Lease | undefined> {
  const now = ledger.clock.now();
  const take = async (when: Condition) => ledger.table.write([{
    update: leaseKey, set: { owner, until: now + duration }, add: { notes: 0 }, when: [when],
  }]);
  if (!(await take({ attribute: 'owner', is: 'absent' })).done) {
    await take({ attribute: 'until', is: '<', value: now });
  }
  // Read back: a take may have succeeded, its answer lost and the call repeated by the SDK, which then says that it failed.
  const current = await ledger.table.get(leaseKey);
  return current?.owner === owner ? { owner, notes: Number(current.notes ?? 0) } : undefined;
}

/** The notes left so far; throws where the lease is no longer ours. */
export async function readNotes(ledger: Ledger, lease: Lease): Promise<Lease> {
  const current = await ledger.table.get(leaseKey);
  if (current?.owner !== lease.owner) {
    throw new Error('the lease passed to somebody else: this run outlasted it');
  }
  return { owner: lease.owner, notes: Number(current.notes ?? 0) };
}

/** Gives the lease back unless a note was left since `lease.notes`: then false, and the holder looks again. */
export async function giveBack(ledger: Ledger, lease: Lease): Promise<boolean> {
  const outcome = await ledger.table.write([{
    update: leaseKey, remove: ['owner', 'until'],
    when: [{ attribute: 'owner', is: '=', value: lease.owner }, { attribute: 'notes', is: '=', value: lease.notes }],
  }]);
  return outcome.done || (await ledger.table.get(leaseKey))?.owner !== lease.owner;
}
