/** What the console's page shows. Made by `view.ts`. */
export interface ConsoleState {
  readonly project: string;
  /** `ACTIVE`, `PAUSED`, `DRAINING` or `RETIRED`. */
  readonly mode: string;
  readonly modeReason?: string;
  readonly alerts: readonly { readonly code: string; readonly message: string }[];
  /** Drops that are not taken in yet. */
  readonly inbox: readonly string[];
  readonly quarantine: readonly Quarantined[];
  readonly duplicates: readonly { readonly key: string; readonly of: string }[];
  /** The newest first. */
  readonly images: readonly ConsoleImage[];
  /** The oldest first. */
  readonly jobs: readonly ConsoleJob[];
  readonly dataSetLines: number;
  /** Address of the worker page. */
  readonly workerPage: string;
}

export interface Quarantined {
  readonly key: string;
  readonly reason: string;
  readonly detail: string;
  readonly remedy: string;
}

/** Where an image is: it waits, is with the job, held, labeled, or in quarantine. */
export const PLACES = ['pending', 'with the job', 'held', 'labeled', 'quarantined'] as const;
export type Place = typeof PLACES[number];

export interface ConsoleImage {
  readonly id: string;
  /** The key of its drop. */
  readonly name: string;
  readonly place: Place;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** Address of its picture. */
  readonly picture: string;
  /** Number of the job that has it, or that labeled it. */
  readonly job?: number;
  readonly label?: ConsoleLabel;
}

/** A label, to be drawn. */
export interface ConsoleLabel {
  readonly classes: readonly { readonly name: string; readonly color: string }[];
  /** Absent: it has none. */
  readonly boxes?: readonly ConsoleBox[];
  /** Address of a picture that lies over the image's. */
  readonly mask?: string;
}

export interface ConsoleBox {
  readonly name: string;
  readonly color: string;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export interface ConsoleJob {
  readonly number: number;
  readonly name: string;
  /** The service's own word. */
  readonly status: string;
  readonly reason?: string;
  /** The project has read all that it will ever say. */
  readonly settled: boolean;
  readonly offered: number;
  readonly labeled: number;
  readonly open: number;
  readonly carried: number;
}

/** What its buttons do. */
export const ORDERS = ['pause', 'resume', 'expire', 'stop', 'fail'] as const;
export type Order = typeof ORDERS[number];
