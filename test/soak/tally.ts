/** Everything that is counted over many histories. Plain data, so that processes can send it to each other. */
export interface Counted {
  histories: number;
  steps: number;
  /** Faults that were really injected, by kind. */
  readonly faults: { [kind: string]: number };
  /** The same in more detail; nothing is demanded of these. */
  readonly details: { [kind: string]: number };
  /** Decisions, as the controller's log names them. */
  readonly decisions: { [name: string]: number };
  /** For each question and answer: histories with it, replays with another answer, and those of which the trace was another. */
  readonly answers: { [name: string]: { given: number; replayed: number; changed: number } };
  readonly lengths: number[];
  readonly drops: number[];
  readonly images: number[];
}

export function nothingCounted(): Counted {
  return { histories: 0, steps: 0, faults: {}, details: {}, decisions: {}, answers: {}, lengths: [], drops: [], images: [] };
}

function add(sums: { [name: string]: number }, name: string, value = 1): void {
  sums[name] = (sums[name] ?? 0) + value;
}

/** What one history does is counted here. */
export class Tally {
  public readonly counted = nothingCounted();

  public fault(kind: string): void {
    add(this.counted.faults, kind);
  }

  public detail(kind: string): void {
    add(this.counted.details, kind);
  }

  public decision(name: string): void {
    add(this.counted.decisions, name);
  }

  public answerOf(name: string): { given: number; replayed: number; changed: number } {
    return (this.counted.answers[name] ??= { given: 0, replayed: 0, changed: 0 });
  }

  public add(more: Counted): void {
    const { counted } = this;
    counted.histories += more.histories;
    counted.steps += more.steps;
    for (const part of ['faults', 'details', 'decisions'] as const) {
      Object.entries(more[part]).forEach(([name, value]) => add(counted[part], name, value));
    }
    for (const [name, { given, replayed, changed }] of Object.entries(more.answers)) {
      const known = this.answerOf(name);
      Object.assign(known, { given: known.given + given, replayed: known.replayed + replayed, changed: known.changed + changed });
    }
    counted.lengths.push(...more.lengths);
    counted.drops.push(...more.drops);
    counted.images.push(...more.images);
  }
}
