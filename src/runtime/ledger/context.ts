import { Clock, NewId, Table } from '../ports';

/** What every ledger operation works with. */
export interface Ledger {
  readonly table: Table;
  readonly clock: Clock;
  readonly newId: NewId;
}

/** How often a change is tried again after somebody else changed the same item. */
export const CHANGE_TRIES = 8;

/** Thrown where an item kept changing under our hands: the caller's caller tries again later. */
export class ContentionError extends Error {
  constructor(what: string) {
    super(`${what} kept changing while it was being written; it will be tried again`);
    this.name = 'ContentionError';
  }
}
