/**
 * Taking in an existing bucket: what an operator orders, what the ledger remembers and what the controller reports.
 */

/** Where existing images lie. A `BackfillSource` of the stack's outputs, or what the command line names. */
export interface BackfillSource {
  readonly bucket: string;
  /** Only keys that begin so. Empty: all. */
  readonly prefix: string;
  /** An S3 Inventory of the bucket, read instead of listing it. */
  readonly inventory?: {
    readonly bucket: string;
    /** Key of its `manifest.json`. */
    readonly manifestKey: string;
  };
}

/** The stack output of a `Backfill` construct, as JSON: what its functions may read. */
export interface BackfillOutput {
  /** Of the project that it belongs to. */
  readonly controllerFunction: string;
  readonly bucket: string;
  readonly prefix: string;
  readonly inventoryBucket?: string;
  readonly inventoryPrefix?: string;
  readonly objectsPerMinute: number;
}

/** What an order about a back-fill carries. */
export interface BackfillOrder {
  /** Of a plan. */
  readonly source?: BackfillSource;
  /** Of a plan: at most so many objects are queued in a minute. */
  readonly objectsPerMinute?: number;
  /** Of a start: the plan that is to be carried out. */
  readonly plan?: string;
}

/**
 * PLANNING counts what there is; PLANNED waits for the order to start; RUNNING queues object after object; CHECKING looks
 * whether each of them has come to its end, and queues again what was lost on the way; then it is DONE. STOPPED goes on where it
 * stopped, with the same plan.
 */
export type BackfillPhase = 'PLANNING' | 'PLANNED' | 'RUNNING' | 'CHECKING' | 'DONE' | 'STOPPED';

/** What a plan found. Objects that came later are not part of it. */
export interface BackfillPlan {
  /** Objects, folder markers not counted. */
  readonly objects: number;
  readonly bytes: number;
  /** Of these, those that the ledger knows already: they are not taken in again. */
  readonly known: number;
  /** Of the known ones in a bucket without versions, those that were replaced since: they can be told from the former by nothing. */
  readonly replaced: number;
  /** Objects by the extension of their key, in lower case; the content decides, and not the name. */
  readonly extensions: { readonly [extension: string]: number };
}

/** How a back-fill is, as an operator reads it. Times are ISO 8601. */
export interface BackfillReport {
  readonly plan: string;
  readonly phase: BackfillPhase;
  readonly source: BackfillSource;
  readonly objectsPerMinute: number;
  readonly by?: string;
  readonly plannedAt: string;
  readonly found: BackfillPlan;
  /** Messages that were sent to the intake. One that was sent twice is taken in once. */
  readonly queued: number;
  /** Objects that the last complete look found at their end, by that end, and those that were not there yet. */
  readonly ends?: { readonly [state: string]: number };
  /** How many workers each image is shown to, for the estimate of what labeling costs. */
  readonly workersPerImage: number;
  /** How many images each drop gives at least: the project's renditions. Tiles make more. */
  readonly imagesPerDrop: number;
}

/** How many objects are queued in a minute unless something else is ordered: 36,000 in an hour. */
export const BACKFILL_OBJECTS_PER_MINUTE = 600;

/** What may be ordered: the fastest is about what the intake takes in. */
export const BACKFILL_OBJECTS_PER_MINUTE_MAX = 6_000;
