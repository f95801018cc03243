/** Something that was waited for: how long it took or, where it never came, how long was waited. Unit: milliseconds. */
export type Elapsed = { readonly took: number } | { readonly notWithin: number };

/** An error of the service. */
export interface Refusal {
  readonly name: string;
  readonly message: string;
}

/** What one more object did to a job's counters. */
export type Effect = 'failed' | 'waits' | 'nothing';

/** A line of an output manifest or a message, as an object. */
export type Line = Readonly<Record<string, unknown>>;

/** What a person said; `unknown`: nobody was there to ask. */
export type Said = 'yes' | 'no' | 'unknown';

/**
 * All that a probe saw, and nothing of what it means. Plain data, so that it can be kept and sent. What is missing was not seen.
 */
export interface Observations {
  /** Of the first job. */
  refusedFirst?: Refusal;
  arn?: string;
  jobName?: string;
  describedAfter?: Elapsed;
  listedAfter?: Elapsed;
  /** Most jobs that had not ended at one time, and whether a further one was refused. */
  jobsAtOnce?: number;
  refusedAtOnce?: Refusal;
  /** Answer to a second creation under the same name in other letters; undefined where it was taken. */
  sameName?: Refusal | 'taken';
  statuses?: string[];
  stopWhileInitializing?: Refusal | 'accepted';
  stopOfEnded?: Refusal | 'accepted';
  unknownJob?: 'not-found' | 'found';

  queueName?: { readonly wanted: string; readonly exists: boolean };
  subscription?: { readonly protocol: string; readonly endpoint: string; readonly raw: boolean };
  subscribedAfterEnd?: boolean;
  queueAfterEnd?: boolean;
  counterDelay?: Elapsed;
  /** Labeled images that the counters showed when the manifest had one labeled line and nobody had labeled anything. */
  labeledFromManifest?: number;

  effects: { [trial in Trial]?: Effect };
  emptyManifest?: { readonly status: string; readonly reason?: string };
  dollarManifest?: { readonly status: string; readonly reason?: string };

  /** The label of the image that a person labeled: its line, from a message or the output manifest. */
  label?: Line;
  /** The same as the output manifest has it in the end. */
  lastLabel?: Line;
  answeredAt?: number;
  /** The first message about it. */
  message?: { readonly body: string; readonly sentAt: number };
  /** How long messages were waited for once the label was there. */
  messagesWaited?: number;
  keyAsWritten?: string;
  keyDecoded?: string;
  manifestAfterLabel?: Elapsed;
  manifestAfterEnd?: Elapsed;
  manifestUri?: { readonly wanted: string; readonly told?: string };
  carriedLine?: { readonly given: string; readonly found?: string };

  pairAnswered?: Said;
  pairMessageBeforeEnd?: boolean;
  pairLabeled?: boolean;
  /** Whether the pair's output manifest has a line of the image that nobody labeled. */
  unlabeledListed?: boolean;

  opened?: Said;
  submittedWhileStopping?: Said;
  labeledWhileStopping?: boolean;

  messageOnFailure?: boolean;
  /** The line of an object that failed. */
  failedLine?: Line | 'none';
  manifestWithoutLines?: boolean;
}

/** Objects that are published to see what becomes of them. */
export type Trial = 'unknown-message' | 'missing-image' | 'missing-cors' | 'plain-id' | 'manifest-again' | 'earlier-id';
