import { BackfillOrder, BackfillReport } from './backfill';

/**
 * What an operator and the controller say to each other: the payload of a call of the controller function, and its answer.
 */

/** What can be ordered. Each is written to the ledger as a command, and carried out by the controller alone. */
export const COMMANDS = ['pause', 'resume', 'drain', 'roll', 'export', 'requeue', 'backfill-plan', 'backfill-start', 'backfill-stop'] as const;

export type CommandName = typeof COMMANDS[number];

/** What is written down as an order: an operator's, or a pipeline's to start the labeling job that is due. */
export type OrderName = CommandName | 'start';

/** Everything of a kind that can be ordered again at once. */
export const REQUEUE_KINDS = ['quarantined', 'held'] as const;

export type RequeueKind = typeof REQUEUE_KINDS[number];

/** What a requeue names at most, so that the command stays a small item. More: by kind. */
export const REQUEUE_TARGETS_MAX = 100;

/** What is to be ordered again: single drops and images, or all of a kind. */
export interface RequeueTargets {
  /** Images by their `source-ref`. */
  readonly images?: readonly string[];
  readonly drops?: readonly { readonly bucket: string; readonly key: string; readonly versionId: string }[];
  readonly all?: RequeueKind;
  /** With `all`: only what is in quarantine, or held, for this reason code. */
  readonly reason?: string;
}

/** A call of the controller function by an operator. */
export interface OperatorRequest {
  /** `status`, or one of `COMMANDS`. */
  readonly command: string;
  /** Who orders it, for the ledger. */
  readonly by?: string;
  /** Of a requeue. */
  readonly targets?: RequeueTargets;
  /** Of an order about a back-fill. */
  readonly backfill?: BackfillOrder;
  /** With `status`: report on this order too. */
  readonly order?: string;
}

/** What became of an order. */
export interface OrderReport {
  readonly id: string;
  /** False: the controller was busy or ran out of time, and goes on by itself within a minute or two. */
  readonly done: boolean;
  /** Why it was not carried out. */
  readonly failed?: string;
  /** Of a requeue: what goes on again. */
  readonly images?: number;
  readonly drops?: number;
  /** Of a requeue: what does not, and why. At most 20 are listed. */
  readonly refused?: readonly { readonly target: string; readonly why: string }[];
  /** Of a roll: the job that another one takes over from. Absent: there is none. */
  readonly job?: string;
  /** Of an export: where the compacted data set is. */
  readonly uri?: string;
  readonly lines?: number;
  /** Of an order about a back-fill: its plan. */
  readonly plan?: string;
}

/** How a project is, as an operator reads it. Times are ISO 8601. */
export interface Status {
  readonly project: string;
  readonly now: string;
  readonly mode: 'ACTIVE' | 'PAUSED' | 'DRAINING' | 'RETIRED';
  readonly modeReason?: string;
  /** Standing alerts: what needs somebody. */
  readonly alerts: readonly { readonly code: string; readonly message: string; readonly since?: string }[];
  /** Drops and images by state. */
  readonly counts: { readonly [name: string]: number | undefined };
  readonly spent: { readonly day: string; readonly today: number; readonly total: number };
  /** Absent: no guard. */
  readonly limits: { readonly window?: number; readonly maxImagesPerDay?: number; readonly maxImages?: number };
  readonly dataSet: { readonly uri: string; readonly lines: number; readonly publishedAt?: string };
  /** The newest jobs first. */
  readonly jobs: readonly {
    readonly name: string; readonly phase: string; readonly status?: string;
    readonly offered: number; readonly labeled: number; readonly open: number; readonly reason?: string;
  }[];
  /** The last back-fill that was planned. */
  readonly backfill?: BackfillReport;
  /** Orders that wait to be carried out. */
  readonly waiting: readonly { readonly id: string; readonly name: string; readonly by?: string; readonly at: string }[];
  /** The order that was given or asked about. */
  readonly order?: OrderReport;
}
